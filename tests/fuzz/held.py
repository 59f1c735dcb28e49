"""What must hold whatever is put in, and the scheme that inputs are tried with."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final

from generator.model.catalogue import Catalogue, load_programme
from generator.model.programme import Programme
from tests.pdf.word import docx, paragraph
from tests.workflows.trial_scheme import YAML as TRIAL_SCHEME

# English identifiers and Python's own words, outside of what is quoted from the input.
_OURS_ONLY: Final = re.compile(
    r"\b[a-z]+_[a-z_]+\b|\w\[\d+\]|\bNone\b|\bTraceback\b|[A-Z][a-z]+Error\b|object at 0x|<class "
)
_QUOTED: Final = re.compile(r"“[^“”]*”|‘[^‘’]*’|（标签 .*?）。|docs/[a-z-]+\.md", re.DOTALL)


class WordsError(AssertionError):
    """A message that a clerk cannot read."""


def clear(text: str) -> None:
    """Hold a message against what a person can read.

    Raises:
        WordsError: it names what only the program knows, or is empty, or not Chinese.
    """
    plain, whole = _QUOTED.sub("", text), text
    while plain != whole:
        plain, whole = _QUOTED.sub("", plain), plain
    # Where the input has quotation marks of its own, what is ours cannot be told from what is quoted.
    found = None if "“" in plain or "”" in plain else _OURS_ONLY.search(plain)
    if found or not re.search(r"[\u4e00-\u9fff]", text):
        raise WordsError(f"{found[0] if found else 'no Chinese'} in: {text!r}")


@contextmanager
def unchanged(*paths: Path) -> Iterator[None]:
    """Hold files against what they were, however the work ends.

    Raises:
        AssertionError: one is not as it was.
    """
    before = [path.read_bytes() for path in paths]
    try:
        yield
    finally:
        for path, data in zip(paths, before, strict=True):
            assert path.read_bytes() == data, f"{path.name} was changed"


@cache
def work_folder() -> Path:
    """Where inputs lie that are read from a file."""
    return Path(tempfile.mkdtemp(prefix="lianheti-fuzz-"))


@cache
def trial_programme() -> Programme:
    """A scheme of one document."""
    folder = work_folder() / "some" / "trial"
    folder.mkdir(parents=True)
    (folder / "programme.yaml").write_text(TRIAL_SCHEME, encoding="utf-8")
    (folder / "application.docx").write_bytes(docx(paragraph("甲")))
    return load_programme(folder)


@cache
def known_programmes() -> dict[str, Programme]:
    """Every scheme by its code."""
    return Catalogue().all() | {"some/trial": trial_programme()}
