"""What an opened data file says to one programme: its values, and where each one stood.

A file is read once (``source_file.read_source``) and loaded for as many programmes as wanted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from generator.base.tree import Entry, places
from generator.errors import Place, Problem
from generator.model.consortium import OF_A_FILING
from generator.model.dataset import Dataset
from generator.model.fields import FieldSpec
from generator.model.programme import Programme, Words
from generator.readers.chapters.compose import Chapters
from generator.readers.field_names import Position
from generator.readers.filings import Filings
from generator.readers.linked_files import LinkedFiles
from generator.readers.map_ids import map_keys, titles_of
from generator.readers.overlay import overlay, spell_out_none
from generator.readers.regular import Normaliser
from generator.readers.source_file import Source
from generator.readers.translate import Translator
from generator.readers.unit_library import Units
from generator.readers.validate import validated


def load(source: Source, programme: Programme | None, *, known: Mapping[str, Programme]) -> Dataset:
    """What a data file says to one programme: its base data with the programme's filing over them.

    Every fault is found in one run. Wrong values are left out of the consortium, and what is left still
    loads, so that it can be judged.

    Args:
        source: the file.
        programme: the programme; None for the base data alone.
        known: every programme by code. Fields that only they declare, and their filings, are no faults.
    """
    every = {**known, **({programme.code: programme} if programme else {})}
    position = Position.top(programme, every.values())
    titles = titles_of(programme, every)
    translator = Translator(position.part, titles, map_keys(programme, every))
    filings = Filings(every, translator)
    attached = LinkedFiles(source.folder, translator)
    units = Units(position, translator, attached.inside)
    units.open(source.root)
    translator.referred = units.split

    def outside_filings(entry: Entry, spec: FieldSpec | None) -> bool:
        if filings.take(entry) or (spec is None and units.take(entry)):
            return True
        if spec is not None and spec.name in OF_A_FILING:
            translator.wrong(spec.name, entry.place, "写在了申报之外", "移到“申报”下相应方案的里面")
            return True
        return False

    tree = translator.group(source.root, position, special=outside_filings)
    filing = filings.of(programme)
    if filing is not None:
        tree = overlay(tree, translator.group(filing, position, special=filings.refuse_nested), position.part)
    tree = spell_out_none(tree, position.part)
    tree = attached.follow(tree, position.part)
    words = programme.words if programme else next((one.words for one in every.values()), Words())
    tree = Normaliser(translator, words).fold(tree, position.part)
    consortium, tree = validated(tree, position.part, translator, _name_place(source, position))
    chapters = Chapters(source, position, attached, translator)
    consortium = chapters.composed(consortium, dict(places(tree)))
    # Wrong values were left out of the tree, but messages about them need their places too.
    wrong = {problem.path: problem.place for problem in translator.problems if problem.path}
    found = {
        **translator.blanks,
        **translator.unread,
        **wrong,
        **{path: place for path, place in places(tree) if path},
    }
    return Dataset(
        consortium,
        found,
        _in_order(translator.problems, source.name),
        source.name,
        {
            source.name: hashlib.sha256(source.data).hexdigest(),
            **dict(sorted({**attached.inputs, **units.inputs}.items())),
        },
        tuple(
            notice
            for notice in dict.fromkeys((*source.notices, *translator.notices))
            if not (notice.sort == "own" and notice.place.sheet in chapters.sheets)
        ),
        frozenset(translator.unread),
    )


def _name_place(source: Source, position: Position) -> Place:
    """Where the name should stand: at its blank key, else where the file begins."""
    for entry in source.root:
        spec = position.find(entry.key)
        if spec is not None and spec.name == "name":
            return entry.place
    return source.root.place if source.root.place.sheet else Place(source.name, 1)


def _in_order(problems: list[Problem], name: str) -> tuple[Problem, ...]:
    """Problems by their lines, those of other files last, each once."""
    unique = dict.fromkeys(problems)
    return tuple(sorted(unique, key=lambda problem: (problem.place.file != name, problem.place.line or 0)))
