"""What a department does on the page, and what comes back, in a real browser."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml

from generator.packet.session import Session
from tests.returns import scanner
from tests.returns.signing import Paper, as_pdf
from tests.standing import Standing
from tests.web import browsing
from tests.web.browsing import served
from tests.web.test_intake_screen import filing
from tests.web.test_returned_screens import HUBEI, filled_form

AXE = Path(__file__).parent / "vendor" / "axe" / "axe.min.js"
pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(not browsing.CHROMIUM, reason="no Chromium here; .ci/run installs it"),
]


def accessible(tab: Any) -> None:
    """No serious finding of axe-core on the page as it stands."""
    tab.evaluate(AXE.read_text(encoding="utf-8"))
    found = tab.evaluate("async () => (await axe.run({resultTypes: ['violations']})).violations")
    serious = [
        (one["id"], [node["html"][:160] for node in one["nodes"]][:3])
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]
    assert serious == []


def test_a_folder_is_taken_in_judged_by_key_and_taken_in_again(tab: Any, folder: Path) -> None:
    filing(folder, "光电子")
    filing(folder, "显示", industry=None)
    with served(folder) as server:
        tab.goto(f"{server.address}/intake")
        accessible(tab)
        tab.select_option("#folder", "报来的")
        tab.select_option("#folder-p", "hubei/consortium-2022")
        tab.fill("#folder-name", "第一批")
        tab.click("form[action='/intake/new'] button.main")
        # The page shows the table by itself when the job is done.
        tab.click("text=湖北省光电子产业技术创新联合体")
        tab.wait_for_selector(".paper img[src]")
        tab.locator(".question [data-look]:visible").first.click()
        tab.wait_for_selector(".seen")
        accessible(tab)
        tab.keyboard.press("1")
        tab.wait_for_selector("text=先写判断人的姓名")
        tab.fill("#who", "李四")
        tab.locator("#who").blur()
        tab.keyboard.press("1")
        tab.wait_for_selector(".question.here.good-edge")
        tab.keyboard.press("j")
        tab.fill(".question.here [data-note]", "缺证明")
        tab.locator(".question.here [data-note]").blur()
        tab.keyboard.press("3")
        tab.wait_for_selector(".question.here.bad-edge")
        assert tab.text_content("#verdict") == "退回补正"
        tab.click("text=回到 第一批")
        accessible(tab)
        tab.click("button:has-text('再接收一次')")
        notice = tab.locator("a", has_text="PDF 湖北省光电子产业技术创新联合体 的补正通知")
        notice.wait_for()
        assert tab.locator("text=还没有跟上").count() == 0
        with tab.expect_download() as download:
            tab.click("text=下载受理总表")
        rows = list(
            openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))["总表"].iter_rows(
                min_row=2, values_only=True
            )
        )
        assert [str(row[3]) for row in rows] == ["退回补正", "退回补正"]
        with tab.expect_download() as download:
            notice.click()
        assert Path(download.value.path()).read_bytes().startswith(b"%PDF")


def test_scans_dropped_on_a_packet_fill_the_board_and_a_person_s_word_stands_on_it(
    tab: Any, folder: Path, made: Standing, tmp_path: Path
) -> None:
    sent = folder / "output" / "某联合体" / made.folder.name
    shutil.copytree(made.folder, sent)
    paper = Paper.of(sent)
    sheet = next(sheet for sheet in paper.sheets("agreement") if len(sheet.signatories) > 1)
    # One party has signed on this page, the others have not.
    scan = paper.scan(
        sheet,
        3,
        scanner.OFFICE_200,
        lambda _, place: ("signature", "seal", "date") if place.number < 1 else (),
    )
    (tmp_path / "扫描.pdf").write_bytes(as_pdf([scan]))
    with served(folder) as server:
        tab.goto(f"{server.address}/receive")
        accessible(tab)
        tab.click("table a")
        tab.set_input_files("#scans", tmp_path / "扫描.pdf")
        tab.wait_for_selector("text=还没有收齐", timeout=180_000)
        accessible(tab)
        # What the program did not see is asked with the scan beside our page, and counts only with a name.
        box = tab.locator(".crop").filter(has=tab.locator("img")).first
        assert (
            box.locator("img").evaluate(
                "one => { one.loading = 'eager'; return one.decode().then(() => one.naturalWidth) }"
            )
            > 0
        )
        box.locator("input[type=checkbox]").check()
        assert tab.text_content("#looked") == "勾选了 1 处"
        tab.locator("#looking input[name=who]").fill("李四")
        tab.click("#looking button")
        tab.wait_for_selector("td:has-text('由李四')", timeout=180_000)
        # What the program saw is sent back by its name, and taken back where that was a mistake.
        tab.click("summary:has-text('退回重签')")
        tab.select_option("select[name=back]", index=1)
        tab.fill("input[name=reason]", "盖的是别家的章")
        tab.locator("form:has(select[name=back]) input[name=who]").fill("李四")
        tab.click("form:has(select[name=back]) button")
        tab.wait_for_selector(".crop:has-text('盖的是别家的章')", timeout=180_000)
        accessible(tab)
        assert "盖的是别家的章，请重签" in tab.input_value("textarea[aria-label=催办的话]")
        again = tab.locator(".crop:has-text('盖的是别家的章')")
        again.locator("input[type=checkbox]").check()
        tab.locator("#looking input[name=who]").fill("李四")
        tab.click("#looking button")
        tab.wait_for_selector(".crop:has-text('盖的是别家的章')", state="detached", timeout=180_000)
        assert tab.locator("text=已经收齐").count() == 0
        assert "还没有收到这一页" in tab.input_value("textarea[aria-label=催办的话]")
        with tab.expect_download() as download:
            tab.click("text=下载签署情况表")
        assert download.value.suggested_filename == "signing-status.xlsx"
    assert [path.name for path in (folder / "收回").rglob("*扫描.pdf*")] != []
    assert not list((folder / "收回").rglob("送来/*"))


def test_a_filled_form_is_gone_through_beside_its_pages(
    tab: Any, folder: Path, session: Session, tmp_path: Path
) -> None:
    (tmp_path / "建设方案.docx").write_bytes(filled_form(session))
    with served(folder) as server:
        tab.goto(f"{server.address}/forms")
        accessible(tab)
        tab.select_option("#p", HUBEI)
        tab.fill("#name", "读回的")
        tab.select_option("#format", ".yaml")
        tab.set_input_files("#forms", tmp_path / "建设方案.docx")
        tab.wait_for_selector(".paper img[src]")
        tab.wait_for_selector(".seen")
        accessible(tab)
        # 2 asks for the text, Enter writes it; 1 takes what was read; the next one is shown by itself.
        tab.keyboard.press("2")
        tab.locator(".question.here [data-text]").fill("企业")
        tab.keyboard.press("Enter")
        tab.wait_for_selector(".question.good-edge")
        doubtful = tab.locator(".question.warn-edge").first
        doubtful.locator("h3").click()
        tab.keyboard.press("1")
        tab.wait_for_function("() => document.querySelectorAll('.question.good-edge').length === 2")
        tab.reload()
        tab.wait_for_function("() => document.querySelectorAll('.question.good-edge').length === 2")
    data = yaml.safe_load((folder / "读回的.yaml").read_text(encoding="utf-8"))
    assert [member["单位性质"] for member in data["成员单位"][:2]] == ["企业", "企业"]


def test_two_drafts_stand_side_by_side_and_a_folder_is_tabulated(tab: Any, folder: Path) -> None:
    filing(folder, "光电子")
    filing(folder, "显示")
    shutil.copy(folder / "报来的" / "光电子" / "数据.yaml", folder / "旧.yaml")
    shutil.copy(folder / "报来的" / "显示" / "数据.yaml", folder / "新.yaml")
    with served(folder) as server:
        tab.goto(f"{server.address}/drafts")
        accessible(tab)
        tab.select_option("select[name=old]", "旧.yaml")
        tab.select_option("select[name=new]", "新.yaml")
        tab.click("button.main")
        tab.wait_for_selector("td.was")
        assert "光电子" in tab.locator("td.was").first.text_content()
        assert "显示" in tab.locator("td.is").first.text_content()
        accessible(tab)
        tab.goto(f"{server.address}/rollup")
        tab.select_option("select[name=p]", HUBEI)
        tab.select_option("select[name=folder]", "报来的")
        tab.click("button.main")
        tab.wait_for_selector("text=列入 2 家")
        accessible(tab)
        with tab.expect_download() as download:
            tab.click("a:has-text('汇总.xlsx')")
        assert Path(download.value.path()).read_bytes().startswith(b"PK")


def test_a_scheme_is_handed_out_and_installed(
    tab: Any, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    with served(folder) as server:
        tab.goto(f"{server.address}/packs")
        accessible(tab)
        tab.fill("#key-name", "某厅")
        tab.fill("#new-password", "一个足够长的口令")
        tab.fill("#again", "一个足够长的口令")
        tab.click("button:has-text('生成')")
        tab.select_option("#p", HUBEI)
        tab.fill("#password", "一个足够长的口令")
        tab.click("button:has-text('做安装包')")
        with tab.expect_download(timeout=180_000) as download:
            tab.click("a:has-text('.lhpack')", timeout=180_000)
        pack = tmp_path / "方案.lhpack"
        pack.write_bytes(Path(download.value.path()).read_bytes())
        fingerprint = tab.locator("table").nth(1).locator("td").last.text_content()
        tab.set_input_files("#pack", pack)
        tab.wait_for_selector("text=第一次见到")
        assert tab.locator("b.broken").text_content() == fingerprint
        accessible(tab)
        tab.check("input[name=compared]")
        tab.click("button:has-text('安装')")
        row = tab.locator("tr", has_text=HUBEI)
        row.locator("td:has-text('安装的')").wait_for()
        assert fingerprint in row.text_content()
