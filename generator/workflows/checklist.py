"""What a scheme wants attached, and what of it no file is named for."""

from __future__ import annotations

from datetime import UTC, datetime

from generator.conditions.applicability import applies
from generator.model.dataset import Dataset
from generator.model.programme import ChecklistItem, Programme


def is_made(item: ChecklistItem, programme: Programme) -> bool:
    """Whether the packet itself holds what is asked for, so that nobody attaches it by hand."""
    documents = programme.documents
    return (
        item.purpose is not None
        or bool(item.document)
        or item.id in {document.id for document in documents}
        or any(f"《{document.title}》" in item.title for document in documents)
    )


def is_asked(item: ChecklistItem, programme: Programme, dataset: Dataset) -> bool:
    """Whether it is asked for; also where that cannot be told."""
    return applies(item.when, programme, dataset, datetime.now(tz=UTC).astimezone().date()) is not False


def not_attached(programme: Programme, dataset: Dataset) -> tuple[ChecklistItem, ...]:
    """What must be attached and has no file: it stops no signing edition, but the filing is not complete."""
    given = dataset.consortium.attachments or {}
    return tuple(
        item
        for item in programme.attachments
        if item.required
        and not given.get(item.id)
        and not is_made(item, programme)
        and is_asked(item, programme, dataset)
    )
