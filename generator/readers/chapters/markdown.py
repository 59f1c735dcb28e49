"""Long texts written with marks: a closed list of Markdown's constructs, every other one refused by its line.

CommonMark with tables, read by markdown-it-py. Three things differ, each because of Chinese text: a line is a
paragraph, as in plain texts; bold is two asterisks and what stands between them, whatever the neighbours (CommonMark
does not see ``**目标。**建设`` as bold); upper and lower index are ``<sup>`` and ``<sub>``, as ``~`` and ``^`` stand
between numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from generator.model.rich_text import Align, Line, Run, Script, TableBlock, TableCell, TextBlock

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

_MOST_DEPTH: Final = 3
_BULLETS: Final = ("•", "–", "·")
TABLE_TITLE: Final = "表题："
_ESCAPED: Final = "\ue000"  # stands for an escaped character while what is left of marks is looked for
_SCRIPTS: Final[dict[str, Script]] = {"sup": "superscript", "sub": "subscript"}
_ALIGNS: Final[dict[str, Align]] = {"text-align:center": "center", "text-align:right": "right"}
# Blocks that are not on the list, by markdown-it's names: what a person calls them, and what to do.
_BLOCKS: Final = {
    "heading_open": ("标题（# 或下划线）", "小标题写成单独一行并用 ** 加粗；行首本来就是 # 号的写成 \\#"),
    "fence": ("代码块（```）", "去掉 ``` 所在的行"),
    "code_block": ("行首 4 个以上的空格（代码块）", "去掉行首的空格，首行缩进由文件的版式给出"),
    "blockquote_open": ("引用（行首的 >）", "去掉行首的 >；本来就是大于号的写成 \\>"),
    "hr": ("分隔线", "删去这一行"),
    "html_block": ("HTML", "删去 HTML 标记；上下标写 <sup>…</sup>、<sub>…</sub>"),
}
_INLINES: Final = {
    "link_open": ("链接", "直接写网址文字"),
    "code_inline": ("行内代码（`）", "去掉 ` 号，或写成 \\`"),
    "html_inline": ("HTML", "删去 HTML 标记；上下标写 <sup>…</sup>、<sub>…</sub>，换行另起一行"),
}
# What is left in a text of marks that did not come to anything.
_LEFT_OVER: Final = (
    (re.compile(r"\*\*"), "没有成对的 **", "加粗写成 **文字**，同一行内成对；本来就是星号的写成 \\*\\*"),
    (re.compile(r"(?<!\*)\*[^*\s][^*]*\*"), "斜体（*）", "本来就是星号的写成 \\*；要突出的用 ** 加粗"),
    (re.compile(r"(?<!\w)(_{1,2})(?=[^_\s])[^_]*\1(?!\w)"), "斜体或加粗（_）", "加粗用 **；本来就是下划线的写成 \\_"),
    (re.compile(r"~~"), "删除线（~~）", "删去不要的文字；本来就是波浪线的写成 \\~\\~"),
    (re.compile(r"!\[|\]\("), "没有写完整的图片或链接", "图片写成 ![图题](文件名)，文件名里不用空格和半角括号"),
    (re.compile(r"\[\^"), "脚注", "把注释写进正文"),
    (re.compile(r"^\s*\|"), "没有写完整的表格", "表头下面要有一行 |---|---|，格数与表头相同；不是表格的写成 \\|"),
    (re.compile(r"^#{1,6}"), "标题（#）", "小标题写成单独一行并用 ** 加粗；行首本来就是 # 号的写成 \\#"),
)  # fmt: skip


class Fault(Struct, frozen=True):
    """Something that is not on the list, or not well written.

    Attributes:
        line: of the text, from 1.
        what: a Chinese clause that follows “第 n 行”.
        remedy: what to do.
    """

    line: int
    what: str
    remedy: str


class Insert(Struct, frozen=True):
    """A picture, or a table of the data or a workbook, that stands on a line of its own.

    Attributes:
        line: of the text, from 1.
        caption: its caption.
        target: the file, ``数据:…`` or ``工作表:…``.
        options: what stands in quotes after it.
    """

    line: int
    caption: str
    target: str
    options: str


class Chapter(Struct):
    """What a text says: its blocks in order, and what is wrong with it."""

    blocks: list[TextBlock | TableBlock | Insert] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_markdown(text: str) -> Chapter:
    """A text by the closed list of constructs.

    Args:
        text: the text; a line is a paragraph.
    """
    env: dict[str, dict[str, dict[str, list[int]]]] = {}
    tokens = _parser().parse(text, env)
    reader = _Reader(text.split("\n"))
    for found in env.get("references", {}).values():
        reader.fault(found.get("map", [0])[0], "链接的定义（[…]: …）", "直接写网址文字")
    reader.blocks(tokens)
    reader.chapter.faults.sort(key=lambda fault: fault.line)
    return reader.chapter


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": True}).enable("table").disable("text_join")
    parser.inline.ruler.at("emphasis", _bold)
    parser.inline.ruler2.disable(["emphasis"])
    # Names of files stand as written: not encoded for the web, and judged by our own rules.
    parser.normalizeLink = str  # type: ignore[method-assign, assignment]
    parser.validateLink = bool  # type: ignore[method-assign, assignment]
    return parser


def _bold(state: StateInline, silent: bool) -> bool:
    """``**…**`` on one line, whatever stands beside it."""
    start, most = state.pos, state.posMax
    if not state.src.startswith("**", start):
        return False
    end = start + 2
    while (end := state.src.find("**", end, most)) >= 0 and state.src[end - 1] == "\\":
        end += 1
    if end <= start + 2 or "\n" in state.src[start:end]:
        return False
    if not silent:
        state.push("strong_open", "strong", 1)
        state.pos, state.posMax = start + 2, end
        state.md.inline.tokenize(state)
        state.push("strong_close", "strong", -1)
    state.pos, state.posMax = end + 2, most
    return True


class _Reader:
    """Goes through markdown-it's tokens from the top."""

    def __init__(self, source: list[str]) -> None:
        self.source = source
        self.chapter = Chapter()
        self._list: list[tuple[str, int]] = []  # of each list around: its mark, the last number
        self._marker = ""
        self._item_line = 0
        self._title: tuple[int, str] | None = None

    def fault(self, line: int, what: str, remedy: str) -> None:
        """Note a fault at a line counted from 0."""
        self.chapter.faults.append(Fault(line + 1, what, remedy))

    def blocks(self, tokens: Sequence[Token]) -> None:
        """Every block."""
        at = 0
        while at < len(tokens):
            token = tokens[at]
            line = token.map[0] if token.map else 0
            if token.type != "table_open":
                self._end_title(token)
            if token.type in _BLOCKS:
                what, remedy = _BLOCKS[token.type]
                self.fault(line, f"用了{what}", remedy)
                at = _end_of(tokens, at)
            elif token.type in {"bullet_list_open", "ordered_list_open"}:
                if len(self._list) == _MOST_DEPTH:
                    self.fault(line, f"的列表超过 {_MOST_DEPTH} 层", "减少层次")
                self._list.append((token.markup, int(token.attrs.get("start", 1)) - 1))
            elif token.type in {"bullet_list_close", "ordered_list_close"}:
                self._list.pop()
            elif token.type == "list_item_open":
                self._refuse_empty_item()
                self._item(token, line)
            elif token.type == "list_item_close":
                self._refuse_empty_item()
            elif token.type == "inline":
                self._paragraph(token, line)
            elif token.type == "table_open":
                end = _end_of(tokens, at)
                self._table(tokens[at : end + 1], line)
                at = end
            at += 1
        self._end_title(None)

    def _end_title(self, token: Token | None) -> None:
        """A table's title that no table follows is a fault."""
        if self._title is not None and (token is None or token.type != "paragraph_close"):
            self.fault(self._title[0], f"写了“{TABLE_TITLE}”，下面没有紧接着表格", "把表题写在表格的上一行")
            self._title = None

    def _refuse_empty_item(self) -> None:
        """Before the next item begins or this one ends: its number has been printed, or there is nothing behind it."""
        if self._marker:
            self.fault(
                self._item_line,
                "的列表项没有文字",
                "写上这一项的文字，或删去这一行；本来就是文字的，号前加 \\",
            )
            self._marker = ""

    def _item(self, token: Token, line: int) -> None:
        mark, number = self._list[-1]
        self._item_line = line
        if not token.info:
            self._marker = _BULLETS[min(len(self._list), _MOST_DEPTH) - 1]
            return
        if int(token.info) != number + 1:
            what = f"的编号是 {token.info}，前一项是 {number}" if number >= 0 else f"的编号是 {token.info}"
            self.fault(line, what, "编号要连续；另起一个列表的，前面加一段文字")
        self._list[-1] = (mark, int(token.info))
        self._marker = f"{token.info}{token.markup}"

    def _paragraph(self, token: Token, first: int) -> None:
        if self._list:
            for at in range(first + 1, token.map[1] if token.map else first):
                if self.source[at][:1] not in {" ", "\t"}:
                    what = "紧接在列表后面，看不出是不是这一项的内容"
                    self.fault(at, what, "另起一段的，前面空一行；属于这一项的，行首空两格以上")
        for line, found in self.lines(token.children or (), first):
            if isinstance(found, Insert):
                if self._list:
                    self.fault(line, "的图片或表格在列表里", "移到列表外面")
                self.chapter.blocks.append(found)
            elif not self._list and found and found[0].text.startswith(TABLE_TITLE):
                self._end_title(None)
                self._title = (line, "".join(run.text for run in found).removeprefix(TABLE_TITLE).strip())
            elif found:
                self._end_title(None)
                self.chapter.blocks.append(TextBlock(found, len(self._list), self._marker))
                self._marker = ""

    def lines(self, children: Sequence[Token], first: int) -> Iterator[tuple[int, Line | Insert]]:
        """The lines of a paragraph or cell, each with its number from 0."""
        line = first
        part: list[Token] = []
        for child in children:
            if child.type in {"softbreak", "hardbreak"}:
                yield line, self._line(part, line)
                line, part = line + 1, []
            else:
                part.append(child)
        yield line, self._line(part, line)

    def _line(self, tokens: Sequence[Token], line: int) -> Line | Insert:
        images = [token for token in tokens if token.type == "image"]
        if images:
            if len(images) > 1 or any(token.content.strip() for token in tokens if token.type != "image"):
                self.fault(line, "的图片旁边有文字", "图片单独占一行，前后的文字另起一行")
            return self._insert(images[0], line)
        runs: list[Run] = []
        bold, script = False, ""
        looked_at = ""
        for token in tokens:
            if token.type in {"strong_open", "strong_close"}:
                bold = token.type == "strong_open"
            elif token.type == "html_inline" and (mark := re.fullmatch(r"<(/?)(sup|sub)>", token.content)):
                wanted = "" if mark[1] else mark[2]
                if bool(script) == bool(wanted) or (mark[1] and script != mark[2]):
                    self.fault(line, f"的 {token.content} 没有配对", "写成 <sup>上标</sup>、<sub>下标</sub>")
                script = wanted
            elif token.type == "text" or (token.type == "text_special" and token.info == "escape"):
                runs.append(Run(token.content, bold, _SCRIPTS.get(script, "")))
                looked_at += token.content if token.type == "text" else _ESCAPED
            elif token.type == "text_special":
                self.fault(line, f"用了字符实体（{token.markup}）", "直接写这个字符；本来就是 & 号的写成 \\&")
            elif token.type in _INLINES:
                what, remedy = _INLINES[token.type]
                self.fault(line, f"用了{what}", remedy)
            elif token.type != "link_close":
                self.fault(line, "有不认识的写法", "改成普通文字")
        if script:
            self.fault(line, f"的 <{script}> 没有配对", "写成 <sup>上标</sup>、<sub>下标</sub>")
        for pattern, what, remedy in _LEFT_OVER:
            if pattern.search(looked_at):
                self.fault(line, f"有{what}", remedy)
                break
        return _joined(runs)

    def _insert(self, token: Token, line: int) -> Insert:
        children = token.children or ()
        if any(child.type not in {"text", "text_special"} for child in children):
            self.fault(line, "的图题里用了标记", "图题只写文字")
        caption = "".join(child.content for child in children).strip()
        return Insert(
            line + 1,
            caption,
            str(token.attrs.get("src", "")).strip(),
            str(token.attrs.get("title", "")).strip(),
        )

    def _table(self, tokens: Sequence[Token], first: int) -> None:
        from markdown_it.rules_block.table import escapedSplit

        if self._list:
            self.fault(first, "的表格在列表里", "移到列表外面")
        title, self._title = self._title, None
        heads = [token for token in tokens if token.type == "th_open"]
        rows: list[tuple[TableCell, ...]] = []
        row: list[TableCell] = []
        line = first
        for token in tokens:
            if token.type == "tr_open":
                row = []
            elif token.type == "inline":
                row.append(TableCell(tuple(self._cell(token, line))))
            elif token.type == "tr_close":
                rows.append(tuple(row))
                line += 2 if len(rows) == 1 else 1  # below the head stands the line of dashes
        for number in range(2, len(rows) + 1):
            source = self.source[first + number].strip() if first + number < len(self.source) else ""
            cells = escapedSplit(source)
            cells = cells[cells[:1] == [""] :]
            cells = cells[:-1] if cells and not cells[-1] else cells
            if len(cells) != len(heads):
                what = f"的表格有 {len(cells)} 格，表头有 {len(heads)} 格"
                self.fault(first + number, what, "各行的格数写得一样多，空格子留空；表格后面的文字前面空一行")
        aligns: list[Align] = [_ALIGNS.get(str(token.attrs.get("style", "")), "left") for token in heads]
        self.chapter.blocks.append(TableBlock(tuple(rows), tuple(aligns), title[1] if title else ""))

    def _cell(self, token: Token, line: int) -> Iterator[Line]:
        for _, found in self.lines(token.children or (), line):
            if isinstance(found, Insert):
                self.fault(line, "的表格里有图片", "把图片移到表格外面")
            else:
                yield found


def _end_of(tokens: Sequence[Token], at: int) -> int:
    """The place of the token that closes a block."""
    depth = 0
    for end in range(at, len(tokens)):
        depth += tokens[end].nesting
        if depth <= 0:
            return end
    return len(tokens) - 1


def _joined(runs: Sequence[Run]) -> Line:
    """Runs of one look as one."""
    found: list[Run] = []
    for run in runs:
        if found and (found[-1].bold, found[-1].script) == (run.bold, run.script):
            found[-1] = Run(found[-1].text + run.text, run.bold, run.script)
        elif run.text:
            found.append(run)
    return tuple(found)
