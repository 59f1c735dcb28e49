"""Typst's time for our pages, against Typst's time for plain markup of the same pages as a person would write it.

The markup has the same texts, sizes, tables, spans, heads and pages. What it lacks: marks of signature places, fields
that count pages, least heights of rows, rows kept together, widths of punctuation, the outline's numbers.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pypdf
import typst

from benchmarks import subjects
from benchmarks.measuring import Figure, best_times
from generator.packet.documents import fill_all
from generator.pdf.compose.drawing import (
    CellStyle,
    DrawnBlock,
    DrawnCell,
    DrawnDocument,
    DrawnParagraph,
    DrawnTable,
    NewPage,
    Piece,
    RunStyle,
    StyledText,
)
from generator.pdf.docx.reader import read_tree
from generator.pdf.engines.typst import STANDARD

ROUNDS = 6
_SPECIAL = re.compile(r"([\\#\[\]*_`$<>@~=/+\-\"':])")
_MARKS = str.maketrans("", "", "\x1e\x1f")
_LEAST_SHARE = (
    0.97  # of the letters of our pages that the markup's must have: fields and numbers are left out
)


class Markup:
    """Plain markup of a document: its commonest style is set once, others where they differ."""

    def __init__(self, document: DrawnDocument) -> None:
        self._document = document
        pieces = (piece for section in document.sections for piece in _pieces(section.blocks))
        common = Counter(piece.style for piece in pieces if isinstance(piece, StyledText)).most_common(1)
        self._main = common[0][0] if common else 0

    def source(self) -> str:
        document = self._document
        lines = [
            f'#set document(title: "{document.title}")',
            f'#set text(lang: "zh", region: "CN", {_font(document.run_styles[self._main])})',
            "#set par(leading: 0pt, spacing: 0pt)",
            "#set block(above: 0pt, below: 0pt)",
            "#show heading: it => it.body",
        ]
        for section in document.sections:
            page = section.page
            margin = f"top: {page.top}pt, bottom: {page.bottom}pt, left: {page.left}pt, right: {page.right}pt"
            number = ', numbering: "1"' if section.footers else ""
            lines.append(
                f"#set page(width: {page.width}pt, height: {page.height}pt, margin: ({margin}){number})"
            )
            lines.extend(self._blocks(section.blocks))
        return "\n".join(lines)

    def _blocks(self, blocks: Iterable[DrawnBlock]) -> Iterator[str]:
        for block in blocks:
            if isinstance(block, DrawnParagraph):
                if block.page_break_before:
                    yield "#pagebreak(weak: true)"
                yield self._paragraph(block)
            elif isinstance(block, DrawnTable):
                yield self._table(block)
            elif isinstance(block, NewPage):
                yield "#pagebreak()"

    def _piece(self, piece: Piece) -> str:
        text = getattr(piece, "text", None)
        if text is None:
            return "#h(1fr)" if type(piece).__name__ == "Leader" else ""
        shown = _SPECIAL.sub(r"\\\1", text.translate(_MARKS))
        style: int = piece.style  # type: ignore[union-attr] # what has a text has a style
        if style == self._main:
            return shown
        run = self._document.run_styles[style]
        drawn = f"#text({_font(run)})[{shown}]"
        return f"#underline[{drawn}]" if run.underline else drawn

    def _paragraph(self, block: DrawnParagraph) -> str:
        style = self._document.paragraph_styles[block.style]
        text = "".join(map(self._piece, block.pieces))
        if not text:
            return f"#v({block.height or 0}pt)"
        if style.first:
            text = f"#h({style.first}pt){text}"
        if style.align in {"center", "right"}:
            text = f"#align({style.align})[{text}]"
        elif style.align == "justify":
            text = f"#par(justify: true)[{text}]"
        if style.left or style.right:
            text = f"#pad(left: {style.left}pt, right: {style.right}pt)[{text}]"
        if block.heading is not None and block.heading.level:
            text = f"#heading(level: {block.heading.level})[{text}]"
        return f"#v({block.above}pt)\n{text}\n" if block.above else f"{text}\n"

    def _table(self, block: DrawnTable) -> str:
        commonest = Counter(cell.style for cell in block.cells).most_common(1)[0][0]
        columns = ", ".join(f"{width}pt" for width in block.columns)
        heads = "".join(self._cell(cell) for cell in block.cells if cell.row < block.heads)
        rows = "\n".join(self._cell(cell) for cell in block.cells if cell.row >= block.heads)
        head = f"table.header({heads}),\n" if heads else ""
        return f"\n#table(columns: ({columns},), {_cell(self._document.cell_styles[commonest])},\n{head}{rows})\n"

    def _cell(self, cell: DrawnCell) -> str:
        content = cell.content
        blocks = (content,) if isinstance(content, DrawnParagraph) else content
        text = "\n".join(self._blocks(blocks)).strip() if isinstance(blocks, tuple) else ""
        spans = (f"colspan: {cell.span}" if cell.span > 1 else "", f"rowspan: {cell.rowspan}")
        given = ", ".join(spans if cell.rowspan > 1 else spans[:1]).strip(", ")
        return f"table.cell({given})[{text}]," if given else f"[{text}],"


def _font(style: RunStyle) -> str:
    faces = f'"{style.faces[0]}", "{style.faces[-1]}"'
    return f"font: ({faces}), size: {style.size}pt, top-edge: {style.top}pt, bottom-edge: {-style.bottom}pt"


def _cell(style: CellStyle) -> str:
    top, _, _, left = style.margins
    line = "0.5pt" if style.strokes[0] >= 0 else "none"
    return f"inset: (x: {left}pt, y: {top}pt), stroke: {line}, align: {style.valign}"


def _pieces(blocks: Iterable[DrawnBlock]) -> Iterator[Piece]:
    for block in blocks:
        if isinstance(block, DrawnParagraph):
            yield from block.pieces
        elif isinstance(block, DrawnTable):
            for cell in block.cells:
                content = cell.content
                inner = (content,) if isinstance(content, DrawnParagraph) else content
                if isinstance(inner, tuple):
                    yield from _pieces(inner)


def _letters(pdf: bytes) -> Counter[str]:
    import io

    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return Counter(char for page in pages for char in page.extract_text() if char.isalpha())


def figures() -> Iterator[Figure]:
    """``typeset_vs_plain_markup``: the three documents of a packet, warm, every text new in each round."""
    _, session = subjects.subject()
    if session.typesetter is None:
        raise SystemExit("no engine")
    engine: Any = session.typesetter.engine
    composer = engine._composer  # noqa: SLF001 (the very faces that ours is set in)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        main = folder / "main.typ"
        # Read as ours is, so that Typst finds again what it has laid out before as much as it does for ours.
        main.write_text('#eval(read("plain.txt"), mode: "markup")')
        text = folder / "plain.txt"
        text.touch()
        fonts = str(engine._folder / "fonts")  # noqa: SLF001 (as above)
        compiler: Any = typst.Compiler(str(main), root=name, font_paths=[fonts], ignore_system_fonts=True)
        read, plain, when = [], [], None
        for number in range(ROUNDS + 1):
            job = subjects.job(folder / "data", number)
            when = job.when
            documents, sources = [], []
            for filled in fill_all(job):
                info = job.pdf_info(filled.document.title)
                parts = filled.rendered.parts
                documents.append(engine.read(filled.rendered.docx, info, parts))
                tree = read_tree(parts, info.title)
                drawn = composer.compose(tree, title=info.title, author=info.author).document
                sources.append(Markup(drawn).source())
            read.append(documents)
            plain.append(sources)

        def of_markup(source: str) -> bytes:
            text.write_text(source, encoding="utf-8")
            made: bytes = compiler.compile(format="pdf", pdf_standards=[STANDARD], timestamp=when)
            return made

        for document, source in zip(read[0], plain[0], strict=True):
            mine, theirs = _letters(engine.typeset(document).pdf), _letters(of_markup(source))
            if (mine & theirs).total() < _LEAST_SHARE * mine.total():
                raise SystemExit(f"the markup of {document.title} lacks text")
        left, right = iter(read[1:]), iter(plain[1:])
        ours, other = best_times(
            ROUNDS,
            lambda: [engine.typeset(document) for document in next(left)],
            lambda: [of_markup(source) for source in next(right)],
        )
    note = f"processor time, {ours * 1000:.0f} ms against {other * 1000:.0f} ms for three documents as PDF/A"
    yield Figure("typeset_vs_plain_markup", ROUNDS, ours / other, note=note)


FIGURES = [(("typeset_vs_plain_markup",), figures)]
