"""Tags that stand for a whole paragraph, cell or row, and what stands beside them.

docxtpl puts the tag in the paragraph's, cell's or row's place: whatever else is in it would be gone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ALONE: Final = re.compile(r"\{%(p|tc|tr) (?:(?!%\}).)*%\}", re.DOTALL)
_WHOLES: Final = {"p": (f"{_W}p", "段"), "tc": (f"{_W}tc", "格"), "tr": (f"{_W}tr", "行")}


def crowded(xml: bytes) -> Iterator[tuple[int, str, str]]:
    """Each tag that should stand alone and doesn't: its paragraph's number from 0, the tag, what is wrong.

    Args:
        xml: a part of a template.
    """
    if b"%" not in xml:
        return
    root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
    for number, paragraph in enumerate(root.iter(f"{_W}p")):
        for tag in _ALONE.finditer(_text(paragraph)):
            name, word = _WHOLES[tag[1]]
            whole = paragraph if tag[1] == "p" else next(paragraph.iterancestors(name), None)
            if whole is None:
                yield number, tag[0], f"所在的地方不是表格，没有{word}可以去掉或重复"
                continue
            rest = _text(whole).replace(tag[0], "", 1).strip()
            if rest:
                yield number, tag[0], f"所在的{word}里还有“{rest[:20]}”，会随标签一起消失"


def _text(element: etree._Element) -> str:
    texts = (text.text or "" for text in element.iter(f"{_W}t"))
    return "".join(texts)
