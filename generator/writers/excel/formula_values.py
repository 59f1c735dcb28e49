"""Values of formulas: openpyxl keeps formulas or their stored values, a copy needs both."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from lxml import etree

from generator.errors import DataError, Place
from generator.readers.excel.package import open_package

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# What openpyxl does not carry into a copy, by where it stands in the package.
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
        for cell in _parsed(xml, name).iter(f"{_MAIN}c"):
            formula, value = cell.find(f"{_MAIN}f"), cell.find(f"{_MAIN}v")
            if formula is not None and value is not None:
                cells[str(cell.get("r"))] = (str(cell.get("t") or ""), value.text or "")
    return found


def _parsed(xml: bytes, name: str) -> etree._Element:
    try:
        return etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except etree.XMLSyntaxError:
        raise DataError(
            "工作簿已经损坏，里面的内容读不出来", "用 Excel 或 WPS 打开，按提示修复后另存", Place(name)
        ) from None


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
        root = _parsed(sheets[title], name)
        for cell in root.iter(f"{_MAIN}c"):
            value = cell.find(f"{_MAIN}v")
            stored = cells.get(str(cell.get("r")))
            if stored is None or value is None or cell.find(f"{_MAIN}f") is None:
                continue
            kind, value.text = stored
            if kind:
                cell.set("t", kind)
        changed[sheets[title]] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    source = zipfile.ZipFile(io.BytesIO(data))
    buffer = io.BytesIO()
    with source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            content = source.read(info)
            target.writestr(info, changed.get(content, content), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def lost_in_a_copy(data: bytes) -> list[str]:
    """What a copy of a workbook will not have, in Chinese: shapes, controls and the like."""
    found: list[str] = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        found += [what for prefix, what in _LOST if what and any(name.startswith(prefix) for name in names)]
        for info in archive.infolist():
            if info.filename.startswith("xl/drawings/drawing") and info.file_size < 10_000_000:  # noqa: PLR2004
                content = archive.read(info)
                if any(sign in content for sign in _SHAPES):
                    found.append("文本框和图形")
    return list(dict.fromkeys(found))
