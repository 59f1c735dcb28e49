"""For which programmes a data file is meant, where the command does not say so."""

from __future__ import annotations

from collections.abc import Sequence

from generator.base.tree import Entries
from generator.errors import UsageError
from generator.model.catalogue import Catalogue
from generator.model.programme import Programme
from generator.readers.source_file import Source


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
