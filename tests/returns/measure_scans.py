"""What is known of scanned pages, over many of them: pages, places, alterations, seconds.

    python -m tests.returns.measure_scans FOLDER… -n 1000 --log pages.jsonl

The folders are packets to be signed. Scans are made by seed and number, so the same command measures the same pages
again. Each page is a line of the log: a run that was stopped goes on where it was, and the table is made of all lines.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from generator.returns.scans.examination import examined
from generator.returns.scans.places import places_of
from generator.returns.scans.reading import Scanned
from generator.returns.scans.recognition import Recogniser
from generator.returns.scans.rendered import Sheet
from tests.returns import forging, scanner
from tests.returns.signing import Paper, millimetres, write_date

FORGERIES: dict[str, Callable[..., str]] = {
    "digit": forging.change_digit,
    "name": forging.change_name,
    "added": forging.add_digit,
}
KINDS = {"office": 0.5, "poor": 0.2, "telephone": 0.15, "fax": 0.15}


def one_page(
    paper: Paper, sheet: Sheet, seed: int, kind: str
) -> tuple[scanner.Scan, list[dict[str, Any]], str]:
    """A scan, what was done at each of its places, and what was altered."""
    rng = paper.chance(sheet, seed)
    machine = scanner.MACHINES[kind]
    dpi = int(rng.choice(machine.dpi))
    alter = str(rng.choice(["", "", *FORGERIES])) if kind == "office" else ""
    page = paper.printed(sheet)
    altered = FORGERIES[alter](page, sheet, paper.sent.faces, rng) if alter else ""
    if alter:
        dpi = 200
    told = [_act(page, rng, place) for place in places_of(sheet)]
    return scanner.captured(page, rng, machine, dpi=dpi), told, altered and f"{alter} {altered}"


def _act(page: scanner.Print, rng: scanner.Random, place: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "hard": "",
        "faint": bool(rng.random() < 0.06),
        "faint_seal": bool(rng.random() < 0.1),
    }
    whole = rng.random() < 0.2
    for act, there in (("signature", place.sign), ("seal", place.seal), ("date", place.date)):
        told[act] = bool(there) and bool(whole or rng.random() < 0.25)
    if told["signature"]:
        scanner.sign(page, rng, millimetres(place.sign), faint=told["faint"])
    if told["date"]:
        write_date(page, rng, place)
    if told["seal"]:
        at = place.seal[0] / scanner_mm(), place.seal[1] / scanner_mm()
        off = 9.0 if rng.random() < 0.06 else 4.0
        scanner.put_seal(page, rng, place.signatory.party, at, faint=told["faint_seal"], off=off)
    if not told["signature"] and not told["seal"] and rng.random() < 0.5:
        told["hard"] = scanner.disturb(
            page, rng, millimetres(place.sign or place.rect), place.signatory.party
        )
    return told


def acts_asked(sheet: Sheet) -> int:
    """How many signatures, seals and dates a page asks for."""
    return sum(bool(act) for place in places_of(sheet) for act in (place.sign, place.seal, place.date))


def scanner_mm() -> float:
    return 200 / 25.4


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what the log lacks, then print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("-n", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--log", type=Path, required=True)
    given = parser.parse_args(arguments)
    done = {line["n"] for line in _lines(given.log)}
    wanted = [number for number in range(given.n) if number not in done]
    if wanted:
        papers = [Paper.of(folder) for folder in given.folders]
        recognisers = [Recogniser(paper.sent.sheets) for paper in papers]
        # A page counts once, and once more for each act that is asked for on it: it is those that matter.
        pages = [
            (at, sheet)
            for at, paper in enumerate(papers)
            for sheet in paper.sheets()
            for _ in range(1 + acts_asked(sheet))
        ]
        for number in wanted:
            chance = np.random.default_rng([given.seed, number])
            at, sheet = pages[int(chance.integers(len(pages)))]
            kind = str(chance.choice(list(KINDS), p=list(KINDS.values())))
            line = measured(papers[at], recognisers[at], sheet, given.seed * 100_000 + number, kind)
            with given.log.open("a", encoding="utf-8") as log:
                log.write(json.dumps({"n": number, **line}, ensure_ascii=False) + "\n")
    _tell([line for line in _lines(given.log) if line["n"] < given.n])


def _lines(log: Path) -> list[dict[str, Any]]:
    return (
        [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()] if log.is_file() else []
    )


def measured(paper: Paper, recogniser: Recogniser, sheet: Sheet, seed: int, kind: str) -> dict[str, Any]:
    """What is said of one scan, and what was done to it."""
    scan, told, altered = one_page(paper, sheet, seed, kind)
    begin = time.process_time()
    found = examined(Scanned("scan", 1, scan.picture, scan.mode == "bilevel"), recogniser, paper.sent)
    seconds = round(time.process_time() - begin, 2)
    right = sheet in found.recognised.sheets
    verdict = found.recognised.kind if right or found.recognised.kind != "known" else "WRONG"
    line: dict[str, Any] = {
        "kind": kind,
        "quality": f"{scan.dpi} {scan.mode}",
        "page": verdict,
        "sheet": f"{sheet.document}-{sheet.page}",
        "likeness": round(found.recognised.likeness, 3),
        "share": round(found.recognised.share, 3),
        "seconds": seconds,
    }
    if verdict != "known":
        return line
    texts = [one for one in found.alterations if one.what != "written"]
    return {
        **line,
        "poor": found.poor,
        "places": list(_places(told, found)),
        "altered": altered,
        "texts": [(one.what, one.printed, one.likely) for one in texts],
        "inks": len(found.alterations) - len(texts),
    }


def _places(told: list[dict[str, Any]], found: Any) -> Iterator[dict[str, Any]]:
    for done, marks in zip(told, found.marks, strict=True):
        for mark in marks:
            there = bool(done[mark.act])
            line = {"act": mark.act, "there": there, "verdict": mark.verdict}
            if there != (mark.verdict == "seen"):
                line |= {
                    "done": done,
                    "figures": {name: float(value) for name, value in mark.figures.items()},
                }
            yield line


def _tell(lines: Sequence[dict[str, Any]]) -> None:
    """The table: pages by kind of scan, acts, alterations, seconds."""
    counts: Counter[tuple[str, ...]] = Counter()
    for line in lines:
        kind, quality = line["kind"], line["quality"]
        counts["page", kind, line["page"]] += 1
        if line["page"] != "known":
            continue
        for one in line["places"]:
            there = "there" if one["there"] else "not there"
            counts["all places", there, one["verdict"]] += 1
            if kind == "office":
                counts["place", one["act"], quality, there, one["verdict"]] += 1
        word = line["altered"].split(" ")[0] or "clean"
        told = "told" if line["texts"] or line["inks"] else "nothing told"
        counts["text", quality if kind == "office" else kind, word, told] += 1
    for key in sorted(counts):
        sys.stdout.write(f"{' · '.join(key)}: {counts[key]}\n")
    seconds = [line["seconds"] for line in lines] or [0.0]
    sys.stdout.write(f"{len(lines)} pages, {np.mean(seconds):.2f} s a page, at most {max(seconds):.2f}\n")


if __name__ == "__main__":
    main()
