"""Lists and criteria of a programme's file in Chinese, as a sentence has them."""

from __future__ import annotations

from typing import Any, Final

from generator.conditions.targets import target
from generator.model.consortium import FIRST_LEAD, OTHERS
from generator.model.fields import Part
from generator.model.paths import title_of
from generator.model.programme import Criteria, Programme

_VERBS: Final = {
    "is": "为",
    "not": "不为",
    "min": "不低于",
    "max": "不高于",
    "from": "不早于",
    "to": "不晚于",
}


def list_words(programme: Programme, path: str) -> str:
    """What a list's items are called: ``others[]`` is 牵头单位以外的成员单位."""
    first, _, rest = path.partition(".")
    title = title_of(programme.model, path, programme.titles).replace("“", "").replace("”", "")
    if first.removesuffix("[]") == OTHERS:
        member = title_of(programme.model, "members", programme.titles).strip("“”")
        own = f"牵头单位以外的{member}"
        return own if not rest else f"{own}的{title.rpartition('的')[2]}"
    if first.removesuffix("[]") == "leads" and not rest:
        return "牵头单位"
    return title if first != FIRST_LEAD else title.replace(FIRST_LEAD, "牵头单位")


def criteria_words(programme: Programme, items: str, criteria: Criteria) -> str:
    """Which items are meant, in Chinese: 单位性质为企业、境外单位不为是.

    Args:
        programme: for titles.
        items: the list's path with its ``[]``; empty for the consortium itself, whose keys may be figures too.
        criteria: the criteria.
    """
    part: type[Part] | None = target(programme.model, items).part if items else programme.model
    clauses = []
    for name, wanted in criteria.items():
        if not items and name in programme.figures:
            called = programme.figures[name].title or name
        elif part is not None:
            label = programme.labels.get(f"{items}.{name}") if items else None
            called = label or list_words_of(part, name, programme)
        else:
            called = name
        operators = wanted if isinstance(wanted, dict) else {"is": wanted}
        clauses.append("且".join(_clause(called, operator, value) for operator, value in operators.items()))
    return "、".join(clauses)


def list_words_of(part: type[Part], path: str, programme: Programme) -> str:
    """A field below a group in Chinese, without marks."""
    labels = programme.labels if part is programme.model else {}
    return title_of(part, path, labels).replace("“", "").replace("”", "")


def _clause(called: str, operator: str, value: Any) -> str:
    if operator == "given":
        return f"{'已填' if said(value) == '是' else '没填'}{called}"
    values = value if isinstance(value, tuple) else (value,)
    return f"{called}{_VERBS[operator]}{'或'.join(said(one) for one in values)}"


def said(value: Any) -> str:
    """A wanted value as a person writes it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    return {"true": "是", "false": "否"}.get(str(value), str(value))
