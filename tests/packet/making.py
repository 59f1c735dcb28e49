"""Examples with changes, and the packets made from them."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from generator.packet.assessment import Order
from generator.packet.parts import Packet
from generator.packet.pipeline import build
from generator.packet.session import Session
from generator.readers.source_file import read_source

ROOT = Path(__file__).resolve().parents[2]
PLAIN = "henan/consortium-2022"
WITH_DELEGATE = "hubei/consortium-2022"


def example(folder: Path, code: str, *changes: tuple[str, str], more: str = "") -> Path:
    """The example of a programme, changed at the given texts, as a file of its own."""
    text = (ROOT / "data" / f"{code.replace('/', '-')}.yaml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    path = folder / "联合体.yaml"
    path.write_text(f"{text}\n{more}", encoding="utf-8")
    return path


def packet(session: Session, data: Path, code: str, order: Order | None = None) -> Packet:
    return build(read_source(data), session.catalogue.load(code), order or Order("signing"), session)


def pdf(pages: int = 1, text: str = "attached", rotate: int = 0) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    for page in range(1, pages + 1):
        canvas.drawString(72, 500, f"{text} {page}")
        canvas.showPage()
    canvas.save()
    if not rotate:
        return out.getvalue()
    turned = io.BytesIO()
    with pikepdf.open(out) as document:
        for shown in document.pages:
            shown.obj.Rotate = rotate
        document.save(turned)
    return turned.getvalue()


def picture(size: tuple[int, int], kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, kind)
    return out.getvalue()


def file(made: Packet, path: str) -> bytes:
    return next(one.data for one in made.files if one.path == path)
