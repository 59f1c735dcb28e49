"""A form that was filled is read back: what it prints is what comes out, and what it does not say is not made up."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.errors import DataError, ExitCode
from generator.workflows.inputs import Upload
from generator.workflows.read_back import ReadBack, read_back
from generator.workflows.workspace import Workspace
from tests.returns.conftest import CODES, filled_forms
from tests.returns.truth import Truth, scored

CODE = "henan/consortium-2022"
OTHER = "yunnan/consortium-2022"


def reading(workspace: Workspace, code: str, forms: dict[str, bytes]) -> ReadBack:
    uploads = [Upload(name, data) for name, data in forms.items()]
    return read_back(workspace, uploads, code, Path("read.yaml"), write=False)


def changed(docx: bytes, change: Callable[[str], str]) -> bytes:
    """A Word file whose body a person has changed."""
    source = zipfile.ZipFile(io.BytesIO(docx))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name in source.namelist():
            data = source.read(name)
            package.writestr(name, change(data.decode()).encode() if name == "word/document.xml" else data)
    return target.getvalue()


@pytest.mark.thorough
def test_what_our_own_forms_print_comes_back_each_value_with_its_place(workspace: Workspace) -> None:
    job, forms = filled_forms(workspace, CODE)
    read = reading(workspace, CODE, forms)
    score = scored(Truth.of(job, forms), read.entries)
    assert (score.wrong_sure, score.wrong_doubtful) == ([], [])
    assert len(score.right) >= 0.97 * score.printed
    name = next(entry for entry in read.entries if entry.path == "name")
    assert name.status == "sure"
    assert "第 1 个表格第 1 行第 2 格" in {source.place for source in name.sources}
    assert f"# {name.sources[0].document} {name.sources[0].place}" in read.data.decode()


@pytest.mark.thorough
@pytest.mark.parametrize("code", [code for code in CODES if code != CODE])
def test_every_schemes_forms_come_back(workspace: Workspace, code: str) -> None:
    job, forms = filled_forms(workspace, code, "draft")
    score = scored(Truth.of(job, forms), reading(workspace, code, forms).entries)
    assert (score.wrong_sure, score.wrong_doubtful) == ([], [])
    assert len(score.right) >= 0.97 * score.printed


@pytest.fixture(scope="module")
def forms(workspace: Workspace) -> dict[str, bytes]:
    return filled_forms(workspace, CODE)[1]


@pytest.mark.thorough
def test_altered_official_text_and_a_wrong_count_are_told(
    workspace: Workspace, forms: dict[str, bytes]
) -> None:
    name, form = next(iter(forms.items()))
    whole = zipfile.ZipFile(io.BytesIO(form)).read("word/document.xml").decode()
    assert "申请书一式三份" in whole
    found = re.compile(r"<w:t(?: [^>]*)?>\s*(\d+)\s*</w:t>").search(whole, whole.index("成员总数"))
    assert found is not None
    more = str(int(found[1]) + 1)
    altered = changed(
        form,
        lambda xml: f"{xml[: found.start(1)]}{more}{xml[found.end(1) :]}".replace(
            "申请书一式三份", "申请书一式五份"
        ),
    )
    read = reading(workspace, CODE, {name: altered})
    assert [(one.what, one.text) for one in read.beyond] == [("印的文字改过", "“三”改成了“五”")]
    assert [(one.written, one.computed) for one in read.mismatches] == [(more, found[1])]
    assert read.exit_code == ExitCode.FINDING


@pytest.mark.thorough
def test_forms_that_disagree_are_told_with_both_places(workspace: Workspace, forms: dict[str, bytes]) -> None:
    names = list(forms)
    second = changed(forms[names[1]], lambda xml: xml.replace("0379-55501026", "0379-55501027"))
    read = reading(workspace, CODE, {names[0]: forms[names[0]], names[1]: second})
    (entry,) = read.of("conflict")
    assert entry.path == "contact.phone"
    assert {source.document for source in entry.sources} == set(names[:2])
    assert {source.raw for source in entry.sources} == {"0379-55501026", "0379-55501027"}
    assert entry.value is None
    assert read.exit_code == ExitCode.FINDING


def test_another_programmes_form_is_refused_by_name(workspace: Workspace) -> None:
    _, others = filled_forms(workspace, OTHER)
    title = workspace.catalogue.load(OTHER).title
    with pytest.raises(DataError, match=title):
        reading(workspace, CODE, others)


def test_a_form_without_its_title_is_refused(workspace: Workspace, forms: dict[str, bytes]) -> None:
    name, form = next(iter(forms.items()))
    title = "河南省创新联合体组建备案申请表"
    with pytest.raises(DataError, match="题名"):
        reading(workspace, CODE, {name: changed(form, lambda xml: xml.replace(title, "情况表"))})
    with pytest.raises(DataError, match="可能是旧的或别处的表"):
        reading(
            workspace, CODE, {name: changed(form, lambda xml: xml.replace("组建备案申请表", "备案申请表"))}
        )


@pytest.mark.thorough
def test_forms_of_two_consortia_are_refused(workspace: Workspace, forms: dict[str, bytes]) -> None:
    names = list(forms)
    other = changed(forms[names[1]], lambda xml: xml.replace("高端轴承创新联合体", "智能电网创新联合体"))
    with pytest.raises(DataError, match="联合体名称不同"):
        reading(workspace, CODE, {names[0]: forms[names[0]], names[1]: other})
