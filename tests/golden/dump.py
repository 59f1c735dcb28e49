"""Word templates as text, so that a change to one can be read in a diff.

``python -m tests.golden.dump`` (or ``make golden``) writes ``tests/golden/<province>-<programme>/<template>.txt``
anew for every template.

Each paragraph is a line, its tags as written. Before it, in brackets, how it looks: face and size, then
what else is set (居中, 加粗, 段前分页, 与下段同页, 首行缩进). ``«name»`` and ``«/name»`` are a bookmark's ends,
``‹PAGE›`` a field. A table's row is a line with ``|`` between cells, ``⏎`` between a cell's paragraphs; before
it whether the row repeats as a head and whether it may break.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from lxml import etree

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = Path(__file__).resolve().parent
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ALIGNED = {"center": "居中", "right": "右齐", "both": ""}


def templates() -> list[Path]:
    """Every programme's templates, and the common ones."""
    return sorted(path for path in (ROOT / "templates").rglob("*.docx") if not path.name.startswith("~$"))


def golden(template: Path) -> Path:
    """The dump that belongs to a template."""
    folder = "-".join(template.relative_to(ROOT / "templates").parent.parts)
    return GOLDEN / folder / f"{template.stem}.txt"


def dump(template: Path) -> str:
    """A template as text."""
    with zipfile.ZipFile(template) as package:
        names = [name for name in package.namelist() if name.startswith(("word/header", "word/footer"))]
        parts = {name: etree.fromstring(package.read(name)) for name in ("word/document.xml", *sorted(names))}
        styles = etree.fromstring(package.read("word/styles.xml"))
    own = {style.get(f"{W}styleId"): style for style in styles.iterfind(f"{W}style[@{W}customStyle]")}
    lines: list[str] = []
    for name, root in parts.items():
        _write_out(root, own)
        body = root.find(f"{W}body")
        lines += [f"== {Path(name).stem} ==", *_blocks(root if body is None else body, _Bookmarks()), ""]
    return "\n".join(lines).rstrip() + "\n"


def _write_out(root: Any, styles: dict[Any, Any]) -> None:
    """Give paragraphs what the template's own styles say of them, where they say nothing else themselves."""
    for properties in root.iter(f"{W}pPr"):
        named = properties.find(f"{W}pStyle")
        style = styles.get(named.get(f"{W}val")) if named is not None else None
        if style is not None:
            said = [*style.iterfind(f"{W}pPr/*"), *style.iterfind(f"{W}rPr")]
            properties.extend(deepcopy(each) for each in said if properties.find(each.tag) is None)


class _Bookmarks(dict[str, str]):
    """Bookmarks' names by id, for their ends."""

    def shown(self, element: Any) -> str:
        identity = str(element.get(f"{W}id"))
        if element.tag == f"{W}bookmarkStart":
            self[identity] = str(element.get(f"{W}name"))
            return f"«{self[identity]}»"
        return f"«/{self.get(identity, '?')}»"


def _blocks(parent: Any, marks: _Bookmarks) -> Iterator[str]:
    for child in parent:
        if child.tag == f"{W}p":
            look = _look(child)
            yield f"{look}{_text(child, marks)}"
            if child.find(f"{W}pPr/{W}sectPr") is not None:
                yield f"-- 分节 {_page(child.find(f'{W}pPr/{W}sectPr'))} --"
        elif child.tag == f"{W}tbl":
            columns = [str(column.get(f"{W}w")) for column in child.findall(f"{W}tblGrid/{W}gridCol")]
            yield f"-- 表格 {' '.join(columns)} --"
            for row in child.iter(f"{W}tr"):
                yield _row(row, marks)
            yield "-- 表格完 --"
        elif child.tag == f"{W}sectPr":
            yield f"-- 页面 {_page(child)} --"
        elif child.tag in {f"{W}bookmarkStart", f"{W}bookmarkEnd"}:
            yield marks.shown(child)


def _row(row: Any, marks: _Bookmarks) -> str:
    properties = row.find(f"{W}trPr")
    found = []
    for name, word in (("tblHeader", "表头"), ("cantSplit", "不断行")):
        if properties is not None and properties.find(f"{W}{name}") is not None:
            found.append(word)
    if properties is not None and (height := properties.find(f"{W}trHeight")) is not None:
        found.append(f"高{height.get(f'{W}val')}")
    cells = []
    for cell in row.findall(f"{W}tc"):
        span = cell.find(f"{W}tcPr/{W}gridSpan")
        merged = cell.find(f"{W}tcPr/{W}vMerge")
        prefix = f"({span.get(f'{W}val')}格)" if span is not None else ""
        prefix += f"(纵并{merged.get(f'{W}val') or ''})" if merged is not None else ""
        cells.append(prefix + "⏎".join(_blocks(cell, marks)))
    return f"[{' '.join(found)}] " + " | ".join(cells)


def _text(paragraph: Any, marks: _Bookmarks) -> str:
    pieces = []
    in_result = False
    for node in paragraph.iter():
        if node.tag == f"{W}t" and not in_result:
            pieces.append(node.text or "")
        elif node.tag == f"{W}tab" and node.getparent().tag == f"{W}r":
            pieces.append("→")
        elif node.tag == f"{W}br":
            pieces.append("⤓" if node.get(f"{W}type") == "page" else "↵")
        elif node.tag == f"{W}instrText":
            pieces.append(f"‹{(node.text or '').strip()}›")
        elif node.tag == f"{W}fldChar":
            in_result = node.get(f"{W}fldCharType") == "separate"
        elif node.tag in {f"{W}bookmarkStart", f"{W}bookmarkEnd"}:
            pieces.append(marks.shown(node))
    return "".join(pieces)


def _look(paragraph: Any) -> str:
    run = next((each for each in paragraph.iter(f"{W}rPr") if each.find(f"{W}rFonts") is not None), None)
    found = []
    if run is not None:
        size = run.find(f"{W}sz")
        face = run.find(f"{W}rFonts").get(f"{W}eastAsia")
        found.append(f"{face}{float(size.get(f'{W}val')) / 2:g}" if size is not None else str(face))
        found += ["加粗"] if run.find(f"{W}b") is not None else []
    properties = paragraph.find(f"{W}pPr")
    if properties is not None:
        align = properties.find(f"{W}jc")
        found += [ALIGNED.get(align.get(f"{W}val"), "")] if align is not None else []
        for name, word in (("pageBreakBefore", "段前分页"), ("keepNext", "与下段同页")):
            found += [word] if properties.find(f"{W}{name}") is not None else []
        indent = properties.find(f"{W}ind")
        if indent is not None and indent.get(f"{W}firstLineChars"):
            found.append("首行缩进")
    return f"[{' '.join(word for word in found if word)}] "


def _page(section: Any) -> str:
    size, margin = section.find(f"{W}pgSz"), section.find(f"{W}pgMar")
    sides = [margin.get(f"{W}{side}") for side in ("top", "right", "bottom", "left")]
    start = section.find(f"{W}pgNumType")
    from_one = f" 页码从{start.get(f'{W}start')}起" if start is not None else ""
    return f"{size.get(f'{W}w')}×{size.get(f'{W}h')} 边距{' '.join(sides)}{from_one}"


def main() -> None:
    """Write every template's dump."""
    for template in templates():
        path = golden(template)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dump(template), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
