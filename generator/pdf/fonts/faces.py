"""Which font file serves which face that a Chinese official document asks for.

The real 仿宋, 楷体, 黑体, 宋体 and 小标宋 where the machine has them, recognised by the fonts' own name
tables; else Noto Serif SC and Noto Sans SC (SIL Open Font License) from a wheel.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pylopdf_fonts_zh_cn

from generator.pdf.fonts.face_cache import (
    Coverage,
    Face,
    coverage,
    digest,
    read_all,
    read_faces,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

ENVIRONMENT: Final = "LIANHETI_FONTS"

# The faces that GB/T 9704-2012 and Word's Chinese templates name, each with the names under which foundries
# and systems ship it, the closest first.
ROLES: Final[Mapping[str, tuple[str, ...]]] = {
    "仿宋": (
        "仿宋_GB2312", "FangSong_GB2312", "仿宋", "FangSong", "方正仿宋_GBK", "FZFangSong-Z02",
        "方正仿宋简体", "FZFangSong-Z02S", "华文仿宋", "STFangsong",
    ),
    "楷体": (
        "楷体_GB2312", "KaiTi_GB2312", "楷体", "KaiTi", "方正楷体_GBK", "FZKai-Z03", "方正楷体简体",
        "FZKai-Z03S", "华文楷体", "STKaiti", "Kaiti SC", "LXGW WenKai", "霞鹜文楷", "LXGW WenKai GB", "霞鹜文楷 GB",
    ),
    "黑体": (
        "黑体", "SimHei", "方正黑体_GBK", "FZHei-B01", "方正黑体简体", "FZHei-B01S", "华文黑体", "STHeiti",
        "微软雅黑", "Microsoft YaHei", "PingFang SC", "Heiti SC",
    ),
    "宋体": (
        "宋体", "SimSun", "新宋体", "NSimSun", "方正书宋_GBK", "FZShuSong-Z01", "方正书宋简体",
        "FZShuSong-Z01S", "华文宋体", "STSong", "Songti SC",
    ),
    "小标宋": (
        "方正小标宋_GBK", "FZXiaoBiaoSong-B05", "方正小标宋简体", "FZXiaoBiaoSong-B05S",
        "方正小标宋_GB18030", "小标宋", "华文中宋", "STZhongsong",
    ),
}  # fmt: skip
LATIN_ROLES: Final[Mapping[str, tuple[str, ...]]] = {
    "衬线西文": ("Times New Roman", "Liberation Serif", "Tinos", "TeX Gyre Termes", "Nimbus Roman"),
    "无衬线西文": ("Arial", "Liberation Sans", "Arimo", "Helvetica", "TeX Gyre Heros", "Nimbus Sans"),
}
_STAND_IN: Final = {"衬线西文": "宋体", "无衬线西文": "黑体"}
_SANS: Final = ("arial", "calibri", "helvet", "verdana", "tahoma", "segoe", "sans", "aptos", "carlito")
# Faces that draw rare characters, where a machine has them.
_WIDE: Final = (
    "SimSun-ExtB", "SimSun-ExtG", "MingLiU-ExtB", "HanaMinA", "HanaMinB", "Jigmo", "Jigmo2", "Jigmo3",
    "Plangothic P1", "Plangothic P2", "BabelStone Han", "Source Han Serif SC", "Noto Serif CJK SC",
    "Segoe UI Symbol", "Noto Sans Symbols 2",
)  # fmt: skip
REGULAR: Final = 400
BOLD_FROM: Final = 600
# DejaVu Sans Mono is built into the typesetting engine; these are its signs (arrows to dingbats).
EMBEDDED_FAMILY: Final = "DejaVu Sans Mono"
EMBEDDED: Final = Coverage(
    point
    for pair in (
        (0x2190, 0x2213), (0x2215, 0x2215), (0x2217, 0x2220), (0x2223, 0x2223), (0x2227, 0x222D),
        (0x2234, 0x223D), (0x2241, 0x2269), (0x2500, 0x262F), (0x2638, 0x268B), (0x2690, 0x269C),
        (0x26A0, 0x26A1), (0x26B0, 0x26B1), (0x2701, 0x2704), (0x2706, 0x2709), (0x270C, 0x2727),
        (0x2729, 0x274B), (0x2756, 0x2756), (0x2758, 0x275E), (0x2761, 0x2775), (0x2794, 0x2794),
        (0x2798, 0x27AF), (0x27B1, 0x27BE),
    )
    for point in pair
)  # fmt: skip


@dataclass(frozen=True)
class Faces:
    """The faces in use on this machine.

    Attributes:
        roles: the regular face by role (the keys of ROLES, and of LATIN_ROLES where one was found).
        bold: the bold face of a role, where its family has one.
        italic: the italic face of a role, where its family has one.
        fallbacks: faces asked in turn for characters that a role's face lacks.
        missing: roles that Noto stands in for.
    """

    roles: Mapping[str, Face]
    bold: Mapping[str, Face]
    italic: Mapping[str, Face]
    fallbacks: tuple[Face, ...]
    missing: tuple[str, ...]
    _roles_by_name: dict[str, str] = field(default_factory=dict, compare=False, repr=False)
    _drawn: dict[str, bool] = field(default_factory=dict, compare=False, repr=False)

    def role(self, name: str | None, *, latin: bool = False) -> str:
        """The role that a face name in a document stands for; it always has a face here.

        Args:
            name: the name, as 仿宋_GB2312 or Times New Roman; None for none.
            latin: whether the name was asked for Latin text.
        """
        key = f"{name}|{latin}"
        if key not in self._roles_by_name:
            self._roles_by_name[key] = self._find_role(name or "", latin=latin)
        return self._roles_by_name[key]

    def _find_role(self, name: str, *, latin: bool) -> str:
        low = name.lower()
        for role, names in ROLES.items():
            if low in {item.lower() for item in names}:
                return role
        for sign, role in (
            ("小标宋", "小标宋"), ("中宋", "小标宋"), ("仿宋", "仿宋"), ("楷", "楷体"), ("黑", "黑体"),
            ("宋", "宋体"), ("等线", "黑体"), ("dengxian", "黑体"), ("yahei", "黑体"), ("fangsong", "仿宋"),
            ("kai", "楷体"), ("song", "宋体"),
        ):  # fmt: skip
            if sign in low:
                return role
        if not latin:
            return "宋体"
        role = "无衬线西文" if any(sign in low for sign in _SANS) else "衬线西文"
        return role if role in self.roles else _STAND_IN[role]

    def draws(self, char: str) -> bool:
        """Whether some face of the chain behind every role draws a character."""
        found = self._drawn.get(char)
        if found is None:
            found = any(char in coverage(face) for face in self.fallbacks) or char in EMBEDDED
            self._drawn[char] = found
        return found

    def files(self) -> tuple[Path, ...]:
        """Every font file in use, each once."""
        faces = (*self.roles.values(), *self.bold.values(), *self.italic.values(), *self.fallbacks)
        return tuple(dict.fromkeys(face.path for face in faces))

    def digests(self) -> tuple[dict[str, str], ...]:
        """For the manifest: the faces that serve the roles, as ``{role, name, sha256}``."""
        named = [*self.roles.items(), *(("后备", face) for face in self.fallbacks)]
        return tuple({"role": role, "name": face.family, "sha256": digest(face.path)} for role, face in named)


def folder_given() -> Path | None:
    """The folder of faces that the environment names, by LIANHETI_FONTS."""
    return Path(os.environ[ENVIRONMENT]) if os.environ.get(ENVIRONMENT) else None


def find_faces(extra_folder: Path | None = None) -> Faces:
    """Find the faces: in a folder of the user's, on the machine, else from the wheel.

    Args:
        extra_folder: searched first; where None, the folder that LIANHETI_FONTS names, if any.
    """
    given = extra_folder or folder_given()
    return _find_faces(given.resolve() if given else None, tuple(_machine_folders()))


@lru_cache(maxsize=8)
def _find_faces(extra: Path | None, folders: tuple[Path, ...]) -> Faces:
    own = read_all([extra]) if extra else []
    machine = read_all(folders)
    serif = read_faces(Path(pylopdf_fonts_zh_cn.serif_path()).resolve())[0]
    sans = read_faces(Path(pylopdf_fonts_zh_cn.sans_path()).resolve())[0]
    roles: dict[str, Face] = {}
    bold: dict[str, Face] = {}
    italic: dict[str, Face] = {}
    missing = []
    for role, names in {**ROLES, **LATIN_ROLES}.items():
        face = _pick(names, own) or _pick(names, machine)
        if face is None and role in ROLES:
            missing.append(role)
            face = sans if role == "黑体" else serif
        if face is not None:
            roles[role] = face
            family = [item for item in (*own, *machine) if set(item.names[:1]) & set(face.names)]
            heavy = [item for item in family if item.weight >= BOLD_FROM > face.weight and not item.italic]
            slanted = [item for item in family if item.weight < BOLD_FROM and item.italic]
            if heavy:
                bold[role] = heavy[0]
            if slanted:
                italic[role] = slanted[0]
    wide = [face for name in _WIDE if (face := _pick((name,), machine)) is not None]
    chain = dict.fromkeys((serif, sans, *(face for face in own if not face.italic), *wide))
    return Faces(roles, bold, italic, tuple(chain), tuple(missing))


def _pick(names: tuple[str, ...], faces: list[Face]) -> Face | None:
    """The upright face nearest to regular weight under the first name that any face bears."""
    for name in names:
        low = name.lower()
        found = [face for face in faces if not face.italic and low in {own.lower() for own in face.names}]
        if found:
            return min(found, key=lambda face: abs(face.weight - REGULAR))
    return None


def _machine_folders() -> list[Path]:
    try:
        home = Path.home()
    except RuntimeError:
        # A container's user may have none: its own folders are not there then.
        home = Path(os.sep)
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA", str(home / "AppData/Local"))
        return [
            Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts",
            Path(local) / "Microsoft/Windows/Fonts",
            Path(local) / "Kingsoft/WPS Office",
        ]
    if sys.platform == "darwin":
        return [
            home / "Library/Fonts",
            Path("/Library/Fonts"),
            Path("/System/Library/Fonts"),
            Path("/Applications/wpsoffice.app/Contents/Resources/office6/fonts"),
        ]
    data = Path(os.environ.get("XDG_DATA_HOME", str(home / ".local/share")))
    return [
        data / "fonts",
        home / ".fonts",
        Path("/usr/local/share/fonts"),
        Path("/usr/share/fonts"),
        Path("/opt/kingsoft/wps-office/office6/fonts"),
    ]
