"""Names of files and folders that every system can hold, and that never meet.

Windows is the narrowest: nine characters and all controls forbidden, device names reserved with any
suffix, trailing dots and spaces dropped, and capitals not told from small letters (Microsoft, "Naming
Files, Paths, and Namespaces"). macOS also takes canonically equal spellings for the same name.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

# 32 Chinese characters: with a root of 60 characters, the packet's folder and a file's own name of
# 40 characters, the whole path stays below the 260 of Windows.
LIMIT_BYTES = 96
# What a single name may take: ext4 and APFS hold 255, and the publisher adds a suffix while it works.
MOST_BYTES = 220

_HASH_DIGITS = 10
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_UNPRINTED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_RESERVED = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])\s*(?:\..*)?", re.IGNORECASE | re.DOTALL
)
_LIKE_HASH = re.compile(rf"-[0-9a-f]{{{_HASH_DIGITS}}}\Z", re.IGNORECASE)


def safe_name(text: str, limit_bytes: int = LIMIT_BYTES) -> str:
    """A name for a file or folder that stands for ``text`` and for no other text.

    A text that is a good name already stays as it is. From any other the forbidden characters are
    replaced, the end is cut off where it is too long, and a short hash of the whole text is added: two
    texts never get one name, also where capitals and small letters are not told apart. As names of
    consortia write their Latin letters in capitals (5G, AI), it is small letters that ask for a hash.

    Args:
        text: any text, as the name of a consortium or of a party; without a file's suffix.
        limit_bytes: the most UTF-8 bytes that the name may take, at least 24.

    Returns:
        The name, in Unicode's NFC.

    Raises:
        ValueError: ``limit_bytes`` is too small.
    """
    if limit_bytes < 24:  # noqa: PLR2004 - room for the hash and a few characters
        raise ValueError("limit_bytes must be at least 24")
    if (
        is_safe(text)
        and text == _one_case(text)
        and not _LIKE_HASH.search(text)
        and len(text.encode()) <= limit_bytes
    ):
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_DIGITS]
    stem = _cut(_cleaned(text), limit_bytes - _HASH_DIGITS - 1).rstrip(" .")
    return f"{stem}-{digest}"


def is_safe(name: str) -> bool:
    """Whether every system can hold this name as it is, and no program takes it for a file of its own."""
    return bool(name) and name == _cleaned(name) and len(name.encode()) <= MOST_BYTES


def _cleaned(text: str) -> str:
    text = "".join("_" if unicodedata.category(char) in _UNPRINTED else char for char in text)
    text = unicodedata.normalize("NFC", _FORBIDDEN.sub("_", text)).strip().rstrip(". ")
    # A leading dot hides the file; "~$" is Word's own mark of an open file.
    if text.startswith((".", "~")):
        text = "_" + text[1:]
    return "_" + text if not text or _RESERVED.fullmatch(text) else text


def _one_case(text: str) -> str:
    """The one spelling that stands for all that a system may take for the same name."""
    return unicodedata.normalize("NFC", text.casefold().upper())


def _cut(text: str, limit_bytes: int) -> str:
    """The longest beginning within the limit, without a character parted from its marks."""
    data = text.encode()
    if len(data) <= limit_bytes:
        return text
    kept = data[:limit_bytes].decode("utf-8", "ignore")
    end = len(kept)
    while end and unicodedata.category(text[end]) in {"Mn", "Mc", "Me"}:
        end -= 1
    return text[:end]
