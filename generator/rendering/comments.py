"""Guidance as Word comments: on the headings of a template, before it is compiled, for the draft only.

A template annotated twice gives the same bytes: comments are numbered in the document's order and their
date is set, and the package that the template is filled into sets the rest.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from generator.base.ooxml.package import open_parts
from generator.base.ooxml.xml import W
from generator.errors import ProgrammeError

if TYPE_CHECKING:
    from generator.model.guidance import Note

COMMENTS: Final = "word/comments.xml"
OFFICIAL, OWN = "官方编写参考", "本工具参考"
_INITIALS: Final = {OFFICIAL: "官", OWN: "参"}
_DATE: Final = datetime(2022, 1, 1, tzinfo=UTC)
_NAMESPACE: Final = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
# As Word writes them.
_STYLES: Final[Mapping[str, str]] = {
    "CommentText": (
        f'<w:style {_NAMESPACE} w:type="paragraph" w:styleId="CommentText"><w:name w:val="annotation text"/>'
        '<w:basedOn w:val="Normal"/><w:uiPriority w:val="99"/><w:rPr><w:sz w:val="20"/></w:rPr></w:style>'
    ),
    "CommentReference": (
        f'<w:style {_NAMESPACE} w:type="character" w:styleId="CommentReference">'
        '<w:name w:val="annotation reference"/><w:uiPriority w:val="99"/>'
        '<w:rPr><w:sz w:val="16"/></w:rPr></w:style>'
    ),
}
_REFERENCE = re.compile(r'<w:commentReference [^>]*w:id="(\d+)"')
_COMMENT = re.compile(r'<w:comment [^>]*w:id="(\d+)".*?</w:comment>', re.DOTALL)


def annotated(docx: bytes, notes: Mapping[str, Sequence[Note]]) -> bytes:
    """A template with its notes as comments on the headings that they belong to.

    Args:
        docx: the template.
        notes: by anchor, as ``clause.goals``; those of anchors that the template lacks are left out.

    Returns:
        The template itself, unchanged, where none of the notes belongs to it.

    Raises:
        ProgrammeError: the template is no Word file, or unpacks to more than one may.
    """
    import docx as word
    from docx.exceptions import PythonDocxError
    from docx.text.run import Run
    from lxml.etree import LxmlError

    open_parts(docx)  # python-docx unpacks without a limit
    try:
        document = word.Document(io.BytesIO(docx))
    except (AttributeError, KeyError, TypeError, ValueError, PythonDocxError, LxmlError):
        # What python-docx raises for a package that lacks a part, or has one of another kind in its place.
        raise ProgrammeError(
            "不是有效的 .docx 文件，或已损坏", "用 Word 打开后另存为 .docx，或换回原来的文件"
        ) from None
    placed = False
    for anchor, heading in _headings(document.element.body):
        runs = [Run(run, document) for run in heading.iter(W + "r")]
        # Each comment's mark goes right behind the heading, before those that stand there already.
        for note in reversed(notes.get(anchor, ())):
            author = OFFICIAL if note.source else OWN
            text = f"{note.text}\n（来源：{note.source}）" if note.source else note.text
            comment: Any = document.add_comment(runs, text, author, _INITIALS[author])
            comment._comment_elm.date = _DATE  # noqa: SLF001 (python-docx only offers the present moment)
            placed = True
    if not placed:
        return docx
    _add_styles(document.styles.element)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _add_styles(styles: Any) -> None:
    """Declare the styles that python-docx gives to comments and their marks, where the template lacks them."""
    from docx.oxml.parser import parse_xml

    known = {style.get(W + "styleId") for style in styles.iter(W + "style")}
    for identity, style in _STYLES.items():
        if identity not in known:
            styles.append(parse_xml(style))


def _headings(body: Any) -> list[tuple[str, Any]]:
    """Each anchor with its heading: the paragraph around the bookmark, or the next one that has a text."""
    found: list[tuple[str, Any]] = []
    waiting: list[str] = []
    seen: set[str] = set()
    for element in body.iter(W + "bookmarkStart", W + "p"):
        if element.tag == W + "p":
            if waiting and _has_text(element):
                found += [(anchor, element) for anchor in waiting]
                waiting = []
            continue
        anchor = str(element.get(W + "name", "")).replace("_", ".", 1)
        if "." not in anchor or anchor in seen:
            continue
        seen.add(anchor)
        inside = next(element.iterancestors(W + "p"), None)
        if inside is not None and _has_text(inside):
            found.append((anchor, inside))
        else:
            waiting.append(anchor)
    return found


def _has_text(paragraph: Any) -> bool:
    return any((node.text or "").strip() for node in paragraph.iter(W + "t"))


def without_orphans(comments: bytes, document: bytes) -> bytes:
    """The comments whose place still stands in the filled document.

    Args:
        comments: the template's ``word/comments.xml``.
        document: the filled ``word/document.xml``.
    """
    kept = set(_REFERENCE.findall(document.decode()))
    text = comments.decode()
    return _COMMENT.sub(lambda match: match[0] if match[1] in kept else "", text).encode()
