"""docs/ lists every key, name, function and filter that exists, and no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import docx
import pytest
import yaml
from pydantic import BaseModel

from generator.conditions.operations import OPERATIONS
from generator.conditions.rules import rule_problems
from generator.model.catalogue import Catalogue
from generator.model.programme import FIGURE_OPERATORS, Programme
from generator.model.value_kinds import KINDS
from generator.packet.session import Session
from generator.rendering.context import build
from generator.rendering.functions import FILTERS, FUNCTIONS
from generator.rendering.sandbox import Sandbox
from generator.workflows.blank import blank_documents
from generator.workflows.lint.folder import lint

DOCS = Path(__file__).resolve().parents[2] / "docs"
FORMAT = (DOCS / "programme-format.md").read_text(encoding="utf-8")
NAMES = (DOCS / "template-names.md").read_text(encoding="utf-8")


def chapter(text: str, heading: str, level: str = "##") -> str:
    """A chapter's text, up to the next heading of its level or a higher one."""
    found = re.search(
        rf"^{level} {re.escape(heading)}.*?$(.*?)(?=^#{{2,{len(level)}}} |\Z)", text, re.MULTILINE | re.DOTALL
    )
    assert found, f"no chapter {heading}"
    return found[1]


def cells(text: str) -> list[str]:
    """The first cells of a chapter's tables."""
    rows = [line.replace("\\|", "¦") for line in text.splitlines() if line.startswith("| ")]
    return [row.split("|")[1].strip() for row in rows]


def code(text: str) -> list[str]:
    """What stands in a text as code, in lines of its own or within a line."""
    fenced = re.findall(r"```\w*\n(.*?)```", text, re.DOTALL)
    return [*fenced, *re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))]


def keys(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items() if not field.exclude}


def below(annotation: Any) -> Iterator[type[BaseModel]]:
    for each in (annotation, *get_args(annotation)):
        if isinstance(each, type) and issubclass(each, BaseModel):
            yield each
        elif each is not annotation:
            yield from below(each)


def groups(model: type[BaseModel], path: str) -> Iterator[tuple[str, type[BaseModel]]]:
    """Every group of keys, by the key under which it stands."""
    yield path, model
    for name, field in model.model_fields.items():
        for inner in () if field.exclude else below(field.annotation):
            yield from groups(inner, field.alias or name)


GROUPS = dict(groups(Programme, "programme.yaml"))
WRITTEN_OUT = {"figures", "conditions", "limits", "effect", "amendment", "delegates"}


@pytest.mark.parametrize("name", sorted(GROUPS.keys() - WRITTEN_OUT))
def test_every_key_of_a_programme_has_its_line_and_no_line_is_left_over(name: str) -> None:
    tables = chapter(FORMAT, name, "###").split("\n\n| 种类 ", maxsplit=1)[0]
    documented = [key for cell in cells(tables) for key in code(cell)]
    assert sorted(documented) == sorted(keys(GROUPS[name]))


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("figures", "算法 `figures`"),
        ("conditions", "条件 `conditions`"),
        ("limits", "字数限制 `limits`"),
        ("effect", "签署、生效和变更"),
        ("amendment", "签署、生效和变更"),
        ("delegates", "签署、生效和变更"),
    ],
)
def test_every_key_of_a_rule_is_told_of(name: str, heading: str) -> None:
    text = chapter(FORMAT, heading) + chapter(FORMAT, "条件和限制的各项", "###")
    words = set(re.findall(r"\w+", " ".join(code(text))))
    # A figure's operation is written as a key of its own: see test_every_operation_of_a_figure_has_its_row.
    assert keys(GROUPS[name]) - {"operation", "arguments"} - words == set()


def test_every_operation_of_a_figure_has_its_row() -> None:
    rows = [
        f"| `{name}: {operation.example}` | {operation.gives.value} | {operation.title} |"
        for name, operation in OPERATIONS.items()
    ]
    table = chapter(FORMAT, "算法 `figures`").partition("| 算法 | 得到 | 说明 |\n|--|--|--|\n")[2]
    assert table.partition("\n\n")[0].split("\n") == rows


def test_every_operation_operator_and_kind_is_told_of() -> None:
    figures = chapter(FORMAT, "算法 `figures`")
    words = set(re.findall(r"\w+", " ".join(code(figures))))
    assert {*OPERATIONS, *FIGURE_OPERATORS} - words == set()
    kinds = chapter(FORMAT, "fields", "###").split("\n\n| 种类 ", maxsplit=1)[1]
    assert {key for cell in cells(kinds) for key in code(cell)} == set(KINDS)


def test_every_required_key_is_called_so() -> None:
    for name in GROUPS.keys() - WRITTEN_OUT:
        tables = chapter(FORMAT, name, "###").split("\n\n| 种类 ", maxsplit=1)[0]
        called = {
            code(line.split("|")[1])[0]
            for line in tables.splitlines()
            if line.startswith("| `") and "必填" in line.split("|")[3]
        }
        fields = GROUPS[name].model_fields.items()
        assert called == {field.alias or key for key, field in fields if field.is_required()}, name


def called(chapter_text: str) -> set[str]:
    return {
        match
        for cell in cells(chapter_text)
        for each in code(cell)
        for match in re.findall(r"^(\w+)\(", each)
    }


def test_every_function_has_its_line_and_no_line_is_left_over() -> None:
    assert called(chapter(NAMES, "函数")) == set(FUNCTIONS)


def test_every_filter_has_its_line_and_no_line_is_left_over() -> None:
    lines = " ".join(each for cell in cells(chapter(NAMES, "过滤器")) for each in code(cell))
    assert set(re.findall(r"¦(\w+)", lines)) == set(FILTERS) | set(Sandbox().filters)


def test_every_name_of_a_template_has_its_line_and_no_line_is_left_over() -> None:
    catalogue = Catalogue()
    programme = catalogue.load(next(iter(catalogue.folders())))
    names, _ = build(None, programme, programme.documents[0], "blank", {})
    wanted = {
        path
        for name, value in names.items()
        # Chinese names are those of the fields: they stand in the data format.
        if name not in programme.model.specs() and name.isascii()
        for path in ([f"{name}.{key}" for key in value] if isinstance(value, dict) else [name])
    }
    told = {each for cell in cells(chapter(NAMES, "名称")) for each in code(cell)}
    assert wanted <= told
    fields = {each for each in told if each.split(".")[0] in programme.model.specs()}
    assert told - wanted - fields == {"loop.index", "loop.first", "loop.last", "loop.length", "member"}


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda path: path.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+\.md)(?:#[^)]*)?\)", text):
        assert (DOCS / target).is_file(), target
    headings = {
        re.sub(r"[^\w\- ]", "", line.lstrip("# ")).strip().replace(" ", "-").lower()
        for line in text.splitlines()
        if line.startswith("#")
    }
    for anchor in re.findall(r"\]\(#([^)]+)\)", text):
        assert anchor in headings, anchor


TUTORIAL = (DOCS / "adding-a-province.md").read_text(encoding="utf-8")


def tables(text: str) -> list[list[list[str]]]:
    """The Markdown tables of a text: rows of cells, the code in each; heads and rules left out."""
    found: list[list[list[str]]] = []
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        rows = [line.replace("\\|", "¦").strip().strip("|").split("|") for line in block.splitlines()]
        found.append([[" ".join(code(cell)).replace("¦", "|") for cell in row] for row in rows[2:]])
    return found


def bookmarked(paragraph: Any, name: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for tag, place in (("w:bookmarkStart", 1), ("w:bookmarkEnd", 99)):
        mark = OxmlElement(tag)
        mark.set(qn("w:id"), "7")
        if tag == "w:bookmarkStart":
            mark.set(qn("w:name"), name)
        paragraph._p.insert(place, mark)


def test_the_tutorials_first_steps_work_as_printed(tmp_path: Path) -> None:
    folder = tmp_path / "我的模板" / "anlan" / "consortium-2030"
    folder.mkdir(parents=True)
    example = TUTORIAL.split("<!-- 例一 -->\n```yaml\n")[1].split("```")[0]
    (folder / "programme.yaml").write_text(example, encoding="utf-8")
    third = chapter(TUTORIAL, "3. 在 Word 里打标签")
    plain, repeated, long_text = tables(third)[:3]
    for name, mark in (("application", "sign_lead_opinion"), ("agreement", "sign_member")):
        word = docx.Document()
        for row in plain:
            word.add_paragraph(row[1])
        made = word.add_table(len(repeated), 3)
        for cell, text in zip(
            [cell for row in made.rows for cell in row.cells],
            [text for row in repeated for text in row],
            strict=True,
        ):
            cell.text = text
        for (text,) in long_text:
            word.add_paragraph(text)
        bookmarked(word.add_paragraph("（盖章）"), mark)
        word.save(str(folder / f"{name}.docx"))
    catalogue = Catalogue(tmp_path / "我的模板")
    assert [str(fault) for fault in lint(folder, catalogue)] == []
    with Session(catalogue, engine=None) as session:
        blanks = blank_documents(catalogue.load("anlan/consortium-2030"), session)
    assert [name for name, _ in blanks] == [
        "01-安澜省产业创新联合体组建申请书（空白）.docx",
        "02-安澜省产业创新联合体组建协议（空白）.docx",
    ]


def test_the_tutorials_rules_and_fields_fit_together() -> None:
    pieces: dict[str, Any] = {}
    for block in re.findall(r"```yaml\n(.*?)```", TUTORIAL, re.DOTALL):
        content = yaml.safe_load(block)
        pieces |= content if isinstance(content, dict) else {}
    pieces["documents"][1] |= yaml.safe_load(TUTORIAL.split("按数据选用：\n\n```yaml\n")[1].split("```")[0])[
        0
    ]
    pieces["fields"].append({"path": "agreement_form", "title": "形式", "kind": "text"})
    del pieces["anchors"]
    programme = Programme.model_validate(pieces)
    assert [str(problem) for problem in rule_problems(programme, Catalogue().common_rules())] == []
