"""What goes wrong when a form is filled or changed by hand: told, or marked; never a sure value that is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generator.errors import DataError
from generator.workflows.inputs import Upload
from generator.workflows.read_back import ReadBack, read_back
from generator.workflows.workspace import Workspace
from tests.returns.conftest import CODES, filled_forms
from tests.returns.word_body import rewritten, set_text, text_of

pytestmark = pytest.mark.thorough

PUT = "霜"  # a character that no form and no example has
HAINAN = "hainan/consortium-2022"
HENAN = "henan/consortium-2022"


def read(workspace: Workspace, code: str, docx: bytes, name: str = "form.docx") -> ReadBack:
    return read_back(workspace, [Upload(name, docx)], code, Path("read.yaml"), write=False)


def typed(docx: bytes, old: str, new: str, *, whole: bool = False) -> bytes:
    """A form in whose first paragraph that has (or is) a text another was typed over it."""

    def change(body: Any) -> None:
        for one in body.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p"):
            text = text_of(one)
            if text.strip() == old if whole else old in text:
                set_text(one, text.replace(old, new, 1))
                return
        raise AssertionError(old)

    return rewritten(docx, change)


def made_up(before: ReadBack, after: ReadBack) -> list[tuple[str, str]]:
    """Sure values that the form as it was did not have."""
    was = {one.path: one.text for one in before.entries}
    return [(one.path, one.text) for one in after.of("sure") if was.get(one.path) != one.text]


def told(after: ReadBack) -> str:
    """All that a person is told to look at."""
    left = [source.raw for one in after.entries if one.status != "sure" for source in one.sources]
    return "\n".join([*left, *(one.text for one in after.beyond)])


def test_a_changed_heading_of_a_clause_joins_no_texts(workspace: Workspace) -> None:
    """An optional clause whose heading reads otherwise, or is gone, is not the end of the clause before it."""
    form = next(data for name, data in filled_forms(workspace, HENAN)[1].items() if name.startswith("02"))
    before = read(workspace, HENAN, form)
    changed = read(workspace, HENAN, typed(form, "九、技术开发成本承担", f"九、技术开发{PUT}本承担"))
    assert made_up(before, changed) == []
    assert "“成”改成了“霜”" in told(changed)
    gone = read(workspace, HENAN, typed(form, "九、技术开发成本承担", " "))
    assert made_up(before, gone) == []
    assert {"agreement.clauses.breach.text"} <= {one.path for one in gone.of("doubtful")}


def test_cells_of_a_list_that_are_filled_wrongly_put_their_row_in_doubt(workspace: Workspace) -> None:
    form = next(iter(filled_forms(workspace, HAINAN)[1].values()))
    before = read(workspace, HAINAN, form)
    total = read(workspace, HAINAN, typed(form, "合计", f"{PUT}计", whole=True))
    assert made_up(before, total) == []
    assert f"{PUT}计" in told(total)
    column = read(workspace, HAINAN, typed(form, "3500.00", "见附件", whole=True))
    assert made_up(before, column) == []
    assert "members[0].accounts[0].sales" in {one.path for one in column.of("doubtful")}
    agreement = next(
        data for name, data in filled_forms(workspace, HAINAN)[1].items() if name.startswith("02")
    )
    was = read(workspace, HAINAN, agreement)
    name, address = (
        next(one.text for one in was.entries if one.path == f"members[6].{field}")
        for field in ("legal_representative", "address")
    )
    swapped = typed(typed(agreement, address, PUT, whole=True), name, address, whole=True)
    after = read(workspace, HAINAN, typed(swapped, PUT, name, whole=True))
    assert made_up(was, after) == []
    other = read(workspace, HAINAN, typed(form, "合计", "总计", whole=True))
    assert "“合”改成了“总”" in told(other)


def test_amounts_say_their_own_unit_and_ticks_may_be_of_any_shape(workspace: Workspace) -> None:
    form = next(iter(filled_forms(workspace, HAINAN)[1].values()))
    for text, value in (("500万元", "500"), ("862000000元", "86200"), ("8.62亿元", "86200")):
        after = read(workspace, HAINAN, typed(form, "86200.00", text, whole=True))
        (sales,) = [one for one in after.entries if one.path == "members[0].accounts[0].sales"]
        assert (sales.text, sales.status) == (value, "sure")
    for mark in "√✔☒■":
        after = read(workspace, HAINAN, typed(form, "☑规上", f"{mark}规上", whole=True))
        assert [one.text for one in after.of("sure") if one.path == "members[0].above_scale"] == ["是"]
    bare = read(workspace, HAINAN, typed(form, "☑规上", "规上", whole=True))
    assert "members[0].above_scale" in {one.path for one in bare.of("unread")}


def test_a_row_of_a_year_alone_is_marked(workspace: Workspace) -> None:
    form = next(iter(filled_forms(workspace, HAINAN)[1].values()))
    empty = typed(typed(form, "86200.00", " ", whole=True), "3500.00", " ", whole=True)
    after = read(workspace, HAINAN, empty)
    assert [one.status for one in after.entries if one.text == "2022" and one.path.endswith(".year")] == [
        "doubtful"
    ]


def test_every_programme_refuses_the_forms_of_every_other(workspace: Workspace) -> None:
    forms = {code: filled_forms(workspace, code)[1] for code in CODES}
    for code in CODES:
        for other in CODES:
            for name, docx in forms[other].items() if other != code else ():
                with pytest.raises(DataError) as refused:
                    read(workspace, code, docx, name)
                assert workspace.catalogue.load(other).title in str(refused.value)
