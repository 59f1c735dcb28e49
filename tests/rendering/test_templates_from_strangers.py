"""A template at fault, or malicious, ends in one Chinese message that names file, place and tag."""

from __future__ import annotations

import io
import time
import zipfile

import docx
import pytest

from generator.errors import ProgrammeError
from generator.rendering.template import Template
from tests.pace import allowed
from tests.rendering.small_templates import consortium, filled, of_paragraphs, of_rows, saved

HOSTILE = [
    "{{ nmae }}",
    "{{ name.__class__ }}",
    "{{ name.raw }}",
    "{{ lead._value }}",
    "{{ 'a' * 100000000 }}",
    "{{ 10 ** 10 ** 10 }}",
    "{{ '%900000000d' | format(1) }}",
    "{{ '%s' % name }}",
    "{{ cycler.__init__.__globals__ }}",
    "{{ range(1000000000) }}",
    "{{ name.upper() }}",
    "{{ name ~ industry }}",
    "{{ name | upper }}",
    "{{ members }}",
    "{{ lead }}",
    "{{ self }}",
    "{% macro x() %}{% endmacro %}",
    "{% include '/etc/passwd' %}",
    "{% import 'x' as y %}",
    "{% for m in members %}",
    "{% endif %}",
    "{{ name",
    "{{ name } }",
    "{{ }}",
    "{% blok %}",
    "{{ name is unheard }}",
    "{{ count(name) }}",
    "{{ rows('x') }}",
]


@pytest.mark.parametrize("tag", HOSTILE)
def test_a_bad_tag_is_told_with_its_cell(tag: str) -> None:
    template = of_rows(("一", "二"), ("三", tag))
    with pytest.raises(ProgrammeError) as caught:
        filled(template, consortium(members=[{"role": "牵头单位", "name": "甲"}]))
    message = str(caught.value)
    assert "application.docx" in message
    assert "请" in message
    assert "Traceback" not in message
    if "第 1 个表格" in message:
        assert "第 2 行第 2 格" in message


def test_the_place_of_a_paragraph_is_told_too() -> None:
    with pytest.raises(ProgrammeError, match="第 3 段：没有“nmae”"):
        filled(of_paragraphs("一", "{{ name }}", "{{ nmae }}"), consortium())


def test_a_fault_in_a_header_says_so() -> None:
    word = docx.Document()
    word.sections[0].header.paragraphs[0].text = "{{ nmae }}"
    with pytest.raises(ProgrammeError, match="页眉第 1 段"):
        filled(saved(word), consortium())


def test_headers_and_footers_are_filled() -> None:
    word = docx.Document()
    word.sections[0].header.paragraphs[0].text = "{{ name }}"
    rendered = filled(saved(word), consortium())
    assert (
        docx.Document(io.BytesIO(rendered.docx)).sections[0].header.paragraphs[0].text == "某省轴承创新联合体"
    )


def test_a_tag_where_none_is_filled_is_refused() -> None:
    template = of_paragraphs("一")
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(template)) as source, zipfile.ZipFile(out, "w") as target:
        for info in source.infolist():
            data = source.read(info)
            if info.filename == "docProps/app.xml":
                data = data.replace(b"</Properties>", b"<Company>{{ name }}</Company></Properties>")
            target.writestr(info, data)
    with pytest.raises(ProgrammeError, match=r"docProps/app\.xml"):
        Template(out.getvalue(), "application.docx")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"not a zip" * 100])
def test_what_is_no_docx_is_told(data: bytes) -> None:
    with pytest.raises(ProgrammeError, match=r"不是有效的 \.docx"):
        Template(data, "application.docx")


def test_loops_within_loops_end_soon() -> None:
    members = [{"role": "成员单位", "name": f"单位{at}"} for at in range(300)]
    tag = "{% for a in members %}{% for b in members %}{% for c in members %}{% endfor %}{% endfor %}{% endfor %}"
    begin = time.process_time()
    with pytest.raises(ProgrammeError, match="循环过多"):
        filled(of_paragraphs(tag), consortium(members=members))
    assert time.process_time() - begin < allowed(10)
