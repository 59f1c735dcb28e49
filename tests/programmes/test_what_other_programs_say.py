"""Every file of every example, read by programs that are not ours: they find nothing to complain of.

Poppler and qpdf read the PDFs, openxml-audit (the rules of the Open XML SDK) the Word files.
"""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from openxml_audit import OpenXmlValidator  # type: ignore[import-untyped]

from generator.model.catalogue import Catalogue
from generator.packet.assessment import Order
from generator.packet.session import Session
from tests.pace import first_quickly
from tests.packet.making import ROOT
from tests.packet.making import packet as made_packet
from tests.standing import signing_packet

if TYPE_CHECKING:
    from generator.packet.parts import Packet

CODES = [
    code for code in Catalogue().folders() if (ROOT / "data" / f"{code.replace('/', '-')}.yaml").exists()
]
# What openxml-audit asks for beyond the standard: both parts are optional in ISO/IEC 29500-1 (11.3.5, 14.2.7), and
# Word opens files without them. Our faces and sizes stand in the styles, so neither would say anything.
ALLOWED = {
    f"A required relationship type 'http://schemas.openxmlformats.org/officeDocument/2006/relationships/{part}' "
    "is missing."
    for part in ("fontTable", "theme")
}
CHECKS = (("pdfinfo", "{}"), ("pdftotext", "{}", "-"), ("qpdf", "--check", "{}"))


def draft(code: str) -> Packet:
    with Session(Catalogue(), "typst") as session:
        return made_packet(session, ROOT / "data" / f"{code.replace('/', '-')}.yaml", code, Order("draft"))


def complaints(file: Path) -> list[str]:
    found = []
    for tool, *rest in CHECKS:
        done = subprocess.run(
            [tool, *(part.format(file) for part in rest)], capture_output=True, text=True, check=False
        )
        if done.returncode or done.stderr.strip():
            found.append(f"{tool}: {done.returncode} {done.stderr.strip()[:300]}")
    return found


@pytest.mark.thorough
@pytest.mark.skipif(not all(map(shutil.which, ("pdfinfo", "pdftotext", "qpdf"))), reason="poppler and qpdf")
@pytest.mark.parametrize("code", first_quickly(CODES))
def test_poppler_and_qpdf_warn_of_no_pdf(code: str, tmp_path: Path) -> None:
    file = tmp_path / "one.pdf"
    found = {}
    for one in signing_packet(code).files:
        # The parties' notices are alike.
        if one.format == "pdf" and ("/parties/" not in one.path or "/parties/01" in one.path):
            file.write_bytes(one.data)
            found[one.path] = complaints(file)
    assert found == {path: [] for path in found}


def audited(packet: Packet, folder: Path) -> Counter[str]:
    file = folder / "one.docx"
    found: Counter[str] = Counter()
    for one in packet.files:
        if one.format == "docx":
            file.write_bytes(one.data)
            # A new one each: it keeps what it has read of the last file's comments.
            for error in OpenXmlValidator().validate(file).errors:
                if error.description not in ALLOWED:
                    found[f"{one.path}: {error.description}"] += 1
    return found


@pytest.mark.thorough
@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("edition", ["draft", "signing"])
def test_every_word_file_keeps_the_rules_of_the_open_xml_sdk(code: str, edition: str, tmp_path: Path) -> None:
    packet = draft(code) if edition == "draft" else signing_packet(code)
    assert not audited(packet, tmp_path)
