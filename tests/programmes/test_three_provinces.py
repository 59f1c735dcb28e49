"""One consortium judged for three provinces: its lead is registered in one of them only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.cli import main

DATA = Path(__file__).resolve().parents[2] / "data" / "three-provinces.yaml"
HENAN, HUBEI, YUNNAN = "henan/consortium-2022", "hubei/consortium-2022", "yunnan/consortium-2022"
# What stands apart from pass and judge, and why.
EXPECTED = {
    # The lead and most members are registered here.
    HENAN: {},
    # Nothing is asked of the lead's place, but most member enterprises must be local.
    HUBEI: {"local-majority": "fail"},
    YUNNAN: {
        "lead-registered": "fail",
        # Encouraged, and not so.
        "incorporated": "warn",
        "foreign-members": "warn",
        # The testing centre has no column in the form.
        "member-kinds": "warn",
    },
}


def checked(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["check", str(DATA), *arguments, "--format", "json"]) == 0
    programmes = json.loads(capsys.readouterr().out)["programmes"]
    return {result["programme"]: result for result in programmes}


def open_findings(result: dict[str, Any]) -> dict[str, str]:
    return {
        finding["rule"]: finding["verdict"]
        for finding in result["findings"]
        if finding["verdict"] not in {"pass", "judge"}
    }


@pytest.mark.parametrize(
    "asked", [(), tuple(text for code in EXPECTED for text in ("-p", code))], ids=["filings", "several"]
)
def test_each_province_finds_what_one_would_expect(
    capsys: pytest.CaptureFixture[str], asked: tuple[str, ...]
) -> None:
    results = checked(capsys, *asked)
    assert list(results) == list(EXPECTED)
    assert {code: open_findings(result) for code, result in results.items()} == EXPECTED
    assert {code: result["blocked"] for code, result in results.items()} == {
        HENAN: False,
        HUBEI: True,
        YUNNAN: True,
    }
    assert [result["missing"] + result["problems"] for result in results.values()] == [[], [], []]


@pytest.mark.thorough
def test_all_schemes_at_once_find_the_same_of_these_three(capsys: pytest.CaptureFixture[str]) -> None:
    results = checked(capsys, "--all")
    assert {code: open_findings(results[code]) for code in EXPECTED} == EXPECTED
    others = [result for code, result in results.items() if code not in EXPECTED]
    assert others
    assert all(result["missing"] for result in others)


@pytest.mark.thorough
def test_the_message_names_where_the_lead_is_not_registered(capsys: pytest.CaptureFixture[str]) -> None:
    found = checked(capsys)[YUNNAN]["findings"]
    (finding,) = [finding for finding in found if finding["rule"] == "lead-registered"]
    assert finding["where"]["file"] == "three-provinces.yaml"
    assert finding["message"].endswith("。")


@pytest.mark.thorough
def test_drafts_of_all_three_are_made_in_one_run_and_the_ready_one_for_signing(tmp_path: Path) -> None:
    assert main(["packet", str(DATA), "-o", str(tmp_path), "--no-pdf"]) == 0
    made = sorted(path.parent.name for path in tmp_path.rglob("manifest.json"))
    assert made == [f"{code.replace('/', '-')}-draft" for code in EXPECTED]
    signing = ["packet", str(DATA), "-o", str(tmp_path), "--no-pdf", "--edition", "signing"]
    assert main([*signing, "-p", HENAN]) == 0
    assert main([*signing, "-p", YUNNAN]) == 1
    names = {path.parent.parent.name for path in tmp_path.rglob("manifest.json")}
    assert names == {
        "河南省高端轴承创新联合体",
        "湖北省高端轴承产业技术创新联合体",
        "云南省高端轴承创新联合体",
    }
