"""A finished packet on the page: its values lead to their fields, and edits in Word stand beside the data."""

from __future__ import annotations

import html
import re
import shutil
import zipfile
from pathlib import Path

import pytest

from generator.base.files import shipped
from generator.web.jobs import Jobs
from generator.web.worker import Order
from generator.workflows.packet_pages import packet_pages
from generator.workflows.packets import make_packets
from generator.workflows.workspace import Workspace
from tests.web.conftest import Page

P = "henan/consortium-2022"
WHERE = {"file": "a.yaml", "p": P, "edition": "draft"}
pytestmark = pytest.mark.thorough


@pytest.fixture
def packet(page: Page, workspace: Workspace) -> Path:
    data = page.folder / "a.yaml"
    shutil.copy(shipped("data") / "henan-consortium-2022.yaml", data)
    result = make_packets(workspace, data, page.folder / "output", [P], edition="draft").results[0]
    assert result.done is not None
    return result.done.published.folder


def edit(path: Path, old: str, new: str) -> None:
    """As Word saves a file in which a text was changed."""
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    body = members["word/document.xml"].decode()
    assert body.count(old)
    members["word/document.xml"] = body.replace(old, new).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def test_values_on_a_packet_s_pages_lead_to_their_fields(
    page: Page, packet: Path, workspace: Workspace
) -> None:
    pages = dict(packet_pages(workspace, packet))
    bound = pages.pop("packet.pdf")
    own = [one for file in pages.values() for page in file for one in page.places]
    # Every value of the documents stands on the print copy too, in the order of binding.
    assert [one for page in bound for one in page.places] == own
    assert len(own) > 400
    assert {"contact.phone", "members[0].name", "members[11].name"} <= {one.path for one in own}
    number = next(at for at, one in enumerate(bound, 1) if any(x.path == "contact.phone" for x in one.places))
    layer = page.client.get("/packet/layer", params={**WHERE, "path": "packet.pdf", "n": str(number)}).json()
    assert "contact.phone" in {place[0] for place in layer["places"]}
    for path, n in (("packet.pdf", "0"), ("packet.pdf", "999"), ("packet.pdf", "x"), ("../x.pdf", "1")):
        answer = page.client.get("/packet/layer", params={**WHERE, "path": path, "n": n})
        assert answer.status_code == 400 or answer.json()["places"] == []


def test_edits_in_word_stand_beside_the_data_and_are_taken(page: Page, packet: Path) -> None:
    assert "没有人改过" in page.client.get("/packet/edits", params=WHERE).text
    data = page.folder / "a.yaml"
    form = next(packet.glob("01-*.docx"))
    edit(form, "0379-55501026", "0379-88888888")
    assert "对照着看改了什么" in page.client.get("/packet", params=WHERE).text
    before = data.read_bytes()
    shown = page.get("/packet/edits?" + "&".join(f"{key}={text}" for key, text in WHERE.items())).text
    assert data.read_bytes() == before
    assert "0379-55501026" in shown
    key = re.search(r'name="take" value="([^"]*contact\.phone[^"]*)" [^>]*checked', shown)
    assert key, shown
    taken = {**WHERE, "take": html.unescape(key[1])}
    assert page.post("/packet/take", {**WHERE, "take": "x"}).status_code == 400
    assert page.post("/packet/take", WHERE).status_code == 400
    assert data.read_bytes() == before
    # What the data say otherwise by now is not chosen by itself.
    data.write_bytes(before.replace(b"0379-55501026", b"0379-77777777"))
    again = page.client.get("/packet/edits", params=WHERE).text
    assert "数据里也改过" in again
    assert not re.search(r'name="take" value="[^"]*contact\.phone[^"]*" [^>]*checked', again)
    assert page.post("/packet/take", taken, follow_redirects=False).status_code == 303
    assert "0379-88888888" in data.read_text(encoding="utf-8")
    assert "数据里已经是这样" in page.client.get("/packet/edits", params=WHERE).text


def test_codes_of_pages_are_asked_for_with_a_box_that_is_off(
    page: Page, packet: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once a packet has been made with codes, they are offered so again."""
    told = {"file": "a.yaml", "p": P, "edition": "signing"}
    orders: list[Order] = []
    monkeypatch.setattr(Jobs, "add", lambda _jobs, _title, _file, order, *, first: orders.append(order))

    def box() -> str:
        text = page.get("/packet", params=told).text
        found: str = text[text.index('name="codes"') :].partition(">")[0]
        return found

    assert "checked" not in box()
    for given in ({}, {"codes": "1"}):
        assert page.post("/packet/make", {**told, **given}, follow_redirects=False).status_code == 303
    assert [order.page_codes for order in orders] == [False, True]
    made = make_packets(
        workspace, page.folder / "a.yaml", page.folder / "output", [P], edition="signing", page_codes=True
    )
    assert made.results[0].done is not None
    assert "checked" in box()
