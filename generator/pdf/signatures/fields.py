"""Named, visible, empty signature fields (ISO 32000-1, 12.7.4.5), written into a PDF last of all."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

import pikepdf
from msgspec import Struct

from generator.pdf.pages.qpdf import opened, written

if TYPE_CHECKING:
    from collections.abc import Sequence

_PRINT: Final = 4  # the annotation flag without which PDF/A (ISO 19005-2, 6.3.2) does not let a widget pass
# SignaturesExist and AppendOnly are set from the start: viewers then save only by appending, and the first
# signature changes nothing but its own field.
_SIGNATURE_FLAGS: Final = 3
_IDENTITY: Final = re.compile(rb"/ID ?\[ ?<([0-9a-f]{32})> ?<([0-9a-f]{32})> ?\]")
_BLANK: Final = b"0" * 32


class SignatureField(Struct, frozen=True):
    """One field to be signed.

    Attributes:
        name: unique in the document, without a dot (a dot would make a hierarchy of fields).
        tooltip: who signs what, as viewers show it.
        page: 1-based.
        rect: x0, y0, x1, y1 in points, the origin at the page's bottom left.
    """

    name: str
    tooltip: str
    page: int
    rect: tuple[float, float, float, float]


def finished(pdf: bytes, fields: Sequence[SignatureField] = ()) -> bytes:
    """The PDF with empty signature fields, and with an identity made of its own bytes.

    Each field is a widget with an empty appearance, so that nothing is drawn until it is signed, and PDF/A
    holds. The file's ``/ID`` is a hash of everything else in it (see ``identity_holds``).

    Args:
        pdf: a finished document; the same bytes and fields give the same bytes.
        fields: in the order in which the parties sign.

    Raises:
        PdfError: the PDF cannot be read.
        ValueError: a name has a dot or occurs twice, or a page does not exist.
    """
    names = [field.name for field in fields]
    if len(set(names)) != len(names) or any("." in name or not name for name in names):
        raise ValueError("names of signature fields must be unique and without a dot")
    with opened(pdf) as document:
        if fields:
            _add(document, fields)
        for key in ("/ID", "/DocChecksum"):
            if key in document.trailer:
                del document.trailer[key]
        return identified(written(document, identified=False))


def _add(document: pikepdf.Pdf, fields: Sequence[SignatureField]) -> None:
    widgets = pikepdf.Array()
    empty: dict[tuple[float, float], pikepdf.Object] = {}
    for field in fields:
        if not 1 <= field.page <= len(document.pages):
            raise ValueError(f"no page {field.page}")
        page = document.pages[field.page - 1]
        x0, y0, x1, y1 = field.rect
        size = (round(x1 - x0, 2), round(y1 - y0, 2))
        if size not in empty:
            empty[size] = document.make_stream(
                b"",
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Form,
                BBox=[0, 0, *size],
                Resources=pikepdf.Dictionary(),
            )
        widget = document.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                FT=pikepdf.Name.Sig,
                T=pikepdf.String(field.name),
                TU=pikepdf.String(field.tooltip),
                F=_PRINT,
                Rect=[round(edge, 2) for edge in field.rect],
                P=page.obj,
                AP=pikepdf.Dictionary(N=empty[size]),
            )
        )
        if "/Annots" not in page:
            page.Annots = pikepdf.Array()
        page.Annots.append(widget)
        widgets.append(widget)
    document.Root.AcroForm = document.make_indirect(
        pikepdf.Dictionary(Fields=widgets, SigFlags=_SIGNATURE_FLAGS)
    )


def identified(data: bytes) -> bytes:
    """A PDF that has an ``/ID``, given one that is a hash of everything else in the file."""
    *_, last = _IDENTITY.finditer(data)
    start, end = last.span()
    blank = last[0].replace(last[1], _BLANK).replace(last[2], _BLANK)
    digest = hashlib.sha256(data[:start] + blank + data[end:]).hexdigest()[:32].encode()
    return data[:start] + blank.replace(_BLANK, digest) + data[end:]


def identity_holds(first_revision: bytes) -> bool | None:
    """Whether a file is still as ``finished`` gave it, told by its ``/ID`` alone.

    Args:
        first_revision: the file, without what signing has added.

    Returns:
        None where the file bears no such identity, and so nothing can be told.
    """
    found = list(_IDENTITY.finditer(first_revision))
    if not found or found[-1][1] != found[-1][2]:
        return None
    start, end = found[-1].span()
    blank = found[-1][0].replace(found[-1][1], _BLANK)
    digest = hashlib.sha256(first_revision[:start] + blank + first_revision[end:]).hexdigest()[:32]
    return digest.encode() == found[-1][1]
