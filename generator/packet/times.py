"""The time that stands in every file of a packet.

The clock is never asked, so that the same input gives the same bytes.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Final

from generator.errors import UsageError
from generator.model.dataset import Dataset

FIXED_TIME: Final = datetime(2022, 1, 1, tzinfo=UTC)
_EARLIEST_IN_ZIP: Final = 1980
_ENVIRONMENT: Final = "SOURCE_DATE_EPOCH"


def time_given() -> datetime | None:
    """The time that the environment gives, by ``SOURCE_DATE_EPOCH``; None where it gives none.

    Raises:
        UsageError: it is no time of this calendar.
    """
    seconds = os.environ.get(_ENVIRONMENT, "")
    if not seconds.isdecimal():
        return None
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        raise UsageError(
            f"环境变量 {_ENVIRONMENT} 的值 {seconds[:40]} 不是一个时间",
            "写 1970 年以来的秒数，或去掉这个环境变量",
        ) from None


def time_of(dataset: Dataset, given: datetime | None) -> datetime:
    """The time of what is made from a dataset: the one given, else its filing date, else a fixed one."""
    if given is not None:
        return given
    day = dataset.consortium.filing_date
    if day is not None and day.year >= _EARLIEST_IN_ZIP:
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    return FIXED_TIME
