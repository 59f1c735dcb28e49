"""Where each paragraph of a part stands, in words that a person finds in Word."""

from __future__ import annotations

from generator.base.ooxml.xml import Element, W, parse


def regions_of(root: Element | bytes, part: str) -> list[str]:
    """Where each paragraph of a part stands, in words, in document order.

    Args:
        root: the part, parsed or as bytes.
        part: its name, as ``word/document.xml``.

    Raises:
        ProgrammeError: the bytes are not well-formed.
    """
    if isinstance(root, bytes):
        root = parse(root)
    where = {"document": "", "footnotes": "脚注", "endnotes": "尾注"}.get(
        part.removeprefix("word/").removesuffix(".xml"), ""
    )
    if "header" in part:
        where = "页眉"
    if "footer" in part:
        where = "页脚"
    # All rows and cells are numbered once: counting anew for each cell would take minutes in a long table.
    numbers: dict[Element, int] = {}
    for number, table in enumerate(root.iter(W + "tbl"), 1):
        numbers[table] = number
        for row_number, row in enumerate(table.iterchildren(W + "tr"), 1):
            numbers[row] = row_number
            numbers.update((cell, at) for at, cell in enumerate(row.iterchildren(W + "tc"), 1))
    found: list[str] = []
    plain = 0
    for paragraph in root.iter(W + "p"):
        cell = next(paragraph.iterancestors(W + "tc"), None)
        if cell is None:
            plain += 1
            found.append(f"{where}第 {plain} 段")
            continue
        row = next(cell.iterancestors(W + "tr"), None)
        table = next(cell.iterancestors(W + "tbl"), None)
        if table is None:
            found.append(f"{where}表格以外的一格")
        elif row in numbers and cell in numbers:
            found.append(f"{where}第 {numbers[table]} 个表格第 {numbers[row]} 行第 {numbers[cell]} 格")
        else:
            found.append(f"{where}第 {numbers[table]} 个表格")
    return found
