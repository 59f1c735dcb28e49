"""The bookmarks ``sign.<role>`` around the places where parties sign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct, field
from msgspec.structs import replace

from generator.base.ooxml.xml import Element, W
from generator.pdf.docx.tree import Block, Paragraph, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

SIGN_PREFIXES: Final = ("sign.", "sign_")


class CellRoles(Struct):
    """The roles whose places begin or end in a cell, while it is read."""

    opens: list[str] = field(default_factory=list)
    closes: list[str] = field(default_factory=list)


class SignatureBookmarks:
    """Which signature places are open, and the cells around what is being read.

    A place that begins or ends in a cell is marked on the cell, any other on a block. A bookmark that begins in a
    cell and ends outside of the table marks the cell alone.
    """

    def __init__(self) -> None:
        self._open: dict[str, tuple[str, CellRoles | None]] = {}
        self._cells: list[CellRoles] = []

    def enter_cell(self) -> None:
        """A cell is read from here on."""
        self._cells.append(CellRoles())

    def leave_cell(self) -> CellRoles:
        """The innermost cell has been read; gives its roles."""
        cell = self._cells.pop()
        open_still = [role for role, begun in self._open.values() if begun is cell]
        cell.closes += [role for role in open_still if role not in cell.closes]
        return cell

    def begin(self, element: Element) -> str | None:
        """A bookmark begins; gives the role to mark on the block that follows, if no cell takes it."""
        name = element.get(W + "name", "")
        if not name.startswith(SIGN_PREFIXES):
            return None
        role: str = name[5:]
        cell = self._cells[-1] if self._cells else None
        self._open[element.get(W + "id", "")] = (role, cell)
        if cell is None:
            return role
        cell.opens.append(role)
        return None

    def end(self, element: Element) -> str | None:
        """A bookmark ends; gives the role to mark on a block, if no cell takes it."""
        found = self._open.pop(element.get(W + "id", ""), None)
        if found is None:
            return None
        role, begun = found
        if self._cells:
            self._cells[-1].closes.append(role)
            return None
        return role if begun is None else None


def with_roles(block: Block, *, opens: Sequence[str] = (), closes: Sequence[str] = ()) -> Block:
    """A block on which more signature places begin and end; a page break or table of contents takes none."""
    if not isinstance(block, Paragraph | Table):
        return block
    new = tuple(role for role in closes if role not in block.closes)
    return replace(block, opens=(*opens, *block.opens), closes=(*new, *block.closes))
