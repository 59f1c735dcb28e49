"""One request as a screen sees it, and how its errors become sentences."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from msgspec import Struct, field
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from generator.errors import LianhetiError, UsageError
from generator.web.desk import Desk
from generator.web.opened import OpenFile, OpenFiles
from generator.web.security import BODY_BYTES, TOKEN_FIELD, TOKEN_HEADER, Sessions, TooLargeError

_MOST_FILES: Final = 60
_MOST_FIELDS: Final = 4000
_MEGABYTE_IN_KB: Final = 1000
_OLD_TOKEN: Final = "程序重新启动过，或者请求不是从本页发出的，没有执行。请刷新页面后重试。"  # noqa: S105 (a message)
_UNREAD: Final = "上传的内容读不出来，没有接收。请回到上一页重试。"


class Upload(Struct, frozen=True):
    """A file that a person gave.

    Attributes:
        name: as the browser says it: not to be trusted.
        data: its bytes.
    """

    name: str
    data: bytes


class Visit(Struct):
    """One request.

    Attributes:
        desk: what all screens share.
        request: as Starlette has it.
        fields: what a form sent, single texts.
        several: what it sent, all texts of a name.
        files: what it uploaded.
        json: what a script sent.
    """

    desk: Desk
    request: Request
    fields: dict[str, str] = field(default_factory=dict)
    several: dict[str, list[str]] = field(default_factory=dict)
    files: list[Upload] = field(default_factory=list)
    json: dict[str, Any] = field(default_factory=dict)

    def asked(self, name: str) -> str:
        """What the address, the form or the script says under a name; empty where nothing."""
        found = self.json.get(name, self.fields.get(name, self.request.query_params.get(name, "")))
        return found if isinstance(found, str) else ""

    def opened(self) -> OpenFile:
        """The data file and the programme that the request names; errors as for ``OpenFiles.get``."""
        files: OpenFiles = self.request.app.state.files
        return files.get(self.asked("file"), self.asked("p"))

    def page(self, template: str, /, status: int = 200, **context: Any) -> Response:
        """A page, or a piece of one."""
        state = self.request.state
        text = _ENVIRONMENT.get_template(template).render(
            csrf=state.token,
            signs_out=self.request.app.state.sessions.asks,
            network=self.request.app.state.sessions.asks,
            here=self.request.url.path,
            **context,
        )
        return HTMLResponse(text, status_code=status)

    def answer(self, content: Any, status: int = 200) -> Response:
        """An answer to a script."""
        return JSONResponse(content, status_code=status)

    def on(self, path: str, **query: str) -> Response:
        """Lead on to another page of ours."""
        address = link(path, **query)
        if self.request.headers.get("hx-request"):
            return Response(headers={"hx-redirect": address})
        return RedirectResponse(address, status_code=303)

    @property
    def session(self) -> str:
        """The browser's session: changes of one are not undone by another."""
        return str(self.request.state.session)

    @property
    def by_script(self) -> bool:
        """Whether a script of ours asks, not the browser for a page."""
        return self.request.headers.get("x-by-script") == "1"


class _OldTokenError(Exception):
    """The token is not the session's: the program was started again since, or another site asks."""


Screen = Callable[[Visit], Response]


def link(path: str, /, **query: str) -> str:
    """An address of ours; what is empty is left out."""
    given = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(given)}" if given else path


def _size(number: int) -> str:
    thousands = max(1, number // 1000)
    return f"{thousands} KB" if thousands < _MEGABYTE_IN_KB else f"{thousands / _MEGABYTE_IN_KB:.1f} MB"


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("generator.web", "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["link"] = link
    made.filters["size"] = _size
    return made


_ENVIRONMENT: Final = _environment()


def screen(handler: Screen) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint of a screen: what it reads is read, what it does is done in a thread, what it raises is said."""

    async def endpoint(request: Request) -> Response:
        visit = Visit(request.app.state.desk, request)
        try:
            await _read(visit)
            if request.method not in {"GET", "HEAD"}:
                _check_token(visit)
            return await run_in_threadpool(handler, visit)
        except TooLargeError:
            return _failed(
                visit, f"上传的内容超过 {BODY_BYTES // 1_000_000} MB，没有接收。请缩小或拆分后再上传。", 413
            )
        except _OldTokenError:
            return _failed(visit, _OLD_TOKEN, 400)
        except ClientDisconnect:
            return Response(status_code=400)
        except HTTPException:
            # What the form's parser says is English.
            return _failed(visit, _UNREAD, 400)
        except LianhetiError as error:
            return _failed(visit, visit.desk.said(error), 400)
        except Exception as error:  # noqa: BLE001 (a fault of ours must not show a traceback to a person)
            traceback.print_exc(file=sys.stderr)
            return _failed(
                visit,
                f"程序内部出错（{type(error).__name__}），没有改动已有文件。请把启动窗口里的文字发给维护者。",
                500,
            )

    return endpoint


async def _read(visit: Visit) -> None:
    request = visit.request
    if request.method in {"GET", "HEAD"}:
        return
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        try:
            found = json.loads(await request.body())
        except (ValueError, RecursionError):
            raise UsageError("请求读不出来", "刷新页面后重试") from None
        if not isinstance(found, dict):
            raise UsageError("请求读不出来", "刷新页面后重试")
        visit.json = found
        return
    async with request.form(max_files=_MOST_FILES, max_fields=_MOST_FIELDS, max_part_size=BODY_BYTES) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                if value.filename:
                    visit.files.append(Upload(value.filename, await value.read()))
            else:
                visit.fields.setdefault(name, value)
                visit.several.setdefault(name, []).append(value)


def _check_token(visit: Visit) -> None:
    state = visit.request.state
    sessions: Sessions = visit.request.app.state.sessions
    given = visit.request.headers.get(TOKEN_HEADER) or visit.fields.get(TOKEN_FIELD, "")
    if not sessions.fits(state.session, given):
        raise _OldTokenError


def _failed(visit: Visit, text: str, status: int) -> Response:
    if visit.by_script:
        answer = visit.answer({"error": text}, status)
        if text == _OLD_TOKEN:
            answer.headers["x-token"] = "old"
        return answer
    if visit.request.headers.get("hx-request"):
        # htmx shows a piece in the place of the one that was asked for.
        return visit.page("error_piece.html", text=text)
    return visit.page("error.html", status, text=text)
