"""A field is yellow in a programme's workbook exactly where a packet cannot be signed without it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.model.judgement import Judgement
from generator.model.paths import given
from generator.workflows.check import check
from generator.workflows.workspace import Workspace
from generator.writers.required_fields import needed_by

DATA = sorted((Path(__file__).parents[2] / "data").glob("*-20??.yaml"))
# A delegate's particulars are asked for only where one signs; a chief scientist's are taken from the team; whose
# standing is given counts as a main member.
_ELSEWHERE = ("members[].delegate", "chief_scientist.", "members[].standing")


def without(group: Any, path: str) -> bool:
    """Take a field out of plain data, everywhere where it stands; whether it did anywhere."""
    step, _, rest = path.partition(".")
    name = step.removesuffix("[]")
    if not isinstance(group, dict) or name not in group:
        return False
    if not rest:
        del group[name]
        return True
    items = group[name] if isinstance(group[name], list) else [group[name]]
    return max(without(item, rest) for item in items)


def stopped(judgement: Judgement) -> bool:
    musts = [one for one in judgement.findings if one.level == "must" and one.verdict in {"fail", "unknown"}]
    return bool(judgement.absent or musts or judgement.dataset.problems)


@pytest.mark.thorough
@pytest.mark.parametrize("path", DATA, ids=lambda path: path.stem)
def test_yellow_is_what_a_signing_edition_needs(path: Path, tmp_path: Path) -> None:
    code = re.sub(r"^(\w+)-", r"\1/", path.stem)
    workspace = Workspace()
    programme = workspace.catalogue.load(code)
    yellow = needed_by(programme, workspace.catalogue.common_rules()).paths
    content = json.dumps(yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader), default=str)
    file = tmp_path / "data.yaml"

    def judged(data: Any) -> Judgement:
        text = yaml.dump(data, allow_unicode=True, sort_keys=False, Dumper=yaml.CSafeDumper)
        file.write_text(text, encoding="utf-8")
        return check(workspace, file, [code]).judgements[0]

    plain = {
        re.sub(r"\[\d+\]", "[]", at) for at, _, _ in given(judged(json.loads(content)).dataset.consortium)
    }
    fields = sorted(at.removesuffix("[]") for at in plain if not at.startswith(_ELSEWHERE))
    wrong = []
    for field in fields[::4]:
        data = json.loads(content)
        asked = field.removesuffix(".text") if ".clauses." in field or ".sections." in field else field
        if without(data, asked) and stopped(judged(data)) != (asked in yellow):
            wrong.append(asked)
    assert not wrong
