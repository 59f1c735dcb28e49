"""Model clauses: chosen by name, filled from the data, marked in drafts, never ahead of the parties' own text."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from generator.base.ooxml.bookmarks import anchors
from generator.errors import DataError, Place, ProgrammeError, RefusedError
from generator.model.catalogue import Catalogue
from generator.model.clauses import ModelClause, UnknownClauseError, read_library
from generator.model.consortium import Consortium, Passage
from generator.model.dataset import Dataset
from generator.model.programme import Programme
from generator.packet.assessment import Order, assess
from generator.packet.manifest import unprinted
from generator.packet.pipeline import build, make_documents
from generator.packet.session import Session
from generator.readers.source_file import read_source
from generator.rendering.context import MARK
from generator.rendering.context import build as names_of
from generator.rendering.model_clauses import ModelClauses
from generator.rendering.values import MISSING_OPEN, Edition, Record

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = Catalogue()
CLAUSES = read_library(CATALOGUE).clauses


def _clauses_of(programme: Programme) -> set[str]:
    document = next((one for one in programme.documents if one.id == "agreement"), None)
    return {anchor.id for anchor in anchors(programme.folder / document.template)} if document else set()


# Any scheme will do whose agreement has these clauses.
PROGRAMME = next(one for one in CATALOGUE.all().values() if {"breach", "disputes"} <= _clauses_of(one))
DATA = """\
联合体名称: 某某创新联合体
成员单位:
  - {角色: 牵头单位, 单位名称: "甲 {{ 7*7 }} <公司>", 任务分工: 牵头攻关。}
  - {角色: 成员单位, 单位名称: 乙大学, 任务分工: 基础研究。}
组建期: {年数: 3, 开始日期: 2025-07-01, 结束日期: 2028-06-30}
组建协议:
  签订地点: 某省某市
  协议份数: 5
  仲裁委员会: 某某仲裁委员会
  管辖法院: 某某人民法院
  协议条款:
"""


@cache
def full() -> Consortium:
    members = (
        {"role": "牵头单位", "name": "甲公司", "task": "牵头攻关。"},
        {"role": "成员单位", "name": "乙大学", "task": "基础研究。"},
    )
    return PROGRAMME.model.model_validate(
        {
            "name": "某某创新联合体",
            "members": members,
            "term": {"years": "3", "start": "2025-07-01", "end": "2028-06-30"},
            "agreement": {
                "signing_place": "某省某市",
                "copies": "5",
                "arbitration": "某某仲裁委员会",
                "court": "某某人民法院",
            },
        }
    )


def filled(names: str, consortium: Consortium, edition: Edition = "signing") -> tuple[str, Record]:
    clauses = ModelClauses(CATALOGUE)
    _, record = names_of(consortium, PROGRAMME, PROGRAMME.document("agreement"), edition, {}, clauses.fill)
    assert record.model_clause is not None
    return record.model_clause(names), record


def written(folder: Path, clauses: str, data: str = DATA) -> Path:
    path = folder / "data.yaml"
    lines = "".join(f"    {line}\n" for line in clauses.splitlines())
    path.write_text(data + lines, encoding="utf-8")
    return path


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: clause.id)
def test_every_clause_fills_whole_and_reads_as_a_clause(clause: ModelClause) -> None:
    text, record = filled(clause.id, full())
    assert record.missing == {}
    assert text.endswith("。")
    assert not re.search(r"[{}%〔〕]|\n\s*\n|《(?:中华人民共和国)?合同法》", text)
    assert len(text) > 20


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: clause.id)
def test_every_clause_marks_what_the_data_lacks(clause: ModelClause) -> None:
    text, record = filled(clause.id, PROGRAMME.model(name="某某"), "draft")
    asks = set(re.findall(r"\{\{ (\w+\.\w+)", clause.text)) - {
        "programme.noun",
        "loop.index",
        "m.name",
        "m.task",
    }
    assert bool(record.missing) == bool(asks or "members" in clause.text)
    assert (MISSING_OPEN in text) == bool(record.missing)


def test_each_matter_has_two_or_three_wordings() -> None:
    counted = {matter: sum(one.matter == matter for one in CLAUSES) for matter in {c.matter for c in CLAUSES}}
    assert set(counted.values()) <= {2, 3}
    assert len(counted) >= 14


def test_no_wording_of_disputes_agrees_on_both_ways() -> None:
    for clause in CLAUSES:
        if clause.matter == "争议解决":
            assert ("仲裁" in clause.text) != ("诉讼" in clause.text), clause.title


def test_a_clause_is_chosen_by_id_or_by_title_and_several_stand_in_order() -> None:
    by_id, by_title = filled("arbitration", full())[0], filled("提交仲裁", full())[0]
    assert by_id == by_title
    both = filled("提交仲裁、 law-domestic", full())[0]
    assert both == f"{by_id}\n{filled('适用我国法律', full())[0]}"


def test_the_mark_stands_in_drafts_only() -> None:
    assert filled("提交仲裁、适用我国法律", full(), "draft")[0].count(MARK) == 2
    assert MARK not in filled("提交仲裁", full(), "signing")[0]


def test_values_are_texts_never_tags(tmp_path: Path) -> None:
    source = read_source(written(tmp_path, "breach: {范本: 逐家列出任务}"))
    session = Session(CATALOGUE, engine=None)
    job = assess(source, PROGRAMME, Order(), session)
    agreement = next(made for made in make_documents(job) if made.document.id == "agreement")
    printed = agreement.record.printed["agreement.clauses.breach.variant"]
    assert any("甲{{ 7*7 }} <公司>：牵头攻关。" in text for text in printed)


def printed_under(folder: Path, clause: str) -> tuple[list[str], list[str]]:
    session = Session(CATALOGUE, engine=None)
    job = assess(read_source(written(folder, clause)), PROGRAMME, Order(), session)
    documents = make_documents(job)
    printed = [
        text
        for made in documents
        for path, texts in made.record.printed.items()
        if ".breach." in path
        for text in texts
    ]
    return printed, [one.field for one in unprinted(job, documents) if "breach" in one.field]


def test_text_of_the_data_wins_and_the_choice_is_told_to_be_unused(tmp_path: Path) -> None:
    printed, unused = printed_under(tmp_path, "breach: {正文: 各方另行约定。, 范本: 约定违约金}")
    assert printed == ["各方另行约定。"]
    assert unused == ["agreement.clauses.breach.variant"]


def test_an_unknown_name_is_told_with_its_line_and_the_names_there_are(tmp_path: Path) -> None:
    path = written(tmp_path, "disputes: {范本: 提交仲载}\nbreach: {范本: 约定违约金}")
    with pytest.raises(DataError) as caught:
        build(read_source(path), PROGRAMME, Order(), Session(CATALOGUE, engine=None))
    (problem,) = caught.value.problems
    line = next(
        n for n, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if "仲载" in text
    )
    assert problem.place == Place("data.yaml", line)
    assert problem.path == "agreement.clauses.disputes.variant"
    assert "没有参考条款“提交仲载”" in str(problem)
    assert "最接近的是“提交仲裁”" in problem.remedy
    assert all(clause.title in problem.remedy for clause in CLAUSES)


def test_a_missing_value_of_a_clause_is_refused_for_signing_by_its_field(tmp_path: Path) -> None:
    data = DATA.replace("  仲裁委员会: 某某仲裁委员会\n", "")
    source = read_source(written(tmp_path, "disputes: {范本: 提交仲裁}", data))
    with pytest.raises(RefusedError, match="组建协议的“仲裁委员会”没有填写"):
        build(source, PROGRAMME, Order(edition="signing"), Session(CATALOGUE, engine=None))


def judged_texts(programme: Programme, **clauses: Any) -> Dataset:
    consortium = full()
    assert consortium.agreement is not None
    changed = consortium.agreement.model_copy(update={"clauses": clauses})
    dataset = Dataset(consortium.model_copy(update={"agreement": changed}), {}, file="data.yaml")
    return ModelClauses(CATALOGUE).spelled_out(dataset, programme)


def test_conditions_see_a_chosen_clause_as_a_text() -> None:
    agreement = judged_texts(
        PROGRAMME, disputes=Passage(variant="提交仲裁"), breach=Passage(text="自拟。")
    ).consortium.agreement
    assert agreement is not None
    assert agreement.clauses is not None
    assert "某某仲裁委员会" in (agreement.clauses["disputes"].text or "")
    assert agreement.clauses["breach"].text == "自拟。"


def test_conditions_see_what_a_chosen_clause_lacks_as_to_be_filled() -> None:
    consortium = PROGRAMME.model(name="某某", agreement={"clauses": {"disputes": {"variant": "提交仲裁"}}})
    told = ModelClauses(CATALOGUE).spelled_out(Dataset(consortium, {}, file="data.yaml"), PROGRAMME)
    assert told.consortium.agreement is not None
    assert told.consortium.agreement.clauses is not None
    assert "〔待填：仲裁委员会〕" in (told.consortium.agreement.clauses["disputes"].text or "")


def test_a_dataset_without_model_clauses_is_left_as_it_is() -> None:
    dataset = Dataset(full(), {}, file="data.yaml")
    assert ModelClauses(Catalogue(Path("/nowhere"))).spelled_out(dataset, PROGRAMME) is dataset


def library_of(folder: Path, text: str) -> ModelClauses:
    (folder / "common").mkdir()
    content = f"schema: 1\nmatters:\n  m:\n    title: 事项\n    variants:\n      own:\n        title: 自定\n        text: {text}\n"
    (folder / "common" / "clauses.yaml").write_text(content, encoding="utf-8")
    return ModelClauses(Catalogue(folder))


def test_a_department_s_own_library_goes_before_the_built_in_one(tmp_path: Path) -> None:
    clauses = library_of(tmp_path, '"由{{ lead.name }}负责。"')
    context, _ = names_of(full(), PROGRAMME, PROGRAMME.document("agreement"), "signing", {})
    assert clauses.fill("自定", context) == ["由甲公司负责。"]
    with pytest.raises(UnknownClauseError):
        clauses.fill("提交仲裁", context)


@pytest.mark.parametrize(
    "text",
    [
        '"{{ lead.nonsense }}"',
        '"{{ lead.name"',
        "\"{{ ''.__class__ }}\"",
        '"{{ lead }}"',
        "\"{% include 'x' %}\"",
    ],
)
def test_a_clause_with_a_wrong_tag_is_told_with_its_place(tmp_path: Path, text: str) -> None:
    context, _ = names_of(full(), PROGRAMME, PROGRAMME.document("agreement"), "signing", {})
    with pytest.raises(ProgrammeError, match=r"common/clauses\.yaml 第 7 行：参考条款“自定”的标签写法有误"):
        library_of(tmp_path, text).fill("own", context)


def test_the_list_for_people_has_every_clause_with_its_note() -> None:
    text = (ROOT / "docs" / "clauses.md").read_text(encoding="utf-8")
    for clause in CLAUSES:
        assert f"| {clause.title} | `{clause.id}` | {clause.note} |" in text
