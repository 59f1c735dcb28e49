"""Taking in a folder of filings: each judged, the results in one folder, a second run doing only what is new."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from msgspec import Struct
from pydantic import BaseModel, ConfigDict, ValidationError

from generator import __version__
from generator.base.characters import refused_character
from generator.base.files import replace_whole
from generator.base.temporary import private
from generator.errors import ExitCode, OutputError, Place, UsageError
from generator.model.programme import Programme
from generator.packet.times import FIXED_TIME
from generator.pdf.engine import PdfInfo
from generator.pdf.engines.open import EngineName
from generator.publishing import safe_name
from generator.publishing.failures import as_output_errors
from generator.publishing.lock import LockedError, locked
from generator.rendering.render import CORE_PROPERTIES, core_properties
from generator.workflows.intake.examine import examine
from generator.workflows.intake.examined import Examined, Issue
from generator.workflows.intake.found import Found, Received, stamps
from generator.workflows.intake.judgements import Answers, answers_sheet, judged, read_answers
from generator.workflows.intake.overview import overview_sheet
from generator.workflows.intake.results import put_results
from generator.workflows.intake.together import Shared, shared, with_shared_leads, without_doubles
from generator.workflows.progress import Listener, tell
from generator.workflows.workspace import Workspace

OVERVIEW: Final = "受理总表.xlsx"
JUDGEMENTS: Final = "判断表.xlsx"
NOTICES: Final = "补正通知"
STATE: Final = "intake.json"
_TEMPLATE: Final = "correction.docx"
_TITLE: Final = "补正通知"
# What means something else in a link than in a file's name.
_ESCAPED: Final = frozenset(' %#?"<>\n\t')
VERDICTS: Final = ("退回补正", "待人工判断", "形式核对未见问题")


class _State(BaseModel):
    """What the last run found, for the next one."""

    model_config = ConfigDict(extra="forbid")

    schema_version: int = 1
    programme: str
    judged_by: str
    filings: tuple[Examined, ...]


class Intake(Struct, frozen=True):
    """What came of taking in a folder.

    Attributes:
        filings: each that was judged, in the overview's order.
        apart: each that was not, with the reason.
        shared: organisations and people in several filings.
        examined: how many were looked at in this run; the others are as before.
        files: what stands in the folder of results.
        written: False where everything stood there already.
        edited: results that a person has edited: they stand as they were, some under another name.
    """

    filings: tuple[Examined, ...]
    apart: tuple[Examined, ...]
    shared: tuple[Shared, ...]
    examined: int
    files: tuple[Path, ...]
    written: bool
    edited: tuple[Path, ...] = ()

    def count(self, verdict: str) -> int:
        """How many filings have a verdict."""
        return sum(one.verdict == verdict for one in self.filings)

    @property
    def exit_code(self) -> ExitCode:
        """FINDING where a filing goes back to its applicant, waits for a person, or was set apart."""
        clean = not self.apart and self.count("形式核对未见问题") == len(self.filings)
        return ExitCode.DONE if clean else ExitCode.FINDING

    def as_json(self) -> dict[str, Any]:
        """The result as a JSON object."""
        return {
            "filings": [
                {"name": one.name, "consortium": one.consortium, "lead": one.lead, "verdict": one.verdict}
                | {"issues": [issue.model_dump() for issue in one.issues]}
                for one in self.filings
            ],
            "apart": [{"name": one.name, "why": one.apart} for one in self.apart],
            "shared": [{"name": one.name, "code": one.code, "where": list(one.where)} for one in self.shared],
            "examined": self.examined,
        }


def intake(
    workspace: Workspace,
    folder: Path,
    code: str,
    out: Path,
    *,
    engine: EngineName | None = "typst",
    progress: Listener | None = None,
) -> Intake:
    """Judge every filing in a folder; nothing in that folder is changed.

    Args:
        workspace: programmes, templates, faces and engines.
        folder: what came, in whatever folders, archives and names.
        code: the programme that is being taken in.
        out: the folder of results: the overview, the sheet of judgements, a notice for each filing that goes back.
        engine: for the notices' PDFs; None for Word files alone.
        progress: is told of each filing before it is looked at.

    Raises:
        UsageError: there is no such folder or programme, nothing lies in it, or the results are to go into it.
        DataError: there are too many files, or the sheet of judgements cannot be read.
        ProgrammeError: the programme or a template is at fault.
        PdfError: the engine failed.
        OutputError: the results cannot be written, or another run is writing them.
    """
    if not folder.is_dir():
        raise UsageError(f"没有文件夹“{folder}”", "写放着各家申报材料的文件夹")
    if out.resolve() == folder.resolve():
        raise UsageError("结果不能写进收到的材料所在的文件夹", "-o 写另一个文件夹")
    programme = workspace.catalogue.load(code)
    with as_output_errors(out):
        out.mkdir(parents=True, exist_ok=True)
    try:
        with locked(out / ".lock", 0):
            return _taken_in(workspace, folder, programme, out, engine, progress)
    except LockedError:
        raise OutputError(f"“{out}”正由另一次接收在写", "等它结束后再运行") from None


def _taken_in(
    workspace: Workspace,
    folder: Path,
    programme: Programme,
    out: Path,
    engine: EngineName | None,
    progress: Listener | None,
) -> Intake:
    by = _judged_by(programme)
    before = _before(out / STATE, programme.code, by)
    tell(progress, "查看收到的材料")
    with private("intake") as unpacked:
        when_found = stamps(folder)
        found = Found(folder, out, unpacked)
        if not found.received and not found.apart:
            raise UsageError(f"文件夹“{folder}”里没有任何材料", "核对文件夹，把收到的材料放进去")
        examined, new = _examined(workspace, found.received, programme, before, progress)
    now = stamps(folder)
    changed = [path for path in {*when_found, *now} if when_found.get(path) != now.get(path)]
    moving = {one.name for one in found.received if one.touched_by(changed)}
    examined = tuple(_not_still(one) if one.name in moving else one for one in examined)
    answers = read_answers(out / JUDGEMENTS)
    others = tuple(Examined(name=one.name, digest="", apart=one.why) for one in found.apart)
    everything = with_shared_leads(without_doubles(examined))
    filings = tuple(judged(one, answers) for one in everything if not one.apart)
    apart = (*(one for one in everything if one.apart), *others)
    together = shared(filings)
    state = _State(programme=programme.code, judged_by=by, filings=examined).model_dump()
    places = {one.name: one.place for one in found.received}
    record, last = _last(out / STATE)
    signature = hashlib.sha256(
        json.dumps(
            [state, [one.model_dump() for one in (*filings, *apart)], sorted(map(str, places.values()))]
        ).encode()
    ).hexdigest()
    notices = _stems([one for one in filings if one.of("applicant")])
    links = {name: f"{NOTICES}/{stem}.docx" for name, stem in notices.items()}
    suffixes = ("docx", "pdf") if engine else ("docx",)
    names = [OVERVIEW, JUDGEMENTS]
    names += [f"{NOTICES}/{stem}.{suffix}" for stem in notices.values() for suffix in suffixes]
    files = tuple(out / name for name in names)
    if last == signature and all(path.is_file() for path in files):
        return Intake(filings, apart, together, new, files, written=False)
    tell(progress, "写总表、判断表和补正通知")
    results: dict[str, bytes | None] = {
        **_notices(workspace, programme, filings, notices, engine, _Standing(out, record)),
        JUDGEMENTS: answers_sheet([one for one in everything if not one.apart], answers),
        OVERVIEW: overview_sheet(programme, filings, apart, together, _links(out, places), links),
    }
    _check_unchanged(out / JUDGEMENTS, answers)
    with as_output_errors(out):
        done = put_results(out, results, record, {JUDGEMENTS})
        kept = {"signature": signature, "files": dict(done.record), "state": state}
        replace_whole(out / STATE, json.dumps(kept, ensure_ascii=False, indent=1))
    return Intake(filings, apart, together, new, files, written=True, edited=done.edited)


def _check_unchanged(sheet: Path, answers: Answers) -> None:
    """Whether somebody has saved judgements while the filings were being looked at.

    Raises:
        OutputError: so it is.
    """
    with as_output_errors(sheet):
        now = sheet.read_bytes() if sheet.is_file() else None
    if now != answers.data:
        raise OutputError("判断表在核对的时候有人保存过，没有覆盖它", "再运行一次", Place(sheet.name))


def _links(out: Path, places: Mapping[str, Path]) -> dict[str, str]:
    """What the overview's links say: relative, so that they hold where both folders are moved or shared."""
    links = {}
    for name, place in places.items():
        try:
            way = Path(os.path.relpath(place.resolve(), out.resolve())).as_posix()
            links[name] = "".join(_in_link(char) for char in way)
        except ValueError:  # Another drive of Windows.
            links[name] = place.resolve().as_uri()
    return links


def _in_link(char: str) -> str:
    if char in _ESCAPED or refused_character(char):
        return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogateescape"))
    return char


def _examined(
    workspace: Workspace,
    received: Sequence[Received],
    programme: Programme,
    before: Mapping[tuple[str, str], Examined],
    progress: Listener | None,
) -> tuple[tuple[Examined, ...], int]:
    """Each filing, those that are as they were not looked at again; and how many were."""
    results: list[Examined] = []
    new = 0
    for number, one in enumerate(received):
        known = before.get((one.name, one.digest))
        # What could not be read may have been open elsewhere; what could is not looked at again.
        if known is None or known.unreadable:
            tell(progress, f"核对 {one.name}", number, len(received))
            found = examine(workspace, one, programme)
            new += found != known
            known = found
        results.append(known)
    return tuple(results), new


def _not_still(one: Examined) -> Examined:
    """A filing whose files were being written while they were read: nothing that was found of it counts."""
    why = "核对的时候它的文件还在变动，没有采用结果；等复制完、关掉文件，再运行一次"
    return Examined(name=one.name, digest="", apart=why, unreadable=True)


def _judged_by(programme: Programme) -> str:
    """What the verdicts hang on besides the filings: the scheme's files and this program."""
    whole = hashlib.sha256(__version__.encode())
    for path in sorted(path for path in programme.folder.rglob("*") if path.is_file()):
        whole.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def _before(path: Path, code: str, by: str) -> dict[tuple[str, str], Examined]:
    """The last run's results by place and digest; none where the scheme has changed since."""
    try:
        state = _State.model_validate(json.loads(path.read_bytes())["state"])
    except (OSError, ValueError, KeyError, TypeError, ValidationError):
        return {}
    if state.programme != code:
        raise OutputError(
            f"“{path.parent}”里是另一个方案（{state.programme}）的接收结果，没有改动它", "换一个文件夹"
        )
    return {(one.name, one.digest): one for one in state.filings} if state.judged_by == by else {}


def _last(path: Path) -> tuple[dict[str, str], str]:
    """The digests of the files that the last run wrote, and what they hang on; empty where there was none."""
    try:
        said = json.loads(path.read_bytes())
        return {str(name): str(sha256) for name, sha256 in said["files"].items()}, str(said["signature"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}, ""


def _stems(filings: Sequence[Examined]) -> dict[str, str]:
    """The notices' file names by filing; another filing that comes changes none of them."""
    stems: dict[str, str] = {}
    for one in filings:
        stem = safe_name(one.consortium or one.name.replace("/", "-"))
        if stem.casefold() in {taken.casefold() for taken in stems.values()}:
            stem = safe_name(f"{stem}-{hashlib.sha256(one.name.encode()).hexdigest()[:6]}")
        stems[one.name] = stem
    return stems


class _Standing(Struct, frozen=True):
    """What stands in the folder of results as this program wrote it."""

    out: Path
    record: Mapping[str, str]

    def has(self, name: str, data: bytes) -> bool:
        """Whether a file was written just so."""
        return self.record.get(name) == hashlib.sha256(data).hexdigest()

    def stays(self, name: str) -> bool:
        """Whether a file was written and is there."""
        return name in self.record and (self.out / name).is_file()


def _notices(
    workspace: Workspace,
    programme: Programme,
    filings: Sequence[Examined],
    stems: Mapping[str, str],
    engine: EngineName | None,
    standing: _Standing,
) -> dict[str, bytes | None]:
    """The notices by path: what the applicant must put right, with clause and place; None for a PDF that still holds."""
    made: dict[str, bytes | None] = {}
    with workspace.session(engine) as session:
        prepared = session.templates.common(_TEMPLATE)
        waiting = []
        for one in filings:
            if one.name not in stems:
                continue
            rows = [_row(number, issue) for number, issue in enumerate(one.of("applicant"), 1)]
            names = {
                "programme": {"title": programme.title, "authority": programme.authority},
                "lead": one.lead or one.consortium or one.name,
                "name": one.consortium or one.name,
                "rows": rows,
                "total": len(rows),
            }
            core = core_properties(_TITLE, programme.authority, FIXED_TIME)
            filled = prepared.template.fill(names, replace={CORE_PROPERTIES: core}, when=FIXED_TIME)
            word, pdf = (f"{NOTICES}/{stems[one.name]}.{suffix}" for suffix in ("docx", "pdf"))
            made[word] = filled.docx
            if session.typesetter is None:
                continue
            if standing.has(word, filled.docx) and standing.stays(pdf):
                made[pdf] = None
                continue
            info = PdfInfo(_TITLE, programme.authority, FIXED_TIME)
            waiting.append((pdf, session.typesetter.submit(filled.docx, info)))
        for name, future in waiting:
            made[name] = future.result().pdf
    return made


def _row(number: int, issue: Issue) -> dict[str, Any]:
    told = issue.what + (f"。请{issue.remedy}" if issue.remedy and issue.remedy not in issue.what else "")
    return {
        "number": number,
        "clause": issue.clause or "—",
        "title": issue.title or issue.sort,
        "quote": issue.quote,
        "told": told,
        "where": issue.where,
    }
