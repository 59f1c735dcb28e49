"""What every request passes before any screen sees it: host, size, session, and that it comes from our own page."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from threading import Lock
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from generator.web.settings import Settings, is_loopback

COOKIE: Final = "lianheti"
TOKEN_FIELD: Final = "csrf"  # noqa: S105 (the name of a form's field)
TOKEN_HEADER: Final = "x-csrf-token"  # noqa: S105 (the name of a header)
# The bounds of the readers: a workbook of 60 MB, a packet's archive or a scanned attachment below 64 MB.
UPLOAD_BYTES: Final = 64_000_000
BODY_BYTES: Final = 4_000_000
# Where whole files come in.
_UPLOADS: Final = (
    "/upload",
    "/attachments/add",
    "/parts/add",
    "/intake/add",
    "/receive/add",
    "/forms/add",
    "/packs/add",
)
_OPEN: Final = ("/static/", "/login", "/token")
_SESSION_SECONDS: Final = 12 * 3600
_MOST_TRIES: Final = 5
_PAUSE_SECONDS: Final = 60.0
# Scripts from our own files alone. Styles set by our own scripts (places of marks on a page) are no inline styles.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
)
_HEADERS: Final = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class Sessions:
    """Who may use the page: browsers with a cookie of this run, signed in where a password is asked for."""

    def __init__(self, password: str) -> None:
        self._password = password
        self._key = secrets.token_bytes(32)
        self._signed_in: dict[str, float] = {}
        self._lock = Lock()
        self._failures = 0
        self._closed_until = 0.0

    @property
    def asks(self) -> bool:
        """Whether a password is asked for."""
        return bool(self._password)

    def token(self, session: str) -> str:
        """The token that forms of a session carry."""
        return hmac.new(self._key, session.encode(), hashlib.sha256).hexdigest()

    def fits(self, session: str, token: str) -> bool:
        """Whether a token is the session's."""
        return bool(session) and hmac.compare_digest(self.token(session), token)

    def is_signed_in(self, session: str) -> bool:
        """Whether a session may see the pages."""
        if not self._password:
            return True
        with self._lock:
            return self._signed_in.get(session, 0.0) > time.monotonic()

    def sign_in(self, password: str) -> tuple[str, str]:
        """A new session for a password.

        Returns:
            The session, and empty text; or an empty session and why not, in Chinese.
        """
        from argon2 import PasswordHasher
        from argon2.exceptions import Argon2Error, InvalidHashError

        with self._lock:
            if self._closed_until > time.monotonic():
                return "", "密码错了太多次，请一分钟以后再试"
        try:
            PasswordHasher().verify(self._password, password)
        except (Argon2Error, InvalidHashError):
            with self._lock:
                self._failures += 1
                if self._failures >= _MOST_TRIES:
                    self._failures, self._closed_until = 0, time.monotonic() + _PAUSE_SECONDS
            return "", "密码不对"
        session = secrets.token_urlsafe(32)
        with self._lock:
            self._failures = 0
            now = time.monotonic()
            self._signed_in = {one: until for one, until in self._signed_in.items() if until > now}
            self._signed_in[session] = now + _SESSION_SECONDS
        return session, ""

    def sign_out(self, session: str) -> None:
        """End a session."""
        with self._lock:
            self._signed_in.pop(session, None)


class Gate:
    """The ASGI middleware: refuses what does not come from our own page, and puts the safe headers on answers.

    Args:
        app: what is behind it.
        settings: where the page is served.
        sessions: who may use it.
    """

    def __init__(self, app: ASGIApp, settings: Settings, sessions: Sessions) -> None:
        self._app = app
        self._sessions = sessions
        self._names = frozenset(_host_names(settings))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        session, is_new = _session(headers)
        scope.setdefault("state", {})
        scope["state"]["session"] = session
        scope["state"]["token"] = self._sessions.token(session)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    answer.setdefault(name, value)
                answer.setdefault("cache-control", "no-store")
                if is_new and "set-cookie" not in answer:
                    answer.append("set-cookie", cookie(session))
            await send(message)

        limit = UPLOAD_BYTES if scope["path"].startswith(_UPLOADS) else BODY_BYTES
        refusal = self._refusal(scope, headers, session, limit)
        if refusal is not None:
            await refusal(scope, receive, guarded)
            return
        await self._app(scope, _Counted(receive, limit), guarded)

    def _refusal(self, scope: Scope, headers: Headers, session: str, limit: int) -> Response | None:
        host = headers.get("host", "")
        if _name_of(host) not in self._names:
            # A page from elsewhere whose name was made to point here must learn nothing.
            return _said("网址里的主机名不是本页的，没有回答。请用启动时显示的网址打开。", 421)
        path = scope["path"]
        if scope["method"] not in {"GET", "HEAD"}:
            origin = headers.get("origin")
            if origin is not None and urlsplit(origin).netloc != host:
                return _said("请求来自别的网页，没有执行。", 403)
            if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
                return _said("请求来自别的网页，没有执行。", 403)
            length = headers.get("content-length", "0")
            if not length.isdigit() or int(length) > limit:
                return _said(f"上传的内容超过 {limit // 1_000_000} MB，没有接收。请缩小或拆分后再上传。", 413)
        if path.startswith(_OPEN) or self._sessions.is_signed_in(session):
            return None
        if headers.get("accept", "").startswith("text/html"):
            return RedirectResponse("/login", status_code=303)
        return _said("请先登录。", 401)


class TooLargeError(Exception):
    """More bytes came than a request may have."""


class _Counted:
    """Receives a body, and stops when it is larger than it may be, whatever its header said."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._left = limit

    async def __call__(self) -> Message:
        """The next piece."""
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                raise TooLargeError
        return message


def cookie(session: str) -> str:
    """The header that gives a browser its session: for this site alone, out of scripts' reach."""
    return f"{COOKIE}={session}; HttpOnly; SameSite=Strict; Path=/"


def _session(headers: Headers) -> tuple[str, bool]:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        found = None
    if found is not None and found.value:
        return found.value, False
    return secrets.token_urlsafe(32), True


def _host_names(settings: Settings) -> Iterable[str]:
    yield from (name.lower() for name in settings.names)
    if is_loopback(settings.host):
        yield from ("127.0.0.1", "localhost", "::1")
    else:
        yield settings.host.lower()


def _name_of(host: str) -> str:
    """A Host header's name without its port; empty for one that is none."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _said(text: str, status: int) -> Response:
    return PlainTextResponse(text, status_code=status)
