"""The signed set of a packet whose pages came back: by document, whole, and as the files for upload.

What is bound are the upright pages that were kept when the scans were read, and only as long as they are unchanged.
"""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from generator.base.failures import reason
from generator.base.files import put_data
from generator.errors import OutputError
from generator.publishing import open_packet, safe_name

if TYPE_CHECKING:
    from generator.publishing.manifest import Document, Upload, UploadFile
    from generator.returns.scans.overview import Overview
    from generator.returns.scans.sent import Sent
    from generator.returns.scans.signed_set import SetPage

_SIGNED: Final = "signed"
_UPLOAD: Final = "upload"
_WHOLE: Final = "（签署件）"
_PARTIAL: Final = "（未齐）"
_ATTACHED: Final = "attachments."


def put_output(path: Path, data: bytes) -> Path:
    """Write a file of ours into the output folder; one that is there with the same bytes stays.

    Raises:
        OutputError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not (path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data):
            put_data(path, data)
    except OSError as error:
        raise OutputError(
            f"写不了文件 {path.name}（{reason(error)}）", "关闭正在使用它的程序，核对文件夹的权限和磁盘空间"
        ) from None
    return path


def title_of(sent: Sent) -> str:
    """What a packet is called: by its consortium, where it has one."""
    return str(getattr(sent.manifest, "consortium", sent.manifest.programme))


def signed_sets(
    packet: Path, output: Path, overview: Overview, sent: Sent, most: int, *, complete: bool
) -> tuple[list[Path], list[str]]:
    """Bind what came back.

    Args:
        packet: the packet's folder or archive.
        output: where the upright pages are; the sets go into ``signed`` there.
        overview: what came back.
        sent: the packet as it was sent out.
        most: bytes that a file may have.
        complete: whether nothing is lacking.

    Returns:
        The files: a PDF of each document whose pages are all back, which bears the name of a signed set only where
        everything on it was seen, else that of a partial one; once the packet is complete, one of the whole with its
        attachments, and where a web system takes files, these, under their names and within their size. And what
        a person should know, in Chinese.
    """
    from generator.returns.scans.signed_set import bound

    written, notes = [], []
    found = {one.id: _set_pages(one, output, overview, sent) for one in overview.documents}
    sets = {name: pages for name, pages in found.items() if not isinstance(pages, str)}
    notes += [pages for pages in found.values() if isinstance(pages, str)]
    for document in overview.documents:
        stem = f"{overview.number(document.id):02d}-{safe_name(document.title)}"
        pages, lacking = sets.get(document.id), overview.lacking_of(document)
        state = _PARTIAL if lacking else _WHOLE
        for name in {f"{stem}{_PARTIAL}.pdf", f"{stem}{_WHOLE}.pdf"} - {
            f"{stem}{state}.pdf" if pages else ""
        }:
            (output / _SIGNED / name).unlink(missing_ok=True)
        if pages:
            made = bound(pages, most, document.title + (_PARTIAL if lacking else ""))
            written.append(put_output(output / _SIGNED / f"{stem}{state}.pdf", made.pdf))
            told = f"；还差 {len(lacking)} 处，只供核对，不能报送" if lacking else ""
            notes.append(_said(f"{stem}{state}.pdf", made, len(pages), most) + told)
    upload: Upload | None = getattr(sent.manifest, "upload", None)
    files = [one for one in upload.files if one.path.endswith(".pdf")] if upload else []
    name = f"{safe_name(title_of(sent))}{_WHOLE}.pdf"
    if not complete or len(sets) < len(found):
        # Those of an earlier run would be taken for what stands now.
        for path in (Path(name), *(_upload_path(one) for one in files)):
            (output / _SIGNED / path).unlink(missing_ok=True)
        return written, notes
    whole = [page for document in overview.documents for page in sets[document.id]]
    made = bound(whole, most, title_of(sent), _attached(packet, sent, None, most))
    written.append(put_output(output / _SIGNED / name, made.pdf))
    notes.append(_said(name, made, len(whole), most))
    limit = min(most, upload.max_bytes) if upload and upload.max_bytes else most
    for one in files:
        pages = [page for document in one.of if document in sets for page in sets[document]]
        path = _upload_path(one)
        if not pages:
            data = _as_sent(packet, one)
            notes.append(f"{path.as_posix()}：只有附件，照材料包里的原样")
        else:
            made = bound(pages, limit, one.title, _attached(packet, sent, one, limit))
            data = made.pdf
            notes.append(_said(path.as_posix(), made, len(pages), limit))
        written.append(put_output(output / _SIGNED / path, data))
    return written, notes


def _upload_path(one: UploadFile) -> Path:
    return Path(_UPLOAD) / Path(one.path).name


def _set_pages(document: Document, output: Path, overview: Overview, sent: Sent) -> list[SetPage] | str:
    """A document's pages for the set, or why there is none, in Chinese."""
    from generator.returns.scans.signed_set import SetPage
    from generator.returns.scans.status import pages_of

    found = []
    sizes = {(sheet.document, sheet.page): sheet for sheet in sent.own}
    for page in range(1, pages_of(document) + 1):
        used = overview.used.get((document.id, page), ())
        if not used:
            return f"《{document.title}》还没有收齐，没有装订签署件"
        if overview.sent_back(document.id, page):
            return f"《{document.title}》第 {page} 页退回了，没有装订签署件"
        sheet = sizes[document.id, page]
        for one in used:  # parties may have signed on several sheets of it
            path = output / one.picture
            data = path.read_bytes() if path.is_file() else b""
            if hashlib.sha256(data).hexdigest() != one.picture_sha256:
                return f"《{document.title}》第 {page} 页以前读的扫描件不在这个输出目录里，或被改动过，没有装订签署件；请用同一个 -o 目录，或移走签署情况的记录重新读一遍"
            found.append(SetPage(data, sheet.size, bool(sheet.signatories)))
    return found or f"《{document.title}》送出时没有 PDF，没有装订签署件"


def _said(name: str, made: Any, pages: int, most: int) -> str:
    size = len(made.pdf) / 1_000_000
    kinds = f"{made.bilevel} 页黑白、{pages - made.bilevel} 页图像（{made.step.dpi} dpi，质量 {made.step.quality}）"
    if made.fits:
        return f"{name}：{kinds}，{size:.1f} MB"
    return f"{name}：{kinds}，{size:.1f} MB，压到最低仍超过 {most / 1_000_000:g} MB，请分册报送"


def _as_sent(packet: Path, one: UploadFile) -> bytes:
    from generator.returns.scans.sent import unsigned

    with open_packet(packet) as opened:
        return unsigned(opened, one.path, one.sha256)


def _attached(packet: Path, sent: Sent, upload: UploadFile | None, most: int) -> bytes | None:
    """The attached pages of the print copy as a PDF: all, or those of a file for upload; None where there are none.

    Args:
        packet: the packet's folder or archive.
        sent: the packet.
        upload: the file for upload.
        most: attached pictures that take more than half of so many bytes are made smaller.
    """
    import datetime as dt

    import pikepdf

    from generator.pdf.pages.shrink import shrunk
    from generator.returns.scans.sent import unsigned

    wanted = [
        one
        for one in getattr(sent.manifest, "attachments", ())
        if one.first_page is not None and (upload is None or f"{_ATTACHED}{one.id}" in upload.of)
    ]
    if not wanted or sent.manifest.packet is None:
        return None
    with open_packet(packet) as opened:
        data = unsigned(opened, sent.manifest.packet.path, sent.manifest.packet.sha256)
    with pikepdf.open(io.BytesIO(data)) as source, pikepdf.new() as copy:
        for one in wanted:
            copy.pages.extend(list(source.pages)[one.first_page - 1 : one.first_page - 1 + one.pages])
        copy.remove_unreferenced_resources()
        out = io.BytesIO()
        copy.save(out, deterministic_id=True)
    attached = out.getvalue()
    if len(attached) > most // 2:
        day = dt.datetime.combine(sent.manifest.date, dt.time(), dt.UTC)
        smaller = shrunk(attached, most // 2, title=title_of(sent), timestamp=day)
        return smaller.pdf if smaller else attached
    return attached
