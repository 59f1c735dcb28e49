"""Which characters the documents can carry, and the error for a value that cannot be used.

XML 1.0 (2.2) allows more than Word and PDF readers show; what would be lost without a word is refused.
"""

from __future__ import annotations

import unicodedata


class BadValueError(ValueError):
    """A value that cannot be read as its field's kind.

    Args:
        what: what is wrong with the value, a Chinese clause that follows the field's title and the value.
        remedy: what to do, an imperative Chinese clause without a closing mark.
    """

    def __init__(self, what: str, remedy: str) -> None:
        self.what = what
        self.remedy = remedy
        super().__init__(what)


_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def refused_character(text: str) -> tuple[str, str] | None:
    """The first character of a text that XML, Word or a PDF reader cannot carry, and what it is.

    Refused are control characters but tab and line break, surrogates, non-characters such as U+FFFE, and
    invisible format characters (bidirectional overrides, zero-width spaces, soft hyphens).
    """
    if text.isprintable():  # of none of the categories that follow
        return None
    for char in text:
        if char in "\t\n\r" or char.isprintable():
            continue
        category = unicodedata.category(char)
        code = ord(char)
        if category == "Cc":
            return char, "控制字符"
        if category == "Cs":
            return char, "不成对的代理字符"
        if 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE:  # noqa: PLR2004 (Unicode 23.7)
            return char, "Unicode 非字符"
        if char in _BIDI:
            return char, "改变文字方向的控制字符"
        if category == "Cf":
            return char, "不可见的格式字符"
        if char in "\u2028\u2029":
            return char, "Unicode 换行符"
    return None


def visible(text: str) -> str:
    """A text for a message: what no document can carry is shown by its code point."""
    return "".join(f"<U+{ord(char):04X}>" if refused_character(char) else char for char in text)


def check_characters(text: str) -> None:
    """Refuse a text with a character that the documents could not carry.

    Raises:
        BadValueError: naming the character's code point and where in the text it stands.
    """
    if found := refused_character(text):
        char, what = found
        raise BadValueError(
            f"第 {text.index(char) + 1} 个字符是{what}（U+{ord(char):04X}），印不出来",
            "删去这个字符后重新输入",
        )
