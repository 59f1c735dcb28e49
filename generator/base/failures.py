"""What the operating system says of a failure, in words for a person."""

from __future__ import annotations

import errno
from typing import Final

_REASONS: Final = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限，或者它正被别的程序打开",
    errno.EPERM: "系统不允许",
    errno.EEXIST: "那里已经有同名的文件",
    errno.EISDIR: "这是一个文件夹，不是文件",
    errno.ENOTDIR: "路径里有一段是文件，不是文件夹",
    errno.ENOTEMPTY: "文件夹不是空的",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EFBIG: "文件太大",
    errno.EROFS: "磁盘是只读的",
    errno.ENAMETOOLONG: "名称或路径太长",
    errno.ELOOP: "链接首尾相接，或者是不跟随的链接",
    errno.EINVAL: "系统不接受这个名称或位置",
    errno.EILSEQ: "名称里有系统不接受的字符",
    errno.EBUSY: "正被占用",
    errno.ETXTBSY: "正被占用",
    errno.EMFILE: "同时打开的文件太多",
    errno.ENFILE: "系统同时打开的文件太多",
    errno.ENOMEM: "内存不足",
    errno.EXDEV: "两处不在同一个磁盘上",
    errno.EIO: "磁盘读写出错",
    errno.ENXIO: "设备不存在",
    errno.ENODEV: "设备不存在",
    errno.ETIMEDOUT: "等待超时",
    errno.EADDRINUSE: "端口已被占用",
    errno.EADDRNOTAVAIL: "本机没有这个地址",
    errno.ECONNREFUSED: "连接被拒绝",
}
# Windows' own numbers, which it maps to errno only roughly: a sharing violation is EACCES there.
_ON_WINDOWS: Final = {
    32: "正被别的程序打开",
    33: "正被别的程序打开",
    206: "名称或路径太长",
}


def reason(error: OSError) -> str:
    """Why the system refused, in Chinese; its number where this knows no words for it."""
    told = _ON_WINDOWS.get(getattr(error, "winerror", None) or 0) or _REASONS.get(error.errno or 0)
    if told is not None:
        return told
    return "系统没有说明原因" if error.errno is None else f"系统错误号 {error.errno}"
