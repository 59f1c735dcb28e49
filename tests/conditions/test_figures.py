from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conditions.conftest import accounts, member

Figure = Callable[..., str]


def test_count_counts_the_items_that_where_picks(figure: Figure) -> None:
    assert figure({"count": "members[]", "unit": "家"}) == "3 家"
    assert figure({"count": "members[]", "where": {"kind": "企业"}}) == "2"
    assert figure({"count": "members[]", "where": {"kind": ["高等学校", "科研院所"]}}) == "1"
    assert figure({"count": "others[]"}) == "2"
    assert figure({"count": "leads[]"}) == "1"


def test_count_over_a_list_stated_as_none_is_zero(figure: Figure) -> None:
    assert figure({"count": "platforms[]"}, {"platforms": []}) == "0"


def test_count_over_an_absent_list_is_unknown(figure: Figure) -> None:
    assert figure({"count": "platforms[]"}) == "?platforms"


def test_count_through_a_group_counts_given_values_only(figure: Figure) -> None:
    count = {"count": "members[].delegate.name"}
    assert figure(count) == "0"
    assert figure(count, {"members[1].delegate": {"name": "张三"}}) == "1"
    assert figure(count, {"members[1].delegate": {"title": "经理"}}) == "0"
    assert figure(count, {"members[1].delegate": {"name": "无"}}) == "0"


def test_a_later_field_of_where_is_needed_only_of_items_picked_so_far(figure: Figure) -> None:
    local = {"count": "members[]", "where": {"kind": "企业", "province": "海州省"}}
    assert figure(local, {"members[2].province": None}) == "2"
    assert figure(local, {"members[1].province": None}) == "?members[1].province"


def test_not_takes_an_absent_value_for_a_different_one(figure: Figure) -> None:
    free = {"count": "members[]", "where": {"controlled_by_lead": {"not": "是"}}}
    assert figure(free) == "3"
    assert figure(free, {"members[1].controlled_by_lead": "是"}) == "2"
    assert figure({"count": "members[]", "where": {"kind": {"not": ["企业", "其他"]}}}) == "1"


def test_given_needs_nothing_and_takes_stated_none_for_not_given(figure: Figure) -> None:
    with_code = {"count": "members[]", "where": {"credit_code": {"given": "是"}}}
    changes = {"members[0].credit_code": "91110000600037341L", "members[1].credit_code": None}
    assert figure(with_code, changes) == "1"
    assert figure({"count": "members[]", "where": {"credit_code": {"given": False}}}, changes) == "2"
    group = {"count": "members[]", "where": {"delegate": {"given": "是"}}}
    assert figure(group, {"members[1].delegate": {"name": "张三"}}) == "1"
    assert figure(group, {"members[1].delegate": {"name": "无", "title": "无"}}) == "0"
    picky = {"count": "members[]", "where": {"tier": {"given": True, "is": "核心层单位"}}}
    assert figure(picky, {"members[1].tier": "核心层单位"}) == "1"


def test_min_and_max_include_their_number(figure: Figure) -> None:
    large = {"count": "projects[]", "where": {"fiscal_funds": {"min": "200万元"}}}
    projects = {"projects": [{"fiscal_funds": "200"}, {"fiscal_funds": "199.999999"}, {"fiscal_funds": "无"}]}
    assert figure(large, projects) == "1"
    assert figure({"count": "projects[]", "where": {"fiscal_funds": {"max": "200万元"}}}, projects) == "3"


def test_where_over_a_list_valued_field_asks_whether_it_contains_the_value(figure: Figure) -> None:
    stationed = {
        "count": "members[]",
        "where": {"province": {"not": "海州省"}, "stationed": "海州省"},
    }
    changes = {"members[1].province": "江南省", "members[1].stationed": ["山北省", "海州省"]}
    assert figure(stationed, changes) == "1"
    assert figure(stationed, {**changes, "members[1].stationed": []}) == "0"
    assert figure(stationed, {**changes, "members[1].stationed": None}) == "?members[1].stationed"


def test_texts_are_compared_regardless_of_width_and_spaces(figure: Figure) -> None:
    local = {"count": "members[]", "where": {"province": "海州省"}}
    assert figure(local, {"members[1].province": " 海州省 "}) == "3"


def test_sum_adds_exact_money_and_prints_it_exactly(figure: Figure) -> None:
    funds = {"funds": {"sources": [{"amount": "0.1"}, {"amount": "0.2"}, {"amount": "无"}]}}
    assert figure({"sum": "funds.sources[].amount"}, funds) == "0.30 万元"
    assert figure({"sum": "funds.sources[].amount", "unit": "元"}, funds) == "3000.00 元"
    precise = {"funds": {"sources": [{"amount": "1.000001"}, {"amount": "1"}]}}
    assert figure({"sum": "funds.sources[].amount"}, precise) == "2.000001 万元"


def test_a_sum_over_nothing_is_unknown_but_over_nothing_picked_is_zero(figure: Figure) -> None:
    total = {"sum": "funds.sources[].amount"}
    assert figure(total, {"funds": {"sources": []}}) == "?funds.sources"
    fiscal = {**total, "where": {"source": "财政资金"}}
    assert figure(fiscal, {"funds": {"sources": [{"source": "其他", "amount": "3"}]}}) == "0.00 万元"
    assert figure({"sum": "lead.accounts[].rd"}, {"members[0].accounts": []}) == "?members[0].accounts"


def test_a_sum_too_large_to_reckon_with_is_unknown(figure: Figure) -> None:
    rows = [{"amount": "8亿亿元".replace("亿亿", "0000亿")} for _ in range(2)]
    assert figure({"sum": "funds.sources[].amount"}, {"funds": {"sources": rows}}) == "?funds.sources"


def test_last_takes_the_latest_years_in_any_order(figure: Figure) -> None:
    rd = {"sum": "lead.accounts[].rd", "last": 2}
    assert figure(rd) == "600.00 万元"
    rows = accounts((2030, "3", "1"), (2028, "1", "1"), (2029, "2", "1"))
    assert figure(rd, {"members[0].accounts": rows}) == "5.00 万元"
    years = {"values": "lead.accounts[].year", "last": 2}
    assert figure(years) == "2029、2030"


def test_last_takes_a_shorter_history_as_it_is(figure: Figure) -> None:
    rd = {"sum": "lead.accounts[].rd", "last": 3}
    assert figure(rd, {"members[0].accounts": accounts((2030, "3", "1"))}) == "3.00 万元"


def test_last_needs_only_the_years_taken(figure: Figure) -> None:
    rd = {"sum": "lead.accounts[].rd", "last": 2}
    assert figure(rd, {"members[0].accounts[0].rd": None}) == "600.00 万元"
    assert figure(rd, {"members[0].accounts[1].rd": None}) == "?members[0].accounts[1].rd"
    assert figure(rd, {"members[0].accounts[0].year": None}) == "?members[0].accounts[0].year"


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(accounts((2030, "3", "1"), (2028, "1", "1")), id="a year between is missing"),
        pytest.param(
            accounts((2030, "3", "1"), (2027, "1", "1")), id="the years before the last are missing"
        ),
        pytest.param(accounts((2030, "3", "1"), (2030, "1", "1")), id="a year stands twice"),
        pytest.param([], id="there are no years"),
    ],
)
def test_last_over_years_that_do_not_follow_is_unknown(figure: Figure, rows: list[Any]) -> None:
    rd = {"sum": "lead.accounts[].rd", "last": 3}
    assert figure(rd, {"members[0].accounts": rows}) == "?members[0].accounts"


def test_values_and_value_are_printed_as_documents_print_them(figure: Figure) -> None:
    assert figure({"values": "others[].kind"}) == "企业、高等学校"
    assert figure({"value": "filing_date"}) == "2031年5月1日"
    assert figure({"value": "term.years"}, {"term": {"years": "3"}}) == "3 年"
    assert figure({"value": "lead.lead_share"}, {"members[0].lead_share": "12.5"}) == "12.5%"
    assert figure({"value": "lead.high_tech"}, {"members[0].high_tech": "是"}) == "是"
    assert figure({"value": "lead.staff"}, {"members[0].staff": "无"}) == "无"
    assert figure({"values": "lead.honours[]"}, {"members[0].honours": []}) == "无"


def test_length_leaves_spaces_out(figure: Figure) -> None:
    assert figure({"length": "goals.text"}, {"goals": {"text": "三 个字\n"}}) == "3 字"
    assert figure({"length": "goals.text"}, {"goals": {"text": "无"}}) == "0 字"


def test_duplicates_counts_values_that_stand_twice_in_one_list(figure: Figure) -> None:
    names = {"duplicates": "members[].name"}
    assert figure(names) == "0"
    assert figure(names, {"members": [member(1), member(1), member(1), member(2)]}) == "1"
    wide = {"members": [member(1, name="海州材料（集团）公司"), member(2, name="海州材料(集团) 公司")]}
    assert figure(names, wide) == "1"
    assert figure({"duplicates": "members[].credit_code"}) == "0"
    each = {"members": [member(1, accounts=[{"year": 2030}]), member(2, accounts=[{"year": 2030}])]}
    assert figure({"duplicates": "members[].accounts[].year"}, each) == "0"


def test_outside_counts_values_that_the_other_list_lacks(figure: Figure) -> None:
    hosts = {"outside": ["platforms[].host", "members[].name"]}
    rows = [{"host": "海州大学"}, {"host": "别的大学"}, {"host": "无"}]
    assert figure(hosts, {"platforms": rows}) == "1"
    assert figure(hosts, {"platforms": rows, "members[1].name": None}) == "?members[1].name"
    single = {"outside": ["bodies.executive.host", "members[].name"]}
    assert figure(single, {"bodies": {"executive": {"host": "海州大学"}}}) == "0"
    assert figure(single, {"bodies": {"executive": {"host": "别的大学"}}}) == "1"


def test_bad_check_digits_counts_codes_whose_last_character_is_wrong(figure: Figure) -> None:
    codes = {"bad_check_digits": "members[].credit_code"}
    changes = {"members[0].credit_code": "91110000600037341L", "members[1].credit_code": "911100006000373419"}
    assert figure(codes, changes) == "1"


def test_bad_check_digits_knows_registering_authorities_that_are_letters(figure: Figure) -> None:
    from stdnum.cn import uscc

    codes = {"bad_check_digits": "members[].credit_code"}
    for code in ("N2110000MC0037341", "91110000600037341", "A1410000MA9K3L2PX", "Y2330100QW7HTRU0N"):
        right = uscc.calc_check_digit(code)
        assert figure(codes, {"members[0].credit_code": code + right}) == "0"
        wrong = "1" if right == "0" else "0"
        assert figure(codes, {"members[0].credit_code": code + wrong}) == "1"


def test_programme_facts_are_figures_too(figure: Figure) -> None:
    assert figure({"programme": "name_pattern"}, name_pattern="海州省{}创新联合体") == "海州省×××创新联合体"
    assert figure({"programme": "validity.end"}, validity={"end": "2030-01-31"}) == "2030年1月31日"
    assert figure({"programme": "day"}) == "2031年5月1日"


def test_own_fields_of_a_programme_are_figures_like_any_other(figure: Figure) -> None:
    own = ({"path": "members[].patents", "title": "专利数", "kind": "count"},)
    changes = {"members[0].patents": "3", "members[1].patents": "无", "members[2].patents": "4"}
    assert figure({"sum": "members[].patents"}, changes, fields=own) == "7"
    assert figure({"sum": "members[].patents"}, {**changes, "members[2].patents": None}, fields=own) == (
        "?members[2].patents"
    )
