"""What every finished PDF states of itself, the same bytes each time: metadata, dates, identity."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, Final

import pikepdf

if TYPE_CHECKING:
    from datetime import datetime

PRODUCER: Final = "lianheti"


def settle(pdf: pikepdf.Pdf, *, title: str, author: str, timestamp: datetime) -> bytes:
    """Write a PDF with fixed metadata; the same content, title and time give the same bytes.

    Args:
        pdf: the document; its metadata is changed.
        title: its title.
        author: its author, may be empty.
        timestamp: stated as its time of making and of change.
    """
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as meta:
        meta["dc:title"] = title
        meta["dc:language"] = {"zh-CN"}
        if author:
            meta["dc:creator"] = [author]
        elif "dc:creator" in meta:
            del meta["dc:creator"]
        meta["pdf:Producer"] = PRODUCER
        meta["xmp:CreatorTool"] = PRODUCER
        moment = timestamp.isoformat(timespec="seconds")
        for key in ("xmp:CreateDate", "xmp:ModifyDate", "xmp:MetadataDate"):
            meta[key] = moment
        for key in ("xmpMM:DocumentID", "xmpMM:InstanceID"):
            if key in meta:
                del meta[key]
    stamp = pikepdf.models.metadata.encode_pdf_date(timestamp)
    info = {
        "/Title": title,
        "/Creator": PRODUCER,
        "/Producer": PRODUCER,
        "/CreationDate": stamp,
        "/ModDate": stamp,
    }
    if author:
        info["/Author"] = author
    pdf.trailer.Info = pdf.make_indirect(
        pikepdf.Dictionary({key: pikepdf.String(value) for key, value in info.items()})
    )
    pdf.Root.Lang = pikepdf.String("zh-CN")
    viewer = pdf.Root.get("/ViewerPreferences", pikepdf.Dictionary())
    viewer.DisplayDocTitle = True
    pdf.Root.ViewerPreferences = viewer
    pdf.remove_unreferenced_resources()
    out = io.BytesIO()
    # qpdf's own fixed identity makes the rest comparable; then the identity is made of the content.
    pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def identity(*parts: bytes) -> bytes:
    """Sixteen bytes that stand for some content, for ``/ID``."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return digest.digest()[:16]
