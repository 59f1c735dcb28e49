"""Signing in, where the page is open to a network."""

from __future__ import annotations

from starlette.responses import Response

from generator.web.security import cookie
from generator.web.visit import Visit


def show(visit: Visit) -> Response:
    """The password's page."""
    return visit.page("login.html", text="")


def sign_in(visit: Visit) -> Response:
    """A session for the right password."""
    sessions = visit.request.app.state.sessions
    session, refusal = sessions.sign_in(visit.fields.get("password", ""))
    if not session:
        return visit.page("login.html", 403, text=refusal)
    answer = visit.on("/")
    answer.headers["set-cookie"] = cookie(session)
    return answer


def token(visit: Visit) -> Response:
    """The token of the browser's own session, for pages that were open before the program was started again."""
    state, sessions = visit.request.state, visit.request.app.state.sessions
    return visit.answer(
        {"token": sessions.token(state.session), "open": sessions.is_signed_in(state.session)}
    )


def sign_out(visit: Visit) -> Response:
    """End the session."""
    visit.request.app.state.sessions.sign_out(visit.request.state.session)
    return visit.on("/login")
