"""An official's scheme made from the docs alone: a new workbook filled in Excel, forms in Word, no YAML, no trick.

It asks for what could only be done by a trick before: a second recommending body and a deciding one, a person who
signs by office, options of common fields, 正本 and 副本, figures in a form, a list with page numbers, a table for the
department.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pypdf
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from generator.cli import main

CODE = "anlan/green-2031"
Rows = list[dict[str, str]]
# What stands in each table of the workbook, as an official writes it.
PAIRS = {
    "全称": "安澜省绿色创新联合体组建备案",
    "简称": "安澜绿色联合体",
    "主管部门": "安澜省科学技术委员会",
    "地区": "安澜省",
    "官方文件标题": "安澜省绿色创新联合体管理办法",
    "文号": "安科发〔2031〕2号",
    "印发日期": "2031年1月15日",
}
TABLES: dict[tuple[str, str], Rows] = {
    ("文件", "文件"): [
        {"编号": "application", "标题": "备案申请书", "模板": "application.docx", "份数": "6"},
        {"编号": "agreement", "用途": "协议", "标题": "组建协议", "模板": "agreement.docx"},
        {"编号": "list", "标题": "报送材料清单", "模板": "list.docx"},
    ],
    ("文件", "正本和副本"): [
        {"文件编号": "application", "封面上的字": "正本", "份数": "1"},
        {"文件编号": "application", "封面上的字": "副本", "份数": "5"},
    ],
    ("签章", "签章"): [
        {"文件编号": "application", "签署处": "lead_opinion", "谁": "牵头单位", "旁边印的字": "牵头单位意见"},
        {"文件编号": "application", "签署处": "bureau", "谁": "bureau", "旁边印的字": "行业主管部门意见"},
        {"文件编号": "application", "签署处": "finance", "谁": "finance", "旁边印的字": "财政部门意见"},
        {
            "文件编号": "application",
            "签署处": "chief",
            "谁": "chief",
            "旁边印的字": "首席科学家签字",
            "盖章": "否",
            "由谁签字": "首席科学家",
        },
        {
            "文件编号": "agreement",
            "签署处": "member",
            "谁": "全部成员单位",
            "旁边印的字": "签署页",
            "由谁签字": "法定代表人",
        },
    ],
    ("签章", "其他签署方"): [
        {
            "编号": "bureau",
            "是谁": "行业主管部门",
            "取自字段": "行业主管部门",
            "什么时候签": "报送前签意见",
            "适用情形": "申报路径 = 行业推荐",
        },
        {"编号": "finance", "是谁": "财政部门", "全称": "安澜省财政厅", "什么时候签": "报送后审批"},
        {
            "编号": "chief",
            "是谁": "首席科学家",
            "取自字段": "首席科学家.姓名",
            "什么时候签": "与申报单位一起",
        },
    ],
    ("字段", "本方案的字段"): [
        {"路径": "bureau", "名称": "行业主管部门", "种类": "文字"},
        {
            "路径": "members[].kind",
            "名称": "单位类型",
            "种类": "选项",
            "选项": "企业、高等学校、科研院所、新型研发机构",
        },
    ],
    ("算法", "算法"): [
        {
            "编号": "rd",
            "标题": "近三年研发投入",
            "算法": "合计",
            "看什么": "牵头单位.年度财务数据[].研发投入",
            "最近几年": "3",
        },
        {
            "编号": "sales",
            "标题": "同期销售收入",
            "算法": "合计",
            "看什么": "牵头单位.年度财务数据[].销售收入",
            "最近几年": "3",
        },
    ],
    ("条件", "条件"): [
        {
            "编号": "members",
            "标题": "单位 3 至 8 家",
            "数什么": "成员单位[]",
            "至少": "3",
            "至多": "8",
            "条款": "第三条",
            "原文": "单位不少于3家，不超过8家",
        },
        {
            "编号": "rd",
            "标题": "研发投入占销售收入 3% 以上",
            "数什么": "近三年研发投入",
            "占比": "≥3%",
            "占谁的": "同期销售收入",
            "适用情形": "申报路径 = 行业推荐",
            "级别": "原则上",
            "条款": "第四条",
            "原文": "行业推荐的，原则上不低于3%",
        },
    ],
    ("附件", "附件"): [{"编号": "accounts", "名称": "审计报告", "条款": "第五条"}],
    ("报送", "申报路径"): [
        {"名称": "行业推荐", "依次经过谁": "行业主管部门\n省科学技术委员会", "有推荐单位": "否"},
        {"名称": "直接申报", "依次经过谁": "省科学技术委员会", "有推荐单位": "否"},
    ],
    ("汇总", "汇总表的列"): [
        {"内容": "联合体名称"},
        {"内容": "牵头单位.单位名称", "表头": "牵头单位"},
        {"内容": "近三年研发投入", "单位": "亿元"},
        {"内容": "近三年研发投入", "占谁的": "同期销售收入", "表头": "研发强度"},
    ],
}
DATA: dict[str, Any] = {
    "联合体名称": "安澜省风电绿色创新联合体",
    "填报日期": "2031-03-01",
    "申报路径": "行业推荐",
    "行业主管部门": "安澜省能源局",
    "首席科学家": {"姓名": "林一川"},
    "成员单位": [
        {
            "角色": "牵头单位",
            "单位名称": "安澜风电有限公司",
            "单位类型": "企业",
            "年度财务数据": [
                {"年度": str(year), "销售收入": "2亿元", "研发投入": "800万元"} for year in (2028, 2029, 2030)
            ],
        },
        {"角色": "成员单位", "单位名称": "安澜大学", "单位类型": "高等学校"},
        {"角色": "成员单位", "单位名称": "安澜风能研究中心", "单位类型": "新型研发机构"},
    ],
    "附件": {"accounts": ["审计报告.pdf"]},
}


def fill(path: Path) -> None:
    """Type into the workbook as it came from ``scheme new``; rows that it begins with are typed over."""
    book: Any = openpyxl.load_workbook(path)
    for cells in book["方案"].iter_rows(min_col=1, max_col=2):
        if cells[0].value in PAIRS:
            cells[1].value = PAIRS[cells[0].value]
    for (sheet, title), rows in TABLES.items():
        target = book[sheet]
        mark = next(cell for cell in target["A"] if cell.value == f"【{title}】")
        heads = {cell.value: cell.column for cell in target[mark.row + 1] if cell.value}
        width = max(heads.values())
        for number, row in enumerate(rows, mark.row + 2):
            for column in range(1, width + 1):
                target.cell(number, column).value = None
            for head, text in row.items():
                target.cell(number, heads[head]).value = text
    book.save(path)


def bookmarked(paragraph: Any, name: str, number: int) -> None:
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for mark in (start, end):
        mark.set(qn("w:id"), str(number))
    start.set(qn("w:name"), name)
    paragraph._p.insert(0, start)
    paragraph._p.append(end)


def word(path: Path, paragraphs: list[str], rows: list[tuple[str, ...]] = []) -> None:  # noqa: B006 (only read)
    document = docx.Document()
    for number, text in enumerate(paragraphs, 1):
        shown, _, bookmark = text.partition("#")
        paragraph = document.add_paragraph(shown)
        if bookmark:
            bookmarked(paragraph, bookmark, number)
    if rows:
        table = document.add_table(len(rows), len(rows[0]))
        for at, row in enumerate(rows):
            for column, text in enumerate(row):
                table.cell(at, column).text = text
    document.save(str(path))


def forms(folder: Path) -> None:
    word(
        folder / "application.docx",
        [
            "安澜省绿色创新联合体备案申请书　{{ document.cover }}",
            "联合体名称：{{ 联合体名称 }}　牵头单位：{{ 牵头单位.单位名称 }}　类型：{{ 牵头单位.单位类型 }}",
            "申报路径：{{ 申报路径 }}　行业主管部门：{{ 行业主管部门 }}",
            "近三年研发投入 {{ 算法.近三年研发投入 }} 万元，占同期销售收入的 {{ figure.rd % figure.sales|decimals(2) }}",
            "牵头单位意见（盖章）　　　　　#sign_lead_opinion",
            "行业主管部门意见（盖章）　　　　　#sign_bureau",
            "{{ parties.finance }}意见（盖章）　　　　　#sign_finance",
            "首席科学家签字：{{ 首席科学家.姓名 }}　　　　　#sign_chief",
        ],
    )
    word(
        folder / "agreement.docx",
        [
            "{%p for m in 成员单位 %}",
            "{{ m.单位名称 }}（盖章）　　　法定代表人：　　　　　#sign_member",
            "{%p endfor %}",
        ],
    )
    word(
        folder / "list.docx",
        ["报送材料清单（全套 {{ packet.pages }} 页）"],
        [
            ("{%tr for f in packet.files %}", "", ""),
            ("{{ f.title }}", "{{ f.pages }}", "{{ f.first }}"),
            ("{%tr endfor %}", "", ""),
        ],
    )


@pytest.mark.thorough
def test_a_scheme_is_made_from_the_docs_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "我的模板"
    folder = root / CODE
    folder.mkdir(parents=True)
    book = folder / "programme.xlsx"

    def run(*arguments: object) -> str:
        capsys.readouterr()
        code = main([*map(str, arguments)])
        said = capsys.readouterr()
        assert code == 0, said.out + said.err
        return said.out

    run("scheme", "new", CODE, "-o", book)
    fill(book)
    forms(folder)
    read_back = run("lint", folder)
    assert "没有发现问题" in read_back
    assert "近三年研发投入" in read_back
    run("blank", CODE, "-o", tmp_path / "空白", "--templates", root)

    writer = pypdf.PdfWriter()
    for _ in range(4):
        writer.add_blank_page(595, 842)
    writer.write(tmp_path / "审计报告.pdf")
    data = tmp_path / "数据.yaml"
    data.write_text(json.dumps(DATA, ensure_ascii=False), encoding="utf-8")
    run("check", data, "-p", CODE, "--templates", root)
    run(
        "packet", data, "-p", CODE, "-o", tmp_path / "出", "--edition", "signing", "--templates", root
    )  # nothing lacks
    (path,) = (tmp_path / "出").rglob("manifest.json")
    manifest = json.loads(path.read_text(encoding="utf-8"))
    application = manifest["documents"][0]
    signing = {one["role"]: (one["party"], one.get("stage", "ours")) for one in application["signatories"]}
    assert signing == {
        "lead_opinion": ("安澜风电有限公司", "ours"),
        "bureau": ("安澜省能源局", "opinion"),
        "finance": ("安澜省财政厅", "decision"),
        "chief": ("林一川", "ours"),
    }
    text = pypdf.PdfReader(path.parent / application["files"][1]["path"]).pages[0].extract_text()
    assert "2400.00 万元" in text
    assert "4.00%" in text
    assert "正本" in text
    (clerk,) = path.parent.rglob("*报送材料清单.docx")
    lines = [[cell.text for cell in row.cells] for row in docx.Document(str(clerk)).tables[0].rows]
    assert lines[-1][:2] == ["审计报告", "4"]

    run("rollup", CODE, data, "-o", tmp_path / "汇总", "--templates", root, "--no-pdf")
    (table,) = (tmp_path / "汇总").rglob("汇总.xlsx")
    row = [cell.value for cell in openpyxl.load_workbook(table)["汇总"][3]]
    assert row == [1, "安澜省风电绿色创新联合体", "安澜风电有限公司", 0.24, 0.04]
