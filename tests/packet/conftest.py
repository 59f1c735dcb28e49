"""One workshop for all packets of these tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from generator.model.catalogue import Catalogue
from generator.packet.session import Workshop


@pytest.fixture(scope="session")
def workshop() -> Iterator[Workshop]:
    with Workshop(Catalogue()) as opened:
        yield opened


@pytest.fixture(scope="session")
def words_only() -> Workshop:
    """For packets of which no PDF is wanted."""
    return Workshop(Catalogue(), engine=None)
