"""Data in which the figures of a condition have the values of one row: made, and then counted again.

The data hold what the condition looks at and nothing else. Where no data can be made that have all the values
(more enterprises than members), there is none; a figure is never taken to have a value that it was not seen to have.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from itertools import product
from typing import Any, Final

from msgspec import Struct, field

from generator.base.text import fold
from generator.conditions.applicability import hold
from generator.conditions.boundaries import OTHER, Boundary, Values, bases, rows
from generator.conditions.expression_tree import UnknownFormError, answer, tree_of
from generator.conditions.figures import compute
from generator.conditions.rules import Rule
from generator.conditions.sample import Plan
from generator.conditions.selection import Criterion, View
from generator.conditions.targets import split_list, target
from generator.model.consortium import LEAD, MEMBER
from generator.model.dataset import Dataset
from generator.model.fields import FieldSpec
from generator.model.paths import given
from generator.model.programme import Programme
from generator.model.value_kinds import Choice, Date, Flag, Kind, LongText, Numeric, Share, Text

Tree = dict[str, Any]
_NONE: Final = "无"
_YEAR: Final = 2024
_ALL: Final = 100  # percent
_EMPTY: Final = ()  # a list or group that says nothing
_MOST_STEPS: Final = 20_000


class Made(Struct, frozen=True):
    """A row with the data that has its values.

    Attributes:
        row: the row.
        data: the data, as dicts, lists and texts in the model's names.
        verdict: what ``check`` should say: ``pass``, ``judge``, ``warn`` or ``fail``.
    """

    row: Boundary
    data: Tree
    verdict: str


def made_rows(rule: Rule, programme: Programme) -> list[Made]:
    """Rows of a condition with data, of both answers where such data can be made.

    Args:
        rule: the condition, compiled; one without an expression has no rows.
        programme: the programme.
    """
    best: list[Made] = []
    for base in bases(rule):
        found = []
        # A part that is not understood may stand where the answer was known before it was asked.
        with suppress(UnknownFormError):
            for row in rows(rule, base):
                data = data_for(rule, programme, row.values)
                verdict = _verdict(rule, programme, row, data) if data is not None else None
                if data is not None and verdict is not None:
                    found.append(Made(row, data, verdict))
        best += [one for one in found if all(one.row != known.row for known in best)]
        if len({one.row.holds for one in best}) > 1:
            break
    return best


def _verdict(rule: Rule, programme: Programme, row: Boundary, data: Tree) -> str | None:
    """What ``check`` should say of the data of a row; None where they do not have the row's values."""
    dataset = _dataset(programme, data)
    if dataset is None:
        return None
    if any(_refused(spec, value) for _, spec, value in given(dataset.consortium)):
        return None
    view = View(dataset)
    found = {name: compute(plan, view) for name, plan in rule.figures.items()}
    if hold(rule.when, view, lambda plan: compute(plan, view)) is not True:
        return None
    if any(_plain(found[name].value) != _plain(value) for name, value in row.values.items()):
        return None
    if any(view.places(path)[1] for path in rule.paths):
        return None
    condition = rule.condition
    if condition.counted == "both":
        without = {name: compute(plan, view, without_leads=True).value for name, plan in rule.figures.items()}
        if any(value is None for value in without.values()):
            return None
        if bool(answer(tree_of(str(condition.test)), without)) != row.holds:
            return "warn"
    if not row.holds:
        return "fail" if condition.level == "must" else "warn"
    return "judge" if condition.judge or rule.passages(found) else "pass"


def _refused(spec: FieldSpec, value: Any) -> bool:
    """Whether a data file with a number would be refused: a share of more than all, what the field's bounds exclude."""
    if not isinstance(spec.kind, Numeric) or not isinstance(value, int):
        return False
    most = (
        spec.bounds.most if spec.bounds.most is not None else _ALL if isinstance(spec.kind, Share) else None
    )
    least = spec.bounds.least if spec.bounds.least is not None else 0
    return value < least * spec.kind.scale or (most is not None and value > most * spec.kind.scale)


def _plain(value: Any) -> Any:
    return sorted(value, key=str) if isinstance(value, list) else value


def _dataset(programme: Programme, data: Tree) -> Dataset | None:
    try:
        return Dataset(programme.model.model_validate(data), {}, (), "")
    except ValueError:
        return None


def data_for(rule: Rule, programme: Programme, values: Values) -> Tree | None:
    """Data in which the figures of a rule have certain values; None where none can be made.

    Args:
        rule: the condition, compiled.
        programme: the programme.
        values: the values by figure.
    """
    return _Maker(rule, programme, values).make()


class _Of(Struct):
    """What the figures want of one list.

    Attributes:
        counts: criteria with the number of items that must meet them.
        sums: criteria and a field, with the total.
        lists: criteria and a field, with the values of the items that meet them.
        outside: a field, with how many of its values stand in no other list.
        last: whether years must be given.
    """

    counts: list[tuple[tuple[Criterion, ...], int]] = field(default_factory=list)
    sums: list[tuple[tuple[Criterion, ...], str, Kind | None, int]] = field(default_factory=list)
    lists: list[tuple[tuple[Criterion, ...], str, Kind | None, list[Any]]] = field(default_factory=list)
    outside: list[tuple[str, int]] = field(default_factory=list)
    years: bool = False


class _Maker:
    """Makes the data of one row."""

    def __init__(self, rule: Rule, programme: Programme, values: Values) -> None:
        self.rule = rule
        self.programme = programme
        self.values = values
        self.data: Tree = {"name": f"{OTHER}创新联合体"}
        self.lead: Tree = {"role": LEAD}
        self.wanted: dict[str, _Of] = {}

    def make(self) -> Tree | None:
        for name, plan in self.rule.figures.items():
            self.single(plan, self.values[name])
        for key in self.rule.when:
            for operator, wanted in key.tests:
                if (
                    operator in {"is", "min", "max", "from", "to"}
                    and key.figure.name not in self.rule.figures
                ):
                    self.single(key.figure, min(wanted) if isinstance(wanted, frozenset) else wanted)
        for path in self.rule.paths:
            self.needed(path)
        members = self.wanted.pop("members", _Of())
        others = [self.items(path, wanted) for path, wanted in self.wanted.items()]
        listed = self.members(members)
        if listed is None or not all(others):
            return None
        self.data["members"] = listed
        for path in self.rule.paths:
            if path.startswith(("members[].", "others[].")):
                for item in listed:
                    _put_new(item, path.partition("[].")[2], self.text(path, item))
        return self.data

    def text(self, path: str, item: Mapping[str, Any]) -> Any:
        here = target(self.programme.model, path)
        kind = here.kind
        if here.whole or kind is None:
            return [] if here.whole else {}
        if path.endswith("credit_code"):
            return _NONE
        if isinstance(kind, Choice):
            return kind.options[0]
        if isinstance(kind, (Numeric, Flag)):
            return "1"
        return f"{item.get('name', OTHER)}的内容"

    def needed(self, path: str) -> None:
        if "[]" not in path and not path.startswith("members"):
            owner, rest = (self.lead, path[5:]) if path.startswith("lead.") else (self.data, path)
            _put_new(owner, rest, self.text(path, owner))

    def single(self, plan: Plan, value: Any) -> None:
        """Put what one figure wants, or note what it wants of a list."""
        if plan.of_programme:
            if plan.path and isinstance(value, datetime):
                self.data["filing_date"] = value.date().isoformat()
            return
        path = plan.path
        if "[]" not in path:
            owner, rest = (self.lead, path[5:]) if path.startswith("lead.") else (self.data, path)
            text = _written(plan.kind, value)
            if plan.operation == "length":
                text = "字" * value if value else _NONE
            if plan.operation == "outside":
                text = "外单位" if value else self.lead_name
            _put(owner, rest, text)
            return
        prefix, tail = split_list(path)
        criteria = plan.criteria
        if prefix in {"leads", "others"}:
            role = LEAD if prefix == "leads" else MEMBER
            criteria = (
                Criterion(("role",), Choice(options=(LEAD, MEMBER)), (("is", frozenset({role})),)),
                *criteria,
            )
            prefix = "members"
        of = self.wanted.setdefault(prefix, _Of())
        of.years = of.years or plan.last is not None
        if plan.operation == "count" and not tail:
            of.counts.append((criteria, value))
        elif plan.operation == "sum":
            of.sums.append((criteria, tail, plan.kind, value))
        elif plan.operation == "values":
            of.lists.append((criteria, tail, plan.kind, value))
        elif plan.operation == "outside":
            of.outside.append((tail, value))

    def members(self, of: _Of) -> list[Any] | None:
        """The members, the lead first."""
        found = _solved(self.programme, "members[]", of)
        if found is None:
            return None
        leads = [at for at, item in enumerate(found) if item.get("role") == LEAD]
        roles = any(criterion.names == ("role",) for criteria, _ in of.counts for criterion in criteria)
        if found and (leads or not roles):
            # Where no figure asks for roles, the first member is the lead, whatever else it is.
            first = leads[0] if leads else 0
            found.insert(0, {**found.pop(first), **self.lead})
            found[0].setdefault("name", self.lead_name)
        elif not (of.counts or of.lists or of.sums):
            found = [{"name": self.lead_name, **self.lead}]
        for at, item in enumerate(found):
            item.setdefault("role", MEMBER)
            item.setdefault("name", f"{OTHER}第{at}单位")
        return found

    @property
    def lead_name(self) -> str:
        """The lead's name: what the condition wants, or any."""
        return str(self.lead.get("name") or f"{OTHER}牵头单位")

    def items(self, path: str, of: _Of) -> bool:
        """Put the items of a list of another path; whether they could be made."""
        owner, rest = (self.lead, path[5:]) if path.startswith("lead.") else (self.data, path)
        if path.startswith("members[]."):
            # One member has the list: the others are not there.
            owner, rest = self.lead, path.removeprefix("members[].")
        if "[]" in rest:
            return False
        found = _solved(self.programme, f"{path}[]", of, known=self.lead_name)
        if found is None:
            return False
        if of.years:
            given = [str(item["year"]) for item in found if "year" in item]
            for at, item in enumerate(item for item in found if "year" not in item):
                item["year"] = str(_YEAR - at)
            if given and len(given) != len(found):
                return False
        _put(owner, rest, found)
        return True


def _written(kind: Kind | None, value: Any) -> Any:
    """A figure's value as a data file has it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return Date().write(date(value.year, value.month, value.day))
    if isinstance(value, int) and kind is not None:
        return kind.write(value)
    return str(value) if value != "" else _NONE


def _put(owner: Tree, path: str, value: Any) -> None:
    *groups, name = path.split(".")
    for group in groups:
        owner = owner.setdefault(group, {})
    owner[name] = value


def _put_new(owner: Tree, path: str, value: Any) -> None:
    *groups, name = path.split(".")
    for group in groups:
        owner = owner.setdefault(group, {})
        if not isinstance(owner, dict):
            return
    owner.setdefault(name, value)


def _matches(criteria: tuple[Criterion, ...], item: Tree) -> bool | None:
    """Whether an item meets criteria; None where a value is missing without which it cannot be told."""
    for criterion in criteria:
        value = item.get(".".join(criterion.names))
        for operator, wanted in criterion.tests:
            if operator == "given":
                if (value not in (None, "", _EMPTY)) != wanted:
                    return False
            elif value is None:
                if operator != "not":
                    return None
            elif operator in {"min", "max", "from", "to"}:
                number = criterion.kind.for_condition(value) if criterion.kind else value
                if not (number >= wanted if operator in {"min", "from"} else number <= wanted):
                    return False
            elif ((fold(value) if isinstance(criterion.kind, Text) else value) in wanted) != (
                operator == "is"
            ):
                return False
    return True


def _options(criterion: Criterion) -> list[Any]:
    """Values of a field that a criterion tells apart; None where it may be left out."""
    found: list[Any] = []
    kind = criterion.kind
    for operator, wanted in criterion.tests:
        if operator == "given":
            found += (
                [""] if isinstance(kind, (Text, LongText)) else [None, *([] if kind else [{"name": OTHER}])]
            )
        elif operator in {"is", "not"}:
            found += sorted(wanted, key=str)
        else:
            found += [wanted - 1, wanted, wanted + 1] if isinstance(wanted, int) else [wanted]
    if isinstance(kind, Flag):
        found += [True, False]
    elif isinstance(kind, Choice):
        found += [option for option in kind.options if option not in found][:2]
    elif isinstance(kind, Text) or (kind is not None and not isinstance(kind, Numeric)):
        found.append(OTHER)
    return [value for at, value in enumerate(found) if value not in found[:at]]


def _solved(programme: Programme, path: str, of: _Of, *, known: str = "") -> list[Tree] | None:
    """Items that meet what the figures want of a list; None where there are none such."""
    kinds: dict[str, Kind | None] = {}
    found = _picked(of)
    if found is None or not _summed(of, found, kinds):
        return None
    for criteria, name, kind, values in of.lists:
        places = [item for item in found if _matches(criteria, item)]
        if len(places) != len(values):
            return None
        for item, value in zip(places, values, strict=True):
            item[name] = value
        kinds[name] = kind
    for name, number in of.outside:
        found += [{name: f"外单位{at}"} for at in range(number)] or [{name: known}]
    for criterion in _criteria(of):
        kinds.setdefault(".".join(criterion.names), criterion.kind)
    here = target(programme.model, path)
    several = {
        name for item in found for name in item if name and here.part and target(here.part, name).whole
    }
    trees = [_tree(item, kinds, several, here.kind) for item in found]
    # An item that says nothing is none in a data file.
    named = next(
        (
            name
            for name, spec in (here.part.specs() if here.part else {}).items()
            if isinstance(spec.kind, Text)
        ),
        "",
    )
    return [tree or {named: OTHER} for tree in trees] if named else trees


def _criteria(of: _Of) -> Iterator[Criterion]:
    for criteria in (
        *(one[0] for one in of.counts),
        *(one[0] for one in of.sums),
        *(one[0] for one in of.lists),
    ):
        yield from criteria


def _protos(of: _Of) -> Iterator[Tree]:
    """One item for every way in which the criteria can tell items apart."""
    fields: dict[str, list[Any]] = {}
    for criterion in _criteria(of):
        options = fields.setdefault(".".join(criterion.names), [])
        options += [value for value in _options(criterion) if value not in options]
    for values in product(*fields.values()):
        yield dict(zip(fields, values, strict=True))


def _picked(of: _Of) -> list[Tree] | None:
    """As many items as the figures count, and one for each sum where nothing is counted."""
    counted = [*(one[0] for one in of.counts), *(one[0] for one in of.lists)]
    targets = [*(number for _, number in of.counts), *(len(one[3]) for one in of.lists)]
    sums = list(dict.fromkeys(one[0] for one in of.sums))
    kinds: dict[tuple[bool, ...], Tree] = {}
    holders: dict[tuple[bool, ...], Tree] = {}
    for item in _protos(of):
        marks = [_matches(criteria, item) for criteria in (*counted, *sums)]
        if None not in marks:
            known = tuple(bool(mark) for mark in marks)
            kinds.setdefault(known[: len(counted)], item)
            holders.setdefault(known[len(counted) :], item)
    if not targets:
        # The plainest item for each sum: one that no other sum takes in.
        chosen = [
            min((marks for marks in holders if marks[at]), key=sum, default=None) for at in range(len(sums))
        ]
        return None if None in chosen else [dict(holders[marks]) for marks in chosen if marks is not None]
    numbers = _counts_of(list(kinds), targets)
    if numbers is None:
        return None
    return [dict(kinds[signature]) for signature, number in numbers.items() for _ in range(number)]


def _summed(of: _Of, found: list[Tree], kinds: dict[str, Kind | None]) -> bool:
    """Put each total into one item that its sum takes in, and nothing into the others; whether there are such."""
    holders: dict[tuple[Criterion, ...], Tree] = {}
    for criteria, name, kind, total in of.sums:
        if criteria not in holders:
            taken = list(holders.values())
            free = (
                item for item in found if _matches(criteria, item) and not any(item is one for one in taken)
            )
            holder = next(free, None)
            if holder is None:
                return False
            holders[criteria] = holder
        holders[criteria][name] = total
        kinds[name] = kind
    for _, name, _, _ in of.sums:
        for item in found:
            item.setdefault(name, 0)
    return True


def _tree(item: Tree, kinds: Mapping[str, Kind | None], several: set[str], of_list: Kind | None) -> Any:
    """An item as a data file has it; of a list of texts the text itself.

    Args:
        item: the item's values by field.
        kinds: how they are written.
        several: the fields that hold a list.
        of_list: of a list of texts, how one is written.
    """
    if "" in item:
        return _written(kinds.get(""), item[""])
    if of_list is not None:
        return of_list.options[0] if isinstance(of_list, Choice) else OTHER
    tree: Tree = {}
    for name, value in item.items():
        if value is None or value == _EMPTY:
            if value is not None and name in several:
                _put(tree, name, [])
            continue
        written = value if isinstance(value, dict) else _written(kinds.get(name), value)
        _put(tree, name, [written] if name in several else written)
    return tree


def _counts_of(signatures: list[tuple[bool, ...]], targets: list[int]) -> dict[tuple[bool, ...], int] | None:
    """How many items of each kind, so that every figure counts as many as wanted; the plainest answer."""
    useful = sorted((one for one in signatures if any(one)), key=lambda one: -sum(one))
    steps = 0

    def search(at: int, left: list[int]) -> Iterator[dict[tuple[bool, ...], int]]:
        nonlocal steps
        steps += 1
        if steps > _MOST_STEPS:
            return
        if not any(left):
            yield {}
            return
        if at == len(useful):
            return
        most = min((number for number, counted in zip(left, useful[at], strict=True) if counted), default=0)
        for number in range(most, -1, -1):
            rest = [have - number * counted for have, counted in zip(left, useful[at], strict=True)]
            for found in search(at + 1, rest):
                yield {useful[at]: number, **found}

    return next(search(0, targets), None)
