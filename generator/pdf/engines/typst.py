"""The embedded PDF engine: Typst, working in a private folder, with its faces loaded once."""

from __future__ import annotations

import json
import os
import shutil
import weakref
from contextlib import contextmanager
from importlib import metadata, resources
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typst
from msgspec import Struct

from generator.base.ooxml.package import open_parts
from generator.base.temporary import private_folder, remove_folder
from generator.errors import PdfError
from generator.pdf.compose.document import Composer
from generator.pdf.compose.source import as_source
from generator.pdf.docx.reader import read_tree
from generator.pdf.docx.values import with_values
from generator.pdf.engine import Engine, Heading, PdfDocument, PdfInfo, SignPlace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from generator.pdf.compose.drawing import ListedHeading, PrintedValue
    from generator.pdf.docx.tree import WordDocument
    from generator.pdf.fonts.faces import Faces

STANDARD: Final = "a-2b"
_PROGRAM: Final = ("program.typ", "library.typ")
# Typst writes out that nothing of its tags is suspect, which is the default (ISO 32000-1, table 321). Poppler warns
# of each PDF that says so. Blanked in place, so that no offset of the file changes.
_SUSPECTS: Final = b"/MarkInfo<</Marked true/Suspects false>>"
_UNSUSPECTED: Final = b"/MarkInfo<</Marked true>>".ljust(len(_SUSPECTS))


class TypstDocument(Struct, frozen=True):
    """A document as Typst is given it.

    Attributes:
        title: of the document, for messages.
        when: the time of making, in UTC.
        tagged: with a structure tree.
        source: what to draw, as code of Typst.
        media: its pictures by file name.
        headings: what Typst numbers and tells the pages of.
        warnings: in Chinese.
        foot: as of PdfDocument.
        values: each value that is numbered in ``source``; none unless asked for.
    """

    title: str
    when: datetime
    tagged: bool
    source: str
    media: Mapping[str, bytes]
    headings: Sequence[ListedHeading]
    warnings: tuple[str, ...]
    foot: float
    values: tuple[PrintedValue, ...] = ()


class _Press:
    """Typst's compiler with a folder of its own, for one document at a time.

    Args:
        root: the folder, which is made.
        packages: where Typst would look for packages: a folder that is not there.
        fonts: loaded once for all presses.
    """

    def __init__(self, root: Path, packages: Path, fonts: typst.Fonts) -> None:
        self._root = root
        root.mkdir()
        for name in _PROGRAM:
            (root / name).write_bytes(resources.files("generator.pdf").joinpath(name).read_bytes())
        self._code = root / "document.txt"
        self._code.touch()
        self.compiler = typst.Compiler(
            str(root / _PROGRAM[0]),
            root=str(root),
            font_paths=fonts,
            ignore_system_fonts=True,
            package_path=str(packages),
            package_cache_path=str(packages),
        )

    @contextmanager
    def holding(self, read: TypstDocument) -> Iterator[Any]:
        """The compiler, with a document's code and pictures where it looks for them.

        Raises:
            PdfError: it failed on the document.
        """
        self._code.write_bytes(read.source.encode())
        for name, picture in read.media.items():
            (self._root / name).write_bytes(picture)
        try:
            yield self.compiler
        except typst.TypstError as error:
            raise PdfError(
                f"排版“{read.title}”时失败（{error.message}）",
                "检查文档中的表格和图片，或改用 --pdf-engine libreoffice",
            ) from error
        finally:
            for name in read.media:
                (self._root / name).unlink(missing_ok=True)


class TypstEngine(Engine[TypstDocument]):
    """The engine ``typst``. Several threads may use it at once; each document is set by one of them.

    Args:
        faces: the faces it draws with; no others of the machine are looked at.
    """

    name = "typst"
    version = metadata.version("typst")

    def __init__(self, faces: Faces) -> None:
        self._folder = private_folder("typst")
        # Removed when closed, or with the engine, or at the end of the process, whichever comes first.
        self._remove = weakref.finalize(self, remove_folder, self._folder)
        fonts = self._folder / "fonts"
        fonts.mkdir()
        for index, path in enumerate(faces.files()):
            _link(path, fonts / f"{index:03}{path.suffix.lower()}")
        self._fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(fonts)])
        known = {
            (Path(font.path).resolve(), font.index): font.family for font in self._fonts.fonts() if font.path
        }
        linked = {
            path: (fonts / f"{index:03}{path.suffix.lower()}").resolve()
            for index, path in enumerate(faces.files())
        }
        wanted = (*faces.roles.values(), *faces.fallbacks)
        lost = [face.path.name for face in wanted if (linked[face.path], face.index) not in known]
        if lost:
            raise PdfError(
                f"排版引擎不能读取字体文件 {lost[0]}", "换用完好的字体文件，或从字体文件夹中移走它"
            )
        families = {face: known[linked[face.path], face.index] for face in wanted}
        self._composer = Composer(faces, families)
        self._numbers = count(1)
        self._free = [self._press()]

    def _press(self) -> _Press:
        root = self._folder / f"document{next(self._numbers)}"
        return _Press(root, self._folder / "packages", self._fonts)

    def read(self, docx: bytes, info: PdfInfo, parts: Mapping[str, bytes] | None = None) -> TypstDocument:
        """Read a document; see Engine."""
        parts = open_parts(docx) if parts is None else parts
        return self._composed(read_tree(parts, info.title or None), info, parts)

    def read_marked(self, parts: Mapping[str, bytes], info: PdfInfo) -> TypstDocument:
        """Read a document that was filled with marks around its values, for ``draw``.

        Args:
            parts: the document's parts by name.
            info: what its PDF states of itself.

        Raises:
            ProgrammeError: as of ``read``.
        """
        return self._composed(with_values(read_tree(parts, info.title or None)), info, parts)

    def _composed(self, tree: WordDocument, info: PdfInfo, parts: Mapping[str, bytes]) -> TypstDocument:
        composition = self._composer.compose(
            tree, title=info.title, author=info.author, keyword=info.programme
        )
        return TypstDocument(
            info.title,
            info.when,
            info.tagged,
            as_source(composition.document),
            {name: parts[part] for name, part in tree.media.items()},
            composition.document.headings,
            composition.warnings,
            composition.foot,
            composition.values,
        )

    def typeset(self, read: TypstDocument) -> PdfDocument:
        """Typeset a document; see Engine."""
        with self._given(read) as compiler:
            pdf: Any = compiler.compile(
                format="pdf", pdf_standards=[STANDARD], timestamp=read.when, pdf_tags=read.tagged
            )
            found = json.loads(compiler.query("<info>", field="value"))
        pages = next(item["pages"] for item in found if item["k"] == "end")
        placed = ((read.headings[item["n"]], item["page"]) for item in found if item["k"] == "heading")
        headings = tuple(
            Heading(heading.title, heading.level, page) for heading, page in placed if heading.level
        )
        references = {item["n"]: item["v"] for item in found if item["k"] == "reference"}
        labels = tuple(item["v"] for item in found if item["k"] == "page")
        return PdfDocument(
            pdf.replace(_SUSPECTS, _UNSUSPECTED),
            pages,
            headings,
            _sign_places(found),
            read.warnings,
            references,
            read.foot,
            labels,
        )

    @contextmanager
    def _given(self, read: TypstDocument) -> Iterator[Any]:
        """A compiler that was given a document, for one thread.

        Raises:
            PdfError: it failed on the document.
        """
        try:
            press = self._free.pop()
        except IndexError:  # each is at work for another thread
            press = self._press()
        try:
            with press.holding(read) as compiler:
                yield compiler
        finally:
            self._free.append(press)

    def draw(self, read: TypstDocument) -> bytes:
        """The pages of a document as a PDF to look at: quicker than ``typeset``, no PDF/A, and without tags.

        A value of number N in ``read.values`` stands within links to ``value:N``.

        Raises:
            PdfError: the engine failed.
        """
        with self._given(read) as compiler:
            pdf: Any = compiler.compile(format="pdf", timestamp=read.when, pdf_tags=False)
        return bytes(pdf)

    def close(self) -> None:
        """Remove the private folder."""
        self._remove()


def _sign_places(found: list[dict[str, Any]]) -> tuple[SignPlace, ...]:
    opened: dict[str, dict[str, Any]] = {}
    places: dict[str, SignPlace] = {}
    for item in found:
        if item["k"] != "sign":
            continue
        role = item["role"]
        if item["corner"] == 0:
            opened.setdefault(role, item)
        elif role in opened:
            begin = opened[role]
            height = item["height"]
            # A block that continues on the next page is signed where it ends.
            top = begin["y"] if begin["page"] == item["page"] else 0.0
            rect = (begin["x"], height - item["y"], item["x"], height - top)
            places[role] = SignPlace(role, item["page"], tuple(round(value, 2) for value in rect))
    return tuple(places.values())


def _link(source: Path, target: Path) -> None:
    """Put a font file into the private folder without copying it, where the system allows."""
    for way in (os.symlink, os.link, shutil.copyfile):
        try:
            way(source, target)
        except OSError:
            continue
        return
    raise PdfError(f"不能准备字体文件 {source.name}", "检查临时文件夹的权限和空间")
