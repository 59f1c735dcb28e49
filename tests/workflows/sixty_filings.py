"""Sixty filings as applicants send them, made from an example: forty good ones, twenty with one of twenty faults each.

Everything is drawn from a seed: names, codes, numbers, the order, and in what form each is sent.
"""

from __future__ import annotations

import random
import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from generator.base.files import shipped
from generator.cli import main
from generator.packet.assessment import Order, assess
from generator.packet.documents import fill_all
from generator.readers.source_file import read_source
from generator.workflows.workspace import Workspace

CODE: Final = "hubei/consortium-2022"
_EXAMPLE: Final = shipped("data") / "hubei-consortium-2022.yaml"
_NAME, _LEAD, _CODE = "硅基光电子", "武汉砚澜", "91420100MAA4C12H3H"
# GB 32100-2015: the characters of a unified social credit code and the weights of its check digit.
_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_SYLLABLES: Final = "澄岚朔睿祺沅芷翊沐暄霖恺钧铂璟珩"
Data = dict[str, Any]
Change = Callable[[Data], None]


@dataclass
class Sixty:
    """What was made.

    Attributes:
        good: the data of each good filing, by the number that its name begins with.
        faults: by number, the kind of fault, and a piece of what must be told.
    """

    good: dict[str, Data] = field(default_factory=dict)
    faults: dict[str, tuple[str, str]] = field(default_factory=dict)


def credit_code(first: str) -> str:
    """The first 17 characters with the check digit that belongs to them."""
    total = sum(_ALPHABET.index(char) * pow(3, at, 31) for at, char in enumerate(first))
    return first + _ALPHABET[-total % 31]


def drop(*path: str | int) -> Change:
    def change(data: Any) -> None:
        for step in path[:-1]:
            data = data[step]
        del data[path[-1]]

    return change


def put(value: Any, *path: str | int) -> Change:
    def change(data: Any) -> None:
        for step in path[:-1]:
            data = data[step]
        data[path[-1]] = value

    return change


def unchanged(_: Data) -> None:
    """A good one's data."""


# How it is sent, what is changed in the data, and a piece of what is told.
_OF_DATA: Final[dict[str, tuple[str, Change, str]]] = {
    "名称不合规定": ("yaml", put("武汉光电联合体", "name"), "名称"),
    "没有产业领域": ("xlsx", drop("industry"), "产业领域"),
    "信用代码不足": ("yaml", put("91420100XX", "members", 0, "credit_code"), "18 位"),
    "单位性质不认识": ("zip", put("饭店", "members", 1, "kind"), "饭店"),
    "没有牵头单位": ("yaml", put("成员单位", "members", 0, "role"), "牵头单位"),
    "没有首席科学家": ("xlsx", drop("chief_scientist"), "首席科学家"),
    "协议没有条款": ("zip", drop("agreement", "clauses"), "条款"),
    "没有建设方案": ("yaml", drop("plan"), "没有填写"),
    "没有法定代表人": ("xlsx.zip", drop("members", 0, "legal_representative"), "法定代表人"),
    "不知是否创新型": ("yaml", drop("members", 1, "innovative"), "创新型"),
    "附件没有附上": ("yaml", put({"evidence": ["证明/没有附上.pdf"]}, "attachments"), "没有附上.pdf"),
    "Word 表少一份": ("forms", unchanged, "没有收到《湖北省产业技术创新联合体协议书》"),
    "Word 表没有填首席科学家": ("forms", drop("chief_scientist"), "首席科学家"),
    "材料包是草稿": ("draft", unchanged, "报来的是草稿"),
    "材料包里改了文件": ("packet", unchanged, "内容与生成时不同"),
    "材料包里换了别家的 PDF": ("packet.pdf", unchanged, "内容与生成时不同"),
    "材料包少一个文件": ("packet.zip", unchanged, "清单里有，这里没有"),
}
_GOOD: Final = {
    "yaml": 13,
    "xlsx": 8,
    "zip": 6,
    "xlsx.zip": 3,
    "packet": 4,
    "packet.zip": 2,
    "packet.pdf": 1,
    "forms": 3,
}


def make_sixty(folder: Path, private: Path, seed: int) -> Sixty:
    """Make the sixty.

    Args:
        folder: an empty folder for what is sent.
        private: an empty folder for what is needed on the way.
        seed: of all that is drawn.
    """
    rng = random.Random(seed)
    wanted: list[tuple[str, str, Change, str]] = [
        (how, "", unchanged, "") for how, count in _GOOD.items() for _ in range(count)
    ]
    wanted += [(how, kind, change, told) for kind, (how, change, told) in _OF_DATA.items()]
    wanted += [
        ("other scheme", "别的方案", unchanged, "申报的是别的方案"),
        ("locked zip", "加了密码的压缩包", unchanged, "加了密码"),
        ("locked workbook", "加了密码的工作簿", unchanged, "读不了"),
    ]
    rng.shuffle(wanted)
    made = Sixty()
    with Workspace() as workspace:
        maker = _Maker(workspace, folder, private)
        for at, (how, kind, change, told) in enumerate(wanted, 1):
            number = f"{at:02d}"
            data = _drawn(rng, number)
            change(data)
            if kind:
                made.faults[number] = (kind, told)
            else:
                made.good[number] = data
            place = maker.send(f"{number}{rng.choice(('', ' 申报', '（终稿）', '-材料'))}", how, data)
            _spoil(kind, place, maker)
    return made


def _drawn(rng: random.Random, number: str) -> Data:
    """The example under other names and with other numbers, in every text that names them."""
    word = "".join(rng.sample(_SYLLABLES, 2))
    code = credit_code(f"91420100MA{rng.choice('ABCDEFGH')}{rng.randrange(10**4):04d}{number}")
    text = _EXAMPLE.read_text(encoding="utf-8")
    text = text.replace(_NAME, f"{word}{number}").replace(_LEAD, f"武汉{word}{number}").replace(_CODE, code)
    data: Data = yaml.safe_load(text)
    staff = rng.randint(5, 40)
    data["bodies"]["executive"] |= {"full_time_staff": staff, "staff": staff + rng.randint(0, 9)}
    return data


@dataclass
class _Maker:
    workspace: Workspace
    folder: Path
    private: Path

    def send(self, name: str, how: str, data: Data) -> Path:
        """One filing as it is sent; gives its folder or its file."""
        source = self.private / name / "数据.yaml"
        source.parent.mkdir(parents=True)
        source.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
        kind = how.partition(".")[0]
        if kind in {"packet", "draft", "other scheme"}:
            return self._packet(name, how, source)
        if kind == "forms":
            return self._forms(name, source)
        if how.startswith("xlsx") or how == "locked workbook":
            book = source.with_suffix(".xlsx")
            assert main(["convert", str(source), "-o", str(book), "-p", CODE]) == 0
            source = book
        if how.endswith("zip"):
            target = self.folder / f"{name}.zip"
            with zipfile.ZipFile(target, "w") as archive:
                archive.write(source, f"申报材料/{source.name}")
            return target
        target = self.folder / name / source.name
        target.parent.mkdir()
        shutil.copy(source, target)
        return target

    def _packet(self, name: str, how: str, source: Path) -> Path:
        code = CODE
        if how == "other scheme":
            code, source = "yunnan/consortium-2022", shipped("data") / "yunnan-consortium-2022.yaml"
        out = self.private / name / "out"
        edition = "draft" if how == "draft" else "signing"
        arguments = ["packet", str(source), "-p", code, "-o", str(out), "--edition", edition]
        assert main([*arguments, *([] if how == "packet.pdf" else ["--no-pdf"])]) == 0
        (manifest,) = out.glob("*/*/manifest.json")
        if how == "packet.zip":
            (archive,) = out.glob("*/*.zip")
            return Path(shutil.copy(archive, self.folder / f"{name}.zip"))
        return Path(shutil.copytree(manifest.parent, self.folder / name))

    def _forms(self, name: str, source: Path) -> Path:
        target = self.folder / name
        target.mkdir()
        programme = self.workspace.catalogue.load(CODE)
        with self.workspace.session() as session:
            job = assess(read_source(source), programme, Order("signing"), session)
            for one in fill_all(job):
                if one.document in programme.documents:
                    (target / f"{one.stem}.docx").write_bytes(one.rendered.docx)
        return target


def _spoil(kind: str, place: Path, maker: _Maker) -> None:
    """What is wrong with the files themselves."""
    if kind == "Word 表少一份":
        next(place.glob("*协议书.docx")).unlink()
    elif kind == "材料包里改了文件":
        paper = next(place.glob("01*.docx"))
        paper.write_bytes(paper.read_bytes().replace(b"PK\5\6", b"\0PK\5\6"))
    elif kind == "材料包里换了别家的 PDF":
        other = _drawn(random.Random(0), "99")
        strange = maker.send("别家", "packet.pdf", other)
        shutil.copy(next(strange.glob("01*.pdf")), next(place.glob("01*.pdf")))
        shutil.rmtree(strange)
    elif kind == "材料包少一个文件":
        members = {name: zipfile.ZipFile(place).read(name) for name in zipfile.ZipFile(place).namelist()}
        with zipfile.ZipFile(place, "w") as archive:
            for name, data in members.items():
                if not re.search(r"02[^/]*\.docx$", name):
                    archive.writestr(name, data)
    elif kind == "加了密码的压缩包":
        # The flag of encryption, in each local header and in the directory.
        locked = bytearray(place.read_bytes())
        for sign, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
            for found in re.finditer(re.escape(sign), bytes(locked)):
                locked[found.start() + at] |= 1
        place.write_bytes(locked)
    elif kind == "加了密码的工作簿":
        place.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096))
