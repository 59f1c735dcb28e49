"""Checks every name, field and function that a template uses against those that exist.

The expressions are read and not evaluated, so a wrong name is also found in a branch that no data reach.
"""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from jinja2 import nodes
from msgspec import Struct, field

from generator.conditions.columns import comparable
from generator.conditions.figure_plan import plan
from generator.conditions.operations import OPERATIONS
from generator.conditions.sample import Plan
from generator.errors import Place, Problem
from generator.model.chinese_paths import tag_names
from generator.model.consortium import BY_ROLE, BY_ROLE_LISTS, FIRST_LEAD, Consortium
from generator.model.fields import FieldSpec, Part
from generator.model.programme import Document, Programme
from generator.model.value_kinds import (
    DOLLAR_UNITS,
    MONEY_UNITS,
    Choice,
    Count,
    Date,
    Flag,
    Kind,
    Money,
    Numeric,
    Year,
)
from generator.rendering.context import APPLICANTS, build
from generator.rendering.facts import KEYS, LISTS, OF_A_FILE
from generator.rendering.facts import NAME as PACKET
from generator.rendering.figures import CHINESE_NAME, NAME, figure_names
from generator.rendering.functions import FILTERS, FUNCTIONS
from generator.rendering.sandbox import LOOP, Sandbox
from generator.rendering.template import Part as TemplatePart
from generator.rendering.template import Template
from generator.rendering.values import english_name

# Functions that give the list they were given or a part of it; functions that give one of its items.
_SAME: Final = frozenset({"rows", "having", "having_given"})
_ITEM: Final = frozenset({"first_having"})


class Meaning(Struct, frozen=True):
    """What an expression stands for.

    Attributes:
        sort: group, rows, value, values, pages, texts, names, figures, figure, packet, records, loop, number, truth, text, plain or
            unknown.
        path: where in the data, as ``members[].name``.
        part: a group's fields.
        spec: a list's or value's declaration.
        names: the names of a plain mapping such as ``programme``.
        figure: what is computed, of a figure.
    """

    sort: str
    path: str = ""
    part: type[Part] | None = None
    spec: FieldSpec | None = None
    names: tuple[str, ...] = ()
    figure: Plan | None = None

    @property
    def item(self) -> Meaning:
        """What a loop over it gives."""
        if self.sort == "rows" and self.spec is not None:
            if self.spec.part is not None:
                return Meaning("group", f"{self.path}[]", self.spec.part)
            return Meaning("value", f"{self.path}[]", spec=self.spec)
        if self.sort == "records":
            return Meaning("names", names=OF_A_FILE)
        if self.sort == "pages":
            # A page is a list of rows.
            return Meaning("rows", self.path, spec=self.spec)
        if self.sort == "values":
            return Meaning("value", self.path, spec=self.spec)
        return Meaning("unknown")

    @property
    def kind(self) -> Kind | None:
        """The kind of a single value of the data."""
        return self.spec.kind if self.sort in {"value", "figure"} and self.spec is not None else None

    @property
    def counts(self) -> bool:
        """Whether it may be a whole number, to be computed with."""
        return self.sort in {"number", "plain", "unknown"} or isinstance(self.kind, (Count, Year))


PLAIN: Final = Meaning("plain")
NUMBER: Final = Meaning("number")
TRUTH: Final = Meaning("truth")
TEXT: Final = Meaning("text")
UNKNOWN: Final = Meaning("unknown")


class Names(Struct):
    """Walks the expressions of one programme's templates.

    Attributes:
        programme: whose names are known.
        document: whose template it is.
        report: told of each fault, with its line in the part's source.
        used: paths of fields that the templates use.
    """

    programme: Programme
    document: Document
    report: Callable[[int, str, str], None]
    used: set[str] = field(default_factory=set)

    def check(self, tree: nodes.Template) -> None:
        """Check a part's whole source."""
        self._statements(tree.body, self._known())

    def _known(self) -> dict[str, Meaning]:
        known: dict[str, Meaning] = {
            name: _of(spec, name) for name, spec in self.programme.model.specs().items()
        }
        members = self.programme.model.specs()["members"]
        known[FIRST_LEAD] = Meaning("group", "members[]", members.part)
        known.update(dict.fromkeys(BY_ROLE_LISTS, known["members"]))
        known[PACKET] = Meaning("packet")
        figures = Meaning("figures", names=tuple(figure_names(self.programme)))
        known.update(dict.fromkeys((NAME, CHINESE_NAME), figures))
        known.update({title: known[name] for title, name in tag_names(self.programme.model).items()})
        if self.document.for_each:
            known["member"] = known[FIRST_LEAD]
        names, _ = build(None, self.programme, self.document, "blank", {})
        for name, value in names.items():
            if isinstance(value, dict):
                known[name] = Meaning("names", names=tuple(value))
            elif isinstance(value, list) and name not in known:
                known[name] = Meaning("values")
            elif name not in known:
                known[name] = PLAIN
        # A roll-up's template is given many consortia instead of one.
        known[APPLICANTS] = Meaning(
            "rows", spec=FieldSpec(APPLICANTS, APPLICANTS, "list", part=self.programme.model)
        )
        return known

    def _statements(self, body: Iterable[nodes.Node], scope: Mapping[str, Meaning]) -> None:
        local = dict(scope)
        for node in body:
            if isinstance(node, nodes.Output):
                for expression in node.nodes:
                    if isinstance(expression, nodes.Expr) and not isinstance(expression, nodes.TemplateData):
                        self._printed(expression, self._of(expression, local))
            elif isinstance(node, nodes.If):
                self._of(node.test, local)
                self._statements(node.body, local)
                for other in node.elif_:
                    self._statements([other], local)
                self._statements(node.else_, local)
            elif isinstance(node, nodes.For):
                self._loop(node, local)
            elif isinstance(node, nodes.Assign):
                value = self._of(node.node, local)
                if isinstance(node.target, nodes.Name):
                    local[node.target.name] = value
                else:
                    self.report(node.lineno, "set 只能给一个名字赋值", "写成 {% set 名字 = 值 %}")

    def _loop(self, node: nodes.For, scope: Mapping[str, Meaning]) -> None:
        over = self._of(node.iter, scope)
        if over.sort not in {"rows", "values", "pages", "records", "unknown"}:
            self.report(node.lineno, "循环的对象不是列表", "改为对一个列表字段循环，或用 paragraphs(文字)")
        inner = {**scope, "loop": Meaning("loop")}
        if isinstance(node.target, nodes.Name):
            inner[node.target.name] = over.item
        else:
            self.report(node.lineno, "循环一次只能取一个名字", "写成 {% for 名字 in 列表 %}")
        if node.recursive:
            self.report(node.lineno, "用了模板不支持的语句", "去掉 recursive")
        if node.test is not None:
            self._of(node.test, inner)
        self._statements(node.body, inner)
        self._statements(node.else_, scope)

    def _printed(self, node: nodes.Expr, meaning: Meaning) -> None:
        """Only single values can be printed."""
        if meaning.sort in {
            "group",
            "rows",
            "values",
            "pages",
            "texts",
            "names",
            "figures",
            "packet",
            "records",
            "loop",
            "truth",
        }:
            self.report(node.lineno, "标签里的不是一个值，不能直接打印", "写到具体的字段，列表用循环逐项打印")

    def _of(self, node: nodes.Node, scope: Mapping[str, Meaning]) -> Meaning:  # noqa: C901 (a case a node)
        if isinstance(node, nodes.Name):
            return self._name(node, scope)
        if isinstance(node, nodes.Getattr):
            return self._attribute(node, self._of(node.node, scope), node.attr)
        if isinstance(node, nodes.Getitem):
            return self._item(node, scope)
        if isinstance(node, nodes.Call):
            return self._call(node, scope)
        if isinstance(node, nodes.Filter):
            return self._filter(node, scope)
        if isinstance(node, nodes.Test):
            return self._test(node, scope)
        if isinstance(node, nodes.Compare):
            return self._compare(node, scope)
        if isinstance(node, (nodes.BinExpr, nodes.Neg, nodes.Pos)) and not isinstance(
            node, (nodes.And, nodes.Or)
        ):
            return self._computed(node, scope)
        if isinstance(node, nodes.Const):
            return self._constant(node)
        found = [self._of(child, scope) for child in node.iter_child_nodes() if isinstance(child, nodes.Expr)]
        if isinstance(node, nodes.Not):
            return TRUTH
        if isinstance(node, nodes.CondExpr):
            if node.expr2 is None:
                self.report(node.lineno, "“… if …”没有写 else", "写成 {{ 甲 if 判断 else 乙 }}")
            # In the order in which they stand in the node: the test, then both results.
            return self._either(found[1:])
        if isinstance(node, (nodes.Or, nodes.And)):
            return self._either(found)
        if isinstance(node, (nodes.List, nodes.Tuple)):
            return Meaning("values")
        self.report(node.lineno, "用了模板不支持的写法", "改成 docs/template-names.md 列出的写法")
        return UNKNOWN

    @staticmethod
    def _either(found: list[Meaning]) -> Meaning:
        """What a choice among several expressions stands for: the one of them with the strictest demands."""
        awkward = next((meaning for meaning in found if meaning.sort == "truth"), None)
        return awkward or next(
            (meaning for meaning in found if meaning.sort not in {"plain", "unknown"}), found[0]
        )

    def _constant(self, node: nodes.Const) -> Meaning:
        if isinstance(node.value, bool):
            return TRUTH
        if isinstance(node.value, int):
            return NUMBER
        if not isinstance(node.value, str):
            self.report(node.lineno, f"不能用“{node.value}”", "只用文字、整数、true、false")
        return TEXT

    def _item(self, node: nodes.Getitem, scope: Mapping[str, Meaning]) -> Meaning:
        base = self._of(node.node, scope)
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            return self._attribute(node, base, node.arg.value)
        if isinstance(node.arg, nodes.Slice) or not self._of(node.arg, scope).counts:
            self.report(node.lineno, "方括号里不是第几项", "写一个整数，从 0 数起")
        if base.sort != "rows":
            self.report(node.lineno, "只能取列表字段的第几项", "改为对一个列表字段使用")
            return UNKNOWN
        return base.item

    def _test(self, node: nodes.Test, scope: Mapping[str, Meaning]) -> Meaning:
        if not self._of(node.node, scope).counts:
            self.report(node.lineno, f"is {node.name} 只能用于整数", "改为对序号、人数这样的整数使用")
        for argument in node.args:
            self._of(argument, scope)
        divisor = node.args[0] if node.args else None
        if (node.name == "divisibleby") != (isinstance(divisor, nodes.Const) and bool(divisor.value)):
            self.report(
                node.lineno, f"is {node.name} 的写法不对", "写成 is odd、is even 或 is divisibleby(10)"
            )
        return TRUTH

    def _compare(self, node: nodes.Compare, scope: Mapping[str, Meaning]) -> Meaning:
        left = self._of(node.expr, scope)
        for operand in node.ops:
            right = self._of(operand.expr, scope)
            single = {"value", "figure", "number", "truth", "text", "plain", "unknown"}
            if operand.op in {"in", "notin"}:
                if left.sort not in single or right.sort not in {
                    "values",
                    "rows",
                    "value",
                    "text",
                    "unknown",
                }:
                    self.report(node.lineno, "in 的后面不是几个值", "写成 字段 in ['甲', '乙']")
                elif right.sort == "rows" and right.item.sort != "value":
                    self.report(node.lineno, "in 的后面不是几个值", "用 having() 或 count() 按字段挑选")
                elif right.sort in {"value", "text"} and left.sort not in {"value", "text", "unknown"}:
                    self.report(node.lineno, "in 的前面不是文字", "写成 '文字' in 字段")
            elif operand.op in {"eq", "ne"}:
                if left.sort not in single or right.sort not in single:
                    self.report(node.lineno, "只能比较单个的值", "写到具体的字段，列表用 count() 数")
            elif not ((left.counts and right.counts) or self._dates(left, right)):
                self.report(
                    node.lineno, "只有两个整数、两个日期能比先后、大小", "改用 ==，或对人数、年份使用"
                )
            left = right
        return TRUTH

    @staticmethod
    def _dates(left: Meaning, right: Meaning) -> bool:
        return isinstance(left.kind, Date) and isinstance(right.kind, Date)

    def _computed(self, node: nodes.Node, scope: Mapping[str, Meaning]) -> Meaning:
        found = [self._of(child, scope) for child in node.iter_child_nodes() if isinstance(child, nodes.Expr)]
        known = isinstance(node, (nodes.Add, nodes.Sub, nodes.Mul, nodes.FloorDiv, nodes.Mod))
        sides = [meaning.figure for meaning in found if meaning.figure is not None]
        if isinstance(node, nodes.Mod) and len(sides) == len(found):
            if not comparable(*sides):
                self.report(
                    node.lineno,
                    f"“{sides[0].title}”和“{sides[1].title}”不是同一种数，不能算占比",
                    "两边都用金额，或都用个数",
                )
            return Meaning("ratio")
        by_nothing = isinstance(node, (nodes.FloorDiv, nodes.Mod)) and not (
            isinstance(node.right, nodes.Const) and node.right.value
        )
        if not known or by_nothing or not all(meaning.counts for meaning in found):
            self.report(node.lineno, "这里不能这样计算", "只对整数加、减、乘，除以一个写明的整数（// 或 %）")
        return NUMBER

    def _filter(self, node: nodes.Filter, scope: Mapping[str, Meaning]) -> Meaning:
        base = self._of(node.node, scope) if node.node is not None else UNKNOWN
        for argument in [*node.args, *(pair.value for pair in node.kwargs)]:
            self._of(argument, scope)
        name = node.name
        if name not in FILTERS:
            self._unknown(node.lineno, f"|{name}", [f"|{one}" for one in FILTERS], None)
            return UNKNOWN
        if self._misused(node, FILTERS[name], 1):
            return UNKNOWN
        lists = {"rows", "values", "pages", "unknown"}
        single = {"value", "figure", "number", "plain", "unknown"}
        unit = node.args[0].value if node.args and isinstance(node.args[0], nodes.Const) else None
        money = isinstance(base.kind, Money) and unit in {**MONEY_UNITS, **DOLLAR_UNITS}
        allowed = {
            "blank": base.sort in {*single, "text", "ratio"},
            "in_unit": money or base.sort == "unknown",
            "decimals": isinstance(base.kind, Numeric) or base.sort in {"ratio", "unknown"},
            "date_as": isinstance(base.kind, Date) or base.sort == "unknown",
            "characters": base.sort in {"value", "unknown"} and all(_is_number(each) for each in node.args),
            "unit": base.sort in single and isinstance(unit, str),
            "join": base.sort in lists and (base.sort != "rows" or base.item.sort == "value"),
            "chinese": base.counts,
            "paragraphs": base.sort in {"value", "unknown"},
        }.get(name, base.sort in lists)
        if not allowed:
            self.report(node.lineno, f"|{name} 用得不对", "对照 docs/template-names.md 的“过滤器”改正")
        if name == "paragraphs":
            return Meaning("values", base.path, spec=base.spec)
        if name in {"first", "last"}:
            return base.item
        if name == "length":
            return NUMBER
        return base if name in {"blank", "in_unit", "date_as", "decimals"} else PLAIN

    def _misused(self, node: nodes.Filter | nodes.Call, function: Callable[..., Any], given: int) -> bool:
        """Whether a function is given more, less or other arguments than it takes."""
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            self.report(node.lineno, "参数里不能用 * 或 **", "把参数逐个写出来")
            return True
        names: dict[str, None] = {str(pair.key): None for pair in node.kwargs}
        try:
            inspect.signature(function).bind(*[None] * (given + len(node.args)), **names)
        except TypeError:
            self.report(node.lineno, "参数的个数或名称不对", "对照 docs/template-names.md 改正")
            return True
        return False

    def _name(self, node: nodes.Name, scope: Mapping[str, Meaning]) -> Meaning:
        if node.name in scope:
            return self._noted(scope[node.name])
        if node.name in FUNCTIONS:
            return PLAIN
        self._unknown(node.lineno, node.name, [*scope, *FUNCTIONS], self.programme.model)
        return UNKNOWN

    def _noted(self, meaning: Meaning) -> Meaning:
        if meaning.sort in {"value", "rows"}:
            self.used.add(meaning.path)
        return meaning

    def _attribute(self, node: nodes.Expr, base: Meaning, name: str) -> Meaning:
        if base.sort == "unknown":
            return UNKNOWN
        if base.sort == "group" and base.part is not None:
            name = english_name(base.part, name)
            by_role = issubclass(base.part, Consortium) and name in BY_ROLE
            spec = base.part.specs().get("members" if by_role else name)
            if spec is not None and by_role and name == FIRST_LEAD:
                return Meaning("group", "members[]", spec.part)
            if spec is None:
                self._unknown(node.lineno, name, base.part.specs(), base.part)
                return UNKNOWN
            # An applicant's fields are the consortium's own.
            path = base.path.removeprefix("[]")
            return self._noted(_of(spec, f"{path}.{spec.name}" if path else spec.name))
        if base.sort == "texts":
            self.used.add(f"{base.path}.{name}")
            # Plain texts by id, as the files of a checklist's items, are lists.
            plain = base.spec is not None and base.spec.kind is not None
            return Meaning("rows" if plain else "value", f"{base.path}.{name}", spec=base.spec)
        if base.sort == "names":
            if name not in base.names:
                self._unknown(node.lineno, name, base.names, None)
            return PLAIN
        if base.sort == "packet":
            if name not in KEYS:
                self._unknown(node.lineno, f"packet.{name}", [f"packet.{one}" for one in KEYS], None)
                return UNKNOWN
            return Meaning("records") if name in LISTS else PLAIN
        if base.sort == "figures":
            return self._figure(node, name)
        if base.sort == "loop":
            if name not in LOOP:
                self._unknown(node.lineno, f"loop.{name}", [f"loop.{one}" for one in LOOP], None)
            return TRUTH if name in {"first", "last"} else NUMBER
        self.report(node.lineno, f"“.{name}”前面的不是一组字段", "核对字段名，列表要用循环逐项打印")
        return UNKNOWN

    def _figure(self, node: nodes.Expr, name: str) -> Meaning:
        """A figure by its name or title; of a figure that is itself at fault the file is complained of."""
        known = figure_names(self.programme)
        if name not in known:
            near = next(iter(difflib.get_close_matches(name, known, n=1, cutoff=0.5)), "")
            hint = f"，是不是“{near}”" if near else ""
            self.report(node.lineno, f"没有“{name}”这个算法{hint}", "改成方案里 figures 的名称或标题")
            return UNKNOWN
        try:
            planned = plan(known[name], self.programme.figures[known[name]], self.programme)
        except ValueError:
            return UNKNOWN
        if planned.is_silent:
            self.report(node.lineno, f"算法“{name}”在本方案里没有写明，印不出来", "在方案里写明，或去掉标签")
        counts = OPERATIONS[planned.operation].counts
        kind = Count() if counts else planned.kind
        return Meaning("figure", spec=FieldSpec(NAME, planned.title, "one", kind=kind), figure=planned)

    def _call(self, node: nodes.Call, scope: Mapping[str, Meaning]) -> Meaning:
        arguments = [self._of(argument, scope) for argument in node.args]
        for keyword in node.kwargs:
            self._of(keyword.value, scope)
        if not isinstance(node.node, nodes.Name):
            self.report(node.lineno, "只能调用列出的函数", "改成 docs/template-names.md 的“函数”里的")
            return UNKNOWN
        name = node.node.name
        if name not in FUNCTIONS or name in scope:
            self._unknown(node.lineno, f"{name}()", [f"{one}()" for one in FUNCTIONS], None)
            return UNKNOWN
        if self._misused(node, FUNCTIONS[name], 0):
            return UNKNOWN
        first = arguments[0] if arguments else UNKNOWN
        if name in {*_SAME, *_ITEM, "count"}:
            for keyword in node.kwargs:
                self._field_of(node, first, keyword.key)
        if not self._fits(name, node, arguments):
            self.report(node.lineno, f"{name}() 用得不对", "对照 docs/template-names.md 的“函数”改正")
        return self._result(name, node, first)

    def _fits(self, name: str, node: nodes.Call, arguments: list[Meaning]) -> bool:
        """Whether a function is given what it is made for."""
        first = arguments[0]
        rest = arguments[1:]
        if first.sort == "unknown":
            return True
        if name == "given":
            return first.sort not in {"loop", "names", "pages", "values"}
        if name == "paragraphs":
            return first.sort == "value"
        if name == "name_lines":
            return first.sort == "value" and all(meaning.counts for meaning in rest)
        if name == "tick":
            if not all(meaning.sort == "text" for meaning in rest):
                return False
            if first.sort == "rows":
                return bool(rest) and first.item.sort == "value"
            return (first.sort == "truth" and not rest) or (
                first.sort == "value" and (bool(rest) or isinstance(first.kind, Flag))
            )
        if name == "option_number":
            options = {each.value for each in node.args[1:] if isinstance(each, nodes.Const)}
            known = set(first.kind.options) if isinstance(first.kind, Choice) else None
            return known is not None and known <= options
        if first.sort != "rows":
            return False
        if name in {"rows", "pages"}:
            return all(meaning.counts for meaning in rest)
        if node.kwargs or name in {"total", "pluck", "having_given"}:
            return first.item.sort == "group"
        return True

    def _result(self, name: str, node: nodes.Call, first: Meaning) -> Meaning:
        if name in {"total", "pluck", "having_given"}:
            field_name = node.args[1]
            if not (isinstance(field_name, nodes.Const) and isinstance(field_name.value, str)):
                self.report(node.lineno, f"{name}() 的第二个参数不是字段名", "写上带引号的字段名")
                return UNKNOWN
            found = self._field_of(node, first, field_name.value)
            if name == "pluck":
                return Meaning("values", found.path, spec=found.spec)
            if name == "total":
                self._summed(node, found)
                return PLAIN
        if name in {"paragraphs", "name_lines"}:
            return Meaning("values", first.path, spec=first.spec)
        if name in _ITEM:
            return first.item
        if name == "pages":
            return Meaning("pages", first.path, spec=first.spec)
        if name in _SAME:
            return first
        return {"count": NUMBER, "given": TRUTH, "tick": TEXT}.get(name, PLAIN)

    def _summed(self, node: nodes.Call, found: Meaning) -> None:
        unit = node.args[2].value if len(node.args) > 2 and isinstance(node.args[2], nodes.Const) else ""  # noqa: PLR2004
        fits = (
            isinstance(found.kind, Money) and unit in MONEY_UNITS if unit else isinstance(found.kind, Numeric)
        )
        if found.sort != "unknown" and not fits:
            self.report(node.lineno, "total() 只能合计金额、人数这样的数", "换一个字段，单位写元、万元或亿元")

    def _field_of(self, node: nodes.Call, items: Meaning, name: str) -> Meaning:
        if items.sort != "rows" or items.item.sort != "group":
            return UNKNOWN
        return self._attribute(node, items.item, name)

    def _unknown(self, line: int, name: str, known: Iterable[str], part: type[Part] | None) -> None:
        names = [one for one in known if not one.startswith("_")]
        titled = {title: spec.name for spec in (part.specs().values() if part else ()) for title in spec.keys}
        near = titled.get(name) or next(iter(difflib.get_close_matches(name, names, n=1, cutoff=0.5)), "")
        hint = f"，是不是“{near}”" if near else ""
        self.report(line, f"没有“{name}”这个字段或名称{hint}", "改成 docs/template-names.md 列出的名称")


def checked_names(
    programme: Programme, document: Document, template: Template
) -> tuple[tuple[Problem, ...], frozenset[str]]:
    """What is wrong with the names in a template's tags, and which fields they use, as paths."""
    sandbox = Sandbox()
    problems: list[Problem] = []
    used: set[str] = set()
    for part in template.compiled:

        def report(line: int, message: str, remedy: str, part: TemplatePart = part) -> None:
            region, tags = part.region(line)
            shown = f"（标签 {tags}）" if tags else ""
            problems.append(Problem(f"{message}{shown}", remedy, Place(template.name, region=region)))

        walker = Names(programme, document, report)
        walker.check(sandbox.parse("\n".join(part.source_lines)))
        used |= walker.used
    return tuple(problems), frozenset(used)


def _is_number(node: nodes.Node) -> bool:
    """Whether an argument is a counting number, written out."""
    return isinstance(node, nodes.Const) and type(node.value) is int and node.value > 0


def _of(spec: FieldSpec, path: str) -> Meaning:
    if spec.shape == "map":
        return Meaning("texts", path, spec=spec)
    if spec.shape == "list":
        return Meaning("rows", path, spec=spec)
    if spec.part is not None:
        return Meaning("group", path, spec.part)
    return Meaning("value", path, spec=spec)
