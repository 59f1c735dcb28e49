"""The preview: the official pages, and on them every value that is printed, found both ways."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from PIL import Image

from generator.packet.assessment import Order, assess
from generator.packet.documents import fill_all
from generator.pdf.pages.drawn import Word, words
from generator.readers.source_file import read_source
from generator.workflows.editing import Editing, SetText
from generator.workflows.preview import Preview, PreviewPages
from generator.workflows.workspace import Workspace
from tests.packet.making import ROOT

FIRST = "henan/consortium-2022"
CODES = [
    pytest.param(code, id=code)
    for code in sorted(
        path.stem.replace("-", "/", 1)
        for path in (ROOT / "data").glob("*.yaml")
        if (ROOT / "templates" / path.stem.replace("-", "/", 1)).is_dir()
    )
]
_LINE = 6.0


@pytest.fixture(scope="module")
def workspace() -> Iterator[Workspace]:
    with Workspace() as opened:
        yield opened


@pytest.fixture(scope="module")
def preview(workspace: Workspace) -> Preview:
    return Preview(workspace)


def example(code: str) -> Path:
    return ROOT / "data" / f"{code.replace('/', '-')}.yaml"


def lines(found: tuple[Word, ...]) -> list[str]:
    """A page's lines without white space, from the top."""
    by_height: dict[int, list[Word]] = {}
    for word in found:
        by_height.setdefault(round((word.box[1] + word.box[3]) / 2 / _LINE), []).append(word)
    return [
        "".join("".join(word.text.split()) for word in sorted(several, key=lambda word: word.box[0]))
        for _, several in sorted(by_height.items())
    ]


def within(outer: PreviewPages, path: str, text: str) -> bool:
    """Whether the page's own text at a field's places is the field's, as far as it goes."""
    pieces = []
    for place in outer.exact_places(path):
        x0, y0, x1, y1 = place.box
        for word in outer.texts(place.page):
            a0, b0, a1, b1 = word.box
            if a0 < x1 and a1 > x0 and b0 < y1 and b1 > y0:
                pieces.append("".join(word.text.split()))
    shown = "".join(pieces)
    return all(char in shown for char in "".join(text.split()))


def test_a_value_is_found_on_its_page_and_leads_back(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "例.yaml"
    shutil.copy(example(FIRST), path)
    preview, editing = Preview(workspace), Editing(workspace, path, FIRST)
    before = preview.of(editing.state().dataset, FIRST)
    saved = editing.change([SetText("members[1].task", "改过的任务")], seen=editing.state().sha256)
    after = preview.of(saved.state.dataset, FIRST)
    (place, *_) = after.exact_places("members[1].task")
    x0, y0, x1, y1 = place.box
    assert after.at(place.page, (x0 + x1) / 2, (y0 + y1) / 2) == "members[1].task"
    assert within(after, "members[1].task", "改过的任务")
    # Only the pages of the document that prints it are others.
    other = {page.document for page in after.pages if page.digest not in {old.digest for old in before.pages}}
    assert other == {after.pages[place.page].document}
    picture = Image.open(io.BytesIO(after.png(place.page, 600)))
    assert picture.width == 600
    missing = replace(
        saved.state.dataset, consortium=saved.state.dataset.consortium.model_copy(update={"team": None})
    )
    lacking = preview.of(missing, FIRST)
    assert lacking.missing["team"]
    assert any(place.missing for place in lacking.exact_places("team"))


@pytest.mark.thorough
@pytest.mark.parametrize("code", CODES)
def test_every_printed_value_is_found_both_ways(preview: Preview, code: str) -> None:
    pages = preview.of(example(code), code)
    nowhere = [path for path in sorted(pages.printed) if not pages.exact_places(path)]
    astray = [
        (place.path, found)
        for page in pages.pages
        for place in page.places
        for x0, y0, x1, y1 in (place.box,)
        if (found := pages.at(place.page, (x0 + x1) / 2, (y0 + y1) / 2)) != place.path
    ]
    assert nowhere == []
    assert astray == []


@pytest.mark.thorough
@pytest.mark.parametrize("code", CODES)
def test_the_preview_breaks_lines_and_pages_as_the_print_does(
    workspace: Workspace, preview: Preview, code: str
) -> None:
    pages = preview.of(example(code), code)
    programme = workspace.catalogue.load(code)
    printed: list[list[str]] = []
    with workspace.session("typst") as session:
        job = assess(read_source(example(code)), programme, Order(), session)
        assert session.typesetter is not None
        engine = session.typesetter.engine
        for one in fill_all(job):
            read = engine.read(one.rendered.docx, job.pdf_info(one.document.title), one.rendered.parts)
            made = engine.typeset(read)
            printed += [lines(words(made.pdf, number)) for number in range(made.pages)]
    shown = [lines(pages.texts(number)) for number in range(len(pages.pages))]
    assert len(shown) == len(printed)
    other = [
        (a, b)
        for one, two in zip(shown, printed, strict=True)
        for a, b in zip(one, two, strict=False)
        if a != b
    ]
    # Where a link begins the engine may give a little more space: of the five schemes' 3,500 lines three break a
    # character earlier (two of one scheme), and each makes two lines differ.
    assert len(other) <= 4, other
