"""What a key may be called."""

from __future__ import annotations

from typing import Any

import pytest

from generator.model.programme import Programme
from tests.pace import allowed


@pytest.mark.parametrize(
    "key",
    [
        "chief_scientist",
        "首席科学家",
        "首席专家",
        "首席专家（科学家）",
        "首席专家(科学家)",
        "技术总师",
        "Chief_Scientist",
    ],
)
def test_a_field_answers_to_name_title_alias_and_the_programme_s_label(loaded: Any, key: str) -> None:
    dataset = loaded(f"联合体名称: 甲\n{key}:\n  姓名: 李四\n")
    assert dataset.problems == ()
    assert dataset.consortium.chief_scientist.name == "李四"


def test_every_title_and_alias_of_the_model_means_its_own_field(first: Programme) -> None:
    from generator.readers.field_names import Position

    def check(position: Position) -> None:
        for name, spec in position.part.specs().items():
            for key in spec.keys:
                found = position.find(key)
                assert found is not None
                assert found.name == name, key
            if spec.part is not None:
                check(position.below(spec))

    check(Position.top(first, []))


def test_titles_of_other_programmes_are_understood(loaded: Any) -> None:
    dataset = loaded("name: 甲\n重点产业: 氢能\nmembers:\n  - 参与层级: 核心层单位\n")
    assert dataset.problems == ()
    assert dataset.consortium.industry == "氢能"
    assert dataset.consortium.members[0].tier == "核心层单位"


def test_a_field_of_another_programme_is_no_fault_here(loaded: Any, second: Programme) -> None:
    text = "name: 甲\nmembers:\n  - name: 乙\n    主管局: 某局\n    开户银行: 某行\n出口创汇: 不是数\n"
    assert [problem.path for problem in loaded(text).problems] == ["exports"]
    dataset = loaded(text, second)
    assert dataset.problems == ()
    assert dataset.consortium.members[0].bureau == "某局"


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("industy: 氢能", "industry"),
        ("首席科学加: {name: 甲}", "首席科学家"),
        ("members:\n  - 单位信质: 企业", "单位性质"),
        ("members:\n  - 技术总师: 甲", None),
    ],
)
def test_an_unknown_key_is_told_the_nearest_known_one(loaded: Any, text: str, near: str | None) -> None:
    (problem,) = loaded(f"name: 甲\n{text}\n").problems
    assert "没有“" in problem.message
    assert (f"改为“{near}”" in problem.remedy) is (near is not None)


def test_a_key_at_the_wrong_level_is_told_where_it_belongs(loaded: Any) -> None:
    (problem,) = loaded("name: 甲\n单位性质: 企业\n").problems
    assert problem.remedy == "把它移到“成员单位”下面"


def test_a_field_given_twice_under_two_names_is_a_fault_and_the_first_counts(loaded: Any) -> None:
    dataset = loaded("name: 甲\n联合体名称: 乙\n")
    (problem,) = dataset.problems
    assert problem.place.line == 2
    assert "“name”和“联合体名称”" in problem.message
    assert dataset.consortium.name == "甲"


def test_thousands_of_unknown_keys_are_each_listed_and_soon_done(loaded: Any) -> None:
    import time

    began = time.process_time()
    dataset = loaded("name: 甲\n" + "".join(f"未知{at}: 1\n" for at in range(20_000)))
    assert len(dataset.problems) == 20_000
    assert time.process_time() - began < allowed(5)


def test_an_attachment_may_be_named_by_its_title_on_the_checklist(loaded: Any) -> None:
    assert loaded("name: 甲\n附件:\n  营业执照复印件: a.pdf\n").consortium.attachments == {
        "licence": ("a.pdf",)
    }
