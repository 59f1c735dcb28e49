"""What a worker process of the page does: one packet after the other, each stopped when it is told to."""

from __future__ import annotations

from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

from generator.errors import LianhetiError
from generator.web.tasks import Task
from generator.workflows.progress import Progress, StoppedError
from generator.workflows.workspace import Workspace

STOP = "stop"
Word = Literal["step", "notice", "done", "failed", "stopped"]


class Order(Struct, frozen=True):
    """One thing to be made.

    Attributes:
        what: a packet from data, or one bound again after its Word files were edited.
        source: the data file; of a packet to be bound, its folder.
        root: the output folder.
        code: the programme.
        edition: draft or signing.
        force: move a packet that a person has changed aside.
        sheets: which internal sheets are made; as of ``make_packets``.
        page_codes: put a code of ours in the margin of every page; where not, the data say.
    """

    what: Literal["packet", "bind"]
    source: Path
    root: Path
    code: str
    edition: Literal["draft", "signing"] = "draft"
    force: bool = False
    sheets: Literal["all"] | None = None
    page_codes: bool = False


def work(connection: Connection, templates: Path | None, fonts: Path | None) -> None:
    """Do orders until there are no more.

    Args:
        connection: orders come in, and tuples of a word and its content go out: ``step``, ``notice``, and as the
            last of each order ``done``, ``failed`` or ``stopped``.
        templates: as for ``Workspace``.
        fonts: likewise.
    """
    with Workspace(templates, fonts=fonts, at_once=1) as workspace:
        while True:
            try:
                order = connection.recv()
            except (EOFError, OSError, KeyboardInterrupt):
                return
            if not isinstance(order, Order | Task):
                if order is None:
                    return
                continue  # a stop that came too late
            connection.send(_done(workspace, order, connection))


def _done(workspace: Workspace, order: Order | Task, connection: Connection) -> tuple[Word, Any]:
    def listen(progress: Progress) -> None:
        if connection.poll():
            connection.recv()
            raise StoppedError
        word: Word = "notice" if progress.notice else "step"
        connection.send((word, (progress.what, progress.done, progress.total)))

    try:
        if isinstance(order, Task):
            return "done", order.run(workspace, listen)
        if order.what == "bind":
            from generator.workflows.bind import bind

            bound = bind(workspace, order.source, force=order.force, progress=listen)
            return "done", {"differences": bound.differences, "edited": bound.edited}
        from generator.workflows.packets import make_packets

        (result,) = make_packets(
            workspace,
            order.source,
            order.root,
            [order.code],
            edition=order.edition,
            force=order.force,
            sheets=order.sheets,
            page_codes=order.page_codes,
            progress=listen,
        ).results
    except StoppedError:
        return "stopped", None
    except LianhetiError as error:
        return "failed", str(error)
    except Exception as error:  # noqa: BLE001 (one packet's fault must not end the process)
        return "failed", f"程序内部出错（{type(error).__name__}），这一份没有做成。请把数据文件发给维护者。"
    if result.error is not None:
        return "failed", str(result.error)
    aside = result.done.published.moved_aside if result.done else None
    return "done", {"missing": result.missing, "aside": aside.name if aside else ""}
