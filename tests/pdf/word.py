"""Word documents made in code, for the tests of the PDF step."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Final

NAMESPACES: Final = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:wpg="http://schemas.microsoft.com/office/word/2010/wordprocessingGroup" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:w10="urn:schemas-microsoft-com:office:word" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_TYPES: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml."
STYLES: Final = (
    '<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:eastAsia="仿宋_GB2312"/>'
    '<w:sz w:val="32"/></w:rPr></w:rPrDefault></w:docDefaults>'
    '<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/><w:basedOn w:val="a"/>'
    '<w:pPr><w:keepNext/><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:rFonts w:eastAsia="黑体"/></w:rPr></w:style>'
    '<w:style w:type="table" w:styleId="g"><w:name w:val="Table Grid"/><w:tblPr><w:tblBorders>'
    + "".join(
        f'<w:{side} w:val="single" w:sz="4" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    + "</w:tblBorders></w:tblPr></w:style>"
)
# A4 with the margins of GB/T 9704-2012, in twentieths of a point.
SECTION: Final = (
    '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1588" w:header="851" w:footer="992"/></w:sectPr>'
)


def png(width: int = 2, height: int = 2) -> bytes:
    """A red picture."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\xff\0\0" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


PNG: Final = png()


def run(text: str, properties: str = "") -> str:
    """A run of text."""
    shown = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{shown}<w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(content: str = "", properties: str = "") -> str:
    """A paragraph of runs, or of plain text."""
    inner = content if content.startswith("<") or not content else run(content)
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>"


def field(code: str, result: str = "1") -> str:
    """A complex field with a stored result."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f'{run(result)}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def bookmark(name: str, content: str, identity: int = 1) -> str:
    """Something between the two ends of a bookmark."""
    return f'<w:bookmarkStart w:id="{identity}" w:name="{name}"/>{content}<w:bookmarkEnd w:id="{identity}"/>'


def cell(content: str = "", properties: str = "", width: int = 2200) -> str:
    """A table cell of paragraphs, or of plain text."""
    inner = content if content.startswith(("<w:p>", "<w:tbl>", "<w:bookmark")) else paragraph(content)
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{properties}</w:tcPr>{inner}</w:tc>'


def row(*cells: str, properties: str = "") -> str:
    """A table row."""
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def table(*rows: str, columns: tuple[int, ...] = (2200, 2200, 2200, 2200), properties: str = "") -> str:
    """A bordered table; widths in twentieths of a point."""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in columns)
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="g"/>{properties}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        f"{''.join(rows)}</w:tbl>"
    )


def picture(identity: str, width: float, height: float) -> str:
    """An inline picture; size in points."""
    cx, cy = int(width * 12700), int(height * 12700)
    return (
        f'<w:r><w:drawing><wp:inline><wp:extent cx="{cx}" cy="{cy}"/><wp:docPr id="1" name="p" descr="印章"/>'
        f'<a:graphic><a:graphicData><pic:pic><pic:blipFill><a:blip r:embed="{identity}"/></pic:blipFill></pic:pic>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def docx(
    *body: str,
    section: str = SECTION,
    styles: str = STYLES,
    headers: dict[str, str] | None = None,
    media: dict[str, bytes] | None = None,
    numbering: str = "",
    footnotes: str = "",
    settings: str = "",
) -> bytes:
    """A Word document.

    Args:
        body: blocks.
        section: the last section's properties.
        styles: content of the styles part.
        headers: content of headers and footers by relationship id (``h…`` or ``f…``).
        media: pictures by relationship id.
        numbering: content of the numbering part.
        footnotes: content of the footnotes part.
        settings: content of the settings part.
    """
    parts: dict[str, bytes] = {}
    relations, types = [], []

    def add(kind: str, name: str, content: str, identity: str) -> None:
        tag = {"header": "hdr", "footer": "ftr"}.get(kind, kind)
        parts[f"word/{name}"] = f"<w:{tag} {NAMESPACES}>{content}</w:{tag}>".encode()
        relations.append(f'<Relationship Id="{identity}" Type="{_OFFICE}{kind}" Target="{name}"/>')
        types.append(f'<Override PartName="/word/{name}" ContentType="{_TYPES}{kind}+xml"/>')

    add("styles", "styles.xml", styles, "rS")
    add("settings", "settings.xml", settings, "rT")
    if numbering:
        add("numbering", "numbering.xml", numbering, "rN")
    if footnotes:
        add("footnotes", "footnotes.xml", footnotes, "rF")
    for identity, content in (headers or {}).items():
        kind = "header" if identity.startswith("h") else "footer"
        add(kind, f"{identity}.xml", content, identity)
    for identity, data in (media or {}).items():
        parts[f"word/media/{identity}.png"] = data
        relations.append(
            f'<Relationship Id="{identity}" Type="{_OFFICE}image" Target="media/{identity}.png"/>'
        )
    parts["word/document.xml"] = (
        f"<w:document {NAMESPACES}><w:body>{''.join(body)}{section}</w:body></w:document>"
    ).encode()
    parts["word/_rels/document.xml.rels"] = _relations("".join(relations))
    parts["_rels/.rels"] = _relations(
        f'<Relationship Id="r1" Type="{_OFFICE}officeDocument" Target="word/document.xml"/>'
    )
    parts["[Content_Types].xml"] = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="png" ContentType="image/png"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_TYPES}document.main+xml"/>{"".join(types)}</Types>'
    ).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return out.getvalue()


def _relations(content: str) -> bytes:
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{content}</Relationships>'
    ).encode()
