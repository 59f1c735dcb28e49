"""Which faces print the official letterforms, and which face draws a character."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from generator.errors import DataError, Place

if TYPE_CHECKING:
    from generator.pdf.fonts.served import Served


class Fonts(Struct, frozen=True):
    """The faces in use.

    Attributes:
        faces: one for each official letterform.
        characters: each character asked for with the face that draws it; None where none does.
    """

    faces: tuple[Served, ...]
    characters: tuple[tuple[str, str | None], ...]

    def as_json(self) -> dict[str, Any]:
        """The result as a JSON object."""
        return {
            "faces": [
                {"role": one.role, "face": one.face, "file": one.file, "own": one.own, "bold": one.bold}
                for one in self.faces
            ],
            "missing": [one.role for one in self.faces if not one.own],
            "characters": [{"character": char, "face": face} for char, face in self.characters],
        }


def fonts(folder: Path | None = None, text: str = "") -> Fonts:
    """The faces in use on this machine.

    Args:
        folder: a folder of faces that goes before the machine's own.
        text: characters to be looked for.

    Raises:
        DataError: there is no such folder.
    """
    from generator.pdf.fonts.faces import find_faces
    from generator.pdf.fonts.served import served, who_draws

    if folder is not None and not folder.is_dir():
        raise DataError("没有这个字体目录", "核对路径，或去掉 --folder", Place(str(folder)))
    faces = find_faces(folder)
    drawn = ((char, who_draws(faces, char)) for char in dict.fromkeys(text) if not char.isspace())
    return Fonts(tuple(served(faces)), tuple(drawn))
