"""What is handed out and read again: manifests, archives, packs of schemes."""

from __future__ import annotations

import io
import re
import shutil
import warnings
import zipfile
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Final

from generator.base.zips import Bounds, ZipReader
from generator.errors import LianhetiError, Place
from generator.packet.times import FIXED_TIME
from generator.publishing.manifest import Digest, RollupManifest, parsed, sealed
from generator.publishing.pack import About, new_key, pack_bytes, secret_key
from generator.workflows.packs import install, offer
from tests.fuzz.choices import Choices
from tests.fuzz.held import work_folder
from tests.fuzz.word_files import document
from tests.pdf.word import docx, paragraph, run
from tests.workflows.trial_scheme import YAML as TRIAL_SCHEME

if TYPE_CHECKING:
    from minisign import SecretKey


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
            info = zipfile.ZipInfo(re.sub(r"[\x00\ud800-\udfff]", "", choices.text(2)) or f"f{number}")
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


_YAML_LINES: Final = TRIAL_SCHEME.splitlines()
_MEMBERS: Final = (
    "scheme/../甲.docx", "scheme//甲.docx", "scheme/a/b.docx", "/scheme/甲.yaml", "scheme/CON.docx", "scheme/.x/甲.docx",
    "scheme/甲.exe", "blank/申请书.docx", "scheme/programme.xlsx", "scheme/guidance.yaml", "scheme\\甲.docx", "scheme/甲 .docx",
    "scheme/" + "长" * 90 + ".docx", "pack.json", "scheme/Programme.yaml", "使用说明.txt", "scheme/~$甲.docx", "scheme/甲.docx/乙.docx",
)  # fmt: skip


@cache
def _key() -> SecretKey:
    return secret_key(new_key("")[0], "", "key")


def _scheme_yaml(choices: Choices) -> str:
    """A scheme's file with lines left out, doubled, moved or given another value."""
    lines = list(_YAML_LINES)
    for _ in range(choices.below(4)):
        at = choices.below(len(lines))
        made = choices.below(4)
        if made == 0:
            lines.pop(at)
        elif made == 1:
            lines.insert(choices.below(len(lines)), lines[at])
        elif made == 2 and ":" in lines[at]:
            lines[at] = f"{lines[at].split(':')[0]}: {choices.text(3)}"
        else:
            lines.insert(at, choices.pick(_MORE))
    return "\n".join(lines) + "\n"


_MORE: Final = (
    'conditions:\n  - {id: a, title: 甲, clause: 一, quote: 甲, level: must, needs: [industry], test: "size(industry) > 1", pass: 是, fail: 否}',
    "limits: [{path: industry, characters: {most: 5}}]",
    "labels: {industry: 领域}",
    "name_pattern: '.*联合体'",
    "copies: {application: 3}",
    "validity: {start: 2022-01-01, end: 2021-01-01}",
    "documents: []",
    "  - {path: name, title: 名称, kind: text}",
    "  - {path: a.b.c, title: 甲, kind: money, unit: 万元, least: 3, most: 1}",
    "attachments: [{id: licence, title: 执照, per: member}]",
)


def pack(data: bytes) -> None:
    """A scheme's pack, signed over whatever is in it, or damaged after it was signed: installed whole, or nothing is."""
    choices = Choices(data)
    about = About.model_construct(
        schema_version=1,
        code=choices.pick(
            ("some/trial", "some/trial", "some/trial", "some/other", "../x", "", "a/b/c", "Some/Trial")
        ),
        version=choices.pick((1, 1, 1, 2, 0, -1, 10**9)),
        title=choices.text(2) if choices.once_in(4) else "试验方案",
        authority="某省",
        files=(),
    )
    files = {
        "scheme/programme.yaml": _scheme_yaml(choices).encode("utf-8", "replace"),
        "scheme/application.docx": document(choices, tags=True) if choices.once_in(3) else _template(),
    }
    for _ in range(choices.below(3) if choices.once_in(3) else 0):
        files[choices.pick(_MEMBERS)] = choices.raw(30)
    try:
        whole = pack_bytes(about, files, _key(), FIXED_TIME)
    except (ValueError, UnicodeError):  # what cannot be put into a zip file is no input
        return
    raw = bytearray(whole)
    for _ in range(1 + choices.below(3) if choices.once_in(4) else 0):
        at = choices.below(len(raw))
        raw[at : at + choices.below(4)] = choices.raw(4)
    outside = work_folder() / "installing"
    shutil.rmtree(outside, ignore_errors=True)
    root = outside / "packs"
    root.mkdir(parents=True)
    path = outside / "甲.lhpack"
    path.write_bytes(bytes(raw))
    try:
        offered = offer(path, packs=root)
        assert dict(offered.pack.files) == files, "what was taken is not what was signed"
        install(offered, packs=root)
    except LianhetiError:
        left = [one.name for one in root.rglob("*") if one.is_file() and one.name != ".lock"]
        assert not left, f"refused, and {left} was written"
        raise
    finally:
        assert {one.name for one in outside.iterdir()} == {"packs", "甲.lhpack"}, (
            "written outside of the folder"
        )
    there = root / about.code
    taken = {
        name.removeprefix("scheme/"): content for name, content in files.items() if name.startswith("scheme/")
    }
    found = {one.relative_to(there).as_posix(): one.read_bytes() for one in there.rglob("*") if one.is_file()}
    found.pop("pack.json")
    assert found == taken, "what is installed is not what was signed"


@cache
def _template() -> bytes:
    return docx(paragraph(run("申请书")), paragraph(run("{{ name }}")))
