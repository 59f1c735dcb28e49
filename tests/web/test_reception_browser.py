"""What a department does on the page, and what comes back, in a real browser."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.web import browsing
from tests.web.browsing import served
from tests.web.test_intake_screen import filing

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
