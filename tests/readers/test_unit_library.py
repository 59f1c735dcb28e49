"""A library of organisations: referred to by code, overridden member by member, told about where it stands."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from generator.model.dataset import Dataset
from generator.readers.load import load
from generator.readers.source_file import read_source

CODE = "91410300171076548K"
OTHER = "12410000415802439A"
LIBRARY = f"""units:
  - name: 某某轴承有限公司
    credit_code: {CODE}
    kind: 企业
    contact: {{name: 张三, phone: 0379-1}}
  - 单位名称: 某某大学
    credit_code: {OTHER}
"""


def loaded(folder: Path, text: str, library: str | None = LIBRARY, name: str = "单位库.yaml") -> Dataset:
    if library is not None:
        (folder / name).write_text(library, encoding="utf-8")
    path = folder / "数据.yaml"
    path.write_text("name: 某省轴承创新联合体\n" + text, encoding="utf-8")
    return load(read_source(path), None, known={})


def test_a_member_is_what_the_library_says_and_what_differs(tmp_path: Path) -> None:
    data = loaded(
        tmp_path,
        f"units: 单位库.yaml\nmembers:\n  - unit: {CODE}\n    role: 牵头单位\n    contact: {{phone: 0379-2}}\n"
        f"  - {{引用单位: {OTHER}}}\n  - {{name: 自写的单位}}\n",
    )
    assert data.problems == ()
    first, second, third = data.consortium.members or ()
    assert (first.name, first.credit_code, first.role) == ("某某轴承有限公司", CODE, "牵头单位")
    assert first.contact is not None
    assert (first.contact.name, first.contact.phone) == ("张三", "0379-2")
    assert (second.name, third.name) == ("某某大学", "自写的单位")


def test_places_point_into_the_file_where_the_value_stands(tmp_path: Path) -> None:
    data = loaded(
        tmp_path, f"units: 单位库.yaml\nmembers:\n  - unit: {CODE}\n    contact: {{phone: 0379-2}}\n"
    )
    assert str(data.place("members[0].name")) == "单位库.yaml 第 2 行"
    assert str(data.place("members[0].contact.name")) == "单位库.yaml 第 5 行"
    assert str(data.place("members[0].contact.phone")) == "数据.yaml 第 5 行"


def test_a_wrong_value_of_the_library_is_told_there(tmp_path: Path) -> None:
    library = LIBRARY.replace("kind: 企业", "kind: 行星")
    data = loaded(tmp_path, f"units: 单位库.yaml\nmembers:\n  - unit: {CODE}\n", library)
    (problem,) = data.problems
    assert problem.path == "members[0].kind"
    assert str(problem.place) == "单位库.yaml 第 4 行"


@pytest.mark.parametrize(
    ("text", "library", "said"),
    [
        ("members:\n  - unit: {code}\n", LIBRARY, "没有写单位库"),
        ("units: 单位库.yaml\nmembers:\n  - unit: 91\n", LIBRARY, "没有统一社会信用代码为“91”"),
        ("units: 单位库.yaml\nmembers:\n  - unit: {code}\n", LIBRARY + LIBRARY[7:], "有 2 个"),
        ("units: 单位库.yaml\nmembers: []\n", None, "找不到这个文件"),
        ("units: 单位库.yaml\nmembers: []\n", "name: 甲\n", "没有单位的列表"),
        ("units: ../单位库.yaml\nmembers: []\n", LIBRARY, "不在数据文件所在的文件夹里"),
        ("units: [甲]\nmembers: []\n", LIBRARY, "应是一个文件名"),
        ("units: 单位库.yaml\nmembers:\n  - unit: [1]\n", LIBRARY, "应是一个统一社会信用代码"),
    ],
)
def test_what_cannot_be_referred_to_is_told(
    tmp_path: Path, text: str, library: str | None, said: str
) -> None:
    (problem,) = loaded(tmp_path, text.format(code=CODE), library).problems
    assert said in problem.message


def test_only_the_organisations_used_are_inputs(tmp_path: Path) -> None:
    text = f"units: 单位库.yaml\nmembers:\n  - unit: {CODE}\n"
    before = loaded(tmp_path, text).inputs
    assert [name for name in before if "#" in name] == [f"单位库.yaml#{CODE}"]
    assert loaded(tmp_path, text, LIBRARY.replace("某某大学", "另一所大学")).inputs == before
    assert loaded(tmp_path, text, LIBRARY.replace("张三", "李四")).inputs != before


def test_a_workbook_with_a_sheet_of_members_is_a_library_too(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "成员单位"
    for row in (["单位名称", "统一社会信用代码"], ["某某轴承有限公司", CODE]):
        sheet.append(row)
    book.save(tmp_path / "单位库.xlsx")
    data = loaded(tmp_path, f"units: 单位库.xlsx\nmembers:\n  - unit: {CODE}\n", None)
    assert data.problems == ()
    assert data.consortium.members is not None
    assert data.consortium.members[0].name == "某某轴承有限公司"
    assert "单位库.xlsx" in str(data.place("members[0].name"))
