"""The packet as one archive: the same bytes from the same contents."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

# What the format can hold (APPNOTE 6.3.10, 4.4.6: MS-DOS time, years counted from 1980 in seven bits).
_FIRST_YEAR, _LAST_YEAR = 1980, 2107
_UNIX = 3
# Files of formats that are compressed already are stored: deflating them again is slow and gains almost nothing.
_COMPRESSED = (".docx", ".pdf", ".xlsx", ".png", ".jpg", ".jpeg")
_FILE_MODE = 0o100644


def archive_bytes(contents: Mapping[str, bytes], timestamp: datetime) -> bytes:
    """A ZIP archive of the contents, names in UTF-8, every time ``timestamp``.

    Args:
        contents: bytes by path, written in the order given.
        timestamp: written in UTC if it has a time zone, else as it is; ZIP keeps even seconds only.
    """
    moment = timestamp.astimezone(UTC) if timestamp.tzinfo else timestamp
    if moment.year < _FIRST_YEAR:
        moment = moment.replace(_FIRST_YEAR, 1, 1, 0, 0, 0)
    elif moment.year > _LAST_YEAR:
        moment = moment.replace(_LAST_YEAR, 12, 31, 23, 59, 58)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path, data in contents.items():
            member = zipfile.ZipInfo(path, moment.timetuple()[:6])
            packed = path.lower().endswith(_COMPRESSED)
            member.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            member.create_system = _UNIX
            member.external_attr = _FILE_MODE << 16
            archive.writestr(member, data, compresslevel=6)
    return buffer.getvalue()
