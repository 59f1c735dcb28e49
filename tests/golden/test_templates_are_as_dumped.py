"""A template is binary: what changed in it is read in the diff of its dump (``make golden`` renews them)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.golden.dump import GOLDEN, ROOT, dump, golden, templates


@pytest.mark.parametrize("template", templates(), ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_the_dump_of_a_template_is_current(template: Path) -> None:
    path = golden(template)
    assert path.is_file(), "no dump yet: make golden"
    assert dump(template) == path.read_text(encoding="utf-8"), "the template has changed: make golden"


def test_no_dump_is_left_over() -> None:
    assert set(GOLDEN.glob("*/*.txt")) <= {golden(template) for template in templates()}
