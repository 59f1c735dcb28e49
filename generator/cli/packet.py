"""``lianheti packet``."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import click

from generator.cli.chinese import ChineseCommand
from generator.cli.options import (
    accept_option,
    edition_option,
    format_option,
    output_option,
    parse_accepted,
    programmes_option,
    templates_option,
)
from generator.cli.output import say, write_json
from generator.cli.pdf_options import engine_of, pdf_options
from generator.errors import ExitCode, LianhetiError
from generator.model.catalogue import Catalogue


@click.command(
    "packet",
    cls=ChineseCommand,
    help="核对数据，填写方案的全部文件，生成 PDF，装订成套。写多个 -p 时逐个方案生成。",
    epilog="例：lianheti packet 我的联合体.yaml -p 方案代码 -o output --edition signing",
)
@click.argument("data", type=click.Path(path_type=Path), metavar="数据文件")
@programmes_option
@output_option
@edition_option
@pdf_options
@accept_option
@click.option("--force", is_flag=True, help="已有的材料被人改过时，把旧的整套移到一旁再生成")
@format_option
@templates_option
def command(
    data: Path,
    codes: tuple[str, ...],
    root: Path,
    edition: str,
    pdf_engine: str,
    no_pdf: bool,
    accepted: tuple[str, ...],
    force: bool,
    output: str,
    templates: Path | None,
) -> int:
    """Make the packets."""
    from generator.packet.pipeline import Order, make
    from generator.packet.session import Session
    from generator.publishing import recover
    from generator.readers.source_file import read_source
    from generator.rendering.values import Edition
    from generator.workflows.choose import chosen_programmes

    catalogue = Catalogue(templates)
    reasons = parse_accepted(accepted)
    reports: list[dict[str, Any]] = []
    worst: list[ExitCode] = [ExitCode.DONE]
    with _uncollected(), Session(catalogue, engine_of(pdf_engine, no_pdf=no_pdf)) as session:
        session.warm_up()
        source = read_source(data)
        programmes = chosen_programmes(catalogue, codes, source)
        for recovered in recover(root):
            say(str(recovered), err=True)
        for programme in programmes:
            order = Order(cast("Edition", edition), reasons.get(programme.code, {}), force=force)
            try:
                done = make(source, programme, order, root, session)
            except LianhetiError as error:
                if len(programmes) == 1 and output == "text":
                    raise
                say(f"{programme.code}：{error}", err=True)
                worst.append(error.exit_code)
                reports.append(
                    {"programme": programme.code, "error": str(error), "exit_code": error.exit_code}
                )
                continue
            reports.append(
                {
                    "programme": programme.code,
                    "folder": done.published.folder.as_posix(),
                    "archive": done.published.archive.as_posix(),
                    "moved_aside": done.published.moved_aside.as_posix()
                    if done.published.moved_aside
                    else None,
                    "findings": [finding.as_json() for finding in done.packet.job.findings],
                    "manifest": done.packet.manifest.as_json(),
                }
            )
            _tell(done, err=output == "json")
    if output == "json":
        write_json(reports[0] if len(reports) == 1 else reports)
    return worst_of(worst)


@contextmanager
def _uncollected() -> Iterator[None]:
    """No looking for garbage: a tenth of a short run's time goes there, and the process ends soon."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def worst_of(codes: list[ExitCode]) -> ExitCode:
    """Of several exit codes the one that stands: the highest of 3 to 6 wins over 1."""
    return max(codes)


def _tell(done: Any, *, err: bool) -> None:
    from generator.model.findings import count_verdicts

    counts = count_verdicts(done.packet.job.findings)
    manifest = done.packet.manifest
    if done.published.moved_aside:
        say(f"原来的一套被改过，已移到 {done.published.moved_aside}", err=err)
    pages = f"，打印件 {manifest.packet.pages} 页" if manifest.packet else ""
    same = "" if done.published.written else "（与已有的完全相同，没有改动）"
    say(
        f"{done.packet.job.programme.title}：{done.published.folder}{pages}{same}\n"
        f"  条件：符合 {counts['pass']}，不符合 {counts['fail']}，缺数据 {counts['unknown']}，"
        f"提醒 {counts['warn']}，需人工判断 {counts['judge']}（详见 internal/conditions）",
        err=err,
    )
    missing = {title for document in done.packet.documents for title in document.record.missing.values()}
    if missing:
        shown = "、".join(sorted(missing)[:8])
        say(f"  还有 {len(missing)} 项待填：{shown}{'……' if len(missing) > 8 else ''}", err=err)  # noqa: PLR2004
    if manifest.unprinted:
        titles = "、".join(entry.title for entry in manifest.unprinted[:5])
        more = "等" if len(manifest.unprinted) > 5 else ""  # noqa: PLR2004
        say(f"  有 {len(manifest.unprinted)} 个值本方案的文件用不到：{titles}{more}", err=err)
    for warning in manifest.warnings:
        say(f"  注意：{warning}", err=err)
