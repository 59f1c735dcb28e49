"""Tags with Chinese names for fields, beside the English ones."""

from __future__ import annotations

from typing import Any

import pytest

from generator.base.ooxml.package import DOCUMENT
from generator.rendering.sandbox import Sandbox
from generator.rendering.template import Template
from generator.workflows.lint.names import Names
from tests.rendering import small_templates
from tests.rendering.small_templates import (
    PROGRAMME,
    cells,
    consortium,
    filled,
    lines,
    of_paragraphs,
    of_rows,
)

MEMBERS: list[dict[str, Any]] = [
    {"role": "牵头单位", "name": "甲公司", "kind": "企业", "province": "某省", "fax": "0990-1"},
    {"role": "成员单位", "name": "乙大学", "kind": "高等学校", "contact": {"name": "林知夏"}},
]


def faults(template: bytes) -> list[str]:
    """What lint says of the names in a template."""
    found: list[str] = []
    made = Template(template, "application.docx")
    names = Names(PROGRAMME, small_templates.DOCUMENT, lambda _line, what, _remedy: found.append(what))
    for part in made.compiled:
        names.check(Sandbox().parse("\n".join(part.source_lines)))
    return found


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("{{ 联合体名称 }}", "{{ name }}"),
        ("{{ 牵头单位.单位名称 }}", "{{ lead.name }}"),
        ("{{ 牵头单位.注册地省 }}", "{{ lead.province }}"),
        ("{{ 牵头单位['注册地（省）'] }}", "{{ lead.province }}"),
        ("{{ 牵头单位.传真 }}", "{{ lead.fax }}"),
        ("{{ count(成员单位, 单位性质='企业') }}", "{{ count(members, kind='企业') }}"),
        (
            "{% if given(推荐单位) %}有{% else %}没有{% endif %}",
            "{% if given(recommender) %}有{% else %}没有{% endif %}",
        ),
        ("{{ pluck(其余单位, '单位名称')|join }}", "{{ pluck(others, 'name')|join }}"),
        ("{{ 首席科学家.姓名 }}", "{{ chief_scientist.name }}"),
    ],
)
@pytest.mark.parametrize("edition", ["draft", "blank"])
def test_a_chinese_name_prints_what_the_english_one_does(chinese: str, english: str, edition: str) -> None:
    data = consortium(members=MEMBERS) if edition == "draft" else None
    first, second = (lines(filled(of_paragraphs(tag), data, edition)) for tag in (chinese, english))  # type: ignore[arg-type]
    assert first == second
    assert faults(of_paragraphs(chinese)) == []


def test_rows_repeat_over_a_chinese_name() -> None:
    template = of_rows(
        ("{%tr for 单位 in rows(成员单位, 3) %}", ""),
        ("{{ 单位.单位名称 }}", "{{ 单位.单位联系人.姓名 }}"),
        ("{%tr endfor %}", ""),
    )
    data = consortium(members=[*MEMBERS[1:], {**MEMBERS[0], "contact": {"name": "贺澜舟"}}])
    assert cells(filled(template, data)) == [["乙大学", "林知夏"], ["甲公司", "贺澜舟"]]
    assert faults(template) == []
    assert DOCUMENT in Template(template, "application.docx").parts


def test_a_name_that_there_is_not_is_told_with_the_nearest() -> None:
    assert faults(of_paragraphs("{{ 牵头单位.单位名 }}")) == ["没有“单位名”这个字段或名称"]
