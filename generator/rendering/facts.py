"""What a template sees of the made packet: pages, and where each document and attachment begins.

They are known only once everything has been typeset; until then, as in a blank form, digits stand in their place
or nothing, and whoever makes the packet fills the documents that print them again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from generator.model.programme import Programme
from generator.rendering.values import MISSING_CLOSE, MISSING_OPEN, Record

NAME: Final = "packet"
LISTS: Final = ("files", "documents", "attachments")
OF_A_FILE: Final = ("number", "id", "title", "pages", "first", "last", "size")
KEYS: Final = ("pages", *LISTS)
_UNKNOWN: Final = f"{MISSING_OPEN}生成 PDF 后才知道{MISSING_CLOSE}"


class Facts:
    """The made packet by name.

    Args:
        record: notes that the document prints something of it.
        programme: for the titles that a blank form lists.
        facts: ``pages``, and ``files`` with id, title, kind, pages, first and size; None while nothing is known.
    """

    __slots__ = ("_facts", "_programme", "_record")

    def __init__(self, record: Record, programme: Programme, facts: Mapping[str, Any] | None) -> None:
        self._record = record
        self._programme = programme
        self._facts = facts

    def __getitem__(self, name: str) -> Any:
        if name not in KEYS:
            raise KeyError(name)
        self._record.of_packet = True
        if self._facts is None:
            blank = "" if self._record.edition == "blank" else _UNKNOWN
            return blank if name == "pages" else self._declared(name, blank)
        if name == "pages":
            return self._facts["pages"]
        wanted = name.removesuffix("s")
        files = [one for one in self._facts["files"] if wanted in {one["kind"], "file"}]
        return [_row(number, one) for number, one in enumerate(files, 1)]

    def __contains__(self, name: str) -> bool:
        return name in KEYS

    def _declared(self, name: str, unknown: str) -> list[dict[str, Any]]:
        """The scheme's documents and checklist, of which no more is known than their titles."""
        documents = [(one.id, one.title) for one in self._programme.documents if name != "attachments"]
        attached = [(one.id, one.title) for one in self._programme.attachments if name != "documents"]
        return [
            {**dict.fromkeys(OF_A_FILE, unknown), "number": number, "id": file_id, "title": title}
            for number, (file_id, title) in enumerate((*documents, *attached), 1)
        ]


def _row(number: int, file: Mapping[str, Any]) -> dict[str, Any]:
    pages, first = file["pages"], file["first"]
    last = first + pages - 1 if first and pages else ""
    size = f"{file['size'] / 1_000_000:.2f} MB" if file["size"] else ""
    shown = {"id": file["id"], "title": file["title"], "pages": pages or "", "first": first or ""}
    return {"number": number, **shown, "last": last, "size": size}
