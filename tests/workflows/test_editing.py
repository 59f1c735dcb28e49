"""Editing a data file in place: what is typed is in the file, and nothing else of it has changed."""

from __future__ import annotations

import io
import shutil
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from generator.errors import DataError, RefusedError
from generator.workflows.editing import (
    DeleteRow,
    Editing,
    InsertRows,
    MoveRow,
    ReplaceRows,
    Row,
    SetText,
)
from generator.workflows.workspace import Workspace
from tests.pace import first_quickly
from tests.packet.making import ROOT

FIRST = ROOT / "data" / "henan-consortium-2022.yaml"
FORMATS = (FIRST, FIRST.with_suffix(".xlsx"))


@pytest.fixture(scope="module")
def workspace() -> Iterator[Workspace]:
    with Workspace() as opened:
        yield opened


@pytest.fixture(params=first_quickly(FORMATS), ids=lambda path: path.suffix)
def editing(request: pytest.FixtureRequest, tmp_path: Path, workspace: Workspace) -> Editing:
    path = tmp_path / f"示例{request.param.suffix}"
    shutil.copy(request.param, path)
    return Editing(workspace, path)


def of(workspace: Workspace, folder: Path, text: str) -> Editing:
    path = folder / "例.yaml"
    path.write_text(text, encoding="utf-8")
    return Editing(workspace, path, "henan/consortium-2022")


def names(editing: Editing) -> list[str]:
    state = editing.state()
    return [state.values.get(f"members[{at}].name", "") for at in range(state.counts["members"])]


def sheets(path: Path) -> dict[str, dict[str, object]]:
    """Every cell of a workbook that holds something, formulas as their text."""
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    return {
        sheet.title: {
            cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None
        }
        for sheet in book.worksheets
    }


def test_one_text_changes_one_line(editing: Editing) -> None:
    before = editing.path.read_bytes()
    state = editing.state()
    saved = editing.change([SetText("members[1].tier", "紧密合作单位")], seen=state.sha256)
    assert saved.state.values["members[1].tier"] == "紧密合作单位"
    assert not saved.conflicts
    if editing.path.suffix == ".yaml":
        old, new = before.decode().split("\n"), editing.path.read_text(encoding="utf-8").split("\n")
        assert [line for line in new if line not in old] == []
        assert len([at for at in range(len(old)) if old[at] != new[at]]) == 1
    else:
        (editing.path.parent / "old.xlsx").write_bytes(before)
        was, now = sheets(editing.path.parent / "old.xlsx"), sheets(editing.path)
        different = [
            (title, cell) for title in was for cell in was[title] if was[title][cell] != now[title].get(cell)
        ]
        assert len(different) == 1


def test_a_workbook_keeps_all_that_is_not_changed(tmp_path: Path, workspace: Workspace) -> None:
    path, old = tmp_path / "例.xlsx", tmp_path / "原来.xlsx"
    for each in (path, old):
        shutil.copy(FIRST.with_suffix(".xlsx"), each)
    editing = Editing(workspace, path)
    row = {"role": "成员单位", "name": "=1+1公司", "staff": "120"}
    editing.change(
        [SetText("industry", "别的"), InsertRows("members", 1, (row,))], seen=editing.state().sha256
    )
    before, after = sheets(old), sheets(path)
    assert {title for title in before if before[title] != after[title]} == {"概况", "成员单位"}
    assert len(after["成员单位"]) == len(before["成员单位"]) + len(row)
    assert sum(before["概况"][cell] != after["概况"].get(cell) for cell in before["概况"]) == 1
    with zipfile.ZipFile(old) as one, zipfile.ZipFile(path) as two:
        assert one.namelist() == two.namelist()
        changed = [name for name in one.namelist() if one.read(name) != two.read(name)]
    assert len([name for name in changed if "/sheet" in name]) == 2
    assert set(changed) - {"xl/workbook.xml"} == {name for name in changed if "/sheet" in name}


def test_what_cannot_be_read_is_saved_and_told(editing: Editing) -> None:
    saved = editing.change([SetText("members[0].staff", "三多")], seen=editing.state().sha256)
    assert saved.state.values["members[0].staff"] == "三多"
    assert [problem.path for problem in saved.state.problems] == ["members[0].staff"]


def test_rows_come_move_and_go(editing: Editing) -> None:
    before = names(editing)
    row = {"role": "成员单位", "name": "新来的公司", "contact.phone": "0371-55550000"}
    for change, wanted in (
        (InsertRows("members", 1, (row,)), [before[0], "新来的公司", *before[1:]]),
        (MoveRow("members", 1, 3), [*before[:3], "新来的公司", *before[3:]]),
        (DeleteRow("members", 2), [*before[:2], "新来的公司", *before[3:]]),
    ):
        saved = editing.change([change], seen=editing.state().sha256)
        assert names(editing) == wanted
        assert not saved.state.problems
    assert editing.state().values["members[2].contact.phone"] == "0371-55550000"


def test_a_member_takes_its_accounts_along(editing: Editing) -> None:
    state = editing.state()
    own = {path: text for path, text in state.values.items() if path.startswith("members[0].accounts")}
    assert own
    saved = editing.change([SetText("members[0].name", "改了名的公司")], seen=state.sha256)
    moved = editing.change([MoveRow("members", 0, 2)], seen=saved.state.sha256).state
    assert {path: moved.values[path.replace("[0]", "[2]", 1)] for path in own} == own
    gone = editing.change([DeleteRow("members", 2)], seen=moved.sha256).state
    assert not gone.problems
    assert "改了名的公司" not in names(editing)


def test_a_judgement_comes_and_goes_in_the_filing(editing: Editing, workspace: Workspace) -> None:
    mine = Editing(workspace, editing.path, "henan/consortium-2022")
    for rule in ("甲", "乙"):
        state = mine.state()
        row = {"rule": rule, "result": "符合", "name": "某人"}
        mine.change([InsertRows("judged", state.counts.get("judged", 0), (row,))], seen=state.sha256)
    assert mine.state().values["judged[1].rule"] == "乙"
    after = mine.change([DeleteRow("judged", 0)], seen=mine.state().sha256).state
    assert (after.counts["judged"], after.values["judged[0].rule"]) == (1, "乙")


def test_a_pasted_grid_keeps_what_it_does_not_show(editing: Editing) -> None:
    state = editing.state()
    kept = state.values["members[1].task"]
    rows = (
        Row({"name": "甲公司"}, 2),
        Row({"name": "乙公司"}, 1),
        *(Row({"name": f"第{at}家", "role": "成员单位"}) for at in range(60)),
    )
    after = editing.change([ReplaceRows("members", rows)], seen=state.sha256).state
    assert names(editing) == ["甲公司", "乙公司", *(f"第{at}家" for at in range(60))]
    assert after.values["members[1].task"] == kept


def test_undo_and_redo_give_the_very_bytes_back(editing: Editing) -> None:
    first = editing.path.read_bytes()
    editing.change([SetText("industry", "别的领域")], seen=editing.state().sha256)
    second = editing.path.read_bytes()
    assert editing.undo().can_redo
    assert editing.path.read_bytes() == first
    editing.redo()
    assert editing.path.read_bytes() == second
    with pytest.raises(RefusedError, match="没有可以重做"):
        editing.redo()


def test_others_changes_are_merged_by_field_and_the_same_field_is_asked_about(
    editing: Editing, workspace: Workspace
) -> None:
    seen = editing.state().sha256
    other = Editing(workspace, editing.path)
    other.change([SetText("industry", "他改的"), SetText("route", "他改的路径")], seen=other.state().sha256)
    saved = editing.change([SetText("recommender", "我改的"), SetText("industry", "我的")], seen=seen)
    assert saved.changed_outside
    assert saved.state.values["recommender"] == "我改的"
    assert saved.state.values["route"] == "他改的路径"
    (conflict,) = saved.conflicts
    assert (conflict.path, conflict.theirs, conflict.mine) == ("industry", "他改的", "我的")
    assert saved.state.values["industry"] == "他改的"
    other.change([SetText("industry", "又改")], seen=other.state().sha256)
    with pytest.raises(RefusedError, match="被别的程序或别的人改过"):
        editing.undo()


def test_a_row_is_found_again_where_others_took_one_out(editing: Editing, workspace: Workspace) -> None:
    seen, before = editing.state().sha256, names(editing)
    other = Editing(workspace, editing.path)
    other.change([DeleteRow("members", 1)], seen=other.state().sha256)
    saved = editing.change(
        [SetText("members[2].city", "漯河市"), SetText("members[1].city", "驻马店市")], seen=seen
    )
    assert names(editing) == [before[0], *before[2:]]
    assert saved.state.values["members[1].city"] == "漯河市"
    (conflict,) = saved.conflicts
    assert conflict.gone


@pytest.mark.thorough
def test_many_at_once_lose_nothing(tmp_path: Path, workspace: Workspace) -> None:
    path = tmp_path / "例.yaml"
    shutil.copy(FIRST, path)
    fields = ("industry", "route", "recommender", "contact.name", "contact.phone")
    failed: list[BaseException] = []

    def work(field: str) -> None:
        try:
            mine = Editing(workspace, path)
            for number in range(4):
                saved = mine.change([SetText(field, f"{field}{number}")], seen=mine.state().sha256)
                assert not saved.conflicts
        except BaseException as error:  # noqa: BLE001 (told in the test's own thread)
            failed.append(error)

    threads = [threading.Thread(target=work, args=(field,)) for field in fields]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    values = Editing(workspace, path).state().values
    assert [values[field] for field in fields] == [f"{field}3" for field in fields]
    assert [file.name for file in tmp_path.iterdir()] == ["例.yaml"]


def test_comments_and_order_stay(tmp_path: Path, workspace: Workspace) -> None:
    editing = of(
        workspace,
        tmp_path,
        "# 头\n联合体名称: 甲联合体  # 全称\n\n产业领域:   # 还缺\n成员单位:\n  # 第一家\n  - 单位名称: 甲  # 一\n    角色: 牵头单位\n\n"
        "  # 第二家\n  - {单位名称: 乙, 角色: 成员单位}  # 二\n目标:\n  近期目标: |-   # 长\n    一\n    二\n\n# 尾\n",
    )
    state = editing.state()
    editing.change(
        [
            SetText("industry", "轴承"),
            SetText("members[1].city", "郑州市, 河南"),
            SetText("goals.near", "一\n三"),
            SetText("goals.far", "远"),
            SetText("contact.phone", "0371-1"),
            DeleteRow("members", 0),
        ],
        seen=state.sha256,
    )
    assert editing.path.read_text(encoding="utf-8") == (
        "# 头\n联合体名称: 甲联合体  # 全称\n\n产业领域: 轴承   # 还缺\n联系人:\n  电话: 0371-1\n成员单位:\n"
        "  # 第一家\n"  # above the first row: it may be about the list
        '  # 第二家\n  - {单位名称: 乙, 注册地（市）: "郑州市, 河南", 角色: 成员单位}  # 二\n'
        "目标:\n  近期目标: |-   # 长\n    一\n    三\n  远期目标: 远\n\n# 尾\n"
    )


def test_an_amount_under_another_unit_gets_its_own(tmp_path: Path, workspace: Workspace) -> None:
    editing = of(workspace, tmp_path, "name: 甲\nfunds:\n  uses:\n    - {用途: 试验, 金额（千元）: 50}\n")
    saved = editing.change([SetText("funds.uses[0].amount", "12")], seen=editing.state().sha256)
    funds = saved.state.dataset.consortium.funds
    assert funds is not None
    assert [use.amount for use in funds.uses or ()] == [12 * 10_000 * 100]


@pytest.mark.parametrize(
    "start", ["name: 甲\n", "名称: 甲\n附件: {evidence: 旧.pdf}\n", "name: 甲\n附件:\n  a: 无\n"]
)
def test_files_of_an_attachment_are_a_line_each(tmp_path: Path, workspace: Workspace, start: str) -> None:
    editing = of(workspace, tmp_path, start)
    for text in ("甲.pdf\n乙.pdf", "丙.pdf", "丁 戊.pdf\n己.pdf", ""):
        saved = editing.change([SetText("attachments.evidence", text)], seen=editing.state().sha256)
        assert saved.state.values.get("attachments.evidence", "") == text


def test_line_ends_and_byte_order_mark_stay(tmp_path: Path, workspace: Workspace) -> None:
    path = tmp_path / "例.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + "name: 甲\r\nindustry: 乙 # 注\r\n".encode())
    editing = Editing(workspace, path)
    editing.change([SetText("industry", "一\n二")], seen=editing.state().sha256)
    assert path.read_bytes() == b"\xef\xbb\xbf" + "name: 甲\r\nindustry: |- # 注\r\n  一\r\n  二\r\n".encode()


def test_a_change_that_cannot_be_made_leaves_the_file(editing: Editing) -> None:
    before = editing.path.read_bytes()
    seen = editing.state().sha256
    for change in (SetText("name", "甲\x00乙"), SetText("没有[", "x"), DeleteRow("members", 99)):
        with pytest.raises(DataError):
            editing.change([SetText("industry", "改"), change], seen=seen)
        assert editing.path.read_bytes() == before
