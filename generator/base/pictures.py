"""Pictures that a stranger gives: looked at within bounds before anything else opens them."""

from __future__ import annotations

import io
import warnings
from typing import Final, Literal

from msgspec import Struct

from generator.base.characters import BadValueError

MAX_PIXELS: Final = 60_000_000
_EXIF_ORIENTATION: Final = 0x0112
_SOUND: Final = "换成完好的 PNG 或 JPEG 图片"
_JPEG_QUALITY: Final = 92


class Picture(Struct, frozen=True):
    """A sound picture, upright.

    Attributes:
        data: the file.
        format: what it is.
        width: in pixels.
        height: likewise.
    """

    data: bytes
    format: Literal["png", "jpeg"]
    width: int
    height: int


def sound_picture(data: bytes) -> Picture:
    """A PNG or JPEG that decodes to its last line.

    What a camera says about turning it is carried out, as not every program does so; otherwise the file stays
    as it is, to the byte.

    Args:
        data: the file.

    Raises:
        BadValueError: it is neither, damaged, of print colours, or larger than 60 million pixels.
    """
    # Pillow takes a while to load, and most data files have no picture.
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            # Its own bound is higher than ours, and its warning in English.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            opening = Image.open(io.BytesIO(data), formats=("PNG", "JPEG"))
        with opening as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise BadValueError("超过 6000 万像素", "缩小图片后再用")
            if getattr(opened, "is_animated", False):
                raise BadValueError("是动图", "另存为一张静止的 PNG 或 JPEG 图片")
            if opened.mode == "CMYK":
                raise BadValueError("是印刷色（CMYK）的 JPEG，各软件显示的颜色不一样", "另存为 RGB 的图片")
            opened.load()
            kind: Literal["png", "jpeg"] = "png" if opened.format == "PNG" else "jpeg"
            if opened.getexif().get(_EXIF_ORIENTATION, 1) == 1:
                return Picture(data, kind, opened.width, opened.height)
            upright = ImageOps.exif_transpose(opened)
            out = io.BytesIO()
            if kind == "png":
                upright.save(out, "PNG")
            else:
                upright.save(out, "JPEG", quality=_JPEG_QUALITY, subsampling=0)
            return Picture(out.getvalue(), kind, upright.width, upright.height)
    except UnidentifiedImageError:
        raise BadValueError("不是 PNG 或 JPEG 图片，或已损坏", "另存为 PNG 或 JPEG 图片") from None
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        if isinstance(error, BadValueError):
            raise
        raise BadValueError("图片已损坏，读不完整", _SOUND) from None
