"""Reading a Word document: nothing is lost, and what is not on the list is refused by name and place."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.base.ooxml.package import open_parts
from generator.base.ooxml.text import docx_text
from generator.errors import ProgrammeError
from generator.pdf.docx.reader import read_tree
from generator.pdf.docx.tree import Contents, Paragraph, Table, document_text
from tests.pace import examples
from tests.pdf.word import PNG, SECTION, bookmark, cell, docx, field, paragraph, picture, row, run, table

REFUSED = {
    "修订标记（插入）": paragraph(f"<w:ins>{run('新增')}</w:ins>"),
    "修订标记（删除）": paragraph("<w:del><w:r><w:delText>旧文</w:delText></w:r></w:del>"),
    "符号字体“Wingdings”的字符 U\\+F0FF": paragraph('<w:r><w:sym w:font="Wingdings" w:char="F0FF"/></w:r>'),
    "符号字体“Webdings 9”": paragraph('<w:r><w:sym w:font="Webdings 9" w:char="F041"/></w:r>'),
    "符号字体“Symbol”": paragraph('<w:r><w:sym w:font="Symbol" w:char="甲"/></w:r>'),
    "公式": paragraph("<m:oMath><m:r><m:t>x</m:t></m:r></m:oMath>"),
    "拼音指南": paragraph("<w:r><w:ruby><w:rubyBase><w:r><w:t>字</w:t></w:r></w:rubyBase></w:ruby></w:r>"),
    "文本框": paragraph("<w:r><mc:AlternateContent/></w:r>"),
    "浮动图片": paragraph("<w:r><w:drawing><wp:anchor/></w:drawing></w:r>"),
    "旧式图形": paragraph("<w:r><w:pict/></w:r>"),
    "嵌入对象": paragraph("<w:r><w:object/></w:r>"),
    "隐藏文字": paragraph(run("看不见", "<w:vanish/>")),
    "尾注": paragraph('<w:r><w:endnoteReference w:id="1"/></w:r>'),
    "域 DATE": paragraph(field("DATE")),
    "外部内容块": '<w:altChunk r:id="x"/>',
    "对齐制表位": paragraph("<w:r><w:ptab/></w:r>"),
    "somethingNew": paragraph("<w:r><w:somethingNew>文</w:somethingNew></w:r>"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_on_the_list_is_refused_by_name_and_paragraph(name: str) -> None:
    with pytest.raises(ProgrammeError, match=name) as caught:
        read_tree(open_parts(docx(paragraph("一"), REFUSED[name])))
    assert "正文" in str(caught.value)


def test_a_refusal_inside_a_table_names_table_row_and_cell() -> None:
    body = table(row(cell("甲"), cell("乙")), row(cell("丙"), cell(REFUSED["隐藏文字"])))
    with pytest.raises(ProgrammeError, match="第 1 个表格第 2 行第 2 格 第 1 段"):
        read_tree(open_parts(docx(body)), "agreement.docx")


def test_text_under_a_merged_cell_is_refused() -> None:
    body = table(row(cell("甲", '<w:vMerge w:val="restart"/>')), row(cell("乙", "<w:vMerge/>")))
    with pytest.raises(ProgrammeError, match="被纵向合并盖住的文字"):
        read_tree(open_parts(docx(body)))


def test_a_tracked_row_is_refused() -> None:
    with pytest.raises(ProgrammeError, match="修订标记"):
        read_tree(open_parts(docx(table(row(cell("甲"), properties='<w:ins w:id="1"/>')))))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04broken", b"%PDF-1.7"])
def test_bytes_that_are_no_word_document_are_refused(data: bytes) -> None:
    with pytest.raises(ProgrammeError, match=r"\.docx"):
        open_parts(data)


def test_a_part_that_is_not_well_formed_is_refused() -> None:
    parts = open_parts(docx(paragraph("甲")))
    parts["word/document.xml"] = parts["word/document.xml"][:-5]
    with pytest.raises(ProgrammeError, match="内部结构已损坏"):
        read_tree(parts)


def test_a_document_type_with_its_entities_is_refused() -> None:
    parts = open_parts(docx(paragraph("甲")))
    parts["word/document.xml"] = parts["word/document.xml"].replace(
        b"<w:document", b'<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/hostname">]><w:document', 1
    )
    with pytest.raises(ProgrammeError, match="内部结构已损坏"):
        read_tree(parts)


def test_the_tree_holds_all_text_in_order() -> None:
    body = (
        paragraph(run("一") + "<w:r><w:tab/><w:t>二</w:t><w:br/><w:noBreakHyphen/></w:r>"),
        f"<w:sdt><w:sdtPr/><w:sdtContent>{paragraph('三')}</w:sdtContent></w:sdt>",
        paragraph(f'<w:hyperlink r:id="x">{run("四")}</w:hyperlink>' + field("REF a", "五")),
        paragraph(field("PAGE", "9") + f'<w:fldSimple w:instr="NUMPAGES">{run("8")}</w:fldSimple>'),
        table(row(cell("六"), cell(table(row(cell("七"))) + paragraph("八")))),
        paragraph(bookmark("sign.lead", run("九"))),
    )
    section = SECTION.replace("<w:pgSz", '<w:headerReference w:type="default" r:id="h1"/><w:pgSz')
    parts = open_parts(docx(*body, section=section, headers={"h1": paragraph("页眉")}))
    assert document_text(read_tree(parts)) == docx_text(parts) == "一\t二\n\u2011三四五98六七八九页眉"


def test_outer_blanks_count_only_where_they_are_preserved() -> None:
    parts = open_parts(docx("<w:p><w:r><w:t>  甲  </w:t></w:r></w:p>", paragraph("  乙  ")))
    assert document_text(read_tree(parts)) == "甲  乙  "


def test_what_was_read_is_equal_by_value_and_cannot_be_changed() -> None:
    body = table(row(cell(bookmark("sign.a", paragraph("甲"))), cell(picture("i1", 10, 10))))
    parts = open_parts(docx(body, paragraph(run("乙", "<w:b/>")), media={"i1": PNG}))
    first, second = read_tree(parts), read_tree(parts)
    assert first == second
    block = first.sections[0].blocks[1]
    assert isinstance(block, Paragraph)
    with pytest.raises(AttributeError, match="immutable"):
        block.runs = ()  # type: ignore[misc]


def test_a_signature_place_that_begins_in_a_cell_and_ends_after_the_table_is_the_cell() -> None:
    start, end = '<w:bookmarkStart w:id="3" w:name="sign.lead"/>', '<w:bookmarkEnd w:id="3"/>'
    body = table(row(cell(f"<w:p>{start}{run('甲')}</w:p>"), cell("乙")))
    section = read_tree(open_parts(docx(body, f"<w:p>{end}{run('丙')}</w:p>"))).sections[0]
    signed, after = section.blocks
    assert isinstance(signed, Table)
    assert isinstance(after, Paragraph)
    assert [(held.opens, held.closes) for held in signed.rows[0].cells] == [(("lead",), ("lead",)), ((), ())]
    assert after.closes == ()


def test_a_signature_place_may_span_paragraphs_and_end_before_the_text_of_the_last() -> None:
    start, end = '<w:bookmarkStart w:id="3" w:name="sign.lead"/>', '<w:bookmarkEnd w:id="3"/>'
    made = docx(start, paragraph("甲"), paragraph("乙"), f"<w:p>{end}{run('丙')}</w:p>")
    blocks = read_tree(open_parts(made)).sections[0].blocks
    assert [(held.opens, held.closes) for held in blocks if isinstance(held, Paragraph)] == [
        (("lead",), ()),
        ((), ("lead",)),
        ((), ()),
    ]


def test_a_number_stays_before_the_page_break_that_its_paragraph_begins_with() -> None:
    numbering = (
        '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/>'
        '<w:lvlText w:val="%1."/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    listed = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    broken = paragraph('<w:r><w:br w:type="page"/></w:r>' + run("甲"), listed)
    blocks = read_tree(open_parts(docx(broken, numbering=numbering))).sections[0].blocks
    assert [held.label.text if isinstance(held, Paragraph) and held.label else None for held in blocks] == [
        "1.",
        None,
        None,
    ]


def test_pictures_of_other_kinds_are_refused() -> None:
    with pytest.raises(ProgrammeError, match="PNG、JPEG、GIF 以外的图片"):
        read_tree(open_parts(docx(paragraph(picture("i1", 10, 10)), media={"i1": b"BM" + bytes(60)})))


def test_a_table_of_contents_replaces_its_stored_lines_but_keeps_their_text() -> None:
    body = (
        paragraph(
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>TOC \\o "1-2"</w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r>' + run("一、旧目录") + field("PAGEREF x", "3")
        ),
        paragraph(run("二、旧目录") + '<w:r><w:fldChar w:fldCharType="end"/></w:r>'),
        paragraph("正文", '<w:pStyle w:val="1"/>'),
    )
    tree = read_tree(open_parts(docx(*body)))
    assert [type(block) for block in tree.sections[0].blocks] == [Contents, Paragraph]
    assert document_text(tree) == "一、旧目录3二、旧目录正文"


WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="<&>"), min_size=1
)


@settings(max_examples=examples(60))
@given(st.lists(st.lists(WORDS, min_size=1, max_size=3), min_size=1, max_size=4))
def test_no_text_is_ever_lost_between_document_and_tree(rows: list[list[str]]) -> None:
    body = [table(*(row(*(cell(run(text)) for text in texts)) for texts in rows))]
    body += [paragraph("".join(run(text) for text in texts)) for texts in rows]
    parts = open_parts(docx(*body))
    expected = "".join(text for texts in rows for text in texts)
    assert document_text(read_tree(parts)) == expected * 2
