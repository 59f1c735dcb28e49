"""What an official sees after editing a scheme in Word."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.document import Document as Word

from generator.base.files import shipped
from generator.cli import main
from generator.model.catalogue import Catalogue
from generator.workflows.lint.folder import Fault, lint
from tests.pdf.word import docx as made
from tests.pdf.word import paragraph
from tests.workflows.trial_scheme import scheme

FOLDERS = sorted(path.parent for path in shipped("templates").glob("*/*/programme.yaml"))
CODE = Path("henan") / "consortium-2022"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(shipped("templates") / CODE, tmp_path / CODE))


@pytest.fixture
def edited(folder: Path) -> Callable[[Callable[[Word], object]], list[Fault]]:
    """The faults after an edit of the plan's template."""

    def edit(change: Callable[[Word], object]) -> list[Fault]:
        path = folder / "plan.docx"
        word = docx.Document(str(path))
        change(word)
        word.save(str(path))
        return lint(folder, Catalogue())

    return edit


@pytest.mark.one_in(3)
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: "/".join(path.parts[-2:]))
def test_the_shipped_programmes_have_no_fault(folder: Path) -> None:
    assert [str(fault) for fault in lint(folder, Catalogue())] == []


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ nmae }}", "没有“nmae”这个字段或名称，是不是“name”"),
        ("{{ lead.nmae }}", "没有“nmae”这个字段或名称，是不是“name”"),
        ("{% if never %}{{ goals.txt }}{% endif %}", "没有“txt”这个字段或名称，是不是“text”"),
        ("{% for m in members %}{{ m.knid }}{% endfor %}", "没有“knid”这个字段或名称，是不是“kind”"),
        ("{{ count(members, knid='企业') }}", "没有“knid”"),
        ("{{ total(funds.uses, 'amont') }}", "没有“amont”"),
        ("{{ cuont(members) }}", "是不是“count"),
        ("{{ programme.titel }}", "没有“titel”"),
        ("{% for c in name %}{% endfor %}", "不是列表"),
        ("{{ name.first }}", "前面的不是一组字段"),
        ("｛｛ name ｝｝", "全角的花括号"),
        ("{{ name ｝}", "没有写完|全角"),
        ("{{ name", "没有写完"),
        ("name }}", "没有开头"),
        ("{ { name } }", "之间有空格"),
        ("{{ blank（name） }}", "全角符号"),
        ("{{ name|uper }}", "没有这个过滤器"),
        ("{% for m in members %}", "没有配对的 endfor"),
        ("{% if name|uper %}甲{% endif %}", r"没有“\|uper”"),
    ],
)
def test_a_wrong_tag_is_told_with_its_paragraph_and_remedy(
    edited: Callable[[Callable[[Word], object]], list[Fault]], text: str, message: str
) -> None:
    found = edited(lambda word: word.add_paragraph(text))
    import re

    (fault,) = [fault for fault in found if re.search(message, fault.message)]
    assert fault.severity == "error"
    assert fault.file == "henan/consortium-2022/plan.docx"
    assert "段" in fault.region
    assert fault.remedy


def test_curly_quotes_in_a_tag_are_no_fault(
    edited: Callable[[Callable[[Word], object]], list[Fault]],
) -> None:
    assert edited(lambda word: word.add_paragraph("{{ count(members, kind=“企业”) }}")) == []


def test_several_faults_are_told_in_one_run(
    edited: Callable[[Callable[[Word], object]], list[Fault]],
) -> None:
    found = edited(lambda word: [word.add_paragraph(text) for text in ("{{ nmae }}", "{{ lead.nmae }}")])
    assert len({fault.region for fault in found}) == 2


def test_a_cell_is_told_by_table_row_and_column(
    edited: Callable[[Callable[[Word], object]], list[Fault]],
) -> None:
    def change(word: Word) -> None:
        word.add_table(2, 3).cell(1, 2).text = "{{ nmae }}"

    (fault,) = edited(change)
    assert fault.region.endswith("第 2 行第 3 格")


def test_text_that_a_tag_would_take_away_is_told(
    edited: Callable[[Callable[[Word], object]], list[Fault]],
) -> None:
    def change(word: Word) -> None:
        for text in ("{%p if draft %}这一句", "{{ name }}", "{%p endif %}"):
            word.add_paragraph(text)
        table = word.add_table(3, 2)
        for row, column, text in (
            (0, 0, "合计"),
            (0, 1, "{%tr for m in members %}"),
            (1, 1, "{{ m.name }}"),
            (2, 0, "{%tr endfor %}"),
        ):
            table.cell(row, column).text = text

    row, paragraph = sorted(edited(change), key=lambda fault: "段" in fault.region)
    assert "这一句" in paragraph.message
    assert "段" in paragraph.region
    assert "合计" in row.message
    assert row.region.endswith("第 1 行第 2 格")


def test_a_wrong_name_in_a_row_of_its_own_is_told_there(
    edited: Callable[[Callable[[Word], object]], list[Fault]],
) -> None:
    def change(word: Word) -> None:
        table = word.add_table(4, 2)
        for row, text in enumerate(("表头", "{%tr for m in membres %}", "{{ m }}", "{%tr endfor %}")):
            table.cell(row, 0).text = text

    fault = edited(change)[0]
    assert "membres" in fault.message
    assert fault.region.endswith("第 2 行第 1 格")


def test_a_place_to_sign_without_its_bookmark_is_told(folder: Path) -> None:
    path = folder / "application.docx"
    word = docx.Document(str(path))
    for mark in list(word.element.body.iter("{*}bookmarkStart")):
        if "sign" in str(mark.get("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}name")):
            mark.getparent().remove(mark)
    word.save(str(path))
    found = lint(folder, Catalogue())
    assert found
    assert all("没有签章位置的书签 sign." in fault.message for fault in found)


def test_a_declared_field_that_nothing_uses_is_a_warning(folder: Path) -> None:
    path = folder / "programme.yaml"
    text = path.read_text(encoding="utf-8")
    own = '  - {path: "members[].hat_size", title: 帽号, kind: text}\n'
    marked = (
        text.replace("\nfields:\n", f"\nfields:\n{own}", 1)
        if "\nfields:\n" in text
        else f"{text}\nfields:\n{own}"
    )
    path.write_text(marked, encoding="utf-8")
    (fault,) = lint(folder, Catalogue())
    assert fault.severity == "warning"
    assert "帽号" in fault.message


def test_a_document_without_its_file_is_told(folder: Path) -> None:
    (folder / "plan.docx").unlink()
    found = lint(folder, Catalogue())
    assert any("plan.docx 不存在" in fault.message for fault in found)


def test_faults_of_programme_yaml_have_their_lines(folder: Path) -> None:
    path = folder / "programme.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines.insert(3, "colour: red")
    path.write_text("\n".join(lines), encoding="utf-8")
    (fault,) = lint(folder, Catalogue())
    assert fault.region == "第 4 行"
    assert "colour" in fault.message


def test_a_condition_that_needs_nothing_known_is_told(folder: Path) -> None:
    path = folder / "programme.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("needs: [", "needs: [heads, ", 1), encoding="utf-8")
    found = lint(folder, Catalogue())
    assert any("heads" in fault.message for fault in found)


def test_the_command_returns_four_for_an_error_and_prints_json(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lint", str(folder)]) == 0
    assert "没有发现问题" in capsys.readouterr().out
    (folder / "plan.docx").write_bytes(b"nothing")
    assert main(["lint", str(folder), "--format", "json"]) == 4
    (fault,) = json.loads(capsys.readouterr().out)
    assert fault["file"] == "henan/consortium-2022/plan.docx"
    assert main(["lint", str(folder.parent)]) == 2


def test_a_pattern_that_only_the_conditions_language_understands_is_no_fault_of_ours(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of such a condition no rows of data can be made; lint says nothing of them, and ends as ever."""
    folder = scheme(tmp_path, made(paragraph("{{ name }}")))
    test = 'industry.startsWith("甲") || industry.matches("[甲-乙]")'
    rule = f"{{id: a, title: 领域, clause: 一, quote: 领域, needs: [industry], test: '{test}', pass: 是, fail: 否}}"
    file = folder / "programme.yaml"
    figures = "figures:\n  industry: {title: 产业领域, value: industry}\n"
    whole = f"{file.read_text(encoding='utf-8')}{figures}conditions:\n  - {rule}\n"
    file.write_text(whole, encoding="utf-8")
    assert main(["lint", str(folder)]) == 0
    assert "[甲-乙]" in capsys.readouterr().out


@pytest.mark.parametrize(
    "tag",
    [
        "{{ pluck(members, 'nosuch')|join }}",
        pytest.param("{% if members[0].nosuch %}甲{% endif %}", marks=pytest.mark.thorough),
        pytest.param("{% for one in members %}{{ one.nosuch }}{% endfor %}", marks=pytest.mark.thorough),
        pytest.param("{{ nosuch }}", marks=pytest.mark.thorough),
        pytest.param("{{ name|nosuch }}", marks=pytest.mark.thorough),
    ],
)
def test_a_blank_form_is_refused_in_the_words_of_lint(
    tag: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = scheme(tmp_path / "templates", made(paragraph(tag)))
    assert main(["lint", str(folder)]) == 4
    said = next(line for line in capsys.readouterr().out.splitlines() if "nosuch" in line)
    order = ["blank", "some/trial", "--templates", str(folder.parent.parent), "--no-pdf"]
    assert main([*order, "-o", str(tmp_path / "out")]) == 4
    assert capsys.readouterr().err.strip() in said
    assert not (tmp_path / "out").exists()
