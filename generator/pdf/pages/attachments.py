"""Attached files as pages for the print copy: PDFs checked and flattened, pictures as A4 pages."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

import pikepdf

from generator.errors import DataError, Place
from generator.pdf.pages.bounds import BeyondBoundsError, check_bounds
from generator.pdf.pages.merge import image_page
from generator.pdf.pages.metadata import with_metadata

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

# What pikepdf raises where an object is not of the type that the standard has there.
_WRONG_TYPES: Final = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    NotImplementedError,
)
_PDF: Final = b"%PDF-"
_PDF_WITHIN: Final = 1024  # bytes that PDF readers accept before the header
_PICTURES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_MOST_PAGES: Final = 2000
_ANEW: Final = "用数据文件重新生成材料包"
_ATTACHED: Final = "/LianhetiAttached"
_HIDDEN: Final = 2 | 32  # annotation flags Hidden and NoView (ISO 32000-1, 12.5.3)


def attached_pages(data: bytes, *, name: str, timestamp: datetime) -> tuple[bytes, int]:
    """A file to be bound, as a PDF of nothing but pages, and how many they are.

    Of a PDF only what would be printed is kept: annotations and form fields are flattened into the page; links,
    scripts, signature fields and embedded files are dropped. Rotated pages are turned upright. A picture becomes an
    A4 page.

    Args:
        data: a PDF, PNG or JPEG, known by its content.
        name: its file name, for errors and as the title.
        timestamp: stated as the time of making.

    Raises:
        DataError: it is none of these, encrypted, damaged, or has no pages.
    """
    if data.startswith(_PICTURES):
        data = image_page(data, name=name, title=name, timestamp=timestamp)
    if _PDF not in data[:_PDF_WITHIN]:
        raise DataError("不是 PDF、PNG 或 JPEG 文件", "另存为 PDF 或图片后再附", Place(name))
    again = "用 PDF 阅读器打开它，“打印”成一个新的 PDF 再附"
    try:
        source = pikepdf.open(io.BytesIO(data))
    except pikepdf.PasswordError:
        raise DataError("PDF 加了密码，打不开", "去掉密码后再附", Place(name)) from None
    except pikepdf.PdfError:
        raise DataError("PDF 已损坏，读不出页面", again, Place(name)) from None
    with source:
        if source.is_encrypted:
            raise DataError("PDF 加了密（限制打印或编辑），不能装订", "去掉限制后再附", Place(name))
        try:
            check_bounds(source)
            return _plain(source, name, again, timestamp), len(source.pages)
        except BeyondBoundsError as error:
            raise DataError(f"PDF {error}", again, Place(name)) from None
        except (pikepdf.PdfError, pikepdf.DataDecodingError, *_WRONG_TYPES) as error:
            raise DataError("PDF 已损坏，有的页面读不出", again, Place(name)) from error


def _plain(source: pikepdf.Pdf, name: str, again: str, timestamp: datetime) -> bytes:
    if source.get_warnings() or source.check_pdf_syntax():
        raise DataError("PDF 已损坏，内容可能不全", again, Place(name))
    if not source.pages:
        raise DataError("PDF 里没有页面", "换成有内容的文件", Place(name))
    if len(source.pages) > _MOST_PAGES:
        raise DataError(
            f"PDF 有 {len(source.pages)} 页，超过 {_MOST_PAGES} 页", "只附有关的部分", Place(name)
        )
    if _has_unprinted_fields(source):
        raise DataError("PDF 里填写的表单内容没有固定在页面上，装订后会丢失", again, Place(name))
    if _has_layers_off(source):
        raise DataError("PDF 里有关闭的图层，装订后里面的内容会印出来", again, Place(name))
    for item in source.objects:
        # Enclosed files hang on pictures and pages too (ISO 32000-2, 14.13).
        if isinstance(item, (pikepdf.Dictionary, pikepdf.Stream)):
            for key in ("/AF", "/EF"):
                if key in item:
                    del item[key]
    source.flatten_annotations("print")
    with pikepdf.Pdf.new() as plain:
        for page in source.pages:
            _add_page(plain, page.as_form_xobject(handle_transformations=True))
        return with_metadata(plain, title=name, author="", timestamp=timestamp)


def bound_again(pdf: bytes, attached: Sequence[tuple[str, int, int]], timestamp: datetime) -> list[bytes]:
    """The pages that ``attached_pages`` gave, taken out of a print copy again, without the page numbers put on them.

    Args:
        pdf: the print copy.
        attached: each attachment's name, its first page in the print copy, from 1, and how many it has.
        timestamp: stated as the time of making.

    Raises:
        DataError: those pages are no attachment's, or the print copy cannot be read.
    """
    try:
        with pikepdf.open(io.BytesIO(pdf)) as source:
            return [_taken_out(source, *one, timestamp) for one in attached]
    except (pikepdf.PdfError, pikepdf.PasswordError) as error:
        raise DataError("打印件已损坏，取不出其中的附件", _ANEW, Place(attached[0][0])) from error


def _taken_out(source: pikepdf.Pdf, name: str, first: int, pages: int, timestamp: datetime) -> bytes:
    with pikepdf.Pdf.new() as plain:
        found = source.pages[first - 1 : first - 1 + pages]
        for page in found:
            form = page.resources.get("/XObject", pikepdf.Dictionary()).get(_ATTACHED)
            if form is None:
                raise DataError("打印件里找不到附件的页面", _ANEW, Place(name))
            _add_page(plain, form)
        if len(found) != pages:
            raise DataError("打印件里找不到附件的页面", _ANEW, Place(name))
        return with_metadata(plain, title=name, author="", timestamp=timestamp)


def _has_unprinted_fields(source: pikepdf.Pdf) -> bool:
    """Whether a form field has a value that no appearance shows: flattening would lose it."""
    form: Any = source.Root.get("/AcroForm", pikepdf.Dictionary())
    if "/XFA" in form and bool(source.Root.get("/NeedsRendering", False)):
        return True
    return any(
        "/AP" not in widget and _has_text(widget)
        for page in source.pages
        for widget in page.obj.get("/Annots", ())
        if widget.get("/Subtype") == pikepdf.Name.Widget and not int(widget.get("/F", 0)) & _HIDDEN
    )


def _has_layers_off(source: pikepdf.Pdf) -> bool:
    """Whether the document hides one of its layers, which would be shown without the document's settings."""
    layers: Any = source.Root.get("/OCProperties", pikepdf.Dictionary())
    settings = [layers.get("/D", pikepdf.Dictionary()), *layers.get("/Configs", ())]
    return any(len(each.get("/OFF", ())) or each.get("/BaseState") == pikepdf.Name.OFF for each in settings)


def _has_text(field: Any) -> bool:
    value = field.get("/V", field.get("/Parent", {}).get("/V"))
    return isinstance(value, pikepdf.String) and bool(str(value).strip())


def _add_page(plain: pikepdf.Pdf, form: Any) -> None:
    """Put a page's content upright onto a new page of its own size."""
    matrix = pikepdf.Matrix(form.get("/Matrix", pikepdf.Array([1, 0, 0, 1, 0, 0])))
    box: Any = matrix.transform(pikepdf.Rectangle(form.BBox))
    plain.add_blank_page(page_size=(float(box.width), float(box.height)))
    shown = plain.pages[-1]
    # A fixed name: pikepdf would choose a random one.
    name = shown.add_resource(plain.copy_foreign(form), pikepdf.Name.XObject, pikepdf.Name(_ATTACHED))
    shown.contents_add(f"q 1 0 0 1 {-box.llx:.4f} {-box.lly:.4f} cm {name} Do Q\n".encode())
