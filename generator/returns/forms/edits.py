"""What a person changed in a Word file of a packet, as values of the data: read before and after, field by field."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from generator.model.fields import Part
from generator.returns.forms.document import read_document
from generator.returns.forms.folding import fold
from generator.returns.forms.joining import Entry, join
from generator.returns.forms.magnitudes import doubted_amounts
from generator.returns.forms.reading import DocumentReading, FormReader

_INDEX: Final = re.compile(r"\[(\d+)\]")


class Edit(Struct, frozen=True):
    """A value that stands otherwise in an edited Word file than in the data.

    Attributes:
        path: the field's path in the data.
        was: the value in the data, as a data file gives it.
        now: what the Word file says.
        place: where it says so.
        why: why that may be wrong, a Chinese clause; empty where it is sure.
    """

    path: str
    was: str
    now: str
    place: str
    why: str = ""


class Edits(Struct, frozen=True):
    """What a person changed in one Word file.

    Attributes:
        values: fields that can be taken into the data.
        lists: lists that have more or fewer items now, by path: how many before and after.
    """

    values: tuple[Edit, ...]
    lists: Mapping[str, tuple[int, int]]


def edits_of(
    reader: FormReader, before: bytes, after: bytes, model: type[Part], data: Mapping[str, str]
) -> Edits:
    """What differs between a document as it was filled and as a person has left it.

    Args:
        reader: reads documents of the template.
        before: the DOCX as it was filled.
        after: as it is now.
        model: the consortium's model with the programme's own fields.
        data: every value of the data, by path, as a data file gives it.

    Raises:
        ProgrammeError: a file is no Word file.
    """
    old = {one.path: one for one in _entries(reader, before, model)}
    new = {one.path: one for one in _entries(reader, after, model)}
    counts = {path: (_counts(old).get(path, 0), many) for path, many in _counts(new).items()}
    counts |= {path: (many, 0) for path, many in _counts(old).items() if path not in counts}
    changed = {path: both for path, both in counts.items() if both[0] != both[1]}
    paths = _paths_in_data(old, data)
    found = []
    for path, entry in new.items():
        if any(path.startswith(f"{one}[") for one in changed) or entry.value is None:
            continue
        was = old.get(path)
        if was is None or was.value is None or fold(was.text) == fold(entry.text):
            continue
        known = paths.get(path)
        if known is not None and fold(data.get(known, "")) == fold(was.text):
            found.append(Edit(known, data[known], entry.text, entry.sources[0].place, entry.why))
    return Edits(tuple(found), changed)


def _entries(reader: FormReader, docx: bytes, model: type[Part]) -> list[Entry]:
    reading: DocumentReading = reader.read(read_document(docx, ""))
    return doubted_amounts(join([reading], model, reader.form).entries, model)


def _counts(entries: Mapping[str, Entry]) -> dict[str, int]:
    """How many items each list has."""
    found: dict[str, int] = {}
    for path in entries:
        for match in _INDEX.finditer(path):
            name = path[: match.start()]
            found[name] = max(found.get(name, 0), int(match[1]) + 1)
    return found


def _paths_in_data(entries: Mapping[str, Entry], data: Mapping[str, str]) -> dict[str, str]:
    """The data's path of each field read: a form's lists may hold some of the data's items, in another order.

    An item is the one of the data with which all that the form prints of it agrees; where several do, none is.
    """
    items: dict[str, list[tuple[str, str]]] = defaultdict(list)
    found = {path: path for path in entries if not _INDEX.search(path)}
    for path, entry in entries.items():
        match = _INDEX.search(path)
        if match and entry.value is not None:
            items[path[: match.end()]].append((path[match.end() :], entry.text))
    for item, values in items.items():
        name = item[: item.rindex("[")]
        numbers = {int(m[1]) for path in data if (m := re.match(re.escape(name) + r"\[(\d+)\]", path))}
        plain = [(rest, text) for rest, text in values if not _INDEX.search(rest)]
        agreeing = [
            number
            for number in sorted(numbers)
            if plain
            and all(fold(data.get(f"{name}[{number}]{rest}", text)) == fold(text) for rest, text in plain)
            and any(f"{name}[{number}]{rest}" in data for rest, _ in plain)
        ]
        if len(agreeing) == 1:
            found.update({f"{item}{rest}": f"{name}[{agreeing[0]}]{rest}" for rest, _ in values})
    return found
