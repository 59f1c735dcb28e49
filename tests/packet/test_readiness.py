"""Warnings before signing: names that are nearly right, placeholders, a delegate who is not allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.model.catalogue import Catalogue
from generator.packet.assessment import Order
from generator.packet.session import Session
from tests.packet.making import PLAIN, example, packet

DRAFT = Order("draft")
SENTENCE = "公司是河南省创新龙头企业"


def told(session: Session, folder: Path, *changes: tuple[str, str]) -> list[str]:
    return list(
        packet(session, example(folder, PLAIN, *changes), PLAIN, DRAFT).manifest.as_json()["warnings"]
    )


@pytest.mark.one_in(2)
@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        ("新乡衡达轴承另件有限公司", "新乡衡达轴承另件有限公司"),
        ("新乡衡达轴承零配件有限公司", "新乡衡达轴承零配件有限公司"),
        ("新乡衡达轴零件有限公司", "新乡衡达轴零件有限公司"),
        ("河南省高端轴承创新联合体", ""),
        ("新乡衡达轴承零件有限公司", ""),
        ("河南省精密轴承创新联合体", "河南省精密轴承创新联合体"),
    ],
)
def test_a_name_that_is_nearly_a_members_is_told_with_its_place(
    words_only: Session, tmp_path: Path, written: str, wrong: str
) -> None:
    warnings = told(words_only, tmp_path, (SENTENCE, f"{written}，{SENTENCE}"))
    found = [warning for warning in warnings if "请核对" in warning]
    if not wrong:
        assert found == []
        return
    (warning,) = found
    assert f"“{wrong}”" in warning
    assert "联合体.yaml 第 " in warning


@pytest.mark.one_in(3)
@pytest.mark.parametrize("mark", ["XXX", "×××", "****", "____", "（待定）", "？？？"])
def test_a_placeholder_that_was_left_is_told(words_only: Session, tmp_path: Path, mark: str) -> None:
    warnings = told(words_only, tmp_path, (SENTENCE, f"{SENTENCE}{mark}"))
    assert [warning for warning in warnings if "还没有填完" in warning]


def test_a_delegate_whom_the_scheme_does_not_let_sign_is_told(words_only: Session, tmp_path: Path) -> None:
    person = "    legal_representative: 孟庆安\n"
    warnings = told(words_only, tmp_path, (person, f"{person}    delegate: {{name: 卫思齐}}\n"))
    assert [warning for warning in warnings if "没有为新乡衡达轴承零件有限公司生成授权委托书" in warning]


@pytest.mark.one_in(5)
@pytest.mark.parametrize("code", Catalogue().folders())
def test_the_examples_have_nothing_of_the_kind(words_only: Session, tmp_path: Path, code: str) -> None:
    warnings = packet(words_only, example(tmp_path, code), code, DRAFT).manifest.as_json()["warnings"]
    assert not [warning for warning in warnings if "请核对" in warning or "还没有填完" in warning]
