"""``lianheti verify``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.chinese import ChineseCommand
from generator.cli.options import format_option, templates_option
from generator.cli.output import console, say, write_json

if TYPE_CHECKING:
    from generator.workflows.verify import Report, SignedPlace

_STATES = {"same": "未变", "signed": "已签名", "altered": "有改动", "missing": "缺少", "added": "多出"}
_EDITIONS = {"draft": "草稿", "signing": "签署版"}
_KINDS = {"folder": "文件夹", "zip": "压缩包", "pdf": "单个 PDF"}
_MOST_MISSING = 8


@click.command(
    "verify",
    cls=ChineseCommand,
    help="核对一套材料（文件夹、zip）或其中一个 PDF：每个文件是否仍是生成时的样子，谁签了、谁还没签。",
    epilog="例：lianheti verify output/某联合体/某方案-signing　　退出码：0 未被改动，1 有改动（或 --complete 时没有签齐）",
)
@click.argument("packet", type=click.Path(path_type=Path), metavar="材料包")
@click.option(
    "--trust",
    "trusted",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="证书",
    help="信任的签发机构根证书（PEM 或 DER），可写多个；不写只显示证书主体，不判断由谁签发",
)
@click.option(
    "--signers",
    type=click.Path(path_type=Path),
    metavar="文件",
    help="谁可以代表哪家签署：文本文件，每行“单位全称：证书上的名称或编号”；不写只认证书写着单位全称的",
)
@click.option(
    "--complete",
    is_flag=True,
    help="没有签齐也算不合格，以 1 退出；签齐指每一处都由该签的一方、用 --trust 的机构签发的证书签了名",
)
@templates_option
@format_option
def command(
    packet: Path,
    trusted: tuple[Path, ...],
    signers: Path | None,
    complete: bool,
    templates: Path | None,
    output: str,
) -> int:
    """Verify a packet."""
    from generator.model.catalogue import Catalogue
    from generator.workflows.verify import read_signers, verify

    named = read_signers(signers) if signers is not None else None
    catalogue = Catalogue(templates)
    report = verify(packet, trusted, signers=named, complete=complete, catalogue=catalogue)
    if output == "json":
        write_json(report.as_json())
    else:
        _tell(report)
    return report.exit_code


def _tell(report: Report) -> None:
    named = "　".join(_EDITIONS.get(value, value) for value in report.named.values())
    say(f"{_KINDS[report.kind]} {report.packet}" + (f"\n{named}" if named else ""))
    if report.check_code:
        say(f"核对码：{report.check_code}（与签署指引上的逐字核对）")
    counts = {name: list(report.states.values()).count(state) for state, name in _STATES.items()}  # type: ignore[arg-type]
    say("文件：" + "，".join(f"{name} {count}" for name, count in counts.items() if count))
    for note in report.notes:
        say(f"说明：{note}")
    _tell_signatures(report)
    if report.sound:
        say("结论：没有发现改动。" + _signed(report))
        return
    say(f"结论：发现 {len(report.faults)} 处问题：")
    for fault in report.faults:
        say(f"  · {fault}")


def _signed(report: Report) -> str:
    """Whether everybody has signed, in the words that follow the verdict on changes."""
    if not report.lacking:
        return ("这一份" if report.kind == "pdf" else "全部") + "签齐，签名都核对过。"
    if not report.complete:
        return ""
    return "还没有签齐：\n" + "\n".join(f"  · {reason}" for reason in report.lacking)


def _tell_signatures(report: Report) -> None:
    if not report.places:
        return
    from rich import box
    from rich.table import Table
    from rich.text import Text

    signed = [place for place in report.places if place.signature is not None]
    if signed:
        table = Table(box=box.SIMPLE_HEAD, title="已签", title_justify="left")
        for name in ("文件", "签章处", "签章方", "证书主体", "时间", "结果"):
            table.add_column(name, overflow="fold")
        for place in signed:
            table.add_row(*map(Text, _row(place)))
        console().print(table)
    missing = report.unsigned
    if missing:
        titles = dict.fromkeys(place.document for place in missing)
        say(f"电子签名还差 {len(missing)} 处（纸质签章的不用管）：")
        for title in titles:
            names = [
                f"{place.party or place.field}（{place.title}）" if place.title else place.field
                for place in missing
                if place.document == title
            ]
            more = f"等 {len(names)} 处" if len(names) > _MOST_MISSING else ""
            say(f"  {title}：{'、'.join(names[:_MOST_MISSING])}{more}")


def _row(place: SignedPlace) -> tuple[str, ...]:
    found = place.signature
    if found is None:
        return ()
    trust = {True: "有效，签发机构可信", False: "有效，签发机构不可信", None: "有效，未核对签发机构"}[
        found.trusted
    ]
    return (
        place.document,
        place.title or place.field,
        place.party,
        found.signer,
        found.time.strftime("%Y-%m-%d %H:%M") if found.time else "",
        "；".join(found.faults) or "；".join(place.doubts) or trust,
    )
