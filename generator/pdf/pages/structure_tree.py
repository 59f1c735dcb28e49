"""Joining the structure trees of tagged PDFs (ISO 32000-1, 14.7) when their pages are put into one file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pikepdf

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_CELLS: Final = {"/TH", "/TD"}


def merge_structure(  # noqa: C901 one branch an entry of the tree
    merged: pikepdf.Pdf, sources: Sequence[tuple[pikepdf.Pdf, int, int]]
) -> None:
    """Give a merged file one structure tree made of its sources' trees.

    Args:
        merged: the file that already holds the sources' pages.
        sources: each source, the index of its first page in the merged file, and how many it has. Sources
            without a tree add none.
    """
    tagged = [item for item in sources if "/StructTreeRoot" in item[0].Root]
    if not tagged:
        return
    root = merged.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.StructTreeRoot))
    whole = merged.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.StructElem, S=pikepdf.Name.Document, P=root)
    )
    kids, numbers = pikepdf.Array(), pikepdf.Array()
    named: list[tuple[str, Any]] = []
    roles, classes = pikepdf.Dictionary(), pikepdf.Dictionary()
    offset = 0
    for part, (source, first, count) in enumerate(tagged):
        tree = merged.copy_foreign(source.Root.StructTreeRoot)
        for kid in _as_list(tree.get("/K")):
            kid.P = whole
            if pikepdf.Name.Document == kid.S:
                kid.S = pikepdf.Name.Part
            kids.append(kid)
        for target, key in ((roles, "/RoleMap"), (classes, "/ClassMap")):
            for name, value in tree.get(key, pikepdf.Dictionary()).items():
                target[name] = value
        if "/IDTree" in tree:
            own = [(str(name), element) for name, element in _pairs(tree.IDTree, "/Names")]
            if part:
                _rename([element for _, element in own], f"{part}-")
                own = [(f"{part}-{name}", element) for name, element in own]
            named += own
        highest = -1
        for key, value in _pairs(tree.get("/ParentTree", pikepdf.Dictionary()), "/Nums"):
            numbers.append(offset + int(key))
            numbers.append(value)
            highest = max(highest, int(key))
        for page in merged.pages[first : first + count]:
            if "/StructParents" in page:
                page.StructParents = int(page.StructParents) + offset
            for note in page.get("/Annots", ()):
                if "/StructParent" in note:
                    note.StructParent = int(note.StructParent) + offset
        offset += highest + 1
    whole.K = kids
    root.K = pikepdf.Array([whole])
    root.ParentTree = merged.make_indirect(pikepdf.Dictionary(Nums=numbers))
    root.ParentTreeNextKey = offset
    if named:
        # A name tree must be sorted by its names (ISO 32000-1, 7.9.6).
        named.sort(key=lambda pair: pair[0])
        names = pikepdf.Array([item for name, value in named for item in (pikepdf.String(name), value)])
        limits = pikepdf.Array([names[0], names[len(names) - 2]])
        root.IDTree = pikepdf.Dictionary(
            Kids=[merged.make_indirect(pikepdf.Dictionary(Names=names, Limits=limits))]
        )
    for key, value in (("/RoleMap", roles), ("/ClassMap", classes)):
        if len(value):
            root[key] = value
    merged.Root.StructTreeRoot = root
    merged.Root.MarkInfo = pikepdf.Dictionary(Marked=True)


def without_structure(document: pikepdf.Pdf) -> None:
    """Take from pages and their annotations what refers to a structure tree, where the document has none."""
    for page in document.pages:
        if "/StructParents" in page:
            del page["/StructParents"]
        for note in page.get("/Annots", ()):
            if "/StructParent" in note:
                del note["/StructParent"]


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, pikepdf.Array) else [value]


def _pairs(node: Any, leaf: str) -> Iterator[tuple[Any, Any]]:
    """The keys and values of a number tree or name tree."""
    for kid in node.get("/Kids", ()):
        yield from _pairs(kid, leaf)
    items = node.get(leaf, ())
    for at in range(0, len(items), 2):
        yield items[at], items[at + 1]


def _rename(identified: Sequence[Any], prefix: str) -> None:
    """Make elements' ids unique across parts, where the elements bear them and where table cells refer to them.

    A cell refers to heads of its own table alone (ISO 32000-1, table 349), so only tables whose heads have ids are
    looked through, and no cell's content: each look at an element costs as much as copying it.
    """
    tables: dict[tuple[int, int], Any] = {}
    for element in identified:
        element.ID = pikepdf.String(prefix + str(element.ID))
        above = element.get("/P")
        while above is not None and "/S" in above and pikepdf.Name.Table != above.S:
            above = above.get("/P")
        if above is not None and "/S" in above:
            tables.setdefault(above.objgen, above)
    for table in tables.values():
        for cell in _cells(table):
            for attribute in _as_list(cell.get("/A")):
                if isinstance(attribute, pikepdf.Dictionary) and "/Headers" in attribute:
                    attribute.Headers = pikepdf.Array(
                        [pikepdf.String(prefix + str(name)) for name in attribute.Headers]
                    )


def _cells(group: Any) -> Iterator[Any]:
    """The cells of a table or of a group of its rows."""
    for kid in _as_list(group.get("/K")):
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            if str(kid.S) in _CELLS:
                yield kid
            else:
                yield from _cells(kid)
