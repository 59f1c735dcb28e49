"""``make compare-layout``: every document of every example, by both engines, with pictures side by side."""

from __future__ import annotations

import argparse
import html
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pypdfium2

from benchmarks.layout.lines import Compared, compare, lines_of
from generator.model.catalogue import Catalogue
from generator.packet.assessment import Order
from generator.packet.pipeline import build
from generator.packet.session import Session
from generator.pdf.engine import PdfInfo
from generator.pdf.engines.open import open_engine
from generator.pdf.fonts.faces import find_faces
from generator.readers.source_file import read_source

ROOT = Path(__file__).resolve().parents[2]
_SCALE = 0.75  # pixels a point
_STYLE = """body{font:14px sans-serif;margin:2em}table{border-collapse:collapse}td,th{border:1px solid #999;
padding:2px 8px;text-align:right}td:first-child,th:first-child{text-align:left}.pages img{width:48%;
border:1px solid #ccc;vertical-align:top}.bad{background:#fdd}pre{white-space:pre-wrap;background:#f6f6f6}"""


@dataclass(frozen=True)
class Result:
    example: str
    title: str
    mine: bytes
    other: bytes
    pages: tuple[int, int]
    compared: Compared

    @property
    def share(self) -> float:
        return self.compared.same / self.compared.total if self.compared.total else 1.0


def results(only: str, *, internal: bool) -> list[Result]:
    found = []
    catalogue = Catalogue()
    with Session(catalogue, "typst") as session:
        office = open_engine("libreoffice", find_faces())
        for data in sorted((ROOT / "data").glob("*.yaml")):
            source = read_source(data)
            for programme in catalogue.all().values():
                # An example is named by its programme.
                if only not in data.stem or programme.code.replace("/", "-") != data.stem:
                    continue
                packet = build(source, programme, Order("signing"), session)
                pairs = {file.path: file for file in packet.files}
                for path, file in pairs.items():
                    if file.format != "docx" or (not internal and "/" in path):
                        continue
                    mine = pairs[path.removesuffix("docx") + "pdf"].data
                    other = office.convert(file.data, PdfInfo(path, "", packet.job.when)).pdf
                    compared = compare(lines_of(mine), lines_of(other))
                    pages = (_pages(mine), _pages(other))
                    found.append(Result(data.stem, path.removesuffix(".docx"), mine, other, pages, compared))
                    print(_row(found[-1]), flush=True)
    return found


def _pages(pdf: bytes) -> int:
    with pypdfium2.PdfDocument(pdf) as document:
        return len(document)


def _row(one: Result) -> str:
    mark = "" if one.pages[0] == one.pages[1] else "  ← 页数不同"
    return (
        f"{one.example:24} {one.title:34} 页 {one.pages[0]:3}/{one.pages[1]:3}  "
        f"行 {one.compared.same:4}/{one.compared.total:4} {one.share:6.1%}{mark}"
    )


def _summary(found: list[Result]) -> list[str]:
    same = sum(one.pages[0] == one.pages[1] for one in found)
    near = sum(abs(one.pages[0] - one.pages[1]) <= 1 for one in found)
    lines = sum(one.compared.total for one in found)
    alike = sum(one.compared.same for one in found)
    reasons = Counter()  # type: Counter[str]
    for one in found:
        for _, other, why in one.compared.differences:
            reasons[why] += max(len(other), 1)
    return [
        f"文件 {len(found)} 份：页数相同 {same}（{same / len(found):.1%}），相差不超过一页 {near}",
        f"正文行 {lines} 行：断行相同 {alike}（{alike / lines:.1%}）",
        *(f"  不同的 {count} 行：{why}" for why, count in reasons.most_common()),
    ]


def report(found: list[Result], folder: Path) -> Path:
    """Write the pictures and the page that shows them side by side."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = [f"<!doctype html><meta charset=utf-8><title>版面比较</title><style>{_STYLE}</style>"]
    parts.append("<h1>版面比较：内置引擎（左）与 LibreOffice（右）</h1>")
    parts += [f"<p>{html.escape(line)}</p>" for line in _summary(found)]
    parts.append("<table><tr><th>文件<th>页数<th>断行相同</tr>")
    for number, one in enumerate(found):
        bad = " class=bad" if one.pages[0] != one.pages[1] or one.share < 0.9 else ""
        parts.append(
            f"<tr{bad}><td><a href='#d{number}'>{html.escape(one.example)} {html.escape(one.title)}</a>"
            f"<td>{one.pages[0]} / {one.pages[1]}<td>{one.share:.1%}</tr>"
        )
    parts.append("</table>")
    for number, one in enumerate(found):
        parts.append(f"<h2 id=d{number}>{html.escape(one.example)}　{html.escape(one.title)}</h2>")
        for mine, other, why in one.compared.differences:
            shown = html.escape("\n".join(mine)) + "\n――――\n" + html.escape("\n".join(other))
            parts.append(f"<details><summary>{html.escape(why)}</summary><pre>{shown}</pre></details>")
        left, right = (
            _pictures(pdf, folder, f"{number}-{side}") for pdf, side in ((one.mine, "a"), (one.other, "b"))
        )
        parts.append("<div class=pages>")
        for at in range(max(len(left), len(right))):
            parts += [f"<img loading=lazy src='{side[at]}'>" for side in (left, right) if at < len(side)]
        parts.append("</div>")
    page = folder / "index.html"
    page.write_text("\n".join(parts), encoding="utf-8")
    return page


def _pictures(pdf: bytes, folder: Path, name: str) -> list[str]:
    names = []
    with pypdfium2.PdfDocument(pdf) as document:
        for number, page in enumerate(document):
            names.append(f"{name}-{number:03}.png")
            page.render(scale=_SCALE).to_pil().convert("L").quantize(8).save(
                folder / names[-1], optimize=True
            )
    return names


def main() -> int:
    parser = argparse.ArgumentParser(description="页数和断行与 LibreOffice 比较")
    parser.add_argument("--only", default="", help="只比名称含有这些字的示例")
    parser.add_argument("--internal", action="store_true", help="内部用的表也比")
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "output" / "compare-layout")
    parser.add_argument("--no-pictures", action="store_true")
    given = parser.parse_args()
    # Readers keep temporary files of their own; they go with the run.
    with tempfile.TemporaryDirectory(prefix="lianheti-layout-"):
        found = results(given.only, internal=given.internal)
    if not found:
        print("没有可比的示例")
        return 2
    print("\n".join(_summary(found)))
    if not given.no_pictures:
        print(f"并排的图：{report(found, given.output)}")
    same = sum(one.pages[0] == one.pages[1] for one in found) / len(found)
    alike = sum(one.compared.same for one in found) / sum(one.compared.total for one in found)
    within = all(abs(one.pages[0] - one.pages[1]) <= 1 for one in found)
    return 0 if same >= 0.95 and alike >= 0.9 and within else 1


if __name__ == "__main__":
    sys.exit(main())
