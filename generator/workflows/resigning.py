"""Which signatures and seals a change makes invalid: the documents of two packets compared page by page.

A signature stands for the whole document. Where one page of it is not as it was, all its signatories sign again;
where every page prints the same, what was signed on paper stays good. Nothing but the printed page decides: equal
text and an equal picture of the page.
"""

from __future__ import annotations

import difflib
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Literal

from msgspec import Struct

from generator.errors import DataError, Place
from generator.publishing.manifest import Document, PacketManifest, Signatory

State = Literal["same", "changed", "new", "withdrawn", "unknown"]
# Pixels for a point: enough that a changed full stop gives another picture (108 dpi).
_SCALE: Final = 1.5
_LOST: Final = "换回生成时的材料包"


class Read(Struct, frozen=True):
    """One packet as it is compared.

    Attributes:
        manifest: what it says of itself.
        pdf: gives a document's PDF as it was made, without the signatures appended since; None where there is none.
    """

    manifest: PacketManifest
    pdf: Callable[[Document], bytes | None]


class ComparedDocument(Struct, frozen=True):
    """One document of the two packets.

    Attributes:
        title: its title.
        paper: whether it is filed on paper; else it is typed into a web system.
        state: ``same`` where every page prints as before, ``changed``, ``new``, ``withdrawn``, or ``unknown`` where a
            packet has no PDF of it.
        pages: the new document's pages that are not as they were, from 1.
        old_pages: the old document's pages that are no more valid, from 1.
        total: how many pages the new one has.
        again: places where a party signs, again or for the first time.
        kept: places where what a party has signed stays good.
        void: places in the old document that are no more good.
    """

    title: str
    paper: bool
    state: State
    pages: tuple[int, ...]
    old_pages: tuple[int, ...]
    total: int
    again: tuple[Signatory, ...]
    kept: tuple[Signatory, ...]
    void: tuple[Signatory, ...]

    def as_json(self) -> dict[str, Any]:
        """The document as the command prints it."""
        return {
            "title": self.title,
            "paper": self.paper,
            "state": self.state,
            "pages": list(self.pages),
            "old_pages": list(self.old_pages),
            "total": self.total,
            "sign_again": [_place(each) for each in self.again],
            "still_good": [_place(each) for each in self.kept],
            "no_longer_good": [_place(each) for each in self.void],
        }


class PartyWork(Struct, frozen=True):
    """What one party has to do.

    Attributes:
        party: its name.
        again: titles of the documents that it signs, again or for the first time, with the places.
        kept: titles of the documents that it need not sign again.
        void: titles of the documents whose old signatures are no more good.
    """

    party: str
    again: tuple[tuple[str, Signatory], ...]
    kept: tuple[str, ...]
    void: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The party's work as the command prints it."""
        return {
            "party": self.party,
            "sign_again": [{"document": title, **_place(place)} for title, place in self.again],
            "still_good": list(self.kept),
            "no_longer_good": list(self.void),
        }


class Resigning(Struct, frozen=True):
    """What a change makes invalid.

    Attributes:
        documents: every document of either packet, in the new packet's order.
        parties: every party that signs anything in either, in the new packet's order.
        old_code: the old packet's check code; None where it has no PDFs.
        new_code: the new one's.
        undecided: why nothing can be said; empty where it can. Then there are no documents.
    """

    documents: tuple[ComparedDocument, ...] = ()
    parties: tuple[PartyWork, ...] = ()
    old_code: str | None = None
    new_code: str | None = None
    undecided: str = ""

    def as_json(self) -> dict[str, Any]:
        """The whole as the command prints it."""
        return {
            "undecided": self.undecided,
            "old_check_code": self.old_code,
            "new_check_code": self.new_code,
            "documents": [each.as_json() for each in self.documents],
            "parties": [each.as_json() for each in self.parties],
        }


def resigning(old: Read, new: Read) -> Resigning:
    """Compare the printed pages of two packets of one programme.

    Raises:
        DataError: a PDF cannot be read.
    """
    codes = old.manifest.check_code, new.manifest.check_code
    if old.manifest.edition != new.manifest.edition:
        return Resigning(
            (), (), *codes, "一套是草稿、一套是签署版，每一页都不同，无从判断；请用两套签署版比较"
        )
    if old.manifest.edition == "draft":
        return Resigning((), (), *codes, "两套都是草稿，草稿不供签署；请用两套签署版比较")
    if None in codes:
        return Resigning((), (), *codes, "有一套没有 PDF，无从逐页比较；请用带 PDF 的两套签署版比较")
    documents = tuple(_documents(old, new))
    return Resigning(documents, tuple(_parties(documents)), *codes)


def _documents(old: Read, new: Read) -> Iterator[ComparedDocument]:
    left = list(old.manifest.documents)
    for document in new.manifest.documents:
        was = next((each for each in left if same_document(each, document)), None)
        if was is not None:
            left.remove(was)
        yield _compared(was, document, old, new)
    for document in left:
        paper = document.filing == "paper"
        places = document.signatories
        yield ComparedDocument(document.title, paper, "withdrawn", (), (), 0, (), (), places)


def same_document(one: Document, other: Document) -> bool:
    """Whether two documents are one: of one id and title, and of letters the one that the same party signs."""
    if (one.id, one.title) != (other.id, other.title):
        return False
    parties = [{place.party for place in each.signatories} for each in (one, other)]
    return not (len(parties[0]) == len(parties[1]) == 1) or parties[0] == parties[1]


def _compared(was: Document | None, document: Document, old: Read, new: Read) -> ComparedDocument:
    paper, places = document.filing == "paper", document.signatories
    if was is None:
        pdf = new.pdf(document)
        total = len(_pages(pdf, document.title)) if pdf else 0
        return ComparedDocument(
            document.title, paper, "new", tuple(range(1, total + 1)), (), total, places, (), ()
        )
    before, after = old.pdf(was), new.pdf(document)
    if before is None or after is None:
        return ComparedDocument(document.title, paper, "unknown", (), (), 0, places, (), was.signatories)
    one = _pages(before, document.title)
    two = one if before == after else _pages(after, document.title)
    gone, fresh = _changed(one, two)
    # A place that another party signs now is no place that was signed.
    same_places = Counter(map(_who, was.signatories)) == Counter(map(_who, places))
    if not gone and not fresh and same_places:
        return ComparedDocument(document.title, paper, "same", (), (), len(two), (), places, ())
    return ComparedDocument(
        document.title, paper, "changed", fresh, gone, len(two), places, (), was.signatories
    )


def _who(place: Signatory) -> tuple[str, str, str, bool]:
    return place.party, place.role, place.signer, place.seal


def _changed(old: Sequence[str], new: Sequence[str]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Numbers of the old pages that are gone and of the new ones that were not there; moved pages are both."""
    gone: list[int] = []
    fresh: list[int] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for operation, a, b, c, d in matcher.get_opcodes():
        if operation != "equal":
            gone += range(a + 1, b + 1)
            fresh += range(c + 1, d + 1)
    return tuple(gone), tuple(fresh)


def _pages(pdf: bytes, title: str) -> tuple[str, ...]:
    """A digest of what each page shows: its size, its text and its picture."""
    import pypdfium2

    from generator.pdf.pages.pdfium import opened

    try:
        with opened(pdf) as document:
            return tuple(_page(document[at]) for at in range(len(document)))
    except pypdfium2.PdfiumError:
        raise DataError("PDF 已损坏，读不出来", _LOST, Place(f"《{title}》")) from None


def _page(page: Any) -> str:
    text = page.get_textpage().get_text_bounded()
    bitmap = page.render(scale=_SCALE, may_draw_forms=False)
    digest = hashlib.sha256(f"{page.get_size()}\n{bitmap.width}\n{text}\n".encode("utf-8", "surrogatepass"))
    digest.update(bytes(bitmap.buffer))
    bitmap.close()
    return digest.hexdigest()


def _parties(documents: Sequence[ComparedDocument]) -> Iterator[PartyWork]:
    names = dict.fromkeys(
        place.party for each in documents for place in (*each.again, *each.kept, *each.void)
    )
    for name in names:
        again = tuple(
            (each.title, place) for each in documents for place in each.again if place.party == name
        )
        kept = [each.title for each in documents if any(place.party == name for place in each.kept)]
        void = [each.title for each in documents if any(place.party == name for place in each.void)]
        yield PartyWork(name, again, tuple(kept), tuple(void))


def _place(place: Signatory) -> dict[str, Any]:
    return {
        "party": place.party,
        "title": place.title,
        "signer": place.signer,
        "page": place.page,
        "seal": place.seal,
        "dated": place.dated,
    }
