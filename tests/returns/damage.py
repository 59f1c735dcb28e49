"""What happens to a form between being sent out and coming back: each a change of a Word file's body, by seed."""

from __future__ import annotations

import copy
import random
import re
from itertools import pairwise
from typing import Any, Protocol

from lxml import etree

from generator.base.ooxml.xml import VAL, W
from generator.returns.forms.folding import fold
from tests.returns.word_body import cells, lists, paragraphs, rows, set_cell, set_text, tables, text_of


class Damage(Protocol):
    """A change of a body, decided by a random number generator."""

    __name__: str

    def __call__(self, body: Any, rng: random.Random) -> None: ...


_HEADING = re.compile(r"^\s*([一二三四五六七八九十]{1,2})、\S{2,24}$")
_NUMBERS = "一二三四五六七八九十"


def blank_rows(body: Any, rng: random.Random) -> None:
    """Empty rows between and below a list's."""
    for _, _, below in lists(body):
        for row in rng.sample(below, min(2, len(below))):
            new = copy.deepcopy(row)
            for cell in cells(new):
                set_cell(cell, [""])
            row.addnext(new)


def merged_down(body: Any, rng: random.Random) -> None:
    """Cells of a list that say the same, merged."""
    for _, _, below in lists(body):
        for one, two in pairwise(below):
            for upper, lower in zip(cells(one), cells(two), strict=True):
                if fold(text_of(upper)) and fold(text_of(upper)) == fold(text_of(lower)):
                    _vmerge(upper, "restart")
                    _vmerge(lower, None)
                    set_cell(lower, [""])


def _vmerge(cell: Any, value: str | None) -> None:
    properties = cell.find(W + "tcPr")
    if properties is None:
        properties = etree.Element(W + "tcPr")
        cell.insert(0, properties)
    if properties.find(W + "vMerge") is None:
        merge = etree.SubElement(properties, W + "vMerge")
        if value:
            merge.set(VAL, value)


def label_and_value_in_one(body: Any, rng: random.Random) -> None:
    """A value typed behind its label, the cells merged."""
    for table in tables(body):
        for row in rows(table):
            both = cells(row)
            if len(both) != 2 or len(paragraphs(both[1])) != 1 or rng.random() < 0.5:
                continue
            label, value = text_of(both[0]).strip(), text_of(both[1]).strip()
            if label and value and len(label) < 16:
                set_text(paragraphs(both[0])[0], f"{label.rstrip(':：')}：{value}")
                row.remove(both[1])


def cell_split(body: Any, rng: random.Random) -> None:
    """A cell of a list split in two, the second empty."""
    for _, _, below in lists(body):
        row = rng.choice(below)
        cell = cells(row)[-1]
        new = copy.deepcopy(cell)
        set_cell(new, [""])
        cell.addnext(new)


def column_added(body: Any, rng: random.Random) -> None:
    """A column 备注 behind a list's, or a column of numbers before them."""
    for _, head, below in lists(body):
        first = rng.random() < 0.5 and fold(text_of(cells(head)[0])) not in {"序号", "编号"}
        for number, row in enumerate([head, *below]):
            model = cells(row)[0 if first else -1]
            new = copy.deepcopy(model)
            title = "序号" if first else "备注"
            set_cell(new, [title if number == 0 else str(number) if first else ""])
            (model.addprevious if first else model.addnext)(new)


def columns_swapped(body: Any, rng: random.Random) -> None:
    """Two columns of a list changed about, titles and all."""
    for _, head, below in lists(body):
        at = rng.randrange(1, len(cells(head)) - 1)
        for row in (head, *below):
            one, two = cells(row)[at], cells(row)[at + 1]
            two.addnext(one)


def other_marks(body: Any, rng: random.Random) -> None:
    """Full-width marks in print typed half-width, or the other way."""
    pairs = str.maketrans("：（），", ":(),") if rng.random() < 0.5 else str.maketrans(":(),", "：（），")
    for table in tables(body):
        for row in rows(table):
            for cell in cells(row):
                text = text_of(cell)
                is_label = 1 < len(text.strip()) < 14 and len(paragraphs(cell)) == 1 and cell is cells(row)[0]
                if is_label and text.strip().endswith((":", "：", ")", "）")) and not re.search(r"\d", text):
                    set_cell(cell, [text.translate(pairs)])


def spaced_labels(body: Any, rng: random.Random) -> None:
    """Titles spread out: 姓　名."""
    for _, head, _ in lists(body):
        for cell in cells(head):
            text = text_of(cell).strip()
            if len(text) in {2, 3}:
                set_cell(cell, ["　".join(text)])


def runs_split(body: Any, rng: random.Random) -> None:
    """Runs broken up as WPS and spelling checks do, with marks of no meaning between."""
    for run in list(body.iter(W + "r")):
        piece = run.find(W + "t")
        if piece is None or not piece.text or len(piece.text) < 4 or rng.random() < 0.6:
            continue
        at = rng.randrange(1, len(piece.text))
        second = copy.deepcopy(run)
        second_piece = second.find(W + "t")
        second_piece.text, piece.text = piece.text[at:], piece.text[:at]
        for one in (piece, second_piece):
            one.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        run.addnext(second)
        run.addnext(etree.Element(W + "proofErr", {W + "type": "spellStart"}))


def revisions(body: Any, rng: random.Random) -> None:
    """Tracked changes: words typed in, other words struck out."""
    for run in list(body.iter(W + "r")):
        piece = run.find(W + "t")
        if piece is None or not piece.text or run.getparent().tag != W + "p" or rng.random() < 0.9:
            continue
        inserted = etree.Element(W + "ins", {W + "id": "900", W + "author": "x"})
        run.addprevious(inserted)
        struck = etree.Element(W + "del", {W + "id": "901", W + "author": "x"})
        old = etree.SubElement(etree.SubElement(struck, W + "r"), W + "delText")
        old.text = "原来写的字"
        inserted.addprevious(struck)
        inserted.append(run)


def comments(body: Any, rng: random.Random) -> None:
    """Comments' marks in the text."""
    for number, paragraph in enumerate(body.iter(W + "p")):
        if rng.random() < 0.2 and len(paragraph):
            paragraph.insert(len(paragraph), etree.Element(W + "commentRangeEnd", {W + "id": str(number)}))
            start = etree.Element(W + "commentRangeStart", {W + "id": str(number)})
            paragraph.insert(1 if paragraph[0].tag == W + "pPr" else 0, start)


def styles_lost(body: Any, rng: random.Random) -> None:
    """Bookmarks, styles and looks gone; another font."""
    gone = (W + "bookmarkStart", W + "bookmarkEnd", W + "rPr", W + "pStyle", W + "jc", W + "ind")
    for element in [one for tag in gone for one in body.iter(tag)]:
        if element.getparent() is not None:
            element.getparent().remove(element)


def numbered_by_hand(body: Any, rng: random.Random) -> None:
    """Headings numbered in another way: 1. for 一、."""
    mark = rng.choice([".", "、", "．"])
    for paragraph in paragraphs(body):
        match = _HEADING.match(text_of(paragraph))
        if match and len(match[1]) == 1:
            number = _NUMBERS.index(match[1]) + 1
            set_text(paragraph, f"{number}{mark}" + text_of(paragraph).split("、", 1)[1])


def table_split(body: Any, rng: random.Random) -> None:
    """A list's table in two, the titles repeated."""
    for table, head, below in lists(body):
        if len(below) < 4:
            continue
        new = copy.deepcopy(table)
        for row in rows(new):
            new.remove(row)
        at = rows(table).index(below[len(below) // 2])
        for row in rows(table)[at:]:
            new.append(row)
        if rng.random() < 0.5:
            new.insert(len(new) - len(rows(new)), copy.deepcopy(head))
        table.addnext(new)
        new.addprevious(etree.Element(W + "p"))


def tables_joined(body: Any, rng: random.Random) -> None:
    """Two tables with nothing between them but an empty line, made one."""
    for table in tables(body):
        between = table.getnext()
        if between is None or between.tag != W + "p" or fold(text_of(between)):
            continue
        following = between.getnext()
        if following is None or following.tag != W + "tbl" or between.find(f".//{W}sectPr") is not None:
            continue
        for row in rows(table)[::-1]:
            first = rows(following)[0]
            first.addprevious(row)
            following.insert(following.index(first) - 1, row)
        body.remove(table)
        body.remove(between)
        return


def remark_added(body: Any, rng: random.Random) -> None:
    """A remark of somebody's below a table."""
    for table in list(tables(body))[:1]:
        new = etree.Element(W + "p")
        set_text(new, "（以上内容已于会上通过，请核对后再报。）")
        table.addnext(new)


def label_reworded(body: Any, rng: random.Random) -> None:
    """One long label with a word changed."""
    for table in tables(body):
        for row in rows(table):
            one = cells(row)
            label = text_of(one[0]).strip()
            if (
                len(one) == 2
                and 6 < len(label) < 20
                and label[:2] in {"联合", "推荐", "经费", "创新"}
                and row is rows(table)[0]
            ):
                text = text_of(one[0]).strip()
                set_cell(one[0], [f"{text[:3]}之{text[3:]}"])
                return


def rows_moved(body: Any, rng: random.Random) -> None:
    """Two labelled rows changed about."""
    for table in tables(body):
        labelled = [row for row in rows(table) if len(cells(row)) == 2]
        if len(labelled) > 3 and labelled[1].getnext() is labelled[2]:
            labelled[2].addnext(labelled[1])
            return


def heading_deleted(body: Any, rng: random.Random) -> None:
    """A heading of the body gone."""
    headings = [one for one in paragraphs(body) if _HEADING.match(text_of(one))]
    if len(headings) > 2:
        body.remove(rng.choice(headings[1:-1]))


ALONE: dict[str, Damage] = {
    one.__name__: one
    for one in (
        blank_rows,
        merged_down,
        label_and_value_in_one,
        cell_split,
        column_added,
        columns_swapped,
        other_marks,
        spaced_labels,
        runs_split,
        revisions,
        comments,
        styles_lost,
        numbered_by_hand,
        table_split,
        tables_joined,
        remark_added,
        label_reworded,
        rows_moved,
        heading_deleted,
    )
}
