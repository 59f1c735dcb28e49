"""Filled forms that come back: our own, typed over, cut up and added to by chance."""

from __future__ import annotations

import io
import json
import re
import zipfile
from functools import cache
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from generator.model.catalogue import load_programme
from generator.packet.assessment import Order, assess
from generator.packet.documents import fill_all
from generator.readers.source_file import read_source
from generator.workflows.inputs import Upload
from generator.workflows.read_back import read_back
from generator.workflows.workspace import Workspace
from tests.fuzz.choices import Choices
from tests.fuzz.conditions import examples, workspace
from tests.fuzz.held import clear, work_folder
from tests.fuzz.word_files import block
from tests.pdf.word import cell, docx, paragraph, row, run, table
from tests.workflows.trial_scheme import YAML as TRIAL_SCHEME

_DOCUMENT: Final = "word/document.xml"
_PIECES: Final = re.compile(
    r"<w:tbl>|</w:tbl>|<w:tr[ >].*?</w:tr>|<w:p[ >](?:(?!<w:p[ >]).)*?</w:p>|<w:p/>", re.DOTALL
)
_TEXT: Final = re.compile(r"(<w:t(?: [^>]*)?>)([^<]*)(</w:t>)")
_DATA: Final = {
    "name": "某省芯片创新联合体",
    "industry": "集成电路",
    "filing_date": "2026-05-31",
    "contact": {"name": "张三", "phone": "0871-55500618"},
    "members": [
        {
            "role": "牵头单位",
            "name": "甲公司",
            "kind": "企业",
            "instruments": [{"name": "光刻机", "worth": "120"}],
        },
        {
            "role": "成员单位",
            "name": "乙大学",
            "kind": "高等学校",
            "instruments": [{"name": "电镜", "worth": "3.5"}],
        },
    ],
}


def _line(text: str) -> str:
    return paragraph(run(text))


def _form() -> bytes:
    """A form with what forms have: labels, a table of labels, lists, a choice, a clause that may be left out."""
    return docx(
        _line("申请书"),
        _line("联合体名称：{{ name }}"),
        _line("{%p if given(industry) %}"),
        _line("一、产业领域"),
        _line("{{ industry }}"),
        _line("{%p endif %}"),
        table(
            row(cell(_line("联系人")), cell(_line("{{ contact.name }}")), cell(_line("电话")), cell(_line("{{ contact.phone }}"))),
            row(cell(_line("申请日期")), cell(_line("{{ filing_date }}")), cell(_line("成员数")), cell(_line("{{ count(members) }}"))),
        ),
        _line("二、成员"),
        table(
            row(cell(_line("单位名称")), cell(_line("单位性质")), cell(_line("角色"))),
            row(cell(_line("{%tr for m in members %}")), cell(_line("")), cell(_line(""))),
            row(cell(_line("{{ m.name }}")), cell(_line("{{ tick(m.kind == '企业') }}企业 {{ tick(m.kind == '高等学校') }}高校")), cell(_line("{{ m.role }}"))),
            row(cell(_line("{%tr endfor %}")), cell(_line("")), cell(_line(""))),
            columns=(3000, 3000, 3000),
        ),
        _line("三、设备"),
        _line("{%p for m in members %}"),
        _line("{{ m.name }}的设备："),
        _line("{%p for i in m.instruments %}"),
        _line("{{ i.name }}，原值{{ i.worth }}万元。"),
        _line("{%p endfor %}"),
        _line("{%p endfor %}"),
        _line("四、承诺"),
        _line("以上内容真实。"),
    )  # fmt: skip


@cache
def _small() -> tuple[Workspace, dict[str, bytes]]:
    """A small scheme, and its form filled."""
    root = work_folder() / "forms"
    folder = root / "some" / "trial"
    folder.mkdir(parents=True)
    (folder / "programme.yaml").write_text(TRIAL_SCHEME, encoding="utf-8")
    (folder / "application.docx").write_bytes(_form())
    data = root / "data.yaml"
    data.write_text(json.dumps(_DATA, ensure_ascii=False), encoding="utf-8")
    own = Workspace(root, at_once=1)
    load_programme(folder)
    return own, _filled(own, "some/trial", data)


def _filled(own: Workspace, code: str, data: Path) -> dict[str, bytes]:
    programme = own.catalogue.load(code)
    with own.session() as session:
        job = assess(read_source(data), programme, Order("draft"), session)
        filled = [one for one in fill_all(job) if one.document in programme.documents]
    return {f"{one.stem}.docx": one.rendered.docx for one in filled if one.document.rollup is None}


@cache
def _real(code: str) -> dict[str, bytes]:
    """The documents of a scheme's whole example."""
    path = Path(__file__).resolve().parents[2] / "data" / f"{code.replace('/', '-')}.yaml"
    return _filled(workspace(), code, path)


def _altered(choices: Choices, docx_bytes: bytes) -> bytes:
    source = zipfile.ZipFile(io.BytesIO(docx_bytes))
    body = source.read(_DOCUMENT).decode()
    for _ in range(choices.below(7)):
        body = _change(choices, body)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as package:
        for name in source.namelist():
            package.writestr(zipfile.ZipInfo(name), body if name == _DOCUMENT else source.read(name))
    return out.getvalue()


def _change(choices: Choices, body: str) -> str:
    """A text typed over, or a paragraph or a row left out, doubled, moved or put in."""
    made = choices.below(9)
    if made < 4:
        texts = list(_TEXT.finditer(body))
        found = choices.pick(texts)
        old = found[2]
        other = escape(re.sub(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]", "", choices.text(3)))
        at = choices.below(len(old) + 1)
        new = (
            (other, old[:at] + other, old[:at], "")[made]
            if not choices.once_in(8)
            else choices.pick(texts)[2]
        )
        return body[: found.start(2)] + new + body[found.end(2) :]
    pieces = list(_PIECES.finditer(body))
    found = choices.pick(pieces)
    start, end = found.span()
    if found[0] in {"<w:tbl>", "</w:tbl>"}:
        # Something typed before or behind a table.
        at = start if found[0] == "<w:tbl>" else end
        return body[:at] + block(choices, tags=False) + body[at:]
    if made == 4:
        return body[:start] + body[end:]
    if made == 5:
        return body[:end] + found[0] + body[end:]
    if made == 6:
        alike = choices.pick([one for one in pieces if one[0][:5] == found[0][:5]])
        if alike.start() == start:
            return body
        first, second = (found, alike) if start < alike.start() else (alike, found)
        between = body[first.end() : second.start()]
        return body[: first.start()] + second[0] + between + first[0] + body[second.end() :]
    if found[0].startswith("<w:tr"):
        return (
            body[:end]
            + row(*(cell(_line(choices.text(1).replace("\x00", "甲"))) for _ in range(choices.below(5))))
            + body[end:]
        )
    return body[:end] + block(choices, tags=False) + body[end:]


def form(data: bytes) -> None:
    """A filled form, altered: read or refused; what is sure stands in the form, and what is told is Chinese."""
    choices = Choices(data)
    own, filled = _small()
    code = "some/trial"
    if choices.once_in(100):
        own, code = workspace(), choices.pick(examples())[0]
        filled = _real(code)
    papers = [Upload(name, _altered(choices, docx_bytes)) for name, docx_bytes in filled.items()]
    target = Path("甲.xlsx" if choices.once_in(60) else "甲.yaml")
    read = read_back(own, papers, code, target, write=False)
    json.dumps(read.as_json(), ensure_ascii=False)
    for one in read.entries:
        if one.why:
            clear(one.why)
        assert one.status != "sure" or one.sources, f"{one.path} is sure and stands nowhere"
    for notice in read.notices:
        clear(notice)
    for beyond in read.beyond:
        clear(beyond.what)
