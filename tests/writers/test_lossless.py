"""What goes from YAML into a workbook comes back, whatever it is."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from generator.base.characters import BadValueError, refused_character
from generator.base.yaml import read_yaml
from generator.model.consortium import OF_A_FILING, Passage
from generator.model.fields import FieldSpec, Part
from generator.model.paths import spec_of
from generator.model.value_kinds import (
    NONE_TEXTS,
    Choice,
    Count,
    CreditCode,
    Date,
    Flag,
    Kind,
    Money,
    Share,
    Year,
)
from generator.readers.load import load
from generator.readers.source_file import Source
from generator.writers.content import Tree, read_content
from generator.writers.excel.flatten import leaves
from generator.writers.excel.form import write_workbook
from generator.writers.yaml import data_yaml
from tests.pace import examples
from tests.readers.books import form, programme, source_of

HERE = Path(__file__).parent
ONE = programme()
KNOWN = {ONE.code: ONE}

ODD = ["=1+1", "+86", "-开展", "@甲", "'引号", '"双"', "# 号", "a: b", "- 项", "{x}", "[x]", "| 竖", "> 大", "& 与", "* 星",
       "! 叹", "% 百", "_x000D_", "_x005F_x000D_", "null", "~", "true", "0123", "1e5", "12:30:00", "2026-03-01", "无限",
       " 前空", "后空 ", "两\n行", "三\n\n行", "尾行\n", "制\t表", "甲·乙", "a.b", "#1", "members[0]", "合计数", "〔待〕", "😀字", "\n首行", "'", "\\n"]  # fmt: skip


def is_text(text: str) -> bool:
    return bool(text.strip()) and refused_character(text) is None and text.strip().lower() not in NONE_TEXTS


texts = st.one_of(
    st.sampled_from(ODD),
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=12).filter(is_text),
    st.lists(st.sampled_from(ODD), min_size=1, max_size=3).map("".join),
).filter(lambda text: is_text(text) and text.strip() not in {"合计", "总计", "小计", "总和"})  # fmt: skip


def values(kind: Kind | None) -> st.SearchStrategy[str]:
    cents = st.integers(0, 10**13)
    found: st.SearchStrategy[str] = texts
    if isinstance(kind, Money):
        found = st.one_of(
            cents.map(lambda n: f"{n / 100:.2f}"), st.sampled_from(["1.2亿元", "无", "约百万", "1,200"])
        )
    elif isinstance(kind, Count):
        found = st.one_of(st.integers(0, 10**9).map(str), st.sampled_from(["无", "12人", "许多"]))
    elif isinstance(kind, Share):
        found = st.sampled_from(["12.5%", "0.5", "100", "无", "一半"])
    elif isinstance(kind, Year):
        found = st.sampled_from(["2024", "2025年", "明年"])
    elif isinstance(kind, Date):
        found = st.sampled_from(["2026-03-01", "1850-01-01", "2026年3月1日", "1900-02-28", "开春"])
    elif isinstance(kind, Flag):
        found = st.sampled_from(["是", "否", "√", "yes", "也许"])
    elif isinstance(kind, Choice):
        found = st.sampled_from([*kind.options, "别的"])
    elif isinstance(kind, CreditCode):
        found = st.sampled_from(["91410300MAH01E8A16", "91410300mah01e8a16", "无", "123"])
    return found


ids = st.sampled_from(["breach", "甲", "a-b", "01", "甲·乙", "x#2"])


def field(spec: FieldSpec) -> st.SearchStrategy[Any]:
    if spec.part is None:
        one: st.SearchStrategy[Any] = values(spec.kind)
    elif issubclass(spec.part, Passage):
        one = st.one_of(texts.map(lambda text: {"text": text}), st.just({"variant": "范本一"}))
    else:
        one = group(spec.part)
    if spec.shape == "one":
        return st.one_of(one, st.just("无")) if spec.part else one
    many = st.lists(one, max_size=3)
    if spec.shape == "list":
        return many
    return st.dictionaries(ids, many if spec.part is None else one, max_size=3)


def group(part: type[Part]) -> st.SearchStrategy[dict[str, Any]]:
    specs = {name: spec for name, spec in part.specs().items() if name not in OF_A_FILING}
    return st.lists(st.sampled_from(sorted(specs)), unique=True, min_size=1, max_size=4).flatmap(
        lambda names: st.fixed_dictionaries({name: field(specs[name]) for name in names})
    )


def content_of(text: str) -> tuple[Tree, dict[str, Tree]]:
    source = Source(read_yaml(text.encode(), "数据.yaml"), "数据.yaml", HERE, text.encode())
    content = read_content(source, ONE, KNOWN)
    return content.base, content.filings


def kept(tree: Tree) -> dict[str, str]:
    """A tree's texts by path, each as its kind keeps it."""
    found = {}
    for path, text in leaves(tree):
        spec = spec_of(ONE.model, path)
        try:
            found[path] = repr(spec.kind.read(text)) if spec and spec.kind else text
        except BadValueError:
            found[path] = text
    return found


@pytest.mark.thorough
@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(base=group(ONE.model), filing=group(ONE.model))
@example(base={"members": [{"accounts": []}]}, filing={})
@example(base={"members": [{"accounts": [{"year": "2023"}]}, {"name": "甲", "accounts": []}]}, filing={})
@example(base={"members": [{"address": "长" * 17_000}, {"name": "甲"}, {}]}, filing={})
@example(base={}, filing={"attachments": {"x#2": [], "breach": ["[x]"]}})
def test_yaml_to_a_workbook_and_back_keeps_every_value(base: Tree, filing: Tree) -> None:
    first, filings = content_of(data_yaml(ONE, base, {ONE.code: filing}, KNOWN))
    data = write_workbook(form(), first, filings)
    back = read_content(source_of(data, HERE), ONE, KNOWN)
    assert kept(back.base) == kept(first)
    assert {code: kept(tree) for code, tree in back.filings.items()} == {
        ONE.code: kept(filings.get(ONE.code, {}))
    }
    again, filings_again = content_of(data_yaml(ONE, back.base, back.filings, KNOWN))
    assert again == back.base
    assert filings_again.get(ONE.code, {}) == back.filings[ONE.code]


def test_a_text_longer_than_a_cell_comes_back_whole(tmp_path: Path) -> None:
    base = {"name": "甲", "cooperation": "长文，" * 20_000, "goals": {"text": "一行\n" * 9_000 + "完"}}
    data = write_workbook(form(), base, {})
    assert read_content(source_of(data, tmp_path), ONE, KNOWN).base == base


def test_what_no_sheet_can_hold_stays_with_its_member_when_rows_are_sorted(tmp_path: Path) -> None:
    members = [{"name": "甲", "honours": ["一\n二", "三"]}, {"name": "乙", "contact": "无"}]
    data = write_workbook(form(), {"name": "某", "members": members}, {})
    assert read_content(source_of(data, tmp_path), ONE, KNOWN).base["members"] == members


def test_the_same_data_give_the_same_bytes() -> None:
    base = {"name": "甲", "members": [{"name": "乙"}]}
    assert write_workbook(form(), base, {}) == write_workbook(form(), base, {})


@pytest.mark.thorough
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_workbook_saved_by_libreoffice_reads_the_same(tmp_path: Path) -> None:
    base: Tree = {
        "name": "=某省联合体",
        "filing_date": "2026-03-01",
        "cooperation": " 首段，\n\n- 次段\t。_x000D_ ",
        "members": [
            {
                "name": "甲公司",
                "credit_code": "91410300MAH01E8A16",
                "high_tech": "是",
                "lead_share": "12.5%",
                "staff": "120",
                "honours": ["一", "二"],
                "contact": {"phone": "0371-55501234", "mobile": "013812345678"},
                "accounts": [{"year": "2024", "sales": "1200.1", "rd": "0.3"}],
            }
        ],
        "team": [],
        "agreement": {"clauses": {"01": {"text": "条文"}}},
    }
    filings = {ONE.code: {"name": "另一个名称"}}
    data = write_workbook(form(), base, filings)
    (tmp_path / "甲.xlsx").write_bytes(data)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    out = tmp_path / "out"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out), str(tmp_path / "甲.xlsx")],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    saved = (out / "甲.xlsx").read_bytes()
    assert saved != data
    before, after = source_of(data, tmp_path), source_of(saved, tmp_path)
    assert read_content(after, ONE, KNOWN) == read_content(before, ONE, KNOWN)
    mine, theirs = load(before, ONE, known=KNOWN), load(after, ONE, known=KNOWN)
    assert (theirs.consortium, theirs.places, theirs.problems) == (
        mine.consortium,
        mine.places,
        mine.problems,
    )
