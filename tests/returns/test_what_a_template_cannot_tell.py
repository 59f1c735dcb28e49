"""``lint --forms`` tells what of a template cannot be told apart again once it is filled."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.model.programme import Programme
from generator.returns.forms.legibility import illegible
from generator.returns.forms.reading import FormReader
from generator.returns.forms.template_pattern import pattern_of
from generator.workflows.workspace import Workspace
from tests.returns.conftest import ROOT


@pytest.fixture(scope="module")
def programme(workspace: Workspace) -> Programme:
    return workspace.catalogue.load("yunnan/consortium-2022")


BODY = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>'


def told(programme: Programme, *lines: str) -> list[str]:
    body = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines)
    parts = {"word/document.xml": BODY.format(body).encode()}
    reader = FormReader(pattern_of(parts, programme, programme.documents[0]))
    return [what for what, _ in illegible(reader, lambda path: path)]


def passage(path: str) -> tuple[str, str, str]:
    return f"{{%p for line in paragraphs({path}) %}}", "{{ line }}", "{%p endfor %}"


def test_two_texts_with_nothing_between_are_told(programme: Programme) -> None:
    apart = told(programme, *passage("funds.rules"), "监督机制", *passage("funds.supervision"))
    assert apart == []
    beside = told(programme, *passage("funds.rules"), *passage("funds.supervision"))
    assert beside == ["funds.rules和funds.supervision之间没有印的字，填好后分不开"]


def test_two_values_with_a_mark_between_are_told(programme: Programme) -> None:
    assert told(programme, "首席：{{ chief_scientist.name }}，职务为{{ chief_scientist.title }}") == []
    (what,) = told(programme, "首席：{{ chief_scientist.name }}，{{ chief_scientist.title }}")
    assert "只隔一个“,”" in what


def test_one_place_for_two_fields_is_told(programme: Programme) -> None:
    (what,) = told(programme, "目标", *passage("agreement.clauses.goals or goals.text"))
    assert what.startswith("同一处可能印")


@pytest.mark.thorough
def test_the_command_lists_them(workspace: Workspace) -> None:
    from generator.workflows.lint.report import lint_folder

    folder = Path(ROOT / "templates" / "yunnan" / "consortium-2022")
    assert lint_folder(workspace, folder).illegible == ()
    assert lint_folder(workspace, folder, forms=True).illegible != ()
