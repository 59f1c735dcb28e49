"""Every name, field and function that a template uses, held against what there is.

The expressions are read, not run: a wrong name in a branch that no data has reached is found too.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from jinja2 import nodes

from generator.model.consortium import BY_ROLE, BY_ROLE_LISTS, FIRST_LEAD, Consortium
from generator.model.fields import FieldSpec, Part
from generator.model.programme import Document, Programme
from generator.rendering.context import APPLICANTS, build
from generator.rendering.functions import FUNCTIONS

_LOOP: Final = frozenset(
    {"index", "index0", "revindex", "revindex0", "first", "last", "length", "previtem", "nextitem"}
)
# Functions that give the list they were given, or some of it; one of its items.
_SAME: Final = frozenset({"rows", "having", "having_given"})
_ITEM: Final = frozenset({"first_having"})


@dataclass(frozen=True, slots=True)
class Kept:
    """What an expression stands for.

    Attributes:
        sort: group, rows, value, texts, names, loop, plain or unknown.
        path: where in the data, as ``members[].name``.
        part: a group's fields.
        spec: a list's or value's declaration.
        names: the names of a plain mapping such as ``programme``.
    """

    sort: str
    path: str = ""
    part: type[Part] | None = None
    spec: FieldSpec | None = None
    names: tuple[str, ...] = ()

    @property
    def item(self) -> Kept:
        """What a loop over it gives."""
        if self.sort == "rows" and self.spec is not None:
            if self.spec.part is not None:
                return Kept("group", f"{self.path}[]", self.spec.part)
            return Kept("value", f"{self.path}[]", spec=self.spec)
        if self.sort == "pages":
            return Kept("rows", self.path, spec=self.spec)
        if self.sort == "values":
            return Kept("value", self.path, spec=self.spec)
        return Kept("unknown")


PLAIN: Final = Kept("plain")
UNKNOWN: Final = Kept("unknown")


@dataclass(slots=True)
class Names:
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

    def _known(self) -> dict[str, Kept]:
        known: dict[str, Kept] = {
            name: _of(spec, name) for name, spec in self.programme.model.specs().items()
        }
        members = self.programme.model.specs()["members"]
        known[FIRST_LEAD] = Kept("group", "members[]", members.part)
        known.update(dict.fromkeys(BY_ROLE_LISTS, known["members"]))
        names, _ = build(None, self.programme, self.document, "blank", {})
        for name, value in names.items():
            if isinstance(value, dict):
                known[name] = Kept("names", names=tuple(value))
            elif name not in known:
                known[name] = PLAIN
        # A roll-up's template is given many consortia instead of one.
        known[APPLICANTS] = Kept(
            "rows", spec=FieldSpec(APPLICANTS, APPLICANTS, "list", part=self.programme.model)
        )
        return known

    def _statements(self, body: Iterable[nodes.Node], scope: Mapping[str, Kept]) -> None:
        local = dict(scope)
        for node in body:
            if isinstance(node, nodes.Output):
                for expression in node.nodes:
                    if isinstance(expression, nodes.Expr):
                        self._of(expression, local)
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

    def _loop(self, node: nodes.For, scope: Mapping[str, Kept]) -> None:
        over = self._of(node.iter, scope)
        if over.sort in {"value", "plain", "group"}:
            self.report(node.lineno, "循环的对象不是列表", "改为对一个列表字段循环，或用 paragraphs(文字)")
        inner = {**scope, "loop": Kept("loop")}
        if isinstance(node.target, nodes.Name):
            inner[node.target.name] = over.item
        if node.test is not None:
            self._of(node.test, inner)
        self._statements(node.body, inner)
        self._statements(node.else_, scope)

    def _of(self, node: nodes.Node, scope: Mapping[str, Kept]) -> Kept:
        if isinstance(node, nodes.Name):
            return self._name(node, scope)
        if isinstance(node, nodes.Getattr):
            return self._attribute(node, self._of(node.node, scope), node.attr)
        if isinstance(node, nodes.Getitem):
            base = self._of(node.node, scope)
            if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
                return self._attribute(node, base, node.arg.value)
            self._of(node.arg, scope)
            return base.item
        if isinstance(node, nodes.Call):
            return self._call(node, scope)
        if isinstance(node, nodes.Filter):
            base = self._of(node.node, scope) if node.node is not None else UNKNOWN
            for argument in node.args:
                self._of(argument, scope)
            if node.name == "paragraphs":
                return Kept("values", base.path, spec=base.spec)
            if node.name in {"first", "last"}:
                return base.item
            return base if node.name in {"blank", "in_unit", "date_as"} else PLAIN
        found = [self._of(child, scope) for child in node.iter_child_nodes() if isinstance(child, nodes.Expr)]
        if isinstance(node, (nodes.Or, nodes.And, nodes.CondExpr)) and found:
            return next((kept for kept in found if kept.sort not in {"plain", "unknown"}), found[0])
        return PLAIN

    def _name(self, node: nodes.Name, scope: Mapping[str, Kept]) -> Kept:
        if node.name in scope:
            return self._noted(scope[node.name])
        if node.name in FUNCTIONS:
            return PLAIN
        self._unknown(node.lineno, node.name, [*scope, *FUNCTIONS], self.programme.model)
        return UNKNOWN

    def _noted(self, kept: Kept) -> Kept:
        if kept.sort in {"value", "rows"}:
            self.used.add(kept.path)
        return kept

    def _attribute(self, node: nodes.Expr, base: Kept, name: str) -> Kept:
        if base.sort == "unknown":
            return UNKNOWN
        if base.sort == "group" and base.part is not None:
            spec = base.part.specs().get(
                "members" if issubclass(base.part, Consortium) and name in BY_ROLE else name
            )
            if spec is not None and name == FIRST_LEAD:
                return Kept("group", "members[]", spec.part)
            if spec is None:
                self._unknown(node.lineno, name, base.part.specs(), base.part)
                return UNKNOWN
            # An applicant's fields are the consortium's own.
            path = base.path.removeprefix("[]")
            return self._noted(_of(spec, f"{path}.{spec.name}" if path else spec.name))
        if base.sort == "texts":
            self.used.add(f"{base.path}.{name}")
            return Kept("value", f"{base.path}.{name}", spec=base.spec)
        if base.sort == "names":
            if name not in base.names:
                self._unknown(node.lineno, name, base.names, None)
            return PLAIN
        if base.sort == "loop":
            if name not in _LOOP:
                self._unknown(node.lineno, f"loop.{name}", [f"loop.{one}" for one in _LOOP], None)
            return PLAIN
        self.report(node.lineno, f"“.{name}”前面的不是一组字段", "核对字段名，列表要用循环逐项打印")
        return UNKNOWN

    def _call(self, node: nodes.Call, scope: Mapping[str, Kept]) -> Kept:
        arguments = [self._of(argument, scope) for argument in node.args]
        if not isinstance(node.node, nodes.Name):
            self._of(node.node, scope)
            return UNKNOWN
        name = node.node.name
        if name not in FUNCTIONS:
            self._unknown(node.lineno, f"{name}()", [f"{one}()" for one in FUNCTIONS], None)
            return UNKNOWN
        first = arguments[0] if arguments else UNKNOWN
        for keyword in node.kwargs:
            self._of(keyword.value, scope)
            if name in {*_SAME, *_ITEM, "count"}:
                self._field_of(node, first, keyword.key)
        if name in {"total", "pluck"} and len(node.args) > 1 and isinstance(node.args[1], nodes.Const):
            found = self._field_of(node, first, str(node.args[1].value))
            return Kept("values", found.path, spec=found.spec) if name == "pluck" else PLAIN
        if name == "paragraphs":
            return Kept("values", first.path, spec=first.spec)
        if name in _ITEM:
            return first.item
        if name == "pages":
            return Kept("pages", first.path, spec=first.spec)
        return first if name in _SAME else PLAIN if name in {"tick", "count", "given"} else UNKNOWN

    def _field_of(self, node: nodes.Call, items: Kept, name: str) -> Kept:
        if items.sort != "rows" or items.item.sort != "group":
            return UNKNOWN
        return self._attribute(node, items.item, name)

    def _unknown(self, line: int, name: str, known: Iterable[str], part: type[Part] | None) -> None:
        names = [one for one in known if not one.startswith("_")]
        titled = {title: spec.name for spec in (part.specs().values() if part else ()) for title in spec.keys}
        near = titled.get(name) or next(iter(difflib.get_close_matches(name, names, n=1, cutoff=0.5)), "")
        hint = f"，是不是“{near}”" if near else ""
        self.report(line, f"没有“{name}”这个字段或名称{hint}", "改成 docs/template-names.md 列出的名称")


def _of(spec: FieldSpec, path: str) -> Kept:
    if spec.shape == "map":
        return Kept("texts", path, spec=spec)
    if spec.shape == "list":
        return Kept("rows", path, spec=spec)
    if spec.part is not None:
        return Kept("group", path, spec.part)
    return Kept("value", path, spec=spec)
