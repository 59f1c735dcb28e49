"""What a document's text says as a value of a field's kind; nothing where it is blank, a reason where it cannot be read."""

from __future__ import annotations

import re
from typing import Any, Final

from msgspec import Struct

from generator.base.characters import BadValueError
from generator.model.value_kinds import Choice, Date, Flag, Kind, LongText, Money, Numeric, Text
from generator.returns.forms.folding import EMPTY, TICKED, bare, fold
from generator.returns.forms.pattern import Value

_MISSING: Final = re.compile(r"〔待填[:：][^〕]*〕|^〔参考文本〕", re.MULTILINE)
_ENDS: Final = " \t\n\r\u3000_＿\xa0:：;；"
_BLANKS: Final = re.compile(r"(?:[\s_＿*＊.…·:：;；,，。、()（）□☐]|年|月|日|[-—/]{3,})*")
_BLANK_NUMBERS: Final = re.compile(r"(?:[\s_＿*＊.…·:：;；,，。、()（）□☐%％年月日万元个人项次家份岁])*")
_SPREAD: Final = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_LONGEST_LINE: Final = 120
_ADDRESS: Final = re.compile(r"[0-9]号(?:院|[0-9a-z-]*(?:楼|座|室|层|栋|幢).*)?$")
_LINE_OF_PRINT: Final = 5  # shorter, what a form prints may also be what somebody wrote
_BOXED: Final = re.compile(rf"([{TICKED}{EMPTY}]?)是([{TICKED}{EMPTY}]?)否([{TICKED}{EMPTY}]?)")


class UnreadableError(ValueError):
    """A text that is no value of its field; says why, a Chinese clause."""


class Form(Struct, frozen=True):
    """What is known of a form when its values are read.

    Attributes:
        labels: the folded texts of its cells of print.
        prints: the folded texts of all of its print.
    """

    labels: frozenset[str]
    prints: frozenset[str] = frozenset()

    def refuse_print(self, text: str) -> None:
        """Refuse a text that is the form's own.

        Raises:
            UnreadableError: it is.
        """
        said = fold(text).rstrip(":")
        if said in self.labels or (len(said) >= _LINE_OF_PRINT and said in self.prints):
            raise UnreadableError("是表上印的字")
        for label in self.labels:
            if len(label) > 1 and f"{label}:" in said:
                raise UnreadableError("里面有另一栏的名称")


def is_blank(text: str, value: Value | None = None) -> bool:
    """Whether a text is only what a blank form has in a value's place."""
    text = _MISSING.sub("", text)
    said = fold(text)
    if not said or (value is not None and value.blank and said == fold(value.blank)):
        return True
    worded = value is None or type(value.kind) in {Text, LongText}
    return (_BLANKS if worded else _BLANK_NUMBERS).fullmatch(text) is not None


def value_of(token: Value, raw: str, form: Form) -> Any:
    """The kept value that a text stands for.

    Args:
        token: the value's place in the pattern.
        raw: the text; not blank.
        form: the form.

    Raises:
        UnreadableError: it is none.
    """
    text = _MISSING.sub("", raw).strip(_ENDS)
    kind = token.kind
    try:
        if type(kind) is LongText:
            return kind.read("\n".join(line.strip() for line in text.split("\n") if fold(line)))
        if type(kind) is Text:
            return kind.read(_line(token, text, form))
        if not isinstance(kind, (Choice, Flag)):
            form.refuse_print(text)
        return _narrow(token, kind, text)
    except BadValueError as error:
        raise UnreadableError(str(error.args[0]) if error.args else "读不成这一项") from None


def _line(token: Value, text: str, form: Form) -> str:
    """A text of one line, refused where it is plainly another field's."""
    one = re.sub(r"\s*\n\s*", "", text)
    form.refuse_print(one)
    said = fold(one)
    reads = token.spec.reads if token.spec is not None else ""
    if len(one) > _LONGEST_LINE:
        raise UnreadableError("太长，像是另一栏的文字")
    if reads == "phone" and re.search(r"[0-9]{5}|无", said.replace("-", "")) is None:
        raise UnreadableError("不像号码")
    if reads == "name" and re.fullmatch(r"[0-9.,]{1,12}", said):
        raise UnreadableError("只是一个数")
    if reads == "name" and re.search(r"[0-9a-z]{15,}", said):
        raise UnreadableError("里面像有信用代码")
    if reads == "name" and _ADDRESS.search(said):
        raise UnreadableError("像是地址")
    # 韩　知　微 is spread out to fill its cell.
    return _SPREAD.sub("", one) if reads == "name" else one


def _narrow(token: Value, kind: Kind, text: str) -> Any:
    said = fold(text)
    if isinstance(kind, Flag):
        return _flag(kind, text, said)
    if isinstance(kind, Choice):
        said = said.strip(TICKED + EMPTY)
        found = next((option for option in kind.options if fold(option) == said), None)
        if found is None:
            raise UnreadableError("不在可选范围内")
        return found
    if isinstance(kind, Money):
        for short in ("万", "亿"):
            if said.endswith(short) and not said.endswith(short + "元"):
                said += "元"
        return kind.read(said)
    if isinstance(kind, Numeric):
        unit = fold(token.unit)
        return kind.read(said.removesuffix(unit) if unit else said)
    if isinstance(kind, Date):
        return kind.read(said)
    return kind.read(text)


def _flag(kind: Flag, text: str, said: str) -> Any:
    boxed = _BOXED.fullmatch(said)
    if boxed is None:
        if said in {TICKED, EMPTY}:
            return said == TICKED
        return kind.read(said.strip(TICKED + EMPTY) or text)
    first, second, third = boxed.groups()
    # “☑是□否” has its boxes before the words, “是☑否□” behind them.
    yes, no = (first, second) if first else (second, third)
    if (yes == TICKED) == (no == TICKED):
        raise UnreadableError("两个都勾了" if yes == TICKED else "两个都没有勾")
    return yes == TICKED


def is_unticked(text: str) -> bool:
    """Whether a text is a row of boxes none of which is ticked."""
    said = fold(text)
    return EMPTY in said and TICKED not in said


def plain_words(text: str) -> str:
    """A folded text without its marks."""
    return bare(fold(text))
