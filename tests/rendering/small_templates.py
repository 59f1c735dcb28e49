"""Small templates built by code, and a programme to render them for."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import docx
from docx.document import Document as Word

from generator.model.consortium import Consortium
from generator.model.programme import Document, Programme
from generator.rendering.render import Rendered, RenderJob, render
from generator.rendering.template import Template
from generator.rendering.values import Edition

WHEN = datetime(2026, 3, 1, tzinfo=UTC)
PROGRAMME = Programme.model_validate(
    {
        "schema": 1,
        "code": "some/programme",
        "title": "某省创新联合体",
        "short_title": "某省",
        "authority": "某省科学技术厅",
        "region": "某省",
        "source": {"title": "某办法"},
        "documents": [{"id": "application", "title": "申请表", "template": "application.docx"}],
        "labels": {"chief_scientist": "首席专家", "members[].position": "地位"},
        "fields": [{"path": "members[].fax", "title": "传真", "kind": "text"}],
    }
)
DOCUMENT: Document = PROGRAMME.documents[0]


def saved(word: Word) -> bytes:
    stream = io.BytesIO()
    word.save(stream)
    return stream.getvalue()


def of_paragraphs(*texts: str) -> bytes:
    word = docx.Document()
    for text in texts:
        word.add_paragraph(text)
    return saved(word)


def of_rows(*rows: tuple[str, ...]) -> bytes:
    word = docx.Document()
    table = word.add_table(len(rows), max(len(row) for row in rows))
    for line, row in enumerate(rows):
        for column, text in enumerate(row):
            table.cell(line, column).text = text
    return saved(word)


def consortium(**fields: Any) -> Consortium:
    return PROGRAMME.model.model_validate({"name": "某省轴承创新联合体", **fields})


def filled(template: bytes, data: Consortium | None, edition: Edition = "draft") -> Rendered:
    return render(
        Template(template, "application.docx"), RenderJob(PROGRAMME, data, edition, WHEN), DOCUMENT, {}
    )


def lines(rendered: Rendered) -> list[str]:
    return [paragraph.text for paragraph in docx.Document(io.BytesIO(rendered.docx)).paragraphs]


def cells(rendered: Rendered) -> list[list[str]]:
    table = docx.Document(io.BytesIO(rendered.docx)).tables[0]
    return [[cell.text for cell in row.cells] for row in table.rows]
