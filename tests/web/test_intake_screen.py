"""Taking in on the page: the table, a filing beside its clauses, judgements written into the sheet and read back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml

from generator.base.files import shipped
from generator.workflows.intake.run import intake
from generator.workflows.workspace import Workspace
from tests.web.conftest import Page

CODE = "hubei/consortium-2022"
BATCH = "第一批"


def filing(folder: Path, name: str, **changed: Any) -> None:
    data = yaml.safe_load((shipped("data") / "hubei-consortium-2022.yaml").read_text(encoding="utf-8"))
    place = folder / "报来的" / name / "数据.yaml"
    place.parent.mkdir(parents=True, exist_ok=True)
    content = {**data, "name": f"湖北省{name}产业技术创新联合体", **changed}
    place.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def out(folder: Path) -> Path:
    return folder / "收件" / BATCH / "结果"


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory, workspace: Workspace) -> Path:
    """A batch of two filings, one with a fault, taken in as the worker does it."""
    folder = tmp_path_factory.mktemp("intake")
    filing(folder, "光电子")
    filing(folder, "显示", industry=None)
    (folder / "报来的" / "说不清.rar").write_bytes(b"Rar!")
    place = folder / "收件" / BATCH
    place.mkdir(parents=True)
    (place / "批次.json").write_text(json.dumps({"folder": "报来的", "programme": CODE}), encoding="utf-8")
    intake(workspace, folder / "报来的", CODE, out(folder), engine=None)
    return folder


@pytest.fixture
def taken(folder: Path, batch: Path) -> Path:
    return Path(shutil.copytree(batch, folder, dirs_exist_ok=True))


def question(page: Page) -> tuple[str, str]:
    """A filing's name and the key of its first question."""
    state = json.loads((out(page.folder) / "intake.json").read_text(encoding="utf-8"))
    one = next(one for one in state["state"]["filings"] if "光电子" in one["name"])
    return one["name"], next(issue["key"] for issue in one["issues"] if issue["whose"] == "person")


def judge(page: Page, answer: str, **more: str) -> Any:
    name, issue = question(page)
    given = {"who": "张三", "day": "2026-03-01", "note": "=看过原件", **more}
    return page.tell(
        "/intake/answer", {"batch": BATCH, "name": name, "issue": issue, "answer": answer, **given}
    )


def written(folder: Path) -> list[tuple[Any, ...]]:
    sheet = openpyxl.load_workbook(out(folder) / "判断表.xlsx")["判断"]
    return [row[7:11] for row in sheet.iter_rows(min_row=2, values_only=True) if row[7]]


def test_the_table_says_what_stands_in_the_way_and_what_is_set_apart(page: Page, taken: Path) -> None:
    text = page.get("/intake/batch", params={"batch": BATCH}).text
    assert "退回补正" in text
    assert "产业领域" in text
    assert "说不清.rar" in text
    assert "形式核对未见问题" not in text
    # What lies in the results is no data file of one's own.
    assert "受理总表" not in page.get("/files").text
    got = page.get("/intake/file", params={"batch": BATCH, "name": "受理总表.xlsx"})
    assert got.content == (out(taken) / "受理总表.xlsx").read_bytes()


def test_a_judgement_is_in_the_sheet_and_holds_at_the_next_run(
    page: Page, taken: Path, workspace: Workspace
) -> None:
    answer = judge(page, "退回补正")
    assert answer.status_code == 200, answer.text
    assert answer.json()["verdict"] == "退回补正"
    assert written(taken) == [("退回补正", "张三", "2026-03-01", "=看过原件")]
    # The overview follows at the next run, and until then the table says that it has not.
    assert "还没有跟上" in page.get("/intake/batch", params={"batch": BATCH}).text
    again = intake(workspace, taken / "报来的", CODE, out(taken), engine=None)
    (one,) = [one for one in again.filings if "光电子" in one.name]
    assert one.verdict == "退回补正"
    assert any("受理单位要求补正：=看过原件" in issue.what for issue in one.of("applicant"))
    assert "还没有跟上" not in page.get("/intake/batch", params={"batch": BATCH}).text
    assert judge(page, "").json()["verdict"] == "待人工判断"
    assert written(taken) == []


@pytest.mark.parametrize(
    ("answer", "more", "said"),
    [
        ("符合", {"who": " "}, "没有写判断人"),
        ("符合", {"day": "去年"}, "日期写得不对"),
        ("可以吧", {}, "没有这种结论"),
        ("符合", {"issue": "没有这条"}, "没有这一条"),
        ("符合", {"name": "../../x"}, "没有这份材料"),
        ("符合", {"batch": ".."}, "没有这一批"),
    ],
)
def test_what_is_no_judgement_is_not_written(
    page: Page, taken: Path, answer: str, more: dict[str, str], said: str
) -> None:
    before = (out(taken) / "判断表.xlsx").read_bytes()
    refused = judge(page, answer, **more)
    assert refused.status_code == 400
    assert said in refused.json()["error"]
    assert (out(taken) / "判断表.xlsx").read_bytes() == before


@pytest.mark.thorough
def test_a_filing_stands_beside_its_clauses(page: Page, taken: Path) -> None:
    name, issue = question(page)
    text = page.get("/intake/filing", params={"batch": BATCH, "name": name}).text
    assert f'data-issue="{issue}"' in text
    assert "领军型企业具有一定行业影响力" in text
    found = page.get("/intake/pages", params={"batch": BATCH, "name": name}).json()
    assert found["pages"]
    assert "按数据排出" in found["note"]
    # Not every question has a place: papers to be looked at have none.
    assert found["places"]
    at, *box = next(iter(found["places"].values()))
    assert 0 <= at < len(found["pages"])
    assert box[0] < box[2]
    picture = page.get("/intake/picture", params={"batch": BATCH, "name": name, "at": at, "w": 300})
    assert picture.content.startswith(b"\x89PNG")
    for wrong in ({"at": "999"}, {"at": "-1"}, {"w": "x"}):
        asked = {"batch": BATCH, "name": name, "at": "0", "w": "300", **wrong}
        assert page.get("/intake/picture", params=asked).status_code == 400


@pytest.mark.parametrize("name", ["../批次.json", "intake.json", "/etc/passwd", "x.docx", ""])
def test_only_the_results_can_be_had(page: Page, taken: Path, name: str) -> None:
    assert page.get("/intake/file", params={"batch": BATCH, "name": name}).status_code == 400


def test_dropped_files_stay_below_their_batch(page: Page, folder: Path) -> None:
    made = page.tell("/intake/new", {"p": CODE, "name": "../a/第二批"})
    batch = made.json()["batch"]
    assert (folder / "收件" / batch / "批次.json").is_file()
    headers = {"x-by-script": "1"}
    for path in ("甲/数据.yaml", "../../../乙.yaml", "C:\\丙\\数据.yaml", "/丁.yaml"):
        answer = page.post(
            "/intake/add",
            {"batch": batch, "path": path},
            files={"files": ("x.yaml", b"name: a\n")},
            headers=headers,
        )
        assert answer.status_code == 200, answer.text
    place = folder / "收件" / batch / "收到的"
    assert len([one for one in place.rglob("*") if one.is_file()]) == 4
    assert {one.name for one in folder.iterdir()} == {"收件"}
    assert not list(folder.parent.glob("*.yaml"))
    # Nothing is put in another's place.
    again = page.post(
        "/intake/add", {"batch": batch, "path": "甲/数据.yaml"}, files={"files": ("x", b"2")}, headers=headers
    )
    assert again.status_code == 400
    assert str(folder) not in again.text
    assert (place / "甲" / "数据.yaml").read_bytes() == b"name: a\n"


def test_only_a_folder_of_the_folder_is_taken_in(page: Page, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "外面").mkdir()
    (folder / "链接").symlink_to(tmp_path / "外面")
    for name in ("..", "../外面", "/etc", "链接", "没有", "."):
        answer = page.post("/intake/new", {"p": CODE, "folder": name, "name": "批"})
        assert answer.status_code == 400, name
    assert not (folder / "收件").exists()
