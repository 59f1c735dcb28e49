"""A property: for any data, what the forms print comes back as it was, or is marked, or is listed; never made up."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.model.fields import Part
from generator.model.paths import given as given_values
from generator.model.value_kinds import (
    Count,
    CreditCode,
    Date,
    Kind,
    LongText,
    Money,
    Share,
    Stated,
    Text,
    Year,
)
from generator.packet.times import FIXED_TIME
from generator.rendering.render import RenderJob, render
from generator.returns.forms.joining import join, names_of
from generator.returns.forms.read import Paper, opened
from generator.returns.forms.read import _Readers as Readers
from generator.workflows.workspace import Workspace
from tests.pace import examples
from tests.returns.conftest import CODES, filled_forms
from tests.returns.truth import Truth, scored, text_of_value

WORDS = "轴承高端精密制造研发试验检测平台标准应用示范工艺材料设计可靠性寿命装备产业联合创新"
PLACES = "河洛嵩岳沧澜衡沅芷鼎瀚澄溟屏苍砚祺朔暄翊"


def words(rng: random.Random, least: int, most: int) -> str:
    return "".join(rng.choice(WORDS) for _ in range(rng.randint(least, most)))


def value(kind: Kind, reads: str, rng: random.Random, old: Any) -> Any:
    """Another value of a kind, as an applicant could give it."""
    if isinstance(old, Stated) or rng.random() < 0.3:
        return old
    if isinstance(kind, LongText):
        lines = rng.randint(1, 3)
        return "\n".join(f"{words(rng, 8, 40)}，{words(rng, 4, 20)}{at}。" for at in range(lines))
    if isinstance(kind, Count):
        return rng.randint(1, 900)
    if isinstance(kind, Year):
        # Some tables of a form are of years that the scheme fixes.
        return old
    if isinstance(kind, Money):
        return rng.randint(1, 10**9) * 100
    if isinstance(kind, Share):
        return rng.randint(0, 10000)
    if isinstance(kind, Date):
        return date(rng.randint(2020, 2026), rng.randint(1, 12), rng.randint(1, 28))
    if isinstance(kind, CreditCode):
        return "91" + "".join(rng.choice("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(16))
    if type(kind) is Text and reads == "name":
        return "".join(rng.choice(PLACES) for _ in range(2)) + words(rng, 2, 12)
    if type(kind) is Text and not reads:
        return words(rng, 2, 10)
    return old


def varied(part: Part, rng: random.Random) -> Part:
    """The same group with other values, and some of its lists' items."""
    changes: dict[str, Any] = {}
    for name, spec in type(part).specs().items():
        old = getattr(part, name)
        if old is None or (
            name in {"name", "role"} and spec.part is None and "role" not in type(part).specs()
        ):
            continue
        if spec.shape == "list" and spec.part is not None:
            # An empty row of a year that the form prints comes back as that year alone.
            kept = [
                one for at, one in enumerate(old) if at == 0 or hasattr(one, "year") or rng.random() < 0.7
            ]
            items = [varied(one, rng) for one in kept]
            # Two years of one unit's accounts that are the same year are no accounts.
            changes[name] = tuple(
                {getattr(one, "year", None) or at: one for at, one in enumerate(items)}.values()
            )
        elif spec.shape == "one" and spec.part is not None:
            changes[name] = varied(old, rng)
        elif spec.shape == "one" and spec.kind is not None:
            changes[name] = value(spec.kind, spec.reads, rng, old)
    return part.model_copy(update=changes)


@pytest.mark.thorough
@pytest.mark.parametrize("code", CODES)
def test_no_sure_value_is_wrong_and_nearly_all_come_back(workspace: Workspace, code: str) -> None:
    job, _ = filled_forms(workspace, code)
    programme = job.programme
    readers = Readers(programme, job.session.templates)
    documents = [one for one in programme.documents if one.rollup is None]

    @settings(max_examples=examples(6, least=2), suppress_health_check=list(HealthCheck))
    @given(number=st.integers(0, 2**32), at=st.integers(0, len(documents) - 1))
    def any_data(number: int, at: int) -> None:
        document = documents[at]
        consortium: Any = varied(job.dataset.consortium, random.Random(number))
        prepared = job.session.templates.template_of(programme, document, consortium)
        filled = render(
            prepared.template,
            RenderJob(programme, consortium, "signing", FIXED_TIME),
            document,
            prepared.headings,
        )
        values = {path: text_of_value(spec.kind, given) for path, spec, given in given_values(consortium)}
        printed = frozenset(filled.record.printed) & set(values)
        paper = readers.best(opened(Paper("form.docx", filled.docx)), document)
        reading = paper.reading
        if paper.reader.needs_names:
            paper.reader.know(names_of([reading]))
            reading = paper.reader.read(opened(Paper("form.docx", filled.docx)))
        score = scored(Truth(printed, values), join([reading], programme.model, paper.reader.form).entries)
        assert score.wrong_sure == []
        assert len(score.right) >= 0.8 * score.printed - 2

    any_data()
