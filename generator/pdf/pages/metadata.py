"""Metadata, dates and identity of every finished PDF, without the clock or chance: same input, same bytes."""

from __future__ import annotations

import struct
from datetime import UTC
from html import escape
from typing import TYPE_CHECKING, Final

import pikepdf

from generator.pdf.pages.qpdf import written

if TYPE_CHECKING:
    from datetime import datetime

PRODUCER: Final = "lianheti"


def with_metadata(
    pdf: pikepdf.Pdf,
    *,
    title: str,
    author: str,
    timestamp: datetime,
    standard: str | None = None,
    identified: bool = True,
    keyword: str = "",
) -> bytes:
    """Write a PDF with fixed metadata; the same content, title and time give the same bytes.

    Args:
        pdf: the document; its metadata is replaced.
        title: its title.
        author: its author, may be empty.
        timestamp: stated as its time of making and of change.
        standard: the PDF/A standard that it states, as ``2B``; None for what it has stated so far.
        identified: as of ``written``.
        keyword: its keyword; none where empty.
    """
    if standard is None:
        standard = pdf.open_metadata().pdfa_status if "/Metadata" in pdf.Root else ""
    pdf.Root.Metadata = pdf.make_stream(
        _xmp(title, author, timestamp, standard, keyword),
        Type=pikepdf.Name.Metadata,
        Subtype=pikepdf.Name.XML,
    )
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
    if keyword:
        info["/Keywords"] = keyword
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
            _set_profile_time(profile, timestamp)
    return written(pdf, identified=identified)


_XMP: Final = """\
<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" \
xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" \
xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
{creator}{keywords}<dc:language><rdf:Bag><rdf:li>zh-CN</rdf:li></rdf:Bag></dc:language>
<pdf:Producer>{producer}</pdf:Producer>
<xmp:CreatorTool>{producer}</xmp:CreatorTool>
<xmp:CreateDate>{moment}</xmp:CreateDate>
<xmp:ModifyDate>{moment}</xmp:ModifyDate>
<xmp:MetadataDate>{moment}</xmp:MetadataDate>
{standard}</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""
_CREATOR: Final = "<dc:creator><rdf:Seq><rdf:li>{}</rdf:li></rdf:Seq></dc:creator>\n"
_KEYWORDS: Final = "<pdf:Keywords>{}</pdf:Keywords>\n"
_STANDARD: Final = (
    "<pdfaid:part>{}</pdfaid:part>\n<pdfaid:conformance>{}</pdfaid:conformance>\n"  # ISO 19005-2, 6.6.4
)


def _xmp(title: str, author: str, timestamp: datetime, standard: str, keyword: str) -> bytes:
    """The metadata stream (ISO 16684-1), which says the same as the information dictionary."""
    return _XMP.format(
        title=escape(title, quote=False),
        keywords=_KEYWORDS.format(escape(keyword, quote=False)) if keyword else "",
        creator=_CREATOR.format(escape(author, quote=False)) if author else "",
        producer=PRODUCER,
        moment=timestamp.isoformat(timespec="seconds"),
        standard=_STANDARD.format(standard[0], standard[1:]) if standard else "",
    ).encode()


def _set_profile_time(profile: pikepdf.Object, timestamp: datetime) -> None:
    """Set the time of making in a colour profile's header (ICC.1:2010, 7.2.8): LibreOffice writes the clock's."""
    moment = timestamp.astimezone(UTC)
    data = bytearray(profile.read_bytes())
    fields = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
    data[24:36] = struct.pack(">6H", *fields)
    profile.write(bytes(data))
