"""The command from outside: what it prints, what it returns, what it leaves."""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import docx
import jsonschema
import pypdf
import pytest
import yaml

from generator.cli import COMMANDS
from tests.cli.conftest import CODE, EXAMPLE, ROOT, Run


class DatesAsText(yaml.SafeLoader):
    """A YAML loader that reads dates as text."""


DatesAsText.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def changed(path: Path, old: str, new: str) -> Path:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def without(path: Path, key: str) -> Path:
    """The file without a top-level entry."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept, inside = [], False
    for line in lines:
        if re.match(r"\S", line):
            inside = line.startswith(f"{key}:")
        if not inside:
            kept.append(line)
    assert len(kept) < len(lines)
    path.write_text("".join(kept), encoding="utf-8")
    return path


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example_and_a_line_in_the_docs(run: Run, command: str) -> None:
    helped = run(command, "--help")
    assert helped.code == 0
    assert "例：" in helped.out
    assert "用法：" in helped.out
    assert f"`{command}" in (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


def test_programmes_lists_every_folder(run: Run) -> None:
    listed = {entry["code"] for entry in run("programmes", "--format", "json").json}
    folders = {"/".join(path.parent.parts[-2:]) for path in (ROOT / "templates").glob("*/*/programme.yaml")}
    assert listed == folders
    text = run("programmes").out
    assert all(code in text for code in folders)


def test_the_example_meets_every_condition(run: Run) -> None:
    checked = run("check", EXAMPLE, "-p", CODE, "--format", "json")
    assert checked.code == 0
    (result,) = checked.json["programmes"]
    assert {finding["verdict"] for finding in result["findings"]} == {"pass", "judge"}
    assert (result["blocked"], result["missing"], result["problems"]) == (False, [], [])
    assert checked.err == ""


def test_a_finding_has_all_that_the_contract_names(run: Run) -> None:
    (result,) = run("check", EXAMPLE, "-p", CODE, "--format", "json").json["programmes"]
    for finding in result["findings"]:
        for key in (
            "programme",
            "rule",
            "level",
            "verdict",
            "clause",
            "quote",
            "figures",
            "message",
            "field",
            "where",
        ):
            assert key in finding


def test_a_failed_must_gives_one_and_says_where(run: Run, example: Path) -> None:
    changed(example, "kind: 企业", "kind: 高等学校")
    checked = run("check", example, "-p", CODE)
    assert checked.code == 1
    assert "条件还不满足" in checked.out
    assert "联合体.yaml 第" in checked.out


def test_wrong_values_give_three_and_all_are_told_in_one_run(run: Run, example: Path) -> None:
    changed(example, "kind: 企业", "kind: 公司")
    changed(example, "filing_date: ", "filing_date: 去年 # ")
    checked = run("check", example, "-p", CODE)
    assert checked.code == 3
    assert "公司" in checked.out
    assert "填报日期" in checked.out
    assert "符合" in checked.out


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["check", "没有.yaml", "-p", CODE], 3, "没有.yaml"),
        (["check", EXAMPLE, "-p", "某省/某方案"], 2, "没有方案"),
        (["check"], 2, "缺少"),
        (["check", EXAMPLE, "--colour"], 2, "没有选项"),
        (["chek", EXAMPLE], 2, "没有命令"),
        (["packet", EXAMPLE, "-p", CODE, "--edition", "final"], 2, "可选 draft（草稿）、signing（签署版）"),
        (["packet", EXAMPLE, "-p", CODE, "--accept", "x"], 2, "--accept"),
        (["programmes", "--templates", "没有这个目录"], 2, "不存在"),
        (["new", CODE, "-o", "x.docx"], 2, ".docx"),
    ],
)
def test_what_is_wrong_is_told_in_one_chinese_paragraph(
    run: Run, arguments: list[object], code: int, message: str
) -> None:
    ran = run(*arguments)
    assert ran.code == code
    assert message in ran.err
    assert "请" in ran.err
    assert ran.out == ""


def test_what_the_documents_still_lack_is_listed_with_its_place(run: Run, example: Path) -> None:
    without(example, "team")
    checked = run("check", example, "-p", CODE)
    assert checked.code == 0
    assert "“科研团队”没有填写" in checked.out
    assert "文件还缺内容" in checked.out


@pytest.mark.thorough
def test_several_programmes_give_one_table(run: Run) -> None:
    compared = run("check", EXAMPLE, "--all")
    assert compared.code == 0
    assert "各方案对比" in compared.out
    assert compared.out.count("文件待填") == 1
    assert run("check", EXAMPLE, "--all", "--strict").code == 1


def test_a_starter_file_loads_once_the_name_is_filled(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "新.yaml"
    assert run("new", CODE, "-o", target).code == 0
    content = target.read_bytes()
    again = run("new", CODE, "-o", target)
    assert again.code == 6
    assert "已经存在" in again.err
    assert target.read_bytes() == content
    checked = run("check", target, "-p", CODE, "--format", "json")
    assert checked.code == 3
    assert "联合体名称" in checked.err


@pytest.mark.thorough
def test_the_schemas_are_json_and_take_what_is_shipped(run: Run) -> None:
    assert "properties" in run("schema").json
    schema = run("schema", "--programme").json
    for path in (ROOT / "templates").glob("*/*/programme.yaml"):
        # Dates stay text in JSON, so they are read as text here.
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=DatesAsText)  # noqa: S506 (a SafeLoader)
        jsonschema.validate(content, schema)


def test_a_signing_packet_is_whole(run: Run, tmp_path: Path) -> None:
    made = run("packet", EXAMPLE, "-p", CODE, "--edition", "signing", "-o", tmp_path, "--format", "json")
    assert made.code == 0
    folder = Path(made.json["folder"])
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for document in manifest["documents"]:
        for file in document["files"]:
            assert hashlib.sha256((folder / file["path"]).read_bytes()).hexdigest() == file["sha256"]
            assert document["title"] in file["path"]
    assert [document["id"] for document in manifest["documents"]] == ["application", "agreement", "plan"]
    assert str(tmp_path) not in json.dumps(manifest)
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    for name in ("packet.pdf", "internal/conditions.pdf", "internal/checklist.pdf", "manifest.json"):
        assert name in names
    with zipfile.ZipFile(made.json["archive"]) as archive:
        assert set(archive.namelist()) == names
    reader = pypdf.PdfReader(folder / "packet.pdf")
    titles = [entry.title for entry in reader.outline if not isinstance(entry, list)]
    assert titles == ["封面和目录", *(document["title"] for document in manifest["documents"])]
    assert len(reader.pages) == manifest["packet"]["pages"]


def test_a_signing_edition_holds_no_mark_tag_or_comment(run: Run, tmp_path: Path) -> None:
    made = run(
        "packet", EXAMPLE, "-p", CODE, "--edition", "signing", "-o", tmp_path, "--no-pdf", "--format", "json"
    )
    for path in Path(made.json["folder"]).glob("*.docx"):
        with zipfile.ZipFile(path) as archive:
            assert not [name for name in archive.namelist() if "comments" in name]
            text = "".join(
                archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml")
            )
        for sign in ("待填", "{{", "{%", "w:highlight", "w:ins ", "w:del "):
            assert sign not in text


def test_a_signing_edition_is_refused_while_something_printed_is_missing(
    run: Run, example: Path, tmp_path: Path
) -> None:
    without(example, "goals")
    refused = run("packet", example, "-p", CODE, "--edition", "signing", "-o", tmp_path / "出")
    said = refused.err.strip().splitlines()
    assert len(said) == len(set(said))
    assert refused.code == 1
    assert "技术创新目标" in refused.err
    assert not list((tmp_path / "出").rglob("*.docx")) if (tmp_path / "出").exists() else True
    draft = run("packet", example, "-p", CODE, "-o", tmp_path / "出", "--no-pdf", "--format", "json")
    assert draft.code == 0
    texts = [
        paragraph.text
        for path in Path(draft.json["folder"]).glob("01-*.docx")
        for table in docx.Document(str(path)).tables
        for row in table.rows
        for cell in row.cells
        for paragraph in cell.paragraphs
    ]
    assert any("〔待填：技术创新目标〕" in text for text in texts)


def test_an_accepted_failure_goes_into_the_manifest_with_its_reason(
    run: Run, example: Path, tmp_path: Path
) -> None:
    changed(example, "permanent: 是", "permanent: 否")
    common = [
        "packet",
        example,
        "-p",
        CODE,
        "--edition",
        "signing",
        "-o",
        tmp_path,
        "--no-pdf",
        "--format",
        "json",
    ]
    assert run(*common).json["exit_code"] == 1
    made = run(*common, "--accept", f"{CODE}:permanent-executive=筹建中，年内挂牌")
    assert made.code == 0
    accepted = made.json["manifest"]["findings"]["accepted"]
    assert [(entry["rule"], entry["reason"]) for entry in accepted] == [
        ("permanent-executive", "筹建中，年内挂牌")
    ]


def test_an_edited_document_is_never_overwritten(run: Run, example: Path, tmp_path: Path) -> None:
    common = ["packet", example, "-p", CODE, "-o", tmp_path / "出", "--no-pdf"]
    folder = Path(run(*common, "--format", "json").json["folder"])
    edited = next(folder.glob("01-*.docx"))
    word = docx.Document(str(edited))
    word.add_paragraph("人工补充的一句")
    word.save(str(edited))
    content = edited.read_bytes()
    changed(example, "filing_date: ", "filing_date: 2025-12-30 # ")
    refused = run(*common)
    assert refused.code == 6
    assert edited.name in refused.err
    assert edited.read_bytes() == content
    forced = run(*common, "--force", "--format", "json")
    assert forced.code == 0
    aside = Path(forced.json["moved_aside"])
    assert (aside / edited.name).read_bytes() == content
    assert edited.read_bytes() != content


@pytest.mark.thorough
def test_the_same_input_gives_the_same_bytes_whatever_the_clock(run: Run, tmp_path: Path) -> None:
    made = [
        run("packet", EXAMPLE, "-p", CODE, "-o", tmp_path / name, "--format", "json").json
        for name in ("一", "二")
    ]
    archives = [Path(entry["archive"]).read_bytes() for entry in made]
    assert archives[0] == archives[1]


def test_blank_documents_are_written_and_not_overwritten(run: Run, tmp_path: Path) -> None:
    written = run("blank", CODE, "-o", tmp_path, "--no-pdf")
    assert written.code == 0
    paths = [Path(line) for line in written.out.splitlines()]
    assert len(paths) == 3
    paths[0].write_bytes(b"changed")
    refused = run("blank", CODE, "-o", tmp_path, "--no-pdf")
    assert refused.code == 6
    assert paths[0].read_bytes() == b"changed"


def test_a_template_at_fault_gives_four_and_its_place(run: Run, tmp_path: Path) -> None:
    import shutil

    folder = tmp_path / "模板" / "henan" / "consortium-2022"
    shutil.copytree(ROOT / "templates" / "henan" / "consortium-2022", folder)
    word = docx.Document(str(folder / "plan.docx"))
    word.add_paragraph("{{ nmae }}")
    stream = io.BytesIO()
    word.save(stream)
    (folder / "plan.docx").write_bytes(stream.getvalue())
    ran = run("packet", EXAMPLE, "-p", CODE, "-o", tmp_path / "出", "--templates", tmp_path / "模板")
    assert ran.code == 4
    assert "plan.docx" in ran.err
    assert "nmae" in ran.err
    assert not list(tmp_path.joinpath("出").rglob("*.docx"))


def test_the_output_folder_that_is_a_file_gives_six(run: Run, tmp_path: Path) -> None:
    (tmp_path / "出").write_text("", encoding="utf-8")
    ran = run("packet", EXAMPLE, "-p", CODE, "-o", tmp_path / "出", "--no-pdf")
    assert ran.code == 6
    assert "出" in ran.err


def test_help_starts_without_the_heavy_libraries() -> None:
    code = (
        "import sys; from generator.cli import main; main(['--help']); "
        "print([n for n in ('pydantic','lxml','docx','typst','pikepdf','openpyxl','rich') if n in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=True, cwd=ROOT
    )
    assert found.stdout.splitlines()[-1] == "[]"
