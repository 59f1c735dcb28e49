"""The long texts of a dataset put together: what they name is fetched, what is wrong with them is told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from msgspec.structs import replace

from generator.base.characters import BadValueError
from generator.base.pictures import sound_picture
from generator.errors import DataError, Place
from generator.model.consortium import MARKDOWN, Consortium, Passage
from generator.model.paths import PASSAGES
from generator.model.rich_text import Block, PictureBlock, RichText, TableBlock
from generator.readers.chapters.kept import kept_name
from generator.readers.chapters.markdown import Insert, read_markdown
from generator.readers.chapters.tables import as_csv, table_of_csv, table_of_data, table_of_sheet
from generator.readers.field_names import Position
from generator.readers.linked_files import LinkedFiles
from generator.readers.source_file import Source
from generator.readers.translate import Translator, shortened

_PICTURES: Final = (".png", ".jpg", ".jpeg")
_TABLES: Final = (".xlsx", ".csv")
_WIDTH: Final = re.compile(r"宽?\s*[:：]?\s*(\d+(?:\.\d+)?)\s*(厘米|cm|CM|%|％)")
_COLUMNS: Final = re.compile(r"列\s*[:：]\s*(.+)")
_LEAST_CM, _MOST_CM = 1.0, 50.0
_LEAST_SHARE, _MOST_SHARE = 5.0, 100.0
# What a Word file may unpack to is bounded; so is what goes into one.
MAX_PICTURES_BYTES: Final = 40_000_000


class Chapters:
    """Puts the long texts of one dataset together.

    Args:
        source: the data file.
        position: the consortium in the programme's terms.
        linked: follows file names.
        translator: takes the problems.

    Attributes:
        sheets: names of the data file's own sheets that texts print as tables.
    """

    def __init__(
        self, source: Source, position: Position, linked: LinkedFiles, translator: Translator
    ) -> None:
        self._source = source
        self._position = position
        self._linked = linked
        self._translator = translator
        self._bytes = 0
        self.sheets: set[str] = set()

    def composed(self, consortium: Consortium, places: Mapping[str, Place]) -> Consortium:
        """The consortium with its texts of ``format: markdown`` read; one that is wrong is left out and told.

        Args:
            consortium: the validated data.
            places: where each value stands.
        """
        for group_name, map_name in (texts.split(".") for texts in PASSAGES.values()):
            group: Any = getattr(consortium, group_name)
            passages: dict[str, Passage] = getattr(group, map_name, None) or {}
            read: dict[str, Passage] = {}
            for key, passage in passages.items():
                path = f"{group_name}.{map_name}.{key}.text"
                if passage.format == MARKDOWN and passage.text and not isinstance(passage.text, RichText):
                    place = places.get(path, Place(self._source.name))
                    text = self._text(consortium, passage.text, path, place)
                    read[key] = passage.model_copy(update={"text": text})
            if read:
                changed = group.model_copy(update={map_name: {**passages, **read}})
                update: dict[str, Any] = {group_name: changed}
                consortium = consortium.model_copy(update=update)
        return consortium

    def _text(self, consortium: Consortium, text: str, path: str, place: Place) -> RichText | None:
        chapter = read_markdown(text)
        for fault in chapter.faults:
            self._wrong(path, place, fault.line, fault.what, fault.remedy)
        blocks: list[Block] = []
        files: dict[str, bytes] = {}
        kept = text
        before = len(self._translator.problems)
        for block in chapter.blocks:
            if not isinstance(block, Insert):
                blocks.append(block)
                continue
            try:
                found, name, data = self._fetched(consortium, block)
            except BadValueError as error:
                self._wrong(path, place, block.line, error.what, error.remedy)
            except DataError as error:
                self._wrong(path, place, block.line, f"：{error.what}", error.remedy)
            else:
                blocks.append(found)
                if name:
                    files[name] = data
                    kept = kept.replace(f"]({block.target}", f"]({name}")
        if chapter.faults or len(self._translator.problems) > before:
            return None
        return RichText(tuple(blocks), {"text": kept, "format": MARKDOWN}, files)

    def _wrong(self, path: str, place: Place, line: int, what: str, remedy: str) -> None:
        if place.file != self._source.name and place.line:
            place = replace(place, line=line)
        self._translator.wrong(path, place, f"第 {line} 行{what}", remedy)

    def _fetched(self, consortium: Consortium, insert: Insert) -> tuple[Block, str, bytes]:
        """What stands in an insert's place; the name and bytes of the file that a copy of the data needs for it."""
        kind, _, rest = insert.target.replace("：", ":").partition(":")
        if kind == "数据":
            columns = self._columns(insert)
            return table_of_data(consortium, self._position, rest.strip(), columns, insert.caption), "", b""
        if kind == "工作表":
            if not self._source.name.lower().endswith(".xlsx"):
                raise BadValueError(
                    "的“工作表:”只能用在 Excel 工作簿里", "写成 ![表题](文件名.xlsx#工作表名)"
                )
            table = table_of_sheet(self._source.data, self._source.name, rest, insert.caption)
            self.sheets.add(rest.strip())
            return table, *_kept_table(table)
        file, _, sheet = insert.target.partition("#")
        suffix = f".{file.rpartition('.')[2].lower()}"
        if suffix not in {*_PICTURES, *_TABLES}:
            what = f"的{shortened(insert.target)}不是能用的图片或表格"
            raise BadValueError(
                what, "用文件夹里的 .png、.jpg 图片，.xlsx、.csv 表格，或“数据:列表”“工作表:名称”"
            )
        data = self._linked.bytes_of(file, MAX_PICTURES_BYTES)
        if suffix in _TABLES:
            if insert.options:
                raise BadValueError("的表格后面写了别的内容", "图片才能写宽度，“数据:”的表才能写列")
            table = (
                table_of_csv(data, file, insert.caption)
                if suffix == ".csv"
                else table_of_sheet(data, file, sheet, insert.caption)
            )
            return table, *_kept_table(table)
        return self._picture(insert, data)

    def _columns(self, insert: Insert) -> list[str]:
        if not insert.options:
            return []
        found = _COLUMNS.fullmatch(insert.options)
        if found is None:
            raise BadValueError(f"的{shortened(insert.options)}看不懂", '列写成 "列：年度、来源、金额"')
        return [each.strip() for each in re.split("[、,，]", found[1]) if each.strip()]

    def _picture(self, insert: Insert, data: bytes) -> tuple[Block, str, bytes]:
        try:
            picture = sound_picture(data)
        except BadValueError as error:
            raise BadValueError(f"的{shortened(insert.target)}{error.what}", error.remedy) from None
        self._bytes += len(picture.data)
        if self._bytes > MAX_PICTURES_BYTES:
            most = MAX_PICTURES_BYTES // 1_000_000
            raise BadValueError(f"的图片加上前面的超过 {most} MB", "缩小图片，或改为附件")
        centimetres = share = None
        if insert.options:
            found = _WIDTH.fullmatch(insert.options)
            if found is None:
                raise BadValueError(
                    f"的{shortened(insert.options)}看不懂", '宽度写成 "宽 12 厘米" 或 "宽 80%"'
                )
            number, in_share = float(found[1]), found[2] in {"%", "％"}
            least, most_wide = (_LEAST_SHARE, _MOST_SHARE) if in_share else (_LEAST_CM, _MOST_CM)
            if not least <= number <= most_wide:
                unit = "%" if in_share else " 厘米"
                raise BadValueError(f"的宽度不在 {least:g}—{most_wide:g}{unit} 之内", "改正宽度")
            centimetres, share = (None, number / 100) if in_share else (number, None)
        block = PictureBlock(
            picture.data, picture.format, picture.width, picture.height, insert.caption, centimetres, share
        )
        return block, kept_name(picture.data, "png" if picture.format == "png" else "jpg"), picture.data


def _kept_table(table: TableBlock) -> tuple[str, bytes]:
    data = as_csv(table)
    return kept_name(data, "csv"), data
