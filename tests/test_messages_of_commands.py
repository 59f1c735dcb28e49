"""Whatever a person gives a command, right or wrong, what it says is worded for people, and its exit code is documented.

``test_messages.py`` does this for data files; here are the commands that take packets, filled forms, scans and schemes.
"""

from __future__ import annotations

import io
import random
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from PIL import Image

from generator.cli import main
from tests.standing import ROOT, Standing
from tests.test_message_literals import TYPED
from tests.wording import faults
from tests.workflows.test_forgeries import FORGED, resealed
from tests.workflows.test_manifests import DAMAGES

EXITS = {0, 1, 2, 3, 4, 5, 6}
SCHEMES = ROOT / "templates"
CODE = "henan/consortium-2022"
OTHER = "hubei/consortium-2022"
CODES = [path.parent.relative_to(SCHEMES).as_posix() for path in SCHEMES.glob("*/*/programme.yaml")]
# Check codes and fingerprints; what is quoted with a character that is shown by its number; what stands on a keyboard
# and in Windows; kinds of files.
_NO_NAMES = re.compile(
    r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b|“[^”]*<U\+[0-9A-F]{4}>[^”]*”|U\+[0-9A-F]{4}|UTF-16|（ANSI）|（Tab）|[0-9a-f]{4}(?: [0-9a-f]{4}){4}|\.(?:doc|lhpack|pem|crt|cer|key|pub)\b"
)
_FRAME = re.compile(r"^[\s─━│╷╵╶╴┌┐└┘├┤┬┴┼]*$")


def packed(folder: Path) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder.parent).as_posix())
    return out.getvalue()


class Desk:
    """A folder of things that people give to a command: packets whole and changed, files that are none, other schemes'.

    Args:
        folder: where it lies.
        made: a signing packet.
        chance: draws.
    """

    def __init__(self, folder: Path, made: Standing, chance: random.Random) -> None:
        self.folder, self.made, self.chance = folder, made, chance
        self.number = 0

    def put(self, name: str, data: bytes) -> Path:
        self.number += 1
        path = self.folder / f"件{self.number}" / name
        path.parent.mkdir()
        path.write_bytes(data)
        return path

    def packet(self) -> Path:
        self.number += 1
        place = self.folder / f"件{self.number}" / self.made.folder.name
        shutil.copytree(self.made.folder, place)
        return place

    def changed(self) -> Path:
        """A packet in which somebody has changed, lost, added or damaged something."""
        place = self.packet()
        files = sorted(path for path in place.rglob("*") if path.is_file())
        what = self.chance.randrange(7)
        if what == 0:
            resealed(place, FORGED[self.chance.choice(sorted(FORGED))])
        elif what == 1:
            manifest = place / "manifest.json"
            manifest.write_bytes(DAMAGES[self.chance.choice(sorted(DAMAGES))](manifest.read_bytes()))
        elif what == 2:
            self.chance.choice(files).unlink()
        elif what == 3:
            file = self.chance.choice(files)
            file.write_bytes(self.spoilt(file.read_bytes()))
        elif what == 4:
            (place / "补充材料.txt").write_bytes(b"\xff\xfe")
        elif what == 5:
            file = self.chance.choice(files)
            file.unlink()
            file.mkdir()
        else:
            one, other = self.chance.sample(files, 2)
            one.write_bytes(other.read_bytes())
        return place

    def spoilt(self, data: bytes) -> bytes:
        at = self.chance.randrange(max(len(data), 1))
        return self.chance.choice(
            [data[:at], data[:at] + b"\0" + data[at + 1 :], data[at:], b"", data + data]
        )

    def archive(self) -> Path:
        data = packed(self.changed() if self.chance.random() < 0.6 else self.made.folder)
        return self.put("材料.zip", self.spoilt(data) if self.chance.random() < 0.4 else data)

    def word(self) -> Path:
        every = [*sorted(self.made.folder.glob("*.docx")), *sorted(SCHEMES.glob("*/*/*.docx"))]
        data = self.chance.choice(every).read_bytes()
        return self.put("填好的表.docx", self.spoilt(data) if self.chance.random() < 0.5 else data)

    def printed(self) -> Path:
        data = self.made.pdf(self.chance.choice(["application", "plan"])).read_bytes()
        return self.put("扫描.pdf", self.spoilt(data) if self.chance.random() < 0.6 else data)

    def picture(self) -> Path:
        out = io.BytesIO()
        Image.new("L", (300, 400), 255).save(out, "PNG")
        data = out.getvalue()
        return self.put("扫描.png", self.spoilt(data) if self.chance.random() < 0.5 else data)

    def workbook(self) -> Path:
        out = io.BytesIO()
        openpyxl.Workbook().save(out)
        data = self.chance.choice([out.getvalue(), (ROOT / "data/henan-consortium-2022.xlsx").read_bytes()])
        return self.put("数据.xlsx", self.spoilt(data) if self.chance.random() < 0.4 else data)

    def data(self) -> Path:
        text = (ROOT / "data/henan-consortium-2022.yaml").read_text("utf-8")
        lines = text.split("\n")
        at = self.chance.randrange(len(lines))
        lines[at] = self.chance.choice(
            ["", "  乱写", "甲: [", "a: &x [*x]", "\t键: 值", lines[at] + "　", "名称: 甲"]
        )
        return self.put(
            "数据.yaml", "\n".join(lines).encode(self.chance.choice(["utf-8", "gb18030", "utf-16"]))
        )

    def wrong_kind(self) -> Path:
        """A file whose name says another kind than its content."""
        name = self.chance.choice(
            [
                "材料.zip",
                "表.docx",
                "扫描.pdf",
                "数据.yaml",
                "数据.xlsx",
                "图.png",
                "无后缀",
                "旧.doc",
                "方案.lhpack",
            ]
        )
        return self.put(
            name,
            self.chance.choice(
                [b"", b"abc", bytes(300), b"PK\3\4" + bytes(60), b"%PDF-1.7\n%%EOF", "说明".encode("gb18030")]
            ),
        )

    def missing(self) -> Path:
        return self.folder / self.chance.choice(["没有这个文件.pdf", "没有", "没有/下面/表.docx", "没有.zip"])

    def bare_folder(self) -> Path:
        self.number += 1
        path = self.folder / f"空{self.number}"
        path.mkdir()
        if self.chance.random() < 0.5:
            (path / "说明.txt").write_text("说明", "utf-8")
        return path

    def received(self) -> Path:
        """A folder into which a department has put what came in."""
        folder = self.bare_folder()
        for _ in range(self.chance.randrange(1, 4)):
            found = self.any(self.archive, self.data, self.workbook, self.word, self.wrong_kind, self.printed)
            shutil.copy(found, folder / f"{self.chance.randrange(99)}-{found.name}")
        return folder

    def scheme(self) -> Path:
        self.number += 1
        place = self.folder / f"方案{self.number}" / OTHER
        shutil.copytree(SCHEMES / OTHER, place)
        files = sorted(path for path in place.rglob("*") if path.is_file())
        if self.chance.random() < 0.7:
            file = self.chance.choice(files)
            file.write_bytes(self.spoilt(file.read_bytes()))
        return place

    def scheme_packed(self) -> Path:
        out = self.folder / f"发布{self.number}.lhpack"
        main(["pack", str(SCHEMES / OTHER), "--key", str(self.key()), "-o", str(out)])
        data = out.read_bytes() if out.is_file() else b""
        return self.put("方案.lhpack", self.spoilt(data) if self.chance.random() < 0.7 else data)

    def key(self) -> Path:
        self.number += 1
        name = self.folder / f"厅{self.number}"
        main(["pack", "keygen", "-o", str(name), "--no-password"])
        return name.with_suffix(".key")

    def any(self, *makers: Callable[[], Path]) -> Path:
        return self.chance.choice(makers)()


def _verify(desk: Desk) -> list[object]:
    place = desk.any(
        desk.packet,
        desk.changed,
        desk.changed,
        desk.archive,
        desk.printed,
        desk.wrong_kind,
        desk.missing,
        desk.word,
    )
    more: list[list[object]] = [
        [],
        ["--complete"],
        ["--trust", desk.any(desk.missing, desk.wrong_kind)],
        ["--signers", desk.any(desk.data, desk.wrong_kind, desk.missing)],
    ]
    return [place, *desk.chance.choice(more)]


def _bind(desk: Desk) -> list[object]:
    place = desk.any(desk.changed, desk.changed, desk.bare_folder, desk.archive, desk.missing, desk.scheme)
    more: list[list[object]] = [
        [],
        ["--changes"],
        ["--take", "没有这一项"],
        ["--pdf-engine", "word"],
        ["-o", desk.folder / "数据.yaml"],
    ]
    return [place, *desk.chance.choice(more)]


def _intake(desk: Desk) -> list[object]:
    place = desk.any(
        desk.received, desk.received, desk.bare_folder, desk.changed, desk.missing, desk.wrong_kind
    )
    code = desk.chance.choice([CODE, OTHER, "河南", "没有这个"])
    return [place, "-p", code, "--no-pdf", "-o", desk.folder / f"总表{desk.number}"]


def _read(desk: Desk) -> list[object]:
    files = [
        desk.any(desk.word, desk.word, desk.wrong_kind, desk.missing, desk.printed, desk.workbook)
        for _ in range(desk.chance.randrange(1, 3))
    ]
    code: list[object] = desk.chance.choice([["-p", CODE], ["-p", OTHER], [], ["-p", "某省/某方案"]])
    suffix = desk.chance.choice([".yaml", ".xlsx", ".docx", ""])
    return [*files, *code, "-o", desk.folder / f"读出{desk.number}{suffix}"]


def _pack(desk: Desk) -> list[object]:
    place = desk.any(desk.scheme, desk.scheme, desk.bare_folder, desk.missing, desk.wrong_kind)
    key = desk.any(desk.key, desk.key, desk.wrong_kind, desk.missing)
    more: list[object] = desk.chance.choice(
        [
            [],
            [],
            ["--version", "0"],
            ["--version", "一"],
            ["--password-file", desk.any(desk.missing, desk.wrong_kind)],
        ]
    )
    return [
        place,
        "--key",
        key,
        *more,
        "-o",
        desk.folder / desk.chance.choice(["方案.lhpack", "方案.zip", "没有/方案.lhpack"]),
    ]


def _install(desk: Desk) -> list[object]:
    return [desk.any(desk.scheme_packed, desk.scheme_packed, desk.wrong_kind, desk.missing, desk.scheme)]


def _receive(desk: Desk) -> list[object]:
    scans = [
        desk.any(desk.printed, desk.picture, desk.wrong_kind, desk.missing, desk.bare_folder, desk.word)
        for _ in range(desk.chance.randrange(1, 3))
    ]
    packet = desk.any(desk.packet, desk.changed, desk.missing, desk.bare_folder, desk.archive)
    more: list[object] = desk.chance.choice(
        [[], [], ["--confirm", "甲1"], ["--refuse", "甲1"], ["--most-mb", "零"]]
    )
    return [*scans, "--packet", packet, *more, "-o", desk.folder / f"收回{desk.number}"]


def _compare(desk: Desk) -> list[object]:
    makers = (
        desk.data,
        desk.data,
        desk.changed,
        desk.archive,
        desk.word,
        desk.workbook,
        desk.wrong_kind,
        desk.missing,
    )
    more: list[object] = desk.chance.choice(
        [[], [], ["-p", OTHER], ["-p", "湖背"], ["--bars", desk.folder / f"对照{desk.number}"]]
    )
    return [desk.any(*makers, desk.packet), desk.any(*makers), *more]


COMMANDS: dict[str, Callable[[Desk], list[object]]] = {
    "bind": _bind,
    "verify": _verify,
    "intake": _intake,
    "read": _read,
    "pack": _pack,
    "install": _install,
    "receive": _receive,
    "compare": _compare,
}


def official() -> list[str]:
    """Latin words that stand in the example, its scheme and the one beside it: names of goods and of people's things."""
    texts = [(ROOT / "data/henan-consortium-2022.yaml").read_text("utf-8")]
    texts += [(SCHEMES / code / "programme.yaml").read_text("utf-8") for code in (CODE, OTHER)]
    return re.findall(r"[A-Za-z][A-Za-z0-9+._-]*", "\n".join(texts))


def told(command: str, desk: Desk, capsys: pytest.CaptureFixture[str]) -> Iterator[str]:
    arguments = [str(one) for one in COMMANDS[command](desk)]
    capsys.readouterr()
    code = main([command, *arguments])
    said = capsys.readouterr()
    shown = f"{command} {arguments}: exit {code}"
    if code not in EXITS:
        yield f"{shown}: {said.err}"
    if "Traceback" in said.err or "\x1b" in said.out + said.err:
        yield f"{shown}: {said.err}"
    if code in {2, 3, 4, 5, 6} and not said.err.strip():
        yield f"{shown}: nothing is said"
    given = [*arguments, str(desk.folder), desk.folder.name, desk.made.folder.name, *CODES]
    given += [Path(one).name for one in arguments]
    given += [
        text for one in desk.folder.rglob("*") for text in (one.name, one.relative_to(desk.folder).as_posix())
    ]
    words = [*official(), *TYPED]
    for line in (said.out + "\n" + said.err).splitlines():
        if not _FRAME.match(line):
            yield from (
                f"{shown}: {fault}: {line}"
                for fault in faults(_NO_NAMES.sub("某", line.strip()), [*given, *words])
            )


@pytest.mark.parametrize("command", ["verify", "pack"])
def test_what_a_command_says_is_worded_for_people(
    command: str, tmp_path: Path, made: Standing, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not list(told(command, Desk(tmp_path, made, random.Random(1)), capsys))


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(2, 14))
@pytest.mark.parametrize("command", COMMANDS)
def test_what_a_command_says_is_worded_for_people_whatever_it_is_given(
    command: str,
    seed: int,
    tmp_path: Path,
    made: Standing,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    assert not list(told(command, Desk(tmp_path, made, random.Random(seed)), capsys))
