"""The functions and filters that templates can use, and nothing else (docs/template-names.md lists them).

All of them pass a missing value on, so that it is marked in a draft and refused for signing. Given what they are
not made for, they raise ``ProgrammeError`` with a remedy; the template adds the place and the tag.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Final

from generator.errors import ProgrammeError
from generator.model.value_kinds import (
    DOLLAR_UNITS,
    MONEY_UNITS,
    Date,
    Money,
    Numeric,
    Stated,
    plain_decimal,
)
from generator.rendering.figures import decimals
from generator.rendering.values import Chapter, Filler, FillerRows, Missing, Rows, Value
from generator.rendering.work import produce, step

TICKED: Final = "☑"
UNTICKED: Final = "☐"
EMPTY_BOX: Final = "□"  # of forms not filled in; in most faces larger and lighter than the other two
_DIGITS = "零一二三四五六七八九"
_MOST_PLACES = 10


def blank(value: Any, printed: str = "") -> Any:
    """A value that the blank edition prints as these characters: ``{{ industry|blank('*****') }}``."""
    if isinstance(value, Missing):
        return Missing(value.record, value.path, value.spec, str(printed), value.shown)
    return value


def paragraphs(value: Any) -> list[Any]:
    """A text's lines, each a paragraph; empty lines are left out. A missing text is one paragraph.

    A text with blocks is one too: its blocks are put in the paragraph's place once the document is filled.
    """
    if isinstance(value, (Missing, Filler)):
        return [value]
    if isinstance(value, Chapter) and not value.record.marking:
        return [value]
    if not isinstance(value, Value):
        raise ProgrammeError("paragraphs() 只能用于文字", "改为对一个文字字段使用")
    produce(len(value.text))
    lines = [line for line in value.text.split("\n") if line.strip()]
    return [value.with_text(line) for line in lines]


def tick(value: Any, *options: str) -> Any:
    """☑ where the value is one of the options, else ☐; without options, ☑ for a yes, or for what holds.

    A blank form has the □ that its publisher has printed.
    """
    if isinstance(value, bool) and not options:
        return TICKED if value else UNTICKED
    if isinstance(value, Rows):
        value.ask()
        texts = {item.text for item in value if isinstance(item, Value) and not isinstance(item, Missing)}
        unticked = UNTICKED if value.given else EMPTY_BOX
        return TICKED if texts & {str(option) for option in options} else unticked
    if isinstance(value, Missing):
        value.output()
        return EMPTY_BOX if value.record.edition == "blank" else UNTICKED
    if isinstance(value, Filler):
        return EMPTY_BOX
    if not isinstance(value, Value) or (not options and value.text and not isinstance(value.raw, bool)):
        raise ProgrammeError("tick() 只能用于选项、是非题或判断", "写成 tick(字段, '选项') 或 tick(判断)")
    if value.path:
        value.record.derived.add(value.path)
    chosen = value.raw is True if not options else value.text in {str(option) for option in options}
    return TICKED if chosen else UNTICKED


def option_number(value: Any, *options: str) -> Any:
    """The number of a choice among a form's printed options, from 1: for a box that takes a number."""
    if isinstance(value, Filler) or not isinstance(value, Value) or isinstance(value, Missing):
        return value
    names = [str(option) for option in options]
    if value.text not in names:
        raise ProgrammeError(f"option_number 的选项里没有“{value.text}”", "在标签里写全表上印的选项")
    return value.with_text(str(names.index(value.text) + 1))


def rows(items: Any, count: int = 1) -> list[Any]:
    """A table's rows: the items; in the blank edition so many blank ones; one of 无 where stated as none."""
    if isinstance(items, FillerRows):
        return items.padded(count)
    return _listed(items, "rows").padded(count)


def _listed(items: Any, function: str) -> Rows:
    if isinstance(items, Rows):
        return items
    raise ProgrammeError(f"{function}() 只能用于列表", "改为对一个列表字段使用")


def _matches(value: Any, wanted: Any) -> bool:
    options = wanted if isinstance(wanted, (list, tuple)) else [wanted]
    step(len(options))
    if isinstance(value, Rows):
        return value.given and any(_matches(_used(each), wanted) for each in value)
    if isinstance(value, Value) and isinstance(value.raw, bool):
        return any(option is value.raw for option in options)
    return isinstance(value, Value) and value.text in {str(option) for option in options}


def having(items: Rows, **wanted: Any) -> Any:
    """The items whose fields have the wanted values: ``having(members, kind='企业')``.

    An item whose field is missing is left out; a list that was not given stays so, and is never taken for
    an empty one.
    """
    if isinstance(items, Filler) or not _listed(items, "having").given:
        return items
    return items.chosen(
        [item for item in items if all(_matches(_used(item[name]), value) for name, value in wanted.items())]
    )


def having_given(items: Rows, name: str) -> Any:
    """The items in which a field is given; where there is none, one item with every field missing."""
    if isinstance(items, Filler):
        return items
    found = [item for item in items if given(item[name])]
    return items.chosen(found or [items.lacking() for _ in items][:1])


def first_having(items: Rows, **wanted: Any) -> Any:
    """The first item whose fields have the wanted values; where there is none, one with every field missing."""
    return next(iter(having(items, **wanted)), None) or items.lacking()


def pages(items: Any, count: int) -> list[list[Any]]:
    """A table's rows in groups of so many, a group a page; in the blank edition one page of blank rows."""
    found = rows(items, count)
    return [found[at : at + count] for at in range(0, len(found), count)]


def _used(value: Any) -> Any:
    if isinstance(value, Value) and value.path and not isinstance(value, Missing):
        value.record.derived.add(value.path)
    return value


def count(items: Rows | Filler, **wanted: Any) -> Any:
    """How many items there are, or how many whose fields have the wanted values.

    Missing where the list, or a field that decides, is missing; a field is asked only of items that the
    fields named before it have picked.
    """
    if isinstance(items, Filler):
        return items
    if not _listed(items, "count").given:
        return _missing_of(items)
    number = 0
    for item in items:
        matches = True
        for name, want in wanted.items():
            value = _used(item[name])
            if isinstance(value, Missing):
                return value
            matches = _matches(value, want)
            if not matches:
                break
        number += matches
    return _derived(items, str(number), number)


def _missing_of(items: Rows) -> Missing:
    return Missing(items.record, items.path)


def _derived(items: Rows, text: str, raw: int | None = None) -> Value:
    return Value(items.record, text, raw=raw)


def whole(value: Any) -> Any:
    """The whole number that a value prints, for templates to compute with; anything else as it is."""
    if isinstance(value, Value) and not isinstance(value, Missing) and value.whole is not None:
        if value.path:
            value.record.derived.add(value.path)
        return value.whole
    return value


def length(items: Any) -> Any:
    """How many items a list has; missing where it was not given."""
    if isinstance(items, Rows) and not items.given and items.record.edition != "blank":
        return _missing_of(items)
    if isinstance(items, (Rows, FillerRows, list)):
        return len(items)
    raise ProgrammeError("length 只能用于列表", "改为对一个列表字段使用")


def first(items: Any) -> Any:
    """A list's first item; where there is none, blank, 无 or missing as ``Rows.none_there`` decides."""
    return _end(items, 0)


def last(items: Any) -> Any:
    """A list's last item; where there is none, as for ``first``."""
    return _end(items, -1)


def _end(items: Any, at: int) -> Any:
    if isinstance(items, FillerRows):
        return items.padded(1)[0]
    if isinstance(items, list) and items:
        return items[at]
    return _listed(items, "first、last")[at]


def total(items: Rows, name: str, unit: str = "") -> Any:
    """The exact sum of a field over a list, printed as the field's kind prints (or in another unit)."""
    if isinstance(items, Filler):
        return items
    if not _listed(items, "total").given:
        return _missing_of(items)
    if unit and unit not in MONEY_UNITS:
        raise ProgrammeError(f"total() 没有“{unit}”这个单位", f"单位用 {'、'.join(MONEY_UNITS)}")
    amount = 0
    kind = None
    for item in items:
        value = _used(item[name])
        if isinstance(value, Missing):
            return value
        kind = value.spec.kind if value.spec else None
        if not isinstance(kind, Numeric):
            raise ProgrammeError(f"total() 不能合计“{name}”", "改为金额、人数这样的数")
        amount += 0 if isinstance(value.raw, Stated) else value.raw
    if kind is None:
        return _derived(items, "0")
    if isinstance(kind, Money) and unit:
        kind = Money(unit=unit)
    return _derived(items, kind.show(amount))


def in_unit(value: Any, unit: str, places: int = 2) -> Any:
    """An amount of money in another unit of its currency, exact: ``{{ sales|in_unit('亿元') }}``."""
    if isinstance(value, Missing) or not isinstance(value, Value) or isinstance(value.raw, Stated):
        return value
    units = {**MONEY_UNITS, **DOLLAR_UNITS}
    if not isinstance(value.spec and value.spec.kind, Money) or unit not in units:
        raise ProgrammeError(f"in_unit('{unit}') 只能用于金额", f"单位用 {'、'.join(units)}")
    if type(places) is not int or not 0 <= places <= _MOST_PLACES:
        raise ProgrammeError(f"in_unit('{unit}') 的小数位数不对", f"写 0 到 {_MOST_PLACES} 的整数")
    return value.with_text(plain_decimal(value.raw, units[unit], places))


def date_as(value: Any, pattern: str) -> Any:
    """A date in another form, 年 月 日 replaced: ``{{ filing_date|date_as('{year} 年 {month} 月') }}``."""
    if isinstance(value, Missing) or not isinstance(value, Value):
        return value
    if isinstance(value.raw, Stated):
        return value
    if not isinstance(value.spec and value.spec.kind, Date):
        raise ProgrammeError("date_as 只能用于日期", "改为对日期字段使用")
    parts = {"year": value.raw.year, "month": value.raw.month, "day": value.raw.day}
    text = str(pattern)
    produce(len(text))
    for name, number in parts.items():
        text = text.replace("{" + name + "}", str(number))
    return value.with_text(text)


def with_unit(value: Any, unit: str, none: str | None = None) -> Any:
    """A number with its unit: ``{{ sales|unit('万元') }}``; one stated as none has no unit.

    Where a form's numbers stand side by side, ``unit('项', '0项')`` says what none is printed as.
    """
    if type(value) is int:
        return f"{value}{unit}"
    of_a_row_of_none = isinstance(value, Value) and not value.path and value.text == Stated.NONE.value
    if of_a_row_of_none or isinstance(value, Filler):
        return value
    if not isinstance(value, Value):
        raise ProgrammeError("unit 只能用于一个值", "在标签里写到具体的字段")
    if value.raw is Stated.NONE:
        return value if none is None else value.with_text(str(none))
    produce(len(value.text) + len(str(unit)))
    return value.output() + str(unit)


def name_lines(value: Any, most: int) -> list[Any]:
    """An organisation's name as lines that end between its words: a line each where it has more characters than fit.

    A name in which no such place is known stays one line, and breaks where the line ends.

    Args:
        value: the name.
        most: how many characters a line holds.
    """
    if not isinstance(value, Value) or len(value.text) <= most:
        return [value]
    text = value.text
    places = {found.start() for found in _WORD_BEGINS.finditer(text)}
    places |= {found.end() for found in _WORD_ENDS.finditer(text)}
    fitting = [at for at in places if 0 < at <= most and len(text) - at <= most]
    if not fitting:
        return [value]
    at = max(fitting)
    return [value.with_text(text[:at]), value.with_text(text[at:])]


def characters(value: Any, first: int, last: int) -> Any:
    """Some of a text's characters, counted from 1: 机构代码 is ``{{ code|characters(9, 17) }}``."""
    if isinstance(value, (Missing, Filler)):
        return value
    if not isinstance(value, Value):
        raise ProgrammeError("characters 只能用于一个值", "在标签里写到具体的字段")
    if value.path:
        value.record.derived.add(value.path)
    if isinstance(value.raw, Stated):
        return Value(value.record, value.text)
    return Value(value.record, value.text[first - 1 : last])


def join(items: Iterable[Any], mark: str = "、") -> Any:
    """Texts joined by a mark; a list of none gives 无."""
    if isinstance(items, (str, list)):
        step(len(items))
    found = list(items)
    if isinstance(items, Rows) and items.given and not found:
        return _derived(items, Stated.NONE.value)
    for item in found:
        if isinstance(item, Missing):
            return item
    texts = [printed(item) for item in found]
    between = str(mark)
    produce(sum(map(len, texts)) + len(between) * max(len(texts) - 1, 0))
    return between.join(texts)


def pluck(items: Rows, name: str) -> list[Any]:
    """One field of every item of a list; ``pluck(leads, 'name')|join`` prints them."""
    found = items if isinstance(items, FillerRows) else _listed(items, "pluck")
    return [item[name] for item in found]


def chinese(number: Any) -> Any:
    """A counting number below 100 in Chinese: 十二."""
    number = whole(number)
    if isinstance(number, (Missing, Filler)):
        return number
    if type(number) is not int:
        raise ProgrammeError("chinese 只能用于整数", "改为对序号、人数这样的整数使用")
    tens, ones = divmod(int(number), 10)
    if tens > 9:  # noqa: PLR2004 (two digits are as far as headings count)
        raise ProgrammeError(f"chinese 只能用于 1 到 99，得到 {number}", "改用阿拉伯数字")
    head = "" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十"
    return head + (_DIGITS[ones] if ones or not tens else "")


def given(value: Any) -> bool:
    """Whether a value, group or list was given at all; a list stated as none was."""
    if isinstance(value, Rows):
        return value.given
    if isinstance(value, Value):
        return bool(value.text)
    return bool(value)


def printed(value: Any) -> str:
    """The text of a value, as the finaliser prints it."""
    if isinstance(value, (Value, Filler)):
        return value.output()
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        return str(value)
    raise ProgrammeError(f"不能直接打印{_named(value)}", "在标签里写到具体的字段，或用循环逐项打印")


def _named(value: Any) -> str:
    names = {"Group": "一组字段", "Rows": "列表", "Texts": "一组文字", "bool": "“是/否”的判断"}
    return names.get(type(value).__name__, "这个值")


# Of organisations' names; the longer word goes before the one that it ends with.
_WORD_BEGINS: Final = re.compile(
    "[（(]|股份有限公司|有限责任公司|有限公司|集团|研究总院|研究院|研究所|研究中心|工程中心|重点实验室|分公司"
)
_WORD_ENDS: Final = re.compile("自治区|自治州|大学|学院|科学院|集团|公司|[省市县]")
FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "name_lines": name_lines,
    "paragraphs": paragraphs,
    "rows": rows,
    "tick": tick,
    "having": having,
    "first_having": first_having,
    "having_given": having_given,
    "option_number": option_number,
    "pages": pages,
    "count": count,
    "total": total,
    "pluck": pluck,
    "given": given,
}
FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "blank": blank,
    "in_unit": in_unit,
    "decimals": decimals,
    "date_as": date_as,
    "characters": characters,
    "unit": with_unit,
    "join": join,
    "chinese": chinese,
    "first": first,
    "last": last,
    "length": length,
    "paragraphs": paragraphs,
}
