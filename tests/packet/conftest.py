"""One session for all packets of these tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from generator.model.catalogue import Catalogue
from generator.packet.session import Session


@pytest.fixture(scope="session")
def session() -> Iterator[Session]:
    with Session(Catalogue()) as opened:
        yield opened


@pytest.fixture(scope="session")
def words_only() -> Session:
    """For packets of which no PDF is wanted."""
    return Session(Catalogue(), engine=None)
