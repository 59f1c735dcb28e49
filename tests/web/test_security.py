"""What a stranger's request, file or name can do to the page: nothing. See docs/security.md."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import httpx
import pytest
from argon2 import PasswordHasher

from generator.base.files import shipped
from generator.errors import UsageError
from generator.web.app import application
from generator.web.security import BODY_BYTES, UPLOAD_BYTES
from generator.web.settings import Settings, check_address
from generator.workflows.packets import make_packets
from generator.workflows.workspace import Workspace
from tests.web.conftest import HOST, Page, TestClient

NAMED = "name: 某创新联合体\n"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8613", "127.0.0.1.evil.example", "", "[::"])
def test_only_the_page_s_own_host_is_answered(page: Page, host: str) -> None:
    answer = page.client.get("/", headers={"host": host})
    assert answer.status_code == 421
    assert "联合体" not in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1:8613", "localhost:8613", "[::1]:8613"])
def test_this_machine_s_own_names_are_answered(page: Page, host: str) -> None:
    assert page.client.get("/", headers={"host": host}).status_code == 200


def test_what_another_site_sends_is_not_done(page: Page) -> None:
    page.get("/")
    file = {"file": ("a.yaml", NAMED.encode())}
    assert page.client.post("/upload", files=file).status_code == 400
    assert page.client.post("/upload", files=file, data={"csrf": "0" * 64}).status_code == 400
    right = {"csrf": page.token}
    for headers in ({"origin": "http://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}):
        assert page.client.post("/upload", files=file, data=right, headers=headers).status_code == 403
    assert list(page.folder.iterdir()) == []
    # Another browser's token is not this one's.
    other = Page(TestClient(page.client.app, base_url=HOST), page.folder)
    other.get("/")
    assert other.token != page.token
    assert page.client.post("/upload", files=file, data={"csrf": other.token}).status_code == 400


def test_answers_say_what_browsers_must_not_do(page: Page) -> None:
    answer = page.get("/")
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "SameSite=Strict" in answer.headers["set-cookie"]
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert not re.search(r"<script(?! src=)|\son\w+=|\sstyle=|https?://", answer.text)


MARK = "外面的内容"
NAMES = [
    "../外面.yaml",
    "..%2F外面.yaml",
    "/etc/passwd",
    "./../外面.yaml",
    "下级/../../外面.yaml",
    "链接.yaml",
    "链接目录/外面.yaml",
    "~/外面.yaml",
    "C:\\外面.yaml",
    "..\\外面.yaml",
    ".隐藏.yaml",
    "a.yaml\x00.yaml",
    "外" * 400 + ".yaml",
    "管道.yaml",
]


@pytest.fixture
def traps(page: Page) -> Page:
    outside = page.folder.parent / "外面.yaml"
    outside.write_text(f"name: {MARK}\n", encoding="utf-8")
    (page.folder / "链接.yaml").symlink_to(outside)
    (page.folder / "链接目录").symlink_to(page.folder.parent, target_is_directory=True)
    (page.folder / ".隐藏.yaml").write_text(f"name: {MARK}\n", encoding="utf-8")
    os.mkfifo(page.folder / "管道.yaml")
    return page


@pytest.mark.parametrize("name", NAMES)
def test_nothing_outside_the_folder_is_opened(traps: Page, name: str) -> None:
    for path in ("/open", "/fill", "/problems", "/packet"):
        answer = traps.get(f"{path}?file={quote(name)}&p=henan/consortium-2022")
        assert answer.status_code in {400, 404}, path
        assert MARK not in answer.text
        assert str(traps.folder.parent) not in answer.text


def test_links_are_not_listed_and_folders_are_not(traps: Page) -> None:
    answer = traps.get("/files")
    assert MARK not in answer.text
    assert "链接" not in answer.text
    assert traps.get("/static/").status_code == 404
    assert traps.get("/static/..%2f..%2fapp.py").status_code == 404


def test_a_file_swapped_for_a_link_is_not_followed(page: Page) -> None:
    (page.folder / "a.yaml").write_text(NAMED, encoding="utf-8")
    assert page.get("/open?file=a.yaml").status_code == 200
    outside = page.folder.parent / "外面.yaml"
    outside.write_text(f"name: {MARK}\n", encoding="utf-8")
    (page.folder / "a.yaml").unlink()
    (page.folder / "a.yaml").symlink_to(outside)
    answer = page.get("/open?file=a.yaml")
    assert answer.status_code == 400
    assert MARK not in answer.text


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../钥匙.yaml", "钥匙.yaml"),
        ("..\\..\\钥匙.yaml", "钥匙.yaml"),
        ("C:\\temp\\钥匙.yaml", "钥匙.yaml"),
        (".钥匙.yaml", "钥匙.yaml"),
        ("~$钥匙.yaml", "钥匙.yaml"),
        ("CON.yaml", None),
        ("长" * 300 + ".yaml", None),
        ('<script>alert("1")</script>.yaml', None),
    ],
)
def test_a_file_s_name_leads_nowhere(page: Page, given: str, kept: str | None) -> None:
    answer = page.post("/upload", files={"file": (given, NAMED.encode())})
    assert answer.status_code == 200
    (file,) = page.folder.iterdir()
    assert file.read_bytes() == NAMED.encode()
    assert kept is None or file.name == kept
    assert not set(file.name) & set('<>:"/\\|?*')
    assert len(file.name.encode()) <= 255
    assert "<script>alert" not in page.get("/files").text


@pytest.mark.parametrize("name", ["a.exe", "a.html", "a", ".yaml.", "a.docx"])
def test_other_kinds_of_file_are_not_taken(page: Page, name: str) -> None:
    assert page.post("/upload", files={"file": (name, b"x")}).status_code == 400
    assert list(page.folder.iterdir()) == []


def test_an_upload_that_exists_is_put_beside(page: Page) -> None:
    (page.folder / "a.yaml").write_text(NAMED, encoding="utf-8")
    answer = page.post("/upload", files={"file": ("a.yaml", b"name: x\n")})
    assert answer.status_code == 200, answer.text
    assert (page.folder / "a.yaml").read_text(encoding="utf-8") == NAMED
    assert (page.folder / "a（2）.yaml").read_text(encoding="utf-8") == "name: x\n"


def test_what_is_too_large_is_refused_before_it_is_read(page: Page) -> None:
    page.get("/")
    headers = {"content-length": str(UPLOAD_BYTES + 1)}
    assert page.client.post("/upload", content=b"x", headers=headers).status_code == 413
    headers = {"content-length": str(BODY_BYTES + 1)}
    assert page.client.post("/new", content=b"x", headers=headers).status_code == 413
    headers = {"content-length": "many"}
    assert page.client.post("/upload", content=b"x", headers=headers).status_code == 413

    def pieces() -> Iterator[bytes]:
        for _ in range(BODY_BYTES // 1_000_000 + 2):
            yield b"x" * 1_000_000

    # Without a length, the bytes are counted as they come.
    answer = page.client.post(
        "/new", content=pieces(), headers={"x-csrf-token": page.token, "content-type": "application/json"}
    )
    assert answer.status_code == 413


HOSTILE = [
    ("a.xlsx", b"PK\x03\x04" + b"\x00" * 50),
    ("a.xlsx", b"not a zip"),
    ("a.yaml", b"\xff\xfe\x00"),
    ("a.yaml", b"a: &a [*a]\n"),
    ("a.yaml", b"!!python/object/apply:os.system ['true']\n"),
    ("a.yaml", b"[" * 5000),
    ("a.yaml", b""),
]


@pytest.mark.parametrize(("name", "data"), HOSTILE)
def test_a_hostile_file_ends_in_a_sentence(page: Page, name: str, data: bytes) -> None:
    answer = page.post("/upload", files={"file": (name, data)})
    assert answer.status_code == 200
    assert "读不了" in answer.text
    assert "Traceback" not in answer.text
    assert str(page.folder) not in answer.text
    assert page.get("/files").status_code == 200


@pytest.mark.parametrize(
    "script", ["<script>alert(1)</script>", "\"'><img src=x onerror=alert(1)>", "{{7*7}}"]
)
def test_a_script_in_data_stays_text(page: Page, script: str) -> None:
    quoted = script.replace("'", "''")
    (page.folder / "a.yaml").write_text(f"name: '{quoted}'\nindustry: '{quoted}'\n", encoding="utf-8")
    for path in ("/files", "/open?file=a.yaml"):
        answer = page.get(path)
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text
        assert ">49<" not in answer.text


def test_bodies_that_are_none_end_in_a_sentence(page: Page) -> None:
    page.get("/")
    token = {"x-csrf-token": page.token}
    json = {"content-type": "application/json", "x-by-script": "1", **token}
    for body in (b"[1]", b"{", b"\xff", b"[" * 100_000):
        answer = page.client.post("/new", content=body, headers=json)
        assert answer.status_code == 400
        assert "请" in answer.json()["error"]
    broken = {"content-type": "multipart/form-data; boundary=x", **token}
    assert page.client.post("/upload", content=b"--y\r\n", headers=broken).status_code == 400


def test_only_this_machine_unless_asked_for() -> None:
    for host in ("127.0.0.1", "::1", "localhost", "127.0.0.2"):
        check_address(host, allow_network=False)
    for host in ("0.0.0.0", "::", "192.0.2.8", "example.org"):  # noqa: S104 (that it is refused)
        with pytest.raises(UsageError, match="allow-network"):
            check_address(host, allow_network=False)
        check_address(host, allow_network=True)


@pytest.fixture
def locked(folder: Path, workspace: Workspace) -> Page:
    (folder / "a.yaml").write_text(f"name: {MARK}\n", encoding="utf-8")
    hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("十个字以上的长密码")
    settings = Settings(folder, host="0.0.0.0", names=("desk.example",), password=hashed)  # noqa: S104
    return Page(TestClient(application(settings, workspace), base_url="http://desk.example"), folder)


def test_with_a_password_nothing_is_seen_without_it(locked: Page) -> None:
    for path in ("/", "/files", "/open?file=a.yaml", "/help"):
        answer = locked.client.get(path, headers={"accept": "text/html"}, follow_redirects=False)
        assert answer.headers["location"] == "/login"
        assert locked.client.get(path, headers={"accept": "*/*"}).status_code == 401
    locked.get("/login")
    assert locked.post("/upload", files={"file": ("b.yaml", NAMED.encode())}).status_code == 401
    assert locked.post("/login", {"password": "错的"}).status_code == 403
    before = locked.client.cookies["lianheti"]
    answer = locked.post("/login", {"password": "十个字以上的长密码"}, follow_redirects=False)
    assert answer.headers["location"] == "/"
    assert locked.client.cookies["lianheti"] != before
    assert MARK in locked.get("/files", headers={"accept": "text/html"}).text
    locked.get("/")
    locked.post("/logout")
    assert locked.client.get("/files", headers={"accept": "*/*"}).status_code == 401


def test_guessing_the_password_is_slowed_down(locked: Page) -> None:
    locked.get("/login")
    answers = [locked.post("/login", {"password": str(at)}) for at in range(5)]
    assert all("密码不对" in answer.text for answer in answers)
    answer: httpx.Response = locked.post("/login", {"password": "十个字以上的长密码"})
    assert "一分钟以后" in answer.text


def test_every_change_wants_the_token(page: Page) -> None:
    (page.folder / "a.yaml").write_text(NAMED, encoding="utf-8")
    page.get("/")
    app: Any = page.client.app
    routes = [one for one in app.routes if "POST" in (getattr(one, "methods", None) or ())]
    assert len(routes) > 15
    for route in routes:
        for given in ({}, {"csrf": "0" * 64}):
            data = {"file": "a.yaml", "p": "henan/consortium-2022", "edition": "draft", **given}
            answer = page.client.post(route.path, data=data, follow_redirects=False)
            assert (answer.status_code, route.path) == (400, route.path)
            assert "没有执行" in answer.text
    assert [path.name for path in page.folder.iterdir()] == ["a.yaml"]
    assert (page.folder / "a.yaml").read_text(encoding="utf-8") == NAMED


def test_a_page_open_before_the_program_was_started_again_gets_a_new_token(
    folder: Path, workspace: Workspace
) -> None:
    old = Page(TestClient(application(Settings(folder), workspace), base_url=HOST), folder)
    old.get("/")
    new = Page(TestClient(application(Settings(folder), workspace), base_url=HOST), folder)
    new.client.cookies.set("lianheti", old.client.cookies["lianheti"])
    headers = {"x-by-script": "1", "x-csrf-token": old.token}
    answer = new.client.post("/save", json={}, headers=headers)
    assert (answer.status_code, answer.headers["x-token"]) == (400, "old")
    found = new.client.get("/token").json()
    assert found == {"token": found["token"], "open": True}
    answer = new.client.post("/save", json={}, headers={**headers, "x-csrf-token": found["token"]})
    assert "x-token" not in answer.headers


@pytest.mark.parametrize(
    ("link", "path"), [("附件", "/attachments/add"), ("各方分填", "/parts/add"), ("各方分填/a", "/parts/add")]
)
def test_a_folder_swapped_for_a_link_takes_nothing_out(page: Page, link: str, path: str) -> None:
    (page.folder / "a.yaml").write_text(NAMED, encoding="utf-8")
    outside = page.folder.parent / "外面"
    outside.mkdir()
    (page.folder / link).parent.mkdir(exist_ok=True)
    (page.folder / link).symlink_to(outside, target_is_directory=True)
    where = {"file": "a.yaml", "p": "henan/consortium-2022", "item": "evidence"}
    name = "a.png" if path.startswith("/attachments") else "a.xlsx"
    answer = page.post(path, where, files={"files": (name, b"x")})
    assert answer.status_code == 400
    assert "链接" in answer.text
    assert list(outside.iterdir()) == []


@pytest.mark.thorough
def test_a_packet_swapped_for_links_shows_nothing_of_outside(page: Page, workspace: Workspace) -> None:
    code = "hubei/consortium-2022"
    data = page.folder / "a.yaml"
    shutil.copy(shipped("data") / "hubei-consortium-2022.yaml", data)
    result = make_packets(workspace, data, page.folder / "output", [code], edition="draft").results[0]
    assert result.done is not None
    folder = result.done.published.folder
    where = f"file=a.yaml&p={code}&edition=draft"
    assert page.get(f"/packet/file?{where}&path=zip").status_code == 200
    secret = page.folder.parent / "钥匙"
    secret.write_text(MARK, encoding="utf-8")
    listed = re.findall(r"path=([^&\"]+\.pdf)\"", page.get(f"/packet?{where}").text)
    assert listed
    target = folder / unquote(listed[0])
    target.unlink()
    target.symlink_to(secret)
    archive = folder.with_name(f"{folder.name}.zip")
    archive.unlink()
    archive.symlink_to(secret)
    for path in ("zip", listed[0], "../../../钥匙", "manifest.json/../../../../钥匙", str(secret)):
        for address in (
            f"/packet/file?{where}&path={path}",
            f"/packet/picture?{where}&path={path}&n=1&w=100",
        ):
            answer = page.get(address)
            assert answer.status_code == 400, address
            assert MARK not in answer.text
    # The whole folder swapped: as if there were none.
    moved = page.folder.parent / "别处"
    shutil.move(page.folder / "output", moved)
    (page.folder / "output").symlink_to(moved, target_is_directory=True)
    assert page.get(f"/packet/file?{where}&path=manifest.json").status_code == 400
