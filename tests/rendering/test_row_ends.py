"""Tables with head rows: what Word is told to keep together, so that no row is left alone on a page."""

from __future__ import annotations

import io

import docx
import pytest

from tests.rendering.small_templates import consortium, filled, saved


def template(*, head: bool = True) -> bytes:
    word = docx.Document()
    table = word.add_table(4, 2)
    for row, texts in zip(
        table.rows,
        (("单位", "地位"), ("{%tr for m in members %}", ""), ("{{ m.name }}", ""), ("{%tr endfor %}", "")),
        strict=True,
    ):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    inner = table.rows[2].cells[1]
    inner.text = "{%p for line in paragraphs(m.position) %}"
    for text in ("{{ line }}", "{%p endfor %}"):
        inner.add_paragraph(text)
    for row in table.rows[:1] if head else ():
        properties = row._tr.get_or_add_trPr()
        properties.append(properties.makeelement(f"{{{properties.nsmap['w']}}}tblHeader", {}))
    return saved(word)


def kept(count: int, *, head: bool = True) -> list[bool]:
    """For each row of the filled table whether all of it keeps to the next."""
    members = [{"name": f"第{at}单位", "position": "甲\n乙"} for at in range(count)]
    made = docx.Document(io.BytesIO(filled(template(head=head), consortium(members=members)).docx))
    (table,) = made.tables
    assert [row.cells[0].text for row in table.rows[1:]] == [member["name"] for member in members]
    rows = [
        {bool(par.paragraph_format.keep_with_next) for cell in row.cells for par in cell.paragraphs}
        for row in table.rows
    ]
    assert all(len(row) == 1 for row in rows)
    return [True in row for row in rows]


@pytest.mark.parametrize(
    ("count", "wanted"),
    [(1, [0]), (2, [1, 0]), (3, [1, 1, 0]), (5, [1, 0, 0, 1, 0])],
)
def test_a_table_s_first_and_last_two_rows_stay_together(count: int, wanted: list[int]) -> None:
    assert kept(count) == [True, *map(bool, wanted)]


def test_a_table_without_head_rows_is_left_as_it_is() -> None:
    assert kept(3, head=False) == [False] * 4
