"""Measure reading forms back: ``python -m tests.returns.measure [SOURCE…] [--seed N]`` prints a table, a line a source.

Every document is made by seed from the examples: ours, blanks filled as a clerk does, both through LibreOffice, with
each damage alone, and with four at once. A value counts as recovered where it stands in the data exactly.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from pathlib import Path

from generator.base.names import safe_name
from generator.errors import LianhetiError
from generator.packet.parts import Job
from generator.returns.forms.joining import join, names_of
from generator.returns.forms.read import Paper, opened
from generator.returns.forms.read import _Readers as Readers
from generator.workflows.blank import blank_documents
from generator.workflows.workspace import Workspace
from tests.returns.clerk import filled_by_hand
from tests.returns.conftest import CODES, filled_forms
from tests.returns.damage import ALONE
from tests.returns.truth import Truth, scored
from tests.returns.word_body import rewritten


@dataclass
class Line:
    """One line of the table."""

    documents: int = 0
    printed: int = 0
    right: int = 0
    sure: int = 0
    wrong_sure: int = 0
    wrong_doubtful: int = 0
    seconds: float = 0.0
    told: list[str] = field(default_factory=list)


@dataclass
class Example:
    """One document of one example, in its forms, and what reads it."""

    code: str
    name: str
    truth: Truth
    editions: dict[str, bytes]
    blank: bytes
    readers: Readers


def examples(workspace: Workspace) -> Iterator[Example]:
    """Every document of every example."""
    for code in CODES:
        programme = workspace.catalogue.load(code)
        editions: dict[str, tuple[Job, dict[str, bytes]]] = {
            one: filled_forms(workspace, code, one) for one in ("signing", "draft")
        }
        with workspace.session() as session:
            blanks = dict(blank_documents(programme, session))
            readers = Readers(programme, session.templates)
        for name in editions["signing"][1]:
            stem = safe_name(f"{name.removesuffix('.docx')}（空白）")
            blank = blanks[f"{stem}.docx"]
            truth = Truth.of(editions["signing"][0], [name])
            forms = {edition: made[1][name] for edition, made in editions.items()}
            yield Example(code, name, truth, forms, blank, readers)


def measured(example: Example, data: bytes, line: Line, label: str) -> None:
    """Read one document and add to a line of the table."""
    started = time.process_time()
    programme = example.readers.programme
    document = next(
        one for one in programme.documents if one.title in example.name or _is(one.title, example.name)
    )
    try:
        form = opened(Paper(example.name, data))
        paper = example.readers.best(form, document)
        names = names_of([paper.reading])
        reading = paper.reading
        if names and paper.reader.needs_names:
            paper.reader.know(names)
            reading = paper.reader.read(form)
        entries = join([reading], programme.model, paper.reader.form).entries
    except LianhetiError as error:
        line.told.append(f"{label}: {error}")
        entries = []
    line.seconds += time.process_time() - started
    score = scored(example.truth, entries)
    line.documents += 1
    line.printed += score.printed
    line.right += len(score.right)
    line.sure += score.sure
    line.wrong_sure += len(score.wrong_sure)
    line.wrong_doubtful += len(score.wrong_doubtful)
    line.told += [f"{label} sure: {one}" for one in score.wrong_sure]
    line.told += [f"{label} marked: {one}" for one in score.wrong_doubtful]
    if len(score.right) < 0.9 * score.printed:
        line.told.append(f"{label} left: {score.left[:6]}")


def _is(title: str, name: str) -> bool:
    return safe_name(title) in name


def through_office(documents: dict[str, bytes], kind: str) -> dict[str, bytes]:
    """Documents as LibreOffice saves them: as .docx, or as .doc and back."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for key, data in documents.items():
            (folder / f"{key}.docx").write_bytes(data)
        steps = [("docx", "doc"), ("doc", "docx")] if kind == "doc" else [("docx", "docx")]
        for before, after in steps:
            (folder / "out").mkdir(exist_ok=True)
            subprocess.run(
                ["soffice", f"-env:UserInstallation=file://{name}/profile", "--headless", "--convert-to", after,
                 "--outdir", str(folder / "out"), *map(str, sorted(folder.glob(f"*.{before}")))],
                check=False, capture_output=True, timeout=500,
            )  # fmt: skip
            for old in folder.glob("*.doc*"):
                old.unlink()
            for made in (folder / "out").glob(f"*.{after}"):
                made.rename(folder / made.name)
        return {path.stem: path.read_bytes() for path in folder.glob("*.docx")}


def corpus(workspace: Workspace, wanted: set[str], seeds: int) -> Iterator[tuple[str, str, Example, bytes]]:
    """Every document: its source, what it is called, the example, the file."""
    every = list(examples(workspace))
    by_hand = {
        (number, seed): filled_by_hand(
            one.blank, one.editions["signing"], 100 * number + seed + 100_000 * seeds
        )
        for number, one in enumerate(every)
        for seed in range(3)
    }
    sources = {
        **{f"ours, {edition}": _ours(every, edition) for edition in ("signing", "draft")},
        "clerk": _clerks(every, by_hand),
        **{f"LibreOffice, {kind}": _offices(every, by_hand, kind) for kind in ("docx", "doc")},
        **{name: _damaged(every, by_hand, name, seeds) for name in ALONE},
        "four at once": _four_at_once(every, by_hand, seeds),
    }
    for source, documents in sources.items():
        if not wanted or source in wanted:
            for told, one, data in documents:
                yield source, f"{one.code} {one.name[:8]} {told}", one, data


Documents = Iterator[tuple[str, Example, bytes]]
ByHand = dict[tuple[int, int], bytes]


def _ours(every: list[Example], edition: str) -> Documents:
    for one in every:
        yield "", one, one.editions[edition]


def _clerks(every: list[Example], by_hand: ByHand) -> Documents:
    for (number, seed), data in by_hand.items():
        yield f"{seed}", every[number], data


def _offices(every: list[Example], by_hand: ByHand, kind: str) -> Documents:
    ours = {str(number): one.editions["draft"] for number, one in enumerate(every)}
    theirs = {str(number): by_hand[number, 0] for number in range(len(every))}
    for told, files in (("ours", ours), ("clerk", theirs)):
        for key, data in through_office(files, kind).items():
            yield told, every[int(key)], data


def _damaged(every: list[Example], by_hand: ByHand, name: str, seeds: int) -> Documents:
    at = list(ALONE).index(name)
    for number, one in enumerate(every):
        rng = random.Random(1000 * at + number + 100_000 * seeds)
        mine = (at + number) % 2 == 1
        base = one.editions["signing"] if mine else by_hand[number, 1]
        yield "ours" if mine else "clerk", one, rewritten(base, partial(ALONE[name], rng=rng))


def _four_at_once(every: list[Example], by_hand: ByHand, seeds: int) -> Documents:
    for number, one in enumerate(every):
        for seed in range(2):
            rng = random.Random(77 * number + seed + 100_000 * seeds)
            changed = one.editions["signing"] if seed else by_hand[number, 2]
            for damage in rng.sample(list(ALONE.values()), 4):
                changed = rewritten(changed, partial(damage, rng=rng))
            yield f"{seed}", one, changed


def main() -> None:
    """Print the table, a line when its source is done; with ``-v`` what was wrong, too."""
    given = sys.argv[1:]
    seeds = int(given[given.index("--seed") + 1]) if "--seed" in given else 0
    wanted = {one for one in given if one not in {"-v", "--seed", str(seeds)}}
    out = sys.stdout
    out.write(
        "source | documents | values | recovered | of them sure | wrong, sure | wrong, marked | s a document\n"
    )
    with Workspace() as workspace:
        for source, documents in groupby(corpus(workspace, wanted, seeds), key=lambda one: one[0]):
            line = Line()
            for _, label, example, data in documents:
                measured(example, data, line, label)
            share, sure = 100 * line.right / max(1, line.printed), 100 * line.sure / max(1, line.printed)
            out.write(
                f"{source} | {line.documents} | {line.printed} | {share:.1f} % | {sure:.1f} % | {line.wrong_sure}"
                f" | {line.wrong_doubtful} | {line.seconds / max(1, line.documents):.2f}\n"
            )
            if "-v" in sys.argv:
                out.writelines(f"    {told[:330]}\n" for told in line.told)
            out.flush()


if __name__ == "__main__":
    main()
