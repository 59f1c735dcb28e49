"""Each condition read back: the values at which its verdict turns, held against what ``check`` says of such data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.cli import main
from generator.conditions.boundary_data import made_rows
from generator.conditions.judge import judge
from generator.conditions.rules import Rule, compile_rules
from generator.conditions.sentences import condition_sentence
from generator.model.catalogue import Catalogue, CommonRules
from generator.model.dataset import Dataset
from generator.model.programme import Delegation, Programme
from generator.readers.placeholders import is_placeholder
from tests.conditions.conftest import programme

CATALOGUE = Catalogue()
CODES = sorted(CATALOGUE.folders())
# A field of two options, both of which will do: no value of it does not.
ALWAYS_MET = {"dispute-choice"}
FIFTH = Path(__file__).parent / "fifth-province" / "templates"
WORDS = {"符合": "pass", "符合（请人判断）": "judge", "不符合": "fail", "提醒": "warn"}
ANLAN = "anlan/consortium-2030"


def rules(code: str) -> tuple[Programme, list[Rule]]:
    scheme = CATALOGUE.load(code)
    return scheme, [
        rule for rule in compile_rules(scheme, CATALOGUE.common_rules()).conditions if rule.expression
    ]


def _texts(tree: object) -> list[str]:
    if isinstance(tree, dict):
        return [text for part in tree.values() for text in _texts(part)]
    if isinstance(tree, list):
        return [text for part in tree for text in _texts(part)]
    return [tree] if isinstance(tree, str) and tree else []


@pytest.mark.one_in(3)
@pytest.mark.parametrize("code", CODES)
def test_rows_of_every_condition_get_the_verdict_that_they_say(code: str) -> None:
    scheme, found = rules(code)
    one_sided = []
    for rule in found:
        made = made_rows(rule, scheme)
        if len({one.row.holds for one in made}) < len({True, False}):
            one_sided.append(rule.id)
        own = next(one for one in scheme.conditions if one.id == rule.id)
        alone = scheme.model_copy(
            update={"conditions": (own,), "limits": (), "delegates": Delegation(rule="silent")}
        )
        for row in made:
            assert not [text for text in _texts(row.data) if is_placeholder(text)]
            data = Dataset(alone.model.model_validate(row.data), {}, (), "")
            (verdict, *_) = (one.verdict for one in judge(data, alone, CommonRules()))
            assert verdict == row.verdict, (rule.id, row.row)
    assert set(one_sided) <= ALWAYS_MET


@pytest.mark.thorough
@pytest.mark.parametrize("code", CODES)
def test_data_files_of_the_rows_get_the_same_verdicts_from_check(
    code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = CATALOGUE.folders()[code]
    assert main(["lint", str(folder), "--boundaries", str(tmp_path / "数据")]) == 0
    scheme, found = rules(code)
    capsys.readouterr()
    checked = 0
    for rule in found:
        paths = sorted((tmp_path / "数据").glob(f"{rule.id}-[0-9][0-9].yaml"))
        assert len(paths) == len(made_rows(rule, scheme))
        # The rows are told by their files' first lines; the first and the last of each condition are enough here.
        expected, told = [], []
        for path in (paths[0], paths[-1]):
            wanted = path.read_text(encoding="utf-8").splitlines()[1].rpartition("应为")[2]
            expected.append(next(name for words, name in WORDS.items() if f"“{words}”" == wanted))
            main(["check", str(path), "-p", code, "--format", "json"])
            (result,) = json.loads(capsys.readouterr().out)["programmes"]
            told += [one["verdict"] for one in result["findings"] if one["rule"] == rule.id]
        assert told == expected, rule.id
        checked += len(told)
    assert checked > len(found)


def test_lint_prints_sentences_with_units_and_the_rows(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["lint", str(FIFTH / ANLAN), "--boundaries", str(tmp_path / "数据")]) == 0
    said = capsys.readouterr().out
    assert "没有发现问题" in said
    assert "联合体形式为实体型的，成员单位的出资比例合计 = 100%。" in said
    assert "成员单位数 ≥ 4 家，并且成员单位数 ≤ 8 家。" in said
    assert "成员单位数：3 家 ✗｜4 家 ✓｜5 家 ✓｜7 家 ✓｜8 家 ✓｜9 家 ✗" in said
    assert "所属领域在“数字经济”、“生物医药”之中的，近三年研发投入 ≥ 同期销售收入 的 5%；否则" in said
    assert "没填共享仪器设备的成员单位数：0 家 ✓｜1 家 ✗" in said
    files = sorted(path.name for path in (tmp_path / "数据").iterdir())
    assert f"{len(files)} 份临界的数据写在" in said
    assert "members-count-01.yaml" in files
    # What is there already is not overwritten.
    assert main(["lint", str(FIFTH / ANLAN), "--boundaries", str(tmp_path / "数据")]) == 6


@pytest.mark.parametrize(
    ("figures", "condition", "sentence"),
    [
        (
            {"rd": {"title": "近三年研发投入合计", "sum": "lead.accounts[].rd", "last": 3}},
            {"counts": "rd", "at_least": "6000万元"},
            "近三年研发投入合计 ≥ 6000 万元（60 000 000 元）",
        ),
        (
            {},
            {"counts": "members[]", "who": {"kind": ["高等学校", "科研院所"]}, "share": ">30%"},
            "全部成员单位数 ≥ 1 家，并且单位性质为高等学校或科研院所的成员单位数 > 全部成员单位数 的 30%",
        ),
        (
            {},
            {"counts": "filing_date", "at_most": "2023年9月30日", "when": {"route": "揭榜挂帅"}},
            "申报路径为揭榜挂帅的，填报日期不晚于2023年9月30日",
        ),
        (
            {"n": {"title": "家数", "unit": "家", "count": "members[]"}},
            {"needs": ["n"], "test": "n > 2 && !(n == 5)", "level": "in_principle"},
            "原则上：家数 ≥ 3 家，并且不成立：（家数 = 5 家）",
        ),
    ],
)
def test_a_condition_is_said_as_a_person_would(figures: Any, condition: Any, sentence: str) -> None:
    rule = {"id": "rule", "title": "条件", "clause": "一", **condition}
    scheme = programme(figures=figures, conditions=[rule])
    (compiled,) = compile_rules(scheme, CommonRules()).conditions
    assert condition_sentence(compiled, scheme) == sentence
    made = made_rows(compiled, scheme)
    assert {one.row.holds for one in made} == {True, False}
