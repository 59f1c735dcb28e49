from __future__ import annotations

from typing import Any

import pytest

from generator.conditions.judge import judge
from generator.model.catalogue import CommonRules
from tests.conditions.conftest import BASE, LEAD, Judge, accounts, changed, dataset, member, programme

ENTERPRISES = {
    "all_members": {"title": "成员单位数", "unit": "家", "count": "members[]"},
    "enterprises": {"title": "企业数", "unit": "家", "count": "members[]", "where": {"kind": "企业"}},
}
HALF = {
    "needs": ["enterprises", "all_members"],
    "test": "enterprises * 2 >= all_members",
    "pass": "企业 {enterprises}，占 {enterprises%all_members}",
    "fail": "企业 {enterprises}，只占 {enterprises%all_members}",
    "remedy": "增加企业成员",
}
RESEARCH = {
    "rd": {"title": "研发投入", "sum": "lead.accounts[].rd", "last": 3},
    "sales": {"title": "销售收入", "sum": "lead.accounts[].sales", "last": 3},
}
THREE_PERCENT = {
    "needs": ["rd", "sales"],
    "test": "sales > 0 && rd * 100 >= sales * 3",
    "pass": "占 {rd%sales}",
    "fail": "只占 {rd%sales}",
}


def members(*kinds: str) -> dict[str, Any]:
    lead = {**BASE["members"][0], "kind": kinds[0]}
    return {"members": [lead, *(member(at, kind=kind) for at, kind in enumerate(kinds[1:], 1))]}


def test_a_share_of_exactly_the_bound_passes(judged: Judge) -> None:
    found = judged(HALF, ENTERPRISES, members("企业", "企业", "高等学校", "高等学校"))
    assert (found.verdict, found.message) == ("pass", "企业 2 家，占 50%。")


def test_a_share_just_under_the_bound_fails_and_says_what_to_do(judged: Judge) -> None:
    found = judged(HALF, ENTERPRISES, members("企业", "企业", "高等学校", "高等学校", "高等学校"))
    assert (found.verdict, found.level) == ("fail", "must")
    assert found.message == "企业 2 家，只占 40%。请增加企业成员。"
    assert found.figures == {"企业数": "2 家", "成员单位数": "5 家"}


@pytest.mark.parametrize(
    ("rd", "verdict", "message"),
    [
        ("29.999999", "fail", "只占 2.99%。"),
        ("30", "pass", "占 3%。"),
        ("30.000001", "pass", "占 3.0000001%。"),
    ],
)
def test_a_ratio_is_judged_and_printed_without_rounding_across_its_bound(
    judged: Judge, rd: str, verdict: str, message: str
) -> None:
    changes = {"members[0].accounts": accounts((2030, rd, "1000"))}
    found = judged(THREE_PERCENT, RESEARCH, changes)
    assert (found.verdict, found.message) == (verdict, message)


def test_both_sums_of_a_ratio_cover_the_same_years(judged: Judge) -> None:
    rows = accounts((2027, "900", "1"), (2028, "1", "100"), (2029, "1", "100"), (2030, "1", "100"))
    found = judged(THREE_PERCENT, RESEARCH, {"members[0].accounts": rows})
    assert found.verdict == "fail"
    assert found.figures == {"研发投入": "3.00 万元", "销售收入": "300.00 万元"}


@pytest.mark.parametrize(
    ("level", "verdict"), [("must", "fail"), ("in_principle", "warn"), ("preferred", "warn")]
)
def test_only_a_must_that_is_not_met_fails(judged: Judge, level: str, verdict: str) -> None:
    found = judged({"level": level, "needs": ["n"], "test": "n >= 4"}, {"n": {"count": "members[]"}})
    assert found.verdict == verdict
    assert found.stands_in_the_way == (level == "must")


def at_least(number: int, **more: str) -> dict[str, Any]:
    return {"needs": ["n"], "test": f"n >= {number}", "counted": "both", "remedy": "增加成员", **more}


COUNTED = {"n": {"title": "成员单位数", "unit": "家", "count": "members[]"}}


def test_both_readings_that_agree_give_the_plain_verdict(judged: Judge) -> None:
    assert judged(at_least(2), COUNTED).verdict == "pass"
    found = judged(at_least(4), COUNTED)
    assert found.verdict == "fail"
    assert found.figures == {"成员单位数": "3 家（不计牵头单位 2 家）"}


def test_both_readings_that_differ_warn_with_both_figures(judged: Judge) -> None:
    found = judged(at_least(3, fail="只有 {n}", **{"pass": "共 {n}"}), COUNTED)
    assert found.verdict == "warn"
    assert found.message == (
        "计入牵头单位时：共 3 家；不计入时：只有 2 家。条款没有写明是否计入牵头单位，两种算法结论不同，"
        "请按较严的一种准备，或先向受理部门问明。请增加成员。"
    )


def test_a_reading_without_the_leads_leaves_every_lead_out(judged: Judge) -> None:
    second = {"members[1].role": "牵头单位"}
    assert judged(at_least(2), COUNTED, second).verdict == "warn"
    assert judged(at_least(1), COUNTED, second).verdict == "pass"


def test_both_readings_need_every_role(judged: Judge) -> None:
    found = judged(at_least(2), COUNTED, {"members[2].role": None})
    assert (found.verdict, found.missing) == ("unknown", ("members[2].role",))


@pytest.mark.parametrize(("number", "verdict"), [(9, "fail"), (10, "pass")])
def test_ten_is_ten(judged: Judge, number: int, verdict: str) -> None:
    rows = {"members": [BASE["members"][0], *(member(at) for at in range(1, number))]}
    assert judged({"needs": ["n"], "test": "n >= 10"}, COUNTED, rows).verdict == verdict


def test_a_condition_without_a_test_is_for_a_person(judged: Judge) -> None:
    found = judged({"judge": "请核对 {n}是否密切合作", "needs": ["n"]}, COUNTED)
    assert (found.verdict, found.message) == ("judge", "请核对 3 家是否密切合作。")
    assert not found.stands_in_the_way


def test_what_a_person_must_judge_is_unknown_while_its_needs_are_missing(judged: Judge) -> None:
    needs = {"judge": "请看章程", "needs": ["cooperation"]}
    assert judged(needs).verdict == "unknown"
    assert judged({**needs, "level": "in_principle"}).verdict == "judge"


def test_a_skipped_rule_gives_no_finding_while_something_is_missing() -> None:
    rule = {"id": "r", "title": "条件", "clause": "一", "needs": ["term.years"], "test": "true"}
    scheme = programme(conditions=[{**rule, "when_missing": "skip"}])
    assert judge(dataset(BASE, scheme), scheme, CommonRules()) == ()
    given = dataset(changed(BASE, {"term.years": "3"}), scheme)
    assert [finding.verdict for finding in judge(given, scheme, CommonRules())] == ["pass"]


def test_dates_are_compared_as_days(judged: Judge) -> None:
    dates = {"filed": {"title": "填报日期", "value": "filing_date"}}
    rule = {"needs": ["filed"], "test": 'filed <= timestamp("2031-05-01T00:00:00Z")', "pass": "{filed}填报"}
    assert judged(rule, dates).message == "2031年5月1日填报。"
    assert judged(rule, dates, {"filing_date": "2031-05-02"}).verdict == "fail"


def test_a_list_of_texts_can_be_searched(judged: Judge) -> None:
    honours = {"honours": {"values": "lead.honours[]"}}
    rule = {"needs": ["honours"], "test": '"创新龙头企业" in honours'}
    assert judged(rule, honours, {"members[0].honours": ["创新龙头企业"]}).verdict == "pass"
    assert judged(rule, honours, {"members[0].honours": []}).verdict == "fail"


def test_a_text_stated_as_none_is_the_empty_text(judged: Judge) -> None:
    charter = {"charter": {"value": "funds.rules"}}
    rule = {"needs": ["charter"], "test": 'charter != ""'}
    assert judged(rule, charter, {"funds.rules": "无"}).verdict == "fail"
    assert judged(rule, charter, {"funds.rules": "专款专用"}).verdict == "judge"


@pytest.mark.parametrize(
    "text", ["按照平等协商原则，由各方另行约定。", "见合同。", "本条约定了违约责任的追究方式，" * 40]
)
@pytest.mark.parametrize(
    "figure",
    [{"length": "agreement.clauses.breach.text"}, {"value": "agreement.clauses.breach.text"}],
    ids=["length", "words"],
)
def test_that_there_are_words_is_never_a_pass_but_asks_with_the_passage(
    judged: Judge, figure: dict[str, str], text: str
) -> None:
    test = "x > 0" if "length" in figure else 'x.contains("约定") || x != ""'
    rule = {"needs": ["x"], "test": test, "title": "约定违约责任"}
    figures = {"x": {"title": "违约条款", **figure}}
    found = judged(rule, figures, {"agreement.clauses": {"breach": {"text": text}}})
    assert found.verdict == "judge"
    assert text[:20].rstrip("。") in found.message
    assert "约定违约责任" in found.message
    assert judged(rule, figures, {"agreement.clauses": {"breach": {"text": "无"}}}).verdict == "fail"


def test_a_test_with_a_question_refuses_by_itself_and_leaves_the_rest_to_a_person(judged: Judge) -> None:
    honours = {"honours": {"title": "称号", "values": "lead.honours[]"}}
    rule = {
        "needs": ["honours"],
        "test": 'honours.exists(each, each.contains("龙头"))',
        "judge": "称号：{honours}，看是不是本行业的",
    }
    assert judged(rule, honours, {"members[0].honours": ["农业龙头企业"]}).verdict == "judge"
    assert judged(rule, honours, {"members[0].honours": ["高新技术企业"]}).verdict == "fail"


def test_a_finding_points_to_its_field_else_to_what_is_at_fault_else_to_its_first_need(
    judged: Judge,
) -> None:
    twice = {"twice": {"duplicates": "members[].name"}, **COUNTED}
    rule = {"needs": ["n", "twice"], "test": "twice == 0"}
    repeated = {"members[2].name": LEAD}
    assert judged(rule, twice, repeated).path == "members[2].name"
    assert judged(rule, twice).path == "members"
    assert judged({**rule, "field": "lead.name"}, twice, repeated).path == "members[0].name"
    found = judged({"needs": ["term.years", "n"], "test": "n > 3"}, twice, {"term.years": "3"})
    assert found.path == "term.years"


def test_a_finding_says_where_in_the_file(judged: Judge) -> None:
    found = judged({"needs": ["members[].kind"], "test": "true"}, None, {"members[1].kind": None})
    assert found.place is not None
    assert found.place.as_json() == {"file": "x.yaml", "line": 7}


def test_a_rule_without_messages_says_its_figures(judged: Judge) -> None:
    found = judged({"title": "四家以上", "needs": ["n"], "test": "n >= 4", "remedy": "请增加成员"}, COUNTED)
    assert found.message == "不符合“四家以上”：成员单位数为3 家。请增加成员。"


def test_items_are_named_in_messages(judged: Judge) -> None:
    rule = {"needs": ["n"], "test": "true", "pass": "有 {n.items}"}
    where = {"n": {"count": "members[]", "where": {"kind": "高等学校"}}}
    assert judged(rule, where).message == "有 海州大学。"
    assert judged(rule, where, {"members[2].kind": "企业"}).message == "有 无。"
    many = {"members": [member(at) for at in range(1, 13)]}
    everyone = judged(rule, COUNTED, many).message
    assert everyone.startswith("有 海州第1材料有限公司、海州第2")
    assert everyone.endswith("等 12 项。")


def test_a_question_with_a_figure_that_cannot_be_counted_says_so_instead_of_naming_the_figure(
    judged: Judge,
) -> None:
    finding = judged(
        {"needs": ["n", "all"], "level": "in_principle", "judge": "企业 {n}，占 {n%all}，共 {all}，请看"},
        {
            "n": {"title": "企业数", "count": "members[]", "where": {"kind": "企业"}, "unit": "家"},
            "all": {"title": "单位数", "count": "members[]", "unit": "家"},
        },
        {"members[1].kind": None},
    )
    assert finding.verdict == "judge"
    assert finding.message == "企业 〔缺数据〕，占 〔缺数据〕，共 3 家，请看。"


def test_findings_come_in_the_programmes_order_then_limits_then_common_rules() -> None:
    rules = [
        {"id": name, "title": "条件", "clause": "一", "judge": "请看"}
        for name in ("zebra", "apple", "middle")
    ]
    limits = [{"path": "goals.text", "max": 200, "clause": "二"}]
    scheme = programme(conditions=rules, limits=limits)
    common = CommonRules.model_validate({"conditions": [{**rules[0], "id": "other"}]})
    found = judge(dataset(BASE, scheme), scheme, common)
    ids = [finding.rule for finding in found]
    assert ids == ["zebra", "apple", "middle", "limit.goals.text", "common.other"]


def test_a_condition_replaces_the_common_rule_of_its_id() -> None:
    rule = {"id": "one-lead", "title": "条件", "clause": "一", "judge": "请看"}
    common = CommonRules.model_validate({"conditions": [rule]})
    scheme = programme(conditions=[rule])
    assert [finding.rule for finding in judge(dataset(BASE, scheme), scheme, common)] == ["one-lead"]


def test_figures_of_the_common_rules_do_not_mix_with_the_programmes() -> None:
    rule = {"id": "a", "title": "条件", "clause": "一", "needs": ["n"], "test": "n == 3"}
    scheme = programme(figures={"n": {"count": "members[]"}}, conditions=[rule])
    common = CommonRules.model_validate(
        {"figures": {"n": {"count": "leads[]"}}, "conditions": [{**rule, "id": "b", "test": "n == 1"}]}
    )
    assert [finding.verdict for finding in judge(dataset(BASE, scheme), scheme, common)] == ["pass", "pass"]
