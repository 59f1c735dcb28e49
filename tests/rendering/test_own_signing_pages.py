"""Whether each party signs a page of its own, and the code that stands for a document's text."""

from __future__ import annotations

import re
from typing import Any

import pytest

from generator.rendering.render import RenderJob, render
from generator.rendering.template import Template
from tests.rendering.small_templates import DOCUMENT, PROGRAMME, WHEN, consortium, lines, of_paragraphs

TEMPLATE = of_paragraphs(
    "{% if document.own_signing_pages %}每方一页{% else %}共用{% endif %}",
    "{{ name }}",
    "{{ document.code }}",
)


def printed(programme: str, **data: Any) -> list[str]:
    job = RenderJob(
        programme=PROGRAMME.model_copy(update={"signing_pages": programme}),
        consortium=consortium(**data),
        edition="draft",
        when=WHEN,
    )
    return lines(render(Template(TEMPLATE, "agreement.docx"), job, DOCUMENT, {}))


@pytest.mark.parametrize(
    ("programme", "chosen", "wanted"),
    [
        ("shared", None, "共用"),
        ("one-per-party", None, "每方一页"),
        ("shared", "每方一页", "每方一页"),
        ("one-per-party", "共用", "共用"),
    ],
)
def test_the_data_choose_before_the_scheme(programme: str, chosen: str | None, wanted: str) -> None:
    assert printed(programme, agreement={"signing_pages": chosen})[0] == wanted


def test_the_code_is_that_of_the_text() -> None:
    first, again, other = (printed("shared", name=name)[2] for name in ("甲联合体", "甲联合体", "乙联合体"))
    assert re.fullmatch(r"([0-9A-Z]{4}-){3}[0-9A-Z]{4}", first)
    assert first == again
    assert first != other
