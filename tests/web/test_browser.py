"""The page in a real browser, as people use it."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from generator.base.files import shipped
from generator.errors import ExitCode
from generator.workflows.editing import Editing
from generator.workflows.forms import FormField, Section, programme_form
from generator.workflows.verify import verify
from generator.workflows.workspace import Workspace
from tests.web import browsing
from tests.web.browsing import paste, saved, served

P = "henan/consortium-2022"
AXE = Path(__file__).parent / "vendor" / "axe" / "axe.min.js"
pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(not browsing.CHROMIUM, reason="no Chromium here; .ci/run installs it"),
]


def example(folder: Path, name: str, to: str = "") -> Path:
    target = folder / (to or name)
    shutil.copy(shipped("data") / name, target)
    return target


def fill_address(server: Any, name: str, code: str = P, **more: str) -> str:
    extra = "".join(f"&{key}={value}" for key, value in more.items())
    return f"{server.address}/fill?file={name}&p={code}{extra}"


def _table(fields: list[FormField], rows: list[Mapping[str, str]]) -> str:
    """Rows as Excel puts them on the clipboard, with their head row; columns without any text left out."""
    used = [field for field in fields if any(row.get(field.name) for row in rows)]
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\r\n")
    writer.writerow([f"{field.group}·{field.title}" if field.group else field.title for field in used])
    writer.writerows([[row.get(field.name, "") for field in used] for row in rows])
    return out.getvalue()


class Filler:
    """Fills the form with an example's values, by clicks and pastes alone."""

    def __init__(self, tab: Any, workspace: Workspace) -> None:
        self.tab = tab
        self.form = programme_form(workspace, P)
        state = Editing(workspace, shipped("data") / "henan-consortium-2022.yaml", P).state()
        self.values, self.counts = state.values, state.counts

    def rows(self, path: str) -> list[Mapping[str, str]]:
        starts = [f"{path}[{at}]." for at in range(self.counts.get(path, 0))]
        return [
            {key.removeprefix(start): text for key, text in self.values.items() if key.startswith(start)}
            for start in starts
        ]

    def fill(self) -> None:
        for section in self.form.sections:
            if section.parent or section.form == "attachments":
                continue
            self.tab.locator(f'.sections [data-section="{section.title}"]').click()
            self.tab.wait_for_selector(f'#section[data-section="{section.title}"]')
            if section.form == "list":
                self.list(section)
            else:
                self.fields(section)

    def fields(self, section: Section) -> None:
        paths = [one.path for one in section.fields]
        if section.form == "passages":
            paths = [f"{section.path}.{one.id}.text" for one in section.passages]
        for path in paths:
            text = self.values.get(path)
            if text is None:
                continue
            control = self.tab.locator(f'#section [data-path="{path}"]')
            if control.evaluate("control => control.tagName") == "SELECT":
                control.select_option(text)
            else:
                control.fill(text)
        saved(self.tab)

    def list(self, section: Section) -> None:
        rows = self.rows(section.path)
        cells = [one for one in section.fields if not one.is_long and not one.many]
        if not rows:
            return
        paste(self.tab, f'[data-path="{section.path}[0].{cells[0].name}"]', _table(cells, rows))
        for at, row in enumerate(rows):
            long = [one for one in section.fields if (one.is_long or one.many) and row.get(one.name)]
            accounts = self.rows(f"{section.path}[{at}].accounts")
            if not long and not accounts:
                continue
            self.tab.locator(f'[data-path="{section.path}[{at}].{cells[0].name}"]').click()
            self.tab.wait_for_selector(f'#card h2:has-text("第 {at + 1} 行")')
            for one in long:
                self.tab.locator(f'[data-path="{section.path}[{at}].{one.name}"]').fill(row[one.name])
            saved(self.tab)
            if accounts:
                nested = next(one for one in self.form.sections if one.parent == section.path)
                cell = f'[data-path="{section.path}[{at}].accounts[0].year"]'
                paste(self.tab, cell, _table(list(nested.fields), accounts))


def test_from_an_empty_folder_to_a_signing_packet(
    folder: Path, tab: Any, workspace: Workspace, tmp_path: Path
) -> None:
    with served(folder) as server:
        tab.goto(server.address)
        card = tab.locator(".card", has=tab.locator(f'input[value="{P}"]'))
        card.locator("summary.button").click()
        card.locator('input[name="name"]').fill("轴承")
        card.locator("button.main").click()
        Filler(tab, workspace).fill()
        tab.locator('.steps a[href^="/packet"]').click()
        # The form is complete; what must be attached is not, and that is said.
        panels = tab.locator(".panel").all_text_contents()
        assert "必须附的材料还缺 1 项" in panels[1], panels
        assert "什么都不缺" not in panels[1]
        tab.locator('button:has-text("做签署版")').click()
        tab.wait_for_selector("#leaves img", timeout=180_000)
        tab.wait_for_function("() => document.querySelector('#leaves img').naturalWidth > 500")
        with tab.expect_download() as download:
            tab.locator("text=下载整套").click()
        archive = tmp_path / "packet.zip"
        download.value.save_as(archive)
    assert verify(archive).exit_code == ExitCode.DONE
    assert (folder / "轴承.xlsx").is_file()


def test_a_member_deleted_the_finding_led_to_and_mended(folder: Path, tab: Any) -> None:
    code = "hubei/consortium-2022"
    with served(folder) as server:
        tab.goto(server.address)
        tab.locator("#upload").set_input_files(shipped("data") / "hubei-consortium-2022.xlsx")
        tab.wait_for_selector("#section")
        tab.locator('.sections [data-section="成员单位"]').click()
        tab.wait_for_selector('#section[data-section="成员单位"]')
        gone = tab.locator('[data-path="members[7].name"]').input_value()
        tab.locator('[data-path="members[7].name"]').click()
        tab.locator('[data-tool="delete"]').click()
        tab.wait_for_function(
            "gone => document.querySelector('[data-path=\"members[7].name\"]').value !== gone", arg=gone
        )
        saved(tab)
        other = tab.locator('[data-path="members[7].name"]').input_value()
        tab.locator('.steps a[href^="/problems"]').click()
        finding = tab.locator(".finding", has_text=f"工作单位与成员单位的名称都不相同：{gone}")
        finding.locator("text=看这一项").click()
        tab.wait_for_selector('#section[data-section="科研团队"]')
        tab.wait_for_function("() => document.activeElement.dataset.path")
        path = tab.evaluate("document.activeElement.dataset.path")
        assert re.fullmatch(r"team\[\d+\]\.employer", path)
        assert tab.locator(f'[data-path="{path}"]').input_value() == gone
        tab.locator(f'[data-path="{path}"]').fill(other)
        saved(tab)
        tab.locator('.steps a[href^="/problems"]').click()
        assert tab.locator(".finding", has_text=f"名称都不相同：{gone}").count() == 0
    sheet = openpyxl.load_workbook(folder / "hubei-consortium-2022.xlsx")["成员单位"]
    assert gone not in [cell.value for row in sheet.iter_rows() for cell in row]
    assert code


def test_the_official_page_follows_what_is_typed_and_leads_back(folder: Path, tab: Any) -> None:
    example(folder, "henan-consortium-2022.yaml", "a.yaml")
    with served(folder) as server:
        tab.goto(fill_address(server, "a.yaml"))
        tab.wait_for_selector('.place[data-place="contact.phone"]')
        tab.locator('[data-path="contact.phone"]').fill("0371-7654321")
        tab.wait_for_function(
            """() => [...document.querySelectorAll('.sheet .text')].some((one) => one.textContent.includes('0371-7654321'))"""
        )
        assert tab.locator('.place.here[data-place="contact.phone"]').count() >= 1
        # A click on a value leads to its field: in this section, and in another one.
        tab.locator('.place[data-place="contact.name"]').first.click()
        assert tab.evaluate("document.activeElement.dataset.path") == "contact.name"
        tab.locator('.place[data-place="members[0].name"]').first.click()
        tab.wait_for_selector('#section[data-section="成员单位"]')
        tab.wait_for_function("() => document.activeElement.dataset?.path === 'members[0].name'")


def test_sixty_members_pasted(folder: Path, tab: Any) -> None:
    example(folder, "henan-consortium-2022.xlsx", "a.xlsx")
    rows = "单位名称\t角色\t单位性质\r\n" + "".join(
        f"第{at}精密有限公司\t成员单位\t企业\r\n" for at in range(60)
    )
    with served(folder) as server:
        tab.goto(fill_address(server, "a.xlsx", s="成员单位"))
        paste(tab, '[data-path="members[12].role"]', rows)
        tab.wait_for_selector('[data-path="members[71].name"]')
        assert tab.locator('[data-path="members[71].name"]').input_value() == "第59精密有限公司"
        tab.locator("#undo").click()
        tab.wait_for_selector('[data-path="members[71].name"]', state="detached")
        tab.locator("#redo").click()
        tab.wait_for_selector('[data-path="members[71].name"]')
    sheet = openpyxl.load_workbook(folder / "a.xlsx")["成员单位"]
    names = [cell.value for row in sheet.iter_rows() for cell in row]
    assert [f"第{at}精密有限公司" for at in range(60)] == [
        name for name in names if "精密有限公司" in str(name) and str(name).startswith("第")
    ]


def test_a_file_edited_by_another_program_meanwhile(folder: Path, tab: Any) -> None:
    path = example(folder, "henan-consortium-2022.xlsx", "a.xlsx")
    with served(folder) as server:
        tab.goto(fill_address(server, "a.xlsx"))
        _write(path, "联系人·电话", "0371-1")
        tab.wait_for_function(
            "() => document.querySelector('[data-path=\"contact.phone\"]').value === '0371-1'"
        )
        # Typed here and written there at once: other fields are merged, the same field is asked about.
        tab.evaluate("() => { fill.watch = () => {}; }")
        _write(path, "联系人·电话", "0371-2")
        tab.locator('[data-path="contact.name"]').fill("张三")
        saved(tab)
        assert tab.locator('[data-path="contact.phone"]').input_value() == "0371-2"
        _write(path, "联系人·电话", "0371-3")
        tab.locator('[data-path="contact.phone"]').fill("0371-4")
        tab.wait_for_selector(".conflict")
        assert "0371-3" in tab.locator(".conflict").text_content()
        assert "0371-3" in _read(path)
        tab.locator(".conflict button", has_text="用我的").click()
        tab.wait_for_function("() => !fill.busy && !fill.waiting.size")
        assert "0371-4" in _read(path)
        assert "张三" in _read(path)


def _write(path: Path, label: str, text: str) -> None:
    book = openpyxl.load_workbook(path)
    for row in book["概况"].iter_rows():
        if row[0].value == label:
            row[1].value = text
    book.save(path)


def _read(path: Path) -> list[Any]:
    return [cell.value for row in openpyxl.load_workbook(path)["概况"].iter_rows() for cell in row]


def test_two_tabs_on_one_file(folder: Path, tab: Any) -> None:
    path = example(folder, "henan-consortium-2022.yaml", "a.yaml")
    with served(folder) as server:
        other = tab.context.new_page()
        tab.goto(fill_address(server, "a.yaml"))
        other.goto(fill_address(server, "a.yaml"))
        tab.locator('[data-path="contact.phone"]').fill("0371-1")
        other.locator('[data-path="contact.title"]').fill("主任")
        for page in (tab, other):
            page.wait_for_function("() => !fill.busy && !fill.waiting.size")
        text = path.read_text(encoding="utf-8")
        assert "0371-1" in text
        assert "主任" in text
        for page in (tab, other):
            page.bring_to_front()
            page.wait_for_function(
                """() => document.querySelector('[data-path="contact.phone"]').value === '0371-1'
                      && document.querySelector('[data-path="contact.title"]').value === '主任'"""
            )


def test_killed_between_key_and_save(folder: Path, tab: Any) -> None:
    path = example(folder, "henan-consortium-2022.yaml", "a.yaml")
    server = browsing.Server(folder)
    tab.goto(fill_address(server, "a.yaml"))
    tab.locator('[data-path="contact.phone"]').fill("0371-1")
    saved(tab)
    assert tab.text_content("#saving").startswith("已存进文件")
    server.kill()
    assert "0371-1" in path.read_text(encoding="utf-8")
    tab.locator('[data-path="contact.phone"]').fill("0371-2")
    tab.wait_for_selector("#saving.failed")
    assert "没有存" in tab.text_content("#told")
    assert "0371-1" in path.read_text(encoding="utf-8")
    tab.evaluate("() => fill.waiting.clear()")  # so that leaving the page asks nothing


def test_twelve_files_to_twelve_drafts(folder: Path, tab: Any) -> None:
    for at in range(12):
        path = example(folder, "hubei-consortium-2022.xlsx", f"客户{at:02d}.xlsx")
        book = openpyxl.load_workbook(path)
        book["概况"]["B5"] = book["概况"]["B5"].value  # each a file of its own
        for row in book["概况"].iter_rows():
            if row[0].value == "联合体名称":
                row[1].value = f"湖北省第{at:02d}产业技术创新联合体"
        book.save(path)
    with served(folder) as server:
        tab.goto(f"{server.address}/many")
        tab.locator("#every").check()
        assert "12" in tab.text_content("#chosen")
        tab.locator('button[value="draft"]').click()
        tab.wait_for_selector("#jobs .job")
        # The page stays quick meanwhile.
        assert (
            tab.evaluate(
                "async () => { const t = performance.now(); await fetch('/help'); return performance.now() - t; }"
            )
            < 5000
        )
        tab.wait_for_function(
            "() => document.querySelectorAll('.board td:nth-child(6) a').length === 12", timeout=300_000
        )
    assert len(list((folder / "output").glob("*/*-draft/manifest.json"))) == 12


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/many",
        "/help",
        "/open?file=a.yaml",
        *(
            f"/{one}?file=a.yaml&p={P}"
            for one in ("fill", "problems", "attachments", "packet", "library", "parts")
        ),
    ]
    + [f"/fill?file=a.yaml&p={P}&s={one}" for one in ("成员单位", "方案章节")],
)
def test_screen_readers_and_zoom_have_no_serious_trouble(folder: Path, tab: Any, path: str) -> None:
    example(folder, "henan-consortium-2022.yaml", "a.yaml")
    with served(folder) as server:
        # 125 % of a screen of 1366 × 768.
        tab.set_viewport_size({"width": 1093, "height": 614})
        tab.goto(f"{server.address}{path}")
        tab.wait_for_load_state("load")
        if path.startswith("/fill"):
            tab.wait_for_selector(".sheet .place")
        tab.evaluate(AXE.read_text(encoding="utf-8"))
        found = tab.evaluate("axe.run({resultTypes: ['violations']})")
        serious = [
            (one["id"], one["nodes"][0]["html"][:200])
            for one in found["violations"]
            if one["impact"] in {"serious", "critical"}
        ]
        assert serious == []
        # Nothing runs out of the window.
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_by_keyboard_alone(folder: Path, tab: Any) -> None:
    path = example(folder, "henan-consortium-2022.yaml", "a.yaml")
    with served(folder) as server:
        tab.goto(fill_address(server, "a.yaml", s="科研团队"))
        tab.keyboard.press("Tab")
        assert tab.evaluate("document.activeElement.textContent") == "跳到正文"
        tab.keyboard.press("Enter")
        for _ in range(60):
            tab.keyboard.press("Tab")
            if tab.evaluate("document.activeElement.dataset.path ?? ''") == "team[0].name":
                break
        tab.keyboard.press("Enter")
        assert tab.evaluate("document.activeElement.dataset.path") == "team[1].name"
        name = tab.evaluate("document.activeElement.value")
        tab.keyboard.press("Control+ArrowRight")
        assert tab.evaluate("document.activeElement.dataset.path") == "team[1].age"
        tab.keyboard.type("51")
        saved(tab)
        tab.keyboard.press("Alt+ArrowUp")
        tab.wait_for_function(
            "name => document.querySelector('[data-path=\"team[0].name\"]').value === name", arg=name
        )
    assert "51" in path.read_text(encoding="utf-8")


def test_no_script_in_data_runs(folder: Path, tab: Any) -> None:
    path = example(folder, "henan-consortium-2022.yaml", "a.yaml")
    script = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("许文澜", script).replace("高端装备（高端轴承）", f"'{script}'"), encoding="utf-8"
    )
    with served(folder) as server:
        for one in (
            "/",
            "/many",
            *(f"/{screen}?file=a.yaml&p={P}" for screen in ("fill", "problems", "packet")),
        ):
            tab.goto(f"{server.address}{one}")
            tab.wait_for_load_state("load")
        tab.goto(fill_address(server, "a.yaml"))
        tab.wait_for_selector('.place[data-place="contact.name"]')
        assert tab.locator('[data-path="contact.name"]').input_value() == script
