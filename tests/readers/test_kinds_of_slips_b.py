"""More kinds of slips of clerks, as in test_kinds_of_slips: codes, routes, young enterprises, attachments, templates."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.cli import main
from tests.packet.making import pdf
from tests.pdf.word import docx, paragraph
from tests.readers.test_kinds_of_slips import (
    ALLIANCE,
    CODES,
    DATA,
    HAINAN,
    HENAN,
    HUBEI,
    YUNNAN,
    judged,
    text_of,
    texts,
    verdict,
)
from tests.workflows.trial_scheme import errors, printed_by, scheme

__all__ = ["judged"]  # a fixture
pytestmark = pytest.mark.thorough


@pytest.mark.parametrize(
    ("code", "typed"), list(zip(CODES, [["甲", "乙"], "待定", "？", ["甲"], "同上"], strict=True))
)
def test_9_an_unreadable_name_leaves_the_check_of_the_others_on(judged: Any, code: str, typed: Any) -> None:
    members = yaml.safe_load(text_of(code))["members"]
    members[1]["name"] = typed
    members[3]["name"] = members[2]["name"]
    said = judged(code, ("members",), members)
    assert verdict(said, "common.duplicate-names") == "fail"
    assert members[2]["name"] in next(
        one["message"] for one in said["findings"] if one["rule"] == "common.duplicate-names"
    )


@pytest.mark.parametrize(
    ("code", "typed"), list(zip(CODES, ["9141O", "9.14103E+17", "待补充", "91420", "TBD"], strict=True))
)
def test_9_an_unreadable_code_leaves_the_checks_of_the_others_on(judged: Any, code: str, typed: str) -> None:
    members = yaml.safe_load(text_of(code))["members"]
    members[1]["credit_code"] = typed
    right = members[2]["credit_code"]
    members[2]["credit_code"] = right[:-1] + ("1" if right[-1] == "0" else "0")
    members[3]["credit_code"] = members[0]["credit_code"]
    said = judged(code, ("members",), members)
    assert verdict(said, "common.duplicate-credit-codes") == "fail"
    assert verdict(said, "common.credit-code-check-digit") == "warn"


@pytest.mark.parametrize(
    ("typed", "recommender"),
    [
        ("自下而上自主申报", "无"),
        ("自下而上 自主申报", "昆明市科学技术局"),
        ("自下而上、自主申报", "无"),
        ("自主申报（自下而上）", "昆明市科学技术局"),
        ("由下而上", "无"),
    ],
)
def test_10_a_route_in_the_policys_words(judged: Any, typed: str, recommender: str) -> None:
    data = yaml.safe_load(text_of(YUNNAN))
    said = judged(
        YUNNAN, text_of(YUNNAN), yaml.safe_dump({**data, "route": typed, "recommender": recommender})
    )
    assert verdict(said, "route") == "pass"
    assert verdict(said, "recommender") == ("fail" if recommender == "无" else "pass")
    assert "作“自下而上”" in texts(said)


@pytest.mark.parametrize("typed", ["定向委托", "非自上而下", "揭榜挂帅、自下而上自主申报"])
def test_10_a_route_that_is_not_known_does_not_do_without_a_recommender(judged: Any, typed: str) -> None:
    data = yaml.safe_load(text_of(YUNNAN))
    said = judged(YUNNAN, text_of(YUNNAN), yaml.safe_dump({**data, "route": typed, "recommender": "无"}))
    assert verdict(said, "recommender") == "fail"
    assert said["blocked"]


RECOMMENDER = ("recommender",)
CHIEF = ("chief_scientist", "name")
DECISION = ("bodies", "decision", "name")


@pytest.mark.parametrize(
    ("code", "path", "rule", "typed"),
    [
        (YUNNAN, RECOMMENDER, "recommender", "无推荐单位"),
        (YUNNAN, RECOMMENDER, "recommender", "×"),
        (YUNNAN, RECOMMENDER, "recommender", "无（直接申报）"),
        (HAINAN, RECOMMENDER, "recommender", "免于推荐"),
        (HAINAN, RECOMMENDER, "recommender", "不经推荐"),
        (HENAN, CHIEF, "chief-scientist", "无人选"),
        (HENAN, CHIEF, "chief-scientist", "本项无"),
        (HUBEI, DECISION, "decision-body", "无机构"),
        (HUBEI, DECISION, "decision-body", "并无"),
    ],
)
def test_10_none_in_other_words_never_passes(
    judged: Any, code: str, path: tuple[str, ...], rule: str, typed: str
) -> None:
    assert verdict(judged(code, path, typed), rule) in {"judge", "unknown", "fail"}


@pytest.mark.parametrize("typed", ["无锡市科学技术局", "无人机产业促进办公室"])
def test_10_a_name_that_begins_so_is_a_name(judged: Any, typed: str) -> None:
    assert verdict(judged(HAINAN, ("recommender",), typed), "recommender") == "pass"


@pytest.mark.parametrize(
    ("founded", "years", "told", "first"),
    [
        (2024, (2024,), "pass", "pass"),
        ("2024年12月", (2024,), "pass", "pass"),
        ("2023-12-20", (2024,), "pass", "warn"),
        (2023, (2023, 2024), "pass", "pass"),
        (2022, (2023, 2024), "pass", "warn"),
        (2022, (2024,), "fail", "pass"),
        # Accounts of years before there was the enterprise: one of the two is a slip.
        (2024, (2023, 2024), "fail", "pass"),
        (2026, (2024,), "fail", "pass"),
        (2024, (2022, 2023, 2024), "pass", "warn"),
    ],
)
def test_11_a_young_enterprise_by_its_time_of_business(
    judged: Any, founded: Any, years: tuple[int, ...], told: str, first: str
) -> None:
    members = yaml.safe_load(text_of(HAINAN))["members"]
    members[0]["established"] = founded
    members[0]["accounts"] = [{"year": year, "sales": 60000, "rd": 3000} for year in years]
    said = judged(HAINAN, ("members",), members)
    assert (verdict(said, "rd-years"), verdict(said, "rd-first-year")) == (told, first)
    assert verdict(said, "rd-spending") == "pass"
    assert said["blocked"] is (told == "fail")


@pytest.mark.parametrize(
    ("code", "item", "given"),
    [
        (HAINAN, "rd-team", ["名单.pdf"]),
        (HUBEI, "authorisation", ["有.pdf", "没有.jpg"]),
        (YUNNAN, "recommendation", ["子目录/推荐函.pdf"]),
        (ALLIANCE, "systems", ["空.pdf"]),
        (HENAN, "licences", ["证照.docx"]),
        (HUBEI, "evidence", "有.pdf"),
        (YUNNAN, "licences", ["待补充"]),
    ],
)
def test_14_check_and_signing_agree_on_attachments(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str, item: str, given: Any
) -> None:
    for name, content in {"有.pdf": pdf(1), "空.pdf": b"", "证照.docx": b"PK"}.items():
        (tmp_path / name).write_bytes(content)
    file = tmp_path / "数据.yaml"
    more = yaml.safe_dump({"attachments": {item: given}}, allow_unicode=True)
    file.write_text(f"{text_of(code)}\n{more}", encoding="utf-8")
    checked = main(["check", str(file), "-p", code])
    ready = "可以出签署版" in capsys.readouterr().out
    order = ["packet", str(file), "-p", code, "--edition", "signing", "--no-pdf", "-o", str(tmp_path / "出")]
    made = main(order)
    assert (made == 0) is ready
    assert (made == 3) is (checked == 3)


@pytest.mark.parametrize("other", [one for one in CODES if one != ALLIANCE])
def test_16_a_rollup_does_not_take_in_another_schemes_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], other: str
) -> None:
    folder = tmp_path / "收到"
    folder.mkdir()
    shutil.copy(DATA / "henan-alliance-2020.yaml", folder / "甲.yaml")
    shutil.copy(DATA / f"{other.replace('/', '-')}.yaml", folder / "乙.yaml")
    assert main(["rollup", ALLIANCE, str(folder), "-o", str(tmp_path / "汇总"), "--no-pdf"]) == 1
    said = capsys.readouterr().err
    assert "没有列入 乙.yaml：像是按" in said
    assert "待填" not in said


def test_16_a_file_that_says_it_is_for_this_scheme_is_believed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "乙.yaml"
    file.write_text(f"{text_of(HUBEI)}\nfilings:\n  {ALLIANCE}:\n    sector: 工业\n", encoding="utf-8")
    assert main(["rollup", ALLIANCE, str(file), "-o", str(tmp_path / "汇总"), "--no-pdf"]) == 0
    assert "没有列入" not in capsys.readouterr().err


LEAD = {"role": "牵头单位", "name": "甲公司"}
WHOLE = {**LEAD, "kind": "企业", "staff": "150", "high_tech": True, "above_scale": False}


@pytest.fixture
def printed(tmp_path: Path) -> Callable[..., tuple[str, dict[str, str]]]:
    def fill(text: str, lead: Any, **more: Any) -> tuple[str, dict[str, str]]:
        folder = scheme(tmp_path, docx(paragraph(text.replace(">", "&gt;"))))
        assert errors(folder) == []
        return printed_by(folder, "signing", {"name": "甲", "members": [lead], **more})

    return fill


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{% for m in members %}{% if m.high_tech %}是{% else %}否{% endif %}{% endfor %}", "是"),
        ("{% if 牵头单位.高新技术企业 %}是{% else %}否{% endif %}", "是"),
        ("{{ '是' if lead.high_tech else '否' }}", "是"),
        ("{% if lead.kind == '企业' and lead.high_tech %}是{% else %}否{% endif %}", "是"),
        ("{% if not (lead.high_tech or lead.above_scale) %}都不是{% else %}有{% endif %}", "有"),
        ("{{ tick(lead.kind in ['企业', '高等学校']) }}", "☑"),
        ("{{ tick(not lead.high_tech) }}", "☐"),
        ("{{ tick(lead.staff > 100) }}", "☑"),
        ("{% for m in members %}{{ tick(m.kind == '企业' and m.name == '甲公司') }}{% endfor %}", "☑"),
    ],
)
def test_16_what_hangs_on_an_unfilled_value_is_missing(printed: Any, text: str, shown: str) -> None:
    assert printed(text, WHOLE) == (shown, {})
    _, missing = printed(text, LEAD)
    assert missing


@pytest.mark.parametrize(
    ("text", "with_file", "without"),
    [
        ("{{ tick(given(附件.proof)) }}", "☑", "☐"),
        ("{{ tick(given(attachments['proof'])) }}", "☑", "☐"),
        ("{% if not given(attachments.proof) %}缺{% else %}附{% endif %}", "附", "缺"),
    ],
)
def test_16_a_given_attachment_is_given(printed: Any, text: str, with_file: str, without: str) -> None:
    assert printed(text, WHOLE, attachments={"proof": ["甲.pdf", "乙.pdf"]}) == (with_file, {})
    assert printed(text, WHOLE) == (without, {})


@pytest.mark.parametrize(("code", "key"), [(HENAN, "licence"), (HAINAN, "营业执照"), (YUNNAN, "foo")])
def test_14_an_attachment_that_no_list_has_is_asked_about(judged: Any, code: str, key: str) -> None:
    said = judged(code, ("attachments",), {key: ["某.pdf"]})
    assert said["exit"] == 3
    assert f"里没有“{key}”" in texts(said)
