"""Text files that people write: how large they may be, and their encoding."""

from __future__ import annotations

from typing import Final

from generator.errors import DataError, Place

MAX_FILE_BYTES: Final = 8_000_000
MAX_VALUE_CHARACTERS: Final = 200_000


def decode(data: bytes, name: str) -> str:
    """A file's text: UTF-8, with or without a byte order mark.

    Surrogates that some programs write into UTF-8 come through, for the caller to refuse with their place.

    Raises:
        DataError: the file is too large or in another encoding; says which, and how to save it.
    """
    if len(data) > MAX_FILE_BYTES:
        raise DataError(
            f"文件有 {len(data) / 1e6:.1f} MB，超过 {MAX_FILE_BYTES // 1_000_000} MB 的上限",
            "确认选对了文件，把长文本另存为文本文件后引用",
            Place(name),
        )
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise _wrong_encoding("UTF-16", Place(name, 1))
    not_text = DataError(
        "文件不是文本文件，或已损坏", "用记事本打开核对，另存为 UTF-8 编码的文本", Place(name)
    )
    if data.count(0) * 4 > len(data):
        raise not_text
    try:
        return data.decode("utf-8", "surrogatepass").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        raise not_text from None
    raise _wrong_encoding("GBK（ANSI）", Place(name, line))


def _wrong_encoding(encoding: str, place: Place) -> DataError:
    remedy = "用记事本打开，选“另存为”，编码选“UTF-8”，保存后重试"
    return DataError(f"文件是 {encoding} 编码，不是 UTF-8", remedy, place)
