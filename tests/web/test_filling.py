"""Filling in through the page: what is typed stands in the file, with what is wrong told at its field."""

from __future__ import annotations

import re
import shutil
from typing import Any

import openpyxl
import pytest

from generator.base.files import shipped
from tests.pace import first_quickly
from tests.web.conftest import Page

P = "henan/consortium-2022"
WHERE = "file=a.yaml&p=henan/consortium-2022"


@pytest.fixture(params=first_quickly([".yaml", ".xlsx"]))
def filled(page: Page, request: pytest.FixtureRequest) -> Page:
    """A page on a folder with a whole example."""
    page.name = f"a{request.param}"
    shutil.copy(shipped("data") / f"henan-consortium-2022{request.param}", page.folder / page.name)
    return page


def saves(page: Page, *changes: dict[str, Any], seen: str = "") -> Any:
    where = {"file": page.name, "p": P}
    seen = seen or page.client.get("/stamp", params=where).json()["seen"]
    return page.tell("/save", {**where, "seen": seen, "changes": list(changes)}).json()


def sets(path: str, text: str) -> dict[str, Any]:
    return {"do": "set", "path": path, "text": text}


def shown(page: Page, path: str, section: str = "") -> str:
    answer = page.client.get("/section", params={"file": page.name, "p": P, "go": path, "s": section})
    found = re.search(
        rf'<(?:input|textarea)[^>]*data-path="{re.escape(path)}"[^>]*?(?:value="([^"]*)"|>([^<]*)<)',
        answer.text,
    )
    assert found, answer.text[:500]
    return found[1] or found[2] or ""


def test_what_is_typed_stands_in_the_file(filled: Page) -> None:
    told = saves(filled, sets("contact.phone", "0371-12345678"))
    assert told["conflicts"] == []
    assert shown(filled, "contact.phone") == "0371-12345678"
    if filled.name.endswith(".yaml"):
        assert "phone: 0371-12345678" in (filled.folder / filled.name).read_text(encoding="utf-8")
    else:
        sheet = openpyxl.load_workbook(filled.folder / filled.name)["概况"]
        assert "0371-12345678" in [cell.value for row in sheet.iter_rows() for cell in row]


def test_what_cannot_be_read_is_saved_and_told_at_its_field(filled: Page) -> None:
    told = saves(filled, sets("members[0].staff", "三多"))
    assert "三多" in told["problems"]["members[0].staff"]
    assert shown(filled, "members[0].staff") == "三多"
    live = filled.client.get("/live", params={"file": filled.name, "p": P}).json()
    assert live["lacking"]["members[0].staff"] == "填错了"
    assert live["sections"]["成员单位"] >= 1
    assert live["problems"] >= 1
    assert saves(filled, sets("members[0].staff", "2860"))["problems"] == {}


def test_undone_and_done_again(filled: Page) -> None:
    before = (filled.folder / filled.name).read_bytes()
    assert saves(filled, sets("contact.phone", "1"))["undo"]
    where = {"file": filled.name, "p": P}
    told = filled.tell("/undo", where).json()
    assert (told["undo"], told["redo"]) == (False, True)
    assert (filled.folder / filled.name).read_bytes() == before
    filled.tell("/undo", {**where, "way": "redo"})
    assert shown(filled, "contact.phone") == "1"


@pytest.mark.thorough
def test_rows_come_go_and_move(filled: Page) -> None:
    names = [shown(filled, f"members[{at}].name") for at in range(3)]
    saves(filled, {"do": "move", "path": "members", "at": 2, "to": 1})
    assert [shown(filled, f"members[{at}].name") for at in range(3)] == [names[0], names[2], names[1]]
    saves(filled, {"do": "delete", "path": "members", "at": 1})
    assert shown(filled, "members[1].name") == names[1]
    saves(filled, sets("members[11].name", "某某公司"))
    assert shown(filled, "members[11].name") == "某某公司"
    saves(filled, {"do": "insert", "path": "members", "at": 1, "values": {"role": "成员单位"}})
    assert shown(filled, "members[12].name") == "某某公司"


def test_two_who_write_at_once_are_merged_or_asked(filled: Page) -> None:
    where = {"file": filled.name, "p": P}
    seen = filled.client.get("/stamp", params=where).json()["seen"]
    saves(filled, sets("contact.phone", "1"), seen=seen)
    told = saves(filled, sets("contact.name", "张三"), seen=seen)
    assert told["outside"]
    assert told["conflicts"] == []
    told = saves(filled, sets("contact.phone", "2"), seen=seen)
    (conflict,) = told["conflicts"]
    assert (conflict["theirs"], conflict["mine"]) == ("1", "2")
    assert shown(filled, "contact.phone") == "1"
    assert shown(filled, "contact.name") == "张三"


HEADED = "单位名称\t角色\t统一社会信用代码\t单位性质\n"


@pytest.mark.thorough
def test_rows_pasted_by_their_head_row(filled: Page) -> None:
    rows = "".join(f"第{at}有限公司\t成员单位\t无\t企业\n" for at in range(60))
    paste = {"do": "paste", "path": "members", "at": 12, "names": ["role", "name"], "text": HEADED + rows}
    assert "error" not in saves(filled, paste)
    assert shown(filled, "members[12].name") == "第0有限公司"
    assert shown(filled, "members[71].name") == "第59有限公司"
    assert shown(filled, "members[71].kind") == "企业"


def test_a_block_is_pasted_to_the_right_of_its_cell_over_what_is_there(filled: Page) -> None:
    text = '"多行\n标题"\t9\r\n乙\t10\r\n'
    paste = {
        "do": "paste",
        "path": "team",
        "at": 9,
        "names": ["title", "specialty", "employer"],
        "text": text,
    }
    name = shown(filled, "team[9].name")
    saves(filled, paste)
    assert shown(filled, "team[9].title", "科研团队") == "多行\n标题"
    assert shown(filled, "team[9].name", "科研团队") == name
    assert shown(filled, "team[10].specialty", "科研团队") == "10"
    paste["text"] = "1\t2\t3\t4\n"
    assert "列" in saves(filled, paste)["error"]


@pytest.mark.parametrize(
    "change",
    [
        {"do": "set", "path": "../../x", "text": "1"},
        {"do": "set", "path": "__class__", "text": "1"},
        {"do": "set", "path": "name"},
        {"do": "set", "path": "members[99].name", "text": ""},
        {"do": "delete", "path": "members", "at": 99},
        {"do": "delete", "path": "members", "at": -1},
        {"do": "move", "path": "members", "at": 0, "to": 99},
        {"do": "run", "path": "name", "text": "1"},
        {"do": "paste", "path": "members", "at": 0, "names": "name", "text": "1"},
        "name",
        None,
    ],
)
def test_a_change_that_is_none_changes_nothing(page: Page, change: Any) -> None:
    page.name = "a.yaml"
    shutil.copy(shipped("data") / "henan-consortium-2022.yaml", page.folder / "a.yaml")
    before = (page.folder / "a.yaml").read_bytes()
    answer = page.tell("/save", {"file": "a.yaml", "p": P, "seen": "0", "changes": [change]})
    told = answer.json()
    assert answer.status_code == 400 or told["conflicts"] or told["seen"]
    assert "程序内部出错" not in told.get("error", "")
    assert (page.folder / "a.yaml").read_bytes() == before


SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


@pytest.mark.thorough
def test_a_script_in_every_field_stays_text(page: Page) -> None:
    page.name = "a.yaml"
    shutil.copy(shipped("data") / "henan-consortium-2022.yaml", page.folder / "a.yaml")
    sections = page.get(f"/fill?{WHERE}").text
    titles = re.findall(r'data-section="([^"]+)"', sections)
    paths: set[str] = set()
    for title in set(titles):
        text = page.client.get("/section", params={"file": "a.yaml", "p": P, "s": title}).text
        paths |= {
            path
            for path in re.findall(r'<(?:input|textarea|select)[^>]*?data-path="([^"]+)"', text)
            if path.count("[") == 0 or "[0]" in path
        }
    assert len(paths) > 100
    told = saves(page, *(sets(path, SCRIPT) for path in sorted(paths)))
    assert "error" not in told
    for path in (
        "/files",
        f"/problems?{WHERE}",
        f"/packet?{WHERE}",
        f"/attachments?{WHERE}",
        "/many/board",
        *(f"/section?{WHERE}&s={title}" for title in set(titles)),
    ):
        answer = page.get(path)
        assert answer.status_code == 200, path
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text


@pytest.mark.thorough
def test_problems_are_mended_judged_and_accepted(filled: Page) -> None:
    saves(filled, sets("members[1].kind", "高校"), sets("members[2].kind", "企叶"))
    where = {"file": filled.name, "p": P}
    text = filled.get(f"/problems?file={filled.name}&p={P}").text
    assert "企叶" in text
    assert "改成“企业”" in text
    assert filled.post("/remedy", {**where, "path": "members[2].kind", "text": "不是选项"}).status_code == 400
    filled.post("/remedy", {**where, "path": "members[2].kind", "text": "企业"})
    assert shown(filled, "members[2].kind") == "企业"
    rule = re.search(
        r'action="/judge".*?name="rule" value="([^"]+)"',
        filled.get(f"/problems?file={filled.name}&p={P}").text,
        re.DOTALL,
    )
    assert rule
    verdict = {"rule": rule[1], "result": "符合", "name": "李四", "date": "2026-03-01", "note": "看了执照"}
    filled.post("/judge", {**where, **verdict})
    text = filled.get(f"/problems?file={filled.name}&p={P}").text
    assert "已判断 1 条" in text
    assert 'value="李四"' in text
    if filled.name.endswith(".yaml"):
        # The file names the condition as a person would, not by its id.
        assert rule[1] not in (filled.folder / filled.name).read_text(encoding="utf-8")
    filled.post("/judge", {**where, **verdict, "name": "王五"})
    text = filled.get(f"/problems?file={filled.name}&p={P}").text
    assert "已判断 1 条" in text
    assert 'value="王五"' in text
    saves(filled, sets("term.years", "1"))
    filled.post("/accept", {**where, "rule": "nothing", "reason": "试试"})
    assert filled.get(f"/compare?file={filled.name}").text.count("<tr>") == 6


def test_attachments_are_put_on_their_line_and_taken_off(filled: Page) -> None:
    where = {"file": filled.name, "p": P, "item": "evidence"}
    answer = filled.post("/attachments/add", where, files={"files": ("../证明.png", PNG)})
    assert answer.status_code == 200, answer.text
    assert (filled.folder / "附件" / "证明.png").read_bytes() == PNG
    assert "附件/证明.png" in answer.text
    picture = filled.get(f"/attachments/picture?file={filled.name}&p={P}&name=附件/证明.png")
    assert picture.content == PNG
    assert filled.get(f"/attachments/picture?file={filled.name}&p={P}&name={filled.name}").status_code == 400
    answer = filled.post("/attachments/remove", {**where, "name": "附件/证明.png"})
    assert "附件/证明.png" not in answer.text
    assert (filled.folder / "附件" / "证明.png").exists()
    assert filled.post("/attachments/add", where, files={"files": ("a.html", b"<script>")}).status_code == 400
    assert (
        filled.post(
            "/attachments/add", {**where, "item": "../x"}, files={"files": ("a.png", PNG)}
        ).status_code
        == 400
    )


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c6360000000020001e221bc330000000049454e44ae426082"
)


@pytest.mark.thorough
def test_a_new_file_from_a_scheme_and_from_old_data(page: Page) -> None:
    page.name = "新的.xlsx"
    answer = page.post("/new", {"p": P, "name": "新的", "format": ".xlsx"}, follow_redirects=False)
    assert answer.headers["location"].startswith("/fill?")
    assert (page.folder / "新的.xlsx").is_file()
    assert page.get(answer.headers["location"]).status_code == 200
    saves(page, sets("name", "河南省某某创新联合体"))
    page.post("/new", {"p": "hubei/consortium-2022", "name": "湖北", "format": ".yaml", "old": "新的.xlsx"})
    assert "河南省某某创新联合体" in (page.folder / "湖北.yaml").read_text(encoding="utf-8")
