"""What a department gets from a folder of filings: each fault found in the right one, none in the good, nothing twice."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml

from generator.base.files import shipped
from generator.cli import main
from generator.model.programme import Programme
from generator.publishing.manifest import PacketManifest, sealed
from generator.workflows.intake.examine import examine
from generator.workflows.intake.examined import Examined
from generator.workflows.intake.found import Received
from generator.workflows.workspace import Workspace

CODE = "hubei/consortium-2022"
EXAMPLE = shipped("data") / "hubei-consortium-2022.yaml"
Data = dict[str, Any]


def example(name: str) -> Data:
    data: Data = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    return {**data, "name": f"湖北省{name}产业技术创新联合体"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "收到").mkdir()
    return tmp_path / "收到"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "结果"


def write(path: Path, data: Data) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")


def taken_in(folder: Path, out: Path, capsys: pytest.CaptureFixture[str], *more: str) -> Data:
    capsys.readouterr()
    arguments = ["intake", str(folder), "-p", CODE, "-o", str(out), "--no-pdf", "--format", "json", *more]
    assert main(arguments) in {0, 1}
    result: Data = json.loads(capsys.readouterr().out)
    return result


def bytes_in(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def applicant(filing: Data) -> list[str]:
    return [
        f"{issue['title']} {issue['what']}" for issue in filing["issues"] if issue["whose"] == "applicant"
    ]


def test_each_comes_out_as_it_is_and_a_second_run_does_nothing(
    folder: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder / "一" / "a.yaml", example("一号"))
    bad = example("二号")
    bad["members"][0]["credit_code"] = "91420100XX"
    write(folder / "二" / "b.yaml", bad)
    few = example("三号")
    write(folder / "三" / "c.yaml", {**few, "members": few["members"][:1]})
    (folder / "说明.pdf").write_bytes(b"%PDF-1.4")
    (folder / "x.rar").write_bytes(b"Rar!")
    (folder / "坏.zip").write_bytes(b"PK\3\4")
    before = bytes_in(folder)
    result = taken_in(folder, out, capsys)
    assert bytes_in(folder) == before
    verdicts = {filing["consortium"][3:5]: filing["verdict"] for filing in result["filings"]}
    assert verdicts == {"一号": "待人工判断", "二号": "退回补正", "三号": "待人工判断"}
    assert any(
        "少于 7 家" in issue["what"] for issue in result["filings"][1]["issues"] if issue["whose"] == "person"
    )
    assert any("18 位" in text for text in applicant(result["filings"][2]))
    assert {one["name"] for one in result["apart"]} == {"说明.pdf", "x.rar", "坏.zip"}
    notices = sorted(path.name for path in (out / "补正通知").iterdir())
    assert notices == ["湖北省二号产业技术创新联合体.docx"]
    made = bytes_in(out)
    again = taken_in(folder, out, capsys)
    assert again["examined"] == 0
    assert again["filings"] == result["filings"]
    assert bytes_in(out) == made


def test_what_people_judge_is_read_back_and_never_forgotten(
    folder: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder / "a.yaml", example("一号"))
    first = taken_in(folder, out, capsys)["filings"][0]
    asked = sum(issue["whose"] == "person" for issue in first["issues"])
    book = openpyxl.load_workbook(out / "判断表.xlsx")
    rows = list(book["判断"].iter_rows(min_row=2))
    assert len(rows) == asked
    for row in rows:
        row[7].value = "符合"
    rows[0][7].value, rows[0][10].value = "不符合", "没有写排名"
    book.save(out / "判断表.xlsx")
    filing = taken_in(folder, out, capsys)["filings"][0]
    assert filing["verdict"] == "退回补正"
    assert applicant(filing) == [f"{rows[0][3].value} 受理单位判断为不符合：没有写排名"]
    rows[0][7].value = "符合"
    book.save(out / "判断表.xlsx")
    assert taken_in(folder, out, capsys)["filings"][0]["verdict"] == "形式核对未见问题"
    assert not list((out / "补正通知").iterdir())
    rows[0][7].value = "大概行"
    book.save(out / "判断表.xlsx")
    assert main(["intake", str(folder), "-p", CODE, "-o", str(out), "--no-pdf"]) == 3
    assert "单元格 H2" in capsys.readouterr().err


@pytest.mark.thorough
def test_one_consortium_with_two_filings_is_asked_about(
    folder: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder / "一" / "a.yaml", example("一号"))
    write(folder / "二" / "a.yaml", example("一号"))
    other = example("三号")
    write(folder / "三" / "a.yaml", other)
    write(folder / "四" / "a.yaml", {**other, "industry": "别的产业"})
    result = taken_in(folder, out, capsys)
    assert [filing["name"] for filing in result["filings"]] == ["一/a.yaml"]
    why = {one["name"]: one["why"] for one in result["apart"]}
    assert "内容相同" in why["二/a.yaml"]
    assert "内容不同的几份" in why["三/a.yaml"]
    assert "内容不同的几份" in why["四/a.yaml"]


@pytest.mark.thorough
def test_data_made_for_another_scheme_are_set_apart(
    folder: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(shipped("data") / "henan-consortium-2022.yaml", folder / "河南.yaml")
    result = taken_in(folder, out, capsys)
    assert not result["filings"]
    assert "像是按" in result["apart"][0]["why"]


def whose(filing: Data, sort: str) -> list[str]:
    return [
        issue["what"] for issue in filing["issues"] if issue["whose"] == "person" and issue["sort"] == sort
    ]


@pytest.mark.thorough
def test_nothing_beside_a_data_file_is_passed_over(
    folder: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A table of the department's own lies above all filings; papers lie beside one that no data name."""
    write(folder / "登记.yaml", {"name": "登记表"})
    named = {**example("一号"), "attachments": {"evidence": ["附件/证明.png", "附件/说明.txt"]}}
    write(folder / "一" / "a.yaml", named)
    (folder / "一" / "附件").mkdir()
    (folder / "一" / "附件" / "营业执照.pdf").write_bytes(b"%PDF-1.4")
    (folder / "一" / "另一家.docx").write_bytes(b"PK")
    write(folder / "二" / "b.yaml", example("二号"))
    result = taken_in(folder, out, capsys)
    filings = {filing["name"]: filing for filing in result["filings"]}
    assert {"登记.yaml", "一/a.yaml", "二/b.yaml"} == set(filings)
    assert [one["name"] for one in result["apart"]] == ["一/另一家.docx"]
    assert whose(filings["一/a.yaml"], "没有核对的文件") == ["程序没有核对，请打开看：附件/营业执照.pdf"]
    assert any("附件/证明.png" in text for text in applicant(filings["一/a.yaml"]))
    assert whose(filings["二/b.yaml"], "附件") == ["没有收到这份附件的文件，请看纸质材料里有没有"]
    assert whose(filings["二/b.yaml"], "签字盖章")


@pytest.mark.thorough
def test_an_unpacked_archive_is_the_same_filing_next_time(
    folder: Path, out: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    write(tmp_path / "a.yaml", example("一号"))
    inner = tmp_path / "inner.zip"
    with zipfile.ZipFile(inner, "w") as archive:
        archive.write(tmp_path / "a.yaml", "申报/a.yaml")
        archive.writestr("申报/照片.png", b"PNG")
    with zipfile.ZipFile(folder / "外.zip", "w") as archive:
        archive.write(inner, "里.zip")
    first = taken_in(folder, out, capsys)
    assert [one["name"] for one in first["filings"]] == ["外.zip/里.zip/申报/a.yaml"]
    assert taken_in(folder, out, capsys)["examined"] == 0


@pytest.mark.thorough
def test_documents_made_of_other_data_than_the_packets_are_shown_to_a_person(
    folder: Path, out: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Even where the manifest was sealed anew, or the documents were edited and bound as one may."""
    write(tmp_path / "a.yaml", example("一号"))
    made = [
        "packet",
        str(tmp_path / "a.yaml"),
        "-p",
        CODE,
        "-o",
        str(tmp_path / "made"),
        "--edition",
        "signing",
    ]
    assert main([*made, "--no-pdf"]) == 0
    (manifest,) = (tmp_path / "made").glob("*/*/manifest.json")
    shutil.copytree(manifest.parent, folder / "好")
    shutil.copytree(manifest.parent, folder / "改")
    data = folder / "改" / "internal" / "data.yaml"
    changed = data.read_text(encoding="utf-8").replace("武汉", "襄阳", 1).replace("一号", "二号")
    data.write_text(changed, encoding="utf-8")
    raw = json.loads((folder / "改" / "manifest.json").read_bytes())
    raw["consortium"] = raw["consortium"].replace("一号", "二号")
    for file in raw["files"]:
        file["sha256"] = hashlib.sha256((folder / "改" / file["path"]).read_bytes()).hexdigest()
    (folder / "改" / "manifest.json").write_bytes(sealed_anew(raw))
    filings = {filing["name"]: filing for filing in taken_in(folder, out, capsys)["filings"]}
    assert not whose(filings["好"], "文件与数据")
    assert not applicant(filings["改"])
    assert len(whose(filings["改"], "文件与数据")) >= 2


def sealed_anew(raw: Data) -> bytes:
    """A manifest as a forger would write it."""
    del raw["manifest_sha256"]
    manifest = PacketManifest.model_validate({**raw, "files": ()}, strict=False)
    return sealed(manifest, {file["path"]: file["sha256"] for file in raw["files"]})


def test_results_never_go_among_the_filings_and_an_empty_folder_is_no_success(
    folder: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["intake", str(folder), "-p", CODE, "-o", str(out), "--no-pdf"]) == 2
    assert "没有任何材料" in capsys.readouterr().err
    write(folder / "a.yaml", {"name": "甲"})
    assert main(["intake", str(folder), "-p", CODE, "-o", str(folder), "--no-pdf"]) == 2
    assert [path.name for path in folder.iterdir()] == ["a.yaml"]


def sheet_rows(out: Path) -> tuple[openpyxl.Workbook, list[Any]]:
    book = openpyxl.load_workbook(out / "判断表.xlsx")
    return book, list(book["判断"].iter_rows(min_row=2))


def questions(filing: Data) -> list[str]:
    return [issue["title"] for issue in filing["issues"] if issue["whose"] == "person"]


@pytest.mark.thorough
def test_a_judgement_holds_for_what_was_judged_and_is_kept_when_that_is_asked_no_more(
    folder: Path, out: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """An applicant sends again, the scheme changes, a judgement is taken back, the first filing comes back."""
    write(folder / "a.yaml", example("一号"))
    taken_in(folder, out, capsys)
    book, rows = sheet_rows(out)
    for row in rows:
        row[7].value, row[8].value = "符合", "张三"
    rows[0][7].value, rows[0][10].value = None, "等补充说明"
    book.save(out / "判断表.xlsx")
    first = questions(taken_in(folder, out, capsys)["filings"][0])
    assert len(first) == 1
    assert sheet_rows(out)[1][0][10].value == "等补充说明"
    sent_again = {**example("一号"), "industry": "人工智能"}
    write(folder / "a.yaml", sent_again)
    assert len(questions(taken_in(folder, out, capsys)["filings"][0])) == len(rows)
    told = [row[11].value for row in sheet_rows(out)[1]]
    assert told.count("符合（张三）。材料或方案改过，请重新判断") == len(rows) - 1
    write(folder / "a.yaml", example("一号"))
    assert questions(taken_in(folder, out, capsys)["filings"][0]) == first
    shutil.copytree(shipped("templates") / CODE, tmp_path / "templates" / CODE)
    scheme = tmp_path / "templates" / CODE / "programme.yaml"
    text = scheme.read_text(encoding="utf-8")
    changed = text.replace("成员单位一般不少于7家", "成员单位一般不少于9家").replace(
        "不少于 7 家", "不少于 9 家"
    )
    assert changed != text
    scheme.write_text(changed, encoding="utf-8")
    after = questions(taken_in(folder, out, capsys, "--templates", str(tmp_path / "templates"))["filings"][0])
    assert len(after) >= len(first)


@pytest.mark.thorough
def test_what_people_have_written_is_not_overwritten(
    folder: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder / "a.yaml", {"name": "甲产业技术创新联合体"})
    taken_in(folder, out, capsys)
    notice = out / "补正通知" / "甲产业技术创新联合体.docx"
    assert notice.is_file()
    notice.write_bytes(b"edited")
    write(folder / "b.yaml", {"name": "乙产业技术创新联合体"})
    taken_in(folder, out, capsys)
    assert notice.read_bytes() == b"edited"
    write(folder / "a.yaml", {"name": "甲产业技术创新联合体", "industry": "光电子"})
    assert main(["intake", str(folder), "-p", CODE, "-o", str(out), "--no-pdf"]) == 1
    assert "甲产业技术创新联合体（改过）.docx" in capsys.readouterr().out
    assert notice.with_stem("甲产业技术创新联合体（改过）").read_bytes() == b"edited"
    assert notice.read_bytes() != b"edited"
    book, rows = sheet_rows(out)
    rows[0][7].value, rows[0][12].value = "符合", None
    book.save(out / "判断表.xlsx")
    assert main(["intake", str(folder), "-p", CODE, "-o", str(out), "--no-pdf"]) == 3
    assert "编号没有了" in capsys.readouterr().err


@pytest.mark.thorough
def test_one_lead_with_two_filings_and_two_copies_of_which_one_was_altered_are_asked_about(
    folder: Path, out: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    write(tmp_path / "a.yaml", example("一号"))
    made = ["packet", str(tmp_path / "a.yaml"), "-p", CODE, "-o", str(tmp_path / "made")]
    assert main([*made, "--edition", "signing", "--no-pdf"]) == 0
    (manifest,) = (tmp_path / "made").glob("*/*/manifest.json")
    for name in ("一", "二"):
        shutil.copytree(manifest.parent, folder / name)
    next((folder / "一").glob("01*.docx")).write_bytes(b"PK")
    write(folder / "三 #%1" / "新名.yaml", example("改名后"))
    (folder / "空").mkdir()
    result = taken_in(folder, out, capsys)
    filings = {filing["name"]: filing for filing in result["filings"]}
    assert set(filings) == {"二", "三 #%1/新名.yaml"}
    assert [one["name"] for one in result["apart"]] == ["一", "空"]
    assert all("还牵头报了" in "".join(whose(filing, "牵头单位重复")) for filing in filings.values())
    assert "内容与生成时不同" in "".join(whose(filings["二"], "几份同内容"))
    book = openpyxl.load_workbook(out / "受理总表.xlsx")
    links = [row[7].hyperlink and row[7].hyperlink.target for row in book["总表"].iter_rows(min_row=2)]
    assert links == ["../收到/三%20%23%251/新名.yaml", "../收到/二"]


@pytest.mark.thorough
def test_odd_names_and_files_that_are_still_being_written(
    folder: Path, out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (b"\xd6\xd0.yaml", "=HYPERLINK(“x”).yaml".encode(), "甲\u202e乙.yaml".encode(), b"a\nb.yaml"):
        try:
            with open(os.path.join(os.fsencode(folder), name), "wb") as file:  # noqa: PTH118, PTH123 (bytes)
                file.write(yaml.safe_dump({"name": f"联合体{len(name)}"}, allow_unicode=True).encode())
        except OSError:
            pytest.skip("此文件系统没有这样的文件名")
    write(folder / "变" / "c.yaml", {"name": "还在写的"})

    def while_examined(workspace: Workspace, received: Received, programme: Programme) -> Examined:
        if received.name == "变/c.yaml":
            write(folder / "变" / "c.yaml", {"name": "另一个"})
        return examine(workspace, received, programme)

    monkeypatch.setattr("generator.workflows.intake.run.examine", while_examined)
    result = taken_in(folder, out, capsys)
    assert len(result["filings"]) == 4
    (moving,) = result["apart"]
    assert "还在变动" in moving["why"]
    monkeypatch.undo()
    assert "另一个" in {filing["consortium"] for filing in taken_in(folder, out, capsys)["filings"]}
