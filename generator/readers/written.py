"""What a data file itself says, field by field: the texts as they are written, wrong ones among them.

Loading turns texts into values and leaves out what cannot be read. Who edits a file needs the texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from msgspec import Struct

from generator.base.tree import Entries, Entry, Items, Node, Scalar
from generator.errors import Place
from generator.model.consortium import OF_A_FILING
from generator.model.fields import FieldSpec, Part
from generator.model.programme import Programme
from generator.readers.field_names import Position, fold
from generator.readers.filings import Filings
from generator.readers.map_ids import map_keys, titles_of
from generator.readers.overlay import overlay
from generator.readers.source_file import Source
from generator.readers.translate import MapKeys, Translator

NONE = "无"


class Written(Struct, frozen=True):
    """What a data file says to one programme, as it is written.

    Attributes:
        tree: base data with the programme's filing over them, in the model's terms.
        filing: what the programme's filing alone says; None where the file has none.
        values: every text by exact path, with its place. A list of texts is one text, a line each; a list or
            map that is empty on purpose is ``无``.
        placeholders: the words that only keep a place (待定), by path; no values.
        blanks: where a text would stand for which the file has an empty place.
        counts: how many items each list of groups has.
        position: how keys are understood.
        map_keys: how the keys of maps are understood, by path.
    """

    tree: Entries
    filing: Entries | None
    values: Mapping[str, Scalar]
    placeholders: Mapping[str, str]
    blanks: Mapping[str, Place]
    counts: Mapping[str, int]
    position: Position
    map_keys: Mapping[str, MapKeys]

    def text(self, path: str) -> str:
        """The text at a path; empty where there is none."""
        found = self.values.get(path)
        return found.text if found is not None else self.placeholders.get(path, "")


def written(source: Source, programme: Programme | None, known: Mapping[str, Programme]) -> Written:
    """What a data file says to a programme, as it is written.

    Args:
        source: the file.
        programme: the programme; None for the base data alone.
        known: every programme by code.
    """
    every = {**known, **({programme.code: programme} if programme else {})}
    position = Position.top(programme, every.values())
    keys = map_keys(programme, every)
    translator = Translator(position.part, titles_of(programme, every), keys)
    filings = Filings(every, translator)

    def outside_filings(entry: Entry, _spec: FieldSpec | None) -> bool:
        return filings.take(entry)

    tree = translator.group(source.root, position, special=outside_filings)
    filing = filings.of(programme)
    over = None
    if filing is not None:
        over = translator.group(filing, position, special=filings.refuse_nested)
        tree = overlay(tree, over, position.part)
    counts: dict[str, int] = {}
    values = dict(_texts(tree, position.part, "", counts))
    for problem in translator.problems:
        # A cell that cannot be read has a place all the same; its problem says what is there.
        if problem.path and problem.path not in values:
            translator.blanks.setdefault(problem.path, problem.place)
    return Written(tree, over, values, translator.placeholders, translator.blanks, counts, position, keys)


def _texts(
    node: Entries, part: type[Part], path: str, counts: dict[str, int]
) -> Iterator[tuple[str, Scalar]]:
    for entry in node:
        spec = part.specs().get(entry.key)
        if spec is not None:
            yield from _field(entry.node, spec, f"{path}.{entry.key}" if path else entry.key, counts)


def _field(node: Node, spec: FieldSpec, path: str, counts: dict[str, int]) -> Iterator[tuple[str, Scalar]]:
    if isinstance(node, Scalar):
        yield path, node
    elif isinstance(node, Items):
        if not node.items:
            yield path, Scalar(NONE, node.place)
        elif spec.part is None:
            yield path, Scalar("\n".join(_line(item) for item in node.items), node.items[0].place)
        for at, item in enumerate(node.items if spec.part else ()):
            counts[path] = at + 1
            if isinstance(item, Entries) and spec.part:
                yield from _texts(item, spec.part, f"{path}[{at}]", counts)
    elif spec.shape == "map":
        if not node.entries:
            yield path, Scalar(NONE, node.place)
        for entry in node:
            here = f"{path}.{entry.key}"
            if isinstance(entry.node, Items):
                yield from _field(entry.node, spec, here, counts)
            elif isinstance(entry.node, Entries) and spec.part:
                yield from _texts(entry.node, spec.part, here, counts)
            elif isinstance(entry.node, Scalar):
                yield here, entry.node
    elif spec.part:
        yield from _texts(node, spec.part, path, counts)


def _line(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else ""


def in_filing(written: Written, names: list[str]) -> bool:
    """Whether a field, given by the names on its path, is what the programme's filing says.

    Groups of a filing lie over the base field by field, lists as a whole; what only a filing may hold is its own.
    """
    if names[0] in OF_A_FILING:
        return True
    node: Node | None = written.filing
    for name in names:
        if not isinstance(node, Entries):
            return node is not None
        node = node.get(name)
    return node is not None


@lru_cache(maxsize=64)
def names_of(code: str, title: str, short_title: str) -> frozenset[str]:
    """The folded keys by which a file may name a programme's filing."""
    return frozenset(fold(name) for name in (code, title, short_title))
