"""The starter file, the bookmarks of templates and the JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import jsonschema
import pytest
import yaml
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.base.files import shipped
from generator.base.ooxml.bookmarks import Anchor, anchors
from generator.base.tree import plain
from generator.base.yaml import read_yaml
from generator.errors import ProgrammeError
from generator.model.catalogue import Catalogue
from generator.model.consortium import OF_A_FILING
from generator.model.fields import FieldSpec, Part
from generator.model.paths import given as given_values
from generator.model.programme import Programme
from generator.readers.load import load
from generator.readers.source_file import read_source
from generator.writers.json_schema import json_schema
from generator.writers.starter import NAME_PLACEHOLDER, starter_yaml
from tests.pace import examples, first_quickly

CODES = sorted(Catalogue().folders())


def bookmark(paragraph: Any, name: str, *, at_body: bool = False) -> None:
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for element in (start, end):
        element.set(qn("w:id"), str(abs(hash(name)) % 10_000))
    start.set(qn("w:name"), name)
    if at_body:
        paragraph._p.addprevious(start)
        paragraph._p.addprevious(end)
    else:
        paragraph._p.insert(0, start)
        paragraph._p.append(end)


@pytest.fixture
def template(tmp_path: Path) -> Path:
    document = docx.Document()
    bookmark(document.add_paragraph("一、组建{{ noun }}背景"), "section.background")
    bookmark(document.add_paragraph("{%p if x %}"), "section_aims")
    document.add_paragraph("二、目标")
    document.add_paragraph("正文")
    bookmark(document.add_paragraph("第三条"), "clause.terms", at_body=True)
    bookmark(document.add_paragraph("签字"), "sign.lead")
    bookmark(document.add_table(1, 1).cell(0, 0).add_paragraph("表中"), "clause.in-table")
    bookmark(document.add_paragraph(), "section.last")
    path = tmp_path / "plan.docx"
    document.save(str(path))
    return path


def test_anchors_are_read_in_order_with_their_headings(template: Path) -> None:
    assert list(anchors(template)) == [
        Anchor("section", "background", "一、组建背景"),
        Anchor("section", "aims", "二、目标"),
        Anchor("clause", "terms", "第三条"),
        Anchor("clause", "in-table", "表中"),
        Anchor("section", "last", ""),
    ]


@pytest.mark.parametrize("data", [None, b"", b"PK\x03\x04", b"text"])
def test_a_template_that_is_none_is_told(tmp_path: Path, data: bytes | None) -> None:
    path = tmp_path / "a.docx"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(ProgrammeError) as refused:
        anchors(path)
    assert "a.docx" in str(refused.value)


@pytest.fixture
def rich(first: Programme, template: Path) -> Programme:
    return Programme.model_validate(
        {
            **first.model_dump(by_alias=True, exclude={"folder"}),
            "folder": template.parent,
            "documents": [{"id": "plan", "title": "方案", "template": template.name}],
            "name_pattern": "某省{}创新联合体",
            "limits": [
                {"path": "goals.text", "max": 500, "clause": "三（一）"},
                {"path": "lead.position", "max": 200, "clause": "表六"},
                {"path": "plan.sections.background.text", "min": 300, "clause": "附2"},
            ],
        }
    )


def lines_of(text: str, start: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip().startswith(start)]


def test_a_starter_says_what_each_field_wants(rich: Programme) -> None:
    text = starter_yaml(rich)
    assert lines_of(text, "联合体名称:") == [f"联合体名称: {NAME_PLACEHOLDER}  # 写成“某省×××创新联合体”"]
    assert "不超过 500 字（三（一））" in lines_of(text, "技术创新目标:")[0]
    assert "牵头单位不超过 200 字（表六）" in lines_of(text, "行业地位:")[0]
    assert "企业 / 高等学校 / 科研院所 / 其他" in lines_of(text, "单位性质:")[0]
    assert "单位：项" in lines_of(text, "申请专利数:")[0]
    assert "单位：万美元" in lines_of(text, "出口创汇:")[0]
    assert lines_of(text, "background:") == ["    background:  # 一、组建背景；不少于 300 字（附2）"]
    assert lines_of(text, "terms:") == ["    terms:  # 第三条"]
    assert lines_of(text, "licence:") == ["  licence:  # 营业执照复印件；必备"]
    assert lines_of(text, "技术总师:")
    assert not lines_of(text, "首席科学家:")


def every_field(part: type[Part]) -> Iterator[FieldSpec]:
    for spec in part.specs().values():
        yield spec
        if spec.part is not None and spec.shape != "map":
            yield from every_field(spec.part)


def check_starter(programme: Programme, known: dict[str, Programme], folder: Path) -> None:
    text = starter_yaml(programme)
    path = folder / "new.yaml"
    path.write_text(text, encoding="utf-8")
    blank = load(read_source(path), programme, known=known)
    assert [problem.path for problem in blank.problems] == ["name"]
    path.write_text(text.replace(NAME_PLACEHOLDER, "甲联合体"), encoding="utf-8")
    dataset = load(read_source(path), programme, known=known)
    assert dataset.problems == ()
    assert [(path, value) for path, _, value in given_values(dataset.consortium)] == [
        ("name", "甲联合体"),
        ("members[0].role", "牵头单位"),
        ("members[1].role", "成员单位"),
    ]
    # What belongs to a filing stands there as a comment.
    keys = {line.partition(":")[0].strip(" -#") for line in text.splitlines()}
    for spec in every_field(programme.model):
        labels = {label for path, label in programme.labels.items() if f".{path}".endswith(f".{spec.name}")}
        assert keys & {spec.title, *labels}, spec.title


def test_a_starter_loads_as_it_is_once_it_has_a_name(rich: Programme, tmp_path: Path) -> None:
    check_starter(rich, {rich.code: rich}, tmp_path)


@pytest.mark.parametrize("code", CODES)
def test_every_programme_s_starter_loads_as_it_is_once_it_has_a_name(code: str, tmp_path: Path) -> None:
    catalogue = Catalogue()
    check_starter(catalogue.load(code), {code: catalogue.load(code) for code in CODES}, tmp_path)


def test_a_starter_can_be_filled_at_every_line(rich: Programme, tmp_path: Path) -> None:
    answers = {
        "terms:": "无",
        "住所地:": "某市某路: 1 号",
        "职工总数:": "1,200 人",
        "近期目标:": "|\n      一\n      二",
    }
    lines = []
    for line in starter_yaml(rich).replace(NAME_PLACEHOLDER, "甲").splitlines():
        key = line.partition("  # ")[0]
        answer = answers.get(key.strip(), "")
        lines.append(f"{key} '{answer}'" if ":" in answer else f"{key} {answer}" if answer else line)
    text = "\n".join(lines)
    path = tmp_path / "new.yaml"
    path.write_text(text, encoding="utf-8")
    dataset = load(read_source(path), rich, known={rich.code: rich})
    assert dataset.problems == ()
    values = {path: value for path, _, value in given_values(dataset.consortium)}
    assert values["agreement.clauses.terms.text"] == "无"
    assert values["members[1].address"] == "某市某路: 1 号"
    assert values["members[0].staff"] == 1200
    assert values["goals.near"] == "一\n二\n"


# The JSON Schema.

TEXTS = st.text('甲乙AB&<" \n', min_size=1, max_size=6).filter(lambda text: bool(text.strip()))
IDS = st.sampled_from(["goals", "risk", "licence"])


def kind_values(spec: FieldSpec) -> st.SearchStrategy[Any]:
    assert spec.kind is not None
    match spec.kind.name:
        case "choice":
            return st.sampled_from(spec.kind.options)
        case "flag":
            return st.sampled_from(["是", "否", True, False])
        case "date":
            return st.dates().filter(lambda day: day.year >= 1900).map(str)
        case "year":
            # No later than any filing date above can be.
            return st.integers(1900, 2199) if not spec.bounds.past else st.just(1900)
        case "credit_code":
            return st.just("91410000MA3X12345T") | st.just("无")
        case "count":
            bounds = spec.bounds
            return st.integers(bounds.least or 0, bounds.most or 1000) | st.just("无") | st.just("15")
        case "money" | "share":
            return st.integers(0, 100) | st.just("1.5") | st.just("无")
        case _:
            return TEXTS


def spec_values(spec: FieldSpec) -> st.SearchStrategy[Any]:
    if spec.part is None:
        one = kind_values(spec)
    else:
        one = records(spec.part)
        if "text" in spec.part.specs():
            one = TEXTS | TEXTS.map(lambda text: {"text": text})
    if spec.shape == "list":
        return st.lists(one, max_size=2) | st.just("无") | st.none()
    if spec.shape == "map":
        return st.dictionaries(IDS, st.lists(one, max_size=2) if spec.part is None else one, max_size=2)
    return one | st.none()


@st.composite
def records(draw: st.DrawFn, part: type[Part], without: frozenset[str] = frozenset()) -> dict[str, Any]:
    specs = [spec for name, spec in part.specs().items() if name not in without]
    chosen = draw(st.lists(st.sampled_from(specs), max_size=3, unique_by=lambda spec: spec.name))
    return {draw(st.sampled_from(spec.keys)): draw(spec_values(spec)) for spec in chosen}


@pytest.mark.thorough
@settings(max_examples=examples(60), suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_made_records_fit_the_schema_and_load(
    first: Programme, second: Programme, tmp_path: Path, data: st.DataObject
) -> None:
    known = {first.code: first, second.code: second}
    record = data.draw(records(first.model, frozenset({"name", *OF_A_FILING})))
    record["联合体名称"] = "甲"
    record["filings"] = {first.code: data.draw(records(first.model, frozenset({"name"})))}
    validator(known).validate(record)
    path = tmp_path / "data.yaml"
    path.write_text(yaml.safe_dump(record, allow_unicode=True), encoding="utf-8")
    assert load(read_source(path), first, known=known).problems == ()


_validators: dict[tuple[str, ...], jsonschema.Draft202012Validator] = {}


def validator(known: dict[str, Programme]) -> jsonschema.Draft202012Validator:
    key = tuple(known)
    if key not in _validators:
        schema = json_schema(known.values())
        jsonschema.Draft202012Validator.check_schema(schema)
        _validators[key] = jsonschema.Draft202012Validator(schema)
    return _validators[key]


@pytest.mark.thorough
@pytest.mark.parametrize(
    "record",
    [
        {},
        {"industry": "氢能"},
        {"name": "甲", "industy": "氢能"},
        {"name": "甲", "accepted": []},
        {"name": "甲", "judged": []},
        {"name": "甲", "members": [{"单位性质": "国企"}]},
        {"name": "甲", "members": "乙公司"},
        {"name": "甲", "contact": ["张三"]},
        {"name": "甲", "filings": {"third/none": {}}},
        {"name": "甲", "filings": {"first/one": {"members": [{"bureau": "局"}]}}},
    ],
)
def test_a_faulty_record_does_not_fit_the_schema(
    first: Programme, second: Programme, record: dict[str, Any]
) -> None:
    assert not validator({first.code: first, second.code: second}).is_valid(record)


def test_the_schema_knows_titles_help_and_own_fields(first: Programme, second: Programme) -> None:
    schema = json_schema([second, first])
    assert schema["properties"]["产业领域"]["title"] == "产业领域"
    assert schema["properties"]["重点产业"] == schema["properties"]["industry"]
    members = schema["$defs"]["base.members"]["properties"]
    assert members["开户银行"] == members["bank"]
    assert "主管局" in members
    assert "bureau" not in schema["$defs"]["first-one.members"]["properties"]
    assert members["credit_code"]["title"] == "统一社会信用代码"
    assert "营业执照" in members["name"]["description"]


def test_the_schema_is_the_same_whatever_the_order(first: Programme, second: Programme) -> None:
    assert json_schema([first, second]) == json_schema([second, first])


@pytest.mark.thorough
@pytest.mark.parametrize(
    "path", first_quickly(sorted(shipped("data").glob("*.yaml"), reverse=True)), ids=lambda path: path.name
)
def test_every_example_fits_the_schema(path: Path) -> None:
    catalogue = Catalogue()
    record = plain(read_yaml(path.read_bytes(), path.name))
    assert not list(validator({code: catalogue.load(code) for code in CODES}).iter_errors(record))
