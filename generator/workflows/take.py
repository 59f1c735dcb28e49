"""What a person changed in a packet's Word files, offered to the data, and taken into a new data file by field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from generator.base.files import write_new
from generator.errors import Place, UsageError
from generator.model.paths import given, steps, title_of
from generator.model.value_kinds import Stated
from generator.packet.data_copy import PATH as DATA
from generator.packet.documents import Filled
from generator.packet.parts import Job
from generator.readers.source_file import read_source
from generator.returns.forms.edits import edits_of
from generator.returns.forms.reading import FormReader
from generator.returns.forms.template_pattern import pattern_of
from generator.workflows.data_files import check_suffix, written
from generator.workflows.workspace import Workspace
from generator.writers.content import Content, read_content

ALL: Final = "全部"


class Offer(Struct, frozen=True):
    """A change in a Word file that the data can take.

    Attributes:
        document: the document's title.
        path: the field's path.
        title: its name in Chinese.
        was: what the data say.
        now: what the Word file says.
        place: where it says so.
        why: why that may be wrong; empty where it is sure.
    """

    document: str
    path: str
    title: str
    was: str
    now: str
    place: str
    why: str


class Offered(Struct, frozen=True):
    """What one Word file offers.

    Attributes:
        offers: changes of values.
        only_there: changes that stay in Word alone, each a clause: lists that have more or fewer items.
    """

    offers: tuple[Offer, ...]
    only_there: tuple[str, ...]


def offered(job: Job, filled: Filled, edited: bytes) -> Offered:
    """What a person changed in a document, as values of the data.

    Args:
        job: what the packet is made from.
        filled: the document as it was filled.
        edited: the DOCX as it is now.

    Raises:
        ProgrammeError: the template is at fault, or the DOCX is damaged.
    """
    programme, document = job.programme, filled.document
    if document not in programme.documents or document.rollup is not None:
        return Offered((), ())
    prepared = job.session.templates.template_of(programme, document, job.dataset.consortium)
    pattern = pattern_of(prepared.template.parts, programme, document)
    provinces = [name for full, short in programme.words.provinces.items() for name in (full, *short)]
    data = {path: _text(spec.kind, value) for path, spec, value in given(job.dataset.consortium)}
    found = edits_of(FormReader(pattern, provinces), filled.rendered.docx, edited, programme.model, data)

    def title(path: str) -> str:
        return title_of(programme.model, path, programme.titles)

    offers = tuple(
        Offer(document.title, one.path, title(one.path), one.was, one.now, one.place, one.why)
        for one in found.values
    )
    lists = tuple(
        f"《{document.title}》的列表{title(path)}原来印 {before} 项，现在有 {after} 项，增减的项要在数据里改"
        for path, (before, after) in found.lists.items()
    )
    return Offered(offers, lists)


def _text(kind: Any, value: Any) -> str:
    if isinstance(value, Stated):
        return value.value
    return value if isinstance(value, str) or kind is None else str(kind.write(value))


def chosen(offers: Sequence[Offer], wanted: Sequence[str]) -> list[Offer]:
    """The offers that a person wants, by path or Chinese name; ``ALL`` for all that are sure.

    Raises:
        UsageError: there is no such offer, or two documents offer different values of one field.
    """
    found: dict[str, Offer] = {}
    for name in wanted:
        picked = list(_picked(offers, name))
        if not picked:
            raise UsageError(f"没有可以取回的改动“{name}”", "先用 --changes 列出改动，照列出的名称写")
        for one in picked:
            other = found.setdefault(one.path, one)
            if other.now != one.now:
                raise UsageError(
                    f"{one.title}在《{other.document}》里改成“{other.now}”，在《{one.document}》里改成“{one.now}”",
                    "先在 Word 里把两处改一致",
                )
    return list(found.values())


def _picked(offers: Sequence[Offer], name: str) -> Iterator[Offer]:
    for one in offers:
        if (name == ALL and not one.why) or name in {one.path, one.title, one.title.strip("“”")}:
            yield one


def take(workspace: Workspace, folder: Path, code: str, offers: Sequence[Offer], target: Path) -> Path:
    """A new data file: the packet's data with the values of some offers.

    Args:
        workspace: the programmes.
        folder: the packet's folder; its own data are not touched.
        code: the packet's programme.
        offers: what to take, as ``chosen`` gives it.
        target: the new file; its suffix says the format.

    Raises:
        DataError: the packet's data cannot be read.
        UsageError: the suffix says no format.
        OutputError: the file is there already, or cannot be written.
    """
    check_suffix(target)
    source = read_source(folder / DATA)
    known = workspace.catalogue.all()
    programme = known[code]
    content = read_content(source, programme, known)
    for offer in offers:
        _put(content.base, offer.path, offer.now, Place(source.name))
    with workspace.session() as session:
        filings = {code: {}, **content.filings}
        data = written(Content(content.base, filings, content.extra), programme, target, session, None)
    write_new(target, data)
    return target


def _put(tree: dict[str, Any], path: str, text: str, place: Place) -> None:
    """Put a text where a path leads; groups on the way are there, as the value was given before."""
    here: Any = tree
    *way, (last, index) = steps(path)
    for name, number in way:
        here = here[name] if number is None else here[name][int(number)]
        if isinstance(here, str):
            # A passage that is its text alone.
            here = None
            break
    if here is None:
        _put(tree, path.rpartition(".")[0], text, place)
    elif index is None:
        here[last] = text
    else:
        here[last][int(index)] = text
