"""Draws the program's icon, that of the page: ``python packaging/icon.py icon.ico``."""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image, ImageDraw

_SIZES = (16, 24, 32, 48, 64, 128, 256)
_FINE = 8  # drawn so many times larger, then reduced
_SHEET, _LINES, _SEAL = "#1d4e7a", "#ffffff", "#e8a29c"


def icon(size: int) -> Image.Image:
    """A form with a seal, of ``generator/web/static/icon.svg``.

    Args:
        size: in pixels.
    """
    scale = size * _FINE / 32
    picture = Image.new("RGBA", (size * _FINE, size * _FINE))
    draw = ImageDraw.Draw(picture)

    def box(left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
        return left * scale, top * scale, right * scale, bottom * scale

    draw.rounded_rectangle(box(5, 2, 27, 30), 2 * scale, fill=_SHEET)
    for top, right in ((8, 22), (13, 22), (18, 17)):
        draw.rectangle(box(10, top, right, top + 2), fill=_LINES)
    draw.ellipse(box(16, 17, 26, 27), outline=_SEAL, width=round(2 * scale))
    return picture.resize((size, size), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    largest = icon(_SIZES[-1])
    largest.save(
        Path(sys.argv[1]),
        sizes=[(size, size) for size in _SIZES],
        append_images=[icon(size) for size in _SIZES[:-1]],
    )
