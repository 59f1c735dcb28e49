"""Fields of Word (``w:fldChar``, ``w:fldSimple``): their code, and the result that Word stored for them."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from generator.base.ooxml.xml import VAL, W, is_on, whole

if TYPE_CHECKING:
    from generator.base.ooxml.xml import Element
    from generator.pdf.docx.tree import RunFormat

COMPUTED: Final = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES", "PAGEREF", "TOC"})
# What Word stored as their result is printed; none of these changes from one page to the next, or by itself.
STORED: Final = frozenset(
    (
        "=", "ADDIN", "ASK", "AUTHOR", "BIBLIOGRAPHY", "CITATION", "COMMENTS", "COMPARE", "CREATEDATE", "DATABASE",
        "DOCPROPERTY", "DOCVARIABLE", "EDITTIME", "FILENAME", "FILESIZE", "FILLIN", "FORMTEXT", "HYPERLINK", "IF",
        "INCLUDEPICTURE", "INCLUDETEXT", "INDEX", "INFO", "KEYWORDS", "LASTSAVEDBY", "LINK", "MERGEFIELD", "MERGEREC",
        "MERGESEQ", "NOTEREF", "NUMCHARS", "NUMWORDS", "QUOTE", "REF", "REVNUM", "SAVEDATE", "SEQ", "SUBJECT",
        "TEMPLATE", "TITLE", "TOA", "USERADDRESS", "USERINITIALS", "USERNAME",
    )
)  # fmt: skip
# They print nothing where they stand.
_SILENT: Final = frozenset({"NEXT", "NEXTIF", "PRIVATE", "RA", "RD", "SET", "SKIPIF", "TA", "TC", "XE"})
# What they show is said by their settings, not stored as text.
_FORM: Final = frozenset({"FORMCHECKBOX", "FORMDROPDOWN"})
_ONLY_STORED: Final = frozenset("abcdfln")
_DEEPEST: Final = 9
_NUMBER_FORMATS: Final = {"ROMAN": "upperRoman", "roman": "lowerRoman", "CHINESENUM3": "chineseCounting"}


class Field(Struct):
    """A field while it is being read.

    Attributes:
        code: the field's code so far.
        in_result: whether its code is complete and its stored result follows.
        stored: what has been read of the stored result.
        format: formatting of the first text of the result.
        number: of a table of contents, its place among them.
        shown: of a check box or list to choose from, what its settings say that it shows; None for other fields.
        keeps_stored: whether its stored result is printed though the field is one that is worked out.
    """

    code: str = ""
    in_result: bool = False
    stored: list[str] = field(default_factory=list)
    format: RunFormat | None = None
    keeps_stored: bool = False
    number: int = 0
    shown: str | None = None

    @property
    def kind(self) -> str:
        """The field's name, as PAGE."""
        name = (self.code.split() or [""])[0].upper()
        return "=" if name.startswith("=") else name

    @property
    def is_computed(self) -> bool:
        """Whether the PDF engine works out its result itself."""
        return self.kind in COMPUTED and not self.keeps_stored

    @property
    def is_allowed(self) -> bool:
        """Whether it is on the list: its result is worked out, or its stored result is printed."""
        return self.kind in COMPUTED or self.kind in STORED or self.kind in _SILENT or self.is_form

    @property
    def is_form(self) -> bool:
        """Whether it is a check box or a list to choose from."""
        return self.kind in _FORM and self.shown is not None

    @property
    def bookmark(self) -> str | None:
        """The bookmark that a PAGEREF refers to; None for other fields."""
        return (self.code.split()[1:] or [""])[0] if self.kind == "PAGEREF" else None

    @property
    def number_format(self) -> str | None:
        r"""Word's name of the number format that a switch ``\*`` asks for."""
        found = re.search(r"\\\*\s*(\w+)", self.code)
        return _NUMBER_FORMATS.get(found[1]) if found else None


class ContentsCode(Struct, frozen=True):
    """What a TOC field asks for.

    Attributes:
        first: the first level of headings that it lists.
        last: the last one, 0 where it lists no headings.
        styles: names of further styles that it lists, each with its level.
        only_stored: whether it lists what cannot be found again (captions, entries of their own, a part of the text),
            or without page numbers, so that only what Word stored can be printed.
    """

    first: int
    last: int
    styles: tuple[tuple[str, int], ...]
    only_stored: bool


def contents_code(code: str) -> ContentsCode:
    """Read the code of a TOC field."""
    found = re.findall(r'\\([a-zA-Z])\s*("[^"]*"|[^\\"\s]*)', code)
    switches = {name.lower(): value.strip('"') for name, value in found}
    levels = re.fullmatch(r"\s*(\d)\s*-\s*(\d)\s*", switches.get("o", ""))
    first, last = (int(levels[1]), int(levels[2])) if levels else (1, _DEEPEST)
    named = [item.strip() for item in re.split(r"[,;，；]", switches.get("t", ""))]
    styles = tuple(
        (name, int(level)) for name, level in pairwise(named) if level.isdecimal() and not name.isdecimal()
    )
    if styles and not {"o", "u"} & switches.keys():
        first, last = 1, 0
    return ContentsCode(first, last, styles, bool(_ONLY_STORED & switches.keys()))


def shown_by_settings(settings: Element) -> str | None:
    """What a check box or list to choose from shows, by its ``w:ffData``; None for other fields of forms."""
    box, choice = settings.find(W + "checkBox"), settings.find(W + "ddList")
    if box is not None:
        said = box.find(W + "checked") if box.find(W + "checked") is not None else box.find(W + "default")
        return "\u2611" if said is not None and is_on(said) else "\u2610"
    if choice is None:
        return None
    entries = [entry.get(VAL, "") for entry in choice.findall(W + "listEntry")]
    chosen = (
        choice.find(W + "result") if choice.find(W + "result") is not None else choice.find(W + "default")
    )
    at = whole(chosen.get(VAL)) if chosen is not None else 0
    return entries[at] if 0 <= at < len(entries) else ""


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
