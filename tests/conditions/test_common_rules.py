from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import pytest

from generator.base.files import shipped
from generator.conditions.judge import judge
from generator.conditions.rules import rule_problems
from generator.model.catalogue import CommonRules, read_model
from generator.model.findings import Finding
from tests.conditions.conftest import BASE, LEAD, changed, dataset, member, programme

FILE = shipped("templates") / "common" / "rules.yaml"


@cache
def common() -> CommonRules:
    return read_model(CommonRules, FILE)


def found(changes: dict[str, Any], *, day: date | None = None, **parts: Any) -> dict[str, Finding]:
    scheme = programme(**parts)
    data = dataset(changed(BASE, changes), scheme)
    return {
        finding.rule.removeprefix("common."): finding for finding in judge(data, scheme, common(), day=day)
    }


def test_the_common_rules_are_sound() -> None:
    assert rule_problems(programme(), common()) == ()


def test_the_common_rules_name_no_province() -> None:
    text = FILE.read_text(encoding="utf-8")
    assert [name for name in ("河南", "海南", "湖北", "云南", "河北", "湖南", "北京") if name in text] == []


def test_sound_data_passes_every_common_rule() -> None:
    assert {finding.verdict for finding in found({}).values()} == {"pass"}


@pytest.mark.parametrize(
    ("rule", "verdict", "changes", "told"),
    [
        ("one-lead", "fail", {"members[1].role": "牵头单位"}, "有 2 家"),
        ("one-lead", "fail", {"members[0].role": "成员单位"}, "有 0 家"),
        ("one-lead", "unknown", {"members[1].role": None}, "“角色”未填写"),
        ("duplicate-names", "fail", {"members[1].name": LEAD}, LEAD),
        (
            "duplicate-credit-codes",
            "fail",
            {"members[0].credit_code": "91110000600037341L", "members[1].credit_code": "91110000600037341L"},
            "91110000600037341L",
        ),
        ("credit-code-check-digit", "warn", {"members[1].credit_code": "911100006000373419"}, "校验码"),
        ("province-names", "warn", {"members[1].province": "海州"}, "海州"),
        ("tier-and-role", "warn", {"members[1].tier": "牵头单位"}, "第1材料"),
        ("lead-account-years", "fail", {"members[0].accounts[1].year": 2030}, "2030"),
        ("lead-staff", "warn", {"members[0].staff": "5", "members[0].rd_staff": "6"}, "6 人"),
        ("platform-hosts", "warn", {"platforms": [{"name": "甲", "host": "别家"}]}, "别家"),
        ("duplicate-platforms", "warn", {"platforms": [{"name": "甲"}, {"name": "甲"}]}, "甲"),
        ("team-employers", "warn", {"team": [{"employer": "别家"}]}, "别家"),
        ("project-undertakers", "warn", {"projects": [{"undertaker": "别家"}]}, "别家"),
        ("executive-host", "warn", {"bodies.executive": {"host": "别家"}}, "别家"),
        ("executive-staff", "warn", {"bodies.executive": {"staff": "2", "full_time_staff": "3"}}, "3 人"),
        ("funds-manager", "warn", {"funds.manager": "别家"}, "别家"),
        (
            "funds-payers",
            "warn",
            {"funds": {"sources": [{"source": "成员单位自筹", "party": "别家", "amount": "1"}]}},
            "别家",
        ),
        (
            "funds-balance",
            "warn",
            {"funds": {"sources": [{"amount": "1"}], "uses": [{"amount": "1.000001"}]}},
            "1.000001 万元",
        ),
        ("term-order", "fail", {"term": {"start": "2031-05-01", "end": "2031-05-01"}}, "2031年5月1日"),
        ("effective-date", "warn", {"agreement.effective_date": "2031-05-02"}, "2031年5月2日"),
    ],
)
def test_each_rule_finds_its_fault_and_is_silent_or_content_otherwise(
    rule: str, verdict: str, changes: dict[str, Any], told: str
) -> None:
    finding = found(changes)[rule]
    assert finding.verdict == verdict
    assert told in finding.message
    assert finding.message.endswith("。")
    assert "请" in finding.message
    assert found({})[rule].verdict == "pass" if rule in found({}) else True


@pytest.mark.parametrize(
    ("years", "start", "end", "verdict"),
    [
        ("3", "2031-01-01", "2033-12-31", "pass"),
        ("3", "2031-01-01", "2034-01-01", "pass"),
        ("3", "2031-03-01", "2034-02-28", "pass"),
        ("1", "2031-03-01", "2032-02-29", "pass"),
        ("3", "2031-01-01", "2033-12-30", "warn"),
        ("3", "2031-01-01", "2034-01-10", "warn"),
        ("4", "2031-01-01", "2033-12-31", "warn"),
    ],
)
def test_the_terms_years_match_its_dates(years: str, start: str, end: str, verdict: str) -> None:
    term = {"term": {"years": years, "start": start, "end": end}}
    assert found(term)["term-years"].verdict == verdict


def test_what_is_rightly_absent_gives_no_finding() -> None:
    silent = {
        "term-order",
        "term-years",
        "effective-date",
        "funds-balance",
        "platform-hosts",
        "team-employers",
    }
    assert silent.isdisjoint(found({}))


def test_a_programme_may_allow_two_leads_by_a_rule_of_its_own() -> None:
    own: dict[str, Any] = {
        "figures": {"leads": {"count": "members[]", "where": {"role": "牵头单位"}}},
        "conditions": [
            {
                "id": "one-lead",
                "title": "一至两家牵头",
                "clause": "五",
                "needs": ["leads"],
                "test": "leads >= 1 && leads <= 2",
            }
        ],
    }
    findings = found({"members[1].role": "牵头单位"}, **own)
    assert (findings["one-lead"].verdict, findings["one-lead"].clause) == ("pass", "五")


def test_members_from_abroad_have_no_province_to_spell_out() -> None:
    rows = [*BASE["members"], member(3, abroad="是", province="外国")]
    assert found({"members": rows})["province-names"].verdict == "pass"


@pytest.mark.parametrize(
    ("name", "verdict"),
    [("海州省新材料创新联合体", "pass"), ("海州省创新联合体", "warn"), ("新材料创新联合体", "warn")],
)
def test_a_name_must_fit_the_programmes_pattern(name: str, verdict: str) -> None:
    findings = found({"name": name}, name_pattern="海州省{}创新联合体")
    assert findings["name"].verdict == verdict
    assert "海州省×××创新联合体" in findings["name"].message


def test_a_pattern_is_taken_literally() -> None:
    findings = found({"name": "海州省（新材料）联合体"}, name_pattern="海州省（{}）联合体")
    assert findings["name"].verdict == "pass"
    assert found({"name": "海州xy新.体"}, name_pattern="海州.+{}.体")["name"].verdict == "warn"


def test_a_policy_that_has_expired_or_not_begun_is_a_warning() -> None:
    assert found({}, validity={"end": "2031-04-30"})["validity-end"].verdict == "warn"
    assert found({}, validity={"end": "2031-05-01"})["validity-end"].verdict == "pass"
    assert found({}, validity={"start": "2031-05-02"})["validity-start"].verdict == "warn"
    assert found({}, validity={"start": "2031-05-01"})["validity-start"].verdict == "pass"
    assert "validity-end" not in found({})


def test_without_a_filing_date_the_given_day_counts_and_never_the_clock() -> None:
    undated = {"filing_date": None}
    valid: dict[str, Any] = {"validity": {"end": "2031-04-30"}}
    unknown = found(undated, **valid)["validity-end"]
    assert (unknown.verdict, unknown.missing) == ("unknown", ("filing_date",))
    assert not unknown.stands_in_the_way
    assert found(undated, day=date(2031, 5, 1), **valid)["validity-end"].verdict == "warn"
    assert found(undated, day=date(2031, 4, 30), **valid)["validity-end"].verdict == "pass"
    assert found({}, day=date(2031, 4, 30), **valid)["validity-end"].verdict == "warn"


def test_a_validity_that_the_text_leaves_open_is_for_a_person() -> None:
    findings = found({}, validity={"note": "有效期三年，施行日期未写明"})
    assert findings["validity-note"].verdict == "judge"
    assert findings["validity-note"].message == "有效期三年，施行日期未写明。"


@pytest.mark.parametrize(
    ("arbitration", "court", "verdict"),
    [
        ("武汉仲裁委员会", "签订地人民法院", "warn"),
        ("武汉仲裁委员会", "无", "pass"),
        ("无", "签订地人民法院", "pass"),
        ("无", "无", "pass"),
    ],
)
def test_arbitration_and_a_court_together_are_told(arbitration: str, court: str, verdict: str) -> None:
    changes = {"agreement.arbitration": arbitration, "agreement.court": court}
    assert found(changes)["one-forum"].verdict == verdict
