"""Fields of Word (``w:fldChar``, ``w:fldSimple``): their code, and the result that Word stored for them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from generator.pdf.docx.tree import RunFormat

COMPUTED: Final = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES", "PAGEREF", "TOC"})
STORED: Final = frozenset({"REF", "HYPERLINK", "SEQ", "DOCPROPERTY", "TITLE", "AUTHOR", "SUBJECT"})
_NUMBER_FORMATS: Final = {"ROMAN": "upperRoman", "roman": "lowerRoman", "CHINESENUM3": "chineseCounting"}


@dataclass(slots=True)
class Field:
    """A field while it is being read.

    Attributes:
        code: the field's code so far.
        in_result: whether its code is complete and its stored result follows.
        stored: what has been read of the stored result.
        format: formatting of the first text of the result.
    """

    code: str = ""
    in_result: bool = False
    stored: list[str] = field(default_factory=list)
    format: RunFormat | None = None

    @property
    def kind(self) -> str:
        """The field's name, as PAGE."""
        return (self.code.split() or [""])[0].upper()

    @property
    def is_computed(self) -> bool:
        """Whether the PDF engine works out its result itself."""
        return self.kind in COMPUTED

    @property
    def is_allowed(self) -> bool:
        """Whether it is on the list: its result is worked out, or its stored result is printed."""
        return self.kind in COMPUTED or self.kind in STORED

    @property
    def bookmark(self) -> str | None:
        """The bookmark that a PAGEREF refers to; None for other fields."""
        return (self.code.split()[1:] or [""])[0] if self.kind == "PAGEREF" else None

    @property
    def number_format(self) -> str | None:
        r"""Word's name of the number format that a switch ``\*`` asks for."""
        found = re.search(r"\\\*\s*(\w+)", self.code)
        return _NUMBER_FORMATS.get(found[1]) if found else None

    @property
    def contents_levels(self) -> int:
        r"""How many levels a table of contents lists (switch ``\o``)."""
        found = re.search(r'\\o\s*"?(\d)-(\d)', self.code)
        return int(found[2]) if found else 3


class OpenFields:
    """The fields that have begun and not ended, the outermost first; one may go on over many paragraphs."""

    def __init__(self) -> None:
        self._open: list[Field] = []

    def __bool__(self) -> bool:
        return bool(self._open)

    @property
    def outermost(self) -> Field:
        """The field that began first."""
        return self._open[0]

    @property
    def innermost(self) -> Field:
        """The field that began last."""
        return self._open[-1]

    @property
    def replaced(self) -> Field | None:
        """The outermost field whose stored result is being read but not printed, since it is worked out anew."""
        for item in self._open:
            if item.in_result and item.is_computed:
                return item
        return None

    def begin(self, item: Field) -> None:
        """A field begins."""
        self._open.append(item)

    def end(self) -> Field:
        """The innermost field ends; gives it."""
        return self._open.pop()
