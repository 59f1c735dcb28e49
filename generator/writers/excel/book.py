"""What the sheets of one workbook share: its form, and the data that no cell has taken yet."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from msgspec import Struct, field
from openpyxl.worksheet.worksheet import Worksheet

from generator.base.ooxml.bookmarks import Anchor
from generator.model.consortium import Consortium
from generator.model.fields import Part
from generator.model.paths import PASSAGES, spec_of
from generator.model.programme import Programme
from generator.model.value_kinds import says_none
from generator.readers.excel.layout import GUIDE_SHEET, Column, Sheet
from generator.writers.excel import styles
from generator.writers.excel.flatten import NONE, fits, leaves
from generator.writers.excel.notes import FieldNotes
from generator.writers.required_fields import Needed

_INDEX = re.compile(r"\[(\d+)\]")
_SAFE_NAME = re.compile(r"(?!\s|#|\d+$)[^\[\]\n]+(?<!\s)")


class Form(Struct, frozen=True):
    """What a workbook is made for.

    Attributes:
        programme: whose form it is; None for the common fields alone.
        model: the consortium's model with all own fields that the workbook has.
        sheets: its layout.
        needed: what the programme cannot do without.
        anchors: the clauses and sections of its templates.
        field_notes: what it says about its fields.
        guide: what to do, a line each, instead of the usual steps.
        sent: what a party's own workbook was made from; empty for any other.
    """

    programme: Programme | None
    model: type[Consortium]
    sheets: tuple[Sheet, ...]
    needed: Needed = field(default_factory=Needed)
    anchors: tuple[Anchor, ...] = ()
    field_notes: FieldNotes = field(default_factory=FieldNotes)
    guide: tuple[str, ...] = ()
    sent: str = ""


class Book:
    """The data that goes into one workbook; sheets take out what they hold.

    Args:
        form: what the workbook is made for.
        base: the data that holds for all programmes, as dicts, lists and texts in the model's names.

    Attributes:
        leaves: what no sheet has taken yet, by exact path.
        shown: by the path of a list, which of its items have a row that says something.
    """

    def __init__(self, form: Form, base: Any) -> None:
        self.form = form
        self.field_notes = form.field_notes
        self.leaves = dict(leaves(base))
        self.shown: dict[str, list[int]] = {}
        self._counts: dict[str, int] = {}
        for path in self.leaves:
            for match in _INDEX.finditer(path):
                prefix = path[: match.start()]
                self._counts[prefix] = max(self._counts.get(prefix, 0), int(match[1]) + 1)
        parents = {sheet.parent for sheet in form.sheets if sheet.parent}
        self._names = {
            parent: [self.leaves.get(f"{parent}[{at}].name", "") for at in range(self.count(parent))]
            for parent in parents | {"members"}
        }

    def count(self, path: str) -> int:
        """How many items the list at a path has."""
        return self._counts.get(path, 0)

    def take(self, path: str) -> str | None:
        """Take a text from an exact path."""
        return self.leaves.pop(path, None)

    def put_back(self, path: str, text: str) -> None:
        """Give back what no cell can hold."""
        self.leaves[path] = text

    def text(self, path: str, column: Column) -> str | None:
        """Take what a cell can show of a field: one text, or several, one a line."""
        if column.shape == "list":
            if self.leaves.get(path) == NONE:
                return self.take(path)
            paths = [f"{path}[{at}]" for at in range(self.count(path))]
            text = joined([self.leaves[each] for each in paths if each in self.leaves])
            if text is not None:
                for each in paths:
                    self.take(each)
            return text
        text = self.leaves.get(path)
        return self.take(path) if text is not None and fits(text) else None

    def owner_name(self, parent: str, at: int) -> str:
        """How a row says whose it is: by name, where that is plain and no other's, else by number."""
        names = self._names.get(parent, [])
        name = names[at] if at < len(names) else ""
        return name if _SAFE_NAME.fullmatch(name) and names.count(name) == 1 else f"#{at + 1}"

    def selected(self, path: str) -> str:
        """A path with its first index as the item's name, so that sorting does not lead it astray."""
        match = _INDEX.search(path)
        if match is None:
            return path
        parent, at = path[: match.start()], int(match[1])
        name = self.owner_name(parent, at)
        if name.startswith("#") or at not in self.shown.get(parent, [at]):
            return path
        return f"{path[: match.start()]}[{name}]{path[match.end() :]}"

    def sheet_at(self, path: str) -> Sheet:
        """The sheet of the list at a path."""
        return next(sheet for sheet in self.form.sheets if sheet.path == path)

    def is_part(self, path: str, part: type[Part]) -> bool:
        """Whether a path leads to a group of a kind."""
        spec = spec_of(self.form.model, path) if path and not path.endswith(".") else None
        return bool(spec and spec.part and issubclass(spec.part, part))

    def known_ids(self, path: str) -> dict[str, tuple[str, str]]:
        """The ids that a map is known to have, each with its title and what is demanded."""
        if path == "attachments" and self.form.programme:
            return {
                item.id: (
                    item.title,
                    "；".join(
                        text
                        for text in (
                            "必备" if item.required else "如有",
                            "每个成员单位一份" if item.per_member else "",
                            item.clause,
                            item.note,
                        )
                        if text
                    ),
                )
                for item in self.form.programme.attachments
            }
        return {
            anchor.id: (anchor.title, "") for anchor in self.form.anchors if PASSAGES.get(anchor.kind) == path
        }


def joined(texts: Iterable[str]) -> str | None:
    """Several texts as one cell's, one a line; None where they could not be told apart again."""
    found = list(texts)
    text = "\n".join(found)
    if not found or not fits(text) or any("\n" in each or not each.strip() for each in found):
        return None
    return None if len(found) == 1 and says_none(found[0]) else text


def sheet_top(book: Book, target: Worksheet, title: str, width: int) -> None:
    """The first rows of a sheet: its title, and where it belongs."""
    styles.put(styles.at(target, 1, 1), title, styles.TITLE, styles.PLAIN)
    target.row_dimensions[1].height = 26
    scheme = book.form.programme.title if book.form.programme else "各方案通用"
    styles.put(styles.at(target, 3, 1), "返回填写说明", styles.LINK, styles.PLAIN)
    styles.at(target, 3, 1).hyperlink = f"#'{GUIDE_SHEET}'!A1"
    styles.put(styles.at(target, 3, min(3, max(width, 2))), scheme, styles.GREY, styles.PLAIN)
    target.sheet_view.showGridLines = False
    target.sheet_view.zoomScale = 100
