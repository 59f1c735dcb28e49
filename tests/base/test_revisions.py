"""Tracked changes accepted: text, paragraphs, rows, columns; what cannot be told is named with its place."""

from __future__ import annotations

import pytest

from generator.base.ooxml.package import open_parts
from generator.base.ooxml.revisions import Doubt, accepted
from generator.base.ooxml.xml import W, parse
from generator.errors import ProgrammeError
from generator.pdf.docx.reader import read_tree
from tests.pdf.word import bookmark, cell, docx, field, paragraph, row, run, table

WHO = 'w:id="9" w:author="许文澜" w:date="2022-05-01T00:00:00Z"'
CENTRED = '<w:jc w:val="center"/>'
MARK_GONE = f"<w:rPr><w:del {WHO}/></w:rPr>"
ROW_GONE = f"<w:del {WHO}/>"


def ins(content: str) -> str:
    return f"<w:ins {WHO}>{content}</w:ins>"


def gone(text: str) -> str:
    return f"<w:del {WHO}><w:r><w:delText>{text}</w:delText></w:r></w:del>"


def moved(text: str, name: str = "move1") -> str:
    return (
        f'<w:moveFromRangeStart {WHO} w:name="{name}"/><w:moveFrom {WHO}>{run(text)}</w:moveFrom>'
        '<w:moveFromRangeEnd w:id="9"/>'
    )


def arrived(text: str, name: str = "move1") -> str:
    return (
        f'<w:moveToRangeStart {WHO} w:name="{name}"/><w:moveTo {WHO}>{run(text)}</w:moveTo>'
        '<w:moveToRangeEnd w:id="9"/>'
    )


def lines(*body: str) -> list[str]:
    """What the paragraphs say once all is accepted, those of cells among them."""
    found = accepted(open_parts(docx(*body)))
    assert found.doubts == ()
    assert found.changes
    read_tree(found.or_refuse("甲.docx"))
    root = parse(found.parts["word/document.xml"])
    return ["".join(text.text for text in one.iter(W + "t")) for one in root.iter(W + "p")]


SURE = {
    "text-inserted-and-deleted": (
        [paragraph(run("由") + gone("甲") + ins(run("乙")) + run("负责"))],
        ["由乙负责"],
    ),
    "deleted-what-another-had-inserted": ([paragraph(run("甲") + ins(run("乙") + gone("丙")))], ["甲乙"]),
    "moved": ([paragraph(run("甲") + moved("丁")), paragraph(run("乙") + arrived("丁"))], ["甲", "乙丁"]),
    "paragraph-inserted": (
        [paragraph("甲"), paragraph(ins(run("新")), f"<w:rPr><w:ins {WHO}/></w:rPr>"), paragraph("乙")],
        ["甲", "新", "乙"],
    ),
    "paragraph-deleted-whole": (
        [paragraph("甲"), paragraph(gone("旧"), CENTRED + MARK_GONE), paragraph("乙")],
        ["甲", "乙"],
    ),
    "paragraphs-joined": ([paragraph("甲", MARK_GONE), paragraph("乙")], ["甲乙"]),
    "three-paragraphs-joined-the-middle-one-of-another-format": (
        [paragraph("甲", MARK_GONE), paragraph(gone("旧"), CENTRED + MARK_GONE), paragraph("乙")],
        ["甲乙"],
    ),
    "last-paragraph-of-a-cell-stays": (
        [table(row(cell(paragraph(gone("旧"), MARK_GONE)), cell("乙")), columns=(2200, 2200)), paragraph()],
        ["", "乙", ""],
    ),
    "paragraph-before-a-table": (
        [paragraph("甲", MARK_GONE), table(row(cell("乙")), columns=(2200,)), paragraph()],
        ["甲", "乙", ""],
    ),
    "empty-paragraph-before-a-table": (
        [paragraph(gone("甲"), MARK_GONE), table(row(cell("乙")), columns=(2200,)), paragraph()],
        ["乙", ""],
    ),
    "row-deleted-and-row-inserted": (
        [
            table(
                row(cell(paragraph(gone("旧"), MARK_GONE)), properties=ROW_GONE),
                row(cell(ins(run("新"))), properties=f"<w:ins {WHO}/>"),
                columns=(2200,),
            ),
            paragraph(),
        ],
        ["新", ""],
    ),
    "table-deleted": (
        [
            paragraph("甲"),
            table(row(cell(paragraph(gone("旧"), MARK_GONE)), properties=ROW_GONE), columns=(2200,)),
            paragraph("乙"),
        ],
        ["甲", "乙"],
    ),
    "column-deleted": (
        [
            table(
                row(cell("甲"), cell(paragraph(gone("旧")), f"<w:cellDel {WHO}/>"), cell("丙")),
                row(cell("丁"), cell(paragraph(gone("旧")), f"<w:cellDel {WHO}/>"), cell("己")),
                columns=(1000, 2000, 3000),
            ),
            paragraph(),
        ],
        ["甲", "丙", "丁", "己", ""],
    ),
    "column-inserted": (
        [
            table(row(cell("甲"), cell(ins(run("新")), f"<w:cellIns {WHO}/>")), columns=(1000, 2000)),
            paragraph(),
        ],
        ["甲", "新", ""],
    ),
    "format-changed": (
        [
            paragraph(
                run("甲", f"<w:b/><w:rPrChange {WHO}><w:rPr/></w:rPrChange>"),
                f'{CENTRED}<w:pPrChange {WHO}><w:pPr><w:jc w:val="left"/></w:pPr></w:pPrChange>',
            )
        ],
        ["甲"],
    ),
    "field-deleted-whole": (
        [
            paragraph(
                run("甲")
                + f"<w:del {WHO}>{field('PAGE')}</w:del>".replace("w:t ", "w:delText ").replace(
                    "</w:t>", "</w:delText>"
                )
            )
        ],
        ["甲"],
    ),
    "merged-cells-lose-a-row-in-the-middle": (
        [
            table(
                row(cell("甲", '<w:vMerge w:val="restart"/>'), cell("乙")),
                row(cell("", "<w:vMerge/>"), cell(paragraph(gone("旧"))), properties=ROW_GONE),
                row(cell("", "<w:vMerge/>"), cell("丙")),
                columns=(2200, 2200),
            ),
            paragraph(),
        ],
        ["甲", "乙", "", "丙", ""],
    ),
}


@pytest.mark.parametrize("kind", SURE)
def test_what_is_accepted_reads_as_in_word(kind: str) -> None:
    body, expected = SURE[kind]
    # A body always ends with a paragraph that stays.
    assert lines(*body, paragraph("末")) == [*expected, "末"]


DOUBTFUL = {
    "live-text-in-a-deleted-row": (
        [table(row(cell("甲"), cell("活"), properties=ROW_GONE), columns=(2200, 2200)), paragraph()],
        Doubt("第 1 个表格第 1 行第 1 格", "这一行标为删除，里面还有没有删去的文字"),
    ),
    "merged-cell-loses-its-first-row": (
        [
            table(
                row(cell(paragraph(gone("甲")), '<w:vMerge w:val="restart"/>'), properties=ROW_GONE),
                row(cell("", "<w:vMerge/>")),
                columns=(2200,),
            ),
            paragraph(),
        ],
        Doubt("第 1 个表格第 1 行第 1 格", "删去的这一行里有纵向合并的格，合并的其余几行还在"),
    ),
    "one-cell-of-a-column": (
        [
            table(
                row(cell("甲"), cell(paragraph(gone("乙")), f"<w:cellDel {WHO}/>")),
                row(cell("丙"), cell("丁")),
                columns=(2200, 2200),
            ),
            paragraph(),
        ],
        Doubt("第 1 个表格第 1 行第 2 格", "只删去了一列里的几格"),
    ),
    "cells-merged": (
        [table(row(cell("甲", f'<w:cellMerge {WHO} w:vMerge="rest"/>')), columns=(2200,)), paragraph()],
        Doubt("第 1 个表格第 1 行第 1 格", "格子的合并或拆分"),
    ),
    "joined-with-another-format": (
        [paragraph("首"), paragraph("甲", CENTRED + MARK_GONE), paragraph("乙")],
        Doubt("第 2 段", "这一段并入格式不同的下一段"),
    ),
    "section-break-deleted": (
        [
            paragraph("甲", f'{MARK_GONE}<w:sectPr><w:pgSz w:w="16838" w:h="11906"/></w:sectPr>'),
            paragraph("乙"),
        ],
        Doubt("第 1 段", "删去了分节符"),
    ),
    "between-two-tables": (
        [
            table(row(cell("甲")), columns=(2200,)),
            paragraph(gone("旧"), MARK_GONE),
            table(row(cell("乙")), columns=(2200,)),
            paragraph(),
        ],
        Doubt("第 1 段", "删去了两个表格之间的段落"),
    ),
    "moved-to-nowhere": ([paragraph(run("甲") + moved("丁"))], Doubt("第 1 段", "移走的文字没有移来的地方")),
    "half-a-field": (
        [
            paragraph(
                f'<w:del {WHO}><w:r><w:fldChar w:fldCharType="begin"/></w:r></w:del>{field("PAGE")[45:]}'
            )
        ],
        Doubt("文中", "域（如目录、页码）只删去了一部分"),
    ),
}


@pytest.mark.parametrize("kind", DOUBTFUL)
def test_what_cannot_be_told_is_named_and_loses_nothing(kind: str) -> None:
    body, doubt = DOUBTFUL[kind]
    data = docx(*body, paragraph("末"))
    found = accepted(open_parts(data))
    assert doubt in found.doubts
    with pytest.raises(ProgrammeError, match="审阅") as refused:
        found.or_refuse("甲.docx")
    assert doubt.what in str(refused.value)

    def live(parts: dict[str, bytes]) -> str:
        texts = parse(parts["word/document.xml"]).iter(W + "t")
        return "".join(
            one.text for one in texts if not any(up.tag == W + "moveFrom" for up in one.iterancestors())
        )

    assert live(found.parts) == live(open_parts(data))


def test_a_bookmark_that_ends_in_deleted_text_keeps_its_end() -> None:
    body = paragraph(
        '<w:bookmarkStart w:id="5" w:name="sign.lead"/>'
        + run("甲方")
        + f'<w:del {WHO}><w:r><w:delText>（章）</w:delText></w:r><w:bookmarkEnd w:id="5"/></w:del>'
    )
    tree = read_tree(accepted(open_parts(docx(body))).parts)
    opened = [getattr(block, "opens", ()) for section in tree.sections for block in section.blocks]
    assert opened == [("lead",)]


def test_a_bookmark_whose_text_is_deleted_goes_with_it() -> None:
    inside = f"<w:del {WHO}>{bookmark('sign.lead', '<w:r><w:delText>甲</w:delText></w:r>')}</w:del>"
    found = accepted(open_parts(docx(paragraph(run("乙") + inside))))
    assert b"sign.lead" not in found.parts["word/document.xml"]


def test_a_file_without_changes_keeps_its_bytes() -> None:
    parts = open_parts(docx(paragraph("甲")))
    found = accepted(parts)
    assert (found.parts, found.changes) == (parts, 0)


def test_changes_in_headers_and_notes_are_accepted_too() -> None:
    parts = open_parts(docx(paragraph("甲")))
    head = f'<w:hdr xmlns:w="{W[1:-1]}"><w:p>{gone("旧")}{ins(run("新"))}</w:p></w:hdr>'
    found = accepted({**parts, "word/header1.xml": head.encode()})
    assert found.changes == 2
    assert "旧" not in found.parts["word/header1.xml"].decode()
    assert "新" in found.parts["word/header1.xml"].decode()
