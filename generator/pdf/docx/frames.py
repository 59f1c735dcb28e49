"""Where frames of paragraphs (``w:framePr``) and floating tables (``w:tblpPr``) stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from generator.base.ooxml.xml import Element, W, twips
from generator.pdf.docx.tree import Block, Frame, Placement

if TYPE_CHECKING:
    from collections.abc import Callable

_ACROSS: Final = {"text": "column"}
_DOWN: Final = {"text": "paragraph"}
_ALIGN: Final = {"inside": "left", "outside": "right", "inline": "top"}
_BELOW: Final = frozenset({"none", "notBeside"})


def framed(paragraph: Element) -> tuple[tuple[str, str], ...] | None:
    """What a ``w:p`` says of its frame, which is that of the paragraph before where that says the same; None for none."""
    frame = paragraph.find(f"{W}pPr/{W}framePr")
    return None if frame is None else tuple(sorted(frame.items()))


def read_frame(paragraph: Element, blocks: tuple[Block, ...]) -> Frame:
    """The frame of a ``w:p`` around what that gave."""
    get = _said(paragraph.find(f"{W}pPr/{W}framePr"))
    across, down = twips(get("hSpace")), twips(get("vSpace"))
    placement = Placement(
        _ACROSS.get(get("hAnchor") or "page", get("hAnchor") or "page"),
        _aligned(get("xAlign"), get("x")),
        _DOWN.get(get("vAnchor") or "page", get("vAnchor") or "page"),
        _aligned(get("yAlign"), get("y")),
        "below" if get("wrap") in _BELOW else "beside",
        gaps=(down, across, down, across),
    )
    return Frame(blocks, placement, twips(get("w")), twips(get("h")))


def table_placement(element: Element) -> Placement:
    """Where a table with this ``w:tblpPr`` stands."""
    get = _said(element)
    across, down = get("horzAnchor") or "text", get("vertAnchor") or "margin"
    top, right, bottom, left = (twips(get(side + "FromText")) for side in ("top", "right", "bottom", "left"))
    return Placement(
        _ACROSS.get(across, across),
        _aligned(get("tblpXSpec"), get("tblpX")),
        _DOWN.get(down, down),
        _aligned(get("tblpYSpec"), get("tblpY")),
        "beside",
        gaps=(top, right, bottom, left),
    )


def _said(element: Element) -> Callable[[str], str | None]:
    return lambda name: element.get(W + name)


def _aligned(align: str | None, distance: str | None) -> float | str:
    return _ALIGN.get(align, align) if align else twips(distance)
