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
        (["check", HENAN, "-p", "湖背"], "hubei/consortium-2022"),
        *(
            pytest.param(*slip, marks=pytest.mark.thorough)
            for slip in (
                (["check", HENAN, "-p", "云男省"], "yunnan/consortium-2022"),
                (["check", HENAN, "-p", "产业技术创新战略连盟"], "henan/alliance-2020"),
                (["签署", "数据.yaml"], "packet（"),
                (["打包"], "packet（"),
                (["合并"], "merge（"),
                (["审核"], "check（"),
                (["verfy"], "verify（"),
                (["blank", "-p", "云南"], "方案代码直接写在命令后面"),
                (["new", "--programme", "湖北"], "方案代码直接写在命令后面"),
                (["new", "云南", "-o", "表.xlsx"], "yunnan/consortium-2022"),
                (["blank", "海南省创新联合体", "-o", "空白"], "hainan/consortium-2022"),
                (["new", "hubei/consortium", "-o", "表.xlsx"], "hubei/consortium-2022"),
            )
        ),
    ],
)
def test_28_what_is_meant_is_suggested(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert told in said
    assert len(said.strip().splitlines()) == 1


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["北京", "湖南省", "河北", "山东省创新联合体", "四川创新联合体", "广东"])
def test_28_a_region_that_is_rightly_written_is_no_slip_for_another(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", name, "-o", "表.xlsx"]) == 2
    assert "改写成" not in capsys.readouterr().err


@pytest.mark.thorough
@pytest.mark.parametrize("width", [60, 40])
def test_a_comparison_of_all_schemes_is_read_in_a_narrow_terminal(
    width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    main(["check", HENAN, "--all"])
    table, _, _ = capsys.readouterr().out.partition("另有 ")
    assert all(cell_len(line) <= width for line in table.splitlines())
    titles = [line[: width // 2].strip() for line in table.splitlines() if "—" in line]
    # Half of the width is left to what is compared, so that titles are read in two or three lines.
    assert max(map(cell_len, titles)) > width // 3


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
