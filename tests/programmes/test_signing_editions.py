"""The signing editions of every example: nothing left to fill in, no hint, no comment, no leftover tag."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
import pypdfium2
import pytest
from docx.table import Table
from docx.text.paragraph import Paragraph

from generator.packet.parts import WATERMARK, MadeDocument
from tests.programmes.examples import CATALOGUE
from tests.standing import signing_packet

DOCUMENTS = [
    pytest.param(code, document.id, id=f"{code}-{document.id}")
    for code, programme in CATALOGUE.all().items()
    for document in programme.documents
    if not document.rollup
]
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LEFT = re.compile(r"\{\{|\}\}|\{%|%\}|待填|\*{2,}|×{2,}|X{2,}|[_＿]{2,}|〔参考|\[bookmark")
REVISIONS = re.compile(r"<w:(?:ins|del|moveFrom|moveTo|comment\w+|highlight|\w+Change)[ />]")
STATEMENT = re.compile(r"\{%(?:p|tr) *(if|elif|else|endif)\b *(.*?) *%\}")
# Cells that stay empty on a signed document, by words in their row, each with its reason.
EMPTY = {
    "（盖章）": "where the seal goes; an odd number of parties leaves half of the last row of signature blocks",
    "（签字）": "the line to sign on",
    "联盟标准化委员会": "the printed form asks for no name here",
    "专门的知识产权管理部门或人员": "the printed form asks for no name here",
    "联盟专利池": "the printed form asks for no name here",
}


def packet(code: str) -> dict[str, MadeDocument]:
    """The documents of an example's signing packet; refused if anything printed were missing."""
    return {made.document.id: made for made in signing_packet(code).documents}


def parts(code: str, document_id: str) -> dict[str, str]:
    archive = zipfile.ZipFile(io.BytesIO(packet(code)[document_id].files[0].data))
    return {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml")}


def word(code: str, document_id: str) -> Any:
    return docx.Document(io.BytesIO(packet(code)[document_id].files[0].data))


def text_of(xml: str) -> str:
    return "".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", xml))


def tables(owner: Any) -> Iterator[Table]:
    for table in owner.tables:
        yield table
        for row in table.rows:
            for cell in row.cells:
                yield from tables(cell)


def hints(code: str, document_id: str) -> list[str]:
    """The lines of a document's template that only the blank edition prints, and none of the others too."""
    programme = CATALOGUE.load(code)
    found: list[str] = []
    others: set[str] = set()
    open_: list[str] = []
    body = docx.Document(str(programme.folder / programme.document(document_id).template)).element.body
    for paragraph in body.iter(f"{W}p"):
        text = "".join(node.text or "" for node in paragraph.iter(f"{W}t"))
        if statement := STATEMENT.search(text):
            word_, condition = statement.groups()
            if word_ == "if":
                open_.append(condition)
            elif word_ == "endif":
                open_.pop()
            else:
                open_[-1] = condition or f"not ({open_[-1]})"
        elif "blank" in open_ and "{" not in text and len(text.strip()) > 1:
            found.append(text.strip())
        elif "blank" not in open_:
            others.add(re.sub(r"\{[{%].*?[}%]\}", "", text).strip())
    # A heading that is numbered by a tag elsewhere ends as the printed one does.
    return [hint for hint in found if not any(hint.endswith(other) for other in others if len(other) > 1)]


@pytest.mark.parametrize(("code", "document_id"), DOCUMENTS)
def test_no_tag_placeholder_or_missing_value_is_left(code: str, document_id: str) -> None:
    left = {name: LEFT.findall(text_of(xml)) for name, xml in parts(code, document_id).items()}
    assert {name: found for name, found in left.items() if found} == {}
    assert packet(code)[document_id].record.missing == {}


@pytest.mark.parametrize(("code", "document_id"), DOCUMENTS)
def test_no_comment_tracked_change_or_mark_is_left(code: str, document_id: str) -> None:
    found = parts(code, document_id)
    assert [name for name in found if "comment" in name] == []
    assert [REVISIONS.findall(xml) for xml in found.values() if REVISIONS.search(xml)] == []


@pytest.mark.parametrize(("code", "document_id"), DOCUMENTS)
def test_no_hint_of_the_blank_edition_is_left(code: str, document_id: str) -> None:
    text = {paragraph.text.strip() for paragraph in word(code, document_id).paragraphs}
    text |= {
        paragraph.text.strip()
        for table in tables(word(code, document_id))
        for row in table.rows
        for cell in row.cells
        for paragraph in cell.paragraphs
    }
    assert [hint for hint in hints(code, document_id) if hint in text] == []


def test_there_are_hints_that_could_be_left() -> None:
    found = [
        hints(code, document.id) for code in CATALOGUE.all() for document in CATALOGUE.load(code).documents
    ]
    assert sum(map(len, found)) > 10


@pytest.mark.parametrize(("code", "document_id"), DOCUMENTS)
def test_no_note_on_how_a_text_was_drafted_is_left(code: str, document_id: str) -> None:
    text = text_of(parts(code, document_id)["word/document.xml"])
    notes = ["（补充条款）", "［对应", "［1］", *(["（自拟格式）"] if document_id == "agreement" else [])]
    assert [note for note in notes if note in text] == []


@pytest.mark.parametrize(("code", "document_id"), DOCUMENTS)
def test_no_cell_is_empty_but_where_people_sign(code: str, document_id: str) -> None:
    empty = []
    for table in tables(word(code, document_id)):
        for row in table.rows:
            whole = "".join(node.text or "" for node in row._tr.iter(f"{W}t"))
            blank = any(not cell.text.strip() and not cell.tables for cell in row.cells)
            if blank and not any(words in whole for words in EMPTY):
                empty.append(whole)
    assert empty == []


@pytest.mark.parametrize(("code", "document_id"), DOCUMENTS)
def test_a_line_that_announces_something_is_followed_by_it(code: str, document_id: str) -> None:
    blocks = list(word(code, document_id).iter_inner_content())
    lonely = []
    for block, after in zip(blocks, [*blocks[1:], None], strict=True):
        if isinstance(block, Paragraph) and re.search(r"[：:]\s*$", block.text):
            follows = isinstance(after, Table) or (after is not None and after.text.strip())
            lonely += [] if follows else [block.text]
    assert lonely == []


@pytest.mark.parametrize(("code", "document_id"), DOCUMENTS)
def test_the_pdf_says_the_same_without_a_watermark(code: str, document_id: str) -> None:
    made = packet(code)[document_id]
    assert made.pdf is not None
    pages = pypdfium2.PdfDocument(made.files[1].data)
    text = "".join(page.get_textpage().get_text_range() for page in pages)
    assert LEFT.findall(text) == []
    assert WATERMARK not in text
    assert len(pages) == made.pdf.pages
