"""What every finished PDF states of itself, the same bytes each time: metadata, dates, identity."""

from __future__ import annotations

import io
import struct
from datetime import UTC
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
    for key in ("/ID", "/DocChecksum"):
        if key in pdf.trailer:
            del pdf.trailer[key]
    for intent in pdf.Root.get("/OutputIntents", ()):
        profile = intent.get("/DestOutputProfile")
        if profile is not None:
            _settle_profile(profile, timestamp)
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def _settle_profile(profile: pikepdf.Object, timestamp: datetime) -> None:
    """Set the time of making in a colour profile's header (ICC.1:2010, 7.2.8): LibreOffice writes the clock's."""
    moment = timestamp.astimezone(UTC)
    data = bytearray(profile.read_bytes())
    fields = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
    data[24:36] = struct.pack(">6H", *fields)
    profile.write(bytes(data))
