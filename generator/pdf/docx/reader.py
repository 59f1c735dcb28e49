"""A Word document as a plain tree: sections, paragraphs, runs, tables, headers and footers with page fields.

The tree is made of dicts, lists, strings and numbers only; measures are points. What may stand in a
document is a closed list (docs/docx-subset.md): whatever is not on it is refused by name and place, so that
no text is lost without a word.

Nodes, by their key ``k``:

- ``p`` paragraph: ``s`` its properties, ``m`` the run properties of its mark, ``r`` its inlines, ``label``
  of automatic numbering, ``cont`` where it goes on after a page break, ``open``/``close`` signature roles
- ``t`` table (generator/pdf/docx/tables.py), ``pb`` page break, ``toc`` table of contents
- inlines: ``t`` text, ``tab``, ``br``, ``f`` field, ``img``, ``fn`` footnote, ``no`` its number, ``bm`` bookmark
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any, Final

from generator.base.ooxml.text import docx_text
from generator.base.ooxml.xml import (
    VAL,
    Element,
    R,
    W,
    is_on,
    number,
    parse,
    parse_shared,
    refuse,
    relations,
    twips,
)
from generator.errors import ProgrammeError
from generator.pdf.docx.formatting import slices
from generator.pdf.docx.paragraphs import InlineReader
from generator.pdf.docx.styles import DEFAULT_TAB
from generator.pdf.docx.tables import TableReader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Node = dict[str, Any]

_TRANSPARENT: Final = frozenset({W + "sdtContent", W + "smartTag", W + "customXml"})
_SILENT: Final = frozenset(
    W + name
    for name in (
        "proofErr", "permStart", "permEnd", "commentRangeStart", "commentRangeEnd", "sdtPr", "sdtEndPr",
        "smartTagPr", "customXmlPr", "sectPr",
    )
)  # fmt: skip
_KINDS: Final = ("default", "first", "even")
MAX_UNPACKED: Final = 256 * 1024 * 1024


def open_parts(docx: bytes) -> dict[str, bytes]:
    """The parts of a DOCX package by name.

    Raises:
        ProgrammeError: the bytes are no DOCX, or unpack to more than MAX_UNPACKED bytes.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(docx)) as package:
            if sum(item.file_size for item in package.infolist()) > MAX_UNPACKED:
                raise ProgrammeError("Word 文件解压后过大", "删去其中过大的图片后重试")
            return {item.filename: package.read(item) for item in package.infolist() if not item.is_dir()}
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise ProgrammeError("文件不是完好的 .docx", "用 Word 或 WPS 打开并另存为 .docx 后重试") from error


def read_tree(parts: Mapping[str, bytes], file: str | None = None) -> Node:
    """Read a document into its tree, and check that no text was lost on the way.

    Args:
        parts: the package's parts by name.
        file: the document's name, for errors.

    Returns:
        ``{sections, footnotes, media, even_odd, tab}``: each section holds ``page`` (points), ``start``
        and ``format`` of its page numbers, ``title_page``, ``break``, ``header`` and ``footer`` (blocks by
        default, first, even) and ``blocks``; media maps names to parts;
        ``compress`` whether Chinese marks that meet are drawn closer.

    Raises:
        ProgrammeError: the document holds a construct that is not on the list, or text would be lost.
    """
    reader = DocumentReader(parts, file)
    tree = reader.read()
    found, expected = tree_text(tree), docx_text(parts, reader.root)
    if found != expected:
        at = next((i for i, (a, b) in enumerate(zip(found, expected, strict=False)) if a != b), len(found))
        at = min(at, len(expected))
        near = expected[max(at - 10, 0) : at + 10].strip()
        raise refuse(f"“{near}”附近", "读取时会丢失或打乱的文字", file)
    return tree


class DocumentReader(InlineReader, TableReader):
    """Reads one document; the inline and table levels are its two base classes."""

    def __init__(self, parts: Mapping[str, bytes], file: str | None) -> None:
        super().__init__(parts, file)
        self.root = parse(self.parts[self.main])
        self._sections: list[Node] = []
        self._blocks: list[Node] = []
        self._inherited: dict[str, dict[str, list[Node]]] = {"header": {}, "footer": {}}
        self._margin_texts: dict[str, list[Node]] = {}

    def read(self) -> Node:
        """The whole document's tree."""
        self.sources = slices(self.parts[self.main], self.root)
        body = self.root.find(W + "body")
        if body is None:
            raise ProgrammeError("Word 文件没有正文", "用 Word 或 WPS 重新保存后再用")
        even, tab = self.setting("evenAndOddHeaders"), self.setting("defaultTabStop")
        control = self.setting("characterSpacingControl")
        for node in self.blocks(body, "正文"):
            self._blocks.append(node)
            section = node.pop("section", None)
            if section is not None:
                self._end_section(section)
        last = next((child for child in reversed(body) if child.tag == W + "sectPr"), None)
        self._end_section(last)
        self.close_fields()
        return {
            "sections": self._sections,
            "footnotes": self._footnotes(),
            "media": self.media,
            "even_odd": even is not None and is_on(even),
            "tab": twips(tab.get(VAL), DEFAULT_TAB) if tab is not None else DEFAULT_TAB,
            "compress": control is not None and control.get(VAL, "doNotCompress") != "doNotCompress",
        }

    # -- blocks ---------------------------------------------------------------------------------------

    def blocks(self, container: Element, where: str) -> Iterator[Node]:
        """The block nodes of a body, cell, header, footer or footnote, in order."""
        count = 0
        opened: list[str] = []
        closed: list[str] = []
        last: Node | None = None
        for child in self._flat(container, where):
            if child.tag == W + "bookmarkStart":
                opened += self.open_bookmark(child)
                continue
            if child.tag == W + "bookmarkEnd":
                closed += self.close_bookmark(child, last, opened)
                continue
            if child.tag == W + "p":
                count += 1
                nodes = self.paragraph(child, f"{where}第 {count} 段", last)
            else:
                self.table_count += 1
                nodes = [self.table(child, f"第 {self.table_count} 个表格")]
            for node in nodes:
                if opened or closed:
                    node["open"] = [*opened, *node.get("open", ())]
                    node["close"] = [*closed, *node.get("close", ())]
                    opened, closed = [], []
                last = node
                yield node

    def _flat(self, container: Element, where: str) -> Iterator[Element]:
        for child in container:
            tag = child.tag
            if tag in {W + "p", W + "tbl", W + "bookmarkStart", W + "bookmarkEnd"}:
                yield child
            elif tag == W + "sdt":
                content = child.find(W + "sdtContent")
                if content is not None:
                    yield from self._flat(content, where)
            elif tag in _TRANSPARENT:
                yield from self._flat(child, where)
            elif tag not in _SILENT and tag != W + "tcPr":
                raise refuse(where, tag, self.file)

    # -- sections -------------------------------------------------------------------------------------

    def _end_section(self, element: Element | None) -> None:
        found: Node = {
            "page": _page(element),
            "start": None,
            "format": "decimal",
            "title_page": False,
            "break": "nextPage",
            "header": {},
            "footer": {},
        }
        if element is not None:
            for child in element:
                tag = child.tag.rpartition("}")[2]
                if tag == "pgNumType":
                    start = child.get(W + "start")
                    found["start"] = int(start) if start else None
                    found["format"] = child.get(W + "fmt", "decimal")
                elif tag == "titlePg":
                    found["title_page"] = is_on(child)
                elif tag == "type":
                    found["break"] = child.get(VAL, "nextPage")
                elif tag == "cols" and number(child.get(W + "num"), 1) > 1:
                    raise refuse("版面", "分栏", self.file)
                elif tag in {"headerReference", "footerReference"}:
                    self._read_margin_text(tag[:6], child)
        for kind in ("header", "footer"):
            found[kind] = dict(self._inherited[kind])
        found["blocks"], self._blocks = self._blocks, []
        previous = self._sections[-1] if self._sections else None
        same = all(previous[key] == found[key] for key in ("page", "header", "footer")) if previous else False
        if previous and same and found["break"] == "continuous" and found["start"] is None:
            # Nothing that a page shows changes, so the text simply runs on.
            previous["blocks"] += found["blocks"]
            return
        self._sections.append(found)

    def _read_margin_text(self, kind: str, reference: Element) -> None:
        name = self.related.get(reference.get(R + "id"), "")
        if name not in self.parts:
            return
        title = {"header": "页眉", "footer": "页脚"}[kind]
        outer, self.related = self.related, relations(self.parts, name)
        if name not in self._margin_texts:
            self._margin_texts[name] = list(self.blocks(parse_shared(self.parts[name]), title))
        self.related = outer
        self._inherited[kind][reference.get(W + "type", "default")] = self._margin_texts[name]

    def _footnotes(self) -> dict[str, list[Node]]:
        name = self.by_kind.get("footnotes.xml")
        if not self.noted or name is None:
            return {}
        notes = {note.get(W + "id"): note for note in parse(self.parts[name]).iter(W + "footnote")}
        found = {}
        for count, identity in enumerate(list(self.noted), 1):
            if identity in notes:
                self.note_number = count
                found[identity] = list(self.blocks(notes[identity], f"脚注 {count} "))
        return found


def _page(element: Element | None) -> Node:
    # Word's own defaults: Letter with 1440-twip margins; a template of ours always states them.
    size = element.find(W + "pgSz") if element is not None else None
    margin = element.find(W + "pgMar") if element is not None else None
    grid = element.find(W + "docGrid") if element is not None else None
    page = {
        "width": twips(size.get(W + "w"), 595.3) if size is not None else 595.3,
        "height": twips(size.get(W + "h"), 841.9) if size is not None else 841.9,
        "grid": 0.0,
    }
    for name, default in (
        ("top", 72),
        ("right", 90),
        ("bottom", 72),
        ("left", 90),
        ("header", 42.55),
        ("footer", 49.6),
    ):
        page[name] = twips(margin.get(W + name), default) if margin is not None else float(default)
    if margin is not None:
        page["left"] += twips(margin.get(W + "gutter"))
    page["top"], page["bottom"] = abs(page["top"]), abs(page["bottom"])
    if grid is not None and grid.get(W + "type") in {"lines", "linesAndChars", "snapToChars"}:
        page["grid"] = twips(grid.get(W + "linePitch"))
    return page


def tree_text(tree: Node) -> str:
    r"""All text of a tree, in the order of ``docx_text``: body, headers and footers, footnotes.

    Tabs count as ``\t``, breaks as ``\n``; ends of paragraphs and cells as nothing. What Word stored as a
    field's last result counts as the field's text.
    """
    pieces: list[str] = []
    for section in tree["sections"]:
        _collect(section["blocks"], pieces)
    # Sections inherit headers, so the same list of blocks can stand in several: each counts once.
    seen: set[int] = set()
    for section in tree["sections"]:
        for kind in ("header", "footer"):
            for name in _KINDS:
                blocks = section[kind].get(name)
                if blocks is not None and id(blocks) not in seen:
                    seen.add(id(blocks))
                    _collect(blocks, pieces)
    for blocks in tree["footnotes"].values():
        _collect(blocks, pieces)
    return "".join(pieces)


def _collect(blocks: Iterable[Node], pieces: list[str]) -> None:
    for block in blocks:
        if block["k"] == "p":
            pieces.extend(item.get("x", "") for item in block["r"])
        elif block["k"] == "t":
            for row in block["rows"]:
                for cell in row["cells"]:
                    _collect(cell["blocks"], pieces)
        else:
            pieces.append(block.get("x", ""))
