"""Attachments: the files that the data names by checklist id, checked and made ready to be bound."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from msgspec import Struct

from generator.base.failures import reason
from generator.errors import DataError, Place, Problem
from generator.model.dataset import Dataset
from generator.model.findings import LostFile
from generator.packet.parts import Job
from generator.readers.linked_files import MAX_ATTACHED_BYTES


class Attachment(Struct, frozen=True):
    """One file that is bound into the print copy.

    Attributes:
        item: the checklist item's id.
        file: its name, relative to the data file's folder.
        pdf: its pages.
        pages: how many.
        size: of the file itself, in bytes.
    """

    item: str
    file: str
    pdf: bytes
    pages: int
    size: int = 0


def read_attachments(job: Job) -> tuple[Attachment, ...]:
    """Every attachment that is there, in the scheme's order, within an item in the data's.

    Files that are not there are passed over (the checklist names them); so are items of other schemes.

    Args:
        job: what the packet is made from.

    Raises:
        DataError: files cannot be bound, each named with its place in the data.
    """
    found: list[Attachment] = []
    problems: list[Problem] = []
    for item, at, file in named_files(job):
        if file not in job.dataset.inputs:
            continue
        path = f"attachments.{item}[{at}]"
        try:
            found.append(_read(job, item, file))
        except DataError as error:
            problems.append(Problem(f"附件“{file}”{error.what}", error.remedy, job.dataset.place(path), path))
    if problems:
        raise DataError("附件有误", problems=tuple(problems))
    return tuple(found)


def expect_attachments(dataset: Dataset) -> None:
    """Make ready to read the files that a data file names, while the caller goes on."""
    if any((dataset.consortium.attachments or {}).values()):
        from generator.base.apart import prepare

        prepare()


def named_files(job: Job) -> Iterator[tuple[str, int, str]]:
    """Each file that the data names for this scheme's checklist: item, its number there, and name."""
    given = job.dataset.consortium.attachments or {}
    for item in job.programme.attachments:
        for at, file in enumerate(given.get(item.id) or ()):
            yield item.id, at, file


def lost_files(job: Job) -> tuple[LostFile, ...]:
    """The files that the data names and that are not there."""
    return tuple(
        LostFile(path, file, job.dataset.place(path))
        for item, at, file in named_files(job)
        if file not in job.dataset.inputs
        for path in [f"attachments.{item}[{at}]"]
    )


def _read(job: Job, item: str, file: str) -> Attachment:
    from generator.base.apart import ApartError, apart
    from generator.pdf.pages.attachments import attached_pages

    path = job.folder / file
    try:
        if path.stat().st_size > MAX_ATTACHED_BYTES:
            raise DataError(f"超过 {MAX_ATTACHED_BYTES // 1_000_000} MB", "缩小或分成几个文件", Place(file))
        data = path.read_bytes()
    except OSError as error:
        raise DataError(
            f"读不了（{reason(error)}）", "核对文件的权限，并关闭正在使用它的程序", Place(file)
        ) from None
    # Loading has seen that it lies inside the folder; what has been exchanged since may not.
    if hashlib.sha256(data).hexdigest() != job.dataset.inputs[file]:
        raise DataError("在生成过程中被改动", "等文件保存完毕后重新运行", Place(file))
    try:
        pdf, pages = apart(attached_pages, data, name=file, timestamp=job.when)
    except ApartError as error:
        raise DataError(str(error), "用 PDF 阅读器打开它，“打印”成一个新的 PDF 再附", Place(file)) from None
    return Attachment(item, file, pdf, pages, len(data))
