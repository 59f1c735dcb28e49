"""What ``having`` and ``count`` pick from a list, and what they ask for."""

from __future__ import annotations

from tests.rendering.small_templates import consortium, filled, lines, of_paragraphs

BUILT = "level='国家级', status='已建成运行'"


def test_nothing_is_picked_from_a_list_that_was_not_given_but_its_absence() -> None:
    template = of_paragraphs(
        "{%p for p in rows(having(platforms, level='国家级'), 3) %}", "{{ p.name }}", "{%p endfor %}"
    )
    assert lines(filled(template, consortium())) == ["〔待填：平台名称〕"]
    assert lines(filled(template, consortium(platforms=[]))) == ["无"]


def test_counting_asks_a_field_only_of_items_that_the_fields_before_it_have_picked() -> None:
    template = of_paragraphs(f"{{{{ count(platforms, {BUILT}) }}}}")
    built = {"name": "甲", "level": "国家级", "status": "已建成运行"}
    other = {"name": "乙", "level": "市级"}
    assert lines(filled(template, consortium(platforms=[built, other]))) == ["1"]
    unsaid = {"name": "丙", "level": "国家级"}
    assert lines(filled(template, consortium(platforms=[built, unsaid]))) == ["〔待填：状态〕"]
