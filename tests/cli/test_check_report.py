"""What ``check`` prints: the cause first and once, what follows from it folded under it, the rest short."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.conftest import CODE, ROOT, Run
from tests.wording import latin

MOST_LINES = 25
FILING = f"\n申报:\n  {CODE}:\n"


def changed(example: Path, old: str, new: str) -> None:
    text = example.read_text(encoding="utf-8")
    assert old in text, old
    example.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.one_in(3)
@pytest.mark.parametrize("path", sorted((ROOT / "data").glob("*-20??.yaml")), ids=lambda path: path.stem)
def test_a_finished_file_is_told_in_a_few_lines(run: Run, path: Path) -> None:
    code = re.sub(r"^(\w+)-", r"\1/", path.stem)
    lines = run("check", path, "-p", code).out.strip().splitlines()
    assert len(lines) <= MOST_LINES
    assert len(run("check", path, "-p", code, "--full").out.splitlines()) > MOST_LINES


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("kind: 企业", "kind: 某种单位"),
        ("role: 牵头单位", "role: 领头的"),
        ("filing_date: ", "filing_date: 不久以后 "),
        ("sales: ", "sales: -"),
    ],
)
def test_one_slip_is_one_fault_and_what_waits_for_it_is_one_line(
    run: Run, example: Path, old: str, new: str
) -> None:
    changed(example, old, new)
    checked = run("check", example, "-p", CODE)
    assert checked.code == 3
    assert "数据有 1 处错误" in checked.out
    assert "缺数据（" not in checked.out
    assert "没有填写，文件要印出来" not in checked.out


def test_values_that_several_conditions_wait_for_are_told_once(run: Run, example: Path) -> None:
    changed(example, "    kind: 企业\n", "")
    out = run("check", example, "-p", CODE).out
    assert out.count("“单位性质”未填写") == 1
    assert "因此无法判断的条件（" in out


def test_a_name_is_printed_as_it_is_whatever_it_looks_like(run: Run, example: Path) -> None:
    changed(example, "name: 河南省高端轴承创新联合体", "name: 河南省[b]高端:key:轴承[/]创新联合体")
    assert "河南省[b]高端:key:轴承[/]创新联合体" in run("check", example, "-p", CODE).out


def with_judgements(example: Path, rows: str) -> None:
    text = example.read_text(encoding="utf-8")
    example.write_text(f"{text}{FILING}    人工判断:\n{rows}", encoding="utf-8")


def row(rule: str, result: str = "符合", name: str = "张三", date: str = "2026-03-01") -> str:
    return f"      - {{条件: {rule}, 结论: {result}, 日期: {date}, 判断人: {name}, 说明: 已核对证书}}\n"


def findings(run: Run, example: Path) -> dict[str, dict[str, str]]:
    (result,) = run("check", example, "-p", CODE, "--format", "json").json["programmes"]
    return {finding["rule"]: finding for finding in result["findings"]}


def test_what_a_person_has_looked_at_is_kept_and_short(run: Run, example: Path) -> None:
    with_judgements(example, row("sealed") + row("mature-plan"))
    found = findings(run, example)
    assert found["sealed"]["verdict"] == "judge"
    assert found["sealed"]["judged"] == "张三 2026年3月1日看过，符合：已核对证书"
    out = run("check", example, "-p", CODE).out
    assert "其中 2 条已有人看过" in out
    assert "建设方案成熟" not in out


def test_found_not_to_be_met_it_is_not_met(run: Run, example: Path) -> None:
    with_judgements(example, row("sealed", "不符合"))
    assert findings(run, example)["sealed"]["verdict"] == "fail"
    assert run("check", example, "-p", CODE).code == 1


@pytest.mark.parametrize(
    ("entry", "word"),
    [
        (row("no-such-rule"), "没有这一条"),
        (row("several-members"), "不是由人判断的"),
        (row("sealed", name="''"), "没有写全"),
        (row("sealed", date="''"), "没有写全"),
    ],
)
def test_a_judgement_that_does_not_fit_is_told_and_counts_for_nothing(
    run: Run, example: Path, entry: str, word: str
) -> None:
    with_judgements(example, entry)
    found = findings(run, example)
    assert word in found["common.judged"]["message"]
    assert found["sealed"]["judged"] == ""


@pytest.mark.thorough
def test_judgements_go_into_a_workbook_and_back(run: Run, example: Path, tmp_path: Path) -> None:
    with_judgements(example, row("sealed"))
    book, back = tmp_path / "甲.xlsx", tmp_path / "乙.yaml"
    assert run("convert", example, "-o", book, "-p", CODE).code == 0
    assert findings(run, book)["sealed"]["judged"].startswith("张三")
    assert run("convert", book, "-o", back, "-p", CODE).code == 0
    assert findings(run, back)["sealed"]["judged"].startswith("张三")


def test_how_the_data_were_read_is_told_before_the_verdicts(run: Run, example: Path) -> None:
    changed(example, "kind: 企业", "kind: 民营企业")
    checked = run("check", example, "-p", CODE)
    assert checked.out.index("“民营企业”作“企业”") < checked.out.index("人工判断")
    (result,) = run("check", example, "-p", CODE, "--format", "json").json["programmes"]
    assert [notice["sort"] for notice in result["notices"]] == ["understood"]


def test_a_clause_that_is_asked_for_is_called_by_its_printed_heading(run: Run, example: Path) -> None:
    out = run("check", example, "-p", "hubei/consortium-2022").out
    assert "协议条款的“（一）收益分配原则”未填写" in out
    assert "benefits" not in out.replace("[benefits]", "")


@pytest.mark.parametrize(
    "named", ["sealed", "成员单位加盖公章并注明签署日期", "成员单位加盖 公章并注明签署日期"]
)
def test_a_condition_is_named_by_its_title_or_its_id(run: Run, named: str, tmp_path: Path) -> None:
    hubei = "hubei/consortium-2022"
    data = tmp_path / "data.yaml"
    data.write_bytes((ROOT / "data" / "hubei-consortium-2022.yaml").read_bytes())
    with data.open("a", encoding="utf-8") as file:
        file.write(f"\n申报:\n  {hubei}:\n    人工判断:\n{row(named)}")
    assert "人工判断（38，其中 1 条已有人看过）" in run("check", data, "-p", hubei).out


def test_a_condition_that_there_is_none_of_is_told_with_the_nearest(run: Run, example: Path) -> None:
    with_judgements(example, row("加盖各单位公章"))
    out = run("check", example, "-p", CODE).out
    assert "没有这一条，是不是“加盖各成员单位公章”" in out


@pytest.mark.parametrize("path", sorted((ROOT / "data").glob("*-20??.yaml")), ids=lambda path: path.stem)
def test_no_name_of_the_programs_stands_in_any_report(run: Run, path: Path) -> None:
    code = re.sub(r"^(\w+)-", r"\1/", path.stem)
    given = path.read_text(encoding="utf-8") + (ROOT / "templates" / code / "programme.yaml").read_text(
        "utf-8"
    )
    for line in run("check", path, "-p", code, "--full").out.splitlines():
        assert not [word for word in latin(line) if word not in given], line


def test_a_column_that_was_left_empty_is_one_thing_to_mend(run: Run, example: Path) -> None:
    text = example.read_text(encoding="utf-8")
    left, emptied = re.subn(r", specialty: [^,]+(?=, employer)", "", text)
    assert emptied > 2
    example.write_text(left, encoding="utf-8")
    out = run("check", example, "-p", CODE).out
    assert out.count("没有填写，文件要印出来") == 1
    assert f"其他各行同一项没有填写的还有 {emptied - 1} 处：第 " in out
