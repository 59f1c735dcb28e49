"""Finding programmes: the built-in folder and a user's own, and reading the file that describes each."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from pydantic import BaseModel, ValidationError

from generator.base.characters import refused_character, visible
from generator.base.files import data_folder, shipped, why_refused
from generator.base.tree import Entries, places, plain, scalars
from generator.errors import OutputError, Place, Problem, ProgrammeError, UsageError
from generator.model.faults import REMEDY, problems_of
from generator.model.kept_models import Model, load_model, store_model
from generator.model.programme import CommonDocuments, Condition, Document, Figure, Programme, Words
from generator.model.programme_file import (
    REPLACE,
    file_bytes,
    programme_file,
    programme_files,
    read_file,
    shown_name,
    tree_of,
)

COMMON = "common"
# Of a region's name the first characters tell it from the others; half of them right is nearly right.
_REGION = 2
_ALIKE = 0.5


class CommonRules(BaseModel):
    """What holds for every programme: consistency of the data, in the programmes' own format."""

    model_config = {"extra": "forbid", "frozen": True, "defer_build": True}

    figures: dict[str, Figure] = {}
    conditions: tuple[Condition, ...] = ()


@dataclass(slots=True)
class Catalogue:
    """The programmes that can be used, by code (``<province>/<programme>``); from several threads at once.

    Args:
        extra: a user's templates folder; its programmes go before all others of the same code.
        installed: where packs are installed, whose programmes go before built-in ones; by default this user's folder.
    """

    extra: Path | None = None
    installed: Path | None = None
    _loaded: dict[str, Programme] = field(default_factory=dict)
    _words: Words | None = None
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    def roots(self) -> list[Path]:
        """The folders searched, the user's first.

        Raises:
            UsageError: the user's folder does not exist.
        """
        extra = self.extra
        if extra is not None and not extra.is_dir():
            raise UsageError(f"模板目录“{extra}”不存在", "核对 --templates 或环境变量 LIANHETI_TEMPLATES")
        installed = self.installed or _installed_root()
        return [
            *([extra] if extra else []),
            *([installed] if installed is not None and installed.is_dir() else []),
            shipped("templates"),
        ]

    def folders(self) -> dict[str, Path]:
        """Every programme's folder by code, sorted."""
        found: dict[str, Path] = {}
        for root in self.roots():
            for path in programme_files(root):
                found.setdefault("/".join(path.parent.parts[-2:]), path.parent)
        return dict(sorted(found.items()))

    def load(self, code: str) -> Programme:
        """The programme with a code.

        Raises:
            UsageError: there is none; names the nearest.
            ProgrammeError: its file is at fault, with file and line.
        """
        folder = self._folder(code)
        # Every thread gets the same object: what is compiled from it is compiled once.
        with self._lock:
            if code not in self._loaded:
                self._loaded[code] = load_programme(folder, self.words())
            return self._loaded[code]

    def _folder(self, code: str) -> Path:
        folders = self.folders()
        if code not in folders:
            near = self._named_alike(code) or difflib.get_close_matches(code, folders, n=2, cutoff=0.4)
            hint = f"改写成{'或'.join(f' {one} ' for one in near)}，或" if near else ""
            raise UsageError(f"没有方案“{code}”", f"{hint}用 lianheti programmes 查看全部方案的代码")
        return folders[code]

    def _named_alike(self, words: str) -> list[str]:
        """The codes of programmes whose title, short title or region a person may have meant."""
        if words.isascii():
            return []
        names = {
            code: (programme.title, programme.short_title, programme.region)
            for code, programme in self.all().items()
        }
        if within := [code for code, named in names.items() if any(words in name for name in named)]:
            return within
        others = (
            short for full, (short, *_) in self.words().provinces.items() if full not in self._regions()
        )
        if words.startswith(tuple(others)):
            # Another region, rightly written; of that there is none.
            return []
        likeness = {
            code: max(_likeness(words, name, named[-1]) for name in named) for code, named in names.items()
        }
        best = max(likeness.values(), default=0)
        return [code for code, like in likeness.items() if like == best > 0]

    def _regions(self) -> set[str]:
        return {programme.region for programme in self.all().values()}

    def all(self) -> dict[str, Programme]:
        """Every programme by code.

        Raises:
            ProgrammeError: one of them is at fault.
        """
        return {code: self.load(code) for code in self.folders()}

    def common(self, name: str) -> Path:
        """A file that every programme shares, the user's before the built-in one.

        Raises:
            ProgrammeError: neither has it.
        """
        for root in self.roots():
            path = root / COMMON / name
            if why := why_refused(root / COMMON, name):
                raise ProgrammeError(f"公用模板文件 {COMMON}/{name} {why}", REPLACE)
            if path.is_file():
                return path
        raise ProgrammeError(
            f"缺少公用模板文件 {COMMON}/{name}", "重新安装本程序，或在模板目录中补上这个文件"
        )

    def words(self) -> Words:
        """What people write for things that have one name."""
        if self._words is None:
            self._words = read_model(Words, self.common("words.yaml"))
        return self._words

    def common_documents(self) -> tuple[Document, ...]:
        """The documents of ours that any programme or dataset can choose."""
        return read_model(CommonDocuments, self.common("documents.yaml")).documents

    def common_rules(self) -> CommonRules:
        """The conditions that hold for every programme."""
        return read_model(CommonRules, self.common("rules.yaml"))


def _likeness(words: str, name: str, region: str) -> float:
    """How much words are like a programme's name, from 0 to 1; 0 where they begin with the name of another region."""
    short = region[:_REGION]
    if difflib.SequenceMatcher(None, words[:_REGION], short).ratio() < _ALIKE:
        # Without its region in front; a name that begins with another one is another programme's.
        name = name.removeprefix(region).removeprefix(short)
        if name[:1] != words[:1]:
            return 0
    like = max(difflib.SequenceMatcher(None, words, one).ratio() for one in (name, name[: len(words)]))
    return like if like >= _ALIKE else 0


def read_model(model: type[Model], path: Path, **more: Any) -> Model:
    """A file of a programme as a model.

    Args:
        model: what the file describes.
        path: the file, YAML or a programme's workbook.
        more: values of their fields' types that do not stand in the file.

    Raises:
        ProgrammeError: the file is missing, cannot be read, or does not fit the model; each fault with its place.
    """
    name = shown_name(path)
    data = file_bytes(path, name)
    kept = load_model(model, path.suffix, data)
    if kept is not None:
        return kept.model_copy(update=more)
    tree = tree_of(data, path.suffix, name)
    if unclean := list(_unclean(tree)):
        raise ProgrammeError("方案文件有误", REMEDY, Place(name), tuple(unclean))
    content = plain(tree)
    try:
        found = model.model_validate({**content, **more} if isinstance(content, dict) else content)
    except ValidationError as error:
        faults = tuple(problems_of(model, error, tree))
        raise ProgrammeError("方案文件有误", REMEDY, Place(name), faults) from None
    store_model(path.suffix, data, found)
    return found


def _installed_root() -> Path | None:
    """This user's folder of installed packs; None where the user has no home."""
    try:
        return data_folder("packs")
    except OutputError:
        return None


def load_programme(folder: Path, words: Words | None = None) -> Programme:
    """The programme that a folder describes, in ``programme.yaml`` or ``programme.xlsx``.

    Args:
        folder: the folder.
        words: the common words; the programme's own synonyms go before them.

    Raises:
        ProgrammeError: its file is at fault, with the place; or there are both.
    """
    file = programme_file(folder)
    programme = read_model(Programme, file, folder=folder, file_name=file.name)
    if refused := list(_refused_templates(programme)):
        raise ProgrammeError("方案文件有误", REMEDY, problems=tuple(refused))
    common = words or Words()
    choices = {**common.choices, **programme.synonyms}
    programme = programme.model_copy(update={"words": common.model_copy(update={"choices": choices})})
    code = "/".join(folder.resolve().parts[-2:])
    if programme.code != code:
        raise ProgrammeError(
            f"code 写的是“{programme.code}”，与所在目录“{code}”不一致",
            "让二者一致",
            Place(f"{code}/{file.name}"),
        )
    try:
        _ = programme.model
    except ValueError as error:
        raise ProgrammeError(str(error), "改正 fields 中的声明", Place(f"{code}/{file.name}")) from None
    return programme


def _refused_templates(programme: Programme) -> Iterator[Problem]:
    """Templates that are not read, as they lie outside the programme's folder or are no plain files."""
    file = "/".join((*programme.folder.parts[-2:], programme.file_name))
    lines = None
    for at, document in enumerate(programme.documents):
        named = {f"documents[{at}].template": document.template}
        for number, variant in enumerate(document.variants):
            named[f"documents[{at}].variants[{number}].template"] = variant.template
        for path, name in named.items():
            why = why_refused(programme.folder, name)
            if not why:
                continue
            lines = lines or dict(places(read_file(programme.folder / programme.file_name, file)))
            shown = visible(name if len(name) <= _LONGEST_SHOWN else f"{name[:_LONGEST_SHOWN]}…")
            yield Problem(
                f"文件“{document.title}”的模板“{shown}”{why}",
                "把模板放在方案的文件夹里，写它的文件名",
                lines.get(path, Place(file)),
                path,
            )


def _unclean(tree: Entries) -> Iterator[Problem]:
    """Texts with characters that no document can print, or that would steer the terminal they are shown on."""
    for node in scalars(tree):
        if found := refused_character(node.text):
            yield Problem(
                f"“{visible(node.text[:_LONGEST_SHOWN])}”里有{found[1]}（U+{ord(found[0]):04X}）",
                "删去这个字符后重新输入",
                node.place,
            )


_LONGEST_SHOWN = 80
