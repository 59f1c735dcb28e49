"""Commands as a person runs them: what they print, their exit code, the files that they leave."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
from pathlib import Path
from typing import Any, Final

from generator.cli import main
from tests.fuzz.choices import Choices
from tests.fuzz.conditions import altered_example
from tests.fuzz.held import work_folder

_CODES: Final = frozenset({0, 1, 2, 3, 4, 5, 6})


def _written(choices: Choices, folder: Path, stem: str, tree: Any) -> Path:
    path = folder / f"{stem}.yaml"
    path.write_text(json.dumps(tree, ensure_ascii=False, indent=1), encoding="utf-8", errors="replace")
    if choices.once_in(12):
        book = path.with_suffix(".xlsx")
        if _run("convert", path, "-o", book)[0] == 0:
            return book
    return path


def _run(*arguments: object) -> tuple[int, str]:
    """A command's exit code, and what it printed."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = main([str(one) for one in arguments])
    return code, said.getvalue()


def command(data: bytes) -> None:
    """A command on an example with slips: a documented exit code, Chinese, no half file, the data untouched."""
    choices = Choices(data)
    folder = work_folder() / "commands"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    code, tree = altered_example(choices)
    file = _written(choices, folder, "甲", tree)
    out = folder / "out"
    before = {one: one.read_bytes() for one in folder.iterdir()}
    made = choices.below(8)
    if made == 0:
        arguments: tuple[object, ...] = (
            "check",
            file,
            "-p",
            code,
            *(("--full",) if choices.below(2) else ()),
        )
    elif made == 1:
        arguments = ("check", file, "--all")
    elif made == 2:
        arguments = ("convert", file, "-o", out.with_suffix(choices.pick((".yaml", ".xlsx"))))
    elif made == 3:
        arguments = ("new", code, "-o", out.with_suffix(choices.pick((".yaml", ".xlsx"))), "--from", file)
    elif made == 4:
        arguments = ("split", file, "-p", code, "-o", out)
    elif made == 5:
        other = _written(choices, folder, "乙", altered_example(choices)[1])
        before[other] = other.read_bytes()
        arguments = ("compare", file, other)
    elif made == 6:
        edition = choices.pick(("draft", "signing"))
        arguments = ("packet", file, "-p", code, "-o", out, "--no-pdf", "--edition", edition)
    else:
        arguments = ("rollup", code, file, "-o", out, "--no-pdf")
    exit_code, said = _run(*arguments)
    assert exit_code in _CODES, f"exit code {exit_code} of {arguments[0]}: {said}"
    assert "Traceback" not in said, said
    assert said.strip() or exit_code == 0, f"{arguments[0]} ended with {exit_code} without a word"
    for path, raw in before.items():
        assert path.read_bytes() == raw, f"{path.name} was changed"
    left = {one for one in folder.rglob("*") if one.is_file()} - set(before)
    # A check writes nothing; what has failed leaves nothing behind, but that a packet keeps its lock.
    if arguments[0] == "check" or exit_code not in {0, 1}:
        assert not [one for one in left if not one.name.startswith(".")], f"{arguments[0]} left {left}"
