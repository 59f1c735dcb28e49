"""Filled forms of one application, read together: recognised, read twice, joined, their figures checked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from generator.errors import DataError, Place, ProgrammeError
from generator.model.consortium import Consortium
from generator.model.programme import Document, Programme
from generator.packet.times import FIXED_TIME
from generator.rendering.render import RenderJob, render
from generator.rendering.store import Prepared, TemplateStore
from generator.returns.forms.document import FilledForm, read_document
from generator.returns.forms.folding import fold
from generator.returns.forms.joining import Joining, join, names_of
from generator.returns.forms.magnitudes import doubted_amounts
from generator.returns.forms.old_word import converted, is_old_word
from generator.returns.forms.pattern import print_of
from generator.returns.forms.reading import DocumentReading, FormReader
from generator.returns.forms.recognition import recognised
from generator.returns.forms.swaps import doubted_swaps
from generator.returns.forms.template_pattern import pattern_of
from generator.returns.forms.values import Form

_FIGURE: Final = re.compile(r"\d[\d,]*(?:\.\d+)?")
_MOST_BYTES: Final = 50_000_000
# A form has at least one in so many of the lines that its pattern prints; whole ones have half of them or more.
_LEAST_SHARE: Final = 5
_REMEDY: Final = "用 Word 或 WPS 打开它，另存为 .docx 后重试"


class Paper(Struct, frozen=True):
    """A file that came back.

    Attributes:
        name: its name.
        data: its bytes.
    """

    name: str
    data: bytes


class ReadPaper(Struct, frozen=True):
    """A file that was read.

    Attributes:
        name: its name.
        document: which document it is.
        reading: what it says.
        reader: what read it.
        prepared: the template it was read by.
    """

    name: str
    document: Document
    reading: DocumentReading
    reader: FormReader
    prepared: Prepared


class Mismatch(Struct, frozen=True):
    """A figure that a form has, and that does not come out of the rest of it.

    Attributes:
        document: the file's name.
        place: where the figure stands.
        written: as it stands there.
        computed: as it comes out.
    """

    document: str
    place: str
    written: str
    computed: str


class ReadForms(Struct):
    """Filled forms read together.

    Attributes:
        papers: the files, in the order given.
        joining: what they say together.
    """

    papers: list[ReadPaper] = field(default_factory=list)
    joining: Joining = field(default_factory=Joining)


def read_forms(
    papers: Sequence[Paper], programme: Programme, known: Mapping[str, Programme], templates: TemplateStore
) -> ReadForms:
    """Read filled forms.

    Args:
        papers: the files, as a person gave them.
        programme: the programme whose forms they are.
        known: every programme by code.
        templates: the templates.

    Raises:
        DataError: a file cannot be read, or is no form of the programme.
        ProgrammeError: a template is at fault.
    """
    forms = [(opened(paper), paper.name) for paper in papers]
    documents = [recognised(form, programme, known) for form, _ in forms]
    readers = _Readers(programme, templates)
    first = [readers.best(form, document) for (form, _), document in zip(forms, documents, strict=True)]
    for paper in first:
        _refuse_unlike(paper)
    names = names_of(paper.reading for paper in first)
    found = ReadForms()
    for (form, _), paper in zip(forms, first, strict=True):
        reader = paper.reader
        if names and reader.needs_names:
            reader.know(names)
            paper = replace(paper, reading=reader.read(form))  # noqa: PLW2901 (the same paper, read better)
        found.papers.append(paper)
    labels = frozenset().union(*(paper.reader.form.labels for paper in found.papers))
    prints = frozenset().union(*(paper.reader.form.prints for paper in found.papers))
    readings = [paper.reading for paper in found.papers]
    found.joining = join(readings, programme.model, Form(labels, prints))
    entries = doubted_amounts(found.joining.entries, programme.model)
    found.joining.entries = doubted_swaps(entries)
    return found


def opened(paper: Paper) -> FilledForm:
    """A file as a form's blocks, whatever Word wrote it.

    Raises:
        DataError: it is no Word file, or cannot be read.
    """
    place = Place(paper.name)
    if len(paper.data) > _MOST_BYTES:
        raise DataError("文件过大", "确认选对了文件，并删去其中的图片", place)
    data = converted(paper.data, paper.name) if is_old_word(paper.data) else paper.data
    try:
        return read_document(data, paper.name)
    except ProgrammeError as error:
        raise DataError(error.what, error.remedy or _REMEDY, place) from None


def _refuse_unlike(paper: ReadPaper) -> None:
    """Refuse a form that has its title from the programme, and hardly anything else.

    Raises:
        DataError: most of what the form prints is missing.
    """
    altered = paper.reading.altered
    lacking, printed = len(paper.reading.skipped), paper.reading.printed - altered
    # Print that is read as part of a free text counts as lacking nowhere: so what is there must also be enough.
    few = printed * _LEAST_SHARE < paper.reader.print_lines
    if not few and lacking + altered <= max(printed, 2):
        return
    told = [f"有 {lacking} 处找不到" if lacking else "", f"有 {altered} 处改过" if altered else ""]
    first = "、".join(f"“{print_of(line)[:20]}”" for line in paper.reading.skipped[:3])
    found = "几乎都找不到" if few else "，".join(filter(None, told))
    raise DataError(
        f"题名是《{paper.document.title}》，内容却不是这份表，可能是旧的表或只剩了一部分：表上印的文字{found}"
        + (f"，如{first}" if first else ""),
        "换成完整的、现在的表",
        Place(paper.name),
    )


class _Readers(Struct):
    """The readers of a programme's templates, made when first needed."""

    programme: Programme
    templates: TemplateStore
    _made: dict[str, tuple[FormReader, Prepared]] = field(default_factory=dict)

    def best(self, form: FilledForm, document: Document) -> ReadPaper:
        """A form read by its template; of variants by the one that fits best."""
        read = []
        for file in (document.template, *(one.template for one in document.variants)):
            reader, prepared = self._reader(file, document)
            read.append(ReadPaper(form.name, document, reader.read(form), reader, prepared))
        return min(read, key=lambda one: one.reading.cost)

    def _reader(self, file: str, document: Document) -> tuple[FormReader, Prepared]:
        if file not in self._made:
            prepared = self.templates.prepare(self.programme.folder / file)
            pattern = pattern_of(prepared.template.parts, self.programme, document)
            provinces = [
                name for full, short in self.programme.words.provinces.items() for name in (full, *short)
            ]
            self._made[file] = FormReader(pattern, provinces), prepared
        return self._made[file]


def mismatches(forms: ReadForms, programme: Programme, consortium: Consortium) -> list[Mismatch]:
    """Counts and sums that the forms have otherwise than they come out of what was read.

    The forms are filled again with what was read, and read once more: the same figures must stand there.

    Args:
        forms: the forms.
        programme: their programme.
        consortium: what was read, loaded.

    Raises:
        ProgrammeError: a template is at fault.
    """
    job = RenderJob(programme, consortium, "draft", FIXED_TIME)
    found: list[Mismatch] = []
    for paper in forms.papers:
        if not paper.reading.figures:
            continue
        rendered = render(paper.prepared.template, job, paper.document, paper.prepared.headings)
        again = paper.reader.read(read_document(rendered.docx, paper.name))
        ours = {key: raw for key, raw, _ in again.figures}
        for key, raw, place in paper.reading.figures:
            written, computed = _figure(raw), _figure(ours.get(key, ""))
            if written and computed and written != computed:
                found.append(Mismatch(paper.name, place, raw, ours[key]))
    return found


def _figure(text: str) -> str:
    """A figure in one spelling; empty where there is none."""
    match = _FIGURE.search(fold(text))
    if match is None:
        return ""
    digits = match[0].replace(",", "")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
