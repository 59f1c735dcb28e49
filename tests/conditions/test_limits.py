from __future__ import annotations

import string
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.base.text import (
    count_characters,
    count_words,
    listed,
    percentage,
    request,
    sentence,
)
from generator.conditions.judge import judge
from generator.model.catalogue import CommonRules
from generator.model.findings import Finding
from tests.conditions.conftest import BASE, changed, dataset, programme

CHINESE = st.text(alphabet="创新联合体协同攻关，。、；：？！（）《》“”——…①", max_size=60)
LATIN = st.text(alphabet=string.ascii_letters + string.digits + ".,/-%", max_size=20)


@pytest.mark.parametrize(
    ("text", "characters", "words"),
    [
        ("", 0, 0),
        ("创新联合体。", 6, 6),
        ("研发投入 3.5%以上", 10, 7),
        ("按 GB/T 9704 执行", 11, 5),
        ("“人工智能+”行动——AI", 13, 12),
        ("　首行缩进\n第二行\t", 7, 7),
        ("５Ｇ技术", 4, 4),
        ("α相和β相", 5, 5),
        ("𠮷野家", 3, 3),
        ("cafe\u0301馆", 5, 2),
        ("①完成", 3, 3),
    ],
)
def test_both_counts_of_a_text(text: str, characters: int, words: int) -> None:
    assert (count_characters(text), count_words(text)) == (characters, words)


@given(CHINESE)
def test_chinese_text_counts_the_same_by_both(text: str) -> None:
    assert count_words(text) == count_characters(text) == len(text)


@given(st.text(max_size=80))
def test_words_never_count_more_than_characters(text: str) -> None:
    assert 0 <= count_words(text) <= count_characters(text) <= len(text)


@given(CHINESE, LATIN, CHINESE)
def test_a_run_of_latin_is_one(before: str, run: str, after: str) -> None:
    assert count_words(f"{before}{run}{after}") == len(before) + len(after) + bool(run)
    assert count_characters(f"{before}{run}{after}") == len(before) + len(after) + len(run)


@given(st.text(max_size=40), st.sampled_from(" \n\t　"))
def test_white_space_at_the_ends_counts_nothing(text: str, space: str) -> None:
    padded = f"{space}{text}{space}"
    assert count_characters(padded) == count_characters(text)
    assert count_words(padded) == count_words(text)


@given(st.integers(0, 10**15), st.integers(1, 10**15))
def test_a_percentage_is_never_more_than_the_ratio_and_never_hides_a_whole_bound(
    part: int, whole: int
) -> None:
    shown = Fraction(percentage(part, whole).rstrip("%"))
    exact = Fraction(part * 100, whole)
    assert shown <= exact < shown + Fraction(1, 100)
    for bound in (2, 3, 4, 20, 50):
        assert (shown >= bound) == (exact >= bound)
        assert (shown <= bound) == (exact <= bound)


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (2999, 100000, "2.99%"),
        (3, 100, "3%"),
        (1, 3, "33.33%"),
        (5, 1000, "0.50%"),
        (1, 0, "（无法计算比例）"),
    ],
)
def test_percentages_are_cut(part: int, whole: int, text: str) -> None:
    assert percentage(part, whole) == text


def test_clauses_make_one_sentence() -> None:
    assert sentence("甲。", "", "乙") == "甲；乙。"
    assert sentence("") == ""
    assert request("请补填。") == request("补填") == "请补填。"
    assert request("") == ""
    assert listed("甲乙丙", most=2) == "甲、乙等 3 项"


def limited(text: str | None, **limit: Any) -> Finding:
    scheme = programme(limits=[{"path": "goals.text", "clause": "填表说明六", "quote": "限", **limit}])
    changes = {} if text is None else {"goals.text": text}
    return judge(dataset(changed(BASE, changes), scheme), scheme, CommonRules())[0]


LATIN_WORD = "consortium"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("字" * 20, "pass"),
        ("字 " * 20, "pass"),
        ("字" * 19 + "AB", "warn"),
        ("字" * 18 + LATIN_WORD, "warn"),
        ("字" * 21, "fail"),
        ("字" * 20 + "A", "fail"),
        ("无", "pass"),
    ],
)
def test_a_text_within_by_both_counts_passes_by_one_warns_by_neither_fails(text: str, verdict: str) -> None:
    assert limited(text, max=20).verdict == verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [("字" * 20, "pass"), ("字" * 19 + "AB", "pass"), ("字" * 18 + "AB", "warn"), ("短", "fail")],
)
def test_a_least_length_is_met_by_both_counts_one_or_neither(text: str, verdict: str) -> None:
    assert limited(text, min=20).verdict == verdict


def test_a_limit_says_both_counts_and_how_much_to_cut() -> None:
    found = limited("字" * 18 + LATIN_WORD, max=20)
    assert found.figures == {"字数（不计空格）": "28 字", "Word 字数统计": "19 字"}
    assert "不计空格 28 字" in found.message
    assert "按 Word 的“字数”统计 19 字" in found.message
    assert "请删减 8 字以上" in found.message
    assert (found.rule, found.path) == ("limit.goals.text", "goals.text")


def test_too_short_a_text_is_told_how_much_to_add() -> None:
    assert "请增补 17 字以上" in limited("三个字", min=20).message


def test_a_limit_in_principle_warns() -> None:
    assert limited("字" * 21, max=20, level="in_principle").verdict == "warn"


def test_an_absent_text_is_unknown() -> None:
    found = limited(None, max=20)
    assert (found.verdict, found.missing) == ("unknown", ("goals.text",))
    assert "未填写" in found.message


def each(changes: dict[str, Any], **limit: Any) -> Finding:
    scheme = programme(limits=[{"path": "members[].position", "clause": "三", **limit}])
    return judge(dataset(changed(BASE, changes), scheme), scheme, CommonRules())[0]


def test_a_limit_on_every_item_is_judged_by_the_worst_and_names_it() -> None:
    changes = {
        "members[0].position": "短",
        "members[1].position": "字" * 12,
        "members[2].position": "字" * 13,
    }
    found = each(changes, max=10)
    assert (found.verdict, found.path) == ("fail", "members[2].position")
    assert "第 3 个成员单位（海州大学）的“行业地位”" in found.message
    assert "共 2 处" in found.message
    assert each(changes, max=13).verdict == "pass"


def test_items_without_a_text_break_no_largest_number_but_fall_short_of_a_smallest() -> None:
    changes = {"members[0].position": "短"}
    assert each(changes, max=10).verdict == "pass"
    found = each(changes, min=1)
    assert (found.verdict, found.missing) == ("unknown", ("members[1].position", "members[2].position"))
    assert each({}, max=10).verdict == "unknown"
