"""The closed grammar of tags: what may stand between braces in a template, and where.

docxtpl knows more than is safe: tags that eat the paragraph before them, tags whose pieces lie in different
elements, blocks that open in one cell and close in another. Each of them loses text or pictures, or breaks the
file. So whatever is not on the list of docs/template-names.md is a fault with its place; ``lint`` tells all of
them, and a template with one is not filled.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from generator.base.ooxml.xml import Element, W, parse

_TAG: Final = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_STATEMENT: Final = re.compile(
    r"\{%(p |tr |tc |)\s*(if|elif|else|endif|for|endfor|set|vm)\b(.*?)%\}", re.DOTALL
)
_EXPRESSION: Final = re.compile(r"\{\{(?!(?:p|tr|tc|r) |[-+])(.+?)(?<![-+])\}\}", re.DOTALL)
_QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"|‘[^’]*’|“[^”]*”")
_NAME: Final = re.compile(r"[^\W\d]\w*")
_FULL_WIDTH: Final = re.compile(r"｛\s*[｛{%％]|[{｛]\s*[％]|[｝}%％]\s*｝|[％]\s*[}｝]")
_OPEN: Final = re.compile(r"\{\{|\{%|\{#")
_CLOSE: Final = re.compile(r"\}\}|%\}|#\}")
_ALMOST: Final = re.compile(r"\{ +\{|\{ +%|\} +\}|% +\}")
_SINGLE: Final = re.compile(r"[{}]")
_MARKS_INSIDE: Final = {
    "（": "(",
    "）": ")",
    "，": ",",
    "：": ":",
    "．": ".",
    "｜": "|",
    "＝": "=",
}
_OUR_BOOKMARKS: Final = re.compile(r"(?:sign|clause|section)[._].+")
# What would vanish with the paragraph, cell or row of a tag, which docxtpl removes.
_TAKEN: Final = {
    W + "sectPr": "分节符",
    W + "drawing": "图片",
    W + "pict": "图形",
    W + "object": "嵌入对象",
    W + "footnoteReference": "脚注",
    W + "endnoteReference": "尾注",
}
# Elements that may lie between the pieces of a tag: nothing of them is printed.
_MEANINGLESS: Final = frozenset({W + "proofErr", W + "lastRenderedPageBreak", W + "rPr"})
_WHOLES: Final = {"p": (W + "p", "段"), "tc": (W + "tc", "格"), "tr": (W + "tr", "行")}
_CLOSES: Final = {"endif": "if", "endfor": "for"}


class TagFault(Struct, frozen=True):
    """A tag that is wrong, or stands where it cannot.

    Attributes:
        paragraph: the number of its paragraph in the part, from 0.
        tag: the tag, or the text that looks like one.
        what: what is wrong, a Chinese clause that follows the tag.
        remedy: what to do, an imperative Chinese clause.
    """

    paragraph: int
    tag: str
    what: str
    remedy: str


class _Tag(Struct, frozen=True):
    """A tag that the grammar knows, with where it stands.

    Attributes:
        text: as written.
        form: what it stands for: p, tr, tc, or nothing where it stands in a line.
        keyword: of a statement; empty for an expression.
        rest: what follows the keyword, or the expression.
        number: of its paragraph.
        paragraph: its paragraph.
        holder: the element that holds the runs of its first and last piece.
    """

    text: str
    form: str
    keyword: str
    rest: str
    number: int
    paragraph: Element
    holder: Element

    @property
    def whole(self) -> Element | None:
        """The paragraph, cell or row that it stands for; None where there is none."""
        if self.form == "p":
            return self.paragraph
        return next(self.paragraph.iterancestors(_WHOLES[self.form][0]), None) if self.form else None

    @property
    def level(self) -> Element | None:
        """The element in which a block that it opens has to be closed."""
        if not self.form:
            return self.holder
        whole = self.whole
        return whole.getparent() if whole is not None else None


def tag_faults(xml: bytes) -> Iterator[TagFault]:
    """Every fault of the tags in a part of a template, in document order.

    Args:
        xml: the part.

    Raises:
        ProgrammeError: the part is not well-formed.
    """
    if not any(sign in xml for sign in (b"{", b"}", "｛".encode(), "｝".encode())):
        return
    root = parse(xml)
    tags: list[_Tag] = []
    wrong = False
    for number, paragraph in enumerate(root.iter(W + "p")):
        for fault in _in_paragraph(number, paragraph, tags):
            wrong = True
            yield fault
    yield from _outside_text(root)
    yield from _whole_element_tags(tags)
    # Where a tag cannot be read, blocks cannot be matched: their faults would only be consequences.
    if not wrong:
        yield from _blocks(tags)
        yield from _merged(tags)


def _own_texts(paragraph: Element) -> list[Element]:
    """The ``w:t`` of a paragraph, without those of a text box inside it."""
    return [text for text in paragraph.iter(W + "t") if next(text.iterancestors(W + "p")) is paragraph]


def _in_paragraph(number: int, paragraph: Element, tags: list[_Tag]) -> Iterator[TagFault]:
    """The faults of one paragraph's text; what is right is added to the tags."""
    texts = _own_texts(paragraph)
    text = "".join(piece.text or "" for piece in texts)
    if found := _FULL_WIDTH.search(text):
        yield TagFault(number, found[0], "用了全角的花括号或百分号", "改成半角的 {{ }} 或 {% %}")
        return
    yield from _stray_braces(number, _TAG.sub("", text))
    for match in _TAG.finditer(text):
        tag = match[0]
        fault = _malformed(tag)
        pieces = _pieces(texts, match.start(), match.end())
        if fault is None and (crossed := _swallowed(pieces)):
            fault = (crossed, "删去标签，在同一处重新输入一遍")
        if fault is not None:
            yield TagFault(number, tag, *fault)
            continue
        statement = _STATEMENT.fullmatch(tag)
        holder = pieces[0].getparent().getparent()
        if statement is None:
            tags.append(_Tag(tag, "", "", tag[2:-2], number, paragraph, holder))
        else:
            form, keyword, rest = statement[1].strip(), statement[2], statement[3]
            tags.append(_Tag(tag, form, keyword, rest, number, paragraph, holder))


def _stray_braces(number: int, rest: str) -> Iterator[TagFault]:
    """Braces in what is left of a paragraph's text when its tags are taken out: parts of unfinished tags."""
    if found := _OPEN.search(rest):
        what = "没有写完，或断在了两个段落里"
        yield TagFault(number, _passage_around(rest, found), what, "把一个标签写在同一段里，并补上 }} 或 %}")
    elif found := _CLOSE.search(rest):
        what = "没有开头，或断在了两个段落里"
        yield TagFault(number, _passage_around(rest, found), what, "把一个标签写在同一段里，并补上 {{ 或 {%")
    elif found := _ALMOST.search(rest):
        yield TagFault(number, _passage_around(rest, found), "的括号之间有空格", "去掉两个括号之间的空格")
    elif found := _SINGLE.search(rest):
        remedy = "是标签就写成 {{ }} 或 {% %}，是要印的文字就改用全角的｛｝"
        yield TagFault(number, _passage_around(rest, found), "是单个的花括号", remedy)


def _passage_around(text: str, found: re.Match[str]) -> str:
    return text[max(0, found.start() - 6) : found.start() + 24].strip()


def _malformed(tag: str) -> tuple[str, str] | None:
    """What is wrong with a whole tag by itself, and what to do."""
    bare = _QUOTED.sub("", tag)
    if wrong := [mark for mark in _MARKS_INSIDE if mark in bare]:
        meant = "、".join(f"{mark} 改成 {_MARKS_INSIDE[mark]}" for mark in wrong)
        return "里有全角符号", f"把{meant}"
    if tag.startswith("{#"):
        return "是注释，填写时会连同所在的文字一起消失", "删去它，要提醒人的话写成 Word 批注"
    if tag.startswith("{{"):
        if _EXPRESSION.fullmatch(tag) and _OPEN.search(tag[2:-2]) is None:
            return None
        return "不是可用的写法", "写成 {{ 名称 }}，花括号里面不加别的记号"
    statement = _STATEMENT.fullmatch(tag)
    if statement is None or tag[-3] in "-+" or _OPEN.search(tag[2:-2]):
        return "不是可用的写法", "改成 docs/template-names.md 列出的标签，如 {% if … %}、{%p for … %}"
    form, keyword, rest = statement[1].strip(), statement[2], statement[3]
    if form and ("%" in rest or "}" in rest):
        return "里有 % 或 }", "先用 {% set … %} 给这个值起个名字，再写在这里"
    if keyword in {"else", "endif", "endfor", "vm"} and rest.strip():
        return f"的 {keyword} 后面多了“{rest.strip()}”", "删去多出的文字"
    if keyword == "vm" and form:
        return "不是可用的写法", "写成 {% vm %}"
    if keyword == "set" and "=" not in rest:
        return "没有等号", "写成 {% set 名字 = 值 %}"
    return None


def _pieces(texts: list[Element], start: int, end: int) -> list[Element]:
    """The ``w:t`` elements over which a stretch of a paragraph's text runs."""
    found = []
    at = 0
    for piece in texts:
        length = len(piece.text or "")
        if at < end and at + length > start and length:
            found.append(piece)
        at += length
    return found


def _swallowed(pieces: list[Element]) -> str:
    """What lies between the pieces of a tag that Word has split, and would vanish with it; empty for nothing."""
    runs = [piece.getparent() for piece in pieces]
    if any(run.getparent() is not runs[0].getparent() for run in runs):
        return "断在了超链接、域或内容控件的里外两边"
    inside: set[Element] = set(pieces)
    for first, second in itertools.pairwise(pieces):
        between = _between(first, second)
        if any(element.tag not in _MEANINGLESS and element not in inside for element in between):
            return "中间夹着书签、图片、换行或制表符"
    return ""


def _between(first: Element, second: Element) -> list[Element]:
    """What stands between two ``w:t`` whose runs are siblings, runs themselves left out."""
    if first.getparent() is second.getparent():
        between = first.itersiblings()
        return list(_siblings_before(between, second))
    found = list(first.itersiblings())
    for sibling in _siblings_before(first.getparent().itersiblings(), second.getparent()):
        found += list(sibling) if sibling.tag == W + "r" else [sibling]
    found += _siblings_before(iter(second.getparent()), second)
    return [element for element in found if not (element.tag == W + "t" and not element.text)]


def _siblings_before(elements: Iterator[Element], last: Element) -> list[Element]:
    found = []
    for element in elements:
        if element is last:
            break
        found.append(element)
    return found


def _outside_text(root: Element) -> Iterator[TagFault]:
    """Tags where nothing fills them: in attributes, field codes, formulas."""
    numbers = {paragraph: number for number, paragraph in enumerate(root.iter(W + "p"))}
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        texts = [] if element.tag == W + "t" else [element.text or ""]
        for text in [*texts, element.tail or "", *element.attrib.values()]:
            if _OPEN.search(text):
                here = element if element.tag == W + "p" else next(element.iterancestors(W + "p"), None)
                where = (
                    "书签的名称" if element.tag == W + "bookmarkStart" else "图片说明、域代码、公式这类地方"
                )
                yield TagFault(
                    numbers.get(here, 0), text.strip()[:40], f"写在{where}里，不会被填写", "移到正文的文字里"
                )
                break


def _whole_element_tags(tags: list[_Tag]) -> Iterator[TagFault]:
    """Faults of tags that stand for a whole paragraph, cell or row: what else is in it would vanish too."""
    for tag in tags:
        if not tag.form:
            continue
        name, word = _WHOLES[tag.form]
        whole = tag.whole
        if whole is None:
            what = f"所在的地方不是表格，没有{word}可以去掉或重复"
            yield TagFault(tag.number, tag.text, what, "把它移到表格里，或改成 {%p %}")
            continue
        remedy = f"让这个标签独占一{word}，别的内容移到前后"
        rest = "".join(text.text or "" for text in whole.iter(W + "t")).replace(tag.text, "", 1).strip()
        if rest:
            yield TagFault(tag.number, tag.text, f"所在的{word}里还有“{rest[:20]}”，会随标签一起消失", remedy)
        if taken := next((_TAKEN[element.tag] for element in whole.iter(*_TAKEN)), ""):
            yield TagFault(tag.number, tag.text, f"所在的{word}里还有{taken}，会随标签一起消失", remedy)
        for mark in whole.iter(W + "bookmarkStart"):
            if _OUR_BOOKMARKS.fullmatch(bookmark := str(mark.get(W + "name"))):
                what = f"所在的{word}里有书签“{bookmark}”，会随标签一起消失"
                yield TagFault(tag.number, tag.text, what, "把书签移到要印出来的文字上")
        if next(whole.iterdescendants(name), None) is not None:
            yield TagFault(tag.number, tag.text, f"所在的{word}里套着另一张表或文本框", remedy)


def _blocks(tags: list[_Tag]) -> Iterator[TagFault]:
    """Blocks that are not closed where they were opened."""
    open_blocks: list[_Tag] = []
    for tag in tags:
        if tag.keyword in {"if", "for"}:
            open_blocks.append(tag)
            continue
        if tag.keyword not in {"else", "elif", *_CLOSES}:
            continue
        opened = open_blocks[-1] if open_blocks else None
        wanted = _CLOSES.get(tag.keyword, "if" if tag.keyword == "elif" else "")
        if opened is None or (wanted and opened.keyword != wanted):
            yield TagFault(tag.number, tag.text, "没有对应的开头", "补上开头的标签，或删去这个标签")
            return
        if opened.form != tag.form:
            what = f"和开头的 {opened.text} 不是同一种"
            yield TagFault(tag.number, tag.text, what, "开头、else 和结尾用同一种标签")
        elif opened.level is not tag.level:
            yield TagFault(tag.number, tag.text, *_closed_elsewhere(opened))
        if tag.keyword in _CLOSES:
            open_blocks.pop()
    for tag in open_blocks:
        what = f"没有配对的 end{tag.keyword}"
        yield TagFault(tag.number, tag.text, what, f"在它管到的内容后面补上 end{tag.keyword}")


def _closed_elsewhere(opened: _Tag) -> tuple[str, str]:
    """Why a block cannot be closed here, and what to do."""
    where = {"": "同一段里", "p": "同一格（或都在正文里）", "tr": "同一张表格里", "tc": "同一行里"}[
        opened.form
    ]
    remedy = {
        "": "要跨几段用 {%p %}，要去掉整格用 {%tc %}，要去掉整行用 {%tr %}",
        "p": "把开头和结尾放在同一格里，或改用 {%tr %}",
        "tr": "把开头和结尾放在同一张表格里",
        "tc": "把开头和结尾放在同一行里",
    }[opened.form]
    return f"和开头的 {opened.text} 不在{where}", remedy


def _merged(tags: list[_Tag]) -> Iterator[TagFault]:
    """``vm`` holds in the one row of a ``{%tr for %}``, for what is the same in each of its rows."""
    loops: list[tuple[_Tag, set[str]]] = []
    for at, tag in enumerate(tags):
        if tag.form == "tr" and tag.keyword in {"if", "for"}:
            names = set()
            if tag.keyword == "for":
                names = {"loop", *_NAME.findall(tag.rest.partition(" in ")[0])}
            loops.append((tag, names))
        elif tag.form == "tr" and tag.keyword in _CLOSES and loops:
            loops.pop()
        elif tag.keyword == "set" and loops:
            assigned = tag.rest.partition("=")[0].strip()
            if _names(tag.rest.partition("=")[2]) & loops[-1][1]:
                loops[-1][1].add(assigned)
        elif tag.keyword == "vm":
            cell = next(tag.paragraph.iterancestors(W + "tc"), None)
            if cell is None or not loops or loops[-1][0].keyword != "for" or not _one_row(tag, loops[-1][0]):
                what = "不在 {%tr for %} 重复的唯一一行里"
                yield TagFault(tag.number, tag.text, what, "只在重复的那一行里用它，这一行不再加 {%tr if %}")
                continue
            yield from _merged_cell(tag, cell, tags[at + 1 :], loops[-1][1])


def _merged_cell(tag: _Tag, cell: Element, later: list[_Tag], changing: set[str]) -> Iterator[TagFault]:
    """A cell with ``vm``: one paragraph, the tag first, nothing that differs from row to row."""
    paragraphs = list(cell.iter(W + "p"))
    text = "".join(piece.text or "" for piece in _own_texts(tag.paragraph))
    if len(paragraphs) != 1 or not text.startswith(tag.text):
        what = "不在这一格文字的最前面，或这一格不止一段"
        yield TagFault(tag.number, tag.text, what, "把它移到最前面，前面不留空格，这一格只留一段")
    for other in later:
        if other.paragraph is not tag.paragraph:
            break
        if varying := sorted(_names(other.rest) & changing):
            what = f"这一格印的 {other.text} 随“{varying[0]}”逐行不同，合并后只剩第一行的"
            yield TagFault(tag.number, tag.text, what, "只合并每一行都相同的内容，或删去 {% vm %}")


def _one_row(tag: _Tag, loop: _Tag) -> bool:
    """Whether the row of a tag is the only one that a loop repeats."""
    row = next(tag.paragraph.iterancestors(W + "tr"), None)
    begin = loop.whole
    if row is None or begin is None:
        return False
    after = next(begin.itersiblings(W + "tr"), None)
    following = next(row.itersiblings(W + "tr"), None)
    closing = "".join(text.text or "" for text in following.iter(W + "t")) if following is not None else ""
    return after is row and closing.strip().startswith("{%tr endfor")


def _names(expression: str) -> set[str]:
    return set(_NAME.findall(_QUOTED.sub("", expression)))
