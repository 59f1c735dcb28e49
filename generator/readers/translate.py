"""From a file's tree to one in the model's own terms: names for titles, shapes checked, blanks removed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping

from msgspec import Struct, field

from generator.base.characters import refused_character, visible
from generator.base.tree import (
    TOLD_ELSEWHERE,
    Entries,
    Entry,
    Items,
    Node,
    Scalar,
)
from generator.errors import Place, Problem
from generator.model.fields import FieldSpec, Part
from generator.model.notices import Notice
from generator.model.paths import title_of
from generator.model.value_kinds import Choice, Money
from generator.model.value_kinds import says_none as states_none
from generator.readers.field_names import Labels, Position, fold
from generator.readers.overlay import overlay
from generator.readers.placeholders import is_own_mark, is_placeholder

SHOWN_CHARACTERS = 30
# With more unknown keys than this the file is another one, and looking for near names takes long.
MAX_SUGGESTIONS = 50
_MOST_IDS = 12
_UNIT_KEY = re.compile(r"(.+?)[(\[【/](?:单位[:为]?)?(?:人民币)?([^()\[\]【】/]{1,8})[)\]】]?")
_BARE = re.compile(r"\s*[+-]?[\d,，０-９．.]+\s*")
_UNSAFE_ID = re.compile(r"[.\[\]]")
_MOST_NEAR = 3
# The number before a heading's words, of a folded title: 第九条, 四、, (二).
_NUMBERED = re.compile(r"^(?:第?[一二三四五六七八九十百\d]+[条章节款、,·]|[(][一二三四五六七八九十\d]+[)])")
_LIKE_A_PAIR = re.compile(r"\s*([^:：\s]{1,20})\s*[:：]")


def shortened(text: str) -> str:
    """A value as a message shows it: one line, not long, nothing invisible."""
    head = visible(" ".join(text[:SHOWN_CHARACTERS].split()))
    return f"“{head}…”" if len(text) > SHOWN_CHARACTERS else f"“{head}”"


def is_blank(node: Node) -> bool:
    """Whether a value says nothing: null, only white space, or a word that only keeps a place."""
    return (
        isinstance(node, Scalar)
        and node.fault is None
        and (node.absent or not node.text.strip() or is_placeholder(node.text))
    )


def says_nothing(node: Node) -> bool:
    """Whether a value, or everything in a group or list, is blank: a form's lines left empty."""
    if isinstance(node, Items):
        return all(says_nothing(item) for item in node.items)
    if isinstance(node, Entries):
        return all(says_nothing(entry.node) for entry in node)
    return is_blank(node)


def says_none(node: Node) -> bool:
    """Whether a value is stated as none."""
    return isinstance(node, Scalar) and node.fault is None and not node.absent and states_none(node.text)


def field_with_unit(key: str, position: Position) -> tuple[FieldSpec, str] | None:
    """The field and the unit of a key that gives a unit after its title, as 金额（千元）; None for any other."""
    match = _UNIT_KEY.fullmatch(fold(key))
    spec = position.find(match[1]) if match else None
    return (spec, match[2]) if match and spec is not None and isinstance(spec.kind, Money) else None


class MapKeys(Struct, frozen=True):
    """How the keys of a map by id may be written.

    Attributes:
        titles: ids by title.
        known: every id that there is, with its title; None where any id will do.
    """

    titles: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, str] | None = None

    def means(self, key: str) -> str:
        """The id that a key means: itself, or the one with this title."""
        if self.known is not None and key in self.known:
            return key
        return self.titles.get(fold(key), key.strip() if self.knows(key.strip()) else key)

    def knows(self, key: str) -> bool:
        """Whether there is such an id."""
        return self.known is None or key in self.known

    def remedy(self, key: str) -> str:
        """What to write instead of an id that there is not."""
        known = self.known or {}
        wanted = fold(key)
        plain = _NUMBERED.sub("", wanted) or wanted
        # Titles that hold the whole of what was written are meant more likely than those that are merely alike.
        near = [
            title
            for title in self.titles
            if len(plain) > 1 and (plain in title or (_NUMBERED.sub("", title) or title) in plain)
        ]
        most = 1 if key.isascii() else _MOST_NEAR
        near = near or difflib.get_close_matches(wanted, [*known, *self.titles], n=most, cutoff=0.5)
        ids = list(dict.fromkeys(self.titles.get(one, one) for one in near))[:_MOST_NEAR]
        if ids:
            # Who writes ids is told the id, who writes titles the title.
            called = [id_ if key.isascii() or not known.get(id_) else known[id_] for id_ in ids]
            meant = "、".join(f"“{name}”" for name in called)
            # Which one was meant is not for the program to say: another's text would stand under its heading.
            return f"改为{meant}" if len(called) == 1 and key.isascii() else f"看是不是{meant}，照那个标题写"
        names = [title or id_ for id_, title in known.items()]
        listed = "、".join(f"“{name}”" for name in names[:_MOST_IDS])
        more = f"等 {len(known)} 个" if len(known) > _MOST_IDS else ""
        return f"照文件里的标题写：{listed}{more}"


def _one_apart(one: str, other: str) -> bool:
    """Whether two titles of one length differ in a single character: one of them is a slip of the pen."""
    return len(one) == len(other) > 1 and sum(a != b for a, b in zip(one, other, strict=True)) == 1


def is_option(node: Node, spec: FieldSpec) -> bool:
    """Whether a word that keeps a place elsewhere is one of the field's options."""
    return (
        isinstance(node, Scalar) and isinstance(spec.kind, Choice) and node.text.strip() in spec.kind.options
    )


class Translator:
    """Translates groups of one file for one programme; collects what is wrong with them.

    Args:
        model: the programme's model, for titles.
        labels: the programme's titles by path.
        map_keys: by path, what a map's keys may be written as, each with the id that it means.

    Attributes:
        problems: what is wrong.
        notices: what else a person should know.
        referred: what a library says of a member, and what the file itself says; None where there is none.
        blanks: where the value of each field belongs that the file has a place for, but left empty.
        placeholders: the words that only keep a place (待定), by path; such a field counts as left empty.
    """

    def __init__(self, model: type[Part], labels: Labels, map_keys: Mapping[str, MapKeys]) -> None:
        self.model = model
        self.labels = labels
        self.map_keys = map_keys
        self.unknown_keys = 0
        self.problems: list[Problem] = []
        self.unread: dict[str, Place] = {}
        self.notices: list[Notice] = []
        self.blanks: dict[str, Place] = {}
        self.placeholders: dict[str, str] = {}
        self.referred: Callable[[Entries, str], tuple[Entries | None, Entries]] | None = None
        self._unknown: set[tuple[str, Place]] = set()

    def wrong(self, path: str, place: Place, what: str, remedy: str) -> None:
        """Record a problem of the field at a path; its title goes before what is wrong."""
        title = title_of(self.model, path, self.labels)
        self.problems.append(Problem(f"{title}{what}", remedy, place, path))

    def faulty(self, node: Node, path: str) -> bool:
        """Record a value that the file's reader could not give; whether it was one."""
        if not isinstance(node, Scalar) or node.fault is None:
            return False
        if node.fault == TOLD_ELSEWHERE:
            self.unread[path] = node.place
        else:
            self.wrong(path, node.place, *node.fault)
        return True

    def group(
        self,
        node: Entries,
        position: Position,
        path: str = "",
        special: Callable[[Entry, FieldSpec | None], bool] | None = None,
    ) -> Entries:
        """A group with its fields' own names and without what is blank or wrong.

        Args:
            node: the group as written.
            position: which fields it may have.
            path: its exact path.
            special: is shown each entry first; where it returns True it has dealt with it, and the entry is left out.
        """
        found: dict[str, Entry] = {}
        for entry in node:
            spec = position.find(entry.key)
            if spec is None and (with_unit := self._with_unit(entry, position, path)) is not None:
                spec, entry = with_unit  # noqa: PLW2901 (the same entry, its unit beside its number)
            if special and special(entry, spec):
                continue
            if spec is None:
                if isinstance(entry.node, Scalar) and entry.node.fault and not entry.key:
                    what, remedy = entry.node.fault
                    self.problems.append(Problem(what, remedy, entry.place))
                elif not position.is_foreign(entry.key) and not self._is_own(entry, node, position):
                    self.unknown(entry, position, path)
                continue
            here = f"{path}.{spec.name}" if path else spec.name
            if spec.name in found:
                self.wrong(
                    here,
                    entry.place,
                    f"写了两次（“{found[spec.name].key}”和“{entry.key}”是同一个字段）",
                    "只保留一处",
                )
                continue
            found[spec.name] = entry
        kept = []
        for name, entry in found.items():
            spec = position.part.specs()[name]
            here = f"{path}.{name}" if path else name
            value = self.value(entry.node, spec, position, here, entry.place)
            if value is not None:
                kept.append(Entry(name, entry.place, value))
        return Entries(tuple(kept), node.place)

    def _with_unit(self, entry: Entry, position: Position, path: str) -> tuple[FieldSpec, Entry] | None:
        """The field of a key that gives a unit after its title, as 金额（千元）; its number then has that unit.

        A unit that the field cannot be given in is left beside the number, for its kind to refuse by name.
        """
        found = field_with_unit(entry.key, position)
        if found is None:
            return None
        spec, unit = found
        node = entry.node
        if isinstance(node, Scalar) and _BARE.fullmatch(node.text):
            node = Scalar(f"{node.text.strip()}{unit}", node.place)
        elif isinstance(node, Scalar) and not is_blank(node) and not states_none(node.text):
            title = title_of(self.model, f"{path}.{spec.name}".lstrip("."), self.labels)
            self.notices.append(
                Notice("ask", f"{title}一处写着“{unit}”，值又写作{shortened(node.text)}", node.place)
            )
        return spec, Entry(entry.key, entry.place, node)

    def _is_own(self, entry: Entry, group: Entries, position: Position) -> bool:
        """Whether an unknown column or row of a workbook is the applicant's own; it is left out with a notice.

        It is not if it may be a misspelt column of the sheet, or is a field of another group.
        """
        if entry.place.sheet is None or position.owner_of(entry.key):
            return False
        known = position.nearest(entry.key)
        near = position.find(known)
        given = {spec.name for each in group if (spec := position.find(each.key)) is not None}
        if near is not None and (near.name not in given or _one_apart(fold(entry.key), fold(known))):
            return False
        self.notices.append(Notice("own", shortened(entry.key), entry.place))
        return True

    def unknown(self, entry: Entry, position: Position, path: str) -> None:
        """Record a key that no programme knows; a column of a table, whose rows share its place, once."""
        if (entry.key, entry.place) in self._unknown:
            return
        self._unknown.add((entry.key, entry.place))
        where = f"{title_of(self.model, path, self.labels)}里" if path else ""
        self.unknown_keys += 1
        if self.unknown_keys > MAX_SUGGESTIONS:
            remedy = "确认选对了文件"
        elif owner := position.owner_of(entry.key):
            remedy = f"把它移到“{owner}”下面"
        elif near := position.nearest(entry.key):
            remedy = f"改为“{near}”，或删去这一项"
        else:
            remedy = "核对字段名（见数据格式说明 docs/data-format.md），或删去这一项"
        what = f"{where}没有{shortened(entry.key)}这个字段"
        self.problems.append(Problem(what, remedy, entry.place, f"{path}.{entry.key}".lstrip(".")))

    def value(self, node: Node, spec: FieldSpec, position: Position, path: str, place: Place) -> Node | None:
        """A field's value in its declared shape; None where it is blank or wrong."""
        if is_blank(node) and not is_option(node, spec):
            self._blank(node, path)
            return None
        if self.faulty(node, path):
            return None
        if spec.shape == "list":
            return self.items(node, spec, position, path, place)
        if spec.shape == "map":
            return self.map(node, spec, position, path, place)
        return self.single(node, spec, position, path, place)

    def _blank(self, node: Node, path: str) -> None:
        """Note where the missing value would stand, and tell of a placeholder that stands there."""
        self.blanks[path] = node.place
        self._kept_place(node, path)

    def _kept_place(self, node: Node, path: str) -> None:
        """Tell of every placeholder (待定, XXX) in a value."""
        if isinstance(node, Items):
            for item in node.items:
                self._kept_place(item, path)
        elif isinstance(node, Entries):
            for entry in node:
                self._kept_place(entry.node, path)
        elif not node.absent and node.text.strip() and not is_own_mark(node.text):
            title = title_of(self.model, path, self.labels)
            self.notices.append(Notice("blank", f"{title}{shortened(node.text)}", node.place, path))
            self.placeholders[path] = node.text

    def single(self, node: Node, spec: FieldSpec, position: Position, path: str, place: Place) -> Node | None:
        """One value or one group."""
        if spec.part is None:
            return self.scalar(node, path)
        if isinstance(node, Scalar):
            if "text" in spec.part.specs():
                return Entries((Entry("text", node.place, node),), node.place)
            if says_none(node):
                return node
            self.not_a_group(node, position.below(spec), path)
            return None
        if isinstance(node, Items):
            self.wrong(path, place, "应是一组字段，这里写成了列表", "删去行首的“- ”，写成“字段名: 值”的样子")
            return None
        inner = self.group(node, position.below(spec), path)
        return Entries(inner.entries, place) if inner.entries else None

    def scalar(self, node: Node, path: str) -> Scalar | None:
        """One value."""
        if isinstance(node, Scalar):
            return node
        if isinstance(node, Items):
            self.wrong(
                path, node.place, "只能有一个值，这里写成了列表", "只写一个值，含“[”的文字用引号括起来"
            )
        else:
            self.wrong(
                path, node.place, "只能有一个值，这里写成了一组字段", "只写一个值，含冒号的文字用引号括起来"
            )
        return None

    def not_a_group(self, node: Scalar, position: Position, path: str) -> None:
        """Record a bare text where a group of fields is wanted."""
        pair = _LIKE_A_PAIR.match(node.text)
        if pair and position.find(pair[1]):
            what = f"应是一组字段，这里的{shortened(node.text)}成了一段文字"
            self.wrong(path, node.place, what, "把冒号改为半角“:”，并在后面留一个空格")
            return
        titles = "、".join(f"“{position.title(spec)}”" for spec in list(position.part.specs().values())[:4])
        what = f"应是一组字段，这里只写了{shortened(node.text)}"
        self.wrong(path, node.place, what, f"分别填写{titles}等字段，每行一个")

    def items(self, node: Node, spec: FieldSpec, position: Position, path: str, place: Place) -> Items | None:
        """A list; a bare text is a list of one, ``无`` a list of none."""
        if isinstance(node, Entries):
            self.wrong(
                path,
                place,
                "应是列表，这里只写了一组字段" if spec.part else "应是列表，这里写成了一组字段",
                "在每一项前面加“- ”" if spec.part else "每行写一项，前面加“- ”，含冒号的文字用引号括起来",
            )
            return None
        if isinstance(node, Scalar):
            if says_none(node):
                return Items((), place)
            if spec.part:
                self.not_a_group(node, position.below(spec), path)
                return None
            return Items((node,), place)
        if len(node.items) == 1 and says_none(node.items[0]):
            return Items((), place)
        kept: list[Node] = []
        for item in node.items:
            here = f"{path}[{len(kept)}]"
            if says_nothing(item):
                self._kept_place(item, here)
                continue
            if self.faulty(item, here):
                continue
            if spec.part is None:
                value: Node | None = self.scalar(item, here)
                if value is not None:
                    kept.append(value)
            elif isinstance(item, Entries):
                kept.append(self._item(item, position.below(spec), here, members=path == "members"))
            else:
                # The item stays, without values, so that the others keep their places in the count.
                if isinstance(item, Scalar):
                    self.not_a_group(item, position.below(spec), here)
                else:
                    self.wrong(here, item.place, "应是一组字段，这里写成了列表", "删去多余的“- ”或方括号")
                kept.append(Entries((), item.place))
        return Items(tuple(kept), place) if kept or not node.items else None

    def _item(self, item: Entries, position: Position, path: str, *, members: bool) -> Entries:
        """An item of a list; a member that refers to a library lies over what stands there."""
        if not members or self.referred is None:
            return self.group(item, position, path)
        below, own = self.referred(item, path)
        group = self.group(own, position, path)
        return group if below is None else overlay(self.group(below, position, path), group, position.part)

    def map(self, node: Node, spec: FieldSpec, position: Position, path: str, place: Place) -> Entries | None:
        """A map by id. A map of values is a map of lists of them, as attachments are."""
        if says_none(node):
            return Entries((), place)
        if not isinstance(node, Entries):
            self.wrong(path, place, "应按编号分别填写", "写成“编号: 内容”的样子，每个编号一行")
            return None
        ids = self.map_keys.get(path, MapKeys())
        kept: dict[str, Entry] = {}
        for entry in node:
            key = ids.means(entry.key)
            if not key or _UNSAFE_ID.search(key) or refused_character(key):
                self.wrong(
                    path,
                    entry.place,
                    f"的编号{shortened(key)}不可用",
                    "使用方案规定的编号，其中没有句点和方括号",
                )
                continue
            here = f"{path}.{key}"
            if not says_nothing(entry.node) and not ids.knows(key):
                # No document would print its text, and the id that was meant would be reported as missing.
                self.wrong(path, entry.place, f"里没有{shortened(key)}", ids.remedy(key))
                continue
            if key in kept:
                self.wrong(here, entry.place, f"写了两次（“{kept[key].key}”和“{entry.key}”）", "只保留一处")
                continue
            if is_blank(entry.node):
                self._blank(entry.node, here)
                continue
            if self.faulty(entry.node, here):
                continue
            if spec.part is None:
                value: Node | None = self.items(entry.node, spec, position, here, entry.place)
            else:
                value = self.single(entry.node, spec, position, here, entry.place)
            if value is not None:
                kept[key] = Entry(entry.key, entry.place, value)
        entries = tuple(Entry(key, entry.place, entry.node) for key, entry in kept.items())
        return Entries(entries, place) if entries or not node.entries else None
