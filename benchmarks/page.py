"""The page: from a field that was saved to the new picture of its page, by the browser's own clock; opened; asked by many.

Needs Chromium; what needs LibreOffice too is left out where there is none.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.measuring import Figure
from benchmarks.peers import office, office_pdfs
from generator.base.files import shipped
from generator.workflows.packets import make_packets
from generator.workflows.workspace import Workspace
from tests.web.browsing import CHROMIUM, browser, served

_EDITS = 20  # of each scheme
_PEOPLE = 8
_ASKED = 25  # by each of them
_MEMBERS = 120
# Types into a field and waits until the page on which it stands is drawn anew; milliseconds from saved to drawn.
_TYPE = """([path, text]) => new Promise((done) => {
    let saved = 0;
    const told = () => { saved = performance.now(); };
    const drawn = () => {
        if (!saved) return;
        document.removeEventListener("lianheti:drawn", drawn);
        done(performance.now() - saved);
    };
    document.addEventListener("lianheti:saved", told, { once: true });
    document.addEventListener("lianheti:drawn", drawn);
    const input = document.querySelector(`[data-path="${path}"]`);
    input.focus();
    input.value = text;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    fill.send();
})"""


def field_to_page() -> Iterable[Figure]:
    """From the saved field to the new picture of its page, and the same document through LibreOffice."""
    if not CHROMIUM:
        return
    taken: list[float] = []
    with tempfile.TemporaryDirectory() as name, Workspace() as workspace:
        folder = Path(name)
        codes = list(workspace.catalogue.all())
        for code in codes:
            shutil.copy(shipped("data") / f"{code.replace('/', '-')}.yaml", folder)
        with served(folder) as server, browser() as opened:
            page = opened.new_page(viewport={"width": 1366, "height": 768})
            page.set_default_timeout(120_000)
            for code in codes:
                page.goto(f"{server.address}/fill?file={code.replace('/', '-')}.yaml&p={code}")
                page.wait_for_selector(".sheet .place")
                for number in range(_EDITS + 1):
                    spent = page.evaluate(_TYPE, ["name", f"某某省第{number}产业技术创新联合体"])
                    if number:  # the first warms the engine up
                        taken.append(spent / 1000)
        whole = statistics.quantiles(taken, n=20)
        yield Figure(
            "field_to_page", len(taken), value=1000 * statistics.median(taken), unit="ms", note="median"
        )
        yield Figure(
            "field_to_page.p95", len(taken), value=1000 * whole[-1], unit="ms", note="95th of a hundred"
        )
        if office() is None:
            return
        documents = list(_documents(workspace, folder, codes[:1]))
        times = []
        for number in range(3):
            begun = time.perf_counter()
            office_pdfs([documents[0]], folder / f"office-{number}")
            times.append(time.perf_counter() - begun)
        converted = statistics.median(times)
        note = "one document of the packet alone, converted anew; ours fills, typesets and draws all of them"
        yield Figure("field_to_page/libreoffice", 3, ratio=converted / statistics.median(taken), note=note)


def _documents(workspace: Workspace, folder: Path, codes: list[str]) -> Iterator[Path]:
    for code in codes:
        data = folder / f"{code.replace('/', '-')}.yaml"
        for result in make_packets(workspace, data, folder / "packets", [code], engine=None).results:
            yield from (path for path in result.files if path.suffix == ".docx")


def page_open() -> Iterable[Figure]:
    """The form with 120 members, from the address to the last thing drawn, and the findings asked for by eight."""
    if not CHROMIUM:
        return
    with tempfile.TemporaryDirectory() as name:
        folder, code = Path(name), "henan/consortium-2022"
        text = (shipped("data") / "henan-consortium-2022.yaml").read_text(encoding="utf-8")
        more = "".join(
            f"  - {{role: 成员单位, name: 第{at}精密制造有限公司, kind: 企业, province: 河南省}}\n"
            for at in range(_MEMBERS - 12)
        )
        head, tail = text.split("\nchief_scientist:", 1)
        (folder / "a.yaml").write_text(f"{head.rstrip()}\n{more}\nchief_scientist:{tail}", encoding="utf-8")
        with served(folder) as server, browser() as opened:
            page = opened.new_page(viewport={"width": 1366, "height": 768})
            page.set_default_timeout(120_000)
            address = f"{server.address}/fill?file=a.yaml&p={code}&s=成员单位"
            times = []
            for at in range(6):
                begun = time.perf_counter()
                page.goto(address)
                page.wait_for_selector(f'[data-path="members[{_MEMBERS - 1}].name"]')
                if at:
                    times.append(time.perf_counter() - begun)
            yield Figure(
                "page_open", len(times), value=1000 * statistics.median(times), unit="ms", note="120 members"
            )
        with served(folder) as server:
            yield _asked_by_many(f"{server.address}/problems?file=a.yaml&p={code}")


def _asked_by_many(address: str) -> Figure:
    import httpx

    failed: list[Any] = []

    def ask() -> None:
        with httpx.Client(timeout=60) as client:
            for _ in range(_ASKED):
                answer = client.get(address)
                if answer.status_code != 200:
                    failed.append(answer.status_code)

    httpx.get(address, timeout=60)
    people = [threading.Thread(target=ask) for _ in range(_PEOPLE)]
    begun = time.perf_counter()
    for one in people:
        one.start()
    for one in people:
        one.join()
    spent = time.perf_counter() - begun
    asked = _PEOPLE * _ASKED
    return Figure(
        "findings.requests", asked, value=asked / spent, unit="1/s", note=f"{len(failed)} failed of {asked}"
    )


FIGURES = [
    (("field_to_page", "field_to_page.p95", "field_to_page/libreoffice"), field_to_page),
    (("page_open", "findings.requests"), page_open),
]
