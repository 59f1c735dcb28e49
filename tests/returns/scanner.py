"""Scans of our pages by seed: printed, signed, sealed, worn, and put through an office scanner, a fax or a telephone.

A `Print` is a page on paper at 200 or 300 dots an inch, in blue, green and red; what people do to it is drawn on it in
millimetres from the top left. `captured` then makes a scan of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
import pylopdf_fonts_zh_cn
import pypdfium2
from PIL import Image, ImageDraw, ImageFont

Picture = npt.NDArray[Any]
Random = np.random.Generator

FACE: Final = Path(pylopdf_fonts_zh_cn.__file__).parent / "NotoSerifSC-Regular.otf"
REDS: Final = ((206, 30, 40), (190, 20, 30), (220, 50, 60), (200, 40, 70), (226, 60, 50))
PENS: Final = (((18, 18, 22), 0.95), ((25, 40, 130), 0.92), ((30, 30, 35), 0.88), ((40, 70, 170), 0.88))
STICKERS: Final = ((230, 70, 60), (250, 210, 50), (250, 120, 160), (80, 170, 240))
# How a digit is written: strokes in a box of one by one.
DIGITS: Final[dict[str, list[list[tuple[float, float]]]]] = {
    "0": [[(0.5, 0), (0, 0.2), (0, 0.8), (0.5, 1), (1, 0.8), (1, 0.2), (0.5, 0)]],
    "1": [[(0.3, 0.15), (0.55, 0), (0.5, 1)]],
    "2": [[(0, 0.2), (0.5, 0), (1, 0.3), (0, 1), (1, 1)]],
    "3": [[(0, 0.1), (0.8, 0), (0.4, 0.45), (1, 0.7), (0.5, 1), (0, 0.9)]],
    "4": [[(0.7, 1), (0.7, 0), (0, 0.65), (1, 0.65)]],
    "5": [[(1, 0), (0.1, 0), (0.1, 0.45), (0.8, 0.45), (0.9, 0.85), (0.4, 1), (0, 0.9)]],
    "6": [[(0.8, 0), (0.1, 0.5), (0.1, 0.9), (0.6, 1), (0.9, 0.7), (0.5, 0.5), (0.1, 0.7)]],
    "7": [[(0, 0), (1, 0), (0.4, 1)]],
    "8": [[(0.9, 0.1), (0.2, 0.1), (0.8, 0.6), (0.6, 1), (0.1, 0.8), (0.9, 0.2)]],
    "9": [[(0.9, 0.3), (0.3, 0.5), (0.2, 0.1), (0.8, 0), (0.9, 0.3), (0.7, 1)]],
}


@dataclass(frozen=True, slots=True)
class Machine:
    """What makes the scans: ranges are drawn from evenly, shares are chances."""

    dpi: tuple[int, ...] = (200, 300)
    modes: tuple[float, float, float] = (0.6, 0.35, 0.05)  # colour, grey, bilevel
    skew: float = 1.5
    quality: tuple[int, int] = (60, 90)
    noise: tuple[float, float] = (1, 4)
    warp: float = 0.25  # millimetres
    perspective: float = 0
    shadow: float = 0.05
    turned: float = 0.25
    scale: tuple[float, float] = (0.97, 1.03)
    crop: float = 0.2
    holes: float = 0.12
    fold: float = 0.08
    stain: float = 0.05
    dust: float = 0.3


OFFICE = Machine()
OFFICE_200 = Machine(dpi=(200,), modes=(1, 0, 0))
POOR = Machine(
    dpi=(150, 200), modes=(0.3, 0.5, 0.2), skew=4, quality=(30, 60), noise=(3, 9), warp=0.4, shadow=0.15,
    turned=0.3, scale=(0.95, 1.05), crop=0.35, dust=0.6,
)  # fmt: skip
FAX = Machine(
    dpi=(100, 150), modes=(0.1, 0.6, 0.3), skew=5, quality=(30, 50), noise=(4, 10), warp=0.4, shadow=0.1,
    turned=0.3, scale=(0.95, 1.05), crop=0.4, dust=0.8,
)  # fmt: skip
TELEPHONE = Machine(
    dpi=(130, 150, 170, 200, 240), modes=(0.92, 0.08, 0), skew=5, quality=(50, 90), noise=(2, 8), warp=1.2,
    perspective=0.06, shadow=0.6, turned=0.4, crop=0.05,
)  # fmt: skip
MACHINES: Final = {"office": OFFICE, "poor": POOR, "fax": FAX, "telephone": TELEPHONE}


class Print:
    """A printed page.

    Args:
        picture: our page in shades of grey, at ``dpi``.
        dpi: dots an inch.
    """

    def __init__(self, picture: Picture, dpi: int) -> None:
        self.paper = cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
        self.dpi = dpi
        self.mm = dpi / 25.4

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in millimetres."""
        return self.paper.shape[1] / self.mm, self.paper.shape[0] / self.mm

    def ink(self, alpha: Picture, x: float, y: float, colour: Sequence[int], strength: float = 1.0) -> None:
        """Ink that multiplies with what is below; ``alpha`` from 0 to 1, its top left at x and y in pixels."""
        height, width = alpha.shape
        x, y = round(x), round(y)
        left, top = max(x, 0), max(y, 0)
        right, bottom = min(x + width, self.paper.shape[1]), min(y + height, self.paper.shape[0])
        if right <= left or bottom <= top:
            return
        share = (alpha[top - y : bottom - y, left - x : right - x] * strength)[..., None]
        below = self.paper[top:bottom, left:right].astype(np.float32)
        tint = np.array(colour[::-1], np.float32) / 255
        self.paper[top:bottom, left:right] = np.clip(below * (1 - share * (1 - tint)), 0, 255)

    def lines(self, rng: Random, lines: Sequence[Picture], pen: tuple[Sequence[int], float, float]) -> None:
        """Pen strokes through points in millimetres; a pen is a colour, a strength and a width."""
        colour, strength, width = pen
        points = [line * self.mm for line in lines]
        every = np.concatenate(points)
        left, top = np.floor(every.min(0) - 8).astype(int)
        right, bottom = np.ceil(every.max(0) + 8).astype(int)
        alpha = np.zeros((bottom - top, right - left), np.uint8)
        for line in points:
            thick = max(1, round(width * self.mm * rng.uniform(0.75, 1.25)))
            fixed = ((line - (left, top)) * 8).round().astype(np.int32)
            cv2.polylines(alpha, [fixed], False, 255, thick, cv2.LINE_AA, 3)
        soft = cv2.GaussianBlur(alpha, (0, 0), 0.7).astype(np.float32) / 255
        self.ink(soft, left, top, colour, strength)


@cache
def printed(pdf: bytes, page: int, dpi: int) -> Picture:
    """A page of a PDF, from 1, in shades of grey."""
    document = pypdfium2.PdfDocument(pdf)
    bitmap = document[page - 1].render(scale=dpi / 72, grayscale=True)
    shades = bitmap.to_numpy().reshape(bitmap.height, bitmap.width).copy()
    document.close()
    return shades  # type: ignore[no-any-return]


def curve(rng: Random, begin: Picture, end: Picture, bend: float) -> Picture:
    """A stroke from one point to another, bent by chance."""
    along = end - begin
    aside = np.array([-along[1], along[0]])
    one = begin + along * 0.33 + aside * rng.normal(0, bend)
    two = begin + along * 0.66 + aside * rng.normal(0, bend)
    t = np.linspace(0, 1, 24)[:, None]
    found: Picture = (1 - t) ** 3 * begin + 3 * (1 - t) ** 2 * t * one + 3 * (1 - t) * t**2 * two + t**3 * end
    return found


def a_pen(rng: Random, *, faint: bool = False) -> tuple[Sequence[int], float, float]:
    colour, strength = PENS[rng.integers(len(PENS))]
    width = rng.uniform(0.3, 0.7)
    return (colour, rng.uniform(0.35, 0.55), rng.uniform(0.25, 0.4)) if faint else (colour, strength, width)


Box = tuple[float, float, float, float]


def sign(page: Print, rng: Random, box: Box, *, faint: bool = False) -> None:
    """A signature of two to four characters in a box in millimetres."""
    x0, y0, x1, y1 = box
    count = int(rng.integers(2, 5))
    high = min(max(y1 - y0, 7), rng.uniform(8, 14))
    wide = min((x1 - x0) / count, high * rng.uniform(0.7, 1))
    left = x0 + rng.uniform(0, max(0.1, (x1 - x0) - wide * count))
    top = y0 + (y1 - y0 - high) * rng.uniform(0.2, 0.8) + rng.normal(0, 0.6)
    strokes = []
    for number in range(count):
        origin = np.array([left + number * wide, top + rng.normal(0, 0.06 * high)])
        last = None
        for _ in range(int(rng.integers(4, 9))):
            begin = origin + rng.uniform(0, 1, 2) * (wide * 0.92, high)
            end = origin + rng.uniform(0, 1, 2) * (wide * 0.92, high)
            if last is not None and rng.random() < 0.5:
                begin = last
            strokes.append(curve(rng, begin, end, 0.25))
            last = end
    page.lines(rng, strokes, a_pen(rng, faint=faint))


def write(page: Print, rng: Random, text: str, box: Box, pen: tuple[Sequence[int], float, float]) -> None:
    """Digits by hand in a box in millimetres."""
    x0, y0, x1, y1 = box
    high = min((y1 - y0) * 1.1, rng.uniform(3.5, 6))
    wide = min((x1 - x0) / (len(text) + 0.3), high * 0.6)
    left = x0 + max(0, (x1 - x0 - wide * len(text)) * rng.uniform(0.2, 0.8))
    top = (y0 + y1) / 2 - high / 2 + rng.normal(0, 0.4)
    slant, strokes = rng.uniform(-0.05, 0.3), []
    for number, char in enumerate(text):
        for stroke in DIGITS[char]:
            points = np.array(stroke, float) * (wide * 0.7, high) + rng.normal(
                0, 0.04 * high, (len(stroke), 2)
            )
            points[:, 0] += slant * (high - points[:, 1]) * 0.5
            points += (left + number * wide, top)
            t = np.linspace(0, len(points) - 1, 6 * len(points))
            strokes.append(
                np.stack([np.interp(t, range(len(points)), points[:, axis]) for axis in (0, 1)], 1)
            )
    page.lines(rng, strokes, pen)


@cache
def _char(char: str, pixels: int) -> Image.Image:
    drawn = Image.new("L", (int(pixels * 1.3), int(pixels * 1.5)), 0)
    face = ImageFont.truetype(str(FACE), pixels)
    thick = max(1, pixels // 40)
    ImageDraw.Draw(drawn).text(
        (pixels * 0.15, 0), char, font=face, fill=255, stroke_width=thick, stroke_fill=255
    )
    return drawn


def seal(rng: Random, name: str, millimetres: float, mm: float) -> Picture:
    """A round seal with ring, star and name, unevenly inked: its alpha from 0 to 1."""
    side = int(millimetres * mm) | 1
    radius, middle = side / 2, (side // 2, side // 2)
    drawn = np.zeros((side, side), np.uint8)
    ring = rng.uniform(0.9, 1.4) * mm
    cv2.circle(drawn, middle, int(radius - ring / 2 - 1), 255, max(2, int(ring)), cv2.LINE_AA)
    star = radius * rng.uniform(0.26, 0.34)
    tips = [
        (
            middle[0] + star * (1 if tip % 2 == 0 else 0.382) * math.sin(tip * math.pi / 5),
            middle[1] - star * (1 if tip % 2 == 0 else 0.382) * math.cos(tip * math.pi / 5),
        )
        for tip in range(10)
    ]
    cv2.fillPoly(drawn, [np.array(tips).round().astype(np.int32)], 255, cv2.LINE_AA)
    shown = name[:22]
    span = math.radians(min(290, 18 * len(shown)))
    inner = radius * 0.74
    pixels = max(6, int(min(0.24 * radius, 1.6 * inner * span / max(len(shown), 1))))
    image = Image.fromarray(drawn)
    for number, char in enumerate(shown):
        angle = -span / 2 + span * (number + 0.5) / len(shown)
        letter = _char(char, pixels).rotate(
            -math.degrees(angle), expand=True, resample=Image.Resampling.BICUBIC
        )
        x, y = middle[0] + inner * math.sin(angle), middle[1] - inner * math.cos(angle)
        image.paste(255, (int(x - letter.width / 2), int(y - letter.height / 2)), letter)
    alpha: Picture = np.asarray(image).astype(np.float32) / 255
    alpha = cv2.warpAffine(alpha, cv2.getRotationMatrix2D(middle, rng.normal(0, 12), 1), (side, side))
    coarse = cv2.resize(
        rng.normal(0, 1, (40, 40)).astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC
    )
    fine = cv2.resize(rng.normal(0, 1, (side // 2, side // 2)).astype(np.float32), (side, side))
    alpha = alpha * np.clip(1 - 0.22 * np.maximum(coarse, 0) - 0.18 * np.maximum(fine, 0), 0, 1)
    if rng.random() < 0.3:  # one side pressed less
        angle = rng.uniform(0, 2 * math.pi)
        down, across = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j]
        lean = across * math.cos(angle) + down * math.sin(angle)
        alpha = alpha * np.clip(1 - rng.uniform(0.3, 0.9) * lean, 0, 1).astype(np.float32)
    return alpha


def square_seal(rng: Random, name: str, mm: float) -> Picture:
    """The name seal of a person: its alpha from 0 to 1."""
    side = int(rng.uniform(16, 20) * mm)
    drawn = np.zeros((side, side), np.uint8)
    cv2.rectangle(drawn, (4, 4), (side - 5, side - 5), 255, int(0.9 * mm))
    image = Image.fromarray(drawn)
    for number, char in enumerate(name[:2] + "之印"):
        letter = _char(char, int(side * 0.36))
        corner = (int(side * (0.08 + 0.42 * (number % 2))), int(side * (0.04 + 0.42 * (number // 2))))
        image.paste(255, corner, letter)
    found: Picture = np.asarray(image).astype(np.float32) / 255
    return found


def oval_seal(rng: Random, name: str, mm: float) -> Picture:
    """An oval seal of an office, with two lines of letters: its alpha from 0 to 1."""
    wide, high = int(rng.uniform(38, 45) * mm), int(rng.uniform(26, 30) * mm)
    drawn = np.zeros((high, wide), np.uint8)
    axes = (wide // 2 - int(mm), high // 2 - int(mm))
    cv2.ellipse(drawn, (wide // 2, high // 2), axes, 0, 0, 360, 255, int(1.2 * mm), cv2.LINE_AA)
    image = Image.fromarray(drawn)
    for row, text in enumerate((name[:6], "专用章")):
        for number, char in enumerate(text):
            letter = _char(char, int(4.2 * mm))
            x = wide / 2 + (number - len(text) / 2) * 4.6 * mm
            image.paste(255, (int(x), int(high * (0.28 + 0.3 * row))), letter)
    found: Picture = np.asarray(image).astype(np.float32) / 255
    return found


def put_seals_only(page: Print, rng: Random, box: Box, name: str, kind: str) -> None:
    """Seals of a kind over a region in millimetres, from faint to strong, one a little off the other.

    Args:
        page: the page.
        rng: chance.
        box: the region, where nobody wrote.
        name: on the seals.
        kind: round, oval, square, or several of them.
    """
    kinds = [kind] if kind != "several" else list(rng.permutation(["round", "oval", "square"])[:2])
    for one in kinds:
        at = rng.uniform((box[0], box[1]), (box[2], box[3]))
        if one == "round":
            alpha = seal(rng, name, rng.uniform(38, 45), page.mm)
        else:
            alpha = (oval_seal if one == "oval" else square_seal)(rng, name, page.mm)
        turned = cv2.getRotationMatrix2D((alpha.shape[1] / 2, alpha.shape[0] / 2), rng.normal(0, 8), 1)
        alpha = cv2.warpAffine(alpha, turned, alpha.shape[::-1])
        x, y = at * page.mm - (alpha.shape[1] / 2, alpha.shape[0] / 2)
        page.ink(alpha, x, y, REDS[rng.integers(len(REDS))], rng.uniform(0.25, 1))


def put_seal(
    page: Print, rng: Random, name: str, at: tuple[float, float], *, faint: bool = False, off: float = 4
) -> None:
    """A seal of 38 to 45 mm, its middle near a point in millimetres."""
    alpha = seal(rng, name, rng.uniform(38, 45), page.mm)
    x, y = (middle * page.mm + rng.normal(0, off) * page.mm for middle in at)
    strength = rng.uniform(0.22, 0.4) if faint else rng.uniform(0.6, 1)
    page.ink(alpha, x - alpha.shape[1] / 2, y - alpha.shape[0] / 2, REDS[rng.integers(len(REDS))], strength)


def put_edge_seals(
    pages: Sequence[Print],
    rng: Random,
    name: str,
    *,
    top: float | None = None,
    left_out: frozenset[int] = frozenset(),
    across: float | None = None,
) -> None:
    """A seal over the fanned right edges of pages, a strip on each.

    Args:
        pages: in order.
        rng: chance.
        name: on the seal.
        top: its top from the pages' top in millimetres; by chance where None.
        left_out: pages, from 0, that lay elsewhere and bear no strip.
        across: how wide the seal is in millimetres; by chance where None.
    """
    size = rng.uniform(38, 45)
    alpha = seal(rng, name, size if across is None else across, pages[0].mm)
    side = alpha.shape[1]
    top = rng.uniform(90, 190) if top is None else top
    colour, strength = REDS[rng.integers(len(REDS))], rng.uniform(0.6, 1)
    edges = np.linspace(0, side, len(pages) + 1) + rng.normal(0, 0.02 * side, len(pages) + 1)
    edges[0], edges[-1] = 0, side
    edges = np.sort(edges)
    for number, page in enumerate(pages):
        strip = alpha[:, int(edges[number]) : int(edges[number + 1])]
        if number in left_out or not strip.size:
            continue
        down = (top + rng.normal(0, 0.4)) * page.mm
        page.ink(strip, page.paper.shape[1] - strip.shape[1], down, colour, strength)


def disturb(page: Print, rng: Random, box: Box, name: str) -> str:
    """Something at a signing place that is no signature and no seal; gives what."""
    x0, y0, x1, y1 = box
    middle = np.array([(x0 + x1) / 2 + rng.normal(0, 2), (y0 + y1) / 2])
    what = str(rng.choice(["tick", "dots", "sticker", "stain", "fold", "line", "chop"]))
    if what == "tick":
        elbow, tip = np.add(middle, (1.2, 1.5)), np.add(middle, (4, -3))
        page.lines(
            rng, [curve(rng, middle, elbow, 0.1), curve(rng, elbow, tip, 0.1)], ((70, 70, 75), 0.55, 0.4)
        )
    elif what == "dots":
        for _ in range(int(rng.integers(1, 5))):
            at = rng.uniform((x0, y0), (x1, y1)) * page.mm
            radius = int(rng.uniform(0.15, 0.5) * page.mm)
            cv2.circle(page.paper, (int(at[0]), int(at[1])), radius, (60, 50, 50), -1, cv2.LINE_AA)
    elif what == "sticker":
        wide, high = int(12 * page.mm), int(rng.uniform(6, 12) * page.mm)
        colour = STICKERS[rng.integers(len(STICKERS))]
        full = np.ones((high, wide), np.float32)
        page.ink(
            full, page.paper.shape[1] - wide * rng.uniform(0.5, 1), middle[1] * page.mm - high / 2, colour
        )
        if rng.random() < 0.5:
            page.ink(
                full, x1 * page.mm - wide * 0.6, middle[1] * page.mm - high / 2, colour, rng.uniform(0.6, 1)
            )
    elif what == "stain":
        stain(page, rng, middle)
    elif what == "fold":
        fold(page, rng, middle[1])
    elif what == "line":
        end = np.array([x1, middle[1] + rng.normal(0, 1)])
        page.lines(rng, [curve(rng, np.array([x0, middle[1]]), end, 0.01)], ((30, 30, 40), 0.9, 0.5))
    else:
        alpha = square_seal(rng, name, page.mm)
        x, y = middle * page.mm - alpha.shape[0] / 2
        page.ink(alpha, x, y, REDS[rng.integers(len(REDS))], rng.uniform(0.5, 1))
    return what


def stain(page: Print, rng: Random, middle: Picture) -> None:
    """The ring of a cup."""
    radius = rng.uniform(12, 40) * page.mm
    side = int(2 * radius + 40)
    angle = np.linspace(0, 2 * math.pi, 60)
    wavy = radius * (1 + 0.08 * np.sin(3 * angle + rng.random() * 6) + 0.04 * np.sin(7 * angle))
    outline = (side / 2 + np.stack([wavy * np.cos(angle), wavy * np.sin(angle)], 1)).astype(np.int32)
    drawn: Picture = np.zeros((side, side), np.float32)
    cv2.fillPoly(drawn, [outline], 0.25)
    cv2.polylines(drawn, [outline], True, 0.8, int(rng.uniform(0.8, 2) * page.mm))
    drawn = cv2.GaussianBlur(drawn, (0, 0), 0.5 * page.mm)
    x, y = middle * page.mm - side / 2
    page.ink(drawn, x, y, (150, 100, 50), rng.uniform(0.3, 0.8))


def fold(page: Print, rng: Random, y: float) -> None:
    """A crease across the page, dark or light."""
    rows, columns = page.paper.shape[:2]
    drawn = np.zeros((rows, columns), np.uint8)
    down = y * page.mm
    slope = rng.normal(0, 4) * page.mm
    thick = max(1, int(rng.uniform(0.2, 0.5) * page.mm))
    cv2.line(drawn, (0, int(down)), (columns, int(down + slope)), 255, thick, cv2.LINE_AA)
    crease = (cv2.GaussianBlur(drawn, (0, 0), 2).astype(np.float32) / 255)[..., None]
    change = -page.paper * crease if rng.random() < 0.6 else 160 * crease
    page.paper = np.clip(page.paper + change * rng.uniform(0.1, 0.3), 0, 255).astype(np.uint8)


def worn(page: Print, rng: Random, machine: Machine) -> None:
    """Punched holes, a fold, a stain, dust."""
    width, height = page.size
    if rng.random() < machine.holes:
        count = int(rng.choice([2, 2, 3, 4]))
        for number in range(count):
            y = height / 2 + (number - (count - 1) / 2) * 80
            at = (int((10 + rng.normal(0, 1.5)) * page.mm), int(y * page.mm))
            cv2.circle(page.paper, at, int(3 * page.mm), (60, 60, 60), -1, cv2.LINE_AA)
    if rng.random() < machine.fold:
        fold(page, rng, height * rng.uniform(0.2, 0.8))
    if rng.random() < machine.stain:
        stain(page, rng, rng.uniform((0, 0), (width, height)))
    if rng.random() < machine.dust:
        for _ in range(int(rng.integers(5, 60))):
            spot = rng.uniform((0, 0), page.paper.shape[1::-1])
            shade = int(rng.integers(40, 160))
            radius = int(rng.uniform(0.5, 2.5) * page.dpi / 200)
            cv2.circle(page.paper, (int(spot[0]), int(spot[1])), radius, (shade,) * 3, -1, cv2.LINE_AA)


@dataclass(slots=True)
class Scan:
    """A scan and how it was made."""

    picture: Picture
    dpi: int
    mode: str
    turned: int
    told: dict[str, Any] = field(default_factory=dict)

    def jpeg(self, quality: int = 88) -> bytes:
        return cv2.imencode(".jpg", self.picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def captured(
    page: Print, rng: Random, machine: Machine, *, dpi: int | None = None, mode: str | None = None,
    turned: int | None = None,
) -> Scan:  # fmt: skip
    """A page as a machine sees it."""
    _toner(page, rng)
    worn(page, rng, machine)
    dpi = int(dpi or rng.choice(machine.dpi))
    homography, size = _camera(page, rng, machine, dpi)
    picture = _seen(page, rng, machine, homography, size, dpi)
    light = _light(rng, machine, size)
    exact: Picture = picture.astype(np.float32) * light[..., None]
    exact = (exact - 128) * float(rng.uniform(0.85, 1.05)) + float(128 + rng.uniform(-12, 10))
    exact = cv2.GaussianBlur(exact, (0, 0), rng.uniform(0.3, 0.95 if machine.perspective else 0.75))
    grain = rng.uniform(*machine.noise)
    exact = exact + (rng.standard_normal(size[::-1], dtype=np.float32) * grain)[..., None]
    mode = mode or str(rng.choice(["colour", "grey", "bilevel"], p=machine.modes))
    if mode == "colour":
        half = rng.standard_normal((size[1] // 2 + 1, size[0] // 2 + 1, 3), dtype=np.float32)
        exact = exact + half.repeat(2, 0).repeat(2, 1)[: size[1], : size[0]] * grain * 0.4
        picture = np.clip(exact, 0, 255).astype(np.uint8)
    else:
        shades = np.clip(exact @ np.array([0.114, 0.587, 0.299], np.float32), 0, 255).astype(np.uint8)
        picture = shades
        if mode == "bilevel" and rng.random() < 0.5:
            picture = ((shades > rng.integers(110, 175)) * 255).astype(np.uint8)
        elif mode == "bilevel":
            picture = cv2.adaptiveThreshold(
                shades, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, int(dpi / 6) | 1, 14
            )
    if turned is None:
        turned = int(rng.integers(1, 4)) if rng.random() < machine.turned else 0
    picture = np.ascontiguousarray(np.rot90(picture, turned))
    if mode != "bilevel":
        quality = int(rng.integers(machine.quality[0], machine.quality[1] + 1))
        packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        picture = np.asarray(cv2.imdecode(packed, cv2.IMREAD_UNCHANGED))
    return Scan(picture, dpi, mode, turned)


def _toner(page: Print, rng: Random) -> None:
    """More or less toner, tinted paper, and printing at 95 to 105 % about the middle."""
    gain = rng.uniform(-0.6, 0.8)
    if gain > 0.3:
        fat = cv2.erode(page.paper, np.ones((2, 2), np.uint8))
        page.paper = cv2.addWeighted(page.paper, 1 - gain * 0.6, fat, gain * 0.6, 0)
    tint = (
        np.array([rng.integers(225, 256), rng.integers(232, 256), rng.integers(235, 256)], np.float32) / 255
    )
    page.paper = (page.paper * tint).astype(np.uint8)


def _camera(page: Print, rng: Random, machine: Machine, dpi: int) -> tuple[Picture, tuple[int, int]]:
    """From the page's pixels to those of the scan, and the scan's width and height."""
    rows, columns = page.paper.shape[:2]
    zoom = dpi / page.dpi * (rng.uniform(*machine.scale) if rng.random() < 0.6 else 1.0)
    angle = math.radians(rng.uniform(-machine.skew, machine.skew))
    wide, high = int(columns * dpi / page.dpi), int(rows * dpi / page.dpi)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    if machine.perspective:
        around = rng.uniform(0.02, 0.1)
        corners = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32)
        middle = np.array([columns / 2, rows / 2])
        seen = ((corners - middle) @ turn.T + middle) * dpi / page.dpi + around * np.array([wide, high])
        seen += rng.uniform(-machine.perspective, machine.perspective, (4, 2)) * (wide, high)
        size = (int(wide * (1 + 2 * around)), int(high * (1 + 2 * around)))
        return cv2.getPerspectiveTransform(corners, seen.astype(np.float32)), size
    turn = turn * zoom
    off = (
        np.array([wide / 2, high / 2]) - turn @ (columns / 2, rows / 2) + rng.normal(0, 1, 2) * page.mm * zoom
    )
    found = np.array([[*turn[0], off[0]], [*turn[1], off[1]], [0, 0, 1]])
    if rng.random() < machine.crop:
        gone = rng.uniform(1, 6, 4) * page.mm * dpi / page.dpi
        found = np.array([[1, 0, -gone[0]], [0, 1, -gone[1]], [0, 0, 1]]) @ found
        wide, high = int(wide - gone[0] - gone[2]), int(high - gone[1] - gone[3])
    return found, (wide, high)


def _seen(
    page: Print, rng: Random, machine: Machine, homography: Picture, size: tuple[int, int], dpi: int
) -> Picture:
    """The page through the lens: warped paper on a desk or a scanner's glass."""
    rows, columns = page.paper.shape[:2]
    bend = [
        cv2.resize(
            rng.normal(0, machine.warp * page.mm / 2, (5, 4)).astype(np.float32),
            (columns // 8, rows // 8),
            interpolation=cv2.INTER_CUBIC,
        )
        for _ in range(2)
    ]
    back = np.linalg.inv(homography)
    down, across = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    depth = back[2, 0] * across + back[2, 1] * down + back[2, 2]
    x = ((back[0, 0] * across + back[0, 1] * down + back[0, 2]) / depth).astype(np.float32)
    y = ((back[1, 0] * across + back[1, 1] * down + back[1, 2]) / depth).astype(np.float32)
    moved = [cv2.remap(one, x / 8, y / 8, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE) for one in bend]
    x, y = x + moved[0], y + moved[1]
    source = page.paper if dpi >= page.dpi else cv2.GaussianBlur(page.paper, (0, 0), 0.42 * page.dpi / dpi)
    back_shade = int(rng.integers(20, 140)) if machine.perspective else int(rng.choice([255, 250, 20]))
    ground = (back_shade, int(back_shade * 0.95), int(back_shade * 0.9))
    found = cv2.remap(source, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=ground)
    if machine.perspective:
        desk = (x < 0) | (x >= columns) | (y < 0) | (y >= rows)
        grain = cv2.resize(rng.normal(0, 18, (size[1] // 6 + 1, size[0] // 2 + 1)).astype(np.float32), size)
        found[desk] = np.clip(found[desk].astype(np.float32) + grain[desk][:, None], 0, 255)
    return found


def _light(rng: Random, machine: Machine, size: tuple[int, int]) -> Picture:
    """How bright each point is: a slope of light and the shadow of a hand."""
    small = np.ones((size[1] // 8 + 1, size[0] // 8 + 1), np.float32)
    if rng.random() < machine.shadow:
        angle = rng.uniform(0, 2 * math.pi)
        down, across = np.mgrid[-1 : 1 : small.shape[0] * 1j, -1 : 1 : small.shape[1] * 1j]
        slope = (across * math.cos(angle) + down * math.sin(angle) + 1) / 2
        small *= (1 - rng.uniform(0.05, 0.3) * slope).astype(np.float32)
        if rng.random() < 0.6:
            hand = (rng.uniform(-0.3, 1.3, (4, 2)) * small.shape[::-1]).astype(np.int32)
            shadow = np.zeros_like(small)
            cv2.fillPoly(shadow, [hand], 1)
            small *= 1 - cv2.GaussianBlur(shadow, (0, 0), rng.uniform(2, 12)) * rng.uniform(0.1, 0.4)
    return cv2.resize(small, size)
