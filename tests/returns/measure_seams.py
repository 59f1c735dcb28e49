"""Seals over the edges of pages (骑缝章), over many documents: whether they are said to fit, and never called seen.

    python -m tests.returns.measure_seams FOLDER… -n 100 --seed 2 --out edges

The folders are packets to be signed. Each file that is made is one document that was sealed twice, as two copies of it
are, the second nearly at the height of the first; and once more left bare or with what is no seal; with the red at the
edge of each scanned page. The table is made of the files: the copies as they are, pages of one in the other, bare
pages, pages out of place. A run that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import sys
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from generator.returns.scans.marks import ground_of
from generator.returns.scans.picture import PER_MM, Picture
from generator.returns.scans.reading import Scanned
from generator.returns.scans.recognition import Recogniser, text_shades
from generator.returns.scans.rendered import Sheet
from generator.returns.scans.seams import edge_of, seam
from tests.returns import scanner
from tests.returns.signing import Paper

KINDS: Final = {"office": 0.6, "poor": 0.2, "telephone": 0.2}
MOST_PAGES: Final = 7
# What people and machines leave at an edge that is no seal over it.
DECOYS: Final = ("bare", "bare", "stickers", "stroke", "band", "singly")
NEAR: Final = 3.0  # millimetres: so near one copy's seal is put to the other's
EDGE: Final = 160  # pixels of the raster of red at the right edge


def red_edge(scan: scanner.Scan, recogniser: Recogniser, sheet: Sheet) -> Picture | str | None:
    """How red a scanned page is at its right edge; None without colour, ``lost`` where the page is not known."""
    found = recogniser.recognise(Scanned("scan", 1, scan.picture, scan.mode == "bilevel"))
    if found.laid is None or sheet not in found.sheets:
        return "lost"
    seen = found.laid.upright(text_shades(scan.picture))
    ground = ground_of(scan.picture, seen, found.laid, sheet.draw(), sheet.extra(), found.blur)
    return None if ground.red is None else (ground.red[:, -EDGE:] * 255).astype(np.uint8)


def sealed(prints: Sequence[scanner.Print], seed: int, parties: Sequence[str], tops: Sequence[float]) -> None:
    """A copy's seals over its edges: a party's seal is as wide on every copy."""
    for number, (party, top) in enumerate(zip(parties, tops, strict=True)):
        across = 38 + 7 * (zlib.crc32(party.encode()) % 100) / 100
        scanner.put_edge_seals(prints, np.random.default_rng([seed, number]), party, top=top, across=across)


def decoyed(prints: Sequence[scanner.Print], rng: scanner.Random, what: str, name: str) -> None:
    """Red at the edges of pages that is no seal over them."""
    top = float(rng.uniform(60, 200))
    for number, page in enumerate(prints):
        wide, high = page.size
        red = scanner.REDS[number % len(scanner.REDS)]
        if what == "stickers":
            at = np.clip(top + rng.normal(0, 12), 10, high - 30) * page.mm
            part = np.ones((int(12 * page.mm), int(rng.uniform(4, 12) * page.mm)), np.float32)
            page.ink(part, page.paper.shape[1] - part.shape[1], at, red)
        elif what == "stroke":  # of a red pen over the fanned edges
            begin, end = np.array([wide - 6, top]), np.array([wide, top + rng.uniform(5, 30)])
            page.lines(rng, [scanner.curve(rng, begin, end, 0.1)], (red, 0.9, 0.6))
        elif what == "band":  # a printed one, or tape
            part = np.full((int(42 * page.mm), int(rng.uniform(2, 6) * page.mm)), 0.7, np.float32)
            page.ink(part, page.paper.shape[1] - part.shape[1], top * page.mm, red)
        elif what == "singly":  # a seal put anew at the edge of every page
            alpha = scanner.seal(rng, name, 42, page.mm)
            part = alpha[:, : max(8, int(alpha.shape[1] * rng.uniform(0.5, 1.5) / len(prints)))]
            page.ink(part, page.paper.shape[1] - part.shape[1], (top + rng.normal(0, 1)) * page.mm, red)


def one_document(paper: Paper, recogniser: Recogniser, name: str, seed: int) -> dict[str, Any]:
    """A document sealed twice, and once bare or with a decoy: what it is, and by copy the edges of its pages."""
    chance = np.random.default_rng([seed, 77])
    kind = str(chance.choice(list(KINDS), p=list(KINDS.values())))
    sheets = paper.sheets(name)
    start = int(chance.integers(0, len(sheets) - 1))
    sheets = sheets[start : start + int(chance.integers(2, MOST_PAGES + 1))]
    sealing = int(chance.choice([1, 1, 1, 2, 4]))
    parties = paper.sent.seams[name][:sealing]
    tops = [float(top) for top in chance.uniform(20, 70) + 52 * np.arange(len(parties))]
    if len(parties) == 1:
        tops = [float(chance.uniform(60, 200))]
    mode, decoy = str(chance.choice(["colour", "grey"], p=[0.92, 0.08])), str(chance.choice(DECOYS))
    made: dict[str, Any] = {"kind": kind, "mode": mode, "sealing": len(parties), "decoy": decoy}
    for at, copy in enumerate(("one", "two", "other")):
        prints = [paper.printed(sheet) for sheet in sheets]
        if copy == "other":
            decoyed(prints, chance, decoy, parties[0])
        else:
            moved = [top + float(chance.normal(0, NEAR)) * at for top in tops]
            sealed(prints, seed * 10 + at, parties, moved)
        rng = np.random.default_rng([seed, 5, at])
        machine = scanner.MACHINES[kind]
        scans = [scanner.captured(page, rng, machine, mode=mode) for page in prints]
        made[copy] = [red_edge(scan, recogniser, sheet) for scan, sheet in zip(scans, sheets, strict=True)]
    return made


def kept(made: dict[str, Any], path: Path) -> None:
    """Write what ``one_document`` gives."""
    arrays: dict[str, Any] = {}
    told = dict(made)
    for copy in ("one", "two", "other"):
        told[copy] = [one if one is None or isinstance(one, str) else "" for one in made[copy]]
        arrays |= {f"{copy}{at}": one for at, one in enumerate(made[copy]) if isinstance(one, np.ndarray)}
    with path.open("wb") as file:
        np.savez_compressed(file, told=np.array(json.dumps(told, ensure_ascii=False)), **arrays)


def copies(path: Path) -> dict[str, Any]:
    """What a file tells, and by copy the right edges of its pages; None where a page was not known."""
    with np.load(path) as file:
        told = json.loads(str(file["told"]))
        for copy in ("one", "two", "other"):
            told[copy] = None if "lost" in told[copy] else [
                None if one is None else file[f"{copy}{at}"].astype(np.float32) / 255
                for at, one in enumerate(told[copy])
            ]  # fmt: skip
    return told  # type: ignore[no-any-return]


def cases(line: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What was put before the check, and its verdict."""
    one, two, other, sealing = line["one"], line["two"], line["other"], line["sealing"]

    def verdict(*pages: Picture | None, more: int = 0) -> str:
        told, said = seam([edge_of(page) for page in pages], sealing)
        if told == "look" and f"拼得成 {sealing + more} 枚" in said:
            return "fits"
        return told

    for pages in filter(None, (one, two)):
        yield f"whole, {line['kind']}", verdict(*pages)
        yield "one seal too few", verdict(*pages, more=1)
        for at in range(len(pages) - 1):
            yield "two pages changed about", verdict(*pages[:at], pages[at + 1], pages[at], *pages[at + 2 :])
        for by in (3.0, 12.0):
            yield f"a page shifted by {by:g} mm", verdict(_moved(pages[0], by), *pages[1:])
            yield f"a page shifted by {by:g} mm", verdict(*pages[:-1], _moved(pages[-1], -by))
        for at in range(len(pages) if other and line["decoy"] != "singly" else 0):
            yield f"one page with {line['decoy']}", verdict(*pages[:at], other[at], *pages[at + 1 :])
    if one and two:
        for mine, theirs in ((one, two), (two, one)):
            for at in range(len(mine)):
                yield "one page of another copy", verdict(*mine[:at], theirs[at], *mine[at + 1 :])
        for at in range(2, len(one) - 1):
            yield "half of another copy", verdict(*one[:at], *two[at:])
    if other:
        yield f"all with {line['decoy']}", verdict(*other)


def _moved(red: Picture | None, by: float) -> Picture | None:
    """An edge that lay so many millimetres higher when it was sealed."""
    return None if red is None else np.roll(red, round(by * PER_MM / 2), axis=0)


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the files that lack, then print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("-n", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args(arguments)
    given.out.mkdir(exist_ok=True)
    files = [given.out / f"{given.seed}-{number}.npz" for number in range(given.n)]
    wanted = [number for number, file in enumerate(files) if not file.exists()] if given.folders else []
    papers = [Paper.of(folder) for folder in given.folders] if wanted else []
    documents = [(paper, name) for paper in papers for name in paper.sent.seams]
    recognisers = {paper.sent.place: Recogniser(paper.sent.sheets) for paper in papers}
    for number in wanted:
        paper, name = documents[int(np.random.default_rng([given.seed, number]).integers(len(documents)))]
        recogniser = recognisers[paper.sent.place]
        kept(one_document(paper, recogniser, name, given.seed * 100_000 + number), files[number])
    counts: Counter[tuple[str, str]] = Counter()
    for file in files:
        if file.exists():
            line = copies(file)
            counts.update(
                (what if line["mode"] == "colour" else "anything grey", told) for what, told in cases(line)
            )
    for what in sorted({what for what, _ in counts}):
        told = ", ".join(
            f"{verdict} {counts[what, verdict]}" for verdict in ("seen", "fits", "look", "absent")
        )
        sys.stdout.write(f"{what}: {told}\n")


if __name__ == "__main__":
    main()
