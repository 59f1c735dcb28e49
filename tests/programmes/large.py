"""Every programme's example grown to what is hardest to lay out: 120 members, long names, texts at their limits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.model.consortium import Consortium
from generator.model.fields import Part
from generator.model.paths import resolve
from generator.model.programme import Programme
from generator.model.value_kinds import CreditCode, LongText, Text
from generator.readers.load import load
from generator.readers.source_file import Source
from tests.programmes.examples import CATALOGUE, Change, example

MEMBERS = 120
OTHERS = 40
NAME = "中部地区高端装备与新材料产业关键共性技术协同创新研究院（集团）股份有限公司第{}分部"
WORDS = (
    "围绕产业链关键环节开展联合攻关，突破材料、设计、制造、试验和应用中的共性技术，形成自主可控的技术体系。"
)


def text_of(length: int) -> str:
    """A text of so many characters."""
    return (WORDS * (length // len(WORDS) + 1))[: length - 1] + "。"


def large(code: str) -> Source:
    """The example with many and long of everything that it has a list of; limited texts at their limits."""
    programme = CATALOGUE.load(code)
    source = example(code)
    consortium = load(source, programme, known=CATALOGUE.all()).consortium
    append = {
        name: list(_grown(consortium, programme, name))
        for name, spec in programme.model.specs().items()
        if spec.shape == "list" and spec.part is not None and getattr(consortium, name)
    }
    change = Change(dict(_limited(consortium, programme)), (), append)
    return change.of(source)


def _grown(consortium: Consortium, programme: Programme, name: str) -> Iterator[dict[str, Any]]:
    """More items like the last one of a list, each with a name of its own."""
    items = getattr(consortium, name)
    wanted = MEMBERS if name == "members" else OTHERS
    for number in range(len(items), wanted):
        yield _like(items[-1], number)


def _like(item: Part, number: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field, spec in type(item).specs().items():
        value = getattr(item, field)
        if value is None:
            continue
        if isinstance(value, Part):
            found[field] = _like(value, number)
        elif field == "name":
            found[field] = NAME.format(number + 1)
        elif isinstance(spec.kind, CreditCode) or not spec.kind:
            found[field] = "无"
        elif spec.shape != "one":
            found[field] = [spec.kind.write(each) for each in value] or "无"
        elif isinstance(spec.kind, LongText):
            found[field] = text_of(90)
        elif isinstance(spec.kind, Text):
            found[field] = str(value)
        else:
            found[field] = spec.kind.write(value)
    return found


def _limited(consortium: Consortium, programme: Programme) -> Iterator[tuple[str, str]]:
    for limit in programme.limits:
        if limit.max is None:
            continue
        shares = 1 + len(limit.together)
        for path in (limit.path, *limit.together):
            full = path if path == limit.path else f"{limit.path.rpartition('.')[0]}.{path}"
            for place in resolve(consortium, full):
                if place.value is not None:
                    yield place.path, text_of(limit.max // shares)
