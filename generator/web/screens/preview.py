"""The official pages beside the form: as pictures, with their text and with every value's place."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from starlette.responses import Response

from generator.errors import UsageError
from generator.web.opened import OpenFile
from generator.web.visit import Visit

_MOST_WIDE = 2600


def show(visit: Visit) -> Response:
    """Which pages there are now, and where each field is printed first."""
    opened = visit.opened()
    pages = opened.pages(opened.state())
    places: dict[str, list[float]] = {}
    for at, page in enumerate(pages.pages):
        for place in page.places:
            places.setdefault(place.path, [at, *(round(edge, 1) for edge in place.box)])
    return visit.answer(
        {
            "pages": [
                {
                    "title": page.title,
                    "number": page.number,
                    "width": page.width,
                    "height": page.height,
                    "digest": page.digest,
                }
                for page in pages.pages
            ],
            "places": places,
        }
    )


def picture(visit: Visit) -> Response:
    """A page as a picture."""
    opened = visit.opened()
    width = visit.asked("w")
    if not width.isascii() or not width.isdigit() or not 0 < int(width[:6]) <= _MOST_WIDE:
        raise _gone()
    digest = visit.asked("page")
    data = _drawn(_Where(opened, digest), int(width))
    # A digest stands for one picture only.
    return Response(data, media_type="image/png", headers={"cache-control": "private, max-age=86400"})


def layer(visit: Visit) -> Response:
    """What lies over a page: its text to be selected, and its values, each leading to its field."""
    opened = visit.opened()
    pages, at = opened.page_of(visit.asked("page"))
    if pages is None:
        raise _gone()
    titles: dict[str, str] = {}
    places: list[list[Any]] = []
    for place in pages.pages[at].places:
        title = titles.setdefault(place.path, opened.editing.title(place.path))
        places.append([place.path, *(round(edge, 1) for edge in place.box), title])
    texts = [[*(round(edge, 1) for edge in word.box), word.text] for word in pages.texts(at)]
    return visit.answer({"texts": texts, "places": places})


class _Where:
    """A page of an open file, told apart by its digest alone: pages that look the same are one picture."""

    def __init__(self, opened: OpenFile, digest: str) -> None:
        self.opened = opened
        self.digest = digest

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Where) and other.digest == self.digest

    def __hash__(self) -> int:
        return hash(self.digest)


@lru_cache(maxsize=120)
def _drawn(where: _Where, width: int) -> bytes:
    pages, at = where.opened.page_of(where.digest)
    if pages is None:
        raise _gone()
    return pages.png(at, width)


def _gone() -> UsageError:
    return UsageError("这一页已经变了", "稍等，新的一页就来")
