"""Whatever is wrong with a data file is told in words that people know: no name of the program's, nothing twice."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.errors import DataError
from generator.model.judgement import Judgement
from generator.model.notices import notice_texts
from generator.workflows.check import check
from generator.workflows.workspace import Workspace
from tests.wording import faults

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "data").glob("*-20??.yaml"))
_LINE = re.compile(r"^(?P<lead>\s*(?:- )?)(?P<key>[^\s:#\-][^:]*):(?P<value> .*)?$")
_PUT_RIGHT = re.compile(r"请改为“[a-z_]+”")
# A key is written twice before the file is known to be ours: it is told as the file has it.
_WRITTEN_TWICE = re.compile(r"字段“\w+”写了两次")
_WRONG = [
    "", " 待定", " 乱写的", " -86000", " 0", " 150%", " 2.5", " 三年", " 9999-99-99", " 2225-06-20", " 20250701", " [1, 2]",
    " {甲: 乙}", " 联络002", " 8.6亿元人民币", " 1.12万美元", " 高校", " 领头的", " 911O0000MA0O1AQ23X", " 9.14103E+17",
    " 无", " —", " 是的吧", " 海南省海口市", " '=TODAY()'", " 某某@", " '\u200d'", " 人民币大概三百万", " XXX", " 第 1 个",
]  # fmt: skip


def spoilt(text: str, chance: random.Random, slips: int) -> tuple[str, list[str]]:
    """A data file with some lines changed as people change them, and what they wrote."""
    lines = text.split("\n")
    pairs = [at for at, line in enumerate(lines) if _LINE.match(line)]
    given: list[str] = []
    for at in chance.sample(pairs, slips):
        found = _LINE.match(lines[at])
        assert found
        key, value = found["key"], found["value"] or ""
        what = chance.randrange(5)
        if what == 0:
            key = key[:-1] + chance.choice(["", "甲", "z"])
        elif what == 1 and value:
            key = ""
        else:
            value = chance.choice(_WRONG)
        lines[at] = f"{found['lead']}{key}:{value}" if key else ""
        given += [key, value.strip(" '[]{}")]
    return "\n".join(lines), given


def told(judgement: Judgement) -> Iterator[str]:
    yield from map(str, judgement.dataset.problems)
    yield from notice_texts(judgement.dataset.notices)
    yield from map(str, judgement.absent)
    yield from map(str, judgement.lost)
    yield from judgement.obstacles
    yield judgement.conclusion
    for finding in judgement.findings:
        yield finding.message
        yield str(finding.place or "")
        yield finding.because


def wrong(path: Path, tmp_path: Path, seeds: range) -> Iterator[str]:
    code = re.sub(r"^(\w+)-", r"\1/", path.stem)
    text = path.read_text(encoding="utf-8")
    official = (ROOT / "templates" / code / "programme.yaml").read_text(encoding="utf-8")
    words = re.findall(r"[A-Za-z][A-Za-z0-9+.-]*", text + official)
    file = tmp_path / "数据.yaml"
    workspace = Workspace()
    for seed in seeds:
        changed, given = spoilt(text, random.Random(seed), 1 + seed % 4)
        file.write_text(changed, encoding="utf-8")
        try:
            messages = [*told(check(workspace, file, [code]).judgements[0])]
        except DataError as error:
            messages = str(error).split("\n")
        for message in messages:
            # A key that is written in English is put right in English.
            own = _WRITTEN_TWICE.sub("写了两次", _PUT_RIGHT.sub("请改正", message))
            yield from (f"{seed}: {fault}: {message}" for fault in faults(own, [*given, *words]))


@pytest.mark.parametrize("path", FILES[:1], ids=lambda path: path.stem)
def test_every_message_is_worded_for_people(path: Path, tmp_path: Path) -> None:
    assert not list(wrong(path, tmp_path, range(2)))


@pytest.mark.thorough
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_message_is_worded_for_people_over_many_files(path: Path, tmp_path: Path) -> None:
    assert not list(wrong(path, tmp_path, range(2, 48)))
