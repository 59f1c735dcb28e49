"""Where each paragraph of a part stands, in words that a person finds in Word."""

from __future__ import annotations

from lxml import etree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def regions_of(xml: bytes, part: str) -> list[str]:
    """Where each paragraph of a part stands, in words, in document order.

    Args:
        xml: the part.
        part: its name, as ``word/document.xml``.
    """
    root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
    where = {"document": "", "footnotes": "脚注", "endnotes": "尾注"}.get(
        part.removeprefix("word/").removesuffix(".xml"), ""
    )
    if "header" in part:
        where = "页眉"
    if "footer" in part:
        where = "页脚"
    tables = {table: at for at, table in enumerate(root.iter(f"{_W}tbl"), 1)}
    found: list[str] = []
    plain = 0
    for paragraph in root.iter(f"{_W}p"):
        cell = next(paragraph.iterancestors(f"{_W}tc"), None)
        if cell is None:
            plain += 1
            found.append(f"{where}第 {plain} 段")
            continue
        row = next(cell.iterancestors(f"{_W}tr"))
        table = next(row.iterancestors(f"{_W}tbl"))
        rows = [child for child in table if child.tag == f"{_W}tr"]
        cells = [child for child in row if child.tag == f"{_W}tc"]
        found.append(
            f"{where}第 {tables[table]} 个表格第 {rows.index(row) + 1} 行第 {cells.index(cell) + 1} 格"
            if row in rows and cell in cells
            else f"{where}第 {tables[table]} 个表格"
        )
    return found
