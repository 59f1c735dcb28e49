"""``check`` says that a signing edition can be made exactly where ``packet`` makes one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.cli import main
from tests.pace import first_quickly
from tests.packet.making import PLAIN, example, pdf

LOCKED = b"%PDF-1.4\nthis is no PDF at all\n%%EOF\n"

CASES: dict[str, tuple[tuple[tuple[str, str], ...], str, str]] = {
    "ready": ((), "", "可以出签署版"),
    "attached": ((), "attachments:\n  licences: [证照.pdf]\n", "可以出签署版"),
    "attachment-lost": ((), "attachments:\n  licences: [没有.pdf]\n", "附件还不齐"),
    "one-of-two-lost": ((), "attachments:\n  licences: [证照.pdf, 没有.pdf]\n", "附件还不齐"),
    "attachment-of-another-scheme-lost": ((), "attachments:\n  somewhere-else: [没有.pdf]\n", ""),
    "attachment-damaged": ((), "attachments:\n  licences: [坏.pdf]\n", "数据有误"),
    "value-missing": ((("    credit_code: 91410700MAJ02E8B2W\n", ""),), "", ""),
    "value-wrong": ((("91410700MAJ02E8B2W", "9141"),), "", "数据有误"),
}


@pytest.mark.parametrize("case", first_quickly(CASES))
def test_check_and_packet_agree(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changes, more, conclusion = CASES[case]
    (tmp_path / "证照.pdf").write_bytes(pdf(1))
    (tmp_path / "坏.pdf").write_bytes(LOCKED)
    data = example(tmp_path, PLAIN, *changes, more=more)
    checked = main(["check", str(data), "-p", PLAIN])
    said = capsys.readouterr().out
    assert conclusion in said
    packet = ["packet", str(data), "-p", PLAIN, "--edition", "signing", "--no-pdf"]
    made = main([*packet, "-o", str(tmp_path / "out")])
    refused = capsys.readouterr().err
    assert (made == 0) is ("可以出签署版" in said), refused
    if made == 3:
        assert checked == 3
    assert main(["check", str(data), "-p", PLAIN, "--format", "json"]) == checked
    (result,) = json.loads(capsys.readouterr().out)["programmes"]
    ready = not (result["blocked"] or result["missing"] or result["lost_attachments"] or result["problems"])
    assert ready is (made == 0)
    for one in result["lost_attachments"]:
        assert one["file"] in "".join(refused.split())
