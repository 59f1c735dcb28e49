"""One paragraph of a document against one line of the pattern: is it that line, and which text stands at each value."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec import Struct, field
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from generator.model.value_kinds import (
    Choice,
    Count,
    CreditCode,
    Date,
    Flag,
    Kind,
    Money,
    Share,
    Year,
)
from generator.returns.forms.folding import EMPTY, TICKED, Folded, bare, fold, folded, likeness
from generator.returns.forms.pattern import (
    Alternatives,
    Branch,
    Counter,
    Derived,
    Facts,
    Joined,
    Literal,
    OptionNumber,
    Tick,
    Token,
    Unreadable,
    Value,
)

_MOST_SEQUENCES: Final = 48
_FUZZY_ENOUGH: Final = 0.6
_ALIKE: Final = 78
_MOVED_EDGE: Final = 3
_UNCLEAR_EDGE: Final = "紧挨着的印的文字改过，不能确定从哪里分开"
_BOX: Final = f"[{TICKED}{EMPTY}]"
_NUMBER: Final = r"-?[0-9][0-9,]*(?:\.[0-9]+)?"
_NONE: Final = "无|没有|/|-{1,2}"
_COUNTER: Final = r"[(]?[0-9一二三四五六七八九十]{0,4}[)]?"
_DATE: Final = r"[0-9]{4}[年./-][0-9]{1,2}[月./-][0-9]{1,2}日?"
_PHONE: Final = rf"(?:[0-9()+,;/转-]{{7,}}|{_NONE})"
_MAIL: Final = rf"(?:[\w.+-]+@[\w.-]+|{_NONE})"


class Hit(Struct, frozen=True):
    """A value's text as the document has it.

    Attributes:
        token: the value.
        raw: the text.
        doubt: why it may be another's, a Chinese clause; empty where it is not in doubt.
        lost: whether it cannot be told from its neighbours at all.
        line: the number of the line in the pattern, for a figure.
    """

    token: Token
    raw: str
    doubt: str = ""
    lost: bool = False
    line: int = 0


class Match(Struct, frozen=True):
    """How well a paragraph fits a line.

    Attributes:
        quality: from 0, not at all, to 1.
        hits: the values' texts.
        facts: what the alternative that stands there says.
        anchor: how many characters of print, or of kinds that little else has, tell that it is this line.
        printed: the line's print as it should read, where the document has it otherwise.
    """

    quality: float
    hits: tuple[Hit, ...] = ()
    facts: Facts = ()
    anchor: int = 0
    printed: str = ""


NOT_AT_ALL: Final = Match(0.0)


def sequences(tokens: Sequence[Token | Alternatives]) -> list[tuple[tuple[Token, ...], Facts]]:
    """A line's tokens with its alternatives chosen, each with what the choice says."""
    found: list[tuple[tuple[Token, ...], Facts]] = [((), ())]
    for token in tokens:
        if not isinstance(token, Alternatives):
            found = [((*sequence, token), facts) for sequence, facts in found]
            continue
        chosen = list(_choices(token))
        found = [((*sequence, *more), (*facts, *told)) for sequence, facts in found for more, told in chosen][
            :_MOST_SEQUENCES
        ]
    return list(dict.fromkeys(found))


def _choices(alternatives: Alternatives) -> Iterator[tuple[tuple[Token, ...], Facts]]:
    branches: Iterable[Branch] = alternatives.branches
    if alternatives.open or alternatives.edition:
        branches = (*branches, Branch(()))
    for branch in branches:
        for inner, told in sequences(branch.items):
            own = sum(len(bare(fold(token.text))) for token in inner if isinstance(token, Literal))
            tells = own > 1 and not alternatives.edition
            yield inner, (*(branch.facts if tells else ()), *told)


class LineMatcher(Struct):
    """Matches paragraphs with one line, by its sequences of tokens.

    Args:
        tokens: the line's.
        provinces: the names of provinces, folded, for fields that hold one.
    """

    tokens: Sequence[Token | Alternatives]
    provinces: Sequence[str] = ()
    _made: list[_Sequence] = field(default_factory=list)
    _known: dict[str, Match] = field(default_factory=dict)

    def match(self, text: str) -> Match:
        """The best match of a paragraph."""
        found = self._known.get(text)
        if found is None:
            if not self._made:
                self._made = [
                    _Sequence(tokens, facts, self.provinces) for tokens, facts in sequences(self.tokens)
                ]
            here = folded(text)
            tried = [one.match(here) for one in self._made]
            found = max(tried, key=lambda one: (round(one.quality, 2), one.anchor, -len(one.hits)))
            self._known[text] = found
        return found


class _Sequence(Struct):
    """Tokens one after another, without alternatives."""

    tokens: tuple[Token, ...]
    facts: Facts
    provinces: Sequence[str]
    values: tuple[Token, ...] = ()
    words: int = 0
    _patterns: list[re.Pattern[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.values = tuple(token for token in self.tokens if not isinstance(token, (Literal, Counter)))
        self.words = sum(len(bare(fold(one.text))) for one in self.tokens if isinstance(one, Literal))

    def match(self, text: Folded) -> Match:
        if not self.values and not any(isinstance(token, Counter) for token in self.tokens):
            printed = "".join(token.text for token in self.tokens if isinstance(token, Literal))
            alike = likeness(fold(printed), text.text)
            return Match(alike, (), self.facts, self.words, "" if alike == 1 else printed.strip())
        for exact in (True, False):
            found = self._pattern(exact=exact).fullmatch(text.text)
            if found is not None:
                hits = self._hits(found, text, exact=exact)
                return Match(1.0 if exact else 0.95, hits, self.facts, self._anchor(hits, exact=exact))
        return self._nearly(text)

    def _anchor(self, hits: tuple[Hit, ...], *, exact: bool) -> int:
        telling = 0
        for hit in hits:
            if (
                exact
                and hit.raw.strip()
                and (kind := _kind(hit.token)) is not None
                and self._shape(hit.token)
            ):
                telling += 2 if isinstance(kind, (Count, Money, Share, Flag)) else 4
        marks = sum(1 for token in self.tokens if isinstance(token, Literal) and fold(token.text))
        return self.words + telling + (1 if marks and not self.words else 0)

    def _pattern(self, *, exact: bool) -> re.Pattern[str]:
        if not self._patterns:
            self._patterns = [self._compiled(exact=True), self._compiled(exact=False)]
        return self._patterns[0 if exact else 1]

    def _compiled(self, *, exact: bool) -> re.Pattern[str]:
        pieces: list[str] = []
        number = 0
        for token in self.tokens:
            if isinstance(token, Literal):
                pieces.append(_literal(token.text))
            elif isinstance(token, Counter):
                pieces.append(_COUNTER)
            else:
                shape = self._shape(token) if exact else ""
                blank = fold(getattr(token, "blank", ""))
                if isinstance(token, Tick):
                    inner = f"{_BOX}*"
                elif shape:
                    inner = f"(?:{shape})?" + (f"|{re.escape(blank)}" if blank else "")
                else:
                    inner = ".*?"
                pieces.append(f"(?P<v{number}>{inner})")
                number += 1
        return re.compile("".join(pieces))

    def _shape(self, token: Token) -> str:
        return shape_of(token, self.provinces)

    def _hits(self, found: re.Match[str], text: Folded, *, exact: bool) -> tuple[Hit, ...]:
        spans = [found.span(f"v{at}") for at in range(len(self.values))]
        hits = [Hit(token, text.slice(*span)) for token, span in zip(self.values, spans, strict=True)]
        if not exact:
            hits = [_misshapen(hit) if self._shape(hit.token) and hit.raw.strip() else hit for hit in hits]
        for run in self._runs():
            hits = self._parted(hits, run, spans, text)
        return tuple(hits)

    def _runs(self) -> Iterator[tuple[list[int], str]]:
        """Values that have no print of words between them, with the marks that part them."""
        run: list[int] = []
        marks: list[str] = []
        between = ""
        at = 0
        for token in self.tokens:
            if isinstance(token, Literal):
                if bare(fold(token.text)):
                    if len(run) > 1:
                        yield run, "".join(marks)
                    run, marks = [], []
                    between = ""
                else:
                    between += token.text
            elif isinstance(token, Counter):
                continue
            else:
                if run:
                    marks.append(fold(between))
                    if any(self._shape(self.values[one]) for one in (run[-1],)) or self._shape(token):
                        # A kind of its own parts them: a number, a code, a province.
                        if len(run) > 1:
                            yield run, "".join(marks[:-1])
                        run, marks = [], []
                run.append(at)
                between = ""
                at += 1
        if len(run) > 1:
            yield run, "".join(marks)

    def _parted(
        self, hits: list[Hit], run: tuple[list[int], str], spans: list[tuple[int, int]], text: Folded
    ) -> list[Hit]:
        """Values of no shape side by side: parted by blanks or marks where these leave one way only."""
        numbers, marks = run
        filled = [at for at in numbers if hits[at].raw.strip()]
        whole = text.slice(spans[numbers[0]][0], spans[numbers[-1]][1]).strip()
        if not whole:
            return hits
        if marks:
            if sum(fold(whole).count(mark) for mark in set(marks)) == len(marks):
                return hits
            doubt = "各项之间只隔一个标点，内容里也有这个标点"
            return [
                Hit(hit.token, hit.raw, doubt, lost=True) if at in filled else hit
                for at, hit in enumerate(hits)
            ]
        pieces = whole.split()
        if len(pieces) == len(numbers):
            for at, piece in zip(numbers, pieces, strict=True):
                hits[at] = Hit(hits[at].token, piece)
            return hits
        for at in numbers:
            hits[at] = Hit(hits[at].token, whole, "几项连写在一起，分不开", lost=True)
        return hits

    def _nearly(self, text: Folded) -> Match:
        """A line whose print was changed: each piece of print is looked for behind the one before."""
        total = sum(len(fold(token.text)) for token in self.tokens if isinstance(token, Literal))
        if self.words < 3:  # noqa: PLR2004 (less print than that is found anywhere)
            return NOT_AT_ALL
        places: list[_Stretch] = []
        at, good = 0, 0.0
        for token in self.tokens:
            if not isinstance(token, Literal):
                continue
            found, likely = _found(fold(token.text), text.text, at)
            places.append(found)
            good += likely * len(fold(token.text))
            at = max(at, found.end)
        quality = good / total
        if quality < _FUZZY_ENOUGH:
            return Match(quality * 0.5)
        hits, covered = self._between(places, text)
        covered += sum(one.end - one.start for one in places)
        if len(text.text) - covered > max(2, 0.15 * len(text.text)):
            return Match(quality * 0.3)
        said = iter("……" if hit.lost else hit.raw.strip("\n") for hit in hits)
        printed = "".join(_as_printed(token, said) for token in self.tokens)
        return Match(quality * 0.95, tuple(hits), self.facts, self.words, printed.strip())

    def _between(self, places: list[_Stretch], text: Folded) -> tuple[list[Hit], int]:
        hits: list[Hit] = []
        covered = 0
        waiting: list[Token] = []
        last, lost, number = 0, False, 0
        before = True

        def close(end: int, *, clear: bool) -> int:
            raw = text.slice(last, end) if end > last else ""
            if len(waiting) == 1 and not lost:
                shape = self._shape(waiting[0])
                fits = not raw.strip() or not shape or re.fullmatch(shape, fold(raw)) is not None
                hit = Hit(waiting[0], raw, "" if before and clear else _UNCLEAR_EDGE)
                hits.append(hit if fits else _misshapen(hit))
            else:
                hits.extend(Hit(one, raw, "旁边印的文字找不到，分不开", lost=True) for one in waiting)
            return max(0, end - last) if waiting else 0

        for token in self.tokens:
            if isinstance(token, Literal):
                place = places[number]
                number += 1
                if not place.found:
                    lost = lost or bool(bare(fold(token.text)))
                    continue
                covered += close(place.start, clear=place.begins)
                waiting, lost, last, before = [], False, place.end, place.ends
            elif not isinstance(token, Counter):
                waiting.append(token)
        covered += close(len(text.text), clear=True)
        return hits, covered


def _misshapen(hit: Hit) -> Hit:
    return Hit(hit.token, hit.raw, hit.doubt or "样子不像这一项", lost=hit.lost)


class _Stretch(Struct, frozen=True):
    """Where a piece of print stands in a text.

    Attributes:
        start: its first character.
        end: behind its last one.
        found: whether it stands there at all.
        begins: whether it begins with the character printed, so that a value before it ends there.
        ends: the same of its end.
    """

    start: int
    end: int
    found: bool = True
    begins: bool = True
    ends: bool = True


def _as_printed(token: Token | Alternatives, said: Iterator[str]) -> str:
    """A token as the line should read with the values that stand there."""
    if isinstance(token, Literal):
        return token.text
    return "……" if isinstance(token, Counter) else next(said, "……")


def _found(printed: str, text: str, start: int) -> tuple[_Stretch, float]:
    """Where a piece of print stands behind a place, and how like it is; 0 where it is not found."""
    nowhere = _Stretch(start, start, found=False)
    if not printed:
        return _Stretch(start, start), 1.0
    at = text.find(printed, start)
    if at >= 0:
        return _Stretch(at, at + len(printed)), 1.0
    if not bare(printed):
        return _Stretch(start, start), 1e-9
    if len(printed) > 2 and start < len(text):  # noqa: PLR2004 (as in ``likeness``)
        rest = text[start:]
        if len(printed) <= len(rest) + 1:
            found = fuzz.partial_ratio_alignment(printed, rest, score_cutoff=_ALIKE)
            if found is not None:
                likely = (start + found.dest_start, start + found.dest_end)
                first, end = _edges(printed, text, start, likely)
                stretch = _Stretch(first, end, True, text[first] == printed[0], text[end - 1] == printed[-1])
                return stretch, found.score / 105
    return nowhere, 0.0


def _edges(printed: str, text: str, start: int, likely: tuple[int, int]) -> tuple[int, int]:
    """The stretch about a likely one that is nearest to a piece of print; of several the one as long as it."""
    firsts = range(max(start, likely[0] - _MOVED_EDGE), likely[0] + _MOVED_EDGE + 1)
    ends = range(likely[1] - _MOVED_EDGE, min(len(text), likely[1] + _MOVED_EDGE) + 1)
    return min(
        ((first, end) for first in firsts for end in ends if first < end),
        key=lambda one: (
            Levenshtein.distance(printed, text[one[0] : one[1]]),
            abs(one[1] - one[0] - len(printed)),
            abs(one[0] - likely[0]) + abs(one[1] - likely[1]),
        ),
        default=likely,
    )


def _literal(text: str) -> str:
    """Print as a regular expression: marks may be left out where there are words to know it by."""
    printed = fold(text)
    words = len(bare(printed)) > 1
    pieces = []
    for char in printed:
        escaped = re.escape(char)
        is_mark = not (char.isalnum() or char in {TICKED, EMPTY})
        pieces.append(f"{escaped}?" if is_mark and words else escaped)
    return "".join(pieces)


def _kind(token: Token) -> Kind | None:
    return token.kind if isinstance(token, (Value, Tick, OptionNumber)) else None


def shape_of(token: Token, provinces: Sequence[str] = ()) -> str:
    """A regular expression for the folded texts of a narrow kind; empty for any text."""
    if isinstance(token, Derived):
        return "" if token.expression == "code" else rf"(?:{_NUMBER}|{_NONE}){_unit(token.unit)}"
    if isinstance(token, (OptionNumber, Unreadable)):
        return rf"[({EMPTY}]*(?:[0-9](?:[,;]?[0-9])*|无)?[){EMPTY}]*"
    if not isinstance(token, Value):
        return ""
    return _shape_of_value(token) or _shape_of_text(token, provinces)


def _shape_of_value(token: Value) -> str:
    kind = token.kind
    if token.part is not None:
        length = token.part[1] - token.part[0] + 1
        return rf"(?:[0-9a-z-]{{{length},{length + 1}}}|无)"
    if token.dated or isinstance(kind, Date):
        return _DATE
    if isinstance(kind, CreditCode):
        return rf"(?:[0-9a-z]{{14,21}}|{_NONE})"
    if isinstance(kind, Year):
        return r"(?:19|20)[0-9]{2}年?度?"
    if isinstance(kind, Count):
        return rf"(?:{_NUMBER}(?:人|个|家|项|次|台|件|岁|年|份)?|{_NONE}){_unit(token.unit)}"
    if isinstance(kind, Money):
        return rf"(?:{_NUMBER}(?:亿元|万元|万美元|美元|元|亿|万)?|{_NONE}){_unit(token.unit)}"
    if isinstance(kind, Share):
        return rf"(?:{_NUMBER}%?|{_NONE}){_unit(token.unit)}"
    if isinstance(kind, Choice):
        options = sorted((re.escape(fold(one)) for one in kind.options), key=len, reverse=True)
        return rf"{_BOX}?(?:{'|'.join(options)})"
    if isinstance(kind, Flag):
        return rf"(?:{_BOX}?是{_BOX}?否?{_BOX}?|{_BOX}?否|有|无|{_BOX})"
    return ""


def _shape_of_text(token: Value, provinces: Sequence[str]) -> str:
    reads = token.spec.reads if token.spec is not None else ""
    name = token.path[-1]
    if reads == "phone" or name == "fax":
        return _PHONE
    if reads == "mail":
        return _MAIL
    if reads == "province" and provinces:
        # A place abroad is no province, and no city, county or league either.
        known = "|".join(map(re.escape, sorted(provinces, key=len, reverse=True)))
        return rf"(?:{known}|[^\W\d_]{{2,8}}(?<![市县区州盟旗]))"
    return ""


def _unit(unit: str) -> str:
    printed = fold(unit)
    return f"(?:{re.escape(printed)})?" if printed else ""


def joined_tokens(lines: Iterable[Sequence[Token | Alternatives]]) -> list[Token | Alternatives]:
    """Several lines' tokens as one line's, a blank between."""
    parts = [list(tokens) for tokens in lines]
    return list(
        itertools.chain.from_iterable(
            [*([Literal(" ")] if at else []), *tokens] for at, tokens in enumerate(parts)
        )
    )


def is_open(token: Token, provinces: Sequence[str] = ()) -> bool:
    """Whether any text may stand at a value."""
    return isinstance(token, (Value, Joined)) and not shape_of(token, provinces)
