"""Word files and templates."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Final
from xml.sax.saxutils import escape

from generator.base.ooxml.package import word_parts
from generator.base.ooxml.revisions import accepted
from generator.base.ooxml.text import docx_text
from generator.base.ooxml.xml import W, parse
from generator.pdf.docx.reader import read_tree
from generator.rendering.render import RenderJob, render
from generator.rendering.tag_grammar import tag_faults
from generator.rendering.template import Template
from tests.fuzz.choices import Choices
from tests.fuzz.held import clear, trial_programme
from tests.pdf.word import NAMESPACES, bookmark, cell, docx, field, paragraph, picture, row, run, table

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
            kind = choices.pick(("ins", "del", "moveFrom", "moveTo"))
            inner = run(text).replace("w:t", "w:delText") if kind == "del" else run(text)
            return f'<w:{kind} w:id="1" w:author="甲">{inner}</w:{kind}>'
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
    "<w:rPr><w:del/></w:rPr>", "<w:rPr><w:ins/></w:rPr>", "<w:rPr><w:moveFrom/></w:rPr>", "<w:pPrChange><w:pPr/></w:pPrChange>",
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
    "<w:cellDel/>", "<w:cellIns/>", '<w:cellMerge w:vMerge="rest"/>',
)  # fmt: skip
_ROWS: Final = (
    "",
    '<w:trHeight w:val="900" w:hRule="exact"/>',
    "<w:tblHeader/>",
    "<w:cantSplit/>",
    '<w:gridBefore w:val="1"/>',
    "<w:hidden/>",
    "<w:del/>",
    "<w:ins/>",
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


def block(choices: Choices, *, tags: bool) -> str:
    """A paragraph or a table."""
    return _block(choices, 0, tags)


_NUMBERING: Final = (
    '<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/>'
    '<w:lvlText w:val="%1、"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
)
_FOOTNOTES: Final = '<w:footnote w:id="1"><w:p><w:r><w:t>注</w:t></w:r></w:p></w:footnote>'
_PNG: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cfc0f01f00050001"
    "ffa7f1a2d00000000049454e44ae426082"
)


def document(choices: Choices, *, tags: bool) -> bytes:
    """A Word file, with a template's tags or without."""
    return docx(
        *choices.several(6, lambda: block(choices, tags=tags)),
        paragraph("末"),
        headers={"h1": paragraph(_content(choices, tags=False))} if choices.once_in(4) else None,
        media={"i1": _PNG, "i2": choices.raw(40)},
        numbering=_NUMBERING if choices.below(2) else "",
        footnotes=_FOOTNOTES if choices.below(2) else "",
    )


def word(data: bytes) -> None:
    """A Word file as the PDF step gets it: read, or refused by name; no text of the body is lost."""
    given = word_parts(document(Choices(data), tags=False), "甲.docx")
    found = accepted(given, "甲.docx")
    if _lasting(found.parts) != _lasting(given):
        raise AssertionError("text was lost, or came back, when tracked changes were accepted")
    parts = found.or_refuse("甲.docx")
    read_tree(parts, "甲.docx")
    docx_text(parts)


def _lasting(parts: Mapping[str, bytes]) -> str:
    """The body's text that no tracked change has taken out."""
    texts = parse(parts["word/document.xml"]).iter(W + "t")
    gone = {W + "del", W + "moveFrom"}
    return "".join(one.text or "" for one in texts if not any(up.tag in gone for up in one.iterancestors()))


def word_package(data: bytes) -> None:
    """A Word file whose zip directory, relations and parts are damaged in places."""
    choices = Choices(data)
    raw = bytearray(_plain())
    for _ in range(1 + choices.below(4)):
        # The directory stands at the end: half of the damage goes there.
        at = len(raw) - 1 - choices.below(700) if choices.below(2) else choices.below(len(raw))
        raw[at : at + choices.below(5)] = choices.raw(5)
    parts = word_parts(bytes(raw), "甲.docx")
    read_tree(parts, "甲.docx")


@cache
def _plain() -> bytes:
    stored = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(docx(paragraph(run("甲")), table(row(cell(run("乙"))))))) as packed,
        zipfile.ZipFile(stored, "w", zipfile.ZIP_STORED) as package,
    ):
        for name in packed.namelist():
            package.writestr(zipfile.ZipInfo(name), packed.read(name))
    return stored.getvalue()


@cache
def _plain_parts() -> dict[str, bytes]:
    return dict(word_parts(docx(paragraph("甲")), "甲.docx"))


_NAMES: Final = (
    "p", "r", "t", "tbl", "tr", "tc", "pPr", "rPr", "tblPr", "trPr", "tcPr", "tblGrid", "gridCol", "sectPr", "pgSz", "pgMar",
    "cols", "br", "tab", "sym", "fldSimple", "fldChar", "instrText", "hyperlink", "bookmarkStart", "bookmarkEnd", "ins", "del",
    "delText", "sdt", "sdtPr", "sdtContent", "numPr", "ilvl", "numId", "pStyle", "rStyle", "gridSpan", "vMerge", "tblW", "tcW",
    "trHeight", "jc", "ind", "spacing", "pict", "object", "footnoteReference", "headerReference", "smartTag", "ruby", "rt",
    "rubyBase", "moveFrom", "moveTo", "customXml", "framePr", "tblpPr", "drawing", "txbxContent", "checkBox", "default",
)  # fmt: skip
_ATTRIBUTES: Final = (
    "val", "w", "h", "id", "type", "fldCharType", "char", "font", "start", "end", "left", "right", "top", "bottom", "before",
    "after", "line", "lineRule", "firstLine", "firstLineChars", "hanging", "hRule", "num", "space", "instr", "name", "author",
)  # fmt: skip
_VALUES: Final = (
    "1", "0", "-1", "2", "9", "240", "99999999999", "1.5", "", "x", "begin", "separate", "end", "restart", "continue", "center",
    "both", "page", "auto", "exact", "true", "off", "PAGE", "TOC", "F0FE", "甲", "50%", "1in", "dxa", "nextPage", "single",
)  # fmt: skip


def _element(choices: Choices, depth: int) -> str:
    name = choices.pick(_NAMES)
    given = {choices.pick(_ATTRIBUTES): choices.pick(_VALUES) for _ in range(choices.below(3))}
    attributes = "".join(f' w:{key}="{value}"' for key, value in given.items())
    if name in {"t", "delText", "instrText"}:
        inner = escape(re.sub(r"[\x00-\x1f\ud800-\udfff\ufffe\uffff]", "", choices.text(2)))
    elif depth < 7:
        inner = "".join(choices.several(5 if depth else 9, lambda: _element(choices, depth + 1)))
    else:
        inner = ""
    return f"<w:{name}{attributes}>{inner}</w:{name}>"


def word_xml(data: bytes) -> None:
    """Elements of Word in any order inside each other, with any attributes; now and then any bytes."""
    choices = Choices(data)
    if choices.once_in(16):
        inner = choices.raw(200)
    else:
        inner = "".join(choices.several(8, lambda: _element(choices, 0))).encode()
    body = f"<w:document {NAMESPACES}><w:body>".encode() + inner + b"</w:body></w:document>"
    parts = {**_plain_parts(), "word/document.xml": body}
    docx_text(parts)
    read_tree(parts, "甲.docx")


_WHEN: Final = datetime(2022, 1, 1, tzinfo=UTC)
_FILLED: Final = {
    "name": "某省“A&B”<芯片>{{ 联合体 }}",
    "members": [{"role": "牵头单位", "name": "甲公司", "kind": "企业", "instruments": [{"name": "一"}]}],
}


def template(data: bytes) -> None:
    """A template: where the grammar of tags has no fault and it compiles, filling it ends in a file or in words."""
    raw = document(Choices(data), tags=True)
    parts = word_parts(raw, "甲.docx")
    for fault in tag_faults(parts["word/document.xml"]):
        clear(fault.what)
    programme = trial_programme()
    compiled = Template(raw, "application.docx")
    for consortium, edition in ((None, "blank"), (programme.model.model_validate(_FILLED), "draft")):
        job = RenderJob(programme, consortium, edition, _WHEN)  # type: ignore[arg-type]
        read_tree(render(compiled, job, programme.documents[0], {}).parts)
