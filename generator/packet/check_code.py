"""The check code: one short code that stands for the PDFs of a packet that are filed.

A person compares it: on the signing guide, on the telephone, in the manifest. ``verify`` computes it again
from the first revision of each PDF. Signing appends a revision and so does not change it; any other change
of a PDF does.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Final

from generator.base.short_code import short_code

_QUIET_ZONE: Final = 4  # modules on each side (ISO/IEC 18004, 6.3.8)


def check_code(files: Iterable[tuple[str, str]]) -> str:
    """The check code of some files, as ``7D4K-0Q2M-9VXE-W1RS``: 80 bits of a SHA-256.

    Args:
        files: each file's path in the packet and its SHA-256 in hexadecimal; the order does not matter.
    """
    listed = "".join(f"{sha256}  {path}\n" for path, sha256 in sorted(files))
    return short_code(listed.encode())


def qr_picture(text: str, pixels: int = 8) -> bytes:
    """A QR code (ISO/IEC 18004, correction level M) as a PNG in black and white, with its quiet zone.

    Args:
        text: what a reader shows; Chinese is read as UTF-8.
        pixels: the side of one module.
    """
    import segno
    from PIL import Image, ImageOps

    modules = segno.make_qr(text, error="m", boost_error=False, encoding="utf-8").matrix
    side = len(modules)
    # Drawn by Pillow, which takes a quarter of the time of segno's own writing of pictures.
    dark = Image.frombytes("L", (side, side), b"".join(modules)).point(lambda module: not module and 255, "1")
    code = ImageOps.expand(dark, _QUIET_ZONE, fill=1)
    out = io.BytesIO()
    code.resize((code.width * pixels, code.height * pixels), Image.Resampling.NEAREST).save(out, "PNG")
    return out.getvalue()
