"""One's own part: a workbook for each party with only what that party knows, and what comes back laid beside the data.

No server is needed between the parties: the workbooks go out and come back by mail. A workbook remembers what was
sent, so that what the party has changed is told from what others have changed since. Nothing is written unless it is
chosen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal

from msgspec import Struct

from generator.base.characters import BadValueError
from generator.base.failures import reason
from generator.base.files import write_new
from generator.base.names import safe_name
from generator.errors import DataError, OutputError, Place, Problem, UsageError
from generator.model.consortium import LEAD
from generator.model.fields import FieldSpec, Part
from generator.model.notices import notice_texts
from generator.model.paths import spec_of, title_of
from generator.packet.assessment import load_for
from generator.readers.excel.layout import PARTY
from generator.readers.party import NOT_ITS_OWN, OWNERS, Sent, as_member, read_sent
from generator.readers.written import Written, written
from generator.workflows.choose import filed_programmes
from generator.workflows.editing import Editing, Saved
from generator.workflows.inputs import Data, opened
from generator.workflows.workspace import Workspace
from generator.writers.changes import Change, ReplaceRows, Row, SetText, flat, nested, put

Kind = Literal["new", "changed", "cleared", "conflict"]
Rows = tuple[Mapping[str, str], ...]

_STEPS: Final = (
    "1．这份工作簿只有本单位的内容。已经有的填好了，请核对；黄底的是文件要印、条件要用的，请填写。",
    "2．空着＝还没填；“无”＝确实没有；整张表没有内容的，在表顶的“本表无内容”选“是”。",
    "3．金额按表头写的单位填数字；日期写 2026-03-01；是非题选“是”或“否”。",
    "4．信用代码、电话等要以文本存放（这些格已设好），不要粘贴成数字。",
    "5．工作表名称和表头文字不要改，内容不要复制到别的文件里：填好保存，把这个文件原样交回牵头单位。",
)
_SHOWN: Final = 400


class PartyFile(Struct, frozen=True):
    """One party's workbook.

    Attributes:
        member: which member it is for, from 0.
        party: its name.
        name: the file's name.
        data: its bytes.
    """

    member: int
    party: str
    name: str
    data: bytes


class Split(Struct, frozen=True):
    """The parties' workbooks, in the members' order."""

    parts: tuple[PartyFile, ...]


class Difference(Struct, frozen=True):
    """Something that a party's workbook says otherwise than the data.

    Attributes:
        path: the field of the data file, or the list whose rows differ.
        title: its name for a person.
        kind: ``new`` where the data says nothing, ``changed``, ``cleared`` where the party has taken it out, or
            ``conflict`` where others have changed it too since the workbook was sent.
        sent: what was sent; of rows a line each.
        mine: what the data says now.
        theirs: what the party says.
    """

    path: str
    title: str
    kind: Kind
    sent: str
    mine: str
    theirs: str


class Returned(Struct, frozen=True):
    """A party's workbook laid beside the data.

    Attributes:
        member: which member of the data it is, from 0.
        party: its name in the data.
        differences: what it says otherwise, in the model's order.
        problems: what in it cannot be read; such values can be taken all the same, and are told again then.
        notices: what else a person should know of how it was read.
        sha256: of the data file that it was laid beside.
    """

    member: int
    party: str
    differences: tuple[Difference, ...]
    problems: tuple[Problem, ...]
    notices: tuple[str, ...]
    sha256: str
    _rows: Mapping[str, Rows]

    @property
    def conflicts(self) -> tuple[Difference, ...]:
        """What others have changed too."""
        return tuple(each for each in self.differences if each.kind == "conflict")

    def rows(self, path: str) -> Rows:
        """A list's rows as the party gives them."""
        return self._rows.get(path, ())


def split(workspace: Workspace, data: Data, code: str | None = None, *, members: Sequence[int] = ()) -> Split:
    """A workbook for each party.

    Args:
        workspace: the programmes.
        data: the file, or one in memory.
        code: the programme whose fields the workbooks ask for; the first that the data has a filing for where None.
        members: for which members, from 0; for all where empty.

    Raises:
        DataError: the file cannot be read, or has no members.
        UsageError: there is no such programme or member.
        ProgrammeError: the programme is at fault.
    """
    from generator.writers.excel.party import party_form, party_workbook

    with opened(data) as source, workspace.session() as session:
        filed = filed_programmes(workspace.catalogue, source)
        programme = workspace.catalogue.load(code) if code else next(iter(filed), None)
        now = written(source, programme, workspace.catalogue.all())
        count = now.counts.get("members", 0)
        if not count:
            raise DataError("数据里还没有成员单位", "先在数据里写上各成员单位的名称", Place(source.name))
        if wrong := [at for at in members if not 0 <= at < count]:
            raise UsageError(f"没有第 {wrong[0] + 1} 个成员单位（共 {count} 个）", "核对序号")
        common = session.common_rules
        forms = {is_lead: party_form(programme, common, is_lead=is_lead) for is_lead in (True, False)}
        parts: list[PartyFile] = []
        for at in members or range(count):
            sent = _sent(now, at)
            form = forms[now.text(f"members[{at}].role").strip() == LEAD]
            tree = _tree(now, sent)
            party = sent.name or f"第{at + 1}个成员单位"
            parts.append(
                PartyFile(
                    at,
                    party,
                    safe_name(f"{at + 1:02d}-{party}") + ".xlsx",
                    party_workbook(form, sent, tree, (f"联合体：{now.text('name')}；单位：{party}", *_STEPS)),
                )
            )
    return Split(tuple(parts))


def write_parts(parts: Split, folder: Path) -> tuple[Path, ...]:
    """Write the workbooks into a folder, which is made where there is none; nothing there is overwritten.

    Raises:
        OutputError: one of the files exists already, or cannot be written; those before it stay.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"建不了文件夹 {folder.name}（{reason(error)}）", "核对位置是否存在、是否可写"
        ) from None
    paths = tuple(folder / part.name for part in parts.parts)
    if there := next((path for path in paths if path.exists()), None):
        raise OutputError(f"文件 {there.name} 已经存在，没有改动它", "换一个文件夹，或先把旧文件移走")
    for part, path in zip(parts.parts, paths, strict=True):
        write_new(path, part.data)
    return paths


def compare(workspace: Workspace, editing: Editing, returned: Data) -> Returned:
    """Lay a party's workbook beside the data; nothing is written.

    Args:
        workspace: the programmes.
        editing: the data file.
        returned: the workbook that has come back.

    Raises:
        DataError: either cannot be read, the workbook is no party's, or its party is no member any more.
    """
    state = editing.state()
    now = editing.written()
    with opened(returned) as workbook:
        sent = read_sent(workbook)
        source = as_member(workbook, now.position.part)
        known = workspace.catalogue.all()
        theirs = written(source, editing.programme, known)
        if editing.programme is not None:
            dataset = load_for(source, editing.programme, workspace.catalogue)
        else:
            from generator.readers.load import load

            dataset = load(source, None, known=known)
    at = _member_of(now, sent, workbook.name)
    got = _sent(theirs, 0, party=_name(theirs, 0))
    mine = _sent(now, at, party=sent.name if _has_rows_of(now, sent.name) else _name(now, at))
    model = now.position.part
    found: list[Difference] = []
    for path in _in_order(model, {*sent.texts, *got.texts}):
        before, after, here = (each.texts.get(path, "") for each in (sent, got, mine))
        spec = spec_of(model, f"members[0].{path}")
        if not _same(spec, before, after) and not _same(spec, here, after):
            full = f"members[{at}].{path}"
            kind = _kind(before, here, after, untouched=_same(spec, before, here))
            found.append(Difference(full, _title(editing, full), kind, before, here, after))
    for path in dict.fromkeys((*sent.rows, *got.rows)):
        old, new, own = (each.rows.get(path, ()) for each in (sent, got, mine))
        full = path if path in OWNERS else f"members[{at}].{path}"
        if not _same_rows(model, full, old, new) and not _same_rows(model, full, own, new):
            kind = _kind(_lines(old), _lines(own), _lines(new), untouched=_same_rows(model, full, old, own))
            found.append(
                Difference(full, _title(editing, full), kind, *(_lines(rows) for rows in (old, own, new)))
            )
    problems = tuple(each for each in dataset.problems if each.path != "name")
    rows = {(path if path in OWNERS else f"members[{at}].{path}"): each for path, each in got.rows.items()}
    return Returned(
        at, _name(now, at), tuple(found), problems, notice_texts(dataset.notices), state.sha256, rows
    )


def take(editing: Editing, returned: Returned, paths: Sequence[str]) -> Saved:
    """Write chosen differences into the data.

    Args:
        editing: the data file.
        returned: from ``compare``.
        paths: of the differences that are taken; conflicts among them are decided for the party.

    Raises:
        DataError: the data cannot be read, or a change cannot be made in it; it is as it was then.
        OutputError: it cannot be written.
    """
    now = editing.written()
    chosen = [each for each in returned.differences if each.path in set(paths)]
    changes: list[Change] = []
    # The rows of other lists are found by the party's name as the data has it: they come before a new name.
    for each in sorted(chosen, key=lambda one: one.path.endswith(".name")):
        spec = spec_of(now.position.part, each.path)
        if spec is None or spec.part is None or spec.shape != "list":
            changes.append(SetText(each.path, each.theirs))
        else:
            changes.append(_rows_change(now, each.path, returned))
    return editing.change(changes, seen=returned.sha256)


def _rows_change(now: Written, path: str, returned: Returned) -> ReplaceRows:
    """A list with the party's rows in the place of those that it had; other parties' rows stay."""
    count = now.counts.get(path, 0)
    owner = OWNERS.get(path)
    mine = [
        at
        for at in range(count)
        if owner is None or now.text(f"{path}[{at}].{owner}").strip() == returned.party
    ]
    fresh: list[Row] = []
    for number, texts in enumerate(returned.rows(path)):
        was = mine[number] if number < len(mine) else None
        shown = dict(texts)
        if was is not None:
            # A field that the party has emptied is emptied.
            given = _row(now, path, was, owner)
            shown = {**dict.fromkeys(given, ""), **shown}
        elif owner is not None:
            shown[owner] = returned.party
        fresh.append(Row(shown, was))
    rows: list[Row] = []
    place = mine[-1] if mine else count - 1
    for at in range(count):
        if at in mine:
            rows += [row for row in fresh if row.was == at]
        else:
            rows.append(Row({}, at))
        if at == place:
            rows += [row for row in fresh if row.was is None]
    if not count:
        rows = fresh
    return ReplaceRows(path, tuple(rows))


def _sent(now: Written, at: int, party: str | None = None) -> Sent:
    """What is said of one member.

    Args:
        now: the data.
        at: which member, from 0.
        party: the name by which its rows in other lists are found; its own where None. All rows where the data are
            the party's own workbook, which has no such names.
    """
    prefix = f"members[{at}]."
    texts: dict[str, str] = {}
    rows: dict[str, dict[int, dict[str, str]]] = {}
    for path, text in now.values.items():
        if not path.startswith(prefix):
            continue
        below = path[len(prefix) :]
        found = re.fullmatch(r"(.+?)\[(\d+)\]\.(.+)", below)
        if found:
            rows.setdefault(found[1], {}).setdefault(int(found[2]), {})[found[3]] = text.text
        elif below.partition(".")[0] not in NOT_ITS_OWN:
            texts[below] = text.text
    name = _name(now, at)
    lists: dict[str, Rows] = {path: tuple(several.values()) for path, several in rows.items()}
    for path, owner in OWNERS.items():
        own: Rows = tuple(
            row
            for number in range(now.counts.get(path, 0))
            if now.text(f"{path}[{number}].{owner}").strip() in {"", party if party is not None else name}
            and (now.text(f"{path}[{number}].{owner}").strip() or _is_alone(now))
            for row in (_row(now, path, number, owner),)
            if row
        )
        if own:
            lists[path] = own
    return Sent(at, name, now.text(f"{prefix}credit_code").strip(), texts, lists)


def _is_alone(now: Written) -> bool:
    """Whether data are one party's own."""
    return now.counts.get("members", 0) == 1 and not now.text("members[0].role")


def _row(now: Written, path: str, at: int, owner: str | None) -> dict[str, str]:
    prefix = f"{path}[{at}]."
    return {
        key[len(prefix) :]: text.text
        for key, text in now.values.items()
        if key.startswith(prefix) and key != f"{prefix}{owner}"
    }


def _tree(now: Written, sent: Sent) -> dict[str, Any]:
    """What a party's workbook shows."""
    party: dict[str, Any] = nested({})
    part = now.position.part.specs()["members"].part
    for path, text in sent.texts.items():
        spec = spec_of(part, path) if part is not None else None
        several = spec is not None and spec.shape == "list" and spec.part is None
        put(party, flat(path), ([] if text == "无" else text.split("\n")) if several else text)
    tree: dict[str, Any] = {PARTY: party}
    for path, rows in sent.rows.items():
        items = [nested(row) for row in rows]
        if path in OWNERS:
            tree[path] = items
        else:
            put(party, flat(path), items)
    return tree


def _member_of(now: Written, sent: Sent, file: str) -> int:
    """Which member of the data a party's workbook is about: by its code, else its name, as they were sent."""
    count = now.counts.get("members", 0)
    codes = [now.text(f"members[{at}].credit_code").strip() for at in range(count)]
    names = [_name(now, at) for at in range(count)]
    for known, text in ((codes, sent.credit_code), (names, sent.name)):
        if text and known.count(text) == 1:
            return known.index(text)
    if not sent.name and not sent.credit_code and sent.member < count and not names[sent.member]:
        return sent.member
    raise DataError(
        f"数据里没有“{sent.name or sent.credit_code}”这个成员单位，或者不止一个",
        "核对这份工作簿是不是这个联合体的；单位改过名的，先把数据里的名称改回去再合并",
        Place(file),
    )


def _name(now: Written, at: int) -> str:
    return now.text(f"members[{at}].name").strip()


def _has_rows_of(now: Written, name: str) -> bool:
    return any(
        now.text(f"{path}[{at}].{owner}").strip() == name
        for path, owner in OWNERS.items()
        for at in range(now.counts.get(path, 0))
    )


def _in_order(model: type[Part], paths: set[str]) -> list[str]:
    """A member's paths in the model's order."""
    part = model.specs()["members"].part
    order = list(part.specs()) if part is not None else []

    def place(path: str) -> tuple[int, str]:
        first = flat(path)[0]
        return (order.index(str(first)) if first in order else len(order), path)

    return sorted(paths, key=place)


def _kind(before: str, here: str, after: str, *, untouched: bool) -> Kind:
    if not untouched:
        return "conflict"
    if not after:
        return "cleared"
    return "changed" if here or before else "new"


def _same(spec: FieldSpec | None, one: str, other: str) -> bool:
    """Whether two texts say the same to a field."""
    if one.strip() == other.strip():
        return True
    if spec is None or spec.kind is None or spec.shape != "one" or not one or not other:
        return False
    try:
        same: bool = spec.kind.read(one) == spec.kind.read(other)
    except BadValueError:
        return False
    return same


def _same_rows(model: type[Part], path: str, one: Rows, other: Rows) -> bool:
    return len(one) == len(other) and all(
        _same(spec_of(model, f"{path}[0].{key}"), a.get(key, ""), b.get(key, ""))
        for a, b in zip(one, other, strict=True)
        for key in {*a, *b}
    )


def _lines(rows: Rows) -> str:
    """Rows for a person, a line each."""
    return "\n".join("，".join(" ".join(text.split())[:_SHOWN] for text in row.values()) for row in rows)


def _title(editing: Editing, path: str) -> str:
    labels = editing.programme.titles if editing.programme else {}
    return title_of(editing.written().position.part, path, labels)
