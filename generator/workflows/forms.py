"""The form of a programme: sections of fields with all that a person needs to fill them, for any front end.

The sections are those of the guided workbook, in its order, so that whoever knows the one finds everything in
the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from generator.model.consortium import Consortium
from generator.model.programme import Programme
from generator.model.value_kinds import Kind, LongText
from generator.readers.excel.layout import OWN, Column, Sheet, fold, split_unit
from generator.workflows.workspace import Workspace
from generator.writers.excel.book import Form as Workbook
from generator.writers.excel.form import make_form
from generator.writers.excel.notes import full_path

SectionForm = Literal["fields", "list", "passages", "attachments"]
_FORMS: dict[str, SectionForm] = {"pairs": "fields", "table": "list", "map": "passages"}
_MOST_QUOTES = 4


class TextLimit(Struct, frozen=True):
    """How many 字 a field may have.

    Attributes:
        text: in words, with the clause.
        most: the largest number; None for no bound.
        least: the smallest number; None for no bound.
        together: paths with ``[]`` of the fields beside it that count with it.
    """

    text: str
    most: int | None
    least: int | None
    together: tuple[str, ...]


class FormField(Struct, frozen=True):
    """One field of a form.

    Attributes:
        path: in the model, with ``[]`` for the lists on the way.
        name: the path within its list's item, or within its section's item; the path itself in ``fields``.
        title: in Chinese, without its unit.
        kind: the kind's name: text, long_text, count, money, share, year, date, flag, choice, credit_code.
        unit: what a bare number counts in; empty where there is none.
        options: the texts to choose from.
        help: what to write.
        example: a value as it could be given.
        quotes: official sentences that ask for it, each with its clause.
        limits: how long it may be.
        needed: whether a document prints it or a condition that must be met looks at it.
        needed_of: the role of the members of whom alone it is printed; empty for all.
        many: whether it holds several values, each on a line of its own.
        group: the Chinese title of the group that it belongs to; empty for none.
        names: every text by which a column may be called, folded.
    """

    path: str
    name: str
    title: str
    kind: str
    unit: str
    options: tuple[str, ...]
    help: str
    example: str
    quotes: tuple[str, ...]
    limits: tuple[TextLimit, ...]
    needed: bool
    needed_of: str
    many: bool
    group: str
    names: frozenset[str]

    def is_called(self, head: str) -> bool:
        """Whether a column's head means this field, with or without its unit."""
        return bool(head.strip()) and (fold(head) in self.names or split_unit(head)[0] in self.names)

    @property
    def is_long(self) -> bool:
        """Whether it holds paragraphs."""
        return self.kind == LongText.name


class Passage(Struct, frozen=True):
    """A text of its own or an attachment that the programme has a place for.

    Attributes:
        id: its id in the data.
        title: as printed.
        needed: whether a document prints it or a condition looks at it.
        note: what is to be attached, with its clause; empty for a text.
        quotes: official sentences that ask for it.
    """

    id: str
    title: str
    needed: bool
    note: str = ""
    quotes: tuple[str, ...] = ()


class Section(Struct, frozen=True):
    """A section of a form.

    Attributes:
        title: as the workbook's sheet is called.
        form: single fields, a list of items, passages by id, or attachments by id.
        path: of the list or map; for lists within another list's items with ``[]``.
        fields: its fields; of ``passages`` those of each, of ``attachments`` none.
        passages: what there is a place for; only of ``passages`` and ``attachments``.
    """

    title: str
    form: SectionForm
    path: str
    fields: tuple[FormField, ...] = ()
    passages: tuple[Passage, ...] = ()

    @property
    def parent(self) -> str:
        """The list that holds the items whose lists this is; empty for one of its own."""
        return self.path.partition("[]")[0] if "[]" in self.path else ""


class ProgrammeForm(Struct, frozen=True):
    """A programme's form.

    Attributes:
        programme: the programme.
        model: its model, with its own fields.
        sections: in the order in which people fill them.
    """

    programme: Programme
    model: type[Consortium]
    sections: tuple[Section, ...]

    def section_of(self, path: str) -> Section | None:
        """The section in which a field, or an item, is filled in; None where the form has no place for it."""
        plain = _plain(path)
        best: tuple[int, Section] | None = None
        for section in self.sections:
            for prefix in (section.path, *(field.path for field in section.fields)):
                fits = plain == prefix or (prefix and plain.startswith((f"{prefix}.", f"{prefix}[")))
                if fits and (best is None or len(prefix) > best[0]):
                    best = (len(prefix), section)
        return best[1] if best else None


def programme_form(workspace: Workspace, code: str) -> ProgrammeForm:
    """The form of a programme.

    Args:
        workspace: the programmes.
        code: the programme.

    Raises:
        UsageError: there is no such programme.
        ProgrammeError: the programme or one of its templates is at fault.
    """
    programme = workspace.catalogue.load(code)
    with workspace.session() as session:
        book = make_form(programme, session.common_rules)
    sections = [_section(book, sheet, programme) for sheet in book.sheets if sheet.form in _FORMS]
    shown = [one for one in sections if one.fields or one.passages]
    # What is the programme's own stands last in a workbook; on a page beside what it belongs to, behind the first.
    own = [one for one in shown if one.title == OWN]
    others = [one for one in shown if one.title != OWN]
    return ProgrammeForm(programme, book.model, (*others[:1], *own, *others[1:]))


def _plain(path: str) -> str:
    out, inside = [], False
    for char in path:
        if char == "]":
            inside = False
        if not inside:
            out.append(char)
        if char == "[":
            inside = True
    return "".join(out)


def _section(book: Workbook, sheet: Sheet, programme: Programme) -> Section:
    if sheet.path == "attachments":
        return Section(sheet.title, "attachments", sheet.path, passages=tuple(_attachments(programme)))
    fields = tuple(_fields(book, sheet))
    if sheet.form != "map":
        return Section(sheet.title, _FORMS[sheet.form], sheet.path, fields)
    return Section(sheet.title, "passages", sheet.path, fields, tuple(_passages(book, sheet)))


def _attachments(programme: Programme) -> Iterator[Passage]:
    for item in programme.attachments:
        note = "，".join(
            text
            for text in (
                "必须附" if item.required else "有的附上",
                "每家成员单位一份" if item.per_member else "",
                item.clause,
                item.note,
            )
            if text
        )
        yield Passage(item.id, item.title, item.required, note)


def _passages(book: Workbook, sheet: Sheet) -> Iterator[Passage]:
    kinds = {"agreement.clauses": "clause", "plan.sections": "section"}
    for anchor in book.anchors:
        if anchor.kind == kinds.get(sheet.path):
            path = f"{sheet.path}.{anchor.id}"
            quotes = (
                *book.field_notes.quotes.get(path, ()),
                *book.field_notes.quotes.get(f"{path}.text", ()),
            )
            yield Passage(
                anchor.id,
                anchor.title,
                path in book.needed.paths,
                quotes=tuple(dict.fromkeys(quotes))[:_MOST_QUOTES],
            )


def _fields(book: Workbook, sheet: Sheet) -> Iterator[FormField]:
    groups = {column.path: column.title for column in sheet.columns if column.kind is None}
    for column in sheet.columns:
        if column.kind is not None:
            yield _field(book, sheet, column, column.kind, groups)


def _field(book: Workbook, sheet: Sheet, column: Column, kind: Kind, groups: dict[str, str]) -> FormField:
    path = full_path(sheet, column)
    above = column.path.rpartition(".")[0]
    group = groups.get(above, "")
    if not group and above:
        group = column.title.rpartition("·")[0]
    title = column.title.removeprefix(f"{group}·") if group else column.title
    limits = tuple(
        TextLimit(
            _limit_text(limit.min, limit.max, limit.clause),
            limit.max,
            limit.min,
            tuple(f"{path.rpartition('.')[0]}.{name}" for name in limit.together),
        )
        for limit in book.field_notes.limits.get(path, ())
    )
    return FormField(
        path=path,
        name=column.path,
        title=title,
        kind=kind.name,
        unit=kind.unit,
        options=kind.options,
        help=column.help,
        example=column.example,
        quotes=book.field_notes.quotes.get(path, ())[:_MOST_QUOTES],
        limits=limits,
        needed=path in book.needed.paths,
        needed_of=book.needed.printed.get(path, ""),
        many=column.shape == "list",
        group=group,
        names=frozenset(column.names()),
    )


def _limit_text(least: int | None, most: int | None, clause: str) -> str:
    bounds = [f"不少于 {least} 字" if least else "", f"不超过 {most} 字" if most else ""]
    return f"{'、'.join(bound for bound in bounds if bound)}（{clause}）"
