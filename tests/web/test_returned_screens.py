"""What comes back on the page: scans on a packet, forms filled in Word; a person's decisions, and nothing of the machine."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import docx
import pytest
import yaml

from generator.base.files import sha256_of, shipped
from generator.packet.assessment import Order, assess
from generator.packet.session import Session
from generator.readers.source_file import read_source
from generator.workflows.signing_board import Board, BoardRow, ToLookAt, ToSendBack
from tests.standing import Standing
from tests.web.conftest import Page

PARTY = "某成员单位"
HUBEI = "hubei/consortium-2022"
ROUTES = [
    "/intake/new",
    "/intake/add",
    "/intake/run",
    "/intake/answer",
    "/receive/add",
    "/receive/again",
    "/receive/confirm",
    "/forms/add",
    "/forms/decide",
    "/packs/key",
    "/packs/make",
    "/packs/add",
    "/packs/install",
    "/drafts/make",
    "/rollup/make",
]


@pytest.mark.parametrize("path", ROUTES)
def test_nothing_is_done_without_the_page_s_token(page: Page, path: str) -> None:
    page.get("/")
    answer = page.client.post(path, data={"p": HUBEI, "name": "x"}, files={"files": ("a.pdf", b"%PDF")})
    assert answer.status_code == 400
    assert "不是从本页发出的" in answer.text
    assert list(page.folder.iterdir()) == []


@pytest.fixture
def sent(page: Page, made: Standing) -> str:
    """A packet for signature in the served folder, one page of it back; its name."""
    folder = page.folder / "output" / "某联合体" / made.folder.name
    shutil.copytree(made.folder, folder)
    (folder / "signing-status.json").write_text("{}", encoding="utf-8")
    out = page.folder / "收回" / "某联合体" / made.folder.name
    (out / "look").mkdir(parents=True)
    (out / "look" / "2-1-ab-1-seal.png").write_bytes(b"\x89PNG picture")
    row = BoardRow(
        party=PARTY,
        document="协议",
        where="第 1 页",
        returned=True,
        acts={"签名": "见到", "印章": "请人看", "日期": ""},
        done=1,
        remarks=("印章请人看（2-1-1-seal）",),
    )
    look = ToLookAt(
        id="2-1-1-seal",
        what="印章请您看",
        seen=True,
        refusable=True,
        crop="look/2-1-ab-1-seal.png",
        page="pages/x.jpg",
    )
    board = Board(
        complete=False,
        rows=(row,),
        look=(look,),
        refusable=(ToSendBack(id="2-1-page", what="第 1 页（整页）", document="协议"),),
        said=("《协议》第 1 页　张三（2026-03-01）　退回：盖反了（现在不算了）",),
        missing=("《协议》第 2 页",),
        strangers=("扫描.pdf 第 3 页：空白页",),
        notes=(),
        lacking=("《协议》第 2 页没有收到",),
        reminders=f"{PARTY}：\n您好！",
        signed=(),
        status_sha256=sha256_of(folder / "signing-status.json"),
    )
    (out / "board.json").write_text(board.model_dump_json(), encoding="utf-8")
    return folder.relative_to(page.folder).as_posix()


def test_the_board_says_who_is_missing_and_never_that_all_is_there(page: Page, sent: str) -> None:
    listed = page.get("/receive").text
    assert "还差 1 项" in listed
    assert "已经收齐" not in listed
    text = page.get("/receive/packet", params={"packet": sent}).text
    for said in (
        PARTY,
        "《协议》第 2 页",
        "扫描.pdf 第 3 页：空白页",
        "您好！",
        "还没有收齐",
        "1 / 2 处",
        "退回：盖反了",
        "第 1 页（整页）",
    ):
        assert said in text
    assert "在别处" not in text
    assert page.get(
        "/receive/picture", params={"packet": sent, "name": "look/2-1-ab-1-seal.png"}
    ).content.startswith(b"\x89PNG")
    # Another program has gone on with the status since.
    (page.folder / sent / "signing-status.json").write_text('{"more": 1}', encoding="utf-8")
    assert "在别处" in page.get("/receive/packet", params={"packet": sent}).text


def test_what_was_complete_before_is_not_said_of_what_stands_there_now(page: Page, sent: str) -> None:
    """The status has gone on elsewhere; then the packet is made anew, and nothing of it is back."""
    out = next((page.folder / "收回").rglob("board.json"))
    complete = {**json.loads(out.read_bytes()), "complete": True, "lacking": []}
    out.write_text(json.dumps(complete), encoding="utf-8")
    shown = [page.get("/receive").text, page.get("/receive/packet", params={"packet": sent}).text]
    assert all("已经收齐" in one for one in shown)
    status = page.folder / sent / "signing-status.json"
    for change in (lambda: status.write_text('{"more": 1}', encoding="utf-8"), status.unlink):
        change()
        shown = [page.get("/receive").text, page.get("/receive/packet", params={"packet": sent}).text]
        assert not any("已经收齐" in one for one in shown)


@pytest.mark.parametrize(
    "name",
    ["board.json", "look/../board.json", "../../x.png", "look/x.svg", "/etc/passwd", "look/没有.png", ""],
)
def test_only_pictures_of_what_came_back_are_shown(page: Page, sent: str, name: str) -> None:
    assert page.get("/receive/picture", params={"packet": sent, "name": name}).status_code == 400
    assert page.get("/receive/file", params={"packet": sent, "name": name}).status_code == 400


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"id": "9-9-9-seal"}, "没有勾选"),
        ({"why:9-9-9-seal": "盖反了"}, "没有勾选"),
        ({"back": "2-1-page", "reason": " "}, "理由"),
        ({"why:2-1-1-seal": "长" * 121}, "理由"),
        ({"id": "2-1-1-seal", "why:2-1-1-seal": "盖反了"}, "只留一样"),
        ({"id": "2-1-1-seal", "who": " "}, "没有写是谁看的"),
        ({"id": "2-1-1-seal", "who": "张三", "day": "昨天"}, "日期写得不对"),
        ({"id": "2-1-1-seal", "packet": "../x"}, "没有这套"),
    ],
)
def test_a_person_s_word_needs_what_a_name_and_a_day(
    page: Page, sent: str, fields: dict[str, str], said: str
) -> None:
    given = {"packet": sent, "who": "张三", "day": "2026-03-01", **fields}
    answer = page.post("/receive/confirm", given)
    assert answer.status_code == 400
    assert said in answer.text, answer.text[-700:]
    assert "读扫描件" not in page.get("/receive/packet", params={"packet": sent}).text


def test_only_scans_are_taken_in(page: Page, sent: str) -> None:
    answer = page.post(
        "/receive/add", {"packet": sent}, files=[("files", ("a.pdf", b"x")), ("files", ("a.exe", b"x"))]
    )
    assert answer.status_code == 400
    assert str(page.folder) not in answer.text
    assert not list((page.folder / "收回").rglob("a.*"))


def test_what_is_no_word_file_is_not_read(page: Page) -> None:
    for name in ("a.pdf", "a.docx/../b.exe", ""):
        answer = page.post("/forms/add", {"p": HUBEI}, files={"forms": (name or "空", b"x")})
        assert answer.status_code == 400
    answer = page.post("/forms/add", {"p": HUBEI}, files={"forms": ("a.docx", b"no zip")})
    assert answer.status_code == 400
    assert str(page.folder) not in answer.text
    # What could not be read leaves nothing behind.
    assert [path.name for path in page.folder.rglob("*")] == ["填好的表"]


def filled_form(session: Session) -> bytes:
    """The Hubei plan filled from the example, with a kind of organisation that a clerk has spoilt."""
    from generator.packet.documents import fill_all

    source = read_source(shipped("data") / "hubei-consortium-2022.yaml")
    job = assess(source, session.catalogue.load(HUBEI), Order(edition="draft"), session)
    form = list(fill_all(job))[1].rendered.docx
    document = docx.Document(io.BytesIO(form))
    paragraph = next(
        paragraph
        for table in document.tables
        for row in table.rows
        for cell in row.cells
        for paragraph in cell.paragraphs
        if paragraph.text.strip() == "企业"
    )
    paragraph.runs[0].text = "饭店"
    for run in paragraph.runs[1:]:
        run.text = ""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.thorough
def test_what_a_person_decides_is_in_the_data_file(page: Page, session: Session) -> None:
    form = filled_form(session)
    answer = page.post(
        "/forms/add",
        {"p": HUBEI, "name": "读回的", "format": ".yaml"},
        files={"forms": ("建设方案.docx", form)},
        follow_redirects=False,
    )
    assert answer.status_code == 303, answer.text
    assert (page.folder / "填好的表" / "读回的" / "建设方案.docx").read_bytes() == form
    text = page.get("/forms/look", params={"reading": "读回的"}).text
    assert "饭店" in text
    found = page.get("/forms/pages", params={"reading": "读回的"}).json()
    path = next(one for one in found["places"] if one.endswith(".kind"))
    told = {"reading": "读回的", "path": path}

    def decide(decision: str, text: str = "") -> Any:
        return page.tell("/forms/decide", {**told, "decision": decision, "text": text})

    done = decide("改", "企业")
    assert done.status_code == 200, done.text
    assert done.json()["value"] == "企业"
    data = yaml.safe_load((page.folder / "读回的.yaml").read_text(encoding="utf-8"))
    at = int(path.partition("[")[2].partition("]")[0])
    assert data["成员单位"][at]["单位性质"] == "企业"
    assert decide("不要").json()["value"] == ""
    # Decisions are kept on disk: a page that is opened later knows them.
    record = json.loads((page.folder / "填好的表" / "读回的" / "读入.json").read_text(encoding="utf-8"))
    assert record["decided"] == {path: "不要"}
    assert decide("改").status_code == 400
    for wrong in ({"decision": "都行"}, {"path": "name"}, {"path": "__class__"}, {"reading": "../x"}):
        sent = {**told, "decision": "改", "text": "x", **wrong}
        assert page.tell("/forms/decide", sent).status_code == 400


def test_a_reading_that_is_none_is_told(page: Page, folder: Path) -> None:
    (folder / "填好的表" / "坏的").mkdir(parents=True)
    (folder / "填好的表" / "坏的" / "读入.json").write_text("[", encoding="utf-8")
    for name in ("坏的", "..", "没有"):
        answer = page.get("/forms/look", params={"reading": name})
        assert answer.status_code == 400
        assert str(folder) not in answer.text
