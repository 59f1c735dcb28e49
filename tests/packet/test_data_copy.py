"""The data file inside a packet: the programme sees the same data in it as in the original."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.model.catalogue import Catalogue
from generator.model.consortium import Consortium
from generator.packet.assessment import Order, assess
from generator.packet.data_copy import data_copy
from generator.packet.parts import Job
from generator.packet.session import Session
from generator.readers.load import load
from generator.readers.source_file import read_source
from tests.pace import first_quickly
from tests.packet.making import PLAIN, ROOT, example
from tests.packet.records import record, source_of, text_ids

CODES = list(Catalogue().folders())


def loaded_again(session: Session, folder: Path, job: Job) -> Consortium:
    path = folder / "data.yaml"
    path.write_bytes(data_copy(job)[0].data)
    dataset = load(read_source(path), job.programme, known=session.catalogue.all())
    assert dataset.problems == ()
    return dataset.consortium


@pytest.mark.parametrize("code", CODES)
def test_an_example_comes_back_as_it_was(words_only: Session, tmp_path: Path, code: str) -> None:
    source = read_source(ROOT / "data" / f"{code.replace('/', '-')}.yaml")
    job = assess(source, words_only.catalogue.load(code), Order(), words_only)
    assert loaded_again(words_only, tmp_path, job) == job.dataset.consortium


@pytest.mark.parametrize("number", first_quickly(range(8)))
@pytest.mark.parametrize("code", CODES)
def test_whatever_can_be_given_comes_back_as_it_was(
    words_only: Session, tmp_path: Path, code: str, number: int
) -> None:
    programme = words_only.catalogue.load(code)
    source = source_of(record(programme.model, text_ids(programme), number))
    job = assess(source, programme, Order(), words_only)
    assert loaded_again(words_only, tmp_path, job) == job.dataset.consortium


def test_filings_accepted_reasons_and_texts_from_files_are_in_it(words_only: Session, tmp_path: Path) -> None:
    (tmp_path / "成效.txt").write_text("已有的合作。\n第二段。\n", encoding="utf-8")
    more = (
        f"filings:\n  {PLAIN}:\n    recommender: 新乡市科学技术局\n"
        "    plan: {sections: {background: {file: 成效.txt}}}\n"
        "    accepted: [{rule: downstream-share, reason: 已说明}]\n"
    )
    data = example(tmp_path, PLAIN, ("kind: 企业\n    chain: 中游", "kind: 企业\n    chain: 上游"), more=more)
    job = assess(read_source(data), words_only.catalogue.load(PLAIN), Order(), words_only)
    consortium = loaded_again(words_only, tmp_path, job)
    assert consortium.recommender == "新乡市科学技术局"
    assert consortium.plan is not None
    assert consortium.plan.sections is not None
    assert consortium.plan.sections["background"].text == "已有的合作。\n第二段。"
