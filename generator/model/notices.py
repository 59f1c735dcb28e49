"""Notices: what a person should know of how the data were read. They never keep a packet from being made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

from msgspec import Struct

from generator.errors import Place

Sort = Literal["ask", "blank", "regular", "understood", "hidden", "own"]

_MOST_NAMED: Final = 5
_INTRODUCED: Final[dict[Sort, str]] = {
    "blank": "像是占位的文字，按没有填写处理",
    "regular": "名称和选项里的空格、换行和全半角已整理，印出来的也是整理后的",
    "understood": "按下面的意思读入，不对的请改写",
    "hidden": "下列内容在表里看不见或已划去，照样读入了，不要的请删去",
    "own": "下列内容不是本程序的，没有读入",
}


class Notice(Struct, frozen=True):
    """One notice.

    Attributes:
        sort: ``ask`` for a question, which is shown by itself. The others are shown together by sort:
            ``blank`` for placeholders taken as not filled in, ``regular`` for tidied names and options,
            ``understood`` for values read by their meaning, ``hidden`` for cells that are out of sight or
            struck through and were read all the same, ``own`` for sheets and columns that were not read.
        text: for ``ask`` a clause that says what is odd; else what was met, as ``“高校”作“高等学校”``.
        place: where it stands.
        path: the field's path; empty where no field is concerned.
    """

    sort: Sort
    text: str
    place: Place
    path: str = ""

    def as_json(self) -> dict[str, object]:
        """The notice as the command prints it."""
        return {"sort": self.sort, "message": self.text, "field": self.path, "where": self.place.as_json()}


def notice_texts(notices: Iterable[Notice]) -> tuple[str, ...]:
    """Notices as clauses without a full stop: each question by itself, of every other sort one for all."""
    unique = list(dict.fromkeys(notices))
    said = [f"{one.place}：{one.text}，请核对" for one in unique if one.sort == "ask"]
    for sort, introduction in _INTRODUCED.items():
        chosen = [one for one in unique if one.sort == sort]
        if chosen:
            shown = "；".join(f"{one.place} {one.text}" for one in chosen[:_MOST_NAMED])
            more = f"；等 {len(chosen)} 处" if len(chosen) > _MOST_NAMED else ""
            said.append(f"{introduction}：{shown}{more}")
    return tuple(said)
