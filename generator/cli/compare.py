"""``lianheti compare``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.chinese import ChineseCommand
from generator.cli.options import format_option, programme_option, templates_option
from generator.cli.output import say, say_notices, write_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.errors import ExitCode
    from generator.workflows.compare import Comparison
    from generator.workflows.compare_word import ComparedFile, ParagraphChange, WordComparison
    from generator.workflows.data_changes import FieldChange
    from generator.workflows.resigning import ComparedDocument, PartyWork, Resigning

_SHOWN = 40
_AROUND = 12


@click.command(
    "compare",
    cls=ChineseCommand,
    help="比较前后两份数据、两套材料，或一套材料和一份数据：逐项列出改了什么；两套签署版还列出哪些文件要重签、哪些不用。"
    "也比较一套材料和改过的 Word 文件：逐段列出改了什么。",
    epilog="例：lianheti compare 变更前.yaml 变更后.yaml　　退出码：0 没有不同，1 有不同",
)
@click.argument("old", type=click.Path(path_type=Path), metavar="前一份")
@click.argument(
    "new", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="后一份（或几个 Word 文件）"
)
@programme_option("按哪个方案读数据；省略时用材料包的；只有数据文件时各个方案的都比")
@click.option(
    "--redline",
    "folder",
    type=click.Path(path_type=Path),
    metavar="目录",
    help="两套材料的（或材料包与改过的）每份 Word 文件各做一份修订稿，写到这个目录：全部接受是新稿，全部拒绝是旧稿（要装 redline 附加组件）",
)
@click.option(
    "--bars",
    "bars",
    type=click.Path(path_type=Path),
    metavar="目录",
    help="两套材料里有改动的每份 PDF，新稿另存一份到这个目录：改了的行左边画线，删去处画三角（不用附加组件）",
)
@click.option("--author", default="lianheti", metavar="姓名", help="修订稿里写的修订人，默认 lianheti")
@format_option
@templates_option
def command(
    old: Path,
    new: tuple[Path, ...],
    code: str | None,
    folder: Path | None,
    bars: Path | None,
    author: str,
    output: str,
    templates: Path | None,
) -> ExitCode:
    """Compare two data files or packets, or a packet with Word files."""
    from generator.errors import UsageError
    from generator.workflows.compare import compare
    from generator.workflows.compare_word import are_word_files, compare_with_word
    from generator.workflows.redlines import write_redlines
    from generator.workflows.workspace import Workspace

    if are_word_files(new):
        if code is not None or bars is not None:
            raise UsageError("比较 Word 文件用不上 -p 和 --bars", "去掉它们；页面画线要两套材料")
        words = compare_with_word(old, new, author=None if folder is None else author, progress=say_notices)
        tracked = [each.redline for each in words.files if each.redline]
        if folder is not None:
            write_redlines({each.name: each.data for each in tracked if each.name}, folder)
        if output == "json":
            write_json(words.as_json())
        else:
            _tell_files(words, folder)
        return words.exit_code
    if len(new) > 1:
        raise UsageError("后面写了几份，只有 Word 文件可以写几份", "后一份只写一个")
    with Workspace(templates) as workspace:
        found = compare(
            workspace,
            old,
            new[0],
            code,
            author=None if folder is None else author,
            marked=bars is not None,
            progress=say_notices,
        )
    if folder is not None:
        write_redlines({each.name: each.data for each in found.redlines if each.name}, folder)
    if bars is not None:
        write_redlines({each.name: each.found.pdf for each in found.bars if each.found.pdf}, bars)
    if output == "json":
        write_json(found.as_json())
    else:
        _tell(found)
        _tell_redlines(found, folder)
        _tell_bars(found, bars)
    return found.exit_code


def _tell(found: Comparison) -> None:
    by = f"（按“{found.programme}”）" if found.programme else ""
    if found.changes:
        say(f"数据有 {len(found.changes)} 处不同{by}：")
    else:
        say(f"数据逐项相同{by}。" if not found.unread else f"读得出的数据逐项相同{by}。")
    for change in found.changes:
        only = f"（{'、'.join(change.programmes)}）" if change.programmes else ""
        say(f"  · {change.title}{only}：{_words(change)}")
    if found.signing:
        _tell_signing(found.signing)
    for warning in found.warnings:
        say(f"注意：{warning.rstrip('。')}。")


def _tell_redlines(found: Comparison, folder: Path | None) -> None:
    if folder is None:
        return
    say("")
    say(f"修订稿（{folder}）：")
    for each in found.redlines:
        none = f"没有做：{each.problem}" if each.problem else "Word 文件的文字相同，不用做"
        say(f"  · 《{each.title}》：{each.name or none}")


def _tell_files(found: WordComparison, folder: Path | None) -> None:
    for each in found.files:
        by = f"（{each.file}，按{each.known_by}认出）" if each.file else ""
        say(f"《{each.title}》{by}：{_state(each)}")
        for change in each.changes:
            say(f"  · {_paragraph(change)}")
        for note in each.notes:
            say(f"  注意：{note}。")
        if folder is not None and each.redline is not None:
            say(f"  修订稿：{each.redline.name or f'没有做：{each.redline.problem}'}")
    for name, why in found.unknown:
        say(f"{name}：{why}。")
    say(
        "比的是正文、表格、页眉页脚和注释的文字；格式和批注没有比。数据没有改动，要写回数据用 lianheti read。"
    )


def _state(file: ComparedFile) -> str:
    if file.state == "changed":
        return f"{len(file.changes)} 段不同"
    if file.state == "unread":
        return f"没有比：{file.problem}"
    return {
        "identical": "是同一个文件",
        "same": "文字相同",
        "missing": "没有比：没有给出它的、读得了的 Word 文件",
    }[file.state]


def _paragraph(change: ParagraphChange) -> str:
    where = f"“{_short(change.follows, _SHOWN // 2)}”之后" if change.follows else "开头"
    where = where if change.part == "正文" else change.part
    if change.kind == "added":
        return f"新增（{where}）　{_quoted(change.after)}"
    if change.kind == "removed":
        return f"删去（{where}）　{_quoted(change.before)}"
    before, after = _excerpts(change.before, change.after)
    return f"改动（{where}）　{before} → {after}"


def _tell_bars(found: Comparison, folder: Path | None) -> None:
    if folder is None:
        return
    say("")
    say(f"改动处画了线的页面（{folder}）：")
    for each in found.bars:
        made = each.found
        if each.name:
            told = [f"{made.lines} 行左边画线"] if made.lines else []
            told += [f"{made.removals} 处删去文字画三角"] if made.removals else []
            say(f"  · 《{each.title}》：{each.name}，第 {_numbers(made.pages)} 页，{'，'.join(told)}")
        else:
            none = f"没有做：{made.problem}" if made.problem else made.note or "PDF 相同，不用做"
            say(f"  · 《{each.title}》：{none}")


def _words(change: FieldChange) -> str:
    if change.kind == "added":
        return f"新增　{_short(change.after)}"
    if change.kind == "removed":
        return f"删去　{_short(change.before)}"
    if change.kind == "moved":
        return _order(change.before.split("、"), change.after.split("、"))
    before, after = _excerpts(change.before, change.after)
    return f"{before} → {after}"


def _order(before: list[str], after: list[str]) -> str:
    """The stretch of two orders in which they differ."""
    at = [number for number, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]]
    start, end = (at[0], at[-1] + 1) if at else (0, len(before))
    return " → ".join("、".join(each[start:end]) for each in (before, after))


def _excerpts(before: str, after: str) -> tuple[str, str]:
    """Two texts, of long ones the stretch in which they differ."""
    if max(len(before), len(after)) <= _SHOWN:
        return _quoted(before), _quoted(after)
    most = min(len(before), len(after))
    head = next((at for at in range(most) if before[at] != after[at]), most)
    tail = next((at for at in range(most - head) if before[-1 - at] != after[-1 - at]), most - head)
    start, end = max(head - _AROUND, 0), max(tail - _AROUND, 0)
    return tuple(  # type: ignore[return-value]
        _quoted(text, start, len(text) - end) if text else _quoted(text) for text in (before, after)
    )


def _quoted(text: str, start: int = 0, end: int | None = None) -> str:
    if not text:
        return "（空）"
    end = len(text) if end is None else end
    piece = " ".join(text[start:end].split("\n"))
    if len(piece) > 2 * _SHOWN:
        piece = f"{piece[:_SHOWN]}……{piece[-_SHOWN:]}"
    return f"“{'……' if start else ''}{piece}{'……' if end < len(text) else ''}”"


def _short(text: str, most: int = 2 * _SHOWN) -> str:
    plain = " ".join(text.split("\n"))
    return plain if len(plain) <= most else f"{plain[:most]}……"


def _tell_signing(signing: Resigning) -> None:
    if signing.undecided:
        say(f"要不要重签：{signing.undecided}。")
        return
    say("")
    same = "相同" if signing.old_code == signing.new_code else "不同"
    say(f"核对码：{signing.old_code} → {signing.new_code}（{same}）")
    for document in signing.documents:
        say(f"  · 《{document.title}》：{_document(document)}")
    if not signing.parties:
        return
    say("")
    if any(party.again or party.void for party in signing.parties):
        say("各方要重新签章的（一份文件改了一页，这份文件的各方都要重签；没有列出的不用）：")
    else:
        say("各份文件逐页相同，已经签好的纸质件都不用重签。")
    for party in signing.parties:
        if party.again or party.void:
            say(f"  · {party.party}：{_party(party)}")
    spared = [party for party in signing.parties if not party.again and not party.void]
    if spared and len(spared) < len(signing.parties):
        say(f"  · 不用重签的：{'、'.join(party.party for party in spared)}")


def _document(document: ComparedDocument) -> str:
    if document.state == "same":
        return f"{document.total} 页逐页相同" + ("，签章不用重做" if document.kept else "")
    if document.state == "new":
        return f"新增的文件，{document.total} 页"
    if document.state == "withdrawn":
        return "后一套里没有了，原来的签章作废" if document.void else "后一套里没有了"
    if document.state == "unknown":
        return "有一套没有它的 PDF，看不出变没变，按要重签处理"
    told = []
    if document.pages:
        told.append(f"第 {_numbers(document.pages)} 页变了（共 {document.total} 页）")
    if document.old_pages:
        told.append(f"原来的第 {_numbers(document.old_pages)} 页作废")
    if not told:
        told.append("页面相同，签章的单位变了")
    return "，".join(told)


def _numbers(pages: Sequence[int]) -> str:
    """Page numbers, runs of them as 3—5."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][-1] + 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    return "、".join(f"{run[0]}—{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def _party(party: PartyWork) -> str:
    places: dict[str, list[str]] = {}
    for title, place in party.again:
        page = f"第 {place.page} 页" if place.page else "页未找到"
        work = "签字、盖章" if place.signer and place.seal else "盖章" if place.seal else "签字"
        places.setdefault(title, []).append(f"{page}{work}")
    told = [f"《{title}》{'、'.join(dict.fromkeys(each))}" for title, each in places.items()]
    gone = [title for title in party.void if title not in places]
    if gone:
        told.append(f"{'、'.join(f'《{title}》' for title in gone)}原来的签章作废")
    return "；".join(told)
