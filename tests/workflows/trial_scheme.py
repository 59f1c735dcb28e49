"""A scheme of one template, for trying templates: what lint says of it, and what filling it does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from generator.base.ooxml.text import docx_text
from generator.errors import ProgrammeError
from generator.model.catalogue import Catalogue, load_programme
from generator.pdf.docx.reader import read_tree
from generator.rendering.render import RenderJob, render
from generator.rendering.template import Template
from generator.workflows.lint.folder import Fault, lint

YAML: Final = """\
schema: 1
code: some/trial
title: 试验方案
short_title: 试验
authority: 某省科学技术厅
region: 某省
source: {title: 试验办法, number: 试〔2026〕1号}
documents: [{id: application, title: 申请书, template: application.docx}]
fields:
  - {path: "members[].instruments[]", title: 设备}
  - {path: "members[].instruments[].name", title: 设备名称, kind: text}
  - {path: "members[].instruments[].worth", title: 原值, kind: money, unit: 万元}
"""
_DATA: Final = {
    "name": "某省“A&B”<芯片>联合体",
    "industry": "甲&乙 <丙>",
    "members": [
        {
            "role": "牵头单位",
            "name": "甲公司",
            "kind": "企业",
            "instruments": [{"name": "一"}, {"name": "二"}],
        },
        {"role": "成员单位", "name": "乙大学", "kind": "高等学校", "instruments": []},
    ],
}
_WHEN: Final = datetime(2022, 1, 1, tzinfo=UTC)


def scheme(tmp_path: Path, template: bytes) -> Path:
    """The scheme's folder, with a template in it."""
    folder = tmp_path / "some" / "trial"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "programme.yaml").write_text(YAML, encoding="utf-8")
    (folder / "application.docx").write_bytes(template)
    return folder


def errors(folder: Path) -> list[Fault]:
    """What lint says stands in the way of a packet."""
    return [fault for fault in lint(folder, Catalogue()) if fault.severity == "error"]


def refusal(folder: Path) -> str:
    """Why the template cannot be filled and read for a PDF, blank, empty or with data; empty where it can."""
    programme = load_programme(folder)
    document = programme.documents[0]
    given = programme.model.model_validate(_DATA)
    empty = programme.model.model_construct(name="名称")
    try:
        template = Template((folder / document.template).read_bytes(), "application.docx")
        for consortium, edition in ((None, "blank"), (empty, "draft"), (given, "draft"), (given, "signing")):
            job = RenderJob(programme, consortium, edition, _WHEN)  # type: ignore[arg-type]
            made = render(template, job, document, {})
            read_tree(made.parts)
    except ProgrammeError as error:
        return str(error)
    return ""


def printed_by(folder: Path, edition: str, data: Mapping[str, object]) -> tuple[str, dict[str, str]]:
    """The text that the template gives, and what it finds missing, by path."""
    programme = load_programme(folder)
    document = programme.documents[0]
    template = Template((folder / document.template).read_bytes(), "application.docx")
    consortium = programme.model.model_validate(data) if data else None
    job = RenderJob(programme, consortium, edition, _WHEN)  # type: ignore[arg-type]
    made = render(template, job, document, {})
    return docx_text(made.parts), dict(made.record.missing)
