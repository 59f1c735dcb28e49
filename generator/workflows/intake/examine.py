"""Judging one filing of whatever kind; an error of the filing is its verdict and never ends the run."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from generator.base.text import fold
from generator.errors import LianhetiError, ProgrammeError
from generator.model.findings import Finding
from generator.model.judgement import Judgement
from generator.model.programme import Programme
from generator.model.value_kinds import Stated
from generator.packet.data_copy import PATH as DATA_COPY
from generator.publishing.manifest import PacketManifest
from generator.publishing.reading import open_packet
from generator.readers.source_file import read_source
from generator.workflows.check import check
from generator.workflows.choose import filed_programmes
from generator.workflows.inputs import Data, Upload, write_below
from generator.workflows.intake.examined import Examined, Issue, Organisation, Whose
from generator.workflows.intake.found import Received
from generator.workflows.read_back import ReadBack, read_back
from generator.workflows.verify import Report, verify
from generator.workflows.workspace import Workspace

_INTERNAL: Final = "internal/"
# So much is lacking where the data were made for another scheme; fewer faults are the applicant's own.
_MANY: Final = 8


class _ApartError(Exception):
    """The filing is not judged; the text says why."""


def examine(workspace: Workspace, received: Received, programme: Programme) -> Examined:
    """Judge a filing.

    Args:
        workspace: programmes and templates.
        received: the filing.
        programme: the scheme that is being taken in.

    Raises:
        ProgrammeError: the scheme or one of its templates is at fault.
    """
    try:
        if received.kind == "packet":
            return _packet(workspace, received, programme)
        if received.kind == "forms":
            return _forms(workspace, received, programme)
        return _data(workspace, received, programme)
    except ProgrammeError:
        raise
    except _ApartError as error:
        return Examined(name=received.name, digest=received.digest, apart=str(error))
    except LianhetiError as error:
        return Examined(
            name=received.name, digest=received.digest, apart=f"读不了：{' '.join(str(error).split())}"
        )


def _data(workspace: Workspace, received: Received, programme: Programme) -> Examined:
    file = received.files[0]
    filed = filed_programmes(workspace.catalogue, read_source(file))
    if filed and programme.code not in {one.code for one in filed}:
        raise _ApartError(f"申报的是别的方案（{'、'.join(one.title for one in filed)}）")
    found = _judged(workspace, received, programme, file, [])
    lacking = len(found.of("applicant"))
    if not filed and lacking >= _MANY:
        for other in workspace.catalogue.all().values():
            if other.code != programme.code and _fits(workspace, file, other):
                raise _ApartError(f"像是按“{other.title}”填的：按这个方案有 {lacking} 处不合，按那个方案没有")
    return found


def _fits(workspace: Workspace, file: Path, programme: Programme) -> bool:
    """Whether the data are all that a scheme asks for."""
    (judgement,) = check(workspace, file, [programme.code]).judgements
    return not judgement.dataset.problems and not judgement.blocked() and not judgement.absent


def _judged(
    workspace: Workspace,
    received: Received,
    programme: Programme,
    data: Data,
    more: list[Issue],
    *,
    attachments: bool = True,
) -> Examined:
    """A filing by its data, with what was found of its papers before."""
    checked = check(workspace, data, [programme.code])
    (judgement,) = checked.judgements
    consortium = judgement.dataset.consortium
    issues = [*more, *_problems(judgement), *_findings(judgement), *_absent(judgement)]
    if attachments:
        issues += [
            Issue(key=f"lost.{lost}", whose="applicant", sort="缺附件", what=str(lost))
            for lost in judgement.lost
        ]
        given = set(consortium.attachments or {})
        issues += [
            Issue(
                key=f"attachment.{item.id}",
                whose="person",
                sort="附件",
                clause=item.clause,
                title=item.title,
                what="数据里没有这份附件，请看纸质材料里有没有",
            )
            for item in programme.attachments
            if item.required and item.document is None and item.id not in given
        ]
    members = consortium.members or ()
    return Examined(
        name=received.name,
        digest=received.digest,
        consortium=consortium.name or "",
        lead=next((member.name or "" for member in members if member.is_lead), ""),
        content=_content(judgement),
        issues=_once(issues),
        people=tuple(_people(judgement)),
    )


def _problems(judgement: Judgement) -> Iterator[Issue]:
    for problem in judgement.dataset.problems:
        yield Issue(
            key=f"problem.{problem.path}",
            whose="applicant",
            sort="填写有误",
            title=problem.path and _title(judgement, problem.path),
            what=problem.message,
            remedy=problem.remedy,
            where=str(problem.place),
        )


def _title(judgement: Judgement, path: str) -> str:
    from generator.model.paths import title_of

    return title_of(judgement.programme.model, path, judgement.programme.labels)


def _findings(judgement: Judgement) -> Iterator[Issue]:
    waiting = judgement.waiting
    for finding in judgement.findings:
        whose = _whose(finding)
        if whose is None or finding in waiting:
            continue
        told = f"（申报单位说明：{finding.accepted}）" if finding.accepted else ""
        yield Issue(
            key=f"rule.{finding.rule}.{finding.path}",
            whose=whose,
            sort="条件" if whose != "applicant" or finding.verdict == "fail" else "无法核对",
            clause=finding.clause,
            title=finding.title,
            quote=finding.quote,
            what=finding.message + told,
            where=str(finding.place) if finding.place else "",
        )


def _whose(finding: Finding) -> Whose | None:
    """Who has to do with a finding; None for what is met. What the applicant excuses, the department judges."""
    if finding.verdict == "pass":
        return None
    if finding.accepted or finding.verdict == "judge":
        return "person"
    if finding.stands_in_the_way:
        return "applicant"
    # What holds "as a rule" is for the department to wave through, not for a program.
    return "reminder" if finding.level == "preferred" else "person"


def _absent(judgement: Judgement) -> Iterator[Issue]:
    for one in judgement.only_absent:
        yield Issue(
            key=f"absent.{one.path}",
            whose="applicant",
            sort="没有填写",
            title=one.title.strip("“”"),
            what=f"“{one.title.strip('“”')}”没有填写",
            remedy="补填",
            where=str(one.place),
        )


def _packet(workspace: Workspace, received: Received, programme: Programme) -> Examined:
    place = received.files[0]
    report = verify(place)
    manifest = report.manifest
    if not isinstance(manifest, PacketManifest):
        raise _ApartError("不是申报材料包（是补充协议、汇总表，或说明文件已损坏）")
    if manifest.programme != programme.code:
        known = workspace.catalogue.folders()
        title = (
            workspace.catalogue.load(manifest.programme).title
            if manifest.programme in known
            else manifest.programme
        )
        raise _ApartError(f"申报的是别的方案（{title}）")
    more = [*_tampered(report), *_papers(manifest), *_versions(manifest, programme)]
    with tempfile.TemporaryDirectory(prefix="lianheti-intake-", ignore_cleanup_errors=True) as name:
        with open_packet(place) as packet:
            kept = [path for path in packet.paths if path.startswith(_INTERNAL)]
            files = {
                path: packet.read(path) for path in kept if not path.endswith((".pdf", "signing-guide.docx"))
            }
        if files.get(DATA_COPY) is None:
            raise _ApartError("材料包里没有数据（internal/data.yaml），核对不了")
        write_below(Path(name), {path: data for path, data in files.items() if data is not None})
        return _judged(workspace, received, programme, Path(name, DATA_COPY), more, attachments=False)


def _tampered(report: Report) -> Iterator[Issue]:
    for fault in report.faults:
        yield Issue(
            key=f"tampered.{fault.path}",
            whose="applicant",
            sort="材料被改动",
            title=fault.path or "材料包",
            what=fault.what,
            remedy="用数据文件重新生成整套材料后报送",
            where=fault.path,
        )
    for place in report.places:
        for doubt in place.doubts:
            yield Issue(
                key=f"doubt.{place.field}.{doubt}",
                whose="person",
                sort="电子签名",
                title=place.field,
                what=doubt,
            )


def _papers(manifest: PacketManifest) -> Iterator[Issue]:
    if manifest.edition != "signing":
        yield Issue(
            key="edition",
            whose="applicant",
            sort="草稿",
            what="报来的是草稿，不是签署版",
            remedy="生成签署版，签字盖章后报送",
        )
    for entry in manifest.checklist:
        if entry.required and entry.state in {"missing", "lost"}:
            yield Issue(
                key=f"attachment.{entry.id}",
                whose="applicant" if entry.state == "lost" else "person",
                sort="附件",
                title=entry.title,
                what="材料包里没有这份附件" + ("，请看纸质材料里有没有" if entry.state == "missing" else ""),
                remedy="补齐后重新报送",
            )


def _versions(manifest: PacketManifest, programme: Programme) -> Iterator[Issue]:
    """Papers made with templates that are not those of today's scheme."""
    now = {
        hashlib.sha256(path.read_bytes()).hexdigest()
        for path in programme.folder.rglob("*.docx")
        if path.is_file()
    }
    for template in manifest.templates:
        if template.name.startswith(f"{programme.code}/") and template.sha256 not in now:
            yield Issue(
                key=f"version.{template.name}",
                whose="person",
                sort="版本",
                title=template.name.rpartition("/")[2],
                what="所用的模板与现在的不是同一版，请看内容是否还符合要求",
            )


def _forms(workspace: Workspace, received: Received, programme: Programme) -> Examined:
    read = read_back(workspace, received.files, programme.code, Path("intake.yaml"), write=False)
    found = _judged(
        workspace,
        received,
        programme,
        Upload("intake.yaml", read.data),
        list(_doubts(read)),
        attachments=False,
    )
    missing = {document.id for document in programme.documents if document.filing} - {
        one.id for one in read.documents
    }
    papers = [
        Issue(
            key=f"document.{document.id}",
            whose="applicant",
            sort="缺文件",
            title=document.title,
            what=f"没有收到《{document.title}》的 Word 文件",
            remedy="补报",
        )
        for document in programme.documents
        if document.id in missing
    ]
    return found.model_copy(update={"issues": _once([*papers, *found.issues])})


def _doubts(read: ReadBack) -> Iterator[Issue]:
    for entry in read.entries:
        if entry.status == "sure":
            continue
        where = "；".join(f"{source.document} {source.place}" for source in entry.sources)
        yield Issue(
            key=f"read.{entry.path}",
            whose="person",
            sort="读表存疑",
            title=read.titles[entry.path],
            what=entry.why or "读得不确定，请看原文",
            where=where,
        )
    for one in read.beyond:
        yield Issue(
            key=f"beyond.{one.file}.{one.place}",
            whose="person",
            sort="表外内容",
            title=one.file,
            what=f"{one.what}：{one.text}",
            where=one.place,
        )
    for wrong in read.mismatches:
        yield Issue(
            key=f"figure.{wrong.document}.{wrong.place}",
            whose="applicant",
            sort="数字不符",
            title=wrong.document,
            what=f"写的是 {wrong.written}，按表中各项算是 {wrong.computed}",
            remedy="核对后改正",
            where=wrong.place,
        )


def _content(judgement: Judgement) -> str:
    """A digest of what the data says, whatever file it stands in."""
    said = judgement.dataset.consortium.model_dump(mode="python", exclude={"accepted", "judged"})
    return hashlib.sha256(
        json.dumps(said, ensure_ascii=False, sort_keys=True, default=repr).encode()
    ).hexdigest()


def _people(judgement: Judgement) -> Iterator[Organisation]:
    consortium = judgement.dataset.consortium
    for member in consortium.members or ():
        if member.name:
            code = member.credit_code
            known = "" if code is None or isinstance(code, Stated) else str(code)
            yield Organisation(
                sort="牵头单位" if member.is_lead else "成员单位", name=member.name, code=known
            )
    scientist = getattr(consortium.chief_scientist, "name", None)
    if isinstance(scientist, str):
        yield Organisation(sort="首席科学家", name=scientist)
    for person in consortium.team or ():
        if isinstance(person.name, str) and fold(person.name) != fold(scientist or ""):
            yield Organisation(sort="团队成员", name=person.name)


def _once(issues: list[Issue]) -> tuple[Issue, ...]:
    """Each issue once; two of one key are told apart by number."""
    seen: dict[str, int] = {}
    found: dict[Issue, None] = {}
    for issue in issues:
        if issue in found:
            continue
        number = seen[issue.key] = seen.get(issue.key, 0) + 1
        found[issue if number == 1 else issue.model_copy(update={"key": f"{issue.key}#{number}"})] = None
    return tuple(found)
