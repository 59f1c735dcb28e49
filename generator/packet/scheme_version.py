"""Data that were written for another version of a scheme than the one that is installed."""

from __future__ import annotations

from typing import Final

from generator.model.dataset import Dataset
from generator.model.notices import Notice
from generator.model.programme import Programme

FIELD: Final = "scheme_version"


def version_notice(dataset: Dataset, programme: Programme) -> Notice | None:
    """What to tell of the version that the data name; None where they name none, or the one in use.

    Args:
        dataset: the data as loaded for the programme.
        programme: the programme as it is found on this machine.
    """
    said = dataset.consortium.scheme_version
    if not isinstance(said, int):
        return None
    from generator.publishing.installed import installed_in

    found = installed_in(programme.folder)
    if found is None:
        told = f"这份数据按方案安装包第 {said} 版填写，这里用的方案不是安装包装的，不知道是第几版"
    elif found.version > said:
        told = f"这份数据按方案第 {said} 版填写，现在装的是第 {found.version} 版，以下按新版核对；核对完把“方案版本”改为 {found.version}"
    elif found.version < said:
        told = f"这份数据按方案第 {said} 版填写，这里装的是较旧的第 {found.version} 版，请向发布单位索取新版安装后再核对"
    else:
        return None
    return Notice("ask", told, dataset.place(FIELD), FIELD)
