"""Reading forms that a person has filled in Word or WPS back into a data file.

What is sure is written, what is not is marked with what the form says, what could not be read is listed with its
place. Nothing is guessed: of forms that disagree no value is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from generator.base.failures import reason
from generator.base.files import write_new
from generator.base.text import excerpt
from generator.errors import DataError, ExitCode, Place, UsageError
from generator.model.paths import title_of
from generator.model.programme import Programme
from generator.packet.session import Session
from generator.readers.formats import WORKBOOK, format_of
from generator.returns.forms.data_file import as_workbook, as_yaml, loaded
from generator.returns.forms.folding import fold
from generator.returns.forms.joining import Entry
from generator.returns.forms.pattern import print_of
from generator.returns.forms.read import Mismatch, Paper, ReadForms, mismatches, read_forms
from generator.returns.forms.reading import NOT_READ
from generator.workflows.data_files import check_suffix
from generator.workflows.inputs import Upload
from generator.workflows.progress import Listener, tell
from generator.workflows.workspace import Workspace

_WORD: Final = frozenset({".docx", ".doc"})


class ReadDocument(Struct, frozen=True):
    """A form that was read.

    Attributes:
        file: its name.
        id: the document's id.
        title: the document's official title.
    """

    file: str
    id: str
    title: str


class Beyond(Struct, frozen=True):
    """What a form holds beyond its values: a remark, an added column, a printed sentence that was changed or is missing.

    Attributes:
        file: the form's name.
        place: where it stands; empty where it is missing.
        what: what it is.
        text: what stands there, or should.
    """

    file: str
    place: str
    what: str
    text: str


class ReadBack(Struct, frozen=True):
    """A data file that was read from forms.

    Attributes:
        programme: the programme's code.
        path: where it was written; where it was made in memory alone, its suffix says the format.
        data: its bytes.
        documents: the forms.
        entries: every field that they say something of, with its places and how sure it is.
        titles: the fields' names in Chinese, by path.
        beyond: what they hold beyond their values.
        mismatches: counts and sums that do not come out of what was read.
        notices: what a person should know of how they were read.
    """

    programme: str
    path: Path
    data: bytes
    documents: tuple[ReadDocument, ...]
    entries: tuple[Entry, ...]
    titles: dict[str, str]
    beyond: tuple[Beyond, ...]
    mismatches: tuple[Mismatch, ...]
    notices: tuple[str, ...]

    def of(self, status: str) -> list[Entry]:
        """The fields of a status: sure, doubtful, unread, conflict."""
        return [entry for entry in self.entries if entry.status == status]

    @property
    def exit_code(self) -> ExitCode:
        """FINDING where something is left for a person to look at, else DONE."""
        left = any(entry.status != "sure" for entry in self.entries) or self.beyond or self.mismatches
        return ExitCode.FINDING if left else ExitCode.DONE

    def as_json(self) -> dict[str, Any]:
        """As ``--format json`` prints it."""
        return {
            "programme": self.programme,
            "file": self.path.name,
            "documents": [{"file": one.file, "id": one.id, "title": one.title} for one in self.documents],
            "values": [
                {
                    "path": one.path,
                    "title": self.titles[one.path],
                    "status": one.status,
                    "text": one.text if one.value is not None else None,
                    "why": one.why,
                    "where": [
                        {"file": each.document, "region": each.place, "text": each.raw}
                        for each in one.sources
                    ],
                }
                for one in self.entries
            ],
            "beyond": [
                {"file": one.file, "region": one.place, "what": one.what, "text": one.text}
                for one in self.beyond
            ],
            "figures": [
                {"file": one.document, "region": one.place, "written": one.written, "computed": one.computed}
                for one in self.mismatches
            ],
            "notices": list(self.notices),
        }


def read_back(
    workspace: Workspace,
    forms: Sequence[Path | Upload],
    code: str,
    target: Path,
    *,
    write: bool = True,
    progress: Listener | None = None,
) -> ReadBack:
    """Read filled forms into a data file.

    Args:
        workspace: programmes and templates.
        forms: Word files, or such in memory: the documents of one application.
        code: the programme whose forms they are.
        target: the data file; its suffix says the format.
        write: whether to write it; else it is made in memory alone.
        progress: is told of each step before it begins.

    Raises:
        UsageError: no form is given, there is no such programme, or the suffix says no format.
        DataError: a file cannot be read, is another programme's form or an older one; or the forms are of different
            consortia.
        ProgrammeError: the programme or a template is at fault.
        OutputError: the data file is there already, or cannot be written.
    """
    check_suffix(target)
    if not forms:
        raise UsageError("没有给出要读的 Word 文件", "写一份或几份填好的 .docx 文件")
    programme = workspace.catalogue.load(code)
    papers = [_paper(form) for form in forms]
    tell(progress, "读填好的表")
    with workspace.session() as session:
        known = session.catalogue.all()
        read = read_forms(papers, programme, known, session.templates)
        _refuse_different(read)
        tell(progress, "核对合计，写数据文件")
        titles = {
            one.path: title_of(programme.model, one.path, programme.titles) for one in read.joining.entries
        }
        plain = as_yaml(read.joining, programme, known, titles.__getitem__, ())
        consortium = loaded(plain, "read.yaml", programme, known).consortium
        wrong = tuple(mismatches(read, programme, consortium))
        beyond = tuple(_beyond(read))
        data = _written(read, programme, target, session, (titles, beyond, wrong))
    if write:
        write_new(target, data)
    notices = [notice for paper in read.papers for notice in paper.reading.notices]
    return ReadBack(
        programme.code,
        target,
        data,
        tuple(ReadDocument(one.name, one.document.id, one.document.title) for one in read.papers),
        tuple(read.joining.entries),
        titles,
        beyond,
        wrong,
        tuple(dict.fromkeys(notices)),
    )


def _paper(form: Path | Upload) -> Paper:
    if isinstance(form, Upload):
        return Paper(form.name, form.data)
    place = Place(form.name or str(form))
    if form.suffix.lower() not in _WORD:
        raise DataError(
            f"不认识后缀“{form.suffix}”" if form.suffix else "文件名没有后缀",
            "给填好的 Word 文件（.docx，或旧的 .doc）",
            place,
        )
    try:
        if not form.is_file():
            raise DataError("找不到这个文件", "核对文件名和所在文件夹", place)
        return Paper(form.name, form.read_bytes())
    except OSError as error:
        raise DataError(
            f"读不了这个文件（{reason(error)}）", "核对文件的权限，并关闭正在使用它的程序", place
        ) from None


def _refuse_different(read: ReadForms) -> None:
    """Refuse forms of different applications: what they say cannot be joined.

    Raises:
        DataError: they name different consortia.
    """
    for entry in read.joining.entries:
        if entry.path == "name" and entry.status == "conflict":
            names = {one.raw: one for one in entry.sources}
            told = "、".join(f"{one.document} {one.place}是“{excerpt(raw)}”" for raw, one in names.items())
            files = {one.document for one in names.values()}
            if len(files) > 1:
                raise DataError(
                    f"这几份表的联合体名称不同：{told}", "一次只读同一个联合体的材料，或先把名称改一致"
                )


def _beyond(read: ReadForms) -> list[Beyond]:
    found = []
    # A name that the form prints once more, as beside its signature, says nothing new.
    known = {fold(entry.text) for entry in read.joining.entries if entry.value is not None}
    for paper in read.papers:
        found += [
            Beyond(paper.name, remark.place, remark.what, remark.text)
            for remark in paper.reading.remarks
            if remark.what != NOT_READ or fold(remark.text) not in known
        ]
        found += [Beyond(paper.name, "", "印的文字找不到", print_of(line)) for line in paper.reading.skipped]
    return found


def _written(
    read: ReadForms,
    programme: Programme,
    target: Path,
    session: Session,
    told: tuple[dict[str, str], tuple[Beyond, ...], tuple[Mismatch, ...]],
) -> bytes:
    titles, beyond, wrong = told
    notes = [(one.what, " ".join(filter(None, (one.file, one.place))) + f"：{one.text}") for one in beyond]
    notes += [
        (
            "合计、个数对不上",
            f"{one.document} {one.place}写的是“{one.written}”，按读出的内容应是“{one.computed}”",
        )
        for one in wrong
    ]
    known = session.catalogue.all()
    if format_of(target) is WORKBOOK:
        return as_workbook(read.joining, programme, known, session.common_rules, titles.__getitem__, notes)
    lines = [f"{what}：{text}" for what, text in notes]
    return as_yaml(read.joining, programme, known, titles.__getitem__, lines)
