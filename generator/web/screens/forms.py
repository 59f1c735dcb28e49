"""Forms filled in Word: read into a data file, what is doubtful gone through beside the form's own pages."""

from __future__ import annotations

import json
from collections import OrderedDict
from pathlib import Path, PureWindowsPath
from threading import Lock
from typing import Any, Final

from msgspec import Struct
from starlette.responses import Response

from generator.base.files import replace_whole
from generator.base.names import is_safe, safe_name
from generator.errors import DataError, UsageError
from generator.web.desk import Desk
from generator.web.opened import OpenFile, OpenFiles
from generator.web.papers import answer_pages, answer_picture
from generator.web.served import DATA_SUFFIXES, FILLED_FORMS
from generator.web.visit import Visit
from generator.workflows.editing import SetText
from generator.workflows.read_back import ReadBack, read_back
from generator.workflows.shown_papers import ShownPapers, typeset

_RECORD: Final = "读入.json"
_WORD: Final = frozenset({".docx", ".doc"})
_DECISIONS: Final = ("采用", "改", "不要")
_MOST_KEPT: Final = 8
_STATUSES: Final = {"conflict": "两处写得不一样", "unread": "读不出来", "doubtful": "拿不准"}


class Reading(Struct, frozen=True):
    """Forms that were read into a data file.

    Attributes:
        name: the folder below 填好的表.
        place: the folder.
        file: the data file, relative to the served folder.
        code: the scheme.
        decided: what a person has decided, by path.
    """

    name: str
    place: Path
    file: str
    code: str
    decided: dict[str, str]

    @property
    def forms(self) -> list[Path]:
        """The forms as they came."""
        return sorted(path for path in self.place.iterdir() if path.suffix.lower() in _WORD)


def show(visit: Visit) -> Response:
    """What was read, and the way to read more."""
    desk = visit.desk
    readings = []
    for name in _names(desk):
        one = _reading(desk, name)
        there = (desk.served.folder / one.file).is_file()
        readings.append((one, there))
    return visit.page("forms.html", title="填好的表", readings=readings, programmes=desk.programmes())


def add(visit: Visit) -> Response:
    """A new data file from forms that were filled in Word; the forms are kept."""
    desk = visit.desk
    programme = desk.programme(visit.asked("p"))
    if not visit.files:
        raise UsageError("没有选文件", "选填好的 Word 表（.docx 或 .doc）")
    names: list[str] = []
    for file in visit.files:
        name = PureWindowsPath(file.name).name
        if not any(name.lower().endswith(suffix) for suffix in _WORD):
            raise UsageError("只能读 .docx 或 .doc 文件", "在 Word 或 WPS 里另存为 .docx，再选它")
        name = name if is_safe(name) else safe_name(name)
        names.append(name if name not in names else f"{len(names) + 1}-{name}")
    suffix = visit.asked("format") or ".xlsx"
    wanted = visit.asked("name").strip() or programme.short_title
    target = desk.served.free_name(f"{wanted}{suffix}", DATA_SUFFIXES)
    folder = _free(desk, Path(target).stem)
    for name, file in zip(names, visit.files, strict=True):
        desk.served.write(f"{FILLED_FORMS}/{folder}/{name}", file.data)
    place = desk.served.folder / FILLED_FORMS / folder
    try:
        found = read_back(
            desk.workspace, [place / name for name in names], programme.code, Path(target), write=False
        )
        desk.served.write(target, found.data)
    except Exception:
        for name in names:
            (place / name).unlink(missing_ok=True)
        place.rmdir()
        raise
    _keep(Reading(folder, place, target, programme.code, {}))
    return visit.on("/forms/look", reading=folder)


def look(visit: Visit) -> Response:
    """What is doubtful, one by one."""
    one, found = _found(visit)
    entries = [(entry, found.titles[entry.path]) for status in _STATUSES for entry in found.of(status)]
    return visit.page(
        "forms_look.html",
        title=f"核对 · {one.name}",
        one=one,
        programme=visit.desk.programme(one.code),
        found=found,
        sure=len(found.of("sure")),
        entries=entries,
        open=sum(entry.path not in one.decided for entry, _ in entries),
        statuses=_STATUSES,
        values=_opened(visit, one).state().values,
        said=visit.desk.said,
    )


def pages(visit: Visit) -> Response:
    """The forms' pages, and where on them each doubtful value stands."""
    one, found = _found(visit)
    shown = _KEPT.get(visit.desk, one)
    places = {}
    for entry in found.entries:
        if entry.status == "sure":
            continue
        # What stands there, else what is printed beside it.
        title = found.titles[entry.path].rpartition("“")[2].strip("”")
        for paper, text in (*((each.document, each.raw) for each in entry.sources), ("", title)):
            at = shown.find(text, paper)
            if at is not None:
                places[entry.path] = at
                break
    return answer_pages(visit, shown, places)


def picture(visit: Visit) -> Response:
    """One page as a picture."""
    shown = _KEPT.get(visit.desk, _reading(visit.desk, visit.asked("reading")))
    return answer_picture(visit, shown)


def decide(visit: Visit) -> Response:
    """Take, change or drop one value: into the data file at once."""
    one, found = _found(visit)
    path, decision, text = visit.asked("path"), visit.asked("decision"), visit.asked("text")
    entry = next((each for each in found.entries if each.path == path and each.status != "sure"), None)
    if entry is None or decision not in _DECISIONS:
        raise UsageError("没有这一项", "刷新页面后重试")
    if decision == "不要":
        text = ""
    elif not text.strip():
        raise UsageError("没有写内容，没有改动", "写上应填的内容，或选“不要”")
    opened = _opened(visit, one)
    state = opened.state()
    if state.values.get(path, "") != text:
        saved = opened.editing.change([SetText(path, text)], seen=state.sha256)
        if saved.conflicts:
            raise DataError("数据文件刚被别人改过，这一项没有写进去", "刷新页面，看一下现在的内容再做")
        state = saved.state
    wrong = next((str(each.message) for each in state.problems if each.path == path), "")
    _keep(Reading(one.name, one.place, one.file, one.code, {**one.decided, path: decision}))
    left = sum(each.status != "sure" and each.path not in {*one.decided, path} for each in found.entries)
    return visit.answer({"open": left, "value": state.values.get(path, ""), "wrong": visit.desk.said(wrong)})


class _Kept:
    """The pages of the forms that were looked at last."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._pages: OrderedDict[str, ShownPapers] = OrderedDict()

    def get(self, desk: Desk, one: Reading) -> ShownPapers:
        """The pages of a reading's forms; the forms that were kept do not change."""
        key = str(one.place)
        with self._lock:
            if key not in self._pages:
                self._pages[key] = _typeset(desk, one)
            self._pages.move_to_end(key)
            while len(self._pages) > _MOST_KEPT:
                self._pages.popitem(last=False)
            return self._pages[key]


_KEPT: Final = _Kept()
_READ: Final[OrderedDict[str, ReadBack]] = OrderedDict()
_LOCK: Final = Lock()


def _typeset(desk: Desk, one: Reading) -> ShownPapers:
    words = [(path.name, path.read_bytes()) for path in one.forms if path.suffix.lower() == ".docx"]
    papers, refused = typeset(desk.workspace, words)
    old = [path.name for path in one.forms if path.suffix.lower() == ".doc"]
    if old:
        refused.append(f"{'、'.join(old)} 是旧的 .doc，请在 Word 或 WPS 里打开看")
    note = "这是把填好的 Word 表排出来的页面，换行可能和 Word 里略有不同"
    return ShownPapers(papers, "；".join([*([note] if papers else []), *refused]))


def _found(visit: Visit) -> tuple[Reading, ReadBack]:
    """A reading, and what its forms say: read again after a restart, the same forms give the same."""
    desk = visit.desk
    one = _reading(desk, visit.asked("reading"))
    key = str(one.place)
    with _LOCK:
        if key not in _READ:
            _READ[key] = read_back(desk.workspace, one.forms, one.code, Path(one.file), write=False)
            while len(_READ) > _MOST_KEPT:
                _READ.popitem(last=False)
        return one, _READ[key]


def _opened(visit: Visit, one: Reading) -> OpenFile:
    files: OpenFiles = visit.request.app.state.files
    return files.get(one.file, one.code)


def _names(desk: Desk) -> list[str]:
    folder = desk.served.folder / FILLED_FORMS
    if not folder.is_dir() or folder.is_symlink():
        return []
    return sorted(path.name for path in folder.iterdir() if (path / _RECORD).is_file())


def _reading(desk: Desk, name: str) -> Reading:
    """A reading by its name, which a page gave: not to be trusted."""
    if name not in _names(desk):
        raise UsageError("没有这一份", "回到“填好的表”，从列表里选")
    place = desk.served.folder_in(f"{FILLED_FORMS}/{name}")
    try:
        record: Any = json.loads((place / _RECORD).read_bytes())
        decided = {str(path): str(decision) for path, decision in record["decided"].items()}
        return Reading(
            name, place, str(record["file"]), desk.programme(str(record["programme"])).code, decided
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise UsageError(f"“{name}”的记录读不出来", "把那几份表再读一次") from None


def _keep(one: Reading) -> None:
    record = {"file": one.file, "programme": one.code, "decided": one.decided}
    replace_whole(one.place / _RECORD, json.dumps(record, ensure_ascii=False, indent=1))


def _free(desk: Desk, stem: str) -> str:
    place = desk.served.folder / FILLED_FORMS
    return next(
        name
        for number in range(1, 10_000)
        if not (place / (name := stem if number == 1 else f"{stem}（{number}）")).exists()
    )
