"""A Word file of before 2007 (.doc), turned into .docx by LibreOffice."""

from __future__ import annotations

from typing import Final

from generator.base.temporary import private
from generator.errors import DataError, PdfError, Place
from generator.pdf.engines.libreoffice import find_office, run_office

_TIME_LIMIT: Final = 120
_BEFORE_2007: Final = b"\xd0\xcf\x11\xe0"


def is_old_word(data: bytes) -> bool:
    """Whether a file is of the kind that Word wrote before 2007."""
    return data.startswith(_BEFORE_2007)


def converted(data: bytes, name: str) -> bytes:
    """A .doc file as .docx.

    Args:
        data: the file's bytes.
        name: its name for messages.

    Raises:
        DataError: there is no LibreOffice here, or it could not read the file.
    """
    place = Place(name)
    try:
        office = find_office()
    except PdfError:
        raise DataError(
            "旧的 .doc 文件要靠 LibreOffice 来读，这台机器上没有找到它",
            "用 Word 或 WPS 打开后另存为 .docx，或安装 LibreOffice",
            place,
        ) from None
    with private("doc") as folder:
        source = folder / "document.doc"
        source.write_bytes(data)
        try:
            arguments = ["--convert-to", "docx:MS Word 2007 XML", "--outdir", str(folder), str(source)]
            run_office(office, arguments, folder, {}, _TIME_LIMIT)
        except PdfError as error:
            raise DataError(error.what, "用 Word 或 WPS 打开后另存为 .docx", place) from None
        target = folder / "document.docx"
        if not target.is_file():
            raise DataError(
                "LibreOffice 读不了这个 .doc 文件，可能已损坏，或设了打开密码",
                "用 Word 或 WPS 打开后另存为 .docx（去掉密码）",
                place,
            )
        return target.read_bytes()
