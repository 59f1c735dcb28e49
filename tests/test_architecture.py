"""The house rules that a reader relies on: the wings' order, no circle of imports, no province in the code."""

from __future__ import annotations

import ast
import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "generator").rglob("*.py"))
# From the ground up: a wing imports those of the lines before its own, and none of its own line.
ORDER = (
    ("errors",),
    ("base",),
    ("model", "pdf", "publishing"),
    ("readers", "conditions", "rendering"),
    ("writers",),
    ("packet",),
    ("returns",),
    ("workflows",),
    ("batch",),
    ("web",),
    ("cli",),
)
LEVELS = {wing: level for level, line in enumerate(ORDER) for wing in line}


def name_of(path: Path) -> str:
    """The module's dotted name; a package's is its folder's."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {name_of(path): path for path in MODULES}


def imported(path: Path) -> set[str]:
    """The modules of this package that a module imports, also within functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names.update(
                f"{node.module}.{alias.name}" if f"{node.module}.{alias.name}" in NAMES else node.module
                for alias in node.names
            )
        elif isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
    return {name for name in names if name in NAMES}


def wing_of(name: str) -> str:
    return name.split(".")[1] if "." in name else ""


@pytest.mark.parametrize("wing", LEVELS)
def test_a_wing_imports_only_what_lies_below_it(wing: str) -> None:
    for name, path in NAMES.items():
        if wing_of(name) != wing:
            continue
        for other in imported(path):
            below = wing_of(other) in {"", wing} or LEVELS[wing_of(other)] < LEVELS[wing]
            assert below, f"{name} imports {other}"


def test_a_front_end_calls_workflows_and_makes_nothing_itself() -> None:
    makers = {"readers", "conditions", "writers", "packet", "publishing", "returns"}
    for name, path in NAMES.items():
        if wing_of(name) not in {"cli", "web"}:
            continue
        # What stands under TYPE_CHECKING names types; a command of typed results has those.
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
                node.body = [ast.Pass()]
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                assert wing_of(node.module) not in makers, f"{name} imports {node.module}"


def test_imports_form_no_circle() -> None:
    graph = {name: imported(path) - {name} for name, path in NAMES.items()}
    circle: list[str] = []
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = error.args[1]
    assert circle == []


def test_at_most_four_modules_lie_flat() -> None:
    assert len(list((ROOT / "generator").glob("*.py"))) <= 4


def test_xml_is_parsed_with_the_one_safe_parser() -> None:
    made = [path for path in MODULES if "XMLParser(" in path.read_text(encoding="utf-8")]
    assert [path.relative_to(ROOT).as_posix() for path in made] == ["generator/base/ooxml/xml.py"]


def test_nothing_is_kept_under_the_id_of_an_object() -> None:
    # An ``id()`` is reused once its object is gone: a cache keyed by it can return another object's entry.
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case (
                    ast.Subscript(slice=key)
                    | ast.Call(func=ast.Attribute(attr="get" | "setdefault" | "pop"), args=[key, *_])
                ):
                    ids = [one for one in ast.walk(key) if isinstance(one, ast.Name) and one.id == "id"]
                    assert not ids, f"{path}, line {node.lineno}"


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
