"""The supplementary agreement: what changed is in its table, and old and new parties sign it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytest

from generator.cli import main
from generator.errors import RefusedError
from generator.pdf.engines.open import EngineName
from generator.rendering.values import Edition
from generator.workflows.amend import Amendment, amend
from generator.workflows.verify import verify
from generator.workflows.workspace import Workspace
from tests.packet.making import PLAIN, ROOT, example

OLD = ROOT / "data" / "henan-consortium-2022.yaml"
LEAD = "洛阳启恒精密轴承集团股份有限公司"
OTHER = "新乡衡达轴承零件有限公司"
LEAVING = "江苏苏衡润滑材料有限公司"
JOINING = "郑州启辰传感技术有限公司"
NEW_LEAD = (
    (f"role: 牵头单位\n    name: {LEAD}", f"role: 成员单位\n    name: {LEAD}"),
    (f"role: 成员单位\n    name: {OTHER}", f"role: 牵头单位\n    name: {OTHER}"),
)
# Another organisation in the place of one: its name and its code.
EXCHANGED = ((LEAVING, JOINING), ("91320400MAW11E8L1R", "91410100MAY13E8N2P"))


@pytest.fixture(scope="module")
def workspace() -> Iterator[Workspace]:
    with Workspace() as opened:
        yield opened


def amended(
    workspace: Workspace,
    folder: Path,
    *changes: tuple[str, str],
    edition: Edition = "signing",
    engine: EngineName | None = None,
) -> Amendment:
    new = example(folder, PLAIN, *changes)
    return amend(workspace, OLD, new, folder / "out", PLAIN, edition=edition, engine=engine)


def table(made: Amendment) -> list[tuple[str, str, str]]:
    word = docx.Document(io.BytesIO(made.document.files[0].data))
    return [tuple(cell.text for cell in row.cells[1:]) for row in word.tables[1].rows[1:]]  # type: ignore[misc]


def body(made: Amendment) -> str:
    word = docx.Document(io.BytesIO(made.document.files[0].data))
    return "\n".join(paragraph.text for paragraph in word.paragraphs)


def parties(made: Amendment) -> list[str]:
    return [signing.party for signing in made.document.signings]


def test_who_joins_and_who_leaves_stand_in_the_table_and_sign(workspace: Workspace, tmp_path: Path) -> None:
    made = amended(workspace, tmp_path, *EXCHANGED)
    rows = {what: (before, after) for what, before, after in table(made)}
    assert rows["加入"][1].startswith(JOINING)
    assert "91410100MAY13E8N2P" in rows["加入"][1]
    assert rows["退出"][0].startswith(LEAVING)
    assert len(parties(made)) == 13
    assert parties(made)[-1] == LEAVING
    assert JOINING in parties(made)
    assert "退出联合体" in body(made)
    assert "加入联合体" in body(made)
    assert "牵头单位由" not in body(made)


def test_a_changed_lead_is_told_and_no_member_joins_or_leaves(workspace: Workspace, tmp_path: Path) -> None:
    made = amended(workspace, tmp_path, *NEW_LEAD)
    assert table(made) == [("牵头单位", LEAD, OTHER)]
    assert f"牵头单位由{LEAD}变更为{OTHER}" in body(made)
    assert len(parties(made)) == 12
    assert any("不得自行解散或变更牵头单位" in warning for warning in made.warnings)


def test_changed_shares_are_told_for_each_party_exactly(workspace: Workspace, tmp_path: Path) -> None:
    made = amended(
        workspace, tmp_path, ("amount: 2600", "amount: 2600.01"), ("amount: 400", "amount: 399.99")
    )
    rows = {what: (before, after) for what, before, after in table(made)}
    assert rows[f"{LEAD}的出资"] == ("6600.00 万元", "6600.01 万元")
    assert rows["郑州融岳特种钢材有限公司的出资"] == ("400.00 万元", "399.99 万元")


def test_an_organisation_with_a_new_name_stays_the_same_by_its_code(
    workspace: Workspace, tmp_path: Path
) -> None:
    made = amended(workspace, tmp_path, (LEAD, "洛阳启恒轴承股份有限公司"))
    rows = {what: (before, after) for what, before, after in table(made)}
    assert rows["洛阳启恒轴承股份有限公司的单位名称"] == (LEAD, "洛阳启恒轴承股份有限公司")
    assert "加入" not in rows
    assert "退出" not in rows
    assert not any(what.endswith("出资") for what in rows)
    assert not made.changes.lead_changes


def test_the_schemes_own_words_on_changes_are_quoted(workspace: Workspace, tmp_path: Path) -> None:
    made = amended(workspace, tmp_path, *EXCHANGED)
    rule = workspace.catalogue.load(PLAIN).amendment
    assert rule is not None
    assert rule.quote in body(made)
    assert "豫科〔2022〕88号" in body(made)


def test_the_pdf_has_a_field_for_every_party_and_the_folder_is_sound(
    workspace: Workspace, tmp_path: Path
) -> None:
    made = amended(workspace, tmp_path, *EXCHANGED, engine="typst")
    manifest: Any = json.loads((made.published.folder / "manifest.json").read_bytes())
    (document,) = manifest["documents"]
    assert len({signing["field"] for signing in document["signatories"]}) == 13
    assert verify(made.published.folder).sound
    pdf = pypdfium2.PdfDocument(made.document.files[1].data)
    pages = ["".join(page.get_textpage().get_text_range().split()) for page in pdf]
    pdf.close()
    for signing in document["signatories"]:
        assert signing["party"] in pages[signing["page"] - 1]
    first = min(signing["page"] for signing in document["signatories"])
    assert "生效和文本" in pages[first - 1]


def test_nothing_changed_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="不需要补充协议"):
        amended(workspace, tmp_path)


def test_a_party_without_its_code_is_marked_in_a_draft_and_refused_for_signing(
    workspace: Workspace, tmp_path: Path
) -> None:
    lacking = (*NEW_LEAD, ("    credit_code: 91410700MAJ02E8B2W\n", ""))
    with pytest.raises(
        RefusedError, match=r"联合体\.yaml 第 \d+ 行：第 2 个成员单位的“统一社会信用代码”没有填写"
    ):
        amended(workspace, tmp_path, *lacking)
    made = amended(workspace, tmp_path, *lacking, edition="draft")
    word = docx.Document(io.BytesIO(made.document.files[0].data))
    assert any("〔待填：统一社会信用代码〕" in cell.text for cell in word.tables[0]._cells)


def test_the_command_says_what_changes_and_a_changed_file_is_not_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = example(tmp_path, PLAIN, *NEW_LEAD)
    arguments = ["amend", str(OLD), str(new), "-p", PLAIN, "-o", str(tmp_path / "出"), "--no-pdf"]
    assert main(arguments) == 0
    assert f"牵头单位：{LEAD} → {OTHER}" in capsys.readouterr().out
    (written,) = (tmp_path / "出").rglob("*.docx")
    written.write_bytes(b"mine")
    assert main(arguments) == 6
    assert written.read_bytes() == b"mine"
    assert main([*arguments[:2], str(OLD), *arguments[3:]]) == 1
