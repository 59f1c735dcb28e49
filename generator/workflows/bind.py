"""Making a packet's PDFs, print copy, sheets and manifest again after a person has edited its Word files.

The data are those in the packet; the original data file is not needed. An edited Word file is kept byte for byte
and compared with the data.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from generator.base.apart import ApartError, apart
from generator.base.failures import reason
from generator.errors import DataError, ExitCode, Place, ProgrammeError, UsageError
from generator.packet.assessment import Order, begin
from generator.packet.attachments import Attachment
from generator.packet.data_copy import PATH as DATA
from generator.packet.documents import Filled, collect, fill_all, submit
from generator.packet.facts import facts_of
from generator.packet.parts import Job, MadeDocument, MadeFile, Packet
from generator.packet.pipeline import assemble
from generator.packet.print_copy import PATH as PRINT_COPY
from generator.packet.session import Session
from generator.packet.sheets.sheet import FOLDER
from generator.packet.signature_places import Restored, restored, typed_name
from generator.packet.signing import signings_of
from generator.pdf.engines.open import ENGINE_NAMES, EngineName
from generator.publishing import (
    PacketFile,
    Published,
    changed_files,
    publish_again,
    read_manifest,
    recover_packet,
)
from generator.publishing.manifest import MANIFEST, PacketManifest, manifest_holds
from generator.publishing.manifest import Document as Listed
from generator.readers.source_file import read_source
from generator.workflows.edited_documents import differences
from generator.workflows.progress import Listener, tell, tell_notices
from generator.workflows.take import Offer, Offered, offered
from generator.workflows.workspace import Workspace

_CONDITIONS = f"{FOLDER}/conditions."
_ANEW = "用原来的数据文件重新生成材料包"


class Bound(Struct, frozen=True):
    """A packet that was bound again.

    Attributes:
        packet: as it is now.
        published: where it stands.
        edited: titles of the documents that a person has edited.
        differences: where they do not agree with the data.
        offered: by document, what of the changes the data can take, where that was asked for.
    """

    packet: Packet
    published: Published
    edited: tuple[str, ...]
    differences: tuple[str, ...]
    offered: tuple[Offered, ...] = ()

    @property
    def offers(self) -> tuple[Offer, ...]:
        """Every change that the data can take."""
        return tuple(offer for one in self.offered for offer in one.offers)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should look to, in Chinese, the differences among it."""
        return self.packet.manifest.warnings

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file of the packet, and its archive."""
        folder = self.published.folder
        return (*(folder / file.path for file in self.packet.files), self.published.archive)

    @property
    def exit_code(self) -> ExitCode:
        """Always DONE: what goes wrong is raised."""
        return ExitCode.DONE


def bind(
    workspace: Workspace,
    folder: Path,
    *,
    engine: EngineName | None = None,
    force: bool = False,
    changes: bool = False,
    progress: Listener | None = None,
) -> Bound:
    """Bind a packet's folder again, and publish it in its place.

    Args:
        workspace: programmes, templates, faces and engines.
        folder: the packet's folder.
        engine: the PDF engine; the one that the packet was made with where None.
        force: move the packet aside where files besides the Word documents are signed or changed.
        changes: find out, too, which of the changes the data can take (``workflows.take``).
        progress: is told of each step before it begins, and of interrupted runs that were put right.

    Raises:
        UsageError: it is no folder.
        DataError: it is no packet, or a file in it cannot be used.
        ProgrammeError: the programme or a template is at fault.
        PdfError: the PDF engine failed.
        OutputError: it cannot be written, or something is signed or changed that would be lost.
    """
    tell_notices(progress, recover_packet(folder))
    if not folder.is_dir():
        raise UsageError(f"“{folder}”不是文件夹", "写材料包的文件夹，里面有 manifest.json")
    manifest = _manifest(folder)
    tell(progress, "核对改过的文件，重新生成 PDF")
    with workspace.session(engine or _engine(manifest)) as session:
        job = _job(folder, manifest, session)
        documents, found, given_back = _documents(folder, manifest, job, changes=changes)
        attachments = _attachments(folder, manifest, job)
        found += _stale_facts(job, documents, attachments)
        packet = assemble(job, documents, attachments, found)
    tell(progress, "写入材料包")
    published = publish_again(
        folder,
        [PacketFile(file.path, _new_bytes(folder, file)) for file in packet.files],
        packet.manifest,
        timestamp=job.when,
        force=force,
    )
    edited = tuple(made.document.title for made in documents if made.edited)
    return Bound(packet, published, edited, found, given_back)


class WordEdits(Struct, frozen=True):
    """What a person has changed in one Word file of a packet.

    Attributes:
        document: the document's title.
        path: the Word file, relative to the packet's folder.
        offered: what of it the data can take.
        differences: where it does not agree with the data, each a sentence without its stop.
    """

    document: str
    path: str
    offered: Offered
    differences: tuple[str, ...]


def word_edits(workspace: Workspace, folder: Path) -> tuple[WordEdits, ...]:
    """What was changed in a packet's Word files, beside what its data print; nothing is written.

    Args:
        workspace: programmes, templates and faces.
        folder: the packet's folder.

    Raises:
        DataError: it is no packet, or a file in it cannot be used.
        ProgrammeError: the programme or a template is at fault.
    """
    manifest = _manifest(folder)
    found: list[WordEdits] = []
    with workspace.session("typst") as session:
        job = _job(folder, manifest, session)
        entries = {document.id: document for document in manifest.documents}
        for one in fill_all(job):
            listed = entries.get(one.document.id)
            file = listed.file("docx") if listed else None
            if listed is None or file is None:
                raise DataError(
                    "方案的文件与这套材料的不同，方案可能改过", _ANEW, Place(f"{folder}/{MANIFEST}")
                )
            data = _read(folder / file.path, Place(f"{folder}/{file.path}"))
            if hashlib.sha256(data).hexdigest() != file.sha256 or listed.edited:
                told = differences(job, one, data)
                found.append(WordEdits(listed.title, file.path, offered(job, one, data), told))
    return tuple(found)


def _new_bytes(folder: Path, file: MadeFile) -> bytes:
    """A file's new bytes; the conditions sheet keeps the old ones, as it names places in the original data file."""
    kept = folder / file.path
    return kept.read_bytes() if file.path.startswith(_CONDITIONS) and kept.is_file() else file.data


def _manifest(folder: Path) -> PacketManifest:
    manifest = read_manifest(folder)
    place = Place(f"{folder}/{MANIFEST}")
    if not manifest_holds((folder / MANIFEST).read_bytes()):
        raise DataError("manifest.json 被改动过，不能据以装订", _ANEW, place)
    if not isinstance(manifest, PacketManifest):
        raise DataError("这是补充协议或汇总表，不是申报材料包，不能重新装订", "改数据后重新生成", place)
    return manifest


def _engine(manifest: PacketManifest) -> EngineName:
    name = (manifest.pdf_engine or "typst").split(" ", 1)[0]
    return next((known for known in ENGINE_NAMES if known == name), "typst")


def _stale_facts(
    job: Job, documents: Sequence[MadeDocument], attachments: Sequence[Attachment]
) -> tuple[str, ...]:
    """A warning where a document prints pages that are others now."""
    if job.facts is None:
        return ()
    now = facts_of(job, documents, attachments)
    pages = [(one.id, one.pages, one.first) for one in job.facts.files]
    if now is None or (job.facts.pages, pages) == (now.pages, [(o.id, o.pages, o.first) for o in now.files]):
        return ()
    titles = "".join(f"《{made.document.title}》" for made in documents if made.record.of_packet)
    return (f"Word 文件改过以后页数变了，{titles}里印的页数还是原来的，请在 Word 里改正后再绑定一次",)


def _job(folder: Path, manifest: PacketManifest, session: Session) -> Job:
    """What the packet was made from, by the data that lies in it."""
    wanted = {file.path for file in manifest.files}
    changed = {change.path: change for change in changed_files(folder)}
    if DATA not in wanted or DATA in changed:
        raise DataError("材料包里的数据文件不在了或被改动过，不能据以核对", _ANEW, Place(f"{folder}/{DATA}"))
    programme = session.catalogue.load(manifest.programme)
    sides = manifest.printing.sides if manifest.printing else None
    order = Order(
        manifest.edition, sides=sides, page_codes=manifest.page_codes is not None, sheets=manifest.sheets
    )
    job = begin(read_source(folder / DATA), programme, order, session)
    # The files that the data name are beside the original data file, not here; the manifest has their digests.
    inputs = {digest.name: digest.sha256 for digest in manifest.inputs}
    when = job.when
    if when.date() != manifest.date:
        when = datetime.combine(manifest.date, time(), UTC)
    return replace(job, dataset=replace(job.dataset, inputs=inputs), when=when, facts=manifest.facts)


def _documents(
    folder: Path, manifest: PacketManifest, job: Job, *, changes: bool
) -> tuple[tuple[MadeDocument, ...], tuple[str, ...], tuple[Offered, ...]]:
    """Every document as its DOCX is now, where those that were edited do not agree with the data, what they offer it."""
    entries = {document.id: document for document in manifest.documents}
    filled = fill_all(job)
    if [one.document.id for one in filled] != list(entries):
        raise DataError("方案的文件与这套材料的不同，方案可能改过", _ANEW, Place(f"{folder}/{MANIFEST}"))
    made: list[MadeDocument] = []
    found: list[str] = []
    offers: list[Offered] = []
    for one in filled:
        document, told = _document(folder, entries[one.document.id], one, job)
        made.append(document)
        found += told
        if changes and document.edited:
            docx = next(file.data for file in document.files if file.format == "docx")
            offers.append(offered(job, one, docx))
    return tuple(made), tuple(found), tuple(offers)


def _document(folder: Path, listed: Listed, filled: Filled, job: Job) -> tuple[MadeDocument, tuple[str, ...]]:
    file = listed.file("docx")
    if file is None:
        raise DataError(
            f"manifest.json 里没有《{listed.title}》的 Word 文件", _ANEW, Place(f"{folder}/{MANIFEST}")
        )
    filled = replace(filled, stem=file.path.removesuffix(".docx"))
    place = Place(f"{folder}/{file.path}")
    data = _read(folder / file.path, place)
    if hashlib.sha256(data).hexdigest() == file.sha256 and not listed.edited:
        return collect(job, submit(job, filled)), ()
    found = differences(job, filled, data)
    places = _places(job, filled, data, place)
    try:
        made = collect(job, submit(job, filled, data, places.docx))
    except ProgrammeError as error:
        # The fault is in a person's file, not in a template.
        raise DataError(error.what, "用 Word 打开它改正后再装订", error.place or place) from None
    return made, (*found, *_accepted(filled, places), *_found_again(filled, places))


def _places(job: Job, filled: Filled, edited: bytes, place: Place) -> Restored:
    """The signature places of a document that a person has edited.

    Raises:
        DataError: a place that the packet must have was lost, and could not be found again with certainty.
    """
    signings = signings_of(job, filled.document, None, (filled.party,) if filled.party else None)
    own = {f"sign.{signing.role}.{signing.number}": signing.party for signing in signings}
    found = restored(filled.rendered.parts, edited, f"{filled.stem}.docx", own, job.when)
    must = job.edition == "signing" and filled.document.filing == "paper"
    if must and (found.lost or found.strayed):
        titles = {signing.role: signing.title for signing in signings}

        def told(name: str) -> str:
            role = name[len("sign.") :]
            party = own.get(name) or f"“{titles.get(role, role)}”"
            return f"{party}（书签 {typed_name(name)}）"

        lost = [f"找不到{'、'.join(told(name) for name in found.lost)}的签章位置"] if found.lost else []
        if found.strayed:
            lost.append(f"{'、'.join(told(name) for name in found.strayed)}的书签不在自己的签章栏里了")
        raise DataError(
            f"《{filled.document.title}》改过以后，{'；'.join(lost)}",
            "在 Word 里选中那一栏，用“插入—书签”按括号里的名称加上书签再装订；或换回原来的文件重新修改",
            place,
        )
    return found


def _accepted(filled: Filled, places: Restored) -> Iterator[str]:
    if places.revisions:
        yield (
            f"《{filled.document.title}》里有 {places.revisions} 处修订，PDF 印的是全部接受以后的，"
            "Word 文件照原样留着；有要拒绝的，在 Word 里拒绝后再装订一次"
        )


def _found_again(filled: Filled, places: Restored) -> Iterator[str]:
    for name in places.again:
        yield (
            f"《{filled.document.title}》的书签 {typed_name(name)} 在 Word 里丢了，"
            "签章位置是按印的文字找回的，请在 PDF 里核对"
        )


def _read(path: Path, place: Place) -> bytes:
    remedy = "放回这个 Word 文件，或重新生成材料包"
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise DataError("不是普通文件，没有读取", remedy, place)
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"读不了（{reason(error)}）", remedy, place) from None


def _attachments(folder: Path, manifest: PacketManifest, job: Job) -> tuple[Attachment, ...]:
    """The attachments as they are bound in the print copy: their own files need not be at hand."""
    if not manifest.attachments:
        return ()
    place = Place(f"{folder}/{PRINT_COPY}")
    if any(change.path == PRINT_COPY for change in changed_files(folder)) or manifest.packet is None:
        raise DataError("打印件不在了或被改动过，取不出其中的附件", _ANEW, place)
    from generator.pdf.pages.attachments import bound_again

    data = (folder / PRINT_COPY).read_bytes()
    pages = manifest.packet.pages or 0
    for one in manifest.attachments:
        if one.first_page is None or one.pages < 1 or not 1 <= one.first_page <= pages - one.pages + 1:
            raise DataError(
                f"manifest.json 里附件“{one.file}”的页码不对", _ANEW, Place(f"{folder}/{MANIFEST}")
            )
    places = [(one.file, one.first_page or 1, one.pages) for one in manifest.attachments]
    try:
        # Whoever sent the packet may have made the print copy.
        found = apart(bound_again, data, places, job.when)
    except ApartError as error:
        raise DataError(f"打印件{error}", _ANEW, place) from None
    return tuple(
        Attachment(one.id, one.file, pdf, one.pages)
        for one, pdf in zip(manifest.attachments, found, strict=True)
    )
