"""Drafting advice for clauses and sections, official words and our own, as ``guidance.yaml`` gives it.

A programme's ``guidance.yaml`` gives each bookmarked heading (``clause.<id>``, ``section.<id>``) its hints: words of the
scheme's own with their source, or topics of the shared texts in ``common/guidance/``. So one text serves the
agreements of every scheme. A draft shows them as Word comments (``generator.rendering.comments``).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field, model_validator

from generator.base.ooxml.bookmarks import anchors
from generator.base.tree import Entries, places
from generator.errors import Place, Problem, ProgrammeError
from generator.model.catalogue import COMMON, Catalogue, read_model
from generator.model.programme import Programme

FILE = "guidance.yaml"
FOLDER = "guidance"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Topic(_Model):
    """One matter of a shared text: what it says, and under which clause of its source."""

    clause: str = ""
    text: str


class SharedGuidance(_Model):
    """A file of ``common/guidance/``. Without a source the words are our own."""

    schema_version: int = Field(alias="schema")
    source: str = ""
    topics: dict[str, Topic]


class Hint(_Model):
    """One entry of an anchor: words of its own, official where they have a source, or topics."""

    source: str = ""
    text: str = ""
    topics: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_of_both(self) -> Hint:
        if bool(self.text) == bool(self.topics):
            raise ValueError("text 和 topics 要写且只写一项")
        if self.source and self.topics:
            raise ValueError("topics 的来源写在公用文件里，这里不写 source")
        return self


class Guidance(_Model):
    """A programme's ``guidance.yaml``."""

    schema_version: int = Field(alias="schema")
    anchors: dict[str, tuple[Hint, ...]]


class Note(Struct, frozen=True):
    """What stands beside one heading.

    Attributes:
        source: where the words come from; empty where they are our own.
        text: the words; each line a paragraph.
    """

    source: str
    text: str


def guidance_of(programme: Programme, catalogue: Catalogue) -> dict[str, tuple[Note, ...]]:
    """A programme's notes by anchor, its topics put in; none where it has no ``guidance.yaml``.

    Raises:
        ProgrammeError: a file is at fault, or a topic is not known; with the file and line.
    """
    path = programme.folder / FILE
    if not path.is_file():
        return {}
    guidance = read_model(Guidance, path)
    topics = shared_topics(catalogue)
    for problem in _unknown_topics(guidance, topics, path):
        raise ProgrammeError(problem.message, problem.remedy, problem.place)
    return {
        anchor: tuple(note for hint in hints for note in _notes(hint, topics))
        for anchor, hints in guidance.anchors.items()
    }


def shared_topics(catalogue: Catalogue) -> dict[str, Note]:
    """The topics of every file in ``common/guidance/``, a user's files before built-in ones of the same name.

    Raises:
        ProgrammeError: a file is at fault, or two files have the same topic.
    """
    files: dict[str, Path] = {}
    for root in catalogue.roots():
        for path in sorted((root / COMMON / FOLDER).glob("*.yaml")):
            files.setdefault(path.name, path)
    found: dict[str, Note] = {}
    for name, path in sorted(files.items()):
        shared = read_model(SharedGuidance, path)
        for topic_id, topic in shared.topics.items():
            if topic_id in found:
                raise ProgrammeError(
                    f"主题“{topic_id}”在别的文件里已经有了", "换一个编号", Place(f"{COMMON}/{FOLDER}/{name}")
                )
            found[topic_id] = Note(f"{shared.source}{topic.clause}", topic.text.strip())
    return found


def guidance_problems(programme: Programme, catalogue: Catalogue) -> tuple[Problem, ...]:
    """Everything wrong with a programme's ``guidance.yaml``: unknown topics, anchors that no template has.

    Raises:
        ProgrammeError: a file can't be read as what it should be.
    """
    path = programme.folder / FILE
    if not path.is_file():
        return ()
    guidance = read_model(Guidance, path)
    known = {
        f"{anchor.kind}.{anchor.id}"
        for document in programme.documents
        for name in (document.template, *(variant.template for variant in document.variants))
        for anchor in anchors(programme.folder / name)
    }
    lines = _Lines(path)
    lost = [
        Problem(
            f"各模板里都没有书签“{anchor}”", "改正书签名，或删去这一项", lines(f"anchors.{anchor}"), anchor
        )
        for anchor in guidance.anchors
        if anchor not in known
    ]
    return (*_unknown_topics(guidance, shared_topics(catalogue), path), *lost)


def _notes(hint: Hint, topics: dict[str, Note]) -> Iterator[Note]:
    if hint.text:
        yield Note(hint.source, hint.text.strip())
    yield from (topics[topic] for topic in hint.topics)


def _unknown_topics(guidance: Guidance, topics: dict[str, Note], path: Path) -> Iterator[Problem]:
    lines = _Lines(path)
    for anchor, hints in guidance.anchors.items():
        for at, hint in enumerate(hints):
            for topic in hint.topics:
                if topic not in topics:
                    where = f"anchors.{anchor}[{at}].topics"
                    remedy = f"改用公用文件里有的：{'、'.join(topics)}"
                    yield Problem(f"没有主题“{topic}”", remedy, lines(where), where)


class _Lines:
    """Where the entries of a YAML file stand; the file is read when the first is asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._name = "/".join(path.parts[-3:])
        self._places: dict[str, Place] | None = None

    def __call__(self, entry: str) -> Place:
        if self._places is None:
            from generator.base.yaml import read_yaml

            tree: Entries = read_yaml(self._path.read_bytes(), self._name)
            self._places = dict(places(tree))
        return self._places.get(entry, Place(self._name))
