"""Reading a table: its grid, merged cells, borders and the rows that repeat."""

from __future__ import annotations

from typing import Any, Final

from generator.base.ooxml.text import part_text
from generator.base.ooxml.xml import (
    VAL,
    Element,
    W,
    is_on,
    number,
    refuse,
    twips,
)
from generator.pdf.docx.formatting import Context, Node, is_tied
from generator.pdf.docx.styles import border, borders, shading

_SIDES: Final = ("top", "left", "bottom", "right")
_STEPS: Final = {"top": (-1, 0), "left": (0, -1), "bottom": (1, 0), "right": (0, 1)}
_FACING: Final = {"top": "bottom", "bottom": "top", "left": "right", "right": "left"}
_SILENT: Final = frozenset(
    W + name
    for name in (
        "tblPr", "tblGrid", "tblPrEx", "trPr", "proofErr", "permStart", "permEnd", "commentRangeStart",
        "commentRangeEnd", "sdtPr", "sdtEndPr",
    )
)  # fmt: skip
_WRAPPERS: Final = frozenset({W + "sdtContent", W + "customXml"})
_CELL_MARGIN: Final = 5.4  # 108 twips, Word's own at the left and right
Borders = dict[str, dict[str, Any] | None]


class TableReader(Context):
    """Reads tables."""

    def table(self, element: Element, where: str) -> Node:
        """The node of one table.

        Keys: ``grid`` (column widths, points), ``width`` (kind, value), ``align``, ``indent``, ``rows``; a row
        has ``height``, ``rule``, ``whole`` (may not split), ``head`` and ``cells``; a cell has ``x``,
        ``span``, ``rowspan``, ``blocks``, ``borders`` by side, ``margins`` (top, right, bottom, left),
        ``fill``, ``valign``, ``turn`` (text direction) and signature roles.
        """
        properties = element.find(W + "tblPr")
        style = self.styles.default("table")
        if properties is not None and properties.find(W + "tblStyle") is not None:
            style = properties.find(W + "tblStyle").get(VAL)
        layers = [item.find(W + "tblPr") for item in self.styles.chain(style)] + [properties]
        lines: Borders = {}
        margins = {"top": 0.0, "right": _CELL_MARGIN, "bottom": 0.0, "left": _CELL_MARGIN}
        node: Node = {"k": "t", "align": "left", "indent": 0.0, "width": ("auto", 0.0)}
        fixed = False
        for layer in layers:
            for child in layer if layer is not None else ():
                tag = child.tag.rpartition("}")[2]
                if tag == "tblBorders":
                    lines.update(borders(child))
                elif tag == "tblCellMar":
                    margins.update(_margins(child))
                elif tag == "jc":
                    node["align"] = {"start": "left", "end": "right"}.get(child.get(VAL), child.get(VAL))
                elif tag == "tblInd":
                    node["indent"] = twips(child.get(W + "w"))
                elif tag == "tblW":
                    node["width"] = _width(child)
                elif tag == "tblLayout":
                    fixed = child.get(W + "type") == "fixed"
                elif tag in {"tblpPr", "bidiVisual"} and layer is properties:
                    raise refuse(where, "浮动表格" if tag == "tblpPr" else "从右向左的表格", self.file)
        if self.old_table_edge and node["align"] == "left":
            # Before Word 2013 a table's text, not its border, stood at the margin.
            node["indent"] -= margins["left"]
        grid = element.find(W + "tblGrid")
        columns = [twips(column.get(W + "w")) for column in grid] if grid is not None else []
        self.table_style.append(style)
        node["rows"] = [
            self._row(row, f"{where}第 {index} 行", margins)
            for index, row in enumerate(self._rows(element, where), 1)
        ]
        self.table_style.pop()
        self._merge_down(node["rows"], where)
        count = max(
            [len(columns), *(cell["x"] + cell["span"] for row in node["rows"] for cell in row["cells"])],
            default=0,
        )
        node["grid"] = _column_widths(columns, node["rows"], count, fixed=fixed)
        _resolve_borders(node["rows"], lines)
        return node

    def _rows(self, element: Element, where: str) -> list[Element]:
        found = []
        for child in element:
            if child.tag == W + "tr":
                found.append(child)
            elif child.tag == W + "sdt":
                content = child.find(W + "sdtContent")
                found += self._rows(content, where) if content is not None else []
            elif child.tag in _WRAPPERS:
                found += self._rows(child, where)
            elif child.tag not in _SILENT and child.tag not in {W + "bookmarkStart", W + "bookmarkEnd"}:
                raise refuse(where, child.tag, self.file)
        return found

    def _row(self, element: Element, where: str, margins: dict[str, float]) -> Node:
        row: Node = {"height": 0.0, "rule": "auto", "whole": False, "head": False, "cells": []}
        column = 0
        for child in element.find(W + "trPr") if element.find(W + "trPr") is not None else ():
            tag = child.tag.rpartition("}")[2]
            if tag == "trHeight":
                row["height"] = twips(child.get(VAL))
                row["rule"] = child.get(W + "hRule", "atLeast")
            elif tag == "cantSplit":
                row["whole"] = is_on(child)
            elif tag == "tblHeader":
                row["head"] = is_on(child)
            elif tag == "gridBefore":
                column = int(number(child.get(VAL)))
            elif tag in {"ins", "del"}:
                raise refuse(where, child.tag, self.file)
        for index, cell in enumerate(self._cells(element, where), 1):
            found = self._cell(cell, f"{where}第 {index} 格", margins)
            found["x"] = column
            column += found["span"]
            row["cells"].append(found)
        return row

    def _cells(self, element: Element, where: str) -> list[Element]:
        found = []
        for child in element:
            if child.tag == W + "tc":
                found.append(child)
            elif child.tag == W + "sdt":
                content = child.find(W + "sdtContent")
                found += self._cells(content, where) if content is not None else []
            elif child.tag in _WRAPPERS:
                found += self._cells(child, where)
            elif child.tag not in _SILENT and child.tag not in {W + "bookmarkStart", W + "bookmarkEnd"}:
                raise refuse(where, child.tag, self.file)
        return found

    def _cell(self, element: Element, where: str, margins: dict[str, float]) -> Node:
        xml = self.sources.get(element)
        if xml is None or self.inside_field() or is_tied(xml):
            return self._read_cell(element, where, margins)
        key = (self.table_style[-1], *margins.values(), xml)
        known = self.look.nodes.get(key)
        if known is not None:
            return {**known, "where": where}
        cell = self._read_cell(element, where, margins)
        if not any(block["k"] != "p" or block["s"].get("numbering") for block in cell["blocks"]):
            self.look.remember(key, dict(cell))
        return cell

    def _read_cell(  # noqa: C901 one branch a property
        self, element: Element, where: str, margins: dict[str, float]
    ) -> Node:
        cell: Node = {"span": 1, "rowspan": 1, "where": where, "own": {}, "margins": margins}
        for child in element.find(W + "tcPr") if element.find(W + "tcPr") is not None else ():
            tag = child.tag.rpartition("}")[2]
            if tag == "gridSpan":
                cell["span"] = max(int(number(child.get(VAL), 1)), 1)
            elif tag == "vMerge":
                cell["merge"] = child.get(VAL, "continue")
            elif tag == "hMerge":
                raise refuse(where, "旧式横向合并（hMerge）", self.file)
            elif tag == "tcW":
                cell["width"] = _width(child)
            elif tag == "tcBorders":
                cell["own"] = borders(child)
                if any(line.tag in {W + "tl2br", W + "tr2bl"} and border(line) for line in child):
                    raise refuse(where, "斜线表头", self.file)
            elif tag == "shd":
                cell["fill"] = shading(child)
            elif tag == "vAlign":
                cell["valign"] = {"center": "horizon", "both": "top"}.get(child.get(VAL), child.get(VAL))
            elif tag == "tcMar":
                cell["margins"] = {**margins, **_margins(child)}
            elif tag == "textDirection":
                turn = child.get(VAL, "lrTb")
                if turn in {"tbRl", "tbRlV", "tbV", "tbLrV", "lrTbV"}:
                    cell["turn"] = "stack"
                elif turn in {"btLr", "lr"}:
                    cell["turn"] = "up"
            elif tag in {"cellIns", "cellDel", "cellMerge"}:
                raise refuse(where, child.tag, self.file)
        if cell.get("merge") == "continue" and part_text(element).strip():
            raise refuse(where, "被纵向合并盖住的文字", self.file)
        self.frame.append(cell)
        cell["blocks"] = list(self.blocks(element, where + " "))
        self.frame.pop()
        return cell

    def _merge_down(self, rows: list[Node], where: str) -> None:
        """Join the cells merged down; a continuation under nothing begins a cell of its own."""
        above: dict[int, Node] = {}
        for row in rows:
            now: dict[int, Node] = {}
            kept = []
            for cell in row["cells"]:
                top = above.get(cell["x"])
                merge = cell.pop("merge", None)
                if merge == "continue" and top is not None and top["span"] == cell["span"]:
                    top["rowspan"] += 1
                    for roles in ("open", "close"):
                        if roles in cell:
                            top.setdefault(roles, []).extend(cell[roles])
                    top["own"] = {**top["own"], "bottom": cell["own"].get("bottom", top["own"].get("bottom"))}
                    if top["own"]["bottom"] is None and "bottom" not in cell["own"]:
                        del top["own"]["bottom"]
                    now[cell["x"]] = top
                    continue
                if merge is not None:
                    now[cell["x"]] = cell
                kept.append(cell)
            row["cells"] = kept
            above = now
        if not rows:
            raise refuse(where, "没有行的表格", self.file)


def _margins(element: Element) -> dict[str, float]:
    found = {}
    for child in element:
        side = child.tag.rpartition("}")[2]
        found[{"start": "left", "end": "right"}.get(side, side)] = twips(child.get(W + "w"))
    return found


def _width(element: Element) -> tuple[str, float]:
    kind, value = element.get(W + "type", "dxa"), element.get(W + "w", "0")
    if kind == "pct" or value.endswith("%"):
        share = number(value[:-1]) / 100 if value.endswith("%") else number(value) / 5000
        return ("pct", share)
    return ("dxa", twips(value)) if kind == "dxa" and number(value) else ("auto", 0.0)


def _column_widths(columns: list[float], rows: list[Node], count: int, *, fixed: bool) -> list[float]:
    """Widths of the grid's columns: what the cells ask for, else what the grid says.

    Word lays a table out by its cells' preferred widths and keeps the grid as a cache, which programs that
    set cell widths leave stale; a table of fixed layout whose grid is whole is taken at its word.
    """
    widths = [*columns, *([0.0] * (count - len(columns)))][:count]
    asked: list[float | None] = [None] * count
    for row in rows:
        for cell in row["cells"]:
            kind, value = cell.get("width", ("auto", 0.0))
            if cell["span"] == 1 and kind == "dxa" and asked[cell["x"]] is None:
                asked[cell["x"]] = value
    if not (fixed and all(widths)):
        widths = [own if own is not None else width for own, width in zip(asked, widths, strict=True)]
    spread = sum(widths) / max(sum(1 for width in widths if width), 1) or 72.0
    return [width or spread for width in widths]


def _resolve_borders(rows: list[Node], lines: Borders) -> None:
    """Give each cell the border that shows on each side, of its own, its neighbour's and the table's."""
    owner: dict[tuple[int, int], Node] = {}
    for y, row in enumerate(rows):
        for cell in row["cells"]:
            cell["y"] = y
            for down in range(cell["rowspan"]):
                for across in range(cell["span"]):
                    owner[y + down, cell["x"] + across] = cell
    inner = {side: lines.get("insideH" if side in {"top", "bottom"} else "insideV") for side in _FACING}
    plain = not any(cell["own"] for row in rows for cell in row["cells"])
    for row in rows:
        for cell in row["cells"]:
            own: Borders = cell["own"]
            shown = {}
            for side, facing in _FACING.items():
                others = [owner.get(place) for place in _beside(cell, side)]
                if plain:
                    shown[side] = inner[side] if any(others) else lines.get(side)
                    continue
                if not any(others):
                    shown[side] = own[side] if side in own else lines.get(side)
                    continue
                mine = own.get(side, inner[side])
                if None not in others:
                    theirs = [other["own"].get(facing, inner[facing]) for other in others if other]
                    first = theirs[0]
                    # An object for both is the rule: the table's own line.
                    if first is not mine and all(line == first for line in theirs):
                        mine = max(mine, first, key=lambda line: line["w"] if line else 0.0)
                shown[side] = mine
            cell["borders"] = shown
    for row in rows:
        for cell in row["cells"]:
            del cell["own"]
            cell.pop("width", None)


def _beside(cell: Node, side: str) -> list[tuple[int, int]]:
    """The places of the grid, row and column, that touch a cell's side."""
    down, across = _STEPS[side]
    y, x = cell["y"], cell["x"]
    if cell["rowspan"] == cell["span"] == 1:
        return [(y + down, x + across)]
    if across:
        x += cell["span"] - 1 if across > 0 else 0
        return [(y + at, x + across) for at in range(cell["rowspan"])]
    y += cell["rowspan"] - 1 if down > 0 else 0
    return [(y + down, x + at) for at in range(cell["span"])]
