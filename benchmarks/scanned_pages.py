"""What is known of scanned pages, over many of them: pages, places, alterations, seconds.

    python -m benchmarks.scanned_pages FOLDER… -n 200 --seed 1

The folders are packets to be signed. Scans are made by seed, so the same command measures the same pages again.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Sequence
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

KINDS = {"office": 0.5, "poor": 0.2, "telephone": 0.15, "fax": 0.15}


def one_page(
    paper: Paper, sheet: Sheet, seed: int, kind: str
) -> tuple[scanner.Scan, list[dict[str, Any]], str]:
    """A scan, what was done at each of its places, and what was altered."""
    rng = paper.chance(sheet, seed)
    machine = scanner.MACHINES[kind]
    dpi = int(rng.choice(machine.dpi))
    alter = str(rng.choice(["", "", "digit", "name"])) if kind == "office" else ""
    page = paper.printed(sheet)
    altered = ""
    if alter:
        forge = forging.change_digit if alter == "digit" else forging.change_name
        altered = forge(page, sheet, paper.sent.faces, rng)
        altered = altered and f"{alter} {altered}"
        dpi = 200
    told = [_act(page, rng, place) for place in places_of(sheet)]
    return scanner.captured(page, rng, machine, dpi=dpi), told, altered


def _act(page: scanner.Print, rng: scanner.Random, place: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "hard": "",
        "faint": bool(rng.random() < 0.06),
        "faint_seal": bool(rng.random() < 0.1),
    }
    whole = rng.random() < 0.42
    for act, there in (("signature", place.sign), ("seal", place.seal), ("date", place.date)):
        told[act] = bool(there) and bool(whole or rng.random() < 0.3)
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


def scanner_mm() -> float:
    return 200 / 25.4


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("-n", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--log", type=Path)
    given = parser.parse_args(arguments)
    papers = [Paper.of(folder) for folder in given.folders]
    recognisers = [Recogniser(paper.sent.sheets) for paper in papers]
    # Pages that are signed count three times: it is they that matter.
    pages = [
        (at, sheet)
        for at, paper in enumerate(papers)
        for sheet in paper.sheets()
        for _ in range(3 if sheet.signatories else 1)
    ]
    chance = np.random.default_rng(given.seed)
    counts: Counter[tuple[str, ...]] = Counter()
    seconds: list[float] = []
    for number in range(given.n):
        at, sheet = pages[int(chance.integers(len(pages)))]
        kind = str(chance.choice(list(KINDS), p=list(KINDS.values())))
        scan, told, altered = one_page(papers[at], sheet, given.seed * 100_000 + number, kind)
        begin = time.process_time()
        found = examined(
            Scanned("scan", number + 1, scan.picture, scan.mode == "bilevel"),
            recognisers[at],
            papers[at].sent,
        )
        seconds.append(time.process_time() - begin)
        right = sheet in found.recognised.sheets
        verdict = found.recognised.kind if right or found.recognised.kind != "known" else "WRONG"
        counts["page", kind, verdict] += 1
        line: dict[str, Any] = {
            "n": number,
            "kind": kind,
            "dpi": scan.dpi,
            "mode": scan.mode,
            "page": verdict,
        }
        line |= {"sheet": f"{sheet.document}-{sheet.page}", "likeness": round(found.recognised.likeness, 3)}
        line |= {"share": round(found.recognised.share, 3), "seconds": round(seconds[-1], 2)}
        if verdict == "known":
            line["marks"] = _count(counts, scan, told, found)
            texts = [one for one in found.alterations if one.what != "written"]
            inks = [one for one in found.alterations if one.what == "written"]
            quality = f"{scan.dpi} {scan.mode}" if kind == "office" else kind
            word = altered.split(" ")[0] if altered else "clean"
            counts["text", quality, word, "found" if texts else "nothing"] += 1
            counts["ink", quality, "found" if inks else "nothing"] += 1
            line["altered"] = altered
            line["texts"] = [(one.what, one.printed, one.likely) for one in texts]
            line["inks"] = len(inks)
        if given.log:
            with given.log.open("a", encoding="utf-8") as log:
                log.write(json.dumps(line, ensure_ascii=False) + "\n")
    for key in sorted(counts):
        print(*key, counts[key])
    print(f"{given.n} pages, {np.mean(seconds):.2f} s a page, at most {max(seconds):.2f}")


def _count(
    counts: Counter[tuple[str, ...]], scan: scanner.Scan, told: list[dict[str, Any]], found: Any
) -> Any:
    rows = []
    for done, marks in zip(told, found.marks, strict=True):
        for mark in marks:
            there = "there" if done[mark.act] else "not there"
            quality = f"{scan.dpi} {scan.mode}"
            counts["place", mark.act, quality, there, mark.verdict] += 1
            wrong = (there == "there") != (mark.verdict == "seen")
            rows.append((mark.act, there, mark.verdict, done, mark.figures if wrong else {}))
    return rows


if __name__ == "__main__":
    main()
