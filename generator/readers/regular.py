"""Normalising what was typed, once, before values are read: names, options, numbers, dates, provinces.

Everything after this sees regular values: messages, conditions, documents. A notice tells what was tidied,
or understood although the data format has it otherwise; an impossible value is a problem; an unlikely one is asked
about once.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from statistics import median
from typing import Any, Final

from generator.base.characters import BadValueError
from generator.base.tree import Entries, Entry, Items, Node, Scalar
from generator.errors import Place
from generator.model.fields import Bounds, FieldSpec, Part
from generator.model.notices import Notice, Sort
from generator.model.paths import title_of
from generator.model.programme import Words
from generator.model.value_kinds import Choice, LongText, Money, Numeric, Share, Text, says_none
from generator.readers.meaning import Synonyms, plain_form, regular_name
from generator.readers.translate import Translator, shortened

_INDEX = re.compile(r"\[\d+\]")
_CITY = re.compile(r"[\u4e00-\u9fff]{1,12}(?:市|州|盟|地区|自治县|县|区|旗)")
_LETTER_AS_DIGIT = re.compile(r"\d[OoIlＯ]|[OoIl]\d")
_PHONE_DIGITS: Final = range(7, 40)
_SERVICE_DIGITS: Final = range(5, 7)
_MOBILE_DIGITS: Final = 11
# An amount in 元 among amounts in 万元 is about 10,000 times too large; real growth stays far below this factor.
_FAR_APART: Final = 2_000
_LONGEST_WITHOUT_ACCOUNTS: Final = 2
# Other words for 无, where a whole short text says no more.
_NOTHING: Final = frozenset({"不适用", "不设", "不涉及", "不需要", "无需", "无此项", "无此情况", "不存在"})
_KIND_BOUNDS: Final[dict[type, Bounds]] = {
    Money: Bounds(least=0, usual_most=100_000_000),
    Share: Bounds(least=0, most=100),
}


def bounds_of(spec: FieldSpec) -> Bounds:
    """What a field's number can be: as declared, else what holds for its kind."""
    found = _KIND_BOUNDS.get(type(spec.kind), Bounds())
    own = spec.bounds
    return Bounds(
        found.least if own.least is None else own.least,
        found.most if own.most is None else own.most,
        own.usual_least,
        found.usual_most if own.usual_most is None else own.usual_most,
        own.past,
    )


class Normaliser:
    """Brings the values of one file into their regular form.

    Args:
        translator: takes the problems and the notices.
        words: provinces and synonyms of options.
    """

    def __init__(self, translator: Translator, words: Words) -> None:
        self._translator = translator
        self._choices = words.choices
        self._provinces = {word: full for full, short in words.provinces.items() for word in (full, *short)}
        self._filed: int | None = None
        self._numbers: dict[str, list[tuple[str, int, Place]]] = defaultdict(list)

    def fold(self, tree: Entries, part: type[Part]) -> Entries:
        """The tree with values in regular form; impossible ones are left out and recorded as problems."""
        self._filed = self._year_of_filing(tree, part)
        self._ask_of_filing(tree, part)
        folded = self._group(tree, part, "", "")
        self._ask_of_neighbours()
        return folded

    def _year_of_filing(self, tree: Entries, part: type[Part]) -> int | None:
        node, spec = tree.get("filing_date"), part.specs().get("filing_date")
        if not isinstance(node, Scalar) or spec is None or spec.kind is None:
            return None
        try:
            day = spec.kind.read(plain_form(spec.kind, node.text, {}))
        except BadValueError:
            return None
        return day.year if isinstance(day, date) else None

    def _ask_of_filing(self, tree: Entries, part: type[Part]) -> None:
        """Where several years lie after the filing, it is the filing's date that is odd: ask about that alone."""
        filed = self._filed
        years = set(_past_years(tree, part))
        later = sorted(year for year in years if filed is not None and year > filed)
        if filed is not None and years and filed - max(years) > _LONGEST_WITHOUT_ACCOUNTS:
            node = tree.get("filing_date")
            title = title_of(self._translator.model, "filing_date", self._translator.labels)
            if node is not None:
                text = f"{title}在 {filed} 年，最近的财务数据却是 {max(years)} 年的"
                self._ask(node.place, "filing_date", text)
        if len(later) > 1 and (node := tree.get("filing_date")) is not None:
            told = "、".join(str(year) for year in later)
            title = title_of(self._translator.model, "filing_date", self._translator.labels)
            self._ask(node.place, "filing_date", f"{title}在 {filed} 年，财务数据却有 {told} 年的")
            self._filed = None

    def _group(self, node: Entries, part: type[Part], path: str, plain: str) -> Entries:
        specs = part.specs()
        kept: list[Entry] = []
        for entry in node:
            spec = specs[entry.key]
            here = f"{path}.{entry.key}" if path else entry.key
            below = self._node(entry.node, spec, here, f"{plain}.{entry.key}" if plain else entry.key)
            if below is not None:
                kept.append(Entry(entry.key, entry.place, below))
        kept = self._with_city(kept, specs, path)
        found = Entries(tuple(kept), node.place)
        self._ask_of_research(found, path)
        return found

    def _node(self, node: Node, spec: FieldSpec, path: str, plain: str) -> Node | None:
        if isinstance(node, Scalar):
            return self._scalar(node, spec, path, plain) if spec.kind is not None else node
        if isinstance(node, Items):
            items: list[Node] = []
            for at, item in enumerate(node.items):
                here = f"{path}[{at}]"
                if isinstance(item, Entries) and spec.part is not None:
                    items.append(self._group(item, spec.part, here, f"{plain}[]"))
                elif isinstance(item, Scalar) and spec.kind is not None:
                    folded = self._scalar(item, spec, here, plain)
                    # A wrong item stays as it was typed, so that the others keep their numbers; validation refuses it.
                    items.append(item if folded is None else folded)
                else:
                    items.append(item)
            return Items(tuple(items), node.place)
        if spec.shape == "map":
            entries = (
                Entry(
                    entry.key,
                    entry.place,
                    self._group(entry.node, spec.part, f"{path}.{entry.key}", f"{plain}.*")
                    if isinstance(entry.node, Entries) and spec.part is not None
                    else entry.node,
                )
                for entry in node
            )
            return Entries(tuple(entries), node.place)
        return self._group(node, spec.part, path, plain) if spec.part is not None else node

    def _scalar(self, node: Scalar, spec: FieldSpec, path: str, plain: str) -> Scalar | None:
        """A value in regular form; None where it is impossible, which is recorded."""
        kind = spec.kind
        if isinstance(kind, LongText) or (isinstance(kind, Text) and not spec.reads):
            return node
        if isinstance(kind, Text):
            return self._text(node, spec, path, self._choices.get(plain, {}))
        if kind is None:
            return node
        text = node.text
        try:
            value: Any = kind.read(text)
        except BadValueError:
            value = None
        if value is None:
            try:
                text = plain_form(kind, node.text, self._choices.get(plain, {}))
                value = kind.read(text)
            except BadValueError as error:
                if text == node.text:
                    # Validation will refuse it too; reported here only where this message says more.
                    if not _refuses_alike(kind, node.text, error):
                        self._wrong(path, node, error.what, error.remedy)
                        return None
                    return node
                self._wrong(path, node, error.what, error.remedy)
                return None
            stray = isinstance(kind, Choice) and regular_name(node.text) == text
            self._tell("regular" if stray else "understood", node, kind.show(value) + _unit(spec), path)
        elif isinstance(kind, Choice) and value != node.text:
            self._tell("regular", node, kind.show(value), path)
        if (
            isinstance(kind, Numeric)
            and isinstance(value, int)
            and not self._possible(spec, value, path, node)
        ):
            return None
        return node if text == node.text else Scalar(text, node.place)

    def _text(self, node: Scalar, spec: FieldSpec, path: str, synonyms: Synonyms) -> Scalar:
        if spec.reads in {"phone", "mail"}:
            self._ask_of_address(node, spec, path)
            return node
        text = regular_name(node.text)
        if says_none(text) or not text:
            return node
        if text in _NOTHING:
            self._tell("understood", node, "无", path)
            return Scalar("无", node.place)
        if spec.reads == "province":
            full = self._provinces.get(text) or self._provinces.get(text.removeprefix("中国"))
            if full is not None and full != text:
                self._tell("understood", node, full, path)
                return Scalar(full, node.place)
        for name, others in synonyms.items():
            if text in others:
                self._tell("understood", node, name, path)
                return Scalar(name, node.place)
        if text == node.text:
            return node
        self._tell("regular", node, text, path)
        return Scalar(text, node.place)

    def _with_city(self, entries: list[Entry], specs: dict[str, FieldSpec], path: str) -> list[Entry]:
        """A group in which a province that was written with its city is parted into both."""
        for at, entry in enumerate(entries):
            spec = specs[entry.key]
            if spec.reads != "province":
                continue
            here = f"{path}.{entry.key}" if path else entry.key
            if isinstance(entry.node, Scalar) and (parts := self._parted(entry.node.text)):
                province, city = parts
                entries[at] = Entry(entry.key, entry.place, Scalar(province, entry.node.place))
                self._tell("understood", entry.node, f"{province}”“{city}", here)
                entries = self._city(entries, city, entry.node, specs, path)
            elif isinstance(entry.node, Items):
                items = tuple(
                    self._without_city(item, f"{here}[{number}]")
                    for number, item in enumerate(entry.node.items)
                )
                entries[at] = Entry(entry.key, entry.place, Items(items, entry.node.place))
        return entries

    def _without_city(self, item: Node, path: str) -> Node:
        parts = self._parted(item.text) if isinstance(item, Scalar) else None
        if not parts or not isinstance(item, Scalar):
            return item
        self._tell("understood", item, parts[0], path)
        return Scalar(parts[0], item.place)

    def _city(
        self, entries: list[Entry], city: str, node: Scalar, specs: dict[str, FieldSpec], path: str
    ) -> list[Entry]:
        if "city" not in specs:
            return entries
        given = next((entry.node for entry in entries if entry.key == "city"), None)
        if given is None:
            return [*entries, Entry("city", node.place, Scalar(city, node.place))]
        if isinstance(given, Scalar) and city not in given.text and given.text not in city:
            self._ask(
                node.place,
                path,
                f"{title_of(self._translator.model, path, self._translator.labels)}的注册地一处写“{city}”，一处写“{given.text}”",
            )
        return entries

    def _parted(self, text: str) -> tuple[str, str] | None:
        """A province's full name and the city after it; None where the text is not both."""
        plain = re.sub(r"[\s\-—·,，/、]", "", text).removeprefix("中国")
        if plain in self._provinces:
            return None
        for word in sorted(self._provinces, key=len, reverse=True):
            # One character stands for a province only where nothing follows it.
            if len(word) > 1 and plain.startswith(word) and _CITY.fullmatch(plain[len(word) :]):
                return self._provinces[word], plain[len(word) :]
        return None

    def _possible(self, spec: FieldSpec, value: int, path: str, node: Scalar) -> bool:
        """Whether a number can be; one that hardly can be is asked about."""
        bounds = bounds_of(spec)
        scale = spec.kind.scale if isinstance(spec.kind, Numeric) else 1
        if isinstance(spec.kind, Money):
            self._numbers[_INDEX.sub("[]", path)].append((path, value, node.place))
        unit = _unit(spec)
        if bounds.least is not None and value < bounds.least * scale:
            what = "不能是负数" if bounds.least == 0 else f"不能小于 {bounds.least}{unit}"
            self._wrong(path, node, what, "核对后改正；没有的填“无”，还不知道的空着")
            return False
        if bounds.most is not None and value > bounds.most * scale:
            self._wrong(path, node, f"不能大于 {bounds.most}{unit}", "核对数值和单位后改正")
            return False
        if bounds.past and self._filed is not None and value > self._filed:
            self._wrong(path, node, f"晚于填报的 {self._filed} 年，那一年的数还不会有", "核对年度和填报日期")
            return False
        title = title_of(self._translator.model, path, self._translator.labels)
        if bounds.usual_most is not None and value > bounds.usual_most * scale:
            self._ask(node.place, path, f"{title}的值{shortened(node.text)}大得少见，是否写错了位数或单位")
        elif bounds.usual_least is not None and value < bounds.usual_least * scale:
            self._ask(node.place, path, f"{title}的值{shortened(node.text)}小得少见，是否写错了")
        return True

    def _ask_of_neighbours(self) -> None:
        """Ask about amounts thousands of times those beside them: 元 may stand for 万元, or 亿元."""
        for several in self._numbers.values():
            lists: dict[str, list[tuple[str, int, Place]]] = defaultdict(list)
            for path, value, place in several:
                if value > 0:
                    lists[path.rpartition("[")[0]].append((path, value, place))
            for items in lists.values():
                self._ask_of_list(items)

    def _ask_of_list(self, items: list[tuple[str, int, Place]]) -> None:
        """Ask about amounts of one list that are far from the median of its others."""
        odd = []
        for path, value, place in items:
            others = [other for where, other, _ in items if where != path]
            middle = median(others) if others else value
            if value >= middle * _FAR_APART or middle >= value * _FAR_APART:
                odd.append((path, value, place, value >= middle))
        # Of two amounts each is far from the other; only the larger is asked about.
        large = [one for one in odd if one[3]] or odd
        for path, _, place, more in large:
            title = title_of(self._translator.model, path, self._translator.labels)
            word = (
                "是旁边各数的几千倍以上，单位是不是写成了元"
                if more
                else "只有旁边各数的几千分之一，单位是不是写大了"
            )
            self._ask(place, path, f"{title}{word}")

    def _ask_of_research(self, group: Entries, path: str) -> None:
        """Ask about an accounting year with more spent on research than was sold."""
        sales, research = group.get("sales"), group.get("rd")
        if not isinstance(sales, Scalar) or not isinstance(research, Scalar):
            return
        kind = Money()
        try:
            sold, spent = kind.read(sales.text), kind.read(research.text)
        except BadValueError:
            return
        if isinstance(sold, int) and isinstance(spent, int) and spent > sold:
            title = title_of(self._translator.model, f"{path}.rd", self._translator.labels)
            self._ask(research.place, f"{path}.rd", f"{title}比同年的销售收入还多")

    def _ask_of_address(self, node: Scalar, spec: FieldSpec, path: str) -> None:
        """Ask about what does not look like a mail address or a Chinese telephone number."""
        text = "".join(node.text.split())
        if not text or says_none(text):
            return
        title = title_of(self._translator.model, path, self._translator.labels)
        if spec.reads == "mail":
            if not re.search(r"[^@＠\s]+[@＠][^@＠\s]+[.．][A-Za-zＡ-Ｚａ-ｚ]{2,}", text):
                self._ask(node.place, path, f"{title}的值{shortened(node.text)}不像电子邮箱（应有 @ 和域名）")
            return
        # Several numbers may stand in one field; the longest run of digits tells.
        runs = [re.sub(r"\D", "", run) for run in re.findall(r"\d[\d\-－—()（）+]*", text)]
        longest = max((len(run) for run in runs), default=0)
        mobile = re.fullmatch(r"1[3-9]\d+", "".join(runs)) and len(runs) == 1
        if (
            _LETTER_AS_DIGIT.search(text)
            or (longest not in _PHONE_DIGITS and longest not in _SERVICE_DIGITS)
            or (mobile and longest != _MOBILE_DIGITS)
        ):
            self._ask(node.place, path, f"{title}的值{shortened(node.text)}不像电话号码")

    def _wrong(self, path: str, node: Scalar, what: str, remedy: str) -> None:
        self._translator.wrong(path, node.place, f"的值{shortened(node.text)}{what}", remedy)

    def _tell(self, sort: Sort, node: Scalar, meant: str, path: str) -> None:
        written = shortened(_seen(node.text)) if sort == "regular" else shortened(node.text)
        self._translator.notices.append(Notice(sort, f"{written}作“{meant}”", node.place, path))

    def _ask(self, place: Place, path: str, text: str) -> None:
        self._translator.notices.append(Notice("ask", text, place, path))


def _past_years(node: Node, part: type[Part]) -> Iterator[int]:
    """The years in a group that cannot lie after the filing."""
    if isinstance(node, Items):
        for item in node.items:
            yield from _past_years(item, part)
    elif isinstance(node, Entries):
        for entry in node:
            spec = part.specs().get(entry.key)
            if spec is None or spec.shape == "map":
                continue
            if spec.part is not None:
                yield from _past_years(entry.node, spec.part)
            elif spec.bounds.past and spec.kind is not None and isinstance(entry.node, Scalar):
                try:
                    yield int(spec.kind.read(plain_form(spec.kind, entry.node.text, {})))
                except (BadValueError, TypeError):
                    continue


def _seen(text: str) -> str:
    """A text with its stray blanks and line breaks made visible."""
    text = re.sub(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]", "␣", text)
    head, body, tail = re.fullmatch(r"(\s*)(.*?)(\s*)", text, re.DOTALL).groups()  # type: ignore[union-attr]
    return "␣" * len(head) + re.sub(r"[\r\n]+", "⏎", body) + "␣" * len(tail)


def _unit(spec: FieldSpec) -> str:
    unit = spec.kind.unit if spec.kind else ""
    return unit if unit in {"", "%"} else f" {unit}"


def _refuses_alike(kind: Any, text: str, error: BadValueError) -> bool:
    try:
        kind.read(text)
    except BadValueError as other:
        return (other.what, other.remedy) == (error.what, error.remedy)
    return False
