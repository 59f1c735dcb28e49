"""Which Chinese punctuation marks hang into the right margin, as Word lets them (``w:overflowPunct``, on by default).

Typst sets a mark at the end of a line in half its width, but never beyond the margin: where less than that half
is left, it moves the mark and the character before it to the next line. So the line breaks are worked out here
beforehand, roughly as Typst makes them, and a mark that would not fit is given HANGING_MARK, which makes it take no
space at a line's end. Where this guess is wrong, the mark stands within a line and takes its usual width.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from generator.pdf.compose.drawing import StyledText

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

HANGING_MARK: Final = "\x1e"  # follows a mark that hangs, for the Typst program
_HANGING: Final = frozenset("、。，．：；！？")
_CLOSING: Final = _HANGING | frozenset("）》〉」』】〕〗”’…—·％℃!,.:;?)]}%")
_OPENING: Final = frozenset("（《〈「『【〔〖“‘([{")
_GAP: Final = 0.25  # of the size, between Chinese and Latin characters
_HALF: Final = 0.5
_SLACK: Final = 0.02  # points by which the engine's sums and these may differ


class _Char(Struct):
    char: str
    width: float
    size: float
    latin: bool
    text: int  # the number of the text that it stands in
    at: int  # its place there


def with_hanging(
    texts: Sequence[StyledText],
    size_of: Callable[[int], tuple[float, float]],
    width_of: Callable[[int, str], float | None],
    *,
    width: float,
    first: float,
    ignored: str,
) -> list[StyledText]:
    """The texts of a justified paragraph, with HANGING_MARK behind each mark that hangs.

    Args:
        texts: of the paragraph.
        size_of: a style's size and the spacing that it adds to each character, points.
        width_of: how wide a style draws a Latin character, points; None for one that is not Latin.
        width: of the lines, points.
        first: indent of the first line, points.
        ignored: characters in the texts that are not drawn.
    """
    chars = list(_chars(texts, size_of, width_of, ignored))
    hanging = set(_hanging(chars, width, first))
    if not hanging:
        return list(texts)
    made = [list(piece.text) for piece in texts]
    for number, at in hanging:
        made[number][at] += HANGING_MARK
    return [StyledText(piece.style, "".join(chars)) for piece, chars in zip(texts, made, strict=True)]


def _chars(
    texts: Sequence[StyledText],
    size_of: Callable[[int], tuple[float, float]],
    width_of: Callable[[int, str], float | None],
    ignored: str,
) -> Iterator[_Char]:
    for number, piece in enumerate(texts):
        size, spacing = size_of(piece.style)
        for at, char in enumerate(piece.text):
            if char not in ignored:
                latin = width_of(piece.style, char)
                yield _Char(
                    char, (size if latin is None else latin) + spacing, size, latin is not None, number, at
                )


def _hanging(chars: Sequence[_Char], width: float, first: float) -> Iterator[tuple[int, int]]:
    """The marks that hang, each as the number of its text and its place in it."""
    x, opportunity = first, 0  # opportunity: the last place before which the line may break
    for index, here in enumerate(chars):
        before = chars[index - 1] if index else None
        if before is not None and _may_break(before, here):
            opportunity = index
        wide = here.width + _gap(before, here)
        if x + wide <= width + _SLACK or index == 0:
            x += wide
            continue
        half = width - x >= _HALF * here.size - _SLACK
        follows = chars[index + 1] if index + 1 < len(chars) else None
        ends = follows is None or _may_break(here, follows)
        if here.char in _CLOSING and not here.latin and ends and (half or here.char in _HANGING):
            if not half:
                yield here.text, here.at
            x, opportunity = 0.0, index + 1
            continue
        carried = chars[opportunity:index] if opportunity <= index else ()
        x = sum(one.width for one in carried) + here.width
        if chars[min(opportunity, index)].char in _OPENING:
            x -= _HALF * here.size
        opportunity = index


def _may_break(before: _Char, here: _Char) -> bool:
    if here.char in _CLOSING or before.char in _OPENING or here.char == " ":
        return False
    return not (before.latin and here.latin) or before.char == " "


def _gap(before: _Char | None, here: _Char) -> float:
    if before is None or before.latin == here.latin or " " in {before.char, here.char}:
        return 0.0
    chinese, latin = (before, here) if here.latin else (here, before)
    marks = chinese.char in _CLOSING or chinese.char in _OPENING
    return 0.0 if marks or not latin.char.isalnum() else _GAP * here.size
