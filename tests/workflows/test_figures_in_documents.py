"""Figures and their ratios in documents: as conditions compute them, and what lacks stands as lacking."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from generator.base.ooxml.text import docx_text
from generator.conditions.given import given_figures
from generator.model.catalogue import load_programme
from generator.model.dataset import Dataset
from generator.rendering.render import RenderJob, render
from generator.rendering.template import Template
from tests.rendering.small_templates import of_paragraphs
from tests.workflows import trial_scheme

FIGURES = """\
figures:
  rd: {title: 近三年研发投入, sum: "lead.accounts[].rd", last: 3}
  sales: {title: 同期销售收入, sum: "lead.accounts[].sales", last: 3}
  firms: {title: 企业数, unit: 家, count: "members[]", where: {kind: 企业}}
  all: {title: 单位总数, unit: 家, count: "members[]"}
  age: {title: 注册年数, years_between: ["lead.registered", day]}
"""
ACCOUNTS = [
    {"year": "2023", "rd": "299.9", "sales": "10000"},
    {"year": "2024", "rd": "300", "sales": "10000"},
]
DATA: dict[str, Any] = {
    "name": "某联合体",
    "filing_date": "2026-03-01",
    "members": [
        {
            "role": "牵头单位",
            "name": "甲公司",
            "kind": "企业",
            "registered": "2020-03-02",
            "accounts": ACCOUNTS,
        },
        {"role": "成员单位", "name": "乙大学", "kind": "高等学校"},
        {"role": "成员单位", "name": "丙公司", "kind": "企业"},
    ],
}


def folder_of(tmp_path: Path, tag: str) -> Path:
    folder = trial_scheme.scheme(tmp_path, of_paragraphs(tag))
    file = folder / "programme.yaml"
    own = "fields:\n  - {path: 'members[].registered', title: 注册时间, kind: date}"
    text = file.read_text(encoding="utf-8").replace("fields:", own)
    file.write_text(text + FIGURES, encoding="utf-8")
    return folder


def printed(folder: Path, edition: str, data: Mapping[str, Any] | None = None) -> tuple[str, Any]:
    programme = load_programme(folder)
    document = programme.documents[0]
    template = Template((folder / document.template).read_bytes(), "application.docx")
    consortium = programme.model.model_validate(data) if data else None
    figures = given_figures(programme, Dataset(consortium, {}), None) if consortium else None
    job = RenderJob(programme, consortium, edition, trial_scheme._WHEN, figures=figures)  # type: ignore[arg-type]
    made = render(template, job, document, {})
    return docx_text(made.parts).strip(), made.record


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("{{ figure.rd }}", "599.90"),
        ("{{ figure.rd|unit('万元') }}", "599.90万元"),
        ("{{ figure.rd|in_unit('亿元', 4) }}", "0.05999"),
        ("{{ figure.rd|decimals(0) }}", "600"),
        ("{{ figure['近三年研发投入'] }}", "599.90"),
        ("{{ 算法.近三年研发投入 }}", "599.90"),
        # Cut as in messages: a shade under 3 % is not printed as 3 %.
        ("{{ figure.rd % figure.sales }}", "2.99%"),
        ("{{ figure.rd % figure.sales|decimals(4) }}", "2.9995%"),
        ("{{ (figure.firms % figure.all)|decimals(2) }}", "66.67%"),
        ("{{ figure.firms % figure.all }}", "66.66%"),
        ("{{ figure.firms }} 家", "2 家"),
        ("{% if figure.firms >= 2 %}够{% else %}不够{% endif %}", "够"),
        ("{{ figure.age }}", "5"),
    ],
)
def test_a_figure_prints_in_every_edition_and_lint_finds_no_fault(
    tag: str, text: str, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path, tag)
    assert trial_scheme.errors(folder) == []
    assert printed(folder, "signing", DATA)[0] == text
    printed(folder, "blank")


def test_what_a_figure_is_made_of_counts_as_used(tmp_path: Path) -> None:
    _, record = printed(folder_of(tmp_path, "{{ figure.firms % figure.all }}"), "draft", DATA)
    assert {"members[0].kind", "members[2].kind"} <= record.derived


@pytest.mark.parametrize(
    ("member", "change", "tag", "lacks"),
    [
        (1, {"kind": None}, "{{ figure.firms }}", {"members[1].kind"}),
        (1, {"kind": None}, "{{ figure.firms % figure.all }}", {"members[1].kind"}),
        (0, {"accounts": None}, "{{ figure.rd|decimals(1) }}", {"members[0].accounts"}),
        (
            0,
            {"registered": None},
            "{% if figure.age > 3 %}老{% else %}新{% endif %}",
            {"members[0].registered"},
        ),
    ],
)
def test_what_a_figure_lacks_is_asked_for_and_never_taken_for_zero(
    member: int, change: dict[str, Any], tag: str, lacks: set[str], tmp_path: Path
) -> None:
    members = [{**one, **(change if at == member else {})} for at, one in enumerate(DATA["members"])]
    members = [{name: value for name, value in one.items() if value is not None} for one in members]
    text, record = printed(folder_of(tmp_path, tag), "draft", {**DATA, "members": members})
    assert set(record.missing) == lacks
    assert "0" not in text


def test_a_share_of_nothing_is_missing(tmp_path: Path) -> None:
    accounts = [{"year": "2024", "rd": "3", "sales": "0"}]
    members = [{**DATA["members"][0], "accounts": accounts}]
    folder = folder_of(tmp_path, "{{ figure.rd % figure.sales|decimals(2) }}")
    text, record = printed(folder, "draft", {**DATA, "members": members})
    assert "同期销售收入是 0.00，算不出" in text
    assert record.missing


@pytest.mark.parametrize(
    ("tag", "message"),
    [
        ("{{ figure.rb }}", "没有“rb”这个算法，是不是“rd”"),
        ("{{ figure.rd % figure.all }}", "不是同一种数"),
        ("{{ figure.rd + 1 }}", "不能这样计算"),
        ("{{ figure }}", "不能直接打印"),
        ("{{ name|decimals(2) }}", "|decimals 用得不对"),
        ("{{ figure.rd|in_unit('两') }}", "|in_unit 用得不对"),
    ],
)
def test_a_figure_used_wrongly_is_told_by_lint(tag: str, message: str, tmp_path: Path) -> None:
    assert any(message in fault.message for fault in trial_scheme.errors(folder_of(tmp_path, tag)))
