"""Binding a packet again after a person has edited its DOCX: PDFs, fields, print copy, sheets, manifest.

The data is the one in the packet; nothing of it is asked for again. What was edited stays as it is, to the
byte, and is held against the data.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from generator.errors import DataError, Place, ProgrammeError, UsageError
from generator.model.catalogue import Catalogue
from generator.packet.attachments import Attachment
from generator.packet.data_copy import PATH as DATA
from generator.packet.documents import Filled, collect, fill_all, submit
from generator.packet.parts import Job, MadeDocument, MadeFile, Packet
from generator.packet.pipeline import Order, assemble, begin
from generator.packet.print_copy import PATH as PRINT_COPY
from generator.packet.session import Session
from generator.packet.sheets.sheet import FOLDER
from generator.pdf.engines.open import ENGINE_NAMES, EngineName
from generator.publishing import (
    PacketFile,
    Published,
    changed_files,
    manifest_holds,
    publish_again,
    read_manifest,
)
from generator.readers.source_file import read_source
from generator.workflows.edited_documents import differences

_MANIFEST = "manifest.json"
_CONDITIONS = f"{FOLDER}/conditions."
_ANEW = "用原来的数据文件重新生成材料包"


@dataclass(frozen=True, slots=True)
class Bound:
    """A packet that was bound again.

    Attributes:
        packet: as it is now.
        published: where it stands.
        edited: titles of the documents that a person has edited.
        differences: where they do not agree with the data.
    """

    packet: Packet
    published: Published
    edited: tuple[str, ...]
    differences: tuple[str, ...]


def bind(
    folder: Path, catalogue: Catalogue, engine: EngineName | None = None, *, force: bool = False
) -> Bound:
    """Bind a packet's folder again, and publish it in its place.

    Args:
        folder: the packet's folder.
        catalogue: where its programme is found.
        engine: the PDF engine; the one that the packet was made with where None.
        force: as for ``publish``.

    Raises:
        UsageError: it is no folder.
        DataError: it is no packet, or a file in it cannot be used.
        ProgrammeError: the programme or a template is at fault.
        PdfError: the PDF engine failed.
        OutputError: it cannot be written, or something is signed or changed that would be lost.
    """
    if not folder.is_dir():
        raise UsageError(f"“{folder}”不是文件夹", "写材料包的文件夹，里面有 manifest.json")
    manifest = _manifest(folder)
    with Session(catalogue, engine or _engine(manifest)) as session:
        job = _job(folder, manifest, session)
        documents, found = _documents(folder, manifest, job)
        packet = assemble(job, documents, _attachments(folder, manifest, job), found)
    published = publish_again(
        folder,
        [PacketFile(file.path, _kept(folder, file)) for file in packet.files],
        packet.manifest,
        timestamp=job.when,
        force=force,
    )
    edited = tuple(made.document.title for made in documents if made.edited)
    return Bound(packet, published, edited, found)


def _kept(folder: Path, file: MadeFile) -> bytes:
    """A file's bytes; the conditions sheet stays, as it names places in the original data file."""
    kept = folder / file.path
    return kept.read_bytes() if file.path.startswith(_CONDITIONS) and kept.is_file() else file.data


def _manifest(folder: Path) -> Mapping[str, Any]:
    manifest = read_manifest(folder)
    place = Place(f"{folder}/{_MANIFEST}")
    if not manifest_holds((folder / _MANIFEST).read_bytes()):
        raise DataError("manifest.json 被改动过，不能据以装订", _ANEW, place)
    if not all(key in manifest for key in ("programme", "edition", "date", "documents", "attachments")):
        raise DataError("这个材料包不是这一版程序生成的", _ANEW, place)
    return manifest


def _engine(manifest: Mapping[str, Any]) -> EngineName:
    name = str(manifest.get("pdf_engine") or "typst").split(" ", 1)[0]
    return next((known for known in ENGINE_NAMES if known == name), "typst")


def _job(folder: Path, manifest: Mapping[str, Any], session: Session) -> Job:
    """What the packet was made from, by the data that lies in it."""
    wanted = {entry["path"]: entry["sha256"] for entry in manifest["files"]}
    changed = {change.path: change for change in changed_files(folder)}
    if DATA not in wanted or DATA in changed:
        raise DataError("材料包里的数据文件不在了或被改动过，不能据以核对", _ANEW, Place(f"{folder}/{DATA}"))
    programme = session.catalogue.load(manifest["programme"])
    job = begin(read_source(folder / DATA), programme, Order(manifest["edition"]), session)
    # The files that the data names lie with the original, not here; what they were is in the manifest.
    inputs = {entry["name"]: entry["sha256"] for entry in manifest["inputs"]}
    when = job.when
    if when.date().isoformat() != manifest["date"]:
        when = datetime.fromisoformat(manifest["date"]).replace(tzinfo=UTC)
    return replace(job, dataset=replace(job.dataset, inputs=inputs), when=when)


def _documents(
    folder: Path, manifest: Mapping[str, Any], job: Job
) -> tuple[tuple[MadeDocument, ...], tuple[str, ...]]:
    """Every document as its DOCX is now, and where those that were edited do not agree with the data."""
    entries = {entry["id"]: entry for entry in manifest["documents"]}
    filled = fill_all(job)
    if [one.document.id for one in filled] != list(entries):
        raise DataError("方案的文件与这套材料的不同，方案可能改过", _ANEW, Place(f"{folder}/{_MANIFEST}"))
    made: list[MadeDocument] = []
    found: list[str] = []
    for one in filled:
        document, told = _document(folder, entries[one.document.id], one, job)
        made.append(document)
        found += told
    return tuple(made), tuple(found)


def _document(
    folder: Path, entry: Mapping[str, Any], filled: Filled, job: Job
) -> tuple[MadeDocument, tuple[str, ...]]:
    file = next(file for file in entry["files"] if file["format"] == "docx")
    filled = replace(filled, stem=str(file["path"]).removesuffix(".docx"))
    place = Place(f"{folder}/{file['path']}")
    try:
        data = (folder / file["path"]).read_bytes()
    except OSError as error:
        raise DataError(
            f"读不了（{error.strerror}）", "放回这个 Word 文件，或重新生成材料包", place
        ) from None
    if hashlib.sha256(data).hexdigest() == file["sha256"] and not entry["edited"]:
        return collect(job, submit(job, filled)), ()
    found = differences(job, filled, data)
    try:
        return collect(job, submit(job, filled, data)), found
    except ProgrammeError as error:
        # The fault is in a person's file, not in a template.
        raise DataError(error.what, "用 Word 打开它改正后再装订", error.place or place) from None


def _attachments(folder: Path, manifest: Mapping[str, Any], job: Job) -> tuple[Attachment, ...]:
    """The attachments as they are bound in the print copy: their own files need not be at hand."""
    entries = manifest["attachments"]
    if not entries:
        return ()
    place = Place(f"{folder}/{PRINT_COPY}")
    if any(change.path == PRINT_COPY for change in changed_files(folder)) or not manifest["packet"]:
        raise DataError("打印件不在了或被改动过，取不出其中的附件", _ANEW, place)
    from generator.pdf.pages.attachments import bound_again

    data = (folder / PRINT_COPY).read_bytes()
    return tuple(
        Attachment(
            entry["id"],
            entry["file"],
            bound_again(data, entry["first_page"], entry["pages"], name=entry["file"], timestamp=job.when),
            entry["pages"],
        )
        for entry in entries
    )
