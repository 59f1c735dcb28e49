"""Handing out a scheme and taking one in: a signed pack made from its folder, and installed for this user."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from generator.base.files import data_folder, put_data, replace_whole, shipped, why_refused, write_new
from generator.base.temporary import private
from generator.base.tree import plain
from generator.errors import ExitCode, Place, ProgrammeError, UsageError
from generator.model.catalogue import load_programme
from generator.model.programme import Programme
from generator.model.programme_file import NAMES, programme_file, read_file
from generator.packet.times import FIXED_TIME
from generator.publishing.failures import as_output_errors
from generator.publishing.installed import Installed, installed_in
from generator.publishing.lock import locked
from generator.publishing.pack import (
    ABOUT,
    SCHEME,
    SUFFIX,
    About,
    Pack,
    cannot_stand,
    fingerprint,
    is_locked,
    new_key,
    pack_bytes,
    read_pack,
    secret_key,
)
from generator.workflows.blank import blank_documents
from generator.workflows.data_files import new
from generator.workflows.lint.report import lint_folder
from generator.workflows.progress import Listener, tell
from generator.workflows.scheme_changes import scheme_changes, word_changes
from generator.workflows.workspace import Workspace

_KINDS: Final = (".yaml", ".xlsx", ".docx", ".md", ".txt", ".png", ".jpg", ".jpeg")
_TRUSTED: Final = "trusted.json"
_WAIT_SECONDS: Final = 30.0
_MOST_BYTES: Final = 200_000_000


class Packed(Struct, frozen=True):
    """A pack that was written.

    Attributes:
        path: where.
        about: what it says of itself.
        fingerprint: the key's, to be published where applicants can compare it.
        warnings: what ``lint`` advises.
    """

    path: Path
    about: About
    fingerprint: str
    warnings: tuple[str, ...]

    @property
    def exit_code(self) -> ExitCode:
        """Always DONE: what goes wrong is raised."""
        return ExitCode.DONE


class Offer(Struct, frozen=True):
    """A pack that could be installed, and what that would change.

    Attributes:
        pack: the pack, whole and signed.
        installed: what is installed of this scheme; None for nothing.
        known_key: whether this key has signed this scheme before on this machine.
        other_key: whether another key has, and the person has told this one's fingerprint.
        replaces_built_in: whether this program comes with a scheme of the same code.
        changes: what differs from what is installed, else from what this program comes with, each a Chinese clause;
            in words for the scheme's description and the text of its Word files.
    """

    pack: Pack
    installed: Installed | None
    known_key: bool
    other_key: bool
    replaces_built_in: bool
    changes: tuple[str, ...]

    @property
    def nothing_new(self) -> bool:
        """Whether just this pack is installed already."""
        found, pack = self.installed, self.pack
        return found is not None and (found.version, found.key) == (pack.about.version, pack.key)


def keygen(target: Path, password: str) -> tuple[Path, Path]:
    """Write a new key pair, ``X.key`` and ``X.pub``.

    Args:
        target: the name, with or without ``.key``.
        password: what the secret key is locked with; empty for none.

    Returns:
        The secret key's file and the public key's.

    Raises:
        OutputError: one of them is there already, or cannot be written.
    """
    secret, public = new_key(password)
    files = target.with_suffix(".key"), target.with_suffix(".pub")
    for path, data in zip(files, (secret, public), strict=True):
        write_new(path, data)
    with as_output_errors(files[0]):
        files[0].chmod(0o600)
    return files


def needs_password(key_file: Path) -> bool:
    """Whether a secret key is locked; also False where there is no such key."""
    return key_file.is_file() and is_locked(key_file.read_bytes())


def pack(
    folder: Path,
    target: Path,
    key_file: Path,
    password: str = "",
    *,
    version: int | None = None,
    fonts: Path | None = None,
    progress: Listener | None = None,
) -> Packed:
    """Make a scheme's pack: the scheme, its blank documents, the workbook to fill, a page that says how to begin.

    Args:
        folder: the scheme's folder, ``…/province/scheme``.
        target: the file; a pack of the same scheme that lies there is replaced by a newer version only.
        key_file: the secret key.
        password: what the key is locked with.
        version: its number; by default one more than that of the pack at ``target``, else 1.
        fonts: faces for the blank PDFs.
        progress: is told of each step before it begins.

    Raises:
        UsageError: a name or number that will not do, or the key cannot be used.
        ProgrammeError: the scheme has errors that ``lint`` tells of.
        PdfError: the blank documents cannot be typeset.
        OutputError: the file cannot be written.
    """
    if target.suffix != SUFFIX:
        raise UsageError(f"不能写成“{target.suffix or target.name}”文件", f"文件名以 {SUFFIX} 结尾")
    with as_output_errors(key_file):
        key = secret_key(key_file.read_bytes(), password, key_file.name)
    programme = load_programme(folder)
    version = _next_version(target, programme.code, version)
    with _alone(_scheme_files(folder), programme.code) as root, Workspace(root, fonts=fonts) as workspace:
        tell(progress, f"检查方案“{programme.short_title}”")
        linted = lint_folder(workspace, root / programme.code)
        if linted.exit_code is not ExitCode.DONE:
            raise ProgrammeError(
                f"方案“{programme.short_title}”还有错误，不能发布",
                "先用 lianheti lint 逐条改好",
                Place(folder.name),
            )
        tell(progress, "生成空白文件和填报工作簿")
        with workspace.session("typst") as session:
            blanks = blank_documents(workspace.catalogue.load(programme.code), session)
        book = new(workspace, programme.code, Path("填报.xlsx"), write=False).data
    files = {
        **{f"{SCHEME}{path}": data for path, data in _scheme_files(folder).items()},
        **{f"blank/{name}": data for name, data in blanks},
        f"workbook/{programme.plain_code}.xlsx": book,
        "使用说明.txt": _guide(programme, version).encode("utf-8-sig"),
    }
    about = About(
        code=programme.code, version=version, title=programme.title, authority=programme.authority, files=()
    )
    data = pack_bytes(about, files, key, FIXED_TIME)
    made = read_pack(data, target.name)
    tell(progress, f"写入 {target.name}")
    with as_output_errors(target):
        put_data(target, data)
    return Packed(target, made.about, made.fingerprint, tuple(str(fault) for fault in linted.faults))


def offer(path: Path, *, new_key: str | None = None, packs: Path | None = None) -> Offer:
    """What a pack is, whose, and what installing it would change; nothing is written.

    Args:
        path: the pack.
        new_key: the fingerprint of a key that takes the place of the known one, as the publisher has told it to the
            person; with or without blanks.
        packs: where packs are installed; by default this user's folder.

    Raises:
        UsageError: the pack is signed with another key than ``new_key``.
        ProgrammeError: it is no pack, damaged, altered, older than the installed one, signed with another key than
            before, or its scheme cannot be read.
    """
    root = packs or installed_root()
    with as_output_errors(path):
        if not path.is_file() or path.stat().st_size > _MOST_BYTES:
            raise ProgrammeError(
                "找不到这个文件，或它不是方案安装包", "核对文件名和所在文件夹", Place(path.name)
            )
        opened = read_pack(path.read_bytes(), path.name)
    about, place = opened.about, Place(path.name)
    scheme = opened.below(SCHEME)
    if not any(name in scheme for name in NAMES) or any(not _is_ours(name) for name in scheme):
        raise ProgrammeError("安装包里的方案不完整，或夹带了别的文件", "向发布单位重新索取", place)
    before = installed(about.code, root)
    known = _trusted(root).get(about.code)
    if new_key is not None:
        if new_key.replace(" ", "").lower() != opened.fingerprint.replace(" ", ""):
            raise UsageError(
                f"这一份由密钥 {opened.fingerprint} 签名，与 --new-key 写的不同",
                "向发布单位核对指纹，不要照抄本程序显示的",
            )
    elif known is not None and known != opened.key:
        raise ProgrammeError(
            f"“{about.title}”以前的安装包由密钥 {fingerprint(known)} 签名，这一份由另一把密钥 {opened.fingerprint} "
            "签名，没有安装",
            "打电话向发布单位核实；确实换了密钥的，加 --new-key 和新密钥的指纹再安装",
            place,
        )
    _refuse_older(before, opened, root, place)
    with _alone(scheme, about.code) as alone:
        load_programme(alone / about.code)
    built_in = shipped("templates") / about.code
    return Offer(
        opened,
        before,
        known == opened.key,
        known is not None and known != opened.key,
        programme_file(built_in).is_file(),
        tuple(_told(root / about.code if before else built_in, scheme)),
    )


def install(offered: Offer, *, packs: Path | None = None) -> Installed:
    """Install a pack: its scheme stands in this user's folder and goes before a built-in one of the same code.

    Args:
        offered: what ``offer`` gave and a person has agreed to.
        packs: where packs are installed; by default this user's folder.

    Raises:
        ProgrammeError: its scheme has errors.
        OutputError: it cannot be written; what was installed before stays.
    """
    root = packs or installed_root()
    about = offered.pack.about
    scheme = offered.pack.below(SCHEME)
    with _alone(scheme, about.code) as alone, Workspace(alone) as workspace:
        if lint_folder(workspace, alone / about.code).exit_code is not ExitCode.DONE:
            raise ProgrammeError(
                "安装包里的方案有错误，没有安装", "告诉发布单位，改正后重新发布", Place(about.code)
            )
    record = {"version": about.version, "key": offered.pack.key, "title": about.title}
    with as_output_errors(root):
        root.mkdir(parents=True, exist_ok=True)
        with locked(root / ".lock", _WAIT_SECONDS):
            _refuse_older(installed(about.code, root), offered.pack, root, Place(about.code))
            _swap(root / about.code, {**scheme, ABOUT: json.dumps(record, ensure_ascii=False).encode()})
            trusted = {**_trusted(root), about.code: offered.pack.key}
            replace_whole(root / _TRUSTED, json.dumps(trusted, ensure_ascii=False, indent=1))
    return Installed(about.code, about.version, offered.pack.key)


def installed(code: str, root: Path | None = None) -> Installed | None:
    """What is installed of a scheme; None for nothing, or what no pack has put there."""
    return installed_in((root or installed_root()) / code)


def installed_root() -> Path:
    """Where this user's installed schemes stand."""
    return data_folder("packs")


def _refuse_older(before: Installed | None, opened: Pack, root: Path, place: Place) -> None:
    about = opened.about
    if before is None:
        return
    if about.version < before.version:
        raise ProgrammeError(
            f"这是“{about.title}”的第 {about.version} 版，已经装有更新的第 {before.version} 版，没有安装",
            "使用已经装好的那一版",
            place,
        )
    if about.version == before.version and list(_changes(root / about.code, opened.below(SCHEME))):
        raise ProgrammeError(
            f"这一份和已经装好的都是第 {about.version} 版，内容却不同，没有安装",
            "向发布单位核实哪一份是对的",
            place,
        )


def _changes(folder: Path, scheme: dict[str, bytes]) -> Iterator[str]:
    """What differs between an installed scheme and a pack's."""
    for name, data in scheme.items():
        path = folder / name
        if not path.is_file():
            yield f"新增 {name}"
        elif path.read_bytes() != data:
            yield f"改动 {name}"
    old = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    yield from (f"删去 {name}" for name in sorted(old) if name not in scheme and name != ABOUT)


def _told(folder: Path, scheme: dict[str, bytes]) -> Iterator[str]:
    """What differs between a scheme that is there and a pack's, in words where that can be said."""
    if not programme_file(folder).is_file():
        return
    for change in _changes(folder, scheme):
        name = change.partition(" ")[2]
        if name in NAMES:
            continue
        yield change
        if change.startswith("改动") and name.lower().endswith(".docx"):
            yield from (f"  {line}" for line in word_changes((folder / name).read_bytes(), scheme[name]))
    with _alone(scheme, "new/scheme") as alone:
        yield from scheme_changes(*(_description(one) for one in (folder, alone / "new/scheme")))


def _description(folder: Path) -> Any:
    return plain(read_file(programme_file(folder)))


def _trusted(root: Path) -> dict[str, str]:
    """The key of each scheme that was ever installed here.

    Raises:
        ProgrammeError: the record is there and cannot be read: who it was that was trusted is no longer known.
    """
    try:
        said: Any = json.loads((root / _TRUSTED).read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        said = None
    if not isinstance(said, dict):
        raise ProgrammeError(
            f"记录发布单位密钥的文件 {_TRUSTED} 读不出来，没有安装",
            "把它移走，再向发布单位核对指纹后重新安装",
            Place(str(root)),
        )
    return {str(code): str(key) for code, key in said.items()}


def _scheme_files(folder: Path) -> dict[str, bytes]:
    """The files of a scheme's folder that a pack takes along, by path.

    Raises:
        ProgrammeError: one of them is a link or too large.
    """
    files = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() or not _is_ours(name) or name == ABOUT:
            continue
        if why := why_refused(folder, name):
            raise ProgrammeError(f"方案的文件 {name} {why}", "换成放在这个文件夹里的普通文件，不用链接")
        files[name] = path.read_bytes()
    if (wrong := cannot_stand(files)) is not None:
        raise ProgrammeError(f"方案的文件名“{wrong}”在别的系统上存不下", "换一个短的、没有特殊字符的名字")
    return files


def _is_ours(name: str) -> bool:
    return name.lower().endswith(_KINDS) and not any(part.startswith((".", "~$")) for part in name.split("/"))


@contextmanager
def _alone(scheme: dict[str, bytes], code: str) -> Iterator[Path]:
    """A templates folder with one scheme and nothing else, as whoever gets the pack will have it."""
    with private("pack") as folder:
        _put(folder / code, scheme)
        yield folder


def _put(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _swap(folder: Path, files: dict[str, bytes]) -> None:
    """Put a folder in the place of another, whole or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh, old = folder.with_name(f".{folder.name}.new"), folder.with_name(f".{folder.name}.old")
    for path in (fresh, old):
        shutil.rmtree(path, ignore_errors=True)
    _put(fresh, files)
    if folder.exists():
        folder.rename(old)
    try:
        fresh.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _next_version(target: Path, code: str, version: int | None) -> int:
    """The number of a new pack.

    Raises:
        UsageError: it is not larger than that of the pack it would replace, or that is another scheme's.
    """
    if not target.exists():
        return version or 1
    with as_output_errors(target):
        before = read_pack(target.read_bytes(), target.name).about
    if before.code != code:
        raise UsageError(f"“{target.name}”是另一个方案（{before.title}）的安装包，没有改动它", "换一个文件名")
    if version is not None and version <= before.version:
        raise UsageError(
            f"“{target.name}”已经是第 {before.version} 版，新的一版要更大",
            f"写 --version {before.version + 1}，或不写",
        )
    return version or before.version + 1


def _guide(programme: Programme, version: int) -> str:
    """The page that says how to begin; ours, not the publisher's."""
    validity = programme.validity
    span = "至".join(day.isoformat() for day in (validity.start, validity.end) if day)
    lines = [
        f"{programme.title}（第 {version} 版）",
        f"发布单位：{programme.authority}",
        *([f"有效期：{span}"] if span else []),
        "",
        "要交的文件：",
        *(f"  {number}. {document.title}" for number, document in enumerate(programme.documents, 1)),
        "",
        "怎样使用（以下是填报程序的说明，不是发布单位的公文）：",
        "  一、安装：lianheti install 这个文件，核对屏幕上的密钥指纹与发布单位公布的相同，再确认；或把文件拖进网页。",
        "  二、填写：填 workbook 里的工作簿，或运行 lianheti serve 在网页上填。",
        f"  三、核对：lianheti check 工作簿 -p {programme.code}",
        f"  四、成套：lianheti packet 工作簿 -p {programme.code} --edition signing -o 输出目录",
        "  blank 里是空白的官方文件，手工填写也可以用。",
    ]
    return "\r\n".join(lines) + "\r\n"
