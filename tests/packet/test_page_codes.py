"""``packet --page-code``: a small code in the margin of every page, where nothing stands and nobody signs."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pypdfium2
import pytest
from msgspec.structs import replace
from reportlab.pdfgen.canvas import Canvas

from generator.cli import main
from generator.packet.page_codes import with_page_codes
from generator.pdf.pages.overlays import page_codes
from tests.packet.making import example, pdf

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from generator.packet.parts import Packet

CODE = "hubei/consortium-2022"


def crowded(*, corner: bool = False) -> bytes:
    """A page printed full to its edges; with ``corner`` only in the lower right."""
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    for y in range(10, 60 if corner else 840, 8):
        canvas.drawString(450 if corner else 5, y, "x" * (24 if corner else 118))
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def read(data: bytes, page: int, rect: Sequence[float]) -> str:
    """What a code says, as a telephone held over it reads it."""
    with pypdfium2.PdfDocument(data) as document:
        shown = document[page - 1]
        width, height = shown.get_size()
        crop = (rect[0] - 9, rect[1] - 9, width - rect[2] - 9, height - rect[3] - 9)
        picture = np.asarray(shown.render(scale=6, crop=crop).to_pil().convert("L"))
    text, *_ = cv2.QRCodeDetector().detectAndDecode(picture)
    return str(text)


def text_of(data: bytes) -> list[str]:
    with pypdfium2.PdfDocument(data) as document:
        return [page.get_textpage().get_text_range() for page in document]


@pytest.mark.thorough
def test_every_page_says_which_it_is_and_the_packet_verifies(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = example(tmp_path, CODE)
    out = tmp_path / "out"
    order = ["packet", str(data), "-p", CODE, "-o", str(out), "--edition", "signing", "--page-code"]
    assert main([*order, "--no-pdf"]) == 2
    assert "--no-pdf" in capsys.readouterr().err
    assert main(order) == 0
    folder = next(out.glob("*/*-signing"))
    manifest = json.loads((folder / "manifest.json").read_bytes())
    codes = manifest["page_codes"]
    files = {one["id"]: one["files"][-1] for one in manifest["documents"]}
    assert len(codes) == sum(file["pages"] for file in files.values())
    assert len({code["text"] for code in codes}) == len(codes)
    for code in codes[:2]:
        printed = (folder / files[code["document"]]["path"]).read_bytes()
        assert read(printed, code["page"], code["rect"]) == code["text"]
    places = [(one["id"], who) for one in manifest["documents"] for who in one["signatories"]]
    for document, who in places:
        (code,) = (one for one in codes if (one["document"], one["page"]) == (document, who["page"]))
        x0, y0, x1, y1 = code["rect"]
        assert (x1 - x0) * 25.4 / 72 <= 12
        assert who["field"]
        assert x1 <= who["rect"][0] or x0 >= who["rect"][2] or y1 <= who["rect"][1] or y0 >= who["rect"][3]
    assert main(["verify", str(folder)]) == 0


def test_a_code_goes_where_nothing_stands_and_stays_away_where_nothing_is_free() -> None:
    text = "LHS0123456789001"
    plain = pdf()
    made, (place,) = page_codes(plain, [text], {})
    assert place is not None
    assert read(made, 1, place) == text
    assert text_of(made) == text_of(plain)
    _, (beside,) = page_codes(crowded(corner=True), [text], {})
    assert beside not in {None, place}
    _, (moved,) = page_codes(plain, [text], {1: [place]})
    assert moved not in {None, place}
    same, (nowhere,) = page_codes(crowded(), [text], {})
    assert nowhere is None
    assert text_of(same) == text_of(crowded())


@pytest.mark.thorough
def test_a_page_without_room_is_named_and_bears_no_code(drawn: Packet) -> None:
    made = next(one for one in drawn.documents if one.pdf)
    assert made.pdf is not None
    full = replace(made, pdf=replace(made.pdf, pdf=crowded(), pages=1))
    _, codes, (warning,) = with_page_codes(replace(drawn.job, edition="draft"), [full])
    assert codes == ()
    assert f"《{made.document.title}》第 1 页" in warning
