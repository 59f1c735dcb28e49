"""Data files: YAML, workbooks, and what stands in one cell."""

from __future__ import annotations

import io
import json
import re
import zipfile
from functools import cache
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from generator.base.characters import BadValueError
from generator.base.yaml import read_yaml
from generator.model.consortium import Consortium
from generator.model.value_kinds import KINDS, Choice, Kind
from generator.readers.excel.layout import layout
from generator.readers.load import load
from generator.readers.source_file import read_source
from tests.fuzz.choices import Choices
from tests.fuzz.held import clear, known_programmes, unchanged, work_folder

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
    programme = choices.pick((None, *known_programmes().values()))
    with unchanged(path):
        dataset = load(read_source(path), programme, known=known_programmes())
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
    path = work_folder() / "data.yaml"
    path.write_bytes(bytes(raw))
    _loaded(path, choices)


_SYNTAX: Final = (
    "\n", "\n", "\n  ", "\n    ", "\n- ", "\n  - ", ": ", ":", ": |\n    ", ": >-\n    ", ": >\n", "? ", ", ", "[", "]", "{",
    "}", "'", '"', "#", " #", "&a ", "*a", "!!int ", "!t ", "<<: ", "---\n", "...\n", "%YAML 1.2\n", "\t", "\\", "\\u4e2d", "''", "@",
)  # fmt: skip


def yaml_text(data: bytes) -> None:
    """YAML's own signs in any order, around keys and values; now and then any bytes."""
    choices = Choices(data)
    if choices.once_in(16):
        read_yaml(data, "data.yaml")
        return
    pieces = [
        choices.pick((choices.pick(_SYNTAX), choices.pick(_KEYS), choices.pick(_SYNTAX), choices.text(2)))
        for _ in range(2 + choices.below(60))
    ]
    read_yaml("".join(pieces).encode("utf-8", "surrogatepass"), "data.yaml")


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
    path = work_folder() / "data.xlsx"
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
