"""``packet.pdf``, the print copy: cover and contents list, official documents, letters and attachments; no originals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import replace

from generator.model.consortium import SIMPLEX
from generator.packet.attachments import Attachment
from generator.packet.parts import Job, MadeDocument, MadeFile
from generator.packet.print_layout import Kind, Layout, Part, Sides, arranged, labels_text
from generator.packet.signing import code_of
from generator.rendering.render import CORE_PROPERTIES, core_properties

if TYPE_CHECKING:
    from generator.pdf.engine import PdfDocument

PATH: Final = "packet.pdf"
_FRONT: Final = "set-front"
_DIVIDERS: Final = "set-dividers"
_FRONT_TITLE: Final = "封面和目录"
_MOST_TRIES: Final = 3
_DIGITS: Final = "〇一二三四五六七八九"


class PrintCopy(Struct, frozen=True):
    """The print copy, and where in it everything stands."""

    file: MadeFile
    layout: Layout


def sides_of(job: Job) -> Sides:
    """Whether paper is printed on both sides: what the order says, else the data, else both."""
    printing = job.dataset.consortium.printing
    return job.sides or ("simplex" if printing and printing.sides == SIMPLEX else "duplex")


def laid_out(job: Job, documents: Sequence[MadeDocument], attachments: Sequence[Attachment]) -> Layout | None:
    """Everything that goes to the authority as sheets of paper; None where no PDFs are made.

    Args:
        job: what the packet is made from.
        documents: the official documents and letters, in order.
        attachments: in the scheme's order.

    Raises:
        ProgrammeError: a template is at fault.
        PdfError: the PDF engine failed.
    """
    if job.session.typesetter is None:
        return None
    printing = job.dataset.consortium.printing
    bound = [*_documents(documents), *_attachments(job, attachments)]
    dividers = _dividers(job, bound) if printing and printing.dividers else {}
    inside = []
    for part in bound:
        # The files of one checklist item stand together behind one divider.
        if divider := dividers.pop(part.id, None):
            inside.append(divider)
        inside.append(part)
    if printing and printing.front is False:
        return arranged(inside, sides_of(job))
    # The contents list tells the sheets, which depend on how long it is itself.
    pages = 2
    for _ in range(_MOST_TRIES):
        blank = Part("", "", b"", pages, Kind.FRONT, alone=frozenset({1}))
        layout = arranged([blank, *inside], sides_of(job))
        made = _typeset(job, _FRONT, _FRONT_TITLE, _front_names(job, documents, layout))
        if made.pages == pages:
            break
        pages = made.pages
    front = Part("", _FRONT_TITLE, made.pdf, made.pages, Kind.FRONT, alone=frozenset({1}))
    return arranged([front, *inside], sides_of(job))


def print_copy(job: Job, layout: Layout | None) -> PrintCopy | None:
    """Everything that goes to the authority as one PDF for the printer; None where no PDFs are made.

    Args:
        job: what the packet is made from.
        layout: from ``laid_out``.
    """
    typesetter = job.session.typesetter
    if typesetter is None or layout is None:
        return None
    import pikepdf

    from generator.pdf.pages.merge import insert_blanks, merge
    from generator.pdf.pages.overlays import NumberedPart, page_numbers
    from generator.pdf.signatures.fields import identified

    # The authority's own pages bear their own numbers, and no other unless the data ask for it.
    printing = job.dataset.consortium.printing
    everywhere = bool(printing and printing.running_numbers)
    numbered = [
        NumberedPart(
            part.pdf, tuple(layout.spot(at, page).page for page in range(1, part.pages + 1)), part.foot
        )
        for at, part in enumerate(layout.parts)
        if part.kind is Kind.ATTACHMENT or (everywhere and part.kind is Kind.DOCUMENT)
    ]

    def mark(whole: pikepdf.Pdf) -> None:
        insert_blanks(whole, [page is None for page in layout.pages])
        page_numbers(whole, numbered, typesetter.faces)

    data = merge(
        [(part.title, part.pdf, part.headings) for part in layout.parts],
        title=job.consortium,
        timestamp=job.when,
        mark=mark,
        identified=False,
        # It is for the printer. Joining the trees took a third of the time; each document's own PDF is tagged.
        tagged=False,
    )
    return PrintCopy(MadeFile(PATH, "pdf", identified(data), len(layout.pages)), layout)


def _documents(documents: Sequence[MadeDocument]) -> Iterator[Part]:
    for made in documents:
        if made.pdf is not None:
            pdf = made.pdf
            yield Part(
                made.document.id,
                made.document.title,
                pdf.pdf,
                pdf.pages,
                headings=pdf.headings,
                labels=pdf.labels,
                alone=_own_pages(made),
                foot=pdf.foot,
            )


def _own_pages(made: MadeDocument) -> frozenset[int]:
    """The pages of which each is signed by one party alone: they go to the parties at the same time.

    Where several parties share pages, there are fewer pages than parties.
    """
    members = {one.role for one in made.document.signatories if one.party == "members"}
    pages = [signing.page for signing in made.signings if signing.role in members]
    if len(pages) < 2 or len(set(pages)) < len(pages):  # noqa: PLR2004 a single party shares with nobody
        return frozenset()
    return frozenset(page for page in pages if page is not None)


def _attachments(job: Job, attachments: Sequence[Attachment]) -> Iterator[Part]:
    titles = {item.id: item.title for item in job.programme.attachments}
    for item, title in titles.items():
        own = [attachment for attachment in attachments if attachment.item == item]
        for number, attachment in enumerate(own, 1):
            which = f"（{number}/{len(own)}）{PurePath(attachment.file).stem}" if len(own) > 1 else ""
            yield Part(
                f"attachments.{item}",
                f"附件：{title}{which}",
                attachment.pdf,
                attachment.pages,
                Kind.ATTACHMENT,
                file=attachment.file,
            )


def _dividers(job: Job, bound: Sequence[Part]) -> dict[str, Part]:
    """A sheet with its title for each document and each checklist item, by their ids."""
    import pikepdf

    from generator.pdf.pages.metadata import with_metadata
    from generator.pdf.pages.qpdf import opened

    items = {f"attachments.{item.id}": f"附件：{item.title}" for item in job.programme.attachments}
    titles = {part.id: items.get(part.id, part.title) for part in bound}
    made = _typeset(
        job,
        _DIVIDERS,
        "分隔页",
        {
            "consortium": job.consortium,
            "parts": [
                {"number": _chinese(number), "title": title}
                for number, title in enumerate(titles.values(), 1)
            ],
        },
    )
    if made.pages != len(titles):
        raise RuntimeError("each part has one divider of one page")
    found = {}
    with opened(made.pdf) as whole:
        for at, (part_id, title) in enumerate(titles.items()):
            with pikepdf.Pdf.new() as own:
                own.pages.append(whole.pages[at])
                # The structure tree belongs to the whole PDF, so the page may not refer to it.
                if "/StructParents" in own.pages[0]:
                    del own.pages[0]["/StructParents"]
                if "/OutputIntents" in whole.Root:
                    own.Root.OutputIntents = own.copy_foreign(whole.make_indirect(whole.Root.OutputIntents))
                data = with_metadata(
                    own, title=f"分隔页：{title}", author="", timestamp=job.when, standard="2B"
                )
            found[part_id] = Part("", f"分隔页：{title}", data, 1, Kind.DIVIDER, alone=frozenset({1}))
    return found


def _chinese(number: int) -> str:
    """A number below a hundred as 十二."""
    tens, ones = divmod(number, 10)
    if not 0 < tens < len(_DIGITS):
        return _DIGITS[ones] if not tens else str(number)
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def _front_names(job: Job, documents: Sequence[MadeDocument], layout: Layout) -> Mapping[str, Any]:
    consortium = job.dataset.consortium
    contact = consortium.contact
    reach = [contact.name, contact.phone or contact.mobile] if contact else []
    day = consortium.filing_date
    kind = type(consortium).specs()["filing_date"].kind
    rows = [
        (at, part) for at, part in enumerate(layout.parts) if part.kind in {Kind.DOCUMENT, Kind.ATTACHMENT}
    ]
    return {
        "consortium": job.consortium,
        "programme": {"title": job.programme.title, "authority": job.programme.authority},
        "edition": "签署版" if job.edition == "signing" else "草稿",
        "lead": "、".join(lead.name or "" for lead in consortium.leads),
        "contact": "　".join(filter(None, reach)),
        "date": kind.show(day) if kind and day is not None else "",
        "code": (code_of(tuple(documents)) or "") if job.edition == "signing" else "",
        "duplex": layout.sides == "duplex",
        "sheets": layout.sheets,
        "parts": [
            {
                "number": number,
                "title": part.title.removeprefix("附件："),
                "attached": part.kind is Kind.ATTACHMENT,
                "pages": part.pages,
                "labels": _labels_of(layout, at, part),
                "sheets": _sheets_of(layout, at),
            }
            for number, (at, part) in enumerate(rows, 1)
        ],
    }


def _labels_of(layout: Layout, at: int, part: Part) -> str:
    if part.kind is Kind.ATTACHMENT:
        # These bear the running number, at least where a page has room for it.
        first, last = layout.spot(at, 1).page, layout.spot(at, part.pages).page
        return f"本套 {first}" if first == last else f"本套 {first}—{last}"
    return labels_text(part.labels) or "—"


def _sheets_of(layout: Layout, at: int) -> str:
    sheets = layout.sheets_of(at)
    return str(sheets[0]) if len(sheets) == 1 else f"{sheets[0]}—{sheets[-1]}"


def _typeset(job: Job, template: str, title: str, names: Mapping[str, Any]) -> PdfDocument:
    typesetter = job.session.typesetter
    if typesetter is None:
        raise RuntimeError("nothing is typeset where no PDFs are made")
    prepared = job.session.templates.common(f"{template}.docx")
    core = core_properties(title, job.consortium, job.when)
    filled = prepared.template.fill(names, replace={CORE_PROPERTIES: core}, when=job.when)
    info = replace(job.pdf_info(title), tagged=False)
    future = typesetter.submit(filled.docx, info, parts=filled.parts, watermark=job.watermark)
    return future.result()
