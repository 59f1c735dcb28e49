"""ReportLab's canvas for what is put on or beside finished pages."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from reportlab import rl_config
from reportlab.pdfgen.canvas import Canvas

if TYPE_CHECKING:
    from collections.abc import Callable

# Binary streams: written as ASCII, a scanned page of 4 MB took two seconds and a quarter more room.
rl_config.useA85 = 0


def drawn(size: tuple[float, float], draw: Callable[[Canvas], None]) -> bytes:
    """A PDF of one page; the same drawing gives the same bytes.

    Args:
        size: the page's width and height, in points.
        draw: draws on it.
    """
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=size, invariant=1)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    return out.getvalue()
