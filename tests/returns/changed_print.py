"""Forms whose print is not as the scheme has it: one word changed, or all of it as in another edition."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from generator.base.ooxml.xml import W
from generator.model.programme import Document
from generator.returns.forms.alignment import pieces_of
from generator.returns.forms.columns import Arranger
from generator.returns.forms.document import FilledForm, Paragraph, Row
from generator.returns.forms.joining import Entry, join, names_of
from generator.returns.forms.pattern import Literal, tokens_of
from generator.returns.forms.read import Paper, ReadPaper, opened
from generator.returns.forms.read import _Readers as Readers
from generator.returns.forms.reading import DocumentReading
from tests.returns.word_body import rewritten, set_text, text_of

OTHER = "甲仓霜麦"  # characters to put into print
OLDER = "原旧前次老"


@dataclass(frozen=True)
class Print:
    """A piece of print that stands once in its paragraph.

    Attributes:
        paragraph: where.
        text: the print.
    """

    paragraph: Paragraph
    text: str

    @property
    def words(self) -> list[int]:
        """Where its Chinese characters are."""
        return [at for at, char in enumerate(self.text) if "\u4e00" <= char <= "\u9fff"]


@dataclass(frozen=True)
class Change:
    """One character of print replaced, left out or put in.

    Attributes:
        old: the paragraph as it is printed.
        new: as it stands then.
        char: the character that a person must be told of.
    """

    old: Paragraph
    new: Paragraph
    char: str


@dataclass
class Known:
    """A form, what it prints, and what is read of it as it is.

    Attributes:
        readers: of its programme.
        document: which of its documents it is.
        form: the form.
        prints: the print that was recognised in it.
        entries: what it says.
        reading: the whole of what was read.
    """

    readers: Readers
    document: Document
    form: FilledForm
    prints: list[Print]
    entries: dict[str, Entry]
    reading: DocumentReading

    @classmethod
    def of(cls, readers: Readers, document: Document, docx: bytes) -> Known:
        form = opened(Paper("form.docx", docx))
        best = readers.best(form, document)
        prints = list(_prints(best, form))
        entries, reading = read_again(readers, document, form, best)
        return cls(readers, document, form, prints, entries, reading)

    def read(self, change: Change) -> tuple[dict[str, Entry], DocumentReading]:
        """What is read after a change."""
        return read_again(self.readers, self.document, swapped(self.form, change.old, change.new))


def read_again(
    readers: Readers, document: Document, form: FilledForm, best: ReadPaper | None = None
) -> tuple[dict[str, Entry], DocumentReading]:
    """Read a form alone, as ``read`` does."""
    best = best or readers.best(form, document)
    names, reading = names_of([best.reading]), best.reading
    if names and best.reader.needs_names:
        best.reader.know(names)
        reading = best.reader.read(form)
    joined = join([reading], readers.programme.model, best.reader.form)
    return {one.path: one for one in joined.entries}, reading


def _prints(best: ReadPaper, form: FilledForm) -> Iterator[Print]:
    reader = best.reader
    blocks = list(Arranger(reader._heads, reader._labels).arranged(form.blocks))
    for step in reader.automaton.align(list(pieces_of(blocks)))[1]:
        paragraph = step.piece.paragraph if step.piece else None
        if step.what != "take" or step.take is None or paragraph is None or paragraph.above:
            continue
        for line in step.take.several or ((step.take.line,) if step.take.line else ()):
            for token in tokens_of(line.tokens):
                text = token.text.strip() if isinstance(token, Literal) else ""
                found = Print(paragraph, text)
                if found.words and paragraph.text.count(text) == 1:
                    yield found


def changed(print_: Print, rng: random.Random) -> Change:
    """One word of print changed: put in, left out or, as often as both, replaced."""
    at = rng.choice(print_.words)
    was = print_.text[at]
    char = rng.choice([one for one in OTHER if one != was])
    kind = rng.choice(["replaced", "replaced", "left out", "put in"])
    where = print_.paragraph.text.index(print_.text) + at
    now = {"replaced": char, "left out": "", "put in": char + was}[kind]
    text = print_.paragraph.text[:where] + now + print_.paragraph.text[where + 1 :]
    return Change(print_.paragraph, replace(print_.paragraph, text=text), was if kind == "left out" else char)


def swapped(form: FilledForm, old: Paragraph, new: Paragraph) -> FilledForm:
    """A form with one paragraph in another's place, in cells merged down too."""

    def put(one: Paragraph) -> Paragraph:
        if one is old:
            return new
        goes_on = one.above and (one.place, one.text) == (old.place, old.text)
        return replace(one, text=new.text) if goes_on else one

    def block(one: Paragraph | Row) -> Paragraph | Row:
        if isinstance(one, Paragraph):
            return put(one)
        cells = (replace(cell, paragraphs=tuple(map(put, cell.paragraphs))) for cell in one.cells)
        return replace(one, cells=tuple(cells))

    return replace(form, blocks=tuple(map(block, form.blocks)))


def as_older(docx: bytes, prints: Sequence[Print], rng: random.Random) -> bytes:
    """A form as another edition of it: some of its print reads otherwise.

    Args:
        docx: the form.
        prints: of its print, what is not as it is now.
        rng: chance.
    """
    left = [(one.paragraph.text, one.text) for one in prints]

    def change(body: Any) -> None:
        for one in body.iter(W + "p"):
            text = text_of(one)
            found = next((each for each in left if each[0] == text), None)
            if found is not None:
                now = found[1][: len(found[1]) // 2] + "".join(rng.sample(OLDER, 3))
                set_text(one, text.replace(found[1], now, 1))

    return rewritten(docx, change)
