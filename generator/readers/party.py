"""A party's own workbook, as it comes back: one organisation's data, to be laid beside the consortium's.

It is a workbook like any other, whose layout has the party as a group and not as a row of a table. Its hidden sheet
keeps what was sent, so that what the party has changed can be told from what others have.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from generator.base.tree import Entries, Entry, Items, Scalar
from generator.base.xlsx.grid import read_grids
from generator.errors import DataError, Place
from generator.model.fields import Part
from generator.readers.excel.layout import LAYOUT_SHEET, PARTY
from generator.readers.source_file import Source

MARK: Final = "party"
# Where the hidden sheet says that it is a party's, and from where on it keeps what was sent, counted from 0.
MARK_COLUMN: Final = 6
FIRST_COLUMN: Final = 7
# Lists outside of the members whose rows belong to one party: by the field that names it.
OWNERS: Final[Mapping[str, str]] = {"team": "employer", "platforms": "host", "projects": "undertaker"}
# What is not the party's to say.
NOT_ITS_OWN: Final = frozenset({"role", "tier"})


class Sent(Struct, frozen=True):
    """What a party's workbook was made from.

    Attributes:
        member: which member it was, from 0.
        name: the party's name then.
        credit_code: its credit code then; empty where there was none.
        values: what was said of it: single texts by their path in the member, and of each list its rows.
    """

    member: int
    name: str
    credit_code: str
    texts: Mapping[str, str]
    rows: Mapping[str, tuple[Mapping[str, str], ...]]

    def as_json(self) -> str:
        """As the hidden sheet keeps it."""
        found = {
            "member": self.member,
            "name": self.name,
            "code": self.credit_code,
            "texts": dict(self.texts),
            "rows": {path: [dict(row) for row in rows] for path, rows in self.rows.items()},
        }
        return json.dumps(found, ensure_ascii=False)


def read_sent(source: Source) -> Sent:
    """What a party's workbook was made from.

    Raises:
        DataError: it is no party's workbook.
    """
    wrong = DataError(
        "这不是发给一家单位填写的工作簿",
        "用“拆分”生成各单位的工作簿，填好后原样交回（不要把内容复制到别的文件里）",
        Place(source.name),
    )
    if not source.data.startswith(b"PK"):
        raise wrong
    grid = next((each for each in read_grids(source.data, source.name) if each.name == LAYOUT_SHEET), None)
    if grid is None or grid.text(0, MARK_COLUMN) != MARK:
        raise wrong
    text = "".join(grid.text(0, at) for at in range(FIRST_COLUMN, len(grid.rows[0])))
    try:
        found = json.loads(text)
        return Sent(
            int(found["member"]),
            str(found["name"]),
            str(found["code"]),
            {str(path): str(value) for path, value in found["texts"].items()},
            {
                str(path): tuple({str(key): str(value) for key, value in row.items()} for row in rows)
                for path, rows in found["rows"].items()
            },
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise wrong from None


def as_member(source: Source, model: type[Part]) -> Source:
    """A party's workbook as a data file whose only member is the party.

    Args:
        source: the workbook.
        model: the programme's model, which says which fields are lists of the consortium.
    """
    entries: list[Entry] = []
    for entry in source.root:
        if entry.key == PARTY and isinstance(entry.node, Entries):
            entries.append(Entry("members", entry.place, Items((entry.node,), entry.place)))
        elif entry.key in model.specs() or not entry.key or isinstance(entry.node, Scalar):
            entries.append(entry)
    return replace(source, root=Entries(tuple(entries), source.root.place))
