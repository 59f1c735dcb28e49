"""Two drafts of a document as one Word file with tracked changes: accepting all gives the new, rejecting all the old.

The comparison is done by another program (Docxodus, by python-redlines). What it gives is never believed: each file is
read back both ways and held against the two drafts, and one that gives anything else is not written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final, Literal

from msgspec import Struct

from generator.base.failures import reason
from generator.base.files import write_new
from generator.base.ooxml.package import word_parts
from generator.base.ooxml.text import stored_text
from generator.base.ooxml.xml import Element, W, main_part, parse
from generator.errors import DataError, OutputError, Place, ProgrammeError, UsageError
from generator.rendering.template import RENDERED

Way = Literal["as it stands", "accepted", "rejected"]
# Elements whose content is gone where all changes are accepted or rejected, and the marks of rows, cells and
# ends of paragraphs that are.
_GONE: Final[Mapping[Way, frozenset[str]]] = {
    "as it stands": frozenset(),
    "accepted": frozenset({W + "del", W + "moveFrom", W + "cellDel"}),
    "rejected": frozenset({W + "ins", W + "moveTo", W + "cellIns"}),
}
_TEXTS: Final = (W + "t", W + "delText")
_MARKS: Final = {W + "tab": "\t", W + "br": "\n", W + "cr": "\n"}
_SHOWN: Final = 20
_INSTALL: Final = "安装附加组件：pip install 'lianheti[redline]'，再运行一次"


class Redline(Struct, frozen=True):
    """One document with tracked changes.

    Attributes:
        data: the DOCX; None where nothing differs, or where it would not have given the two drafts.
        same: whether the two drafts say the same.
        problem: why there is none; empty where there is one or nothing differs.
    """

    data: bytes | None
    same: bool = False
    problem: str = ""


def redline(old: bytes, new: bytes, *, title: str, author: str, day: date) -> Redline:
    """Two drafts as one file with tracked changes.

    Args:
        old: the DOCX as it was.
        new: as it is.
        title: the document's, for messages.
        author: who stands as the changes' author.
        day: which day stands as their date.

    Raises:
        UsageError: the extra ``redline`` is not installed, or has no program for this machine.
        DataError: one is no Word file that can be read.
    """
    before, after = (_parts(each, title) for each in (old, new))
    texts = texts_of(before, "as it stands"), texts_of(after, "as it stands")
    if texts[0] == texts[1]:
        return Redline(None, same=True)
    if any(is_tracked(each) for each in (before, after)):
        return Redline(None, problem="里面已有修订标记，请先在 Word 里接受或拒绝全部修订")
    made = _run(old, new, author, day)
    if made is None:
        return Redline(None, problem="比较程序没有做成修订稿")
    try:
        parts = word_parts(made, title)
        both = texts_of(parts, "rejected"), texts_of(parts, "accepted")
    except ProgrammeError:
        return Redline(None, problem="比较程序做出的文件读不出来，没有采用")
    if both != texts:
        wrong = next(_wrong(one[0], two[0]) for one, two in zip(texts, both, strict=True) if one != two)
        return Redline(
            None,
            problem=f"做出的修订稿全部接受或全部拒绝以后，{wrong}与新稿或旧稿对不上，没有采用；"
            "请在 Word 里用“比较”",
        )
    return Redline(made)


def _wrong(wanted: Sequence[str], got: Sequence[str]) -> str:
    """Where two texts are not the same, by the first paragraph that is not."""
    for one, other in zip_longest(wanted, got, fillvalue=""):
        if one != other:
            shown = " ".join((one or other).split())
            return f"“{shown[:_SHOWN]}{'……' if len(shown) > _SHOWN else ''}”一段"
    return "页眉页脚或注释里有一段"


def redlines_can_be_made() -> None:
    """Raise where they cannot.

    Raises:
        UsageError: the extra ``redline`` is not installed, or has no program for this machine.
    """
    _engine()


def write_redlines(found: Mapping[str, bytes], folder: Path) -> tuple[Path, ...]:
    """Write the files into a folder, which is made where there is none; nothing there is overwritten.

    Args:
        found: each file's bytes by its name.
        folder: where to.

    Raises:
        OutputError: one is there already, or cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"建不了文件夹 {folder.name}（{reason(error)}）", "核对位置是否存在、是否可写"
        ) from None
    paths = tuple(folder / name for name in found)
    if there := next((path for path in paths if path.exists()), None):
        raise OutputError(f"文件 {there.name} 已经存在，没有改动它", "换一个文件夹，或先把旧文件移走")
    for path, data in zip(paths, found.values(), strict=True):
        write_new(path, data)
    return paths


def texts_of(parts: Mapping[str, bytes], way: Way) -> tuple[tuple[str, ...], Counter[tuple[str, ...]]]:
    """What a document says: its body's paragraphs in order, and those of each header, footer and note.

    Args:
        parts: the DOCX's parts.
        way: with its tracked changes as they stand, all accepted, or all rejected.
    """
    main = main_part(parts)
    others = (
        tuple(_paragraphs(parse(data), way))
        for name, data in parts.items()
        if name != main and RENDERED.fullmatch(name)
    )
    return tuple(_paragraphs(parse(parts[main]), way)), Counter(text for text in others if text)


def is_tracked(parts: Mapping[str, bytes]) -> bool:
    """Whether the body of a DOCX has tracked changes."""
    root = parse(parts[main_part(parts)])
    return next(root.iter(W + "ins", W + "del", W + "moveFrom", W + "moveTo"), None) is not None


def _parts(data: bytes, title: str) -> Mapping[str, bytes]:
    try:
        return word_parts(data, title)
    except ProgrammeError as error:
        raise DataError(error.what, "用 Word 打开它另存为 .docx", Place(f"《{title}》")) from None


def _paragraphs(root: Element, way: Way) -> Iterator[str]:
    """The paragraphs that say something; one whose end is gone goes on in the next of the same cell or body."""
    gone = _GONE[way]
    begun, holder = "", None
    for paragraph in root.iter(W + "p"):
        if _is_gone(paragraph, gone):
            continue
        if begun and paragraph.getparent() is not holder:
            yield begun
            begun = ""
        holder = paragraph.getparent()
        text = begun + "".join(_pieces(paragraph, gone))
        mark = paragraph.find(f"{W}pPr/{W}rPr")
        if mark is not None and any(child.tag in gone for child in mark):
            begun = text
            continue
        begun = ""
        if text:
            yield text
    if begun:
        yield begun


def _is_gone(paragraph: Element, gone: frozenset[str]) -> bool:
    """Whether a paragraph stands in a row, a cell or a run that is gone."""
    for above in paragraph.iterancestors():
        if above.tag in gone:
            return True
        kept = {W + "tr": W + "trPr", W + "tc": W + "tcPr"}.get(above.tag)
        held = above.find(kept) if kept else None
        if held is not None and any(child.tag in gone for child in held):
            return True
    return False


def _pieces(paragraph: Element, gone: frozenset[str]) -> Iterator[str]:
    """The paragraph's own texts, those of boxes in it left to their paragraphs."""
    for child in paragraph:
        if child.tag in gone or child.tag in {W + "p", W + "pPr"}:
            continue
        if child.tag in _TEXTS:
            yield stored_text(child)
        elif (mark := _MARKS.get(child.tag)) is not None:
            yield mark
        else:
            yield from _pieces(child, gone)


def _run(old: bytes, new: bytes, author: str, day: date) -> bytes | None:
    import subprocess

    engine = _engine()
    try:
        made: bytes = engine.run_redline(
            author, old, new, date_time=f"{day.isoformat()}T00:00:00Z", conflate_spaces=False
        )[0]
    except (subprocess.CalledProcessError, OSError):
        return None
    return made


def _engine() -> Any:
    try:
        from python_redlines.engines import DocxodusEngine

        return DocxodusEngine()
    except (ImportError, OSError):
        raise UsageError("没有安装比较 Word 文件的附加组件，做不了修订稿", _INSTALL) from None
