"""What became of each packet of a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from msgspec import Struct
from msgspec.structs import asdict

from generator.errors import DataError, ExitCode, LianhetiError

State = Literal["made", "same", "unchanged", "failed", "duplicate"]
STATES: Final[Mapping[State, str]] = {
    "made": "已生成",
    "same": "结果相同",
    "unchanged": "未变，跳过",
    "failed": "失败",
    "duplicate": "重名",
}
INTERNAL: Final = 70


class Result(Struct, frozen=True):
    """One packet, or one data file from which none could be made.

    Attributes:
        data: the data file as the person named it.
        programme: the programme's code; None where the file could not be read so far.
        state: ``made``; ``same``, made again and found to stand there already; ``unchanged``, not made
            again; ``failed``; ``duplicate``, another file would write the same packet.
        packet: the packet's folder; None where there is none.
        counts: how many verdicts of each kind; None where nothing was judged.
        missing: how many values a draft marks as still to be filled in.
        pages: of the print copy; None where no PDF was made.
        seconds: how long it took.
        moved_aside: where a packet that a person had changed stands now.
        warnings: what a person should know of the packet.
        error: what went wrong, in one paragraph; empty where nothing did.
        exit_code: the kind of the error.
        where: the places that the error names.
    """

    data: str
    programme: str | None
    state: State
    packet: str | None = None
    counts: Mapping[str, int] | None = None
    missing: int = 0
    pages: int | None = None
    seconds: float = 0.0
    moved_aside: str | None = None
    warnings: Sequence[str] = ()
    error: str = ""
    exit_code: int = int(ExitCode.DONE)
    where: Sequence[Mapping[str, str | int]] = ()

    @property
    def is_good(self) -> bool:
        """Whether the packet stands as it should."""
        return self.state in {"made", "same", "unchanged"}

    def as_json(self) -> dict[str, Any]:
        """The result as a JSON object."""
        return {**asdict(self), "seconds": round(self.seconds, 3)}


class EndedError(DataError):
    """The process that made a packet was killed, by us or by the system; it may have left something half done."""


def failure(data: str, programme: str | None, error: BaseException, seconds: float = 0.0) -> Result:
    """The result that an error is, with its places.

    Args:
        data: the data file as the person named it.
        programme: the programme's code, if it was known yet.
        error: what was raised.
        seconds: how long it took until then.
    """
    if not isinstance(error, LianhetiError):
        text = (
            f"程序内部出错（{type(error).__name__}：{error}）。"
            "请用 lianheti packet 单独生成这一份并加上 --debug，把屏幕上的内容发给维护者。"
        )
        return Result(data, programme, "failed", error=text, exit_code=INTERNAL, seconds=seconds)
    places = [error.place] if error.place else []
    if isinstance(error, DataError):
        places += [problem.place for problem in error.problems]
    return Result(
        data,
        programme,
        "failed",
        seconds=seconds,
        error=str(error),
        exit_code=int(error.exit_code),
        where=[place.as_json() for place in dict.fromkeys(places)],
    )


def totals(results: Sequence[Result]) -> dict[str, int]:
    """How many results of each state."""
    counted: dict[str, int] = dict.fromkeys(STATES, 0)
    for result in results:
        counted[result.state] += 1
    return counted
