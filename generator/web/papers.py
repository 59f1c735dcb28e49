"""Documents as pages at the left of a screen: which there are, where on them something stands, and their pictures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from starlette.responses import Response

from generator.errors import UsageError
from generator.web.visit import Visit
from generator.workflows.shown_papers import ShownPapers

_MOST_WIDE: Final = 2400
_AT = re.compile(r"[0-9]{1,4}")
_WIDTH = re.compile(r"[1-9][0-9]{1,3}")
Place = tuple[int, tuple[float, ...]]


def answer_pages(visit: Visit, shown: ShownPapers, places: Mapping[str, Place]) -> Response:
    """What the script of the pages asks first.

    Args:
        visit: the request.
        shown: the documents.
        places: page (from 0) and box of what the screen leads to, by its key.
    """
    return visit.answer(
        {
            "note": visit.desk.said(shown.note),
            "pages": [
                {"title": page.title, "number": page.number, "width": page.width, "height": page.height}
                for page in shown.pages
            ],
            "places": {key: [at, *(round(edge, 1) for edge in box)] for key, (at, box) in places.items()},
        }
    )


def answer_picture(visit: Visit, shown: ShownPapers) -> Response:
    """One page as a picture, asked for by ``at`` (from 0) and ``w`` (pixels).

    Raises:
        UsageError: there is no such page.
    """
    at, width = visit.asked("at"), visit.asked("w")
    if not _AT.fullmatch(at) or not _WIDTH.fullmatch(width) or int(at) >= len(shown.pages):
        raise UsageError("没有这一页", "刷新页面后重试")
    data = shown.png(int(at), min(int(width), _MOST_WIDE))
    return Response(data, media_type="image/png", headers={"cache-control": "private, max-age=3600"})
