from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from generator.conditions.judge import judge
from generator.conditions.rules import compile_rules, rule_problems
from generator.errors import ExitCode, ProgrammeError
from generator.model.catalogue import CommonRules, read_model
from generator.model.programme import Programme
from tests.conditions.conftest import BASE, dataset, programme

NUMBER = {"n": {"count": "members[]"}, "m": {"sum": "funds.sources[].amount"}}


def rule(**parts: Any) -> dict[str, Any]:
    return {"id": "rule", "title": "条件", "clause": "一", "needs": ["n"], "test": "n > 1", **parts}


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        pytest.param({"test": "n >"}, "语法错误", id="a test that does not parse"),
        pytest.param({"test": "n + 1"}, "应是“是或否”", id="a test that is not boolean"),
        pytest.param({"test": 'n == "三"'}, "不能用于类型", id="types that do not fit"),
        pytest.param({"test": "m > 1"}, "“m”没有列在 needs 里", id="a figure not needed"),
        pytest.param({"test": "n * 1.5 > 2"}, "不能用小数", id="a decimal"),
        pytest.param({"test": "double(n) > 2"}, "不能用小数", id="a double"),
        pytest.param({"test": "dyn(n) == 2"}, "不定类型", id="an unchecked type"),
        pytest.param({"needs": [], "test": "true"}, "没有写 needs", id="a test without needs"),
        pytest.param({"needs": ["n", "members[].knd"]}, "最接近的是“kind”", id="an unknown path"),
        pytest.param({"needs": ["n", "members.kind"]}, "要写 []", id="a list without brackets"),
        pytest.param({"needs": ["n", "name[]"]}, "不是列表", id="brackets without a list"),
        pytest.param({"needs": ["n", "leads.kind"]}, "leads[]", id="a derived list without brackets"),
        pytest.param({"needs": ["n", "name.first"]}, "已是单个值", id="a field below a value"),
        pytest.param({"needs": ["n", "bodies..name"]}, "写法不对", id="an ill-formed path"),
        pytest.param({"field": "members[].knd"}, "没有“knd”", id="an unknown field"),
        pytest.param({"fail": "只有 {x}"}, "“x”不是 needs 里的算法", id="a placeholder of no figure"),
        pytest.param({"remedy": "补 {m}"}, "“m”不是 needs 里的算法", id="a placeholder not needed"),
        pytest.param(
            {"needs": ["n", "m"], "fail": "{n%m}"}, "不是同一种数", id="a ratio of people and money"
        ),
        pytest.param({"test": None}, "要在 judge 里写明", id="nothing to judge by"),
        pytest.param(
            {"needs": ["m"], "test": "m > 1", "counted": "both"}, "counted: both", id="both of none"
        ),
        pytest.param({"id": "limit.x"}, "不能以 limit.", id="an id of a limit"),
        pytest.param({"id": "two words"}, "空格", id="an id with a space"),
    ],
)
def test_a_rule_at_fault_is_named_with_its_file(parts: dict[str, Any], told: str) -> None:
    scheme = programme(figures=NUMBER, conditions=[rule(**parts)])
    with pytest.raises(ProgrammeError) as caught:
        compile_rules(scheme, CommonRules())
    text = str(caught.value)
    assert caught.value.exit_code is ExitCode.PROGRAMME
    assert text.startswith("haizhou/consortium-2030/programme.yaml：条件“")
    assert parts.get("id", "rule") in text
    assert told in text
    assert "请按方案格式说明" in text


@pytest.mark.parametrize(
    ("figure", "told"),
    [
        ({"count": "membrs[]"}, "最接近的是“members”"),
        ({"count": "members"}, "没有写 []"),
        ({"sum": "members[].name"}, "不能相加"),
        ({"value": "members[].name"}, "却是列表"),
        ({"value": "bodies.decision"}, "不是单个值"),
        ({"length": "term.years"}, "没有字数"),
        ({"bad_check_digits": "members[].name"}, "不是统一社会信用代码"),
        ({"outside": ["members[].name", "members[]"]}, "不能比对"),
        ({"count": "members[]", "where": {"knd": "企业"}}, "最接近的是“kind”"),
        ({"count": "members[]", "where": {"kind": "公司"}}, "可用：企业"),
        ({"count": "members[]", "where": {"kind": {"like": "企业"}}}, "“like”"),
        ({"count": "members[]", "where": {"kind": {"min": "3"}}}, "不是数"),
        ({"count": "members[]", "where": {"contact": "张三"}}, "只能写 given"),
        ({"count": "members[]", "where": {"accounts[].rd": "3"}}, "不能写 []"),
        ({"count": "members[]", "where": {"kind": {"given": "也许"}}}, "不是“是”或“否”"),
        ({"count": "lead.honours[]", "where": {"name": "甲"}}, "where 只能"),
        ({"count": "members[]", "last": 3}, "last"),
        ({"sum": "lead.accounts[].rd", "last": 0}, "last"),
        ({"sum": "lead.accounts[].rd", "unit": "美元"}, "没有“美元”这个单位"),
        ({"programme": "day", "last": 3}, "不能带 where"),
        ({"programme": "weather"}, "可用：name_pattern"),
        ({"duplicate": "members[].name"}, "最接近的是“duplicates”"),
        ({"outside": "members[].name"}, "要写 2 个路径"),
        ({"count": ["members[]", "leads[]"]}, "要写 1 个路径"),
    ],
)
def test_a_figure_at_fault_is_named(figure: dict[str, Any], told: str) -> None:
    scheme = programme(figures={"x": figure}, conditions=[rule(needs=["x"], test="true")])
    problems = rule_problems(scheme, CommonRules())
    assert [problem.path for problem in problems] == ["figures.x"]
    assert told in problems[0].message


@pytest.mark.parametrize("name", ["成员", "Members", "in", "bool", "a-b", "2n"])
def test_a_figures_name_must_be_a_name_in_cel(name: str) -> None:
    scheme = programme(figures={name: {"count": "members[]"}})
    assert "CEL 的保留字" in rule_problems(scheme, CommonRules())[0].message


def test_two_rules_with_one_id_are_refused() -> None:
    scheme = programme(figures=NUMBER, conditions=[rule(), rule()])
    assert ["用了两次" in problem.message for problem in rule_problems(scheme, CommonRules())] == [True]


def test_two_figures_of_one_title_are_refused_where_they_meet() -> None:
    figures = {"a": {"title": "数", "count": "members[]"}, "b": {"title": "数", "count": "leads[]"}}
    scheme = programme(figures=figures, conditions=[rule(needs=["a", "b"], test="a > b")])
    assert "标题都是“数”" in rule_problems(scheme, CommonRules())[0].message


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        ({"path": "goals.txt", "max": 3}, "最接近的是“text”"),
        ({"path": "term.years", "max": 3}, "不是文字"),
        ({"path": "goals.text"}, "至少写一个"),
    ],
)
def test_a_limit_at_fault_is_named(limit: dict[str, Any], told: str) -> None:
    problems = rule_problems(programme(limits=[{"clause": "一", **limit}]), CommonRules())
    assert problems[0].path == "limits[0]"
    assert told in problems[0].message


def test_a_name_pattern_without_a_place_for_the_name_is_refused() -> None:
    common = CommonRules.model_validate({"figures": {"x": {"programme": "name_pattern"}}})
    assert "{}" in rule_problems(programme(name_pattern="海州省创新联合体"), common)[0].message


def test_a_rule_may_not_ask_what_its_programme_does_not_say() -> None:
    asks = {"x": {"programme": "validity.end"}}
    scheme = programme(figures=asks, conditions=[rule(needs=["x"], test="true")])
    assert "没有写明" in rule_problems(scheme, CommonRules())[0].message


def test_every_fault_is_listed_at_once_and_the_first_raised() -> None:
    scheme = programme(figures=NUMBER, conditions=[rule(test="n"), rule(id="second", test="m > 1")])
    assert len(rule_problems(scheme, CommonRules())) == 2
    with pytest.raises(ProgrammeError, match="另有 1 处"):
        compile_rules(scheme, CommonRules())


def test_faults_have_their_line_where_the_file_can_be_read(tmp_path: Path) -> None:
    folder = tmp_path / "haizhou" / "consortium-2030"
    folder.mkdir(parents=True)
    text = """\
schema: 1
code: haizhou/consortium-2030
title: 甲
short_title: 甲
authority: 厅
region: 海州省
source: {title: 办法}
documents: []
figures:
  n: {count: "members[]"}
conditions:
  - id: rule
    title: 条件
    clause: 一
    needs: [n]
    test: n >
  - id: second
    title: 条件
    clause: 一
"""
    (folder / "programme.yaml").write_text(text, encoding="utf-8")
    scheme = read_model(Programme, folder / "programme.yaml", folder=folder)
    found = [(problem.path, problem.place.line) for problem in rule_problems(scheme, CommonRules())]
    assert found == [("conditions[0].test", 16), ("conditions[1].judge", 17)]


@pytest.mark.parametrize("test", ["n / (n - 3) > 1", "[1, 2][n] > 1"])
def test_a_test_that_fails_on_a_dataset_is_the_programmes_fault(test: str) -> None:
    scheme = programme(figures=NUMBER, conditions=[rule(test=test)])
    with pytest.raises(ProgrammeError, match="条件“rule”的 test") as caught:
        judge(dataset(BASE, scheme), scheme, CommonRules())
    assert pickle.loads(pickle.dumps(caught.value)).exit_code is ExitCode.PROGRAMME  # noqa: S301 (our own)


def test_a_test_that_goes_on_for_too_long_is_the_programmes_fault() -> None:
    names = {"n": {"values": "members[].name"}}
    data = {**BASE, "members": [{"role": "牵头单位", "name": f"第{at}家"} for at in range(120)]}
    scheme = programme(figures=names, conditions=[rule(test='n.all(x, n.all(y, x != "" && y != ""))')])
    with pytest.raises(ProgrammeError, match="避免"):
        judge(dataset(data, scheme), scheme, CommonRules())


def test_rules_are_compiled_once_for_a_programme() -> None:
    scheme = programme(figures=NUMBER, conditions=[rule()])
    assert compile_rules(scheme, CommonRules()) is compile_rules(scheme, CommonRules())
    other = programme(figures=NUMBER, conditions=[rule(test="n > 2")])
    assert compile_rules(other, CommonRules()) is not compile_rules(scheme, CommonRules())
    more = CommonRules.model_validate({"figures": NUMBER, "conditions": [rule()]})
    assert compile_rules(scheme, more).ids == {"rule"}


def test_the_engine_is_not_imported_before_something_is_judged() -> None:
    code = "import sys, generator.conditions; sys.exit(any('cel_expr' in name for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
