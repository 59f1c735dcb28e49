"""The command ``batch``: which packets are made, which are left unchanged, and what is reported."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import openpyxl
import pytest

from tests.batch.conftest import Place
from tests.batch.province import CODE, OTHER, broken, form, standing


@pytest.mark.thorough
def test_files_folders_and_patterns_are_taken_each_file_once(place: Place) -> None:
    one, _ = place.add("甲", "乙")
    (place.data / "旧").mkdir()
    shutil.move(place.add("丙")[0], place.data / "旧")
    done = place.run(
        "batch", one, place.data, place.data / "*.yaml", "-p", CODE, "-o", place.output,
        "--templates", place.templates, "--no-pdf", "--format", "json",
    )  # fmt: skip
    assert done.code == 0
    assert done.states == {"甲": "made", "乙": "made", "丙": "made"}
    assert broken(place.output) == []


@pytest.mark.thorough
def test_marks_of_open_files_hidden_files_and_the_output_itself_are_no_data(place: Place) -> None:
    place.add("甲")
    for name in ("~$甲.xlsx", ".甲.yaml", "说明.txt"):
        (place.data / name).write_text("x", encoding="utf-8")
    inside = place.data / "output"
    inside.mkdir()
    (inside / "旧报告.xlsx").write_text("x", encoding="utf-8")
    done = place.run(
        "batch", place.data, "-p", CODE, "-o", inside, "--templates", place.templates, "--no-pdf",
        "--format", "json",
    )  # fmt: skip
    assert done.states == {"甲": "made"}


def test_a_bad_file_is_told_with_its_place_and_stops_no_other(place: Place) -> None:
    place.add("甲", "乙")
    (place.data / "坏.yaml").write_text("name: 某省坏创新联合体\nmembers: [\n", encoding="utf-8")
    (place.data / "错.yaml").write_text("name: 某省错创新联合体\nunknown field: 1\n", encoding="utf-8")
    done = place.batch()
    assert done.code == 1
    assert done.states == {"甲": "made", "乙": "made", "坏": "failed", "错": "failed"}
    by_name = {Path(result["data"]).stem: result for result in done.json["results"]}
    assert by_name["错"]["where"] == [{"file": "错.yaml", "line": 2}]
    assert by_name["错"]["exit_code"] == by_name["坏"]["exit_code"] == 3
    assert "unknown field" in by_name["错"]["error"]
    assert "坏.yaml" in by_name["坏"]["error"]


def test_a_file_that_is_not_there_is_a_row_of_the_report(place: Place) -> None:
    place.add("甲")
    done = place.run(
        "batch", place.data, place.folder / "没有.yaml", "-p", CODE, "-o", place.output,
        "--templates", place.templates, "--no-pdf", "--format", "json",
    )  # fmt: skip
    assert done.code == 1
    assert done.states == {"甲": "made", "没有": "failed"}


def test_a_folder_without_data_is_wrong_usage(place: Place) -> None:
    place.data.mkdir()
    done = place.batch()
    assert done.code == 2
    assert "没有数据文件" in done.err


def test_a_programme_that_does_not_exist_is_told_before_anything_is_made(place: Place) -> None:
    place.add("甲")
    done = place.batch("-p", "somewhere/smal-2022")
    assert done.code == 2
    assert CODE in done.err
    assert not place.output.exists()


def test_several_programmes_each_give_a_packet(place: Place) -> None:
    place.add("甲", "乙")
    done = place.batch("-p", CODE, "-p", OTHER)
    assert [(Path(row["data"]).stem, row["programme"]) for row in done.json["results"]] == [
        (name, code) for name in ("乙", "甲") for code in (CODE, OTHER)
    ]
    assert len(list(place.output.glob("*/*/manifest.json"))) == 4


@pytest.mark.thorough
def test_without_a_programme_each_file_is_made_for_its_own_filings(place: Place) -> None:
    one, two = place.add("甲", "乙")
    with one.open("a", encoding="utf-8") as file:
        file.write(f"filings:\n  {OTHER}: {{}}\n  {CODE}:\n    filing_date: 2026-03-01\n")
    done = place.batch("without -p")
    rows = {(Path(row["data"]).stem, row["programme"]): row["state"] for row in done.json["results"]}
    assert rows == {("甲", OTHER): "made", ("甲", CODE): "made", ("乙", None): "failed"}
    assert two.name in done.json["results"][0]["data"]


def test_two_files_that_would_write_one_packet_are_both_told_and_neither_written(place: Place) -> None:
    one, _ = place.add("甲", "乙")
    shutil.copy(one, place.data / "甲副本.yaml")
    done = place.batch()
    assert done.code == 1
    assert done.states == {"甲": "duplicate", "甲副本": "duplicate", "乙": "made"}
    errors = [row["error"] for row in done.json["results"] if row["state"] == "duplicate"]
    assert "甲副本.yaml" in errors[0]
    assert [path.name for path in place.output.iterdir() if not path.name.startswith(".")] == [
        "某省乙创新联合体"
    ]


def test_a_new_file_never_takes_the_packet_of_an_unchanged_one(place: Place) -> None:
    (one,) = place.add("甲")
    place.batch()
    before = standing(place.output)
    text = one.read_text(encoding="utf-8").replace("甲成员0", "别的成员")
    (place.data / "另一个.yaml").write_text(text, encoding="utf-8")
    done = place.batch()
    assert done.code == 1
    assert done.states == {"甲": "unchanged", "另一个": "duplicate"}
    assert standing(place.output) == before


def test_nothing_is_made_again_while_nothing_has_changed(place: Place) -> None:
    place.add("甲", "乙", "丙")
    place.batch()
    before = {path: path.stat().st_mtime_ns for path in place.output.glob("*/*")}
    done = place.batch()
    assert done.code == 0
    assert set(done.states.values()) == {"unchanged"}
    assert done.json["results"][0]["counts"] is not None
    assert {path: path.stat().st_mtime_ns for path in place.output.glob("*/*")} == before


def test_a_changed_member_in_one_file_redoes_one_packet(place: Place) -> None:
    one, *_ = place.add("甲", "乙", "丙")
    place.batch()
    one.write_text(one.read_text(encoding="utf-8").replace("甲成员0", "新成员"), encoding="utf-8")
    assert place.batch().states == {"甲": "made", "乙": "unchanged", "丙": "unchanged"}


def test_a_changed_template_redoes_the_packets_of_its_programme_only(place: Place) -> None:
    place.add("甲")
    place.batch("-p", CODE, "-p", OTHER)
    (place.templates / CODE / "application.docx").write_bytes(form("改过的申请表 {{ name }}"))
    done = place.batch("-p", CODE, "-p", OTHER)
    assert {row["programme"]: row["state"] for row in done.json["results"]} == {
        CODE: "made",
        OTHER: "unchanged",
    }


@pytest.mark.thorough
def test_a_text_file_or_attachment_that_changes_or_appears_redoes_the_packet(place: Place) -> None:
    (one,) = place.add("甲")
    with one.open("a", encoding="utf-8") as file:
        file.write(
            "plan:\n  sections:\n    goal:\n      file: 目标.txt\nattachments:\n  seal: [盖章页.pdf]\n"
        )
    (place.data / "目标.txt").write_text("目标", encoding="utf-8")
    assert place.batch().states == {"甲": "made"}
    assert place.batch().states == {"甲": "unchanged"}
    (place.data / "目标.txt").write_text("新的目标", encoding="utf-8")
    assert place.batch().states == {"甲": "made"}
    (place.data / "盖章页.pdf").write_bytes(b"%PDF-1.7")
    assert place.batch().states == {"甲": "made"}
    assert place.batch().states == {"甲": "unchanged"}


@pytest.mark.thorough
@pytest.mark.parametrize("option", [("--edition", "signing"), ("--accept", f"{CODE}:x=理由")])
def test_another_edition_or_acceptance_is_another_packet(place: Place, option: tuple[str, str]) -> None:
    place.add("甲")
    place.batch()
    assert place.batch(*option).states["甲"] != "unchanged"


@pytest.mark.thorough
def test_another_time_in_the_environment_redoes(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.add("甲")
    place.batch()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert place.batch().states == {"甲": "made"}


def test_force_redoes_and_finds_the_same(place: Place) -> None:
    place.add("甲")
    place.batch()
    assert place.batch("--force").states == {"甲": "same"}


def test_a_packet_that_a_person_has_edited_is_kept_and_told(place: Place) -> None:
    place.add("甲", "乙")
    place.batch()
    edited = next(place.output.glob("某省甲*/*/*.docx"))
    edited.write_bytes(b"edited by hand")
    done = place.batch()
    assert done.code == 1
    assert done.states == {"甲": "failed", "乙": "unchanged"}
    assert edited.name in done.json["results"][1]["error"]
    assert done.json["results"][1]["exit_code"] == 6
    assert edited.read_bytes() == b"edited by hand"
    forced = place.batch("--force")
    assert forced.states == {"甲": "made", "乙": "same"}
    moved = Path(next(row["moved_aside"] for row in forced.json["results"] if row["moved_aside"]))
    assert (moved / edited.name).read_bytes() == b"edited by hand"


def test_a_touched_file_is_the_same_but_for_its_time(place: Place) -> None:
    place.add("甲")
    place.batch()
    os.utime(next(place.output.glob("*/*/*.docx")), ns=(1, 1))
    assert place.batch().states == {"甲": "unchanged"}


def test_verify_sees_a_change_that_size_and_time_hide(place: Place) -> None:
    place.add("甲")
    place.batch()
    path = next(place.output.glob("*/*/*.docx"))
    status = path.stat()
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert place.batch().states == {"甲": "unchanged"}
    verified = place.batch("--verify")
    assert verified.states == {"甲": "failed"}
    assert path.name in verified.json["results"][0]["error"]


@pytest.mark.thorough
def test_a_damaged_or_foreign_stamp_only_costs_time(place: Place) -> None:
    place.add("甲")
    place.batch()
    for text in ("", "{", "[]", '{"schema": 1, "programmes": 3, "packets": [{}]}', '{"schema": 99}', "null"):
        (stamp,) = (place.output / ".lianheti-batch").iterdir()
        stamp.write_text(text, encoding="utf-8")
        assert place.batch().states == {"甲": "same"}, text


def test_data_and_output_moved_together_are_still_unchanged(place: Place, tmp_path: Path) -> None:
    place.add("甲")
    place.batch()
    moved = tmp_path / "搬家"
    moved.mkdir()
    shutil.move(place.data, moved / place.data.name)
    shutil.move(place.output, moved / place.output.name)
    assert Place(moved, place.run).run(
        "batch", moved / place.data.name, "-p", CODE, "-o", moved / "output", "--templates",
        place.templates, "--no-pdf", "--format", "json",
    ).states == {"甲": "unchanged"}  # fmt: skip


@pytest.mark.parametrize("suffix", [".xlsx", ".json"])
def test_the_report_is_saved_with_every_file_its_verdicts_and_its_error(place: Place, suffix: str) -> None:
    place.add("甲", "=1+1")
    (place.data / "错.yaml").write_text("name: 某省错创新联合体\nunknown field: 1\n", encoding="utf-8")
    path = place.folder / f"报告{suffix}"
    done = place.batch("--report", path)
    if suffix == ".json":
        assert json.loads(path.read_text(encoding="utf-8")) == done.json
        return
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    head, *rows = sheet.iter_rows(values_only=True)
    table = [dict(zip(head, row, strict=True)) for row in rows if row[1] or row[2]]
    by_name = {Path(str(row["数据文件"])).stem: row for row in table}
    assert by_name["甲"]["结果"] == "已生成"
    assert by_name["甲"]["材料包"]
    assert isinstance(by_name["甲"]["符合"], int)
    assert "unknown field" in str(by_name["错"]["错误或提醒"])
    assert by_name["错"]["位置"] == "错.yaml 第 2 行"
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_a_report_of_another_kind_is_refused_before_anything_is_made(place: Place) -> None:
    place.add("甲")
    done = place.batch("--report", "报告.docx")
    assert done.code == 2
    assert not place.output.exists()


@pytest.mark.thorough
def test_people_get_a_table_and_no_progress_where_there_is_no_terminal(place: Place) -> None:
    place.add("甲")
    (place.data / "错.yaml").write_text("name: 某省错创新联合体\nunknown field: 1\n", encoding="utf-8")
    done = place.run(
        "batch", place.data, "-p", CODE, "-o", place.output, "--templates", place.templates, "--no-pdf"
    )
    assert done.err == ""
    assert "共 2 份：已生成 1，失败 1" in done.out
    assert "错.yaml 第 2 行" in done.out


@pytest.mark.thorough
def test_a_change_in_a_unit_library_redoes_the_packets_that_use_that_unit(place: Place) -> None:
    codes = {"甲": "91410300171076548K", "乙": "12410000415802439A"}
    for path in place.add(*codes):
        path.write_text(
            f"name: 某省{path.stem}创新联合体\nunits: 单位库.yaml\nmembers:\n  - unit: {codes[path.stem]}\n",
            encoding="utf-8",
        )
    library = place.data / "单位库.yaml"
    entries = "".join(f"  - name: {name}公司\n    credit_code: {code}\n" for name, code in codes.items())
    library.write_text(f"units:\n{entries}", encoding="utf-8")
    assert place.batch().states == {"甲": "made", "乙": "made"}
    assert place.batch().states == {"甲": "unchanged", "乙": "unchanged"}
    library.write_text(f"units:\n{entries}".replace("乙公司", "乙新公司"), encoding="utf-8")
    assert place.batch().states == {"甲": "unchanged", "乙": "made"}


@pytest.mark.thorough
def test_a_library_in_a_workbook_beside_the_data_is_no_data_file(place: Place) -> None:
    code = "91410300171076548K"
    (path,) = place.add("甲")
    path.write_text(
        f"name: 某省甲创新联合体\nunits: 单位库.xlsx\nmembers:\n  - unit: {code}\n", encoding="utf-8"
    )
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "成员单位"
    for row in (["单位名称", "统一社会信用代码"], ["甲公司", code]):
        sheet.append(row)
    book.save(place.data / "单位库.xlsx")
    assert place.batch().states == {"甲": "made"}


@pytest.mark.thorough
def test_codes_of_pages_for_all_packets(place: Place) -> None:
    place.add("甲", "乙")
    given = [place.data, "-p", CODE, "-o", place.output, "--templates", place.templates, "--format", "json"]
    # Without codes first: asking for them is a change.
    for more, coded in (([], False), (["--page-code"], True)):
        done = place.run("batch", *given, *more)
        assert done.states == {"甲": "made", "乙": "made"}
        manifests = [json.loads(one.read_bytes()) for one in place.output.rglob("manifest.json")]
        assert [bool(one.get("page_codes")) for one in manifests] == [coded, coded]
    assert place.run("batch", *given, "--page-code").states == {"甲": "unchanged", "乙": "unchanged"}
    refused = place.run("batch", *given, "--page-code", "--no-pdf")
    assert refused.code == 2
