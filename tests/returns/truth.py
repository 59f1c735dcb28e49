"""What a form printed, held against what was read from it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.model.paths import given
from generator.model.value_kinds import Stated
from generator.packet.documents import fill_all
from generator.packet.parts import Job
from generator.returns.forms.joining import Entry

_INDEX = re.compile(r"\[(\d+)\]")


@dataclass
class Score:
    """How much of what was printed came back.

    Attributes:
        printed: how many values the forms print.
        right: the paths of those that came back exactly.
        sure: how many of these were sure.
        wrong_sure: paths, what was read and what is true, of values that were sure and wrong.
        wrong_doubtful: the same of values that were marked.
        left: the paths of those that were not taken, with why.
    """

    printed: int = 0
    right: list[str] = field(default_factory=list)
    sure: int = 0
    wrong_sure: list[tuple[str, str, str]] = field(default_factory=list)
    wrong_doubtful: list[tuple[str, str, str]] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Truth:
    """What forms print, and what the data are.

    Attributes:
        printed: the paths of the values that the forms print.
        values: every value given, by path, as a data file has it.
    """

    printed: frozenset[str]
    values: Mapping[str, str]

    @classmethod
    def of(cls, job: Job, forms: Iterable[str]) -> Truth:
        """What forms of some file names print of a job's data."""
        names = set(forms)
        printed = {
            path
            for one in fill_all(job)
            if f"{one.stem}.docx" in names
            for path in one.rendered.record.printed
            if not path.endswith(".variant")
        }
        values = {
            path: text_of_value(spec.kind, value) for path, spec, value in given(job.dataset.consortium)
        }
        return cls(frozenset(printed & set(values)), values)


def scored(of: Truth, entries: Iterable[Entry]) -> Score:
    """Hold what was read against what was printed."""
    truth = of.values
    found = mapped({entry.path: entry for entry in entries}, truth)
    score = Score()
    for path in sorted(of.printed):
        score.printed += 1
        entry = found.pop(path, None)
        if entry is None or entry.value is None:
            score.left.append((path, entry.why if entry is not None else "没有读到"))
        elif _same(entry.text, truth[path]):
            score.right.append(path)
            score.sure += entry.status == "sure"
        else:
            told = score.wrong_sure if entry.status == "sure" else score.wrong_doubtful
            told.append((path, entry.text, truth[path]))
    # What was read beyond: figures of the form's own, or what is implied; never something else.
    for path, entry in found.items():
        if entry.value is not None and path in truth and not _same(entry.text, truth[path]):
            told = score.wrong_sure if entry.status == "sure" else score.wrong_doubtful
            told.append((path, entry.text, truth[path]))
        elif entry.status == "sure" and path not in truth:
            score.wrong_sure.append((path, entry.text, ""))
    return score


def text_of_value(kind: Any, value: Any) -> str:
    """A value as a data file gives it."""
    if isinstance(value, Stated):
        return value.value
    return value if isinstance(value, str) or kind is None else str(kind.write(value))


def _same(read: str, true: str) -> bool:
    # A form may print 0项 for what is stated as none.
    if true == "无" and read in {"0", "0%"}:
        return True
    return _lines(read) == _lines(true)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def mapped(found: Mapping[str, Entry], truth: Mapping[str, str]) -> dict[str, Entry]:
    """The entries under the true numbers of their lists' items: a form says nothing of the order in the data."""
    result = dict(found)
    for depth in (0, 1):
        lists: dict[str, set[int]] = defaultdict(set)
        for path in result:
            indexes = list(_INDEX.finditer(path))
            if len(indexes) > depth:
                lists[path[: indexes[depth].start()]].add(int(indexes[depth][1]))
        for name, numbers in lists.items():
            result = _renumbered(result, truth, name, numbers)
    return result


def _renumbered(
    found: dict[str, Entry], truth: Mapping[str, str], name: str, numbers: set[int]
) -> dict[str, Entry]:
    start = re.compile(re.escape(name) + r"\[(\d+)\]")
    true = {int(match[1]) for path in truth if (match := start.match(path))}
    pairs = []
    for number in numbers:
        mine = {
            path[len(f"{name}[{number}]") :]: entry
            for path, entry in found.items()
            if path.startswith(f"{name}[{number}]") and entry.value is not None
        }
        for other in true:
            alike = sum(
                3 if rest == ".name" else 1
                for rest, entry in mine.items()
                if truth.get(f"{name}[{other}]{rest}") == entry.text
            )
            pairs.append((-alike, number != other, number, other))
    chosen: dict[int, int] = {}
    for alike, _, number, other in sorted(pairs):
        if number not in chosen and other not in chosen.values() and alike < 0:
            chosen[number] = other
    return {
        start.sub(lambda match: f"{name}[{chosen.get(int(match[1]), 1000 + int(match[1]))}]", path, count=1)
        if start.match(path)
        else path: entry
        for path, entry in found.items()
    }
