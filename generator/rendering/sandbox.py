"""The Jinja environment that templates run in: named filters and functions, no methods, bounded work.

Templates come from strangers. What remains possible is listed in docs/security.md.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from types import CodeType
from typing import Any, Final, cast

import jinja2
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.exceptions import SecurityError
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer
from markupsafe import escape

from generator.errors import ProgrammeError
from generator.rendering.facts import Facts
from generator.rendering.figures import Figures, FigureValue, LackingFigure, ratio
from generator.rendering.fixups import with_repair_marks
from generator.rendering.functions import FILTERS, FUNCTIONS, printed, whole
from generator.rendering.values import Filler, FillerRows, Group, Missing, Rows, Texts, Value
from generator.rendering.work import counting, produce, step

_BREAK = '</w:t><w:br/><w:t xml:space="preserve">'
_TAB = '</w:t><w:tab/><w:t xml:space="preserve">'
_FORBIDDEN = (
    nodes.Macro,
    nodes.CallBlock,
    nodes.Include,
    nodes.Import,
    nodes.FromImport,
    nodes.Extends,
    nodes.Block,
    nodes.FilterBlock,
    nodes.Concat,
    nodes.AssignBlock,
    nodes.Dict,
    nodes.Slice,
    nodes.With,
    nodes.ScopedEvalContextModifier,
)
# The tags of official forms nest six deep. Python's own limit is some 90, and its error says nothing useful.
_MOST_NESTED: Final = 50
# One pass of a loop counts as one step for every so many expressions in its body, and one more.
_EXPRESSIONS_A_STEP: Final = 8
# What no XML may hold, and so no Word file.
_NO_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONG_NUMBER = re.compile(r"\d{1000}")
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_TESTS = ("odd", "even", "divisibleby")
LOOP: Final = frozenset({"index", "index0", "revindex", "revindex0", "first", "last", "length"})


_ANY_SPECIAL = re.compile("[&<>\"'\n\t]")
# Line breaks between elements: the source has one before each paragraph and row, so that errors have line numbers.
_LINE_END = re.compile(r"(?:(?<=>)|^)\n+(?=<|$)")


def escaped(text: str) -> str:
    """A text as the content of a ``w:t``, its line breaks and tabs as Word has them."""
    if _ANY_SPECIAL.search(text) is None:
        return text
    return str(escape(text)).replace("\n", _BREAK).replace("\t", _TAB)


def _finalize(value: Any) -> str:
    # Of every hundred values printed, ninety are of the first two kinds and need no escaping.
    if isinstance(value, Value):
        text = value.output()
    elif type(value) is str:
        text = value
    elif isinstance(value, jinja2.Undefined):
        # Asking for its text raises the error that names it.
        text = str(value)
    else:
        text = printed(value)
    return text if _ANY_SPECIAL.search(text) is None else escaped(text)


def _encoded(value: Any) -> bytes:
    return _finalize(value).encode()


def _printed(value: Any) -> Any:
    return value if isinstance(value, jinja2.Undefined) else printed(value)


def _of_whole(test: Callable[..., Any]) -> Callable[..., bool]:
    """A test of whole numbers; a missing one is asked for, and nothing holds of it."""

    def tested(value: Any, *arguments: Any) -> bool:
        numbers = [whole(each) for each in (value, *arguments)]
        for number in numbers:
            if isinstance(number, Missing):
                number.ask()
                return False
        if not all(type(number) is int for number in numbers) or 0 in numbers[1:]:
            raise ProgrammeError(
                "is odd、is even、is divisibleby 只能用于整数", "改为对序号、人数这样的整数使用"
            )
        return bool(test(*numbers))

    return tested


def counted(items: Any, weight: int) -> Any:
    """Count the steps of a loop before it runs; what is no list, and so might have no end, is refused.

    Args:
        items: what the template loops over, after ``in``.
        weight: how many steps each item counts for.

    Returns:
        ``items`` as they are.

    Raises:
        ProgrammeError: it is no list, or the template takes too many steps.
    """
    if isinstance(items, (Rows, FillerRows, list, str)):
        step(len(items) * weight)
    elif not isinstance(items, jinja2.Undefined):
        raise ProgrammeError("循环只能用于列表", "在 in 后面写一个列表字段，或 rows()、paragraphs() 的结果")
    return items


def looked_in(items: Any) -> Any:
    """Count the work of searching what follows the operator ``in`` (or ``not in``), and return it as it is."""
    if isinstance(items, list):
        step(len(items))
    elif isinstance(items, (str, Value)):
        produce(len(items if isinstance(items, str) else items.text) // 16)
    return items


def flat(items: list[Any]) -> list[Any]:
    """Refuse lists inside a list written in a template: each level could double the memory it takes.

    Raises:
        ProgrammeError: there is one.
    """
    if any(isinstance(item, (list, dict)) for item in items):
        raise ProgrammeError("列表里不能再放列表", "只写文字和数")
    return items


_COUNTING: Final = {"counted": counted, "looked_in": looked_in, "flat": flat}
_CALLABLE: Final = frozenset(id(function) for function in (*FUNCTIONS.values(), *_COUNTING.values()))


class _Counted(NodeTransformer):
    """Rewrites a template's syntax tree so that loops, searches and list literals count their work."""

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 (Jinja's name)
        inside = sum(1 for each in node.body for _ in each.find_all(nodes.Expr))
        self.generic_visit(node)
        weight = nodes.Const(1 + inside // _EXPRESSIONS_A_STEP, lineno=node.lineno)
        node.iter = _call("counted", node.iter, weight)
        return node

    def visit_Operand(self, node: nodes.Operand) -> nodes.Node:  # noqa: N802 (Jinja's name)
        self.generic_visit(node)
        if node.op in {"in", "notin"}:
            node.expr = _call("looked_in", node.expr)
        return node

    def visit_List(self, node: nodes.List) -> nodes.Node:  # noqa: N802 (Jinja's name)
        self.generic_visit(node)
        return _call("flat", node)

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Node:  # noqa: N802 (Jinja's name)
        self.generic_visit(node)
        if node.ctx != "load":
            return node
        return _call("flat", nodes.List(node.items, lineno=node.lineno))


def _call(name: str, first: nodes.Node, *more: nodes.Expr) -> nodes.Call:
    line = first.lineno
    function = nodes.EnvironmentAttribute(name, lineno=line)
    return nodes.Call(function, [first, *more], [], None, None, lineno=line)


def _depth_of(tree: nodes.Node) -> tuple[int, int]:
    """How deep a tree is, and the line of its deepest node."""
    deepest, line = 0, 1
    waiting = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > deepest:
            deepest, line = depth, node.lineno
        waiting += [(child, depth + 1) for child in node.iter_child_nodes()]
    return deepest, line


def _longest_tag(source: str) -> int:
    """The line on which a source's longest tag begins."""
    longest = max(_TAG.finditer(source), key=lambda tag: len(tag[0]), default=None)
    return source.count("\n", 0, longest.start()) + 1 if longest else 1


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja with strict undefined, all printed text escaped, and only the names of ``rendering.functions``.

    The finaliser escapes, as it sees all that is printed; Jinja's own autoescape would do it again.
    """

    intercepted_binops = frozenset({"*", "**", "%", "//", "/", "+", "-"})

    def __init__(self) -> None:
        super().__init__(
            autoescape=False,
            undefined=jinja2.StrictUndefined,
            finalize=_finalize,
            keep_trailing_newline=True,
            cache_size=0,
        )
        self.filters: dict[str, Callable[..., Any]] = {**FILTERS}
        self.tests = {name: _of_whole(cast("Callable[..., Any]", self.tests[name])) for name in _TESTS}
        self.globals = {**FUNCTIONS}
        for name, function in _COUNTING.items():
            setattr(self, name, function)

    def parse(self, source: str, name: str | None = None, filename: str | None = None) -> nodes.Template:
        """A source's tree, as deep as can be walked.

        Raises:
            jinja2.TemplateSyntaxError: the syntax is wrong, a number is too long, tags nest too deeply.
        """
        if any(_LONG_NUMBER.search(tag[0]) for tag in _TAG.finditer(source)):
            raise jinja2.TemplateSyntaxError("too long a number", _longest_tag(source))
        try:
            tree = super().parse(source, name, filename)
        except (RecursionError, MemoryError):
            raise jinja2.TemplateSyntaxError("too deep", _longest_tag(source)) from None
        depth, line = _depth_of(tree)
        if depth > _MOST_NESTED:
            raise jinja2.TemplateSyntaxError("too deep", line)
        for constant in tree.find_all(nodes.Const):
            # Jinja writes neither as Python; no document holds them.
            if isinstance(constant.value, float) and not math.isfinite(constant.value):
                raise jinja2.TemplateSyntaxError("too long a number", constant.lineno)
            if isinstance(constant.value, str) and _NO_XML.search(constant.value):
                raise jinja2.TemplateSyntaxError("unexpected char", constant.lineno)
        return tree

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:  # noqa: ARG002 (Jinja's signature)
        """Only the loop's own public attributes; values of ours are read by name, not by attribute."""
        return attr in LOOP and isinstance(obj, LoopContext)

    def is_safe_callable(self, obj: Any) -> bool:
        """Only the functions of ``rendering.functions``, and the three that count work."""
        return id(obj) in _CALLABLE

    def call(self, context: Any, obj: Any, /, *args: Any, **kwargs: Any) -> Any:  # noqa: ARG002 (Jinja's signature)
        """Call an allowed function; none of them takes Jinja's context.

        Raises:
            SecurityError: the function is not an allowed one.
        """
        if not self.is_safe_callable(obj):
            raise SecurityError(f"{obj!r} is not safely callable")
        # Jinja passes these two for functions that take its context; ours do not know the arguments.
        kwargs.pop("_loop_vars", None)
        kwargs.pop("_block_vars", None)
        return obj(*args, **kwargs)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A field of a group, or an attribute of the loop."""
        if isinstance(obj, (Group, Filler, Texts, Figures, Facts)):
            try:
                return obj[attribute]
            except KeyError:
                return self.undefined(obj=obj, name=attribute)
        if isinstance(obj, dict):
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        if isinstance(obj, (Value, Rows, str, int, list)):
            return self.undefined(obj=obj, name=attribute)
        if isinstance(obj, LoopContext) and attribute in LOOP:
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """A field by name or an item by number; strict undefined otherwise."""
        try:
            if isinstance(obj, (Group, Filler, Texts, Figures, Facts)):
                return obj[str(argument)]
            argument = whole(argument)
            if isinstance(obj, (Rows, list)) and isinstance(argument, int):
                return obj[argument]
        except (KeyError, IndexError):
            pass
        return self.undefined(obj=obj, name=argument)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Calculate with whole numbers below 10,000 only, and take the share of one figure in another.

        Raises:
            ProgrammeError: the numbers or the operator are others.
        """
        if operator == "%" and all(isinstance(side, FigureValue | LackingFigure) for side in (left, right)):
            return ratio(left, right)
        left, right = whole(left), whole(right)
        if isinstance(left, (Missing, Filler)) or isinstance(right, (Missing, Filler)):
            return left if isinstance(left, (Missing, Filler)) else right
        small = all(type(side) is int and abs(side) < 10_000 for side in (left, right))  # noqa: PLR2004
        if not small or operator in {"**", "/"} or (operator in {"%", "//"} and right == 0):
            raise ProgrammeError("这里不能这样计算", "只对一万以内的整数加、减、乘、整除、取余")
        return super().call_binop(context, operator, left, right)

    def compile_part(self, source: str) -> jinja2.Template:
        """A part's source as a template.

        Raises:
            jinja2.TemplateSyntaxError: the syntax is wrong, or a forbidden statement is used.
        """
        return self.template_of(self.code_of(source))

    def template_of(self, code: CodeType) -> jinja2.Template:
        """The template of which ``code_of`` has made the code."""
        return jinja2.Template.from_code(self, code, self.make_globals(None))

    def code_of(self, source: str) -> CodeType:
        """A part's source, compiled.

        Raises:
            jinja2.TemplateSyntaxError: the syntax is wrong, or a forbidden statement is used.
        """
        tree = self.parse(source)
        for data in tree.find_all(nodes.TemplateData):
            data.data = with_repair_marks(_LINE_END.sub("", data.data))
            if "<w:bookmark" in data.data:
                raise jinja2.TemplateSyntaxError("tag in a bookmark", data.lineno)
        # One walk for all: a form's tree has thousands of nodes.
        found = next((node for node in tree.find_all(_FORBIDDEN)), None)
        if found is not None:
            raise jinja2.TemplateSyntaxError(f"forbidden {type(found).__name__.lower()}", found.lineno)
        loop = next((loop for loop in tree.find_all(nodes.For) if loop.recursive), None)
        if loop is not None:
            raise jinja2.TemplateSyntaxError("forbidden recursion", loop.lineno)
        _Counted().visit(tree)
        tree.set_environment(self)
        try:
            # Jinja computes constant expressions while compiling: that work is counted too.
            with counting():
                return self.compile(tree, filename="<part>")
        except (RecursionError, MemoryError, SyntaxError):
            # Python nests twenty loops, and a hundred conditions.
            raise jinja2.TemplateSyntaxError("too deep", _depth_of(tree)[1]) from None


class _EncodedCode(CodeGenerator):
    """Code that makes bytes: constant text is encoded when it is compiled, values by the finaliser.

    What is overridden is what Jinja's own code for native types overrides.
    """

    def _output_const_repr(self, group: Iterable[Any]) -> str:
        return repr(b"".join(group))

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: Any) -> Any:  # noqa: ARG002
        constant = node.as_const(frame.eval_ctx)
        return constant.encode() if isinstance(node, nodes.TemplateData) else _encoded(constant)

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:  # noqa: ARG002
        self.write("environment.finalize(")

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:  # noqa: ARG002
        self.write(")")


class PartSandbox(Sandbox):
    """The same for parts of a Word file, which are filled as the bytes that are written."""

    code_generator_class = _EncodedCode

    def __init__(self) -> None:
        super().__init__()
        self.finalize = _encoded


class TextSandbox(Sandbox):
    """The same for plain texts: nothing is escaped, as the text is a value like any other afterwards."""

    def __init__(self) -> None:
        super().__init__()
        self.finalize = _printed
