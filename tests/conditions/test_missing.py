from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.conditions.judge import judge
from generator.model.catalogue import Catalogue, CommonRules
from generator.model.findings import Finding
from tests.conditions.conftest import BASE, LEAD, Judge, accounts, changed, dataset, member, programme
from tests.pace import allowed, examples

LOCAL = {"n": {"title": "省内单位数", "count": "members[]", "where": {"province": "海州省"}}}
RULE = {"title": "省内单位占多数", "needs": ["n"], "test": "n >= 2"}


def test_a_missing_value_is_named_by_its_path_its_title_and_its_owner(judged: Judge) -> None:
    found = judged(RULE, LOCAL, {"members[2].province": None})
    assert (found.verdict, found.path, found.missing) == (
        "unknown",
        "members[2].province",
        ("members[2].province",),
    )
    assert found.message == (
        "第 3 个成员单位（海州大学）的“注册地（省）”未填写，无法判断“省内单位占多数”。请补填后重新检查。"
    )


def test_a_year_is_named_by_its_number(judged: Judge) -> None:
    figures = {"x": {"sum": "lead.accounts[].rd", "last": 2}}
    found = judged({"needs": ["x"], "test": "x > 0"}, figures, {"members[0].accounts[2].rd": None})
    assert f"第 1 个成员单位（{LEAD}）的第 3 个年度财务数据（2030 年）的“研发投入”未填写" in found.message


def test_titles_are_the_programmes_own(judged: Judge) -> None:
    found = judged(
        RULE, LOCAL, {"members[2].province": None}, labels={"members[].province": "工商登记所在省"}
    )
    assert "的“工商登记所在省”未填写" in found.message


def test_every_missing_value_is_listed(judged: Judge) -> None:
    rows = {"members": [member(at, province=None) for at in range(8)]}
    found = judged(RULE, LOCAL, rows)
    assert found.missing == tuple(f"members[{at}].province" for at in range(8))
    assert "等 8 处未填写" in found.message


def test_a_wrong_value_is_unknown_and_said_to_be_unreadable(judged: Judge) -> None:
    found = judged(RULE, LOCAL, {"members[1].province": None}, wrong=("members[1].province",))
    assert (found.verdict, found.missing) == ("unknown", ("members[1].province",))
    assert "的“注册地（省）”填写有误，读不出来" in found.message
    assert "请改正后重新检查" in found.message


@pytest.mark.parametrize("where", [{"province": "海州省"}, {"province": {"not": "江南省"}}])
def test_a_wrong_value_never_counts_as_not_given(judged: Judge, where: dict[str, Any]) -> None:
    figures = {"n": {"count": "members[]", "where": where}}
    for changes in ({"members[1].province": None}, {}):
        assert judged(RULE, figures, changes, wrong=("members[1].province",)).verdict == "unknown"


@pytest.mark.parametrize("path", ["members", "members[1]", "members[0]"])
def test_a_wrong_list_or_item_makes_figures_over_the_list_unknown(judged: Judge, path: str) -> None:
    assert judged(RULE, LOCAL, wrong=(path,)).missing == (path,)


def test_a_wrong_item_of_a_list_of_texts_makes_the_list_unknown(judged: Judge) -> None:
    figures = {"x": {"values": "lead.honours[]"}}
    rule = {"needs": ["x"], "test": '!("龙头企业" in x)'}
    found = judged(rule, figures, {"members[0].honours": ["甲"]}, wrong=("members[0].honours[1]",))
    assert found.missing == ("members[0].honours[1]",)


def test_a_wrong_group_makes_what_stands_in_it_unreadable(judged: Judge) -> None:
    found = judged({"needs": ["term.years"], "test": "true"}, wrong=("term",))
    assert found.missing == ("term.years",)
    assert "读不出来" in found.message


def test_a_path_may_be_needed_by_itself(judged: Judge) -> None:
    rule = {"needs": ["members[].legal_representative", "bodies.decision.name"], "test": "true"}
    found = judged(rule, None, {"members[0].legal_representative": "张三"})
    assert found.missing == (
        "members[1].legal_representative",
        "members[2].legal_representative",
        "bodies.decision.name",
    )


def test_stated_none_is_given(judged: Judge) -> None:
    assert (
        judged({"needs": ["lead.staff"], "test": "true"}, None, {"members[0].staff": "无"}).verdict == "pass"
    )


def test_without_a_lead_what_hangs_on_the_lead_is_unknown(judged: Judge) -> None:
    figures = {"x": {"value": "lead.kind"}}
    found = judged({"needs": ["x"], "test": 'x == "企业"'}, figures, {"members[0].role": "成员单位"})
    assert found.verdict == "unknown"
    assert "没有一家的角色是“牵头单位”" in found.message


def test_the_lead_is_not_guessed_past_a_member_without_a_role(judged: Judge) -> None:
    figures = {"x": {"value": "lead.kind"}}
    rule = {"needs": ["x"], "test": 'x == "企业"'}
    assert judged(rule, figures, {"members[0].role": None}).missing == ("members[0].role",)
    assert judged(rule, figures, {"members[1].role": None}).verdict == "pass"


def test_a_gap_between_years_is_named(judged: Judge) -> None:
    figures = {"x": {"sum": "lead.accounts[].rd", "last": 3}}
    rows = accounts((2030, "1", "1"), (2028, "1", "1"))
    found = judged({"needs": ["x"], "test": "x >= 0"}, figures, {"members[0].accounts": rows})
    assert found.missing == ("members[0].accounts",)
    assert "缺少 2029 年度" in found.message


def test_an_unknown_of_any_level_is_unknown_but_only_a_must_stands_in_the_way(judged: Judge) -> None:
    for level, blocks in (("must", True), ("in_principle", False), ("preferred", False)):
        found = judged({**RULE, "level": level}, LOCAL, {"members[1].province": None})
        assert (found.verdict, found.stands_in_the_way) == ("unknown", blocks)


FIGURES = {
    "everyone": {"count": "members[]"},
    "enterprises": {"count": "members[]", "where": {"kind": "企业"}},
    "local": {"count": "members[]", "where": {"kind": "企业", "province": "海州省"}},
    "rd": {"sum": "lead.accounts[].rd", "last": 3},
    "sales": {"sum": "lead.accounts[].sales", "last": 3},
    "lead_kind": {"value": "lead.kind"},
    "names": {"values": "others[].name"},
    "leads": {"count": "members[]", "where": {"role": "牵头单位"}},
}
NEEDED = {
    "share": (["enterprises", "everyone"], "enterprises * 2 >= everyone", r"members\[\d\]\.kind"),
    "place": (
        ["local", "enterprises"],
        "local * 2 >= enterprises",
        r"members\[\d\]\.kind|members\[[01]\]\.province",
    ),
    "research": (
        ["rd", "sales"],
        "rd * 100 >= sales * 3",
        r"members\[0\]\.(role|accounts|accounts\[\d\]\.(year|rd|sales))",
    ),
    "lead": (["lead_kind"], 'lead_kind == "企业"', r"members\[0\]\.(role|kind)"),
    "names": (["names"], 'names.all(name, name != "")', r"members\[\d\]\.role|members\[[12]\]\.name"),
    "one": (["leads"], "leads == 1", r"members\[\d\]\.role"),
    "date": (["filing_date"], "true", "filing_date"),
}


def _paths(value: Any, path: str = "") -> Iterator[str]:
    if path:
        yield path
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _paths(below, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for at, below in enumerate(value):
            yield from _paths(below, f"{path}[{at}]")


@pytest.mark.parametrize("rule", NEEDED)
def test_removing_any_needed_value_never_passes(judged: Judge, rule: str) -> None:
    needs, test, needed = NEEDED[rule]
    condition = {"needs": needs, "test": test}
    assert judged(condition, FIGURES).verdict == "pass"
    removed = [path for path in _paths(BASE) if re.fullmatch(needed, path)]
    assert removed
    for path in removed:
        found = judged(condition, FIGURES, {path: None})
        assert (found.verdict, path in found.missing) == ("unknown", True), path


@settings(max_examples=examples(60))
@given(st.permutations(range(6)))
def test_the_order_of_members_changes_no_verdict_and_no_figure(order: list[int]) -> None:
    rows = [*BASE["members"], member(3, province="江南省"), member(4, kind="科研院所"), member(5)]
    figures = {name: figure for name, figure in FIGURES.items() if name != "names"}
    scheme = programme(
        figures=figures,
        conditions=[
            {"id": name, "title": "条件", "clause": "一", "needs": needs, "test": test}
            for name, (needs, test, _) in NEEDED.items()
            if name != "names"
        ],
    )
    data = {**BASE, "members": [rows[at] for at in order]}
    told = [
        (finding.rule, finding.verdict, dict(finding.figures))
        for finding in judge(dataset(data, scheme), scheme, CommonRules())
    ]
    straight = judge(dataset({**BASE, "members": rows}, scheme), scheme, CommonRules())
    assert told == [(finding.rule, finding.verdict, dict(finding.figures)) for finding in straight]


def test_a_hundred_and_twenty_members_are_judged_at_once() -> None:
    figures = {
        f"n{at}": {"title": f"数{at}", "count": "members[]", "where": {"kind": "企业", "province": "海州省"}}
        for at in range(40)
    }
    rules = [
        {
            "id": f"r{at}",
            "title": "条",
            "clause": "一",
            "needs": [f"n{at}"],
            "test": f"n{at} > 1",
            "counted": "both",
        }
        for at in range(40)
    ]
    scheme = programme(figures=figures, conditions=rules)
    rows = [BASE["members"][0], *(member(at) for at in range(1, 120))]
    data = dataset({**BASE, "members": rows}, scheme)
    judge(data, scheme, CommonRules())
    timed: list[float] = []
    for _ in range(5):
        start = time.process_time()
        found = judge(data, scheme, CommonRules())
        timed.append(time.process_time() - start)
    assert {finding.verdict for finding in found} == {"pass"}
    # 40 rules by both readings take about 20 ms on an idle machine.
    assert min(timed) < allowed(0.25)


def accepted(entries: list[dict[str, str]], accept: dict[str, str] | None = None) -> dict[str, Finding]:
    def rule(name: str, test: str, **more: Any) -> dict[str, Any]:
        return {"id": name, "title": name, "clause": "一", "needs": ["n"], "test": test, **more}

    scheme = programme(
        figures={"n": {"count": "members[]"}},
        conditions=[
            rule("fails", "n > 9"),
            rule("passes", "n > 0"),
            rule("warns", "n > 9", level="in_principle"),
            rule("lacks", "n > 0", needs=["n", "term.years"]),
        ],
    )
    data = dataset(changed(BASE, {"accepted": entries} if entries else {}), scheme)
    return {finding.rule: finding for finding in judge(data, scheme, CommonRules(), accept=accept)}


def test_a_failed_must_may_be_accepted_with_a_reason() -> None:
    for found in (accepted([{"rule": "fails", "reason": "一事一议"}]), accepted([], {"fails": "一事一议"})):
        assert (found["fails"].verdict, found["fails"].accepted) == ("fail", "一事一议")
        assert not found["fails"].stands_in_the_way
        assert "common.accepted" not in found


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"rule": "passes", "reason": "理由"}, "没有判为不符合"),
        ({"rule": "warns", "reason": "理由"}, "没有判为不符合"),
        ({"rule": "lacks", "reason": "理由"}, "还没有结论"),
        ({"rule": "nowhere", "reason": "理由"}, "没有这一条"),
        ({"rule": "fails"}, "没有写理由"),
        ({"rule": "fails", "reason": "无"}, "没有写理由"),
        ({"reason": "理由"}, "没有这一条"),
    ],
)
def test_an_acceptance_that_does_not_fit_is_warned_about(entry: dict[str, str], told: str) -> None:
    found = accepted([entry])
    assert not any(finding.accepted for finding in found.values())
    assert (found["common.accepted"].verdict, found["common.accepted"].path) == ("warn", "accepted[0]")
    assert told in found["common.accepted"].message
    assert found["fails"].stands_in_the_way


def test_an_unknown_cannot_be_accepted() -> None:
    assert accepted([], {"lacks": "理由"})["lacks"].stands_in_the_way


def test_the_owner_is_named_only_where_known(judged: Judge) -> None:
    found = judged(RULE, LOCAL, {"members[0].province": None})
    assert found.message.startswith(f"第 1 个成员单位（{LEAD}）的")
    found = judged(RULE, LOCAL, {"members[0].province": None, "members[0].name": None})
    assert found.message.startswith("第 1 个成员单位的")


@pytest.mark.parametrize(
    ("rule", "changes", "wrong"),
    [
        ("duplicate-names", {"members[1].name": "同名公司", "members[2].name": "同名公司"}, "members[0].name"),
        (
            "duplicate-credit-codes",
            {"members[1].credit_code": "91410300MAH01E8A16", "members[2].credit_code": "91410300MAH01E8A16"},
            "members[0].credit_code",
        ),
        ("credit-code-check-digit", {"members[1].credit_code": "91410300MAH01E8A17"}, "members[0].credit_code"),
        ("platform-hosts", {"platforms": [{"name": "甲", "host": "外单位"}, {"name": "乙"}]}, "platforms[1].host"),
    ],
)  # fmt: skip
def test_one_unreadable_value_does_not_turn_off_the_check_of_the_others(
    rule: str, changes: dict[str, Any], wrong: str
) -> None:
    scheme = programme()
    common = Catalogue().common_rules()
    found = judge(dataset(changed(BASE, changes), scheme, (wrong,)), scheme, common)
    assert [one.verdict for one in found if one.rule == f"common.{rule}"] in (["fail"], ["warn"])


def test_a_host_that_may_be_the_unreadable_member_is_not_called_a_stranger() -> None:
    scheme = programme()
    data = changed(BASE, {"platforms": [{"name": "甲", "host": "外单位"}]})
    found = judge(dataset(data, scheme, ("members[1].name",)), scheme, Catalogue().common_rules())
    assert not [one for one in found if one.rule == "common.platform-hosts"]
