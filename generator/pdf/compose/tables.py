"""Composing tables: column widths, cells, text that runs down, and rows that must not run off the page."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from generator.pdf.compose.runs import InlineComposer, Node

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MEASURE_FROM: Final = 0.4  # of a page: rows and paragraphs that look this tall are measured
# What the style of a paragraph may say that a cell draws without a block of its own.
_IN_PLACE: Final = frozenset({"left", "right", "first", "hang", "align", "tabs"})


@dataclass
class Room:
    """Where blocks stand: the width they have, and whether pages can break there."""

    width: float
    height: float
    grid: float = 0.0
    in_cell: bool = False
    first: bool = True


@dataclass
class TableComposer(InlineComposer):
    """Composes tables."""

    def blocks(self, nodes: Sequence[Node], room: Room) -> list[Node]:
        """Blocks as the program reads them."""
        raise NotImplementedError

    def tall(self, node: Node, room: Room) -> float:
        """Roughly how much of a page's height a paragraph or table takes."""
        if node["k"] == "t":
            return sum(
                max(
                    (sum(self.tall(inner, room) for inner in cell["blocks"]) for cell in row["cells"]),
                    default=0,
                )
                for row in node["rows"]
            )
        if node["k"] != "p":
            return 0.0
        line = sum(self.edges(node["m"], node["s"], cjk=True, grid=room.grid))
        length = sum(
            len(item.get("x", "")) * item["s"]["size"]
            for item in node["r"]
            if "s" in item and item["k"] == "t"
        )
        pictures = sum(item["h"] for item in node["r"] if item["k"] == "img")
        lines = math.ceil(length / max(room.width, 1.0)) or 1
        return float(lines * line + pictures) / room.height

    # -- tables ---------------------------------------------------------------------------------------

    def table(self, node: Node, room: Room) -> Node:
        """One table."""
        columns, indent = self._columns(node, room)
        rows = node["rows"]
        heads = next((at for at, row in enumerate(rows) if not row["head"]), len(rows))
        if heads == len(rows):
            heads = 0
        cells: list[Node] = []
        for y, row in enumerate(rows):
            cells += [self._cell(cell, y, rows, columns, room) for cell in row["cells"]]
        glued = all(self._stays(row) for row in rows[:-1]) and len(rows) > 1
        kept = [] if glued else list(self._kept(node, heads, room))
        return {
            "k": "t",
            "cols": columns,
            "align": node["align"],
            "ind": indent,
            "heads": heads,
            "heights": [min(row["height"], room.height - 1) for row in rows],
            "cells": cells,
            **({"whole": True} if glued and self.tall(node, room) < MEASURE_FROM * 2 else {}),
            **({"next": True} if self._stays(rows[-1]) else {}),
            **({"kept": kept} if kept else {}),
            **({"o": node["open"]} if node.get("open") else {}),
            **({"c": node.get("close") or node["open"]} if node.get("close") or node.get("open") else {}),
        }

    @staticmethod
    def _stays(row: Node) -> bool:
        """Whether a row keeps to the next: Word asks the first paragraph of its cells."""
        firsts = [
            cell["blocks"][0] for cell in row["cells"] if cell["blocks"] and cell["blocks"][0]["k"] == "p"
        ]
        return bool(firsts) and all(block["s"].get("keep_next") for block in firsts)

    def _kept(self, node: Node, heads: int, room: Room) -> Iterator[list[int]]:
        """The rows that keep to the next, as the first of them and how many stay together."""
        rows = node["rows"]
        first = heads
        while first < len(rows):
            last = first
            while last + 1 < len(rows) and self._stays(rows[last]):
                last += 1
            together = {**node, "rows": rows[first : last + 1]}
            if last > first and self.tall(together, room) < MEASURE_FROM:
                yield [first, last - first + 1]
            first = last + 1

    @staticmethod
    def _columns(node: Node, room: Room) -> tuple[list[float], float]:
        columns, indent = node["grid"], node["indent"] if node["align"] == "left" else 0.0
        kind, share = node["width"]
        total = sum(columns)
        if kind == "pct" and total:
            columns = [width * share * room.width / total for width in columns]
        elif total > room.width * 1.12 and total:
            # It would leave the sheet: no template means that, and text there would not be printed.
            columns = [width * room.width / total for width in columns]
        return [round(width, 3) for width in columns], indent

    def _cell(self, cell: Node, y: int, rows: Sequence[Node], columns: Sequence[float], room: Room) -> Node:
        margins = cell["margins"]
        width = sum(columns[cell["x"] : cell["x"] + cell["span"]]) - margins["left"] - margins["right"]
        inner = Room(max(width, 1.0), room.height, room.grid, in_cell=True)
        made: Node = {"x": cell["x"], "y": y}
        span = min(cell["rowspan"], len(rows) - y)
        for key, value in (("cs", cell["span"]), ("rs", span)):
            if value > 1:
                made[key] = value
        whole = all(row["whole"] or row["rule"] == "exact" for row in rows[y : y + span])
        if whole and sum(self.tall(block, inner) for block in cell["blocks"]) > MEASURE_FROM:
            made["whole"] = "measure"
        if cell.get("turn"):
            made |= self._turned(cell, inner, self._height(cell, y, rows, columns, room))
        else:
            made["b"] = self.blocks(cell["blocks"], inner)
        if cell.get("open") or cell.get("close"):
            made["o"] = cell.get("open", [])
            made["c"] = cell.get("close") or cell["open"]
        align = "left"
        if not {"o", "whole"} & made.keys() and len(made.get("b", ())) == 1:
            align = self._drawn_in_place(made)
        made["s"] = self.cell_style(cell, align, whole=whole)
        return made

    def _drawn_in_place(self, made: Node) -> str:
        """Let a cell of one plain paragraph be drawn without a block of its own; gives the cell's alignment."""
        (block,) = made["b"]
        shape = self.paragraph_styles[block["s"]] if block["k"] == "p" else {}
        if (
            block.keys() != {"k", "s", "r", "a", "plain"}
            or block["a"]
            or not shape.keys() <= _IN_PLACE
            or shape["left"]
            or shape["right"]
        ):
            return "left"
        del made["b"]
        made |= {"plain": block["s"], "r": block["r"]}
        return str(shape["align"])

    def _height(
        self, cell: Node, y: int, rows: Sequence[Node], columns: Sequence[float], room: Room
    ) -> float:
        """Roughly how high the rows are that a cell spans, were the cell itself empty; points."""
        height = 0.0
        for row in rows[y : y + cell["rowspan"]]:
            tall = [
                sum(
                    self.tall(block, Room(sum(columns[other["x"] : other["x"] + other["span"]]), room.height))
                    for block in other["blocks"]
                )
                * room.height
                + other["margins"]["top"]
                + other["margins"]["bottom"]
                for other in row["cells"]
                if other is not cell and not other.get("turn") and other["rowspan"] == 1
            ]
            height += max([row["height"], *tall])
        return height - float(cell["margins"]["top"] + cell["margins"]["bottom"])

    def _turned(self, cell: Node, room: Room, height: float) -> Node:
        """A cell whose text runs down the page (``v``), or up (``up``); other than text stands upright."""
        paragraphs = [block for block in cell["blocks"] if block["k"] == "p"]
        plain = all(item["k"] in {"t", "bm", "br"} for block in paragraphs for item in block["r"])
        if cell["turn"] == "up":
            lengths = [
                sum(_length(item["x"]) * item["s"]["size"] for item in block["r"] if item["k"] == "t")
                for block in paragraphs
            ]
            length = min(max([*lengths, 12.0]) * 1.05 + 1, max(height, 12.0) if height > 0 else room.height)
            return {
                "up": self.blocks(cell["blocks"], Room(length, room.height, in_cell=True)),
                "length": length,
            }
        if len(paragraphs) != len(cell["blocks"]) or not plain:
            return {"b": self.blocks(cell["blocks"], room)}
        columns = []
        for block in paragraphs:
            column: list[Any] = []
            used = 0.0
            for item in block["r"]:
                if item["k"] != "t":
                    continue
                size = item["s"]["size"]
                index = self.run_style(item["s"], (0.88 * size, 0.12 * size))
                text = self.drawable(item["x"], item["s"])
                for piece in re.findall("[!-~]{2,}|.", text):
                    length = size * max(_length(piece), 1.0)
                    if height > 0 and column and used + length > height + 0.5 * size:
                        columns.append(column)
                        column, used = [], 0.0
                    column.append([index, piece])
                    used += length
            if column:
                columns.append(column)
        return {"v": columns, "b": []}


def _length(text: str) -> float:
    """Roughly how long a text is, in ems."""
    return sum(0.55 if char < "\u2000" else 1.0 for char in text)
