"""What is wrong with a scheme's file, in Chinese: each fault of the model at its place, with what may be meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, get_args

from pydantic import BaseModel, ValidationError

from generator.base.text import did_you_mean, listed, nearest
from generator.base.tree import Entries, places
from generator.errors import Place, Problem
from generator.model.programme_book.layout import column_title

REMEDY: Final = "按方案格式说明（docs/programme-format.md）改正"
# Each kind of fault of pydantic's that a scheme's file can have; what stands here must say all in Chinese.
_MESSAGES: Final[Mapping[str, str]] = {
    "missing": "缺少必填项“{at}”",
    "extra_forbidden": "没有“{at}”这一项{near}",
    "literal_error": "“{at}”只能是{options}{near}",
    "enum": "“{at}”只能是{options}{near}",
    "int_parsing": "“{at}”应是整数",
    "int_parsing_size": "“{at}”的数太大",
    "int_from_float": "“{at}”应是整数",
    "int_type": "“{at}”应是整数",
    "float_parsing": "“{at}”应是数",
    "float_type": "“{at}”应是数",
    "decimal_parsing": "“{at}”应是数",
    "decimal_type": "“{at}”应是数",
    "finite_number": "“{at}”应是数",
    "bool_parsing": "“{at}”应写“是”或“否”",
    "bool_type": "“{at}”应写“是”或“否”",
    "date_from_datetime_parsing": "“{at}”应是日期，如 2026-03-01",
    "date_from_datetime_inexact": "“{at}”应是日期，不带时间，如 2026-03-01",
    "date_parsing": "“{at}”应是日期，如 2026-03-01",
    "date_type": "“{at}”应是日期，如 2026-03-01",
    "tuple_type": "“{at}”应是列表",
    "list_type": "“{at}”应是列表",
    "dict_type": "“{at}”应是一组“名称: 值”",
    "model_type": "“{at}”应是一组“名称: 值”",
    "string_type": "“{at}”应是文字",
    "string_too_short": "“{at}”不能空着",
    "greater_than": "“{at}”应大于 {gt}",
    "greater_than_equal": "“{at}”不能小于 {ge}",
    "less_than": "“{at}”应小于 {lt}",
    "less_than_equal": "“{at}”不能大于 {le}",
    "value_error": "“{at}”不合要求：{error}",
    "assertion_error": "“{at}”不合要求：{error}",
}
# A choice is listed as English does it: 'must', 'in_principle' or 'preferred'.
_OPTION: Final = re.compile(r"'((?:[^'\\]|\\.)*)'")


def problems_of(model: type[BaseModel], error: ValidationError, tree: Entries) -> Iterator[Problem]:
    """Each fault of a file with its place; a key that lacks, and stands there misspelt, is one fault.

    Args:
        model: what the file describes.
        error: what the model found.
        tree: the file as it was read.
    """
    known = dict(places(tree))
    wrong = [(_steps(fault["loc"]), fault) for fault in error.errors()]
    meant = {
        (*steps[:-1], nearest(str(steps[-1]), _keys_of(model, steps[:-1])))
        for steps, fault in wrong
        if fault["type"] == "extra_forbidden"
    }
    said: set[str] = set()
    for steps, fault in wrong:
        path, place = _place(steps, known, tree.place)
        if path in said or (fault["type"] == "missing" and steps in meant):
            continue
        said.add(path)
        shown = path
        if place.sheet or tree.place.file.endswith(".xlsx"):
            shown = column_title(path) or path
            place = place if place.sheet else _nearest(known, path) or _sheet_of(path, tree.place)
        context = fault.get("ctx", {})
        options = _OPTION.findall(str(context.get("expected", "")))
        if fault["type"] == "extra_forbidden":
            near = did_you_mean(str(steps[-1]), _keys_of(model, steps[:-1]))
        else:
            near = did_you_mean(str(fault["input"]), options)
        text = _MESSAGES.get(fault["type"], "“{at}”不合要求")
        # What is wrong between several keys says itself which.
        text = text if path else "{error}"
        what = text.format(
            at=shown,
            near=near,
            options=listed(f"“{each}”" for each in options),
            **{"error": "写法不对", **context},
        )
        yield Problem(what, REMEDY, place, path)


def _steps(loc: tuple[int | str, ...]) -> tuple[int | str, ...]:
    # What lacks as a whole is told by what it must have.
    return (*loc, "title") if loc == ("source",) else loc


def _place(steps: Sequence[int | str], known: Mapping[str, Place], place: Place) -> tuple[str, Place]:
    """The path of a fault, and the nearest place above it that the file has."""
    path = ""
    for step in steps:
        path = f"{path}[{step}]" if isinstance(step, int) else (f"{path}.{step}" if path else str(step))
        place = known.get(path, place)
    return path, place


def _keys_of(model: type[BaseModel], steps: Sequence[int | str]) -> list[str]:
    """The keys that a group of a model may have; none where the steps lead to no group."""
    here: Any = model
    for step in steps:
        fields = getattr(here, "model_fields", {})
        if step in fields:
            here = _group(fields[step].annotation)
        # The number of an item and a key of somebody's own lead no further down the model.
    return [each.alias or name for name, each in getattr(here, "model_fields", {}).items()]


def _group(annotation: Any) -> Any:
    """The model somewhere in an annotation: of one group, of a list's items, or of a map's values."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for each in get_args(annotation) if (found := _group(each)) is not None), None)


def _sheet_of(path: str, place: Place) -> Place:
    """The sheet of a workbook that an item belongs in which is not there, nor anything beside it."""
    sheet = column_title(path).partition("”")[0]
    return Place(place.file, None, sheet) if sheet else place


def _nearest(known: Mapping[str, Place], path: str) -> Place | None:
    """The place of the row that an item which is not there belongs to."""
    while path:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
        if path in known and known[path].sheet:
            return known[path]
    return None
