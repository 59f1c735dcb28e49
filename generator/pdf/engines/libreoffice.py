"""The second PDF engine, only when asked for: an installed LibreOffice, held to the same faces.

Each run has its own profile and fontconfig, a time limit, and no network. LibreOffice's exit code is ignored, as
it is not reliable: what counts is whether a whole PDF was written.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

import pikepdf
from lxml import etree
from msgspec import Struct

from generator.base.ooxml.package import open_parts
from generator.base.ooxml.xml import W, main_part, parse
from generator.base.temporary import private
from generator.base.zips import zip_bytes
from generator.errors import PdfError
from generator.pdf.docx.reader import read_tree
from generator.pdf.docx.signature_bookmarks import SIGN_PREFIXES
from generator.pdf.docx.tree import Contents, Paragraph, Table, WordDocument, run_formats
from generator.pdf.engine import Engine, Heading, PdfDocument, PdfInfo, SignPlace
from generator.pdf.engines.labels import Found, find_labels
from generator.pdf.fonts.faces import LATIN_ROLES, ROLES
from generator.pdf.pages.metadata import with_metadata
from generator.pdf.pages.pdfium import opened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from generator.pdf.fonts.face_cache import Face
    from generator.pdf.fonts.faces import Faces

TIME_LIMIT: Final = 180  # seconds for one document
_START: Final = "lhtstart"
_FIRST_ID: Final = 900000
_LINE: Final = 24.0  # the height of a signature place whose label is not found
_NEAR: Final = 60.0  # how far below a bookmark its label may begin, points
_PLACES: Final = (
    "C:/Program Files/LibreOffice/program/soffice.com",
    "C:/Program Files (x86)/LibreOffice/program/soffice.com",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "/opt/libreoffice/program/soffice",
)
_FILTER: Final = {
    "SelectPdfVersion": 2,  # PDF/A-2b
    "UseTaggedPDF": True,
    "ExportBookmarks": True,
    "ExportBookmarksToPDFDestination": True,
}
# No network (a proxy that does not exist), no links followed, no macros.
_PROFILE: Final = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetProxyType" oor:op="fuse"><value>2</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPProxyName" oor:op="fuse"><value>127.0.0.1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPProxyPort" oor:op="fuse"><value>9</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPSProxyName" oor:op="fuse"><value>127.0.0.1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPSProxyPort" oor:op="fuse"><value>9</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc"><prop oor:name="FirstRun" oor:op="fuse"><value>false</value></prop></item>
</oor:items>
"""


def find_office() -> Path:
    """The LibreOffice program of this machine.

    Raises:
        PdfError: there is none.
    """
    for name in ("soffice", "libreoffice"):
        found = shutil.which(name)
        if found:
            return Path(found)
    for place in _PLACES:
        if Path(place).is_file():
            return Path(place)
    raise PdfError("这台机器上没有找到 LibreOffice", "安装 LibreOffice，或改用 --pdf-engine typst")


class OfficeDocument(Struct, frozen=True):
    """A document as LibreOffice is given it.

    Attributes:
        info: what its PDF states of itself.
        tree: what it holds, for what LibreOffice does not tell.
        parts: its parts by name.
    """

    info: PdfInfo
    tree: WordDocument
    parts: Mapping[str, bytes]


def run_office(
    office: Path,
    arguments: list[str],
    folder: Path,
    environment: Mapping[str, str],
    time_limit: float = TIME_LIMIT,
) -> str:
    """Run LibreOffice once, with a profile of its own, without macros and network.

    Args:
        office: the program.
        arguments: what it is to do.
        folder: a private folder; its profile is made there.
        environment: more variables for it.
        time_limit: seconds.

    Returns:
        What it writes to its standard output. Its exit code says nothing: look for the file that it was to make.

    Raises:
        PdfError: it took too long.
    """
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
    kept = ("PATH", "SYSTEMROOT", "WINDIR", "LD_LIBRARY_PATH", "LANG")
    full = {key: os.environ[key] for key in kept if key in os.environ} | {
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "TEMP": str(folder),
        "TMP": str(folder),
        "SAL_USE_VCLPLUGIN": "svp",
        **({"FONTCONFIG_FILE": str(folder / "fonts.conf")} if (folder / "fonts.conf").exists() else {}),
        **environment,
    }
    command = [
        str(office), f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore",
        "--nologo", "--nolockcheck", "--nodefault", *arguments,
    ]  # fmt: skip
    # A session of its own, so that the office's child processes end with it.
    with subprocess.Popen(
        command, env=full, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True, start_new_session=sys.platform != "win32",
    ) as process:  # fmt: skip
        try:
            return process.communicate(timeout=time_limit)[0]
        except subprocess.TimeoutExpired as error:
            _end(process)
            raise PdfError(
                f"LibreOffice 超过 {time_limit:.0f} 秒没有完成", "重试一次，或改用 --pdf-engine typst"
            ) from error
        except BaseException:
            _end(process)
            raise


class LibreOfficeEngine(Engine[OfficeDocument]):
    """The engine ``libreoffice``.

    Args:
        faces: what it draws with, under every name that a document may ask for.
        time_limit: seconds for one document.
    """

    name = "libreoffice"

    def __init__(self, faces: Faces, time_limit: float = TIME_LIMIT) -> None:
        self._faces = faces
        self._limit = time_limit
        self._office = find_office()
        with private("lo") as folder:
            shown = self._run(["--version"], folder, {}).split()
        self.version = next((word for word in shown if word[:1].isdigit()), "unknown")

    def read(self, docx: bytes, info: PdfInfo, parts: Mapping[str, bytes] | None = None) -> OfficeDocument:
        """Read a document; see Engine."""
        found = open_parts(docx) if parts is None else parts
        return OfficeDocument(info, read_tree(found, info.title or None), found)

    def typeset(self, read: OfficeDocument) -> PdfDocument:
        """Typeset a document; see Engine."""
        info, tree = read.info, read.tree
        with private("lo") as folder:
            self._write_fontconfig(folder, set(_names(tree)))
            marked, roles = _with_marks(read.parts)
            (folder / "document.docx").write_bytes(marked)
            options = {
                key: {"type": "boolean" if value is True else "long", "value": str(value).lower()}
                for key, value in _FILTER.items()
            }
            self._run(
                ["--convert-to", f"pdf:writer_pdf_Export:{json.dumps(options)}", "--outdir", str(folder),
                 str(folder / "document.docx")],
                folder,
                {"SOURCE_DATE_EPOCH": str(int(info.when.timestamp()))},
            )  # fmt: skip
            target = folder / "document.pdf"
            data = target.read_bytes() if target.is_file() else b""
        try:
            with pikepdf.open(io.BytesIO(data)) as pdf:
                pages = len(pdf.pages)
                headings = tuple(_headings(pdf))
                places = tuple(_sign_places(pdf, data, tree, roles))
                made = with_metadata(
                    pdf, title=info.title, author=info.author, timestamp=info.when, keyword=info.programme
                )
        except pikepdf.PdfError as error:
            raise PdfError(
                f"LibreOffice 没有生成“{info.title}”的 PDF",
                "在 LibreOffice 中打开该文档看能否导出，或改用 --pdf-engine typst",
            ) from error
        contents = any(isinstance(block, Contents) for section in tree.sections for block in section.blocks)
        warnings = ("LibreOffice 不更新目录，PDF 中的目录是文档里原有的内容，请核对页码",) if contents else ()
        return PdfDocument(made, pages, headings, places, warnings)

    def close(self) -> None:
        """Nothing is held between runs."""

    def _run(self, arguments: list[str], folder: Path, environment: Mapping[str, str]) -> str:
        return run_office(self._office, arguments, folder, environment, self._limit)

    def _write_fontconfig(self, folder: Path, names: set[tuple[str, bool]]) -> None:
        """A fontconfig in which every name that the document uses is served by the face of its role."""
        fonts = folder / "fonts"
        fonts.mkdir()
        for index, path in enumerate(self._faces.files()):
            shutil.copyfile(path, fonts / f"{index:03}{path.suffix.lower()}")
        known = {name for group in (ROLES, LATIN_ROLES) for aliases in group.values() for name in aliases}
        lines = []
        for name, latin in sorted(names | {(name, False) for name in known if not name.isascii()}):
            face = self._faces.roles[self._faces.role(name, latin=latin)]
            if name not in face.names:
                lines.append(_alias(name, face))
        default = self._faces.roles["宋体"]
        (folder / "fonts.conf").write_text(
            '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n'
            f"<dir>{escape(str(fonts))}</dir><dir>/usr/share/fonts/truetype/dejavu</dir>\n"
            f"<cachedir>{escape(str(folder / 'cache'))}</cachedir>\n" + "\n".join(lines) + "\n"
            '<match target="pattern"><edit name="family" mode="append_last">'
            f"<string>{escape(default.family)}</string></edit></match>\n</fontconfig>\n",
            encoding="utf-8",
        )


def _alias(name: str, face: Face) -> str:
    return (
        f'<match target="pattern"><test name="family" qual="any"><string>{escape(name)}</string></test>'
        f'<edit name="family" mode="assign" binding="strong"><string>{escape(face.family)}</string></edit></match>'
    )


def _end(process: subprocess.Popen[str]) -> None:
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _names(document: WordDocument) -> Iterator[tuple[str, bool]]:
    """Every face name in a document, and whether it is asked for Latin text."""
    for look in run_formats(document):
        if look.east_asian_face:
            yield look.east_asian_face, False
        if look.latin_face:
            yield look.latin_face, True


def _with_marks(parts: Mapping[str, bytes]) -> tuple[bytes, list[tuple[str, str]]]:
    """The document with a plain-named bookmark at each signature place; the roles with what is printed there.

    LibreOffice writes the start of each bookmark as a named destination, and changes dots in its name.
    """
    main = main_part(parts)
    root = parse(parts[main])
    roles: list[tuple[str, str]] = []
    ends = {mark.get(W + "id"): mark for mark in root.iter(W + "bookmarkEnd")}
    for mark in list(root.iter(W + "bookmarkStart")):
        name, end = mark.get(W + "name", ""), ends.get(mark.get(W + "id"))
        if not name.startswith(SIGN_PREFIXES) or end is None:
            continue
        own = str(_FIRST_ID + len(roles))
        mark.addnext(etree.Element(W + "bookmarkEnd", {W + "id": own}))
        mark.addnext(etree.Element(W + "bookmarkStart", {W + "id": own, W + "name": f"{_START}{len(roles)}"}))
        roles.append((name[5:], _text_between(mark, end)))
    marked = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return zip_bytes({**parts, main: marked}, stored=True), roles


def _text_between(start: Any, end: Any) -> str:
    """The text of the runs between two elements of a document."""
    pieces: list[str] = []
    inside = False
    for element in start.getroottree().iter(W + "bookmarkStart", W + "bookmarkEnd", W + "t"):
        if element is end:
            break
        if inside and element.tag == W + "t":
            pieces.append(element.text or "")
        inside = inside or element is start
    return "".join(pieces)


def _headings(pdf: pikepdf.Pdf) -> Iterator[Heading]:
    pages: dict[Any, int] = {page.objgen: number for number, page in enumerate(pdf.pages, 1)}

    def walk(items: Iterable[pikepdf.OutlineItem], level: int) -> Iterator[Heading]:
        for item in items:
            action: Any = item.action
            target = item.destination if item.destination is not None or action is None else action.get("/D")
            if isinstance(target, pikepdf.Array):
                yield Heading(str(item.title), level, pages.get(target[0].objgen, 1))
            yield from walk(item.children, level + 1)

    with pdf.open_outline() as outline:
        yield from list(walk(outline.root, 1))


def _destinations(pdf: pikepdf.Pdf) -> dict[str, tuple[int, float, float]]:
    """Named destinations as page (1-based), left and top."""
    pages: dict[Any, int] = {page.objgen: number for number, page in enumerate(pdf.pages, 1)}
    named: Any = pdf.Root.get("/Dests", {})
    found: dict[str, Any] = {str(key).lstrip("/"): value for key, value in named.items()} if named else {}
    names: Any = pdf.Root.get("/Names", {})
    if "/Dests" in names:
        found |= {str(key): value for key, value in pikepdf.NameTree(names["/Dests"]).items()}
    shown = {}
    for key, value in found.items():
        target = value.get("/D") if isinstance(value, pikepdf.Dictionary) else value
        if isinstance(target, pikepdf.Array) and len(target) > 3:  # noqa: PLR2004 page /XYZ left top zoom
            shown[key] = (pages.get(target[0].objgen, 1), float(target[2]), float(target[3]))
    return shown


def _sign_places(
    pdf: pikepdf.Pdf, data: bytes, tree: WordDocument, roles: Sequence[tuple[str, str]]
) -> Iterator[SignPlace]:
    """Signature places: found by their printed labels, with the width computed from the document's measures.

    Of a label that is printed several times, the one nearest to the bookmark's destination is taken. Without a
    destination such a place counts as not found.
    """
    shown = _destinations(pdf)
    spans = dict(_spans(tree))
    with opened(data) as document:
        printed = find_labels(document, [label for _, label in roles])
    for number, ((role, _), found) in enumerate(zip(roles, printed, strict=True)):
        told = shown.get(f"{_START}{number}")
        if told is not None:
            page, left, top = told
            near = [place for place in found if place.page == page and abs(place.top - top) <= _NEAR]
            near.sort(key=lambda place, x=left, y=top: abs(place.left - x) + abs(place.top - y))  # type: ignore[misc]
            place = near[0] if near else Found(page, left, top - _LINE, left + _LINE, top)
        elif len(found) == 1:
            place = found[0]
        else:
            continue
        x0, x1 = spans.get(role, (place.left, place.right))
        yield SignPlace(
            role, place.page, (round(x0, 2), round(place.bottom, 2), round(x1, 2), round(place.top, 2))
        )


def _spans(document: WordDocument) -> Iterator[tuple[str, tuple[float, float]]]:
    """The left and right edge of each signature place, in points, by role."""
    for section in document.sections:
        left, right = section.page.left, section.page.width - section.page.right
        for block in section.blocks:
            if isinstance(block, Paragraph | Table):
                for role in block.opens:
                    yield role, (left, right)
            if not isinstance(block, Table):
                continue
            total = sum(block.columns)
            start = {"center": (left + right - total) / 2, "right": right - total}.get(
                block.align, left + block.indent
            )
            for row in block.rows:
                for cell in row.cells:
                    x0 = start + sum(block.columns[: cell.column])
                    x1 = x0 + sum(block.columns[cell.column : cell.column + cell.span])
                    for role in cell.opens:
                        yield role, (x0 + cell.margins.left, x1 - cell.margins.right)
