"""What is wrong in a programme's folder: every problem with file, place and remedy.

An official who has edited a template in Word sees here what would stop a packet, and what a packet would leave
out without a word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from msgspec import Struct, field

from generator.base.ooxml.bookmarks import anchors
from generator.base.ooxml.package import DOCUMENT, word_parts
from generator.base.ooxml.regions import regions_of
from generator.base.ooxml.revisions import Accepted, accepted
from generator.base.ooxml.xml import W, parse
from generator.conditions.given import given_figures
from generator.conditions.rules import rule_problems
from generator.errors import LianhetiError, Place, Problem, ProgrammeError
from generator.model.catalogue import Catalogue, load_programme
from generator.model.dataset import Dataset
from generator.model.guidance import guidance_problems
from generator.model.paths import PASSAGES, passage_kind, spec_of
from generator.model.programme import Document, Programme
from generator.model.programme_file import YAML, programme_file
from generator.rendering.render import RenderJob, render
from generator.rendering.tag_grammar import tag_faults
from generator.rendering.template import RENDERED, Template
from generator.rendering.tracked_tags import tracked_tags
from generator.workflows.lint.blocks import refusals
from generator.workflows.lint.names import checked_names

_SIGN = re.compile(r"sign[._](.+)")

Severity = Literal["error", "warning"]


class Fault(Struct, frozen=True):
    """One problem of a programme's folder.

    Attributes:
        severity: an error stops a packet; a warning says what would be left out.
        file: the file, relative to the templates folder.
        region: paragraph, or table, row and cell; or the line of a YAML file.
        message: what is wrong.
        remedy: what to do, an imperative clause.
    """

    severity: Severity
    file: str
    region: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}{f' {self.region}' if self.region else ''}：{self.message}。请{self.remedy}。"

    def as_json(self) -> dict[str, str]:
        """The fault as the command prints it."""
        return {
            "severity": self.severity,
            "file": self.file,
            "region": self.region,
            "message": self.message,
            "remedy": self.remedy,
        }


class _Linter(Struct):
    """Gathers the faults of one folder."""

    folder: Path
    catalogue: Catalogue
    faults: list[Fault] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def say(self, severity: Severity, file: str, region: str, message: str, remedy: str) -> None:
        """Record a fault, once; arguments as of Fault."""
        fault = Fault(severity, file, region, message.rstrip("。"), remedy)
        if fault not in self.faults:
            self.faults.append(fault)

    def say_problem(self, problem: Problem) -> None:
        """Record a problem of the programme's files."""
        self.say("error", problem.place.file, _region(problem.place), problem.message, problem.remedy)

    def say_error(self, error: LianhetiError, file: str) -> None:
        """Record an error, or each of its problems; ``file`` is used where it names none."""
        if error.problems:
            for problem in error.problems:
                self.say_problem(problem)
            return
        place = error.place or Place(file)
        self.say("error", place.file, _region(place), error.what, error.remedy)

    def run(self) -> None:
        """Check the whole folder; templates only where the file that describes it can be read."""
        code = self.folder.resolve().parts[-2:]
        name = "/".join([*code, YAML])
        try:
            name = "/".join([*code, programme_file(self.folder).name])
            programme = load_programme(self.folder)
        except ProgrammeError as error:
            self.say_error(error, name)
            return
        for problem in rule_problems(programme, self.catalogue.common_rules()):
            self.say_problem(problem)
        self.guidance(programme)
        for condition in programme.conditions:
            if not condition.quote:
                self.say(
                    "warning", name, "", f"条件“{condition.id}”没有写原文（quote）", "补上官方文件的原文"
                )
        for document in programme.documents:
            for template in (document.template, *(variant.template for variant in document.variants)):
                self.template(programme, document, self.folder / template)
        ours = {document.id for document in self.catalogue.common_documents()}
        for item in programme.attachments:
            if item.document and item.document not in ours:
                self.say(
                    "error",
                    name,
                    "",
                    f"附件“{item.title}”的 document “{item.document}”不是公用文书",
                    f"可用的：{'、'.join(sorted(ours))}",
                )
        self.summary(programme, name)
        self.unused(programme, name)
        self.labels(programme, name)

    def guidance(self, programme: Programme) -> None:
        """Check ``guidance.yaml``: unknown topics, bookmarks that no template has."""
        try:
            problems = guidance_problems(programme, self.catalogue)
        except ProgrammeError as error:
            self.say_error(error, "/".join([*self.folder.resolve().parts[-2:], "guidance.yaml"]))
            return
        for problem in problems:
            self.say_problem(problem)

    def template(self, programme: Programme, document: Document, path: Path) -> None:
        """Check one template; it is filled for a trial only where nothing else was found wrong in it."""
        name = "/".join(path.resolve().parts[-3:])
        try:
            data = path.read_bytes()
        except OSError:
            self.say(
                "error",
                "/".join([*self.folder.resolve().parts[-2:], programme.file_name]),
                "",
                f"文件“{document.title}”的模板 {path.name} 不存在",
                "补上这个文件，或改正 template 的文件名",
            )
            return
        before = len(self.faults)
        self.parts(name, data)
        try:
            template = Template(data, name)
        except ProgrammeError as error:
            if len(self.faults) == before:
                self.say_error(error, name)
            return
        self.names(programme, document, template)
        self.anchors(document, template, path)
        if all(fault.severity == "warning" for fault in self.faults[before:]):
            self.trial(programme, document, template, name)

    def parts(self, name: str, data: bytes) -> None:
        """Check what can be checked of a file before its tags are compiled, its tracked changes accepted.

        That is how the tags are written, and that it holds only what docs/docx-subset.md allows, so that a PDF can be
        made of it.
        """
        from generator.pdf.docx.reader import read_tree

        try:
            parts = word_parts(data, name)
            settled = accepted(parts, name)
            self.revisions(name, parts, settled)
            for part, content in settled.parts.items():
                if not RENDERED.fullmatch(part):
                    continue
                regions = regions_of(parse(content, name), part)
                for fault in tag_faults(content):
                    region = regions[fault.paragraph] if regions else ""
                    self.say("error", name, region, f"标签“{fault.tag}”{fault.what}", fault.remedy)
            for error in refusals(settled.parts, read_tree):
                self.say_error(error, name)
        except ProgrammeError as error:
            self.say_error(error, name)

    def revisions(self, name: str, parts: Mapping[str, bytes], settled: Accepted) -> None:
        """Tell of tracked changes: that they are accepted, which cannot be, and which tags lie partly in them."""
        for doubt in settled.doubts:
            self.say_error(doubt.refusal(name), name)
        if settled.changes:
            message = f"里有 {settled.changes} 处修订，印的是全部接受以后的"
            self.say("warning", name, "", message, "在 Word 的“审阅”里接受或拒绝全部修订后存盘")
        for part, content in parts.items():
            if RENDERED.fullmatch(part) and settled.parts[part] != content:
                regions = regions_of(content, part)
                for number, tag in tracked_tags(content):
                    message = f"标签“{tag}”有一部分在修订里，按接受以后的读"
                    self.say(
                        "warning", name, regions[number], message, "先接受或拒绝这处修订，再核对这个标签"
                    )

    def names(self, programme: Programme, document: Document, template: Template) -> None:
        """Check the names in the tags, and note which fields are used."""
        problems, used = checked_names(programme, document, template)
        for problem in problems:
            self.say_problem(problem)
        self.used |= used

    def anchors(self, document: Document, template: Template, path: Path) -> None:
        """Check the bookmarks of signature places, clauses and sections against what is declared and used."""
        marked = _bookmarks(template.parts[DOCUMENT])
        signed = {found[1] for mark in marked if (found := _SIGN.fullmatch(mark))}
        for signatory in document.signatories:
            if signatory.role not in signed:
                self.say(
                    "error",
                    template.name,
                    "",
                    f"没有签章位置的书签 sign.{signatory.role}（{signatory.title}）",
                    "在签章处插入这个书签，或在方案文件中删去这个签署方",
                )
        for role in sorted(signed - {signatory.role for signatory in document.signatories}):
            self.say(
                "warning",
                template.name,
                "",
                f"书签 sign.{role} 没有对应的签署方",
                "在方案文件的 signatories（签章表）中声明，或删去书签",
            )
        headed = {f"{PASSAGES[anchor.kind]}.{anchor.id}" for anchor in anchors(path)}
        for used in sorted(self.used):
            if (kind := passage_kind(used)) and used not in headed and _mentions(template, used):
                self.say(
                    "warning",
                    template.name,
                    "",
                    f"正文“{used}”没有对应的标题书签 {kind}.{used.rsplit('.', 1)[-1]}",
                    "在它的标题上插入这个书签",
                )

    def trial(self, programme: Programme, document: Document, template: Template, name: str) -> None:
        """Fill the template as a blank form, and as a draft with hardly any data."""
        from datetime import UTC, datetime

        when = datetime(2022, 1, 1, tzinfo=UTC)
        empty = programme.model.model_construct(name="名称")
        figures = given_figures(programme, Dataset(empty, {}), when.date())
        blank = RenderJob(programme, None, "blank", when)
        draft = RenderJob(programme, empty, "draft", when, figures=figures)
        for job in (blank, draft):
            try:
                render(template, job, document, {})
            except ProgrammeError as error:
                if "applicants" not in error.what:
                    self.say_error(error, name)

    def summary(self, programme: Programme, name: str) -> None:
        """Check the department's own workbook: it is there, and its tags are understood."""
        from generator.workflows.rollup.form import form_columns, own_form

        try:
            form = own_form(programme)
            if form is not None:
                form_columns(form, programme)
        except LianhetiError as error:
            self.say_error(error, name)

    def unused(self, programme: Programme, name: str) -> None:
        """Warn of declared fields that no template, condition, figure or table uses."""
        users = (
            *programme.figures.values(),
            *programme.conditions,
            *programme.limits,
            *programme.attachments,
            *programme.documents,
            *(programme.summary.columns if programme.summary else ()),
        )
        figures = " ".join(user.model_dump_json() for user in users)
        needs = " ".join(need for condition in programme.conditions for need in condition.needs)
        for own in programme.fields:
            if not own.kind or own.path in self.used or f"{own.path}[]" in self.used:
                continue
            # A figure's ``where`` names a field of the list's items, without the path of the list.
            if own.path in needs or f'"{own.path.rsplit(".", 1)[-1]}' in figures or own.path in figures:
                continue
            self.say(
                "warning",
                name,
                "",
                f"字段“{own.title}”（{own.path}）声明了，但没有文件印它，也没有条件用它",
                "在模板中印出它，或删去声明",
            )

    def labels(self, programme: Programme, name: str) -> None:
        """Check that labels and limits name existing fields."""
        for path in programme.labels:
            if spec_of(programme.model, path) is None:
                self.say(
                    "error", name, "", f"labels 中的“{path}”不是字段", "改成 docs/data-format.md 列出的字段"
                )
        for limit in programme.limits:
            if spec_of(programme.model, limit.path) is None:
                self.say("error", name, "", f"limits 中的“{limit.path}”不是字段", "改成存在的字段")


def _region(place: Place) -> str:
    """Where in its file a place is, as a person finds it."""
    if place.sheet:
        return f"工作表“{place.sheet}”" + (f"单元格 {place.cell}" if place.cell else "")
    return place.region or (f"第 {place.line} 行" if place.line else "")


def _mentions(template: Template, path: str) -> bool:
    key = path.split(".", 1)[1]
    return any(key in line for part in template.compiled for line in part.source_lines)


def _bookmarks(xml: bytes) -> list[str]:
    return [str(mark.get(W + "name")) for mark in parse(xml).iter(W + "bookmarkStart")]


def lint(folder: Path, catalogue: Catalogue) -> list[Fault]:
    """Every fault of a programme's folder, errors first.

    Args:
        folder: the folder with the file that describes the programme, and the templates.
        catalogue: where the common rules are found.
    """
    linter = _Linter(folder, catalogue)
    linter.run()
    return sorted(linter.faults, key=lambda fault: fault.severity)
