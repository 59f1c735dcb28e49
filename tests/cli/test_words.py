"""Words before a person: what is nearly right is told what is right, and lines break where Chinese may."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from generator.base.files import shipped
from generator.cli import main
from generator.cli.output import wrapped

HENAN = str(shipped("data") / "henan-consortium-2022.yaml")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["check", HENAN, "-p", "河南"], "henan/alliance-2020 或 henan/consortium-2022"),
        (["check", HENAN, "-p", "湖北省"], "hubei/consortium-2022"),
        (["check", HENAN, "-p", "创新战略联盟"], "henan/alliance-2020"),
        (["check", HENAN, "-p", "henan/consortium-2023"], "henan/consortium-2022"),
        (["检查", HENAN], "check"),
        (["核对", HENAN], "check"),
        (["汇总"], "rollup"),
        (["pakcet", HENAN], "packet（生成整套申报材料）"),
        (["packet", HENAN, "--edition", "签署"], "draft（草稿）、signing（签署版）"),
        (["packet", HENAN, "--editoin", "signing"], "--edition"),
    ],
)
def test_what_is_nearly_right_is_told_what_is_right(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert told in said
    assert len(said.strip().splitlines()) == 1


def test_a_message_is_one_line_where_no_terminal_breaks_it(capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", str(shipped("data") / "three-provinces.yaml")])
    out = capsys.readouterr().out
    assert "领军企业的子公司：在" in out
    assert not re.search(r"[0-9] ?\n *[家个条项]", out)


texts = st.lists(
    st.sampled_from(
        [
            "成员单位",
            "第 12 个",
            "9 家",
            "50.5%",
            "“创新型企业”",
            "（单元格 B16）",
            "，",
            "。",
            "；",
            "A&B 公司",
            "、",
        ]
    ),
    min_size=1,
    max_size=40,
).map("".join)


@given(texts, st.integers(20, 100))
def test_lines_break_where_chinese_may_be_broken_and_lose_nothing(text: str, width: int) -> None:
    lines = wrapped(f"  · {text}", width).split("\n")
    assert "".join("".join(lines).split()) == "".join(f"  · {text}".split())
    for line in lines:
        # Marks that close hang over the end rather than begin a line.
        assert cell_len(line.rstrip("，。；、）”")) <= width + 2
    for first, second in itertools.pairwise(lines):
        assert second.strip()[0] not in "，。；：、）”"
        assert not re.search(r"第$|[0-9] ?$|“[^”]*$|元格$", first)
