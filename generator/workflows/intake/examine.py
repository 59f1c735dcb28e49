"""Judging one filing of whatever kind; an error of the filing is its verdict and never ends the run."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Final

from generator.base.temporary import private
from generator.base.text import fold, listed
from generator.conditions.applicability import applies
from generator.errors import LianhetiError, ProgrammeError
from generator.model.findings import Finding
from generator.model.judgement import Judgement
from generator.model.notices import Sort
from generator.model.programme import Programme
from generator.model.value_kinds import Stated
from generator.packet.assessment import Order, assess
from generator.packet.data_copy import PATH as DATA_COPY
from generator.packet.documents import fill_all
from generator.packet.times import FIXED_TIME
from generator.publishing.manifest import PacketManifest
from generator.publishing.reading import open_packet
from generator.readers.source_file import read_source
from generator.rendering.page_numbers import without_page_numbers
from generator.returns.forms.joining import Entry
from generator.workflows.check import check
from generator.workflows.choose import filed_programmes
from generator.workflows.inputs import Data, Upload, write_below
from generator.workflows.intake.examined import Examined, Issue, Organisation, Whose
from generator.workflows.intake.found import Received
from generator.workflows.read_back import Beyond, ReadBack, read_back
from generator.workflows.verify import Report, verify
from generator.workflows.workspace import Workspace

_INTERNAL: Final = "internal/"
# The name under which data that were read from forms are judged; no file of anybody's.
_READ: Final = "intake.yaml"
_FEW: Final = 8
# What was read otherwise than it stands, or not at all, and who should look at it. Tidied names are nobody's worry.
_NOTICED: Final[Mapping[Sort, tuple[Whose, str]]] = {
    "ask": ("person", ""),
    "hidden": ("person", "看不见或已划去，照样读入了："),
    "own": ("person", "不是本程序的内容，没有读："),
    "understood": ("reminder", "按意思读入："),
    "blank": ("reminder", "像是占位的文字，按没有填写处理："),
}
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
        why = f"读不了：{' '.join(str(error).split())}"
        return Examined(name=received.name, digest=received.digest, apart=why, unreadable=True)


def _data(workspace: Workspace, received: Received, programme: Programme) -> Examined:
    file = received.files[0]
    filed = filed_programmes(workspace.catalogue, read_source(file))
    if filed and programme.code not in {one.code for one in filed}:
        raise _ApartError(f"申报的是别的方案（{'、'.join(one.title for one in filed)}）")
    found = _judged(workspace, received, programme, file, _enclosed_in_data)
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
    papers: Callable[[Judgement], Iterable[Issue]],
    unsure: AbstractSet[str] | None = None,
) -> Examined:
    """A filing by its data.

    Args:
        workspace: programmes and templates.
        received: the filing.
        programme: the scheme.
        data: its data.
        papers: what is found of its papers, given what the scheme says of the data.
        unsure: of data that were read from forms, the fields that could not be read for sure; None for other data.
    """
    (judgement,) = check(workspace, data, [programme.code]).judgements
    consortium = judgement.dataset.consortium
    issues = [
        *papers(judgement),
        *_problems(judgement),
        *_noticed(judgement),
        *_findings(judgement, unsure),
        *_absent(judgement, unsure or set()),
        *_beside(received, judgement),
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


def _enclosed_in_data(judgement: Judgement) -> Iterator[Issue]:
    """What is attached to a data file; the papers themselves lie before the department alone."""
    given = judgement.dataset.consortium.attachments or {}
    made = {item.id for item in judgement.programme.attachments if item.document}
    yield _to_be_sealed("报来的是数据文件")
    for lost in judgement.lost:
        yield Issue(
            key=f"lost.{lost.path}", whose="applicant", sort="缺附件", what=str(lost), remedy="补齐后重新报送"
        )
    yield from _enclosures(judgement, {name: len(files) for name, files in given.items()}, made)


def _to_be_sealed(which: str) -> Issue:
    return Issue(
        key="sealed",
        whose="person",
        sort="签字盖章",
        title="签字盖章的文件",
        what=f"{which}，请看纸质材料：份数、签字、盖章是否齐全，内容与这里核对的是否一致",
    )


def _enclosures(judgement: Judgement, given: Mapping[str, int], made: AbstractSet[str]) -> Iterator[Issue]:
    """What the scheme wants attached and nobody has seen yet.

    Args:
        judgement: what the scheme says of the data.
        given: how many files there are of each item.
        made: the items that are among the documents.
    """
    programme, dataset = judgement.programme, judgement.dataset
    # A scheme's own documents are looked at as documents.
    made = made | {document.id for document in programme.documents}
    members = len(dataset.consortium.members or ())
    for item in programme.attachments:
        asked_for = applies(item.when, programme, dataset)
        files = given.get(item.id, 0)
        if not item.required or asked_for is False or (item.id in made and not files):
            continue
        if not files:
            what = "没有收到这份附件的文件，请看纸质材料里有没有"
        elif item.per_member and files < members:
            what = f"每个成员单位都要有，共 {members} 家，只有 {files} 个文件，请看是否齐全"
        else:
            continue
        yield Issue(
            key=f"attachment.{item.id}",
            whose="person",
            sort="附件",
            clause=item.clause,
            title=item.title,
            what=what,
        )


def _noticed(judgement: Judgement) -> Iterator[Issue]:
    """What was not read as it stands."""
    for notice in judgement.dataset.notices:
        if notice.sort in _NOTICED:
            whose, introduced = _NOTICED[notice.sort]
            yield Issue(
                key=f"notice.{notice.sort}.{notice.path or notice.text}",
                whose=whose,
                sort="读入",
                title=notice.path and _title(judgement, notice.path),
                what=f"{introduced}{notice.text}",
                where=str(notice.place),
            )


def _beside(received: Received, judgement: Judgement) -> Iterator[Issue]:
    """The files that lie beside a filing and that no program has looked at."""
    left = [name for name in received.beside if name not in judgement.dataset.inputs]
    if left:
        told = "、".join(left[:_FEW]) + (f"等 {len(left)} 个" if len(left) > _FEW else "")
        yield Issue(
            key="beside",
            whose="person",
            sort="没有核对的文件",
            title="同在一个文件夹的文件",
            what=f"程序没有核对，请打开看：{told}",
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

    return title_of(judgement.programme.model, path, judgement.programme.titles)


def _findings(judgement: Judgement, unsure: AbstractSet[str] | None) -> Iterator[Issue]:
    waiting = judgement.waiting
    # What a form has a place for, and the applicant has left blank.
    blank = {one.path for one in judgement.absent} - (unsure or set())
    for finding in judgement.findings:
        whose = _whose(finding)
        if whose is None or finding in waiting:
            continue
        told = f"（申报单位说明：{finding.accepted}）" if finding.accepted else ""
        told += f"（材料里写着：{finding.judged}）" if finding.judged else ""
        if whose == "applicant" and unsure is not None and not _is_told(finding, blank, unsure):
            whose, told = "person", "Word 表里没有填这一项的地方，或没有读准，请看原文"
        yield Issue(
            key=f"rule.{finding.rule}.{finding.path}",
            whose=whose,
            sort="无法核对" if finding.verdict == "unknown" else "条件",
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


def _is_told(finding: Finding, blank: AbstractSet[str], unsure: AbstractSet[str]) -> bool:
    """Whether a form itself says that a condition is not met, or leaves blank what it asks for."""
    if finding.verdict == "unknown":
        return any(path.removesuffix(".text") in blank or path in blank for path in finding.missing)
    about = finding.path.partition("[")[0]
    return not about or not any(
        path == about or path.startswith((f"{about}.", f"{about}[")) for path in unsure
    )


def _absent(judgement: Judgement, unsure: AbstractSet[str]) -> Iterator[Issue]:
    # What a condition asks of the applicant already is not asked again; what one merely reminds of is.
    asked = {path for one in judgement.findings if _whose(one) == "applicant" for path in one.missing}
    for one in judgement.absent:
        if one.path in asked or f"{one.path}.text" in asked or one.path in unsure:
            continue
        yield Issue(
            key=f"absent.{one.path}",
            whose="applicant",
            sort="没有填写",
            title=one.title,
            what=f"{one.title}没有填写",
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
    with private("intake") as folder:
        with open_packet(place) as packet:
            kept = [path for path in packet.paths if path.startswith(_INTERNAL)]
            files = {
                path: packet.read(path) for path in kept if not path.endswith((".pdf", "signing-guide.docx"))
            }
            word = {path: packet.read(path) for path in packet.paths if path.endswith(".docx")}
        if files.get(DATA_COPY) is None:
            raise _ApartError("材料包里没有数据（internal/data.yaml），核对不了")
        write_below(folder, {path: data for path, data in files.items() if data is not None})
        data = folder / DATA_COPY

        def papers(judgement: Judgement) -> Iterator[Issue]:
            yield from _tampered(report)
            yield from _enclosed_in_packet(manifest, judgement)
            yield from _versions(manifest, programme)
            if not judgement.dataset.problems:
                yield from _not_of_these_data(workspace, manifest, programme, data, word)

        return _judged(workspace, received, programme, data, papers)


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

    unsigned = [place for place in report.unsigned if place.party]
    if unsigned or not report.places:
        count = f"有 {len(unsigned)} 处没有电子签名" if unsigned else "材料包里没有电子签名"
        yield _to_be_sealed(count)
    signed = [place for place in report.places if place.signature is not None]
    if signed:
        yield Issue(
            key="signers",
            whose="person",
            sort="电子签名",
            title="电子签名的证书",
            what=f"{len(signed)} 处电子签名没有改动，但没有核对证书的签发机构："
            + "、".join(dict.fromkeys(place.signature.signer for place in signed if place.signature))
            + "；请用 lianheti verify 和 --trust 核对",
        )


def _enclosed_in_packet(manifest: PacketManifest, judgement: Judgement) -> Iterator[Issue]:
    if manifest.edition != "signing":
        yield Issue(
            key="edition",
            whose="applicant",
            sort="草稿",
            what="报来的是草稿，不是签署版",
            remedy="生成签署版，签字盖章后报送",
        )
    consortium = judgement.dataset.consortium.name or ""
    if fold(manifest.consortium) != fold(consortium):
        yield Issue(
            key="consortium",
            whose="applicant",
            sort="前后不一",
            title="联合体名称",
            what=f"材料包写的是“{manifest.consortium}”，包里的数据是“{consortium}”",
            remedy="用数据文件重新生成整套材料后报送",
        )
    for entry in manifest.checklist:
        for file in entry.lost:
            yield Issue(
                key=f"lost.{entry.id}.{file}",
                whose="applicant",
                sort="缺附件",
                title=entry.title,
                what=f"附件“{file}”不在材料包里",
                remedy="补齐后重新报送",
            )
    given = {entry.id: len(entry.files) for entry in manifest.checklist}
    made = {entry.id for entry in manifest.checklist if entry.state == "included"}
    yield from _enclosures(judgement, given, made)


def _not_of_these_data(
    workspace: Workspace,
    manifest: PacketManifest,
    programme: Programme,
    data: Path,
    papers: Mapping[str, bytes | None],
) -> Iterator[Issue]:
    """Documents that say something else than the data in the packet, by which everything is judged.

    Args:
        workspace: programmes and templates.
        manifest: the packet's.
        programme: the scheme.
        data: the data in the packet.
        papers: the packet's Word files, by path.
    """
    with workspace.session() as session:
        job = assess(read_source(data), programme, Order(edition=manifest.edition), session)
        made = {f"{one.stem}.docx": one for one in fill_all(job)}
    found = {
        file.path: document
        for document in manifest.documents
        for file in document.files
        if file.format == "docx"
    }
    for path, one in made.items():
        title = one.document.title
        if path not in found:
            yield Issue(
                key=f"document.{path}",
                whose="applicant",
                sort="缺文件",
                title=title,
                what=f"材料包里没有《{title}》",
                remedy="重新生成整套材料后报送",
            )
        elif found[path].edited or not _same(one.rendered.docx, papers.get(path)):
            yield Issue(
                key=f"other.{path}",
                whose="person",
                sort="文件与数据",
                title=title,
                what="在 Word 里改过，或与包里的数据不一致：条件是按数据核对的，请对照文件看",
                where=path,
            )
    for path in sorted(found.keys() - made.keys()):
        yield Issue(
            key=f"other.{path}",
            whose="person",
            sort="文件与数据",
            title=found[path].title,
            what="按包里的数据不应有这份文件，请打开看",
            where=path,
        )


def _same(made: bytes, found: bytes | None) -> bool:
    """Whether a Word file is what the data give, but for the page numbers that only the typesetter knows."""
    if found is None:
        return False
    try:
        return without_page_numbers(made, FIXED_TIME) == without_page_numbers(found, FIXED_TIME)
    except (LianhetiError, UnicodeDecodeError):
        return False


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
    read = read_back(workspace, received.files, programme.code, Path(_READ), write=False)
    filed = Counter(one.id for one in read.documents)

    def papers(judgement: Judgement) -> Iterator[Issue]:
        for document in programme.documents:
            if not filed[document.id] and applies(document.when, programme, judgement.dataset) is not False:
                yield Issue(
                    key=f"document.{document.id}",
                    whose="applicant",
                    sort="缺文件",
                    title=document.title,
                    what=f"没有收到《{document.title}》的 Word 文件，没有填写的内容等收到后一并核对",
                    remedy="补报",
                )
        yield _to_be_sealed("报来的是 Word 文件")
        yield from _doubts(read)
        yield from _whose_forms(read)
        yield from _enclosures(judgement, {}, set())

    unsure = {entry.path.removesuffix(".text") for entry in read.entries if entry.status != "sure"}
    found = _judged(workspace, received, programme, Upload(_READ, read.data), papers, unsure)
    return found.model_copy(update={"issues": tuple(_of_forms(found.issues, read))})


def _of_forms(issues: Iterable[Issue], read: ReadBack) -> Iterator[Issue]:
    """Issues with their places in the forms; what only follows from a form that was not sent is not told."""
    issues = list(issues)
    echoes = {"无法核对", "没有填写"} if any(issue.sort == "缺文件" for issue in issues) else set()
    places = {
        f".{entry.path}": f"{entry.sources[0].document} {entry.sources[0].place}"
        for entry in read.entries
        if entry.sources
    }
    for issue in issues:
        if issue.sort in echoes:
            continue
        where = issue.where
        if where.startswith(_READ):
            where = next((place for path, place in places.items() if issue.key.endswith(path)), "")
        yield issue.model_copy(update={"where": where})


def _whose_forms(read: ReadBack) -> Iterator[Issue]:
    """Forms of which it is not certain that they are this applicant's, or which of them counts."""
    naming = {source.document for entry in read.entries if entry.path == "name" for source in entry.sources}
    for one in read.documents:
        if one.file not in naming:
            yield Issue(
                key=f"whose.{one.file}",
                whose="person",
                sort="是谁的表",
                title=one.file,
                what="这份表里读不出联合体名称，内容已和同一文件夹的表合在一起，请看是不是同一家的",
            )
    several: dict[str, list[str]] = {}
    for one in read.documents:
        several.setdefault(one.title, []).append(one.file)
    for title, files in several.items():
        if len(files) > 1:
            yield Issue(
                key=f"several.{title}",
                whose="person",
                sort="是谁的表",
                title=title,
                what=f"同一种表有几份（{listed(files)}），内容已合在一起，请看以哪一份为准",
            )


def _doubts(read: ReadBack) -> Iterator[Issue]:
    """What could not be read for sure, one question for all of one reason: a person looks at the form once."""
    reasons: dict[str, list[Entry]] = {}
    for entry in read.entries:
        if entry.status != "sure":
            reasons.setdefault(entry.why or "读得不确定，请看原文", []).append(entry)
    for why, entries in reasons.items():
        places = [f"{source.document} {source.place}" for entry in entries for source in entry.sources]
        yield Issue(
            key=f"read.{why}",
            whose="person",
            sort="读表存疑",
            title=listed((read.titles[entry.path] for entry in entries), _FEW),
            what=why,
            where=listed(dict.fromkeys(places), _FEW),
        )
    beyond: dict[tuple[str, str], list[Beyond]] = {}
    for one in read.beyond:
        beyond.setdefault((one.file, one.what), []).append(one)
    for (file, what), found in beyond.items():
        yield Issue(
            key=f"beyond.{file}.{what}",
            whose="person",
            sort="表外内容",
            title=file,
            what=f"{what}：{listed((one.text for one in found), _FEW)}",
            where=listed(dict.fromkeys(one.place for one in found if one.place), _FEW),
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
