"""Work on finished pages: watermarks, merging with outline and tags, pictures as pages."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pikepdf
import pypdf
import pytest
from PIL import Image

from generator.errors import DataError, PdfError
from generator.pdf.engine import Heading
from generator.pdf.pages.free_space import opened_pages
from generator.pdf.pages.merge import image_page, merge
from generator.pdf.pages.overlays import watermark
from tests.pdf.conftest import MOMENT
from tests.pdf.word import cell, docx, paragraph, row, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.pdf.engine import PdfDocument
    from generator.pdf.fonts.faces import Faces

    Convert = Callable[[bytes], PdfDocument]
    PagesOf = Callable[[bytes], list[str]]
    Part = tuple[str, bytes, list[Heading]]
    Entry = tuple[str, int, list["Entry"]]


def picture(
    kind: str = "PNG", size: tuple[int, int] = (200, 100), mode: str = "RGB", **options: object
) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind, **options)
    return out.getvalue()


def page_of(image: bytes) -> bytes:
    return image_page(image, name="营业执照.png", title="营业执照", timestamp=MOMENT)


def test_a_watermark_is_on_every_page_and_takes_no_text_away(
    convert: Convert, pages_of: PagesOf, faces: Faces
) -> None:
    plain = convert(docx(paragraph("甲"), paragraph("乙", "<w:pageBreakBefore/>"))).pdf
    marked = watermark(plain, "草稿", faces)
    assert pages_of(marked) == pages_of(plain)
    with pikepdf.open(io.BytesIO(marked)) as pdf:
        for page in pdf.pages:
            content = (
                page.Contents.read_bytes()
                if not isinstance(page.Contents, pikepdf.Array)
                else b"".join(part.read_bytes() for part in page.Contents)
            )
            assert b"/Artifact <</Type /Pagination /Subtype /Watermark>>" in content
            form = page.Resources.XObject["/LianhetiWatermark"]
            assert any(state.get("/BM") == "/Multiply" for state in form.Resources.ExtGState.values())


def test_below_a_watermark_a_page_is_as_free_as_without_it(convert: Convert, faces: Faces) -> None:
    plain = convert(docx(paragraph("甲"))).pdf
    with opened_pages(watermark(plain, "草稿", faces)) as pages:
        assert pages.is_free(1, (0, 0, 595, 600))
        assert not pages.is_free(1, (0, 0, 595, 842))


def test_a_watermark_keeps_tags_and_metadata_and_gives_the_same_bytes(convert: Convert, faces: Faces) -> None:
    plain = convert(docx(paragraph("甲"))).pdf
    marked = watermark(plain, "草稿", faces)
    assert marked == watermark(plain, "草稿", faces)
    with pikepdf.open(io.BytesIO(marked)) as pdf:
        assert "/StructTreeRoot" in pdf.Root
        assert pdf.docinfo["/Title"] == "测试文件"


def test_merging_keeps_pages_in_order_with_an_outline(convert: Convert, pages_of: PagesOf) -> None:
    one = convert(docx(paragraph("甲"), paragraph("乙", "<w:pageBreakBefore/>"))).pdf
    two = convert(docx(paragraph("丙"))).pdf
    made = merge(
        [
            ("申请表", one, [Heading("第一章", 1, 1), Heading("（一）", 2, 2), Heading("第二章", 1, 2)]),
            ("协议", two, []),
        ],
        title="全套材料",
        timestamp=MOMENT,
    )
    assert pages_of(made) == ["甲", "乙", "丙"]
    metadata = pypdf.PdfReader(io.BytesIO(made)).metadata
    assert metadata is not None
    assert metadata.title == "全套材料"

    with pikepdf.open(io.BytesIO(made)) as pdf, pdf.open_outline() as outline:
        pages: list[object] = [page.objgen for page in pdf.pages]

        def first_page(item: pikepdf.OutlineItem) -> object:
            assert isinstance(item.destination, pikepdf.Array)
            return item.destination[0].objgen

        def shown(items: list[pikepdf.OutlineItem]) -> list[Entry]:
            return [(item.title, pages.index(first_page(item)), shown(list(item.children))) for item in items]

        assert shown(list(outline.root)) == [
            ("申请表", 0, [("第一章", 0, [("（一）", 1, [])]), ("第二章", 1, [])]),
            ("协议", 2, []),
        ]


def test_merging_gives_the_same_bytes_and_states_the_given_time(convert: Convert) -> None:
    parts: list[Part] = [("甲", convert(docx(paragraph("甲"))).pdf, []), ("图", page_of(picture()), [])]
    made = merge(parts, title="全套", timestamp=MOMENT)
    assert made == merge(parts, title="全套", timestamp=MOMENT)
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert str(pdf.docinfo["/CreationDate"]).startswith("D:20260301080000")


def test_merging_joins_the_structure_trees(convert: Convert) -> None:
    body = table(row(cell("甲"), properties="<w:tblHeader/>"), row(cell("乙")))
    one, two = convert(docx(paragraph("一"), body)).pdf, convert(docx(paragraph("二"), body)).pdf
    made = merge(
        [("一", one, []), ("图", page_of(picture()), []), ("二", two, [])], title="", timestamp=MOMENT
    )
    with pikepdf.open(io.BytesIO(made)) as pdf:
        root = pdf.Root.StructTreeRoot
        numbers = list(root.ParentTree.Nums)
        keys = [int(key) for key in numbers[::2]]
        assert keys == sorted(set(keys))
        owners = [int(page.StructParents) for page in pdf.pages if "/StructParents" in page]
        assert len(owners) == len(set(owners)) == 2
        pages = {page.objgen for page in pdf.pages}
        # What stands behind a page's marked content must lead back to that very page.
        for page in (pdf.pages[0], pdf.pages[2]):
            entry = numbers[2 * keys.index(int(page.StructParents)) + 1]
            for element in entry:
                assert element.get("/Pg", page.obj).objgen in pages
                top = element
                while "/P" in top:
                    top = top.P
                assert top.objgen == root.objgen
        names = [str(name) for name in list(root.IDTree.Kids[0].Names)[::2]] if "/IDTree" in root else []
        assert len(names) == len(set(names))


def test_merged_pdf_a_stays_pdf_a_only_where_every_part_is(convert: Convert) -> None:
    one = convert(docx(paragraph("甲"))).pdf
    same: list[Part] = [("甲", one, []), ("乙", one, [])]
    mixed: list[Part] = [("甲", one, []), ("图", page_of(picture()), [])]
    for parts, status in ((same, "2B"), (mixed, "")):
        with (
            pikepdf.open(io.BytesIO(merge(parts, title="", timestamp=MOMENT))) as pdf,
            pdf.open_metadata() as meta,
        ):
            assert meta.pdfa_status == status


def test_a_damaged_part_is_named() -> None:
    with pytest.raises(PdfError, match="“承诺书”"):
        merge([("承诺书", b"%PDF-1.7 cut", [])], title="", timestamp=MOMENT)


@pytest.mark.parametrize(
    ("image", "wide"),
    [
        (picture("PNG", (300, 100)), True),
        (picture("PNG", (100, 300), "RGBA"), False),
        (picture("PNG", (100, 300), "P"), False),
        (picture("JPEG", (100, 300)), False),
        (picture("JPEG", (100, 300), "CMYK"), False),
        (picture("PNG", (10, 30), "1"), False),
    ],
)
def test_a_picture_is_a_page_of_a4_as_it_lies(image: bytes, wide: bool) -> None:
    made = page_of(image)
    assert made == page_of(image)
    box = pypdf.PdfReader(io.BytesIO(made)).pages[0].mediabox
    assert (box.width > box.height) is wide
    assert sorted((float(box.width), float(box.height))) == pytest.approx([595.28, 841.89], abs=0.1)


def test_a_picture_turned_by_its_camera_is_shown_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    box = pypdf.PdfReader(io.BytesIO(page_of(picture("JPEG", (300, 100), exif=exif)))).pages[0].mediabox
    assert box.height > box.width


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n broken", picture("BMP"), picture()[:60]]
)
def test_what_is_no_whole_picture_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(DataError, match=r"营业执照\.png"):
        page_of(data)
