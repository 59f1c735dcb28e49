"""A programme's conditions read back: as sentences, with the values at which each verdict turns."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from msgspec import Struct

from generator.base.failures import reason
from generator.base.files import write_new
from generator.conditions.boundary_data import Made, made_rows
from generator.conditions.rules import Rule, compile_rules
from generator.conditions.sentences import condition_sentence
from generator.errors import OutputError
from generator.model.catalogue import CommonRules
from generator.model.programme import Programme
from generator.writers.yaml import data_yaml

_MARKS: Final = {"pass": "✓", "judge": "✓", "fail": "✗", "warn": "△"}


class BoundaryRow(Struct, frozen=True):
    """One value of a figure just under, at or just over a bound.

    Attributes:
        figure: the figure's title.
        shown: its value, with its unit.
        verdict: what ``check`` says of it, the other figures being such that this one decides.
        file: the name of its data file; empty where none was written.
    """

    figure: str
    shown: str
    verdict: str
    file: str = ""


class ReadBack(Struct, frozen=True):
    """One condition as it is understood.

    Attributes:
        id: its id.
        title: its title.
        clause: where the official text has it.
        sentence: what it asks for, without a full stop.
        rows: where its verdict turns; none where a person judges.
    """

    id: str
    title: str
    clause: str
    sentence: str
    rows: tuple[BoundaryRow, ...] = ()

    def table(self) -> list[tuple[str, str]]:
        """The rows by figure: its title, and its values with their marks, the smallest first."""
        found: dict[str, list[str]] = {}
        for row in self.rows:
            shown = f"{row.shown} {_MARKS[row.verdict]}"
            if shown not in found.setdefault(row.figure, []):
                found[row.figure].append(shown)
        return [(figure, "｜".join(shown)) for figure, shown in found.items()]


def read_back(programme: Programme, common: CommonRules, folder: Path | None = None) -> tuple[ReadBack, ...]:
    """A programme's own conditions as they are understood.

    Args:
        programme: the programme; its rules must compile.
        common: the common rules.
        folder: where a data file of every row is written; None for no files.

    Raises:
        OutputError: a file is there already, or cannot be written.
    """
    found = []
    for rule in compile_rules(programme, common).conditions:
        made = sorted(made_rows(rule, programme), key=_order)
        names = [
            _written(programme, rule, one, at, folder) if folder else "" for at, one in enumerate(made, 1)
        ]
        rows = [
            BoundaryRow(rule.figures[one.row.figure].title, one.row.shown(rule), one.verdict, name)
            for one, name in zip(made, names, strict=True)
        ]
        condition = rule.condition
        sentence = condition_sentence(rule, programme).rstrip("。")
        found.append(ReadBack(condition.id, condition.title, condition.clause, sentence, tuple(rows)))
    return tuple(found)


def _order(made: Made) -> tuple[str, float]:
    value = made.row.values[made.row.figure]
    return made.row.figure, float(value) if isinstance(value, int) and not isinstance(value, bool) else 0.0


def _written(programme: Programme, rule: Rule, made: Made, number: int, folder: Path) -> str:
    """Write the data file of one row; gives its name."""
    name = f"{rule.id}-{number:02d}.yaml"
    known = {programme.code: programme}
    text = data_yaml(
        None,
        made.data,
        {programme.code: {}},
        known,
        extra=tuple(own.declaration() for own in programme.fields),
    )
    expected = {"pass": "符合", "judge": "符合（请人判断）", "fail": "不符合", "warn": "提醒"}[made.verdict]
    title = rule.figures[made.row.figure].title
    head = f"# 临界数据：{rule.condition.title}\n# {title} {made.row.shown(rule)}：应为“{expected}”\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"建不了目录 {folder}（{reason(error)}）", "换一个目录") from None
    write_new(folder / name, (head + text).encode())
    return name
