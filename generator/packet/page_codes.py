"""``--page-code``: a small code in the margin of every page, which tells the page and its draft when it comes back.

The authority's own pages bear it only where the user asks for it. It says, in 16 characters that fit the smallest
QR code at level Q: ``LH``, the edition (D draft, S signing), ten characters for the document as this packet has it,
and the page in three digits of base 36. The ten are made from the applicant's name, the document's id and its PDF
as it was before any code was put on it: a document that a new draft leaves as it was keeps its codes, and what was
signed on it stays good; where one page is changed, every page of the document gets another code. The packet's check
code, which is made from the finished PDFs, cannot stand in these.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from generator.base.short_code import short_code
from generator.errors import DataError
from generator.packet.parts import Job, MadeDocument, MadeFile
from generator.packet.signing import with_fields
from generator.publishing.manifest import PageCode

if TYPE_CHECKING:
    from generator.pdf.pages.free_space import Rect

_DOCUMENT: Final = 10
_PAGE: Final = 3
_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_EDITIONS: Final = {"draft": "D", "signing": "S"}


def with_page_codes(
    job: Job, documents: Sequence[MadeDocument]
) -> tuple[tuple[MadeDocument, ...], tuple[PageCode, ...] | None, tuple[str, ...]]:
    """The documents with a code on every page that has room for it.

    Args:
        job: what the packet is made from.
        documents: the official documents and letters, finished.

    Returns:
        The documents; what the manifest says of the codes, None where no PDFs are made; a warning in Chinese for
        each document with pages that have no room.

    Raises:
        DataError: a document has more pages than a code can count.
        ProgrammeError: as of ``with_fields``.
        PdfError: a PDF cannot be read.
    """
    if not any(made.pdf for made in documents):
        return tuple(documents), None, ()
    coded: list[MadeDocument] = []
    codes: list[PageCode] = []
    warnings: list[str] = []
    for made in documents:
        done, own = _with_codes(job, made)
        coded.append(done)
        codes += own
        if made.pdf is not None and len(own) < made.pdf.pages:
            there = {code.page for code in own}
            without = "、".join(str(page) for page in range(1, made.pdf.pages + 1) if page not in there)
            warnings.append(f"《{made.document.title}》第 {without} 页的页边没有空处，没有印页边码")
    return tuple(coded), tuple(codes), tuple(warnings)


def _with_codes(job: Job, made: MadeDocument) -> tuple[MadeDocument, tuple[PageCode, ...]]:
    from generator.pdf.pages.overlays import page_codes

    if made.pdf is None:
        return made, ()
    sha256 = hashlib.sha256(made.pdf.pdf).hexdigest()
    own = short_code(f"{job.consortium}\n{made.document.id}\n{sha256}".encode()).replace("-", "")
    start = f"LH{_EDITIONS[job.edition]}{own[:_DOCUMENT]}"
    texts = [f"{start}{_page(number)}" for number in range(1, made.pdf.pages + 1)]
    kept_free: dict[int, list[Rect]] = {}
    for page, rect in _places(made):
        kept_free.setdefault(page, []).append(rect)
    data, rects = page_codes(made.pdf.pdf, texts, kept_free)
    # The strip at the foot is empty no longer: what numbers the print copy must look.
    pdf = replace(made.pdf, pdf=data, foot=0.0)
    signings, finished = with_fields(job, made.document, pdf, (made.party,) if made.party else None)
    files = tuple(
        MadeFile(file.path, file.format, finished, file.pages) if file.format == "pdf" else file
        for file in made.files
    )
    codes = tuple(
        PageCode(document=made.document.id, page=page, text=text, rect=rect)
        for page, (text, rect) in enumerate(zip(texts, rects, strict=True), 1)
        if rect is not None
    )
    return replace(made, pdf=pdf, signings=signings, files=files), codes


def _places(made: MadeDocument) -> Iterator[tuple[int, Rect]]:
    """Where people sign and seal; a seal may reach beyond a place that is smaller."""
    from generator.pdf.pages.free_space import SEAL

    for signing in made.signings:
        if signing.page is None or signing.rect is None:
            continue
        x0, y0, x1, y1 = signing.rect
        more_x, more_y = (max(0.0, SEAL - side) / 2 if signing.seal else 0.0 for side in (x1 - x0, y1 - y0))
        yield signing.page, (x0 - more_x, y0 - more_y, x1 + more_x, y1 + more_y)


def _page(number: int) -> str:
    """A page's number in base 36, with leading zeros."""
    base, digits = len(_DIGITS), ""
    if number >= base**_PAGE:
        raise DataError("页数太多，页边码编不下", "不用 --page-code，数据的“页边码”也不要填“是”")
    for _ in range(_PAGE):
        number, digit = divmod(number, base)
        digits = _DIGITS[digit] + digits
    return digits
