"""The page as an ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from generator.web.desk import Desk
from generator.web.opened import OpenFiles
from generator.web.screens import (
    attachments,
    drafts,
    edits,
    fill,
    forms,
    guide,
    intake,
    library,
    many,
    packet,
    packs,
    parts,
    preview,
    problems,
    receive,
    rollup,
    sign_in,
    start,
)
from generator.web.security import Gate, Sessions
from generator.web.settings import Settings
from generator.web.visit import screen
from generator.workflows.workspace import Workspace

_STATIC = Path(__file__).parent / "static"


def application(settings: Settings, workspace: Workspace | None = None) -> Starlette:
    """The page of one folder.

    Args:
        settings: how it is served.
        workspace: an open one, which stays open; one of its own where None.
    """
    sessions = Sessions(settings.password)
    desk = Desk(settings, workspace)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        with desk:
            yield

    routes = [
        Mount("/static", StaticFiles(directory=_STATIC), name="static"),
        Route("/", screen(start.show)),
        Route("/files", screen(start.files)),
        Route("/upload", screen(start.upload), methods=["POST"]),
        Route("/new", screen(start.new_file), methods=["POST"]),
        Route("/open", screen(start.open_file)),
        Route("/fill", screen(fill.show)),
        Route("/section", screen(fill.section)),
        Route("/card", screen(fill.card)),
        Route("/save", screen(fill.save), methods=["POST"]),
        Route("/undo", screen(fill.undo), methods=["POST"]),
        Route("/restore", screen(fill.restore), methods=["POST"]),
        Route("/live", screen(fill.live)),
        Route("/stamp", screen(fill.stamp)),
        Route("/preview", screen(preview.show)),
        Route("/preview/picture", screen(preview.picture)),
        Route("/preview/layer", screen(preview.layer)),
        Route("/problems", screen(problems.show)),
        Route("/remedy", screen(problems.remedy), methods=["POST"]),
        Route("/judge", screen(problems.judge), methods=["POST"]),
        Route("/accept", screen(problems.accept), methods=["POST"]),
        Route("/compare", screen(problems.compare)),
        Route("/attachments", screen(attachments.show)),
        Route("/attachments/add", screen(attachments.add), methods=["POST"]),
        Route("/attachments/remove", screen(attachments.remove), methods=["POST"]),
        Route("/attachments/picture", screen(attachments.picture)),
        Route("/library", screen(library.show)),
        Route("/library/take", screen(library.take), methods=["POST"]),
        Route("/many", screen(many.show)),
        Route("/many/board", screen(many.board)),
        Route("/many/make", screen(many.make), methods=["POST"]),
        Route("/many/again", screen(many.again), methods=["POST"]),
        Route("/parts", screen(parts.show)),
        Route("/parts/workbook", screen(parts.workbook)),
        Route("/parts/add", screen(parts.add), methods=["POST"]),
        Route("/parts/differences", screen(parts.differences)),
        Route("/parts/merge", screen(parts.merge), methods=["POST"]),
        Route("/intake", screen(intake.show)),
        Route("/intake/new", screen(intake.new), methods=["POST"]),
        Route("/intake/add", screen(intake.add), methods=["POST"]),
        Route("/intake/run", screen(intake.run), methods=["POST"]),
        Route("/intake/batch", screen(intake.batch)),
        Route("/intake/file", screen(intake.file)),
        Route("/intake/filing", screen(intake.filing)),
        Route("/intake/pages", screen(intake.pages)),
        Route("/intake/picture", screen(intake.picture)),
        Route("/intake/answer", screen(intake.answer_one), methods=["POST"]),
        Route("/forms", screen(forms.show)),
        Route("/forms/add", screen(forms.add), methods=["POST"]),
        Route("/forms/look", screen(forms.look)),
        Route("/forms/pages", screen(forms.pages)),
        Route("/forms/picture", screen(forms.picture)),
        Route("/forms/decide", screen(forms.decide), methods=["POST"]),
        Route("/rollup", screen(rollup.show)),
        Route("/rollup/make", screen(rollup.make), methods=["POST"]),
        Route("/rollup/file", screen(rollup.file)),
        Route("/drafts", screen(drafts.show)),
        Route("/drafts/make", screen(drafts.make), methods=["POST"]),
        Route("/drafts/file", screen(drafts.file)),
        Route("/drafts/picture", screen(drafts.picture)),
        Route("/packs", screen(packs.show)),
        Route("/packs/key", screen(packs.new_key), methods=["POST"]),
        Route("/packs/make", screen(packs.make), methods=["POST"]),
        Route("/packs/file", screen(packs.file)),
        Route("/packs/add", screen(packs.add), methods=["POST"]),
        Route("/packs/offer", screen(packs.look)),
        Route("/packs/install", screen(packs.take), methods=["POST"]),
        Route("/receive", screen(receive.show)),
        Route("/receive/packet", screen(receive.packet)),
        Route("/receive/add", screen(receive.add), methods=["POST"]),
        Route("/receive/again", screen(receive.again), methods=["POST"]),
        Route("/receive/confirm", screen(receive.confirm), methods=["POST"]),
        Route("/receive/file", screen(receive.file)),
        Route("/receive/picture", screen(receive.picture)),
        Route("/packet", screen(packet.show)),
        Route("/packet/make", screen(packet.make), methods=["POST"]),
        Route("/packet/bind", screen(packet.bind), methods=["POST"]),
        Route("/packet/file", screen(packet.file)),
        Route("/packet/picture", screen(packet.picture)),
        Route("/packet/layer", screen(packet.layer)),
        Route("/packet/edits", screen(edits.show)),
        Route("/packet/take", screen(edits.take), methods=["POST"]),
        Route("/jobs/stop", screen(packet.stop), methods=["POST"]),
        Route("/jobs/events", packet.events),
        Route("/token", screen(sign_in.token)),
        Route("/login", screen(sign_in.show)),
        Route("/login", screen(sign_in.sign_in), methods=["POST"]),
        Route("/logout", screen(sign_in.sign_out), methods=["POST"]),
        Route("/help", screen(guide.show)),
    ]
    made = Starlette(
        routes=routes,
        middleware=[Middleware(Gate, settings=settings, sessions=sessions)],
        lifespan=lifespan,
        exception_handlers={404: _not_found, 405: _not_found},
    )
    made.state.desk = desk
    made.state.files = OpenFiles(desk)
    made.state.sessions = sessions
    return made


def _not_found(request: Request, _: Exception) -> Response:
    del request
    return PlainTextResponse("没有这个页面。请回到首页。", status_code=404)
