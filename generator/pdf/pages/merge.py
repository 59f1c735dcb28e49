"""Merging finished PDFs of any engine into one, and pictures as pages."""

from __future__ import annotations

import io
import warnings
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

import pikepdf

from generator.errors import DataError, Place
from generator.pdf.pages import qpdf
from generator.pdf.pages.metadata import with_metadata
from generator.pdf.pages.structure_tree import merge_structure, without_structure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from PIL import Image

    from generator.pdf.engine import Heading

_MARGIN: Final = 42.5  # 15 mm around a picture
_MAX_PIXELS: Final = 60_000_000  # a page of A4 in colour at 750 dots an inch


def merge(
    parts: Sequence[tuple[str, bytes, Sequence[Heading]]],
    *,
    title: str,
    timestamp: datetime,
    mark: Callable[[pikepdf.Pdf], None] | None = None,
    identified: bool = True,
    tagged: bool = True,
) -> bytes:
    """Put documents behind one another into one PDF, with an outline.

    Args:
        parts: each document's title, PDF and headings; the outline has an entry a document, its headings below.
        title: of the whole.
        timestamp: stated as the time of making.
        mark: draws on the merged pages before they are written.
        identified: as of ``qpdf.written``.
        tagged: keep the structure trees of tagged parts.

    Returns:
        The PDF: the same input gives the same bytes. It states PDF/A-2b where every part does.

    Raises:
        PdfError: a part cannot be read.
    """
    merged = pikepdf.Pdf.new()
    sources: list[tuple[pikepdf.Pdf, int, int]] = []
    standard = bool(parts)
    with ExitStack() as stack:
        with merged.open_outline() as outline:
            for name, data, headings in parts:
                source = stack.enter_context(qpdf.opened(data, name))
                first = len(merged.pages)
                merged.pages.extend(source.pages)
                sources.append((source, first, len(source.pages)))
                entry = pikepdf.OutlineItem(name, first)
                outline.root.append(entry)
                _add_headings(entry, headings, first)
                standard = standard and source.open_metadata().pdfa_status == "2B"
        owner = next((source for source, _, _ in sources if "/OutputIntents" in source.Root), None)
        if owner is not None:
            intents = owner.make_indirect(owner.Root.OutputIntents)
            merged.Root.OutputIntents = merged.copy_foreign(intents)
        if tagged:
            merge_structure(merged, sources)
        else:
            without_structure(merged)
        if mark is not None:
            mark(merged)
        return with_metadata(
            merged,
            title=title,
            author="",
            timestamp=timestamp,
            standard="2B" if standard else "",
            identified=identified,
        )


def _add_headings(entry: pikepdf.OutlineItem, headings: Sequence[Heading], first: int) -> None:
    above: list[tuple[int, pikepdf.OutlineItem]] = [(0, entry)]
    for heading in headings:
        while above[-1][0] >= heading.level:
            above.pop()
        item = pikepdf.OutlineItem(heading.title, first + heading.page - 1)
        above[-1][1].children.append(item)
        above.append((heading.level, item))
    entry.is_closed = True


def insert_blanks(document: pikepdf.Pdf, blank: Sequence[bool]) -> None:
    """Put blank pages between those of a document, each as large as the page before it.

    Args:
        document: its pages are changed; links and outline go on to lead where they led.
        blank: of each page that it then has, whether it is a blank one.
    """
    for at, empty in enumerate(blank):
        if empty:
            before = document.pages[at - 1]
            page = pikepdf.Dictionary(
                Type=pikepdf.Name.Page,
                MediaBox=before.mediabox,
                Resources=pikepdf.Dictionary(),
                Contents=document.make_stream(b""),
            )
            document.pages.insert(at, pikepdf.Page(document.make_indirect(page)))


def image_page(image: bytes, *, name: str, title: str, timestamp: datetime) -> bytes:
    """An A4 page that shows a picture as large as fits, upright or lengthwise as the picture is.

    Args:
        image: a PNG or JPEG; turned as its camera says, transparent parts white.
        name: its file name, for errors.
        title: of the PDF.
        timestamp: stated as the time of making.

    Raises:
        DataError: it is no PNG or JPEG, damaged, or larger than 60 million pixels.
    """
    # They take more than a tenth of a second to load, and most packets have no picture.
    from PIL import Image, UnidentifiedImageError
    from reportlab import rl_config
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    remedy = "换成完好的 PNG 或 JPEG 图片"
    try:
        with warnings.catch_warnings():
            # Its own bound is higher than ours, and its warning in English.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            opening = Image.open(io.BytesIO(image), formats=("PNG", "JPEG"))
        with opening as opened:
            if opened.width * opened.height > _MAX_PIXELS:
                raise DataError("图片太大（超过 6000 万像素）", "缩小后重试", Place(name))
            plain = (
                opened.format == "JPEG"
                and opened.mode in {"L", "RGB"}
                and opened.getexif().get(0x0112, 1) == 1
            )
            opened.load()
            picture = opened if plain else _flattened(opened)
            shown = ImageReader(io.BytesIO(image)) if plain else ImageReader(picture)
            width, height = picture.size
    except UnidentifiedImageError as error:
        raise DataError("文件不是 PNG 或 JPEG 图片", remedy, Place(name)) from error
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DataError("图片已损坏，不能读取", remedy, Place(name)) from error
    page = landscape(A4) if width > height else A4
    scale = min((page[0] - 2 * _MARGIN) / width, (page[1] - 2 * _MARGIN) / height)
    across, high = width * scale, height * scale
    # No ASCII85: encoding a scanned page of 4 MB took two seconds, and the file became a quarter larger.
    rl_config.useA85 = 0
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=page, invariant=1)
    canvas.drawImage(shown, (page[0] - across) / 2, (page[1] - high) / 2, across, high)
    canvas.showPage()
    canvas.save()
    with qpdf.opened(out.getvalue()) as document:
        return with_metadata(document, title=title, author="", timestamp=timestamp)


def _flattened(picture: Image.Image) -> Image.Image:
    from PIL import Image, ImageOps

    upright = ImageOps.exif_transpose(picture)
    if upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info:
        layer = upright.convert("RGBA")
        ground = Image.new("RGB", layer.size, "white")
        ground.paste(layer, mask=layer.getchannel("A"))
        return ground
    return upright.convert("RGB")
