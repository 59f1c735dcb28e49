"""Packets signed on paper: which places are signed, sealed and dated is told by the test, where they lie by the packet."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from generator.returns.scans.picture import PER_MM
from generator.returns.scans.places import Place, places_of
from generator.returns.scans.rendered import Pictures, Sheet
from generator.returns.scans.sent import Sent, read_sent
from tests.returns import scanner
from tests.returns.scanner import Box, Machine, Print, Random, Scan

ACTS = ("signature", "seal", "date")
# Which acts are done at a place.
Plan = Callable[[Sheet, Place], Sequence[str]]


def everything(sheet: Sheet, place: Place) -> Sequence[str]:
    return ACTS


@dataclass(frozen=True)
class Paper:
    """A packet on paper."""

    sent: Sent

    @classmethod
    def of(cls, folder: Path) -> Paper:
        return cls(read_sent(folder, Pictures()))

    def sheets(self, *documents: str) -> list[Sheet]:
        return [sheet for sheet in self.sent.own if not documents or sheet.document in documents]

    def pdf(self, sheet: Sheet) -> bytes:
        document = next(one for one in self.sent.manifest.documents if one.id == sheet.document)
        file = document.file("pdf")
        assert file is not None
        return (self.sent.place / file.path).read_bytes()

    def printed(self, sheet: Sheet, dpi: int = 200) -> Print:
        return Print(scanner.printed(self.pdf(sheet), sheet.page, dpi), dpi)

    def signed(self, sheet: Sheet, seed: int, plan: Plan = everything) -> Print:
        """The page with what the plan says done at its places."""
        rng = self.chance(sheet, seed)
        page = self.printed(sheet)
        for place in places_of(sheet):
            acts = plan(sheet, place)
            if "signature" in acts and place.sign:
                scanner.sign(page, rng, millimetres(place.sign))
            if "date" in acts and place.date:
                write_date(page, rng, place)
            if "seal" in acts and place.seal:
                at = place.seal[0] / PER_MM, place.seal[1] / PER_MM
                scanner.put_seal(page, rng, place.signatory.party, at)
        return page

    def chance(self, sheet: Sheet, seed: int) -> Random:
        return np.random.default_rng([seed, zlib.crc32(f"{sheet.document}{sheet.page}".encode())])

    def scan(self, sheet: Sheet, seed: int, machine: Machine, plan: Plan = everything, **how: object) -> Scan:
        page = self.signed(sheet, seed, plan)
        return scanner.captured(page, self.chance(sheet, seed + 1), machine, **how)  # type: ignore[arg-type]

    def document(self, name: str, seed: int, machine: Machine, plan: Plan = everything) -> list[Scan]:
        """All pages of a document in order, with each sealing party's seal over the edges."""
        sheets = self.sheets(name)
        prints = [self.signed(sheet, seed, plan) for sheet in sheets]
        for number, party in enumerate(self.sent.seams.get(name, ())):
            rng = np.random.default_rng([seed, number])
            scanner.put_edge_seals(prints, rng, party, top=30 + 48 * number)
        return [
            scanner.captured(page, self.chance(sheet, seed + 1), machine)
            for sheet, page in zip(sheets, prints, strict=True)
        ]


def millimetres(box: Box) -> Box:
    x0, y0, x1, y1 = (edge / PER_MM for edge in box)
    return x0, y0, x1, y1


def write_date(page: Print, rng: Random, place: Place) -> None:
    pen = scanner.a_pen(rng)
    figures = (str(rng.choice(["2025", "2026", "25"])), str(rng.integers(1, 13)), str(rng.integers(1, 29)))
    for box, text in zip(place.date, figures, strict=True):
        scanner.write(page, rng, text, millimetres(box), pen)


def as_pdf(scans: Sequence[Scan]) -> bytes:
    """Scans as the PDF of an office scanner."""
    images = [Image.open(io.BytesIO(scan.jpeg())) for scan in scans]
    out = io.BytesIO()
    images[0].save(out, "PDF", save_all=True, append_images=images[1:], resolution=scans[0].dpi)
    return out.getvalue()
