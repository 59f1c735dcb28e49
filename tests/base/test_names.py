"""Names that every system can hold, and that never meet."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generator.base.names import is_safe
from generator.publishing import safe_name
from tests.pace import examples

RESERVED = {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"} | {
    f"{device}{number}" for device in ("COM", "LPT") for number in "0123456789¹²³"
}
AWKWARD = st.text(
    alphabet=st.sampled_from('aAbBéÉſßıİKk某省　 .-_~$/\\:*?<>|"\x00\n\u200d\u0301\ud800🀄COMNUL019')
)
NAMES = st.one_of(st.text(), AWKWARD, st.text(min_size=30), st.sampled_from(sorted(RESERVED)))


def as_windows_sees_it(name: str) -> str:
    return "".join(char.upper() if len(char.upper()) == 1 else char for char in name)


def as_macos_sees_it(name: str) -> str:
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())


@given(NAMES)
@example("CON.报告")
@example("nul .x")
@example("~$申请表")
@example("尾点. . ")
def test_a_name_is_valid_on_windows(text: str) -> None:
    name = safe_name(text)
    assert name
    assert not set(name) & set('<>:"/\\|?*')
    assert not any(unicodedata.category(char) in {"Cc", "Cf", "Cs"} for char in name)
    assert name.split(".")[0].rstrip().upper() not in RESERVED
    assert not name.endswith((" ", "."))
    assert not name.startswith((" ", ".", "~"))
    assert unicodedata.is_normalized("NFC", name)
    assert len(name.encode()) <= 96
    assert is_safe(name)


@settings(max_examples=examples(500))
@given(st.lists(NAMES, min_size=2, unique=True))
@example(["ACME", "acme"])
@example(["某省/联合体", "某省_联合体", "某省:联合体"])
@example(["é", "e\u0301"])
@example(["名称", "名称 ", "名称.", " 名称"])
@example(["x/", safe_name("x/")])
@example(["x/", safe_name("x/").upper()])
def test_two_texts_never_get_one_name_even_where_case_is_not_told_apart(texts: list[str]) -> None:
    names = [safe_name(text) for text in texts]
    for seen in (str, as_windows_sees_it, as_macos_sees_it, str.casefold, str.upper):
        assert len({seen(name) for name in names}) == len(texts)


@pytest.mark.thorough
def test_no_two_letters_that_a_system_takes_for_one_both_stay_as_they_are() -> None:
    first_planes = map(chr, range(0x20000))  # beyond them no letter has a case
    kept = [char for char in first_planes if is_safe(char) and safe_name(char) == char]
    assert len(kept) > 60_000
    for seen in (as_windows_sees_it, as_macos_sees_it, str.casefold, str.upper, str.lower):
        assert len({seen(char) for char in kept}) == len(kept)


@given(NAMES.filter(bool), st.integers(min_value=24, max_value=120))
def test_a_name_is_cut_by_bytes_and_no_character_is_split(text: str, limit: int) -> None:
    name = safe_name(text, limit)
    assert len(name.encode()) <= limit
    assert "\ufffd" not in name or "\ufffd" in text


def test_a_character_is_not_parted_from_its_marks() -> None:
    text = "联" + "\U000e0100" + "合" * 40
    for limit in range(24, 40):
        stem = safe_name(text * 2, limit).rsplit("-", 1)[0]
        assert stem in {"联\U000e0100" + "合" * count for count in range(9)}
    assert safe_name("合合合合葛\U000e0100" + "合" * 40, 28).startswith("合合合合-")


@pytest.mark.parametrize(
    "name",
    ["某省高效节能电机产业创新联合体", "某省5G通信产业创新联合体", "AI、LED（二期）联合体", "龘𠮷联合体"],
)
def test_a_good_name_stays_as_it_is(name: str) -> None:
    assert safe_name(name) == name


def test_what_was_changed_can_still_be_recognised() -> None:
    assert safe_name("甲/乙联合体").startswith("甲_乙联合体-")
    assert safe_name("长" * 60).startswith("长" * 28 + "-")
