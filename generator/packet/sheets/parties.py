"""A sheet for each party: where it signs, and what it sends to the lead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from generator.packet.parts import Job, MadeFile
from generator.packet.sheets.sheet import FOLDER, Contents, Sheet
from generator.packet.sheets.signing_texts import parties_names
from generator.publishing import safe_name

if TYPE_CHECKING:
    from generator.pdf.engine import PdfDocument


class Parties(Sheet):
    """One DOCX of all parties' sheets, and a PDF each, to be sent to that party alone."""

    name = "parties"
    title = "签署通知单"

    def wanted(self, contents: Contents) -> bool:
        """For signing only: in a draft nothing is final that they could tell."""
        return contents.job.edition == "signing" and bool(contents.job.dataset.consortium.members)

    def names(self, contents: Contents) -> Mapping[str, Any]:
        """See Sheet."""
        return parties_names(contents)

    def printed(self, contents: Contents, pdf: PdfDocument) -> Iterable[MadeFile]:
        """See Sheet."""
        parties = [member.name or "" for member in contents.job.dataset.consortium.members or ()]
        for number, (name, data, pages) in enumerate(_apart(pdf, parties, contents.job), 1):
            stem = safe_name(f"{number:02d}-{name}")
            yield MadeFile(f"{FOLDER}/{self.name}/{stem}.pdf", "pdf", data, pages)


def _apart(pdf: PdfDocument, parties: Sequence[str], job: Job) -> Iterator[tuple[str, bytes, int]]:
    """Each party's own pages: from its heading to the next party's."""
    import pikepdf

    from generator.pdf.pages.metadata import with_metadata
    from generator.pdf.pages.qpdf import opened

    begins = [heading.page for heading in pdf.headings]
    if len(begins) != len(parties):
        raise RuntimeError("each party's sheet must begin with a heading of its own")
    with opened(pdf.pdf) as whole:
        for name, begin, end in zip(parties, begins, [*begins[1:], pdf.pages + 1], strict=True):
            with pikepdf.Pdf.new() as own:
                own.pages.extend(whole.pages[begin - 1 : end - 1])
                for page in own.pages:
                    # Where the engine has made a structure tree all the same, no page may refer to it.
                    if "/StructParents" in page:
                        del page["/StructParents"]
                title = f"{Parties.title}：{name}"
                yield name, with_metadata(own, title=title, author="", timestamp=job.when), end - begin
