"""The outlines of shapes: those that Word names, and those that a document draws itself in DrawingML or VML."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

from generator.base.ooxml.xml import A, Element, number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from generator.pdf.docx.tree import PathStep

    Path = tuple[PathStep, ...]
    _Maker = Callable[[float, float, Mapping[str, float]], Path]

_ROUND: Final = 0.5523  # of a radius: how far the control points of a quarter of a circle stand from its ends
_WHOLE: Final = 100_000  # of an adjustment in DrawingML
_DEGREE: Final = 60_000


def polygon(*points: tuple[float, float], closed: bool = True) -> Path:
    """Straight lines through points."""
    first, *others = points
    steps: list[PathStep] = [("m", *first), *(("l", *point) for point in others)]
    return (*steps, ("z",)) if closed else tuple(steps)


def ellipse(x: float, y: float, width: float, height: float) -> Path:
    """An ellipse in a rectangle."""
    return rounded(x, y, width, height, width / 2, height / 2)


def rounded(x: float, y: float, width: float, height: float, across: float, down: float) -> Path:
    """A rectangle with round corners of given radii."""
    right, lower, k = x + width, y + height, 1 - _ROUND
    return (
        ("m", x + across, y),
        ("l", right - across, y),
        ("c", right - across * k, y, right, y + down * k, right, y + down),
        ("l", right, lower - down),
        ("c", right, lower - down * k, right - across * k, lower, right - across, lower),
        ("l", x + across, lower),
        ("c", x + across * k, lower, x, lower - down * k, x, lower - down),
        ("l", x, y + down),
        ("c", x, y + down * k, x + across * k, y, x + across, y),
        ("z",),
    )


# -- outlines that Word names -----------------------------------------------------------------------------------


def _share(adjusted: Mapping[str, float], name: str, default: float) -> float:
    return adjusted.get(name, default * _WHOLE) / _WHOLE


def _round_rectangle(w: float, h: float, adjusted: Mapping[str, float]) -> Path:
    radius = min(_share(adjusted, "adj", 0.16667), 0.5) * min(w, h)
    return rounded(0, 0, w, h, radius, radius)


def _right_arrow(w: float, h: float, adjusted: Mapping[str, float]) -> Path:
    inner = h * (1 - min(_share(adjusted, "adj1", 0.5), 1)) / 2
    neck = max(w - min(w, h) * _share(adjusted, "adj2", 0.5), 0)
    points = ((0, inner), (neck, inner), (neck, 0), (w, h / 2), (neck, h), (neck, h - inner), (0, h - inner))
    return polygon(*points)


def _down_arrow(w: float, h: float, adjusted: Mapping[str, float]) -> Path:
    return _swapped(_right_arrow(h, w, adjusted))


def _swapped(path: Path) -> Path:
    """A path mirrored along the diagonal: what runs across runs down."""
    return tuple(
        (step[0], *(value for x, y in zip(step[1::2], step[2::2], strict=True) for value in (y, x)))
        for step in path
    )


def _mirrored(path: Path, width: float) -> Path:
    return tuple(
        (step[0], *(value if at % 2 else width - float(value) for at, value in enumerate(step[1:])))
        for step in path
    )


def _left_bracket(w: float, h: float, adjusted: Mapping[str, float]) -> Path:
    down = min(min(w, h) * _share(adjusted, "adj", 0.08333), h / 2)
    k = 1 - _ROUND
    return (
        ("m", w, 0),
        ("c", w * k, 0, 0, down * k, 0, down),
        ("l", 0, h - down),
        ("c", 0, h - down * k, w * k, h, w, h),
    )


def _left_brace(w: float, h: float, adjusted: Mapping[str, float]) -> Path:
    at = min(max(_share(adjusted, "adj2", 0.5), 0.0), 1.0)
    down = min(min(w, h) * _share(adjusted, "adj1", 0.08333), h * min(at, 1 - at) / 2)
    middle, k, half = h * at, 1 - _ROUND, w / 2
    return (
        ("m", w, 0),
        ("c", w - half * _ROUND, 0, half, down * k, half, down),
        ("l", half, middle - down),
        ("c", half, middle - down * k, half * _ROUND, middle, 0, middle),
        ("c", half * _ROUND, middle, half, middle + down * k, half, middle + down),
        ("l", half, h - down),
        ("c", half, h - down * k, w - half * _ROUND, h, w, h),
    )


def _pair(left: Callable[[float, float, Mapping[str, float]], Path], share: float) -> _Maker:
    """A bracket at the left and its mirror image at the right."""

    def both(w: float, h: float, _: Mapping[str, float]) -> Path:
        wide = min(w, h) * share
        one = left(wide, h, {})
        return (*one, *_mirrored(one, w))

    return both


def _callout(w: float, h: float, adjusted: Mapping[str, float]) -> Path:
    x = w * (0.5 + _share(adjusted, "adj1", -0.20833))
    y = h * (0.5 + _share(adjusted, "adj2", 0.625))
    across = abs(x - w / 2) / max(w, 1) > abs(y - h / 2) / max(h, 1)
    lower, late = y > h / 2, x > w / 2
    if across:
        base = h * (7 / 12 if lower else 2 / 12)
        tip = ((w if late else 0, base), (x, y), (w if late else 0, base + h * 3 / 12))
        if late:
            return polygon((0, 0), (w, 0), *tip, (w, h), (0, h))
        return polygon((0, 0), (w, 0), (w, h), (0, h), *reversed(tip))
    base = w * (7 / 12 if late else 2 / 12)
    tip = ((base, h if lower else 0), (x, y), (base + w * 3 / 12, h if lower else 0))
    if lower:
        return polygon((0, 0), (w, 0), (w, h), *reversed(tip), (0, h))
    return polygon((0, 0), *tip, (w, 0), (w, h), (0, h))


def _star(count: int, inner: float) -> _Maker:
    def made(w: float, h: float, _: Mapping[str, float]) -> Path:
        angles = (math.pi * (at / count - 0.5) for at in range(2 * count))
        rays = (
            (math.cos(angle) * reach, math.sin(angle) * reach)
            for angle, reach in zip(angles, (1.0, inner) * count, strict=True)
        )
        # Of the circle around it a star of five rays does not reach all sides; the shape does.
        points = list(rays)
        low, high = [[pick(at) for at in zip(*points, strict=True)] for pick in (min, max)]
        return polygon(
            *(
                (w * (x - low[0]) / (high[0] - low[0]), h * (y - low[1]) / (high[1] - low[1]))
                for x, y in points
            )
        )

    return made


def _shares(*points: tuple[float, float], closed: bool = True) -> _Maker:
    """Straight lines through points that are given as shares of the width and height."""
    return lambda w, h, _: polygon(*((w * x, h * y) for x, y in points), closed=closed)


def _parallelogram(w: float, h: float, adjusted: Mapping[str, float]) -> Path:
    over = min(min(w, h) * _share(adjusted, "adj", 0.25), w)
    return polygon((0, h), (over, 0), (w, 0), (w - over, h))


def _trapezoid(w: float, h: float, adjusted: Mapping[str, float]) -> Path:
    over = min(min(w, h) * _share(adjusted, "adj", 0.25), w / 2)
    return polygon((0, h), (over, 0), (w - over, 0), (w, h))


def _hexagon(w: float, h: float, adjusted: Mapping[str, float]) -> Path:
    over = min(min(w, h) * _share(adjusted, "adj", 0.25), w / 2)
    return polygon((0, h / 2), (over, 0), (w - over, 0), (w, h / 2), (w - over, h), (over, h))


def _pentagon_arrow(w: float, h: float, adjusted: Mapping[str, float]) -> Path:
    neck = max(w - min(w, h) * _share(adjusted, "adj", 0.5), 0)
    return polygon((0, 0), (neck, 0), (w, h / 2), (neck, h), (0, h))


def _chevron(w: float, h: float, adjusted: Mapping[str, float]) -> Path:
    over = min(min(w, h) * _share(adjusted, "adj", 0.5), w)
    return polygon((0, 0), (w - over, 0), (w, h / 2), (w - over, h), (0, h), (over, h / 2))


def _triangle(w: float, h: float, adjusted: Mapping[str, float]) -> Path:
    return polygon((w * _share(adjusted, "adj", 0.5), 0), (w, h), (0, h))


def _bent(w: float, h: float, adjusted: Mapping[str, float]) -> Path:
    x = w * _share(adjusted, "adj1", 0.5)
    return polygon((0, 0), (x, 0), (x, h), (w, h), closed=False)


def _two_headed(w: float, h: float, adjusted: Mapping[str, float]) -> Path:
    inner = h * (1 - min(_share(adjusted, "adj1", 0.5), 1)) / 2
    head = min(min(w, h) * _share(adjusted, "adj2", 0.5), w / 2)
    return polygon(
        (0, h / 2), (head, 0), (head, inner), (w - head, inner), (w - head, 0), (w, h / 2), (w - head, h),
        (w - head, h - inner), (head, h - inner), (head, h),
    )  # fmt: skip


_RECTANGLE: Final = _shares((0, 0), (1, 0), (1, 1), (0, 1))
_LINE: Final = _shares((0, 0), (1, 1), closed=False)
_NAMED: Final[dict[str, _Maker]] = {
    "rect": _RECTANGLE,
    "flowChartProcess": _RECTANGLE,
    "line": _LINE,
    "straightConnector1": _LINE,
    "bentConnector2": _shares((0, 0), (1, 0), (1, 1), closed=False),
    "bentConnector3": _bent,
    "ellipse": lambda w, h, _: ellipse(0, 0, w, h),
    "flowChartConnector": lambda w, h, _: ellipse(0, 0, w, h),
    "donut": lambda w, h, _: (
        *ellipse(0, 0, w, h),
        *ellipse(min(w, h) / 4, min(w, h) / 4, w - min(w, h) / 2, h - min(w, h) / 2),
    ),
    "roundRect": _round_rectangle,
    "flowChartAlternateProcess": _round_rectangle,
    "flowChartTerminator": lambda w, h, _: rounded(0, 0, w, h, min(w, h) / 2, min(w, h) / 2),
    "triangle": _triangle,
    "flowChartExtract": _shares((0.5, 0), (1, 1), (0, 1)),
    "flowChartMerge": _shares((0, 0), (1, 0), (0.5, 1)),
    "rtTriangle": _shares((0, 0), (1, 1), (0, 1)),
    "diamond": _shares((0.5, 0), (1, 0.5), (0.5, 1), (0, 0.5)),
    "flowChartDecision": _shares((0.5, 0), (1, 0.5), (0.5, 1), (0, 0.5)),
    "parallelogram": _parallelogram,
    "flowChartInputOutput": _shares((0.2, 0), (1, 0), (0.8, 1), (0, 1)),
    "flowChartManualOperation": _shares((0, 0), (1, 0), (0.8, 1), (0.2, 1)),
    "flowChartManualInput": _shares((0, 0.2), (1, 0), (1, 1), (0, 1)),
    "flowChartPreparation": _shares((0, 0.5), (0.2, 0), (0.8, 0), (1, 0.5), (0.8, 1), (0.2, 1)),
    "flowChartPredefinedProcess": lambda w, h, _: (
        *polygon((0, 0), (w, 0), (w, h), (0, h)),
        *polygon((w / 8, 0), (w / 8, h), closed=False),
        *polygon((w * 7 / 8, 0), (w * 7 / 8, h), closed=False),
    ),
    "trapezoid": _trapezoid,
    "hexagon": _hexagon,
    "homePlate": _pentagon_arrow,
    "chevron": _chevron,
    "rightArrow": _right_arrow,
    "leftArrow": lambda w, h, adjusted: _mirrored(_right_arrow(w, h, adjusted), w),
    "downArrow": _down_arrow,
    "upArrow": lambda w, h, adjusted: _swapped(_mirrored(_right_arrow(h, w, adjusted), h)),
    "leftRightArrow": _two_headed,
    "upDownArrow": lambda w, h, adjusted: _swapped(_two_headed(h, w, adjusted)),
    "leftBracket": _left_bracket,
    "rightBracket": lambda w, h, adjusted: _mirrored(_left_bracket(w, h, adjusted), w),
    "leftBrace": _left_brace,
    "rightBrace": lambda w, h, adjusted: _mirrored(_left_brace(w, h, adjusted), w),
    "bracketPair": _pair(_left_bracket, 0.16667),
    "bracePair": _pair(_left_brace, 0.16667),
    "wedgeRectCallout": _callout,
    "star5": _star(5, 0.382),
    "star4": _star(4, 0.25),
    "plus": _shares(
        (0.25, 0), (0.75, 0), (0.75, 0.25), (1, 0.25), (1, 0.75), (0.75, 0.75), (0.75, 1), (0.25, 1),
        (0.25, 0.75), (0, 0.75), (0, 0.25), (0.25, 0.25),
    ),
    "octagon": _shares(
        (0.29, 0), (0.71, 0), (1, 0.29), (1, 0.71), (0.71, 1), (0.29, 1), (0, 0.71), (0, 0.29)
    ),
    "pentagon": _shares((0.5, 0), (1, 0.382), (0.81, 1), (0.19, 1), (0, 0.382)),
}  # fmt: skip


def named_outline(name: str, width: float, height: float, adjusted: Mapping[str, float]) -> Path | None:
    """The outline that Word calls by a name (``a:prstGeom``); None for one that is not on the list.

    Args:
        name: as ``roundRect``.
        width: of the shape, points.
        height: likewise.
        adjusted: what the shape says of its handles, by name.
    """
    maker = _NAMED.get(name)
    return maker(width, height, adjusted) if maker is not None else None


# -- outlines that the document draws ---------------------------------------------------------------------------


def own_outline(geometry: Element, width: float, height: float) -> Path | None:
    """The outline of an ``a:custGeom``; None where it needs formulas that are not worked out."""
    found: list[PathStep] = []
    for path in geometry.iter(A + "path"):
        wide, high = number(path.get("w")) or 1.0, number(path.get("h")) or 1.0
        across, down = width / wide, height / high
        at = (0.0, 0.0)
        for step in path:
            name = step.tag.rpartition("}")[2]
            points = []
            for point in step.findall(A + "pt"):
                x, y = point.get("x", ""), point.get("y", "")
                if not (_is_number(x) and _is_number(y)):
                    return None
                points.append((float(x) * across, float(y) * down))
            if name == "arcTo":
                values = [step.get(key, "") for key in ("wR", "hR", "stAng", "swAng")]
                if not all(map(_is_number, values)):
                    return None
                rx, ry, start, sweep = map(float, values)
                steps = list(
                    arc(
                        at,
                        rx * across,
                        ry * down,
                        math.radians(start / _DEGREE),
                        math.radians(sweep / _DEGREE),
                    )
                )
                found += steps
                at = (float(steps[-1][-2]), float(steps[-1][-1])) if steps else at
                continue
            letter = {"moveTo": "m", "lnTo": "l", "cubicBezTo": "c", "quadBezTo": "q", "close": "z"}.get(name)
            if letter is None:
                return None
            if letter == "q":
                (x0, y0), (x1, y1), (x2, y2) = at, points[0], points[1]
                points = [
                    (x0 + 2 / 3 * (x1 - x0), y0 + 2 / 3 * (y1 - y0)),
                    (x2 + 2 / 3 * (x1 - x2), y2 + 2 / 3 * (y1 - y2)),
                    (x2, y2),
                ]
                letter = "c"
            found.append((letter, *(value for point in points for value in point)))
            at = points[-1] if points else at
    return tuple(found)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?\d{1,9}(\.\d+)?", text) is not None


def arc(
    start: tuple[float, float], across: float, down: float, angle: float, sweep: float
) -> Iterator[PathStep]:
    """A part of an ellipse as curves of at most a quarter each, from a point on it at an angle; radians, clockwise."""
    count = max(math.ceil(abs(sweep) / (math.pi / 2) - 1e-9), 1)
    step = sweep / count
    handle = 4 / 3 * math.tan(step / 4)
    cx, cy = start[0] - across * math.cos(angle), start[1] - down * math.sin(angle)
    for at in range(min(count, 16)):
        a, b = angle + at * step, angle + (at + 1) * step
        yield (
            "c",
            cx + across * (math.cos(a) - handle * math.sin(a)),
            cy + down * (math.sin(a) + handle * math.cos(a)),
            cx + across * (math.cos(b) + handle * math.sin(b)),
            cy + down * (math.sin(b) - handle * math.cos(b)),
            cx + across * math.cos(b),
            cy + down * math.sin(b),
        )


_VML_STEP: Final = re.compile(r"([a-z]+)|(-?\d+(?:\.\d+)?)|(,)|(\S)")
_VML_POINTS: Final = {"m": 1, "l": 1, "r": 1, "c": 3, "v": 3, "t": 1}
_VML_SILENT: Final = frozenset({"nf", "ns", "e", "x"})


def vml_outline(path: str, origin: tuple[float, float], scale: tuple[float, float]) -> Path | None:
    """The outline of a VML ``path``; None where it holds formulas or steps that are not on the list.

    Args:
        path: as ``m,l9345,0xe``; a number that is left out is 0.
        origin: the coordinates of the shape's upper left corner.
        scale: points to a unit, across and down.
    """
    found: list[PathStep] = []
    at = (0.0, 0.0)
    for letter, numbers in _vml_steps(path):
        if letter == "x":
            found.append(("z",))
        if letter in _VML_SILENT:
            continue
        count = _VML_POINTS.get(letter)
        if count is None or numbers is None:
            return None
        values = [*numbers, *[0.0] * (-len(numbers) % 2)] or [0.0, 0.0]
        points = list(zip(values[::2], values[1::2], strict=True))
        if len(points) % count:
            return None
        for group in (points[n : n + count] for n in range(0, len(points), count)):
            moved = [(at[0] + x, at[1] + y) if letter in "rvt" else (x, y) for x, y in group]
            at = moved[-1]
            name = {"r": "l", "v": "c", "t": "m"}.get(letter, letter)
            if name == "m" and found and found[-1][0] == "m" and letter == "m" and len(points) > 1:
                name = "l"
            found.append(
                (
                    name,
                    *(
                        value
                        for x, y in moved
                        for value in ((x - origin[0]) * scale[0], (y - origin[1]) * scale[1])
                    ),
                )
            )
    return tuple(found)


def _vml_steps(path: str) -> Iterator[tuple[str, list[float] | None]]:
    """The letters of a path, each with the numbers that follow it; None where there is something else."""
    letter, wanted, strange = "", True, False
    numbers: list[float] = []
    for word, figure, comma, other in _VML_STEP.findall(path):
        if word:
            if letter:
                yield letter, None if strange else numbers
            # Steps may stand without a space: “xe” closes and ends.
            *before, letter = _letters(word)
            for one in before:
                yield one, []
            numbers, wanted, strange = [], True, False
        elif figure:
            numbers.append(float(figure))
            wanted = False
        elif comma:
            if wanted:
                numbers.append(0.0)
            wanted = True
        else:
            strange = bool(other) or strange
    if letter:
        yield letter, None if strange else numbers


def _letters(word: str) -> list[str]:
    return re.findall(r"nf|ns|ae|al|at|ar|wa|wr|qx|qy|qb|h[a-i]|[a-z]", word) or [word]
