"""What is typed in a real browser is in the file, or the page says that it is not: whatever else happens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.web import browsing
from tests.web.browsing import saved, served
from tests.web.test_browser import P, example, fill_address

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(not browsing.CHROMIUM, reason="no Chromium here; .ci/run installs it"),
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    pytest.importorskip("playwright.sync_api")
    with browsing.browser() as opened:
        yield opened


@pytest.fixture
def tab(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    context.set_default_timeout(60_000)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: dialog.accept())
    yield page
    context.close()
    assert wrong == []


@pytest.fixture
def at_members(folder: Path, tab: Any) -> Iterator[Any]:
    """A tab on the members of a file, the page's preview left out: it is not what is tested."""
    example(folder, "henan-consortium-2022.yaml", "a.yaml")
    tab.route("**/preview?**", lambda route: route.abort())
    with served(folder) as server:
        tab.server = server
        tab.goto(fill_address(server, "a.yaml", s="成员单位"))
        tab.wait_for_function("Number.isInteger(fill.saves)")
        yield tab


def value(tab: Any, path: str) -> str:
    return str(tab.locator(f'[data-path="{path}"]').input_value())


def test_a_new_row_typed_slowly_and_quickly_is_one_row_with_every_letter(
    at_members: Any, folder: Path
) -> None:
    tab = at_members
    tab.locator('[data-path="members[12].name"]').click()
    # Slowly: each pause saves, and the first draws the rows anew under the cursor.
    tab.keyboard.type("abcdefghij", delay=170)
    tab.keyboard.press("Tab")
    tab.keyboard.type("k")
    tab.keyboard.press("Tab")
    tab.keyboard.type("lmnop", delay=5)
    saved(tab)
    assert value(tab, "members[12].name") == "abcdefghij"
    # Two fields of a new row at once are one row.
    tab.evaluate(
        """() => {
            for (const [name, text] of [["role", "成员单位"], ["name", "某某公司"]]) {
                const input = fill.control(`members[13].${name}`);
                input.value = text;
                fill.typed(input);
            }
        }"""
    )
    saved(tab)
    assert (value(tab, "members[13].name"), value(tab, "members[13].role")) == ("某某公司", "成员单位")
    assert value(tab, "members[14].name") == ""
    text = (folder / "a.yaml").read_text(encoding="utf-8")
    assert text.count("abcdefghij") == text.count("某某公司") == 1
    assert "lmnop" in text


def test_letters_of_an_input_method_are_saved_when_they_are_text(at_members: Any, folder: Path) -> None:
    tab = at_members
    cell = tab.locator('[data-path="members[0].name"]')
    cell.fill("")
    saved(tab)
    client = tab.context.new_cdp_session(tab)
    client.send("Input.imeSetComposition", {"text": "luo'yang", "selectionStart": 8, "selectionEnd": 8})
    tab.wait_for_timeout(600)
    assert "luo'yang" not in (folder / "a.yaml").read_text(encoding="utf-8")
    assert not tab.text_content("#saving").startswith(("已存", "都存"))
    client.send("Input.insertText", {"text": "洛阳某某厂"})
    saved(tab)
    assert "洛阳某某厂" in (folder / "a.yaml").read_text(encoding="utf-8")
    assert value(tab, "members[0].name") == "洛阳某某厂"


def test_two_questions_at_once_lose_neither_answer(at_members: Any, folder: Path) -> None:
    tab, path = at_members, folder / "a.yaml"
    tab.goto(fill_address(tab.server, "a.yaml"))
    tab.wait_for_function("Number.isInteger(fill.saves)")
    tab.evaluate("() => { fill.watch = () => {}; }")
    phone, name = value(tab, "contact.phone"), value(tab, "contact.name")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(phone, "0371-1").replace(name, "李四"), encoding="utf-8")
    tab.evaluate(
        """() => {
            for (const [path, text] of [["contact.phone", "0371-2"], ["contact.name", "张三"]]) {
                const input = fill.control(path);
                input.value = text;
                fill.typed(input);
            }
        }"""
    )
    tab.wait_for_function("() => document.querySelectorAll('.conflict').length === 2")
    assert "2 处要您定" in tab.text_content("#saving")
    # Other fields are saved meanwhile, and it is not said that all is.
    tab.locator('[data-path="contact.title"]').fill("主任")
    tab.wait_for_function("() => !fill.busy && !fill.waiting.size")
    assert "主任" in path.read_text(encoding="utf-8")
    assert "2 处要您定" in tab.text_content("#saving")
    # What is typed on in such a field is what the person would have; it overwrites nothing.
    tab.locator('[data-path="contact.name"]').press("End")
    tab.keyboard.type("丰")
    tab.locator(".conflict", has_text="0371-2").locator("text=用文件里的").click()
    tab.wait_for_function("() => document.querySelectorAll('.conflict').length === 1 && !fill.busy")
    assert value(tab, "contact.phone") == "0371-1"
    assert "李四" in path.read_text(encoding="utf-8")
    tab.locator(".conflict", has_text="张三丰").locator("text=用我的").click()
    tab.wait_for_function("() => !document.querySelector('.conflict') && !fill.busy")
    assert "张三丰" in path.read_text(encoding="utf-8")
    assert tab.text_content("#saving").startswith(("已存", "都存"))


def test_saved_over_by_excel_is_told_and_put_back(folder: Path, tab: Any) -> None:
    path = example(folder, "henan-consortium-2022.xlsx", "a.xlsx")
    tab.route("**/preview?**", lambda route: route.abort())
    with served(folder) as server:
        tab.goto(fill_address(server, "a.xlsx"))
        tab.wait_for_function("Number.isInteger(fill.saves)")
        book = openpyxl.load_workbook(path)  # what Excel has open
        tab.locator('[data-path="contact.phone"]').fill("0371-9")
        saved(tab)
        for row in book["概况"].iter_rows():
            if row[0].value == "联系人·职务":
                row[1].value = "处长"
        book.save(path)
        tab.wait_for_selector(".conflict")
        assert "0371-9" in tab.text_content(".conflict")
        assert "1 处要您定" in tab.text_content("#saving")
        tab.locator(".conflict button", has_text="放回我填的").click()
        tab.wait_for_function("() => !document.querySelector('.conflict') && !fill.busy && !fill.stale")
        assert value(tab, "contact.phone") == "0371-9"
    cells = [cell.value for row in openpyxl.load_workbook(path)["概况"].iter_rows() for cell in row]
    assert "0371-9" in cells
    assert "处长" in cells


def test_the_program_started_again_takes_what_was_typed_meanwhile(folder: Path, tab: Any) -> None:
    path = example(folder, "henan-consortium-2022.yaml", "a.yaml")
    tab.route("**/preview?**", lambda route: route.abort())
    server = browsing.Server(folder)
    port = server.address.rpartition(":")[2]
    tab.goto(fill_address(server, "a.yaml"))
    tab.wait_for_function("Number.isInteger(fill.saves)")
    server.kill()
    tab.locator('[data-path="contact.phone"]').fill("0371-5")
    tab.wait_for_selector("#saving.failed")
    assert "没有存上" in tab.text_content("#saving")
    again = browsing.Server(folder, port)
    try:
        tab.wait_for_function("() => fill.saving.textContent.startsWith('已存')")
        assert "0371-5" in path.read_text(encoding="utf-8")
        # A form that was open all along is sent with a token that holds.
        tab.goto(f"{again.address}/problems?file=a.yaml&p={P}")
        again.kill()
        again = browsing.Server(folder, port)
        form = tab.locator("form.judging").first
        form.locator("select").select_option("符合")
        form.locator('[name="name"]').fill("李四")
        form.locator('[name="date"]').fill("2026-03-01")
        form.locator("button").click()
        tab.wait_for_selector("text=已判断 1 条")
    finally:
        again.kill()
    assert "李四" in path.read_text(encoding="utf-8")


def test_what_the_file_cannot_take_holds_nothing_else_back(at_members: Any, folder: Path) -> None:
    tab = at_members
    tab.evaluate(
        """() => {
            for (const [name, text] of [["name", "坏\\u0001字"], ["staff", "77123"]]) {
                const input = fill.control(`members[1].${name}`);
                input.value = text;
                fill.typed(input);
            }
        }"""
    )
    tab.wait_for_function("() => fill.failure && !fill.busy")
    assert "77123" in (folder / "a.yaml").read_text(encoding="utf-8")
    assert "没有存上" in tab.text_content("#saving")
    assert "控制字符" in tab.text_content("#told")
    tab.locator('[data-path="members[1].name"]').fill("好字")
    saved(tab)
    assert "好字" in (folder / "a.yaml").read_text(encoding="utf-8")
    assert "控制字符" not in tab.text_content("#told")


def test_a_change_of_rows_that_others_made_meanwhile_is_no_question_of_texts(
    at_members: Any, folder: Path
) -> None:
    tab, path = at_members, folder / "a.yaml"
    tab.evaluate("() => { fill.watch = () => {}; }")
    name = value(tab, "members[1].name")
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace(name, "别人改的名称"), encoding="utf-8")
    tab.locator('[data-path="members[1].name"]').click()
    tab.locator('[data-tool="delete"]').click()
    tab.wait_for_selector(".conflict")
    assert "没有做" in tab.text_content(".conflict")
    tab.locator(".conflict button").click()
    tab.wait_for_function("() => !document.querySelector('.conflict') && !fill.busy && !fill.stale")
    assert value(tab, "members[1].name") == "别人改的名称"
    assert "别人改的名称" in path.read_text(encoding="utf-8")
