"""Guidance stands in drafts as Word comments with its source, and nowhere else."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from docx import Document as WordDocument

from generator.base.ooxml.bookmarks import anchors
from generator.errors import ProgrammeError
from generator.model.catalogue import Catalogue
from generator.model.guidance import guidance_of, guidance_problems, shared_topics
from generator.model.programme import Document
from generator.packet.session import Session
from generator.readers.load import load
from generator.rendering.render import Rendered, RenderJob, render
from generator.rendering.values import Edition
from generator.workflows.lint.folder import lint
from tests.programmes.examples import CATALOGUE, example

CODES = list(CATALOGUE.folders())
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
WHEN = datetime(2025, 1, 1, tzinfo=UTC)
DOCUMENTS = [
    pytest.param(code, document.id, id=f"{code}-{document.id}")
    for code, programme in CATALOGUE.all().items()
    for document in programme.documents
]
REVISIONS = re.compile(r"<w:(?:ins|del|moveFrom|moveTo|move\w+Range\w+|\w+Change|comment\w+|highlight)[ />]")


def made(code: str, document_id: str, edition: Edition, session: Session) -> Rendered:
    programme = CATALOGUE.load(code)
    document = programme.document(document_id)
    consortium = load(example(code), programme, known=CATALOGUE.all()).consortium
    prepared = session.templates.template_of(programme, document, consortium, guided=edition == "draft")
    return render(
        prepared.template, RenderJob(programme, consortium, edition, WHEN), document, prepared.headings
    )


def text_of(docx: bytes) -> str:
    xml = zipfile.ZipFile(io.BytesIO(docx)).read("word/document.xml").decode()
    return "".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", xml))


def template(code: str, document: Document) -> Path:
    return CATALOGUE.load(code).folder / document.template


@pytest.mark.parametrize("code", CODES)
def test_guidance_names_only_known_topics_and_headings(code: str) -> None:
    assert [str(problem) for problem in guidance_problems(CATALOGUE.load(code), CATALOGUE)] == []


@pytest.mark.parametrize("code", CODES)
def test_every_clause_of_every_agreement_has_guidance(code: str) -> None:
    programme = CATALOGUE.load(code)
    clauses = {
        f"clause.{anchor.id}"
        for document in programme.documents
        for anchor in anchors(template(code, document))
        if anchor.kind == "clause"
    }
    assert clauses <= set(guidance_of(programme, CATALOGUE))


def test_every_shared_topic_is_used_by_some_scheme() -> None:
    used = {
        note
        for one in CATALOGUE.all().values()
        for notes in guidance_of(one, CATALOGUE).values()
        for note in notes
    }
    assert [topic for topic, note in shared_topics(CATALOGUE).items() if note not in used] == []


@pytest.mark.one_in(4)
@pytest.mark.parametrize(("code", "document_id"), DOCUMENTS)
def test_a_draft_has_each_note_on_its_heading_with_author_and_source(
    code: str, document_id: str, session: Session
) -> None:
    programme = CATALOGUE.load(code)
    notes = guidance_of(programme, CATALOGUE)
    draft = WordDocument(io.BytesIO(made(code, document_id, "draft", session).docx))
    found: dict[str, list[tuple[str, str]]] = {}
    comments = {str(comment.comment_id): comment for comment in draft.comments}
    for paragraph in draft.element.body.iter(f"{W}p"):
        marks = [
            str(mark.get(f"{W}name")).replace("_", ".", 1) for mark in paragraph.iter(f"{W}bookmarkStart")
        ]
        for reference in paragraph.iter(f"{W}commentReference"):
            comment = comments.pop(str(reference.get(f"{W}id")))
            anchor = next(mark for mark in marks if mark in notes)
            found.setdefault(anchor, []).append((comment.author, comment.text))
    assert not comments, "a comment is left whose heading is not in the document"
    assert found == {
        anchor: [
            (
                "官方编写参考" if note.source else "本工具参考",
                note.text + (f"\n（来源：{note.source}）" if note.source else ""),
            )
            for note in notes[anchor]
        ]
        for anchor in found
    }
    here = {
        f"{anchor.kind}.{anchor.id}" for anchor in anchors(template(code, programme.document(document_id)))
    }
    body = {
        str(mark.get(f"{W}name")).replace("_", ".", 1) for mark in draft.element.iter(f"{W}bookmarkStart")
    }
    assert set(found) == here & body & set(notes)


@pytest.mark.parametrize(("code", "document_id"), DOCUMENTS)
def test_a_signing_copy_has_no_comment_no_tracked_change_and_no_hint(
    code: str, document_id: str, session: Session
) -> None:
    signing = made(code, document_id, "signing", session)
    assert signing.record.missing == {}
    assert not [name for name in signing.parts if "comment" in name]
    xml = signing.parts["word/document.xml"].decode()
    assert REVISIONS.search(xml) is None
    text = text_of(signing.docx)
    assert "〔" not in text
    hints = {
        line
        for notes in guidance_of(CATALOGUE.load(code), CATALOGUE).values()
        for note in notes
        for line in note.text.split("\n")
    }
    assert [hint for hint in hints if hint in text] == []


@pytest.mark.parametrize(("code", "document_id"), DOCUMENTS)
def test_comments_change_no_word_of_a_draft(code: str, document_id: str, session: Session) -> None:
    programme = CATALOGUE.load(code)
    document = programme.document(document_id)
    consortium = load(example(code), programme, known=CATALOGUE.all()).consortium
    plain = session.templates.template_of(programme, document, consortium)
    without = render(
        plain.template, RenderJob(programme, consortium, "draft", WHEN), document, plain.headings
    )
    assert text_of(made(code, document_id, "draft", session).docx) == text_of(without.docx)


def test_an_annotated_template_is_the_same_bytes_each_time() -> None:
    code = next(code for code in CODES if guidance_of(CATALOGUE.load(code), CATALOGUE))
    document_id = next(d.id for d in CATALOGUE.load(code).documents if d.id == "agreement")
    first, second = (made(code, document_id, "draft", Session(CATALOGUE, engine=None)).docx for _ in "ab")
    assert first == second


def test_an_unknown_topic_is_named_with_its_line(tmp_path: Path) -> None:
    folder = tmp_path / "some" / "scheme-2030"
    folder.mkdir(parents=True)
    source = CATALOGUE.load(CODES[0]).folder
    for path in source.iterdir():
        text = path.read_bytes()
        if path.name == "programme.yaml":
            text = text.replace(CODES[0].encode(), b"some/scheme-2030")
        (folder / path.name).write_bytes(text)
    (folder / "guidance.yaml").write_text(
        "schema: 1\nanchors:\n  clause.nowhere:\n    - topics: [moonshine]\n", encoding="utf-8"
    )
    catalogue = Catalogue(tmp_path)
    with pytest.raises(ProgrammeError, match=r"guidance\.yaml 第 4 行.*没有主题“moonshine”"):
        guidance_of(catalogue.load("some/scheme-2030"), catalogue)
    told = [str(problem) for problem in guidance_problems(catalogue.load("some/scheme-2030"), catalogue)]
    assert any("clause.nowhere" in line for line in told)
    faults = [str(fault) for fault in lint(folder, catalogue)]
    assert [line for line in faults if "guidance.yaml" in line and "moonshine" in line]
