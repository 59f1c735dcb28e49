"""What is fuzzed: for each kind of input a builder that knows its structure, and what must hold whatever it builds.

A target takes bytes and returns whether they came to anything; it raises where the program does what it must not: an
error that is not one of ours, words that no clerk understands, a value that changes when it is read again.
"""

from __future__ import annotations

import io
import json
import re
import tempfile
import warnings
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

from generator.base.characters import BadValueError
from generator.base.ooxml.package import word_parts
from generator.base.ooxml.text import docx_text
from generator.base.yaml import read_yaml
from generator.base.zips import Bounds, ZipReader, ZipRefusedError
from generator.conditions.cel import Expression, ExpressionError
from generator.errors import LianhetiError, Place
from generator.model.catalogue import Catalogue, load_programme
from generator.model.consortium import Consortium
from generator.model.programme import Programme
from generator.model.value_kinds import KINDS, Choice, Kind
from generator.pdf.docx.reader import read_tree
from generator.publishing.manifest import Digest, RollupManifest, parsed, sealed
from generator.readers.excel.layout import layout
from generator.readers.load import load
from generator.readers.source_file import read_source
from generator.rendering.render import RenderJob, render
from generator.rendering.tag_grammar import tag_faults
from generator.rendering.template import Template
from tests.fuzz.choices import Choices
from tests.pdf.word import NAMESPACES, bookmark, cell, docx, field, paragraph, picture, row, run, table
from tests.workflows.trial_scheme import YAML as TRIAL_SCHEME

# English identifiers and Python's own words, outside of what is quoted from the input.
_OURS_ONLY: Final = re.compile(
    r"\b[a-z]+_[a-z_]+\b|\w\[\d+\]|\bNone\b|\bTraceback\b|[A-Z][a-z]+Error\b|object at 0x|<class "
)
_QUOTED: Final = re.compile(r"“[^”]*”|‘[^’]*’|（标签 .*?）。|docs/[a-z-]+\.md", re.DOTALL)


class WordsError(AssertionError):
    """A message that a clerk cannot read."""


def clear(text: str) -> None:
    """Hold a message against what a person can read.

    Raises:
        WordsError: it names what only the program knows, or is empty, or not Chinese.
    """
    plain = _QUOTED.sub("", text)
    if (found := _OURS_ONLY.search(plain)) or not re.search(r"[\u4e00-\u9fff]", plain):
        raise WordsError(f"{found[0] if found else 'no Chinese'} in: {text!r}")


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="lianheti-fuzz-"))


@cache
def _programme() -> Programme:
    folder = _folder() / "some" / "trial"
    folder.mkdir(parents=True)
    (folder / "programme.yaml").write_text(TRIAL_SCHEME, encoding="utf-8")
    (folder / "application.docx").write_bytes(docx(paragraph("甲")))
    return load_programme(folder)


@cache
def _known() -> dict[str, Programme]:
    return Catalogue().all() | {"some/trial": _programme()}


# ---- data ----

_KEYS: Final = (
    "name", "联合体名称", "industry", "产业领域", "members", "成员单位", "funds", "team", "contact", "电话", "phone",
    "plan", "sections", "agreement", "attachments", "file", "original", "programmes", "applies_to", "schema",
    "filing_date", "申请日期", "role", "名称", "kind", "tier", "credit_code", "统一社会信用代码", "地址", "province",
    "indicators", "patents", "amount", "year", "instruments", "worth", "judged", "accepted", "lists", "a.b", "x[0]",
)  # fmt: skip


def _yaml_node(choices: Choices, depth: int) -> str:
    pad = "  " * depth
    if depth > 3 or choices.below(3) == 0:
        value = choices.text(3)
        return " " + (value if choices.once_in(6) else json.dumps(value, ensure_ascii=False)) + "\n"
    if choices.below(2):
        return "\n" + "".join(choices.several(4, lambda: f"{pad}-{_yaml_node(choices, depth + 1)}"))
    return "\n" + _yaml_fields(choices, depth, 5)


def _yaml_fields(choices: Choices, depth: int, most: int) -> str:
    """Fields of a group, each once but for a rare one."""
    taken = set()
    lines = []
    for _ in range(1 + choices.below(most)):
        key = json.dumps(choices.text(2), ensure_ascii=False) if choices.once_in(12) else choices.pick(_KEYS)
        if key not in taken or choices.once_in(50):
            lines.append(f"{'  ' * depth}{key}:{_yaml_node(choices, depth + 1)}")
        taken.add(key)
    return "".join(lines)


def _loaded(path: Path, choices: Choices) -> None:
    programme = choices.pick((None, *_known().values()))
    dataset = load(read_source(path), programme, known=_known())
    for problem in dataset.problems:
        clear(str(problem))
    for notice in dataset.notices:
        clear(f"注意：{notice.text}")


def data_yaml(data: bytes) -> None:
    """A data file as YAML: fields of all schemes, nested as they should not be, damaged in places."""
    choices = Choices(data)
    text = _yaml_fields(choices, 0, 9)
    encoding = choices.pick(("gb18030", "utf-16", "utf-8-sig")) if choices.once_in(30) else "utf-8"
    raw = bytearray(text.encode(encoding, "replace"))
    for _ in range(choices.below(3) if choices.once_in(8) else 0):
        at = choices.below(max(len(raw), 1))
        raw[at : at + choices.below(4)] = choices.raw(4)
    path = _folder() / "data.yaml"
    path.write_bytes(bytes(raw))
    _loaded(path, choices)


def yaml_bytes(data: bytes) -> None:
    """Any bytes as YAML."""
    read_yaml(data, "data.yaml")


@cache
def _tabs() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The form's tabs with their heads, and one that is none of it."""
    known = [
        (sheet.title, tuple(column.title for column in sheet.columns)) for sheet in layout(Consortium, {})
    ]
    return (*known, ("Sheet1", ("序号", "备注", "合计", "单位名称")))


_HIDDEN: Final = ' hidden="1"'
_UNSEEN: Final = 'state="hidden" '
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATION: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _xlsx_cell(choices: Choices, column: int, line: int, heads: tuple[str, ...]) -> str:
    at = f"{'ABCDEFGHIJ'[column]}{line}"
    if choices.once_in(250):
        at = choices.pick(("A1", "XFD1048576", "ZZZZ9", "A0", "", "1A"))
    head = escape(
        choices.pick(heads) if choices.below(2) else choices.text(3).replace("\x00", "").replace("\x07", "")
    )
    head = re.sub(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]", "", head)
    number = choices.pick(("1", "0.1", "44705", "1E+20", "-5", "2022", "60", "0.30000000000000004"))
    if choices.once_in(120):
        return f'<c r="{at}" t="{choices.pick(("s", "n", "d", "e", "z"))}"><v>{choices.pick(("1e999", "x", "", "99"))}</v></c>'
    return choices.pick(
        (
            f'<c r="{at}" t="inlineStr"><is><t>{head}</t></is></c>',
            f'<c r="{at}"><v>{number}</v></c>',
            f'<c r="{at}" s="1"><v>{number}</v></c>',
            f'<c r="{at}" t="str"><f>A1&amp;B2</f><v>{head}</v></c>',
            f'<c r="{at}" t="e"><v>#REF!</v></c>',
            f'<c r="{at}" t="b"><v>1</v></c>',
            f'<c r="{at}" t="s"><v>{choices.below(2)}</v></c>',
            f'<c r="{at}"><f>SUM(A1:A9)</f></c>',
        )
    )


def _xlsx_sheet(choices: Choices, heads: tuple[str, ...]) -> str:
    rows = "".join(
        f'<row r="{line}"{choices.pick(("", "", "", _HIDDEN))}>'
        + "".join(_xlsx_cell(choices, column, line, heads) for column in range(choices.below(6)))
        + "</row>"
        for line in range(1, 2 + choices.below(7))
    )
    merged = '<mergeCells><mergeCell ref="A2:B3"/></mergeCells>' if choices.once_in(3) else ""
    size = '<dimension ref="A1:XFD1048576"/>' if choices.once_in(30) else '<dimension ref="A1:F9"/>'
    return f'<worksheet xmlns="{_MAIN}">{size}<sheetData>{rows}</sheetData>{merged}</worksheet>'


def _xlsx(choices: Choices) -> bytes:
    count = 1 + choices.below(3)
    tabs = [choices.pick(_tabs()) for _ in range(count)]
    named = [name for name, _ in tabs]
    parts = {
        f"xl/worksheets/sheet{number}.xml": _xlsx_sheet(choices, tabs[number - 1][1])
        for number in range(1, count + 1)
    }
    sheets = "".join(
        f'<sheet name="{named[number - 1]}{number if named.count(named[number - 1]) > 1 else ""}" sheetId="{number}" '
        f'{choices.pick(("", "", "", _UNSEEN))}r:id="r{number}"/>'
        for number in range(1, count + 1)
    )
    parts["xl/workbook.xml"] = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATION}"><sheets>{sheets}</sheets></workbook>'
    )
    parts["xl/_rels/workbook.xml.rels"] = _relations(
        {f"r{number}": ("worksheet", f"worksheets/sheet{number}.xml") for number in range(1, count + 1)}
        | {"rs": ("styles", "styles.xml"), "rt": ("sharedStrings", "sharedStrings.xml")}
    )
    parts["xl/styles.xml"] = (
        f'<styleSheet xmlns="{_MAIN}"><fonts><font/></fonts><fills><fill/></fills><borders><border/></borders>'
        '<cellStyleXfs><xf/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'
    )
    parts["xl/sharedStrings.xml"] = (
        f'<sst xmlns="{_MAIN}"><si><t>甲公司</t></si><si><r><t>乙</t></r></si></sst>'
    )
    parts["_rels/.rels"] = _relations({"r": ("officeDocument", "xl/workbook.xml")})
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml."
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{types}{kind}+xml"/>'
        for name, kind in [
            ("xl/workbook.xml", "sheet.main"),
            ("xl/styles.xml", "styles"),
            ("xl/sharedStrings.xml", "sharedStrings"),
            *((f"xl/worksheets/sheet{number}.xml", "worksheet") for number in range(1, count + 1)),
        ]
    )
    parts["[Content_Types].xml"] = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f"{overrides}</Types>"
    )
    return _zipped({name: content.encode() for name, content in parts.items()}, choices)


def _relations(targets: dict[str, tuple[str, str]]) -> str:
    inner = "".join(
        f'<Relationship Id="{identity}" Type="{_RELATION}/{kind}" Target="{target}"/>'
        for identity, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inner}</Relationships>'


def _zipped(parts: dict[str, bytes], choices: Choices) -> bytes:
    """A package, now and then with a part left out, damaged or doubled."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as package:
        for name, content in parts.items():
            if choices.once_in(250):
                continue
            damaged = bytearray(content)
            if choices.once_in(120) and damaged:
                at = choices.below(len(damaged))
                damaged[at : at + choices.below(9)] = choices.raw(9)
            package.writestr(zipfile.ZipInfo(name), bytes(damaged))
    return out.getvalue()


def workbook(data: bytes) -> None:
    """A workbook: known and unknown sheets and heads in any order, cells of any type, damaged parts."""
    choices = Choices(data)
    path = _folder() / "data.xlsx"
    path.write_bytes(_xlsx(choices))
    _loaded(path, choices)


@cache
def _kinds() -> tuple[Kind, ...]:
    return tuple(
        kind(options=("企业", "高等学校", "科研院所"))
        if kind is Choice
        else kind(unit=unit)
        if unit
        else kind()
        for kind in KINDS.values()
        for unit in (("万元", "亿元", "") if kind.name == "money" else ("",))
    )


def value(data: bytes) -> None:
    """A cell's text, read by every kind of value: what is taken is the same when it is written and read again."""
    text = Choices(data).text(6)
    for kind in _kinds():
        try:
            read = kind.read(text)
        except BadValueError as error:
            clear(f"{error.what}{error.remedy}")
            continue
        again = kind.read(kind.write(read))
        if again != read:
            raise AssertionError(f"{kind.name}: {text!r} is {read!r}, and then {again!r}")
        kind.show(read)
        kind.for_condition(read)


# ---- Word ----

_EXPRESSIONS: Final = (
    "name", "industry", "members", "m.name", "m.kind", "lead.name", "contact.phone", "count(members)", "members|length",
    "tick(m.kind == '企业')", "given(industry)", "name|upper", "i.name", "i.worth", "in_unit(i.worth, '万元')", "x",
    "loop.index", "1 + 1", "'甲'", "name ~ industry", "not name", "m", "members[0].name", "having(members, kind='企业')",
)  # fmt: skip
_STATEMENTS: Final = (
    "if name", "if given(industry)", "else", "elif x", "endif", "for m in members", "for i in m.instruments", "endfor",
    "set x = name", "set x", "vm", "hm", "colspan 2", "raw", "endraw", "macro f()", "import x", "p if name", "p endif",
    "tr for m in members", "tr endfor", "tr if name", "tr endif", "tc for m in members", "tc endfor",
    "p for m in members", "p endfor", "-if name", "endif-",
)  # fmt: skip


def _tag(choices: Choices) -> str:
    made = choices.below(8)
    if made == 0:
        return "{% if " + choices.pick(_EXPRESSIONS) + " %}甲{% else %}乙{% endif %}"
    if made == 1 and choices.once_in(30):
        return "{%" + choices.pick(_STATEMENTS) + " %}"
    if made == 2 and choices.once_in(30):
        return choices.pick(("{{", "}}", "{", "}", "{# 甲 #}", "{%", "%}", "{{r name}}", "{{p name}}"))
    if made <= 3:
        return re.sub(r"[{}%#\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]", "", choices.text(2))
    return "{{ " + choices.pick(_EXPRESSIONS) + " }}"


def _content(choices: Choices, tags: bool) -> str:
    def one() -> str:
        made = choices.below(14)
        text = escape(
            _tag(choices) if tags else re.sub(r"[\x00-\x1f\ud800-\udfff\ufffe\uffff]", "", choices.text(3))
        )
        properties = choices.pick(_RUN) if choices.below(2) else ""
        if made == 0:
            return field(choices.pick(_FIELDS), text)
        if made == 1:
            return bookmark(choices.pick(("sign.lead", "_Toc1", "a b", "")), run(text), choices.below(3))
        if made == 2 and choices.once_in(5):
            return f'<w:ins w:id="1" w:author="甲">{run(text)}</w:ins>'
        if made == 3:
            return f"<w:sdt><w:sdtPr/><w:sdtContent>{run(text)}</w:sdtContent></w:sdt>"
        if made == 4:
            return f"<w:r>{choices.pick(_MARKS)}</w:r>"
        if made == 5 and choices.below(3) == 0:
            return picture(choices.pick(("i1", "i2", "i9")), choices.below(600), choices.below(900))
        if made == 6 and len(text) > 1:
            return run(text[:1]) + run(text[1:], properties)
        return run(text, properties)

    return "".join(choices.several(4, one))


_RUN: Final = (
    "", "<w:b/>", '<w:sz w:val="44"/>', '<w:sz w:val="0"/>', '<w:vertAlign w:val="superscript"/>', "<w:vanish/>",
    '<w:u w:val="single"/>', '<w:color w:val="zzz"/>', '<w:rFonts w:eastAsia="黑体" w:ascii="x"/>', '<w:w w:val="50"/>',
    '<w:position w:val="12"/>', '<w:fitText w:val="900"/>', '<w:eastAsianLayout w:combine="1"/>', '<w:em w:val="dot"/>',
    '<w:bdr w:val="single" w:sz="4"/>', '<w:spacing w:val="-99"/>', "<w:strike/>", "<w:caps/>", '<w:shd w:fill="FF0000"/>',
)  # fmt: skip
_PARAGRAPH: Final = (
    "", '<w:pStyle w:val="1"/>', '<w:jc w:val="center"/>', '<w:jc w:val="distribute"/>', "<w:keepNext/>",
    '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>', '<w:numPr><w:ilvl w:val="9"/><w:numId w:val="7"/></w:numPr>',
    '<w:ind w:left="-999999" w:firstLineChars="200"/>', '<w:spacing w:line="1" w:lineRule="exact"/>', "<w:pageBreakBefore/>",
    '<w:tabs><w:tab w:val="right" w:pos="99999"/></w:tabs>', '<w:framePr w:w="900" w:hAnchor="page"/>', "<w:bidi/>",
    '<w:pBdr><w:top w:val="single" w:sz="4"/></w:pBdr>', '<w:sectPr><w:pgSz w:w="1" w:h="1"/></w:sectPr>', '<w:pStyle w:val="无"/>',
)  # fmt: skip
_FIELDS: Final = (
    "PAGE",
    "NUMPAGES",
    "TOC \\o",
    "REF x",
    "DATE",
    "MERGEFIELD 名",
    "FORMCHECKBOX",
    "=1+1",
    "SEQ 图",
    "PAGEREF _Toc1",
)
_MARKS: Final = (
    "<w:tab/>", "<w:br/>", '<w:br w:type="page"/>', '<w:br w:type="column"/>', '<w:sym w:font="Wingdings" w:char="F0FE"/>',
    '<w:sym w:font="X" w:char="zz"/>', "<w:noBreakHyphen/>", '<w:footnoteReference w:id="1"/>', "<w:cr/>", "<w:softHyphen/>",
    "<w:pgNum/>", "<w:object/>", "<w:pict/>", "<w:lastRenderedPageBreak/>", '<w:commentReference w:id="0"/>', "<w:ruby/>",
)  # fmt: skip
_CELL: Final = (
    "", "", '<w:gridSpan w:val="2"/>', '<w:gridSpan w:val="99"/>', '<w:gridSpan w:val="0"/>', "<w:vMerge/>",
    '<w:vMerge w:val="restart"/>', '<w:textDirection w:val="tbRlV"/>', '<w:vAlign w:val="center"/>', "<w:noWrap/>",
    '<w:tcBorders><w:tl2br w:val="single"/></w:tcBorders>', '<w:shd w:fill="auto"/>', "<w:tcFitText/>", '<w:hMerge w:val="restart"/>',
)  # fmt: skip
_ROWS: Final = (
    "",
    '<w:trHeight w:val="900" w:hRule="exact"/>',
    "<w:tblHeader/>",
    "<w:cantSplit/>",
    '<w:gridBefore w:val="1"/>',
    "<w:hidden/>",
)
_TABLE: Final = (
    "",
    '<w:jc w:val="center"/>',
    '<w:tblW w:w="99999" w:type="dxa"/>',
    '<w:tblLayout w:type="fixed"/>',
    '<w:tblpPr w:tblpX="1"/>',
)


_ROW_BLOCKS: Final = (
    ("{%tr for m in members %}", "{%tr endfor %}"),
    ("{%tr if given(industry) %}", "{%tr endif %}"),
    ("{%tr for i in m.instruments %}", "{%tr endfor %}"),
)
_PARAGRAPH_BLOCKS: Final = (
    ("{%p for m in members %}", "{%p endfor %}"),
    ("{%p if name %}", "{%p endif %}"),
    ("{%p if m.name %}", "{%p endif %}"),
)


def _block(choices: Choices, depth: int, tags: bool) -> str:
    if depth < 2 and choices.below(4) == 3:
        wide = 1 + choices.below(4)

        def one_cell() -> str:
            inner = (
                _block(choices, depth + 1, tags) if choices.once_in(4) else paragraph(_content(choices, tags))
            )
            return cell(
                inner + (paragraph() if inner.endswith("</w:tbl>") else ""),
                choices.pick(_CELL) if choices.below(2) else "",
            )

        rows = [
            row(*(one_cell() for _ in range(wide - choices.below(2))), properties=choices.pick(_ROWS))
            for _ in range(1 + choices.below(4))
        ]
        if tags and choices.below(2):
            opened, closed = choices.pick(_ROW_BLOCKS)
            plain = [cell("")] * (wide - 1)
            rows = [row(cell(opened), *plain), *rows, row(cell(closed), *plain)]
        return table(*rows, columns=(2000,) * wide, properties=choices.pick(_TABLE))
    if tags and depth < 2 and choices.below(4) == 3:
        opened, closed = choices.pick(_PARAGRAPH_BLOCKS)
        return paragraph(opened) + _block(choices, depth + 1, tags) + paragraph(closed)
    return paragraph(_content(choices, tags), choices.pick(_PARAGRAPH) if choices.below(2) else "")


_NUMBERING: Final = (
    '<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/>'
    '<w:lvlText w:val="%1、"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
)
_FOOTNOTES: Final = '<w:footnote w:id="1"><w:p><w:r><w:t>注</w:t></w:r></w:p></w:footnote>'
_PNG: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cfc0f01f00050001"
    "ffa7f1a2d00000000049454e44ae426082"
)


def _document(choices: Choices, tags: bool) -> bytes:
    return docx(
        *choices.several(6, lambda: _block(choices, 0, tags)),
        paragraph("末"),
        headers={"h1": paragraph(_content(choices, tags=False))} if choices.once_in(4) else None,
        media={"i1": _PNG, "i2": choices.raw(40)},
        numbering=_NUMBERING if choices.below(2) else "",
        footnotes=_FOOTNOTES if choices.below(2) else "",
    )


def word(data: bytes) -> None:
    """A Word file as the PDF step gets it: read, or refused by name; no text of the body is lost."""
    parts = word_parts(_document(Choices(data), tags=False), "甲.docx")
    read_tree(parts, "甲.docx")
    docx_text(parts)


def word_bytes(data: bytes) -> None:
    """Any bytes as a Word file."""
    word_parts(data, "甲.docx")


def word_xml(data: bytes) -> None:
    """Any bytes as the body of a Word file."""
    parts = word_parts(docx(paragraph("甲")), "甲.docx")
    body = f"<w:document {NAMESPACES}><w:body>".encode() + data + b"</w:body></w:document>"
    read_tree({**parts, "word/document.xml": body}, "甲.docx")


_WHEN: Final = datetime(2022, 1, 1, tzinfo=UTC)
_FILLED: Final = {
    "name": "某省“A&B”<芯片>{{ 联合体 }}",
    "members": [{"role": "牵头单位", "name": "甲公司", "kind": "企业", "instruments": [{"name": "一"}]}],
}


def template(data: bytes) -> None:
    """A template: where the grammar of tags has no fault and it compiles, filling it ends in a file or in words."""
    raw = _document(Choices(data), tags=True)
    parts = word_parts(raw, "甲.docx")
    for fault in tag_faults(parts["word/document.xml"]):
        clear(fault.what)
    programme = _programme()
    compiled = Template(raw, "application.docx")
    for consortium, edition in ((None, "blank"), (programme.model.model_validate(_FILLED), "draft")):
        job = RenderJob(programme, consortium, edition, _WHEN)  # type: ignore[arg-type]
        read_tree(render(compiled, job, programme.documents[0], {}).parts)


# ---- what comes back, and what is handed out ----


@cache
def _manifest() -> bytes:
    plain = RollupManifest(
        programme="some/trial",
        date=date(2022, 1, 1),
        generator="0.1.0",
        pdf_engine=None,
        fonts=(),
        inputs=(Digest(name="甲.yaml", sha256="0" * 64),),
        templates=(),
        check_code=None,
        packet=None,
        documents=(),
        warnings=("注意",),
        applicants=(),
        repeated_leads=(),
        repeated_members=(),
    )
    return sealed(plain, {"甲/a.docx": "0" * 64})


def manifest(data: bytes) -> None:
    """A manifest, altered: what is read is whole."""
    choices = Choices(data)
    raw = bytearray(_manifest())
    for _ in range(choices.below(5)):
        at = choices.below(len(raw))
        raw[at : at + choices.below(12)] = (
            choices.text(2).encode("utf-8", "replace") if choices.below(2) else choices.raw(12)
        )
    parsed(bytes(raw), Place("manifest.json"))


def archive(data: bytes) -> None:
    """A zip file whose directory and members are altered: read within its bounds, or refused."""
    choices = Choices(data)
    out = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(out, "w") as package:
        for number in range(1 + choices.below(4)):
            info = zipfile.ZipInfo(choices.text(2).replace("\x00", "") or f"f{number}")
            info.compress_type = choices.pick((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
            package.writestr(info, choices.raw(60) * (1 + choices.below(400)))
    raw = bytearray(out.getvalue())
    for _ in range(choices.below(5) if choices.below(2) else 0):
        at = choices.below(len(raw))
        raw[at : at + choices.below(5)] = choices.raw(5)
    bounds = Bounds(members=50, unpacked=200_000)
    with ZipReader(bytes(raw), bounds) as reader:
        held = sum(len(piece) for name in reader.names for piece in reader.chunks(name))
    if held > bounds.unpacked:
        raise AssertionError(f"{held} bytes came out of {len(raw)}")


_CEL: Final = (
    "count", "total", "names", "on", " + ", " - ", " * ", " / ", " % ", " == ", " >= ", " < ", " && ", " || ", "!", "?", ":", "(", ")",
    "[", "]", ".", "1", "0", "10000", "9223372036854775807", "'甲'", "true", "size(", ".exists(x, x", ".all(x, x", ".map(x, x", " in ",
    ".startsWith(", ".matches(", "date(", "duration('1h')", "null", "{", "}", ",", "1.5", "b'x'", "type(",
)  # fmt: skip
_VARIABLES: Final[dict[str, Any]] = {
    "count": ("int", False),
    "total": ("int", False),
    "names": ("string", True),
    "on": ("bool", False),
}


def expression(data: bytes) -> None:
    """A condition's expression: compiled and answered, or refused."""
    choices = Choices(data)
    text = "".join(choices.several(14, lambda: choices.pick(_CEL)))
    try:
        answer = Expression(text, _VARIABLES).evaluate(
            {"count": 3, "total": 0, "names": ["甲", "乙"], "on": True}
        )
    except ExpressionError:
        return
    assert answer in (True, False), f"{text!r} is {answer!r}"


# How often each is tried in a row of inputs: what is cheap, oftener.
_TURNS: Final[dict[Callable[[bytes], None], int]] = {
    value: 5,
    yaml_bytes: 4,
    word_bytes: 2,
    manifest: 4,
    archive: 4,
    expression: 2,
    word_xml: 2,
    data_yaml: 2,
    workbook: 1,
    word: 2,
    template: 1,
}
TARGETS: Final[dict[str, Callable[[bytes], None]]] = {target.__name__: target for target in _TURNS}
_ROW: Final = tuple(target.__name__ for target, turns in _TURNS.items() for _ in range(turns))


def target_of(data: bytes, among: Sequence[str]) -> str:
    """The target of an input: its first byte chooses.

    Args:
        data: the input.
        among: the targets that are tried; one that is not is replaced by the first of them.
    """
    name = _ROW[data[0] % len(_ROW)] if data else _ROW[0]
    return name if name in among else among[0]


def run_one(name: str, data: bytes) -> bool:
    """Try one input.

    Args:
        name: the target.
        data: the input; what is built is decided by all but its first byte.

    Returns:
        Whether it was taken; False where it was refused in words.

    Raises:
        Exception: whatever the program must not do.
    """
    try:
        TARGETS[name](data[1:])
    except LianhetiError as error:
        clear(str(error))
        return False
    except ZipRefusedError:
        return False
    return True
