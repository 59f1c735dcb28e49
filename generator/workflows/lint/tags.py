"""Tags as people type them: half-typed, in full-width marks, or broken over paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_WHOLE: Final = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_FULL_WIDTH: Final = re.compile(r"｛\s*[｛{%％]|[{｛]\s*[％]|[｝}%％]\s*｝|[％]\s*[}｝]")
_OPEN: Final = re.compile(r"\{\{|\{%")
_CLOSE: Final = re.compile(r"\}\}|%\}")
_ALMOST: Final = re.compile(r"\{ \{|\{ %|\} \}|% \}")
_MARKS_INSIDE: Final = {
    "（": "(",
    "）": ")",
    "，": ",",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "：": ":",
    "．": ".",
    "｜": "|",
    "＝": "=",
}
_TEXT_IN_QUOTES: Final = re.compile(r"'[^']*'|\"[^\"]*\"|‘[^’]*’|“[^”]*”")


def faults(text: str) -> Iterator[tuple[str, str]]:
    """What is wrong with the tags in a paragraph's text: each fault and what to do about it.

    Curly quotes are no fault: Word makes them, and they are read as straight ones.
    """
    if found := _FULL_WIDTH.search(text):
        yield f"标签“{found[0]}”用了全角的花括号或百分号", "改成半角的 {{ }} 或 {% %}"
        return
    rest = _WHOLE.sub("", text)
    if _OPEN.search(rest):
        yield (
            f"标签“{_shown(rest, _OPEN)}”没有写完，或断在了两个段落里",
            "把一个标签写在同一段里，并补上 }} 或 %}",
        )
    elif _CLOSE.search(rest):
        yield (
            f"标签“{_shown(rest, _CLOSE)}”没有开头，或断在了两个段落里",
            "把一个标签写在同一段里，并补上 {{ 或 {%",
        )
    elif _ALMOST.search(rest):
        yield f"“{_shown(rest, _ALMOST)}”的括号之间有空格", "去掉两个括号之间的空格"
    for tag in _WHOLE.findall(text):
        bare = _TEXT_IN_QUOTES.sub("", tag)
        wrong = [mark for mark in _MARKS_INSIDE if mark in bare and mark not in "“”‘’"]
        if wrong:
            meant = "、".join(f"{mark} 改成 {_MARKS_INSIDE[mark]}" for mark in wrong)
            yield f"标签“{tag}”里有全角符号", f"把{meant}"


def _shown(text: str, sign: re.Pattern[str]) -> str:
    found = sign.search(text)
    at = found.start() if found else 0
    return text[max(0, at - 6) : at + 24].strip()
