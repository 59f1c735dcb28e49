"""Signature places after an edit in Word: none is lost without a word, and none is guessed."""

from __future__ import annotations

import copy
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from generator.cli import main
from tests.standing import Standing

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
THIRD = "郑州融岳特种钢材有限公司"
FOURTH = "许昌拓源风电装备有限公司"
DOCUMENT = "word/document.xml"

Change = Callable[[Any], object]


def edit(path: Path, change: Change) -> None:
    """Change a document's XML as Word would when a person edits it."""
    with zipfile.ZipFile(path) as package:
        parts = {member.filename: package.read(member) for member in package.infolist()}
    root = etree.fromstring(parts[DOCUMENT])
    change(root)
    parts[DOCUMENT] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)


def bookmark(root: Any, name: str) -> Any:
    return next(one for one in root.iter(W + "bookmarkStart") if one.get(W + "name") == name)


def end_of(root: Any, start: Any) -> Any:
    return next(one for one in root.iter(W + "bookmarkEnd") if one.get(W + "id") == start.get(W + "id"))


def drop(*names: str) -> Change:
    def change(root: Any) -> None:
        for name in names or [one.get(W + "name") for one in root.iter(W + "bookmarkStart")]:
            if not name.startswith("sign."):
                continue
            start = bookmark(root, name)
            end = end_of(root, start)
            start.getparent().remove(start)
            end.getparent().remove(end)

    return change


def only_start(name: str) -> Change:
    def change(root: Any) -> None:
        start = bookmark(root, name)
        start.getparent().remove(start)

    return change


def retype(old: str, new: str) -> Change:
    def change(root: Any) -> None:
        for piece in root.iter(W + "t"):
            if piece.text and old in piece.text:
                piece.text = piece.text.replace(old, new)

    return change


def block(root: Any, party: str) -> Any:
    """The innermost table with a party's signature block: the last one that names the party."""
    cells = [p for p in root.iter(W + "p") if "".join(t.text or "" for t in p.iter(W + "t")) == party]
    return next(cells[-1].iterancestors(W + "tc"))


def blank_lines(root: Any) -> None:
    for paragraph in [one for one in root.iter(W + "p") if "日期" in "".join(one.itertext())]:
        paragraph.addprevious(etree.Element(W + "p"))


def doubled(root: Any) -> None:
    table = copy.deepcopy(next(block(root, THIRD).iterancestors(W + "tbl")))
    for mark in list(table.iter(W + "bookmarkStart", W + "bookmarkEnd")):
        mark.getparent().remove(mark)
    root.find(f"{W}body").insert(0, table)


def both(*changes: Change) -> Change:
    def change(root: Any) -> None:
        for each in changes:
            each(root)

    return change


def onto_the_next(root: Any) -> None:
    """The third party's bookmark moved to the fourth's block, as by cutting and pasting."""
    third, fourth = bookmark(root, "sign.member.3"), bookmark(root, "sign.member.4")
    third_end, fourth_end = end_of(root, third), end_of(root, fourth)
    fourth.getparent().remove(fourth)
    fourth_end.addprevious(third_end)
    fourth_end.getparent().remove(fourth_end)
    target = next(block(root, FOURTH).iter(W + "p"))
    target.insert(0, third)


def typed_by_hand(root: Any) -> None:
    bookmark(root, "sign.member.3").set(W + "name", "sign_member_3")


def agreement(packet: Standing) -> Path:
    return next(packet.folder.glob("02-*.docx"))


def signatories(packet: Standing) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = packet.document("agreement")["signatories"]
    return found


FOUND_AGAIN: dict[str, Change] = {
    "one": drop("sign.member.3"),
    "its-beginning-only": only_start("sign.member.3"),
    "all": drop(),
    "one-and-blank-lines": both(drop("sign.member.3"), blank_lines),
    "cover": drop("sign.cover"),
    "named-as-word-lets-a-person-type": typed_by_hand,
}


@pytest.mark.thorough
@pytest.mark.parametrize("case", FOUND_AGAIN)
def test_a_lost_bookmark_is_found_again_by_the_printed_label(
    packet: Standing, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = signatories(packet)
    edit(agreement(packet), FOUND_AGAIN[case])
    mine = agreement(packet).read_bytes()
    assert main(["bind", str(packet.folder)]) == 0
    said = capsys.readouterr().out
    if "named" not in case:
        assert "请在 PDF 里核对" in said
    after = signatories(packet)
    assert [one["field"] for one in after] == [one["field"] for one in before]
    assert len({(one["page"], *one["rect"]) for one in after}) == len(before)
    if "blank" not in case:
        assert [one["page"] for one in after] == [one["page"] for one in before]
        for one, other in zip(after, before, strict=True):
            assert one["rect"] == pytest.approx(other["rect"], abs=2)
    assert agreement(packet).read_bytes() == mine
    assert main(["verify", str(packet.folder)]) == 0


REFUSED: dict[str, tuple[Change, str]] = {
    "label-changed": (both(drop("sign.member.3"), retype(THIRD, "郑州融岳钢铁有限公司")), THIRD),
    "block-gone": (
        both(drop("sign.member.3"), lambda root: [t.clear() for t in block(root, THIRD).iter(W + "t")]),
        THIRD,
    ),
    "block-twice": (both(drop("sign.member.3"), doubled), THIRD),
    "bookmark-left-but-label-gone": (
        lambda root: [t.clear() for t in block(root, THIRD).iter(W + "t")],
        THIRD,
    ),
    "on-another-party": (onto_the_next, THIRD),
}


@pytest.mark.thorough
@pytest.mark.parametrize("case", REFUSED)
def test_a_place_that_cannot_be_told_for_sure_is_refused_by_name(
    packet: Standing, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    change, party = REFUSED[case]
    edit(agreement(packet), change)
    before = {path: path.read_bytes() for path in packet.folder.rglob("*") if path.is_file()}
    assert main(["bind", str(packet.folder)]) == 3
    said = "".join(capsys.readouterr().err.split())
    assert party in said
    assert "sign_member_3" in said
    assert "签章" in said
    assert {path: path.read_bytes() for path in packet.folder.rglob("*") if path.is_file()} == before


@pytest.mark.thorough
def test_bound_edits_are_a_persons_work(
    packet: Standing, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = Path(__file__).resolve().parents[2]
    data = root / "data" / "henan-consortium-2022.yaml"
    name = json.loads((packet.folder / "manifest.json").read_bytes())["consortium"]
    home = tmp_path / "output" / name
    home.mkdir(parents=True)
    folder = Path(shutil.move(packet.folder, home / packet.folder.name))
    shutil.move(packet.archive, home)
    edit(next(folder.glob("02-*.docx")), retype("各方", "各缔约方"))
    assert main(["bind", str(folder)]) == 0
    mine = next(folder.glob("02-*.docx")).read_bytes()
    # Bound once more it is still the person's, and nothing stands in the way.
    assert main(["bind", str(folder)]) == 0
    order = ["packet", str(data), "-p", "henan/consortium-2022", "--edition", "signing", "--no-pdf"]
    capsys.readouterr()
    assert main([*order, "-o", str(tmp_path / "output")]) == 6
    said = "".join(capsys.readouterr().err.split())
    assert next(folder.glob("02-*.docx")).name in said
    assert "重新装订" in said
    assert next(folder.glob("02-*.docx")).read_bytes() == mine
    assert main([*order, "-o", str(tmp_path / "output"), "--force"]) == 0
    (aside,) = home.glob("*-旧1")
    assert next(aside.glob("02-*.docx")).read_bytes() == mine


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("role", "title"), [("member", "所有成员单位签章"), ("lead-opinion", "牵头单位意见")]
)
def test_a_template_without_a_place_makes_no_signing_packet(
    tmp_path: Path, role: str, title: str, capsys: pytest.CaptureFixture[str]
) -> None:
    root = Path(__file__).resolve().parents[2]
    code = "henan/consortium-2022"
    folder = tmp_path / "templates" / code
    shutil.copytree(root / "templates" / code, folder)
    name = f"sign.{role}"
    for template in folder.glob("*.docx"):
        # A block that comes in several forms has its bookmark in each.
        with zipfile.ZipFile(template) as package:
            times = package.read(DOCUMENT).count(f'"{name}"'.encode())
        for _ in range(times):
            edit(template, drop(name))
    data = root / "data" / "henan-consortium-2022.yaml"
    order = ["packet", str(data), "-p", code, "--templates", str(tmp_path / "templates"), "-o", str(tmp_path)]
    assert main([*order, "--edition", "signing"]) == 4
    said = "".join(capsys.readouterr().err.split())
    assert "签章位置" in said
    assert title in said
    assert list(tmp_path.rglob("manifest.json")) == []
    # A draft shows what there is, and says what it lacks.
    assert main(order) == 0
    assert "没有找到" in "".join(capsys.readouterr().out.split())


def to_the_first_paragraph(root: Any) -> None:
    """The third party's bookmark moved to the title."""
    start = bookmark(root, "sign.member.3")
    end = end_of(root, start)
    first = next(one for one in root.iter(W + "p") if "".join(one.itertext()).strip())
    first.insert(1, start)
    first.append(end)


DELETED: dict[str, tuple[Change, bool]] = {
    "one": (drop("sign.member.3"), True),
    "all": (drop(), True),
    "moved-to-another-paragraph": (to_the_first_paragraph, False),
    "one-and-its-label-retyped": (
        both(drop("sign.member.3"), retype(THIRD, "郑州融岳钢铁有限公司")),
        False,
    ),
    "one-of-two-identical-labels": (both(drop("sign.member.3"), doubled), False),
}


@pytest.mark.thorough
@pytest.mark.parametrize("case", DELETED)
def test_bind_sign_bookmark_deleted_is_never_complete_without_the_party(
    packet: Standing, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    change, found_again = DELETED[case]
    places = len(signatories(packet))
    edit(agreement(packet), change)
    # As long as it is not bound, the packet is not as it was made.
    assert main(["verify", str(packet.folder), "--complete"]) == 1
    assert agreement(packet).name in capsys.readouterr().out
    assert main(["bind", str(packet.folder)]) == (0 if found_again else 3)
    if not found_again:
        assert THIRD in "".join(capsys.readouterr().err.split())
    assert len(signatories(packet)) == places
    capsys.readouterr()
    # Bound or not, all its places are asked for, the third party's among them.
    assert main(["verify", str(packet.folder), "--complete"]) == 1
    said = capsys.readouterr().out
    assert f"{places}" in said
    assert THIRD in said
