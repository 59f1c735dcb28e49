"""The ids that attachments, clauses and sections may be given under, and the titles that stand for them."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from generator.base.ooxml.bookmarks import Anchor, anchors
from generator.errors import ProgrammeError
from generator.model.programme import Programme
from generator.readers.field_names import fold
from generator.readers.translate import MapKeys

_MAPS: Final = {"clause": "agreement.clauses", "section": "plan.sections"}


def map_keys(programme: Programme | None, every: Mapping[str, Programme]) -> dict[str, MapKeys]:
    """How the keys of each map may be written, by the map's path.

    A title that stands for two ids stands for none. Where a scheme's templates cannot be read, or there are
    none, any id will do: the templates' own faults are told elsewhere.

    Args:
        programme: the programme that is read for; its titles go first.
        every: every programme whose ids are known.
    """
    ordered = [*([programme] if programme else []), *(one for one in every.values() if one is not programme)]
    attachments: dict[str, str] = {}
    for one in ordered:
        for item in one.attachments:
            attachments.setdefault(fold(item.title), item.id)
    whole = all(_has_templates(one) for one in ordered)
    # What no scheme's list has would be bound to none of its packets.
    listed = {item.id: item.title for one in ordered for item in one.attachments}
    found = {"attachments": MapKeys(attachments, listed if listed and whole else None)}
    places = [place for one in ordered for place in _places(one)]
    for kind, path in _MAPS.items():
        known: dict[str, str] = {}
        for anchor in places:
            if anchor.kind == kind:
                known.setdefault(anchor.id, anchor.title)
        titles: dict[str, str] = {}
        for id_, title in known.items():
            titles[fold(title)] = "" if fold(title) in titles else id_
        found[path] = MapKeys(
            {title: id_ for title, id_ in titles.items() if title and id_},
            known if known and whole else None,
        )
    return found


def _places(programme: Programme) -> Iterable[Anchor]:
    for path in _templates(programme):
        with suppress(ProgrammeError):
            yield from anchors(path)


def _templates(programme: Programme) -> Iterable[Path]:
    for document in programme.documents:
        names = dict.fromkeys((document.template, *(variant.template for variant in document.variants)))
        yield from (programme.folder / name for name in names)


def _has_templates(programme: Programme) -> bool:
    found = list(_templates(programme))
    return bool(found) and all(path.is_file() for path in found)


def titles_of(programme: Programme | None, every: Mapping[str, Programme]) -> Mapping[str, str]:
    """What messages call a file's fields, by path: as the programme says; without one, as any of them does."""
    return programme.titles if programme else ChainMap(*(dict(one.titles) for one in every.values()))
