"""Work in a process of its own: what it gives and raises comes back, and where it ends, only it ends."""

from __future__ import annotations

import os
import sys
import time

import pytest

from generator.base import apart as module
from generator.base.apart import ApartError, apart


def test_what_it_gives_and_raises_comes_back() -> None:
    assert apart(sorted, [3, 1, 2], reverse=True) == [3, 2, 1]
    assert apart(os.getpid) != os.getpid()
    with pytest.raises(ValueError, match="invalid literal"):
        apart(int, "x")


def test_one_process_serves_many_and_another_follows_one_that_ended() -> None:
    first = apart(os.getpid)
    assert apart(os.getpid) == first
    with pytest.raises(ApartError) as error:
        apart(os.abort)
    assert error.value.why == "ended"
    assert apart(os.getpid) != first


def test_work_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS", 0.2)
    with pytest.raises(ApartError) as error:
        apart(time.sleep, 600)
    assert error.value.why == "time"


@pytest.mark.skipif(sys.platform != "linux", reason="只有 Linux 能限制内存")
def test_work_that_takes_all_memory_is_refused_it() -> None:
    with pytest.raises(ApartError) as error:
        apart(bytes, 2_000_000_000)
    assert error.value.why == "memory"
    assert apart(len, "abc") == len("abc")


def test_what_a_library_prints_is_no_answer() -> None:
    assert apart(os.write, 1, b"noise") == len(b"noise")
