"""The programmes that travel with the project, and their blank documents."""

from __future__ import annotations

import pytest

from generator.model.catalogue import Catalogue
from generator.packet.session import Session


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue()


@pytest.fixture(scope="session")
def session(catalogue: Catalogue) -> Session:
    return Session(catalogue, engine=None)
