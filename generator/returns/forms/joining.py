"""What several documents say, joined into one description: the same thing once, disagreement told with both places."""

from __future__ import annotations

import itertools
from collections import Counter as Tally
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from typing import Literal as Only

from msgspec import Struct, field
from msgspec.structs import replace
from rapidfuzz.distance import Levenshtein

from generator.model.consortium import LEAD, MEMBER
from generator.model.fields import FieldSpec, Part
from generator.model.value_kinds import Kind, LongText, Stated, Text
from generator.returns.forms.folding import fold
from generator.returns.forms.reading import DocumentReading, Either, Item, Reading, TextGroup
from generator.returns.forms.values import Form, UnreadableError, is_blank, value_of

Status = Only["sure", "doubtful", "unread", "conflict"]
_NAMES: Final = ("name", "credit_code")
_LONG_NAME: Final = 6
_SPLIT: Final = "两项之间没有印的字，按段落分的，请核对从哪里分开"
_MOST_PARAGRAPHS: Final = 40
_ONLY_YEAR: Final = "这一行只有年度，可能是表上印的空行"
_NONE_SURE: Final = "这一项的其余各格都不确定"
_NOT_SPLIT: Final = "和另一项写在一起，分不开"


class Source(Struct, frozen=True):
    """Where a document says something of a field, and what."""

    document: str
    place: str
    raw: str


class Entry(Struct, frozen=True):
    """One field as the documents give it.

    Attributes:
        path: the field's exact path.
        status: how sure it is; of documents that disagree no value is taken.
        value: the kept value; None where there is none.
        text: the value as a data file gives it.
        why: why it is not sure, a Chinese clause; empty where it is.
        sources: every place that says something of it.
    """

    path: str
    status: Status
    value: Any
    text: str
    why: str
    sources: tuple[Source, ...]


class Joining(Struct):
    """Documents joined.

    Attributes:
        tree: the values that were taken, as dicts, lists and texts in the model's names.
        entries: every field that a document says something of, in the model's order.
    """

    tree: dict[str, Any] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)


def join(readings: Sequence[DocumentReading], model: type[Part], form: Form) -> Joining:
    """Join what documents say.

    Args:
        readings: the documents, the most telling first.
        model: the consortium's model with the programme's own fields.
        form: the forms' print.
    """
    joining = Joining()
    none = {path: f"{one.name} {place}" for one in readings for path, place in one.stated_none.items()}
    joiner = _Joiner(joining, form, none)
    joining.tree = joiner.part([one.root for one in readings], model, "", {})
    return joining


def names_of(readings: Iterable[DocumentReading]) -> dict[str, frozenset[str]]:
    """The folded names of the lists' items that were read for sure, by the path of their field."""
    found: dict[str, set[str]] = {}

    def collect(item: Item, path: str) -> None:
        for name, items in item.lists.items():
            here = f"{path}.{name}[]" if path else f"{name}[]"
            for one in items:
                for reading in one.fields.get("name", ()):
                    if reading.is_read and not reading.doubt and isinstance(reading.value, str):
                        found.setdefault(f"{here}.name", set()).add(fold(reading.value))
                collect(one, here)

    for reading in readings:
        collect(reading.root, "")
    return {path: frozenset(names) for path, names in found.items()}


class _Joiner(Struct):
    joining: Joining
    form: Form
    none: Mapping[str, str]

    def part(
        self, items: Sequence[Item], part: type[Part], path: str, facts: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The values of a group, or of an item that several documents tell of."""
        fields = _collected(items)
        sure = any(one.is_read and not one.doubt for readings in fields.values() for one in readings)
        doubt = _NONE_SURE if path and fields and not sure else ""
        for name, (value, place) in _facts(items).items():
            spec = _spec(part, name)
            if spec is not None and spec.kind is not None and _is_value(spec.kind, value):
                fields.setdefault(name, []).append(Reading(place, "", value, doubt, ""))
        for name, reading in facts.items():
            fields.setdefault(name, []).append(reading)
        if _is_year_alone(items, fields):
            fields["year"] = [replace(one, doubt=one.doubt or _ONLY_YEAR) for one in fields["year"]]
        for group in (one for item in items for one in item.groups):
            for name, reading in split(group, fields, self.form).items():
                fields.setdefault(name, []).append(reading)
        for either in (one for item in items for one in item.either):
            name, doubt = _which(either, fields)
            reading = replace(either.reading, doubt=either.reading.doubt or doubt)
            fields.setdefault(name, []).append(reading)
        lists = {name for item in items for name in item.lists}
        return self._group(part, path, "", fields, (items, lists))

    def _group(
        self,
        part: type[Part],
        path: str,
        prefix: str,
        fields: dict[str, list[Reading]],
        below: tuple[Sequence[Item], set[str]],
    ) -> dict[str, Any]:
        tree: dict[str, Any] = {}
        items, lists = below
        for spec in part.specs().values():
            name = f"{prefix}{spec.name}"
            here = f"{path}.{spec.name}" if path else spec.name
            value: Any = None
            if spec.shape == "map":
                value = self._map(here, name, fields)
            elif spec.shape == "list":
                value = self._list(spec, here, name, fields, items if name in lists else ())
            elif spec.part is not None:
                value = self._group(spec.part, here, f"{name}.", fields, below) or None
            elif name in fields:
                value = self._field(spec.kind or Text(), here, fields[name])
            if value is not None:
                tree[spec.name] = value
        return tree

    def _map(self, path: str, name: str, fields: dict[str, list[Reading]]) -> Any:
        found = {}
        for key in (each for each in fields if each.startswith(f"{name}.") and each.endswith(".text")):
            id_ = key[len(name) + 1 : -len(".text")]
            text = self._field(LongText(), f"{path}.{id_}.text", fields[key])
            if text is not None:
                found[id_] = {"text": text}
        return found or None

    def _list(
        self, spec: FieldSpec, path: str, name: str, fields: dict[str, list[Reading]], items: Sequence[Item]
    ) -> Any:
        if spec.part is None:
            return self._texts(path, fields[name]) if name in fields else None
        found = []
        clusters = clusters_of([one for item in items for one in item.lists.get(name, ())], spec.part)
        for at, cluster in enumerate(clusters):
            facts = _implied(cluster, clusters) if path == "members" else {}
            found.append(self.part(cluster, spec.part, f"{path}[{at}]", facts))
        if not found and path in self.none:
            return []
        return found or None

    def _texts(self, path: str, readings: list[Reading]) -> Any:
        """A list of plain texts on one line."""
        kept = [one for one in readings if one.is_read]
        sources = tuple(Source(one.document, one.place, one.raw) for one in readings)
        if not kept:
            self.joining.entries.append(Entry(path, "unread", None, "", readings[0].doubt, sources))
            return None
        if len({tuple(map(fold, one.value)) for one in kept}) > 1:
            self.joining.entries.append(Entry(path, "conflict", None, "", "几处写的不一样", sources))
            return None
        value = kept[0].value
        for at, text in enumerate(value):
            status: Status = "doubtful" if kept[0].doubt else "sure"
            self.joining.entries.append(Entry(f"{path}[{at}]", status, text, text, kept[0].doubt, sources))
        return value

    def _field(self, kind: Kind, path: str, readings: list[Reading]) -> str | None:
        entry = entry_of(kind, path, readings)
        self.joining.entries.append(entry)
        return entry.text if entry.value is not None else None


def _is_year_alone(items: Sequence[Item], fields: Mapping[str, Sequence[Reading]]) -> bool:
    """Whether an item is a row of a year in which nothing else was written: the year may be the form's own."""
    return set(fields) == {"year"} and not any(
        one.groups or one.either or any(one.lists.values()) for one in items
    )


def _spec(part: type[Part], name: str) -> FieldSpec | None:
    spec: FieldSpec | None = None
    here: type[Part] | None = part
    for step in name.split("."):
        spec = here.specs().get(step) if here is not None else None
        here = spec.part if spec is not None else None
    return spec


def _is_value(kind: Kind, value: Any) -> bool:
    return isinstance(value, str) or kind.accepts(value)


def _collected(items: Iterable[Item]) -> dict[str, list[Reading]]:
    fields: dict[str, list[Reading]] = {}
    for item in items:
        for name, readings in item.fields.items():
            fields.setdefault(name, []).extend(readings)
    return fields


def _facts(items: Iterable[Item]) -> dict[str, tuple[Any, str]]:
    found: dict[str, tuple[Any, str]] = {}
    for item in items:
        for name, told in item.facts.items():
            found.setdefault(name, told)
    return found


def entry_of(kind: Kind, path: str, readings: Sequence[Reading]) -> Entry:
    """One field from all that the documents say of it.

    Args:
        kind: how it is written.
        path: the field's.
        readings: what the documents say; one at least.
    """
    sources = tuple(dict.fromkeys(Source(one.document, one.place, one.raw) for one in readings))
    kept = [one for one in readings if one.is_read]
    if not kept:
        return Entry(path, "unread", None, "", readings[0].doubt or "读不出来", sources)
    alike: dict[Any, list[Reading]] = {}
    for one in kept:
        alike.setdefault(_comparable(one.value), []).append(one)
    sure = {key: ones for key, ones in alike.items() if any(not one.doubt for one in ones)}
    if len(alike) > 1 and len(sure) != 1:
        return Entry(path, "conflict", None, "", "几处写的不一样，没有填", sources)
    ones = next(iter((sure or alike).values()))
    trusted = [one for one in ones if not one.doubt] or ones
    value = Tally(map(_hashable, (one.value for one in trusted))).most_common(1)[0][0]
    value = next(one.value for one in trusted if _hashable(one.value) == value)
    why = "" if sure else ones[0].doubt
    if len(alike) > 1:
        why = "另有一处读得不同，也不确定"
    text = value.value if isinstance(value, Stated) else kind.write(value)
    return Entry(path, "doubtful" if why else "sure", value, text, why, sources)


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else (type(value).__name__, value)


def _comparable(value: Any) -> Any:
    if isinstance(value, str):
        return "\n".join(filter(None, map(fold, value.split("\n"))))
    return tuple(map(fold, value)) if isinstance(value, list) else value


def _which(either: Either, fields: Mapping[str, Sequence[Reading]]) -> tuple[str, str]:
    """Which of several fields a text is, with why that may be wrong.

    The form prints the first that is given. Where another place has the text as one of them, it is that one;
    where it has another text for the general one, the text here must be the particular one.
    """
    names, reading = either.fields, either.reading
    known = {
        name: {_comparable(one.value) for one in fields.get(name, ()) if one.is_read and not one.doubt}
        for name in names
    }
    for name in names:
        if reading.is_read and _comparable(reading.value) in known[name]:
            return name, ""
    if known[names[-1]] and len(names) == 2:  # noqa: PLR2004 (of two, the other)
        return names[0], ""
    return names[either.usual], "这一处可能印的是几项中的一项"


# ---- texts side by side


def split(group: TextGroup, fields: Mapping[str, Sequence[Reading]], form: Form) -> dict[str, Reading]:
    """Texts that stand together, parted: by what is known to begin or stand where, else by paragraphs, in doubt."""
    lines = [one.text.strip() for one in group.paragraphs]
    cuts, doubt = _cuts(group, lines, fields)
    whole = "\n".join(lines)
    if cuts is None:
        lost = Reading(group.place, whole, None, _NOT_SPLIT, group.document)
        return dict.fromkeys(group.fields, lost)
    found = {}
    for name, token, (start, end) in zip(
        group.fields, group.tokens, itertools.pairwise((0, *cuts, len(lines))), strict=True
    ):
        text = "\n".join(lines[start:end])
        if is_blank(text, token):
            continue
        why = group.doubt or doubt
        try:
            value: Any = value_of(token, text, form)
        except UnreadableError as error:
            value, why = None, str(error)
        found[name] = Reading(group.place, text, value, why, group.document)
    return found


def _cuts(
    group: TextGroup, lines: list[str], fields: Mapping[str, Sequence[Reading]]
) -> tuple[tuple[int, ...] | None, str]:
    """Where each text but the first begins, and why that may be wrong; None where nothing says."""
    count = len(group.fields)
    known = {
        number: _comparable(reading.value)
        for number, name in enumerate(group.fields)
        for reading in fields.get(name, ())
        if reading.is_read and not reading.doubt and isinstance(reading.value, str)
    }
    folded = [fold(line) for line in lines]
    ways: dict[tuple[int, ...], int] = {}
    if known and len(lines) <= _MOST_PARAGRAPHS:
        for cuts in itertools.combinations_with_replacement(range(len(lines) + 1), count - 1):
            agreeing = _agreeing((0, *cuts, len(lines)), folded, known)
            if agreeing is not None:
                ways[cuts] = agreeing
        best = [cuts for cuts, agreeing in ways.items() if agreeing == max(ways.values())]
        if len(best) == 1:
            certain = ways[best[0]] == len(known) >= count - 1
            return best[0], "" if certain else _SPLIT
    each = tuple(range(1, count))
    if len(lines) == count and (not known or each in ways):
        return each, _SPLIT
    return None, _NOT_SPLIT


def _agreeing(cuts: Sequence[int], lines: Sequence[str], known: Mapping[int, str]) -> int | None:
    """How many of the texts that are known stand where cuts part the lines; None where one is another text."""
    found = 0
    for number, text in known.items():
        here = "\n".join(filter(None, lines[cuts[number] : cuts[number + 1]]))
        if here and here != text:
            return None
        found += bool(here)
    return found


# ---- lists


def clusters_of(items: Sequence[Item], part: type[Part]) -> list[list[Item]]:
    """The items of one list from all places: those that are one thing together."""
    runs: dict[str, list[Item]] = {}
    for item in items:
        if not item.is_empty:
            runs.setdefault(item.source.rpartition(":")[0], []).append(item)
    ordered = sorted(runs.values(), key=len, reverse=True)
    key = _key(part, ordered)
    clusters: list[list[Item]] = []
    single: list[Item] = []
    for run in ordered:
        if key is None:
            _by_position(clusters, run)
            continue
        named = [item for item in run if _keys(item, key)]
        single += [item for item in run if not _keys(item, key)]
        _by_key(clusters, named, key)
    for item in single:
        _by_role(clusters, item)
    return clusters


def _key(part: type[Part], runs: Sequence[Sequence[Item]]) -> tuple[str, ...] | None:
    """The fields by which the items of a list are known; None where only their order tells."""
    specs = part.specs()
    if "name" in specs:
        return _NAMES
    for name in ("year", "purpose"):
        if name not in specs:
            continue
        values = [[_keys(item, (name,)) for item in run] for run in runs]
        flat = [[one for keys in run for one in keys] for run in values]
        if all(len(one) == len(set(one)) for one in flat):
            return (name,)
    return None


def _keys(item: Item, names: Iterable[str]) -> set[tuple[str, Any]]:
    found = {
        (name, _comparable(reading.value))
        for name in names
        for reading in item.fields.get(name, ())
        if reading.is_read and not isinstance(reading.value, Stated)
    }
    return found | {(name, item.facts[name][0]) for name in names if name in item.facts}


def _by_key(clusters: list[list[Item]], run: Sequence[Item], key: tuple[str, ...]) -> None:
    """Put the items of one place, all different, to those that they are."""
    taken: set[int] = set()
    left: list[Item] = []
    for item in run:
        mine = _keys(item, key)
        at = next(
            (
                number
                for number, cluster in enumerate(clusters)
                if number not in taken and any(mine & _keys(one, key) for one in cluster)
            ),
            None,
        )
        if at is None:
            left.append(item)
        else:
            clusters[at].append(item)
            taken.add(at)
    for item in left:
        at = next(
            (
                number
                for number, cluster in enumerate(clusters)
                if number not in taken and any(_nearly(item, one) for one in cluster)
            ),
            None,
        )
        if at is None:
            taken.add(len(clusters))
            clusters.append([item])
        else:
            clusters[at].append(item)
            taken.add(at)


def _nearly(one: Item, other: Item) -> bool:
    """Whether two names are one character apart: one thing, its name written in two ways."""
    names = [
        [text for name, text in _keys(item, ("name",)) if isinstance(text, str)] for item in (one, other)
    ]
    return any(
        min(len(a), len(b)) >= _LONG_NAME and Levenshtein.distance(a, b, score_cutoff=1) == 1
        for a in names[0]
        for b in names[1]
    )


def _by_position(clusters: list[list[Item]], run: Sequence[Item]) -> None:
    if not clusters:
        clusters += [[item] for item in run]
    elif len(clusters) == len(run):
        for cluster, item in zip(clusters, run, strict=True):
            cluster.append(item)
    # Else nothing says which is which: the longer list stands alone.


def _by_role(clusters: list[list[Item]], item: Item) -> None:
    """An item without a name: the lead, known by its role; else a thing of its own."""
    role = item.facts.get("role")
    if role is not None and role[0] == LEAD:
        for cluster in clusters:
            if any(one.facts.get("role", ("",))[0] == LEAD for one in cluster):
                cluster.append(item)
                return
    clusters.append([item])


def _implied(cluster: Sequence[Item], clusters: Sequence[Sequence[Item]]) -> dict[str, Reading]:
    """What a member is because of what others are: with the leads named, the others are none."""

    def role(items: Sequence[Item]) -> bool:
        return any("role" in one.facts or "role" in one.fields for one in items)

    leads = [one for each in clusters for one in each if one.facts.get("role", ("",))[0] == LEAD]
    names = [reading for one in cluster for reading in one.fields.get("name", ()) if reading.is_read]
    if role(cluster) or not leads or not names:
        return {}
    doubt = "" if any(not one.doubt for one in names) else names[0].doubt
    return {"role": Reading(f"按牵头单位一栏（{leads[0].facts['role'][1]}）", "", MEMBER, doubt, "")}
