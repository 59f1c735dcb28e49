"""Which field a key of a data file means: English names, Chinese titles and what programmes call things."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from generator.model.consortium import Consortium
from generator.model.fields import FieldSpec, Part
from generator.model.programme import Programme

Labels = Mapping[str, str]


@lru_cache(maxsize=10_000)
def fold(key: str) -> str:
    """A key without regard to width, capitals and white space."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", key)).casefold()


class Position:
    """A group of fields in which keys are looked up: as this programme has it, and as others have it.

    Args:
        part: the group in the programme's model.
        path: where it stands, without indexes, as ``members[]``; empty for the consortium.
        labels: the programme's titles by path.
        elsewhere: the same group in other programmes' models, each with that programme's labels. What is
            declared only there is known, but not of this programme.
    """

    def __init__(
        self,
        part: type[Part],
        path: str = "",
        labels: Labels | None = None,
        elsewhere: tuple[tuple[type[Part], Labels], ...] = (),
    ) -> None:
        self.part = part
        self.path = path
        self.labels = labels or {}
        self.elsewhere = elsewhere
        self._names = _by_key(part, path, self.labels, [labels for _, labels in elsewhere])
        self._foreign = frozenset(
            key for part, labels in elsewhere for key in _by_key(part, path, labels, ())
        )
        self._shown = {
            fold(known): known for spec in part.specs().values() for known in (*spec.keys, self.title(spec))
        }
        self._below: dict[str, Position] = {}

    @classmethod
    def top(cls, programme: Programme | None, known: Iterable[Programme]) -> Position:
        """The consortium itself."""
        others = tuple(
            (other.model, other.labels)
            for other in known
            if programme is None or other.code != programme.code
        )
        if programme is None:
            return cls(Consortium, elsewhere=others)
        return cls(programme.model, labels=programme.labels, elsewhere=others)

    def find(self, key: str) -> FieldSpec | None:
        """The field of this programme that a key means."""
        name = self._names.get(fold(key))
        return self.part.specs()[name] if name else None

    def is_foreign(self, key: str) -> bool:
        """Whether a key means a field that only other programmes have."""
        return fold(key) in self._foreign

    def below(self, spec: FieldSpec) -> Position:
        """The group that a field holds; its part must not be None."""
        if spec.name not in self._below:
            if spec.part is None:
                raise TypeError(f"{spec.name} is not a group")
            found = [(part.specs().get(spec.name), labels) for part, labels in self.elsewhere]
            self._below[spec.name] = Position(
                spec.part,
                _path_below(self.path, spec),
                self.labels,
                tuple((other.part, labels) for other, labels in found if other and other.part),
            )
        return self._below[spec.name]

    def title(self, spec: FieldSpec) -> str:
        """A field's title as this programme calls it."""
        return _label(self.labels, self.path, spec) or spec.title

    def nearest(self, key: str) -> str:
        """The known name or title that looks most like a key; empty where none does."""
        close = difflib.get_close_matches(fold(key), self._shown, n=1, cutoff=0.5)
        return self._shown[close[0]] if close else ""

    def owner_of(self, key: str) -> str:
        """The title of the group further down that has a field of this name; empty where none has."""
        for spec in self.part.specs().values():
            if spec.part is not None:
                below = self.below(spec)
                if below.find(key):
                    return self.title(spec)
                if deeper := below.owner_of(key):
                    return f"{self.title(spec)}的{deeper}"
        return ""


def _path_below(path: str, spec: FieldSpec) -> str:
    name = spec.name + {"list": "[]", "map": ".*", "one": ""}[spec.shape]
    return f"{path}.{name}" if path else name


def _label(labels: Labels, path: str, spec: FieldSpec) -> str | None:
    prefix = f"{path}." if path else ""
    return labels.get(prefix + spec.name) or labels.get(f"{prefix}{spec.name}[]")


def _by_key(part: type[Part], path: str, own: Labels, others: Iterable[Labels]) -> dict[str, str]:
    """Field names by folded key; names go before titles, titles before labels, labels before aliases."""
    specs = part.specs()
    found: dict[str, str] = {}

    def pairs() -> Iterator[tuple[str, str | None]]:
        for name in specs:
            yield name, name
        for name, spec in specs.items():
            yield name, spec.title
        for name, spec in specs.items():
            yield name, _label(own, path, spec)
        for name, spec in specs.items():
            for alias in spec.aliases:
                yield name, alias
        for labels in others:
            for name, spec in specs.items():
                yield name, _label(labels, path, spec)

    for name, key in pairs():
        if key:
            found.setdefault(fold(key), name)
    return found
