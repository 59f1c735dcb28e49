"""A department's tables over many filings: the official one, the workbook, the letters, and what needs a look.

The sheet of findings lists organisations that occur in more than one filing, filings of the same name, what is
missing in the official table, and the data files that could not be taken up; the workbook tells the same of its
own columns, and the people that occur in several.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from generator.base.text import listed
from generator.conditions.columns import default_columns
from generator.errors import DataError, ExitCode, LianhetiError
from generator.model.programme import Document, Programme
from generator.packet.assessment import load_for
from generator.packet.documents import check_printable
from generator.packet.manifest import common, listed_file
from generator.packet.parts import MadeDocument, MadeFile, TemplateUsed
from generator.packet.session import Session
from generator.packet.times import time_of
from generator.pdf.engine import PdfInfo
from generator.pdf.engines.open import EngineName
from generator.publishing import PacketFile, Published, publish, recover, safe_name
from generator.publishing.manifest import Applicant as Listed
from generator.publishing.manifest import Repeated, RollupManifest
from generator.readers.source_file import read_source
from generator.rendering.render import CORE_PROPERTIES, Rendered, core_properties, render_rollup
from generator.workflows.choose import filed_programmes, other_programmes_meant
from generator.workflows.inputs import data_files
from generator.workflows.progress import Listener, tell, tell_notices
from generator.workflows.rollup.columns import checked, declared_in, lacks, tabulated
from generator.workflows.rollup.filings import Applicant, LeftOut
from generator.workflows.rollup.form import Form, filled, form_columns, own_form, read_form
from generator.workflows.rollup.letters import recommendation_letters
from generator.workflows.rollup.repeats import Repeat, Repeats, repeats
from generator.workflows.rollup.workbook import rollup_workbook
from generator.workflows.workspace import Workspace

FOLDER: Final = "rollup"
SHEET: Final = "rollup"
SHEET_TITLE: Final = "汇总核对表"
WORKBOOK: Final = "汇总.xlsx"


class Findings(Struct, frozen=True):
    """What a department should look at.

    Attributes:
        repeats: what occurs in more than one filing.
        missing: what the official table prints as missing, by data file.
        lacking: the workbook's empty cells: file, column, and what it lacks.
        notes: what a person should know besides.
        left_out: data files that are not in the tables.
    """

    repeats: Repeats
    missing: Mapping[str, tuple[str, ...]]
    lacking: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...]
    left_out: tuple[LeftOut, ...]


class Rollup(Struct, frozen=True):
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
    form: Path | None = None,
    engine: EngineName | None = "typst",
    force: bool = False,
    progress: Listener | None = None,
) -> Rollup:
    """Tabulate many filings: the official table where there is one, the workbook, a letter for each recommending body.

    Args:
        workspace: programmes, templates, faces and engines.
        code: the programme.
        data: the applicants' data files, in the table's order: files, folders and patterns.
        root: the output folder.
        form: a department's own workbook with a row of tags, filled beside the programme's; None for none.
        engine: the PDF engine; None for Word files alone.
        force: move a rollup that a person has changed aside.
        progress: is told of each file and document before it is read or made, and of interrupted runs that
            were put right.

    Raises:
        UsageError: there is no such programme, or there are no data files.
        DataError: not one of the files can be taken up, or the form is no workbook.
        ProgrammeError: a template, a column or the form is at fault.
        PdfError: the PDF engine failed.
        OutputError: it cannot be written, or would overwrite a person's changes.
    """
    programme = workspace.catalogue.load(code)
    files = [file.path for file in data_files(data, root)]
    tell_notices(progress, recover(root))
    with workspace.session(engine) as session:
        return _rolled_up(programme, files, root, session, progress, form, force=force)


def _rolled_up(
    programme: Programme,
    files: Sequence[Path],
    root: Path,
    session: Session,
    progress: Listener | None,
    form: Path | None,
    *,
    force: bool,
) -> Rollup:
    documents = [document for document in programme.documents if document.rollup]
    forms = list(_forms(programme, form))
    declared = programme.summary.columns if programme.summary else ()
    columns = checked(declared or default_columns(programme), programme, declared_in(programme))
    applicants, left_out = _applicants(files, programme, session, progress)
    if not applicants:
        reasons = "\n".join(f"  · {each.file}：{each.why}" for each in left_out)
        raise DataError(f"没有一份数据可以列入汇总表：\n{reasons}\n以上文件都没有列入", "逐个改正后再试")
    when = max(time_of(applicant.data, session.when) for applicant in applicants)
    day = session.when.date() if session.when else None
    table = tabulated(columns, applicants, day)
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
        template = TemplateUsed(prepared.name, prepared.sha256, prepared.template.revisions)
        made.append(_made(document, template, rendered, stem, programme, when, session))
    repeated = repeats(applicants)
    letters, notes = recommendation_letters(programme, applicants, when, session)
    findings = Findings(
        repeated,
        {file: tuple(titles) for file, titles in missing.items()},
        tuple(lacks(table, applicants, programme)),
        (*notes, *_doubles(repeated)),
        tuple(left_out),
    )
    others = [MadeFile(WORKBOOK, "xlsx", rollup_workbook(programme, table, applicants, repeated, left_out))]
    for number, one in enumerate(forms, len(documents) + 1):
        own = tabulated(form_columns(one, programme), applicants, day)
        stem = safe_name(f"{number:02d}-{Path(one.name).stem}")
        others.append(MadeFile(f"{stem}.xlsx", "xlsx", filled(one, own)))
    others += letters
    written = [*(file for document in made for file in document.files), *others]
    written += _sheet(findings, len(applicants), programme, when, session)
    published = publish(
        root,
        documents[0].title if documents else f"{programme.short_title}汇总",
        programme.packet_folder(FOLDER),
        [PacketFile(file.path, file.data) for file in written],
        _manifest(applicants, findings, programme, tuple(made), others, when, session),
        timestamp=when,
        force=force,
    )
    paths = (*(published.folder / file.path for file in written), published.archive)
    return Rollup(len(applicants), findings, published, paths)


def _doubles(repeated: Repeats) -> Iterable[str]:
    if repeated.names:
        names = listed(one.name for one in repeated.names)
        yield f"名称相同的申报每一份都计入了各项合计，请核实后去掉多余的再汇总：{names}"


def _forms(programme: Programme, form: Path | None) -> Iterable[Form]:
    """The workbooks to be filled: the programme's own, and the one that was handed in."""
    if (own := own_form(programme)) is not None:
        yield own
    if form is not None:
        try:
            data = form.read_bytes()
        except OSError as error:
            raise DataError(f"读不到汇总的工作簿“{form}”（{error.strerror}）", "核对文件名和位置") from None
        yield read_form(data, form.name, programme)


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
        others = [] if filed else other_programmes_meant(session.catalogue, source, dataset, programme)
        if others:
            titles = "、".join(f"“{one.title}”" for one in others)
            why = f"像是按{titles}填的，没有一个字段是本方案特有的；确是本方案的，在数据的“申报”下写上 {programme.code}"
            left_out.append(LeftOut(file, why))
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


def _made(
    document: Document,
    template: TemplateUsed,
    rendered: Rendered,
    stem: str,
    programme: Programme,
    when: datetime,
    session: Session,
) -> MadeDocument:
    files: tuple[MadeFile, ...] = (MadeFile(f"{stem}.docx", "docx", rendered.docx),)
    pdf = None
    if session.typesetter is not None:
        from generator.pdf.signatures.fields import finished

        info = PdfInfo(document.title, programme.authority, when, programme.code)
        pdf = session.typesetter.submit(rendered.docx, info).result()
        files = (*files, MadeFile(f"{stem}.pdf", "pdf", finished(pdf.pdf), pdf.pages))
    else:
        check_printable(rendered, template.name, document.title)
    return MadeDocument(document, template, rendered.record, files, pdf)


def _sheet(
    findings: Findings, applicants: int, programme: Programme, when: datetime, session: Session
) -> list[MadeFile]:
    prepared = session.templates.common(f"{SHEET}.docx")
    names = {
        "programme": {"title": programme.title, "noun": programme.noun},
        "applicants": applicants,
        "leads": [_row(repeat) for repeat in findings.repeats.leads],
        "members": [_row(repeat) for repeat in findings.repeats.members],
        "same_names": [_row(repeat) for repeat in findings.repeats.names],
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
    others: Sequence[MadeFile],
    when: datetime,
    session: Session,
) -> RollupManifest:
    """What the rollup holds and from what it was made. No absolute paths."""
    inputs = [item for applicant in applicants for item in applicant.data.inputs.items()]
    return RollupManifest(
        **common(programme, when, inputs, documents, (), session),
        applicants=tuple(Listed(file=each.data.file, name=each.name) for each in applicants),
        repeated_leads=tuple(_repeated(repeat) for repeat in findings.repeats.leads),
        repeated_members=tuple(_repeated(repeat) for repeat in findings.repeats.members),
        others=tuple(listed_file(file) for file in others),
    )


def _repeated(repeat: Repeat) -> Repeated:
    return Repeated(name=repeat.name, credit_code=repeat.credit_code, where=repeat.where)
