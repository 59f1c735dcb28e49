"""What an earlier batch made, so that it need not be made again.

For each data file there is a stamp, a small file in a hidden folder of the output folder. It records what each of
the data file's packets was made from, and the files of the packet. A packet counts as unchanged while

- every file that went into it has the same sha256: the data file, and the text files and attachments that it
  names; and what a unit library says of each organisation that it refers to is the same, and in the same place;
- the programme's folder, the common sheets and rules, and the file that describes every programme have the same
  content; so have the faces, and the version of this program and of the PDF engine is the same;
- edition, signing pages, internal sheets, accepted findings and ``SOURCE_DATE_EPOCH`` are the same;
- every file of the packet has the size and time of change that it had, or the same content.

A stamp that is missing, damaged or of another version only costs time.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import asdict

from generator import __version__
from generator.base.files import replace_whole, sha256_of
from generator.batch.settings import Settings
from generator.model.programme_file import programme_files
from generator.publishing import changed_files
from generator.publishing.manifest import MANIFEST

FOLDER: Final = ".lianheti-batch"
_SCHEMA: Final = 1
_COMMON: Final = "common"
# Between a library's file and the organisation that a packet uses of it, in the name of an input.
MARK: Final = "#"


class Made(Struct, frozen=True):
    """A packet that was made, as a stamp keeps it.

    Attributes:
        code: the programme.
        setup: digest of what it was made with (templates, faces, versions, options), as opposed to its data.
        folder: the packet's folder, relative to the output folder, with ``/``.
        inputs: sha256 by name relative to the data file's folder; None for a file that was not there.
        manifest: sha256 of ``manifest.json``, which holds those of all other files.
        outputs: size and time of change in nanoseconds of every file, by path relative to the
            consortium's folder.
        facts: what the report says of it.
    """

    code: str
    setup: str
    folder: str
    inputs: Mapping[str, str | None]
    manifest: str
    outputs: Mapping[str, tuple[int, int]]
    facts: Mapping[str, Any]


class Stamp(Struct, frozen=True):
    """What is known of one data file.

    Attributes:
        programmes: the codes that it is meant for.
        packets: those that were made, by code.
    """

    programmes: tuple[str, ...]
    packets: dict[str, Made]


class Setup:
    """What packets are made with: templates, faces, versions and options, as one digest a programme.

    Args:
        settings: of the batch.
        roots: the templates folders, the user's first.
        engine: the PDF engine with its version and faces, as text; empty where no PDFs are made.
    """

    def __init__(self, settings: Settings, roots: Iterable[Path], engine: str) -> None:
        self._settings = settings
        self._roots = tuple(roots)
        self._engine = engine
        self._digests: dict[str, str] = {}
        self._shared: str | None = None

    def digest(self, code: str) -> str:
        """The digest of all that packets of one programme are made with."""
        if code not in self._digests:
            own = [
                _tree(folder)
                for root in self._roots
                if (folder := root / code).is_dir() and folder.resolve().is_relative_to(root.resolve())
            ]
            accept = sorted(self._settings.accept.get(code, {}).items())
            self._digests[code] = _digest_of([self._common(), own[:1], accept])
        return self._digests[code]

    def _common(self) -> str:
        if self._shared is None:
            self._shared = _digest_of(
                [
                    _SCHEMA,
                    __version__,
                    self._engine,
                    self._settings.edition,
                    self._settings.signing_pages or "",
                    self._settings.page_codes,
                    self._settings.sheets,
                    str(int(self._settings.when.timestamp())) if self._settings.when else "",
                    [_tree(root / _COMMON) for root in self._roots],
                    [
                        [path.relative_to(root).as_posix(), sha256_of(path)]
                        for root in self._roots
                        for path in programme_files(root)
                    ],
                ]
            )
        return self._shared


class Stamps:
    """The stamps of one output folder.

    Args:
        settings: of the batch.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._root = settings.root.resolve()

    def _path(self, data: Path) -> Path:
        try:
            name = os.path.relpath(data.resolve(), self._root)
        except ValueError:
            # Windows: on another drive.
            name = str(data.resolve())
        key = [Path(name).as_posix(), self._settings.codes, self._settings.edition, self._settings.engine]
        return self._root / FOLDER / f"{_digest_of(key)[:32]}.json"

    def read(self, data: Path) -> Stamp | None:
        """What a data file's stamp says; None where there is no usable one."""
        try:
            content = json.loads(self._path(data).read_bytes())
            if content["schema"] != _SCHEMA:
                return None
            made = [
                Made(**{**item, "outputs": {path: tuple(pair) for path, pair in item["outputs"].items()}})
                for item in content["packets"]
            ]
            if not all(isinstance(packet.facts, dict) and isinstance(packet.inputs, dict) for packet in made):
                return None
            return Stamp(tuple(content["programmes"]), {packet.code: packet for packet in made})
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return None

    def write(self, data: Path, stamp: Stamp) -> None:
        """Keep what was made from a data file."""
        target = self._path(data)
        content = {
            "schema": _SCHEMA,
            "programmes": stamp.programmes,
            "packets": [asdict(made) for made in stamp.packets.values()],
        }
        # A stamp that cannot be kept only costs time; what could not be written is told where it matters.
        with suppress(OSError):
            target.parent.mkdir(exist_ok=True)
            replace_whole(target, json.dumps(content, ensure_ascii=False))

    def is_unchanged(self, data: Path, made: Made, setup: Setup) -> bool:
        """Whether a packet need not be made again.

        Args:
            data: the data file.
            made: the packet, as the stamp keeps it.
            setup: what it would be made with now.
        """
        return (
            made.setup == setup.digest(made.code)
            and all(_digest_now(data.parent, name) == sha256 for name, sha256 in made.inputs.items())
            and self._stands(made)
        )

    def _stands(self, made: Made) -> bool:
        folder = self._root / made.folder
        try:
            if not self._settings.verify and outputs_of(folder) == made.outputs:
                return True
            archive = folder.parent / f"{folder.name}.zip"
            if folder.is_symlink() or archive.is_symlink() or not archive.is_file():
                return False
            return (
                sha256_of(folder / MANIFEST) == made.manifest
                and not changed_files(folder)
                and not changed_files(archive)
            )
        except OSError:
            return False


def made_from(
    root: Path, code: str, setup: str, folder: str, inputs: Mapping[str, str | None], facts: Mapping[str, Any]
) -> Made:
    """What a stamp keeps of a packet that was just published.

    Args:
        root: the output folder.
        code: the programme.
        setup: digest of what it was made with.
        folder: the packet's folder, relative to the output folder.
        inputs: as in Made.
        facts: as in Made.

    Raises:
        OSError: the packet cannot be read.
    """
    packet = root.resolve() / folder
    return Made(code, setup, folder, inputs, sha256_of(packet / MANIFEST), outputs_of(packet), facts)


def outputs_of(folder: Path) -> dict[str, tuple[int, int]]:
    """Size and time of change of every file of a packet and of its archive.

    Raises:
        OSError: one of them is not there.
    """
    archive = folder.parent / f"{folder.name}.zip"
    status = archive.stat(follow_symlinks=False)
    found = {archive.name: (status.st_size, status.st_mtime_ns)}
    waiting = [folder]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(Path(entry.path))
                    continue
                status = entry.stat(follow_symlinks=False)
                name = Path(entry.path).relative_to(folder.parent).as_posix()
                found[name] = (status.st_size, status.st_mtime_ns)
    return found


def _digest_now(folder: Path, name: str) -> str | None:
    """The digest of an input as it is now: a file, or an organisation of a library."""
    try:
        return sha256_of(folder / name)
    except OSError:
        if MARK not in name:
            return None
    from generator.readers.unit_library import digest_in

    return digest_in(folder, name)


def _tree(folder: Path) -> list[list[str]]:
    """Every file below a folder with its sha256; hidden files and lock files of office programs are left out."""
    return [
        [path.relative_to(folder).as_posix(), sha256_of(path)]
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith((".", "~$"))
    ]


def _digest_of(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()
