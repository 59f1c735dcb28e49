"""Opening a workbook's package safely: what kind of file it is, and only the parts that hold cells.

Everything is checked before any parser sees it: what comes out of the package, and how far the cells
reach. Only the parts named here leave this module, so that macros, embedded objects,
pictures and links to other workbooks are never read.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import unquote

from lxml import etree
from msgspec import Struct

from generator.base.characters import visible
from generator.base.ooxml.xml import S_STRICT, Element, MalformedError, R, S, parse_part
from generator.base.zips import Bounds, Refusal, ZipReader, ZipRefusedError, zip_bytes
from generator.errors import DataError, Place

# Small parts may be compressed much further than the ratio: unpacked they are still small.
BOUNDS: Final = Bounds(unpacked=60_000_000, members=5_000, ratio=150, ratio_from=4_000_000)
MAX_SHEETS: Final = 100
MAX_ROWS: Final = 9_999
MAX_COLUMNS: Final = 256

_XML = (".xml", ".rels", ".vml")
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
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384  # that Excel itself has
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_SMALL = re.compile(r"[0-9]{1,7}")
_MOST_MERGED: Final = 1_000_000
_MOST_SHARED: Final = 60_000_000
# Comments, CDATA and instructions may hold what looks like tags to the scans by regular expression.
_NO_TAGS: Final = (b"<!--", b"<![CDATA[", b"<?")
# The parser stops at error values that it does not know (#SPILL!, #CALC!); the scan tells them by name.
_NEW_ERROR = re.compile(
    rb"""(<(?:\w+:)?v>)#(?!N/A|REF!|NAME\?|DIV/0!|VALUE!|NUM!|NULL!)[A-Z_/!?0-9]+(</(?:\w+:)?v>)"""
)


class Package(Struct, frozen=True):
    """A workbook's parts that were checked.

    Attributes:
        data: a package of these parts alone, for the parser.
        sheets: each sheet's XML by its name, in the workbook's order; sheets that hold no cells
            (charts) are left out.
        styles: the styles' XML; empty where there is none.
        texts: the shared texts' XML; empty where there is none.
    """

    data: bytes
    sheets: dict[str, bytes]
    styles: bytes
    texts: bytes = b""


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
    with _opened(data, place) as archive:
        names = set(archive.names)
        _check_kind(archive, names, place)
        parts = {part: _read(archive, part, place) for part in _FIXED if part in names}
        if _WORKBOOK not in parts or _RELATIONS not in parts:
            raise DataError("文件里没有工作簿的内容", _SAVE_AS, place)
        sheets = {}
        strings = _text_lengths(parts.get(_STRINGS, b""), place)
        for title, part in _sheets(parts, place):
            if part in names:
                sheets[title] = _checked(_read(archive, part, place), Place(name, sheet=title), strings)
                parts[part] = _NEW_ERROR.sub(rb"\1#N/A\2", sheets[title])
    texts = next((content for part, content in parts.items() if part.endswith("sharedStrings.xml")), b"")
    return Package(zip_bytes(parts, stored=True), sheets, parts.get(_STYLES, b""), texts)


def _opened(data: bytes, place: Place) -> ZipReader:
    try:
        return ZipReader(data, BOUNDS)
    except ZipRefusedError as error:
        raise _refused(error, place) from None


def _refused(error: ZipRefusedError, place: Place) -> DataError:
    """Why a workbook's package is not read, for a person."""
    if error.reason is Refusal.BROKEN and not error.member:
        return DataError("文件不完整，后半部分缺失（拷贝或下载中断）", "重新拷贝或下载这个文件", place)
    what, remedy = {
        Refusal.BROKEN: (
            "工作簿已经损坏，里面的内容读不出来",
            "重新拷贝或下载；或用 Excel 打开，按提示修复后另存",
        ),
        Refusal.ENCRYPTED: ("工作簿设了密码，程序打不开", "去掉密码后另存"),
        Refusal.METHOD: ("工作簿的压缩方式不是 Excel 和 WPS 用的那种", _SAVE_AS),
        Refusal.MEMBERS: (f"文件里的部件超过 {BOUNDS.members} 个，不是正常的工作簿", "确认选对了文件"),
        Refusal.NAME: ("文件里有名称不正常的部件，不是正常的工作簿", _SAVE_AS),
        Refusal.TWICE: ("文件里有同名的部件，不是正常的工作簿", _SAVE_AS),
        Refusal.SIZE: ("工作簿解开后过大，不像是填写的表格", "把需要的内容复制到新生成的工作簿里，再试"),
    }[error.reason]
    return DataError(what, remedy, place)


def _read(archive: ZipReader, part: str, place: Place) -> bytes:
    """A part that is XML, or the package's own list of kinds."""
    try:
        content = archive.read(part)
    except ZipRefusedError as error:
        raise _refused(error, place) from None
    if b"\0" in content[:200]:
        raise DataError("工作簿内部的编码不是 UTF-8", _SAVE_AS, place)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise DataError("工作簿里有不该有的实体声明，不是正常的工作簿", _SAVE_AS, place)
    return content


def all_parts(data: bytes, name: str) -> dict[str, bytes]:
    """Every part of a workbook within the bounds, for what reads or copies all of it.

    Args:
        data: the file's bytes.
        name: its name for messages.

    Raises:
        DataError: it unpacks to too much, or is broken.
    """
    place = Place(name)
    with _opened(data, place) as archive:
        try:
            return {
                part: _read(archive, part, place) if part.endswith(_XML) else archive.read(part)
                for part in archive.names
            }
        except ZipRefusedError as error:
            raise _refused(error, place) from None


def _checked(content: bytes, place: Place, strings: Sequence[int]) -> bytes:
    """A sheet whose places were checked, of nothing but elements and text."""
    root = parse(content, place)
    _UsedRange(place, strings).check(root)
    if any(sign in content[60:] for sign in _NO_TAGS):
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return content


def _check_kind(archive: ZipReader, names: set[str], place: Place) -> None:
    if _CONTENT_TYPES not in names:
        what = "压缩包，不是工作簿"
        if "mimetype" in names and b"opendocument" in _read(archive, "mimetype", place):
            what = "OpenDocument 表格（.ods）"
        raise DataError(f"后缀是 .xlsx，内容却是{what}", _SAVE_AS, place)
    types = _read(archive, _CONTENT_TYPES, place)
    for sign, what in _OTHERS:
        if sign in types:
            raise DataError(f"后缀是 .xlsx，内容却是{what}", _SAVE_AS, place)
    if b"spreadsheetml" not in types:
        raise DataError("后缀是 .xlsx，内容却不是工作簿", _SAVE_AS, place)


def parse(content: bytes, place: Place) -> Element:
    """A part of a workbook as XML.

    Raises:
        DataError: it is not well formed.
    """
    try:
        return parse_part(content)
    except MalformedError:
        raise DataError(
            "工作簿已经损坏，里面的内容读不出来", "用 Excel 或 WPS 打开，按提示修复后另存", place
        ) from None


def _sheets(parts: dict[str, bytes], place: Place) -> Iterator[tuple[str, str]]:
    """Each sheet's name and part, in the workbook's order."""
    root = parse(parts[_WORKBOOK], place)
    if root.tag == S_STRICT + "workbook":
        raise DataError("工作簿存成了“严格开放 XML”格式", _SAVE_AS, place)
    targets = {}
    for relation in parse(parts[_RELATIONS], place):
        target = unquote(str(relation.get("Target", "")))
        kind = str(relation.get("Type", ""))
        if kind.endswith("/worksheet") and relation.get("TargetMode") != "External":
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            targets[str(relation.get("Id"))] = path
    found = [
        (str(sheet.get("name", "")), targets[str(sheet.get(R + "id"))])
        for sheet in root.iter(S + "sheet")
        if str(sheet.get(R + "id")) in targets
    ]
    if not found:
        raise DataError("工作簿里没有工作表", _SAVE_AS, place)
    if len(found) > MAX_SHEETS:
        raise DataError(
            f"工作簿有 {len(found)} 张工作表，超过 {MAX_SHEETS} 张的上限", "删去无关的工作表", place
        )
    yield from found


def _place_of(text: str) -> tuple[int, int] | None:
    """The row and column, from 1, that a cell's address names; None where Excel has no such cell."""
    found = _CELL.fullmatch(text)
    if found is None:
        return None
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - 64
    row = int(found[2])
    return (row, column) if 1 <= row <= _MOST_ROWS and column <= _MOST_COLUMNS else None


def _number(text: str | None, default: int, most: int) -> int | None:
    """A row's or column's number; None where Excel has no such number."""
    if text is None:
        return default
    return int(text) if _SMALL.fullmatch(text) and 0 < int(text) <= most else None


class _UsedRange:
    """How far a sheet's cells reach, checked first: a parser would take memory for every cell between.

    Rows and cells without a number follow the one before, as parsers have it. Names count without their
    namespace, for the same reason.
    """

    def __init__(self, place: Place, strings: Sequence[int]) -> None:
        self._place = place
        self._strings = strings
        self._row = 0
        self._column = 0
        self._merged = 0
        self._shared = 0

    def check(self, root: Element) -> None:
        """Refuse cells that stand beyond the limits, places that Excel does not have, and what grows when read."""
        for element in root.iter("{*}row", "{*}c", "{*}mergeCell", "{*}col"):
            kind = element.tag.rpartition("}")[2]
            if kind == "c":
                self._cell(element)
            elif kind == "row":
                row = _number(element.get("r"), self._row + 1, _MOST_ROWS)
                if row is None:
                    raise self._damaged(element.get("r"))
                self._row, self._column = row, 0
            elif kind == "col":
                for name in ("min", "max"):
                    if _number(element.get(name), 1, _MOST_COLUMNS) is None:
                        raise self._damaged(element.get(name))
            else:
                self._merge(element.get("ref", ""))

    def _cell(self, element: Element) -> None:
        text = element.get("r")
        place = (self._row, self._column + 1) if text is None else _place_of(text)
        if place is None:
            raise self._damaged(text)
        row, self._column = place
        if len(element) and (row > MAX_ROWS or self._column > MAX_COLUMNS):
            shown = text or f"A{row}"
            raise DataError(
                f"内容超出了 {MAX_ROWS} 行、{MAX_COLUMNS} 列的上限",
                "删去表格范围以外的内容（选中多余的行和列，右键删除），保存后再试",
                Place(self._place.file, sheet=self._place.sheet, cell=shown),
            )
        if element.get("t") == "s":
            index = element.findtext("{*}v", "")
            if _SMALL.fullmatch(index) and int(index) < len(self._strings):
                self._shared += self._strings[int(index)]
        if self._shared > _MOST_SHARED:
            raise DataError(
                "工作表里同一段长文字重复太多，读出来过大", "把重复的长文字删去，保存后再试", self._place
            )

    def _merge(self, text: str) -> None:
        first, colon, last = text.partition(":")
        begin, end = _place_of(first), _place_of(last if colon else first)
        if begin is None or end is None:
            raise self._damaged(text)
        self._merged += (abs(end[0] - begin[0]) + 1) * (abs(end[1] - begin[1]) + 1)
        if self._merged > _MOST_MERGED:
            raise DataError("工作表里合并的单元格太多", "取消多余的合并单元格，保存后再试", self._place)

    def _damaged(self, text: str | None) -> DataError:
        shown = visible((text or "")[:30])
        return DataError(
            f"工作表里有 Excel 没有的位置“{shown}”，文件可能已损坏",
            "用 Excel 或 WPS 打开，按提示修复后另存",
            self._place,
        )


def _text_lengths(strings: bytes, place: Place) -> list[int]:
    """How long each of a workbook's shared texts is."""
    if not strings:
        return []
    return [
        sum(len(text.text or "") for text in item.iter("{*}t"))
        for item in parse(strings, place).iter("{*}si")
    ]
