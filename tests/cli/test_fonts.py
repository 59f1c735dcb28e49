"""``lianheti fonts``: which face serves which name, what is missing, and who draws a rare character."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run
from tests.pdf.conftest import make_font


def test_real_faces_are_shown_as_the_machine_has_them(run: Run, tmp_path: Path) -> None:
    make_font(tmp_path / "simfang.ttf", "仿宋_GB2312", characters="文字㛃")
    make_font(tmp_path / "simkai.ttf", "KaiTi", characters="文字")
    make_font(tmp_path / "simkai-bold.ttf", "KaiTi", bold=True, characters="文字")
    ran = run("fonts", "--folder", tmp_path, "--format", "json", "--text", "文㛃\U00020000 文")
    assert ran.code == 0
    faces = {face["role"]: face for face in ran.json["faces"]}
    assert (faces["仿宋"]["face"], faces["仿宋"]["file"], faces["仿宋"]["own"]) == (
        "仿宋_GB2312",
        "simfang.ttf",
        True,
    )
    assert faces["楷体"]["bold"] == "KaiTi"
    assert "仿宋" not in ran.json["missing"]
    assert "小标宋" in ran.json["missing"]
    assert [(item["character"], item["face"]) for item in ran.json["characters"]] == [
        ("文", "仿宋_GB2312"),
        ("㛃", "仿宋_GB2312"),
        ("\U00020000", None),
    ]


def test_what_is_missing_comes_with_its_remedy(run: Run, tmp_path: Path) -> None:
    make_font(tmp_path / "simhei.ttf", "SimHei", characters="文字")
    ran = run("fonts", "--folder", tmp_path, "--text", "㐀")
    assert ran.code == 0
    assert "LIANHETI_FONTS" in ran.out
    missing = next(line for line in ran.out.splitlines() if line.startswith("缺"))
    assert "小标宋" in missing
    assert "黑体" not in missing.partition("：")[0]
    assert "fonts-lxgw-wenkai" in ran.out
    (tmp_path / "free").mkdir()
    make_font(tmp_path / "free" / "wenkai.ttf", "LXGW WenKai", characters="文字")
    ran = run("fonts", "--folder", tmp_path / "free", "--format", "json")
    assert {face["role"]: face["file"] for face in ran.json["faces"]}["楷体"] == "wenkai.ttf"
    assert "楷体" not in ran.json["missing"]


def test_a_folder_that_is_not_there_is_told(run: Run, tmp_path: Path) -> None:
    ran = run("fonts", "--folder", tmp_path / "没有")
    assert ran.code == 3
    assert "没有这个字体目录" in ran.err
