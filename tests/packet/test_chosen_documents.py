"""Documents one a member and by condition, and those of ours that the data or a checklist ask for."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import docx
import pytest

from generator.errors import ProgrammeError, RefusedError
from generator.model.catalogue import Catalogue
from generator.packet.assessment import Order
from generator.packet.parts import Packet
from generator.packet.pipeline import build, put
from generator.packet.session import Session
from generator.readers.source_file import read_source
from generator.workflows.blank import blank_documents
from generator.workflows.lint.folder import lint
from generator.workflows.verify import verify
from tests.packet.making import PLAIN, example, file, packet

ROOT = Path(__file__).resolve().parents[2]
CODE = "another/scheme-2030"
ASKED = ("agreement:\n", "随附文书: [承诺书, 推荐函, 单位公函]\n\nagreement:\n")


def ids(made: Packet) -> list[str]:
    return [document.id for document in made.manifest.documents]


def text(data: bytes, folder: Path) -> str:
    path = folder / "shown.docx"
    path.write_bytes(data)
    body = docx.Document(str(path)).element.body
    return "".join(each.text or "" for each in body.iter() if each.tag.endswith("}t"))


@pytest.fixture
def scheme(tmp_path: Path) -> Any:
    """Another scheme, its file changed at the given texts; gives an opened session."""
    opened: list[Session] = []

    def make(*changes: tuple[str, str]) -> Session:
        folder = tmp_path / "templates" / "another" / "scheme-2030"
        shutil.copytree(ROOT / "templates" / PLAIN, folder)
        shutil.copy(ROOT / "templates" / "common" / "pledge.docx", folder / "own.docx")
        path = folder / "programme.yaml"
        written = path.read_text(encoding="utf-8").replace(PLAIN, CODE)
        for old, new in changes:
            assert old in written, old
            written = written.replace(old, new, 1)
        path.write_text(written, encoding="utf-8")
        opened.append(Session(Catalogue(tmp_path / "templates"), None))
        return opened[-1]

    yield make
    for each in opened:
        each.__exit__(None, None, None)


def for_scheme(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    path = example(tmp_path, PLAIN, *changes)
    path.write_text(path.read_text(encoding="utf-8").replace(PLAIN, CODE), encoding="utf-8")
    return path


def made_for(session: Session, data: Path, edition: Any = "draft") -> Packet:
    return build(read_source(data), session.catalogue.load(CODE), Order(edition), session)


def test_the_data_choose_documents_of_ours(words_only: Session, tmp_path: Path) -> None:
    made = packet(words_only, example(tmp_path, PLAIN, ASKED), PLAIN)
    members = made.job.dataset.consortium.members or ()
    pledges = [name for name in ids(made) if name.startswith("pledge-")]
    assert len(pledges) == len(members) == 12
    assert ids(made)[-2:] == ["recommendation-letter", "cover-letter"]
    by_id = {document.id: document for document in made.manifest.documents}
    (place,) = by_id["pledge-02"].signatories
    assert (place.party, place.role, place.signer) == (members[1].name, "pledger", "法定代表人")
    (recommending,) = by_id["recommendation-letter"].signatories
    assert recommending.party == made.job.dataset.consortium.recommender
    shown = text(file(made, by_id["pledge-02"].files[0].path), tmp_path)
    for part in (members[1].name, members[1].credit_code, "不就同一内容重复申报", "弄虚作假"):
        assert str(part) in shown
    assert "参考文本" not in shown
    assert not any(entry.field.startswith("letters") for entry in made.manifest.unprinted)
    checklist = text(file(made, "internal/checklist.docx"), tmp_path)
    assert "承诺书" in checklist
    assert "有规定格式的用规定的" in checklist


@pytest.mark.thorough
def test_a_draft_of_them_says_that_the_text_is_ours(words_only: Session, tmp_path: Path) -> None:
    draft = packet(words_only, example(tmp_path, PLAIN, ASKED), PLAIN, Order("draft"))
    by_id = {one.id: one for one in draft.manifest.documents}
    for name in ("pledge-02", "recommendation-letter", "cover-letter"):
        assert "参考文本" in text(file(draft, by_id[name].files[0].path), tmp_path)


@pytest.mark.thorough
def test_chosen_documents_are_signed_bound_and_verified(session: Session, tmp_path: Path) -> None:
    made = packet(session, example(tmp_path, PLAIN, ASKED), PLAIN)
    by_id = {document.id: document for document in made.manifest.documents}
    fields = {place.field for one in by_id.values() for place in one.signatories if place.rect}
    assert all(place.field in fields for place in by_id["pledge-01"].signatories)
    report = verify(put(made, tmp_path / "out", force=False).folder, complete=True)
    assert report.sound
    unsigned = {place.document for place in report.unsigned}
    assert {"推荐函", "单位公函"} <= unsigned
    assert len([title for title in unsigned if title.startswith("承诺书")]) == 12
    assert report.exit_code == 1


def test_a_route_without_a_recommending_body_has_no_letter_of_it_and_says_so(
    words_only: Session, tmp_path: Path
) -> None:
    changed = example(tmp_path, PLAIN, ASKED)
    lines = changed.read_text(encoding="utf-8").splitlines()
    at = next(at for at, line in enumerate(lines) if line.startswith(("recommender:", "推荐单位:")))
    lines[at] = "recommender: 无"
    changed.write_text("\n".join(lines), encoding="utf-8")
    made = packet(words_only, changed, PLAIN, Order("draft"))
    assert "recommendation-letter" not in ids(made)
    assert any("没有生成《推荐函》" in warning for warning in made.manifest.warnings)


def test_a_checklist_asks_for_a_document_of_ours(scheme: Any, tmp_path: Path) -> None:
    item = "attachments:\n  - {id: promise, title: 各成员单位承诺书, per_member: true, document: pledge}\n"
    opened = scheme(("attachments:\n", item))
    made = made_for(opened, for_scheme(tmp_path))
    assert len([name for name in ids(made) if name.startswith("pledge-")]) == 12
    assert {line.id: line.state for line in made.manifest.checklist}["promise"] == "included"
    given = for_scheme(tmp_path)
    given.write_text(
        given.read_text(encoding="utf-8") + "\nattachments:\n  promise: [已签.pdf]\n", encoding="utf-8"
    )
    again = made_for(opened, given)
    assert not [name for name in ids(again) if name.startswith("pledge-")]


@pytest.mark.thorough
def test_a_checklist_that_asks_for_what_is_none_of_ours_is_refused(scheme: Any, tmp_path: Path) -> None:
    item = "attachments:\n  - {id: promise, title: 各成员单位承诺书, document: none}\n"
    opened = scheme(("attachments:\n", item))
    with pytest.raises(ProgrammeError, match="不是公用文书"):
        made_for(opened, for_scheme(tmp_path))
    folder = tmp_path / "templates" / "another" / "scheme-2030"
    assert any("不是公用文书" in fault.message for fault in lint(folder, opened.catalogue))


OWN = """documents:
  - id: undertaking
    title: 企业承诺
    template: own.docx
    for_each: members[]
    where: {kind: 企业}
    when: {industry: {is: 高端装备}}
    signatories:
      - {role: pledger, party: members, title: 承诺单位, signer: 法定代表人}
"""


@pytest.mark.thorough
def test_a_scheme_s_own_document_is_made_for_the_members_that_it_picks(scheme: Any, tmp_path: Path) -> None:
    opened = scheme(("documents:\n", OWN))
    data = for_scheme(tmp_path)
    made = made_for(opened, data)
    industry = made.job.dataset.consortium.industry
    assert "undertaking-01" not in ids(made)
    (tmp_path / "templates" / "another" / "scheme-2030" / "programme.yaml").write_text(
        (tmp_path / "templates" / "another" / "scheme-2030" / "programme.yaml")
        .read_text(encoding="utf-8")
        .replace("{is: 高端装备}", f"{{is: {industry}}}"),
        encoding="utf-8",
    )
    with Session(Catalogue(tmp_path / "templates"), None) as again:
        made = made_for(again, data)
        own = [one for one in made.manifest.documents if one.id.startswith("undertaking-")]
        members = [one.name for one in made.job.dataset.consortium.members or () if one.kind == "企业"]
        assert [place.party for one in own for place in one.signatories] == members
        # Whether there is one cannot be told: the draft has it and says so, signing is refused.
        unknown = data.read_text(encoding="utf-8").replace(f"industry: {industry}\n", "")
        data.write_text(unknown, encoding="utf-8")
        draft = made_for(again, data)
        assert "undertaking-01" in ids(draft)
        assert any("要不要《企业承诺》，还看不出" in each for each in draft.manifest.warnings)
        with pytest.raises(RefusedError, match="产业领域"):
            made_for(again, data, "signing")
    folder = tmp_path / "templates" / "another" / "scheme-2030"
    assert not [
        fault for fault in lint(folder, Catalogue(tmp_path / "templates")) if fault.severity == "error"
    ]


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("where: {none: 1}", "none"),
        ("where: {kind: 商店}", "商店"),
        ("when: {members: 甲}", "members"),
    ],
)
def test_a_condition_of_a_document_that_cannot_be_is_told_by_lint(
    scheme: Any, tmp_path: Path, line: str, words: str
) -> None:
    name = line.partition(":")[0]
    own = "\n".join(
        f"    {line}" if each.strip().startswith(f"{name}:") else each for each in OWN.splitlines()
    )
    scheme(("documents:\n", own + "\n"))
    folder = tmp_path / "templates" / "another" / "scheme-2030"
    found = [fault.message for fault in lint(folder, Catalogue(tmp_path / "templates"))]
    assert any("企业承诺" in each and words in each for each in found), found


@pytest.mark.thorough
def test_the_command_says_how_the_agreement_is_signed(words_only: Session, tmp_path: Path) -> None:
    data = example(tmp_path, PLAIN)
    shared = packet(words_only, data, PLAIN, Order("draft"))
    own = packet(words_only, data, PLAIN, Order("draft", signing_pages="one-per-party"))
    assert own.job.dataset.consortium.agreement is not None
    name = "02-河南省创新联合体组建协议.docx"
    assert file(shared, name) != file(own, name)
    assert "每方一页" in file(own, "internal/data.yaml").decode()
    again = packet(words_only, data, PLAIN, Order("draft", signing_pages="shared"))
    assert text(file(again, name), tmp_path) == text(file(shared, name), tmp_path)


def test_a_blank_of_what_the_checklist_asks_for_is_there_and_names_nobody(
    scheme: Any, tmp_path: Path
) -> None:
    item = "attachments:\n  - {id: promise, title: 各成员单位承诺书, document: pledge}\n"
    opened = scheme(("attachments:\n", item))
    made = dict(blank_documents(opened.catalogue.load(CODE), opened))
    (name,) = [each for each in made if "承诺书" in each]
    shown = text(made[name], tmp_path)
    assert "参考文本" in shown
    assert "郑重承诺" in shown
    assert "{{" not in shown
