"""From a changed field to the new picture of its page without a browser: step by step, over five schemes.

Processor time, as a page's worker spends it; the clock of a browser is measured by ``benchmarks.page``.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measuring import Figure
from generator.base.files import shipped
from generator.workflows.editing import Editing, SetText
from generator.workflows.preview import Preview
from generator.workflows.workspace import Workspace

_EDITS = 10  # of each scheme
_WIDTH = 700


def figures() -> Iterator[Figure]:
    """``edit_to_picture``: saved, loaded, filled, typeset, one page's picture; and its steps."""
    steps: dict[str, list[float]] = {"save and load": [], "fill and typeset": [], "picture": []}
    drawn: list[int] = []
    with tempfile.TemporaryDirectory() as name, Workspace() as workspace:
        preview = Preview(workspace)
        for code in workspace.catalogue.folders():
            path = Path(name, f"{code.replace('/', '-')}.yaml")
            shutil.copy(shipped("data") / path.name, path)
            editing = Editing(workspace, path, code)
            pages = preview.of(editing.state().dataset, code)
            fields = [
                place.path
                for page in pages.pages
                for place in page.places
                if place.path.endswith((".name", ".task", ".text", ".title", "industry"))
            ]
            for number in range(_EDITS):
                field = fields[number * 7 % len(fields)]
                text = editing.state().values.get(field, "") + str(number)
                before = {page.digest for page in pages.pages}
                begun = time.process_time()
                saved = editing.change([SetText(field, text)], seen=editing.state().sha256)
                loaded = time.process_time()
                pages = preview.of(saved.state.dataset, code)
                typeset = time.process_time()
                pages.png(pages.places(field)[0].page, _WIDTH)
                done = time.process_time()
                drawn.append(len({page.document for page in pages.pages if page.digest not in before}))
                for step, spent in zip(
                    steps, (loaded - begun, typeset - loaded, done - typeset), strict=True
                ):
                    steps[step].append(spent * 1000)
    # all steps of one edit
    whole = [sum(each) for each in zip(*steps.values(), strict=True)]
    note = f"median; {statistics.mean(drawn):.1f} documents typeset anew an edit"
    yield Figure("edit_to_picture", len(whole), value=statistics.median(whole), unit="ms", note=note)
    yield Figure(
        "edit_to_picture.p95", len(whole), value=statistics.quantiles(whole, n=20)[-1], unit="ms", note=""
    )
    for step, taken in steps.items():
        yield Figure(
            f"edit_to_picture.{step}", len(taken), value=statistics.median(taken), unit="ms", note=""
        )
