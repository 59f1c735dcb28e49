"""Values of formulas: openpyxl keeps formulas or their stored values, a copy needs both."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from generator.base.ooxml.xml import S
from generator.base.xlsx.package import all_parts, open_package, parse
from generator.base.zips import zip_bytes
from generator.errors import Place

# What openpyxl does not carry into a copy, by the folder of the package in which it stands; empty: say nothing.
_LOST = (
    ("xl/charts/", "图表的部分样式"),
    ("xl/vmlDrawing", ""),
    ("xl/ctrlProps/", "控件"),
    ("xl/embeddings/", "嵌入的对象"),
    ("xl/slicers/", "切片器"),
    ("xl/externalLinks/", "到其他工作簿的链接"),
    ("xl/pivotTables/", "数据透视表的部分设置"),
)
_SHAPES = (b"<xdr:sp>", b"<xdr:sp ", b"<xdr:grpSp")


def stored_values(data: bytes, name: str) -> dict[str, dict[str, tuple[str, str]]]:
    """The stored results of formulas, by sheet and cell: the type's letter and the value's text."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for title, xml in open_package(data, name).sheets.items():
        if b"<f" not in xml:
            continue
        cells = found.setdefault(title, {})
        for cell in parse(xml, Place(name)).iter(S + "c"):
            formula, value = cell.find(S + "f"), cell.find(S + "v")
            if formula is not None and value is not None:
                cells[str(cell.get("r"))] = (str(cell.get("t") or ""), value.text or "")
    return found


def with_stored_values(data: bytes, values: Mapping[str, Mapping[str, tuple[str, str]]], name: str) -> bytes:
    """A workbook with the results of its formulas put back.

    Args:
        data: the workbook, as openpyxl wrote it.
        values: what ``stored_values`` found before.
        name: the file's name for messages.
    """
    if not any(values.values()):
        return data
    sheets = open_package(data, name).sheets
    changed = {}
    for title, cells in values.items():
        if title not in sheets or not cells:
            continue
        root = parse(sheets[title], Place(name))
        for cell in root.iter(S + "c"):
            value = cell.find(S + "v")
            stored = cells.get(str(cell.get("r")))
            if stored is None or value is None or cell.find(S + "f") is None:
                continue
            kind, value.text = stored
            if kind:
                cell.set("t", kind)
        changed[sheets[title]] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return zip_bytes({part: changed.get(content, content) for part, content in all_parts(data, name).items()})


def lost_in_a_copy(data: bytes, name: str) -> list[str]:
    """What a copy of a workbook will not have, in Chinese: shapes, controls and the like.

    Raises:
        DataError: a part of it is broken, or it unpacks to too much.
    """
    parts = all_parts(data, name)
    found = [what for prefix, what in _LOST if what and any(part.startswith(prefix) for part in parts)]
    if any(
        sign in content
        for part, content in parts.items()
        if part.startswith("xl/drawings/drawing")
        for sign in _SHAPES
    ):
        found.append("文本框和图形")
    return list(dict.fromkeys(found))
