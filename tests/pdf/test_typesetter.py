"""The typesetter: when documents are read and typeset, and where a failure is raised."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier, Event, current_thread
from typing import Any

import pytest

from generator.errors import PdfError, ProgrammeError, UsageError
from generator.pdf.engine import Engine, PdfDocument, PdfInfo
from generator.pdf.engines import open as engines
from generator.pdf.engines.open import EngineKind
from generator.pdf.fonts.faces import Faces
from generator.pdf.typesetter import Typesetter

INFO = PdfInfo("标题", "某单位", datetime(2022, 1, 1, tzinfo=UTC))
UNREADABLE, UNPRINTABLE = b"unreadable", b"unprintable"
LONG = 60.0  # seconds that no test waits, unless it fails


class Slow(Engine[bytes]):
    """An engine that finishes a document only when the test says so."""

    name = "slow"
    version = "1"

    def __init__(self) -> None:
        self.go_on = Event()
        self.closed = False
        self.readers: list[str] = []

    def read(self, docx: bytes, info: PdfInfo, parts: Mapping[str, bytes] | None = None) -> bytes:
        self.readers.append(current_thread().name)
        if docx == UNREADABLE:
            raise ProgrammeError("文档里有印不出来的内容")
        return docx

    def typeset(self, read: bytes) -> PdfDocument:
        assert self.go_on.wait(LONG)
        if read == UNPRINTABLE:
            raise PdfError("排版失败")
        return PdfDocument(read, 1, (), (), ())

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Slow]:
    """The engines that were opened, in place of every other."""
    found: list[Slow] = []

    def open_slow(_: Faces) -> Engine[Any]:
        found.append(Slow())
        return found[-1]

    monkeypatch.setattr(engines, "ENGINES", {"slow": EngineKind(open_slow, at_once=1)})
    return found


def slow(*, overlap: bool = True) -> Typesetter:
    return Typesetter("slow", overlap=overlap)  # type: ignore[arg-type]  # the engine of these tests


def test_the_caller_goes_on_while_a_document_is_typeset(opened: list[Slow]) -> None:
    with slow() as typesetter:
        first, second = (typesetter.submit(docx, INFO) for docx in (b"1", b"2"))
        assert not first.done()
        assert opened[0].readers == [current_thread().name] * 2
        opened[0].go_on.set()
        assert [first.result(LONG).pdf, second.result(LONG).pdf] == [b"1", b"2"]


def test_without_overlap_a_document_is_done_when_it_is_handed_back(opened: list[Slow]) -> None:
    with slow(overlap=False) as typesetter:
        typesetter.engine.go_on.set()  # type: ignore[attr-defined]  # the engine of these tests
        assert typesetter.submit(b"1", INFO).done()


def test_what_cannot_be_printed_is_told_at_once_and_what_fails_when_it_is_collected(
    opened: list[Slow],
) -> None:
    with slow() as typesetter:
        with pytest.raises(ProgrammeError, match="印不出来"):
            typesetter.submit(UNREADABLE, INFO)
        opened[0].go_on.set()
        failing, whole = (typesetter.submit(docx, INFO) for docx in (UNPRINTABLE, b"1"))
        with pytest.raises(PdfError, match="排版失败"):
            failing.result(LONG)
        assert whole.result(LONG).pdf == b"1"


def test_many_threads_share_one_engine_that_is_closed_with_the_typesetter(opened: list[Slow]) -> None:
    together = Barrier(8)

    def made(number: int) -> bytes:
        together.wait(LONG)
        typesetter.engine.go_on.set()  # type: ignore[attr-defined]  # the engine of these tests
        return typesetter.submit(b"%d" % number, INFO).result(LONG).pdf

    with slow() as typesetter, ThreadPoolExecutor(8) as threads:
        assert list(threads.map(made, range(8))) == [b"%d" % number for number in range(8)]
        assert [engine.closed for engine in opened] == [False]
    assert [engine.closed for engine in opened] == [True]


def test_an_engine_that_nobody_knows_is_refused() -> None:
    with pytest.raises(UsageError, match="没有名为“word”的 PDF 引擎"):
        Typesetter("word")  # type: ignore[arg-type]  # the point of the test
