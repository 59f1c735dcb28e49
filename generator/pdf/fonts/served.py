"""Which face is used for which role, as shown to a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from generator.pdf.fonts.face_cache import coverage
from generator.pdf.fonts.faces import EMBEDDED, EMBEDDED_FAMILY, LATIN_ROLES, ROLES

if TYPE_CHECKING:
    from generator.pdf.fonts.faces import Faces


class Served(Struct, frozen=True):
    """One role and the face that serves it.

    Attributes:
        role: as 仿宋.
        face: the face's name; for a Latin role without a face of its own, that of the Chinese face.
        file: its file's name.
        bold: the bold face's name; empty where bold is drawn by stroke.
        own: whether it is the real face, not a stand-in.
        official: whether official documents ask for it (GB/T 9704-2012).
    """

    role: str
    face: str
    file: str
    bold: str
    own: bool
    official: bool


def served(faces: Faces) -> tuple[Served, ...]:
    """Every role with its face, the Chinese ones first."""
    found = []
    for role in (*ROLES, *LATIN_ROLES):
        # A Latin role without a face of its own goes to a Chinese one.
        serving = role if role in faces.roles else faces.role({**LATIN_ROLES}[role][0], latin=True)
        face, bold = faces.roles[serving], faces.bold.get(serving)
        own = role in faces.roles and role not in faces.missing
        found.append(
            Served(role, face.family, face.path.name, bold.family if bold else "", own, role in ROLES)
        )
    return tuple(found)


def who_draws(faces: Faces, char: str) -> str | None:
    """The name of the face that draws a character in running text (仿宋); None where none does."""
    for face in (faces.roles["仿宋"], *faces.fallbacks):
        if char in coverage(face):
            return face.family
    return EMBEDDED_FAMILY if char in EMBEDDED else None
