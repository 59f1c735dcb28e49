"""The programmes that travel with the project, and their blank documents."""

from __future__ import annotations

import pytest

from generator.model.catalogue import Catalogue
from generator.packet.session import Workshop


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue()


@pytest.fixture(scope="session")
def workshop(catalogue: Catalogue) -> Workshop:
    return Workshop(catalogue, engine=None)
