"""What real departments' forms hold: drawn where it stands in Word, or refused by name and place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pypdfium2
import pytest
from PIL import ImageChops

from generator.base.ooxml.package import open_parts
from generator.errors import ProgrammeError
from generator.pdf.docx.reader import read_tree
from generator.pdf.docx.tree import Paragraph, TextRun, blocks_within
from tests.pdf.word import PNG, SECTION, cell, docx, field, paragraph, picture, png, row, run, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL.Image import Image

    from generator.pdf.engine import PdfDocument

    Convert = Callable[[bytes], PdfDocument]

# Of the pages of tests/pdf/word.py, in points.
LEFT, TOP, WIDTH = 79.4, 104.9, 442.2
SHEET = (595.3, 841.9)


def image_of(made: PdfDocument, page: int = 0) -> Image:
    """A page as a picture, one pixel a point."""
    with pypdfium2.PdfDocument(made.pdf) as pdf:
        found: Image = pdf[page].render(scale=1).to_pil().convert("RGB")
    return found


def box_of(picture_of_page: Image, *, red: bool = False) -> tuple[int, int, int, int]:
    """Left, upper, right and lower end of all that is drawn on a page, or of what is red, in points."""
    if red:
        mask = picture_of_page.split()[1].point(lambda value: 255 if value < 100 else 0)
        strong = picture_of_page.split()[0].point(lambda value: 255 if value > 180 else 0)
        found = ImageChops.multiply(mask, strong).getbbox()
    else:
        found = picture_of_page.convert("L").point(lambda value: 255 if value < 200 else 0).getbbox()
    assert found is not None
    return found


def box_of_text(made: PdfDocument, wanted: str, page: int = 0) -> tuple[float, float, float, float]:
    """Left, upper, right and lower end of a text on a page, in points from the sheet's upper left corner."""
    with pypdfium2.PdfDocument(made.pdf) as pdf:
        sheet = pdf[page]
        height = sheet.get_height()
        text = sheet.get_textpage()
        all_text = text.get_text_range()
        at = all_text.index(wanted)
        boxes = [text.get_charbox(at + n, loose=True) for n in range(len(wanted))]
    return (
        min(box[0] for box in boxes),
        height - max(box[3] for box in boxes),
        max(box[2] for box in boxes),
        height - min(box[1] for box in boxes),
    )


def shown(*body: str) -> str:
    """The text that a document shows."""
    return "".join(
        item.text
        for section in read_tree(open_parts(docx(*body))).sections
        for block in blocks_within(section.blocks)
        if isinstance(block, Paragraph)
        for item in block.runs
        if isinstance(item, TextRun)
    )


# -- fields and form fields -------------------------------------------------------------------------------------


def form_field(code: str, settings: str, result: str = "") -> str:
    separated = f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run(result)}' if result else ""
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{settings}</w:ffData></w:fldChar></w:r>'
        f"<w:r><w:instrText> {code} </w:instrText></w:r>{separated}"
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (form_field("FORMCHECKBOX", '<w:checkBox><w:default w:val="1"/></w:checkBox>'), "☑"),
        (form_field("FORMCHECKBOX", '<w:checkBox><w:default w:val="0"/></w:checkBox>'), "☐"),
        (form_field("FORMCHECKBOX", '<w:checkBox><w:default w:val="0"/><w:checked/></w:checkBox>'), "☑"),
        (form_field("FORMCHECKBOX", '<w:checkBox><w:default/><w:checked w:val="0"/></w:checkBox>'), "☐"),
        (form_field("FORMTEXT", "<w:textInput/>", "某单位"), "某单位"),
        (
            form_field(
                "FORMDROPDOWN",
                '<w:ddList><w:result w:val="1"/><w:listEntry w:val="甲"/><w:listEntry w:val="乙"/></w:ddList>',
            ),
            "乙",
        ),
        (
            "<w:sdt><w:sdtPr/><w:sdtContent><w:r><w:t>\u2612</w:t></w:r></w:sdtContent></w:sdt>",
            "\u2612",
        ),
    ],
)
def test_fld_formcheckbox(made: str, expected: str) -> None:
    assert shown(paragraph(run("是") + made + run("企业"))) == f"是{expected}企业"


@pytest.mark.parametrize(
    "code", ["MERGEFIELD 单位", "DOCVARIABLE x", "=1 \\* GB3", "= SUM(ABOVE)", "IF a = b c d", "FILENAME"]
)
def test_fld_mergefield(code: str) -> None:
    assert shown(paragraph(run("甲") + field(code, "存的结果") + run("乙"))) == "甲存的结果乙"


def test_a_field_that_prints_nothing_prints_nothing() -> None:
    mark = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> XE "甲" </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    assert shown(paragraph(run("甲") + mark + run("乙"))) == "甲乙"


@pytest.mark.parametrize("code", ["DATE", "TIME", "EQ \\o(a,b)", "STYLEREF 1", "MACROBUTTON x 点这里"])
def test_a_field_whose_stored_result_need_not_be_what_is_printed_is_refused(code: str) -> None:
    with pytest.raises(ProgrammeError, match=f"正文第 1 段.*域 {code.split(maxsplit=1)[0]}"):
        shown(paragraph(field(code)))


# -- characters -------------------------------------------------------------------------------------------------

BORDER = '<w:bdr w:val="single" w:sz="8" w:space="0" w:color="FF0000"/>'


@pytest.mark.parametrize(
    ("text", "lines"), [("带框文字", 1), ("有空格 的框", 1), ("很长的要折行的文字" * 8, 3)]
)
def test_run_border(convert: Convert, text: str, lines: int) -> None:
    left, upper, right, lower = box_of(image_of(convert(docx(paragraph(run(text, BORDER))))), red=True)
    assert left == pytest.approx(LEFT, abs=2)
    assert right - left == pytest.approx(min(len(text) * 16, WIDTH), abs=18)
    assert lower - upper == pytest.approx(lines * 20, abs=12)


@pytest.mark.parametrize(("raised", "grows"), [(0, 0), (12, 6), (24, 12), (-12, 6)])
def test_position_raised_in_cell(convert: Convert, raised: int, grows: int) -> None:
    def height(position: int) -> int:
        words = run("高低", f'<w:position w:val="{position}"/>')
        box = box_of(image_of(convert(docx(table(row(cell(paragraph(words)), cell("乙")))))))
        return box[3] - box[1]

    assert height(raised) - height(0) == pytest.approx(grows, abs=1.5)


@pytest.mark.parametrize(
    ("text", "brackets", "seen"),
    [("甲局乙处", "", "甲局乙处"), ("甲省厅乙局", "", "甲省厅乙局"), ("年月", "round", "(年月)")],
)
def test_two_lines_in_one(convert: Convert, text: str, brackets: str, seen: str) -> None:
    chosen = f'w:combineBrackets="{brackets}"' if brackets else ""
    words = run(text, f'<w:eastAsianLayout w:id="1" w:combine="1" {chosen}/>')
    made = convert(docx(paragraph(run("某厅") + words + run("文件"))))
    upper, lower = box_of_text(made, text[0]), box_of_text(made, text[-1])
    whole = box_of_text(made, "文")
    assert upper[3] < lower[3]
    assert upper[2] - upper[0] == pytest.approx((whole[2] - whole[0]) / 2, abs=0.5)
    with pypdfium2.PdfDocument(made.pdf) as pdf:
        text_found = pdf[0].get_textpage().get_text_range()
    assert "".join(text_found.split()) == f"某厅{seen}文件"


@pytest.mark.parametrize(
    ("text", "width"), [("姓名", 100), ("法定代表人姓名", 60), ("甲", 40), ("甲乙丙丁", 64)]
)
def test_fit_text(convert: Convert, text: str, width: int) -> None:
    words = run(text, f'<w:fitText w:val="{width * 20}" w:id="7"/>')
    made = convert(docx(paragraph(words + run("：后文"))))
    assert box_of_text(made, "：")[0] - LEFT == pytest.approx(width, abs=1.5)
    assert box_of_text(made, text[-1])[2] - LEFT <= width + 1


@pytest.mark.parametrize("scale", [50, 80, 120])
def test_a_line_of_scaled_characters_does_not_begin_with_a_closing_mark(convert: Convert, scale: int) -> None:
    words = run("甲乙丙、" * 60, f'<w:w w:val="{scale}"/>')
    with pypdfium2.PdfDocument(convert(docx(paragraph(words))).pdf) as pdf:
        lines = pdf[0].get_textpage().get_text_range().split()
    assert len(lines) > 3
    assert not [line for line in lines if line.startswith("、")]


@pytest.mark.parametrize(("stored", "left"), [(1049, LEFT), (600, LEFT + 22.45)])
def test_a_line_that_hangs_by_more_characters_than_its_indent_stays_on_the_sheet(
    convert: Convert, stored: int, left: float
) -> None:
    indent = f'<w:ind w:left="1049" w:hanging="{stored}" w:hangingChars="1009"/>'
    made = convert(docx(paragraph("姓名：某某", indent)))
    assert box_of_text(made, "姓")[0] == pytest.approx(left, abs=1.5)


# -- tables -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("align", "columns", "left", "width"),
    [
        ("center", (5000, 5000), LEFT + (WIDTH - 500) / 2, 500),
        ("center", (5300, 5300), LEFT + (WIDTH - 530) / 2, 530),
        ("center", (4780, 4780), LEFT + (WIDTH - 478) / 2, 478),
        ("center", (4560, 4560), LEFT + (WIDTH - 456) / 2, 456),
        ("right", (5000, 5000), LEFT + WIDTH - 500, 500),
        ("right", (4700, 4700), LEFT + WIDTH - 470, 470),
        ("center", (9000, 9000), LEFT, WIDTH),  # does not fit on the sheet: made as narrow as the text
    ],
)
def test_tbl_wider_than_text(
    convert: Convert, align: str, columns: tuple[int, int], left: float, width: float
) -> None:
    wide = row(*(cell("甲", width=column) for column in columns))
    body = table(wide, columns=columns, properties=f'<w:jc w:val="{align}"/><w:tblLayout w:type="fixed"/>')
    box = box_of(image_of(convert(docx(body))))
    assert box[0] == pytest.approx(left, abs=2)
    assert box[2] - box[0] == pytest.approx(width, abs=3)


@pytest.mark.parametrize("align", ["left", "center", "right"])
def test_tbl_wider_than_text_never_leaves_the_sheet(convert: Convert, align: str) -> None:
    narrow = SECTION.replace('w:right="1474"', 'w:right="567"').replace('w:left="1588"', 'w:left="567"')
    wide = table(
        row(cell("甲", width=5800), cell("乙", width=5800)),
        columns=(5800, 5800),
        properties=f'<w:jc w:val="{align}"/>',
    )
    box = box_of(image_of(convert(docx(wide, section=narrow))))
    assert box[0] >= 10
    assert box[2] <= 595 - 10


LINE = '<w:{} w:val="single" w:sz="8" w:color="FF0000"/>'


@pytest.mark.parametrize("side", ["tl2br", "tr2bl"])
@pytest.mark.parametrize("text", ["项目", "很长的要折行的一格文字" * 3])
def test_diagonal_heads(convert: Convert, side: str, text: str) -> None:
    head = cell(text, f"<w:tcBorders>{LINE.format(side)}</w:tcBorders>")
    made = image_of(convert(docx(table(row(head, cell("乙")), row(cell("丙"), cell("丁"))))))
    left, upper, right, lower = box_of(made, red=True)
    whole = box_of(made)
    assert left == pytest.approx(whole[0], abs=2)
    assert right - left == pytest.approx(110, abs=3)
    assert upper == pytest.approx(whole[1], abs=2)
    assert lower > upper + 15
    corner = made.getpixel((left + 4, upper + (4 if side == "tl2br" else lower - upper - 4)))
    assert isinstance(corner, tuple)


# -- pictures ---------------------------------------------------------------------------------------------------


def changed_picture(crop: str = "", turn: float = 0.0, size: tuple[float, float] = (100, 50)) -> str:
    made = picture("i1", *size)
    made = made.replace("</pic:blipFill>", f"{crop}</pic:blipFill>")
    form = f'<pic:spPr><a:xfrm rot="{int(turn * 60000)}"/></pic:spPr>'
    return made.replace("</pic:pic>", f"{form}</pic:pic>")


@pytest.mark.parametrize("sides", ['l="25000"', 't="10000" b="40000"', 'l="-20000" r="50000"'])
def test_a_cropped_picture_takes_its_room(convert: Convert, sides: str) -> None:
    body = paragraph(changed_picture(f"<a:srcRect {sides}/>"))
    box = box_of(image_of(convert(docx(body, media={"i1": png(40, 20)}))), red=True)
    lost = 20 if "-20000" in sides else 0
    assert (box[2] - box[0], box[3] - box[1]) == pytest.approx((100 - lost * 100 / 70, 50), abs=2)


@pytest.mark.parametrize(("turn", "size"), [(90, (50, 100)), (180, (100, 50)), (45, (106, 106))])
def test_a_turned_picture_takes_its_room(convert: Convert, turn: float, size: tuple[float, float]) -> None:
    box = box_of(image_of(convert(docx(paragraph(changed_picture(turn=turn)), media={"i1": PNG}))), red=True)
    assert (box[2] - box[0], box[3] - box[1]) == pytest.approx(size, abs=3)


@pytest.mark.parametrize(
    "data",
    [PNG[:-20], PNG[:40], PNG.replace(b"IDAT", b"IDAT\0", 1), b"\xff\xd8\xff\xe0" + b"\0" * 50, b"GIF89a"],
)
def test_img_truncated_png(data: bytes) -> None:
    with pytest.raises(ProgrammeError, match=r"第 1 个表格第 1 行第 2 格 第 1 段.*损坏的图片 i1\.png"):
        read_tree(open_parts(docx(table(row(cell("甲"), cell(picture("i1", 9, 9)))), media={"i1": data})))


# -- sections ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "lines", "upper"), [("center", 1, 415), ("center", 3, 398), ("bottom", 1, 723), ("top", 1, TOP)]
)
def test_sect_valign(convert: Convert, where: str, lines: int, upper: float) -> None:
    section = SECTION.replace("</w:sectPr>", f'<w:vAlign w:val="{where}"/></w:sectPr>')
    made = convert(docx(*[paragraph("封面标题")] * lines, section=section))
    assert made.pages == 1
    assert box_of(image_of(made))[1] == pytest.approx(upper, abs=12)


@pytest.mark.parametrize(
    ("offset", "display", "box"),
    [
        ("page", "allPages", (20, 20, SHEET[0] - 20, SHEET[1] - 20)),
        ("text", "allPages", (LEFT - 20, TOP - 20, LEFT + WIDTH + 20, SHEET[1] - 99.2 + 20)),
        ("page", "firstPage", (20, 20, SHEET[0] - 20, SHEET[1] - 20)),
    ],
)
def test_page_borders(convert: Convert, offset: str, display: str, box: tuple[float, ...]) -> None:
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="8" w:space="20" w:color="FF0000"/>'
        for side in ("top", "left", "bottom", "right")
    )
    lines = f'<w:pgBorders w:offsetFrom="{offset}" w:display="{display}">{sides}</w:pgBorders>'
    made = convert(
        docx(
            paragraph("一"),
            paragraph("二", "<w:pageBreakBefore/>"),
            section=SECTION.replace("</w:sectPr>", lines + "</w:sectPr>"),
        )
    )
    assert box_of(image_of(made), red=True) == pytest.approx(box, abs=2)
    if display == "firstPage":
        with pytest.raises(AssertionError):
            box_of(image_of(made, 1), red=True)
    else:
        assert box_of(image_of(made, 1), red=True) == pytest.approx(box, abs=2)


def test_a_pattern_around_the_page_is_refused_by_name() -> None:
    lines = '<w:pgBorders><w:top w:val="apples" w:sz="20"/></w:pgBorders>'
    with pytest.raises(ProgrammeError, match="艺术型页面边框"):
        read_tree(open_parts(docx("", section=SECTION.replace("</w:sectPr>", lines + "</w:sectPr>"))))
