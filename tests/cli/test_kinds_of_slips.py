"""What the command says of slips, kind by kind: each function a kind, each case an instance of it.

The kinds are numbered as in ``tests/readers/test_kinds_of_slips.py``, which holds the kinds of values; here are those
of what is said of them. Kind 24 (yellow where a signing edition needs a value, and nowhere else) is pinned for every
scheme by ``tests/writers/test_needed_fields.py``; the breaking of lines of kind 26 and what is suggested of kind 28 by ``tests/cli/test_words.py``;
English before a clerk, of kind 25, by ``tests/test_messages.py`` over files spoilt at random.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from generator.cli import main
from tests.readers.test_kinds_of_slips import (
    ALLIANCE,
    DATA,
    HAINAN,
    HENAN,
    HUBEI,
    YUNNAN,
    judged,
    texts,
)
from tests.standing import ROOT

pytestmark = pytest.mark.thorough
__all__ = ["judged"]  # the fixture
JUDGED_BY_A_PERSON = "数据的“人工判断”里"


@pytest.mark.parametrize(
    ("code", "path", "typed", "at"),
    [
        (HENAN, ("members", 1, "task"), "\U0001f469\u200d\U0001f4bb攻关", 2),
        (HAINAN, ("agreement", "clauses", "rights"), "权利\U0001f468\u200d\U0001f469。", 4),
        (HUBEI, ("plan", "sections", "background"), "背景\U0001f3f3\ufe0f\u200d\U0001f308", 5),
        (YUNNAN, ("chief_scientist", "resume"), "简历\u200d略述", 3),
    ],
)
def test_19_a_joiner_in_a_text(judged: Any, code: str, path: Any, typed: str, at: int) -> None:
    said = judged(code, path, typed)
    assert said["exit"] == 3
    (problem,) = said["problems"]
    assert f"第 {at} 个字符是不可见的格式字符（U+200D），印不出来" in problem["message"]
    assert not re.search("Word|PDF", texts(said))
    assert said["missing"] == []


@pytest.mark.parametrize(
    ("code", "path", "typed"),
    [
        (ALLIANCE, ("members", 0, "role"), "牵头和成员"),
        (HAINAN, ("members", 0, "role"), "发起方之一"),
        (YUNNAN, ("members", 0, "role"), "牵头1"),
        (HUBEI, ("members", 0, "kind"), "某种单位"),
        (HAINAN, ("members", 0, "accounts"), "三年都有"),
        (HENAN, ("platforms", 0, "level"), "世界级"),
        (HAINAN, ("agreement", "clauses", "rights"), "权\u200d利"),
        (ALLIANCE, ("members", 0, "credit_code"), "9141O"),
    ],
)
def test_20_one_slip_is_one_finding(judged: Any, code: str, path: Any, typed: str) -> None:
    said = judged(code, path, typed)
    assert (said["exit"], len(said["problems"]), said["missing"]) == (3, 1, [])
    # What waits for it fails nothing.
    assert not [one["rule"] for one in said["findings"] if one["verdict"] in {"fail", "warn"}]


SPOILT = [
    (HENAN, "成员单位", "角色", 6, "带头的"),
    (HENAN, "经费来源", "金额（万元）", 6, "一大笔"),
    (HUBEI, "创新平台", "级别", 5, "宇宙级"),
    (YUNNAN, "成员单位", "单位性质", 6, "某种单位"),
    (HAINAN, "协议条款", "正文", 8, "各方\u200d约定"),
]


@pytest.mark.parametrize(("code", "sheet", "title", "row", "typed"), SPOILT)
def test_21_a_wrong_value_has_its_own_cell_and_no_other(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    code: str,
    sheet: str,
    title: str,
    row: int,
    typed: str,
) -> None:
    book = openpyxl.load_workbook(DATA / f"{code.replace('/', '-')}.xlsx")
    head = next(cell for cell in book[sheet][4] if cell.value == title)
    place = f"{head.column_letter}{row}"
    book[sheet][place].value = typed
    before = fills(book)
    book.save(tmp_path / "数据.xlsx")
    noted = tmp_path / "核对.xlsx"
    assert main(["check", str(tmp_path / "数据.xlsx"), "-p", code, "--annotate", str(noted)]) == 3
    out = capsys.readouterr().out
    assert f"工作表“{sheet}”单元格 {place}" in out
    assert "没有填写" not in out
    assert "未填写" not in out
    after = fills(openpyxl.load_workbook(noted))
    coloured = {at for at, fill in after.items() if before.get(at) != fill and at[0] in book.sheetnames}
    assert (sheet, place) in coloured
    assert {at for at in coloured if at[0] == sheet} == {(sheet, place)}


def fills(book: Any) -> dict[tuple[str, str], str]:
    return {
        (sheet.title, cell.coordinate): cell.fill.fgColor.rgb
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.fill.patternType
    }


@pytest.mark.parametrize(
    ("code", "typed", "told"),
    [
        (HENAN, "9141070OMAJ02E8B2W", "第 8 位“O”不会出现在代码里，多半是数字“0”"),
        (HUBEI, "91420700MAB1G6I2DU", "第 15 位“I”不会出现在代码里，多半是数字“1”"),
        (YUNNAN, "915301O0MA6AB1CD0", "现为 17 位；第 7 位“O”不会出现在代码里，多半是数字“0”"),
        (HAINAN, "91460000MAA0ZC1S3X1", "现为 19 位；第 13 位“Z”不会出现在代码里，多半是数字“2”"),
        (ALLIANCE, "9.14103E+17", "是科学计数法，后面的数字已经丢了"),
        (HAINAN, 9.146e17, "是科学计数法，后面的数字已经丢了"),
        (HUBEI, "正在办理换证", "不是 18 位统一社会信用代码（现为 6 位；代码由数字和"),
    ],
)
def test_22_what_is_wrong_with_a_code(judged: Any, code: str, typed: Any, told: str) -> None:
    said = judged(code, ("members", 1, "credit_code"), typed)
    (problem,) = said["problems"]
    assert told in problem["message"]


@pytest.mark.parametrize(
    ("code", "path", "typed", "example"),
    [
        (HENAN, ("bodies", "decision", "size"), "十几", "只填写数字，如 12（单位：人）"),
        (HUBEI, ("members", 1, "lead_share"), "很多", "只填写数字，如 35 或 35.5（单位：%）"),
        (HAINAN, ("funds", "sources", 0, "amount"), "若干", "只填写数字，如 1200 或 1200.50（单位：万元）"),
        (HENAN, ("members", 0, "staff"), "12.5", "写整数，如 12（单位：人）"),
    ],
)
def test_25_the_example_of_a_number_fits_its_field(
    judged: Any, code: str, path: Any, typed: str, example: str
) -> None:
    (problem,) = judged(code, path, typed)["problems"]
    assert problem["remedy"].startswith(example)


@pytest.mark.parametrize("code", [HAINAN, ALLIANCE, YUNNAN])
def test_25_a_new_workbook_says_nothing_twice_where_it_refuses(code: str, tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    assert main(["new", code, "-o", str(path)]) == 0
    said = {
        check.error
        for sheet in openpyxl.load_workbook(path)
        for check in sheet.data_validations.dataValidation
    }
    said.discard(None)
    assert "这里填的不在下拉表里。从下拉表中选。" in said
    assert "这里要填数字，单位：万元。确实要这样填，选“是”。" in said
    for text in said:
        parts = text.rstrip("。").split("。")
        assert not re.search(r"填.?填|选.?选|填只", text)
        assert len({part.removeprefix("请") for part in parts}) == len(parts)


@pytest.mark.parametrize("width", [80, 100, 120])
def test_26_titles_of_the_comparison_are_not_cut_short(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    main(["check", str(DATA / "three-provinces.yaml")])
    table = capsys.readouterr().out.split("另有")[0]
    (title,) = re.findall(r"^  (成员企业多数\S*)", table, re.MULTILINE)
    assert len(title) >= 12


@pytest.mark.parametrize(("code", "kind"), [(HAINAN, "yaml"), (HUBEI, "yaml"), (ALLIANCE, "xlsx")])
def test_27_a_finished_file_is_told_short_and_says_where_to_note_what_was_looked_at(
    capsys: pytest.CaptureFixture[str], code: str, kind: str
) -> None:
    assert main(["check", str(DATA / f"{code.replace('/', '-')}.{kind}"), "-p", code]) == 0
    out = capsys.readouterr().out
    assert len(out.splitlines()) <= 10
    assert JUDGED_BY_A_PERSON in out


@pytest.mark.parametrize("code", [HENAN, ALLIANCE, YUNNAN])
def test_28_a_workbook_holds_its_scheme(capsys: pytest.CaptureFixture[str], code: str) -> None:
    assert main(["check", str(DATA / f"{code.replace('/', '-')}.xlsx")]) == 0
    assert "可以出签署版" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("code", "old", "new", "meant"),
    [
        (HUBEI, "title:", "titel:", "title"),
        (HAINAN, "clause:", "clasue:", "clause"),
        (HENAN, "attachments:", "attachemnts:", "attachments"),
        (ALLIANCE, "documents:", "document:", "documents"),
    ],
)
def test_28_lint_suggests_the_key_that_is_meant(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str, old: str, new: str, meant: str
) -> None:
    folder = tmp_path / code
    folder.mkdir(parents=True)
    for path in (ROOT / "templates" / code).iterdir():
        if path.is_file():
            (folder / path.name).write_bytes(path.read_bytes())
    source = folder / "programme.yaml"
    text = source.read_text(encoding="utf-8")
    assert old in text
    source.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert main(["lint", str(folder)]) == 4
    assert f"是不是“{meant}”" in capsys.readouterr().out
