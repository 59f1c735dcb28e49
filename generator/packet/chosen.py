"""Which documents a packet has: the scheme's, those of one member each, and those of ours that are chosen.

Of ours are the letter by which a party lets a delegate sign (what it must say is 《民法典》 art. 165), made wherever
the data name a delegate, and the pledges and letters that the data or a scheme's checklist ask for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from msgspec import Struct

from generator.base.names import safe_name
from generator.conditions.applicability import applies, picked
from generator.conditions.messages import lacking
from generator.conditions.selection import Missing
from generator.errors import Place, ProgrammeError
from generator.model.programme import Criteria, Document, Purpose
from generator.packet.parts import Job
from generator.packet.signing import parties_of

FOLDER: Final = "letters"
OURS: Final = "文本由本程序提供，主管部门有规定格式的用规定的"


class Chosen(Struct, frozen=True):
    """One document that a packet has.

    Attributes:
        document: with the id and the title that it has in this packet.
        origin: the id under which it is declared.
        stem: its files' path without a suffix.
        common: whether its template is one of ours.
        member: whose alone it is, from 0; None where it is the consortium's.
        party: that member's full name.
        cover: the word on its cover, as 正本; empty where there is but one sort.
    """

    document: Document
    origin: str
    stem: str
    common: bool = False
    member: int | None = None
    party: str = ""
    cover: str = ""


class Choice(Struct, frozen=True):
    """The documents of a packet, and what could not be told of them.

    Attributes:
        documents: in the packet's order.
        missing: values on which it hangs whether there is a document; it is there while they are missing.
        notes: what a person should know of documents that are not there, or may not belong there.
    """

    documents: tuple[Chosen, ...]
    missing: tuple[Missing, ...]
    notes: tuple[str, ...]


def chosen_documents(job: Job) -> Choice:
    """The documents of a packet: the scheme's, then the letters of delegates, then the others of ours.

    A scheme under which every legal representative must sign in person gets letters only where that condition
    has failed and been accepted with a reason.

    Raises:
        ProgrammeError: the checklist asks for a document of ours that there is not.
    """
    chooser = _Chooser(job)
    for number, document in enumerate(job.programme.documents, 1):
        chooser.add(document, safe_name(f"{number:02d}-{document.title}"))
    for document in _of_ours(job):
        chooser.add(document, f"{FOLDER}/{safe_name(document.title)}", common=True)
    return Choice(tuple(chooser.documents), tuple(dict.fromkeys(chooser.missing)), tuple(chooser.notes))


class _Chooser:
    """Gathers the documents of one packet."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.documents: list[Chosen] = []
        self.missing: list[Missing] = []
        self.notes: list[str] = []

    def add(self, document: Document, stem: str, *, common: bool = False) -> None:
        """A declared document, or one of it for each of its members, where there is any."""
        wanted = self._told(document, applies(document.when, *self._data))
        if not wanted:
            return
        if not document.for_each:
            if common and document.signatories and not any(
                parties_of(self.job, signatory) for signatory in document.signatories
            ):  # fmt: skip
                self.notes.append(f"没有生成《{document.title}》：按申报路径没有出具它的单位")
                return
            self.documents += _by_cover(document, stem, common=common)
            return
        members, missing = picked(document.where, *self._data)
        self._told(document, missing or True)
        for number, (at, name) in enumerate(members, 1):
            title = f"{document.title}（{name}）"
            own = document.model_copy(update={"id": f"{document.id}-{number:02d}", "title": title})
            path = f"{FOLDER}/{safe_name(f'{number:02d}-{title}')}"
            if not common:
                path = f"{stem}/{safe_name(f'{number:02d}-{name}')}"
            self.documents.append(Chosen(own, document.id, path, common, at, name))

    @property
    def _data(self) -> tuple[Any, Any, Any]:
        return self.job.programme, self.job.dataset, self.job.when.date()

    def _told(self, document: Document, answer: bool | Sequence[Missing]) -> bool:
        """Whether a document is there; what cannot be told is noted, and it is there until it can."""
        if isinstance(answer, bool):
            return answer
        self.missing += answer
        because = lacking(list(answer), self.job.dataset.consortium, self.job.programme)
        self.notes.append(f"要不要《{document.title}》，还看不出：{because}")
        return True


def _by_cover(document: Document, stem: str, *, common: bool) -> Iterator[Chosen]:
    """A document, or one for each word that its covers bear; the first keeps the document's id."""
    if not document.covers:
        yield Chosen(document, document.id, stem, common)
    for number, cover in enumerate(document.covers, 1):
        own = document.model_copy(
            update={
                "id": document.id if number == 1 else f"{document.id}-{number:02d}",
                "title": f"{document.title}（{cover.word}）",
                "copies": cover.copies or document.copies,
            }
        )
        path = f"{stem}（{safe_name(cover.word)}）"
        yield Chosen(own, document.id, path, common, cover=cover.word)


def _of_ours(job: Job) -> Iterator[Document]:
    """The documents of ours that the packet has."""
    wanted = {*_of_checklist(job)}
    titles = job.dataset.consortium.letters or ()
    common = job.session.common_documents
    for document in common:
        if document.purpose is Purpose.LETTER:
            if _may_delegate(job):
                yield document.model_copy(update={"note": job.programme.delegates.clause})
        elif document.id in wanted or document.title in titles:
            yield document.model_copy(update={"note": "；".join(filter(None, (document.note, OURS)))})
    if unknown := sorted(wanted - {document.id for document in common}):
        known = "、".join(document.id for document in common if document.purpose is not Purpose.LETTER)
        raise ProgrammeError(
            f"附件清单的 document “{unknown[0]}”不是公用文书",
            f"可用的：{known}（templates/common/documents.yaml）",
            Place(f"{job.programme.code}/programme.yaml"),
        )


def _of_checklist(job: Job) -> Iterator[str]:
    """The ids of the documents of ours that the checklist asks for and for which the data name no file."""
    files = job.dataset.consortium.attachments or {}
    for item in job.programme.attachments:
        if item.document and not files.get(item.id):
            when: Criteria = item.when
            if applies(when, job.programme, job.dataset, job.when.date()) is not False:
                yield item.document


def letters_withheld(job: Job) -> tuple[str, ...]:
    """The parties that name a delegate whom the scheme does not let sign."""
    if _may_delegate(job):
        return ()
    letters = (each for each in job.session.common_documents if each.purpose is Purpose.LETTER)
    return tuple(
        name
        for letter in letters
        for _, name in picked(letter.where, job.programme, job.dataset, job.when.date())[0]
    )


def _may_delegate(job: Job) -> bool:
    delegates = job.programme.delegates
    return delegates.rule != "forbidden" or any(
        finding.rule == delegates.condition and finding.accepted for finding in job.findings
    )
