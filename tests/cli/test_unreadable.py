"""What cannot be read is told in Chinese whatever the reason: no word of the operating system's reaches a person."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.conftest import CODE, EXAMPLE, Run

_COMMANDS: dict[str, tuple[object, ...]] = {
    "check": ("check", "{}", "-p", CODE),
    "convert": ("convert", "{}", "-o", "新.xlsx"),
    "packet": ("packet", "{}", "-p", CODE, "-o", "出"),
    "bind": ("bind", "{}"),
    "amend": ("amend", EXAMPLE, "{}", "-p", CODE, "-o", "出"),
    "compare": ("compare", EXAMPLE, "{}"),
    "rollup": ("rollup", "henan/alliance-2020", "{}", "-o", "出"),
    "read": ("read", "{}", "-p", CODE, "-o", "新.yaml"),
    "intake": ("intake", "{}", "-p", CODE, "-o", "出"),
    "receive": ("receive", "{}", "--packet", "{}", "-o", "出"),
    "verify": ("verify", "{}"),
    "install": ("install", "{}"),
    "lint": ("lint", "{}"),
    "pack": ("pack", "{}", "-o", "新.lhpack"),
    "merge": ("merge", EXAMPLE, "{}"),
    "split": ("split", "{}", "-o", "出"),
}
_OURS = re.compile(
    r"lianheti pack keygen|lianheti|manifest\.json|programme\.(?:yaml|xlsx)|YAML|Excel|Word|WPS|PDF|TIFF|JPEG|PNG|zip|programme\.yaml|\.[a-z]{2,5}\b|--?[a-z-]+\b"
)


@pytest.mark.parametrize("what", ["absent", "folder", "below a file", "too long"])
@pytest.mark.parametrize("command", sorted(_COMMANDS))
def test_no_word_of_the_system_reaches_a_person(
    command: str, what: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("文件.yaml").write_text("name: 某联合体\n", encoding="utf-8")
    Path("夹.yaml").mkdir()
    given = {
        "absent": "没有.yaml",
        "folder": "夹.yaml",
        "below a file": "文件.yaml/里.yaml",
        "too long": "长" * 200 + ".yaml",
    }[what]
    ran = run(*(str(one).replace("{}", given) for one in _COMMANDS[command]))
    assert ran.code in {1, 2, 3, 4, 5, 6}, ran
    said = (
        (ran.out + ran.err)
        .replace(given, "")
        .replace(str(EXAMPLE), "")
        .replace(CODE, "")
        .replace(str(tmp_path), "")
    )
    assert re.findall(r"[A-Za-z]{3,}", _OURS.sub("", said)) == [], said
