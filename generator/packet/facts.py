"""What is known of a packet once it has been typeset, and the documents that print it, filled again until it holds.

A list of contents with page numbers changes nothing of what it lists but may be a page longer than before: so it is
filled, typeset and looked at again. After a few rounds without rest the template is at fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from generator.errors import ProgrammeError
from generator.packet.attachments import Attachment
from generator.packet.documents import collect_all, fill_all, submit_all
from generator.packet.parts import Job, MadeDocument
from generator.packet.print_copy import laid_out
from generator.publishing.manifest import PacketFacts, PacketFile

_MOST_ROUNDS: Final = 4


def facts_of(
    job: Job, documents: Sequence[MadeDocument], attachments: Sequence[Attachment]
) -> PacketFacts | None:
    """What documents can print of a packet; None where nothing was typeset.

    Args:
        job: what the packet is made from.
        documents: the official documents and letters.
        attachments: the files that are bound.
    """
    layout = laid_out(job, documents, attachments)
    if layout is None:
        return None

    def files() -> Iterator[PacketFile]:
        for made in documents:
            first = layout.first_page(made.document.id)
            pages = made.pdf.pages if made.pdf else None
            yield PacketFile(
                id=made.document.id, title=made.document.title, kind="document", pages=pages, first=first
            )
        for item in job.programme.attachments:
            bound = [one for one in attachments if one.item == item.id]
            if bound:
                yield PacketFile(
                    id=item.id,
                    title=item.title,
                    kind="attachment",
                    pages=sum(one.pages for one in bound),
                    first=layout.first_page(f"attachments.{item.id}"),
                    size=sum(one.size for one in bound),
                )

    return PacketFacts(pages=len(layout.pages), files=tuple(files()))


def settled(
    job: Job, documents: tuple[MadeDocument, ...], attachments: Sequence[Attachment]
) -> tuple[Job, tuple[MadeDocument, ...]]:
    """The documents with what they print of the packet, and the job that says it.

    Args:
        job: what the packet is made from.
        documents: as they were made before anything of the packet was known.
        attachments: the files that are bound.

    Raises:
        ProgrammeError: what is printed changes the pages each time; or it is to be signed, and nothing is typeset.
        PdfError: the PDF engine failed.
    """
    printing = frozenset(made.document.id for made in documents if made.record.of_packet)
    if not printing:
        return job, documents
    titles = "".join(f"《{made.document.title}》" for made in documents if made.document.id in printing)
    for _ in range(_MOST_ROUNDS):
        facts = facts_of(job, documents, attachments)
        if facts is None:
            if job.edition == "signing":
                raise ProgrammeError(
                    f"{titles}要印页数，没有 PDF 就不知道是几页", "生成 PDF（不要加 --no-pdf）"
                )
            return job, documents
        if facts == job.facts:
            return job, documents
        job = replace(job, facts=facts)
        again = {
            made.document.id: made for made in collect_all(job, submit_all(job, fill_all(job, printing)))
        }
        documents = tuple(again.get(made.document.id, made) for made in documents)
    raise ProgrammeError(
        f"{titles}印上页数以后页数又变了，{_MOST_ROUNDS} 遍也定不下来", "给印页数的格子留出固定的位置"
    )
