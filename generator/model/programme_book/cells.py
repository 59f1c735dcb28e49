"""What the file has as the text of a cell, and back: lists, yes and no, words, paths, criteria."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from generator.model.chinese_paths import chinese, english, spec_at
from generator.model.consortium import Consortium
from generator.model.fields import Part, extend
from generator.model.programme import OwnFieldModel
from generator.model.programme_book.criteria import parsed, written
from generator.model.programme_book.layout import Code, Column

_MARKS: Final = ("\n", "；", "、")
_YES: Final = {"是": "true", "否": "false"}
LONGEST: Final = 32_000


class Vocabulary:
    """What names mean in one programme: its fields by title, its figures by title.

    Args:
        content: the programme as its file has it, as dicts, lists and texts; faulty parts are passed over.
    """

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.model = _model(content.get("fields"))
        figures = content.get("figures")
        self.figures: dict[str, Mapping[str, Any]] = {
            name: figure
            for name, figure in (figures.items() if isinstance(figures, dict) else ())
            if isinstance(figure, dict)
        }
        titles = [str(figure.get("title") or "") for figure in self.figures.values()]
        self._by_title = {
            title: name
            for name, title in zip(self.figures, titles, strict=True)
            if title and titles.count(title) == 1
        }

    def shown(self, name: str) -> str:
        """A figure's or a path's name as a cell has it."""
        text = name if name in self.figures else chinese(self.model, name)
        return text if self.meant(text) == name else name

    def meant(self, text: str) -> str:
        """The figure or path that a cell's name means."""
        if text in self.figures:
            return text
        return self._by_title.get(text) or english(self.model, text)

    def figure_shown(self, name: str) -> str:
        """A figure by its title where no other has it; a path in Chinese."""
        title = str(self.figures.get(name, {}).get("title") or "")
        return title if title and self.meant(title) == name else self.shown(name)

    def below(self, path: str) -> type[Part] | None:
        """The group that the items of a path's innermost list are."""
        prefix, bracket, _ = path.rpartition("[]")
        whole = prefix if bracket else path
        part: type[Part] | None = self.model
        for step in whole.split("."):
            spec = spec_at(part, step.removesuffix("[]")) if part else None
            part = spec.part if spec else None
        return part


def _model(fields: Any) -> type[Part]:
    own = []
    for each in fields if isinstance(fields, list) else ():
        try:
            own.append(OwnFieldModel.model_validate(each).declaration())
        except ValueError:
            continue
    try:
        return extend(Consortium, tuple(own))
    except ValueError:
        return Consortium


def joined(values: Sequence[str]) -> str | None:
    """Several texts as one cell's; None where they could not be told apart again."""
    if not values or any(not value.strip() or value != value.strip() or "\n" in value for value in values):
        return None
    if not any(mark in value for value in values for mark in _MARKS):
        return "、".join(values)
    return "\n".join(values) + ("\n" if len(values) == 1 else "")


def separated(text: str) -> list[str]:
    """The texts that stand in one cell: one a line, else parted by ； or 、."""
    mark = next((mark for mark in _MARKS if mark in text), None)
    pieces = text.split(mark) if mark else [text]
    return [piece.strip() for piece in pieces if piece.strip()]


def encode(column: Column, value: Any, item: Mapping[str, Any], words: Vocabulary) -> str | None:
    """A value of the file as a cell's text; None where no cell can hold it.

    Args:
        column: the column.
        value: a text, a list or a map.
        item: what else stands in the row, in the file's terms.
        words: what names mean.
    """
    text: str | None = None
    if column.code is Code.LIST:
        text = joined([value] if isinstance(value, str) else value) if _texts(value) else None
    elif column.code is Code.PATHS:
        several = [value] if isinstance(value, str) else value
        text = joined([words.shown(str(one)) for one in several]) if _texts(value) else None
    elif column.code is Code.CRITERIA:
        text = _criteria(column, value, item, words) if isinstance(value, dict) and value else None
    elif isinstance(value, str):
        text = _single(column, value, words)
    if text is None or len(text) > LONGEST:
        return None
    try:
        again = decode(column, text, item, words)
    except ValueError:
        return None
    return text if again in (value, [value]) or column.code is Code.CRITERIA else None


def _texts(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(one, str) for one in value))


def _single(column: Column, value: str, words: Vocabulary) -> str:
    if column.code is Code.FLAG:
        return next((text for text, kept in _YES.items() if kept == value), value)
    if column.code is Code.CHOICE and column.words:
        return next((text for text, kept in column.words.items() if kept == value), value)
    if column.code is Code.PATH:
        return chinese(words.model, value)
    return words.figure_shown(value) if column.code is Code.FIGURE else value


def _criteria(
    column: Column, value: Mapping[str, Any], item: Mapping[str, Any], words: Vocabulary
) -> str | None:
    part = _items(column, item, words)

    def named(name: str) -> str:
        if not column.below:
            return words.shown(name)
        return chinese(part, name) if part else name

    return written(value, named)


def _items(column: Column, item: Mapping[str, Any], words: Vocabulary) -> type[Part] | None:
    path = item.get(column.below)
    first = path[0] if isinstance(path, list) and path else path
    return words.below(str(first)) if first else None


def decode(column: Column, text: str, item: Mapping[str, Any], words: Vocabulary) -> Any:
    """What a cell's text stands for in the file.

    Args:
        column: the column.
        text: the cell's text.
        item: what else stands in the row, in the file's terms.
        words: what names mean.

    Raises:
        ValueError: the text is none of the column's words, or is not understood; the text is Chinese.
    """
    if column.code is Code.LIST:
        return separated(text)
    if column.code is Code.PATHS:
        return [words.meant(one) for one in separated(text)]
    if column.code is Code.CRITERIA:
        part = _items(column, item, words)

        def named(name: str) -> str:
            if not column.below:
                return words.meant(name)
            return english(part, name) if part else name

        return parsed(text, named)
    if column.code is Code.FLAG:
        found = _YES.get(text.strip())
        if found is None and text.strip() not in _YES.values():
            raise ValueError("只能填“是”或“否”")
        return found or text.strip()
    if column.code is Code.CHOICE and column.words:
        known = column.words.get(text.strip(), text.strip())
        if known not in column.words.values() and not column.open:
            raise ValueError(f"只能填{'、'.join(column.words)}")
        return known
    if column.code is Code.PATH:
        return english(words.model, text.strip())
    return words.meant(text.strip()) if column.code is Code.FIGURE else text
