"""A data file in YAML with data in it: commented like the starter file, every text quoted as it needs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from generator.model.consortium import OF_A_FILING, Consortium, Passage
from generator.model.fields import FieldSpec, OwnField, Part, extend
from generator.model.programme import Programme
from generator.readers.field_names import Position
from generator.writers.starter import HEADER, Starter, yaml_key

_INDENT: Final = "  "
_NONE: Final = "无"
_MISSING_MARK: Final = "← 还缺"
# What YAML reads as the text that it is, without quotes; everything else is quoted.
_PLAIN = re.compile(
    r"[0-9A-Za-z\u3007\u3400-\u9fff（《“](?:[0-9A-Za-z\u3007\u3400-\u9fff（）《》“”、，。；？！·…—%./+()~×± -]*"
    r"[0-9A-Za-z\u3007\u3400-\u9fff（）《》“”、，。；？！·…—%/+()])?"
)
_NULLS = frozenset({"~", "null", "Null", "NULL"})
_BLOCK_LINE = re.compile(r"(?:[^\s\ufeff][^\t\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]*)?")
_RAW_REFUSED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def scalar_lines(text: str, indent: str) -> list[str]:
    """A text as YAML: the first line goes after the key, the others below it.

    Args:
        text: the text; it reads back character for character, line ends as U+000A.
        indent: the indent of the lines below.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _PLAIN.fullmatch(text) and text not in _NULLS and " -" not in text[:2]:
        return [text]
    lines = text.split("\n")
    if len(lines) > 1 and lines[0] and lines[-1] and all(map(_BLOCK_LINE.fullmatch, lines)):
        return ["|-", *(f"{indent}{line}" if line else "" for line in lines)]
    quoted = json.dumps(text, ensure_ascii=False)
    return [_RAW_REFUSED.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)]


class _Keys:
    """Chinese titles as keys, where every programme would understand them alike; else English names."""

    def __init__(self, positions: list[Position]) -> None:
        self.positions = positions
        # Each member of a list asks for the same ones.
        self._keys: dict[tuple[str, str], str] = {}
        self._below: dict[str, _Keys] = {}

    def key(self, spec: FieldSpec, title: str) -> str:
        asked = spec.name, title
        if asked not in self._keys:
            meant = {found.name for position in self.positions if (found := position.find(title))}
            self._keys[asked] = title if meant == {spec.name} else spec.name
        return self._keys[asked]

    def below(self, spec: FieldSpec) -> _Keys:
        if spec.name not in self._below:
            found = []
            for position in self.positions:
                own = position.part.specs().get(spec.name)
                if own is not None and own.part is not None:
                    found.append(position.below(own))
            self._below[spec.name] = _Keys(found)
        return self._below[spec.name]


class _Writer:
    """Writes one dataset's lines."""

    def __init__(self, starter: Starter | None, needed: frozenset[str]) -> None:
        self.starter = starter
        self.needed = needed

    def title(self, spec: FieldSpec, path: str, keys: _Keys) -> str:
        labels = self.starter.programme.labels if self.starter else {}
        return yaml_key(keys.key(spec, labels.get(path) or labels.get(f"{path}[]") or spec.title))

    def note(self, spec: FieldSpec, path: str, exact: str, *, blank: bool) -> str:
        text = self.starter.note(spec, path) if self.starter else ""
        if blank and exact in self.needed:
            return f"{text}；{_MISSING_MARK}" if text else f"  # {_MISSING_MARK}"
        return text

    def group(
        self, part: type[Part], tree: Mapping[str, Any], at: tuple[str, str, str], keys: _Keys, *, full: bool
    ) -> Iterator[str]:
        """A group's lines.

        Args:
            part: the group's declaration.
            tree: what was given.
            at: the indent, the path without indexes, the exact path.
            keys: how its fields are named.
            full: whether to list what was not given too.
        """
        indent, path, exact = at
        for spec in part.specs().values():
            here = f"{path}.{spec.name}" if path else spec.name
            there = f"{exact}.{spec.name}" if exact else spec.name
            value = tree.get(spec.name)
            if here in OF_A_FILING:
                if value is not None:
                    yield from self.field(spec, value, (indent, here, there), keys, full=False)
            elif value is not None or full or self._lacks(there):
                yield from self.field(spec, value, (indent, here, there), keys, full=full)

    def _lacks(self, exact: str) -> bool:
        return any(path == exact or path.startswith((f"{exact}.", f"{exact}[")) for path in self.needed)

    def field(
        self, spec: FieldSpec, value: Any, at: tuple[str, str, str], keys: _Keys, *, full: bool
    ) -> Iterator[str]:
        """A field's lines."""
        indent, path, exact = at
        inner = indent + _INDENT
        note = self.note(spec, path, exact, blank=value is None) if full or value is None else ""
        head = f"{indent}{self.title(spec, path, keys)}:"
        if value is None and spec.part is not None and spec.shape == "one" and not self._is_passage(spec):
            yield f"{head}{note}"
            yield from self.group(spec.part, {}, (inner, path, exact), keys.below(spec), full=full)
        elif value is None and spec.shape == "map" and self.starter:
            yield f"{head}{note}"
            yield from self.starter.map(spec, inner, path)
        elif value is None:
            yield f"{head}{note}"
        elif isinstance(value, str):
            yield from self.text(head, value, inner, note)
        elif isinstance(value, list):
            yield from self.items(spec, value, (indent, path, exact), keys, head + note)
        elif spec.shape == "map":
            yield from self.map(spec, value, (indent, path, exact), keys, head + note)
        elif self._is_passage(spec) and set(value) == {"text"}:
            yield from self.text(head, value["text"], inner, note)
        elif spec.part is not None:
            yield f"{head}{note}"
            yield from self.group(spec.part, value, (inner, path, exact), keys.below(spec), full=full)

    @staticmethod
    def _is_passage(spec: FieldSpec) -> bool:
        return spec.part is not None and issubclass(spec.part, Passage)

    @staticmethod
    def text(head: str, value: str, inner: str, note: str = "") -> Iterator[str]:
        first, *rest = scalar_lines(value, inner)
        yield f"{head} {first}{note}"
        yield from rest

    @staticmethod
    def _stated_none(head: str) -> str:
        """The line of a list or map that is empty on purpose: 无 between its key and its comment."""
        title, mark, note = head.partition("  #")
        return f"{title} {_NONE}{mark}{note}"

    def items(
        self, spec: FieldSpec, value: list[Any], at: tuple[str, str, str], keys: _Keys, head: str
    ) -> Iterator[str]:
        """A list's lines."""
        indent, path, exact = at
        inner = indent + _INDENT
        if not value:
            yield self._stated_none(head)
            return
        yield head
        for index, item in enumerate(value):
            if isinstance(item, str) or spec.part is None:
                yield from self.text(f"{inner}-", str(item), inner + _INDENT)
                continue
            below = (inner + _INDENT, f"{path}[]", f"{exact}[{index}]")
            first, *rest = list(self.group(spec.part, item, below, keys.below(spec), full=False)) or ["{}"]
            yield f"{inner}- {first.strip()}"
            yield from rest

    def map(
        self, spec: FieldSpec, value: Mapping[str, Any], at: tuple[str, str, str], keys: _Keys, head: str
    ) -> Iterator[str]:
        """A map's lines: what was given, then the ids that the programme has beside."""
        indent, path, exact = at
        inner = indent + _INDENT
        if not value:
            yield self._stated_none(head)
            return
        yield head
        for key, item in value.items():
            below = f"{inner}{yaml_key(key)}:"
            if isinstance(item, str):
                yield from self.text(below, item, inner + _INDENT)
            elif isinstance(item, list):
                yield from self.items(spec, item, (inner, path, f"{exact}.{key}"), keys, below)
            elif spec.part is not None and set(item) == {"text"}:
                yield from self.text(below, item["text"], inner + _INDENT)
            elif spec.part is not None:
                yield below
                where = (inner + _INDENT, f"{path}.*", f"{exact}.{key}")
                yield from self.group(spec.part, item, where, keys.below(spec), full=False)
        if self.starter:
            given = tuple(f"{inner}{yaml_key(key)}:" for key in value)
            for line in self.starter.map(spec, inner, path):
                if not line.startswith(given):
                    key = line.strip().partition(":")[0]
                    lacks = f"{exact}.{key}" in self.needed
                    yield f"{line}{'；' if '  # ' in line else '  # '}{_MISSING_MARK}" if lacks else line


def data_yaml(
    programme: Programme | None,
    base: Mapping[str, Any],
    filings: Mapping[str, Mapping[str, Any]],
    known: Mapping[str, Programme],
    *,
    extra: tuple[OwnField, ...] = (),
    missing: Mapping[str, str] | None = None,
) -> str:
    """A data file in YAML.

    Args:
        programme: the programme whose starter file gives the comments; None for none.
        base: the data for all programmes, as dicts, lists and texts in the model's names.
        filings: what differs by programme, by code.
        known: every programme by code, so that each key means the same to all of them.
        extra: other programmes' own fields that the data use.
        missing: Chinese titles of what is needed and still missing, by path; each is marked.
    """
    own = tuple(each.declaration() for each in programme.fields) if programme else ()
    model: Any = extend(Consortium, (*own, *extra))
    keys = _Keys([Position(model), *(Position(one.model, labels=one.labels) for one in known.values())])
    starter = Starter(programme) if programme else None
    writer = _Writer(starter, frozenset(missing or ()))
    lines: list[str] = []
    if programme:
        lines += HEADER.format(title=programme.title, code=programme.code).splitlines()
    if missing:
        lines += ["#", f"# 本方案还缺 {len(missing)} 项（下面标有“{_MISSING_MARK}”）："]
        lines += [f"#   {title}" for title in missing.values()]
    lines.append("")
    lines += writer.group(model, base, ("", "", ""), keys, full=starter is not None)
    if filings:
        lines += ["", "申报:"]
        for code, tree in filings.items():
            lines.append(f"{_INDENT}{yaml_key(code)}:")
            inner = (_INDENT * 2, "", "")
            lines += _Writer(None, frozenset()).group(model, tree, inner, keys, full=False)
    return "\n".join(lines).strip("\n") + "\n"
