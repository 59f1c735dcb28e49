"""YAML files made to hurt: each ends quickly in a clear message that shows nothing of the program's internals."""

from __future__ import annotations

import gc
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.base.yaml import MAX_DEPTH, read_yaml
from generator.errors import DataError, Place, Problem
from generator.readers.load import load
from generator.readers.source_file import read_source
from tests.pace import allowed, examples

SECONDS = 4.0


def alias_bomb() -> str:
    lines = ["a0: &a0 [x, x, x]"]
    lines += [f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 9)}]" for at in range(1, 12)]
    return "\n".join(lines)


HOSTILE = {
    "a value of 1 MB": ("name: " + "甲" * 1_000_000, "“name”的值有 1000000 个字符", 1),
    "a quoted value of 1 MB": ('name: "' + "a " * 500_000 + '"', "1000000", 1),
    "2,000 flow lists": ("name: " + "[" * 2000 + "]" * 2000, f"超过 {MAX_DEPTH} 层", 1),
    "2,000 open flow lists": ("name: " + "[" * 2000, f"超过 {MAX_DEPTH} 层", 1),
    "2,000 flow maps": ("name: " + "{a: " * 2000, f"超过 {MAX_DEPTH} 层", 1),
    "2,000 block maps": ("".join("  " * at + f"k{at}:\n" for at in range(2000)), f"超过 {MAX_DEPTH} 层", 41),
    "2,000 block lists": ("- " * 2000 + "x", f"超过 {MAX_DEPTH} 层", 1),
    "2,000 keys in keys": ("? " * 2000 + "x", "字段名不能是列表", 1),
    "an alias bomb": (alias_bomb(), "别名", 2),
    "an alias to itself": ("a: &a [*a]", "别名", 1),
    "a million items": ("a:\n" + "- x\n" * 1_000_000, "确认选对了文件", None),
    "a key of 1 MB": ("? " + "x" * 1_000_000 + "\n: 1\n", "字段名有 1000000 个字符", 1),
    "a Python object": ("name: !!python/object/apply:os.system ['true']", "标签", 1),
    "a merge key": ("a: 1\n<<: {b: 2}\n", "合并键", 2),
    "a duplicate key": ("name: 甲\nindustry: 乙\nname: 丙\n", "第一次在第 1 行", 3),
    "two documents": ("name: 甲\n---\nname: 乙\n", "多份", 2),
    "a million control characters": (
        "name: x\nindustry: " + "\x01" * 1_000_000,
        "“industry”的值里有控制字符（U+0001）",
        2,
    ),
    "a number sign that would hide text": ("name: 甲\nindustry: 第 #1 号\n", "注释丢掉", 2),
    "an anchor that would hide text": ("name: &jia 联合体\n", "锚点", 1),
    "a percent directive": ("%YAML 9.9\n---\nname: 甲\n", "YAML", 1),
    "a tab as indentation": ("contact:\n\tname: 甲\n", "制表符", 2),
    "a full-width colon": ("name: 甲\n产业领域：氢能\nroute: x\n", "全角", 2),
    "full-width colons everywhere": ("联合体名称：甲\n产业领域：氢能\n", "全角", 1),
    "a full-width colon in a list": ("成员:\n  - 名称：甲\n    角色: 成员单位\n", "全角", 2),
    "a missing space after the colon": ("name: 甲\nindustry:氢能\nroute: x\n", "半角", 2),
    "an open quote": ('name: 甲\nindustry: "氢能\nroute: x\n', "没有配对", 2),
    "an open bracket": ("name: 甲\nmembers: [a, b\nroute: x\n", "括号", 2),
    "a colon in a value": ("name: 甲\nindustry: 氢能: 储运\n", "引号", 2),
    "a Windows path in double quotes": ('name: 甲\nindustry: "D:\\data"\n', "反斜杠", 2),
    "a value that begins with an at sign": ("name: 甲\nindustry: @氢能\n", "引号", 2),
    "a value that begins with stars": ("name: 甲\nindustry: **氢能**\n", "引号", 2),
    "a list for the whole": ("- name: 甲\n", "字段名", 1),
    "only comments": ("# 甲\n", "空的", 1),
}


@pytest.mark.one_in(4)
@pytest.mark.parametrize(("text", "words", "line"), HOSTILE.values(), ids=HOSTILE.keys())
def test_it_ends_in_a_clear_message_at_once(text: str, words: str, line: int | None) -> None:
    # What a thousand other tests have left in memory is not this file's: Python would look through it again and again.
    gc.collect()
    gc.freeze()
    try:
        began = time.process_time()
        with pytest.raises(DataError) as refused:
            read_yaml(text.encode(), "data.yaml")
        taken = time.process_time() - began
    finally:
        gc.unfreeze()
    assert taken < allowed(SECONDS)
    assert words in str(refused.value)
    assert len(str(refused.value)) < 3000
    place = refused.value.problems[0].place if refused.value.problems else refused.value.place
    assert place is not None
    assert place.file == "data.yaml"
    assert line is None or place.line == line


REFUSED = {
    "a control character": ('"\\u0001"', "U+0001"),
    "an escape": ('"\\e[31m"', "U+001B"),
    "a null": ('"a\\0"', "U+0000"),
    "a lone surrogate": ('"\\ud800"', "U+D800"),
    "a surrogate pair": ('"\\ud83d\\ude00"', "U+D83D"),
    "a non-character, escaped": ('"\\uFFFE"', "U+FFFE"),
    "a non-character as it is": ('"\ufffe"', "U+FFFE"),
    "another non-character": ('"\\uFDD0"', "U+FDD0"),
    "a right-to-left override, escaped": ('"\\u202E"', "U+202E"),
    "a right-to-left override as it is": ("abc\u202edef", "U+202E"),
    "an isolate": ("\u2066x", "U+2066"),
    "a zero-width space": ("甲\u200b乙", "U+200B"),
    "a soft hyphen": ("a\u00adb", "U+00AD"),
    "a control character as it is": ("'a\x07b'", "U+0007"),
    "a line separator": ("'a\u2028b'", "U+2028"),
    "a next line": ("'a\x85b'", "U+0085"),
    "a byte order mark inside": ("'a\ufeffb'", "U+FEFF"),
}


def refusal(path: Path) -> tuple[str, int | None]:
    """The one problem of a file, found on opening it or on loading."""
    try:
        problems = load(read_source(path), None, known={}).problems
    except DataError as refused:
        problems = refused.problems or (Problem(refused.what, refused.remedy, refused.place or Place("")),)
    (problem,) = problems
    return str(problem), problem.place.line


# In a name these are left out and told.
UNSEEN = {"a zero-width space", "a soft hyphen", "a byte order mark inside"}


@pytest.mark.parametrize(
    ("field", "names", "value", "code"),
    [
        pytest.param(field, names, *case, id=f"{field}-{name}")
        for field, names in (("industry", ("产业领域", "industry")), ("goals", ("技术创新目标", "goals")))
        for name, case in REFUSED.items()
        if field != "industry" or name not in UNSEEN
    ],
)
def test_a_character_that_no_document_can_carry_is_refused_with_field_and_code_point(
    tmp_path: Path, field: str, names: tuple[str, ...], value: str, code: str
) -> None:
    path = tmp_path / "data.yaml"
    path.write_bytes(f"name: 甲\n{field}: {value}\n".encode())
    text, line = refusal(path)
    assert code in text
    assert any(f"“{name}”" in text for name in names)
    assert line == 2


@pytest.mark.parametrize("value", ["甲\u200b乙", "甲\u00ad乙", "'甲\ufeff乙'", "甲\u2060乙"])
def test_what_is_not_seen_in_a_name_is_left_out_and_told(tmp_path: Path, value: str) -> None:
    path = tmp_path / "data.yaml"
    path.write_bytes(f"name: 甲\nindustry: {value}\n".encode())
    found = load(read_source(path), None, known={})
    assert found.consortium.industry == "甲乙"
    assert any("甲␣乙" in str(notice) for notice in found.notices)


def test_a_surrogate_written_into_the_file_is_refused_with_its_field() -> None:
    with pytest.raises(DataError) as refused:
        read_yaml("name: 甲\nindustry: a\ud800\n".encode("utf-8", "surrogatepass"), "data.yaml")
    assert "“industry”" in str(refused.value)
    assert "U+D800" in str(refused.value)


@settings(max_examples=examples(200))
@given(
    st.binary(max_size=400)
    | st.text(alphabet="a名:：-[]{}&*!|>'\"%@#\n\t ,?~\\\x00\u2028", max_size=200).map(str.encode)
)
def test_any_bytes_are_read_or_refused_in_chinese(data: bytes) -> None:
    refusals: list[str] = []
    try:
        read_yaml(data, "data.yaml")
    except DataError as refused:
        refusals = str(refused).split("\n")
    assert all(text.startswith("data.yaml") and text.endswith("。") for text in refusals)
    assert "\x00" not in "".join(refusals)
