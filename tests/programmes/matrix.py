"""The matrix of clauses and conditions: docs/conditions.md.

``python -m tests.programmes.matrix`` (or ``make golden``) writes it anew, from every ``programme.yaml`` and from
``clauses/<province>-<programme>.yaml``, which lists the clauses of the official text that have no condition, each
with the reason, and the order of the text's parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from generator.conditions.rules import compile_rules
from generator.model.catalogue import Catalogue, CommonRules
from generator.model.programme import Programme

ROOT: Final = Path(__file__).resolve().parents[2]
DOCUMENT: Final = ROOT / "docs" / "conditions.md"
CLAUSES: Final = Path(__file__).resolve().parent / "clauses"
LEVELS: Final = {"must": "必须", "in_principle": "原则上", "preferred": "鼓励"}
_NUMBER = re.compile(r"[（(]?([一二三四五六七八九十]+|\d+)[）)]?")
_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True)
class Row:
    """One line of the matrix.

    Attributes:
        clause: the clause's number in the source.
        quote: its words.
        rule: the rule's id; empty where the clause has none.
        how: how it is judged, or why it is not.
    """

    clause: str
    quote: str
    rule: str
    how: str


@cache
def common_rules() -> CommonRules:
    """The rules that hold for every programme."""
    return Catalogue().common_rules()


@cache
def listed(code: str) -> dict[str, Any]:
    """The hand-written list of a programme's clauses without condition."""
    path = CLAUSES / f"{code.replace('/', '-')}.yaml"
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def number(text: str) -> int:
    """A Chinese or Arabic number below 100."""
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    return (_DIGITS.index(tens) if tens else 1) * 10 * bool(ten) + (_DIGITS.index(ones) if ones else 0)


def order(clause: str, parts: list[str]) -> tuple[int, ...]:
    """Where a clause stands in the source: its part, then its numbers; 文末 after the body, 首段 first.

    ``之一``, ``之二`` tell what else a clause says, and come after it.
    """
    part = next((name for name in parts if clause.startswith(name)), parts[0])
    rest = clause.removeprefix(part).strip()
    if rest == "文末":
        return (parts.index(part), 99)
    if rest == "首段":
        return (parts.index(part), 0)
    plain, _, again = rest.partition("之")
    if _NUMBER.sub("", plain).strip():
        raise ValueError(f"not a clause of the source: {clause}")
    numbers = [number(found) for found in _NUMBER.findall(plain)]
    return (parts.index(part), *numbers, *([0, number(again)] if again else []))


def rows(programme: Programme) -> list[Row]:
    """The rows of a programme, in the source's order."""
    known = listed(programme.code)
    found = list(_rows(programme))
    found += [Row(each["clause"], each["text"], "", each["why"]) for each in known["without"]]
    return sorted(found, key=lambda row: order(row.clause, known["parts"]))


def _rows(programme: Programme) -> Iterator[Row]:
    wordings = {rule.id for rule in compile_rules(programme, common_rules()).conditions if rule.text_figures}
    for condition in programme.conditions:
        how = f"数据判断（{LEVELS[condition.level]}）" if condition.test else "由人判断"
        if condition.test and (condition.judge or condition.id in wordings):
            how = f"没有的由数据判断（{LEVELS[condition.level]}），写得怎样由人判断"
        for clause in condition.clause.split("、"):
            yield Row(clause, condition.quote, condition.id, how)
    for limit in programme.limits:
        bounds = "，".join(
            text
            for text in (
                f"不超过 {limit.max} 字" if limit.max is not None else "",
                f"不少于 {limit.min} 字" if limit.min is not None else "",
            )
            if text
        )
        yield Row(limit.clause, limit.quote, f"limit.{limit.path}", bounds)


def matrix(catalogue: Catalogue) -> str:
    """The whole document."""
    lines = [
        "# 条款与条件对照表",
        "",
        (
            "每个方案的官方文件逐条列出：由哪一个条件判断，或者为什么没有条件。反引号里是条件的编号；"
            "`check` 的报告写条件的标题，`--accept` 和数据里写标题或编号都可以。一条里有几个条件的分几行写；“由人判断”的只列出要看什么，不影响出签署版。"
        ),
        "",
        (
            "本表由各方案的 `programme.yaml` 和 `tests/programmes/clauses/` 里没有条件的条款生成（`make golden`），"
            "引文逐字取自官方文本。各方案通用的数据一致性规则（`common.…`）见 `templates/common/rules.yaml`。"
        ),
    ]
    for code, programme in catalogue.all().items():
        tested = sum(condition.test is not None for condition in programme.conditions)
        lines += [
            "",
            f"## {programme.source.title}（{code}）",
            "",
            (
                f"条件 {len(programme.conditions)} 条，其中数据判断 {tested} 条、由人判断"
                f" {len(programme.conditions) - tested} 条；字数限制 {len(programme.limits)} 处。"
            ),
            "",
            "| 条款 | 原文 | 条件 | 怎样判断，或为什么没有 |",
            "|--|--|--|--|",
        ]
        for row in rows(programme):
            clause = row.clause.partition("之")[0]
            quote = row.quote.replace("|", "\\|").replace("*", "\\*").replace("\n", " ")
            rule = f"`{row.rule}`" if row.rule else "—"
            lines.append(f"| {clause} | {quote} | {rule} | {row.how} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the document."""
    DOCUMENT.write_text(matrix(Catalogue()), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
