"""What is not the same in two data files or packets: values, and what has to be signed again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from generator.errors import DataError, ExitCode, Place, UsageError
from generator.model.programme import Programme
from generator.packet.assessment import load_for
from generator.packet.data_copy import PATH as DATA
from generator.packet.sheets.sheet import FOLDER
from generator.publishing import OpenPacket, open_packet
from generator.publishing.manifest import Document, PacketManifest, manifest_holds, parsed
from generator.readers.formats import format_of
from generator.readers.source_file import Source
from generator.readers.written import written
from generator.workflows.bars import Bars, bars
from generator.workflows.data_changes import DataSide, FieldChange, data_changes
from generator.workflows.inputs import Data, Upload, opened
from generator.workflows.progress import Listener, tell
from generator.workflows.redlines import redline, redlines_can_be_made
from generator.workflows.resigning import Read, Resigning, resigning, same_document
from generator.workflows.workspace import Workspace

_ANEW: Final = "换回生成时的材料包，或用原来的数据文件重新生成"


class Side(Struct, frozen=True):
    """One of the two that are compared.

    Attributes:
        data: its data.
        packet: the packet; None for a data file.
    """

    data: Data
    packet: OpenPacket | None = None
    manifest: PacketManifest | None = None


class DocumentRedline(Struct, frozen=True):
    """One document of two packets as a Word file with tracked changes.

    Attributes:
        title: the document's.
        name: the file's name; empty where there is none.
        data: the DOCX; empty where there is none.
        problem: why there is none; empty where there is one, or the two say the same.
    """

    title: str
    name: str = ""
    data: bytes = b""
    problem: str = ""

    def as_json(self) -> dict[str, str]:
        """The file as the command prints it, without its bytes."""
        return {"title": self.title, "file": self.name, "problem": self.problem}


class DocumentBars(Struct, frozen=True):
    """One document of two packets as the new PDF with bars in the margin beside what is not as it was.

    Attributes:
        title: the document's.
        name: the file's name; empty where there is none.
        found: the file, and what bears bars.
        before: the PDF as it was; empty where there is no file with bars.
    """

    title: str
    name: str
    found: Bars
    before: bytes = b""

    def as_json(self) -> dict[str, Any]:
        """The file as the command prints it, without its bytes."""
        return {
            "title": self.title,
            "file": self.name,
            "pages": list(self.found.pages),
            "lines": self.found.lines,
            "removals": self.found.removals,
            "problem": self.found.problem,
            "note": self.found.note,
        }


class Comparison(Struct, frozen=True):
    """What is not the same.

    Attributes:
        programme: title of the programme by which both were read; empty where they were read by all.
        changes: every value that differs.
        signing: what has to be signed again; None where not both are packets.
        warnings: what a person should know, clauses without a full stop.
        unread: how many values could not be read and were compared as they are written.
        redlines: a line for each document; empty where none were asked for.
        bars: likewise, of the pages with bars.
    """

    programme: str
    changes: tuple[FieldChange, ...]
    signing: Resigning | None
    warnings: tuple[str, ...]
    unread: int
    redlines: tuple[DocumentRedline, ...] = ()
    bars: tuple[DocumentBars, ...] = ()

    @property
    def same(self) -> bool:
        """Whether nothing differs: no value, of two packets no page, and no Word file or line that was looked at."""
        documents = self.signing.documents if self.signing else ()
        undecided = bool(self.signing and self.signing.undecided)
        words = any(each.name or each.problem for each in self.redlines) or any(
            each.name or each.found.problem for each in self.bars
        )
        return not (self.changes or self.unread or undecided or words) and all(
            each.state == "same" for each in documents
        )

    @property
    def exit_code(self) -> ExitCode:
        """DONE where nothing differs, else FINDING; in doubt FINDING."""
        return ExitCode.DONE if self.same else ExitCode.FINDING

    def as_json(self) -> dict[str, Any]:
        """The comparison as the command prints it."""
        return {
            "programme": self.programme,
            "same": self.same,
            "changes": [each.as_json() for each in self.changes],
            "signing": self.signing.as_json() if self.signing else None,
            "redlines": [each.as_json() for each in self.redlines],
            "bars": [each.as_json() for each in self.bars],
            "warnings": list(self.warnings),
        }


def compare(
    workspace: Workspace,
    old: Data,
    new: Data,
    code: str | None = None,
    *,
    author: str | None = None,
    marked: bool = False,
    progress: Listener | None = None,
) -> Comparison:
    """Compare two data files, two packets, or one of each; nothing is written.

    Args:
        workspace: the programmes.
        old: what was: a data file, or a packet's folder or archive.
        new: what is, likewise.
        code: the programme by which data files are read; None for the packet's, else every one that there is.
        author: who stands as the author of the tracked changes in each document's Word file; None for no such files.
        marked: also make each document's new PDF with bars beside what changed.
        progress: is told of each step before it begins.

    Raises:
        DataError: one cannot be read, or is a packet that was changed after it was made.
        UsageError: there is no such programme, or it is not the packets'; tracked changes or bars are asked for, but
            not both are packets; tracked changes, but the extra ``redline`` is not installed.
        ProgrammeError: a programme is at fault.
    """
    if author is not None:
        redlines_can_be_made()
    tell(progress, "读取前后两份")
    with _side(old) as before, _side(new) as after:
        programmes = _programmes(workspace, before, after, code)
        changes, problems = _changes(workspace, before, after, programmes)
        signing = None
        if before.manifest and after.manifest:
            tell(progress, "逐页比较文件")
            signing = resigning(_read(before), _read(after))
        redlines: tuple[DocumentRedline, ...] = ()
        if author is not None:
            tell(progress, "做修订稿")
            redlines = tuple(_redlines(before, after, author))
        pages: tuple[DocumentBars, ...] = ()
        if marked:
            tell(progress, "逐行比较，在改动处画线")
            pages = tuple(_bars(workspace, before, after))
        warnings = (*problems, *_edited("前一套", before), *_edited("后一套", after))
        title = programmes[0].title if len(programmes) == 1 else ""
        return Comparison(title, changes, signing, tuple(warnings), len(problems), redlines, pages)


@contextmanager
def _side(given: Data) -> Iterator[Side]:
    if isinstance(given, Upload) or (not given.is_dir() and format_of(given) is not None):
        yield Side(given)
        return
    with application(given) as (packet, manifest):
        yield Side(_copy(packet, manifest), packet, manifest)


@contextmanager
def application(given: Path) -> Iterator[tuple[OpenPacket, PacketManifest]]:
    """A packet of an application with its manifest, which is as it was made.

    Raises:
        DataError: it is none, or cannot be read.
    """
    with open_packet(given) as packet:
        place = Place(str(given))
        if packet.manifest is None:
            raise DataError(
                "不是数据文件，也不是材料包",
                "指定 .yaml、.xlsx 数据文件，或含有 manifest.json 的文件夹、zip",
                place,
            )
        manifest = parsed(packet.manifest, place)
        if not manifest_holds(packet.manifest):
            raise DataError("manifest.json 被改动过，不能据以比较", _ANEW, place)
        if not isinstance(manifest, PacketManifest):
            raise DataError("这是补充协议或汇总表，不是申报材料包，不能比较", "指定申报材料包", place)
        yield packet, manifest


def _copy(packet: OpenPacket, manifest: PacketManifest) -> Upload:
    """The data that lie in a packet, with the files that they name."""
    digests = {file.path: file.sha256 for file in manifest.files}
    beside = {}
    for path in packet.paths:
        if path.startswith(f"{FOLDER}/") and path in digests:
            data = packet.read(path)
            if data is not None:
                beside[path.removeprefix(f"{FOLDER}/")] = data
    name = DATA.removeprefix(f"{FOLDER}/")
    found = beside.pop(name, None)
    if found is None or hashlib.sha256(found).hexdigest() != digests[DATA]:
        raise DataError("材料包里的数据文件不在了或被改动过", _ANEW, Place(f"{packet.place}/{DATA}"))
    return Upload(name, found, beside)


def _programmes(workspace: Workspace, old: Side, new: Side, code: str | None) -> list[Programme]:
    """By which programmes the data are read: the packet's, the one asked for, else all, so that nothing is left out."""
    packets = list(dict.fromkeys(side.manifest.programme for side in (old, new) if side.manifest))
    if len(packets) > 1:
        raise UsageError("两套材料不是同一个方案的，不能逐项比较", "给出同一个方案的两套材料")
    asked = workspace.catalogue.load(code) if code is not None else None
    if not packets:
        return [asked] if asked else list(workspace.catalogue.all().values())
    if asked and asked.code != packets[0]:
        raise UsageError(f"材料包不是方案 {code} 的", "去掉 -p，按材料包自己的方案比较")
    return [workspace.catalogue.load(packets[0])]


def _changes(
    workspace: Workspace, old: Side, new: Side, programmes: Sequence[Programme]
) -> tuple[tuple[FieldChange, ...], tuple[str, ...]]:
    """What differs to any programme, and what could not be read."""
    found: dict[tuple[str, ...], tuple[FieldChange, list[str]]] = {}
    problems: dict[str, None] = {}
    with opened(old.data) as before, opened(new.data) as after:
        for programme in programmes:
            one, two = (
                _data(workspace, source, side.manifest, programme)
                for source, side in ((before, old), (after, new))
            )
            for change in data_changes(one, two, programme.titles):
                # Programmes may call one field by different names.
                key = (change.kind, change.old_path, change.new_path, change.before, change.after)
                found.setdefault(key, (change, []))[1].append(programme.short_title)
            for name, side in (("前一份", one), ("后一份", two)):
                problems.update(dict.fromkeys(f"{name}的数据：{each}" for each in side.dataset.problems))
    changes = (
        change if len(known) == len(programmes) else replace(change, programmes=tuple(known))
        for change, known in found.values()
    )
    return tuple(changes), tuple(problems)


def _data(
    workspace: Workspace, source: Source, manifest: PacketManifest | None, programme: Programme
) -> DataSide:
    dataset = load_for(source, programme, workspace.catalogue)
    # The files that a packet's data name are not in the packet; its manifest has their digests.
    digests = {one.name: one.sha256 for one in manifest.inputs} if manifest else dict(dataset.inputs)
    return DataSide(dataset, written(source, programme, workspace.catalogue.all()), digests)


def _read(side: Side) -> Read:
    packet, manifest = side.packet, side.manifest
    if packet is None or manifest is None:
        raise TypeError("no packet")

    def pdf(document: Document) -> bytes | None:
        file = document.file("pdf")
        if file is None:
            return None
        place = Place(f"{packet.place}/{file.path}")
        data = packet.read(file.path) if file.path in packet.paths else None
        if data is None:
            raise DataError("材料包里少了这个 PDF，不能比较", _ANEW, place)
        if hashlib.sha256(data).hexdigest() == file.sha256:
            return data
        from generator.pdf.signatures.examine import first_revision

        end = first_revision(data, file.sha256)
        if end is None:
            raise DataError("这个 PDF 生成以后被改动过，不能比较", _ANEW, place)
        return data[:end]

    return Read(manifest, pdf)


def _edited(name: str, side: Side) -> Iterator[str]:
    """Word files that say something else than the data and the PDFs."""
    if side.packet is None or side.manifest is None:
        return
    for document in side.manifest.documents:
        file = document.file("docx")
        data = side.packet.read(file.path) if file and file.path in side.packet.paths else None
        if file and data is not None and hashlib.sha256(data).hexdigest() != file.sha256:
            yield (
                f"{name}的《{document.title}》Word 文件在生成以后改过，还没有重新装订，"
                "数据和页面里没有这些改动（用 lianheti bind 装订后再比较）"
            )
        elif document.edited:
            yield f"{name}的《{document.title}》在 Word 里改过，数据里没有这些改动，页面按改过的比较"


def _pairs(old: PacketManifest, new: PacketManifest) -> Iterator[tuple[Document | None, Document | None]]:
    """Each document as it was and as it is, in the new packet's order; None where a packet has none."""
    left = list(old.documents)
    for document in new.documents:
        was = next((each for each in left if same_document(each, document)), None)
        if was is not None:
            left.remove(was)
        yield was, document
    for document in left:
        yield document, None


def _redlines(old: Side, new: Side, author: str) -> Iterator[DocumentRedline]:
    if old.packet is None or new.packet is None or old.manifest is None or new.manifest is None:
        raise UsageError("修订稿由两套材料里的 Word 文件做成，这里有一份是数据文件", "给出两套材料")
    for was, document in _pairs(old.manifest, new.manifest):
        if was is None or document is None:
            yield DocumentRedline(*_alone(was, document))
            continue
        before, after = word_file(old.packet, was), word_file(new.packet, document)
        if before is None or after is None:
            yield DocumentRedline(document.title, problem="有一套里没有它的 Word 文件")
            continue
        made = redline(before, after, title=document.title, author=author, day=new.manifest.date)
        file = document.file("docx")
        if made.data is not None and file is not None:
            name = f"{PurePosixPath(file.path).stem}-修订稿.docx"
            yield DocumentRedline(document.title, name, made.data)
        else:
            yield DocumentRedline(document.title, problem=made.problem)


def _bars(workspace: Workspace, old: Side, new: Side) -> Iterator[DocumentBars]:
    if old.manifest is None or new.manifest is None:
        raise UsageError("画线的页面由两套材料里的 PDF 做成，这里有一份是数据文件", "给出两套材料")
    before, after = _read(old), _read(new)
    with workspace.session("typst") as session:
        for was, document in _pairs(old.manifest, new.manifest):
            if was is None or document is None:
                title, _, _, problem = _alone(was, document)
                yield DocumentBars(title, "", Bars(problem=problem))
                continue
            one, two = before.pdf(was), after.pdf(document)
            file = document.file("pdf")
            if one is None or two is None or file is None or session.typesetter is None:
                yield DocumentBars(document.title, "", Bars(problem="有一套里没有它的 PDF"))
                continue
            made = bars(one, two, title=document.title, faces=session.typesetter.faces)
            name = f"{PurePosixPath(file.path).stem}-改动标线.pdf" if made.pdf is not None else ""
            yield DocumentBars(document.title, name, made, one if name else b"")


def _alone(was: Document | None, document: Document | None) -> tuple[str, str, bytes, str]:
    """Title and problem of a document that one of the packets has not, as a line without a file."""
    if document is not None:
        return document.title, "", b"", "前一套里没有这份文件"
    return was.title if was else "", "", b"", "后一套里没有这份文件"


def word_file(packet: OpenPacket, document: Document) -> bytes | None:
    """A document's Word file as it lies there, with what a person has changed in it."""
    file = document.file("docx")
    if file is None or file.path not in packet.paths:
        return None
    return packet.read(file.path)
