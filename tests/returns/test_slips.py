"""What goes wrong when a form is filled or changed by hand: told, or marked; never a sure value that is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generator.errors import DataError
from generator.returns.forms.joining import Entry, Source
from generator.returns.forms.magnitudes import doubted_amounts
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


def test_an_amount_that_may_have_been_typed_in_another_unit_is_marked(workspace: Workspace) -> None:
    """元 typed without its name into a column of 万元: nothing tells it but its size beside the others'."""
    form = next(iter(filled_forms(workspace, HAINAN)[1].values()))
    path = "members[0].accounts[0].sales"
    before = {one.path: one.status for one in read(workspace, HAINAN, form).entries}
    assert before[path] == "sure"
    after = read(workspace, HAINAN, typed(form, "86200.00", "862000000", whole=True))
    (sales,) = [one for one in after.entries if one.path == path]
    assert (sales.status, "像是按元填的" in sales.why) == ("doubtful", True)
    # A figure that is high, and not absurd, stays as sure as the rest; so does one that states its unit.
    for text in ("156200.00", "862000000元"):
        after = read(workspace, HAINAN, typed(form, "86200.00", text, whole=True))
        assert {one.path: one.status for one in after.entries} == before


def test_an_amount_among_those_of_others_is_marked(workspace: Workspace) -> None:
    """One of many members whose amount was typed in 元 is small among all amounts, and huge among its own kind."""
    ours = {f"funds.uses[{at}].amount": 3_000_000 * (at + 1) for at in range(5)}
    model = workspace.catalogue.load(HAINAN).model

    def marked(amounts: dict[str, int], raw: str = "") -> list[str]:
        sources = (Source("form.docx", "", raw),)
        entries = [Entry(path, "sure", value, "", "", sources) for path, value in amounts.items()]
        return [one.path for one in doubted_amounts(entries, model) if one.status == "doubtful"]

    assert marked(ours) == []
    typed_in_yuan = ours | {"funds.uses[2].amount": ours["funds.uses[2].amount"] * 10_000}
    assert marked(typed_in_yuan) == ["funds.uses[2].amount"]
    assert marked(typed_in_yuan, "900万元") == []
    years = {"members[0].accounts[0].sales": 86_200, "members[0].accounts[1].sales": 91_000 * 10_000}
    assert marked(years) == list(years)


def test_two_names_changed_about_in_one_form_are_told_by_the_other(workspace: Workspace) -> None:
    """In one form alone nothing tells that two names of a kind were changed about; another that has one of them does."""
    forms = filled_forms(workspace, HAINAN)[1]
    first, second = list(forms)[:2]

    def both(agreement: bytes) -> ReadBack:
        uploads = [Upload(first, forms[first]), Upload(second, agreement)]
        return read_back(workspace, uploads, HAINAN, Path("read.yaml"), write=False)

    at = {one.path: one.text for one in both(forms[second]).of("sure")}
    # The application has the lead's only; both stand in the agreement.
    paths = [f"members[{number}].legal_representative" for number in (0, 1)]
    one, other = (at[path] for path in paths)
    swapped = typed(typed(forms[second], one, PUT, whole=True), other, one, whole=True)
    after = both(typed(swapped, PUT, other, whole=True))
    assert [{entry.path: entry.status for entry in after.entries}[path] for path in paths] == [
        "conflict",
        "doubtful",
    ]


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
