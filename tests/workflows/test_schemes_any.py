"""Any programme survives the workbook and comes back: generated over every construct of the model."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from generator.base.tree import plain
from generator.base.yaml import read_yaml
from generator.conditions.operations import OPERATIONS
from generator.model.programme import Programme
from generator.model.programme_book.read import read_book
from generator.model.programme_book.rows import canonical, leaves
from generator.model.value_kinds import KINDS
from generator.writers.programme.workbook import programme_workbook
from generator.writers.programme.yaml import programme_yaml
from tests.pace import examples

WORDS = st.sampled_from(
    [
        "企业",
        "申请书",
        "members[]",
        "lead.accounts[].rd",
        "成员单位[].单位性质",
        "甲；乙",
        "甲、乙",
        "一行\n二行",
        "是",
        "否",
        "true",
        "2000万元",
        "20%",
        "0.2",
        "2023-09-30",
        "2023年9月30日",
        "007",
        "1e5",
        "=1+1",
        "-5",
        "+86",
        "@x",
        "'引号",
        "“引号”",
        "{rd%sales}",
        "#N/A",
        "null",
        "~",
        "a: b",
        'rd * 100 >= sales * 3 && x in ["a"]',
        "甲 或 乙",
        "A1",
        "　全角空格　",
        " 前后空格 ",
        "_x0041_",
        "长" * 300,
    ]
)
# An option is a line: what YAML takes as a key has no more than 128 characters.
OPTIONS = WORDS.filter(lambda text: "\n" not in text and len(text) < 100)
IDS = st.sampled_from(["application", "agreement", "plan", "a-b", "rd", "sales", "firms"])
NUMBERS = st.integers(0, 9999).map(str)
FLAGS = st.sampled_from(["true", "false", "是", "否"])
PATHS = st.sampled_from(["members[].kind", "lead.name", "industry", "own", "term.years", "attachments.x"])
CRITERIA = st.dictionaries(
    st.sampled_from(["kind", "province", "abroad", "own"]),
    st.one_of(
        WORDS,
        st.lists(WORDS, min_size=2, max_size=3),
        st.dictionaries(
            st.sampled_from(["is", "not", "min", "max", "from", "to"]), WORDS, min_size=1, max_size=2
        ),
        st.fixed_dictionaries({"given": st.sampled_from(["是", "否"])}),
    ),
    min_size=1,
    max_size=2,
)


def of_type(annotation: Any, name: str) -> st.SearchStrategy[Any]:
    """Texts as a file has them, of the shape that a key wants."""
    if name in {"where", "when", "who"}:
        return CRITERIA
    inner = [each for each in get_args(annotation) if each is not type(None) and each is not Ellipsis]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return of_model(annotation)
    text = str(annotation)
    if text.startswith("tuple") and inner:
        if isinstance(inner[0], type) and issubclass(inner[0], BaseModel):
            return st.lists(of_model(inner[0]), min_size=1, max_size=2)
        return st.lists(PATHS if name in {"needs", "together"} else WORDS, min_size=1, max_size=3)
    if "bool" in text:
        return FLAGS
    if "Literal" in text:
        choices = [each for each in get_args(annotation) if isinstance(each, str)]
        choices = choices or [c for each in inner for c in get_args(each) if isinstance(c, str)]
        return st.sampled_from([str(choice) for choice in choices if choice] or ["x"])
    if "int" in text and "str" not in text:
        return NUMBERS
    if name == "id":
        return IDS
    if name == "kind":
        return st.sampled_from(sorted(KINDS))
    return next(
        (of_type(each, name) for each in inner if isinstance(each, type) and issubclass(each, BaseModel)),
        WORDS,
    )


def of_model(model: type[BaseModel]) -> st.SearchStrategy[dict[str, Any]]:
    if model.__name__ == "Figure":
        looked_at = st.one_of(PATHS, st.lists(PATHS, min_size=2, max_size=2))
        figure = st.tuples(
            st.sampled_from(sorted(OPERATIONS)),
            looked_at,
            st.fixed_dictionaries(
                {}, optional={"title": WORDS, "unit": WORDS, "where": CRITERIA, "last": NUMBERS}
            ),
        )
        return figure.map(lambda made: {made[0]: made[1], **made[2]})
    fields = [(field.alias or name, field) for name, field in model.model_fields.items() if not field.exclude]
    needed = {name: of_type(field.annotation, name) for name, field in fields if field.is_required()}
    more = {name: of_type(field.annotation, name) for name, field in fields if not field.is_required()}
    return st.fixed_dictionaries(needed, optional=more)


def programmes() -> st.SearchStrategy[dict[str, Any]]:
    top = {
        field.alias or name: of_type(field.annotation, field.alias or name)
        for name, field in Programme.model_fields.items()
        if not field.exclude and name not in {"schema_version", "code"}
    }
    figure = next(each for each in get_args(Programme.model_fields["figures"].annotation) if each is not str)
    top["figures"] = st.dictionaries(IDS, of_model(figure), max_size=2)
    top["labels"] = st.dictionaries(PATHS, WORDS, max_size=2)
    top["synonyms"] = st.dictionaries(
        PATHS,
        st.dictionaries(OPTIONS, st.lists(WORDS, min_size=1, max_size=2), min_size=1, max_size=2),
        max_size=1,
    )
    return st.fixed_dictionaries({"schema": st.just("1"), "code": st.just("a/b")}, optional=top)


def said(content: Any) -> dict[str, str]:
    return dict(leaves(canonical(content)))


@pytest.mark.thorough
@settings(
    max_examples=examples(40), deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)
@given(programmes())
def test_any_programme_comes_back_from_the_workbook_and_from_yaml(content: dict[str, Any]) -> None:
    again: Any = plain(read_yaml(programme_yaml(content).encode(), "programme.yaml"))
    assert said(again) == said(content)
    back: Any = plain(read_book(programme_workbook(content), "programme.xlsx"))
    assert said(back) == said(content)


def test_a_list_of_words_that_yaml_takes_for_nothing_comes_back() -> None:
    content = {"schema": "1", "upload": {"formats": ["null", "pdf", "Null"]}}
    assert plain(read_yaml(programme_yaml(content).encode(), "programme.yaml")) == content
