"""docs/data-format.md lists the model's fields. Run this file to write its lists anew."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from generator.base.text_files import MAX_FILE_BYTES, MAX_VALUE_CHARACTERS
from generator.base.yaml import MAX_DEPTH, MAX_KEY_CHARACTERS, MAX_NODES
from generator.errors import DataError
from generator.model.consortium import Consortium
from generator.model.fields import FieldSpec, Part
from generator.model.value_kinds import KINDS
from generator.readers.load import load
from generator.readers.source_file import read_source

DOCUMENT = Path(__file__).parents[2] / "docs" / "data-format.md"
BEGIN, END = "<!-- 以下由字段声明生成 -->", "<!-- 以上由字段声明生成 -->"
SHAPES = {"one": "", "list": "列表", "map": "按编号"}


def kind_of(spec: FieldSpec) -> str:
    if spec.part is not None:
        heading = USED[spec.part][0]
        what = f"一组字段，见[{heading}](#{heading})"
    elif spec.kind is None:
        raise TypeError(spec.name)
    elif spec.kind.options:
        what = "、".join(spec.kind.options)
    else:
        what = spec.kind.title + (f"（{spec.kind.unit}）" if spec.kind.unit else "")
    return f"{SHAPES[spec.shape]}：{what}" if SHAPES[spec.shape] else what


def table(part: type[Part], used: list[str]) -> Iterator[str]:
    yield f"### {used[0]}"
    yield ""
    if len(used) > 1:
        yield f"也用于：{'、'.join(used[1:])}。"
        yield ""
    yield "| 字段 | 英文名 | 也可写作 | 填什么 | 说明 |"
    yield "|--|--|--|--|--|"
    for spec in part.specs().values():
        notes = "；".join(text for text in (spec.help, f"例：{spec.example}" if spec.example else "") if text)
        yield f"| {spec.title} | `{spec.name}` | {'、'.join(spec.aliases)} | {kind_of(spec)} | {notes} |"
    yield ""


def parts(part: type[Part], found: dict[type[Part], list[str]]) -> dict[type[Part], list[str]]:
    for spec in part.specs().values():
        if spec.part is not None:
            new = spec.part not in found
            used = found.setdefault(spec.part, [])
            if spec.title not in used:
                used.append(spec.title)
            if new:
                parts(spec.part, found)
    return found


USED = parts(Consortium, {Consortium: ["文件的最外层"]})


def tables() -> str:
    return "\n".join(line for part, used in USED.items() for line in table(part, used))


def test_the_document_lists_every_field_as_it_is_declared() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text.partition(BEGIN)[2].partition(END)[0].strip() == tables().strip(), (
        f"run: python {Path(__file__).name}"
    )


def test_the_document_names_every_kind_and_limit() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    prose = text.partition(BEGIN)[0]
    for kind in KINDS.values():
        assert f"| {kind.title} |" in prose
    for figure in (
        f"{MAX_FILE_BYTES // 10**6} MB",
        f"{MAX_VALUE_CHARACTERS // 10**4} 万",
        f"{MAX_NODES // 10**4} 万",
    ):
        assert figure in prose
    assert f"{MAX_DEPTH} 层" in prose
    assert f"{MAX_KEY_CHARACTERS} 个字符" in prose


@pytest.mark.parametrize(
    "example", re.findall(r"```yaml\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
)
def test_the_document_s_examples_load(tmp_path: Path, example: str) -> None:
    path = tmp_path / "data.yaml"
    text = example if example.startswith("联合体名称") else f"联合体名称: 甲\n{example}"
    path.write_text(text, encoding="utf-8")
    for name in re.findall(r"文件: (\S+\.txt)", example):
        target = tmp_path / name
        target.parent.mkdir(exist_ok=True)
        target.write_text("正文", encoding="utf-8")
    for name in re.findall(r"\]\((\S+\.png)", example):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.new("RGB", (9, 9)).save(tmp_path / name)
    try:
        problems = load(read_source(path), None, known={}).problems
    except DataError as refused:
        problems = refused.problems
    assert [str(problem) for problem in problems if problem.path != "filings"] == []


if __name__ == "__main__":
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{tables()}\n{END}{after}", encoding="utf-8")
