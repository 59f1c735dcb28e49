"""A library of organisations that data files refer to, so that each is written once.

``units: 单位库.yaml`` names a file beside the data file, YAML or a workbook; a member is then
``unit: <统一社会信用代码>`` plus what differs. What stands in the library keeps its place there: a message about
it points into that file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from generator.base.tree import (
    Entries,
    Entry,
    Items,
    Node,
    Scalar,
    places,
    plain,
)
from generator.errors import DataError, Place, Problem
from generator.readers.field_names import Position, fold
from generator.readers.source_file import read_source
from generator.readers.translate import Translator, is_blank, shortened

LIBRARY_KEYS: Final = ("units", "单位库")
MEMBER_KEYS: Final = ("unit", "引用单位")
MARK: Final = "#"
_MEMBERS: Final = "members"
_CODE: Final = "credit_code"
_FOLDED_LIBRARY: Final = frozenset(fold(key) for key in LIBRARY_KEYS)
_LIST_KEYS: Final = _FOLDED_LIBRARY | {fold(key) for key in (_MEMBERS, "单位", "成员单位")}
_FOLDED_MEMBER: Final = frozenset(fold(key) for key in MEMBER_KEYS)


class Units:
    """The organisations that one data file may refer to.

    Args:
        position: the consortium's.
        translator: takes the problems.
        inside: a file's relative name and path, None where it leads out of the data file's folder.

    Attributes:
        inputs: for each organisation that was referred to, ``<file>#<code>`` and a digest of what the library
            says of it and of where it says so.
    """

    def __init__(
        self,
        position: Position,
        translator: Translator,
        inside: Callable[[Scalar, str], tuple[str, Path] | None],
    ) -> None:
        self._member = position.below(position.part.specs()[_MEMBERS])
        self._translator = translator
        self._inside = inside
        self._name = ""
        self._library: dict[str, list[Entries]] = {}
        self._stated = False
        self.inputs: dict[str, str] = {}

    def open(self, root: Entries) -> None:
        """Read the library that the data file names, if it names one."""
        for entry in root:
            if fold(entry.key) in _FOLDED_LIBRARY and not is_blank(entry.node):
                self._stated = True
                self._read(entry)

    def take(self, entry: Entry) -> bool:
        """Whether an entry is the one that names the library."""
        return fold(entry.key) in _FOLDED_LIBRARY

    def _read(self, entry: Entry) -> None:
        if not isinstance(entry.node, Scalar):
            self._wrong(LIBRARY_KEYS[0], entry.place, "“单位库”应是一个文件名", "写成 units: 单位库.yaml")
            return
        target = self._inside(entry.node, LIBRARY_KEYS[0])
        if target is None:
            return
        name, path = target
        try:
            found = organisations(path, self._member)
        except DataError as error:
            what = f"单位库{shortened(name)}读不了：{error.what or error.problems[0].message}"
            self._wrong(LIBRARY_KEYS[0], error.place or entry.place, what, error.remedy or "改正这个文件")
            return
        self._name = name
        self._library = found

    def split(self, item: Entries, path: str) -> tuple[Entries | None, Entries]:
        """What the library says of a member, and what the data file itself says.

        Args:
            item: the member as written.
            path: its exact path.
        """
        named = [entry for entry in item if fold(entry.key) in _FOLDED_MEMBER]
        if not named or self._member.find(named[0].key) is not None:
            return None, item
        own = Entries(tuple(entry for entry in item if entry not in named), item.place)
        node = named[0].node
        if is_blank(node):
            return None, own
        if not isinstance(node, Scalar):
            self._wrong(path, node.place, "引用单位应是一个统一社会信用代码", "写成“引用单位: 代码”")
            return None, own
        found = self._library.get(node.text.strip().upper(), [])
        if len(found) == 1:
            code = node.text.strip().upper()
            self.inputs[f"{self._name}{MARK}{code}"] = digest_of(found)
            return found[0], own
        if not self._stated:
            self._wrong(
                path, node.place, "引用了单位，却没有写单位库", "在文件最外层写上 units: 单位库的文件名"
            )
        elif self._library or self._name:
            times = f"有 {len(found)} 个" if found else "没有"
            remedy = "只留一个" if found else "核对代码，或在单位库里加上这个单位"
            what = f"单位库{shortened(self._name)}里{times}统一社会信用代码为{shortened(node.text)}的单位"
            self._wrong(path, found[1].place if found else node.place, what, remedy)
        return None, own

    def _wrong(self, path: str, place: Place, what: str, remedy: str) -> None:
        self._translator.problems.append(Problem(what, remedy, place, path))


def organisations(path: Path, member: Position) -> dict[str, list[Entries]]:
    """The organisations of a library by their codes.

    Args:
        path: a YAML file with a list ``units`` (or ``members``), or a workbook with a sheet of members.
        member: which fields they may have.

    Raises:
        DataError: the file cannot be read, or holds no such list.
    """
    source = read_source(path)
    found: dict[str, list[Entries]] = {}
    for node in _items(listed(source.root, source.name)):
        for entry in node:
            spec = member.find(entry.key)
            if spec is not None and spec.name == _CODE and isinstance(entry.node, Scalar):
                found.setdefault(entry.node.text.strip().upper(), []).append(node)
    return found


def is_library(root: Entries) -> bool:
    """Whether a file is itself a library, not the data of a consortium.

    Either its list of organisations stands where a data file names a library, or it holds such a list and
    nothing else, as a workbook with one sheet does.
    """
    if any(fold(entry.key) in _FOLDED_LIBRARY and isinstance(entry.node, Items) for entry in root):
        return True
    return bool(root.entries) and all(
        fold(entry.key) in _LIST_KEYS and isinstance(entry.node, Items) for entry in root
    )


def listed(root: Entries, name: str) -> Node:
    """The list of organisations of a library, or of members of a data file.

    Args:
        root: what the file says.
        name: its name for messages.

    Raises:
        DataError: it has no such list.
    """
    for entry in root:
        if fold(entry.key) in _LIST_KEYS:
            return entry.node
    raise DataError("里面没有单位的列表", "写成“单位库:”，其下每个单位一项，前面加“- ”", Place(name))


def _items(node: Node) -> Iterator[Entries]:
    for item in node.items if isinstance(node, Items) else ():
        if isinstance(item, Entries):
            yield item


def digest_of(found: list[Entries]) -> str:
    """A digest of what a library says of an organisation, and of the lines or cells where it says so.

    The places count, as messages and the conditions sheet name them.
    """
    content = [[plain(node), [[path, str(place)] for path, place in places(node)]] for node in found]
    return hashlib.sha256(
        json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")
    ).hexdigest()


def digest_in(folder: Path, name: str) -> str | None:
    """The digest of an organisation as it is in its library now; None where it is not there.

    Args:
        folder: the data file's.
        name: ``<file>#<code>``, as ``Dataset.inputs`` has it.
    """
    file, _, code = name.rpartition(MARK)
    try:
        status = (folder / file).stat()
        found = _digests(folder / file, status.st_size, status.st_mtime_ns)
    except (OSError, DataError):
        return None
    return found.get(code)


@lru_cache(maxsize=64)
def _digests(path: Path, size: int, changed: int) -> dict[str, str]:  # noqa: ARG001 (part of the cache's key)
    from generator.model.consortium import Consortium

    member = Position(Consortium).below(Consortium.specs()[_MEMBERS])
    return {code: digest_of(found) for code, found in organisations(path, member).items()}
