"""What is measured: the shipped example, in as many versions as wanted, and its packet's steps."""

from __future__ import annotations

import itertools
import re
from functools import cache
from pathlib import Path

from generator.base.files import shipped
from generator.model.catalogue import Catalogue
from generator.model.programme import Programme
from generator.packet.assessment import Order, begin
from generator.packet.parts import Job
from generator.packet.session import Session
from generator.readers.source_file import Source, read_source

CODE = "henan/consortium-2022"
EXAMPLE = shipped("data") / "henan-consortium-2022.yaml"
_WORDS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
_NAMES = re.compile(r"(研究院|研究所|大学|学院|有限公司|中心|创新联合体)")


@cache
def subject() -> tuple[Programme, Session]:
    catalogue = Catalogue(None)
    return catalogue.load(CODE), Session(catalogue, "typst")


def version(number: int) -> str:
    """The example with every name of an organisation and every passage changed."""
    word = "".join(next(itertools.islice(itertools.product(_WORDS, repeat=3), number, None)))
    text = EXAMPLE.read_text(encoding="utf-8")
    return _NAMES.sub(rf"{word}\1", text).replace("。", f"（{word}）。")


def versions(folder: Path, count: int) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{number:04}.yaml" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_text(version(number), encoding="utf-8")
    return paths


def source(folder: Path, number: int) -> Source:
    path = folder / f"{number:04}.yaml"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(version(number), encoding="utf-8")
    return read_source(path)


def job(folder: Path, number: int) -> Job:
    programme, session = subject()
    return begin(source(folder, number), programme, Order("signing"), session)
