"""Zip packages made to hurt or to deceive, at every door: templates, documents, workbooks and packets."""

from __future__ import annotations

import contextlib
import io
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.base.ooxml.bookmarks import anchors
from generator.base.ooxml.package import open_parts
from generator.base.xlsx.package import open_package
from generator.errors import DataError, LianhetiError, ProgrammeError
from generator.pdf.docx.reader import read_tree
from generator.rendering.comments import annotated
from generator.rendering.template import Template
from generator.workflows.verify import verify

# More than a template or a workbook may unpack to, and squeezed further than a packet may be.
LARGE = 130_000_000
Members = list[tuple[str, bytes]]
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
DOCX: Members = [
    ("[Content_Types].xml", b"<Types/>"),
    ("word/document.xml", f'<w:document xmlns:w="{W}"><w:body><w:p/></w:body></w:document>'.encode()),
]
XLSX: Members = [
    ("[Content_Types].xml", b"<Types>spreadsheetml.sheet.main</Types>"),
    ("xl/workbook.xml", b"<workbook/>"),
    ("xl/_rels/workbook.xml.rels", b"<Relationships/>"),
]
PACKET: Members = [("p/manifest.json", b"{}"), ("p/agreement.pdf", b"%PDF-1.7")]


def zipped(members: Members, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


def patched(data: bytes, local: int, central: int, value: int) -> bytes:
    """A 16-bit number written into every header of the zip, at its place in each kind."""
    changed = bytearray(data)
    for sign, at in ((b"PK\3\4", local), (b"PK\1\2", central)):
        start = 0
        while (start := data.find(sign, start)) >= 0:
            struct.pack_into("<H", changed, start + at, value)
            start += 4
    return bytes(changed)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def twice(members: Members) -> bytes:
    return zipped([*members, members[-1]])


def claims_little(members: Members) -> bytes:
    """A large member whose size, in both headers, says that it is small."""
    data = bytearray(zipped([*members, ("large.xml", bytes(LARGE))]))
    for sign, at in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        start = data.rfind(sign)
        struct.pack_into("<I", data, start + at, 1_000)
    return bytes(data)


def beyond_the_start(members: Members) -> bytes:
    """A zip whose central directory, and its members, claim to begin beyond the end of the file."""
    data = bytearray(zipped(members))
    at = data.rfind(b"PK\5\6")
    struct.pack_into("<I", data, at + 16, 0xFFFFFF00)
    return bytes(data)


def endless_directory(members: Members) -> bytes:
    return zipped([*members, *((f"m/{number}", b"") for number in range(21_000))], zipfile.ZIP_STORED)


CASES: dict[str, Callable[[Members], bytes]] = {
    "bzip2": lambda members: zipped([*members, ("large.xml", bytes(LARGE // 100))], zipfile.ZIP_BZIP2),
    "LZMA": lambda members: zipped([*members, ("large.xml", bytes(LARGE // 100))], zipfile.ZIP_LZMA),
    "an unknown method": lambda members: patched(zipped(members), 8, 10, 93),
    "encrypted": lambda members: patched(zipped(members), 6, 8, 1),
    "one name twice": twice,
    "one name in two cases": lambda members: zipped([*members, (members[-1][0].upper(), b"")]),
    "a folder and a file of one name": lambda members: zipped([*members, (members[-1][0] + "/", b"")]),
    "a name that climbs": lambda members: zipped([*members, ("../../evil.xml", b"<a/>")]),
    "an absolute name": lambda members: zipped([*members, ("/etc/evil.xml", b"<a/>")]),
    "a drive": lambda members: zipped([*members, ("C:/evil.xml", b"<a/>")]),
    "backslashes": lambda members: zipped([*members, ("word\\document.xml", b"<a/>")]),
    "an escape in a name": lambda members: zipped([*members, ("\x1b[31m.xml", b"<a/>")]),
    "a name without an end": lambda members: zipped([*members, ("n" * 5_000, b"<a/>")]),
    "members without number": endless_directory,
    "much in little": lambda members: zipped([*members, ("large.xml", bytes(LARGE))]),
    "a size that lies": claims_little,
    "places that do not exist": beyond_the_start,
    "cut off": lambda members: zipped(members)[:-30],
    "no zip": lambda _: b"PK\3\4 and nothing more",
    "empty": lambda _: b"",
}


def template(data: bytes, _: Path) -> None:
    Template(data, "application.docx")


def guidance(data: bytes, _: Path) -> None:
    annotated(data, {})


def document(data: bytes, _: Path) -> None:
    open_parts(data, "application.docx")


def headings(data: bytes, folder: Path) -> None:
    file = folder / "application.docx"
    file.write_bytes(data)
    anchors(file)


def workbook(data: bytes, _: Path) -> None:
    # Every part is asked for, as where a copy is annotated.
    from generator.base.xlsx.package import all_parts

    open_package(data, "data.xlsx")
    all_parts(data, "data.xlsx")


def packet(data: bytes, folder: Path) -> None:
    file = folder / "packet.zip"
    file.write_bytes(data)
    verify(file)


DOORS: dict[str, tuple[Callable[[bytes, Path], None], Members, type[LianhetiError]]] = {
    "template": (template, DOCX, ProgrammeError),
    "guidance": (guidance, DOCX, ProgrammeError),
    "document": (document, DOCX, ProgrammeError),
    "headings": (headings, DOCX, ProgrammeError),
    "workbook": (workbook, XLSX, DataError),
    "packet": (packet, PACKET, DataError),
}


@pytest.fixture(scope="module")
def made() -> Callable[[str, str], bytes]:
    kept: dict[tuple[str, str], bytes] = {}

    def make(case: str, door: str) -> bytes:
        members = DOORS[door][1]
        key = (case, str(members))
        if key not in kept:
            kept[key] = CASES[case](members)
        return kept[key]

    return make


@pytest.mark.one_in(3)
@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("case", CASES)
def test_a_hostile_package_is_refused_in_a_sentence(
    case: str, door: str, made: Callable[[str, str], bytes], tmp_path: Path
) -> None:
    through, _, error_class = DOORS[door]
    data = made(case, door)
    with pytest.raises(error_class) as caught:
        through(data, tmp_path)
    message = str(caught.value)
    assert message.endswith("。")
    assert not set("\n\x1b") & set(message)
    assert caught.value.remedy


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("case", ["much in little", "a size that lies"])
def test_what_is_too_large_is_not_unpacked_to_its_end(
    case: str, door: str, made: Callable[[str, str], bytes], tmp_path: Path
) -> None:
    through, _, error_class = DOORS[door]
    data = made(case, door)
    tracemalloc.start()
    try:
        with pytest.raises(error_class):
            through(data, tmp_path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < LARGE


@pytest.mark.parametrize("door", ["template", "document", "headings"])
def test_the_plain_package_that_the_cases_are_made_from_is_taken(door: str, tmp_path: Path) -> None:
    refused: LianhetiError | None = None
    try:
        DOORS[door][0](zipped(DOCX), tmp_path)
    except LianhetiError as error:
        refused = error
    assert refused is None


def test_a_package_without_its_list_of_kinds_is_a_fault_of_the_template() -> None:
    with pytest.raises(ProgrammeError, match="已损坏"):
        annotated(zipped(DOCX), {})


PARTS = {
    "empty": b"",
    "no XML": b"plain text",
    "UTF-16": DOCX[1][1].decode().encode("utf-16"),
    "latin-1": b'<?xml version="1.0" encoding="latin-1"?>'
    + DOCX[1][1].replace(b"<w:p/>", "<w:p><w:r><w:t>é</w:t></w:r></w:p>".encode("latin-1")),
    "entities": b'<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + DOCX[1][1],
    "entities in UTF-16": (
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE d [<!ENTITY a "aaaa">]>' + DOCX[1][1].decode()
    ).encode("utf-16"),
    "a file of the machine": b'<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/hostname">]>' + DOCX[1][1],
    "10,000 deep": DOCX[1][1].replace(b"<w:p/>", b"<w:sdt>" * 10_000 + b"</w:sdt>" * 10_000),
}


@pytest.mark.parametrize("part", PARTS)
def test_a_body_that_is_not_what_word_writes_is_a_fault_of_the_template(part: str) -> None:
    data = zipped([DOCX[0], ("word/document.xml", PARTS[part])])
    with pytest.raises(
        ProgrammeError, match=r"application\.docx：(Word 文件的内部结构已损坏|.*不是 UTF-8 编码)"
    ):
        Template(data, "application.docx")


def test_a_long_table_takes_time_in_proportion_to_its_rows() -> None:
    from generator.base.ooxml.regions import regions_of

    rows = "<w:tr><w:tc><w:p/></w:tc></w:tr>" * 30_000
    body = f'<w:document xmlns:w="{W}"><w:body><w:tbl>{rows}</w:tbl></w:body></w:document>'
    places = regions_of(body.encode(), "word/document.xml")
    assert places[-1] == "第 1 个表格第 30000 行第 1 格"


PLACES = {
    "a cell's columns": '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="{}"/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>',
    "a gap's columns": '<w:tbl><w:tr><w:trPr><w:gridBefore w:val="{}"/></w:trPr><w:tc><w:p/></w:tc></w:tr></w:tbl>',
    "a letter's size": '<w:p><w:r><w:rPr><w:sz w:val="{}"/></w:rPr><w:t>甲</w:t></w:r></w:p>',
    "an indent": '<w:p><w:pPr><w:ind w:left="{}"/></w:pPr><w:r><w:t>甲</w:t></w:r></w:p>',
    "a list's level": '<w:p><w:pPr><w:numPr><w:ilvl w:val="{}"/><w:numId w:val="1"/></w:numPr></w:pPr></w:p>',
    "a first page's number": '<w:p/><w:sectPr><w:pgNumType w:start="{}"/></w:sectPr>',
    "a page's width": '<w:p/><w:sectPr><w:pgSz w:w="{}" w:h="16838"/></w:sectPr>',
}


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e999", "1" + "0" * 30, "x", "-5", "5cm"])
@pytest.mark.parametrize("place", PLACES)
def test_a_number_that_word_never_writes_is_read_as_none_or_refused(place: str, value: str) -> None:
    body = PLACES[place].format(value)
    xml = f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'.encode()
    parts = open_parts(zipped([DOCX[0], ("word/document.xml", xml)]))
    with contextlib.suppress(ProgrammeError):
        assert read_tree(parts).sections


def test_a_packet_beside_a_file_of_the_same_name_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "packet.zip"
    file.write_bytes(zipped([*PACKET, ("agreement.pdf", b"%PDF-1.7 other")]))
    with pytest.raises(DataError, match="分不清"):
        verify(file)


def test_an_archive_of_two_packets_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "packet.zip"
    file.write_bytes(zipped([*PACKET, ("q/manifest.json", b"{}")]))
    with pytest.raises(DataError, match="分不清"):
        verify(file)


def streamed(members: Members) -> bytes:
    """A member that only a program sees which reads from the beginning, not by the directory."""
    whole = zipped(members)
    hidden = zipped([("p/agreement.pdf", b"%PDF-1.7 forged")])
    return hidden[: hidden.index(b"PK\1\2")] + whole


def between(members: Members) -> bytes:
    """The same behind the first member."""
    whole, hidden = zipped(members), zipped([("p/agreement.pdf", b"%PDF-1.7 forged")])
    hidden = hidden[: hidden.index(b"PK\1\2")]
    at = whole.index(b"PK\3\4", 4)
    changed = bytearray(whole[:at] + hidden + whole[at:])
    start = changed.index(b"PK\1\2")
    second = changed.index(b"PK\1\2", start + 4)
    struct.pack_into("<I", changed, second + 42, at + len(hidden))
    end = changed.rindex(b"PK\5\6")
    struct.pack_into("<I", changed, end + 16, start)
    return bytes(changed)


def other_name(members: Members) -> bytes:
    """A second name in UTF-8 (Info-ZIP), which some programs take."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members:
            info = zipfile.ZipInfo(name)
            second = b"\1" + struct.pack("<I", zlib.crc32(name.encode())) + b"p/other.pdf"
            info.extra = struct.pack("<HH", 0x7075, len(second)) + second
            archive.writestr(info, data)
    return out.getvalue()


@pytest.mark.parametrize("make", [streamed, between, other_name])
def test_an_archive_that_other_programs_read_otherwise_is_refused(
    make: Callable[[Members], bytes], tmp_path: Path
) -> None:
    path = tmp_path / "p.zip"
    path.write_bytes(make(PACKET))
    with pytest.raises(DataError, match="目录上没有"):
        verify(path)
    with pytest.raises(LianhetiError):
        open_parts(make(DOCX))


def test_an_archive_with_a_remark_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "p.zip"
    path.write_bytes(b"#!/bin/sh\n" + zipped(PACKET))
    with pytest.raises(DataError, match="manifest"):
        verify(path)
