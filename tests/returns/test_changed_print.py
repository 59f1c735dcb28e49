"""Print that is not as the scheme has it: one word is told; all of another edition is refused by name."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

import pytest

from generator.errors import DataError
from generator.model.programme import Document
from generator.returns.forms.joining import Entry
from generator.returns.forms.read import Paper, read_forms
from generator.returns.forms.read import _Readers as Readers
from generator.workflows.workspace import Workspace
from tests.pace import examples
from tests.returns.changed_print import Known, as_older, changed
from tests.returns.conftest import CODES, filled_forms
from tests.returns.truth import Truth, scored

pytestmark = pytest.mark.thorough


def forms(workspace: Workspace, code: str) -> Iterator[tuple[Document, Known, Truth, bytes]]:
    """Every form of a scheme's example, as it is read."""
    job, filled = filled_forms(workspace, code)
    readers = Readers(job.programme, job.session.templates)
    for name, docx in filled.items():
        document = next(one for one in job.programme.documents if one.title in name)
        yield document, Known.of(readers, document, docx), Truth.of(job, [name]), docx


def made_up(truth: Truth, entries: dict[str, Entry]) -> list[tuple[str, str, str]]:
    """Sure values that the form does not say."""
    return scored(truth, entries.values()).wrong_sure


@pytest.mark.parametrize("code", CODES)
def test_a_changed_printed_word_is_told(workspace: Workspace, code: str) -> None:
    """One character of print put in, left out or replaced: it is told, and no value is made up of it."""
    silent, by_word, number = [], 0, 0
    for _, known, truth, _ in forms(workspace, code):
        rng = random.Random(code)
        had = Counter((one.what, one.text) for one in known.reading.remarks)
        skipped = {line.id for line in known.reading.skipped}
        doubted = {path for path, one in known.entries.items() if one.status != "sure"}
        for print_ in rng.sample(known.prints, min(examples(6, least=2), len(known.prints))):
            change = changed(print_, rng)
            entries, reading = known.read(change)
            assert made_up(truth, entries) == []
            told = Counter((one.what, one.text) for one in reading.remarks) - had
            number += 1
            by_word += any(what.startswith("印的") and change.char in text for what, text in told)
            # A row whose print is no longer known may be read as one of a list, and is marked then.
            marked = {path for path, one in entries.items() if one.status != "sure"} - doubted
            if not (told or marked) and {line.id for line in reading.skipped} <= skipped:
                silent.append((change.old.place, change.old.text, change.new.text))
    assert silent == []
    assert by_word >= 0.8 * number


@pytest.mark.parametrize("code", CODES)
def test_of_an_older_edition_nothing_is_made_up(workspace: Workspace, code: str) -> None:
    """Labels, headings and sentences that read otherwise: some, and it is doubted; all, and it is refused by name."""
    programme = workspace.catalogue.load(code)
    with workspace.session() as session:
        every = session.catalogue.all()
        for document, known, truth, docx in forms(workspace, code):
            body = [one for one in known.prints if document.title[len("某某省") :] not in one.paragraph.text]
            for share in (0.2, 0.6, 1.0):
                rng = random.Random(code)
                older = as_older(docx, rng.sample(body, max(1, round(share * len(body)))), rng)
                with suppress(DataError):
                    read = read_forms([Paper("旧表.docx", older)], programme, every, session.templates)
                    assert made_up(truth, {one.path: one for one in read.joining.entries}) == []


@pytest.mark.parametrize("code", CODES)
def test_a_form_none_of_whose_print_is_as_it_is_now_is_refused(workspace: Workspace, code: str) -> None:
    """Not read as another form of the scheme either, whose title it happens to name."""
    programme = workspace.catalogue.load(code)
    with workspace.session() as session:
        every = session.catalogue.all()
        for _, known, _, docx in forms(workspace, code):
            paper = Paper("旧表.docx", as_older(docx, known.prints, random.Random(code)))
            with pytest.raises(DataError, match=r"内容却不是这份表|题名"):
                read_forms([paper], programme, every, session.templates)
