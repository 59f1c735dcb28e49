"""What was read from forms, as a data file: places beside the values, what is not sure marked, what is not there listed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from generator.base.text import excerpt
from generator.errors import Place
from generator.model.catalogue import CommonRules
from generator.model.dataset import Dataset
from generator.model.programme import Programme
from generator.readers.formats import WORKBOOK, YAML
from generator.readers.load import load
from generator.readers.source_file import Source
from generator.returns.forms.joining import Entry, Joining
from generator.writers.excel.annotate import annotated
from generator.writers.excel.form import make_form, write_workbook
from generator.writers.excel.remarks import Remark as CellRemark
from generator.writers.excel.remarks import Tone
from generator.writers.yaml import data_yaml

Titles = Callable[[str], str]
_TONES: Final[Mapping[str, Tone]] = {"doubtful": "warn", "conflict": "wrong", "unread": "unknown"}
_SHOWN_SOURCES: Final = 3


def loaded(data: bytes, name: str, programme: Programme, known: Mapping[str, Programme]) -> Dataset:
    """A data file in memory, as loaded for a programme."""
    kind = WORKBOOK if name.endswith(".xlsx") else YAML
    return load(Source(kind.read(data, name, []), name, Path(), data), programme, known=known)


def as_yaml(
    joining: Joining,
    programme: Programme,
    known: Mapping[str, Programme],
    title: Titles,
    notes: Sequence[str],
) -> bytes:
    """The values as YAML, each with its places; what was not taken stands at the top as comments.

    Args:
        joining: what was read.
        programme: the programme.
        known: every programme by code.
        title: a field's name in Chinese by path.
        notes: more that a person should know, a line each.
    """
    own = tuple(each.declaration() for each in programme.fields)
    text = data_yaml(None, joining.tree, {programme.code: {}}, known, extra=own)
    if not joining.tree.get("name"):
        text = f"name:  # 没有读出\n{text}"
    lines = text.split("\n")
    dataset = loaded(text.encode(), "read.yaml", programme, known)
    for entry in joining.entries:
        number = _line_of(dataset, entry.path)
        if entry.value is None or number is None:
            continue
        line = lines[number - 1]
        if "  # " not in line:
            lines[number - 1] = f"{line}  # {_comment(entry)}"
    head = [
        f"# 从填好的表读出的数据：{programme.title}",
        "# 每个值后面是它在表里的位置；标“待核对”的请对着原表看一遍。",
    ]
    left = [one for one in joining.entries if one.value is None]
    if left:
        head.append(f"# 没有填的 {len(left)} 项：")
        head += [f"#   {title(one.path)}：{one.why}（{_said(one)}）" for one in left]
    head += [f"# {_one_line(note)}" for note in notes]
    return ("\n".join([*head, "", *lines])).encode()


def _line_of(dataset: Dataset, path: str) -> int | None:
    """The line of a value; of a text of a map, that of its id."""
    place = dataset.places.get(path) or dataset.places.get(path.removesuffix(".text"))
    return place.line if place is not None else None


def _comment(entry: Entry) -> str:
    places = "；".join(
        dict.fromkeys(
            " ".join(filter(None, (one.document, one.place))) for one in entry.sources[:_SHOWN_SOURCES]
        )
    )
    doubt = f"待核对：{entry.why}；" if entry.status == "doubtful" else ""
    return _one_line(f"{doubt}{places}")


def _said(entry: Entry) -> str:
    return _one_line(
        "；".join(
            f"{one.document} {one.place}写的是“{excerpt(one.raw)}”" for one in entry.sources[:_SHOWN_SOURCES]
        )
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def as_workbook(
    joining: Joining,
    programme: Programme,
    known: Mapping[str, Programme],
    common: CommonRules,
    title: Titles,
    notes: Sequence[tuple[str, str]],
) -> bytes:
    """The values as the programme's workbook; cells that are not sure are coloured, with what the forms say.

    Args:
        joining: what was read.
        programme: the programme.
        known: every programme by code.
        common: the rules that hold for every programme.
        title: a field's name in Chinese by path.
        notes: more that a person should know: what it is, and where and how.
    """
    form = make_form(programme, common)
    data = write_workbook(form, joining.tree, {programme.code: {}})
    dataset = loaded(data, "read.xlsx", programme, known)
    remarks = [
        CellRemark(
            _TONES[entry.status],
            "",
            title(entry.path),
            "",
            f"{entry.why}。{_said(entry)}。",
            _cells(dataset, entry.path),
        )
        for entry in joining.entries
        if entry.status != "sure"
    ]
    remarks.sort(key=lambda one: list(_TONES.values()).index(one.tone), reverse=True)
    remarks += [CellRemark("judge", "", what, "", text, ()) for what, text in notes]
    taken = sum(1 for one in joining.entries if one.value is not None)
    doubtful = sum(1 for one in joining.entries if one.status == "doubtful")
    summary = f"从填好的表读出 {taken} 项，其中待核对 {doubtful} 项；没有填 {len(joining.entries) - taken} 项"
    return annotated(data, "read.xlsx", remarks, summary)


def _cells(dataset: Dataset, path: str) -> tuple[Place, ...]:
    for here in (path, path.removesuffix(".text")):
        if here in dataset.places:
            return (dataset.places[here],)
    place = dataset.place(path)
    return (place,) if place.cell else ()
