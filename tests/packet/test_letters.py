"""授权委托书: made where the scheme allows a delegate, complete, with a place for the principal alone."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest

from generator.errors import RefusedError
from generator.packet.assessment import Order
from generator.packet.session import Session
from tests.packet.making import PLAIN, WITH_DELEGATE, example, file, packet

DELEGATE = """    delegate:
      name: 卫思齐
      title: 副总经理
      id_number: 41000019800101002X
      matter: 签署组建协议
      powers: 代为签署，不得变更内容
      term: 自2025年6月1日起至2025年9月30日止
"""
PERSON = "    legal_representative: 孟庆安\n"
RULE = "signed-in-person"


def letters(made: object) -> list[str]:
    return [document["id"] for document in made.manifest.as_json()["documents"] if "author" in document["id"]]  # type: ignore[attr-defined]


def words(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    text = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return "".join(text.split())


@pytest.mark.thorough
def test_a_delegate_gets_a_letter_that_the_principal_signs(session: Session, tmp_path: Path) -> None:
    made = packet(session, example(tmp_path, WITH_DELEGATE), WITH_DELEGATE)
    assert letters(made) == ["authorisation-01"]
    (document,) = [one for one in made.manifest.as_json()["documents"] if one["id"] == "authorisation-01"]
    (signatory,) = document["signatories"]
    assert signatory["party"] == "楚澜理工大学"
    assert signatory["role"] == "principal"
    assert signatory["signer"] == "法定代表人"
    assert signatory["field"]
    path = next(entry["path"] for entry in document["files"] if entry["format"] == "pdf")
    assert path.startswith("letters/")
    text = words(file(made, path))
    for part in ("楚澜理工大学", "12420000MAAEEB975N", "孟怀瑾", "叶书程", "42010019760000012X"):
        assert part in text
    for part in ("委托事项", "代理权限", "委托期限", "自2025年9月1日起至2025年12月31日止", "（盖章）"):
        assert part in text
    assert "叶书程" in words(file(made, "packet.pdf"))


@pytest.mark.one_in(3)
@pytest.mark.parametrize("field", ["name", "id_number", "matter", "powers", "term"])
def test_a_letter_that_lacks_something_is_refused_for_signing(
    words_only: Session, tmp_path: Path, field: str
) -> None:
    lines = (Path(example(tmp_path, WITH_DELEGATE))).read_text(encoding="utf-8").splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if line.strip() == "delegate:")
    kept = [
        line
        for number, line in enumerate(lines)
        if not (at < number < at + 8 and line.strip().startswith(f"{field}:"))
    ]
    assert len(kept) == len(lines) - 1
    data = tmp_path / "缺.yaml"
    data.write_text("".join(kept), encoding="utf-8")
    with pytest.raises(RefusedError):
        packet(words_only, data, WITH_DELEGATE)
    draft = packet(words_only, data, WITH_DELEGATE, Order("draft"))
    assert f"members[7].delegate.{field}" in {
        path for document in draft.documents for path in document.record.missing
    }


def test_where_the_law_of_the_scheme_wants_the_person_there_is_a_letter_only_once_accepted(
    words_only: Session, tmp_path: Path
) -> None:
    data = example(tmp_path, PLAIN, (PERSON, PERSON + DELEGATE))
    with pytest.raises(RefusedError):
        packet(words_only, data, PLAIN)
    assert letters(packet(words_only, data, PLAIN, Order("draft"))) == []
    made = packet(words_only, data, PLAIN, Order("signing", {RULE: "法定代表人在国外，已向推荐单位说明"}))
    assert letters(made) == ["authorisation-01"]


def test_nobody_delegates_and_there_is_no_letter(words_only: Session, tmp_path: Path) -> None:
    assert letters(packet(words_only, example(tmp_path, PLAIN), PLAIN)) == []
