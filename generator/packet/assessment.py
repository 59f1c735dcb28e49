"""Loading data as a programme sees them, and judging them: what every workflow begins with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct, field
from msgspec.structs import replace

from generator.conditions.judge import judge
from generator.errors import DataError
from generator.model.catalogue import Catalogue
from generator.model.consortium import OWN_PAGES, SHARED_PAGES
from generator.model.dataset import Dataset
from generator.model.programme import Programme, SigningPages
from generator.packet.attachments import expect_attachments
from generator.packet.parts import Job
from generator.packet.scheme_version import version_notice
from generator.packet.session import Session
from generator.packet.times import time_of
from generator.readers.load import load
from generator.readers.source_file import Source
from generator.rendering.values import Edition

if TYPE_CHECKING:
    from generator.packet.print_layout import Sides
    from generator.publishing.manifest import Sheets

# A draft is made again and again: it needs what stands in the way and what is to be filed. Who signs where, and what
# is entered into a web system, comes with the edition that is signed.
_SHEETS: Final[Mapping[Edition, Sheets]] = {"draft": "checks", "signing": "all"}


class Order(Struct, frozen=True):
    """What packet is wanted.

    Attributes:
        edition: draft or signing.
        accept: reasons by rule, for failed conditions accepted on the command line.
        force: move a packet that a person has changed aside.
        sides: print on both sides of the paper, or on one; None for what the data say.
        signing_pages: how the agreement is signed, whatever data and programme say; None for what they say.
        page_codes: put a code in the margin of every page; where not, the data say.
        sheets: which internal sheets are made; None for those that the edition needs.
    """

    edition: Edition = "draft"
    accept: Mapping[str, str] = field(default_factory=dict)
    force: bool = False
    sides: Sides | None = None
    signing_pages: SigningPages | None = None
    page_codes: bool = False
    sheets: Sheets | None = None


def begin(source: Source, programme: Programme, order: Order, session: Session) -> Job:
    """Load and judge, and refuse wrong values; arguments as for ``pipeline.build``, errors as for ``assess`` and DataError."""
    job = assess(source, programme, order, session)
    if job.dataset.problems:
        raise DataError("数据有误", problems=job.dataset.problems)
    return job


def assess(source: Source, programme: Programme, order: Order, session: Session) -> Job:
    """Load the data as the programme sees it, and judge what can be judged of it.

    Raises:
        ProgrammeError: the programme is at fault.
    """
    dataset = load_for(source, programme, session.catalogue)
    expect_attachments(dataset)
    if order.signing_pages is not None:
        dataset = _with_signing_pages(dataset, programme, order.signing_pages)
    judged = session.templates.model_clauses.spelled_out(dataset, programme)
    day = session.when.date() if session.when else None
    findings = judge(judged, programme, session.common_rules, accept=order.accept, day=day)
    dataset = replace(dataset, problems=judged.problems)
    when = time_of(dataset, session.when)
    printing = dataset.consortium.printing
    return Job(
        session,
        programme,
        dataset,
        order.edition,
        findings,
        when,
        source.folder,
        order.sides,
        page_codes=order.page_codes or bool(printing and printing.page_codes),
        sheets=order.sheets or _SHEETS[order.edition],
    )


def _with_signing_pages(dataset: Dataset, programme: Programme, chosen: SigningPages) -> Dataset:
    """The data as if they said themselves how the agreement is signed: their copy in the packet says it too."""
    pages = OWN_PAGES if chosen == "one-per-party" else SHARED_PAGES
    agreement: Any = dataset.consortium.agreement
    if agreement is None:
        part = programme.model.specs()["agreement"].part
        agreement = part() if part else None
    changed = agreement.model_copy(update={"signing_pages": pages})
    consortium = dataset.consortium.model_copy(update={"agreement": changed})
    return replace(dataset, consortium=consortium)


def load_for(source: Source, programme: Programme, catalogue: Catalogue) -> Dataset:
    """Load the data as a programme sees it: the one way for packets, batches and roll-ups.

    Raises:
        ProgrammeError: a programme is at fault.
    """
    dataset = load(source, programme, known={programme.code: programme})
    if dataset.problems:
        # An unknown field may be another programme's; all programmes are read only in that case, as it is slow.
        dataset = load(source, programme, known=catalogue.all())
    told = version_notice(dataset, programme)
    return replace(dataset, notices=(*dataset.notices, told)) if told else dataset
