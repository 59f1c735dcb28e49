"""A department's table over many applicants, and a sheet of what in it needs a look.

The sheet lists organisations that occur in more than one application, applications of the same name,
what is missing in the table, and the data files that could not be taken up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from generator.base.text import fold
from generator.errors import DataError, ExitCode, LianhetiError, UsageError
from generator.model.consortium import Member
from generator.model.dataset import Dataset
from generator.model.programme import Document, Programme
from generator.model.value_kinds import Stated
from generator.packet.manifest import common
from generator.packet.parts import MadeDocument, MadeFile, TemplateUsed
from generator.packet.pipeline import load_for
from generator.packet.session import Session
from generator.packet.times import time_of
from generator.pdf.engine import PdfInfo
from generator.pdf.engines.open import EngineName
from generator.publishing import PacketFile, Published, publish, recover, safe_name
from generator.publishing.manifest import Applicant as Listed
from generator.publishing.manifest import Repeated, RollupManifest
from generator.readers.source_file import read_source
from generator.rendering.render import CORE_PROPERTIES, Rendered, core_properties, render_rollup
from generator.workflows.choose import filed_programmes
from generator.workflows.inputs import data_files
from generator.workflows.progress import Listener, tell, tell_notices
from generator.workflows.workspace import Workspace

FOLDER: Final = "rollup"
SHEET: Final = "rollup"
SHEET_TITLE: Final = "汇总核对表"


@dataclass(frozen=True, slots=True)
class Applicant:
    """One application in the table.

    Attributes:
        file: its data file's name; with its folder's where several files have that name.
        data: what it says.
    """

    file: str
    data: Dataset

    @property
    def name(self) -> str:
        """The consortium's name."""
        return self.data.consortium.name

    @property
    def members(self) -> tuple[Member, ...]:
        """Its members; none where they were not given."""
        return self.data.consortium.members or ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A data file that is not in the table.

    Attributes:
        file: as for an ``Applicant``.
        why: the reason, in Chinese.
        is_fault: whether the file is at fault, as against being meant for other programmes.
    """

    file: str
    why: str
    is_fault: bool = True


@dataclass(frozen=True, slots=True)
class Repeat:
    """An organisation, or a name of an application, that occurs in more than one application.

    Attributes:
        name: the organisation's or the application's name.
        credit_code: the organisation's code; empty where none is given.
        where: each application that it occurs in, with the role that it has there.
    """

    name: str
    credit_code: str
    where: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """What a department should look at.

    Attributes:
        leads: organisations that lead more than one application.
        members: organisations that occur in more than one, and lead at most one.
        names: applications of the same name.
        missing: what the table prints as missing, by data file.
        left_out: data files that are not in the table.
    """

    leads: tuple[Repeat, ...]
    members: tuple[Repeat, ...]
    names: tuple[Repeat, ...]
    missing: Mapping[str, tuple[str, ...]]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class Rollup:
    """A rollup that stands in the output folder.

    Attributes:
        applicants: how many applications the table holds.
        findings: what to look at.
        published: where it stands.
        files: every file, and the archive.
    """

    applicants: int
    findings: Findings
    published: Published
    files: tuple[Path, ...]

    @property
    def exit_code(self) -> ExitCode:
        """FINDING where a file that should have been taken up was not."""
        faults = any(each.is_fault for each in self.findings.left_out)
        return ExitCode.FINDING if faults else ExitCode.DONE


def make_rollup(
    workspace: Workspace,
    code: str,
    data: Sequence[str | Path],
    root: Path,
    *,
    engine: EngineName | None = "typst",
    force: bool = False,
    progress: Listener | None = None,
) -> Rollup:
    """Fill a programme's tables over many applicants and publish them with the sheet of findings.

    Args:
        workspace: programmes, templates, faces and engines.
        code: the programme.
        data: the applicants' data files, in the table's order: files, folders and patterns.
        root: the output folder.
        engine: the PDF engine; None for Word files alone.
        force: move a rollup that a person has changed aside.
        progress: is told of each file and document before it is read or made, and of interrupted runs that
            were put right.

    Raises:
        UsageError: there is no such programme, it has no such table, or there are no data files.
        DataError: not one of the files can be taken up.
        ProgrammeError: a template is at fault.
        PdfError: the PDF engine failed.
        OutputError: it cannot be written, or would overwrite a person's changes.
    """
    programme = workspace.catalogue.load(code)
    files = [file.path for file in data_files(data, root)]
    tell_notices(progress, recover(root))
    with workspace.session(engine) as session:
        return _rolled_up(programme, files, root, session, progress, force=force)


def _rolled_up(
    programme: Programme,
    files: Sequence[Path],
    root: Path,
    session: Session,
    progress: Listener | None,
    *,
    force: bool,
) -> Rollup:
    documents = [document for document in programme.documents if document.rollup]
    if not documents:
        raise UsageError(
            f"方案“{programme.code}”没有汇总表", "换一个有汇总表的方案（方案的文书里写了 rollup 的才有）"
        )
    applicants, left_out = _applicants(files, programme, session, progress)
    if not applicants:
        reasons = "\n".join(f"  · {each.file}：{each.why}" for each in left_out)
        raise DataError(f"没有一份数据可以列入汇总表：\n{reasons}\n以上文件都没有列入", "逐个改正后再试")
    when = max(time_of(applicant.data, session.when) for applicant in applicants)
    made: list[MadeDocument] = []
    missing: dict[str, dict[str, None]] = {}
    for number, document in enumerate(documents, 1):
        tell(progress, f"生成《{document.title}》", len(files), len(files))
        prepared = session.templates.template_of(programme, document, None)
        consortia = [applicant.data.consortium for applicant in applicants]
        rendered = render_rollup(prepared.template, consortia, programme, document, when=when)
        for file, title in _missing(rendered, applicants):
            missing.setdefault(file, {})[title] = None
        stem = safe_name(f"{number:02d}-{document.title}")
        template = TemplateUsed(prepared.name, prepared.sha256)
        made.append(_made(document, template, rendered, stem, programme.authority, when, session))
    findings = Findings(
        *_repeats(applicants), {file: tuple(titles) for file, titles in missing.items()}, tuple(left_out)
    )
    written = [file for document in made for file in document.files]
    written += _sheet(findings, len(applicants), programme, when, session)
    published = publish(
        root,
        documents[0].title,
        programme.packet_folder(FOLDER),
        [PacketFile(file.path, file.data) for file in written],
        _manifest(applicants, findings, programme, tuple(made), when, session),
        timestamp=when,
        force=force,
    )
    paths = (*(published.folder / file.path for file in written), published.archive)
    return Rollup(len(applicants), findings, published, paths)


def _applicants(
    files: Sequence[Path], programme: Programme, session: Session, progress: Listener | None
) -> tuple[list[Applicant], list[LeftOut]]:
    names = Counter(path.name for path in files)
    applicants: list[Applicant] = []
    left_out: list[LeftOut] = []
    for number, path in enumerate(files):
        tell(progress, f"读取 {path.name}", number, len(files))
        file = path.name if names[path.name] == 1 else path.as_posix()
        try:
            source = read_source(path)
        except LianhetiError as error:
            left_out.append(LeftOut(file, _one_line(str(error))))
            continue
        filed = filed_programmes(session.catalogue, source)
        if filed and programme.code not in {one.code for one in filed}:
            titles = "、".join(one.title for one in filed)
            left_out.append(LeftOut(file, f"申报的是别的方案（{titles}）", is_fault=False))
            continue
        dataset = load_for(source, programme, session.catalogue)
        if dataset.problems:
            first, more = str(dataset.problems[0]), len(dataset.problems) - 1
            left_out.append(LeftOut(file, first + (f"（另有 {more} 处问题）" if more else "")))
            continue
        applicants.append(Applicant(file, dataset))
    return applicants, left_out


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _missing(rendered: Rendered, applicants: Sequence[Applicant]) -> Iterable[tuple[str, str]]:
    """What the table lacks, as file and title; the paths begin with the applicant's number."""
    for path, title in rendered.record.missing.items():
        at = int(path.partition("[")[2].partition("]")[0])
        yield applicants[at].file, title


def _repeats(
    applicants: Sequence[Applicant],
) -> tuple[tuple[Repeat, ...], tuple[Repeat, ...], tuple[Repeat, ...]]:
    """Leads, other organisations and names that occur in more than one application."""
    found = [(at, member) for at, applicant in enumerate(applicants) for member in applicant.members]
    key_of = _Keys(member for _, member in found)
    groups: dict[str, list[tuple[int, Member]]] = {}
    for at, member in found:
        if key := key_of(member):
            groups.setdefault(key, []).append((at, member))
    leads: list[Repeat] = []
    members: list[Repeat] = []
    for group in groups.values():
        if len({at for at, _ in group}) == 1:
            continue
        led = {at for at, member in group if member.is_lead}
        names = dict.fromkeys(member.name for _, member in group if member.name)
        code = next((_code(member) for _, member in group if _code(member)), "")
        where = dict.fromkeys(f"{applicants[at].name}（{member.role or '角色未填'}）" for at, member in group)
        (leads if len(led) > 1 else members).append(Repeat("／".join(names), code, tuple(where)))
    by_name: dict[str, list[Applicant]] = {}
    for applicant in applicants:
        by_name.setdefault(fold(applicant.name), []).append(applicant)
    same = [
        Repeat(group[0].name, "", tuple(applicant.file for applicant in group))
        for group in by_name.values()
        if len(group) > 1
    ]
    return tuple(leads), tuple(members), tuple(same)


def _code(member: Member) -> str:
    code = member.credit_code
    return "" if code is None or isinstance(code, Stated) else str(code)


class _Keys:
    """Tells organisations apart: by credit code, else by name.

    An organisation without a code counts as the one of the same name with a code, if there is exactly one.
    """

    def __init__(self, members: Iterable[Member]) -> None:
        self._codes: dict[str, set[str]] = {}
        for member in members:
            if member.name and _code(member):
                self._codes.setdefault(fold(member.name), set()).add(_code(member))

    def __call__(self, member: Member) -> str:
        if code := _code(member):
            return code
        name = fold(member.name or "")
        codes = self._codes.get(name, set())
        return next(iter(codes)) if len(codes) == 1 else name


def _made(
    document: Document,
    template: TemplateUsed,
    rendered: Rendered,
    stem: str,
    author: str,
    when: datetime,
    session: Session,
) -> MadeDocument:
    files: tuple[MadeFile, ...] = (MadeFile(f"{stem}.docx", "docx", rendered.docx),)
    pdf = None
    if session.typesetter is not None:
        from generator.pdf.signatures.fields import finished

        pdf = session.typesetter.submit(rendered.docx, PdfInfo(document.title, author, when)).result()
        files = (*files, MadeFile(f"{stem}.pdf", "pdf", finished(pdf.pdf), pdf.pages))
    return MadeDocument(document, template, rendered.record, files, pdf)


def _sheet(
    findings: Findings, applicants: int, programme: Programme, when: datetime, session: Session
) -> list[MadeFile]:
    prepared = session.templates.common(f"{SHEET}.docx")
    names = {
        "programme": {"title": programme.title, "noun": programme.noun},
        "applicants": applicants,
        "leads": [_row(repeat) for repeat in findings.leads],
        "members": [_row(repeat) for repeat in findings.members],
        "same_names": [_row(repeat) for repeat in findings.names],
        "missing": [{"file": file, "titles": "、".join(titles)} for file, titles in findings.missing.items()],
        "left_out": [{"file": each.file, "why": each.why} for each in findings.left_out],
    }
    core = core_properties(SHEET_TITLE, programme.title, when)
    filled = prepared.template.fill(names, replace={CORE_PROPERTIES: core}, when=when)
    made = [MadeFile(f"internal/{SHEET}.docx", "docx", filled.docx)]
    if session.typesetter is not None:
        info = PdfInfo(SHEET_TITLE, programme.authority, when)
        pdf = session.typesetter.submit(filled.docx, info).result()
        made.append(MadeFile(f"internal/{SHEET}.pdf", "pdf", pdf.pdf, pdf.pages))
    return made


def _row(repeat: Repeat) -> dict[str, Any]:
    return {"name": repeat.name, "code": repeat.credit_code or "未填", "where": list(repeat.where)}


def _manifest(
    applicants: Sequence[Applicant],
    findings: Findings,
    programme: Programme,
    documents: tuple[MadeDocument, ...],
    when: datetime,
    session: Session,
) -> RollupManifest:
    """What the rollup holds and from what it was made. No absolute paths."""
    inputs = [item for applicant in applicants for item in applicant.data.inputs.items()]
    return RollupManifest(
        **common(programme, when, inputs, documents, (), session),
        applicants=tuple(Listed(file=each.data.file, name=each.name) for each in applicants),
        repeated_leads=tuple(_repeated(repeat) for repeat in findings.leads),
        repeated_members=tuple(_repeated(repeat) for repeat in findings.members),
    )


def _repeated(repeat: Repeat) -> Repeated:
    return Repeated(name=repeat.name, credit_code=repeat.credit_code, where=repeat.where)
