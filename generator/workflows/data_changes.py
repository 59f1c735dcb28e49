"""What has changed between two data files, field by field, with the items of lists known again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal

from msgspec import Struct, field

from generator.base.text import fold
from generator.model.consortium import Passage
from generator.model.dataset import Dataset
from generator.model.fields import FieldSpec, Part
from generator.model.paths import title_of
from generator.model.rich_text import RichText
from generator.readers.written import Written

Kind = Literal["changed", "filled", "cleared", "added", "removed", "moved", "file"]
# What tells an item of a list without code and name from its neighbours, as far as it has these fields.
_IDENTITY: Final = ("rule", "year", "source", "party", "purpose", "title")
# An item that has lost its name is the same where no less than this share of its fields is as it was.
_ALIKE: Final = 0.5
_NONE: Final = "无"
_ATTACHMENTS: Final = "attachments."


class FieldChange(Struct, frozen=True):
    """One field, or one item of a list, that is not as it was.

    Attributes:
        kind: ``changed``, ``filled`` and ``cleared`` of one field; ``added`` and ``removed`` of an item of a
            list; ``moved`` of a list whose items stand in another order; ``file`` of an attached file that keeps
            its name and holds something else.
        title: the field in Chinese; items are called by their names.
        old_path: the field's path in the old data; empty where it has none there.
        new_path: the path in the new data, likewise.
        before: as it was, in full; empty where nothing was given.
        after: as it is now, likewise.
        programmes: short titles of the programmes to which alone this differs; empty for all of them.
    """

    kind: Kind
    title: str
    old_path: str
    new_path: str
    before: str
    after: str
    programmes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The change as the command prints it."""
        return {
            "kind": self.kind,
            "title": self.title,
            "old_path": self.old_path,
            "new_path": self.new_path,
            "before": self.before,
            "after": self.after,
            "programmes": list(self.programmes),
        }


class DataSide(Struct, frozen=True):
    """One of the two descriptions.

    Attributes:
        dataset: as it was loaded.
        written: as it is written: what could not be read is compared by its text.
        digests: sha256 of the files that it names, by their names.
    """

    dataset: Dataset
    written: Written
    digests: Mapping[str, str] = field(default_factory=dict)

    def unread(self, path: str) -> str:
        """The text at a path that gives no value: a wrong one, or a word that keeps a place; empty for none."""
        return self.written.text(path).strip()


def data_changes(old: DataSide, new: DataSide, labels: Mapping[str, str]) -> tuple[FieldChange, ...]:
    """All that differs, in the model's order; of each list first what its items say, then which are gone or new.

    Args:
        old: the data before.
        new: the data after; of the same programme's model.
        labels: titles that differ from the common ones, by path without indexes.
    """
    model = type(new.dataset.consortium)
    walk = _Walk(old, new, model, labels)
    return tuple(walk.parts(model, old.dataset.consortium, new.dataset.consortium, "", "", {}))


class _Walk(Struct, frozen=True):
    old: DataSide
    new: DataSide
    model: type[Part]
    labels: Mapping[str, str]

    def parts(
        self,
        model: type[Part],
        old: Part | None,
        new: Part | None,
        at_old: str,
        at_new: str,
        names: Mapping[str, str],
    ) -> Iterator[FieldChange]:
        """The changes of a group; ``names`` has what the items of lists above it are called, by their paths."""
        for name, spec in model.specs().items():
            if issubclass(model, Passage) and name == "file":
                continue  # its text is compared; a packet keeps the text alone
            one, two = getattr(old, name, None), getattr(new, name, None)
            yield from self.field(spec, one, two, _under(at_old, name), _under(at_new, name), names)

    def field(
        self, spec: FieldSpec, old: Any, new: Any, at_old: str, at_new: str, names: Mapping[str, str]
    ) -> Iterator[FieldChange]:
        if spec.shape == "one":
            yield from self.single(spec, old, new, at_old, at_new, names)
        elif spec.shape == "map":
            yield from self.map(spec, old, new, at_old, at_new, names)
        elif spec.part is None:
            yield from self.texts(spec, old, new, at_old, at_new, names)
        else:
            yield from self.list(spec, spec.part, old, new, at_old, at_new, names)

    def single(
        self, spec: FieldSpec, old: Any, new: Any, at_old: str, at_new: str, names: Mapping[str, str]
    ) -> Iterator[FieldChange]:
        if spec.part is not None:
            if old is not None or new is not None or self.old.unread(at_old) or self.new.unread(at_new):
                yield from self.parts(spec.part, old, new, at_old, at_new, names)
            return
        if old is not None and new is not None and _same(old, new):
            return
        before = self.old.unread(at_old) if old is None else _shown(spec, old)
        after = self.new.unread(at_new) if new is None else _shown(spec, new)
        if before != after or (old is not None and new is not None):
            yield self.change(before, after, at_old, at_new, names)

    def texts(
        self, spec: FieldSpec, old: Any, new: Any, at_old: str, at_new: str, names: Mapping[str, str]
    ) -> Iterator[FieldChange]:
        """A list of single values, compared as a whole: their order is printed."""
        before, after = (
            "、".join(side.unread(path).split("\n")) if values is None else _joined(spec, values)
            for side, values, path in ((self.old, old, at_old), (self.new, new, at_new))
        )
        if before != after:
            yield self.change(before, after, at_old, at_new, names)

    def map(
        self, spec: FieldSpec, old: Any, new: Any, at_old: str, at_new: str, names: Mapping[str, str]
    ) -> Iterator[FieldChange]:
        one, two = old or {}, new or {}
        if (old is None) != (new is None) and not one and not two:
            yield self.change(_none(old), _none(new), at_old, at_new, names)
        for key in dict.fromkeys((*one, *two)):
            paths = _under(at_old, key), _under(at_new, key)
            before, after = one.get(key), two.get(key)
            if isinstance(before, tuple) or isinstance(after, tuple):
                yield from self.texts(spec, before, after, *paths, names)
                if paths[1].startswith(_ATTACHMENTS):
                    yield from self.files(before or (), after or (), *paths)
            else:
                yield from self.single(spec, before, after, *paths, names)

    def files(
        self, old: Sequence[Any], new: Sequence[Any], at_old: str, at_new: str
    ) -> Iterator[FieldChange]:
        """Attached files that keep their names and hold something else."""
        for name in dict.fromkeys(str(each) for each in new if each in old):
            digests = self.old.digests.get(name), self.new.digests.get(name)
            if digests[0] and digests[1] and digests[0] != digests[1]:
                title = f"{self.title(at_new, {})}里“{name}”的内容"
                yield FieldChange(
                    "file", title, at_old, at_new, f"SHA-256 {digests[0]}", f"SHA-256 {digests[1]}"
                )

    def list(
        self,
        spec: FieldSpec,
        part: type[Part],
        old: Any,
        new: Any,
        at_old: str,
        at_new: str,
        names: Mapping[str, str],
    ) -> Iterator[FieldChange]:
        one, two = tuple(old or ()), tuple(new or ())
        if (old is None) != (new is None) and not one and not two:
            yield self.change(_none(old), _none(new), at_old, at_new, names)
        pairs = joined(one, two)
        for a, b in sorted(pairs.items(), key=lambda pair: pair[1]):
            here, there = f"{at_old}[{a}]", f"{at_new}[{b}]"
            called = _called(two[b]) or _called(one[a]) or f"第 {b + 1} 个{spec.title}"
            yield from self.parts(part, one[a], two[b], here, there, {**names, there: called, here: called})
        for a, item in enumerate(one):
            if a not in pairs:
                path = f"{at_old}[{a}]"
                title = f"{self.title(at_old, names)}里的{_named(item, a)}"
                yield FieldChange("removed", title, path, "", _described(item), "")
        for b, item in enumerate(two):
            if b not in pairs.values():
                path = f"{at_new}[{b}]"
                title = f"{self.title(at_new, names)}里的{_named(item, b)}"
                yield FieldChange("added", title, "", path, "", _described(item))
        order = [pairs[a] for a in sorted(pairs)]
        if order != sorted(order):
            before, after = (
                "、".join(_called(two[b]) or f"第 {b + 1} 个" for b in each)
                for each in (order, sorted(order))
            )
            yield FieldChange("moved", f"{self.title(at_new, names)}的顺序", at_old, at_new, before, after)

    def change(
        self, before: str, after: str, at_old: str, at_new: str, names: Mapping[str, str]
    ) -> FieldChange:
        kind: Kind = "changed" if before and after else "filled" if after else "cleared"
        return FieldChange(kind, self.title(at_new, names), at_old, at_new, before, after)

    def title(self, path: str, names: Mapping[str, str]) -> str:
        """A field in Chinese, with items of lists called by their names and not by their numbers."""
        title = title_of(self.model, path, self.labels)
        for above, called in names.items():
            if path.startswith(above):
                numbered = title_of(self.model, above, self.labels).rpartition("的")[2].strip("“”")
                title = title.replace(numbered, f"“{called}”" if "“" in title else called, 1)
        return title


def joined(old: Sequence[Part], new: Sequence[Part]) -> dict[int, int]:
    """Which item of a new list is which of the old one, by index.

    Items are known again where they are equal, else by credit code, by name, by what else tells them apart, and
    in the end where most of what they say is the same. None is taken twice.
    """
    pairs: dict[int, int] = {}
    keys: tuple[Callable[[Part], Any], ...] = (_content, _code, _name, _identity)
    for key in keys:
        waiting: dict[Any, list[int]] = {}
        taken = set(pairs.values())
        for b, item in enumerate(new):
            if b not in taken and (known := key(item)):
                waiting.setdefault(known, []).append(b)
        for a, item in enumerate(old):
            if a not in pairs and (found := waiting.get(key(item))):
                pairs[a] = found.pop(0)
    for a, item in enumerate(old):
        if a in pairs:
            continue
        left = [b for b in range(len(new)) if b not in pairs.values()]
        best = max(left, key=lambda b, item=item: _alike(item, new[b]), default=None)  # type: ignore[misc]
        if best is not None and _alike(item, new[best]) >= _ALIKE:
            pairs[a] = best
    return pairs


def _none(value: object) -> str:
    """What an empty list is, as against one that was not given."""
    return "" if value is None else _NONE


def _under(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, RichText) or isinstance(other, RichText):
        kept = [
            (dict(each.kept), dict(each.files)) if isinstance(each, RichText) else str(each)
            for each in (one, other)
        ]
        return bool(kept[0] == kept[1])
    return bool(one == other)


def _shown(spec: FieldSpec, value: Any) -> str:
    if spec.kind is None:
        return str(value)
    text = str(spec.kind.show(value))
    return f"{text} {spec.kind.unit}" if spec.kind.unit and text[-1:].isdigit() else text


def _joined(spec: FieldSpec, values: Sequence[Any]) -> str:
    return "、".join(_shown(spec, value) for value in values) if values else _NONE


def _leaves(part: Part) -> Iterator[tuple[str, str]]:
    """Every value of an item with its title, in the model's order."""
    for name, spec in part.specs().items():
        value = getattr(part, name)
        if value is None:
            continue
        if isinstance(value, Part):
            yield from ((f"{spec.title}的{title}", text) for title, text in _leaves(value))
        elif spec.shape == "list" and spec.part is not None:
            rows = ("，".join(f"{title} {text}" for title, text in _leaves(item)) for item in value)
            yield spec.title, "；".join(rows) if value else _NONE
        elif spec.shape == "list":
            yield spec.title, _joined(spec, value)
        elif spec.shape == "map":
            for key, item in value.items():
                text = _joined(spec, item) if isinstance(item, tuple) else str(item)
                yield f"{spec.title}“{key}”", text
        else:
            yield spec.title, _shown(spec, value)


def _described(item: Part) -> str:
    return "；".join(f"{title}：{text}" for title, text in _leaves(item))


def _content(item: Part) -> Any:
    return tuple(_leaves(item))


def _code(item: Part) -> str:
    code = getattr(item, "credit_code", None)
    return code if isinstance(code, str) else ""


def _name(item: Part) -> str:
    return fold(str(getattr(item, "name", None) or ""))


def _identity(item: Part) -> Any:
    if "name" in item.specs():
        return None
    found = tuple(str(getattr(item, name, "") or "") for name in _IDENTITY)
    return found if any(found) else None


def _alike(one: Part, other: Part) -> float:
    """The share of all that two items say in which they agree."""
    a, b = dict(_leaves(one)), dict(_leaves(other))
    titles = {*a, *b}
    return sum(a.get(title) == b.get(title) for title in titles) / len(titles) if titles else 0.0


def _called(item: Part) -> str:
    """What a person would call an item; empty where it has nothing to be called by."""
    if name := getattr(item, "name", None):
        return str(name)
    specs = item.specs()
    shown = (
        _shown(specs[name], getattr(item, name))
        for name in _IDENTITY
        if name in specs and getattr(item, name) is not None
    )
    return " ".join(shown)


def _named(item: Part, at: int) -> str:
    called = _called(item)
    return f"“{called}”" if called else f"第 {at + 1} 项"
