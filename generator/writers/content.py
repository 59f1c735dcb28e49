"""One data file's content without regard to its format, to be written in another.

The content is kept as it was written, as texts under the model's names: base data, and each programme's
filing. Own fields of every programme are kept, whichever programme the new file is made for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from generator.base.characters import refused_character, visible
from generator.base.tree import Entries, Entry, plain, scalars
from generator.errors import DataError
from generator.model.consortium import OF_A_FILING, Consortium
from generator.model.fields import FieldSpec, OwnField, extend
from generator.model.notices import Notice
from generator.model.programme import Programme
from generator.readers.field_names import Position
from generator.readers.filings import Filings
from generator.readers.map_ids import map_keys
from generator.readers.source_file import Source
from generator.readers.translate import Translator
from generator.writers.excel.flatten import leaves
from generator.writers.required_fields import plain_path

Tree = dict[str, Any]


# Characters that no workbook can hold; other unprintable ones are kept, and ``check`` reports them.
_UNWRITABLE = frozenset({"控制字符", "不成对的代理字符", "Unicode 非字符"})


class Content(Struct, frozen=True):
    """What a data file says.

    Attributes:
        base: what holds for all programmes, as dicts, lists and texts; an empty list was given on purpose.
        filings: what differs by programme, by code, in the file's order.
        extra: own fields of other programmes than the chosen one that the data use.
        notices: what of the file is not carried over, and what else a person should know of it.
    """

    base: Tree
    filings: dict[str, Tree]
    extra: tuple[OwnField, ...]
    notices: tuple[Notice, ...] = ()


def own_fields(programmes: Iterable[Programme]) -> tuple[OwnField, ...]:
    """The own fields of several programmes, each path once; of two that don't go together the first."""
    found: dict[str, OwnField] = {}
    for programme in programmes:
        fresh = {own.path: own for each in programme.fields if (own := each.declaration()).path not in found}
        if _go_together(found, fresh):
            found.update(fresh)
            continue
        for path, own in fresh.items():
            # A field that an earlier programme declares otherwise stays unknown, and is refused by name.
            if _go_together(found, {path: own}):
                found[path] = own
    return tuple(found.values())


def _go_together(found: Mapping[str, OwnField], fresh: Mapping[str, OwnField]) -> bool:
    """Whether one model can have all of the fields."""
    try:
        extend(Consortium, (*found.values(), *fresh.values()))
    except ValueError:
        return False
    return True


def read_content(source: Source, programme: Programme | None, known: Mapping[str, Programme]) -> Content:
    """A data file's content.

    Args:
        source: the file.
        programme: the programme that the new file is for; its titles and fields go first.
        known: every programme by code.

    Raises:
        DataError: the file has keys that no programme knows, or values that cannot be read; all of them.
    """
    every = [*([programme] if programme else []), *known.values()]
    own = own_fields(every)
    model: Any = extend(Consortium, own)
    labels = programme.labels if programme else {}
    position = Position(model, labels=labels, elsewhere=tuple((one.model, one.labels) for one in every))
    translator = Translator(model, labels, map_keys(programme, known))
    filings = Filings(known, translator)

    def outside_filings(entry: Entry, spec: FieldSpec | None) -> bool:
        if filings.take(entry):
            return True
        if spec is not None and spec.name in OF_A_FILING:
            translator.wrong(spec.name, entry.place, "写在了申报之外", "移到“申报”下相应方案的里面")
            return True
        return False

    for text in scalars(source.root):
        char, what = refused_character(text.text) or ("", "")
        if what in _UNWRITABLE:
            raise DataError(
                f"“{visible(text.text[:40])}”里有{what}（U+{ord(char):04X}），不能带到新文件里",
                "删去这个字符后重新输入",
                text.place,
            )
    base = _tree(translator.group(source.root, position, special=outside_filings))
    found: dict[str, Tree] = {}
    for code, entries in _in_file_order(source.root, filings, known):
        found[code] = _tree(translator.group(entries, position, special=filings.refuse_nested))
    if translator.problems:
        raise DataError("数据文件有误", problems=tuple(dict.fromkeys(translator.problems)))
    notices = tuple(dict.fromkeys((*source.notices, *translator.notices)))
    return Content(base, found, tuple(_used(own, programme, [base, *found.values()])), notices)


def _tree(entries: Entries) -> Tree:
    found = plain(entries)
    if not isinstance(found, dict):
        raise TypeError("a group is a dict")
    return found


def _in_file_order(
    root: Entries, filings: Filings, known: Mapping[str, Programme]
) -> Iterator[tuple[str, Entries]]:
    """Each programme's filing in the order in which the file has them."""
    taken = {code: entries for code, one in known.items() if (entries := filings.of(one)) is not None}
    node = root.get("filings", "申报")
    written = [entry.node for entry in node] if isinstance(node, Entries) else []

    def position(filing: tuple[str, Entries]) -> int:
        return next((at for at, one in enumerate(written) if one is filing[1]), len(written))

    yield from sorted(taken.items(), key=position)


def _used(own: tuple[OwnField, ...], programme: Programme | None, trees: list[Tree]) -> Iterator[OwnField]:
    """Other programmes' fields that the data use, with the groups that hold them, and all of a bare group."""
    mine = {each.path for each in programme.fields} if programme else set()
    paths = {plain_path(path).removesuffix("[]") for tree in trees for path, _ in leaves(tree)}
    for each in own:
        path = each.path.removesuffix("[]")
        if each.path not in mine and any(
            given == path or given.startswith((f"{path}.", f"{path}[]")) or path.startswith(f"{given}.")
            for given in paths
        ):
            yield each
