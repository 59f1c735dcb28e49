"""``lianheti intake``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.chinese import ChineseCommand
from generator.cli.options import folder_option, format_option, programme_option, templates_option
from generator.cli.output import say, write_json
from generator.cli.pdf_options import engine_of, pdf_options

if TYPE_CHECKING:
    from generator.errors import ExitCode


@click.command(
    "intake",
    cls=ChineseCommand,
    help="受理单位用：把收到的各家材料（材料包、数据文件、填好的 Word 表、压缩包）逐家核对，出总表、判断表和补正通知。",
    epilog="例：lianheti intake 收到的材料 -p 方案代码 -o 受理结果",
)
@click.argument("folder", metavar="文件夹", type=click.Path(path_type=Path))
@programme_option("受理的是哪个方案", required=True)
@folder_option("结果写到哪个目录")
@format_option
@pdf_options
@templates_option
def command(
    folder: Path, code: str, root: Path, output: str, pdf_engine: str, no_pdf: bool, templates: Path | None
) -> ExitCode:
    """Take in a folder of filings."""
    from generator.workflows.intake.run import JUDGEMENTS, NOTICES, OVERVIEW, VERDICTS, intake
    from generator.workflows.workspace import Workspace

    with Workspace(templates) as workspace:
        done = intake(workspace, folder, code, root, engine=engine_of(pdf_engine, no_pdf=no_pdf))
    if output == "json":
        write_json(done.as_json())
        return done.exit_code
    if not done.written:
        say("没有新的材料和判断，结果与上次相同，没有改动。")
    counts = ((verdict, done.count(verdict)) for verdict in VERDICTS)
    say(
        f"共 {len(done.filings)} 家："
        + "，".join(f"{verdict} {count} 家" for verdict, count in counts if count)
    )
    if done.apart:
        say(f"另列 {len(done.apart)} 份（没有核对）：")
        for one in done.apart:
            say(f"  · {one.name}：{one.apart}")
    say(f"总表：{root / OVERVIEW}")
    say(f"要人判断的，在 {root / JUDGEMENTS} 里填结论，再运行一次就算进总表。")
    if any(one.of("applicant") for one in done.filings):
        say(f"补正通知：{root / NOTICES}")
    if done.edited:
        say("有人改过的，没有覆盖，也没有删去：")
        for path in done.edited:
            say(f"  · {path}")
    return done.exit_code
