"""How Chinese texts are counted, compared and put: pure functions, no data, no files.

No scheme says how its 字 are counted. Two counts are therefore kept apart: every character that is not
white space, and Word's 字数, which takes a run of Latin letters and digits as one.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable
from itertools import groupby


def _runs_on(char: str) -> bool:
    """Whether a character counts only as part of a run: Latin, digits, half-width marks."""
    width = unicodedata.east_asian_width(char)
    if width == "A":
        # Ambiguous marks (“” … — ·) and signs (① ×) are full-width in Chinese text, ambiguous letters (α) not.
        return unicodedata.category(char)[0] not in "PSN"
    return width not in {"W", "F", "H"}


def count_characters(text: str) -> int:
    """How many characters a text has, white space and combining marks left out."""
    return sum(1 for char in text if not char.isspace() and unicodedata.category(char)[0] != "M")


def count_words(text: str) -> int:
    """Word's 字数: each Chinese character or full-width mark is one, each run of anything else is one.

    A run ends at white space or at a Chinese character, so ``GB/T 9704`` is two. Never more than
    ``count_characters``.
    """
    visible = [char for char in text if unicodedata.category(char)[0] != "M"]
    classes = (" " if char.isspace() else "run" if _runs_on(char) else "one" for char in visible)
    counted = 0
    for kind, group in groupby(classes):
        if kind == "run":
            counted += 1
        elif kind == "one":
            counted += sum(1 for _ in group)
    return counted


def fold(text: str) -> str:
    """A text for comparing names: full-width forms folded, white space removed."""
    # Most names are compared often and have nothing to fold.
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    return "".join(text.split())


def nearest(written: str, known: Iterable[str]) -> str:
    """The name nearest to a wrong one; empty where none is near.

    Args:
        written: what was written.
        known: the names that there are.
    """
    by_folded = {fold(name).casefold(): name for name in known}
    near = difflib.get_close_matches(fold(written).casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[near[0]] if near else ""


def did_you_mean(written: str, known: Iterable[str]) -> str:
    """The end of a sentence that asks after the ``nearest`` name; empty where none is near."""
    near = nearest(written, known)
    return f"，是不是“{near}”" if near else ""


def percentage(part: int, whole: int) -> str:
    """A ratio as a percentage, cut and never rounded: 2.999 % reads ``2.99%``, not 3.

    Two decimals, or as many as it takes to tell the ratio from a whole percentage: a shade over 3 % reads
    ``3.001%``, so that it cannot be taken for 3 %. A whole percentage has no decimals.

    Args:
        part: the numerator, not negative.
        whole: the denominator, in the same unit; zero has no ratio and reads so.
    """
    if whole <= 0 or part < 0:
        return "（无法计算比例）"
    percent, rest = divmod(part * 100, whole)
    if rest == 0:
        return f"{percent}%"
    digits = ""
    while len(digits) < 2 or (rest and not digits.strip("0")):  # noqa: PLR2004 (two decimals)
        digit, rest = divmod(rest * 10, whole)
        digits += str(digit)
    return f"{percent}.{digits}%"


def listed(names: Iterable[str], most: int = 10) -> str:
    """Names as a Chinese list; after so many, how many there are in all."""
    names = list(names)
    if len(names) <= most:
        return "、".join(names)
    return f"{'、'.join(names[:most])}等 {len(names)} 项"


def excerpt(text: str, longest: int = 48) -> str:
    """The beginning of a text in one line, for a message that names the passage."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[:longest]}…"


def sentence(*clauses: str) -> str:
    """Clauses as one Chinese sentence with its full stop; empty clauses are left out."""
    kept = [clause.strip().rstrip("。；，") for clause in clauses]
    joined = "；".join(clause for clause in kept if clause)
    return f"{joined}。" if joined else ""


def request(remedy: str) -> str:
    """A remedy as a sentence that asks for it; the empty text where there is none."""
    text = remedy.strip().rstrip("。")
    return f"{text if text.startswith('请') else '请' + text}。" if text else ""
