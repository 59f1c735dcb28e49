"""``upload/``: the files that a web system takes, by the profile of the scheme, or of the data for one of its own.

Which documents and attachments go into which file, how the files are called, how large they may be and in what
formats. A file that is too large gets smaller pictures; where that is not enough, it is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct, field

from generator.errors import DataError
from generator.model.programme import (
    UPLOAD_NAME_FIELDS,
    Merge,
    Upload,
    UploadFile,
    filled_upload_name,
    upload_name_fault,
)
from generator.packet.attachments import Attachment
from generator.packet.parts import Job, MadeDocument, MadeFile
from generator.publishing import safe_name

FOLDER: Final = "upload"
_MEGABYTE: Final = 1_000_000
_NAME: Final = "{序号}-{标题}"
_DOCUMENTS, _ATTACHMENTS = "documents", "attachments"
_MERGES: Final[Mapping[str, Merge]] = {"分开": "separate", "按类合并": "by-kind", "全部合并": "all"}


class Piece(Struct, frozen=True):
    """What goes into a file for upload.

    Attributes:
        id: the declared id of a document, or ``attachments.<item>``.
        title: what it is.
        pdfs: its pages, a PDF a file.
        plain: the same without signature fields, to be merged: a field is one file's alone.
        word: the DOCX of a document.
    """

    id: str
    title: str
    pdfs: tuple[bytes, ...]
    plain: tuple[bytes, ...]
    word: bytes | None = None


class Uploaded(Struct, frozen=True):
    """One file of ``upload/``.

    Attributes:
        file: the file.
        title: what it is.
        of: ids of what is in it.
        before: its bytes before its pictures were made smaller; None where they were not.
        percent: what the pictures keep of their width and height.
    """

    file: MadeFile
    title: str
    of: tuple[str, ...]
    before: int | None = None
    percent: int | None = None


class Uploads(Struct, frozen=True):
    """What is written for upload.

    Attributes:
        portal: the web system; empty where nobody says which.
        most: how large a file may be, in bytes; None for no limit.
        files: in order.
        notes: what a person should know.
    """

    portal: str = ""
    most: int | None = None
    files: tuple[Uploaded, ...] = ()
    notes: tuple[str, ...] = field(default=())


def uploads(job: Job, documents: Sequence[MadeDocument], attachments: Sequence[Attachment]) -> Uploads | None:
    """The files for upload of a signing edition; None where nobody asks for them, and for a draft.

    Args:
        job: what the packet is made from.
        documents: the official documents and letters.
        attachments: in the scheme's order.

    Raises:
        DataError: a file cannot be made to fit, or the names of two are the same.
    """
    profile = _profile(job)
    if profile is None or job.edition != "signing":
        return None
    most = profile.max_megabytes * _MEGABYTE if profile.max_megabytes else None
    if job.session.typesetter is None:
        return Uploads(profile.portal, most, notes=("没有生成 PDF，没有写 upload/",))
    pieces = [*_documents(documents), *_attached(job, attachments)]
    groups = list(_groups(profile, pieces))
    files: list[Uploaded] = []
    for title, name, inside in groups:
        stem = _stem(job, name or profile.name or _NAME, len(files) + 1, title)
        if "pdf" in profile.formats or any(piece.word is None for piece in inside):
            files.append(_pdf(job, stem, title, inside, most))
        if "docx" in profile.formats and len(inside) == 1 and inside[0].word is not None:
            files.append(_word(stem, title, inside[0], most))
    _refuse_twice(files)
    left = [piece.title for piece in pieces if not any(piece in inside for _, _, inside in groups)]
    notes = [f"没有列入上传文件：{'、'.join(left)}"] if left else []
    notes += [
        f"上传文件 {one.file.path} 的图片缩到原来宽高的 {one.percent}%（"
        f"{_shown(one.before)} 缩到 {_shown(len(one.file.data))}），上传前看看是否清楚"
        for one in files
        if one.before is not None
    ]
    return Uploads(profile.portal, most, tuple(files), tuple(notes))


def _profile(job: Job) -> Upload | None:
    """The programme's profile, with what the data say of a system of their own over it."""
    own, given = job.programme.upload, job.dataset.consortium.upload
    if given is None:
        return own
    said: dict[str, Any] = {
        "portal": given.portal,
        "name": given.file_name,
        "merge": _MERGES.get(given.merge or ""),
        "max_megabytes": given.max_megabytes if isinstance(given.max_megabytes, int) else None,
        "formats": tuple({"PDF": "pdf", "Word": "docx"}[each] for each in given.formats or ()) or None,
    }
    said = {name: value for name, value in said.items() if value is not None}
    # One who says how to merge does not want the scheme's own files.
    files: dict[str, Any] = {"files": ()} if "merge" in said else {}
    return (own or Upload()).model_copy(update={**said, **files})


def _documents(documents: Iterable[MadeDocument]) -> Iterator[Piece]:
    """The documents that are filed on paper; what is typed into a web system is no file for it."""
    for made in documents:
        # Of a document with 正本 and 副本 the first goes up: the others say the same.
        another_sort = made.document.covers and made.document.id != made.origin
        if made.document.filing == "paper" and not another_sort:
            word, *pdf = made.files
            pdfs = tuple(file.data for file in pdf)
            plain = (made.pdf.pdf,) if made.pdf else ()
            yield Piece(made.origin or made.document.id, made.document.title, pdfs, plain, word.data)


def _attached(job: Job, attachments: Sequence[Attachment]) -> Iterator[Piece]:
    for item in job.programme.attachments:
        pdfs = tuple(one.pdf for one in attachments if one.item == item.id)
        if pdfs:
            yield Piece(f"attachments.{item.id}", item.title, pdfs, pdfs)


def _groups(profile: Upload, pieces: Sequence[Piece]) -> Iterator[tuple[str, str, list[Piece]]]:
    """Each file: its title, its own pattern of a name, what is in it."""
    attached = [piece for piece in pieces if piece.id.startswith("attachments.")]
    filed = [piece for piece in pieces if piece not in attached]
    if profile.files:
        yield from _listed(profile.files, filed, attached)
    elif profile.merge == "all":
        yield "申报材料", "", [*filed, *attached]
    elif profile.merge == "by-kind":
        yield "申报文件", "", filed
        if attached:
            yield "附件", "", attached
    else:
        for piece in pieces:
            yield piece.title, "", [piece]


def _listed(
    files: Iterable[UploadFile], filed: Sequence[Piece], attached: Sequence[Piece]
) -> Iterator[tuple[str, str, list[Piece]]]:
    named = {name for file in files for name in file.of}
    for file in files:
        inside: list[Piece] = []
        for name in file.of:
            if name in {_DOCUMENTS, _ATTACHMENTS}:
                every = filed if name == _DOCUMENTS else attached
                inside += [piece for piece in every if piece.id not in named]
            else:
                inside += [piece for piece in (*filed, *attached) if piece.id == name]
        if file.each:
            yield from ((piece.title, file.name, [piece]) for piece in inside)
        elif inside:
            yield file.title or inside[0].title, file.name, inside


def _stem(job: Job, pattern: str, number: int, title: str) -> str:
    if fault := upload_name_fault(pattern):
        place = job.dataset.place("upload.file_name")
        raise DataError(f"上传要求的{fault}", "改正“上传要求”的“文件名”", place)
    leads = "、".join(lead.name or "" for lead in job.dataset.consortium.leads)
    values = (f"{number:02d}", title, job.consortium, leads)
    return safe_name(filled_upload_name(pattern, dict(zip(UPLOAD_NAME_FIELDS, values, strict=True))))


def _pdf(job: Job, stem: str, title: str, inside: Sequence[Piece], most: int | None) -> Uploaded:
    from generator.pdf.pages.merge import merge
    from generator.pdf.pages.shrink import shrunk

    alone = [pdf for piece in inside for pdf in piece.pdfs]
    parts = [(piece.title, pdf, ()) for piece in inside for pdf in piece.plain]
    data = alone[0] if len(alone) == 1 else merge(parts, title=title, timestamp=job.when)
    path, of = f"{FOLDER}/{stem}.pdf", tuple(piece.id for piece in inside)
    before = percent = None
    if most is not None and len(data) > most:
        smaller = shrunk(data, most, title=title, timestamp=job.when)
        if smaller is None:
            raise DataError(
                f"上传文件“{stem}.pdf”有 {_shown(len(data))}，超过上限 {_shown(most)}，图片缩小以后仍然超过",
                "换成较小的扫描件，分成几个文件（“合并”写“分开”），或核对平台的上限",
            )
        data, before, percent = smaller.pdf, smaller.before, smaller.percent
    return Uploaded(MadeFile(path, "pdf", data, _pages(data)), title, of, before, percent)


def _word(stem: str, title: str, piece: Piece, most: int | None) -> Uploaded:
    data = piece.word or b""
    if most is not None and len(data) > most:
        raise DataError(
            f"上传文件“{stem}.docx”有 {_shown(len(data))}，超过上限 {_shown(most)}",
            "缩小正文里的图片，或只上传 PDF",
        )
    return Uploaded(MadeFile(f"{FOLDER}/{stem}.docx", "docx", data), title, (piece.id,))


def _pages(data: bytes) -> int:
    import io

    import pikepdf

    with pikepdf.open(io.BytesIO(data)) as opened:
        return len(opened.pages)


def _refuse_twice(files: Sequence[Uploaded]) -> None:
    seen: set[str] = set()
    for one in files:
        if one.file.path.lower() in seen:
            name = one.file.path.removeprefix(f"{FOLDER}/")
            raise DataError(f"上传文件有两个都叫“{name}”", "上传要求的文件名里加上 {序号}")
        seen.add(one.file.path.lower())


def _shown(size: int | None) -> str:
    return f"{(size or 0) / _MEGABYTE:.2f} MB"
