"""Long texts with marks: what is kept, what is refused by its line, what a text may name."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from docx.shared import Cm
from PIL import Image

from generator.model.notices import notice_texts
from generator.model.programme import Programme
from generator.model.rich_text import PictureBlock, RichText, TableBlock, TextBlock
from generator.readers.chapters.markdown import read_markdown
from generator.readers.load import load
from generator.readers.source_file import read_source
from tests.pdf.word import docx as made
from tests.pdf.word import paragraph, run


def picture(size: tuple[int, int] = (40, 20), kind: str = "PNG", **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new(more.pop("mode", "RGB"), size, 1).save(out, kind, **more)
    return out.getvalue()


def chapter(loaded: Any, text: str, more: str = "") -> Any:
    lines = "".join(f"        {line}\n" for line in text.split("\n"))
    return loaded(
        f"name: 甲\n{more}plan:\n  sections:\n    goals:\n      format: markdown\n      text: |\n{lines}"
    )


def rich(loaded: Any, text: str, more: str = "") -> RichText:
    dataset = chapter(loaded, text, more)
    assert dataset.problems == ()
    found = dataset.consortium.plan.sections["goals"].text
    assert isinstance(found, RichText)
    return found


def told(loaded: Any, text: str, more: str = "") -> str:
    dataset = chapter(loaded, text, more)
    assert "goals" not in (dataset.consortium.plan.sections or {}) or (
        dataset.consortium.plan.sections["goals"].text is None
    )
    return "\n".join(str(problem.message) for problem in dataset.problems)


@pytest.mark.parametrize("form", ["bare", "text", "plain"])
def test_plain_text_stays_plain_whatever_it_begins_with(loaded: Any, form: str) -> None:
    lines = ["# 一号线", "1. 不是编号", "| 甲 | 乙 |", "**照印**", "- 横线", "![图](a.png)"]
    text = "".join(f"        {line}\n" for line in lines)
    head = {"bare": "    goals: |\n", "text": "    goals:\n      text: |\n"}.get(
        form, "    goals:\n      format: 纯文本\n      text: |\n"
    )
    dataset = loaded(f"name: 甲\nplan:\n  sections:\n{head}{text}")
    assert dataset.problems == ()
    found = dataset.consortium.plan.sections["goals"].text
    assert type(found) is str
    assert found.strip("\n").split("\n") == lines


def test_lists_bold_and_indexes_are_kept_to_the_character(loaded: Any) -> None:
    text = rich(
        loaded,
        "**目标。**建设3~5个，10~20人，2_3_4，____年，5\\*3，CO<sub>2</sub>、10<sup>6</sup>；A&B\n第二行\n\n"
        "1. 甲\n2. 乙\n   - 子项\n3. 丙\n\n3) 从三起",
    )
    assert text == (
        "目标。建设3~5个，10~20人，2_3_4，____年，5*3，CO2、106；A&B\n第二行\n1. 甲\n2. 乙\n– 子项\n3. 丙\n3) 从三起"
    )
    first = text.blocks[0]
    assert isinstance(first, TextBlock)
    assert [(run.text, run.bold, run.script) for run in first.runs[:3]] == [
        ("目标。", True, ""),
        ("建设3~5个，10~20人，2_3_4，____年，5*3，CO", False, ""),
        ("2", False, "subscript"),
    ]
    assert [block.depth for block in text.blocks if isinstance(block, TextBlock)] == [0, 0, 1, 1, 2, 1, 1]


REFUSED = [
    ("# 标题", 1, "标题"),
    ("甲\n===", 1, "标题"),
    ("甲\n\n#1线", 3, "标题"),
    ("甲\n\n> 引用", 3, "引用"),
    ("甲\n\n    代码", 3, "4 个以上的空格"),
    ("甲\n\n```\nx\n```", 3, "代码块"),
    ("甲\n\n***\n乙", 3, "分隔线"),
    ("甲\n有*斜体*字", 2, "斜体"),
    ("_斜_ 体", 1, "斜体"),
    ("甲**没有成对", 1, "没有成对的 **"),
    ("**跨\n行**", 1, "没有成对的 **"),
    ("[甲](b)", 1, "链接"),
    ("<http://a.cn>", 1, "链接"),
    ("[甲]: http://a.cn", 1, "链接的定义"),
    ("`甲`", 1, "行内代码"),
    ("甲&nbsp;乙", 1, "字符实体"),
    ("甲<br>乙", 1, "HTML"),
    ("甲<b>乙</b>", 1, "HTML"),
    ("<div>\n甲\n</div>", 1, "HTML"),
    ("x<sup>2", 1, "没有配对"),
    ("x<sup>2</sub>", 1, "没有配对"),
    ("~~删~~", 1, "删除线"),
    ("甲[^1]", 1, "脚注"),
    ("甲\n\n1.\n2. 乙", 3, "列表项没有文字"),
    ("- 1. 甲", 1, "列表项没有文字"),
    ("1. 甲\n3. 乙", 2, "编号是 3，前一项是 1"),
    ("1. 甲\n乙", 2, "紧接在列表后面"),
    ("- a\n  - b\n    - c\n      - d", 4, "超过 3 层"),
    ("| 甲 | 乙 |\n|--|--|\n| 1 |", 3, "有 1 格，表头有 2 格"),
    ("| 甲 |\n|--|\n| 1 | 2 |", 3, "有 2 格，表头有 1 格"),
    ("| 甲 | 乙 |\n|--|--|\n| 1 | 2 |\n紧接", 4, "有 1 格"),
    ("| 甲 | 乙 |\n| 1 | 2 |", 1, "没有写完整的表格"),
    ("- | 甲 |\n  |--|\n  | 1 |", 1, "在列表里"),
    ("表题：表 1\n\n正文", 1, "没有紧接着表格"),
    ("文字 ![图](a.png)", 1, "旁边有文字"),
    ("![图](a b.png)", 1, "没有写完整的图片"),
    ("![**图**](a.png)", 1, "图题里用了标记"),
]


@pytest.mark.parametrize(("text", "line", "words"), REFUSED)
def test_every_other_construct_is_refused_by_its_line(text: str, line: int, words: str) -> None:
    found = [(fault.line, fault.what) for fault in read_markdown(text).faults]
    assert any(at == line and words in what for at, what in found), found


def test_what_is_refused_names_the_field_the_line_and_the_remedy(loaded: Any, tmp_path: Path) -> None:
    dataset = chapter(loaded, "甲\n\n# 乙")
    (problem,) = dataset.problems
    assert "goals" in problem.message
    assert "第 3 行用了标题" in problem.message
    assert "\\#" in problem.remedy
    (tmp_path / "章.md").write_text("甲\n\n> 乙", encoding="utf-8")
    dataset = loaded("name: 甲\nplan:\n  sections:\n    goals: {文件: 章.md, 格式: markdown}\n")
    (problem,) = dataset.problems
    assert problem.place.as_json() == {"file": "章.md", "line": 3}


def test_a_markdown_file_without_the_format_is_plain_and_asked_about(loaded: Any, tmp_path: Path) -> None:
    (tmp_path / "章.md").write_text("# 甲\n| 乙 |", encoding="utf-8")
    dataset = loaded("name: 甲\nplan:\n  sections:\n    goals: {文件: 章.md}\n")
    assert type(dataset.consortium.plan.sections["goals"].text) is str
    assert any("按纯文本照印" in notice.text for notice in dataset.notices)


def test_pictures_have_their_size_and_caption_and_are_inputs(loaded: Any, tmp_path: Path) -> None:
    (tmp_path / "图").mkdir()
    (tmp_path / "图" / "路线.png").write_bytes(picture())
    (tmp_path / "框图.jpg").write_bytes(picture(kind="JPEG"))
    dataset = chapter(loaded, '![图 1](图/路线.png "宽 80%")\n![图 2](框图.jpg "宽 6.5 厘米")\n![](框图.jpg)')
    assert dataset.problems == ()
    text = dataset.consortium.plan.sections["goals"].text
    one, two, three = text.blocks
    assert (one.caption, one.share, one.centimetres, one.width, one.height) == ("图 1", 0.8, None, 40, 20)
    assert (two.caption, two.share, two.centimetres, two.format) == ("图 2", None, 6.5, "jpeg")
    assert three.caption == ""
    assert text == "图 1\n图 2"
    assert {"图/路线.png", "框图.jpg"} <= set(dataset.inputs)


def test_a_picture_is_turned_as_its_camera_says(loaded: Any, tmp_path: Path) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    (tmp_path / "a.jpg").write_bytes(picture((40, 20), "JPEG", exif=turned))
    (block,) = rich(loaded, "![图](a.jpg)").blocks
    assert isinstance(block, PictureBlock)
    assert (block.width, block.height) == (20, 40)


@cache
def hostile_files() -> dict[str, bytes]:
    """Pictures and workbooks that cannot be used, and one that can, by name."""
    whole = picture((300, 300))
    good = {"坏.png": whole[:40] + b"\0" * 200, "半.png": whole[: len(whole) // 2], "文字.png": b"text"}
    good["炸弹.png"] = picture((9000, 7000), mode="1")
    frames = [Image.new("RGB", (9, 9), each) for each in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    good |= {"动.png": out.getvalue(), "印刷.jpg": picture(kind="JPEG", mode="CMYK"), "好.png": whole}
    good["表.xlsx"] = b"PK\3\4 none"
    return good


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("../外.png", "不在数据文件所在的文件夹里"),
        ("/etc/passwd.png", "不在数据文件所在的文件夹里"),
        ("C:/外.png", "不在数据文件所在的文件夹里"),
        ("链接.png", "不在数据文件所在的文件夹里"),
        ("没有.png", "不存在"),
        ("夹.png", "不是普通的文件"),
        ("http://a.cn/b.png", "不存在"),
        ("图.svg", "不是能用的图片或表格"),
        ("坏.png", "损坏"),
        ("半.png", "损坏"),
        ("文字.png", "不是 PNG 或 JPEG"),
        ("炸弹.png", "6000 万像素"),
        ("动.png", "动图"),
        ("印刷.jpg", "CMYK"),
        ('好.png "大"', "看不懂"),
        ('好.png "宽 900%"', "宽度不在"),
        ('好.png "宽 0.1 厘米"', "宽度不在"),
        ("表.xlsx", "文件不完整"),
        ("工作表:甲", "只能用在 Excel 工作簿里"),
        ("数据:没有", "没有列表"),
        ("数据:经费.经费来源", "一项也没有"),
        ("数据:产业领域", "没有列表"),
    ],
)
def test_what_a_text_names_is_refused_in_words_where_it_cannot_be_used(
    loaded: Any, tmp_path: Path, target: str, words: str
) -> None:
    (tmp_path / "链接.png").symlink_to("/etc/hostname")
    (tmp_path / "夹.png").mkdir()
    good = hostile_files()
    for name, data in good.items():
        (tmp_path / name).write_bytes(data)
    message = told(loaded, f"甲\n\n![图]({target})")
    assert "第 3 行" in message
    assert words in message


def test_a_table_of_the_data_has_titles_units_and_values_as_printed(loaded: Any) -> None:
    funds = "funds:\n  sources:\n    - {year: 2026, source: 牵头单位自筹, amount: 1200}\n    - {year: 2027, amount: 无}\n"
    (table,) = rich(loaded, '![表 1](数据:经费.经费来源 "列：年度、来源、金额")', funds).blocks
    assert isinstance(table, TableBlock)
    assert table.text == "表 1\n年度\t来源\t金额（万元）\n2026\t牵头单位自筹\t1200.00\n2027\t\t无"
    assert [run.lacks for row in table.rows for cell in row for run in cell.lines[0] if run.lacks] == [
        "funds.sources[1].source"
    ]
    assert "不是这个列表的字段" in told(loaded, '![表](数据:funds.sources "列：没有")', funds)


def test_tables_of_a_workbook_and_of_csv_are_what_stands_in_their_cells(loaded: Any, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "指标"
    rows: list[list[Any]] = [["指标", "值"], ["寿命", 1.5], ["合格率", 0.985], ["台数", 3]]
    for row in rows:
        sheet.append(row)
    sheet["B3"].number_format = "0.0%"
    merged = book.create_sheet("合并")
    merged["A1"] = "甲"
    merged.merge_cells("A1:B1")
    merged["A2"] = "乙"
    book.save(tmp_path / "表.xlsx")
    (tmp_path / "表.csv").write_text('甲,乙\n"1,5",2\n', encoding="utf-8-sig")
    (tmp_path / "歪.csv").write_text("甲,乙\n1\n", encoding="utf-8")
    one, two = rich(loaded, "![表 1](表.xlsx#指标)\n![](表.csv)").blocks
    assert one.text == "表 1\n指标\t值\n寿命\t1.5\n合格率\t98.5%\n台数\t3"
    assert two.text == "甲\t乙\n1,5\t2"
    assert "合并的单元格" in told(loaded, "![表](表.xlsx#合并)")
    assert "不存在或是空的" in told(loaded, "![表](表.xlsx#没有)")
    assert "格数与表头不同" in told(loaded, "![表](歪.csv)")


def test_a_word_file_gives_paragraphs_lists_tables_and_pictures(loaded: Any, tmp_path: Path) -> None:
    written = docx.Document()
    line = written.add_paragraph("第一段，")
    line.add_run("加粗").bold = True
    line.add_run("2").font.superscript = True
    written.add_heading("小标题", 2)
    written.add_paragraph("甲项", style="List Number")
    written.add_paragraph("乙项", style="List Number")
    (tmp_path / "a.png").write_bytes(picture((200, 100)))
    written.add_picture(str(tmp_path / "a.png"), width=Cm(5))
    written.add_paragraph("图 1　路线")
    written.add_paragraph("表 1　指标")
    table = written.add_table(2, 3)
    for at, cell in enumerate(cell for row in table.rows for cell in row.cells):
        cell.text = f"格{at}"
    table.cell(0, 0).merge(table.cell(0, 1))
    written.save(str(tmp_path / "章.docx"))
    dataset = loaded("name: 甲\nplan:\n  sections:\n    goals: {文件: 章.docx}\n")
    assert dataset.problems == ()
    text = dataset.consortium.plan.sections["goals"].text
    assert text.split("\n")[:6] == [
        "第一段，加粗2",
        "小标题",
        "1. 甲项",
        "2. 乙项",
        "图 1　路线",
        "表 1　指标",
    ]
    first, heading, _, _, shown, grid = text.blocks
    assert [(run.bold, run.script) for run in first.runs] == [(False, ""), (True, ""), (False, "superscript")]
    assert heading.runs[0].bold
    assert shown.caption == "图 1　路线"
    assert round(shown.centimetres, 1) == 5
    assert [cell.span for cell in grid.rows[0]] == [2, 1]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda written: _formatted(written, "strike"), "删除线"),
        (lambda written: _formatted(written, "underline"), "下划线"),
        (lambda written: setattr(written.sections[0].header.paragraphs[0], "text", "页眉"), "页眉页脚"),
        (lambda written: written.add_paragraph("甲\t乙"), "制表符"),
    ],
)
def test_what_a_word_file_says_and_would_be_lost_is_refused(
    loaded: Any, tmp_path: Path, change: Any, words: str
) -> None:
    written = docx.Document()
    written.add_paragraph("正文")
    change(written)
    written.save(str(tmp_path / "章.docx"))
    dataset = loaded("name: 甲\nplan:\n  sections:\n    goals: {文件: 章.docx}\n")
    (problem,) = dataset.problems
    assert words in problem.message


def _formatted(written: Any, name: str) -> None:
    setattr(written.add_paragraph().add_run("字").font, name, True)


def test_a_workbook_s_own_sheet_is_a_table_and_is_not_told_as_left_out(
    first: Programme, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "方案章节"
    rows: list[list[Any]] = [
        ["编号", "正文", "格式"],
        ["goals", "1. 甲\n\n![表 1](工作表:指标)", "markdown"],
        ["plain", "1. 甲\n# 乙", None],
    ]
    for row in rows:
        sheet.append(row)
    general = book.create_sheet("概况")
    general.append(["联合体名称", "甲"])
    for name in ("指标", "草稿"):
        book.create_sheet(name).append(["寿命", 5000])
    path = tmp_path / "data.xlsx"
    book.save(path)
    dataset = load(read_source(path), first, known={first.code: first})
    assert dataset.problems == ()
    sections = dataset.consortium.plan.sections  # type: ignore[union-attr]
    assert sections["goals"].text == "1. 甲\n表 1\n寿命\t5000"  # type: ignore[index]
    assert type(sections["plain"].text) is str  # type: ignore[index]
    told = {notice.place.sheet for notice in dataset.notices if notice.sort == "own"}
    assert told == {"草稿"}


def test_a_chapter_with_tracked_changes_is_read_as_accepted_and_says_so(loaded: Any, tmp_path: Path) -> None:
    who = 'w:id="9" w:author="甲"'
    body = paragraph(
        run("建设")
        + f"<w:del {who}><w:r><w:delText>两</w:delText></w:r></w:del><w:ins {who}>{run('三')}</w:ins>"
        + run("条中试线")
    )
    (tmp_path / "章.docx").write_bytes(made(body))
    dataset = loaded("name: 甲\nplan:\n  sections:\n    goals: {文件: 章.docx}\n")
    assert dataset.problems == ()
    assert str(dataset.consortium.plan.sections["goals"].text) == "建设三条中试线"
    assert any("章.docx" in told and "2 处修订" in told for told in notice_texts(dataset.notices))
