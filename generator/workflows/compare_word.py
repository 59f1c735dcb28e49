"""A packet against Word files that came back: which paragraphs are not what the packet's own Word files say."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Final, Literal

from msgspec import Struct
from msgspec.structs import replace
from rapidfuzz import fuzz

from generator.base.alignment import TooLongError, differing
from generator.base.failures import reason
from generator.base.ooxml.package import word_parts
from generator.base.ooxml.xml import W, main_part, parse
from generator.base.text import fold
from generator.errors import DataError, ExitCode, Place, ProgrammeError, UsageError
from generator.publishing import OpenPacket
from generator.publishing.manifest import MANIFEST, Document, PacketManifest
from generator.rendering.template import RENDERED
from generator.workflows.compare import DocumentRedline, application, word_file
from generator.workflows.progress import Listener, tell
from generator.workflows.redlines import is_tracked, redline, redlines_can_be_made, texts_of

Kind = Literal["added", "removed", "changed"]
State = Literal["identical", "same", "changed", "unread", "missing"]
_SUFFIX: Final = ".docx"
_WORD: Final = frozenset({_SUFFIX, ".doc"})
_LARGEST: Final = 200_000_000
_SHORTEST_TITLE: Final = 4
# In per cent: so much alike is the same document, and the next best is at least so much less alike.
_ALIKE, _AHEAD = 70.0, 5.0
_PAIRED: Final = 50.0
_MOST_PAIRED: Final = 40_000
_MATHS: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_SHAPES: Final = ("drawing", "pict", "object")
_BODY, _BESIDE = "正文", "页眉页脚、注释"


class ParagraphChange(Struct, frozen=True):
    """One paragraph that is not as it was.

    Attributes:
        kind: what happened to it.
        part: where it stands: 正文, or 页眉页脚、注释.
        before: what it said; empty where it is new.
        after: what it says; empty where it is gone.
        follows: the unchanged paragraph before it; empty at the beginning.
    """

    kind: Kind
    part: str
    before: str
    after: str
    follows: str = ""

    def as_json(self) -> dict[str, str]:
        """The change as the command prints it."""
        return {
            "kind": self.kind,
            "part": self.part,
            "before": self.before,
            "after": self.after,
            "follows": self.follows,
        }


class ComparedFile(Struct, frozen=True):
    """One document of the packet and the Word file that is it.

    Attributes:
        title: the document's.
        state: ``identical`` byte for byte; ``same`` where all text is; ``changed``; ``unread`` where it could not be
            compared; ``missing`` where there is no file.
        file: the file's name; empty where there is none.
        known_by: how it was matched: 文件名, 标题 or 内容; empty where there is none.
        changes: paragraph by paragraph.
        notes: what else a person should know, clauses.
        problem: why it could not be compared.
        redline: the file with tracked changes; None where none was asked for or nothing differs.
    """

    title: str
    state: State
    file: str = ""
    known_by: str = ""
    changes: tuple[ParagraphChange, ...] = ()
    notes: tuple[str, ...] = ()
    problem: str = ""
    redline: DocumentRedline | None = None

    def as_json(self) -> dict[str, Any]:
        """The file as the command prints it."""
        return {
            "title": self.title,
            "state": self.state,
            "file": self.file,
            "known_by": self.known_by,
            "changes": [each.as_json() for each in self.changes],
            "notes": list(self.notes),
            "problem": self.problem,
            "redline": self.redline.as_json() if self.redline else None,
        }


class WordComparison(Struct, frozen=True):
    """A packet and Word files.

    Attributes:
        files: every document of the packet, in its order.
        unknown: what was given and was not compared: its name and why.
        whole: whether a folder was given, so that a document without a file is a finding.
    """

    files: tuple[ComparedFile, ...]
    unknown: tuple[tuple[str, str], ...]
    whole: bool

    @property
    def same(self) -> bool:
        """Whether all that was given was read and says what the packet says."""
        fine = {"identical", "same"} | (set() if self.whole else {"missing"})
        return not self.unknown and all(each.state in fine and not each.notes for each in self.files)

    @property
    def exit_code(self) -> ExitCode:
        """DONE where nothing differs, else FINDING; in doubt FINDING."""
        return ExitCode.DONE if self.same else ExitCode.FINDING

    def as_json(self) -> dict[str, Any]:
        """The comparison as the command prints it."""
        return {
            "same": self.same,
            "files": [each.as_json() for each in self.files],
            "unknown": [{"file": name, "why": why} for name, why in self.unknown],
        }


class _Given(Struct, frozen=True):
    """A Word file that was given, read."""

    name: str
    data: bytes
    parts: Mapping[str, bytes]
    text: str


def are_word_files(given: Sequence[Path]) -> bool:
    """Whether paths name Word files: .docx or .doc each, or a folder that is no packet."""
    suffixes = [each.suffix.lower() for each in given]
    if len(given) == 1 and given[0].is_dir():
        if (given[0] / MANIFEST).exists():
            return False
        try:
            suffixes = [each.suffix.lower() for each in given[0].iterdir()]
        except OSError:
            return False
        return any(each in _WORD for each in suffixes)
    return bool(given) and all(each in _WORD for each in suffixes)


def compare_with_word(
    packet: Path, given: Sequence[Path], *, author: str | None = None, progress: Listener | None = None
) -> WordComparison:
    """Compare a packet's Word files with those that a person has edited; nothing is written.

    Args:
        packet: its folder or archive.
        given: Word files, or one folder of them; folders in it are not looked into.
        author: who stands as the author of the tracked changes; None for no such files.
        progress: is told of each step before it begins.

    Raises:
        DataError: the packet cannot be read.
        UsageError: tracked changes are asked for, but the extra ``redline`` is not installed; or no packet is given.
    """
    if author is not None:
        redlines_can_be_made()
    if are_word_files([packet]):
        raise UsageError("前一份不是材料包，没有可比的", "前一份写材料包，后面写改过的 Word 文件或文件夹")
    tell(progress, "读取 Word 文件")
    whole = len(given) == 1 and given[0].is_dir()
    paths = sorted(given[0].iterdir()) if whole else list(given)
    files: list[_Given] = []
    unknown: list[tuple[str, str]] = []
    for path in paths:
        if whole and path.name.startswith("."):
            continue
        try:
            files.append(_read(path))
        except (DataError, ProgrammeError) as error:
            unknown.append((path.name, f"{error.what}，没有比"))
    with application(packet) as (opened, manifest):
        tell(progress, "逐段比较")
        originals = {at: _original(opened, each) for at, each in enumerate(manifest.documents)}
        matched, left = _matched(manifest, originals, files)
        unknown += left
        compared = tuple(
            _compared(opened, each, originals[at], matched.get(at), author, manifest)
            for at, each in enumerate(manifest.documents)
        )
    return WordComparison(compared, tuple(unknown), whole)


def _read(path: Path) -> _Given:
    place = Place(path.name)
    if path.name.startswith("~$"):
        raise DataError("是 Word 打开文件时的临时文件", "先关闭 Word", place)
    if path.is_dir():
        raise DataError("是文件夹，里面的没有读", "单独比较它", place)
    if path.suffix.lower() == ".doc":
        raise DataError("是旧的 .doc 格式", "用 Word 打开另存为 .docx", place)
    if path.suffix.lower() != _SUFFIX:
        raise DataError("不是 Word 文件", "去掉它", place)
    try:
        if path.stat().st_size > _LARGEST:
            raise DataError("文件过大", "删去其中的大图片", place)
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"不能读取（{reason(error)}）", "核对文件是否存在、能否打开", place) from None
    parts = word_parts(data, path.name)
    if next(parse(parts[main_part(parts)]).iter(W + "altChunk"), None) is not None:
        raise DataError("里面嵌着另一份文档，读不出来", "用 Word 打开另存为 .docx", place)
    return _Given(path.name, data, parts, _joined(parts))


def _original(packet: OpenPacket, document: Document) -> _Given | None:
    data = word_file(packet, document)
    file = document.file("docx")
    if data is None or file is None:
        return None
    try:
        parts = word_parts(data, document.title)
        return _Given(PurePosixPath(file.path).name, data, parts, _joined(parts))
    except ProgrammeError:
        return None


def _joined(parts: Mapping[str, bytes]) -> str:
    return "\n".join(texts_of(parts, "accepted")[0])


def _matched(
    manifest: PacketManifest, originals: Mapping[int, _Given | None], files: Sequence[_Given]
) -> tuple[dict[int, tuple[_Given, str]], list[tuple[str, str]]]:
    """Which file is which document, and how that was known; and those that are none."""
    found: dict[int, tuple[_Given, str]] = {}
    unknown: list[tuple[str, str]] = []
    left = list(files)
    for how, known in (
        ("文件名", _by_own_name),
        ("文件名", _by_name),
        ("标题", _by_title),
        ("内容", _by_content),
    ):
        rest: list[_Given] = []
        for file in left:
            at = known(file, manifest, originals)
            if at is None:
                rest.append(file)
            elif at in found:
                title, other = manifest.documents[at].title, found[at][0].name
                unknown.append((file.name, f"也像是《{title}》，已经比了 {other}，这一个没有比"))
            else:
                found[at] = (file, how)
        left = rest
    unknown += [(file.name, "认不出是材料包里的哪一份，没有比") for file in left]
    return found, unknown


def _by_own_name(file: _Given, _: PacketManifest, originals: Mapping[int, _Given | None]) -> int | None:
    """The document whose own file's name it has."""
    name = fold(file.name)
    return next((at for at, each in originals.items() if each and fold(each.name) == name), None)


def _by_name(file: _Given, _: PacketManifest, originals: Mapping[int, _Given | None]) -> int | None:
    """The one document whose own file's name it has, with something added before or behind."""
    name = fold(PurePosixPath(file.name).stem)
    found = [at for at, each in originals.items() if each and fold(PurePosixPath(each.name).stem) in name]
    return found[0] if len(found) == 1 else None


def _by_title(file: _Given, manifest: PacketManifest, _: Mapping[int, _Given | None]) -> int | None:
    """The one document whose title its name has."""
    name = fold(PurePosixPath(file.name).stem)
    titles = {at: fold(each.title) for at, each in enumerate(manifest.documents)}
    held = [title for title in titles.values() if len(title) >= _SHORTEST_TITLE and title in name]
    longest = max(held, key=len, default="")
    found = [at for at, title in titles.items() if longest and title == longest]
    return found[0] if len(found) == 1 else None


def _by_content(file: _Given, _: PacketManifest, originals: Mapping[int, _Given | None]) -> int | None:
    """The document that its text is most like, where that is sure."""
    likeness = sorted(
        ((fuzz.ratio(each.text, file.text), at) for at, each in originals.items() if each), reverse=True
    )
    if not likeness or likeness[0][0] < _ALIKE:
        return None
    ahead = likeness[0][0] - likeness[1][0] if len(likeness) > 1 else likeness[0][0]
    return likeness[0][1] if ahead >= _AHEAD else None


def _compared(
    packet: OpenPacket,
    document: Document,
    original: _Given | None,
    match: tuple[_Given, str] | None,
    author: str | None,
    manifest: PacketManifest,
) -> ComparedFile:
    if match is None:
        return ComparedFile(document.title, "missing")
    file, how = match
    if original is None:
        problem = f"材料包里没有它的 Word 文件（{packet.place.name}）"
        return ComparedFile(document.title, "unread", file.name, how, problem=problem)
    kept = document.file("docx")
    notes = []
    if kept is not None and hashlib.sha256(original.data).hexdigest() != kept.sha256:
        notes.append("材料包里的这份 Word 文件在生成以后也改过，比的是改过的")
    if file.data == original.data:
        return ComparedFile(document.title, "identical", file.name, how, notes=tuple(notes))
    if is_tracked(file.parts):
        notes.append("里面有修订标记，按全部接受来读")
    try:
        changes = tuple(_changes(original.parts, file.parts))
    except TooLongError:
        problem = "不同的段落太多，没有逐段比"
        return ComparedFile(document.title, "unread", file.name, how, notes=tuple(notes), problem=problem)
    if _beside_text(original.parts) != _beside_text(file.parts):
        notes.append("图片、符号、公式或嵌入的对象不同，请打开看")
    made = ComparedFile(
        document.title, "changed" if changes else "same", file.name, how, changes, tuple(notes)
    )
    if author is None or not changes:
        return made
    track = redline(original.data, file.data, title=document.title, author=author, day=manifest.date)
    name = f"{PurePosixPath(original.name).stem}-修订稿.docx" if track.data else ""
    return replace(made, redline=DocumentRedline(document.title, name, track.data or b"", track.problem))


def _changes(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Iterator[ParagraphChange]:
    (before, beside_before), (after, beside_after) = (texts_of(each, "accepted") for each in (old, new))
    yield from _paragraphs(before, after, _BODY)
    gone, fresh = beside_before - beside_after, beside_after - beside_before
    yield from _paragraphs(_flat(gone), _flat(fresh), _BESIDE)


def _flat(texts: Counter[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(paragraph for each in sorted(texts.elements()) for paragraph in each)


def _paragraphs(old: Sequence[str], new: Sequence[str], part: str) -> Iterator[ParagraphChange]:
    for a, b, c, d in differing(old, new):
        follows = new[c - 1] if c else ""
        for before, after in _pairs(old[a:b], new[c:d]):
            kind: Kind = "added" if before is None else "removed" if after is None else "changed"
            yield ParagraphChange(kind, part, before or "", after or "", follows)


def _pairs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str | None, str | None]]:
    """Paragraphs that were changed, beside what they were, with those that are gone or new in their places."""
    if len(old) * len(new) > _MOST_PAIRED:
        yield from ((each, None) for each in old)
        yield from ((None, each) for each in new)
        return
    # The best sum of likeness that can be had from each pair of places on.
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    alike = [[fuzz.ratio(one, two) for two in new] for one in old]
    for at in range(len(old) - 1, -1, -1):
        for to in range(len(new) - 1, -1, -1):
            paired = best[at + 1][to + 1] + alike[at][to] if _is_pair(old, new, alike, at, to) else 0.0
            best[at][to] = max(best[at + 1][to], best[at][to + 1], paired)
    at = to = 0
    while at < len(old) and to < len(new):
        if _is_pair(old, new, alike, at, to) and best[at][to] == best[at + 1][to + 1] + alike[at][to]:
            yield old[at], new[to]
            at, to = at + 1, to + 1
        elif best[at][to] == best[at + 1][to]:
            yield old[at], None
            at += 1
        else:
            yield None, new[to]
            to += 1
    yield from ((each, None) for each in old[at:])
    yield from ((None, each) for each in new[to:])


def _is_pair(
    old: Sequence[str], new: Sequence[str], alike: Sequence[Sequence[float]], at: int, to: int
) -> bool:
    """Whether two paragraphs may be one that was changed; of one that stands in the place of one always."""
    return alike[at][to] >= _PAIRED or len(old) == len(new) == 1


def _beside_text(parts: Mapping[str, bytes]) -> tuple[Counter[str], Counter[str]]:
    """What a document shows besides its text: pictures by their bytes, signs, formulas, and shapes by their number."""
    media = Counter(hashlib.sha256(data).hexdigest() for name, data in parts.items() if "/media/" in name)
    main, shown = main_part(parts), Counter[str]()
    for name, data in parts.items():
        if name != main and not RENDERED.fullmatch(name):
            continue
        root = parse(data)
        shown.update(f"sign {each.get(W + 'font')} {each.get(W + 'char')}" for each in root.iter(W + "sym"))
        shown.update(f"formula {each.text}" for each in root.iter(_MATHS + "t"))
        shown.update(each for each in _SHAPES for _ in root.iter(W + each))
    return media, shown
