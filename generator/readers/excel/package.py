"""Opening a workbook's package safely: what kind of file it is, and only the parts that hold cells.

Everything is checked before any parser sees it: the size unpacked and its ratio while inflating, and how
far the cells reach. Only the parts named here leave this module, so that macros, embedded objects,
pictures and links to other workbooks are never read.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from lxml import etree

from generator.errors import DataError, Place

MAX_UNPACKED_BYTES: Final = 60_000_000
MAX_RATIO: Final = 150
# Small files may be squeezed much further without harm.
RATIO_FROM_BYTES: Final = 4_000_000
MAX_MEMBERS: Final = 5_000
MAX_SHEETS: Final = 100
MAX_ROWS: Final = 9_999
MAX_COLUMNS: Final = 256

_CHUNK = 1 << 16
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CONTENT_TYPES = "[Content_Types].xml"
_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_STYLES = "xl/styles.xml"
_STRINGS = "xl/sharedStrings.xml"
_FIXED = (_CONTENT_TYPES, "_rels/.rels", _WORKBOOK, _RELATIONS, _STYLES, _STRINGS)
_OTHERS = (
    (b"sheet.macroEnabled", "启用宏的工作簿（.xlsm）"),
    (b"ms-excel.template.macroEnabled", "启用宏的模板（.xltm）"),
    (b"sheet.binary.macroEnabled", "二进制工作簿（.xlsb）"),
    (b"wordprocessingml", "Word 文档"),
    (b"presentationml", "演示文稿"),
)
_SAVE_AS = "用 Excel 或 WPS 打开它，另存为“Excel 工作簿（.xlsx）”"
# Beyond 9999 rows or column IV; only cells that hold something count. The first form is the usual one, with
# the place as the first attribute; the second takes any order and quotes.
_FAR_PLAIN = re.compile(rb"""<c r="((?:[A-Z]{3,}|[J-Z][A-Z]|I[W-Z])\d+|[A-Z]+\d{5,})"[^>]*(?<!/)>(?!\s*</)""")
_FAR = re.compile(
    rb"""<(?:\w+:)?c\s[^>]*?\br\s*=\s*["']((?:[A-Za-z]{3,}|[J-Zj-z][A-Za-z]|[Ii][W-Zw-z])\d+|[A-Za-z]+\d{5,})["']"""
    rb"""[^>]*(?<!/)>(?!\s*</)"""
)
_UNUSUAL_CELL = re.compile(rb"""<c(?: (?!r=")|[>\t\r\n])|<\w+:c[\s>]""")
_FAR_ROW = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\br\s*=\s*["'](\d{5,})["'][^>]*(?<!/)>""")
_CELL_WITHOUT_PLACE = re.compile(rb"""<(?:\w+:)?c(?=[\s>])(?![^>]*\br\s*=)""")
# The parser stops at error values that it does not know (#SPILL!, #CALC!); the scan tells them by name.
_NEW_ERROR = re.compile(
    rb"""(<(?:\w+:)?v>)#(?!N/A|REF!|NAME\?|DIV/0!|VALUE!|NUM!|NULL!)[A-Z_/!?0-9]+(</(?:\w+:)?v>)"""
)
_ROW = re.compile(rb"<(?:\w+:)?row[\s>]")


@dataclass(frozen=True, slots=True)
class Package:
    """A workbook's parts that were checked.

    Attributes:
        data: a package of these parts alone, for the parser.
        sheets: each sheet's XML by its name, in the workbook's order; sheets that hold no cells
            (charts) are left out.
        styles: the styles' XML; empty where there is none.
    """

    data: bytes
    sheets: dict[str, bytes]
    styles: bytes


def what_instead(data: bytes) -> str:
    """What a file that is no zip package is, in Chinese: ``加密的工作簿`` and the like; empty if unknown."""
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        for name, what in (
            ("EncryptedPackage", "设了打开密码的工作簿"),
            ("Workbook", "旧版 Excel 工作簿（.xls）"),
            ("Book", "旧版 Excel 工作簿（.xls）"),
            ("WordDocument", "旧版 Word 文档（.doc）"),
            ("PowerPoint Document", "旧版演示文稿（.ppt）"),
        ):
            if name.encode("utf-16-le") in data:
                return what
        return "旧版 Office 文件"
    if data.startswith(b"%PDF"):
        return "PDF 文件"
    head = data[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<html", b"<!doctype html", b"<table", b"<meta")):
        return "网页（HTML），有的系统把它当作 Excel 导出"
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        return "XML 电子表格 2003"
    if data.startswith((b"\x89PNG", b"\xff\xd8\xff")):
        return "图片"
    if data.startswith((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        return "压缩包"
    return ""


def not_a_workbook(data: bytes, place: Place) -> DataError:
    """The refusal of a file named ``.xlsx`` that is no zip package at all."""
    what = what_instead(data)
    if what.startswith("设了打开密码"):
        return DataError(
            "这是设了打开密码的工作簿，程序打不开",
            "用 Excel 或 WPS 打开它，在“文件 - 信息 - 保护工作簿”中去掉密码后保存",
            place,
        )
    if what:
        return DataError(f"后缀是 .xlsx，内容却是{what}", _SAVE_AS, place)
    if not data.strip(b"\0"):
        return DataError("文件里全是空字节，可能是同步或拷贝中断造成的", "重新拷贝或下载这个文件", place)
    printable = sum(byte >= 0x20 or byte in b"\t\r\n" for byte in data[:2000])  # noqa: PLR2004 (ASCII)
    if printable >= len(data[:2000]):
        return DataError(
            "后缀是 .xlsx，内容却是文本（可能是 .csv 或 .yaml 改了名）",
            "把后缀改回去；.csv 用 Excel 打开，另存为“Excel 工作簿（.xlsx）”",
            place,
        )
    return DataError("文件不是 Excel 工作簿，或者已经损坏", "重新拷贝或下载；" + _SAVE_AS, place)


def open_package(data: bytes, name: str) -> Package:
    """A workbook's parts, checked.

    Args:
        data: the file's bytes.
        name: its name for messages.

    Raises:
        DataError: the file is no workbook, broken, or larger inside than it may be.
    """
    place = Place(name)
    if not data.startswith(b"PK"):
        raise not_a_workbook(data, place)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise DataError(
            "文件不完整，后半部分缺失（拷贝或下载中断）", "重新拷贝或下载这个文件", place
        ) from None
    with archive:
        members = archive.infolist()
        if len(members) > MAX_MEMBERS:
            raise DataError(f"文件里有 {len(members)} 个部件，不是正常的工作簿", "确认选对了文件", place)
        if len({member.filename for member in members}) != len(members):
            raise DataError("文件里有同名的部件，不是正常的工作簿", _SAVE_AS, place)
        inflater = _Inflater(archive, place)
        _check_kind(inflater, {member.filename for member in members}, place)
        parts = {part: inflater.read(part) for part in _FIXED if part in archive.namelist()}
        if _WORKBOOK not in parts or _RELATIONS not in parts:
            raise DataError("文件里没有工作簿的内容", _SAVE_AS, place)
        sheets = {}
        for title, part in _sheets(parts, place):
            if part in archive.namelist():
                sheets[title] = inflater.read(part)
                parts[part] = _NEW_ERROR.sub(rb"\1#N/A\2", sheets[title])
                _check_reach(sheets[title], Place(name, sheet=title))
    return Package(_packed(parts), sheets, parts.get(_STYLES, b""))


@dataclass(slots=True)
class _Inflater:
    """Inflates members while counting what comes out."""

    archive: zipfile.ZipFile
    place: Place
    total: int = 0

    def read(self, part: str) -> bytes:
        info = self.archive.getinfo(part)
        if info.flag_bits & 1:
            raise DataError("工作簿设了密码，程序打不开", "去掉密码后另存", self.place)
        pieces = []
        size = 0
        try:
            with self.archive.open(info) as stream:
                while piece := stream.read(_CHUNK):
                    size += len(piece)
                    self.total += len(piece)
                    if self.total > MAX_UNPACKED_BYTES or (
                        size > RATIO_FROM_BYTES and size > MAX_RATIO * max(info.compress_size, 1)
                    ):
                        raise DataError(
                            "工作簿解开后过大，不像是填写的表格",
                            "把需要的内容复制到新生成的工作簿里，再试",
                            self.place,
                        )
                    pieces.append(piece)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError):
            raise DataError(
                "工作簿已经损坏，里面的内容读不出来",
                "重新拷贝或下载；或用 Excel 打开，按提示修复后另存",
                self.place,
            ) from None
        content = b"".join(pieces)
        if b"\0" in content[:200]:
            raise DataError("工作簿内部的编码不是 UTF-8", _SAVE_AS, self.place)
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
            raise DataError("工作簿里有不该有的实体声明，不是正常的工作簿", _SAVE_AS, self.place)
        return content


def check_whole(data: bytes, name: str) -> None:
    """Refuse a workbook any part of which is larger than it may be, for programs that read all of it.

    Args:
        data: the file's bytes.
        name: its name for messages.

    Raises:
        DataError: it unpacks to too much, or is broken.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        inflater = _Inflater(archive, Place(name))
        for info in archive.infolist():
            if info.filename.endswith((".xml", ".rels", ".vml")):
                inflater.read(info.filename)


def _check_kind(inflater: _Inflater, names: set[str], place: Place) -> None:
    if _CONTENT_TYPES not in names:
        what = "压缩包，不是工作簿"
        if "mimetype" in names and b"opendocument" in inflater.read("mimetype"):
            what = "OpenDocument 表格（.ods）"
        raise DataError(f"后缀是 .xlsx，内容却是{what}", _SAVE_AS, place)
    types = inflater.read(_CONTENT_TYPES)
    for sign, what in _OTHERS:
        if sign in types:
            raise DataError(f"后缀是 .xlsx，内容却是{what}", _SAVE_AS, place)
    if b"spreadsheetml" not in types:
        raise DataError("后缀是 .xlsx，内容却不是工作簿", _SAVE_AS, place)


def parse(content: bytes, place: Place) -> etree._Element:
    """A small part as XML, with nothing resolved from outside.

    Raises:
        DataError: it is not well formed.
    """
    try:
        return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        raise DataError(
            "工作簿已经损坏，里面的内容读不出来", "用 Excel 或 WPS 打开，按提示修复后另存", place
        ) from None


def _sheets(parts: dict[str, bytes], place: Place) -> Iterator[tuple[str, str]]:
    """Each sheet's name and part, in the workbook's order."""
    root = parse(parts[_WORKBOOK], place)
    if root.tag == f"{{{_STRICT}}}workbook":
        raise DataError("工作簿存成了“严格开放 XML”格式", _SAVE_AS, place)
    targets = {}
    for relation in parse(parts[_RELATIONS], place):
        target = unquote(str(relation.get("Target", "")))
        kind = str(relation.get("Type", ""))
        if kind.endswith("/worksheet") and relation.get("TargetMode") != "External":
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            targets[str(relation.get("Id"))] = path
    found = [
        (str(sheet.get("name", "")), targets[str(sheet.get(_RELATION))])
        for sheet in root.iter(f"{{{_MAIN}}}sheet")
        if str(sheet.get(_RELATION)) in targets
    ]
    if not found:
        raise DataError("工作簿里没有工作表", _SAVE_AS, place)
    if len(found) > MAX_SHEETS:
        raise DataError(
            f"工作簿有 {len(found)} 张工作表，超过 {MAX_SHEETS} 张的上限", "删去无关的工作表", place
        )
    yield from found


def _check_reach(xml: bytes, place: Place) -> None:
    """Refuse cells that stand beyond the limits: a parser would make room for all that lies between."""
    plain = _UNUSUAL_CELL.search(xml) is None
    far = (_FAR_PLAIN if plain else _FAR).search(xml)
    cell = far[1].decode() if far else ""
    if not cell:
        for row in _FAR_ROW.finditer(xml):
            end = xml.find(b"row>", row.end())
            inside = xml[row.end() : end if end >= 0 else None]
            if b"<v" in inside or b"<is" in inside or b":v" in inside or b":is" in inside:
                cell = f"A{row[1].decode()}"
                break
    if not cell and not plain and _CELL_WITHOUT_PLACE.search(xml):
        # Such cells follow one another: their number bounds where they stand.
        rows = len(_ROW.findall(xml))
        widest = max((piece.count(b"<c") for piece in _ROW.split(xml)), default=0)
        if rows > MAX_ROWS or widest > MAX_COLUMNS:
            cell = "A1"
    if cell:
        raise DataError(
            f"内容超出了 {MAX_ROWS} 行、{MAX_COLUMNS} 列的上限",
            "删去表格范围以外的内容（选中多余的行和列，右键删除），保存后再试",
            Place(place.file, sheet=place.sheet, cell=cell),
        )


def _packed(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for part, content in parts.items():
            archive.writestr(zipfile.ZipInfo(part), content)
    return buffer.getvalue()
