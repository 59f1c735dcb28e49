"""Problems: root causes with the way to mend them, what a person must judge, reminders, other schemes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct
from starlette.responses import Response

from generator.errors import DataError, UsageError
from generator.model.findings import LEVEL_TEXTS, VERDICT_TEXTS, Finding, finding_named
from generator.model.judgement import Judgement
from generator.model.paths import spec_of
from generator.web.opened import OpenFile, shown_section
from generator.web.visit import Visit
from generator.workflows.check import check
from generator.workflows.checklist import not_attached
from generator.workflows.editing import Change, InsertRows, SetText, State

_MOST_REMEDIES: Final = 8
_JUDGED: Final = ("result", "name", "date", "note")


class Wrong(Struct, frozen=True):
    """A value that cannot be read.

    Attributes:
        path: the field.
        title: the field for a person.
        text: what is wrong and what to do.
        given: what the file says.
        remedies: values that would be right, to be chosen with one click.
    """

    path: str
    title: str
    text: str
    given: str
    remedies: tuple[str, ...]


class Lack(Struct, frozen=True):
    """Something that is missing, and the conditions that wait for it."""

    fields: tuple[tuple[str, str], ...]
    waiting: tuple[Finding, ...]


def show(visit: Visit) -> Response:
    """All that stands in the way, and what is to be looked at."""
    opened = visit.opened()
    state = opened.state()
    judgement = opened.judged(state)
    findings = judgement.findings
    failed = [one for one in findings if one.verdict == "fail" and not one.accepted]
    return visit.page(
        "problems.html",
        title=f"问题 · {opened.name}",
        name=opened.name,
        programme=opened.form.programme,
        state=state,
        conclusion=judgement.conclusion,
        ready=not judgement.obstacles and not judgement.dataset.problems,
        wrong=_wrong(opened, judgement, state, visit),
        failed=failed,
        accepted=[one for one in findings if one.accepted],
        lacks=[
            Lack(_titles(opened, group[0].missing), tuple(group))
            for group in judgement.causes
            if any(one.level == "must" for one in group)
        ],
        waiting=len(judgement.waiting),
        absent=_by_section(opened, judgement),
        lost=judgement.lost,
        not_attached=[one.title for one in not_attached(opened.form.programme, judgement.dataset)],
        judge=[one for one in findings if one.verdict == "judge" or one.judged],
        verdicts=_judged(state.values, findings),
        warned=[one for one in findings if one.verdict == "warn" and not one.judged],
        unknown=[one for one in findings if one.verdict == "unknown" and one.level != "must"],
        passed=[one for one in findings if one.verdict == "pass" and not one.judged],
        notices=[visit.desk.said(text) for text in state.notices],
        levels=LEVEL_TEXTS,
        said=visit.desk.said,
        count=0,
    )


def remedy(visit: Visit) -> Response:
    """A right value in the place of a wrong one."""
    opened = visit.opened()
    path, text = visit.asked("path"), visit.asked("text")
    state = opened.state()
    if text not in _remedies(opened, path):
        raise UsageError("没有这个改法", "刷新页面后重试")
    _change(opened, [SetText(path, text)], state)
    return _back(visit)


def judge(visit: Visit) -> Response:
    """What a person found who looked at a condition."""
    opened = visit.opened()
    state = opened.state()
    findings = opened.judged(state).findings
    rule = _rule(findings, visit.asked("rule"), {"judge", "pass", "fail", "warn"})
    texts = {name: visit.asked(name).strip() for name in _JUDGED}
    if not texts["result"] or not texts["name"] or not texts["date"]:
        raise UsageError("判断没有写全，没有保存", "选结论，写判断人和日期，再保存")
    at = _row_of(state.values, "judged", rule, findings)
    if at is None:
        rows = state.counts.get("judged", 0)
        _change(opened, [InsertRows("judged", rows, ({"rule": _written(rule, findings), **texts},))], state)
    else:
        _change(opened, [SetText(f"judged[{at}].{name}", text) for name, text in texts.items()], state)
    return _back(visit)


def accept(visit: Visit) -> Response:
    """A written reason for which a condition that is not met is accepted."""
    opened = visit.opened()
    state = opened.state()
    findings = opened.judged(state).findings
    rule = _rule(findings, visit.asked("rule"), {"fail"})
    reason = visit.asked("reason").strip()
    if not reason:
        raise UsageError("没有写理由，没有保存", "写明为什么不满足仍要申报")
    rows = state.counts.get("accepted", 0)
    _change(
        opened, [InsertRows("accepted", rows, ({"rule": _written(rule, findings), "reason": reason},))], state
    )
    return _back(visit)


def compare(visit: Visit) -> Response:
    """The same consortium before every scheme."""
    desk = visit.desk
    path = desk.served.data(visit.asked("file"))
    judgements = check(desk.workspace, path, every=True).judgements
    return visit.page(
        "compare.html",
        name=visit.asked("file"),
        rows=[(one, _counts(one), _worst(one)) for one in judgements],
        verdicts=VERDICT_TEXTS,
    )


def _counts(judgement: Judgement) -> dict[str, int]:
    found = dict.fromkeys(VERDICT_TEXTS, 0)
    for finding in judgement.findings:
        found[finding.verdict] += 1
    return found


def _worst(judgement: Judgement) -> list[Finding]:
    return [one for one in judgement.findings if one.verdict == "fail" and one.stands_in_the_way]


def _change(opened: OpenFile, changes: Sequence[Change], state: State) -> None:
    saved = opened.editing.change(changes, seen=state.sha256)
    if saved.conflicts:
        raise DataError("文件刚被别人改过，没有保存", "看一下新的内容，再做一次")


def _back(visit: Visit) -> Response:
    return visit.on("/problems", file=visit.asked("file"), p=visit.asked("p"))


def _rule(findings: Sequence[Finding], rule: str, verdicts: set[str]) -> str:
    if not any(one.rule == rule and one.verdict in verdicts for one in findings):
        raise UsageError("没有这个条件，或者现在不能这样办", "刷新页面后重试")
    return rule


def _written(rule: str, findings: Sequence[Finding]) -> str:
    """What stands in the file for a condition: its title, or its id where two have one title."""
    title = next(one.title for one in findings if one.rule == rule)
    return title if finding_named(title, findings) is not None else rule


def _rows(values: Mapping[str, str], path: str, findings: Sequence[Finding]) -> Iterator[tuple[int, str]]:
    """The rows of a list with the id of the condition that each names, by title or by id."""
    at = 0
    while (written := values.get(f"{path}[{at}].rule")) is not None:
        meant = finding_named(written, findings)
        yield at, meant.rule if meant is not None else written
        at += 1


def _row_of(values: Mapping[str, str], path: str, rule: str, findings: Sequence[Finding]) -> int | None:
    return next((at for at, meant in _rows(values, path, findings) if meant == rule), None)


def _judged(values: Mapping[str, str], findings: Sequence[Finding]) -> dict[str, dict[str, str]]:
    """What persons have found, by the condition's id."""
    return {
        rule: {name: values.get(f"judged[{at}].{name}", "") for name in _JUDGED}
        for at, rule in _rows(values, "judged", findings)
    }


def _titles(opened: OpenFile, paths: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple((path, opened.editing.title(path)) for path in dict.fromkeys(paths))


def _wrong(opened: OpenFile, judgement: Judgement, state: State, visit: Visit) -> list[Wrong]:
    return [
        Wrong(
            problem.path,
            opened.editing.title(problem.path) if problem.path else "",
            visit.desk.said(f"{problem.message}。请{problem.remedy}。"),
            state.values.get(problem.path, ""),
            _remedies(opened, problem.path),
        )
        for problem in judgement.dataset.problems
    ]


def _remedies(opened: OpenFile, path: str) -> tuple[str, ...]:
    """The right values of a field that has a few."""
    spec = spec_of(opened.form.model, path) if path else None
    if spec is None or spec.kind is None:
        return ()
    if spec.kind.name == "flag":
        return ("是", "否")
    return spec.kind.options[:_MOST_REMEDIES]


def _by_section(opened: OpenFile, judgement: Judgement) -> list[tuple[str, list[tuple[str, str]]]]:
    """What documents print and the data does not give, by section."""
    found: dict[str, list[tuple[str, str]]] = {}
    for one in judgement.only_absent:
        section = shown_section(opened.form, one.path)
        found.setdefault(section.title if section else "其他", []).append((one.path, one.title))
    return list(found.items())
