"""Reading a paragraph: its runs, fields, bookmarks, breaks and pictures."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field
from msgspec.structs import replace

from generator.base.ooxml.text import shown_text, stored_text
from generator.base.ooxml.xml import Element, W, child_of, refuse
from generator.pdf.docx.drawings import ReadBlocks, read_drawing
from generator.pdf.docx.fields import Field, contents_code, shown_by_settings
from generator.pdf.docx.numbering import UnsupportedNumberFormatError
from generator.pdf.docx.reuse import ParagraphPattern, cut_at_texts, is_tied
from generator.pdf.docx.signature_bookmarks import with_roles
from generator.pdf.docx.symbol_fonts import is_symbol_font, sign_of, symbol_face_of
from generator.pdf.docx.tree import (
    Block,
    BookmarkStart,
    Contents,
    FootnoteNumber,
    FootnoteReference,
    Inline,
    Label,
    LineBreak,
    PageBreak,
    PageField,
    Paragraph,
    ParagraphFormat,
    RunFormat,
    Tab,
    TextRun,
)
from generator.pdf.docx.vml import read_pict

if TYPE_CHECKING:
    from generator.pdf.docx.reading import Reading

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
UNKNOWN: Final = "\ufffd"  # what a document's text counts for a w:sym
_ON: Final = frozenset({"1", "true", "on"})
_PAGE_BREAKS: Final = frozenset({"page", "column"})


class ParagraphRead(Struct):
    """What a ``w:p`` gives.

    Attributes:
        blocks: several where a page break splits it or it holds a table of contents; none where it only
            carried the end of one.
        closes_before: the roles whose signature place ends on the block before.
        section: the ``w:sectPr`` of the section that ends here.
    """

    blocks: list[Block]
    closes_before: list[str] = field(default_factory=list)
    section: Element | None = None


class _Draft(Struct):
    """A paragraph while its runs are read."""

    where: str
    format: ParagraphFormat
    base: RunFormat  # what its runs start from
    first_block: bool  # of its body, cell, header, footer or note
    read_blocks: ReadBlocks
    items: list[Inline | PageBreak | Contents] = field(default_factory=list)
    opens: list[str] = field(default_factory=list)
    closes: list[str] = field(default_factory=list)
    closes_before: list[str] = field(default_factory=list)


def read_paragraph(
    reading: Reading, element: Element, where: str, read_blocks: ReadBlocks, *, first_block: bool
) -> ParagraphRead:
    """Read one paragraph.

    Args:
        reading: the document's state.
        element: the ``w:p``.
        where: its place in Chinese.
        read_blocks: reads what stands in a text box.
        first_block: whether no block stands before it.
    """
    xml = reading.xml_of.get(element)
    if xml is None or reading.fields or reading.text_colour is not None:
        whole = reading.main.whole(element)
        return _read(reading, whole, where, read_blocks, first_block=first_block)
    key = (reading.table_style, xml)
    known = reading.known.pieces.get(key)
    if isinstance(known, Paragraph):
        reading.meets_again(element, xml)
        return ParagraphRead([known])
    element = reading.main.whole(element)
    cut = cut_at_texts(xml) if reading.is_utf8 else None
    pattern = reading.known.patterns.get((reading.table_style, cut[0])) if cut is not None else None
    if cut is not None and pattern is not None:
        draft = _Draft(where, pattern.format, pattern.base, first_block, read_blocks)
        read = ParagraphRead(_filled(reading, pattern, cut, draft))
    else:
        read = _read(reading, element, where, read_blocks, first_block=first_block)
        if is_tied(xml):
            return read
        if cut is not None:
            pattern = _pattern(reading, element, len(cut[1]))
            if pattern is not None:
                reading.known.patterns.put((reading.table_style, cut[0]), pattern)
    if len(read.blocks) == 1:
        (block,) = read.blocks
        if isinstance(block, Paragraph) and block.format.numbering is None:
            reading.known.pieces.put(key, block)
    return read


def _pattern(reading: Reading, element: Element, texts: int) -> ParagraphPattern | None:
    """What paragraphs are that differ from one in their texts only; None where it is more than so many texts, tabs and breaks."""
    properties = child_of(element, W + "pPr")
    form, base = reading.formatting.paragraph(properties, reading.table_style)
    steps: list[RunFormat | Tab | LineBreak] = []
    for child in element:
        if child.tag == W + "r":
            look = reading.formatting.run(child_of(child, W + "rPr"), base)
            for item in child:
                if item.tag == W + "t":
                    steps.append(look)
                elif item.tag == W + "tab":
                    steps.append(Tab(look))
                elif item.tag == W + "br" and item.get(W + "type") not in _PAGE_BREAKS:
                    steps.append(LineBreak(look))
                elif item.tag != W + "rPr":
                    return None
        elif child.tag != W + "pPr":
            return None
    if sum(isinstance(step, RunFormat) for step in steps) != texts:
        return None
    own_mark = child_of(properties, W + "rPr") if properties is not None else None
    return ParagraphPattern(form, reading.formatting.run(own_mark, base), base, tuple(steps))


def _filled(
    reading: Reading, pattern: ParagraphPattern, cut: tuple[tuple[bytes, ...], list[bytes]], draft: _Draft
) -> list[Block]:
    """A paragraph of a pattern with its texts."""
    label = _label(reading, pattern.format, pattern.mark, draft.where)
    texts = zip(*cut, strict=False)
    for step in pattern.steps:
        if isinstance(step, RunFormat):
            before, stored = next(texts)
            text = shown_text(stored.decode(), preserved=before.endswith(b'"preserve">'))
            if text:
                _add_text(reading, draft, text, step)
        else:
            draft.items.append(step)
    return _split(draft, pattern.mark, label)


def _read(
    reading: Reading, element: Element, where: str, read_blocks: ReadBlocks, *, first_block: bool
) -> ParagraphRead:
    properties = child_of(element, W + "pPr")
    own_mark = child_of(properties, W + "rPr") if properties is not None else None
    for child in own_mark if own_mark is not None else ():
        if child.tag in _REVISIONS:
            raise refuse(where, child.tag, reading.file)
    form, base = reading.formatting.paragraph(properties, reading.table_style)
    if base.colour is None and reading.text_colour is not None:
        base = replace(base, colour=reading.text_colour)
    mark = reading.formatting.run(own_mark, base)
    label = _label(reading, form, mark, where)
    draft = _Draft(where, form, base, first_block, read_blocks)
    in_contents = reading.fields.replaced is not None
    _read_inline(reading, element, draft)
    if draft.opens and not draft.closes:
        draft.closes = list(draft.opens)
    blocks = _split(draft, mark, label)
    if (
        in_contents
        or reading.fields.replaced is not None
        or any(isinstance(block, Contents) for block in blocks)
    ):
        # A paragraph that held only a table of contents leaves no empty line behind.
        blocks = [block for block in blocks if not isinstance(block, Paragraph) or block.runs or block.opens]
    section = child_of(properties, W + "sectPr") if properties is not None else None
    if section is not None:
        if not blocks:
            blocks = [Paragraph(form, mark, (), ends_section=True)]
        elif len(blocks) == 1 and isinstance(blocks[0], Paragraph) and not (blocks[0].runs or label):
            blocks = [replace(blocks[0], ends_section=True)]
    return ParagraphRead(blocks, draft.closes_before, section)


def _label(reading: Reading, form: ParagraphFormat, mark: RunFormat, where: str) -> Label | None:
    if form.numbering is None:
        return None
    try:
        label = reading.numbering.next_label(form.numbering)
    except UnsupportedNumberFormatError as error:
        raise refuse(where, f"自动编号格式 {error}", reading.file) from error
    if label is None or not label.text:
        return None
    return Label(label.text, label.suffix, reading.formatting.label(mark, label.run))


def _split(draft: _Draft, mark: RunFormat, label: Label | None) -> list[Block]:
    """The paragraph cut at its page breaks and around a table of contents."""
    blocks: list[Block] = []
    runs: list[Inline] = []
    continues = False

    def end_part() -> None:
        nonlocal label
        if runs or label is not None:
            blocks.append(Paragraph(draft.format, mark, tuple(runs), label, continues))
            runs.clear()
            label = None

    for item in draft.items:
        if isinstance(item, PageBreak | Contents):
            end_part()
            blocks.append(item)
            continues = True
        else:
            runs.append(item)
    end_part()
    if not blocks:
        blocks = [Paragraph(draft.format, mark, (), label)]
    if draft.opens or draft.closes:
        marked = [at for at, block in enumerate(blocks) if isinstance(block, Paragraph)]
        if marked:
            blocks[marked[0]] = with_roles(blocks[marked[0]], opens=draft.opens)
            blocks[marked[-1]] = with_roles(blocks[marked[-1]], closes=draft.closes)
    return blocks


# -- runs -------------------------------------------------------------------------------------------------------


def _read_inline(reading: Reading, container: Element, draft: _Draft) -> None:
    for child in container:
        tag = child.tag
        if tag == W + "r":
            _read_run(reading, child, draft)
        elif tag in _WRAPPERS:
            _read_inline(reading, child, draft)
        elif tag == W + "sdt":
            content = child.find(W + "sdtContent")
            if content is not None:
                _read_inline(reading, content, draft)
        elif tag == W + "fldSimple":
            _read_simple_field(reading, child, draft)
        elif tag == W + "bookmarkStart":
            role = reading.signatures.begin(child)
            if role is not None:
                draft.opens.append(role)
            draft.items.append(BookmarkStart(child.get(W + "name", "")))
        elif tag == W + "bookmarkEnd":
            role = reading.signatures.end(child)
            if role is not None:
                before = not draft.items and not draft.first_block and not draft.opens
                (draft.closes_before if before else draft.closes).append(role)
        elif tag not in _SILENT:
            raise refuse(draft.where, tag, reading.file)


def _read_run(reading: Reading, run: Element, draft: _Draft) -> None:  # noqa: C901, PLR0912 one branch a kind of content
    look = reading.formatting.run(child_of(run, W + "rPr"), draft.base)
    for child in run:
        tag = child.tag
        if tag == W + "t":
            text = stored_text(child)
            if text:
                _add_text(reading, draft, text, look)
        elif tag == W + "tab":
            _add(reading, draft, Tab(look), "\t")
        elif tag in {W + "br", W + "cr"}:
            breaks_page = child.get(W + "type") in _PAGE_BREAKS
            _add(reading, draft, PageBreak() if breaks_page else LineBreak(look), "\n")
        elif tag == W + "sym":
            _add_symbol(reading, child, draft, look)
        elif tag == W + "noBreakHyphen":
            _add_text(reading, draft, "\u2011", look)
        elif tag == W + "softHyphen":
            _add_text(reading, draft, "\u00ad", look)
        elif tag == W + "fldChar":
            _read_field_mark(reading, child, draft, look)
        elif tag == W + "instrText":
            if reading.fields:
                reading.fields.innermost.code += child.text or ""
        elif tag == W + "drawing":
            _add(reading, draft, read_drawing(reading, child, draft.where, look, draft.read_blocks))
        elif tag == W + "pict":
            for drawing in read_pict(reading, child, draft.where, look, draft.read_blocks):
                _add(reading, draft, drawing)
        elif tag == W + "footnoteReference":
            identity = child.get(W + "id", "")
            reading.notes.refer(identity, own_mark=child.get(W + "customMarkFollows") in _ON)
            _add(reading, draft, FootnoteReference(identity, look))
        elif tag == W + "footnoteRef":
            _add(reading, draft, FootnoteNumber(reading.note, reading.note_label, look))
        elif tag not in _SILENT:
            raise refuse(draft.where, tag, reading.file)


def _add_text(reading: Reading, draft: _Draft, text: str, look: RunFormat) -> None:
    if look.hidden:
        raise refuse(draft.where, W + "vanish", reading.file)
    replaced = reading.fields.replaced if reading.fields else None
    if replaced is not None:
        replaced.stored.append(text)
        replaced.format = replaced.format or look
        return
    if look.symbol_face or is_symbol_font(look.latin_face) or is_symbol_font(look.east_asian_face):
        _add_signs(reading, draft, text, look)
        return
    last = draft.items[-1] if draft.items else None
    if isinstance(last, TextRun) and last.format == look and last.stored is None:
        draft.items[-1] = TextRun(last.text + text, look)
    else:
        draft.items.append(TextRun(text, look))


def _add_signs(reading: Reading, draft: _Draft, text: str, look: RunFormat) -> None:
    """Add text partly in a symbol font, with the signs that are shown instead of its letters."""
    for in_symbols, group in groupby(
        text, lambda char: char != " " and symbol_face_of(look, char) is not None
    ):
        stored = "".join(group)
        shown = stored
        if in_symbols:
            shown = "".join(_sign(reading, draft.where, symbol_face_of(look, char), char) for char in stored)
        draft.items.append(TextRun(shown, look, stored if in_symbols else None))


def _sign(reading: Reading, where: str, face: str | None, char: str) -> str:
    sign = sign_of(face, char)
    if sign is None:
        raise refuse(where, f"符号字体“{face or ''}”的字符 U+{ord(char):04X}", reading.file)
    return sign


def _add_symbol(reading: Reading, element: Element, draft: _Draft, look: RunFormat) -> None:
    """Add a ``w:sym``: a character of a named face."""
    face, code = element.get(W + "font"), element.get(W + "char", "")
    if look.hidden:
        raise refuse(draft.where, W + "vanish", reading.file)
    try:
        char = chr(int(code, 16))
    except ValueError:
        raise refuse(draft.where, f"符号字体“{face or ''}”的字符 {code}", reading.file) from None
    _add(reading, draft, TextRun(_sign(reading, draft.where, face, char), look, UNKNOWN), UNKNOWN)


def _add(reading: Reading, draft: _Draft, item: Inline | PageBreak, stored: str = "") -> None:
    replaced = reading.fields.replaced if reading.fields else None
    if replaced is not None:
        replaced.stored.append(stored)
    else:
        draft.items.append(item)


# -- fields -----------------------------------------------------------------------------------------------------


def _read_field_mark(reading: Reading, element: Element, draft: _Draft, look: RunFormat) -> None:
    fields = reading.fields
    kind = element.get(W + "fldCharType")
    if kind == "begin":
        settings = element.find(W + "ffData")
        fields.begin(Field(shown=shown_by_settings(settings) if settings is not None else None))
    elif kind == "separate" and fields:
        _check_kind(reading, fields.innermost, draft.where)
        _settle_contents(reading, fields.innermost)
        fields.innermost.in_result = True
    elif kind == "end" and fields:
        done = fields.end()
        _check_kind(reading, done, draft.where)
        if done.is_computed:
            _add_computed(reading, done, draft, look)
        elif done.is_form:
            # What it shows is not stored as text.
            _add(reading, draft, TextRun(done.shown or "", look, ""))


def _check_kind(reading: Reading, item: Field, where: str) -> None:
    if not item.is_allowed:
        raise refuse(where, f"域 {item.kind}", reading.file)


def _settle_contents(reading: Reading, item: Field) -> None:
    """Decide whether a table of contents is made anew or printed as Word stored it."""
    if item.kind == "TOC":
        item.keeps_stored = (
            contents_code(item.code).only_stored or reading.contents_met in reading.keep_stored
        )
        item.number = reading.contents_met
        reading.contents_met += 1
        reading.stored_contents += item.keeps_stored


def _read_simple_field(reading: Reading, element: Element, draft: _Draft) -> None:
    item = Field(code=element.get(W + "instr", ""), in_result=True)
    _check_kind(reading, item, draft.where)
    _settle_contents(reading, item)
    reading.fields.begin(item)
    _read_inline(reading, element, draft)
    reading.fields.end()
    if item.is_computed:
        _add_computed(reading, item, draft, draft.base)


def _add_computed(reading: Reading, item: Field, draft: _Draft, look: RunFormat) -> None:
    stored = "".join(item.stored)
    replaced = reading.fields.replaced
    if replaced is not None:
        replaced.stored.append(stored)
        return
    shown = item.format or look
    if item.kind == "TOC":
        code = contents_code(item.code)
        styles = tuple(
            (identity, level)
            for name, level in code.styles
            if (identity := reading.styles.by_shown_name(name)) is not None
        )
        entries = reading.formatting.contents_entries(draft.format, shown)
        made = Contents(item.number, stored, code.first, code.last, styles, entries)
        reading.contents.append(made)
        draft.items.append(made)
    else:
        draft.items.append(PageField(item.kind, stored, shown, item.bookmark, item.number_format))
