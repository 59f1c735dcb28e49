"""A party's own workbook goes out and comes back: what it changed is written, what others changed too is asked."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from generator.cli import main
from generator.errors import DataError, ExitCode, OutputError
from generator.workflows.editing import Editing, SetText
from generator.workflows.parts import compare, split, take, write_parts
from generator.workflows.workspace import Workspace
from tests.pace import first_quickly
from tests.packet.making import ROOT

CODE = "henan/consortium-2022"
FIRST = ROOT / "data" / "henan-consortium-2022.yaml"
LEAD = "洛阳启恒精密轴承集团股份有限公司"
OTHER = "新乡衡达轴承零件有限公司"


@pytest.fixture(scope="module")
def workspace() -> Iterator[Workspace]:
    with Workspace() as opened:
        yield opened


@pytest.fixture(params=first_quickly([FIRST, FIRST.with_suffix(".xlsx")]), ids=lambda path: path.suffix)
def data(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / f"例{request.param.suffix}"
    shutil.copy(request.param, path)
    return path


def filled(data: bytes, cells: dict[str, str], target: Path) -> Path:
    """A party's workbook as a person fills it: values beside labels."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    left = dict(cells)
    for sheet in book.worksheets:
        for line in sheet.iter_rows():
            label = str(line[0].value or "")
            if label in left and len(line) > 1:
                line[1].value = left.pop(label)
    assert left == {}
    book.save(target)
    return target


def test_each_party_gets_only_its_own(workspace: Workspace, data: Path, tmp_path: Path) -> None:
    made = split(workspace, data, CODE, members=[0, 1])
    second = openpyxl.load_workbook(io.BytesIO(made.parts[1].data))
    texts = {str(cell.value) for sheet in second.worksheets for row in sheet.iter_rows() for cell in row}
    visible = {
        str(cell.value)
        for sheet in second.worksheets
        if sheet.sheet_state == "visible"
        for row in sheet.iter_rows()
        for cell in row
    }
    assert OTHER in visible
    assert not any(LEAD in text for text in texts)
    assert "角色" not in visible
    paths = write_parts(made, tmp_path / "各单位")
    assert all(path.is_file() for path in paths)
    with pytest.raises(OutputError, match="已经存在"):
        write_parts(made, tmp_path / "各单位")


@pytest.mark.thorough
def test_every_party_gets_one(workspace: Workspace, data: Path) -> None:
    made = split(workspace, data, CODE)
    assert [part.member for part in made.parts] == list(
        range(Editing(workspace, data, CODE).state().counts["members"])
    )


def test_what_comes_back_unchanged_differs_in_nothing(
    workspace: Workspace, data: Path, tmp_path: Path
) -> None:
    editing = Editing(workspace, data, CODE)
    for part in split(workspace, data, CODE, members=[0, 1]).parts:
        path = tmp_path / part.name
        path.write_bytes(part.data)
        found = compare(workspace, editing, path)
        assert (found.member, found.differences, found.problems) == (part.member, (), ())


def test_changes_are_taken_and_conflicts_are_left(workspace: Workspace, data: Path, tmp_path: Path) -> None:
    (part,) = split(workspace, data, CODE, members=[1]).parts
    editing = Editing(workspace, data, CODE)
    editing.change(
        [SetText("members[1].city", "别的市"), SetText("members[0].city", "另一市")],
        seen=editing.state().sha256,
    )
    before = editing.state()
    cells = {
        "注册地（市）": "他们写的市",
        "住所地": "新乡市某路1号",
        "法定代表人": "三多",
        "职工总数（人）": "三多",
    }
    path = filled(part.data, cells, tmp_path / part.name)
    found = compare(workspace, editing, path)
    kinds = {each.path: each.kind for each in found.differences}
    assert kinds == {
        "members[1].city": "conflict",
        "members[1].address": "new",
        "members[1].legal_representative": "changed",
        "members[1].staff": "new",
    }
    assert [problem.path for problem in found.problems] == ["members[0].staff"]
    (conflict,) = found.conflicts
    assert (conflict.sent, conflict.mine, conflict.theirs) == ("新乡市", "别的市", "他们写的市")
    saved = take(editing, found, [each.path for each in found.differences if each.kind != "conflict"])
    assert not saved.conflicts
    assert saved.state.values["members[1].address"] == "新乡市某路1号"
    assert saved.state.values["members[1].city"] == "别的市"
    same = {path for path in before.values if before.values[path] == saved.state.values.get(path)}
    assert set(before.values) - same == {"members[1].legal_representative"}


def test_rows_of_the_party_change_and_others_stay(workspace: Workspace, data: Path, tmp_path: Path) -> None:
    (part,) = split(workspace, data, CODE, members=[0]).parts
    book = openpyxl.load_workbook(io.BytesIO(part.data))
    sheet = book["科研团队"]
    heads = [cell.value for cell in next(sheet.iter_rows(min_row=4, max_row=4))]
    assert "工作单位" not in heads
    blank = next(line for line in sheet.iter_rows(min_row=5) if not line[0].value)
    blank[heads.index("姓名")].value = "新来的人"
    path = tmp_path / part.name
    book.save(path)
    editing = Editing(workspace, data, CODE)
    before = editing.state()
    found = compare(workspace, editing, path)
    assert [(each.path, each.kind) for each in found.differences] == [("team", "changed")]
    after = take(editing, found, ["team"]).state
    assert after.counts["team"] == before.counts["team"] + 1
    names = [after.values[f"team[{at}].name"] for at in range(after.counts["team"])]
    at = names.index("新来的人")
    assert after.values[f"team[{at}].employer"] == LEAD
    assert [name for name in names if name != "新来的人"] == [
        before.values[f"team[{number}].name"] for number in range(before.counts["team"])
    ]


@pytest.mark.thorough
def test_the_commands_tell_each_difference(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "各单位"
    assert main(["split", str(data), "-o", str(folder), "-p", CODE, "--member", "2"]) == ExitCode.DONE
    (path,) = folder.glob("*.xlsx")
    book = openpyxl.load_workbook(path)
    cell = next(
        cell
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value == "新乡市"
    )
    cell.value = "新乡"
    book.save(path)
    before = data.read_bytes()
    assert main(["merge", str(data), str(path), "-p", CODE, "--dry-run"]) == ExitCode.DONE
    assert data.read_bytes() == before
    assert "将写入" in capsys.readouterr().out
    assert main(["merge", str(data), str(path), "-p", CODE]) == ExitCode.DONE
    assert "“新乡市” → “新乡”" in capsys.readouterr().out
    assert main(["merge", str(data), str(path), "-p", CODE]) == ExitCode.DONE
    assert "与数据相同" in capsys.readouterr().out


def test_another_workbook_is_refused(workspace: Workspace, data: Path) -> None:
    editing = Editing(workspace, data, CODE)
    for other in (FIRST, FIRST.with_suffix(".xlsx")):
        with pytest.raises(DataError, match="不是发给一家单位"):
            compare(workspace, editing, other)
