"""What a person says of what came back: that it is there and right, or why it is sent back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from generator.errors import UsageError
from generator.returns.scans.overview import Overview
from generator.returns.scans.status import Decision, Status

_ID: Final = re.compile(r"[0-9]+(?:-[0-9a-z]+)+")
_LONGEST_REASON: Final = 120


def reason_of(text: str) -> str:
    """Why something is sent back, as it is recorded: one line, without the full stop.

    Raises:
        UsageError: there is none, or it is too long.
    """
    found = " ".join(text.split()).rstrip("。；，,;.")
    if not found:
        raise UsageError("没有写为什么退回", "写上哪里不对，例如：公章盖在签名上")
    if len(found) > _LONGEST_REASON or not found.isprintable():
        raise UsageError("退回的理由太长，或有不能印的字符", f"用一句话写，不超过 {_LONGEST_REASON} 个字")
    return found


def decided(
    status: Status, overview: Overview, confirm: Sequence[str], refuse: Mapping[str, str], by: str
) -> Status:
    """The status with what a person says of what stands there.

    Args:
        status: as it stands.
        overview: what it says.
        confirm: names of what the person has looked at and finds right.
        refuse: by name, why it is sent back.
        by: who that is.

    Raises:
        UsageError: a name is of nothing that is open, or that can be sent back; or one is said to be both.
    """
    if both := [one for one in confirm if one in refuse]:
        raise UsageError(f"{_listed(both)} 又认定又退回", "两样里只写一样")
    open_, refusable = overview.open_items(), overview.refusable()
    if unknown := [one for one in confirm if one not in open_]:
        raise UsageError(f"没有待看的 {_listed(unknown)}", "照签署情况表备注里括号中的编号写")
    if unknown := [one for one in refuse if one not in refusable]:
        raise UsageError(
            f"退不了 {_listed(unknown)}：没有这一处，还没有收到，或已经退回",
            "写签署情况表里的编号；整页写成 2-7-page（第 2 份文件第 7 页）",
        )
    new = [Decision(id=one, kind="confirmed", by=by, sources=open_[one]) for one in dict.fromkeys(confirm)]
    for one, why in refuse.items():
        found = refusable[one]
        new.append(Decision(id=found.id, kind="refused", by=by, reason=why, sources=found.sources))
    return status.model_copy(update={"decisions": (*status.decisions, *new)})


def _listed(names: Sequence[str]) -> str:
    return "、".join(one if _ID.fullmatch(one) else "……" for one in names[:5])


def lapsed(before: Overview, after: Overview) -> Iterator[str]:
    """What a person has confirmed and counts no more, for other scans stand there now."""
    counts = {id(one) for one, counts in after.said() if counts}
    open_ = after.open_items()
    for one, counted in before.said():
        if counted and one.kind == "confirmed" and id(one) not in counts:
            again = "，请重新看" if one.id in open_ else ""
            yield f"{one.by}认定过的{after.called(one.id)}（{one.id}）不再算数：留用的扫描件换了{again}"
