"""A Word template, compiled once and filled many times.

The tags are docxtpl's (``{{ }}``, ``{%p %}``, ``{%tr %}``, ``{%tc %}``, ``{% vm %}``), patched by docxtpl
itself; each part then becomes one Jinja template. A line of a part's source holds one paragraph at most,
so that an error's line number leads back to the paragraph or the table cell.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property, partial
from typing import Any

import jinja2
from jinja2.exceptions import SecurityError
from msgspec import Struct

from generator.base.ooxml.package import DOCUMENT, Package
from generator.base.ooxml.regions import regions_of
from generator.base.ooxml.xml import Element, parse
from generator.errors import LianhetiError, Place, ProgrammeError
from generator.model.rich_text import RichText
from generator.rendering import cache
from generator.rendering.comments import COMMENTS, without_orphans
from generator.rendering.fixups import RESERVED, put_right, with_text_code
from generator.rendering.row_ends import with_row_ends_kept
from generator.rendering.sandbox import PartSandbox
from generator.rendering.tag_grammar import tag_faults
from generator.rendering.work import Work, counting

RENDERED = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
_MOST_SHOWN = 120
# Characters of a part between two looks at how many a rendering has made: a form is made of 750 pieces.
_COUNTED_AT_ONCE = 50_000
_MARK = re.compile(r"<!--p(\d+)-->")
_PARAGRAPH = re.compile(r"<w:(p|tr)(?=[ />])")
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
# docxtpl puts the merge at the end of a cell's properties; CT_TcPr has it after the width and the span
# (ISO/IEC 29500-1, 17.4.69).
_MERGED = re.compile(
    r"(<w:tcPr(?: [^>]*)?>(?:<w:(?:cnfStyle|tcW|gridSpan|hMerge)\b[^>]*/>)*)"
    r"((?:(?!</?w:tcPr).)*?)"
    r'(<w:vMerge w:val="\{% if loop\.first %\}restart\{% else %\}continue\{% endif %\}"/>)',
    re.DOTALL,
)

_MERGED_CELL = re.compile(
    r'<w:tc[ >](?:(?!<w:tc[ >]|</w:tc>).)*?<w:vMerge w:val="\{% if loop\.first %\}restart'
    r"(?:(?!<w:tc[ >]).)*?</w:tc>",
    re.DOTALL,
)
_FIRST_ONLY = re.compile(r"<w:t(?: [^>]*)?>(\{% if loop\.first %\})")
_FIRST_RUN = re.compile(r"<w:(?:r|hyperlink|bookmarkStart|proofErr|sdt)[ >]")


class Part(Struct, frozen=True):
    """One compiled part, with where each line of its source stands.

    Attributes:
        name: the member's name in the package.
        template: compiled.
        source_lines: the source as docxtpl has patched it; a paragraph begins a line.
        regions: where each line stands, in words.
    """

    name: str
    template: jinja2.Template
    source_lines: tuple[str, ...]
    regions: tuple[str, ...]

    def region(self, line: int | None) -> tuple[str, str]:
        """The place of a source line in words, and the tags that stand on it."""
        if not line or line > len(self.source_lines):
            return "", ""
        return self.regions[line - 1], shown_tags(self.source_lines[line - 1])


def shown_tags(line: str) -> str:
    """The tags of a source line for a message: the first three, each as long as can be read."""
    tags = _TAG.findall(line)[:3]
    return "、".join(tag if len(tag) <= _MOST_SHOWN else f"{tag[:_MOST_SHOWN]}…" for tag in tags)


def _with_positions(xml: str, paragraphs: int) -> str:
    """A part with a comment before each paragraph and row that says which paragraph it is, on a line of its own.

    Rows have one too because docxtpl removes a row that holds only a statement, with the comments inside it.
    """
    counted = 0

    def mark(found: re.Match[str]) -> str:
        nonlocal counted
        at = min(counted, paragraphs - 1)
        counted += found[1] == "p"
        return f"\n<!--p{at}-->{found[0]}"

    return _PARAGRAPH.sub(mark, xml)


def _is_utf8(root: Element) -> bool:
    return root.getroottree().docinfo.encoding in {"UTF-8", "ASCII", "US-ASCII", None}


def _patch(xml: str) -> str:
    """Let docxtpl turn tags that Word has split over runs into Jinja's."""
    from docxtpl import DocxTemplate

    # Values may begin or end with spaces, which Word drops without this attribute.
    xml = xml.replace("<w:t>", '<w:t xml:space="preserve">')
    return _MERGED_CELL.sub(_merge_whole, _MERGED.sub(r"\1\3\2", str(DocxTemplate.patch_xml(None, xml))))


def _merge_whole(cell: re.Match[str]) -> str:
    """A merged cell whose whole paragraph is printed in the first row only: docxtpl does so for one run of it."""
    xml = cell[0]
    begin = _FIRST_ONLY.search(xml)
    if begin is None:
        return xml
    end = xml.index("{% endif %}</w:t>", begin.end()) if "{% endif %}</w:t>" in xml else -1
    if end < 0:
        return xml
    xml = xml[: begin.start(1)] + xml[begin.end(1) : end] + xml[end + len("{% endif %}") :]
    first = _FIRST_RUN.search(xml)
    last = xml.rindex("</w:p>")
    if first is None:
        return xml
    return f"{xml[: first.start()]}{{% if loop.first %}}{xml[first.start() : last]}{{% endif %}}{xml[last:]}"


_REASONS = (
    ("forbidden", "用了模板不支持的语句"),
    ("not safely callable", "用了模板不支持的函数或方法"),
    ("is unsafe", "用了模板不支持的名称"),
    ("No filter named", "没有这个过滤器"),
    ("No test named", "没有这个判断"),
    ("Unknown tag", "没有这个语句"),
    ("endfor", "循环没有配对的 endfor"),
    ("endif", "条件没有配对的 endif"),
    ("unexpected end of template", "循环或条件没有结束语句"),
    ("tag in a bookmark", "书签的名称里有标签"),
    ("too deep", "条件、循环或括号一层套一层，太深"),
    ("too long a number", "数太长"),
    ("unexpected char", "标签里有不认识的字符，可能是全角引号或括号"),
)


# What Python raises where a template gives a function values that it is not made for.
_MISUSES = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError)
_UNKNOWN = re.compile(r"'(\w+)' is undefined|has no (?:attribute|element) '?(\w+)'?")


def _reason(error: Exception) -> str:
    text = str(error)
    if unknown := _UNKNOWN.search(text):
        return f"没有“{unknown[1] or unknown[2]}”这个字段或名称"
    return next((reason for sign, reason in _REASONS if sign in text), "写法有误")


class Template:
    """A compiled Word template.

    Args:
        data: the .docx file's bytes.
        name: the template's name for messages, as ``<province>/<programme>/application.docx``.

    Raises:
        ProgrammeError: the file is no DOCX, or a tag is wrong; with paragraph or cell, and the tag.
    """

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        self._package = Package(data, name)
        self._sandbox = PartSandbox()
        self._parts = tuple(
            self._compile(part, content)
            for part, content in self._package.parts.items()
            if RENDERED.fullmatch(part)
        )
        self._refuse_tags_elsewhere()

    def _fault(self, what: str, region: str = "", tags: str = "") -> ProgrammeError:
        shown = f"（标签 {tags}）" if tags else ""
        return ProgrammeError(
            f"{what}{shown}",
            "用 Word 打开模板改正这个标签，可用的名称见 docs/template-names.md",
            Place(self.name, region=region or None),
        )

    def _compile(self, part: str, content: bytes) -> Part:
        compiled = cache.load_compiled(part, content)
        if compiled is None:
            lines, places = self._patched(part, content)
            try:
                compiled = cache.Compiled(lines, places, self._sandbox.code_of("\n".join(lines)))
            except jinja2.TemplateSyntaxError as error:
                inside = error.lineno <= len(lines)
                tags = shown_tags(lines[error.lineno - 1]) if inside else ""
                region = places[error.lineno - 1] if inside else ""
                raise self._fault(_reason(error), region, tags) from None
            cache.store_compiled(part, content, compiled)
        template = self._sandbox.template_of(compiled.code)
        return Part(part, template, tuple(compiled.lines), tuple(compiled.places))

    def _patched(self, part: str, content: bytes) -> tuple[list[str], list[str]]:
        """The lines of a part's Jinja source, and the place of each."""
        root = parse(content, self.name)
        xml = content.decode("utf-8-sig", errors="replace")
        # Another encoding may look like UTF-8 where the text is plain.
        if xml.encode() != content.removeprefix(BOM_UTF8) or not _is_utf8(root):
            raise ProgrammeError(
                f"部件 {part} 不是 UTF-8 编码，不是 Word 或 WPS 写的文件",
                "用 Word 或 WPS 打开后另存为 .docx",
                Place(self.name),
            )
        regions = regions_of(root, part)
        if reserved := RESERVED.search(xml):
            raise self._fault(f"有不能使用的字符（U+{ord(reserved[0]):04X}）")
        for fault in tag_faults(content):
            raise ProgrammeError(
                f"标签“{fault.tag}”{fault.what}",
                fault.remedy,
                Place(self.name, region=regions[fault.paragraph] if regions else None),
            )
        xml = with_row_ends_kept(content).decode("utf-8-sig")
        lines = _patch(_with_positions(xml, len(regions))).split("\n")
        places: list[str] = []
        here = ""
        for line in lines:
            if found := _MARK.findall(line):
                here = regions[int(found[0])]
            places.append(here)
        return [_MARK.sub("", line) for line in lines], places

    def _refuse_tags_elsewhere(self) -> None:
        rendered = {part.name for part in self._parts}
        for name, content in self._package.parts.items():
            if name in rendered or not name.endswith((".xml", ".rels")):
                continue
            if b"{{" in content or b"{%" in content:
                raise self._fault(f"部件 {name} 里有标签，这里的标签不会被填写")

    @property
    def compiled(self) -> tuple[Part, ...]:
        """The parts that hold tags, with their sources."""
        return self._parts

    @property
    def parts(self) -> Mapping[str, bytes]:
        """The template's own parts, unfilled, its tracked changes accepted."""
        return self._package.parts

    @property
    def revisions(self) -> int:
        """How many tracked changes of the template were accepted."""
        return self._package.revisions

    def fill(
        self,
        context: Mapping[str, Any],
        *,
        replace: Mapping[str, bytes],
        when: datetime,
        work: Work | None = None,
        chapters: Sequence[RichText] = (),
    ) -> Filled:
        """The template filled with a context.

        Args:
            context: what the template's names stand for.
            replace: whole parts to put in as they are, such as ``docProps/core.xml``.
            when: the time that the package's members get.
            work: what counts how much is done, where the context's own record counts already.
            chapters: takes, while it is filled, the texts whose blocks stand in the place of their numbers.

        Raises:
            ProgrammeError: an expression fails, or there is no end to it; with paragraph or cell, and the tag.
        """
        names = {**self._sandbox.globals, **context}
        with counting(work or Work()) as counted:
            filled = {part.name: self._render(part, names, counted) for part in self._parts}
        media: dict[str, bytes] = {}
        if chapters:
            from generator.rendering.chapters import with_chapters

            texts = {name: xml.decode() for name, xml in filled.items()}
            texts, media = with_chapters(texts, chapters, self._package.parts, self.name)
            filled = {name: text.encode() for name, text in texts.items()}
        repaired = {name: put_right(xml) for name, xml in filled.items()}
        changed = dict(with_text_code(repaired, DOCUMENT))
        if COMMENTS in self._package.parts:
            changed[COMMENTS] = without_orphans(self._package.parts[COMMENTS], changed[DOCUMENT])
        changed.update(media)
        changed.update(replace)
        return Filled({**self._package.parts, **changed}, partial(self._package.write, changed, when))

    def _render(self, part: Part, names: dict[str, Any], work: Work) -> bytes:
        pieces: list[bytes] = []
        template = part.template
        try:
            # Not through Jinja's generate, which hands each piece on by a generator of its own.
            stream: Any = template.root_render_func(template.new_context(names, shared=True))
            made = 0
            for piece in stream:
                pieces.append(piece)
                made += len(piece)
                if made < _COUNTED_AT_ONCE:
                    continue
                try:
                    work.produce(made)
                except ProgrammeError as error:
                    # Raised inside the running template, so that the traceback tells which of its lines was at work.
                    stream.throw(error)
                made = 0
            work.produce(made)
        except (jinja2.TemplateError, SecurityError, ProgrammeError, *_MISUSES) as error:
            region, tags = part.region(_line_of(error, template))
            what = error.what if isinstance(error, LianhetiError) else _reason(error)
            raise self._fault(what, region, tags) from None
        return b"".join(pieces)


class Filled(Struct, frozen=True, dict=True):
    """A filled template.

    Attributes:
        parts: its parts, so that a reader need not unzip them again.
        write: makes the file.
    """

    parts: Mapping[str, bytes]
    write: Callable[[], bytes]

    @cached_property
    def docx(self) -> bytes:
        """The file's bytes, compressed when first asked for: who judges data only looks at what was printed."""
        return self.write()


def _line_of(error: BaseException, template: jinja2.Template) -> int | None:
    """The line of the part's source that was at work when an error arose."""
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_globals.get("__jinja_template__") is template:
            line: int = template.get_corresponding_lineno(trace.tb_lineno)
            return line
        trace = trace.tb_next
    return None


def check_parts(parts: Mapping[str, bytes], name: str) -> None:
    """Refuse a filled document that Word could not open; where a PDF is made, its reader does so.

    Args:
        parts: the document's parts by name.
        name: the template's, for the error.

    Raises:
        ProgrammeError: a part that was filled is no XML.
    """
    for part, content in parts.items():
        if RENDERED.fullmatch(part):
            try:
                parse(content)
            except ProgrammeError as error:
                raise ProgrammeError(
                    f"填写后不是完好的 Word 文件（{part}）", error.remedy, Place(name)
                ) from None
