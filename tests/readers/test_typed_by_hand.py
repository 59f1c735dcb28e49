"""What clerks type: names with stray blanks, words that keep a place, amounts and dates in every form.

Each kind of slip is tried by several instances; what is one in meaning is taken and told, what is two is asked,
what cannot be is refused at its place, and nothing is lost in silence.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from generator.errors import Place
from generator.model.catalogue import Catalogue
from generator.model.dataset import Dataset
from generator.model.notices import Notice, notice_texts
from generator.model.programme import Programme
from generator.readers.load import load
from generator.readers.map_ids import map_keys
from generator.readers.source_file import read_source
from tests.readers.conftest import make_programme

Read = Callable[[str], Any]


@pytest.fixture(scope="session")
def scheme() -> Programme:
    words = Catalogue().words()
    return make_programme(
        "first/one",
        fields=[
            {"path": "profit", "title": "净利润", "kind": "money", "unit": "万元", "min": -100},
            {"path": "growth", "title": "增长率", "kind": "share", "max": 1000},
            {"path": "capital", "title": "注册资金", "kind": "money", "unit": "元"},
            {
                "path": "stage",
                "title": "阶段",
                "kind": "choice",
                "options": ["不属于", "待定", "中试", "量产"],
            },
            {"path": "members[].partner", "title": "合作方", "kind": "text", "reads": "name"},
        ],
    ).model_copy(update={"words": words})


@pytest.fixture
def read(tmp_path: Path, scheme: Programme) -> Read:
    def read_text(text: str) -> Dataset:
        path = tmp_path / "data.yaml"
        path.write_text(text, encoding="utf-8")
        return load(read_source(path), scheme, known={scheme.code: scheme})

    return read_text


def of_sort(dataset: Dataset, sort: str) -> list[Notice]:
    return [notice for notice in dataset.notices if notice.sort == sort]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("甲公司 ", "甲公司"),
        ("\\u3000甲公司", "甲公司"),
        ("甲 公 司", "甲公司"),
        ("甲(集团)公司", "甲（集团）公司"),
        ("甲（集团)公司", "甲（集团）公司"),
        ("甲科技\\n有限公司", "甲科技有限公司"),
        ("ＡＢＣ公司", "ABC公司"),
        ("甲\\u00a0公司", "甲公司"),
    ],
)
def test_names_are_made_regular_and_told_once_for_the_file(read: Read, typed: str, kept: str) -> None:
    data = read(
        f'name: 某联合体\nmembers:\n  - name: "{typed}"\n  - name: "{typed}"\n    partner: "{typed}"\n'
    )
    assert data.problems == ()
    members = data.consortium.members
    assert [member.name for member in members] == [kept, kept]
    assert members[1].partner == kept
    assert len(of_sort(data, "regular")) == 3
    said = notice_texts(data.notices)
    assert len(said) == 1
    assert f"“{kept}”" in said[0]


@pytest.mark.parametrize("name", ["ABC (China) Ltd", "甲（集团）公司", "甲公司", "No. 5 Institute"])
def test_a_regular_name_is_left_as_it_is(read: Read, name: str) -> None:
    data = read(f"name: {name}\n")
    assert data.consortium.name == name
    assert data.notices == ()


@pytest.mark.parametrize(
    "text",
    [
        "待定", "暂无", "待补充", "同上", "略", "见附件", "TBD", "[请填写]", "例：张三", "XXX", "？？？",
        "（待补充）", "详见附件三", "【请填写单位全称】", "××公司", "张××", "……", "tbc", "待定（会后补）", "略。",
    ],
)  # fmt: skip
def test_a_word_that_keeps_a_place_is_missing_and_told_where(read: Read, text: str) -> None:
    data = read(
        "name: 某联合体\n"
        f"members:\n  - name: 甲\n    task: '{text}'\n    staff: '{text}'\n    kind: '{text}'\n"
        f"agreement:\n  clauses:\n    rights: '{text}'\n"
    )
    assert data.problems == ()
    member = data.consortium.members[0]
    assert (member.task, member.staff, member.kind) == (None, None, None)
    assert data.consortium.agreement is None or not data.consortium.agreement.clauses
    assert [notice.place.line for notice in of_sort(data, "blank")] == [4, 5, 6, 9]


@pytest.mark.parametrize("text", ["无", "/", "—", "———", "－", "不需要", "按照平等协商原则，略去细节", "待定核科技有限公司", "略阳县科技局", "同上海公司合作", "XXIV 号平台", "规格 10×20", "某某轴承有限公司"])  # fmt: skip
def test_a_text_that_says_something_is_no_such_word(read: Read, text: str) -> None:
    data = read(f"name: 某联合体\nmembers:\n  - name: 甲\n    task: '{text}'\n")
    assert data.consortium.members[0].task == text
    assert data.notices == ()


def test_an_option_may_be_a_word_that_keeps_a_place_elsewhere(read: Read) -> None:
    assert read("name: 某联合体\nstage: 待定\n").consortium.stage == "待定"


MEMBER = "name: 某联合体\nfiling_date: 2026-03-01\nmembers:\n  - name: 甲\n"


@pytest.mark.parametrize(
    ("lines", "path", "word"),
    [
        ("    accounts: [{year: 2025, sales: -86000}]", "members[0].accounts[0].sales", "不能是负数"),
        ("    accounts: [{year: 2030, sales: 1}]", "members[0].accounts[0].year", "晚于填报的 2026 年"),
        ("    lead_share: 150%", "members[0].lead_share", "不能大于 100"),
        ("    lead_share: -1%", "members[0].lead_share", "不能是负数"),
        ("    staff: -3", "members[0].staff", "不能是负数"),
        ("team: [{name: 乙, age: 0}]", "team[0].age", "不能小于 14 岁"),
        ("team: [{name: 乙, age: 520}]", "team[0].age", "不能大于 120 岁"),
        ("term: {years: 0}", "term.years", "不能小于 1 年"),
        ("agreement: {copies: 0}", "agreement.copies", "不能小于 1 份"),
        ("funds: {uses: [{purpose: 设备, amount: -5}]}", "funds.uses[0].amount", "不能是负数"),
        ("profit: -101", "profit", "不能小于 -100 万元"),
        ("growth: 1001%", "growth", "不能大于 1000%"),
    ],
)
def test_what_cannot_be_is_refused_once_at_its_place(read: Read, lines: str, path: str, word: str) -> None:
    data = read(f"{MEMBER}{lines}\n")
    assert [problem.path for problem in data.problems] == [path]
    assert word in str(data.problems[0])
    assert data.place(path) == Place("data.yaml", 5)


@pytest.mark.parametrize(
    "lines", ["profit: -99", "growth: 300%", "team: [{name: 乙, age: 60}]", "    staff: 12"]
)
def test_what_can_be_is_taken_without_a_word(read: Read, lines: str) -> None:
    data = read(f"{MEMBER}{lines}\n")
    assert (data.problems, data.notices) == ((), ())


@pytest.mark.parametrize(
    ("lines", "path"),
    [
        ("    accounts: [{year: 2025, sales: 10, rd: 11}]", "members[0].accounts[0].rd"),
        ("    contact: {phone: 联络002}", "members[0].contact.phone"),
        ("    contact: {mobile: '1380000000'}", "members[0].contact.mobile"),
        ("    contact: {email: zhang.example.com}", "members[0].contact.email"),
        ("team: [{name: 乙, age: 99}]", "team[0].age"),
        ("term: {years: 30}", "term.years"),
        ("    staff: 9000000", "members[0].staff"),
        (
            "    accounts: [{year: 2023, sales: 8000}, {year: 2024, sales: 86000000}, {year: 2025, sales: 9000}]",
            "members[0].accounts[1].sales",
        ),
        ("funds: {uses: [{purpose: 设备, amount: 100}, {purpose: 材料, amount: 500000}]}", "funds.uses[1].amount"),
        ("funds: {uses: [{purpose: 设备, amount: 100}, {purpose: 材料, amount: 90}, {purpose: 人工, amount: 0.009}]}", "funds.uses[2].amount"),
    ],
)  # fmt: skip
def test_what_hardly_can_be_is_asked_about_once(read: Read, lines: str, path: str) -> None:
    data = read(f"{MEMBER}{lines}\n")
    assert data.problems == ()
    assert [(notice.sort, notice.path) for notice in data.notices] == [("ask", path)]
    assert notice_texts(data.notices)[0].endswith("请核对")


@pytest.mark.parametrize(
    "phone", ["0371-55501234", "13800000000", "+86 138 0000 0000", "（0371）5550 1234 转 8", "12345", "0371-55501234、13800000000", "无"]
)  # fmt: skip
def test_a_telephone_is_not_asked_about(read: Read, phone: str) -> None:
    assert read(f"name: 某联合体\ncontact: {{phone: '{phone}'}}\n").notices == ()


@pytest.mark.parametrize(
    ("line", "path", "kept"),
    [
        ("    accounts: [{year: 2025, sales: 8.6亿}]", "accounts", 860_000_000_00),
        ("    accounts: [{year: 2025, sales: 1.12亿}]", "accounts", 112_000_000_00),
        ("    accounts: [{year: 2025, sales: 800万}]", "accounts", 8_000_000_00),
        ("    accounts: [{year: 2025, sales: 5千万}]", "accounts", 50_000_000_00),
        ("    accounts: [{year: 2025, sales: 一千二百万元}]", "accounts", 12_000_000_00),
        ("    accounts: [{year: 2025, sales: 人民币800万元整}]", "accounts", 8_000_000_00),
        ("    accounts: [{year: 2025, sales: '86 000.5'}]", "accounts", 860_005_000_00),
        ("    accounts: [{year: 2025, sales: ￥86000元}]", "accounts", 86_000_00),
        ("    kind: 高校", "kind", "高等学校"),
        ("    kind: 大学", "kind", "高等学校"),
        ("    kind: 民营企业", "kind", "企业"),
        ("    kind: 研究院", "kind", "科研院所"),
        ("    tier: 核心层", "tier", "核心层单位"),
        ("    tier: 紧密合作层", "tier", "紧密合作单位"),
        ("    role: 牵头", "role", "牵头单位"),
        ("    role: 参与单位", "role", "成员单位"),
        ("    chain: —", "chain", "无"),
        ("    province: 海南", "province", "海南省"),
        ("    province: 内蒙古", "province", "内蒙古自治区"),
        ("    province: 海南省海口市", "province", "海南省"),
        ("    stationed: [广西, 四川省成都市]", "stationed", ("广西壮族自治区", "四川省")),
        ("    high_tech: 是的", "high_tech", True),
        ("    high_tech: 不是", "high_tech", False),
        ("    high_tech: ——", "high_tech", False),
        ("    staff: 十二名", "staff", 12),
        ("    lead_share: 百分之十二", "lead_share", 1200),
    ],
)
def test_a_value_of_one_meaning_is_taken_and_told(read: Read, line: str, path: str, kept: Any) -> None:
    data = read(f"name: 某联合体\nfiling_date: 2026-03-01\nmembers:\n  - name: 甲\n{line}\n")
    assert data.problems == ()
    member = data.consortium.members[0]
    value = member.accounts[0].sales if path == "accounts" else getattr(member, path)
    assert value == kept
    assert {notice.sort for notice in data.notices} <= {"understood"}


def test_a_province_written_with_its_city_gives_both(read: Read) -> None:
    data = read("name: 某联合体\nmembers:\n  - name: 甲\n    province: 海南省海口市\n")
    assert (data.consortium.members[0].province, data.consortium.members[0].city) == ("海南省", "海口市")
    other = read("name: 某联合体\nmembers:\n  - name: 甲\n    province: 海南省海口市\n    city: 三亚市\n")
    assert other.consortium.members[0].city == "三亚市"
    assert [notice.sort for notice in other.notices] == ["understood", "ask"]


@pytest.mark.parametrize(
    "typed",
    ["20250701", "45839", "2025年7月1号", "2025-07-01 09:30", "二〇二五年七月一日", "2025/7/1 0:00:00"],
)
def test_a_day_is_read_however_it_is_written(read: Read, typed: str) -> None:
    assert read(f"name: 某联合体\nfiling_date: '{typed}'\n").consortium.filing_date == date(2025, 7, 1)


@pytest.mark.parametrize(("typed", "years"), [("三年", 3), ("三", 3), ("3年", 3), ("叁", 3)])
def test_a_term_is_read_in_words(read: Read, typed: str, years: int) -> None:
    assert read(f"name: 某联合体\nterm: {{years: {typed}}}\n").consortium.term.years == years


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("filing_date: 2016年5月", ("只写到月", "2016-05-01")),
        ("filing_date: 3/1/2026", ("次序分不清",)),
        ("filing_date: 26年3月1日", ("两位",)),
        ("term: {years: 2.5}", ("不是整年",)),
        ("term: {years: 两年半}", ("不是整年",)),
        ("members: [{name: 甲, accounts: [{year: 2020, sales: '￥86,000'}]}]", ("86,000 元", "86,000 万元")),
        ("members: [{name: 甲, accounts: [{year: 2022-2024, sales: 1}]}]", ("不止一年",)),
        ("members: [{name: 甲, accounts: [{year: 2022至2024年, sales: 1}]}]", ("不止一年",)),
        ("members: [{name: 甲, accounts: [{year: 2023/24年度, sales: 1}]}]", ("不止一年",)),
        ("funds: {sources: [{source: 自筹}]}", ("牵头单位自筹", "成员单位自筹")),
        ("stage: 属于", ("如果是“不属于”",)),
        ("members: [{name: 甲, staff: 约120}]", ("不是确切的数",)),
    ],
)
def test_what_has_two_meanings_is_asked_with_both(read: Read, line: str, words: tuple[str, ...]) -> None:
    data = read(f"name: 某联合体\n{line}\n")
    assert len(data.problems) == 1
    assert all(word in str(data.problems[0]) for word in words)


@pytest.mark.parametrize(
    ("key", "kept"),
    [
        ("金额（千元）", 120_000_00),
        ("金额(元)", 120_00),
        ("金额/亿元", 120 * 10**10),
        ("金额（万元）", 1_200_000_00),
    ],
)
def test_the_unit_of_a_key_is_the_unit_of_its_number(read: Read, key: str, kept: int) -> None:
    data = read(f"name: 某联合体\nfunds:\n  uses:\n    - 用途: 设备\n      {key}: 120\n")
    assert data.problems == ()
    assert data.consortium.funds.uses[0].amount == kept


@pytest.mark.parametrize("unit", ["万美元", "吨", "千克"])
def test_a_unit_of_a_key_that_cannot_be_reckoned_with_is_refused_by_name(read: Read, unit: str) -> None:
    data = read(f"name: 某联合体\nfunds:\n  uses:\n    - 用途: 设备\n      金额（{unit}）: 120\n")
    assert len(data.problems) == 1
    assert f"“{unit}”" in data.problems[0].message


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue()


@pytest.mark.parametrize("code", sorted(Catalogue().folders()))
@pytest.mark.parametrize("written", ["title", "id"])
def test_a_text_is_found_by_the_title_of_its_heading_too(
    tmp_path: Path, catalogue: Catalogue, code: str, written: str
) -> None:
    programme = catalogue.load(code)
    keys = map_keys(programme, {code: programme})
    for path, ids in keys.items():
        for title, id_ in list(ids.titles.items())[:3] if path != "attachments" else ():
            group, name = path.split(".")
            file = tmp_path / "data.yaml"
            key = title if written == "title" else id_
            file.write_text(f"name: 某\n{group}:\n  {name}:\n    '{key}': 正文写在这里。\n", encoding="utf-8")
            data = load(read_source(file), programme, known={code: programme})
            assert data.problems == ()
            assert list(getattr(getattr(data.consortium, group), name)) == [id_]


@pytest.mark.parametrize("key", ["no-such-clause", "第九十九条", "briefing"])
def test_an_unknown_id_is_told_at_its_own_place(tmp_path: Path, catalogue: Catalogue, key: str) -> None:
    programme = catalogue.load(min(catalogue.folders()))
    file = tmp_path / "data.yaml"
    file.write_text(f"name: 某\nagreement:\n  clauses:\n    {key}: 正文写在这里。\n", encoding="utf-8")
    data = load(read_source(file), programme, known={programme.code: programme})
    assert [problem.place.line for problem in data.problems] == [4]
    assert f"“{key}”" in data.problems[0].message


def test_a_filing_long_after_the_last_accounts_is_asked_about_at_its_date(read: Read) -> None:
    rows = "members: [{name: 甲, accounts: [{year: 2023, sales: 1}, {year: 2024, sales: 1}]}]"
    for day, asked in (("2025-06-20", 0), ("2062-06-20", 1), ("2022-03-01", 1)):
        data = read(f"name: 某联合体\nfiling_date: {day}\n{rows}\n")
        assert data.problems == ()
        assert [notice.path for notice in data.notices] == ["filing_date"] * asked


@pytest.mark.parametrize("char", ["\u200d", "\u200b", "\u00ad"])
def test_a_character_that_does_not_print_is_refused_without_a_word_about_other_programs(
    read: Read, char: str
) -> None:
    (problem,) = read(f"name: 某联合体\nmembers:\n  - name: 甲\n    task: 👩{char}💻攻关\n").problems
    assert "印不出来" in problem.message
    assert "Word" not in problem.message


@pytest.mark.parametrize("typed", ["不适用", "不涉及", "不设"])
def test_other_words_for_none_are_read_as_none_and_told(read: Read, typed: str) -> None:
    found = read(f"name: 某联合体\nmembers: [{{name: 甲, legal_representative: {typed}}}]\n")
    assert found.consortium.members[0].legal_representative == "无"
    assert any(typed in str(notice) and "“无”" in str(notice) for notice in found.notices)
