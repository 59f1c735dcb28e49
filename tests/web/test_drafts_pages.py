"""Two packets compared on the page: their pages side by side, with bars beside what changed, in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generator.base.files import shipped
from generator.cli import main
from tests.web import browsing
from tests.web.browsing import served
from tests.web.test_reception_browser import accessible

CODE = "henan/consortium-2022"
pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(not browsing.CHROMIUM, reason="no Chromium here; .ci/run installs it"),
]


def packet(folder: Path, name: str, text: str) -> str:
    """A packet's name on the page."""
    data = folder / f"{name}.yaml"
    data.write_text(text, encoding="utf-8")
    assert main(["packet", str(data), "-p", CODE, "-o", str(folder / name)]) == 0
    made = next((folder / name).glob("*/*/manifest.json")).parent
    return made.relative_to(folder).as_posix()


def test_the_pages_of_two_packets_stand_side_by_side(tab: Any, folder: Path) -> None:
    text = (shipped("data") / "henan-consortium-2022.yaml").read_text(encoding="utf-8")
    old = packet(folder, "旧", text)
    new = packet(folder, "新", text.replace("程砚秋", "程砚春"))
    with served(folder) as server:
        tab.goto(f"{server.address}/drafts")
        tab.select_option("select[name=old]", old)
        tab.select_option("select[name=new]", new)
        tab.click("button.main")
        tab.wait_for_selector(".pair.changed img")
        changed = tab.locator("details.beside[open] .pair.changed").first
        changed.scroll_into_view_if_needed()
        drawn = (
            "one => [...one.querySelectorAll('img')].every(each => each.complete && each.naturalWidth > 600)"
        )
        tab.wait_for_function(f"() => ({drawn})(document.querySelector('.pair.changed'))")
        captions = changed.locator("figcaption").all_text_contents()
        assert [caption[:2] for caption in captions] == ["原来", "现在"]
        assert captions[1].endswith("有改动")
        assert captions[0].partition("第")[2] == captions[1].partition("第")[2].removesuffix("有改动")
        # What did not change is not marked.
        assert tab.locator(".pair:not(.changed)").count() > 0
        accessible(tab)
        address = tab.locator(".pair.changed img").last.get_attribute("src")
        for wrong in ("at=999", "at=x"):
            answer = tab.request.get(f"{server.address}{address.replace('at=', wrong + '&was=')}")
            assert answer.status == 400
