"""Sixty filings in all forms in which applicants send them: each fault is found in its own, and none in the good ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml

from generator.cli import main
from tests.workflows.sixty_filings import CODE, make_sixty


@pytest.mark.thorough
def test_each_fault_in_its_own_and_none_in_the_good(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, private, out = (tmp_path / name for name in ("收到", "制作", "结果"))
    folder.mkdir()
    private.mkdir()
    made = make_sixty(folder, private, seed=20251130)
    assert (len(made.good), len({kind for kind, _ in made.faults.values()})) == (40, 20)
    result = intake(folder, out, capsys)
    filings = {one["name"][:2]: one for one in result["filings"]}
    apart = {one["name"][:2]: one["why"] for one in result["apart"]}
    assert sorted([*filings, *apart]) == [f"{number:02d}" for number in range(1, 61)]
    for number in made.good:
        assert number in filings, apart.get(number)
        assert applicant(filings[number]) == [], number
    for number, (kind, told) in made.faults.items():
        found = apart.get(number) or "".join(applicant(filings[number]))
        assert told in found, (kind, found)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert intake(folder, out, capsys)["examined"] == 0
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
    check_rollup(made.good, tmp_path / "汇总")


def intake(folder: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    capsys.readouterr()
    arguments = ["intake", str(folder), "-p", CODE, "-o", str(out), "--no-pdf", "--format", "json"]
    assert main(arguments) == 1
    result: dict[str, Any] = json.loads(capsys.readouterr().out)
    return result


def applicant(filing: dict[str, Any]) -> list[str]:
    return [f"{one['title']} {one['what']}" for one in filing["issues"] if one["whose"] == "applicant"]


def check_rollup(good: dict[str, dict[str, Any]], folder: Path) -> None:
    """The table of the good ones, held against their data."""
    folder.mkdir()
    for number, data in good.items():
        (folder / f"{number}.yaml").write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    assert main(["rollup", CODE, str(folder), "-o", str(folder / "out"), "--no-pdf"]) == 0
    (path,) = folder.glob("out/**/汇总.xlsx")
    heads, *rows = openpyxl.load_workbook(path)["汇总"].iter_rows(min_row=2, values_only=True)
    at = {str(head): column for column, head in enumerate(heads)}
    table = {str(row[at["名称"]]): row for row in rows if isinstance(row[0], int)}
    assert set(table) == {data["name"] for data in good.values()}
    figures: dict[str, Callable[[dict[str, Any]], int]] = {
        "成员单位数（家）": lambda data: len(data["members"]),
        "成员企业数（家）": lambda data: sum(one["kind"] == "企业" for one in data["members"]),
        "执行机构专职人员（人）": lambda data: data["bodies"]["executive"]["full_time_staff"],
        "经费来源（项）": lambda data: len(data["funds"]["sources"]),
    }
    total = next(row for row in rows if "合计" in row)
    for title, figure in figures.items():
        for data in good.values():
            assert table[data["name"]][at[title]] == figure(data), title
        if total[at[title]] is not None:
            assert total[at[title]] == sum(map(figure, good.values())), title
    for data in good.values():
        row = table[data["name"]]
        assert row[at["统一社会信用代码"]] == data["members"][0]["credit_code"]
        assert row[at["牵头单位"]] == data["members"][0]["name"]
