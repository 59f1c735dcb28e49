"""From a dataset to findings: conditions in the programme's order, then limits, then common rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from msgspec.structs import replace

from generator.base.text import did_you_mean, excerpt, fold, listed, request, sentence
from generator.conditions.applicability import hold
from generator.conditions.cel import ExpressionError, Plain
from generator.conditions.figures import compute
from generator.conditions.limits import judge_limit
from generator.conditions.messages import Message, lacking, unknown_message
from generator.conditions.rules import COMMON_FILE, Rule, compile_rules
from generator.conditions.sample import Computed, Plan
from generator.conditions.selection import Missing, View, is_none
from generator.errors import Place, ProgrammeError
from generator.model.catalogue import CommonRules
from generator.model.consortium import MET, Judged
from generator.model.dataset import Dataset
from generator.model.findings import Finding, finding_named
from generator.model.paths import resolve
from generator.model.programme import Programme, Verdict
from generator.model.value_kinds import Date

_MOST_PASSAGES = 3
ACCEPTED_RULE = "common.accepted"
JUDGED_RULE = "common.judged"


def judge(
    dataset: Dataset,
    programme: Programme,
    common: CommonRules,
    *,
    accept: Mapping[str, str] | None = None,
    day: date | None = None,
) -> tuple[Finding, ...]:
    """Judge a dataset by a programme's conditions and limits and by the common rules.

    The day of judgement is the data's filing date, else ``day``; the clock is never asked. With neither,
    what hangs on the day (a scheme's validity) is ``unknown``.

    Args:
        dataset: the data as loaded for this programme.
        programme: the programme.
        common: the rules that hold for every programme.
        accept: failed conditions that are accepted, with the reason, beside those of the data itself.
        day: the day of judgement where the data has no filing date, as from ``SOURCE_DATE_EPOCH``.

    Raises:
        ProgrammeError: a rule is at fault.
    """
    rules = compile_rules(programme, common)
    judgement = _Judgement(dataset, programme, View(dataset, day))
    findings = [
        *(judgement.rule(rule, f"{programme.code}/{programme.file_name}") for rule in rules.conditions),
        *(judge_limit(limit, judgement.view, dataset, programme) for limit in rules.limits),
    ]
    figures_of_common = _Judgement(dataset, programme, judgement.view)
    findings += [figures_of_common.rule(rule, COMMON_FILE) for rule in rules.common]
    present = [finding for finding in findings if finding is not None]
    return judgement.accepted(judgement.judged(present, rules.ids), rules.ids, accept or {})


class _Judgement:
    """One dataset's figures, each computed once."""

    def __init__(self, dataset: Dataset, programme: Programme, view: View) -> None:
        self.dataset = dataset
        self.programme = programme
        self.view = view
        self._computed: dict[tuple[Plan, bool], Computed] = {}

    def _compute(self, figure: Plan, without_leads: bool = False) -> Computed:
        key = (figure, without_leads and figure.over_members)
        if key not in self._computed:
            self._computed[key] = compute(figure, self.view, without_leads=key[1])
        return self._computed[key]

    def rule(self, rule: Rule, file: str) -> Finding | None:
        """The finding of one rule; None where it does not apply, or is left out because a value is missing."""
        condition = rule.condition
        applies = hold(rule.when, self.view, self._compute)
        if applies is False:
            return None
        both = condition.counted == "both"
        figures = {name: self._compute(plan, False) for name, plan in rule.figures.items()}
        others = {name: self._compute(plan, True) for name, plan in rule.figures.items()} if both else figures
        missing = list(() if applies is True else applies) or self._missing(rule, figures, others)
        if missing:
            if condition.when_missing == "skip":
                return None
            if rule.expression is None and condition.level != "must" and applies is True:
                missing = []
        if missing:
            because = lacking(missing, self.view.consortium, self.programme)
            message = unknown_message(condition.title, because, missing)
            finding = self._finding(rule, "unknown", message, missing[0].path)
            paths = tuple(dict.fromkeys(item.path for item in missing))
            return replace(finding, missing=paths, because=because)
        shown = self._shown(rule, figures, others)
        base = self._base(rule, figures)
        if rule.expression is None:
            text = sentence(Message(condition.judge).fill(figures))
            return replace(self._finding(rule, "judge", text, base), figures=shown)
        holds = self._test(rule, figures, file)
        holds_without = self._test(rule, others, file) if both else holds
        if holds != holds_without:
            message = self._differing(rule, figures, others, holds)
            return replace(self._finding(rule, "warn", message, base), figures=shown)
        passages = rule.passages(figures)
        if holds and (condition.judge or passages):
            # The program sees that something is written, not whether it says what it should: a person reads it.
            return replace(
                self._finding(rule, "judge", self._asked(rule, figures, passages), base), figures=shown
            )
        verdict: Verdict = "pass" if holds else ("fail" if condition.level == "must" else "warn")
        message = self._told(rule, figures, holds) + ("" if holds else self._remedy(rule, figures))
        at_fault = next((path for figure in figures.values() for path in figure.faults), base)
        path = base if holds or condition.field else at_fault
        return replace(self._finding(rule, verdict, message, path), figures=shown)

    def _missing(
        self, rule: Rule, figures: Mapping[str, Computed], others: Mapping[str, Computed]
    ) -> list[Missing]:
        missing = [item for figure in figures.values() for item in figure.missing]
        missing += [item for figure in others.values() for item in figure.missing]
        for path in rule.paths:
            missing += self.view.places(path)[1]
        return list(dict.fromkeys(missing))

    def _test(self, rule: Rule, figures: Mapping[str, Computed], file: str) -> bool:
        values: dict[str, Plain | list[Plain]] = {
            name: figure.value for name, figure in figures.items() if figure.value is not None
        }
        try:
            return rule.expression is not None and rule.expression.evaluate(values)
        except ExpressionError as error:
            raise ProgrammeError(
                f"条件“{rule.condition.id}”的 test“{rule.condition.test}”对这份数据求值出错（{error}）",
                "改写表达式，避免除法、下标和两层循环，改用算法（figures）",
                Place(file),
            ) from None

    def _told(self, rule: Rule, figures: Mapping[str, Computed], holds: bool) -> str:
        condition = rule.condition
        text = condition.passed if holds else condition.failed
        if text:
            return sentence(Message(text).fill(figures))
        listed = "，".join(f"{rule.figures[name].title}为{figure.shown}" for name, figure in figures.items())
        verdict = "符合" if holds else "不符合"
        return sentence(f"{verdict}“{condition.title}”" + (f"：{listed}" if listed else ""))

    def _asked(self, rule: Rule, figures: Mapping[str, Computed], found: Mapping[str, Sequence[str]]) -> str:
        """What a person should judge: the condition's own question, else the passages that were found, to be read."""
        if rule.condition.judge:
            return sentence(Message(rule.condition.judge).fill(figures))
        passages = [
            f"{rule.figures[name].title}：“{listed((excerpt(text).rstrip('。；') for text in texts), _MOST_PASSAGES)}”"
            for name, texts in found.items()
        ]
        return sentence(*passages, f"写得是否做到“{rule.condition.title}”，请看正文")

    def _remedy(self, rule: Rule, figures: Mapping[str, Computed]) -> str:
        return request(Message(rule.condition.remedy).fill(figures))

    def _differing(
        self, rule: Rule, figures: Mapping[str, Computed], others: Mapping[str, Computed], holds: bool
    ) -> str:
        with_leads = self._told(rule, figures, holds).rstrip("。")
        without = self._told(rule, others, not holds).rstrip("。")
        remedy = self._remedy(rule, others if holds else figures)
        return (
            f"计入牵头单位时：{with_leads}；不计入时：{without}。"
            f"条款没有写明是否计入牵头单位，两种算法结论不同，请按较严的一种准备，或先向受理部门问明。{remedy}"
        )

    def _shown(
        self, rule: Rule, figures: Mapping[str, Computed], others: Mapping[str, Computed]
    ) -> dict[str, str]:
        shown = {}
        for name, figure in figures.items():
            if figure.missing:
                continue
            without = others[name].shown
            differs = without != figure.shown
            shown[rule.figures[name].title] = figure.shown + (
                f"（不计牵头单位 {without}）" if differs else ""
            )
        return shown

    def _base(self, rule: Rule, figures: Mapping[str, Computed]) -> str:
        if rule.condition.field:
            return self._exact(rule.condition.field)
        for need in rule.condition.needs:
            path = figures[need].base if need in figures else self._exact(need)
            if path:
                return path
        return ""

    def _exact(self, path: str) -> str:
        return next((place.path for place in resolve(self.view.consortium, path)), path)

    def _finding(self, rule: Rule, verdict: Verdict, message: str, path: str) -> Finding:
        condition = rule.condition
        return Finding(
            programme=self.programme.code,
            rule=rule.id,
            level=condition.level,
            verdict=verdict,
            title=condition.title,
            clause=condition.clause,
            quote=condition.quote,
            message=message,
            path=path,
            place=self.dataset.place(path) if path else None,
        )

    def judged(self, findings: Iterable[Finding], ids: frozenset[str]) -> tuple[Finding, ...]:
        """The findings with the judgements that a person has recorded in the data put in.

        Found not to be met, a condition is not met. Entries that fit no such finding are reported in a warning.
        """
        by_rule = {finding.rule: finding for finding in findings}
        complaints: list[tuple[str, str]] = []
        for at, entry in enumerate(self.view.consortium.judged or ()):
            finding = finding_named(entry.rule or "", by_rule.values())
            if finding is None:
                complaints.append((f"judged[{at}]", self._unfit(entry.rule or "", ids)))
            elif finding.verdict not in {"judge", "warn"}:
                complaints.append((f"judged[{at}]", f"“{finding.title}”：不是由人判断的，也不是提醒"))
            elif entry.result is None or entry.date is None or not (entry.name or "").strip():
                unsaid = f"“{finding.title}”：结论、日期和判断人没有写全，不算判断过"
                complaints.append((f"judged[{at}]", unsaid))
            else:
                by_rule[finding.rule] = _with_judgement(finding, entry)
        if complaints:
            by_rule[JUDGED_RULE] = self._warning(
                JUDGED_RULE,
                "人工判断与条件对应",
                sentence("“人工判断”中有的用不上", *(text for _, text in complaints))
                + "请照核对结果写条件的标题，写全结论、日期和判断人，或删去这些项。",
                complaints[0][0],
            )
        return tuple(by_rule.values())

    def accepted(
        self, findings: Iterable[Finding], ids: frozenset[str], accept: Mapping[str, str]
    ) -> tuple[Finding, ...]:
        """The findings with accepted failures marked, and a warning where an acceptance does not fit."""
        entries = [
            (f"accepted[{at}]", entry.rule or "", entry.reason or "")
            for at, entry in enumerate(self.view.consortium.accepted or ())
        ]
        entries += [("", rule, reason) for rule, reason in accept.items()]
        by_rule = {finding.rule: finding for finding in findings}
        complaints: list[tuple[str, str]] = []
        for path, rule, reason in entries:
            finding = finding_named(rule, by_rule.values())
            if finding is None:
                complaints.append((path, self._unfit(rule, ids)))
            elif finding.verdict == "unknown":
                complaints.append((path, f"“{finding.title}”：缺数据，还没有结论，不能接受"))
            elif finding.verdict != "fail" or finding.level != "must":
                complaints.append((path, f"“{finding.title}”：没有判为不符合，不需要接受"))
            elif not reason.strip() or is_none(reason):
                complaints.append((path, f"“{finding.title}”：没有写理由，不算接受"))
            else:
                by_rule[finding.rule] = replace(finding, accepted=reason.strip())
        if complaints:
            by_rule[ACCEPTED_RULE] = self._warning(
                ACCEPTED_RULE,
                "接受的不符合项与判断结果对应",
                sentence("“接受的不符合项”中有的用不上", *(text for _, text in complaints))
                + "请照核对结果写条件的标题和理由，或删去这些项。",
                complaints[0][0],
            )
        return tuple(by_rule.values())

    def _unfit(self, written: str, ids: frozenset[str]) -> str:
        """Why an entry fits no finding; ``written`` is what it calls its condition by."""
        titles = {fold(rule.title) for rule in self.programme.conditions}
        if written in ids or fold(written) in titles:
            return f"“{written}”：这次没有判断"
        known = [condition.title for condition in self.programme.conditions]
        return (
            f"“{written or '（空）'}”：{self.programme.short_title}没有这一条{did_you_mean(written, known)}"
        )

    def _warning(self, rule: str, title: str, message: str, path: str) -> Finding:
        """A warning about entries of the data that fit no verdict; an empty path has no place in the data."""
        return Finding(
            programme=self.programme.code,
            rule=rule,
            level="in_principle",
            verdict="warn",
            title=title,
            clause="数据一致性",
            quote="",
            message=message,
            path=path,
            place=self.dataset.place(path) if path else None,
        )


def _with_judgement(finding: Finding, entry: Judged) -> Finding:
    """A finding with what a person found of it."""
    note = (entry.note or "").strip()
    said = f"{entry.name} {Date().show(entry.date)}看过，{entry.result}" + (f"：{note}" if note else "")
    if entry.result == MET:
        return replace(finding, judged=said)
    verdict: Verdict = "fail" if finding.level == "must" else "warn"
    return replace(finding, verdict=verdict, judged=said, message=sentence(said) + finding.message)
