"""A short code that stands for some content, for people to compare."""

from __future__ import annotations

import base64
import hashlib

_BYTES = 10
_GROUP = 4
# Crockford's alphabet has no I, L, O, U: nobody takes one letter for another.
_PLAIN = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_CROCKFORD = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def short_code(content: bytes) -> str:
    """80 bits of the content's SHA-256, as ``7D4K-0Q2M-9VXE-W1RS``."""
    digest = hashlib.sha256(content).digest()[:_BYTES]
    letters = base64.b32encode(digest).translate(bytes.maketrans(_PLAIN, _CROCKFORD)).decode()
    return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))
