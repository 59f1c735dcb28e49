"""The house rules that a reader relies on: direction of imports, no province in the code, module size."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "generator").rglob("*.py"))
STEPS = ("loading", "conditions", "rendering", "pdf", "publishing")
# What every step may build on: the models, the errors, and reading files.
BASE = {
    "anchors",
    "catalogue",
    "clauses",
    "characters",
    "consortium",
    "dataset",
    "errors",
    "fields",
    "findings",
    "guidance",
    "kinds",
    "layout",
    "paths",
    "programme",
    "resources",
    "source",
    "wording",
    "yaml_source",
}


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
    return {name.split(".")[1] for name in names if name.startswith("generator.")}


@pytest.mark.parametrize("step", STEPS)
def test_a_step_imports_the_models_and_no_other_step(step: str) -> None:
    for path in (ROOT / "generator" / step).rglob("*.py"):
        foreign = imported(path) - BASE - {step, "__version__"}
        assert not foreign, f"{path.relative_to(ROOT)} imports {foreign}"


def test_the_models_import_no_step() -> None:
    for name in BASE:
        path = ROOT / "generator" / f"{name}.py"
        foreign = imported(path) - BASE
        assert not foreign, f"{path.relative_to(ROOT)} imports {foreign}"


def test_only_the_command_line_imports_the_command_line() -> None:
    for path in MODULES:
        if "cli" not in path.parts and path.name != "__main__.py":
            assert "cli" not in imported(path), path


def test_no_province_is_named_in_the_code() -> None:
    # The names are put together here so that this test itself needs no exception.
    provinces = [
        "he" + "nan",
        "hai" + "nan",
        "hu" + "bei",
        "yun" + "nan",
        "河" + "南",
        "海" + "南",
        "湖" + "北",
        "云" + "南",
    ]
    pattern = re.compile("|".join(provinces), re.IGNORECASE)
    for path in (ROOT / "generator").rglob("*"):
        if path.suffix in {".py", ".typ", ".json", ".yaml"}:
            assert not pattern.search(path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_short_enough_to_hold_in_the_head(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 450
