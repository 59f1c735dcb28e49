"""Every message that the source holds is worded for people: each place that raises or tells a fault is looked at.

What a run shows besides (``test_messages.py``) depends on what the run meets; this looks at all of them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pytest

from generator.cli import COMMANDS
from tests.wording import KNOWN, latin

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.thorough
# Errors and findings, and which of their arguments a person reads: what, remedy.
TOLD = {
    "DataError": 2, "UsageError": 2, "OutputError": 2, "PdfError": 2, "RefusedError": 2, "ProgrammeError": 2,
    "LianhetiError": 2, "Problem": 2, "BeyondBoundsError": 1, "_ApartError": 1,
}  # fmt: skip
# Those whose reader writes programmes and templates, and knows their names from the files themselves.
FOR_OFFICIALS = ("model/", "conditions/", "rendering/", "workflows/lint/", "writers/programme/")
# A fault of the program itself (exit 70) is told to the maintainers.
WHERE_WE_FAILED = {"cli/__init__.py", "web/visit.py", "web/worker.py"}
GAP = "某"
LIST = re.compile(r"\n某\n以上")  # several things, a line each
WHOLE = re.compile(r"(PDF )?某*|“某”(：某)?")
CHINESE = re.compile(r"[㐀-鿿]")
# What a person types to a shell, or finds under that name on the screen or in a folder.
TYPED = {
    "lianheti", "pip", "install", "scan", "web", "redline", "cluster", "dask", "scheduler", "worker", "typst",
    "libreoffice", "scheme", "keygen", "GBK", "HTML", "CMYK", "RGB", "GIF", "Unicode", "PEM", "PYTHONUTF8", "LC_ALL",
    "C.UTF-8", "LIANHETI_TEMPLATES", "LIANHETI_FONTS", "OpenDocument", "sup", "sub", "zip", "UTF-8", "XML", "page", "unit", "members", "serve", "take",
    *(name for name in COMMANDS),
}  # fmt: skip
_COMMAND = re.compile(r"(?:lianheti|pip) [^，。；、）“”]*")
_FILE = re.compile(
    r"[\w/-]*\.(?:doc|key|lhpack|pem|crt|cer|xlsm|xls|ods|ttf)\b|[\w/]+\.(?:md|yaml|json)\b|internal/\w+"
)
_EXAMPLE = re.compile(r"[a-z]+/[a-z]+-\d{4}|(?<=--edition )draft|（docs/[^）]*）")


@dataclass(frozen=True)
class Message:
    """One text of a message, as the source has it; what is put in stands as 某."""

    place: str
    kind: str
    part: int
    text: str


def texts(node: ast.expr) -> Iterator[str]:
    """Every text that an argument can be, as far as the source says."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(each.value) if isinstance(each, ast.Constant) else GAP for each in node.values)
        # What is put in by choice, as “{'甲' if … else '乙'}”.
        for each in node.values:
            if isinstance(each, ast.FormattedValue):
                yield from texts(each.value)
    elif isinstance(node, ast.IfExp):
        yield from texts(node.body)
        yield from texts(node.orelse)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        for left in [*texts(node.left)] or [GAP]:
            yield from (left + right for right in [*texts(node.right)] or [GAP])
    elif isinstance(node, ast.BoolOp):
        for one in node.values:
            yield from texts(one)


@lru_cache(maxsize=1)
def trees() -> tuple[tuple[str, ast.Module], ...]:
    files = sorted((ROOT / "generator").rglob("*.py"))
    return tuple(
        (file.relative_to(ROOT / "generator").as_posix(), ast.parse(file.read_text("utf-8")))
        for file in files
    )


@lru_cache(maxsize=1)
def messages() -> tuple[Message, ...]:
    found = []
    for name, tree in trees():
        constants = {
            target.id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            for part, argument in enumerate(node.args[: TOLD.get(called, 0)]):
                known = constants.get(argument.id, argument) if isinstance(argument, ast.Name) else argument
                place = f"{name}:{node.lineno}"
                found += [Message(place, called, part, text) for text in texts(known)]
    return tuple(found)


def official(place: str) -> bool:
    return place.startswith(FOR_OFFICIALS)


def unknown(message: Message) -> list[str]:
    """Latin words that no reader of the message knows."""
    text = message.text
    for pattern in (_COMMAND, _FILE, _EXAMPLE):
        text = pattern.sub("", text)
    if message.kind == "ProgrammeError" or official(message.place):
        return []
    return [word for word in latin(text) if word.strip(".-[]") not in KNOWN | TYPED]


def test_there_are_many_messages() -> None:
    assert len(messages()) > 700


def test_every_message_says_something_in_chinese() -> None:
    bare = [
        f"{one.place} {one.text!r}"
        for one in messages()
        # What is put in whole is a message of ours.
        if not CHINESE.search(one.text.replace(GAP, "")) and not WHOLE.fullmatch(one.text)
    ]
    assert not bare


def test_no_message_holds_a_name_of_the_programs_own() -> None:
    assert not [f"{one.place} {words} {one.text!r}" for one in messages() if (words := unknown(one))]


def test_parts_fit_together_to_one_paragraph() -> None:
    """The class puts the mark behind what is wrong, and 请 before the remedy."""
    wrong = [
        f"{one.place} {one.text!r}"
        for one in messages()
        if "\n" in LIST.sub("", one.text)
        or one.text.endswith(("。", "，", "；"))
        or (one.part == 1 and one.text.startswith("请"))
        or re.search(r"[，。；：、]{2,}|的的|“”|（）", one.text)
        or one.text.count("“") != one.text.count("”")
        or one.text.count("（") != one.text.count("）")
    ]
    assert not wrong


def test_no_message_prints_the_words_or_the_kind_of_a_foreign_error() -> None:
    """The system's and the libraries' errors are English: reason() has words for them."""
    found = []
    for name, tree in trees():
        for handler in (node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler) and node.name):
            caught = ast.unparse(handler.type) if handler.type else ""
            for node in ast.walk(handler):
                if not isinstance(node, ast.FormattedValue):
                    continue
                shown = ast.unparse(node.value)
                printed = shown in {handler.name, f"str({handler.name})"} and not is_ours(caught, name)
                if (shown.startswith("type(") or printed) and name not in WHERE_WE_FAILED:
                    found.append(f"{name}:{node.lineno} {caught}: {shown}")
    assert not found


@lru_cache(maxsize=1)
def own_errors() -> frozenset[str]:
    """The classes of errors that are ours; PdfError is also pikepdf's and pyHanko's."""
    classes = (node for _, tree in trees() for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    return frozenset(node.name for node in classes) - {"PdfError"}


def is_ours(caught: str, name: str) -> bool:
    """Whether what is caught bears our own Chinese text; a ValueError does in the wings that judge and declare."""
    kinds = {kind.strip() for kind in caught.strip("()").split(",")}
    judging = name.startswith(("conditions/", "model/", "workflows/rollup/"))
    return kinds <= own_errors() | ({"ValueError"} if judging else set())


@pytest.mark.parametrize("text", ["consortium.members 有误", "改正 applied_amount", "看 traceback"])
def test_a_name_of_the_programs_own_is_found(text: str) -> None:
    assert unknown(Message("readers/x.py:1", "DataError", 1, text))
