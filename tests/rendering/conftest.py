"""Fixtures of the rendering tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from generator.rendering.values import Edition
from tests.rendering.small_templates import consortium, filled, lines, of_paragraphs


@pytest.fixture
def line() -> Callable[..., str]:
    """The filled text of one paragraph of a template."""

    def fill(text: str, edition: Edition = "draft", **fields: Any) -> str:
        return lines(filled(of_paragraphs(text), consortium(**fields), edition))[0]

    return fill
