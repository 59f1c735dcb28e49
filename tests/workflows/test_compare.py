"""Comparing: what has changed in the data, and what has to be signed again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.cli import main
from generator.errors import ExitCode
from generator.packet.pipeline import put
from generator.packet.session import Session
from tests.packet.making import PLAIN, ROOT, example, packet
from tests.standing import Standing

GONE = "焦作瀚宇机器人股份有限公司"


def compared(capsys: pytest.CaptureFixture[str], *arguments: Path | str) -> tuple[int, dict]:  # type: ignore[type-arg]
    """The command's exit code and JSON."""
    capsys.readouterr()
    code = main(["compare", *map(str, arguments), "--format", "json"])
    return code, json.loads(capsys.readouterr().out)


def without(text: str, name: str) -> str:
    """The data without one member."""
    at = text.index(f"    name: {name}")
    begin = text.rindex("\n  - role: ", 0, at) + 1
    return text[:begin] + text[text.index("\n  - role: ", at) + 1 :]


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_deleted_member_is_one_change(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = example(tmp_path, PLAIN)
    new = written(tmp_path, "new.yaml", without(old.read_text("utf-8"), GONE))
    code, found = compared(capsys, old, new, "-p", PLAIN)
    assert code == ExitCode.FINDING
    (change,) = found["changes"]
    assert change["kind"] == "removed"
    assert GONE in change["title"]
    assert "91410800MAP06E8F6G" in change["before"]
    assert change["after"] == ""


def test_members_in_another_order_are_known_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = example(tmp_path, PLAIN)
    text = old.read_text("utf-8")
    less = without(text, GONE)
    begin = text.index("  - role: 成员单位")
    at = text.rindex("\n  - role: ", 0, text.index(GONE)) + 1
    member = text[at : text.index("\n  - role: ", at) + 1]
    new = written(
        tmp_path, "new.yaml", (less[:begin] + member + less[begin:]).replace("staff: 2860", "staff: 2861")
    )
    _, found = compared(capsys, old, new, "-p", PLAIN)
    assert [(each["kind"], each["before"], each["after"]) for each in found["changes"][:1]] == [
        ("changed", "2860 人", "2861 人")
    ]
    assert [each["kind"] for each in found["changes"][1:]] == ["moved"]


def test_what_only_one_programme_asks_for_is_compared_without_naming_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = example(tmp_path, PLAIN)
    new = written(tmp_path, "new.yaml", old.read_text("utf-8").replace("到2030年", "到2031年", 1))
    assert main(["compare", str(old), str(new)]) == ExitCode.FINDING
    said = capsys.readouterr().out
    assert "1 处不同" in said
    assert "单位基本情况" in said
    assert "到2031年" in said


@pytest.mark.one_in(2)
@pytest.mark.parametrize(
    ("was", "now", "shown"),
    [("staff: 2860", "staff: 二千多", "二千多"), ("staff: 2860", "staff: 待定", "待定")],
)
def test_what_cannot_be_read_is_compared_as_it_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], was: str, now: str, shown: str
) -> None:
    old = example(tmp_path, PLAIN)
    new = written(tmp_path, "new.yaml", old.read_text("utf-8").replace(was, now))
    code, found = compared(capsys, old, new, "-p", PLAIN)
    assert code == ExitCode.FINDING
    (change,) = found["changes"]
    assert change["after"] == shown


def test_two_ways_of_writing_one_value_are_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = example(tmp_path, PLAIN)
    text = old.read_text("utf-8").replace("filing_date: 2025-06-20", "填报日期: 2025年6月20日")
    code, found = compared(capsys, old, written(tmp_path, "new.yaml", text), "-p", PLAIN)
    assert (code, found["same"], found["changes"]) == (ExitCode.DONE, True, [])


def test_a_packet_says_what_the_data_say_that_it_was_made_from(
    made: Standing, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ROOT / "data" / f"{made.manifest['programme'].replace('/', '-')}.yaml"
    code, found = compared(capsys, made.folder, data)
    assert (code, found["same"], found["signing"]) == (ExitCode.DONE, True, None)


def test_a_packet_and_itself(made: Standing, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = compared(capsys, made.folder, made.archive)
    assert (code, found["same"]) == (ExitCode.DONE, True)
    assert {each["state"] for each in found["signing"]["documents"]} == {"same"}
    assert not any(each["sign_again"] for each in found["signing"]["parties"])


def test_a_changed_pdf_is_refused(packet: Standing, capsys: pytest.CaptureFixture[str]) -> None:
    path = next(packet.folder.glob("0*.pdf"))
    path.write_bytes(path.read_bytes().replace(b"obj", b"obl", 1))
    assert main(["compare", str(packet.folder), str(packet.archive)]) == ExitCode.DATA
    assert "改动过" in capsys.readouterr().err


def test_what_is_neither_data_nor_packet_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", str(tmp_path), str(example(tmp_path, PLAIN))]) == ExitCode.DATA
    assert "不是数据文件，也不是材料包" in capsys.readouterr().err


@pytest.mark.thorough
def test_only_what_changed_is_signed_again(
    session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sentence that the application form alone prints leaves the agreement's signatures good."""
    folders = {}
    for name, changes in {
        "old": (),
        "form": (("省内规模最大的高端滚动体", "省内产量最大的高端滚动体"),),
        "phone": (("0379-55501026", "0379-55501027"),),
    }.items():
        place = tmp_path / name
        place.mkdir()
        made = packet(session, example(place, PLAIN, *changes), PLAIN)
        folders[name] = put(made, place / "out", force=False).folder
    code, found = compared(capsys, folders["old"], folders["form"])
    assert code == ExitCode.FINDING
    states = {each["title"]: each for each in found["signing"]["documents"]}
    agreement = next(each for title, each in states.items() if title.endswith("协议"))
    form = next(each for title, each in states.items() if title.endswith("表"))
    assert (agreement["state"], agreement["sign_again"]) == ("same", [])
    assert len(agreement["still_good"]) > 10
    assert form["state"] == "changed"
    assert form["pages"]
    assert set(form["pages"]) < set(range(1, form["total"] + 1))
    old_code, new_code = found["signing"]["old_check_code"], found["signing"]["new_check_code"]
    assert old_code != new_code

    _, found = compared(capsys, folders["old"], folders["phone"])
    agreement = next(each for each in found["signing"]["documents"] if each["title"].endswith("协议"))
    assert agreement["state"] == "changed"
    assert not agreement["still_good"]
    assert all(
        any(place["document"] == agreement["title"] for place in party["sign_again"])
        for party in found["signing"]["parties"]
        if party["party"] in {place["party"] for place in agreement["sign_again"]}
    )
