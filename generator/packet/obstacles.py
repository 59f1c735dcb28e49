"""What stands in the way of a signing edition: as a judgement to be shown, and as a refusal."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec.structs import replace

from generator.errors import DataError, RefusedError
from generator.model.dataset import Dataset
from generator.model.findings import Absent
from generator.model.judgement import Judgement
from generator.model.paths import passage_kind, title_of
from generator.packet.attachments import lost_files, read_attachments
from generator.packet.chosen import chosen_documents
from generator.packet.documents import Filled, fill_all
from generator.packet.parts import Job
from generator.rendering.values import Record

_ROLE = re.compile(r"members\[\d+\]\.role")


def absent(job: Job) -> tuple[Absent, ...]:
    """What the programme's documents print and the data does not give, in the documents' order.

    Raises:
        ProgrammeError: a template is at fault.
    """
    return absent_from(job, (one.rendered.record for one in fill_all(job, guided=False)))


def judgement(job: Job) -> Judgement:
    """What the programme says of the data: whether a signing edition would be made of them, and if not, why.

    Attachments that cannot be bound are problems of the data, as they are for a packet.

    Raises:
        ProgrammeError: a template is at fault.
    """
    problems = job.dataset.problems
    try:
        read_attachments(job)
    except DataError as error:
        problems = (*problems, *error.problems)
    dataset = replace(job.dataset, problems=problems)
    return Judgement(job.programme, dataset, job.findings, absent(job), lost_files(job))


def refuse_unready(job: Job, filled: Iterable[Filled]) -> None:
    """Refuse a signing edition while ``judgement`` finds obstacles.

    Args:
        job: what the packet is made from.
        filled: its documents.

    Raises:
        RefusedError: there are some; each is named.
    """
    lines = Judgement(
        job.programme,
        job.dataset,
        job.findings,
        absent_from(job, (one.rendered.record for one in filled)),
        lost_files(job),
    ).obstacles
    if lines:
        listed = "\n".join(f"  · {line}" for line in lines)
        raise RefusedError(
            f"还不能出签署版，有 {len(lines)} 处要先处理：\n{listed}\n以上各处都要有着落",
            "逐条补充或改正后再试；确有理由不满足的条件，可用 --accept 方案:条件=理由 记录在案；"
            "先看草稿可用 --edition draft",
        )


def absent_from(job: Job, records: Iterable[Record]) -> tuple[Absent, ...]:
    """As ``absent``, of documents that have been filled already.

    Args:
        job: what they are made from.
        records: what each of them prints and lacks.
    """
    titles: dict[str, str] = {}
    for record in records:
        for path, short in record.missing.items():
            full = title_of(job.programme.model, path, job.programme.titles)
            titles.setdefault(path, f"“{short}”" if passage_kind(path) else full)
    for missing in chosen_documents(job).missing:
        titles.setdefault(missing.path, title_of(job.programme.model, missing.path, job.programme.titles))
    # A value that is given but wrong is reported as wrong already, so it is not reported as missing too.
    return tuple(
        Absent(path, title, job.dataset.place(path))
        for path, title in titles.items()
        if not _is_wrong(path, job.dataset) and not _role_is_wrong(path, job.dataset.wrong)
    )


def _is_wrong(path: str, dataset: Dataset) -> bool:
    """Whether a value was given but is wrong; of a text with a heading, the text itself."""
    return dataset.is_wrong(path) or f"{path}.text" in dataset.wrong


def _role_is_wrong(path: str, wrong: frozenset[str]) -> bool:
    """Whether a value is asked of a member, or of a lead that is nobody, only because a role is wrong."""
    if path.startswith("lead."):
        return any(_ROLE.fullmatch(one) for one in wrong)
    member = re.match(r"members\[\d+\]", path)
    return member is not None and f"{member[0]}.role" in wrong
