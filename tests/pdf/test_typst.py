"""The embedded engine: what it draws, as a second PDF reader sees it."""

from __future__ import annotations

import io
import json
import re
import tempfile
from typing import TYPE_CHECKING, Any

import pikepdf
import pypdf
import pypdfium2
import pytest
import typst
from PIL import Image

from generator.base.ooxml.package import open_parts
from generator.base.ooxml.text import docx_text
from generator.pdf.compose.source import quoted
from generator.pdf.engine import PdfInfo
from generator.pdf.engines.open import open_engine
from generator.pdf.fonts.faces import EMBEDDED, find_faces
from tests.pdf.conftest import MOMENT
from tests.pdf.word import SECTION, bookmark, cell, docx, field, paragraph, picture, row, run, table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from generator.pdf.engine import Engine, PdfDocument
    from generator.pdf.fonts.faces import Faces

    Convert = Callable[[bytes], PdfDocument]
    PagesOf = Callable[[bytes], list[str]]

LINE = "围绕产业链部署创新链，推动“政产学研金服用”深度融合，形成创新合力。"
EXACT = '<w:spacing w:line="570" w:lineRule="exact"/>'


def operators(pdf: bytes, page: int = 0) -> list[tuple[list[object], str]]:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return [
            (list(item.operands), str(item.operator))
            for item in pikepdf.parse_content_stream(opened.pages[page])
        ]


def places(pdf: bytes, page: int = 0) -> list[tuple[str, float, float]]:
    """Pieces of a page's text with where they begin, in points from the bottom left."""
    found: list[tuple[str, float, float]] = []

    def note(text: str, cm: list[float], tm: list[float], _font: object, _size: float) -> None:
        if text.strip():
            x, y = tm[4], tm[5]
            found.append((text.strip(), cm[0] * x + cm[2] * y + cm[4], cm[1] * x + cm[3] * y + cm[5]))

    pypdf.PdfReader(io.BytesIO(pdf)).pages[page].extract_text(visitor_text=note)
    return found


def horizontal_lines(pdf: bytes, page: int = 0) -> list[float]:
    """The lengths of the straight horizontal strokes of a page, in points."""
    found: list[float] = []
    start: list[float] = []
    for operands, name in operators(pdf, page):
        if name == "m":
            start = [float(str(value)) for value in operands]
        elif name == "l" and start:
            end = [float(str(value)) for value in operands]
            if abs(end[1] - start[1]) < 0.01:
                found.append(abs(end[0] - start[0]))
    return found


def test_the_same_document_gives_the_same_bytes_whatever_came_between(convert: Convert) -> None:
    first = docx(paragraph(LINE), table(row(cell("甲"), cell("乙"))))
    made = convert(first).pdf
    convert(docx(paragraph("另一份")))
    assert convert(first).pdf == made


def test_it_is_tagged_pdf_a_in_chinese_with_title_author_and_given_time(convert: Convert) -> None:
    with pikepdf.open(io.BytesIO(convert(docx(paragraph("甲"))).pdf)) as pdf:
        assert pdf.Root.Lang == "zh-CN"
        assert pdf.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in pdf.Root
        assert pdf.docinfo["/Title"] == "测试文件"
        assert pdf.docinfo["/Author"] == "某单位"
        assert str(pdf.docinfo["/CreationDate"]).startswith("D:20260301080000")
        with pdf.open_metadata() as meta:
            assert meta.pdfa_status == "2B"


def test_every_face_is_embedded(convert: Convert) -> None:
    with pikepdf.open(io.BytesIO(convert(docx(paragraph(run(LINE) + run("abc☑")))).pdf)) as pdf:
        fonts = list(pdf.pages[0].Resources.Font.values())
        assert len(fonts) > 1
        for font in fonts:
            assert {"/FontFile2", "/FontFile3"} & set(font.DescendantFonts[0].FontDescriptor.keys())


def test_all_text_extracts_rare_characters_and_ticks_included(convert: Convert, pages_of: PagesOf) -> None:
    text = "㛃𬭎䶮〇㎡℃‰×—…·“”‘’①㈠Ⅳ☑☐☒□○●△√"
    made = convert(
        docx(paragraph(text), table(row(cell(text), cell(run(text, "<w:b/><w:u w:val='single'/>")))))
    )
    assert "".join(pages_of(made.pdf)).count(text) == 3
    assert made.warnings == ()


def test_a_character_that_no_face_has_is_told_and_written_out(convert: Convert, pages_of: PagesOf) -> None:
    made = convert(docx(paragraph("姓名：李\U00020000明")))
    assert "姓名：李〔U+20000〕明" in pages_of(made.pdf)[0]
    assert len(made.warnings) == 1
    assert "“\U00020000”（U+20000）" in made.warnings[0]


def test_text_is_never_code(convert: Convert, pages_of: PagesOf) -> None:
    text = '#panic("x")$x^2$*粗*_斜_@ref<lab>[]{}\\u{41}//注释/**/`raw`=标题")+read("doc")+("\\'
    shown = text.replace("<", "&lt;").replace(">", "&gt;")
    made = convert(docx(paragraph(run(shown)), paragraph(shown, '<w:pStyle w:val="1"/>')))
    assert pages_of(made.pdf)[0].count(re.sub(r"\s", "", text)) == 2
    assert made.headings[0].title == text


def test_every_text_is_the_literal_that_typst_reads_back(tmp_path: Path) -> None:
    signs = [chr(code) for code in range(1, 0x250) if not 0xD800 <= code < 0xE000] + [
        "字",
        "\u2028",
        "\U00020000",
    ]
    ends = ("", "\\", '"', '\\"', "\n", "u{41}", "n", "\\u{41}")
    texts = [f"{before}{sign}{after}" for sign in signs for before in ends[:4] for after in ends]
    source = tmp_path / "main.typ"
    source.write_bytes(f"#{{[#metadata(({', '.join(map(quoted, texts))}))<texts>]}}".encode())
    found = json.loads(typst.query(str(source), "<texts>", field="value", one=True))
    assert found == texts


def test_a_document_prints_its_own_text_however_like_the_one_before(
    convert: Convert, pages_of: PagesOf
) -> None:
    # Typst takes the second of such a pair for the first where it reads them as a source file that has changed.
    for pair in ("乙丙", "一丁", "甲由", "0０", "“”"):
        for text in pair:
            assert pages_of(convert(docx(paragraph(text))).pdf) == [text]
    assert pages_of(convert(docx(paragraph("甲"), paragraph("乙", "<w:pageBreakBefore/>"))).pdf) == [
        "甲",
        "乙",
    ]
    assert pages_of(convert(docx(paragraph("丙"))).pdf) == ["丙"]


def test_the_signs_said_to_be_in_the_engine_are_there(convert: Convert, pages_of: PagesOf) -> None:
    signs = "".join(chr(point) for point in range(0x2190, 0x27BF) if chr(point) in EMBEDDED)
    made = convert(docx(paragraph(signs)))
    assert made.warnings == ()
    assert set(signs) - set("".join(pages_of(made.pdf))) == set()


def test_underlined_blanks_are_drawn_as_lines(convert: Convert) -> None:
    blank = run(" " * 20, '<w:u w:val="single"/>')
    plain = convert(docx(paragraph(run("甲方："), EXACT))).pdf
    made = convert(docx(paragraph(run("甲方：") + blank, EXACT))).pdf
    assert horizontal_lines(plain) == []
    assert sum(horizontal_lines(made)) == pytest.approx(20 * 0.256 * 16, abs=1)


def test_an_underlined_blank_at_the_end_of_a_line_stays_on_it(convert: Convert) -> None:
    blank = run("　" * 40, '<w:u w:val="single"/>')
    lines = horizontal_lines(convert(docx(paragraph(run("单位名称：") + blank, EXACT))).pdf)
    assert len(lines) == 1
    assert lines[0] == pytest.approx(442.2 - 5 * 16, abs=1)


def test_underlined_tabs_are_drawn_as_lines(convert: Convert) -> None:
    tabs = '<w:r><w:rPr><w:u w:val="single"/></w:rPr><w:tab/><w:tab/></w:r>'
    assert sum(horizontal_lines(convert(docx(paragraph(run("甲") + tabs))).pdf)) == pytest.approx(
        72 - 16, abs=1
    )


def test_chinese_quotes_come_from_the_chinese_face(latin_folder: Path) -> None:
    with_latin = open_engine("typst", find_faces(latin_folder))
    text = run("“文”", '<w:u w:val="single"/>') + run("a")
    made = with_latin.convert(docx(paragraph(text)), PdfInfo("", "", MOMENT))
    with_latin.close()
    # Chinese marks are half a character wide or more, those of this Latin face a fifth of one.
    assert sum(horizontal_lines(made.pdf)) > 1.9 * 16
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        used = {str(font.BaseFont) for font in pdf.pages[0].Resources.Font.values()}
    assert any("Times" in name for name in used)


def test_a_real_bold_face_is_used_where_there_is_one(latin_folder: Path) -> None:
    with_bold = open_engine("typst", find_faces(latin_folder))
    made = with_bold.convert(docx(paragraph(run("abc", "<w:b/>"))), PdfInfo("", "", MOMENT))
    with_bold.close()
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        used = {str(font.BaseFont) for font in pdf.pages[0].Resources.Font.values()}
    assert any("Bold" in name for name in used)
    assert not [
        operands for operands, name in operators(made.pdf) if name == "Tr" and int(str(operands[0])) == 2
    ]


def test_bold_without_a_bold_face_is_stroked_and_still_text(convert: Convert, pages_of: PagesOf) -> None:
    made = convert(docx(paragraph(run("加粗", "<w:b/>"))))
    assert "加粗" in pages_of(made.pdf)[0]
    modes = [operands for operands, name in operators(made.pdf) if name == "Tr"]
    assert [2] in [[int(str(mode)) for mode in operands] for operands in modes]


@pytest.mark.parametrize("code", ["PAGE", "NUMPAGES", "SECTIONPAGES"])
def test_page_fields_are_worked_out_and_their_stored_results_are_not_printed(
    convert: Convert, pages_of: PagesOf, code: str
) -> None:
    section = SECTION.replace("<w:pgSz", '<w:footerReference w:type="default" r:id="f1"/><w:pgSz')
    footer = paragraph(run("〔") + field(code, "77") + run("〕"))
    body = [paragraph("甲"), paragraph('<w:r><w:br w:type="page"/></w:r>'), paragraph("乙")]
    shown = pages_of(convert(docx(*body, section=section, headers={"f1": footer})).pdf)
    assert ["〔1〕" in shown[0], "〔2〕" in shown[1]] == ([True, True] if code == "PAGE" else [False, True])
    assert "〔2〕" in shown[0] or code == "PAGE"
    assert "77" not in "".join(shown)


def test_pages_count_from_the_number_that_the_section_gives(convert: Convert, pages_of: PagesOf) -> None:
    refer = '<w:footerReference w:type="default" r:id="f1"/><w:pgSz'
    last = SECTION.replace("<w:pgSz", refer).replace("</w:sectPr>", '<w:pgNumType w:start="1"/></w:sectPr>')
    body = [paragraph("封面"), paragraph("", SECTION), paragraph("正文")]
    shown = pages_of(
        convert(docx(*body, section=last, headers={"f1": paragraph(run("第") + field("PAGE"))})).pdf
    )
    assert shown == ["封面", "第1正文"]


def test_first_and_even_pages_have_their_own_headers(convert: Convert, pages_of: PagesOf) -> None:
    refer = "".join(
        f'<w:headerReference w:type="{kind}" r:id="h{kind}"/>' for kind in ("default", "first", "even")
    )
    section = SECTION.replace("<w:pgSz", refer + "<w:pgSz").replace("</w:sectPr>", "<w:titlePg/></w:sectPr>")
    breaks = [paragraph('<w:r><w:br w:type="page"/></w:r>') + paragraph(text) for text in "乙丙"]
    made = docx(
        paragraph("甲"),
        *breaks,
        section=section,
        headers={"hdefault": paragraph("单"), "hfirst": paragraph("首"), "heven": paragraph("双")},
        settings="<w:evenAndOddHeaders/>",
    )
    assert pages_of(convert(made).pdf) == ["首甲", "双乙", "单丙"]


def test_headings_make_the_outline_and_the_contents_tell_their_pages(
    convert: Convert, pages_of: PagesOf
) -> None:
    heading = '<w:pStyle w:val="1"/>'
    made = convert(
        docx(
            paragraph(field('TOC \\o "1-1"', "旧目录")),
            paragraph("一、总则", heading + "<w:pageBreakBefore/>"),
            paragraph("二、任务", heading + "<w:pageBreakBefore/>"),
        )
    )
    assert [(item.title, item.level, item.page) for item in made.headings] == [
        ("一、总则", 1, 2),
        ("二、任务", 1, 3),
    ]
    contents = pages_of(made.pdf)[0]
    assert re.fullmatch(r"一、总则\.+2二、任务\.+3", contents)
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf, pdf.open_outline() as outline:
        titles = [item.title for item in outline.root]
    assert titles == ["一、总则", "二、任务"]


def test_a_row_that_may_not_split_goes_whole_to_the_next_page(convert: Convert, pages_of: PagesOf) -> None:
    filler = [paragraph("行", EXACT) for _ in range(18)]
    tall = cell("".join(paragraph(f"第{index}行", EXACT) for index in range(8)), width=8800)
    shown = pages_of(
        convert(docx(*filler, table(row(tall, properties="<w:cantSplit/>"), columns=(8800,)))).pdf
    )
    assert "第0行" not in shown[0]
    assert "第0行" in shown[1]


def test_a_row_that_may_not_split_but_is_taller_than_a_page_splits(convert: Convert) -> None:
    tall = cell("".join(paragraph(f"第{index}行", EXACT) for index in range(40)), width=6600)
    made = convert(docx(table(row(cell("标签"), tall, properties="<w:cantSplit/>"), columns=(2200, 6600))))
    assert made.pages >= 2
    assert min(y for page in range(made.pages) for _, _, y in places(made.pdf, page)) > 99


@pytest.mark.parametrize("rule", ["atLeast", "exact"])
def test_a_row_is_as_high_as_it_says(convert: Convert, rule: str) -> None:
    signed = cell(bookmark("sign.lead", paragraph("负责人（签字）：")))
    made = convert(docx(table(row(signed, properties=f'<w:trHeight w:val="3000" w:hRule="{rule}"/>'))))
    x0, y0, x1, y1 = made.sign_places[0].rect
    assert y1 - y0 == pytest.approx(150, abs=0.1)
    assert x1 - x0 == pytest.approx(110 - 10.8, abs=0.1)


def test_heads_of_a_long_table_repeat(convert: Convert, pages_of: PagesOf) -> None:
    head = row(cell("单位名称"), cell("联系人"), properties="<w:tblHeader/>")
    made = convert(docx(table(head, *(row(cell(f"单位{index}"), cell("某")) for index in range(60)))))
    shown = pages_of(made.pdf)
    assert len(shown) > 1
    assert all("单位名称" in page for page in shown)


def test_a_heading_keeps_with_what_follows(convert: Convert, pages_of: PagesOf) -> None:
    filler = [paragraph("行", EXACT) for _ in range(21)]
    shown = pages_of(
        convert(docx(*filler, paragraph("标题", "<w:keepNext/>" + EXACT), paragraph("正文", EXACT))).pdf
    )
    assert "标题正文" in shown[1]


def test_signature_places_are_told_by_role_and_page(convert: Convert) -> None:
    members = table(
        row(*(cell(bookmark(f"sign.member.{index}", paragraph("盖章"), index)) for index in (1, 2)),
            properties='<w:trHeight w:val="2000"/>')
    )  # fmt: skip
    made = convert(
        docx(
            paragraph("正文"), members, paragraph(bookmark("sign_lead", run("签字")), "<w:pageBreakBefore/>")
        )
    )
    places = {place.role: place for place in made.sign_places}
    assert [(role, place.page) for role, place in places.items()] == [
        ("member.1", 1),
        ("member.2", 1),
        ("lead", 2),
    ]
    assert places["member.1"].rect[2] < places["member.2"].rect[0]
    assert places["lead"].rect == pytest.approx(
        (79.4, 841.9 - 104.9 - 23, 595.3 - 73.7, 841.9 - 104.9), abs=1
    )


def test_a_vertical_label_is_set_one_character_below_the_other(convert: Convert) -> None:
    label = cell("申报单位", '<w:textDirection w:val="tbRl"/>', 900)
    made = convert(
        docx(table(row(label, cell("甲"), properties='<w:trHeight w:val="2000"/>'), columns=(900, 2200)))
    )
    found = [y for char in "申报单位" for text, _, y in places(made.pdf) if text == char]
    assert len(found) == 4
    assert found == sorted(found, reverse=True)
    assert found[0] - found[3] == pytest.approx(3 * 16, abs=1)


def test_exact_line_spacing_puts_22_lines_on_a_page_of_official_documents(convert: Convert) -> None:
    # GB/T 9704-2012: 225 mm of text, 22 lines at 28.95 pt.
    spacing = '<w:spacing w:line="579" w:lineRule="exact"/>'
    assert convert(docx(*(paragraph("行", spacing) for _ in range(22)))).pages == 1
    assert convert(docx(*(paragraph("行", spacing) for _ in range(23)))).pages == 2


def test_a_document_of_everything_extracts_whole(convert: Convert, pages_of: PagesOf) -> None:
    numbering = (
        '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="chineseCounting"/>'
        '<w:suff w:val="nothing"/><w:lvlText w:val="第%1条"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    listed = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    looks = ("<w:i/>", "<w:strike/>", '<w:w w:val="66"/>', '<w:spacing w:val="60"/>', '<w:highlight w:val="yellow"/>',
             '<w:vertAlign w:val="superscript"/>', '<w:u w:val="double"/>', '<w:color w:val="FF0000"/>')  # fmt: skip
    made = docx(
        paragraph("".join(run(f"样式{index}abc", look) for index, look in enumerate(looks))),
        *(paragraph(text, listed) for text in ("甲条", "乙条")),
        *(paragraph("对齐" + align, f'<w:jc w:val="{align}"/>') for align in ("both", "center", "right", "distribute")),
        paragraph("悬挂" + LINE * 3, '<w:ind w:left="640" w:hanging="640"/>'),
        paragraph(run("左") + "<w:r><w:tab/></w:r>" + run("右"),
                  '<w:tabs><w:tab w:val="right" w:pos="8000" w:leader="dot"/></w:tabs>'),
        paragraph(run("注") + '<w:r><w:footnoteReference w:id="2"/></w:r>'),
        table(
            row(cell("合并", '<w:gridSpan w:val="2"/>'), cell("向上", '<w:textDirection w:val="btLr"/>')),
            row(cell("跨行", '<w:vMerge w:val="restart"/>'), cell(table(row(cell("嵌套"))) + paragraph()), cell("丙")),
            row(cell("", "<w:vMerge/>"), cell("丁"), cell("戊", '<w:vAlign w:val="bottom"/>')),
            properties='<w:tblW w:w="4000" w:type="pct"/><w:jc w:val="center"/>',
        ),
        numbering=numbering,
        footnotes=f'<w:footnote w:id="2">{paragraph("脚注文字")}</w:footnote>',
    )  # fmt: skip
    shown = "".join(pages_of(convert(made).pdf))
    assert "第一条甲条" in shown
    assert "第二条乙条" in shown
    missing = [
        char for char in set(docx_text(open_parts(made)))
        if not char.isspace() and shown.count(char) < docx_text(open_parts(made)).count(char)
    ]  # fmt: skip
    assert missing == []


def test_an_engine_takes_documents_one_after_another_from_any_thread(engine: Engine[Any]) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def make(index: int) -> str:
        made = engine.convert(docx(paragraph(f"第{index}份")), PdfInfo("", "", MOMENT))
        return pypdf.PdfReader(io.BytesIO(made.pdf)).pages[0].extract_text().replace(" ", "")

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(make, range(8))) == [f"第{index}份" for index in range(8)]


def test_a_closed_engine_leaves_nothing_behind(
    faces: Faces, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    opened = open_engine("typst", faces)
    assert list(tmp_path.iterdir())
    opened.close()
    assert list(tmp_path.iterdir()) == []


def test_a_picture_of_one_document_is_not_seen_by_the_next(convert: Convert) -> None:
    def picture_of(colour: str) -> bytes:
        out = io.BytesIO()
        Image.new("RGB", (4, 4), colour).save(out, "PNG")
        return docx(paragraph(picture("i1", 20, 20)), media={"i1": out.getvalue()})

    assert convert(picture_of("red")).pdf != convert(picture_of("blue")).pdf


def test_paragraph_spacing_and_page_geometry_follow_the_document(convert: Convert) -> None:
    made = convert(
        docx(
            paragraph("甲", EXACT),
            paragraph("乙", '<w:spacing w:line="570" w:lineRule="exact" w:before="400"/>'),
        )
    )
    first, second = (y for _, _, y in places(made.pdf))
    assert first - second == pytest.approx(28.5 + 20, abs=0.1)
    # 37 mm of margin, then four fifths of the exact line, to the baseline.
    assert first == pytest.approx(841.9 - 104.9 - 0.8 * 28.5, abs=0.2)


@pytest.mark.parametrize("rule", ["", '<w:spacing w:line="360" w:lineRule="auto"/>'])
def test_a_continuous_section_of_the_same_page_runs_on(convert: Convert, rule: str) -> None:
    inner = SECTION.replace("<w:pgSz", '<w:type w:val="continuous"/><w:pgSz')
    assert convert(docx(paragraph("甲", rule + SECTION), paragraph("乙", rule), section=inner)).pages == 1


def test_sections_may_lie_across(convert: Convert) -> None:
    across = SECTION.replace('w:w="11906" w:h="16838"', 'w:w="16838" w:h="11906" w:orient="landscape"')
    reader = pypdf.PdfReader(
        io.BytesIO(convert(docx(paragraph("甲", SECTION), paragraph("乙"), section=across)).pdf)
    )
    assert [page.mediabox.width > page.mediabox.height for page in reader.pages] == [False, True]


def test_a_table_wider_than_the_sheet_is_drawn_within_it(convert: Convert) -> None:
    cells = [cell(f"列{index}", width=3000) for index in range(5)]
    made = convert(docx(table(row(*cells), columns=(3000,) * 5)))
    assert max(x for _, x, _ in places(made.pdf)) < 595.3 - 73


def test_a_cells_own_border_beats_the_tables_where_it_is_wider(convert: Convert) -> None:
    thick = "".join(f'<w:{side} w:val="single" w:sz="24"/>' for side in ("top", "left", "bottom", "right"))
    made = convert(
        docx(table(row(cell("甲"), cell("乙", f"<w:tcBorders>{thick}</w:tcBorders>"), cell("丙"))))
    )
    widths = {float(str(operands[0])) for operands, name in operators(made.pdf) if name == "w"}
    assert widths == {0.5, 3.0}


def test_a_chain_of_kept_paragraphs_longer_than_a_page_leaves_no_page_empty(
    convert: Convert, pages_of: PagesOf
) -> None:
    kept = "<w:keepNext/>" + EXACT
    body = [paragraph("起", EXACT), *(paragraph(f"第{index}段", kept) for index in range(30))]
    signed = table(row(cell("签章"), properties='<w:trHeight w:val="8000"/><w:cantSplit/>'))
    shown = pages_of(convert(docx(*body, paragraph("签署：", kept), signed)).pdf)
    assert "起第0段" in shown[0]
    assert shown[-1].endswith("签署：签章")
    assert len(shown) <= 3


def test_a_latin_word_wider_than_its_cell_breaks_within_the_cell_and_extracts_whole(
    convert: Convert,
) -> None:
    address = "averyveryverylong.name@some-company.example.cn"
    made = convert(docx(table(row(*(cell(paragraph(run(address))) for _ in range(4))))))
    page = pypdfium2.PdfDocument(made.pdf)[0]
    texts = page.get_textpage()
    found = "".join(texts.get_text_bounded().split())
    assert found.count(address) == 4
    width = page.get_width()
    assert all(texts.get_charbox(at)[2] < width - 60 for at in range(texts.count_chars()))
