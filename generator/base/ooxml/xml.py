"""Reading Office Open XML (ISO/IEC 29500): namespaces, units, the one parser, the error for what is refused."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from lxml import etree

from generator.errors import Place, ProgrammeError

if TYPE_CHECKING:
    from collections.abc import Mapping

Element = Any  # lxml's elements have no useful static type for namespaced access

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
WP: Final = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
PIC: Final = "{http://schemas.openxmlformats.org/drawingml/2006/picture}"
MC: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
WPS: Final = "{http://schemas.microsoft.com/office/word/2010/wordprocessingShape}"
WPG: Final = "{http://schemas.microsoft.com/office/word/2010/wordprocessingGroup}"
WPC: Final = "{http://schemas.microsoft.com/office/word/2010/wordprocessingCanvas}"
V: Final = "{urn:schemas-microsoft-com:vml}"
OFFICE: Final = "{urn:schemas-microsoft-com:office:office}"
W10: Final = "{urn:schemas-microsoft-com:office:word}"
M: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
S: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
S_STRICT: Final = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
RELS: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}"
XML_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"

VAL: Final = W + "val"
EMU_PER_POINT: Final = 12700

_UNITS: Final = (("pt", 1.0), ("mm", 72 / 25.4), ("cm", 72 / 2.54), ("in", 72.0))
# Even in the smallest unit (EMU, 12,700 to a point) this is more than twenty metres.
_LARGEST_NUMBER: Final = 1_000_000_000
# Word itself stops at 63.
_MOST_COLUMNS: Final = 1_000
_OFF: Final = frozenset({"0", "false", "off", "none"})

# The extensions that the program draws; of an element's alternatives the first is shown that asks for no other.
_DRAWN: Final = frozenset(
    name[1:-1]
    for name in (WPS, WPG, WPC, "{http://schemas.microsoft.com/office/word/2010/wordml}", PIC, A, W, WP)
)

# What a person calls the constructs that a template may not hold.
CONSTRUCTS: Final = {
    W + "del": "修订标记（删除）",
    W + "ins": "修订标记（插入）",
    W + "moveFrom": "修订标记（移走）",
    W + "moveTo": "修订标记（移来）",
    W + "sym": "符号字体字符",
    W + "pict": "旧式图形或文本框",
    W + "object": "嵌入对象",
    W + "ruby": "拼音指南",
    W + "altChunk": "外部内容块",
    W + "subDoc": "子文档",
    W + "endnoteReference": "尾注",
    W + "ptab": "对齐制表位",
    W + "dir": "双向文字",
    W + "bdo": "双向文字",
    W + "contentPart": "墨迹",
    W + "dayShort": "日期占位",
    W + "pgNum": "旧式页码",
    W + "vanish": "隐藏文字",
    W + "delText": "修订标记（删除）",
    MC + "AlternateContent": "文本框、形状或其他图形",
    M + "oMath": "公式",
    M + "oMathPara": "公式",
    WP + "anchor": "浮动图片或文本框",
}


class MalformedError(ValueError):
    """A part that is no XML, or XML that no Office program writes."""


def parse_part(data: bytes) -> Element:
    """One XML part of any package; nothing is fetched, and a document type with its entities is refused.

    The Open Packaging Conventions forbid document types (ISO/IEC 29500-2, 6.1.4); entities in them are how
    a small file becomes a large one. ``huge_tree`` stays off: a part nests at most 256 deep.

    Raises:
        MalformedError: it is not well-formed, or has a document type.
    """
    if b"<!DOCTYPE" in data:
        raise MalformedError("a document type")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise MalformedError(str(error)) from error
    # The search above misses a document type in another encoding, such as UTF-16.
    if root.getroottree().docinfo.internalDTD is not None:
        raise MalformedError("a document type")
    return root


def parse(data: bytes, file: str | None = None) -> Element:
    """One XML part of a Word file.

    Args:
        data: the part.
        file: the document's name for messages, if known.

    Raises:
        ProgrammeError: the part is not well-formed.
    """
    try:
        return parse_part(data)
    except MalformedError as error:
        raise ProgrammeError(
            "Word 文件的内部结构已损坏",
            "用 Word 或 WPS 打开并另存为 .docx 后重试",
            Place(file) if file else None,
        ) from error


def parse_word(data: bytes, file: str | None = None) -> Element:
    """A body, header, footer or notes part, of whose alternatives (``mc:AlternateContent``) only one is left.

    That is the first choice whose extensions the program draws, else the fallback (ISO/IEC 29500-3, 7.6). Where
    there is neither, the alternatives stay as they are, to be refused.

    Args:
        data: the part.
        file: the document's name for messages, if known.

    Raises:
        ProgrammeError: the part is not well-formed.
    """
    root = parse(data, file)
    if b"AlternateContent" in data:
        for item in list(root.iter(MC + "AlternateContent")):
            shown = _shown_alternative(item)
            parent = item.getparent()
            if shown is not None and parent is not None:
                at = parent.index(item)
                parent[at : at + 1] = list(shown)
    return root


def _shown_alternative(item: Element) -> Element | None:
    for choice in item.iterchildren(MC + "Choice"):
        wanted = choice.get("Requires", "").split()
        if all(choice.nsmap.get(name) in _DRAWN for name in wanted):
            return choice
    return item.find(MC + "Fallback")


@lru_cache(maxsize=64)
def parse_word_shared(data: bytes) -> Element:
    """A header or footer, which documents from one template have the same; as parse_word, never changed afterwards.

    Raises:
        ProgrammeError: the part is not well-formed.
    """
    return parse_word(data)


@lru_cache(maxsize=64)
def parse_shared(data: bytes) -> Element:
    """A part that documents from one template have the same, such as settings; parsed once, never changed.

    Raises:
        ProgrammeError: the part is not well-formed.
    """
    return parse(data)


def refuse(where: str, name: str, file: str | None) -> ProgrammeError:
    """The error for a construct that is not on the closed list of docs/docx-subset.md.

    Args:
        where: the paragraph, or table, row and cell, in Chinese.
        name: the construct's tag in Clark notation, or a Chinese name.
        file: the document's name, if known.
    """
    tag = name.rpartition("}")[2]
    title = CONSTRUCTS.get(name)
    shown = f"“{title}”（{tag}）" if title else f"“{tag}”"
    return ProgrammeError(
        f"{where}有 PDF 排版不支持的内容{shown}",
        "在 Word 或 WPS 中改成普通文字、表格或嵌入式图片（可用的写法见 docs/docx-subset.md）",
        Place(file) if file else None,
    )


def child_of(element: Element, tag: str) -> Element | None:
    """The first child of a tag; as ``find``, which takes three times as long."""
    return next(element.iterchildren(tag), None)


def is_on(element: Element) -> bool:
    """Whether an on/off property element (``w:b``, ``w:keepNext`` …) is on."""
    return element.get(VAL, "1") not in _OFF


def twips(text: str | None, default: float = 0.0) -> float:
    """A measure in twentieths of a point (or with a unit, as ``2.5cm``) in points; the default where there is none.

    Raises:
        ProgrammeError: it is larger than anything that Word writes, or not a finite number.
    """
    for unit, points in _UNITS:
        if text and text.endswith(unit):
            return number(text[: -len(unit)], default / points) * points
    return number(text, default * 20) / 20


def number(text: str | None, default: float = 0.0) -> float:
    """A plain number, or the default where there is none.

    Raises:
        ProgrammeError: it is larger than anything that Word writes, or not a finite number.
    """
    try:
        found = float(text) if text else default
    except ValueError:
        return default
    # Written so that NaN, which is neither larger nor smaller than anything, is refused too.
    if not abs(found) <= _LARGEST_NUMBER:
        raise _unreasonable(text)
    return found


def whole(text: str | None, default: int = 0) -> int:
    """A whole number that decides what is printed, as a list's level; the default where it is not given.

    Raises:
        ProgrammeError: it is no whole number, or larger than anything that Word writes.
    """
    if not text:
        return default
    try:
        found = int(text)
    except ValueError:
        raise _unreasonable(text) from None
    if not abs(found) <= _LARGEST_NUMBER:
        raise _unreasonable(text)
    return found


def columns(text: str | None, default: int = 0) -> int:
    """How many columns of a table's grid a cell or a gap takes.

    Raises:
        ProgrammeError: more than a table of Word has.
    """
    found = number(text, default)
    if not 0 <= found <= _MOST_COLUMNS:
        raise _unreasonable(text)
    return int(found)


def _unreasonable(text: str | None) -> ProgrammeError:
    return ProgrammeError(
        f"Word 文件里有不合理的数值（{(text or '')[:20]}），可能已损坏",
        "用 Word 或 WPS 打开并另存为 .docx 后重试",
    )


def relations(parts: Mapping[str, bytes], part: str) -> dict[str, str]:
    """The targets of a part's internal relationships by id, as part names of the package."""
    folder, _, name = part.rpartition("/")
    data = parts.get(f"{folder}/_rels/{name}.rels")
    return {} if data is None else dict(_targets(data, folder))


@lru_cache(maxsize=128)
def _targets(data: bytes, folder: str) -> dict[str, str]:
    found = {}
    for relation in parse(data).iter(RELS + "Relationship"):
        if relation.get("TargetMode") != "External":
            found[relation.get("Id")] = _resolve(folder, relation.get("Target", ""))
    return found


def main_part(parts: Mapping[str, bytes]) -> str:
    """The name of the part that holds the document's body.

    Raises:
        ProgrammeError: the package holds no Word document.
    """
    for name in _main_targets(parts.get("_rels/.rels")):
        if name in parts:
            return name
    if "word/document.xml" in parts:
        return "word/document.xml"
    raise ProgrammeError("文件不是 Word 文档（缺少正文）", "用 Word 或 WPS 另存为 .docx 后重试")


@lru_cache(maxsize=128)
def _main_targets(data: bytes | None) -> tuple[str, ...]:
    return tuple(
        _resolve("", relation.get("Target", ""))
        for relation in (parse(data).iter(RELS + "Relationship") if data is not None else ())
        if relation.get("Type", "").endswith("/officeDocument")
    )


def _resolve(folder: str, target: str) -> str:
    if target.startswith("/"):
        return target[1:]
    steps = folder.split("/") if folder else []
    for step in target.split("/"):
        if step == "..":
            del steps[-1:]
        elif step != ".":
            steps.append(step)
    return "/".join(steps)
