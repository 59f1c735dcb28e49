"""What is fuzzed: each kind of input with its builder, which knows the kind's structure.

A target takes bytes and raises where the program does what it must not: an error that is not one of ours, words that
no clerk understands, a value that changes when it is read again, a file that is not as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from generator.base.zips import ZipRefusedError
from generator.errors import LianhetiError
from tests.fuzz.commands import command
from tests.fuzz.conditions import expression, judged
from tests.fuzz.data_files import data_yaml, value, workbook, yaml_text
from tests.fuzz.forms import form
from tests.fuzz.held import clear
from tests.fuzz.packages import archive, manifest, pack
from tests.fuzz.scans import scan
from tests.fuzz.word_files import template, word, word_package, word_xml

# How often each is tried in a row of inputs, and what part of the time it gets where time is shared out.
_TURNS: Final[dict[Callable[[bytes], None], int]] = {
    value: 1,
    yaml_text: 1,
    word_package: 1,
    manifest: 1,
    archive: 1,
    expression: 2,
    word_xml: 2,
    data_yaml: 3,
    workbook: 3,
    word: 3,
    template: 3,
    judged: 3,
    form: 3,
    pack: 2,
    scan: 2,
    command: 3,
}
TARGETS: Final[dict[str, Callable[[bytes], None]]] = {target.__name__: target for target in _TURNS}
TURNS: Final[dict[str, int]] = {target.__name__: turns for target, turns in _TURNS.items()}
_NAMES: Final = tuple(TARGETS)
_ROW: Final = tuple(name for name, turns in TURNS.items() for _ in range(turns))


def target_of(data: bytes, among: Sequence[str]) -> str:
    """The target of an input: its first byte chooses.

    A small byte names a target by its number, so that inputs that are kept stay what they were when targets are added
    at the end; any other takes the target whose turn it is.

    Args:
        data: the input.
        among: the targets that are tried; the input of one that is not is one of theirs.
    """
    first = data[0] if data else 0
    name = _NAMES[first] if first < len(_NAMES) else _ROW[first % len(_ROW)]
    return name if name in among else among[first % len(among)]


def named(name: str, data: bytes) -> bytes:
    """An input that is the target's, whatever is tried with it.

    Args:
        name: the target.
        data: what the builder decides by.
    """
    return bytes([_NAMES.index(name)]) + data


def run_one(name: str, data: bytes) -> bool:
    """Try one input.

    Args:
        name: the target.
        data: the input; what is built is decided by all but its first byte.

    Returns:
        Whether it was taken; False where it was refused in words.

    Raises:
        Exception: whatever the program must not do.
    """
    try:
        TARGETS[name](data[1:])
    except LianhetiError as error:
        clear(str(error))
        return False
    except ZipRefusedError:
        return False
    return True
