"""A data file to begin with: every field that a programme can use, blank, with a word on each."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.base.ooxml.bookmarks import Anchor, anchors
from generator.model.consortium import LEAD, MEMBER, OF_A_FILING, Passage
from generator.model.fields import FieldSpec, Part
from generator.model.paths import PASSAGES, over_members, role_asked
from generator.model.programme import ChecklistItem, Programme
from generator.model.value_kinds import Kind, Text

NAME_PLACEHOLDER = "〔待填：联合体名称〕"
_INDENT = "  "
HEADER = """\
# {title}（{code}）数据文件
#
# 怎么填：把值写在字段名后的冒号后面，冒号用半角，后面留一个空格；每一级缩进两个空格，不用 Tab。
# 三种状态：冒号后面空着（或删去这一行）= 还没填；“无” = 明确没有；写了值 = 按值检查和打印。
# 多段文字：冒号后写“|”，从下一行起缩进书写，一行就是一段。
# 列表：每一项前面加“- ”；多一项就照样再抄一份，用不着的项整段删去。
# 值里有冒号、井号，或以特殊符号开头的，用引号括起来，如 "见附件: 表1"。
# 金额可以带单位（1200、1200万元、1.2亿元都可以），日期写成 2026-03-01，是非题填“是”或“否”。
# 填好后运行：lianheti check 本文件 -p {code}
"""
_UNSAFE_KEY = re.compile(r"""[:#{}\[\],&*!|>'"%@`]|^[-?\s]|\s$|^$""")
_KIND_NOTES = {"flag": "是 / 否", "date": "日期", "year": "四位年份", "long_text": "可写多段"}


def starter_yaml(programme: Programme, version: str = "") -> str:
    """A commented YAML file with all that a programme can use, to be filled.

    As it stands only its name is missing: blank fields are not given. The sections and clauses are those
    of the programme's templates.

    Args:
        programme: the programme.
        version: that of its pack; empty where it comes from none.

    Raises:
        ProgrammeError: one of its templates can't be read.
    """
    lines = list(Starter(programme).lines())
    if version:
        title = programme.model.specs()["scheme_version"].title
        lines.append(f"{_INDENT * 2}{title}: {version}")
    return "\n".join(lines) + "\n"


class Starter:
    """Writes a starter file's lines; other writers of data files use its titles and notes."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self.anchors = anchors_of(programme)

    def lines(self) -> Iterator[str]:
        """The whole file."""
        programme = self.programme
        yield from HEADER.format(title=programme.title, code=programme.code).splitlines()
        for name, spec in programme.model.specs().items():
            if name in OF_A_FILING:
                continue
            if spec.part is not None or spec.shape != "one":
                yield ""
            yield from self.field(spec, "", "", NAME_PLACEHOLDER if name == "name" else "")
        yield from self.filing()

    def filing(self) -> Iterator[str]:
        """The filing of the programme, with how to accept a failed condition."""
        yield ""
        yield "# 只对这个方案不同的内容（如名称、填报日期、申报路径）写在这里，写法与上面相同，优先于上面。"
        yield "# 确实不符合、仍要申报的条件，写明理由后记录在案（条件的标题照核对结果写）："
        yield "#   接受的不符合项:"
        yield "#     - 条件:"
        yield "#       理由:"
        yield "# 由人判断的条件看过以后，记下结论（符合或不符合）、日期和判断人，核对时不再逐条列出："
        yield "#   人工判断:"
        yield "#     - 条件:"
        yield "#       结论:"
        yield "#       日期:"
        yield "#       判断人:"
        yield "#       说明:"
        yield "# 从安装包装的方案，按第几版填写记在这里，装了另一版时提醒："
        yield "#   方案版本:"
        yield "申报:"
        yield f"{_INDENT}{self.programme.code}:"

    def field(self, spec: FieldSpec, indent: str, path: str, value: str = "") -> Iterator[str]:
        """A field's lines; ``path`` is that of its group, without indexes."""
        here = f"{path}.{spec.name}" if path else spec.name
        title = self.title(spec, here)
        note = self.note(spec, here)
        if spec.shape == "map":
            yield f"{indent}{title}:{note}"
            yield from self.map(spec, f"{indent}{_INDENT}", here)
        elif spec.part is not None and spec.shape == "list":
            yield f"{indent}{title}:{note}"
            inner = f"{indent}{_INDENT}"
            if here == "members":
                yield from self.item(spec.part, inner, f"{here}[]", LEAD)
                # The first item has the notes; this one repeats its fields without them.
                for line in self.item(spec.part, inner, f"{here}[]", MEMBER):
                    yield line.partition("  # ")[0]
            else:
                yield from self.item(spec.part, inner, f"{here}[]", "")
        elif spec.part is not None:
            yield f"{indent}{title}:{note}"
            yield from self.group(spec.part, f"{indent}{_INDENT}", here)
        else:
            yield f"{indent}{title}:{f' {value}' if value else ''}{note}"

    def group(self, part: type[Part], indent: str, path: str) -> Iterator[str]:
        """A group's fields."""
        for spec in part.specs().values():
            yield from self.field(spec, indent, path)

    def item(self, part: type[Part], indent: str, path: str, role: str) -> Iterator[str]:
        """One item of a list."""
        lines = [
            line
            for spec in part.specs().values()
            for line in self.field(spec, indent + _INDENT, path, role if spec.name == "role" else "")
        ]
        first, *rest = lines
        yield f"{indent}- {first.strip()}"
        yield from rest

    def map(self, spec: FieldSpec, indent: str, path: str) -> Iterator[str]:
        """A map's ids: the checklist's, or those that the templates name."""
        if spec.part is None:
            for item in self.programme.attachments:
                yield f"{indent}{yaml_key(item.id)}:  # {_checklist_note(item)}"
            return
        for anchor in self.anchors:
            if PASSAGES.get(anchor.kind) == path:
                notes = "；".join(
                    note for note in (anchor.title, *self.limits(f"{path}.{anchor.id}.text")) if note
                )
                yield f"{indent}{yaml_key(anchor.id)}:{f'  # {notes}' if notes else ''}"

    def title(self, spec: FieldSpec, path: str) -> str:
        """The title as the programme calls it, quoted where YAML needs it."""
        labels = self.programme.labels
        return yaml_key(labels.get(path) or labels.get(f"{path}[]") or spec.title)

    def note(self, spec: FieldSpec, path: str) -> str:
        """The comment after a field; empty where there is nothing to say."""
        parts = [
            *_kind_notes(spec.kind),
            spec.help,
            f"例：{spec.example}" if spec.example and not (spec.kind and spec.kind.options) else "",
            "可写多项，每项前面加“- ”" if spec.shape == "list" else "",
            _passage_note(spec),
            *self.limits(path),
            *self.of_programme(path),
        ]
        text = "；".join(dict.fromkeys(part for part in parts if part))
        return f"  # {text}" if text else ""

    def of_programme(self, path: str) -> Iterator[str]:
        """What the programme says of the name and of the ways of filing."""
        if path == "name" and self.programme.name_pattern:
            yield f"写成“{self.programme.name_pattern.replace('{}', '×××')}”"
        if path == "route" and self.programme.routes:
            yield " / ".join(route.name for route in self.programme.routes)

    def limits(self, path: str) -> Iterator[str]:
        """How many 字 a text may have, with the clause that says so."""
        for limit in self.programme.limits:
            group, _, name = limit.path.rpartition(".")
            fields = {f"{group}.{field}" if group else field for field in (name, *limit.together)}
            if path not in set(map(over_members, fields)):
                continue
            bounds = "、".join(
                text
                for text in (
                    f"不少于 {limit.min} 字" if limit.min else "",
                    f"不超过 {limit.max} 字" if limit.max else "",
                )
                if text
            )
            who = role_asked(limit.path)
            together = "与同一栏的文字合计" if limit.together else ""
            yield f"{who}{together}{bounds}（{limit.clause}）"


def yaml_key(text: str) -> str:
    """A key as YAML takes it, quoted where it must be."""
    return f"'{text.replace(chr(39), chr(39) * 2)}'" if _UNSAFE_KEY.search(text) else text


def anchors_of(programme: Programme) -> list[Anchor]:
    """The anchors of all the programme's templates, each once."""
    files = dict.fromkeys(
        name
        for document in programme.documents
        for name in (document.template, *(variant.template for variant in document.variants))
    )
    found: dict[tuple[str, str], Anchor] = {}
    for name in files:
        for anchor in anchors(programme.folder / name):
            found.setdefault((anchor.kind, anchor.id), anchor)
    return list(found.values())


def _kind_notes(kind: Kind | None) -> Iterator[str]:
    if kind is None:
        return
    if kind.options:
        yield " / ".join(kind.options)
    elif note := _KIND_NOTES.get(kind.name):
        yield note
    if kind.unit:
        yield f"单位：{kind.unit}"
    elif type(kind) is not Text and kind.name == "count":
        yield "整数"


def _passage_note(spec: FieldSpec) -> str:
    if spec.part is None or not issubclass(spec.part, Passage):
        return ""
    return (
        "正文直接写在编号后面；放在文本文件或 Word 文件里的写成 {文件: 文件名.txt}；用参考条款的写成 {范本: 名称}；"
        "有图片、表格的写成 {格式: markdown, 正文: …}"
    )


def _checklist_note(item: ChecklistItem) -> str:
    parts = [
        item.title,
        "必备" if item.required else "如有",
        "每个成员单位一份" if item.per_member else "",
        item.clause,
    ]
    return "；".join(part for part in parts if part)
