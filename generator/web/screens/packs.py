"""Schemes handed out and taken in: a pack made and signed, one installed after its key was compared."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import quote

from starlette.responses import FileResponse, Response

from generator.base.names import is_safe
from generator.errors import ProgrammeError, UsageError
from generator.web.desk import Desk
from generator.web.jobs import ENDED
from generator.web.opened import OpenFiles
from generator.web.served import HANDED_OUT
from generator.web.tasks import MakePack
from generator.web.visit import Visit
from generator.workflows.found_packs import PACK, found_packs, origin_of
from generator.workflows.packs import Offer, install, keygen, needs_password, offer

KEY: Final = "发布"
_KEYS: Final = "密钥"
_INCOMING: Final = "收到的安装包"
_SHORTEST_PASSWORD: Final = 8


def show(visit: Visit) -> Response:
    """The schemes, the packs that were made, and what came."""
    desk = visit.desk
    jobs = [job for job in desk.jobs.all() if job.file == KEY]
    last = next((job for job in jobs if job.state == "done"), None)
    return visit.page(
        "packs.html",
        title="发布",
        schemes=[(one, origin_of(one.folder)) for one in desk.programmes()],
        made=found_packs(desk.served.folder / HANDED_OUT),
        keys=_keys(desk),
        warnings=last.result["warnings"] if last else [],
        jobs=jobs[:2],
        busy=any(job.state not in ENDED for job in jobs),
        said=desk.said,
        key=KEY,
    )


def new_key(visit: Visit) -> Response:
    """A key pair, locked with a password, in the folder of keys; the page never hands the secret one out."""
    wanted = visit.asked("name").strip()
    password = visit.asked("password")
    if not wanted or not is_safe(wanted):
        raise UsageError("密钥的名称用不了", "写单位名称这样的普通名称")
    if len(password) < _SHORTEST_PASSWORD:
        raise UsageError("口令太短，没有生成密钥", f"口令至少 {_SHORTEST_PASSWORD} 个字符")
    if password != visit.asked("again"):
        raise UsageError("两次写的口令不同，没有生成密钥", "重新写一次")
    folder = visit.desk.served.inside(f"{HANDED_OUT}/{_KEYS}")
    folder.mkdir(parents=True, exist_ok=True)
    keygen(folder / f"{wanted}.key", password)
    return visit.on("/packs")


def make(visit: Visit) -> Response:
    """Put the making of a pack into the queue."""
    desk = visit.desk
    programme = desk.programme(visit.asked("p"))
    if visit.asked("key") not in _keys(desk):
        raise UsageError("没有选签名用的密钥", "先生成密钥，再选它")
    key = desk.served.path(f"{HANDED_OUT}/{_KEYS}/{visit.asked('key')}.key", frozenset({".key"}))
    if needs_password(key) and not visit.asked("password"):
        raise UsageError("没有写密钥的口令", "写上生成密钥时定的口令")
    target = desk.served.inside(f"{HANDED_OUT}/{programme.plain_code}{PACK}")
    target.parent.mkdir(parents=True, exist_ok=True)
    task = MakePack(
        code=programme.code, folder=programme.folder, target=target, key=key, password=visit.asked("password")
    )
    desk.jobs.add(f"{programme.short_title}　安装包", KEY, task, first=True)
    return visit.on("/packs")


def file(visit: Visit) -> Response:
    """A pack that was made."""
    name = visit.asked("name")
    if name not in {one.name for one in found_packs(visit.desk.served.folder / HANDED_OUT)}:
        raise UsageError("没有这个安装包", "从列表里选")
    path = visit.desk.served.path(f"{HANDED_OUT}/{name}", frozenset({PACK}))
    return FileResponse(path, headers={"content-disposition": f"attachment; filename*=utf-8''{quote(name)}"})


def add(visit: Visit) -> Response:
    """Take a pack in, and show what it is; nothing is installed yet."""
    if not visit.files:
        raise UsageError("没有选安装包", f"选发布单位给的 {PACK} 文件")
    served = visit.desk.served
    below = f"{HANDED_OUT}/{_INCOMING}"
    relative = served.free_name(visit.files[0].name, frozenset({PACK}), below)
    served.write(relative, visit.files[0].data)
    return visit.on("/packs/offer", name=Path(relative).name)


def look(visit: Visit) -> Response:
    """What a pack is, whose, and what installing it would change; or why it is refused."""
    path = _incoming(visit)
    refused, offered = "", None
    try:
        offered = _offer(visit, path)
    except ProgrammeError as error:
        refused = visit.desk.said(error).replace(
            "，加 --new-key 和新密钥的指纹再安装", "，在下面写上新密钥的指纹"
        )
    return visit.page(
        "pack_offer.html",
        title="安装方案",
        name=path.name,
        offered=offered,
        refused=refused,
        changed_key="另一把密钥" in refused,
        fingerprint=visit.asked("fingerprint").strip(),
    )


def take(visit: Visit) -> Response:
    """Install a pack that a person has agreed to."""
    path = _incoming(visit)
    offered = _offer(visit, path)
    if not (offered.known_key or offered.other_key) and visit.asked("compared") != "1":
        raise UsageError("没有勾选核对过指纹，没有安装", "与发布单位公布的指纹逐字核对，相同的再勾选安装")
    if offered.nothing_new:
        raise UsageError("这一版已经装好，没有改动", "不用再装")
    install(offered)
    visit.desk.renew()
    visit.request.app.state.files = OpenFiles(visit.desk)
    return visit.on("/packs")


def _offer(visit: Visit, path: Path) -> Offer:
    """What a pack is; with the fingerprint of a new key that a person was told, where the page gives one."""
    try:
        return offer(path, new_key=visit.asked("fingerprint").strip() or None)
    except UsageError:
        raise UsageError(
            "这一份不是用您写的那把密钥签名的，没有安装", "向发布单位核对指纹，不要照抄网页上显示的"
        ) from None


def _keys(desk: Desk) -> list[str]:
    folder = desk.served.folder / HANDED_OUT / _KEYS
    if not folder.is_dir() or folder.is_symlink():
        return []
    return sorted(path.stem for path in folder.glob("*.key") if path.is_file() and not path.is_symlink())


def _incoming(visit: Visit) -> Path:
    name = visit.asked("name")
    if not is_safe(name):
        raise UsageError("没有这个安装包", "把它再拖进来一次")
    return visit.desk.served.path(f"{HANDED_OUT}/{_INCOMING}/{name}", frozenset({PACK}))
