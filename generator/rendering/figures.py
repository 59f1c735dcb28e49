"""A programme's figures in templates: ``{{ figure.rd }}``, and the ratio of two, ``{{ figure.rd % figure.sales }}``."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from msgspec.structs import replace

from generator.base.text import percentage
from generator.errors import ProgrammeError
from generator.model.fields import FieldSpec
from generator.model.given_figure import FigureSource, GivenFigure
from generator.model.programme import Programme
from generator.model.value_kinds import Money, Number, Numeric, Share, Stated
from generator.rendering.values import Filler, Missing, Record, Value

NAME: Final = "figure"
CHINESE_NAME: Final = "算法"
_MOST_PLACES: Final = 6


class Figures:
    """A programme's figures by name or title.

    Args:
        record: the rendering's record.
        programme: whose figures.
        source: the figures of the data; None in a blank form.
    """

    __slots__ = ("_names", "_programme", "_record", "_source")

    def __init__(self, record: Record, programme: Programme, source: FigureSource | None) -> None:
        self._record = record
        self._programme = programme
        self._source = source
        self._names = figure_names(programme)

    def __getitem__(self, name: str) -> Value:
        name = self._names[name]
        figure = self._programme.figures[name]
        if self._source is None:
            return LackingFigure(self._record, GivenFigure(figure.title or name, missing=(f"{NAME}.{name}",)))
        given = self._source(name)
        return LackingFigure(self._record, given) if given.missing else FigureValue(self._record, given)

    def __contains__(self, name: str) -> bool:
        return name in self._names


def figure_names(programme: Programme) -> dict[str, str]:
    """A programme's figures by what a tag can write for them: their names, and titles that no other has."""
    titles = [figure.title for figure in programme.figures.values()]
    names = {
        figure.title: name
        for name, figure in programme.figures.items()
        if figure.title and titles.count(figure.title) == 1
    }
    return {**names, **{name: name for name in programme.figures}}


class FigureValue(Value):
    """A figure that the data give."""

    __slots__ = ("given", "places")

    def __init__(self, record: Record, given: GivenFigure, places: int | None = None) -> None:
        spec = FieldSpec(NAME, given.title, "one", kind=given.kind) if given.kind else None
        super().__init__(record, given.text, "", given.number, spec)
        self.given = given
        # Of 甲 % 乙|decimals(2), the decimals are asked of 乙 and meant for the ratio.
        self.places = places
        record.derived.update(given.used)

    def with_text(self, text: str) -> Value:
        """The same figure printed in another way."""
        return FigureValue(self.record, replace(self.given, text=text), self.places)


class LackingFigure(Missing):
    """A figure for which something is missing: what is asked for is the values themselves."""

    __slots__ = ("given",)

    def __init__(self, record: Record, given: GivenFigure) -> None:
        super().__init__(record, given.missing[0], None, "", given.title)
        self.given = given

    def output(self) -> str:
        """As of every missing value, its title marked; what is noted as missing is every value that it takes."""
        self.ask()
        return super().output()

    def ask(self) -> None:
        """Note every value that it takes."""
        if self.record.edition != "blank":
            for path in self.given.missing:
                self.record.missing.setdefault(path, self.record.title(path))


class Ratio(Value):
    """A share of one figure in another, exact; printed as a percentage, cut as in messages."""

    __slots__ = ("of", "part")

    def __init__(self, record: Record, part: int, of: int) -> None:
        super().__init__(record, percentage(part, of))
        self.part = part
        self.of = of


def ratio(part: Any, of: Any) -> Any:
    """The share of a figure in another; missing where either is, or where the other is zero.

    Raises:
        ProgrammeError: they are not two numbers of one sort.
    """
    for side in (part, of):
        if isinstance(side, LackingFigure):
            return side
    if not alike(part.given, of.given):
        raise ProgrammeError(
            f"“{part.given.title}”和“{of.given.title}”不是同一种数，不能算占比", "两边都用金额，或都用个数"
        )
    if of.raw <= 0 or part.raw < 0:
        title = f"{part.given.title}占{of.given.title}的比例（{of.given.title}是 {of.text}，算不出）"
        lacking = GivenFigure(title, missing=(of.given.base or NAME,), base=of.given.base)
        return LackingFigure(part.record, lacking)
    found = Ratio(part.record, part.raw, of.raw)
    return found if of.places is None else decimals(found, of.places)


def alike(part: GivenFigure, of: GivenFigure) -> bool:
    """Whether two figures are numbers of one sort."""
    numbers = part.number is not None and of.number is not None
    return numbers and _sort(part) is _sort(of)


def _sort(figure: GivenFigure) -> type | None:
    return next((kind for kind in (Money, Share, Number) if isinstance(figure.kind, kind)), None)


def decimals(value: Any, places: int = 2) -> Any:
    """A ratio or a number with so many decimals, rounded half up (GB/T 8170): ``{{ 甲 % 乙|decimals(1) }}``.

    Raises:
        ProgrammeError: it is no number, or the number of places is none.
    """
    if isinstance(value, (Missing, Filler)) or (isinstance(value, Value) and isinstance(value.raw, Stated)):
        return value
    if type(places) is not int or not 0 <= places <= _MOST_PLACES:
        raise ProgrammeError("decimals() 的小数位数不对", f"写 0 到 {_MOST_PLACES} 的整数")
    step = Decimal(1).scaleb(-places)
    if isinstance(value, Ratio):
        exact = Decimal(value.part) * 100 / Decimal(value.of)
        return value.with_text(f"{exact.quantize(step, ROUND_HALF_UP):f}%")
    kind = value.spec.kind if isinstance(value, Value) and value.spec else None
    if (
        not isinstance(value, Value)
        or type(value.raw) is not int
        or (value.spec and not isinstance(kind, Numeric))
    ):
        raise ProgrammeError("decimals 只能用于数和占比", "改为对算法、金额或占比使用")
    scale = kind.scale if isinstance(kind, Numeric) else 1
    exact = Decimal(value.raw) / scale
    text = f"{exact.quantize(step, ROUND_HALF_UP):f}"
    if isinstance(value, FigureValue):
        return FigureValue(value.record, replace(value.given, text=text), places)
    return value.with_text(text)
