"""Finding a signature place in a finished PDF by the text that is printed there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pypdfium2.raw as pdfium
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PAD = 3.0  # points around the printed characters


class Found(Struct, frozen=True):
    """Where a label is printed: the page, from 1, and its rectangle in points from the bottom left."""

    page: int
    left: float
    bottom: float
    right: float
    top: float


def letters(text: str) -> str:
    """The letters and digits of a label: only they are searched for, as marks at line ends may not be drawn."""
    return "".join(char for char in text if char.isalnum())


def find_labels(document: Any, labels: Sequence[str]) -> list[list[Found]]:
    """Every place where each label is printed, in order of the pages.

    Args:
        document: a pypdfium2 document.
        labels: texts; the lines of a cell are taken to be drawn one after the other.
    """
    pages = [list(_characters(page)) for page in document]
    found: list[list[Found]] = [[] for _ in labels]
    for number, characters in enumerate(pages, 1):
        text = "".join(char for char, _ in characters)
        for label, places in zip(labels, found, strict=True):
            wanted = letters(label)
            at = text.find(wanted) if wanted else -1
            while at >= 0:
                boxes = [box for _, box in characters[at : at + len(wanted)]]
                places.append(
                    Found(
                        number,
                        min(box[0] for box in boxes) - _PAD,
                        min(box[1] for box in boxes) - _PAD,
                        max(box[2] for box in boxes) + _PAD,
                        max(box[3] for box in boxes) + _PAD,
                    )
                )
                at = text.find(wanted, at + len(wanted))
    return found


def _characters(page: Any) -> Iterator[tuple[str, tuple[float, float, float, float]]]:
    text = page.get_textpage()
    for index in range(text.count_chars()):
        char = chr(pdfium.FPDFText_GetUnicode(text, index))
        if char.isalnum():
            yield char, text.get_charbox(index)
