"""The official pages beside the form: they follow each change, and every value on them leads to its field."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from generator.base.files import shipped
from tests.web.conftest import Page

WHERE = {"file": "a.yaml", "p": "henan/consortium-2022"}


@pytest.fixture
def drawn(page: Page) -> Page:
    shutil.copy(shipped("data") / "henan-consortium-2022.yaml", page.folder / "a.yaml")
    return page


def _asked(served: Page, path: str, **more: str) -> Any:
    return served.client.get(path, params={**WHERE, **more})


@pytest.mark.thorough
def test_the_pages_follow_a_change_and_lead_to_its_field(drawn: Page) -> None:
    before = _asked(drawn, "/preview").json()
    at, *box = before["places"]["contact.phone"]
    digest = before["pages"][at]["digest"]
    picture = _asked(drawn, "/preview/picture", page=digest, w="400")
    assert picture.content.startswith(b"\x89PNG")
    layer = _asked(drawn, "/preview/layer", page=digest).json()
    assert [one[1:5] for one in layer["places"] if one[0] == "contact.phone"] == [box]
    assert any("0379-55501026" in one[4] for one in layer["texts"])
    change = {"do": "set", "path": "contact.phone", "text": "0371-7654321"}
    seen = _asked(drawn, "/stamp").json()["seen"]
    drawn.tell("/save", {**WHERE, "seen": seen, "changes": [change]})
    after = _asked(drawn, "/preview").json()
    changed = [
        number
        for number, (old, new) in enumerate(zip(before["pages"], after["pages"], strict=True))
        if old["digest"] != new["digest"]
    ]
    assert at in changed
    # Others stay; those that share a face whose characters have changed may not.
    assert len(changed) < len(after["pages"])
    layer = _asked(drawn, "/preview/layer", page=after["pages"][at]["digest"]).json()
    assert any("0371-7654321" in one[4] for one in layer["texts"])
    # A browser may still ask for a page as it was a moment ago.
    assert _asked(drawn, "/preview/picture", page=digest, w="401").status_code == 200


@pytest.mark.parametrize(
    ("page_asked", "width"), [("0" * 64, "400"), ("", "400"), ("x", "0"), ("x", "99999"), ("x", "-1")]
)
def test_no_page_that_is_not_there(drawn: Page, page_asked: str, width: str) -> None:
    assert _asked(drawn, "/preview/picture", page=page_asked, w=width).status_code == 400
    assert _asked(drawn, "/preview/layer", page=page_asked).status_code == 400
