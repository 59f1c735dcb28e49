"""Reading a paragraph: its runs, fields, bookmarks, breaks and pictures."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from generator.base.ooxml.text import stored_text
from generator.base.ooxml.xml import (
    EMU_PER_POINT,
    MC,
    PIC,
    WP,
    A,
    Element,
    R,
    W,
    number,
    refuse,
)
from generator.pdf.docx.formatting import Context, Node, is_tied
from generator.pdf.docx.numbering import UnsupportedNumberFormatError
from generator.pdf.docx.styles import merge

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.pdf.docx.styles import Properties

_WRAPPERS: Final = frozenset(W + name for name in ("hyperlink", "smartTag", "customXml", "sdtContent"))
_SILENT: Final = frozenset(
    W + name
    for name in (
        "pPr", "rPr", "proofErr", "permStart", "permEnd", "commentRangeStart", "commentRangeEnd",
        "lastRenderedPageBreak", "commentReference", "annotationRef", "smartTagPr",
        "customXmlPr", "sdtPr", "sdtEndPr", "fldData",
    )
)  # fmt: skip
_REVISIONS: Final = frozenset(W + name for name in ("ins", "del", "moveFrom", "moveTo"))
_COMPUTED: Final = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES", "PAGEREF", "TOC"})
_STORED: Final = frozenset({"REF", "HYPERLINK", "SEQ", "DOCPROPERTY", "TITLE", "AUTHOR", "SUBJECT"})
_PICTURES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_BREAKS: Final = frozenset({"page", "column"})


@dataclass(slots=True)
class Field:
    """A complex field while it is being read: its code, then its stored result."""

    code: str = ""
    in_result: bool = False
    text: list[str] = field(default_factory=list)
    style: Properties | None = None
    result_paragraph: Properties | None = None

    @property
    def kind(self) -> str:
        """The field's name, as PAGE."""
        return (self.code.split() or [""])[0].upper()

    @property
    def is_computed(self) -> bool:
        """Whether the PDF engine works out its result itself."""
        return self.kind in _COMPUTED


class InlineReader(Context):
    """Reads paragraphs."""

    def __init__(self, parts: Mapping[str, bytes], file: str | None) -> None:
        super().__init__(parts, file)
        self._fields: list[Field] = []
        self._items: list[Node] = []
        self._where = ""
        self.note_number = 0
        self._style: Properties = {}

    def paragraph(self, element: Element, where: str, last: Node | None) -> list[Node]:
        """The nodes of one paragraph: several where a page break splits it, or a table of contents ends.

        Args:
            element: the ``w:p``.
            where: its place in Chinese.
            last: the block before it, on which a bookmark may end.
        """
        xml = self.sources.get(element)
        if xml is None or self._fields or is_tied(xml):
            return self._paragraph(element, where, last)
        key = (self.table_style[-1], xml)
        known = self.look.nodes.get(key)
        if known is not None:
            return [dict(known)]
        nodes = self._paragraph(element, where, last)
        if len(nodes) == 1 and nodes[0]["k"] == "p" and not nodes[0]["s"].get("numbering"):
            self.look.remember(key, dict(nodes[0]))
        return nodes

    def _paragraph(self, element: Element, where: str, last: Node | None) -> list[Node]:
        properties = element.find(W + "pPr")
        style, base = self.paragraph_formatting(properties)
        mark = self.run_formatting(properties.find(W + "rPr") if properties is not None else None, base)
        node: Node = {"k": "p", "s": style, "m": mark, "r": []}
        self._check_mark(properties, where)
        self._label(node, where)
        self._items, self._where, self._style = node["r"], where, style
        inside_contents = self._outermost() is not None
        opened: list[str] = []
        self._inline(element, base, node, last, opened)
        self._items = []
        if opened:
            node["open"] = opened
        nodes = _split(node)
        contents = [part for part in nodes if part["k"] == "toc"]
        if contents or inside_contents or self._outermost() is not None:
            # What is left of a paragraph that only carried a table of contents is not a line of its own.
            nodes = [part for part in nodes if part["k"] != "p" or part["r"] or "open" in part]
        section = properties.find(W + "sectPr") if properties is not None else None
        if section is not None:
            if len(nodes) == 1 and nodes[0]["k"] == "p" and not nodes[0]["r"]:
                nodes[0]["void"] = True
            if not nodes:
                nodes = [{**node, "r": [], "void": True}]
            nodes[-1]["section"] = section
        return nodes

    def _check_mark(self, properties: Element | None, where: str) -> None:
        run = properties.find(W + "rPr") if properties is not None else None
        for child in run if run is not None else ():
            if child.tag in _REVISIONS:
                raise refuse(where, child.tag, self.file)

    def _label(self, node: Node, where: str) -> None:
        numbering = node["s"].get("numbering")
        if not numbering:
            return
        try:
            label = self.numbering.next_label(numbering)
        except UnsupportedNumberFormatError as error:
            raise refuse(where, f"自动编号格式 {error}", self.file) from error
        if label is not None and label.text:
            node["label"] = {
                "x": label.text,
                "s": self.label_formatting(node["m"], label.run),
                "suffix": label.suffix,
            }

    # -- runs -----------------------------------------------------------------------------------------

    def _inline(
        self, container: Element, base: Properties, node: Node, last: Node | None, opened: list[str]
    ) -> None:
        for child in container:
            tag = child.tag
            if tag == W + "r":
                self._run(child, base)
            elif tag in _WRAPPERS:
                self._inline(child, base, node, last, opened)
            elif tag == W + "sdt":
                content = child.find(W + "sdtContent")
                if content is not None:
                    self._inline(content, base, node, last, opened)
            elif tag == W + "fldSimple":
                self._simple_field(child, base, node, last, opened)
            elif tag == W + "bookmarkStart":
                opened += self.open_bookmark(child)
                self._items.append({"k": "bm", "n": child.get(W + "name", "")})
            elif tag == W + "bookmarkEnd":
                earlier = not self._items and last is not None and not opened
                self.close_bookmark(child, last if earlier else node)
            elif tag not in _SILENT:
                raise refuse(self._where, tag, self.file)

    def _run(self, run: Element, base: Properties) -> None:  # noqa: C901 one branch a kind of content
        style = self.run_formatting(run.find(W + "rPr"), base)
        for child in run:
            tag = child.tag
            if tag == W + "t":
                text = stored_text(child)
                if text:
                    self._text(text, style)
            elif tag == W + "tab":
                self._mark({"k": "tab", "x": "\t", "s": style})
            elif tag in {W + "br", W + "cr"}:
                kind = child.get(W + "type")
                self._mark({"k": "br", "x": "\n", "s": style, **({"page": True} if kind in _BREAKS else {})})
            elif tag == W + "noBreakHyphen":
                self._text("\u2011", style)
            elif tag == W + "softHyphen":
                self._text("\u00ad", style)
            elif tag == W + "fldChar":
                self._field_mark(child, style)
            elif tag == W + "instrText":
                if self._fields:
                    self._fields[-1].code += child.text or ""
            elif tag == W + "drawing":
                self._picture(child, style)
            elif tag == W + "footnoteReference":
                identity = child.get(W + "id", "")
                self.noted[identity] = None
                self._mark({"k": "fn", "n": identity, "s": style})
            elif tag == W + "footnoteRef":
                self._mark({"k": "no", "n": self.note_number, "s": style})
            elif tag not in _SILENT:
                raise refuse(self._where, tag, self.file)

    def _text(self, text: str, style: Properties) -> None:
        if style.get("vanish"):
            raise refuse(self._where, W + "vanish", self.file)
        outer = self._outermost()
        if outer is not None:
            outer.text.append(text)
            outer.style = outer.style or style
            return
        items = self._items
        if items and items[-1]["k"] == "t" and items[-1]["s"] is style:
            items[-1]["x"] += text
        else:
            items.append({"k": "t", "x": text, "s": style})

    def _mark(self, item: Node) -> None:
        outer = self._outermost()
        if outer is not None:
            outer.text.append(item.get("x", ""))
        else:
            self._items.append(item)

    # -- fields ---------------------------------------------------------------------------------------

    def _outermost(self) -> Field | None:
        """The outermost computed field whose stored result is being read."""
        return next((item for item in self._fields if item.in_result and item.is_computed), None)

    def _field_mark(self, element: Element, style: Properties) -> None:
        kind = element.get(W + "fldCharType")
        if element.find(W + "ffData") is not None:
            raise refuse(self._where, "旧式窗体域", self.file)
        if kind == "begin":
            self._fields.append(Field())
        elif kind == "separate" and self._fields:
            self._check_kind(self._fields[-1].kind)
            self._fields[-1].in_result = True
        elif kind == "end" and self._fields:
            done = self._fields.pop()
            self._check_kind(done.kind)
            if done.is_computed:
                self._computed(done, style)

    def _check_kind(self, kind: str) -> None:
        if kind not in _COMPUTED and kind not in _STORED:
            raise refuse(self._where, f"域 {kind}", self.file)

    def _simple_field(
        self, element: Element, base: Properties, node: Node, last: Node | None, opened: list[str]
    ) -> None:
        item = Field(code=element.get(W + "instr", ""), in_result=True)
        self._check_kind(item.kind)
        self._fields.append(item)
        self._inline(element, base, node, last, opened)
        self._fields.pop()
        if item.is_computed:
            self._computed(item, base)

    def _computed(self, item: Field, style: Properties) -> None:
        outer = self._outermost()
        text = "".join(item.text)
        if outer is not None:
            outer.text.append(text)
            return
        shown = item.style or style
        if item.kind == "TOC":
            found = re.search(r'\\o\s*"?(\d)-(\d)', item.code)
            self._items.append(
                {
                    "k": "toc",
                    "x": text,
                    "levels": int(found[2]) if found else 3,
                    "styles": self._contents_styles(self._style, shown),
                }
            )
            return
        entry: Node = {"k": "f", "f": item.kind, "x": text, "s": shown}
        if item.kind == "PAGEREF":
            entry["n"] = (item.code.split()[1:] or [""])[0]
        found = re.search(r"\\\*\s*(\w+)", item.code)
        form = {"ROMAN": "upperRoman", "roman": "lowerRoman", "CHINESENUM3": "chineseCounting"}
        if found and found[1] in form:
            entry["fmt"] = form[found[1]]
        self._items.append(entry)

    def _contents_styles(self, paragraph: Properties, run: Properties) -> list[tuple[Properties, Properties]]:
        """Paragraph and run properties of each level of a table of contents.

        Where the document has no ``TOC n`` style, the field's own paragraph serves, each level two characters
        further in.
        """
        found = []
        for level in range(1, 10):
            identity = self.styles.by_name(f"toc {level}")
            if identity is None:
                plain = {**paragraph, "first": 0.0, "first_chars": 0.0, "align": "left"}
                found.append(({**plain, "left": 2 * run["size"] * (level - 1)}, run))
                continue
            own, own_run = self.styles.resolve(identity)
            found.append(
                (
                    merge(self.styles.paragraph_defaults, own),
                    {"size": 10.0, **self.styles.run_defaults, **own_run},
                )
            )
        return found

    def inside_field(self) -> bool:
        """Whether a field begun earlier is still open."""
        return bool(self._fields)

    def close_fields(self) -> None:
        """Check that no field stays open at the end of the document."""
        if self._fields:
            raise refuse("正文末尾", f"没有结束标记的域 {self._fields[0].kind}", self.file)

    # -- pictures -------------------------------------------------------------------------------------

    def _picture(self, drawing: Element, style: Properties) -> None:
        inline = drawing.find(WP + "inline")
        if inline is None:
            raise refuse(self._where, (WP + "anchor") if len(drawing) else drawing.tag, self.file)
        picture = inline.find(f".//{PIC}pic")
        blip = picture.find(f".//{A}blip") if picture is not None else None
        if blip is None or inline.find(f".//{MC}AlternateContent") is not None:
            raise refuse(self._where, "图表、形状或文本框", self.file)
        crop = picture.find(f".//{A}srcRect")
        if crop is not None and any(number(value) for value in crop.attrib.values()):
            raise refuse(self._where, "裁剪过的图片", self.file)
        part = self.related.get(blip.get(R + "embed", ""), "")
        data = self.parts.get(part, b"")
        if not data.startswith(_PICTURES):
            raise refuse(self._where, "PNG、JPEG 以外的图片", self.file)
        extent = inline.find(WP + "extent")
        name = next((key for key, value in self.media.items() if value == part), None)
        if name is None:
            name = f"media-{len(self.media)}." + ("png" if data.startswith(_PICTURES[0]) else "jpg")
            self.media[name] = part
        described = inline.find(WP + "docPr")
        self._mark(
            {
                "k": "img",
                "n": name,
                "w": number(extent.get("cx")) / EMU_PER_POINT,
                "h": number(extent.get("cy")) / EMU_PER_POINT,
                "alt": (described.get("descr") or "图片") if described is not None else "图片",
                "s": style,
            }
        )


def _split(node: Node) -> list[Node]:
    """A paragraph's node cut at its page breaks and around a table of contents."""
    if not any(item.get("page") or item["k"] == "toc" for item in node["r"]):
        return [node]
    nodes: list[Node] = []
    part: Node = {**node, "r": []}
    part.pop("close", None)
    for item in node["r"]:
        if item.get("page") or item["k"] == "toc":
            if part["r"]:
                nodes.append(part)
            nodes.append({"k": "pb", "x": "\n"} if item.get("page") else item)
            part = {"k": "p", "s": node["s"], "m": node["m"], "r": [], "cont": True}
        else:
            part["r"].append(item)
    if part["r"]:
        nodes.append(part)
    if "open" in node and "open" not in nodes[0]:
        nodes[0]["open"] = node["open"]
    if "close" in node:
        nodes[-1]["close"] = node["close"]
    return nodes
