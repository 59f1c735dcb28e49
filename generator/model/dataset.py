"""A dataset: one data file as loaded for one programme, with where each value stood."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct, field

from generator.errors import Place, Problem
from generator.model.consortium import Consortium
from generator.model.notices import Notice


class Dataset(Struct, frozen=True):
    """What a data file says to one programme.

    Attributes:
        consortium: the effective model: base data with the programme's filing over it.
        places: where each value stood, by exact path; groups and lists have places too.
        problems: values that could not be read, in the file's order. They are absent in ``consortium``.
        notices: what a person should know of how the data were read.
        file: the data file's name as the person gave it.
        inputs: sha256 of every file that went in (the data file, text files, attachments), by name
            relative to the data file's folder.
        unread: paths whose values were given but not read, for a fault that is told once at its root.
    """

    consortium: Consortium
    places: Mapping[str, Place]
    problems: tuple[Problem, ...] = ()
    file: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    unread: frozenset[str] = frozenset()

    def place(self, path: str) -> Place:
        """Where a value stands, or for one that is absent, where what should hold it stands."""
        here = path
        while here:
            if here in self.places:
                return self.places[here]
            here = re.sub(r"(\.[^.\[\]]+|\[\d*\]|^[^.\[\]]+)$", "", here)
        return Place(self.file)

    def is_wrong(self, path: str) -> bool:
        """Whether a value, or what holds it, was given but is wrong."""
        wrong = self.wrong
        while path and wrong:
            if path in wrong:
                return True
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return False

    @property
    def wrong(self) -> frozenset[str]:
        """The paths whose values were wrong, as against not given."""
        return frozenset(problem.path for problem in self.problems) | self.unread
