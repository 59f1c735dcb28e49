"""The entry sheet as one HTML file: a button a field copies its text, and what was copied is ticked off.

The page loads nothing and sends nothing: its content security policy forbids both.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any, Final

PATH: Final = "entry-sheet.html"
_STYLE: Final = """
body{font:16px/1.6 system-ui,"Microsoft YaHei","PingFang SC","Noto Sans CJK SC",sans-serif;margin:0 auto;
max-width:70rem;padding:1rem 1rem 6rem;color:#1c2733;background:#fff}
h1{font-size:1.5rem;margin:.5rem 0}h2{font-size:1.2rem;margin:2rem 0 .5rem;border-bottom:2px solid #24527a}
h3{font-size:1rem;margin:1.2rem 0 .3rem;color:#24527a}
p.note{margin:.2rem 0;color:#51606e}
table{border-collapse:collapse;width:100%;table-layout:fixed}
td{border:1px solid #c5ced6;padding:.4rem .6rem;vertical-align:top;overflow-wrap:anywhere}
td.n{width:2.5rem;text-align:center}td.l{width:11rem}td.c{width:8rem;text-align:center}td.b{width:6rem}
td.t{white-space:pre-wrap}
tr.done td{background:#eef6ee}
td.over{color:#a40000;font-weight:bold}
button{font:inherit;width:100%;padding:.3rem;border:1px solid #24527a;border-radius:.3rem;background:#fff;
color:#24527a;cursor:pointer}
button:hover,button:focus-visible{background:#24527a;color:#fff}
#bar{position:fixed;left:0;right:0;bottom:0;background:#24527a;color:#fff;padding:.5rem 1rem;text-align:center}
"""
_SCRIPT: Final = """
const bar = document.getElementById("bar"), all = document.querySelectorAll("button");
function tell(text) {
  bar.textContent = text + "　已复制 " + document.querySelectorAll("tr.done").length + " / " + all.length + " 栏";
}
function selected(cell) {
  const range = document.createRange(), selection = getSelection();
  range.selectNodeContents(cell);
  selection.removeAllRanges();
  selection.addRange(range);
  const done = document.execCommand("copy");
  if (done) selection.removeAllRanges();
  return done;
}
async function copied(cell) {
  try {
    await navigator.clipboard.writeText(cell.textContent);
    return true;
  } catch (error) {
    return selected(cell);
  }
}
for (const button of all) button.addEventListener("click", async () => {
  const row = button.closest("tr"), label = row.querySelector(".l").textContent;
  if (await copied(row.querySelector(".t"))) {
    row.classList.add("done");
    button.textContent = "已复制";
    tell("“" + label + "”已复制，到系统里粘贴。");
  } else tell("浏览器不让复制：文字已选中，请按 Ctrl+C。");
});
tell("");
"""


def entry_page(names: Mapping[str, Any]) -> bytes:
    """The page.

    Args:
        names: what the entry sheet's template can use.
    """
    digest = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    title = f"网上填报录入单：{names['consortium']}"
    system = f'<p class="note">系统：{escape(names["system"])}</p>' if names["system"] else ""
    body = "".join(_document(document) for document in names["documents"])
    return (
        '<!doctype html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{escape(title)}</h1>\n{system}"
        '<p class="note">内部资料，不随申报材料报送。逐栏点“复制”，到系统里粘贴；字数是不计空格的字符数，'
        "有限额的写在后面，超过限额时另写 Word 的字数。</p>\n"
        f'{body}<div id="bar" role="status"></div>\n<script>{_SCRIPT}</script>\n</body>\n</html>\n'
    ).encode()


def _document(document: Mapping[str, Any]) -> str:
    sections = "".join(_section(section) for section in document["sections"])
    return f"<h2>{escape(document['title'])}</h2>\n{sections}"


def _section(section: Mapping[str, Any]) -> str:
    title = f"<h3>{escape(section['title'])}</h3>\n" if section["title"] else ""
    return f"{title}<table>\n{''.join(_rows(section['entries']))}</table>\n"


def _rows(entries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for entry in entries:
        over = " over" if entry["over"] else ""
        text = escape("\n".join(entry["lines"]))
        yield (
            f'<tr><td class="n">{escape(entry["number"])}</td><td class="l">{escape(entry["label"])}</td>'
            f'<td class="t">{text}</td><td class="c{over}">{escape(entry["count"])}</td>'
            '<td class="b"><button type="button">复制</button></td></tr>\n'
        )
