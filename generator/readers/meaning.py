"""Values as people type them, turned into the form that their kinds read where they can mean one thing only.

People write 8.6亿, 20250701, 2025年7月1号, 三年, 是的, 高校. Each has one meaning and is turned into the form of
the data format (docs/data-format.md); a notice tells how the value was understood. Where there are two meanings, or half a
value, the person is asked, with both. What is not known here is left as it is, for its kind to refuse.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Final

from generator.base.characters import BadValueError
from generator.base.numerals import number
from generator.model.value_kinds import (
    DOLLAR_UNITS,
    MONEY_UNITS,
    Choice,
    Count,
    Date,
    Flag,
    Kind,
    Money,
    Numeric,
    Share,
    Year,
    says_none,
)
from generator.readers.field_names import fold

Synonyms = Mapping[str, tuple[str, ...]]

_SPACES = re.compile(r"\s+")
# Soft hyphens, zero-width blanks, marks of byte order: nothing where a name is meant. Marks of direction are
# something: with them a person saw another text.
_UNSEEN = re.compile(r"[\u00ad\u200b\u2060\ufeff]")
_CHINESE = r"\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff（）、，。；：！？“”‘’《》〈〉【】·—…"
_WIDE = {
    code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_BRACKETS = {ord("("): "（", ord(")"): "）", ord("﹙"): "（", ord("﹚"): "）"}


def regular_name(text: str) -> str:
    """A name as its certificate has it: no outer blanks, none beside Chinese characters, no line breaks.

    Brackets beside Chinese are full-width, letters and digits half-width, characters without a width that came
    along with copied text are gone. Nothing else is touched.
    """
    found = _SPACES.sub(" ", _UNSEEN.sub("", text)).strip().translate(_WIDE)
    if any("\u3400" <= char <= "\u9fff" or "\U00020000" <= char <= "\U0003ffff" for char in found):
        found = found.translate(_BRACKETS)
        if " " in found:
            found = _between_chinese().sub("", found)
    return found


@cache
def _between_chinese() -> re.Pattern[str]:
    """Blanks beside Chinese; compiled when first met, as Python goes through all characters of a range for it."""
    return re.compile(rf"(?<=[{_CHINESE}])\s+|\s+(?=[{_CHINESE}])")


def tidy(text: str) -> str:
    """A typed value with full-width forms folded and white space closed up."""
    return _SPACES.sub(" ", _UNSEEN.sub("", unicodedata.normalize("NFKC", text))).strip()


def plain_form(kind: Kind | None, text: str, synonyms: Synonyms) -> str:
    """A value's text in the form that its kind reads; the same text where nothing is known of it.

    Args:
        kind: the field's kind.
        text: the value as typed.
        synonyms: other words for the options of a choice.

    Raises:
        BadValueError: it may be meant in more than one way, or says only half.
    """
    if isinstance(kind, Numeric) and says_none(text):
        return "无"
    if isinstance(kind, Choice):
        return _option(kind, text, synonyms)
    for sort, form in _FORMS.items():
        if isinstance(kind, sort):
            return form(kind, text)
    return text


_NUMBER = re.compile(r"([+-]?\d[\d,]*(?:\.\d+)?)\s*(\D*)")
_SPACED = re.compile(r"(?<=\d) (?=\d{3}(?!\d))")
_SIGN = re.compile(r"^(?:人民币|RMB|CNY|[¥￥])\s*:?\s*", re.IGNORECASE)
_DOLLAR = re.compile(r"^(?:美元|USD|US\$|\$)\s*:?\s*", re.IGNORECASE)
_SHORT_UNITS: Final = {
    "亿": "亿元",
    "万": "万元",
    "千万": "千万元",
    "百万": "百万元",
    "w": "万元",
    "W": "万元",
}
_WORDS_AND_UNIT = re.compile(r"([零一二三四五六七八九〇两十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟]+)(.*)")


def _money(kind: Kind, text: str) -> str:
    units = DOLLAR_UNITS if kind.unit in DOLLAR_UNITS else MONEY_UNITS
    plain = re.sub(r"(?<=[元万亿\d])[整正]$", "", _SPACED.sub("", tidy(text)))
    base = "美元" if units is DOLLAR_UNITS else "元"
    sign = (_DOLLAR if units is DOLLAR_UNITS else _SIGN).match(plain)
    signed = sign is not None and sign[0].strip(" :") not in {"人民币", "美元"}
    if sign:
        plain = plain[sign.end() :]
    if (match := _WORDS_AND_UNIT.fullmatch(plain)) and (found := number(match[1])) is not None:
        # 八百万 is a number of 元 that ends in its unit: the field's own unit does not apply to it.
        ends = match[1][-1] in "万亿" and not match[2]
        plain = f"{found}{match[2] or (base if ends else '')}"
    match = _NUMBER.fullmatch(plain)
    if match is None:
        return text
    amount, unit = match[1], match[2].strip()
    if unit in units:
        return f"{amount}{unit}"
    if short := _SHORT_UNITS.get(unit):
        return f"{amount}{short if base == '元' else short.replace('元', '美元')}"
    if not unit and signed and kind.unit != base:
        raise BadValueError(
            f"可能是 {amount} {base}，也可能是 {amount} {kind.unit}",
            f"写明单位，如 {amount}{base} 或 {amount}{kind.unit}",
        )
    return amount if not unit else text


_MEASURES = "人|名|位|个|家|项|次|台|件|岁|年|份|周岁|个单位"
_COUNT_WORDS = re.compile(rf"([零一二三四五六七八九〇两十百千万壹贰叁肆伍陆柒捌玖拾佰仟]+)\s*({_MEASURES})?")
_COUNT_MORE = re.compile(rf"(\d[\d, ]*)\s*({_MEASURES})整?")
_ABOUT = re.compile(r"(约|近|大约|左右|以上|多|余|不到|至少)")
_HALF = re.compile(r"([零一二三四五六七八九十两\d]+)年半|(\d+)\.(\d+)\s*年?")


def _count(kind: Kind, text: str) -> str:
    plain = tidy(text)
    if _ABOUT.search(plain) and any(char.isdigit() or number(char) is not None for char in plain):
        raise BadValueError("不是确切的数", f"写确切的{kind.title}，如 12")
    if kind.unit == "年" and _HALF.fullmatch(plain) and not re.fullmatch(r"\d+\.0+\s*年?", plain):
        raise BadValueError("不是整年，这里只能写整年数", "写整年数，如 3；不足整年的，在起止日期里写明")
    if re.fullmatch(r"\d+\.\d*[1-9]\d*\D*", plain):
        raise BadValueError(
            "不是整数", f"写整数，如 12（单位：{kind.unit}）" if kind.unit else "写整数，如 12"
        )
    if (match := _COUNT_WORDS.fullmatch(plain)) and (found := number(match[1])) is not None:
        return str(found)
    if match := _COUNT_MORE.fullmatch(plain):
        known = {kind.unit, "人", "个", "家", "项", "次", "台", "件", "岁", "年"}
        return text if match[2] in known else match[1].replace(" ", "")
    return text


_PERCENT_WORDS = re.compile(r"百分之\s*([零一二三四五六七八九十百]+|\d+(?:\.\d+)?)")


def _share(_kind: Kind, text: str) -> str:
    if match := _PERCENT_WORDS.fullmatch(tidy(text)):
        found = number(match[1])
        return f"{match[1] if found is None else found}%"
    return text


_YEAR_WORDS = re.compile(r"([零〇○一二三四五六七八九]{4})\s*(?:年|年度)?")
_YEAR_MORE = re.compile(
    r"(?:FY)?\s*((?:19|20)\d\d)(?:\.0|年全年|年末|财年|会计年度|年会计年度"
    # A day within it; 2022-2024 is two years.
    r"|[年./-](?:0?[1-9]|1[0-2])月?(?:(?<=月)(?:0?[1-9]|[12]\d|3[01])日?|[./-](?:0?[1-9]|[12]\d|3[01])日?)?)?"
)


def _year(_kind: Kind, text: str) -> str:
    plain = tidy(text)
    if match := _YEAR_WORDS.fullmatch(plain):
        return str(number(match[1]))
    if match := _YEAR_MORE.fullmatch(plain):
        return match[1]
    if re.fullmatch(r"\d\d\s*年(?:度)?", plain):
        raise BadValueError("只写了两位", "写四位年份，如 2025")
    if len(re.findall(r"(?:19|20)\d\d|(?<=[-~至到、,/])\d\d(?=年|$)", plain)) > 1:
        raise BadValueError("写了不止一年", "一行只写一个年份，如 2025")
    return text


_TIME = r"(?:[ T]+\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?)?"
_DAY = re.compile(
    rf"(\d{{4}})\s*[-/.年]\s*(\d{{1,2}})\s*[-/.月]\s*(\d{{1,2}})\s*(?:日|号)?(?:星期.|周.|\(.{{1,4}}\))?{_TIME}"
)
_COMPACT = re.compile(rf"((?:19|20)\d\d)(\d\d)(\d\d){_TIME}")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_DAY_WORDS = re.compile(
    r"([零〇○一二三四五六七八九]{4}|\d{4})年([一二三四五六七八九十]{1,2}|\d{1,2})月([一二三四五六七八九十]{1,3}|\d{1,2})[日号]"
)
_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?(?:份|初|底|中旬|上旬|下旬)?")
_TURNED = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{2}|\d{4})")
_NO_CENTURY = re.compile(r"(\d{2})\s*[年]\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?")
_EXCEL_EPOCH: Final = date(1899, 12, 30)
_SERIALS: Final = range(32_874, 73_051)  # 1990 to 2099


def _date(_kind: Kind, text: str) -> str:
    plain = tidy(text)
    for pattern in (_DAY, _COMPACT):
        if match := pattern.fullmatch(plain):
            return _iso(text, int(match[1]), int(match[2]), int(match[3]))
    if match := _DAY_WORDS.fullmatch(plain):
        numbers = [int(group) if group.isdigit() else number(group) or 0 for group in match.groups()]
        return _iso(text, *numbers)
    if (match := _SERIAL.fullmatch(plain)) and int(match[1]) in _SERIALS:
        return (_EXCEL_EPOCH + timedelta(days=int(match[1]))).isoformat()
    if match := _MONTH.fullmatch(plain):
        raise BadValueError("只写到月", f"写明是哪一天，如 {match[1]}-{int(match[2]):02d}-01")
    if match := _TURNED.fullmatch(plain):
        raise BadValueError("年、月、日的次序分不清", "按 2026-03-01 或 2026年3月1日 的样子填写")
    if _NO_CENTURY.fullmatch(plain):
        raise BadValueError("年份只写了两位", "写四位年份，如 2026-03-01")
    return text


def _iso(text: str, year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return text


_YES: Final = frozenset({"是的", "对的", "有的", "确认", "on", "t", "√是", "☑是", "■", "●", "✅"})
_NO: Final = frozenset({"不", "不是的", "没", "没有的", "无此情况", "off", "f", "✗", "✘", "✕", "❌", "☒否"})


def _flag(_kind: Kind, text: str) -> str:
    plain = tidy(text).lower().rstrip("。.!")
    if plain in _YES:
        return "是"
    if plain in _NO or says_none(text):
        return "否"
    return text if plain not in {"是", "否", "有"} else plain


_FORMS: Final[dict[type[Kind], Callable[[Kind, str], str]]] = {
    Money: _money,
    Count: _count,
    Share: _share,
    Year: _year,
    Date: _date,
    Flag: _flag,
}
_SHORTEST_PART: Final = 2


def _option(kind: Choice, text: str, synonyms: Synonyms) -> str:
    """The option that a text means: itself, by a synonym, or as the beginning of one alone."""
    by_folded = {fold(option): option for option in kind.options}
    wanted = fold(text)
    if wanted in by_folded:
        return by_folded[wanted]
    if says_none(text) and "无" in kind.options:
        return "无"
    meant = [
        option
        for option, words in synonyms.items()
        if option in kind.options and wanted in {fold(word) for word in words}
    ]
    if not meant and len(wanted) >= _SHORTEST_PART:
        meant = [option for folded, option in by_folded.items() if folded.startswith(wanted)]
    if len(meant) == 1:
        return meant[0]
    if not meant and len(wanted) >= _SHORTEST_PART:
        # Half an option may stand in several, or say the opposite of it: that is for the person to decide.
        meant = [option for folded, option in by_folded.items() if wanted in folded]
        if len(meant) == 1:
            options = "、".join(kind.options)
            raise BadValueError("不在可选范围内", f"如果是“{meant[0]}”就写全，否则从{options}中选一项")
    if meant:
        either = "，也可能是".join(f"“{option}”" for option in meant)
        raise BadValueError(f"可能是{either}", "写明是哪一种")
    return text
