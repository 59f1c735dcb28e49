"""For which programmes a data file is meant, where the command does not say so."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from generator.base.tree import Entries
from generator.errors import UsageError
from generator.model.catalogue import Catalogue
from generator.model.dataset import Dataset
from generator.model.paths import given
from generator.model.programme import Programme
from generator.packet.assessment import load_for
from generator.readers.source_file import Source

_ITEM: Final = re.compile(r"\[\d+\]")


def chosen_programmes(
    catalogue: Catalogue, codes: Sequence[str], source: Source, *, every: bool = False
) -> list[Programme]:
    """The programmes asked for, else those that the data has filings for, else the only one there is.

    Args:
        catalogue: where programmes are found.
        codes: the programmes asked for; may be empty.
        source: the data.
        every: all programmes instead.

    Raises:
        UsageError: none was asked for and the data names none.
    """
    if every:
        return list(catalogue.all().values())
    if codes:
        return [catalogue.load(code) for code in dict.fromkeys(codes)]
    filed = filed_programmes(catalogue, source)
    if filed:
        return filed
    known = list(catalogue.folders())
    if len(known) == 1:
        return [catalogue.load(known[0])]
    raise UsageError(
        "没有说明按哪个方案办理",
        f"加上 -p 方案代码，可用的有：{'、'.join(known)}；或在数据的“申报”下写上方案",
    )


def filed_programmes(catalogue: Catalogue, source: Source) -> list[Programme]:
    """The programmes under ``filings`` in the data, in the data's order."""
    node = source.root.get("filings", "申报")
    if not isinstance(node, Entries):
        return []
    names = {
        name: programme
        for programme in catalogue.all().values()
        for name in (programme.code, programme.title, programme.short_title)
    }
    return [names[entry.key] for entry in node if entry.key in names]


def other_programmes_meant(
    catalogue: Catalogue, source: Source, dataset: Dataset, programme: Programme
) -> list[Programme]:
    """The programmes that data without filings seems to be meant for, instead of the one it was read for.

    It gives none of the fields that this programme alone declares, and some that only another does.

    Args:
        catalogue: where programmes are found.
        source: the data.
        dataset: the same as `programme` sees it.
        programme: the one it was read for.
    """
    every = catalogue.all()
    if programme.code not in every or _has_own(dataset, programme, every):
        return []
    others = (one for one in every.values() if one.code != programme.code)
    return [one for one in others if _has_own(load_for(source, one, catalogue), one, every)]


def _has_own(dataset: Dataset, programme: Programme, every: Mapping[str, Programme]) -> bool:
    others = {field.path for one in every.values() if one.code != programme.code for field in one.fields}
    own = {field.path for field in programme.fields} - others
    return any(_ITEM.sub("[]", path) in own for path, _, _ in given(dataset.consortium))
