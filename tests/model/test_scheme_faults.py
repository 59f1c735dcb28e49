"""A fault in a scheme's file is told once, in Chinese, at its place, with the name that may be meant."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel, ValidationError

from generator.base.tree import Entries
from generator.errors import Place, ProgrammeError
from generator.model import programme
from generator.model.catalogue import load_programme
from generator.model.faults import problems_of
from generator.model.programme import Programme
from generator.model.value_kinds import KINDS
from tests.wording import latin

TEMPLATES = Path(__file__).parents[2] / "templates"
# What a scheme's author writes: the keys of the file, and the kinds of values.
KEYS = [
    *KINDS,
    *(
        name
        for each in vars(programme).values()
        if isinstance(each, type) and issubclass(each, BaseModel)
        for name in each.model_fields
    ),
]
SCHEMES = sorted(path.parent for path in TEMPLATES.glob("*/*/programme.yaml"))


def refused(tmp_path: Path, scheme: Path, content: Any) -> list[str]:
    folder = tmp_path / scheme.parent.name / scheme.name
    shutil.copytree(scheme, folder, ignore=shutil.ignore_patterns("*.yaml"), dirs_exist_ok=True)
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    (folder / "programme.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ProgrammeError) as raised:
        load_programme(folder)
    return [problem.message for problem in raised.value.problems]


def read(scheme: Path) -> Any:
    return yaml.load((scheme / "programme.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)


def groups(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    if isinstance(node, dict):
        yield path, node
        for key, value in node.items():
            yield from groups(value, (*path, key))
    elif isinstance(node, list):
        for at, value in enumerate(node):
            yield from groups(value, (*path, at))


def inside(tree: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        tree = tree[step]
    return tree


def test_a_key_that_is_nearly_right_is_one_fault_with_the_right_key(tmp_path: Path) -> None:
    content = read(SCHEMES[0])
    for path, key in [
        ((), "title"),
        (("source",), "number"),
        (("documents", 0), "template"),
        (("conditions", 0), "clause"),
        (("fields", 0), "path"),
    ]:
        group = inside(content, path)
        if key not in group:
            continue
        wrong = key[:-2] + key[-1] + key[-2]
        changed = read(SCHEMES[0])
        mine = inside(changed, path)
        mine[wrong] = mine.pop(key)
        (said,) = refused(tmp_path, SCHEMES[0], changed)
        assert f"没有“{said.split('“')[1].split('”')[0]}”这一项，是不是“{key}”" in said
        assert wrong in said


def test_a_choice_that_is_nearly_right_names_the_choices(tmp_path: Path) -> None:
    content = read(SCHEMES[0])
    content["conditions"][0]["level"] = "mist"
    (said,) = refused(tmp_path, SCHEMES[0], content)
    assert "只能是“must”、“in_principle”、“preferred”，是不是“must”" in said


@pytest.mark.thorough
@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_any_value_of_a_wrong_kind_is_told_in_chinese(scheme: Path) -> None:
    content = read(scheme)
    nothing = Entries((), Place("programme.yaml"))
    seen: set[tuple[Any, ...]] = set()
    for path, group in groups(content):
        for key, right in group.items():
            kind = (*(step for step in path if isinstance(step, str)), key)
            if kind in seen:
                continue
            seen.add(kind)
            for wrong in ({"nonsense": [1]}, [[1]], "\u4e71\u5199", -1, None):
                group[key] = wrong
                try:
                    Programme.model_validate({**content, "folder": scheme, "file_name": "programme.yaml"})
                except ValidationError as error:
                    for problem in problems_of(Programme, error, nothing):
                        quoted = [part.split("”")[0] for part in problem.message.split("“")[1:]] + KEYS
                        assert not latin(problem.message, quoted), problem.message
            group[key] = right
