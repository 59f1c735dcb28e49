"""The kinds of value that a field can hold: how each is read from text, kept, and printed.

A kind is declared once and serves every use: the model's validation, the JSON Schema, the workbook's cell
checks, the messages and the documents. Kept values are exact: money is an integer of 分 (or cents), a
share an integer of 万分之一, a date a date. ``无`` in a field of numbers is kept as ``NONE``: stated as
none, which is not the same as absent (None) or zero.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, Final

from msgspec import Struct
from pydantic_core import core_schema

from generator.base.characters import BadValueError, check_characters
from generator.model.rich_text import RichText

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue


class Stated(Enum):
    """A value that was stated to be none, as against one that is absent."""

    NONE = "无"


NONE: Final = Stated.NONE
NONE_TEXTS: Final = frozenset({"无", "没有", "none", "n/a", "／", "/", "-", "—", "——"})
# A dash or stroke alone, whichever character was typed for it, says that there is nothing.
_STROKES = re.compile(r"[-‐‑‒–—―─−－_/／\\~～]{1,4}")


def says_none(text: str) -> bool:
    """Whether a text states that there is none: 无, 没有, a dash or a stroke."""
    plain = text.strip().lower().rstrip("。")
    return plain in NONE_TEXTS or _STROKES.fullmatch(plain) is not None


def _tidy(text: str) -> str:
    """A typed value's text with full-width forms folded and outer white space removed."""
    return unicodedata.normalize("NFKC", text).strip()


class Kind(Struct, frozen=True):
    """How one kind of value is read, kept and printed. A subclass's methods raise what is said here.

    Attributes:
        name: the name in ``programme.yaml``.
        title: the kind's Chinese name, for messages and cell notes.
        unit: the unit that a bare number has and that labels show; empty where there is none.
        options: the allowed texts, for a choice.
    """

    name: ClassVar[str] = "text"
    title: ClassVar[str] = "文字"
    unit: str = ""
    options: tuple[str, ...] = ()

    def read(self, text: str) -> Any:
        """The value that a text stands for.

        Raises:
            BadValueError: the text cannot be read as this kind.
        """
        check_characters(text)
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def write(self, value: Any) -> str:
        """A text that reads back as the same value."""
        return value.value if isinstance(value, Stated) else str(value)

    def show(self, value: Any) -> str:
        """The value as a document prints it, without its unit."""
        return value.value if isinstance(value, Stated) else str(value)

    def for_condition(self, value: Any) -> bool | int | str | datetime:
        """The value as conditions get it: no floats, no nulls; stated none is zero or the empty text."""
        return "" if isinstance(value, Stated) else str(value)

    def accepts(self, value: Any) -> bool:
        """Whether a value that is not text is already a kept value of this kind."""
        return isinstance(value, (str, Stated))

    def json_schema(self) -> dict[str, Any]:
        """The JSON Schema of the texts and numbers that a data file may give."""
        return {"type": "string"}

    def validate(self, value: Any) -> Any:
        """Read a text, or pass a kept value through; pydantic calls it.

        Raises:
            BadValueError: the text cannot be read as this kind, or the value is none of it.
        """
        if isinstance(value, str):
            return self.read(value)
        if self.accepts(value):
            return value
        raise BadValueError(f"不是{self.title}", f"填写{self.title}")

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.validate)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return self.json_schema()


class Text(Kind, frozen=True):
    """Any text, kept character for character (line ends become U+000A)."""


class LongText(Kind, frozen=True):
    """A text of paragraphs; each line is a paragraph in the documents."""

    name: ClassVar[str] = "long_text"
    title: ClassVar[str] = "一段或多段文字"

    def validate(self, value: Any) -> Any:
        """As of every kind; a text that has been read with its blocks stays so."""
        return value if isinstance(value, RichText) else Kind.validate(self, value)


_NUMBER = re.compile(r"([+-]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(\.[0-9]+)?\s*([^0-9]*)")
_MAX_DIGITS = 15
_MAX_DECIMALS = 11
# CEL computes in 64 bits: the sum of a hundred such values, multiplied by a hundred, still fits.
_MAX_VALUE = 10**14 * 9


def _number(text: str, units: Mapping[str, int], scale: int, kind: Numeric, finest: str) -> int:
    """An exact number of the finest unit from a text such as ``1,200.5万元``."""
    match = _NUMBER.fullmatch(_tidy(text))
    example = kind.examples + (f"（单位：{kind.unit}）" if kind.unit else "")
    if not match:
        raise BadValueError(f"不是{kind.title}", f"只填写数字，{example}")
    sign, whole, fraction, unit = match.groups()
    if unit and unit not in units:
        raise BadValueError(f"单位“{unit}”不可用", f"使用单位{'、'.join(units)}，或只填数字")
    digits = whole.replace(",", "").lstrip("0") or "0"
    decimals = (fraction or "").rstrip("0")
    if len(digits) > _MAX_DIGITS:
        raise BadValueError("数字过大", "核对位数和单位")
    # Longer than this and the product would be rounded: no unit has so many decimals anyway.
    fits = len(decimals) <= _MAX_DECIMALS
    exact = Decimal(digits + decimals) * (units[unit] if unit else scale) if fits else Decimal("0.1")
    if exact != exact.to_integral_value():
        raise BadValueError(f"小数位过多，最细到{finest}", f"核对数值，{example}")
    if exact > _MAX_VALUE:
        raise BadValueError("数字过大", "核对位数和单位")
    return -int(exact) if sign == "-" else int(exact)


def plain_decimal(value: int, scale: int, places: int) -> str:
    """``value / scale`` written exactly, with at least so many decimal places.

    Args:
        value: an integer of the finest unit.
        scale: a power of ten: how many finest units make one.
        places: the fewest decimals; more are written where the value needs them.
    """
    width = len(str(scale)) - 1
    whole, rest = divmod(abs(value), scale)
    decimals = f"{rest:0{width}d}".rstrip("0").ljust(places, "0") if width else ""
    return f"{'-' if value < 0 else ''}{whole}{'.' + decimals if decimals else ''}"


class Numeric(Kind, frozen=True):
    """What the kinds share that keep an integer and can be stated as none (无).

    Attributes:
        examples: numbers as they may be typed, for messages.
    """

    examples: ClassVar[str] = "如 1200 或 1200.50"

    @property
    def scale(self) -> int:
        """How many kept units make one of the field's unit."""
        return 1

    def accepts(self, value: Any) -> bool:
        """An integer, or stated none."""
        return isinstance(value, Stated) or (isinstance(value, int) and not isinstance(value, bool))

    def for_condition(self, value: Any) -> bool | int | str | datetime:
        """The integer kept; zero where stated as none."""
        return 0 if isinstance(value, Stated) else int(value)

    def json_schema(self) -> dict[str, Any]:
        """A number or its text."""
        return {"type": ["number", "string"]}


class Count(Numeric, frozen=True):
    """A whole number that is not negative: people, units, platforms."""

    name: ClassVar[str] = "count"
    title: ClassVar[str] = "整数"
    examples: ClassVar[str] = "如 12"

    def read(self, text: str) -> Any:
        """A whole number, its measure word allowed after it (12人)."""
        check_characters(text)
        if says_none(_tidy(text)):
            return NONE
        units = {
            word: 1 for word in (self.unit, "人", "个", "家", "项", "次", "台", "件", "岁", "年") if word
        }
        number = _number(text, units, 1, self, "个位")
        if number < 0:
            raise BadValueError("不能是负数", "填写零或正整数")
        return number


MONEY_UNITS: Final = {
    "元": 100,
    "百元": 10_000,
    "千元": 100_000,
    "万元": 1_000_000,
    "十万元": 10_000_000,
    "百万元": 100_000_000,
    "千万元": 1_000_000_000,
    "亿元": 10_000_000_000,
}
DOLLAR_UNITS: Final = {
    "美元": 100,
    "千美元": 100_000,
    "万美元": 1_000_000,
    "百万美元": 100_000_000,
    "亿美元": 10_000_000_000,
}


class Money(Numeric, frozen=True):
    """An amount of money, kept in 分 (of dollars: in cents). The unit is what a bare number counts in."""

    name: ClassVar[str] = "money"
    title: ClassVar[str] = "金额"
    unit: str = "万元"

    @property
    def units(self) -> dict[str, int]:
        """The units of the same currency, each with its worth in 分 or cents."""
        return DOLLAR_UNITS if self.unit in DOLLAR_UNITS else MONEY_UNITS

    @property
    def scale(self) -> int:
        """分 or cents in one of the field's unit."""
        return self.units[self.unit]

    def read(self, text: str) -> Any:
        """An exact amount; a unit of the same currency may follow the number."""
        check_characters(text)
        if says_none(_tidy(text)):
            return NONE
        return _number(text, self.units, self.units[self.unit], self, "分")

    def write(self, value: Any) -> str:
        """The amount in the kind's unit, as short as it can be."""
        return value.value if isinstance(value, Stated) else plain_decimal(value, self.units[self.unit], 0)

    def show(self, value: Any) -> str:
        """The amount in the kind's unit with at least two decimals, never rounded."""
        return value.value if isinstance(value, Stated) else plain_decimal(value, self.units[self.unit], 2)


class Share(Numeric, frozen=True):
    """A percentage, kept in 万分之一 (hundredths of a percent)."""

    name: ClassVar[str] = "share"
    title: ClassVar[str] = "百分比"
    examples: ClassVar[str] = "如 35 或 35.5"
    unit: str = "%"

    @property
    def scale(self) -> int:
        """万分之一 in a percent."""
        return 100

    def read(self, text: str) -> Any:
        """A percentage with at most two decimals; the sign may be left out."""
        check_characters(text)
        if says_none(_tidy(text)):
            return NONE
        return _number(text, {"%": 100}, 100, self, "0.01%")

    def write(self, value: Any) -> str:
        """The percentage with its sign."""
        return value.value if isinstance(value, Stated) else plain_decimal(value, 100, 0) + "%"

    def show(self, value: Any) -> str:
        """The percentage without its sign, as short as it can be."""
        return value.value if isinstance(value, Stated) else plain_decimal(value, 100, 0)


_PARTS_OF_ONE: Final = 10_000


class Number(Numeric, frozen=True):
    """A number with at most four decimals, kept in 万分之一 of one."""

    name: ClassVar[str] = "number"
    title: ClassVar[str] = "数（可以有小数）"

    @property
    def scale(self) -> int:
        """万分之一 in one."""
        return _PARTS_OF_ONE

    def read(self, text: str) -> Any:
        """A number, its unit allowed after it (12.5吨)."""
        check_characters(text)
        if says_none(_tidy(text)):
            return NONE
        units = {self.unit: _PARTS_OF_ONE} if self.unit else {}
        return _number(text, units, _PARTS_OF_ONE, self, "0.0001")

    def write(self, value: Any) -> str:
        """The number, as short as it can be."""
        return value.value if isinstance(value, Stated) else plain_decimal(value, _PARTS_OF_ONE, 0)

    def show(self, value: Any) -> str:
        """The number without its unit, as short as it can be."""
        return value.value if isinstance(value, Stated) else plain_decimal(value, _PARTS_OF_ONE, 0)


class Year(Numeric, frozen=True):
    """A calendar year."""

    name: ClassVar[str] = "year"
    title: ClassVar[str] = "年份"

    def read(self, text: str) -> Any:
        """Four digits, 年 and 年度 allowed after them."""
        check_characters(text)
        match = re.fullmatch(r"(19\d\d|20\d\d|21\d\d)\s*(年|年度)?", _tidy(text))
        if not match:
            raise BadValueError("不是年份", "填写四位年份，如 2025")
        return int(match[1])


_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]00:00(?::00)?)?")


class Date(Kind, frozen=True):
    """A calendar date."""

    name: ClassVar[str] = "date"
    title: ClassVar[str] = "日期"

    def read(self, text: str) -> Any:
        """``2026-03-01``, ``2026/3/1``, ``2026.3.1`` or ``2026年3月1日``."""
        check_characters(text)
        match = _DATE.fullmatch(_tidy(text))
        remedy = "按 2026-03-01 或 2026年3月1日 的样子填写"
        if not match:
            raise BadValueError("不是日期", remedy)
        try:
            return date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            raise BadValueError("不是存在的日期", remedy) from None

    def write(self, value: Any) -> str:
        """ISO 8601."""
        return str(value.isoformat())

    def show(self, value: Any) -> str:
        """2026年3月1日, months and days without leading zeros (GB/T 9704-2012, 7.3.5.5)."""
        return f"{value.year}年{value.month}月{value.day}日"

    def for_condition(self, value: Any) -> bool | int | str | datetime:
        """Midnight UTC of the day."""
        return datetime(value.year, value.month, value.day, tzinfo=UTC)

    def accepts(self, value: Any) -> bool:
        """A date without a time."""
        return isinstance(value, date) and not isinstance(value, datetime)

    def json_schema(self) -> dict[str, Any]:
        """A text; YAML dates stay text."""
        return {"type": "string", "examples": ["2026-03-01"]}


_YES = frozenset({"是", "有", "对", "√", "☑", "✓", "✔", "v", "true", "yes", "y", "1"})
_NO = frozenset({"否", "无", "没有", "不是", "×", "x", "□", "☐", "false", "no", "n", "0"})


class Flag(Kind, frozen=True):
    """Yes or no.

    Attributes:
        blank_is_no: whether a form that says nothing says no, as with what is rare (an organisation from abroad).
    """

    name: ClassVar[str] = "flag"
    title: ClassVar[str] = "是或否"
    blank_is_no: bool = False

    def read(self, text: str) -> Any:
        """是/否, 有/无, √/×, ☑/□, true/false, yes/no."""
        check_characters(text)
        # YAML 1.1 turns a bare no into False; read as text, it can only mean 否 here.
        tidy = _tidy(text).lower()
        if tidy in _YES or tidy in _NO:
            return tidy in _YES
        raise BadValueError("不是“是”或“否”", "填写“是”或“否”")

    def write(self, value: Any) -> str:
        """是 or 否."""
        return "是" if value else "否"

    def show(self, value: Any) -> str:
        """是 or 否."""
        return "是" if value else "否"

    def for_condition(self, value: Any) -> bool | int | str | datetime:
        """The boolean."""
        return bool(value)

    def accepts(self, value: Any) -> bool:
        """A boolean."""
        return isinstance(value, bool)

    def json_schema(self) -> dict[str, Any]:
        """A boolean, or its text."""
        return {"enum": ["是", "否", "有", "无", True, False]}


class Choice(Kind, frozen=True):
    """One of a few texts."""

    name: ClassVar[str] = "choice"
    title: ClassVar[str] = "选项"

    def read(self, text: str) -> Any:
        """One of the options, outer white space and width ignored."""
        check_characters(text)
        by_folded = {_tidy(option): option for option in self.options}
        found = by_folded.get(_tidy(text))
        if found is None:
            raise BadValueError("不在可选范围内", f"从{'、'.join(self.options)}中选一项")
        return found

    def json_schema(self) -> dict[str, Any]:
        """The options."""
        return {"enum": list(self.options)}


_CREDIT_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
_CODE_LENGTH: Final = 18
_MISTAKEN = re.compile(r"[^0-9A-HJ-NPQRTUWXY]")
_LIKE_DIGITS: Final = {"O": "0", "I": "1", "S": "5", "Z": "2"}
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d{1,2}")


def _mistaken(code: str) -> str:
    """Which character cannot stand in a code, its place and what it is likely to be; empty where none is."""
    wrong = _MISTAKEN.search(code)
    if wrong is None or not code.isascii():
        return ""
    like = f"，多半是数字“{_LIKE_DIGITS[wrong[0]]}”" if wrong[0] in _LIKE_DIGITS else ""
    return f"第 {wrong.start() + 1} 位“{wrong[0]}”不会出现在代码里{like}"


class CreditCode(Kind, frozen=True):
    """统一社会信用代码 (GB 32100-2015): 18 characters of 0-9 and A-Z without I, O, S, V, Z.

    A wrong shape is an error here; a wrong check digit is a warning of the common conditions, as some
    genuine early codes have one.
    """

    name: ClassVar[str] = "credit_code"
    title: ClassVar[str] = "统一社会信用代码"

    def read(self, text: str) -> Any:
        """The code in capitals, without spaces; ``无`` for an organisation from abroad."""
        check_characters(text)
        if says_none(_tidy(text)):
            return NONE
        code = re.sub(r"[\s-]", "", _tidy(text)).upper()
        if not _CREDIT_CODE.fullmatch(code):
            if _SCIENTIFIC.fullmatch(_tidy(text)):
                raise BadValueError(
                    "是科学计数法，后面的数字已经丢了", "把单元格格式设为“文本”，按证照逐位重新输入"
                )
            told = _mistaken(code)
            if told and len(code) == _CODE_LENGTH:
                raise BadValueError(f"的{told}", "按营业执照或法人证书逐位核对")
            raise BadValueError(
                f"不是 18 位统一社会信用代码（现为 {len(code)} 位；"
                f"{told or '代码由数字和除 I、O、S、V、Z 外的大写字母组成'}）",
                "按营业执照或法人证书逐位核对，境外单位没有代码的填“无”",
            )
        return code


KINDS: Final[dict[str, type[Kind]]] = {
    kind.name: kind
    for kind in (Text, LongText, Count, Number, Money, Share, Year, Date, Flag, Choice, CreditCode)
}
