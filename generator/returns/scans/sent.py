"""What was sent out: the pages of a packet and of its older drafts, read from their folders."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from msgspec import Struct

from generator.errors import DataError, Place
from generator.pdf.pages.pdfium import opened
from generator.publishing import OpenPacket, open_packet
from generator.publishing.manifest import MANIFEST, Manifest, PacketManifest, PageCode, manifest_holds, parsed
from generator.returns.scans.characters import Faces
from generator.returns.scans.picture import PER_POINT, Picture
from generator.returns.scans.rendered import Drawn, Pictures, Sheet, drawn_pages, raster

_FACES_DPI: Final = 400
_ASIDE: Final = re.compile(r"(?P<name>.+)-旧[0-9]+")
_MOST_PAGES: Final = 3000
_NO_INK: Final = 200  # nothing on a blank page is darker
_Printed = tuple[Any, ...]
OTHERS: Final = "装订件里的封面、目录、隔页和附件"


class Sent(Struct, frozen=True, eq=False):
    """A packet as it was sent out.

    Attributes:
        place: its folder or archive.
        manifest: its manifest.
        sheets: every page of its documents in order, then what else its print copy holds: fronts, attachments.
        faces: how its characters look.
        seams: ids of the documents that get a seal over the edges of their pages, with those who put it.
    """

    place: Path
    manifest: Manifest
    sheets: tuple[Sheet, ...]
    faces: Faces
    seams: dict[str, tuple[str, ...]]

    @property
    def own(self) -> tuple[Sheet, ...]:
        """The pages of its documents; what else the print copy holds is no matter of signing."""
        return tuple(sheet for sheet in self.sheets if sheet.document)


def read_sent(place: Path, pictures: Pictures, edition: str = "") -> Sent:
    """Read a packet's pages.

    Args:
        place: its folder or archive.
        pictures: where the pages' pictures are kept.
        edition: empty for the packet that is received, else what an older one is called.

    Raises:
        DataError: it is no packet, has no PDFs, or a PDF is not as the manifest has it.
    """
    with open_packet(place) as packet:
        manifest = _manifest(packet)
        files = {file.path: file for document in manifest.documents for file in document.files}
        copies = _print_copy(packet, manifest, pictures)
        codes = _codes(manifest)
        sheets: list[Sheet] = []
        faces = Faces(_FACES_DPI)
        for document in manifest.documents:
            file = document.file("pdf")
            if file is None:
                continue
            pdf = unsigned(packet, file.path, files[file.path].sha256)
            drawn = drawn_pages(pdf, pictures)
            for number, one in enumerate(drawn, 1):
                # Older drafts are only told apart: what they print differently is found by their pictures.
                if not edition:
                    faces.learn(one.glyphs, lambda pdf=pdf, number=number: _drawn_large(pdf, number))  # type: ignore[misc]
                copy = copies.pop(_printed(one), None)
                code = codes.get((document.id, number))
                sheets.append(
                    Sheet(
                        edition,
                        document.id,
                        document.title,
                        number,
                        len(drawn),
                        len(sheets),
                        one.size,
                        one.glyphs,
                        tuple(who for who in document.signatories if who.page == number),
                        one.digest,
                        lambda digest=one.digest: pictures.get(digest),  # type: ignore[misc]
                        lambda copy=copy: pictures.get(copy.digest) if copy else None,  # type: ignore[misc]
                        code.text if code else "",
                        raster(code.rect, one.size[1]) if code else None,
                    )
                )
        others = [one for one in copies.values() if one.digest not in {sheet.digest for sheet in sheets}]
        sheets += _others(others, len(sheets), edition, pictures)
    if not any(sheet.document for sheet in sheets):
        raise DataError(
            "这套材料里没有 PDF，无从与扫描件对照", "重新生成材料包（不要用 --no-pdf）", Place(str(place))
        )
    if len(sheets) > _MOST_PAGES:
        raise DataError(f"材料包超过 {_MOST_PAGES} 页", "分开处理", Place(str(place)))
    return Sent(place, manifest, tuple(sheets), faces, _seams(manifest))


def older_packets(place: Path) -> list[Path]:
    """The packets beside one that are earlier states of it: moved aside by ``--force``, or its draft.

    Args:
        place: the packet's folder.
    """
    if not place.is_dir():
        return []
    whole = place.resolve()
    name = whole.name
    if aside := _ASIDE.fullmatch(name):
        name = aside["name"]
    base = name.removesuffix("-signing").removesuffix("-draft")
    found = []
    for other in sorted(whole.parent.iterdir()):
        aside = _ASIDE.fullmatch(other.name)
        called = aside["name"] if aside else other.name
        if other != whole and called in {f"{base}-signing", f"{base}-draft"} and (other / MANIFEST).is_file():
            found.append(other)
    return found


def _manifest(packet: OpenPacket) -> Manifest:
    place = Place(str(packet.place))
    if packet.manifest is None:
        raise DataError(
            "缺少 manifest.json，不是本程序生成的材料包", "指向含有 manifest.json 的文件夹或 zip", place
        )
    if not manifest_holds(packet.manifest):
        raise DataError("清单（manifest.json）被改动，不能拿来对照扫描件", "向材料的制作人重新索取", place)
    return parsed(packet.manifest, place)


def unsigned(packet: OpenPacket, path: str, sha256: str) -> bytes:
    """A PDF as it was made, without the electronic signatures that were added since."""
    from generator.pdf.signatures.examine import first_revision

    data = packet.read(path) if path in packet.paths else None
    length = None if data is None else first_revision(data, sha256)
    if data is None or length is None:
        raise DataError(
            "这份 PDF 与生成时不同或不在了，不能拿来对照扫描件",
            "换回原来的文件，或用 lianheti verify 核对是哪里变了",
            Place(f"{packet.place}/{path}"),
        )
    return data[:length]


def _codes(manifest: Manifest) -> dict[tuple[str, int], PageCode]:
    """The codes in the margins by document and page."""
    listed = manifest.page_codes if isinstance(manifest, PacketManifest) else None
    return {(code.document, code.page): code for code in listed or ()}


def _print_copy(packet: OpenPacket, manifest: Manifest, pictures: Pictures) -> dict[_Printed, Drawn]:
    """The print copy's pages by what they print; blank ones are left out, of equal ones one is kept."""
    if manifest.packet is None:
        return {}
    pdf = unsigned(packet, manifest.packet.path, manifest.packet.sha256)
    blank: dict[str, bool] = {}
    found: dict[_Printed, Drawn] = {}
    for one in drawn_pages(pdf, pictures):
        if one.digest not in blank:
            blank[one.digest] = int(pictures.get(one.digest).min()) > _NO_INK
        if not blank[one.digest]:
            found.setdefault(_printed(one), one)
    return found


def _printed(page: Drawn) -> _Printed:
    """What a page prints where; its number in the set is drawn as outlines and no part of it."""
    if not page.glyphs:
        return (page.digest,)
    return tuple((glyph.char, round(glyph.box[0]), round(glyph.box[1])) for glyph in page.glyphs)


def _others(pages: Sequence[Drawn], first: int, edition: str, pictures: Pictures) -> Iterator[Sheet]:
    for number, one in enumerate(pages, 1):
        yield Sheet(
            edition,
            "",
            OTHERS,
            number,
            len(pages),
            first + number - 1,
            one.size,
            one.glyphs,
            (),
            one.digest,
            lambda digest=one.digest: pictures.get(digest),  # type: ignore[misc]
            lambda: None,
        )


def _drawn_large(pdf: bytes, number: int) -> Picture:
    with opened(pdf) as document:
        page = document[number - 1]
        bitmap = page.render(scale=_FACES_DPI / 72, grayscale=True)
        shades: Picture = bitmap.to_numpy().reshape(bitmap.height, bitmap.width).copy()
        width, height = page.get_size()
        page.close()
    wanted = round(width * PER_POINT) * 2, round(height * PER_POINT) * 2
    return shades if shades.shape[::-1] == wanted else cv2.resize(shades, wanted).astype(np.uint8)


def _seams(manifest: Manifest) -> dict[str, tuple[str, ...]]:
    """Whose seal goes over the edges of which document's pages: those of several pages that a party seals."""
    found = {}
    for document in manifest.documents:
        file = document.file("pdf")
        sealing = tuple(
            dict.fromkeys(
                who.party
                for who in document.signatories
                # Who gives an opinion on a document, or decides on it, seals its own place only.
                if who.seal and who.stage == "ours"
            )
        )
        if document.filing == "paper" and file and (file.pages or 1) > 1 and sealing:
            found[document.id] = sealing
    return found
