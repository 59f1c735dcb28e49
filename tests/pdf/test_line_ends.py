"""Lines as Word breaks them: marks that hang into the margin, and marks that meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.layout.lines import compare, lines_of
from generator.pdf.compose.drawing import StyledText
from generator.pdf.compose.punctuation import HANGING_MARK, with_hanging
from tests.pace import examples
from tests.pdf.word import cell, docx, paragraph, row, run, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.pdf.engine import PdfDocument

    Convert = Callable[[bytes], PdfDocument]

BOTH = '<w:jc w:val="both"/>'
SETTING = '<w:characterSpacingControl w:val="compressPunctuation"/>'
# 27 characters of 16 pt stand in a line of 442 pt; 28 where each gives up a quarter of a point.
TIGHT = '<w:spacing w:val="-5"/>'


def lines(made: PdfDocument) -> list[str]:
    return [line for page in lines_of(made.pdf) for line in page]


def right_edge(pdf: bytes) -> float:
    with pypdfium2.PdfDocument(pdf) as document:
        return max(float(item.get_bounds()[2]) for item in document[0].get_objects())


@pytest.mark.parametrize("mark", "，。、；：")
def test_a_mark_behind_a_full_line_hangs_into_the_margin(convert: Convert, mark: str) -> None:
    text = "字" * 28 + mark + "下一行的文字"
    made = convert(docx(paragraph(run(text, TIGHT), BOTH)))
    assert lines(made) == ["字" * 28 + mark, "下一行的文字"]


def test_the_last_mark_of_a_paragraph_hangs_too(convert: Convert) -> None:
    assert lines(convert(docx(paragraph(run("字" * 28 + "。", TIGHT), BOTH)))) == ["字" * 28 + "。"]


def test_a_mark_that_fits_stays_within_the_line(convert: Convert) -> None:
    made = convert(docx(paragraph(run("字" * 20 + "，" + "字" * 20 + "，" + "字" * 9), BOTH)))
    assert right_edge(made.pdf) < 595.3 - 73.7 + 0.5


def test_no_mark_hangs_where_the_document_forbids_it_or_in_a_cell(convert: Convert) -> None:
    text = run("字" * 28 + "，下一行", TIGHT)
    forbidden = convert(docx(paragraph(text, BOTH + '<w:overflowPunct w:val="0"/>')))
    assert lines(forbidden)[0] == "字" * 27
    in_cell = convert(docx(table(row(cell(paragraph(run("字" * 12 + "，下", TIGHT), BOTH))))))
    assert all(len(line) <= 8 for line in lines(in_cell))


def test_marks_that_meet_keep_their_width_unless_the_document_says_so(convert: Convert) -> None:
    text = "盖章）：（，）。）、" * 2
    apart = convert(docx(paragraph(text)))
    closer = convert(docx(paragraph(text), settings=SETTING))
    assert right_edge(apart.pdf) - right_edge(closer.pdf) > 16
    assert lines(apart) == lines(closer) == [text]


@settings(max_examples=examples(60))
@given(st.text("字文甲乙，。、）（“”1a ", max_size=90))
def test_finding_the_marks_that_hang_adds_nothing_but_its_signs(text: str) -> None:
    def width(_: int, char: str) -> float | None:
        return 8.0 if char.isascii() else None

    (made,) = with_hanging(
        [StyledText(0, text)], lambda _: (16.0, 0.0), width, width=160, first=32, ignored=""
    )
    assert made.text.replace(HANGING_MARK, "") == text
    at = [index for index, char in enumerate(made.text) if char == HANGING_MARK]
    assert all(made.text[index - 1] in "，。、" for index in at)


def test_lines_compare_alike_though_a_mark_at_their_end_is_lost() -> None:
    found = compare([["甲乙，", "丙丁"]], [["甲乙", "丙丁"]])
    assert (found.same, found.total) == (2, 2)
    found = compare([["甲乙", "丙丁"]], [["甲", "乙丙丁"]])
    assert found.same == 0
