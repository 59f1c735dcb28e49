"""Help: what each screen is for, and a scheme's source with its defects."""

from __future__ import annotations

from starlette.responses import Response

from generator.web.visit import Visit


def show(visit: Visit) -> Response:
    """The help, with the sources of every scheme or of one."""
    code = visit.asked("p")
    desk = visit.desk
    programmes = [desk.programme(code)] if code else desk.programmes()
    return visit.page("help.html", programmes=programmes, title="帮助")
