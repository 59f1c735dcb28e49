"""The signing guide, with pictures of the pages to be sealed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final

from generator.packet.check_code import qr_picture
from generator.packet.parts import MadeDocument, MadeFile
from generator.packet.sheets.register import PATH, rows, workbook
from generator.packet.sheets.sheet import FOLDER, Contents, Sheet
from generator.packet.sheets.signing_plan import seams
from generator.packet.sheets.signing_texts import copies_of, guide_names, page_numbers, signed_documents

if TYPE_CHECKING:
    from generator.pdf.engine import PdfDocument
    from generator.pdf.pages.overlays import SealedPages

_QR: Final = "word/media/image1.png"


class SigningGuide(Sheet):
    """Who signs what where; its PDF ends with the pages to be sealed, each seal's place marked."""

    name = "signing-guide"
    title = "签署指引"

    def names(self, contents: Contents) -> Mapping[str, Any]:
        """See Sheet."""
        return guide_names(contents)

    def parts(self, contents: Contents) -> Mapping[str, bytes]:
        """See Sheet."""
        if not contents.code:
            return {}
        return {_QR: qr_picture(f"{contents.job.consortium} 核对码 {contents.code}")}

    def printed(self, contents: Contents, pdf: PdfDocument) -> Iterable[MadeFile]:
        """See Sheet."""
        typesetter = contents.job.session.typesetter
        sealed = list(_sealed(contents))
        if typesetter is None or not sealed:
            yield MadeFile(f"{FOLDER}/{self.name}.pdf", "pdf", pdf.pdf, pdf.pages)
            return
        from generator.pdf.pages import overlays, qpdf
        from generator.pdf.pages.metadata import with_metadata

        with ExitStack() as stack:
            guide = stack.enter_context(qpdf.opened(pdf.pdf))
            for one in sealed:
                source = stack.enter_context(qpdf.opened(one.pdf, one.name))
                overlays.add_sealed_pages(guide, one, source, typesetter.faces)
            data = with_metadata(guide, title=self.title, author="", timestamp=contents.job.when, standard="")
        pages = pdf.pages + sum(len(one.seals) for one in sealed)
        yield MadeFile(f"{FOLDER}/{self.name}.pdf", "pdf", data, pages)

    def beside(self, contents: Contents) -> Iterable[MadeFile]:
        """The register as a workbook, once there is something to register."""
        if contents.job.edition == "signing":
            job, signed = contents.job, signed_documents(contents.documents)
            lines = rows(job, [(made, copies_of(job, made.document)) for made in signed])
            yield MadeFile(f"{FOLDER}/{PATH}", "xlsx", workbook(job, lines))


def _sealed(contents: Contents) -> Iterator[SealedPages]:
    """The pages that the applicants seal, a document each; none in a draft."""
    from generator.pdf.pages.overlays import SealedPages

    if contents.job.edition != "signing":
        return
    sealed_across = {seam.made.document.id for seam in seams(signed_documents(contents.documents))}
    for made in signed_documents(contents.documents):
        ours = {
            each.role
            for each in made.document.signatories
            if contents.job.programme.stage(each.party) == "ours"
        }
        seals: dict[int, list[tuple[float, float]]] = {}
        for signing in made.signings:
            if signing.role in ours and signing.page is not None and signing.seal_at is not None:
                seals.setdefault(signing.page, []).append(signing.seal_at)
        if made.pdf is None or not seals:
            continue
        name = f"印章位置：{made.document.title}"
        captions = {page: _caption(contents, made, page) for page in seals}
        seam = made.document.id in sealed_across
        yield SealedPages(name, made.pdf.pdf, seals, captions, seam)


def _caption(contents: Contents, made: MadeDocument, page: int) -> str:
    """What stands above a page of the map: which page it is, by all its numbers."""
    numbers = page_numbers(made, page, contents.layout)
    shown = f"印出的页码 {numbers['printed']}，本套{numbers['sheet']}" if numbers["sheet"] else ""
    which = "，".join(filter(None, [shown, f"文件第 {numbers['page']} 页"]))
    return f"《{made.document.title}》{which}"
