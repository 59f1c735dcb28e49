"""Compared with docxtpl: the same text in the same structure, except where docxtpl has known faults.

Both are given the same Jinja environment. Compared is the body, canonically: paragraphs, tables, rows and
cells with their properties, and what each run prints. Left out are the table grid, which docxtpl rewrites,
bookmarks, which we number anew in loops, how runs are cut, and what keeps the rows of a table together.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import pytest
from docxtpl import DocxTemplate
from lxml import etree

from generator.base.files import shipped
from generator.errors import ProgrammeError
from generator.model.catalogue import Catalogue
from generator.model.programme import Document, Programme
from generator.packet.session import Session
from generator.readers.load import load
from generator.readers.source_file import read_source
from generator.rendering.context import build
from generator.rendering.render import RenderJob, render
from generator.rendering.sandbox import Sandbox
from generator.rendering.values import MISSING_CLOSE, MISSING_OPEN
from tests.rendering.small_templates import (
    WHEN,
    cells,
    consortium,
    filled,
    lines,
    of_paragraphs,
    of_rows,
    saved,
)

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
CATALOGUE = Catalogue(None)
SESSION = Session(CATALOGUE, None)
SKIPPED = {
    f"{W}{name}"
    for name in ("tblGrid", "bookmarkStart", "bookmarkEnd", "proofErr", "lastRenderedPageBreak", "sectPr")
}
PROPERTIES = {f"{W}{name}" for name in ("pPr", "tblPr", "trPr", "tcPr", "rPr", "tblPrEx")}


def subjects() -> Iterator[Any]:
    """Every document of every programme, with every dataset that files for it."""
    for code in CATALOGUE.folders():
        programme = CATALOGUE.load(code)
        for path in sorted(shipped("data").glob("*.yaml")):
            if path.stem != code.replace("/", "-") and code not in path.read_text(encoding="utf-8"):
                continue
            for document in programme.documents:
                if document.rollup is None:
                    yield pytest.param(programme, path, document, id=f"{code}/{document.id} {path.stem}")


@pytest.mark.one_in(4)
@pytest.mark.parametrize(("programme", "path", "document"), list(subjects()))
def test_a_filled_template_is_what_docxtpl_makes_of_it(
    programme: Programme, path: Path, document: Document
) -> None:
    dataset = load(read_source(path), programme, known=CATALOGUE.all())
    prepared = SESSION.templates.template_of(programme, document, dataset.consortium)
    ours = render(
        prepared.template,
        RenderJob(programme, dataset.consortium, "signing", WHEN, SESSION.templates.model_clauses.fill),
        document,
        prepared.headings,
    )
    names, _ = build(
        dataset.consortium,
        programme,
        document,
        "signing",
        prepared.headings,
        SESSION.templates.model_clauses.fill,
    )
    theirs = by_docxtpl((CATALOGUE.folders()[programme.code] / prepared.name.split("/")[-1]), names)
    # The marks around what a draft highlights are this program's own; docxtpl leaves them in, so they are replaced.
    whole = re.sub(f"{MISSING_OPEN}(.*?){MISSING_CLOSE}", r"〔待填：\1〕", theirs["word/document.xml"])
    assert canonical(ours.parts["word/document.xml"].decode()) == canonical(whole)
    for name, part in theirs.items():
        if re.fullmatch(r"word/(?:header|footer)\d+\.xml", name):
            assert texts(ours.parts[name].decode()) == texts(part)


def by_docxtpl(template: Any, names: dict[str, Any]) -> dict[str, str]:
    form = DocxTemplate(template)
    form.render(dict(names), jinja_env=Sandbox(), autoescape=True)
    out = io.BytesIO()
    form.save(out)
    with zipfile.ZipFile(out) as package:
        return {name: package.read(name).decode() for name in package.namelist() if name.endswith(".xml")}


def canonical(xml: str) -> list[Any]:
    """A body as nested lists: structure with properties, and the text of each stretch of equal runs."""
    body: Any = etree.fromstring(xml.encode()).find(f"{W}body")
    for cell in list(body.iter(f"{W}tc")):
        # docxtpl leaves a cell that a condition has emptied without a paragraph: Word refuses such a file.
        if cell.find(f"{W}p") is None:
            etree.SubElement(cell, f"{W}p")
    return list(pieces(body))


def pieces(element: Any) -> Iterator[Any]:
    printed: list[list[str]] = []
    for child in element:
        if child.tag in SKIPPED:
            continue
        if child.tag == f"{W}r":
            style = plain(child.find(f"{W}rPr"))
            text = "".join(sign(inner) for inner in child)
            # Where a run was cut into an empty one and the rest, nothing more is printed.
            if text and printed and printed[-1][0] == style:
                printed[-1][1] += text
            elif text:
                printed.append([style, text])
            continue
        if printed:
            yield printed
            printed = []
        if child.tag in PROPERTIES:
            # A mark's language and the like print nothing.
            yield plain(child)
        else:
            yield [child.tag, *pieces(child)]
    if printed:
        yield printed


def sign(inner: Any) -> str:
    if inner.tag == f"{W}t":
        return str(inner.text or "")
    if inner.tag in {f"{W}rPr"} | SKIPPED:
        return ""
    return {f"{W}tab": "\t", f"{W}br": "\n"}.get(inner.tag, etree.tostring(inner).decode())


def plain(properties: Any) -> str:
    if properties is None:
        return ""
    text = re.sub(r' xmlns:\w+="[^"]*"', "", etree.tostring(properties, with_tail=False).decode())
    return re.sub(r'<w:highlight w:val="yellow"/>|<w:keepNext/>|<w:pPr/>', "", text)


def texts(xml: str) -> list[str]:
    root = etree.fromstring(xml.encode())
    return ["".join(text.text or "" for text in paragraph.iter(f"{W}t")) for paragraph in root.iter(f"{W}p")]


# -- docxtpl's known faults, none of them ours ---------------------------------------------------------------


@pytest.mark.parametrize("name", ["研发&中试联合体", "<某>联合体", "&lt;联合体", "a<b & c>d", "𠮷野联合体"])
def test_text_after_a_sign_of_markup_is_not_dropped(name: str) -> None:
    assert lines(filled(of_paragraphs("名称：{{ name }}。"), consortium(name=name))) == [f"名称：{name}。"]


def test_docxtpl_as_it_comes_does_drop_it() -> None:
    """docxtpl escapes values only when asked to; this program always does."""
    form = DocxTemplate(io.BytesIO(of_paragraphs("名称：{{ name }}。后文")))
    form.render({"name": "甲<乙 & 丙"})
    out = io.BytesIO()
    form.save(out)
    assert "乙 & 丙。后文" not in docx.Document(out).paragraphs[0].text


def test_a_tag_in_a_part_that_is_not_filled_is_refused_rather_than_left() -> None:
    word = docx.Document()
    word.core_properties.title = "{{ name }}"
    with pytest.raises(ProgrammeError, match=r"docProps/core\.xml"):
        filled(saved(word), consortium())


def test_an_error_says_where_and_which_tag() -> None:
    with pytest.raises(ProgrammeError) as caught:
        filled(of_rows(("一", "{{ name }}"), ("二", "{{ lead.nmae }}")), consortium())
    assert "第 1 个表格第 2 行第 2 格" in str(caught.value)
    assert "{{ lead.nmae }}" in str(caught.value)


@pytest.mark.parametrize("tag", ["{{ cycler.__init__.__globals__ }}", "{{ ''.__class__ }}", "{{ self }}"])
def test_a_template_reaches_nothing_of_the_program(tag: str) -> None:
    with pytest.raises(ProgrammeError):
        filled(of_paragraphs(tag), consortium())


def test_a_label_cell_merged_down_across_the_rows_of_a_loop_keeps_its_text() -> None:
    template = of_rows(
        ("{%tr for member in members %}", ""),
        ("{% vm %}成员单位", "{{ member.name }}"),
        ("{%tr endfor %}", ""),
    )
    data = consortium(members=[{"name": "甲"}, {"name": "乙"}, {"name": "丙"}])
    made = filled(template, data)
    assert [row[1] for row in cells(made)] == ["甲", "乙", "丙"]
    xml = made.parts["word/document.xml"].decode()
    assert xml.count('<w:vMerge w:val="restart"/>') == 1
    assert len(re.findall(r'<w:vMerge(?: w:val="continue")?/>', xml)) == 2
    first = docx.Document(io.BytesIO(made.docx)).tables[0].rows[0]
    assert first.cells[0].text == "成员单位"


def test_a_loop_over_an_empty_list_leaves_a_table_that_word_opens() -> None:
    template = of_rows(
        ("{%tr for member in members %}", ""), ("{{ member.name }}", "x"), ("{%tr endfor %}", "")
    )
    made = filled(template, consortium(members=[]))
    (table,) = docx.Document(io.BytesIO(made.docx)).tables
    assert len(table._tbl.tr_lst) == 1
