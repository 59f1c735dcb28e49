"""Comparing a document that a person has edited with the data: names, credit codes, dates and figures.

Every value that the filled document printed must occur in the edited one as often as before. Sentences may be
added, moved and deleted; values that went with a deleted sentence are reported, and a person decides.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from generator.base.ooxml.package import word_parts
from generator.base.ooxml.revisions import accepted
from generator.base.ooxml.xml import W, parse
from generator.base.text import fold
from generator.errors import DataError, Place, ProgrammeError
from generator.model.fields import FieldSpec
from generator.model.paths import passage_kind, spec_of, title_of
from generator.model.value_kinds import (
    Count,
    CreditCode,
    Date,
    Money,
    Number,
    Share,
    Text,
    Year,
)
from generator.packet.documents import Filled
from generator.packet.parts import Job
from generator.packet.readiness import nearly
from generator.rendering.template import RENDERED

_FIGURES: Final = (Count, Money, Number, Share, Year)
_CHECKED: Final = (Text, CreditCode, Date, *_FIGURES)
_CODE: Final = re.compile(r"(?<![0-9A-Z])[0-9A-HJ-NPQRTUWXY]{18}(?![0-9A-Z])")
_DATE: Final = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日")
_SHOWN: Final = 40
_COMMENT: Final = re.compile(rb"<\w+:comment[ >]")
_COMMENTS: Final = "word/comments.xml"
_REMEDY: Final = "用 Word 打开它另存为 .docx，或换回原来的文件"


class _Document(Struct, frozen=True):
    """A document's paragraphs, folded for comparing."""

    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.paragraphs)


def differences(job: Job, filled: Filled, edited: bytes) -> tuple[str, ...]:
    """Where an edited document does not agree with the data any more, each a sentence without its stop.

    Args:
        job: what the packet is made from.
        filled: the document as it was filled.
        edited: the DOCX as it is now.

    Raises:
        DataError: it is no readable DOCX, one of its tracked changes cannot be accepted, or a signing copy still
            has comments.
    """
    title = f"《{filled.document.title}》"
    parts = _parts(edited, f"{filled.stem}.docx")
    if job.edition == "signing" and _COMMENT.search(parts.get(_COMMENTS, b"")):
        raise DataError(f"{title}里还有批注", "在 Word 里删去全部批注后再装订", Place(f"{filled.stem}.docx"))
    before, after = _read(filled.rendered.parts, ""), _read(parts, f"{filled.stem}.docx")
    found = [*_lost(job, filled, before, after), *_new(job, before, after)]
    return tuple(f"{title}改过：{each}" for each in dict.fromkeys(found))


def _parts(data: bytes, name: str) -> Mapping[str, bytes]:
    try:
        found = accepted(word_parts(data, name), name)
    except ProgrammeError as error:
        raise DataError(error.what, _REMEDY, error.place) from None
    try:
        return found.or_refuse(name)
    except ProgrammeError as error:
        raise DataError(error.what, error.remedy, error.place) from None


def _read(parts: Mapping[str, bytes], file: str) -> _Document:
    try:
        roots = [parse(parts[name], file) for name in sorted(parts) if RENDERED.fullmatch(name)]
    except ProgrammeError as error:
        raise DataError(error.what, _REMEDY, error.place) from None
    found = [
        fold("".join(piece.text or "" for piece in paragraph.iter(W + "t")))
        for root in roots
        for paragraph in root.iter(W + "p")
    ]
    return _Document(tuple(text for text in found if text))


def _lost(job: Job, filled: Filled, before: _Document, after: _Document) -> Iterator[str]:
    """What of the data stands in the document less often than before."""
    model, labels = job.programme.model, job.programme.titles
    titles: dict[tuple[str, bool], str] = {}
    for path, texts in filled.rendered.record.printed.items():
        spec = spec_of(model, path)
        if spec is None or not isinstance(spec.kind, _CHECKED) or not _is_plain(path, spec):
            continue
        for text in texts:
            key = (fold(text), isinstance(spec.kind, _FIGURES))
            titles.setdefault(key, title_of(model, path, labels))
    one, two = before.text, after.text
    for (text, is_figure), title in titles.items():
        was, now = (_count(text, whole, figure=is_figure) for whole in (one, two))
        if now < was:
            yield (
                f"数据里{title}是“{text}”，原来有 {was} 处，现在有 {now} 处{_instead(text, before, after)}"
            )


def _is_plain(path: str, spec: FieldSpec) -> bool:
    return spec.shape != "map" and not passage_kind(path)


def _count(text: str, whole: str, *, figure: bool) -> int:
    if not text:
        return 0
    if not figure:
        return whole.count(text)
    return len(re.findall(rf"(?<![\d.]){re.escape(text)}(?![\d.]*\d)", whole))


def _instead(text: str, before: _Document, after: _Document) -> str:
    """The text that now stands in place of another; empty where that cannot be found out."""
    matcher = difflib.SequenceMatcher(None, before.paragraphs, after.paragraphs, autojunk=False)
    for operation, a, b, c, d in matcher.get_opcodes():
        if operation != "replace":
            continue
        for old, new in zip(before.paragraphs[a:b], after.paragraphs[c:d], strict=False):
            if text in old and text not in new:
                at = next((n for n, (x, y) in enumerate(zip(old, new, strict=False)) if x != y), 0)
                start = max(at - _SHOWN // 2, 0)
                return f"，那里现在写的是“{new[start : start + _SHOWN]}”"
    return ""


def _new(job: Job, before: _Document, after: _Document) -> Iterator[str]:
    """Codes and dates that neither stood there nor come from the data, and names nearly right."""
    one, two = before.text, after.text
    for pattern, what in ((_CODE, "信用代码"), (_DATE, "日期")):
        for text in dict.fromkeys(pattern.findall(two)):
            if text not in one:
                yield f"新写的{what}“{text}”数据里没有，请核对"
    consortium = job.dataset.consortium
    names = [
        fold(name) for name in (consortium.name, *(one.name for one in consortium.members or ())) if name
    ]
    for name in names:
        for wrong in nearly(name, two, set(names)):
            if wrong not in one:
                yield f"写的“{wrong}”与数据里的“{name}”只差一个字"
