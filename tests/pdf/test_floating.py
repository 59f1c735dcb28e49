"""What floats over a page or is drawn on it: text boxes, frames, tables, pictures, lines and shapes; and columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pypdfium2
import pytest

from generator.base.ooxml.package import open_parts
from generator.base.ooxml.text import docx_text
from generator.base.ooxml.unstored import count_unstored
from generator.base.ooxml.xml import parse_word
from generator.errors import ProgrammeError
from generator.pdf.docx.reader import read_tree
from generator.pdf.docx.tree import document_text
from tests.pdf.test_forms import LEFT, SHEET, TOP, WIDTH, box_of, box_of_text, image_of
from tests.pdf.word import PNG, SECTION, cell, docx, field, paragraph, picture, row, run, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.pdf.engine import PdfDocument

    Convert = Callable[[bytes], PdfDocument]

EMU = 12700
RED = '<a:solidFill><a:srgbClr val="FF0000"/></a:solidFill>'


def form(width: float, height: float, x: float = 0, y: float = 0, more: str = "") -> str:
    size = f'<a:ext cx="{int(width * EMU)}" cy="{int(height * EMU)}"/>'
    return f'<a:xfrm {more}><a:off x="{int(x * EMU)}" y="{int(y * EMU)}"/>{size}</a:xfrm>'


def shape(
    name: str, width: float, height: float, *, look: str = RED, text: str = "", body: str = "", **place: float
) -> str:
    """A ``wps:wsp``; the text is the paragraphs of its text box."""
    content = f"<wps:txbx><w:txbxContent>{text}</w:txbxContent></wps:txbx>" if text else ""
    turn = 'rot="' + str(int(place.pop("turn", 0) * 60000)) + '"'
    return (
        f"<wps:wsp><wps:cNvSpPr/><wps:spPr>{form(width, height, more=turn, **place)}"
        f'<a:prstGeom prst="{name}"><a:avLst/></a:prstGeom>{look}</wps:spPr>{content}<wps:bodyPr {body}/></wps:wsp>'
    )


def at(kind: str, name: str, value: float | str) -> str:
    said = (
        f"<wp:align>{value}</wp:align>"
        if isinstance(value, str)
        else f"<wp:posOffset>{int(value * EMU)}</wp:posOffset>"
    )
    return f'<wp:position{kind} relativeFrom="{name}">{said}</wp:position{kind}>'


def anchored(
    content: str,
    width: float,
    height: float,
    x: tuple[str, float | str] = ("column", 0),
    y: tuple[str, float | str] = ("paragraph", 0),
    wrap: str = "wrapNone",
) -> str:
    """A run with a drawing that floats."""
    return (
        f'<w:r><w:drawing><wp:anchor distT="0" distB="0" distL="0" distR="0" behindDoc="0">{at("H", *x)}{at("V", *y)}'
        f'<wp:extent cx="{int(width * EMU)}" cy="{int(height * EMU)}"/><wp:{wrap}/><wp:docPr id="1" name="x"/>'
        f"<a:graphic><a:graphicData>{content}</a:graphicData></a:graphic></wp:anchor></w:drawing></w:r>"
    )


def alternatives(choice: str, fallback: str, wanted: str = "wps") -> str:
    """A run's content as Word writes it: for programs that know shapes, and for those that do not."""
    inner = choice.removeprefix("<w:r>").removesuffix("</w:r>")
    return (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="{wanted}">{inner}</mc:Choice>'
        f"<mc:Fallback>{fallback}</mc:Fallback></mc:AlternateContent></w:r>"
    )


def vml(content: str) -> str:
    return f"<w:r><w:pict>{content}</w:pict></w:r>"


def with_foot(foot: str) -> bytes:
    reference = '<w:footerReference w:type="default" r:id="f1"/><w:pgSz'
    return docx(paragraph("正文"), section=SECTION.replace("<w:pgSz", reference), headers={"f1": foot})


def middle(box: tuple[float, float, float, float]) -> float:
    return (box[0] + box[2]) / 2


# -- page numbers -----------------------------------------------------------------------------------------------

NUMBER_BOX = shape("rect", 144, 144, look="", text=paragraph(field("PAGE")), body='wrap="none"')
OLD_NUMBER = (
    '<v:shape type="#_x0000_t202" style="position:absolute;width:144pt;height:144pt;mso-wrap-style:none;'
    'mso-position-horizontal:center;mso-position-horizontal-relative:margin"><v:textbox inset="0,0,0,0">'
    f"<w:txbxContent>{paragraph(field('PAGE'))}</w:txbxContent></v:textbox></v:shape>"
)
FRAMED = '<w:framePr w:wrap="around" w:vAnchor="text" w:hAnchor="{}" w:xAlign="{}" w:y="1"/>'


@pytest.mark.parametrize(
    ("foot", "across"),
    [
        (alternatives(anchored(NUMBER_BOX, 144, 144, ("margin", "center")), OLD_NUMBER), LEFT + WIDTH / 2),
        (vml(OLD_NUMBER), LEFT + WIDTH / 2),
        (anchored(NUMBER_BOX, 144, 144, ("column", 100.0)), LEFT + 100 + 7.2 + 4),
        (anchored(NUMBER_BOX, 144, 144, ("margin", "right")), LEFT + WIDTH - 7.2 - 4),
    ],
)
def test_wps_footer_pagenum_textbox(convert: Convert, foot: str, across: float) -> None:
    made = convert(with_foot(paragraph(foot)))
    box = box_of_text(made, "1")
    assert middle(box) == pytest.approx(across, abs=2)
    assert SHEET[1] - 90 < box[1] < SHEET[1] - 25


@pytest.mark.parametrize(
    ("anchor", "side", "across"),
    [
        ("margin", "center", LEFT + WIDTH / 2),
        ("margin", "right", LEFT + WIDTH - 4),
        ("page", "center", SHEET[0] / 2),
        ("text", "left", LEFT + 4),
    ],
)
def test_frame_page_number(convert: Convert, anchor: str, side: str, across: float) -> None:
    framed = paragraph(field("PAGE"), FRAMED.format(anchor, side))
    made = convert(with_foot(framed + paragraph("单位名称")))
    number, name = box_of_text(made, "1"), box_of_text(made, "单位名称")
    assert middle(number) == pytest.approx(across, abs=2)
    assert number[1] == pytest.approx(name[1], abs=4), "the number stands beside the text"


def test_paragraphs_with_the_same_frame_stand_in_it_together(convert: Convert) -> None:
    said = '<w:framePr w:w="2000" w:hAnchor="page" w:vAnchor="page" w:x="6000" w:y="4000"/>'
    made = convert(docx(paragraph("上", said), paragraph("下", said), paragraph("正文")))
    upper, lower, text = (box_of_text(made, word) for word in ("上", "下", "正文"))
    assert upper[0] == lower[0] == pytest.approx(300, abs=2)
    assert upper[1] == pytest.approx(200, abs=6)
    assert lower[1] > upper[1] + 10
    assert text[1] == pytest.approx(TOP, abs=6)


# -- tables -----------------------------------------------------------------------------------------------------


def floating(x: str = "", y: str = "", columns: int = 3) -> str:
    said = f'<w:tblpPr w:leftFromText="180" w:rightFromText="180" w:horzAnchor="margin" {x} {y}/>'
    cells = [cell(word, width=2000) for word in "甲乙丙丁戊"[:columns]]
    return table(row(*cells), columns=(2000,) * columns, properties=said)


TEXT = 'w:vertAnchor="text" w:tblpY="1"'


def test_tbl_floating_with_text_beside(convert: Convert) -> None:
    made = convert(docx(paragraph("前"), floating(y=TEXT), paragraph("后" * 60)))
    first, table_text = box_of_text(made, "后"), box_of_text(made, "甲")
    assert table_text[0] == pytest.approx(LEFT + 1, abs=3), "the text of its first cell stands at the margin"
    assert first[0] > LEFT + 300, "text stands beside it"
    assert first[1] == pytest.approx(table_text[1], abs=6)
    with pypdfium2.PdfDocument(made.pdf) as pdf:
        assert "".join(pdf[0].get_textpage().get_text_range().split()).count("后") == 60
    assert box_of(image_of(made).crop((60, 110, 400, 200)))[3] > 25, "all its lines are drawn"


def test_tbl_floating_as_wide_as_the_text_stands_in_it(convert: Convert) -> None:
    made = convert(docx(paragraph("前"), floating(y=TEXT, columns=4), paragraph("后")))
    assert box_of_text(made, "后")[1] > box_of_text(made, "甲")[3]


def test_tbl_floating_below_its_title(convert: Convert) -> None:
    below = 'w:vertAnchor="text" w:tblpY="800"'
    made = convert(docx(floating(y=below, columns=4), paragraph("申请表"), paragraph("后"), paragraph("尾")))
    title, body, after = (box_of_text(made, word) for word in ("申请表", "甲", "尾"))
    assert title[3] <= body[1] + 4 < after[1]


@pytest.mark.parametrize(("anchor", "down"), [("page", 6000), ("margin", 3902)])
def test_tbl_floating_at_a_place_of_the_page(convert: Convert, anchor: str, down: int) -> None:
    where = f'w:vertAnchor="{anchor}" w:tblpY="{down}"'
    made = convert(docx(paragraph("题"), floating(y=where, columns=4), paragraph("后")))
    assert box_of_text(made, "甲")[1] == pytest.approx(300, abs=8)
    assert box_of_text(made, "题")[1] == pytest.approx(TOP, abs=6)


# -- lines and shapes -------------------------------------------------------------------------------------------

OUTLINED = f'<a:noFill/><a:ln w="25400">{RED}</a:ln>'


@pytest.mark.parametrize(
    ("content", "box"),
    [
        (vml('<v:line from="0,0" to="400pt,0" strokecolor="red"/>'), (LEFT, None, LEFT + 400, None)),
        (
            vml('<v:line from="10pt,20pt" to="110pt,70pt" strokecolor="red" style="position:absolute"/>'),
            (LEFT + 10, TOP + 20, LEFT + 110, TOP + 70),
        ),
        (
            vml(
                '<v:rect style="position:absolute;margin-left:50pt;margin-top:60pt;width:80pt;height:40pt" '
                'filled="f" strokecolor="#f00" strokeweight="1pt"/>'
            ),
            (LEFT + 50, TOP + 60, LEFT + 130, TOP + 100),
        ),
        (
            vml(
                '<v:shape style="position:absolute;width:100pt;height:10pt;margin-left:5pt" fillcolor="red" '
                'stroked="false" coordsize="1000,100" path="m,l1000,,1000,100,,100xe"/>'
            ),
            (LEFT + 5, TOP, LEFT + 105, TOP + 10),
        ),
        (
            vml(
                '<v:group style="position:absolute;margin-left:10pt;width:100pt;height:50pt" coordsize="200,100" '
                'coordorigin="1000,1000"><v:oval style="position:absolute;left:1100;top:1050;width:100;height:50" '
                'fillcolor="red" strokecolor="red"/></v:group>'
            ),
            (LEFT + 60, TOP + 25, LEFT + 110, TOP + 50),
        ),
        (anchored(shape("line", 200, 0, look=OUTLINED), 200, 0), (LEFT, None, LEFT + 200, None)),
        (
            anchored(shape("rect", 80, 40, look=OUTLINED), 80, 40, ("page", 300.0), ("page", 400.0)),
            (300, 400, 380, 440),
        ),
        (
            anchored(shape("ellipse", 80, 40), 80, 40, ("column", "right"), ("margin", "bottom")),
            (LEFT + WIDTH - 80, SHEET[1] - 99.2 - 40, LEFT + WIDTH, SHEET[1] - 99.2),
        ),
        (
            anchored(shape("rightArrow", 80, 40, turn=90), 80, 40, ("column", 20.0), ("paragraph", 20.0)),
            (LEFT + 40, TOP, LEFT + 80, TOP + 80),
        ),
        (
            anchored(
                f"<wpg:wgp><wpg:grpSpPr><a:xfrm><a:off x='0' y='0'/><a:ext cx='{100 * EMU}' cy='{100 * EMU}'/>"
                f"<a:chOff x='0' y='0'/><a:chExt cx='{200 * EMU}' cy='{200 * EMU}'/></a:xfrm></wpg:grpSpPr>"
                f"{shape('rect', 100, 60, x=100, y=20)}</wpg:wgp>",
                100,
                100,
            ),
            (LEFT + 50, TOP + 10, LEFT + 100, TOP + 40),
        ),
        (
            anchored(
                shape("rect", 80, 40), 80, 40, ("page", 580.0), ("page", 830.0)
            ),  # it stays on the sheet
            (SHEET[0] - 80, SHEET[1] - 40, SHEET[0], SHEET[1]),
        ),
    ],
)
def test_vml_line_and_shapes(
    convert: Convert, content: str, box: tuple[float | None, float | None, float | None, float | None]
) -> None:
    made = convert(docx(paragraph(content + run("正文"))))
    found = box_of(image_of(made), red=True)
    for seen, wanted in zip(found, box, strict=True):
        assert wanted is None or seen == pytest.approx(wanted, abs=2.5)


@pytest.mark.parametrize(
    "name", ["roundRect", "flowChartDecision", "leftBrace", "bracketPair", "downArrow", "star5"]
)
def test_a_shape_takes_its_room(convert: Convert, name: str) -> None:
    made = convert(docx(paragraph(anchored(shape(name, 90, 60, look=OUTLINED), 90, 60))))
    assert box_of(image_of(made), red=True) == pytest.approx((LEFT, TOP, LEFT + 90, TOP + 60), abs=3)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (anchored(shape("cloud", 90, 60), 90, 60), "形状 cloud"),
        (anchored('<c:chart xmlns:c="urn:c"/>', 90, 60), "图表"),
        (anchored('<d:relIds xmlns:d="urn:d"/>', 90, 60), "SmartArt"),
        (vml('<v:shape style="width:9pt;height:9pt"><v:textpath string="草稿"/></v:shape>'), "艺术字"),
        (vml('<v:shape type="#_x0000_t999" style="width:9pt;height:9pt"/>'), "旧式图形 999"),
        (
            vml('<v:shape style="width:9pt;height:9pt" coordsize="9,9" path="m@0,9l9,9e"/>'),
            "自由绘制的旧式图形",
        ),
        (vml('<v:arc style="width:9pt;height:9pt"/>'), "旧式图形"),
        (
            anchored(shape("rect", 9, 9, text=paragraph("字"), body='vert="wordArtVert"'), 9, 9),
            "文字方向为 wordArtVert 的文本框",
        ),
        (alternatives("<w:r><w:ink/></w:r>", "", "wpi").replace("<mc:Fallback></mc:Fallback>", ""), "文本框"),
    ],
)
def test_what_is_not_drawn_is_refused_by_name_and_place(content: str, name: str) -> None:
    with pytest.raises(ProgrammeError, match=f"第 1 个表格第 1 行第 2 格 第 1 段.*{name}"):
        read_tree(open_parts(docx(table(row(cell("甲"), cell(paragraph(content)))))))


# -- text boxes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", ["", 'anchor="ctr"', 'anchor="b"', 'vert="vert270"', 'vert="eaVert"'])
def test_a_text_box_holds_its_text_where_it_stands(convert: Convert, body: str) -> None:
    text = paragraph("盖章处")
    box = shape("rect", 120, 90, look=OUTLINED, text=text, body=body)
    made = convert(
        docx(
            paragraph(
                alternatives(anchored(box, 120, 90, ("page", 300.0), ("page", 500.0)), text) + run("正文")
            )
        )
    )
    with pypdfium2.PdfDocument(made.pdf) as pdf:
        page = pdf[0].get_textpage()
        inside = page.get_text_bounded(300, SHEET[1] - 590, 420, SHEET[1] - 500)
        assert sorted("".join(page.get_text_range().split())) == sorted("正文盖章处"), "shown once"
    assert sorted("".join(inside.split())) == sorted("盖章处")


def test_text_in_tables_and_numbers_in_text_boxes_are_counted_and_drawn(convert: Convert) -> None:
    inner = table(row(cell("表中字", width=1500)), columns=(1500,)) + paragraph("框尾")
    box = shape("rect", 120, 90, look=OUTLINED, text=inner)
    parts = open_parts(docx(paragraph(run("前") + anchored(box, 120, 90) + run("后"))))
    assert document_text(read_tree(parts)) == docx_text(parts) == "前表中字框尾后"
    assert box_of_text(convert(docx(paragraph(anchored(box, 120, 90)))), "表中字")[0] > LEFT


@pytest.mark.parametrize(
    ("look", "light"),
    [
        ('<a:solidFill><a:srgbClr val="000000"/></a:solidFill>', True),
        ('<a:pattFill prst="pct5"><a:fgClr><a:srgbClr val="000000"/></a:fgClr></a:pattFill>', False),
        ("vml", False),
    ],
)
def test_text_on_a_dark_shape_is_light_and_a_pattern_does_not_cover_it(
    convert: Convert, look: str, light: bool
) -> None:
    text = paragraph("文文文文")
    if look == "vml":
        content = vml(
            '<v:rect style="position:absolute;width:120pt;height:60pt" fillcolor="black" stroked="f">'
            f'<v:fill type="pattern"/><v:textbox><w:txbxContent>{text}</w:txbxContent></v:textbox></v:rect>'
        )
    else:
        content = anchored(shape("rect", 120, 60, look=look, text=text), 120, 60)
    made = convert(docx(paragraph(content)))
    inside = image_of(made).convert("L").crop((int(LEFT) + 5, int(TOP) + 2, int(LEFT) + 75, int(TOP) + 24))
    points = inside.tobytes()
    assert min(points) < 90, "text is seen"
    assert max(points) > 170, "text is seen"
    assert (points[inside.width + 60] < 90) == light


def test_ac_drawing_inline_only(convert: Convert, pages_of: Callable[[bytes], list[str]]) -> None:
    empty = '<w:r><mc:AlternateContent><mc:Choice Requires="wps"/><mc:Fallback/></mc:AlternateContent></w:r>'
    assert pages_of(convert(docx(paragraph(empty + run("后")))).pdf) == ["后"]


# -- pictures that float ----------------------------------------------------------------------------------------

SEAL = picture("i1", 90, 90).split("<a:graphicData>")[1].split("</a:graphicData>")[0]


@pytest.mark.parametrize(
    ("wrap", "text_left", "text_upper"),
    [("wrapNone", LEFT, TOP), ("wrapSquare", LEFT + 90, TOP), ("wrapTopAndBottom", LEFT, TOP + 90)],
)
def test_a_floating_picture_over_or_beside_text(
    convert: Convert, wrap: str, text_left: float, text_upper: float
) -> None:
    body = paragraph(anchored(SEAL, 90, 90, wrap=wrap) + run("正文" * 20)), paragraph("后文" * 30)
    made = convert(docx(*body, media={"i1": PNG}))
    assert box_of(image_of(made), red=True) == pytest.approx((LEFT, TOP, LEFT + 90, TOP + 90), abs=2)
    text = box_of_text(made, "正")
    assert text[0] == pytest.approx(text_left, abs=2)
    assert text[1] == pytest.approx(text_upper, abs=8)


def test_a_seal_in_a_cell_stays_in_it(convert: Convert) -> None:
    seal = paragraph(run("（盖章）") + anchored(SEAL, 60, 60, ("page", 10.0), ("paragraph", -20.0)))
    made = convert(docx(paragraph("一" * 99), table(row(cell("甲"), cell(seal))), media={"i1": PNG}))
    left, _, right, _ = box_of(image_of(made), red=True)
    assert left == pytest.approx(LEFT + 110 + 5.4 + 10, abs=8)
    assert right - left == pytest.approx(60, abs=2)


# -- columns ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [2, 3])
def test_columns_of_a_section(convert: Convert, count: int) -> None:
    columns = f'<w:cols w:num="{count}" w:space="400"/>'
    first = SECTION.replace("</w:sectPr>", '<w:type w:val="continuous"/></w:sectPr>')
    second = first.replace("</w:sectPr>", f"{columns}</w:sectPr>")
    body = [
        paragraph("题目", first),
        *(paragraph(f"第{n}段") for n in "甲乙丙丁戊己庚辛壬"),
        paragraph("", second),
    ]
    made = convert(docx(*body, paragraph("尾"), section=first))
    assert made.pages == 1
    one, last, tail = (box_of_text(made, word) for word in ("第甲段", "第壬段", "尾"))
    assert one[0] == pytest.approx(LEFT, abs=2)
    assert last[0] > LEFT + WIDTH * (count - 1) / count - 5, "the last stands in the last column"
    assert tail[1] >= last[3] - 2


def test_columns_of_unequal_width_are_refused_by_name() -> None:
    columns = '<w:cols w:num="2" w:equalWidth="0"><w:col w:w="3000"/><w:col w:w="5000"/></w:cols>'
    with pytest.raises(ProgrammeError, match="宽度不等的分栏"):
        read_tree(open_parts(docx("", section=SECTION.replace("</w:sectPr>", columns + "</w:sectPr>"))))


# -- the witness ------------------------------------------------------------------------------------------------


def test_what_floats_is_counted_from_the_xml_alone() -> None:
    framed = FRAMED.format("page", "left")
    body = (
        paragraph(alternatives(anchored(shape("rect", 9, 9, text=paragraph("字")), 9, 9), OLD_NUMBER)),
        paragraph(vml('<v:line from="0,0" to="9pt,9pt"/>') + vml(OLD_NUMBER)),
        paragraph("甲", framed),
        paragraph("乙", framed),
        paragraph("丙"),
        floating(y=TEXT),
        paragraph(anchored(SEAL, 9, 9)),
    )
    parts = open_parts(docx(*body, media={"i1": PNG}))
    found = count_unstored(parts, parse_word(parts["word/document.xml"]))
    counted = (found.outlines, found.boxes, found.floating, found.frames, found.pictures)
    assert counted == (3, 2, 4, 1, 1)
    read_tree(parts)


@pytest.mark.parametrize(
    ("lost", "name"),
    [("_text", "文本框"), ("_outlined", "图形")],
)
def test_a_reader_that_loses_a_shape_or_its_text_is_found_out(
    monkeypatch: pytest.MonkeyPatch, lost: str, name: str
) -> None:
    from generator.pdf.docx import drawings

    monkeypatch.setattr(
        drawings._Shapes,
        lost,
        (lambda *_: None) if lost == "_text" else (lambda _self, _element, _properties, shape: shape),
    )
    box = shape("rect", 9, 9, text=paragraph("")) if lost == "_text" else shape("rect", 9, 9)
    with pytest.raises(ProgrammeError, match=f"会丢失或多出的{name}"):
        read_tree(open_parts(docx(paragraph(anchored(box, 9, 9)))))
