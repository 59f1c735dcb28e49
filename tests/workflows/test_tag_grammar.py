"""What a tag of a template may hold: each kind of mistake is reported with its place, before anything is rendered."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.base.ooxml.package import open_parts
from generator.base.ooxml.xml import W
from generator.base.zips import zip_bytes
from generator.errors import ProgrammeError
from generator.model.catalogue import Catalogue
from generator.workflows.blank import blank
from generator.workflows.lint.folder import lint
from generator.workflows.packets import make_packets
from generator.workflows.workspace import Workspace
from tests.pdf.word import PNG, bookmark, cell, docx, field, paragraph, picture, row, run, table
from tests.workflows.trial_scheme import errors, printed_by, refusal, scheme

SECTION_BREAK = '<w:sectPr><w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/></w:sectPr>'


def linked(text: str) -> str:
    return f'<w:hyperlink w:anchor="x">{run(text)}</w:hyperlink>'


def loop(*cells: str, before: str = "", after: str = "", name: str = "m", over: str = "members") -> str:
    """A table whose one row is repeated."""
    return table(
        row(cell(f"{{%tr for {name} in {over} %}}"), cell(before)),
        row(*cells),
        row(cell("{%tr endfor %}"), cell(after)),
        columns=(2200, 2200),
    )


WRONG = {
    "dash-eats-the-paragraph-before": (paragraph("{%- if name %}有{% endif %}"), "不是可用的写法"),
    "dash-at-the-end": (paragraph("{% if name -%}有{% endif %}"), "不是可用的写法"),
    "dash-in-an-expression": (paragraph("{{- name }}"), "不是可用的写法"),
    "plus": (paragraph("{%+ if name %}有{% endif %}"), "不是可用的写法"),
    "rich-text-run": (paragraph("{{r name }}"), "不是可用的写法"),
    "run-statement": (paragraph("{%r if name %}有{%r endif %}"), "不是可用的写法"),
    "paragraph-expression": (paragraph("{{p name }}"), "不是可用的写法"),
    "cell-colour": (loop(cell("{% cellbg name %}"), cell("{{ m.name }}")), "不是可用的写法"),
    "column-span": (loop(cell("{%c if name %}"), cell("{{ m.name }}")), "不是可用的写法"),
    "comment": (paragraph("甲{# 备忘 #}乙"), "是注释"),
    "block-set": (paragraph("{% set x %}"), "没有等号"),
    "macro": (paragraph("{% macro f() %}{% endmacro %}"), "不是可用的写法"),
    "raw": (paragraph("{% raw %}{{ name }}{% endraw %}"), "不是可用的写法"),
    "single-brace": (paragraph("{name}"), "单个的花括号"),
    "single-brace-in-chinese": (paragraph("名称：{单位名称}"), "单个的花括号"),
    "percent-in-a-paragraph-tag": (paragraph("{%p if count(members) % 2 == 0 %}"), "里有 % 或 }"),
    "text-after-endif": (paragraph("{% if name %}有{% endif name %}"), "后面多了“name”"),
    "across-a-link": (paragraph(run("邮箱：") + linked("{{ contact") + run(".phone }}")), "超链接"),
    "block-across-a-link": (paragraph(run("{% if name %}甲") + linked("乙{% endif %}")), "不在同一段里"),
    "picture-inside-a-tag": (paragraph(run("{{ na") + picture("i1", 10, 10) + run("me }}")), "中间夹着"),
    "bookmark-inside-a-tag": (paragraph(run("{{ na") + bookmark("x", run("me }}"))), "中间夹着"),
    "tab-inside-a-tag": (paragraph(run("{{ na") + "<w:r><w:tab/></w:r>" + run("me }}")), "中间夹着"),
    "in-a-bookmark-name": (paragraph(bookmark("sign.{{ name }}", run("甲"))), "书签的名称"),
    "in-a-field-code": (
        paragraph("<w:r><w:instrText> PAGEREF {{ name }} </w:instrText></w:r>" + run("甲")),
        "不会被填写",
    ),
    "if-across-cells": (
        table(row(cell("{% if name %}甲"), cell("乙{% endif %}")), columns=(2200, 2200)),
        "不在同一段里",
    ),
    "if-across-paragraphs": (paragraph("{% if name %}甲") + paragraph("乙{% endif %}"), "不在同一段里"),
    "for-across-rows": (
        table(row(cell("{% for m in members %}")), row(cell("{% endfor %}")), columns=(2200,)),
        "不在同一段里",
    ),
    "paragraph-block-out-of-a-cell": (
        table(row(cell("{%p if name %}")), columns=(2200,)) + paragraph("{%p endif %}"),
        "不在同一格",
    ),
    "row-block-out-of-a-table": (
        table(row(cell("{%tr if name %}")), row(cell("甲")), columns=(2200,))
        + table(row(cell("{%tr endif %}")), row(cell("乙")), columns=(2200,)),
        "不在同一张表格里",
    ),
    "mixed-forms": (paragraph("{%p if name %}") + paragraph("甲{% endif %}"), "不是同一种"),
    "else-of-another-form": (
        paragraph("{%p if name %}") + paragraph("甲{% else %}乙") + paragraph("{%p endif %}"),
        "不是同一种",
    ),
    "unopened": (paragraph("甲{% endif %}"), "没有对应的开头"),
    "crossed-blocks": (
        paragraph("{% if name %}{% for m in members %}{% endif %}{% endfor %}"),
        "没有对应的开头",
    ),
    "unclosed": (paragraph("{%p if name %}") + paragraph("甲"), "没有配对的 endif"),
    "section-break-goes-too": (
        paragraph("{%p if name %}") + paragraph("甲") + paragraph("{%p endif %}", SECTION_BREAK),
        "分节符",
    ),
    "picture-goes-with-the-row": (
        loop(cell("{{ m.name }}"), cell(), before=paragraph(picture("i1", 10, 10))),
        "图片",
    ),
    "signature-place-goes-with-the-row": (
        loop(cell("{{ m.name }}"), cell(), after=paragraph(bookmark("sign.lead", ""))),
        "书签“sign.lead”",
    ),
    "table-goes-with-the-row": (
        loop(cell("{{ m.name }}"), cell(), before=table(row(cell())) + paragraph()),
        "套着另一张表",
    ),
    "merged-cells-differ": (loop(cell("{% vm %}{{ m.role }}"), cell("{{ m.name }}")), "逐行不同"),
    "merged-cells-differ-by-a-name": (
        table(
            row(cell("{%tr for m in members %}"), cell()),
            row(cell("{%tr set who = m.role %}"), cell()),
            row(cell("{% vm %}{{ who }}"), cell("{{ m.name }}")),
            row(cell("{%tr endfor %}"), cell()),
            columns=(2200, 2200),
        ),
        "唯一一行|逐行不同",
    ),
    "merged-cell-with-space-before": (loop(cell(" {% vm %}{{ name }}"), cell("{{ m.name }}")), "最前面"),
    "merged-cell-of-two-paragraphs": (
        loop(cell(paragraph("{% vm %}{{ name }}") + paragraph("乙")), cell("{{ m.name }}")),
        "不止一段",
    ),
    "merged-outside-a-loop": (table(row(cell("{% vm %}甲"), cell()), columns=(2200, 2200)), "唯一一行"),
    "merged-in-one-of-two-rows": (
        table(
            row(cell("{%tr for m in members %}"), cell()),
            row(cell("{% vm %}甲"), cell("{{ m.name }}")),
            row(cell("乙"), cell("{{ m.kind }}")),
            row(cell("{%tr endfor %}"), cell()),
            columns=(2200, 2200),
        ),
        "唯一一行",
    ),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_slip_is_told_with_its_place_and_nothing_is_filled(tmp_path: Path, kind: str) -> None:
    body, message = WRONG[kind]
    folder = scheme(tmp_path, docx(body, media={"i1": PNG}))
    found = errors(folder)
    assert any(re.search(message, fault.message) for fault in found), found
    for fault in found:
        assert fault.region.startswith("第"), fault
        assert fault.remedy
    assert refusal(folder)


RIGHT = {
    "split-over-runs": paragraph(run("{") + run("{ na") + run("me }") + run("}")),
    "proofed-in-the-middle": paragraph(run("{{ na") + '<w:proofErr w:type="spellStart"/>' + run("me }}")),
    "inside-a-link": paragraph(run("见") + linked("{{ name }}")),
    "merged-cell-over-runs": loop(
        cell(paragraph(run("{% vm %}") + run("（{{ name }}", "<w:b/>") + run("）"))), cell("{{ m.name }}")
    ),
    "nested-merge": table(
        row(cell("{%tr for m in rows(members, 2) %}"), cell()),
        row(cell("{%tr for e in rows(m.instruments, 2) %}"), cell()),
        row(cell("{% vm %}{{ m.name }}"), cell("{{ e.name }}")),
        row(cell("{%tr endfor %}"), cell()),
        row(cell("{%tr endfor %}"), cell()),
        columns=(2200, 2200),
    ),
    "link-goes-round-a-block": paragraph(linked("{% if name %}甲{% else %}乙{% endif %}")),
    "condition-in-a-condition": paragraph("{%p if name %}")
    + paragraph("{% for m in members %}{% if m.kind == '企业' %}{{ m.name }}{% endif %}{% endfor %}")
    + paragraph("{%p else %}")
    + paragraph("无")
    + paragraph("{%p endif %}"),
}


@pytest.mark.parametrize("kind", RIGHT)
def test_what_the_grammar_allows_is_filled(tmp_path: Path, kind: str) -> None:
    folder = scheme(tmp_path, docx(RIGHT[kind]))
    assert errors(folder) == []
    assert refusal(folder) == ""


def test_every_slip_is_told_in_one_run(tmp_path: Path) -> None:
    slips = [paragraph(text) for text in ("{%- if name %}", "{# 备忘 #}", "{name}", "{{r name }}", "{{ nam")]
    assert len(errors(scheme(tmp_path, docx(*slips)))) == len(slips)


def test_a_part_in_another_encoding_is_refused_in_words(tmp_path: Path) -> None:
    import io
    import zipfile

    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(docx(paragraph("名称 {{ name }}")))) as old,
        zipfile.ZipFile(made, "w") as new,
    ):
        for name in old.namelist():
            data = old.read(name)
            if name == "word/document.xml":
                data = ('<?xml version="1.0" encoding="GB2312"?>' + data.decode()).encode("gb2312")
            new.writestr(name, data)
    folder = scheme(tmp_path, made.getvalue())
    assert [fault for fault in errors(folder) if "UTF-8" in fault.message]
    assert "UTF-8" in refusal(folder)


# Templates out of the grammar, and some beside it.
EXPRESSIONS = (
    "name",
    "industry",
    "lead.name",
    "count(members)",
    "count(members) + 1",
    "count(members, kind='企业')",
    "contact.phone",
    "pluck(members, 'name')|join",
    "filing_date|date_as('{year} 年')",
    "goals.text",
    "programme.title",
    "tick(lead.kind, '企业')",
    "tick(count(members) > 1)",
    "tick(given(attachments.proof))",
    "industry|blank('****')",
    "members|length",
    "members[5].name",
    "(members|first).name",
    "'有' if given(name) else '无'",
)
CONDITIONS = (
    "name",
    "given(lead.name)",
    "lead.kind == '企业'",
    "blank",
    "not industry",
    "count(members) == '2'",
)
# What expressions are made of where some of them are wrong: of each kind a few, and all that takes them.
ATOMS = (
    "name",
    "industry",
    "filing_date",
    "lead",
    "lead.kind",
    "lead.high_tech",
    "lead.staff",
    "lead.established",
    "lead.accounts",
    "lead.stationed",
    "members",
    "others",
    "members|length",
    "count(members)",
    "attachments",
    "attachments.proof",
    "agreement.clauses.tasks",
    "agreement.effective_date",
    "funds.sources",
    "programme",
    "programme.year",
    "blank",
    "recommenders",
    "1",
    "'甲'",
    "true",
    "1.5",
    "[1, '甲']",
    "pluck(members, 'name')",
    "rows(members, 2)",
)
AROUND = (
    "{}",
    "not {}",
    "{} + 1",
    "{} % 2",
    "{} / 2",
    "{} > 1",
    "{} == '甲'",
    "{} == 2",
    "'甲' in {}",
    "{} in ['甲', '企业']",
    "{} is odd",
    "{} is divisibleby(2)",
    "{} is defined",
    "{}[0]",
    "{}[0:1]",
    "{}.name",
    "{} if name",
    "{} if blank else name",
    "{} or name",
    "{}|length",
    "{}|first",
    "{}|join",
    "{}|chinese",
    "{}|unit('家')",
    "{}|in_unit('万元')",
    "{}|in_unit('斤')",
    "{}|date_as('{year}')",
    "{}|characters(1, 2)",
    "{}|blank('*')",
    "{}|upper",
    "{}|paragraphs|join",
    "tick({})",
    "tick({}, '企业')",
    "given({})",
    "count({})",
    "count({}, kind='企业')",
    "having({}, kind='企业')|length",
    "total({}, 'amount')",
    "total({}, 'amount', '斤')",
    "total({}, 'name')",
    "pluck({}, 'name')|join",
    "option_number({}, '企业', '高等学校')",
    "paragraphs({})|join",
    "rows({}, 2)|length",
    "first_having({}, kind='企业').name",
    "first_having({}, kind='企业')",
    "range({})",
    "{}.upper()",
    "{}()",
)
SLIPS = (
    "{%- if name %}", "{{r name }}", "{%p if name %}", "{% endif %}", "{%tr endfor %}", "{# x #}", "{name}", "{{",
    "}}", "{% vm %}", "{%c if name %}", "{{ nmae }}", "{% if name %}", "{{ members }}", "{{ lead }}", "{{ m.name }}",
)  # fmt: skip

texts = st.sampled_from(["甲", "乙丙", "A&B"]).map(lambda text: text.replace("&", "&amp;"))


@st.composite
def awry(draw: st.DrawFn) -> str:
    """An expression that may be wrong, printed or asked."""
    made = draw(st.sampled_from(ATOMS))
    for _ in range(draw(st.integers(1, 2))):
        made = draw(st.sampled_from(AROUND)).replace("{}", made, 1)
    if draw(st.booleans()):
        return f"{{{{ {made} }}}}"
    return f"{{% if {made} %}}是{{% endif %}}"


@st.composite
def lines(draw: st.DrawFn, scope: tuple[str, ...] = (), slips: bool = False) -> str:
    """The text of one paragraph."""
    pieces = []
    for _ in range(draw(st.integers(0, 3))):
        sort = draw(st.sampled_from(["text", "value", "if", "for", "slip"]))
        if sort == "value" and slips and draw(st.booleans()):
            pieces.append(draw(awry()))
        elif sort == "value":
            pieces.append(f"{{{{ {draw(st.sampled_from([*EXPRESSIONS, *scope]))} }}}}")
        elif sort == "if":
            pieces.append(f"{{% if {draw(st.sampled_from(CONDITIONS))} %}}是{{% else %}}否{{% endif %}}")
        elif sort == "for":
            pieces.append("{% for k in members %}{{ k.name }}、{% endfor %}")
        elif sort == "slip" and slips:
            pieces.append(draw(st.sampled_from(SLIPS)))
        else:
            pieces.append(draw(texts))
    return "".join(pieces)


@st.composite
def runs(draw: st.DrawFn, text: str) -> str:
    """A text cut into runs, as Word cuts it."""
    # A character reference is never cut.
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=3)))
    cuts = [at for at in cuts if "&" not in text[max(0, at - 5) : at]]
    parts = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    return "".join(run(part, draw(st.sampled_from(["", "<w:b/>"]))) for part in parts)


@st.composite
def paragraphs(draw: st.DrawFn, scope: tuple[str, ...] = (), slips: bool = False) -> str:
    content = draw(runs(draw(lines(scope, slips))))
    if slips and draw(st.integers(0, 9)) == 0:
        content = f'<w:hyperlink w:anchor="x">{content}</w:hyperlink>'
    return f"<w:p><w:pPr/>{content}</w:p>"


@st.composite
def tables(draw: st.DrawFn, slips: bool = False) -> str:
    loops = draw(st.booleans())
    scope = ("m.name", "m.kind", "loop.index") if loops else ()
    first = draw(paragraphs(scope, slips))
    if loops and draw(st.booleans()):
        first = paragraph("{% vm %}{{ name }}")
    body = row(cell(first), cell(draw(paragraphs(scope, slips))))
    if not loops:
        return table(body, columns=(2200, 2200))
    return table(
        row(cell("{%tr for m in members %}"), cell(paragraph())),
        body,
        row(cell("{%tr endfor %}"), cell(draw(paragraphs((), slips)) if slips else paragraph())),
        columns=(2200, 2200),
    )


@st.composite
def bodies(draw: st.DrawFn, slips: bool = False, depth: int = 2) -> str:
    blocks = []
    for _ in range(draw(st.integers(1, 3))):
        sort = draw(st.sampled_from(["paragraph", "table", "if", "for"] if depth else ["paragraph", "table"]))
        if sort == "paragraph":
            blocks.append(draw(paragraphs((), slips)))
        elif sort == "table":
            blocks.append(draw(tables(slips)) + paragraph())
        else:
            begin = f"if {draw(st.sampled_from(CONDITIONS))}" if sort == "if" else "for n in members"
            inner = draw(bodies(slips, depth - 1))
            blocks.append(paragraph(f"{{%p {begin} %}}") + inner + paragraph(f"{{%p end{sort} %}}"))
    return "".join(blocks)


@given(body=bodies())
def test_templates_out_of_the_grammar_pass_lint_and_fill(
    tmp_path_factory: pytest.TempPathFactory, body: str
) -> None:
    folder = scheme(tmp_path_factory.mktemp("right"), docx(body))
    assert [str(fault) for fault in errors(folder)] == []
    assert refusal(folder) == ""


@given(body=bodies(slips=True))
def test_what_lint_passes_no_later_step_refuses(tmp_path_factory: pytest.TempPathFactory, body: str) -> None:
    folder = scheme(tmp_path_factory.mktemp("beside"), docx(body))
    if not errors(folder):
        assert refusal(folder) == ""


@pytest.mark.thorough
@pytest.mark.parametrize("atom", ATOMS)
def test_an_expression_that_lint_passes_is_filled_and_what_it_refuses_never_crashes(
    tmp_path: Path, atom: str
) -> None:
    for around in AROUND:
        expression = around.replace("{}", atom, 1).replace("<", "&lt;").replace(">", "&gt;")
        for text in (f"{{{{ {expression} }}}}", f"{{% if {expression} %}}是{{% endif %}}"):
            folder = scheme(tmp_path, docx(paragraph(text)))
            told, refused = errors(folder), refusal(folder)
            assert told or not refused, f"{text}：{refused}"
            assert not re.search(r"[a-z]+\(\) takes|Error|object", refused), refused


def drawn(tmp_path: Path, text: str, edition: str, **data: object) -> tuple[str, dict[str, str]]:
    """What a paragraph prints, and what it finds missing."""
    return printed_by(scheme(tmp_path, docx(paragraph(text))), edition, data)


LEAD = {"role": "牵头单位", "name": "甲公司"}


@pytest.mark.parametrize(
    "text",
    [
        "{% if lead.high_tech %}是高企{% else %}不是{% endif %}",
        "{% if not lead.high_tech %}不是{% endif %}",
        "{% if lead.high_tech == '是' %}是高企{% endif %}",
        "{% if lead.kind != '企业' %}不是企业{% endif %}",
        "{% if lead.staff > 100 %}大{% else %}小{% endif %}",
        "{{ tick(lead.high_tech) }}",
        "{{ tick(lead.kind == '企业') }}",
        "{% if lead.staff is odd %}单{% endif %}",
        "{{ lead.staff + 1 }}",
        "{{ lead.accounts|length }}",
        "{{ tick(lead.stationed, '某省') }}",
    ],
)
def test_what_hangs_on_a_value_that_nobody_gave_is_missing(tmp_path: Path, text: str) -> None:
    _, missing = drawn(tmp_path, text, "signing", name="甲", members=[LEAD])
    assert missing
    _, missing = drawn(tmp_path, text, "blank")
    assert not missing


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("{{ tick(lead.kind == '企业') }}", "☑"),
        ("{{ tick(count(members) > 1) }}", "☐"),
        ("{{ tick(given(attachments.proof)) }}", "☑"),
        ("{% if given(attachments.other) %}有{% else %}没有{% endif %}", "没有"),
        ("{{ attachments.proof|join }}", "甲.pdf"),
        ("{{ count(members) + 1 }}", "2"),
        ("{% if count(members) == 1 %}一家{% endif %}", "一家"),
        ("{% if lead.staff % 2 == 0 %}双{% else %}单{% endif %}", "双"),
        ("{% if lead.high_tech == true %}是{% else %}否{% endif %}", "否"),
        ("{% if given(lead.high_tech) %}填了{% endif %}", "填了"),
        ("{{ members|length|unit('家') }}", "1家"),
        ("{{ (members|first).name }}", "甲公司"),
        ("{{ count(members)|chinese }}", "一"),
        ("{% if m is odd %}{% endif %}", None),
        ("{% if '公司' in lead.name %}公司{% endif %}", "公司"),
    ],
)
def test_what_the_reference_promises_is_printed(tmp_path: Path, text: str, printed: str | None) -> None:
    lead = {**LEAD, "kind": "企业", "staff": "100", "high_tech": False}
    folder = scheme(tmp_path, docx(paragraph(text.replace(">", "&gt;"))))
    if printed is None:
        assert errors(folder)
        return
    assert errors(folder) == []
    data: dict[str, object] = {"name": "甲", "members": [lead], "attachments": {"proof": ["甲.pdf"]}}
    assert printed_by(folder, "signing", data) == (printed, {})


@pytest.mark.parametrize("text", ["{{ lead.staff|in_unit('万元') }}", "{{ name|date_as('{year}') }}"])
def test_lint_refuses_what_filling_would(tmp_path: Path, text: str) -> None:
    folder = scheme(tmp_path, docx(paragraph(text)))
    assert errors(folder)


def test_all_that_the_subset_refuses_is_told_in_one_run(tmp_path: Path) -> None:
    refused = [
        "<w:r><w:object/></w:r>",
        "<w:r><w:ruby><w:rt><w:r><w:t>a</w:t></w:r></w:rt></w:ruby></w:r>",
        "<w:r><w:ptab/></w:r>",
    ]
    body = "".join(paragraph(run("甲") + one) for one in refused)
    found = errors(scheme(tmp_path, docx(paragraph("{{ name }}"), body, paragraph("末"))))
    assert len(found) == len(refused)
    assert all(f"第 {number} 段" in str(fault) for number, fault in enumerate(found, 2))


def test_all_that_the_subset_refuses_in_one_table_one_paragraph_and_the_margins_is_told(
    tmp_path: Path,
) -> None:
    ruby = "<w:r><w:ruby><w:rt><w:r><w:t>a</w:t></w:r></w:rt></w:ruby></w:r>"
    date = field("DATE", "今天")
    body = (
        paragraph("{{ name }}")
        + table(
            row(cell(paragraph(run("甲") + "<w:r><w:object/></w:r>")), cell(paragraph(run("乙") + ruby))),
            row(cell(paragraph(date)), cell("丁")),
            columns=(2200, 2200),
        )
        + paragraph(bookmark("sign.lead", run("盖章")) + "<w:r><w:ptab/></w:r>" + date + run("末") + ruby)
        + paragraph(field("PAGEREF x"))
    )
    head = f'<w:hdr xmlns:w="{W[1:-1]}"><w:p>{ruby}</w:p></w:hdr>'
    foot = f'<w:ftr xmlns:w="{W[1:-1]}"><w:p>{date}</w:p></w:ftr>'
    made = with_margins(docx(body), head, foot)
    told = [str(fault) for fault in errors(scheme(tmp_path, made))]
    expected = [
        ("第 1 个表格第 1 行第 1 格", "嵌入对象"),
        ("第 1 个表格第 1 行第 2 格", "拼音指南"),
        ("第 1 个表格第 2 行第 1 格", "域 DATE"),
        ("正文第 2 段", "对齐制表位"),
        ("正文第 2 段", "域 DATE"),
        ("正文第 2 段", "拼音指南"),
        ("页眉第 1 段", "拼音指南"),
        ("页脚第 1 段", "域 DATE"),
    ]
    for place, what in expected:
        assert any(place in one and what in one for one in told), (place, what, told)
    assert len(told) == len(expected)


def with_margins(data: bytes, head: str, foot: str) -> bytes:
    """A document with a header and a footer."""
    parts = open_parts(data)
    relations = parts["word/_rels/document.xml.rels"].decode()
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    added = "".join(
        f'<Relationship Id="m{name}" Type="{kinds}/{name}" Target="{name}1.xml"/>'
        for name in ("header", "footer")
    )
    references = "".join(
        f'<w:{name}Reference w:type="default" r:id="m{name}"/>' for name in ("header", "footer")
    )
    body = parts["word/document.xml"].decode().replace("<w:sectPr>", f"<w:sectPr>{references}")
    parts |= {
        "word/_rels/document.xml.rels": relations.replace(
            "</Relationships>", f"{added}</Relationships>"
        ).encode(),
        "word/document.xml": body.encode(),
        "word/header1.xml": head.encode(),
        "word/footer1.xml": foot.encode(),
    }
    return zip_bytes(parts)


def test_a_template_saved_by_word_online_is_told_as_such(tmp_path: Path) -> None:
    import io
    import zipfile

    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx(paragraph("{{ name }}")))) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(name.replace("document.xml", "document2.xml"), old.read(name))
    (fault,) = errors(scheme(tmp_path, made.getvalue()))
    assert "网页版 Word" in fault.message


WHO = 'w:id="9" w:author="甲" w:date="2022-01-01T00:00:00Z"'


def test_tracked_changes_of_a_template_are_accepted_and_told(tmp_path: Path) -> None:
    struck = f"<w:del {WHO}><w:r><w:delText>旧称 {{{{ industry }}}}</w:delText></w:r></w:del>"
    renamed = run("{{ ") + f"<w:del {WHO}><w:r><w:delText>industry</w:delText></w:r></w:del>"
    renamed += f"<w:ins {WHO}>{run('name')}</w:ins>" + run(" }}")
    folder = scheme(tmp_path, docx(paragraph(struck + run("名称：")), paragraph(renamed), paragraph("末")))
    found = [fault for fault in lint(folder, Catalogue()) if "修订" in fault.message]
    assert {fault.severity for fault in found} == {"warning"}
    assert [fault.region for fault in found] == ["", "第 2 段", "第 2 段"]
    assert "3 处修订" in found[0].message
    assert ["{{ industry }}" in fault.message or "{{ name }}" in fault.message for fault in found[1:]] == [
        True
    ] * 2
    assert errors(folder) == []
    assert refusal(folder) == ""
    data: dict[str, object] = {"name": "某联合体", "industry": "芯片", "members": []}
    assert printed_by(folder, "signing", data)[0] == "名称：某联合体末"


def test_each_tracked_change_that_cannot_be_accepted_is_told_in_one_run(tmp_path: Path) -> None:
    joined = paragraph("甲", f'<w:jc w:val="center"/><w:rPr><w:del {WHO}/></w:rPr>')
    live = table(row(cell("活"), properties=f"<w:del {WHO}/>"), columns=(2200,))
    folder = scheme(tmp_path, docx(paragraph("{{ name }}"), joined, paragraph("乙"), live, paragraph("末")))
    found = errors(folder)
    assert [("第 2 段" in one.message, "第 1 个表格第 1 行" in one.message) for one in found] == [
        (False, True),
        (True, False),
    ]
    assert "修订" in refusal(folder)


def test_what_cannot_be_printed_is_refused_without_pdfs_too(tmp_path: Path) -> None:
    folder = scheme(tmp_path, docx(paragraph("{{ name }}"), paragraph(field("DATE", "今天"))))
    assert errors(folder)
    with Workspace(templates=tmp_path) as workspace, pytest.raises(ProgrammeError, match="域 DATE"):
        blank(workspace, "some/trial", tmp_path / "out", engine=None)
    data = tmp_path / "data.yaml"
    data.write_text("name: 某联合体\n", encoding="utf-8")
    with Workspace(templates=tmp_path) as workspace:
        made = make_packets(workspace, data, tmp_path / "out", ["some/trial"], engine=None)
    assert ["域 DATE" in str(one.error) for one in made.results] == [True]
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())
