"""From a document's tree and the machine's faces to what the Typst program reads (``doc.json``).

Everything that needs no measuring is decided here: which face draws a run, where its lines stand, the gaps
between paragraphs, the widths of columns. Styles are numbered, so that the program builds each once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from generator.pdf.compose.punctuation import HANG, with_hanging
from generator.pdf.compose.runs import APART, Node, Style
from generator.pdf.compose.tables import MEASURE_FROM, Room, TableComposer
from generator.pdf.docx.reader import tree_text
from generator.pdf.fonts.face_cache import latin_widths

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from generator.pdf.fonts.face_cache import Face
    from generator.pdf.fonts.faces import Faces

_DECORATED: Final = frozenset({"under", "strike", "mark", "scale", "slant"})  # as in document.typ
_LATIN_WORD: Final = re.compile(r"[!-~]{8,}")
_LATIN_WIDTH: Final = 0.56  # of the size: about the width of a Latin character
_AT_EDGE: Final = 0.5  # points from the margin within which a tab stop counts as at it
_SHORT: Final = 0.85  # of the width: a line that looks shorter than this is one line
_CHAIN: Final = 0.6  # of a page: paragraphs kept with the next that look taller than this are let go of


@dataclass
class Composition:
    """What the Typst program reads, and what it cannot know.

    Attributes:
        document: the content of ``doc.json``.
        warnings: in Chinese.
        foot: how much at the foot of every page nothing is put into, in points.
    """

    document: Node
    warnings: tuple[str, ...]
    foot: float


@dataclass
class Composer(TableComposer):
    """Turns one tree into its composition."""

    _widths: dict[str, dict[str, float]] = field(default_factory=dict)

    # -- paragraphs -----------------------------------------------------------------------------------

    def blocks(self, nodes: Sequence[Node], room: Room) -> list[Node]:
        """Blocks as the program reads them, with the gap above each (``a``)."""
        found: list[Node] = []
        gap, before = 0.0, None
        first = room.first
        for node in nodes:
            kind = node["k"]
            if kind == "pb":
                found.append({"k": "br"} if room.in_cell else {"k": "pb"})
                gap, before, first = 0.0, None, True
            elif kind == "toc":
                found.append(self._contents(node, room))
                gap, before, first = 0.0, None, False
            elif kind == "t":
                made = self.table(node, room)
                made["a"] = gap
                found.append(made)
                gap, before, first = 0.0, None, False
            elif not node.get("void"):
                style = node["s"]
                same = before is not None and before.get("style") == style.get("style")
                above = self.spacing(style, "before", node["m"]["size"])
                if same and style.get("contextual"):
                    above = 0.0
                if same and before and before.get("contextual"):
                    gap = 0.0
                made = self.paragraph(node, room)
                if first and above:
                    made["v"] = above
                    above = 0.0
                made["a"] = gap + above
                found.append(made)
                gap, before, first = self.spacing(style, "after", node["m"]["size"]), style, False
        self._cut_chains(nodes, found, room)
        if gap and room.in_cell and nodes and nodes[-1]["k"] == "p":
            found[-1]["w"] = gap
        return found

    def _cut_chains(self, nodes: Sequence[Node], made: Sequence[Node], room: Room) -> None:
        """Let go of paragraphs at the head of a chain of keep-with-next that no page could hold together.

        Such a chain would leave most of a page empty and break all the same. Its end is what counts (the
        signatures keep to the text before them), and a heading is never parted from what it heads.
        """
        shown = [node for node in nodes if not node.get("void")]
        if room.in_cell or len(shown) != len(made):
            return
        height, links = 0.0, 0
        for node, block in zip(reversed(shown), reversed(made), strict=True):
            if node["k"] == "t":
                head = node["rows"][0]
                tall = max(self.tall({**node, "rows": [head]}, room), head["height"] / room.height)
            else:
                tall = self.tall(node, room)
            if "next" not in block:
                height, links = 0.0, 0
            elif links and height + tall > _CHAIN and "outline" not in node.get("s", ()):
                del block["next"]
                height, links = 0.0, 0
            else:
                links += 1
            height += tall

    def paragraph(self, node: Node, room: Room) -> Node:
        """One paragraph."""
        style, grid = node["s"], room.grid
        items = list(node["r"])
        size = next((item["s"]["size"] for item in items if item["k"] == "t"), node["m"]["size"])
        label = node.get("label")
        index = self._paragraph_style(style, size, cont=bool(node.get("cont")))
        shape = self.paragraph_styles[index]
        runs = self.inlines(items, style, grid)
        if label:
            runs = self._labelled(label, runs, style, grid)
        runs = [_breakable(run, size, room.width) for run in runs]
        if shape["align"] == "justify" and not room.in_cell and style.get("overflow", True):
            runs = self._with_hanging(runs, shape, room)
        runs = self._filled(runs, shape, room)
        made: Node = {"k": "p", "s": index, "r": runs}
        if runs and shape["align"] != "distribute" and all(self._is_plain(run) for run in runs):
            made["plain"] = True
        if not any(item["k"] != "bm" for item in items) and not label:
            made["e"] = sum(self.edges(node["m"], style, cjk=True, grid=grid))
        tabbed = any(isinstance(run, dict) and run["k"] == "tab" for run in runs)
        if tabbed or (
            runs and isinstance(runs[-1], dict) and runs[-1]["k"] == "b" and shape["align"] == "left"
        ):
            made["t"] = True
        level = style.get("outline")
        text = "".join(item.get("x", "") for item in items if item["k"] in {"t", "f"}).strip()
        if level and text:
            title = (label["x"] if label else "") + text
            made["h"] = {"l": min(level, 6), "n": len(self.headings), "t": title}
            self.headings.append({"l": level, "t": self.drawable(title, node["m"])})
        if style.get("keep_lines") and self.tall(node, room) < MEASURE_FROM:
            made["whole"] = True
        if style.get("page_break") and not room.in_cell:
            made["pb"] = True
        if style.get("keep_next"):
            made["next"] = True
        for key, name in (("open", "o"), ("close", "c")):
            if node.get(key):
                made[name] = node[key]
        if "open" in node and "close" not in node:
            made["c"] = node["open"]
        return made

    def _is_plain(self, run: Any) -> bool:
        """Whether a run is text that the program draws as it is."""
        return (
            isinstance(run, list)
            and not _DECORATED & self.run_styles[run[0]].keys()
            and APART not in run[1]
            and HANG not in run[1]
        )

    def _filled(self, runs: list[Any], shape: Node, room: Room) -> list[Any]:
        """Runs whose one tab goes to the right margin, as in a contents list: what fills it needs no measuring."""
        edge = room.width - shape["right"]
        if len(shape["tabs"]) != 1 or shape["hang"]:
            return runs
        at, kind, leader = shape["tabs"][0]
        tabs = [run for run in runs if isinstance(run, dict) and run["k"] == "tab"]
        others = all(isinstance(run, list) or run["k"] in {"tab", "f", "bm"} for run in runs)
        if kind != "right" or at < edge - _AT_EDGE or len(tabs) != 1 or not others:
            return runs
        texts = [run for run in runs if isinstance(run, list)]
        length = sum(len(text) * self.run_styles[index]["size"] for index, text in texts)
        if shape["left"] + shape["first"] + length > edge * _SHORT:
            return runs
        return [{"k": "fill", "s": run["s"], "l": leader} if run is tabs[0] else run for run in runs]

    def _with_hanging(self, runs: list[Any], shape: Node, room: Room) -> list[Any]:
        """Runs with the marks told that hang into the margin; a line of more than text is left as it is."""
        if shape["hang"] or not runs or not all(isinstance(run, list) for run in runs):
            return runs
        return with_hanging(
            runs,
            lambda index: (self.run_styles[index]["size"], self.run_styles[index].get("track", 0.0)),
            self._latin_width,
            width=room.width - shape["left"] - shape["right"],
            first=shape["first"],
            ignored=APART,
        )

    def _latin_width(self, index: int, char: str) -> float | None:
        style = self.run_styles[index]
        if char > "\u024f":
            return None
        widths = self._widths.get(style["latin"])
        if widths is None:
            face = next(face for face, family in self.families.items() if family == style["latin"])
            widths = self._widths[style["latin"]] = latin_widths(face)
        found = widths.get(char)
        return None if found is None else found * float(style["size"])

    def _labelled(self, label: Node, runs: list[Any], style: Style, grid: float) -> list[Any]:
        made = self.text_pieces(label["x"], label["s"], style, grid)
        index = self.run_style(label["s"], self.edges(label["s"], style, cjk=True, grid=grid))
        follow: dict[str, list[Any]] = {"tab": [{"k": "tab", "s": index}], "space": [[index, " "]]}
        return [*made, *follow.get(label["suffix"], []), *runs]

    def _paragraph_style(self, style: Style, size: float, *, cont: bool) -> int:
        key = (id(style), size, cont)
        if key in self._paragraphs:
            return self._paragraphs[key]
        em = size / 100
        left = style["left_chars"] * em if style.get("left_chars") else style.get("left", 0.0)
        right = style["right_chars"] * em if style.get("right_chars") else style.get("right", 0.0)
        first = style["first_chars"] * em if style.get("first_chars") else style.get("first", 0.0)
        align = {"both": "justify", "distribute": "distribute", "center": "center", "right": "right"}.get(
            style.get("align", "left"), "left"
        )
        hang = 0.0
        if first < 0:
            left, hang, first = left + first, -first, 0.0
        if cont:
            left, hang, first = left + hang, 0.0, 0.0
        stops = [
            [at, kind, leader]
            for at, (kind, leader) in sorted(style.get("tabs", {}).items())
            if kind != "clear"
        ]
        entry: Node = {
            "left": left,
            "right": right,
            "first": first,
            "hang": hang,
            "align": align,
            "tabs": stops,
        }
        if style.get("fill"):
            entry["fill"] = style["fill"]
        if style.get("borders"):
            entry["lines"] = {side: self.stroke(line) for side, line in style["borders"].items()}
        if style.get("widows") is False:
            entry["loose"] = True
        if style.get("cjk_latin") is False:
            entry["tight"] = True
        self.paragraph_styles.append(entry)
        self._paragraphs[key] = len(self.paragraph_styles) - 1
        return self._paragraphs[key]

    def _contents(self, node: Node, room: Room) -> Node:
        styles = []
        for paragraph, run in node["styles"][: node["levels"]]:
            edges = self.edges(run, paragraph, cjk=True, grid=room.grid)
            styles.append(
                [
                    self._paragraph_style(paragraph, run["size"], cont=False),
                    self.run_style(run, edges),
                    self.spacing(paragraph, "before", run["size"])
                    + self.spacing(paragraph, "after", run["size"]),
                ]
            )
        return {"k": "toc", "levels": node["levels"], "styles": styles}


def _breakable(run: Any, size: float, width: float) -> Any:
    """A text whose Latin word is wider than its line, as an e-mail in a cell, may break within the word."""
    if isinstance(run, dict):
        return run
    longest = max((len(word) for word in _LATIN_WORD.findall(run[1])), default=0)
    if longest * size * _LATIN_WIDTH <= width:
        return run
    return {"k": "w", "s": run[0], "t": run[1]}


def compose(
    tree: Node, faces: Faces, families: Mapping[Face, str], *, title: str, author: str
) -> Composition:
    """Make what the Typst program reads of a tree.

    Args:
        tree: from read_tree.
        faces: the machine's faces.
        families: the engine's name for each face.
        title: the document's title, for its metadata.
        author: its author.
    """
    composer = Composer(faces, families, tree["tab"], tree["compress"])
    warnings = composer.look_over(tree_text(tree) + title)
    sections = []
    for section in tree["sections"]:
        page = dict(section["page"])
        width = page["width"] - page["left"] - page["right"]
        margin_room = Room(width, page["height"], in_cell=True)
        margins = {}
        for kind, edge in (("header", "top"), ("footer", "bottom")):
            margins[kind] = {
                name: composer.blocks(blocks, margin_room) for name, blocks in section[kind].items()
            }
            tall = [
                sum(composer.tall(block, margin_room) for block in blocks) * page["height"]
                for blocks in section[kind].values()
            ]
            page[edge] = max(page[edge], page[kind] + max(tall, default=0.0))
        room = Room(width, page["height"] - page["top"] - page["bottom"], page["grid"])
        sections.append(
            {
                "page": page,
                "start": section["start"],
                "fmt": section["format"],
                "title": section["title_page"],
                "break": section["break"],
                **margins,
                "blocks": composer.blocks(section["blocks"], room),
            }
        )
    notes = {
        name: composer.blocks(blocks, Room(sections[0]["page"]["width"], 800.0, in_cell=True))
        for name, blocks in tree["footnotes"].items()
    }
    document = {
        "title": title,
        "author": author,
        "tab": tree["tab"],
        "even": tree["even_odd"],
        "runs": composer.run_styles,
        "paragraphs": composer.paragraph_styles,
        "cells": composer.cell_styles,
        "strokes": composer.strokes,
        "headings": composer.headings,
        "sections": sections,
        "notes": notes,
    }
    feet = (
        section["page"]["footer" if section["footer"] else "bottom"]  # the footer stands in the margin
        for section in sections
    )
    return Composition(document, warnings, min(feet, default=0.0))
