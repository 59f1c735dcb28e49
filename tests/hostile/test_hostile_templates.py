"""Templates from strangers: steps, output and nesting of one rendering are bounded, with a clear message."""

from __future__ import annotations

import time

import pytest

from generator.conditions.cel import Expression, ExpressionError
from generator.errors import ProgrammeError
from tests.pace import allowed
from tests.rendering.small_templates import consortium, filled, of_paragraphs

MEMBERS = [{"role": "牵头单位", "name": "甲"}, {"role": "成员单位", "name": "乙"}]
LITERAL = "['一','二','三','四','五','六','七','八','九','十']"
DOUBLED = "".join(
    f"{{% set t{at + 1} = ['x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x']|join(t{at}) %}}"
    for at in range(12)
)


def nested(levels: int, over: str, inside: str = "x") -> str:
    begins = "".join(f"{{% for a{level} in {over} %}}" for level in range(levels))
    return begins + inside + "{% endfor %}" * levels


ENDLESS = {
    "passages by their ids": "{% for c in agreement.clauses %}x{% endfor %}",
    "in passages": "{% if 'x' in agreement.clauses %}x{% endif %}",
    "a group": "{% for c in lead %}x{% endfor %}",
    "passages joined": "{{ agreement.clauses|join }}",
    "list literals": nested(9, LITERAL),
    "a text's characters": nested(8, "'零一二三四五六七八九'"),
    "rows set": "{% set r = rows(members, 8) %}" + nested(19, "r"),
    "rows by the billion": "{% for r in rows(members, 1000000000) %}x{% endfor %}",
    "in list literals": nested(4, LITERAL, "{% if 'y' in " + str(["x"] * 500) + " %}x{% endif %}"),
    "in doubled texts": DOUBLED.replace("t0", "'x'") + nested(4, LITERAL, "{% if 'y' in t12 %}x{% endif %}"),
    "texts joined": DOUBLED.replace("t0", "'xxxxxxxxxx'") + "{{ t12 }}",
    "a long text printed often": nested(4, LITERAL, "字" * 10_000),
    "much in a loop": nested(5, LITERAL, "{% if given(name) %}{% endif %}" * 500),
    "many options": nested(4, LITERAL, "{{ count(members, name=" + str(["x"] * 1_000) + ") }}"),
    "lists in lists": "{% set a = [1] %}" + "{% set a = [a, a] %}" * 3 + "x",
    "places of money": "{{ lead.revenue|in_unit('亿元', 1000000000) }}",
}


LACKING = {"rows set", "many options", "places of money", "rows by the billion"}


@pytest.mark.one_in(4)
@pytest.mark.parametrize("edition", ["draft", "blank"])
@pytest.mark.parametrize("kind", ENDLESS)
def test_what_has_no_end_ends_soon_and_says_so(kind: str, edition: str) -> None:
    data = consortium(members=MEMBERS) if edition == "draft" else None
    begun = time.monotonic()
    said, made = "", 0
    try:
        made = len(filled(of_paragraphs(ENDLESS[kind]), data).parts["word/document.xml"])
    except ProgrammeError as error:
        said = str(error)
    assert time.monotonic() - begun < allowed(10)
    assert len(said) < 1_000
    # Expressions over missing data are not evaluated, nor any in a blank form: those only print their blanks.
    assert ("第 1 段" in said and "请" in said) or (kind in LACKING and 0 < made < 1_000_000)


DEEP = {
    "sums": "{{ " + " + ".join(["1"] * 2_000) + " }}",
    "not": "{{ " + "not " * 2_000 + "true }}",
    "minus": "{{ " + "- " * 2_000 + "1 }}",
    "parentheses": "{{ " + "(" * 2_000 + "1" + ")" * 2_000 + " }}",
    "lists": "{{ " + "[" * 2_000 + "]" * 2_000 + " }}",
    "filters": "{{ name" + "|blank" * 2_000 + " }}",
    "names": "{{ name" + ".a" * 2_000 + " }}",
    "keys": "{{ name" + "['a']" * 2_000 + " }}",
    "and": "{{ " + " and ".join(["name"] * 2_000) + " }}",
    "inline if": "{{ " + "1 if name else " * 2_000 + "2 }}",
    "ifs": "{% if name %}" * 300 + "x" + "{% endif %}" * 300,
    "fors": nested(300, "members"),
    "fors that Python stops at": nested(22, "members"),
    "ifs that Python stops at": "{% if name %}" * 120 + "x" + "{% endif %}" * 120,
    "a long number": "{{ " + "9" * 5_000 + " }}",
    "a long number compared": "{% if 1 == " + "1" * 100_000 + " %}x{% endif %}",
}


@pytest.mark.parametrize("kind", DEEP)
def test_what_nests_too_deeply_is_refused_by_its_place(kind: str) -> None:
    with pytest.raises(ProgrammeError) as caught:
        filled(of_paragraphs("前一段", DEEP[kind]), consortium(members=MEMBERS))
    assert "第 2 段" in str(caught.value)
    assert len(str(caught.value)) < 1_000


@pytest.mark.parametrize(
    "tag",
    [
        "{{ 1e400 }}",
        "{{ 1e400|chinese }}",
        "{% if 1e999 > 2 %}x{% endif %}",
        r"{{ '\ud800' }}",
        r"{{ '\x01' }}",
        r"{{ '\u000b' }}",
        r"{{ name ~ '\uffff' }}",
        "{{ 1 % 0 }}",
    ],
)
def test_a_value_that_no_document_holds_is_refused_by_its_place(tag: str) -> None:
    with pytest.raises(ProgrammeError) as caught:
        filled(of_paragraphs("前一段", tag), consortium())
    assert "第 2 段" in str(caught.value)


@pytest.mark.parametrize("tag", ["{% set x = {'a': 1} %}", "{{ name[0:2] }}", "{% set x %}甲{% endset %}"])
def test_what_is_not_in_the_vocabulary_is_refused(tag: str) -> None:
    with pytest.raises(ProgrammeError):
        filled(of_paragraphs(tag), consortium())


def test_ordinary_loops_tests_and_lists_still_fill() -> None:
    text = (
        "{% for m in rows(members, 3) %}{{ loop.index }}{{ m.name }}"
        "{% if m.name in ['乙', '丙'] %}！{% endif %}{% if m.name not in ('乙', '丙') %}。{% endif %}{% endfor %}"
        "{% for mark in ['甲', '乙'] %}{{ mark }}{% endfor %}"
    )
    rendered = filled(of_paragraphs(text), consortium(members=MEMBERS))
    assert "1甲。2乙！甲乙" in rendered.parts["word/document.xml"].decode()


@pytest.mark.parametrize(
    "test",
    [
        "[1,2].map(a, [1,2].map(b, a)).size() > 0",
        '["x"].map(a, a + a).map(b, b + b).size() > 0',
        "[1] . map ( a, a).map(b, b) == [1]",
        "(" * 200 + "true" + ")" * 200,
        "!!" * 200 + "true",
        " || ".join(["true"] * 1_000),
        " && ".join(["[1].all(a, a > 0)"] * 30),
    ],
)
def test_a_condition_that_could_take_all_memory_does_not_compile(test: str) -> None:
    with pytest.raises(ExpressionError):
        Expression(test, {})
