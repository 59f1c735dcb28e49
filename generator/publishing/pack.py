"""A scheme as a department hands it out: one signed file that holds all of it.

A pack is a zip file. ``pack.json`` says which scheme it is, which version, and the digest of every other file; it is
signed in ``pack.json.minisig`` with the key in ``pack.pub`` (minisign: Ed25519 over BLAKE2b, so that anybody can check a
pack without this program). Whoever changes one byte of it breaks either a digest or the signature.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated, Final, Literal

from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from generator.base.names import is_safe
from generator.base.text import excerpt
from generator.base.zips import Bounds, ZipReader, ZipRefusedError
from generator.errors import Place, ProgrammeError, UsageError
from generator.publishing.archive import archive_bytes

if TYPE_CHECKING:
    from minisign import PublicKey, SecretKey

SUFFIX: Final = ".lhpack"
ABOUT: Final = "pack.json"
_SIGNATURE: Final = "pack.json.minisig"
_KEY: Final = "pack.pub"
SCHEME: Final = "scheme/"
_BOUNDS: Final = Bounds(unpacked=200_000_000, members=500, ratio=200)
_CODE: Final = r"[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*"
_ASK: Final = "向发布单位重新索取，不要使用这一份"
_GROUP: Final = 4
_SHOWN: Final = 20


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class PackedFile(_Model):
    """A file of a pack."""

    path: str
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class About(_Model):
    """What a pack says of itself.

    Attributes:
        code: the scheme's code.
        version: counts the packs of a scheme; a newer one has a larger number.
        title: the scheme's title.
        authority: who published it.
        files: every other file.
    """

    schema_version: Literal[1] = Field(default=1, alias="schema")
    code: Annotated[str, Field(pattern=rf"^{_CODE}$")]
    version: Annotated[int, Field(ge=1, le=1_000_000)]
    title: str
    authority: str
    files: tuple[PackedFile, ...]


class Pack(Struct, frozen=True):
    """A pack whose digests and signature hold.

    Attributes:
        about: what it says of itself.
        files: bytes by path.
        key: the public key that its signature fits, as minisign writes it in one line.
    """

    about: About
    files: Mapping[str, bytes]
    key: str

    @property
    def fingerprint(self) -> str:
        """The key as two people compare it on the telephone."""
        return fingerprint(self.key)

    def below(self, folder: str) -> dict[str, bytes]:
        """The files of one folder of the pack, by their path in it."""
        return {
            path.removeprefix(folder): data for path, data in self.files.items() if path.startswith(folder)
        }


def cannot_stand(names: Collection[str]) -> str | None:
    """The first of some paths that no system's folder could hold, or not together with the others; None for none."""
    folders = {parent.as_posix() for name in names for parent in PurePosixPath(name).parents}
    return next((name for name in names if name in folders or not all(map(is_safe, name.split("/")))), None)


def fingerprint(key: str) -> str:
    """A public key's digest in groups of four: short enough to be read aloud, too long to be met by chance."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:_SHOWN]
    return " ".join(digest[at : at + _GROUP] for at in range(0, _SHOWN, _GROUP))


def new_key(password: str) -> tuple[bytes, bytes]:
    """A new key pair.

    Args:
        password: what the secret key is locked with; empty for a key that anybody can use who has the file.

    Returns:
        The secret key's file and the public key's.
    """
    from minisign import KeyPair

    pair = KeyPair.generate()
    if password:
        pair.secret_key.encrypt(password)
    return bytes(pair.secret_key), bytes(pair.public_key)


def secret_key(data: bytes, password: str, name: str) -> SecretKey:
    """A secret key from its file.

    Args:
        data: the file.
        password: what it is locked with; ignored where it is not.
        name: the file's name for messages.

    Raises:
        UsageError: it is no secret key, or the password is another.
    """
    import minisign

    try:
        key = minisign.SecretKey.from_bytes(data)
    except (minisign.Error, ValueError, IndexError):
        raise UsageError(
            f"“{name}”不是签名用的密钥文件", "用 lianheti pack keygen 生成，或换成那时生成的 .key 文件"
        ) from None
    if key.is_encrypted():
        try:
            key.decrypt(password)
        except (minisign.Error, ValueError):
            raise UsageError(f"密钥“{name}”的口令不对", "核对口令后重试") from None
    return key


def is_locked(data: bytes) -> bool:
    """Whether a secret key's file asks for a password; also False for what is no key."""
    import minisign

    try:
        return bool(minisign.SecretKey.from_bytes(data).is_encrypted())
    except (minisign.Error, ValueError, IndexError):
        return False


def pack_bytes(about: About, files: Mapping[str, bytes], key: SecretKey, moment: datetime) -> bytes:
    """A pack; the same bytes for the same contents, version and key.

    Args:
        about: what it says of itself; its ``files`` are put in here.
        files: bytes by path.
        key: signs it.
        moment: the time of every member.
    """
    listed = tuple(
        PackedFile(path=path, sha256=hashlib.sha256(files[path]).hexdigest()) for path in sorted(files)
    )
    whole = about.model_copy(update={"files": listed})
    said = json.dumps(whole.model_dump(by_alias=True), ensure_ascii=False, indent=1).encode()
    signature = key.sign(
        said,
        untrusted_comment=f"lianheti pack {about.code} {about.version}",
        trusted_comment=f"{about.code} {about.version}",
    )
    return archive_bytes(
        {
            ABOUT: said,
            _SIGNATURE: bytes(signature),
            _KEY: bytes(key.get_public_key()),
            **{path: files[path] for path in sorted(files)},
        },
        moment,
    )


def read_pack(data: bytes, name: str) -> Pack:
    """A pack whose digests and signature have been checked.

    Args:
        data: the file.
        name: its name for messages.

    Raises:
        ProgrammeError: it is no pack, damaged, altered, or larger than one may be.
    """
    place = Place(name)
    try:
        with ZipReader(data, _BOUNDS) as archive:
            if any(archive.is_link(member) for member in archive.names):
                raise ProgrammeError("安装包里有链接，不会安装", _ASK, place)
            if ABOUT not in archive.names:
                raise ProgrammeError("不是方案安装包", f"选择以 {SUFFIX} 结尾的方案安装包", place)
            members = archive.read_all()
    except ZipRefusedError:
        raise ProgrammeError("安装包打不开：已经损坏，或里面有不该有的东西", _ASK, place) from None
    said, signature, public = (members.pop(part, b"") for part in (ABOUT, _SIGNATURE, _KEY))
    key = _signed_by(said, signature, public, place)
    try:
        about = About.model_validate_json(said)
    except ValidationError:
        raise ProgrammeError(
            "安装包的说明读不出来，可能是更新的程序做的", "更新本程序后重试", place
        ) from None
    stated = {file.path: file.sha256 for file in about.files}
    found = {path: hashlib.sha256(content).hexdigest() for path, content in members.items()}
    if len(stated) != len(about.files) or stated != found:
        wrong = next((path for path in {**stated, **found} if stated.get(path) != found.get(path)), ABOUT)
        raise ProgrammeError(f"安装包被改动过：“{wrong}”与签名时不同", _ASK, place)
    if (unfit := cannot_stand(members)) is not None:
        raise ProgrammeError(f"安装包里的文件“{excerpt(unfit)}”不能用这个名字存放，没有安装", _ASK, place)
    return Pack(about, members, key.to_base64().decode())


def _signed_by(said: bytes, signature: bytes, public: bytes, place: Place) -> PublicKey:
    """The key whose signature fits.

    Raises:
        ProgrammeError: there is none, or it does not.
    """
    import minisign

    try:
        key = minisign.PublicKey.from_bytes(public)
        key.verify(said, minisign.Signature.from_bytes(signature))
    except (minisign.Error, ValueError, IndexError):
        raise ProgrammeError("安装包的签名对不上，可能被改动过", _ASK, place) from None
    return key
