"""补充协议: what changes in a consortium's agreement, from its old and its new data, for all parties to sign."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from generator.errors import ExitCode, ProgrammeError, RefusedError, UsageError
from generator.model.consortium import Consortium, Member
from generator.model.dataset import Dataset
from generator.model.programme import Document, Programme, Purpose, Signatory
from generator.packet.assessment import Order, begin
from generator.packet.manifest import common, edition_of
from generator.packet.parts import Job, MadeDocument, MadeFile, TemplateUsed
from generator.packet.sheets.signing_texts import effective_date
from generator.packet.signing import places_not_found, signings_of, with_fields
from generator.pdf.engines.open import EngineName
from generator.publishing import PacketFile, Published, publish, recover, safe_name
from generator.publishing.manifest import AmendmentManifest, Changed
from generator.rendering.render import CORE_PROPERTIES, core_properties
from generator.rendering.values import MISSING_CLOSE, MISSING_OPEN, Edition, Record
from generator.workflows.agreement_changes import Changes, changes_between
from generator.workflows.choose import chosen_programmes
from generator.workflows.inputs import Data, opened
from generator.workflows.progress import Listener, tell, tell_notices
from generator.workflows.workspace import Workspace

TEMPLATE: Final = "amendment.docx"
_ID: Final = "amendment"
_WANTED: Final = (
    ("name", "单位名称"),
    ("credit_code", "统一社会信用代码"),
    ("legal_representative", "法定代表人"),
)


class Amendment(Struct, frozen=True):
    """A supplementary agreement that stands in the output folder.

    Attributes:
        document: as it was made.
        changes: what it changes.
        warnings: what to look to.
        published: where it stands.
    """

    document: MadeDocument
    changes: Changes
    warnings: tuple[str, ...]
    published: Published

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file, and the archive."""
        folder = self.published.folder
        return (*(folder / file.path for file in self.document.files), self.published.archive)

    @property
    def exit_code(self) -> ExitCode:
        """Always DONE: what goes wrong is raised."""
        return ExitCode.DONE


def amend(
    workspace: Workspace,
    old_data: Data,
    new_data: Data,
    root: Path,
    code: str | None = None,
    *,
    edition: Edition = "draft",
    engine: EngineName | None = "typst",
    force: bool = False,
    progress: Listener | None = None,
) -> Amendment:
    """Make the supplementary agreement and publish it.

    Args:
        workspace: programmes, templates, faces and engines.
        old_data: the data as the agreement in force has it.
        new_data: the data as it shall be.
        root: the output folder.
        code: the programme of both; None for the one that the new data has a filing for.
        edition: draft or signing.
        engine: the PDF engine; None for a Word file alone.
        force: move one that a person has changed aside.
        progress: is told of each step before it begins, and of interrupted runs that were put right.

    Raises:
        DataError: a file cannot be read, or values are wrong.
        UsageError: there is no such programme, or neither ``code`` nor the data name one.
        RefusedError: nothing has changed, or for signing something is missing.
        ProgrammeError: the programme has no agreement, or the template is at fault.
        PdfError: the PDF engine failed.
        OutputError: it cannot be written, or would overwrite a person's changes.
    """
    tell(progress, "读取变更前后的数据")
    with opened(old_data) as before, opened(new_data) as after, workspace.session(engine) as session:
        programmes = chosen_programmes(workspace.catalogue, (code,) if code else (), after)
        if len(programmes) != 1:
            raise UsageError("变更后的数据写了几个方案的申报", "用 -p 指明这份补充协议属于哪个方案")
        tell_notices(progress, recover(root))
        order = Order(edition)
        old, job = (begin(source, programmes[0], order, session) for source in (before, after))
        tell(progress, f"生成《{_document(job.programme).title}》")
        return _amended(old, job, root, force=force)


def _amended(old: Job, job: Job, root: Path, *, force: bool) -> Amendment:
    changes = changes_between(old.dataset.consortium, job.dataset.consortium)
    if not changes.rows:
        raise RefusedError(
            "两份数据在成员、牵头单位、分工和出资上没有不同，不需要补充协议",
            "核对给出的是不是变更前和变更后的两份数据",
        )
    parties = [*(job.dataset.consortium.members or ()), *changes.leaving]
    if job.edition == "signing":
        _refuse_incomplete(old, job, changes)
    made = _made(old, job, changes, parties)
    warnings = tuple(_warnings(job, changes, made))
    manifest = _manifest(old, job, changes, made, warnings)
    published = publish(
        root,
        job.consortium,
        job.programme.packet_folder(_ID, job.edition),
        [PacketFile(file.path, file.data) for file in made.files],
        manifest,
        timestamp=job.when,
        force=force,
    )
    return Amendment(made, changes, warnings, published)


def _agreement(programme: Programme) -> Document:
    """The programme's agreement: what all members sign."""
    for document in programme.documents:
        if document.purpose is Purpose.AGREEMENT:
            return document
    raise ProgrammeError(
        "这个方案没有由全体成员单位签署的协议，不能订补充协议",
        "在 programme.yaml 里协议那一份文件写 purpose: agreement",
    )


def _document(programme: Programme) -> Document:
    return Document(
        id=_ID,
        title=f"{_agreement(programme).title}补充协议",
        template=TEMPLATE,
        purpose=Purpose.AMENDMENT,
        signatories=(Signatory(role="member", party="members", title="各方签章", signer="法定代表人"),),
    )


def _refuse_incomplete(old: Job, job: Job, changes: Changes) -> None:
    """Refuse a signing edition in which a party lacks what its signature block prints."""
    lines = [
        line
        for dataset, members in (
            (job.dataset, job.dataset.consortium.members or ()),
            (old.dataset, changes.leaving),
        )
        for line in _lacking(dataset, members)
    ]
    if lines:
        listed = "\n".join(f"  · {line}" for line in lines)
        raise RefusedError(
            f"还不能出签署版，有 {len(lines)} 处没有填写：\n{listed}\n以上各处都要印出来",
            "逐条补充后再试；先看草稿可用 --edition draft",
        )


def _lacking(dataset: Dataset, members: tuple[Member, ...]) -> Iterator[str]:
    everyone = list(dataset.consortium.members or ())
    for member in members:
        at = everyone.index(member)
        for field, title in _WANTED:
            if getattr(member, field) is None:
                yield f"{dataset.place(f'members[{at}].{field}')}：第 {at + 1} 个成员单位的“{title}”没有填写"


def _names(old: Job, job: Job, changes: Changes, parties: list[Member]) -> dict[str, Any]:
    programme = job.programme
    before, after = old.dataset.consortium, job.dataset.consortium
    rule = programme.amendment
    return {
        "title": _document(programme).title,
        "agreement": _agreement(programme).title,
        "old_name": before.name,
        "effective": effective_date(before),
        "source": programme.source.title,
        "source_number": programme.source.number,
        "clause": rule.clause if rule else "",
        "quote": rule.quote if rule else "",
        "changes": [{"what": row.what, "before": row.before, "after": row.after} for row in changes.rows],
        "joining": [_text(member, "name", "单位名称") for member in changes.joining],
        "leaving": [_text(member, "name", "单位名称") for member in changes.leaving],
        "lead_changes": changes.lead_changes,
        "leads_before": list(changes.leads_before),
        "leads_after": list(changes.leads_after),
        "copies": _copies(after),
        "parties": [_party(member, changes) for member in parties],
    }


def _copies(consortium: Consortium) -> int | str:
    copies = consortium.agreement.copies if consortium.agreement else None
    return copies if isinstance(copies, int) else ""


def _text(member: Member, field: str, title: str) -> str:
    value = getattr(member, field)
    if value is None:
        return f"{MISSING_OPEN}{title}{MISSING_CLOSE}"
    kind = member.specs()[field].kind
    return str(kind.show(value)) if kind else str(value)


def _party(member: Member, changes: Changes) -> dict[str, str]:
    note = "加入" if member in changes.joining else "退出" if member in changes.leaving else ""
    return {
        "name": _text(member, "name", "单位名称"),
        "credit_code": _text(member, "credit_code", "统一社会信用代码"),
        "note": note,
        "signer": "授权代表" if member.delegate else "法定代表人",
    }


def _made(old: Job, job: Job, changes: Changes, parties: list[Member]) -> MadeDocument:
    document = _document(job.programme)
    prepared = job.session.templates.common(TEMPLATE)
    core = core_properties(document.title, job.consortium, job.when)
    filled = prepared.template.fill(
        _names(old, job, changes, parties), replace={CORE_PROPERTIES: core}, when=job.when
    )
    stem = safe_name(f"01-{document.title}")
    files: tuple[MadeFile, ...] = (MadeFile(f"{stem}.docx", "docx", filled.docx),)
    own = tuple(member.name or f"第 {at} 方" for at, member in enumerate(parties, 1))
    signings, pdf = signings_of(job, document, None, own), None
    if (typesetter := job.session.typesetter) is not None:
        info = job.pdf_info(document.title)
        pdf = typesetter.submit(filled.docx, info, parts=filled.parts, watermark=job.watermark).result()
        signings, data = with_fields(job, document, pdf, own)
        files = (*files, MadeFile(f"{stem}.pdf", "pdf", data, pdf.pages))
    template = TemplateUsed(prepared.name, prepared.sha256, prepared.template.revisions)
    record = Record(job.edition, lambda path: path)
    return MadeDocument(document, template, record, files, pdf, signings)


def _warnings(job: Job, changes: Changes, made: MadeDocument) -> Iterator[str]:
    rule = job.programme.amendment
    if rule is None:
        yield "方案没有写明增减成员、变更牵头单位的程序，按原协议的约定办理"
    elif changes.lead_changes or changes.joining or changes.leaving:
        note = f"；{rule.note}" if rule.note else ""
        yield f"{rule.clause}：“{rule.quote}”{note}"
    broken = [finding for finding in job.findings if finding.verdict == "fail" and not finding.accepted]
    if broken:
        listed = "、".join(finding.title for finding in broken)
        yield f"变更以后有 {len(broken)} 条必须的条件不符合：{listed}（用 lianheti check 查看）"
    if any(member.delegate for member in job.dataset.consortium.members or ()):
        yield "有单位由代理人签署：原来的授权委托书没有写明补充协议的，另出授权委托书"
    if made.pdf is not None:
        yield from made.pdf.warnings
    yield from places_not_found(made)


def _manifest(
    old: Job,
    job: Job,
    changes: Changes,
    made: MadeDocument,
    warnings: tuple[str, ...],
) -> AmendmentManifest:
    # The old data and the new may be files of one name.
    inputs = [*old.dataset.inputs.items(), *job.dataset.inputs.items()]
    return AmendmentManifest(
        **common(job.programme, job.when, inputs, (made,), warnings, job.session),
        consortium=job.consortium,
        edition=edition_of(job),
        changes=tuple(Changed(what=row.what, before=row.before, after=row.after) for row in changes.rows),
    )
