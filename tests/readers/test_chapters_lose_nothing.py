"""No character of a long text is lost or moved in silence: it is printed, or its line is refused."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from generator.readers.chapters.markdown import Insert, read_markdown
from tests.pace import examples

PIECES = [
    *"甲乙丙丁12390",
    *"。，、~^$&*_#|<>!()[]`\\-+=: \t",
    "\n", "\n", "\n\n", "**", "1. ", "2. ", "- ", "   ", "| ", " |", "|--|--|\n", "<sup>", "</sup>", "<sub>",
    "</sub>", "![", "](", "# ", "> ", "---", "~~", "&nbsp;", "<br>", '"宽 5%"', "　",
]  # fmt: skip


def content(text: str) -> str:
    """What must come through: everything that is no mark of Markdown."""
    return "".join(char for char in text if char.isdigit() or "\u3400" <= char <= "\u9fff")


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
@settings(max_examples=examples(2000))
def test_every_character_is_printed_in_order_or_its_line_is_refused(text: str) -> None:
    chapter = read_markdown(text)
    assert all(1 <= fault.line <= text.count("\n") + 1 for fault in chapter.faults)
    if chapter.faults:
        return
    shown = "".join(
        f"{block.caption}{block.target}{block.options}" if isinstance(block, Insert) else block.text
        for block in chapter.blocks
    )
    assert content(shown) == content(text)
