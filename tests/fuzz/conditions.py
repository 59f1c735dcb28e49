"""Conditions: their expressions, and data that are judged by them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from generator.conditions.cel import Expression, ExpressionError
from generator.conditions.expression_tree import UnknownFormError, answer, tree_of
from generator.workflows.check import check
from generator.workflows.workspace import Workspace
from tests.fuzz.choices import Choices
from tests.fuzz.held import clear, unchanged, work_folder

_CEL: Final = (
    "count", "total", "names", "on", " + ", " - ", " * ", " / ", " % ", " == ", " >= ", " < ", " && ", " || ", "!", "?", ":", "(", ")",
    "[", "]", ".", "1", "0", "10000", "9223372036854775807", "'甲'", "true", "size(", ".exists(x, x", ".all(x, x", ".map(x, x", " in ",
    ".startsWith(", ".matches(", "date(", "duration('1h')", "null", "{", "}", ",", "1.5", "b'x'", "type(",
)  # fmt: skip
_VARIABLES: Final[dict[str, Any]] = {
    "count": ("int", False),
    "total": ("int", False),
    "names": ("string", True),
    "on": ("bool", False),
}


_FIGURES: Final[dict[str, Any]] = {"count": 3, "total": 0, "names": ["甲", "乙"], "on": True}


def _number(choices: Choices, depth: int) -> str:
    if depth > 3 or choices.below(3) == 0:
        return choices.pick(
            ("count", "total", "0", "1", "10000", "-7", "size(names)", "size('甲乙')", "9223372036854775807")
        )
    if choices.below(8) == 0:
        return (
            f"({_truth(choices, depth + 1)} ? {_number(choices, depth + 1)} : {_number(choices, depth + 1)})"
        )
    sign = choices.pick(("+", "-", "*", "/", "%"))
    return f"({_number(choices, depth + 1)} {sign} {_number(choices, depth + 1)})"


def _truth(choices: Choices, depth: int) -> str:
    made = choices.below(8)
    if depth > 4 or made == 0:
        return choices.pick(
            (
                "on",
                "true",
                "false",
                "'甲' in names",
                "names.exists(x, x == '乙')",
                "names.all(x, size(x) == 1)",
            )
        )
    if made == 1:
        return f"!({_truth(choices, depth + 1)})"
    if made <= 3:
        sign = choices.pick(("&&", "||", "==", "!="))
        return f"({_truth(choices, depth + 1)} {sign} {_truth(choices, depth + 1)})"
    if made == 4:
        text = choices.pick(("甲", "", "甲乙", ".", "(", "[甲-乙]", "\\\\d+", "甲|丙", "^", "$", "𠀋"))
        return f"'甲乙'.{choices.pick(('startsWith', 'endsWith', 'contains', 'matches'))}('{text}')"
    if made == 5:
        return f"names.exists(x, {_truth(choices, depth + 2)} && x == '甲')"
    sign = choices.pick(("==", "!=", "<", "<=", ">", ">="))
    return f"({_number(choices, depth + 1)} {sign} {_number(choices, depth + 1)})"


def expression(data: bytes) -> None:
    """A condition's expression: refused, or answered; and what reads it back for lint comes to the same answer."""
    choices = Choices(data)
    if choices.below(4):
        text = _truth(choices, 0)
    else:
        text = "".join(choices.several(14, lambda: choices.pick(_CEL)))
    try:
        said = Expression(text, _VARIABLES).evaluate(_FIGURES)
    except ExpressionError as error:
        clear(str(error))
        return
    assert said in (True, False), f"{text!r} is {said!r}"
    try:
        again = answer(tree_of(text), _FIGURES)
    except (UnknownFormError, ArithmeticError):
        return
    assert again == said, f"{text!r} is {said!r}, and read back {again!r}"


# ---- data that are judged ----

_ROOT: Final = Path(__file__).resolve().parents[2]
# What a person types into a field that asks for something else.
_TYPED: Final = (
    "无", "待定", "/", "—", "是", "否", "0", "-1", "1", "100%", "0.5", "３", "三", "2022年", "2022-02-30", "2999-12-31", "1e9", "约50万元",
    "1,000", "10万", "企业", "高校", "科研院所", "牵头单位", "成员单位", "甲公司", "", " ", "同上", "见附件", "若干", "≥3", "3-5", "百分之二十", "xx",
)  # fmt: skip


@cache
def workspace() -> Workspace:
    """The built-in schemes."""
    return Workspace(at_once=1)


@cache
def examples() -> tuple[tuple[str, str], ...]:
    """Each scheme's example with the first of each list, as JSON, and the scheme's code."""
    found = []
    for code in workspace().catalogue.folders():
        path = _ROOT / "data" / f"{code.replace('/', '-')}.yaml"
        tree = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506 (texts only)
        found.append((code, json.dumps(_shorter(tree, 3), ensure_ascii=False)))
    return tuple(found)


def _shorter(tree: Any, most: int) -> Any:
    """A tree with no more of each list than is needed to be a list."""
    if isinstance(tree, dict):
        return {key: _shorter(inner, most) for key, inner in tree.items()}
    return [_shorter(one, 2) for one in tree[:most]] if isinstance(tree, list) else tree


def altered_example(choices: Choices) -> tuple[str, Any]:
    """A scheme's code, and its example with fields left out, filled otherwise, doubled or moved."""
    code, text = choices.pick(examples())
    tree = json.loads(text)
    for _ in range(1 + choices.below(6)):
        _alter(choices, tree)
    return code, tree


def _alter(choices: Choices, tree: Any) -> None:
    owner = tree
    while True:
        keys = list(owner) if isinstance(owner, dict) else list(range(len(owner)))
        if not keys:
            return
        key = choices.pick(keys)
        inner = owner[key]
        if not isinstance(inner, (dict, list)) or not inner or choices.below(5) == 0:
            break
        owner = inner
    made = choices.below(8)
    if made == 0:
        del owner[key]
    elif made == 1:
        owner[key] = choices.text(3)
    elif made == 2:
        owner[key] = choices.pick(("", [], {}, ["甲"], {"name": "甲"}, [[]], [{}], "无"))
    elif made == 3 and isinstance(owner, list):
        owner.insert(choices.below(len(owner) + 1), inner)
    elif made == 4 and isinstance(owner, list):
        owner.extend([inner] * choices.below(30))
    elif made == 5 and isinstance(inner, str):
        at = choices.below(len(inner) + 1)
        owner[key] = inner[:at] + choices.text(1) + inner[at:]
    elif made == 6 and isinstance(owner, dict):
        owner[choices.pick(list(owner))] = inner
    else:
        owner[key] = choices.pick(_TYPED)


def judged(data: bytes) -> None:
    """An example with a few slips, checked by its own scheme or another: every verdict is in words, and none is sure in doubt."""
    choices = Choices(data)
    code, tree = altered_example(choices)
    if choices.once_in(8):
        code = choices.pick(examples())[0]
    path = work_folder() / "judged.yaml"
    path.write_text(json.dumps(tree, ensure_ascii=False, indent=1), encoding="utf-8", errors="replace")
    with unchanged(path):
        checked = check(workspace(), path, [code])
    json.dumps(checked.as_json(), ensure_ascii=False)
    for judgement in checked.judgements:
        for finding in judgement.findings:
            clear(f"{finding.title}：{finding.message}")
            assert not (finding.verdict == "pass" and finding.missing), (
                f"{finding.rule} passes without {finding.missing}"
            )
        for one in (*judgement.absent, *judgement.lost, *judgement.dataset.problems, judgement.conclusion):
            clear(str(one))
        for notice in judgement.dataset.notices:
            clear(f"注意：{notice.text}")
