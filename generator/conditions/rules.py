"""Checking a programme's rules and compiling them: every fault is found before any data is judged."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from generator.base.tree import places
from generator.conditions.applicability import Asked, asked, members_asked
from generator.conditions.cel import NAME, RESERVED, CelType, Expression, ExpressionError
from generator.conditions.columns import planned_column
from generator.conditions.denial import denies
from generator.conditions.figure_plan import plan
from generator.conditions.measured import spelled_out
from generator.conditions.messages import Message
from generator.conditions.operations import OPERATIONS
from generator.conditions.sample import Computed, Plan
from generator.conditions.targets import target
from generator.errors import Place, Problem, ProgrammeError
from generator.model.catalogue import CommonRules
from generator.model.programme import Condition, Figure, Limit, Programme
from generator.model.programme_file import read_file
from generator.model.value_kinds import LongText, Text

COMMON_FILE = "common/rules.yaml"
LIMIT = "limit."
COMMON = "common."
_REMEDY = "按方案格式说明（docs/programme-format.md）改正"


class Rule(Struct, frozen=True):
    """A condition ready to judge.

    Attributes:
        id: the finding's rule id.
        condition: as the file has it.
        figures: the figures it needs, by name.
        paths: the paths it needs.
        expression: its test; None where a person judges.
        when: where it applies.
    """

    id: str
    condition: Condition
    figures: Mapping[str, Plan]
    paths: tuple[str, ...]
    expression: Expression | None
    when: tuple[Asked, ...] = ()

    @property
    def text_figures(self) -> tuple[str, ...]:
        """The figures that look at running text, by name: finding a text does not prove what it says."""
        return tuple(
            name
            for name, plan in self.figures.items()
            if isinstance(plan.kind, LongText) and OPERATIONS[plan.operation].of_words
        )

    def passages(self, figures: Mapping[str, Computed]) -> dict[str, list[str]]:
        """By figure what a person has to read before the condition can hold: running text, and names that seem to deny.

        Args:
            figures: the rule's figures of one dataset.
        """
        found = {name: figures[name].names for name in self.text_figures}
        for name, one in self.figures.items():
            if type(one.kind) is Text and OPERATIONS[one.operation].of_words:
                value = figures[name].value
                texts = value if isinstance(value, list) else [value]
                found[name] = [text for text in texts if isinstance(text, str) and denies(text)]
        return {name: texts for name, texts in found.items() if texts}


class Rules(Struct, frozen=True):
    """Everything that a programme's data is judged by, in order.

    Attributes:
        conditions: the programme's own conditions.
        limits: its limits.
        common: the common rules that it has not replaced, and that apply to it.
    """

    conditions: tuple[Rule, ...]
    limits: tuple[Limit, ...]
    common: tuple[Rule, ...]

    @property
    def ids(self) -> frozenset[str]:
        """Every rule id that a finding can have."""
        limits = (LIMIT + limit.path for limit in self.limits)
        return frozenset([*(rule.id for rule in (*self.conditions, *self.common)), *limits])


class _Compiler(Struct):
    programme: Programme
    file: str
    problems: list[Problem]

    def complain(self, where: str, message: str) -> None:
        """Note a fault at a place in the file, as ``conditions[2].test``."""
        self.problems.append(Problem(message, _REMEDY, Place(self.file), where))

    def plans(self, figures: Mapping[str, Figure]) -> dict[str, Plan]:
        planned = {}
        for name, figure in figures.items():
            where = f"figures.{name}"
            if not NAME.fullmatch(name) or name in RESERVED:
                self.complain(
                    where, f"算法名“{name}”要用小写字母、数字和下划线，以字母开头，且不是 CEL 的保留字"
                )
                continue
            try:
                planned[name] = plan(name, figure, self.programme)
            except ValueError as error:
                self.complain(where, f"算法“{name}”：{error}")
        return planned

    def rules(
        self, conditions: Iterable[Condition], figures: Mapping[str, Figure], prefix: str
    ) -> Iterator[Rule]:
        planned = self.plans(figures)
        seen: set[str] = set()
        for at, condition in enumerate(conditions):
            where = f"conditions[{at}]"
            if condition.id in seen:
                self.complain(where, f"条件编号“{condition.id}”用了两次")
            seen.add(condition.id)
            try:
                spelled, own = spelled_out(condition, figures, self.programme)
            except ValueError as error:
                self.complain(f"{where}.counts", f"条件“{condition.id}”：{error}")
                continue
            both = {**planned, **self.plans(own)} if own else planned
            if rule := self._rule(spelled, {**figures, **own}, both, where, prefix):
                yield rule

    def _rule(
        self,
        condition: Condition,
        figures: Mapping[str, Figure],
        planned: Mapping[str, Plan],
        where: str,
        prefix: str,
    ) -> Rule | None:
        before = len(self.problems)

        def complain(message: str, part: str = "") -> None:
            self.complain(f"{where}.{part}" if part else where, f"条件“{condition.id}”：{message}")

        if not condition.id or any(char in condition.id for char in "=: \t\n　"):
            complain("编号不能为空，也不能有空格、冒号和等号", "id")
        elif condition.id.startswith((LIMIT, COMMON)):
            complain(f"编号不能以 {LIMIT} 或 {COMMON} 开头", "id")
        # A figure that is itself at fault has been complained of.
        needed = {name: planned[name] for name in condition.needs if name in planned}
        paths = tuple(name for name in condition.needs if name not in figures)
        for path in (*paths, *([condition.field] if condition.field else ())):
            try:
                target(self.programme.model, path)
            except ValueError as error:
                complain(f"{error}，也没有叫这个名称的算法" if path in paths else str(error), "needs")
        for part, fault in _inconsistencies(condition, needed):
            complain(fault, part)
        silent = next((figure for figure in needed.values() if figure.is_silent), None)
        if silent is not None and prefix != COMMON:
            complain(f"用到的“{silent.name}”在本方案里没有写明", "needs")
        when: tuple[Asked, ...] = ()
        try:
            when = asked(condition.when, self.programme)
        except ValueError as error:
            complain(str(error), "when")
        expression = None
        if condition.test is not None:
            if not condition.needs:
                complain("有 test 却没有写 needs", "test")
            elif set(condition.needs) <= {*planned, *paths}:
                try:
                    expression = Expression(condition.test, _types(needed), _types(planned))
                except ExpressionError as error:
                    complain(f"test“{condition.test}”{error}", "test")
        if len(self.problems) > before:
            return None
        return Rule(prefix + condition.id, condition, needed, paths, expression, when)

    def attachments(self) -> None:
        """Complain of what is wrong with when attachments are asked for."""
        for at, item in enumerate(self.programme.attachments):
            try:
                asked(item.when, self.programme)
            except ValueError as error:
                self.complain(f"attachments[{at}].when", f"附件“{item.title}”：{error}")

    def documents(self) -> None:
        """Complain of what is wrong with when there is a document, and for which members."""
        for at, document in enumerate(self.programme.documents):
            for name, check, form in (
                ("when", asked, document.when),
                ("where", members_asked, document.where),
            ):
                try:
                    check(form, self.programme)
                except ValueError as error:
                    self.complain(f"documents[{at}].{name}", f"文件“{document.title}”：{error}")

    def parties(self) -> None:
        """Complain of what is wrong with the parties that sign besides those of every programme."""
        for at, party in enumerate(self.programme.parties):
            try:
                if party.field and not isinstance(target(self.programme.model, party.field).kind, Text):
                    self.complain(f"parties[{at}].field", f"签署方“{party.title}”：“{party.field}”不是名称")
                asked(party.when, self.programme)
            except ValueError as error:
                self.complain(f"parties[{at}]", f"签署方“{party.title}”：{error}")

    def summary(self) -> None:
        """Complain of what is wrong with the columns of the department's workbook."""
        for at, column in enumerate(self.programme.summary.columns if self.programme.summary else ()):
            try:
                planned_column(column, self.programme)
            except ValueError as error:
                name = column.title or column.value
                self.complain(f"summary.columns[{at}]", f"汇总的列“{name}”：{error}")

    def limits(self) -> Iterator[Limit]:
        seen: set[str] = set()
        for at, limit in enumerate(self.programme.limits):
            where, name = f"limits[{at}]", f"字数限制“{limit.path}”"
            if limit.path in seen:
                self.complain(where, f"{name}写了两次")
            seen.add(limit.path)
            try:
                kinds = [target(self.programme.model, path).kind for path in counted_paths(limit)]
            except ValueError as error:
                self.complain(where, f"{name}：{error}")
                continue
            if not all(isinstance(kind, Text | LongText) for kind in kinds):
                self.complain(where, f"{name}：不是文字")
            if limit.max is None and limit.min is None:
                self.complain(where, f"{name}：max 和 min 至少写一个")
            yield limit


def counted_paths(limit: Limit) -> list[str]:
    """The paths whose texts a limit counts: its own, then those that stand in the same cell."""
    before, dot, _ = limit.path.rpartition(".")
    return [limit.path, *(f"{before}{dot}{name}" for name in limit.together)]


def _inconsistencies(condition: Condition, needed: Mapping[str, Plan]) -> Iterator[tuple[str, str]]:
    """What in a condition does not go together: the part of it, and the fault."""
    titles = [figure.title for figure in needed.values()]
    if twice := next((title for title in titles if titles.count(title) > 1), None):
        yield "needs", f"needs 里有两个算法的标题都是“{twice}”"
    if condition.counted == "both" and not any(figure.over_members for figure in needed.values()):
        yield "counted", "写了 counted: both，needs 里却没有对 members[] 的算法"
    if condition.test is None and not condition.judge:
        yield "judge", "没有 test 的条件由人判断，要在 judge 里写明看什么"
    for part, text in (
        ("pass", condition.passed),
        ("fail", condition.failed),
        ("judge", condition.judge),
        ("remedy", condition.remedy),
    ):
        for fault in Message(text).faults(needed):
            yield part, fault


def _types(figures: Mapping[str, Plan]) -> dict[str, tuple[CelType, bool]]:
    return {name: (figure.type, figure.many) for name, figure in figures.items()}


def _tree(path: Path, name: str) -> dict[str, Place]:
    return dict(places(read_file(path, name))) if path.is_file() else {}


def _line(tree: Mapping[str, Place], problem: Problem) -> Place:
    # A part that was left out has no line of its own: its rule has.
    return tree.get(problem.path) or tree.get(problem.path.rpartition(".")[0]) or problem.place


def _compile(programme: Programme, common: CommonRules) -> tuple[Rules, list[Problem]]:
    problems: list[Problem] = []
    own_file = f"{programme.code}/{programme.file_name}"
    own = _Compiler(programme, own_file, problems)
    conditions = tuple(own.rules(programme.conditions, programme.figures, ""))
    limits = tuple(own.limits())
    own.attachments()
    own.documents()
    own.summary()
    own.parties()
    if problems:
        tree = _tree(programme.folder / programme.file_name, own_file)
        problems[:] = [Problem(each.message, each.remedy, _line(tree, each), each.path) for each in problems]
    shared = _Compiler(programme, COMMON_FILE, problems)
    known = {condition.id for condition in common.conditions}
    for at, off in enumerate(programme.common_off):
        if off not in known:
            own.complain(f"common_off[{at}]", f"没有编号是“{off}”的通用规则，可用：{'、'.join(known)}")
    replaced = {condition.id for condition in programme.conditions} | set(programme.common_off)
    common_rules = tuple(
        rule
        for rule in shared.rules(common.conditions, common.figures, COMMON)
        if rule.condition.id not in replaced and not any(figure.is_silent for figure in rule.figures.values())
    )
    return Rules(conditions, limits, common_rules), problems


def rule_problems(programme: Programme, common: CommonRules) -> tuple[Problem, ...]:
    """Everything wrong with a programme's rules, and with the common ones under this programme's model.

    Args:
        programme: the programme.
        common: the common rules.

    Returns:
        Each fault with its file, its line where the file can be read, and as ``path`` its place in the
        file, as ``conditions[2].test``.
    """
    return tuple(_compile(programme, common)[1])


# The rules of the programmes last used; a programme is recognised as the same object, not compared by value.
_compiled: deque[tuple[Programme, CommonRules, Rules]] = deque(maxlen=64)


def compile_rules(programme: Programme, common: CommonRules) -> Rules:
    """A programme's rules, checked and compiled; kept for the next dataset.

    Args:
        programme: the programme.
        common: the common rules.

    Raises:
        ProgrammeError: a rule is at fault; names the file, the rule and what to write instead.
    """
    for kept, its_common, its_rules in tuple(_compiled):
        if kept is programme and its_common == common:
            return its_rules
    rules, problems = _compile(programme, common)
    if problems:
        first, more = problems[0], len(problems) - 1
        what = first.message + (f"（另有 {more} 处问题）" if more else "")
        raise ProgrammeError(what, first.remedy, first.place)
    _compiled.append((programme, common, rules))
    return rules
