"""Opening a data file: what kind it is, and its tree."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from generator.base.failures import reason
from generator.base.tree import Entries
from generator.errors import DataError, Place
from generator.model.notices import Notice
from generator.readers.formats import check_contents, format_of

MAX_WORKBOOK_BYTES = 50_000_000


class Source(Struct, frozen=True):
    """A data file that has been read, but not yet understood.

    Attributes:
        root: what it says, with places.
        name: its name for messages and manifests: without its folder, so that both are the same anywhere.
        folder: where it stands; text files and attachments are named relative to it.
        data: its bytes.
        notices: what a person should know of how it was read.
    """

    root: Entries
    name: str
    folder: Path
    data: bytes
    notices: tuple[Notice, ...] = ()


def read_source(path: Path) -> Source:
    """A data file as a tree.

    Args:
        path: a ``.yaml``, ``.yml`` or ``.xlsx`` file.

    Raises:
        DataError: the file is missing, not a file, not readable, empty, of another kind than its name
            says, or does not hold a tree.
    """
    place = Place(path.name or str(path))
    if path.is_dir():
        raise DataError("这是一个文件夹，不是数据文件", "指定文件夹中的 .yaml 或 .xlsx 文件", place)
    kind = format_of(path)
    if kind is None:
        raise DataError(
            f"不认识后缀“{path.suffix}”" if path.suffix else "文件名没有后缀",
            "使用 .yaml 文件或 .xlsx 工作簿（旧的 .xls 先用 Excel 或 WPS 另存为 .xlsx）",
            place,
        )
    try:
        if not path.is_file():
            raise DataError("找不到这个文件", "核对文件名和所在文件夹", place)
        size = path.stat().st_size
        if size > MAX_WORKBOOK_BYTES:
            raise DataError(
                f"文件有 {size / 1e6:.0f} MB，超过 {MAX_WORKBOOK_BYTES // 1_000_000} MB 的上限",
                "确认选对了文件，并删去其中的图片和无关内容",
                place,
            )
        data = path.read_bytes()
    except OSError as error:
        raise DataError(
            f"读不了这个文件（{reason(error)}）", "核对文件的权限，并关闭正在使用它的程序", place
        ) from None
    if not data.strip():
        raise DataError("文件是空的", "按数据格式说明填写，至少写上联合体名称", place)
    check_contents(data, kind, path)
    notices: list[Notice] = []
    root = kind.read(data, path.name, notices)
    return Source(root, path.name, path.parent, data, tuple(notices))
