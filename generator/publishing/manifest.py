"""``manifest.json``: what a packet holds, from what it was made, and who signs where. No absolute paths.

The one place that knows the file's form: every kind of packet is written from these models and read into
them. A manifest bears a digest of itself, so that a change to it can be told.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import unicodedata
from functools import cache
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from generator.base.names import is_safe
from generator.errors import DataError, Place

MANIFEST: Final = "manifest.json"
SCHEMA: Final = 1
_SEAL: Final = "manifest_sha256"
# Larger than that of any packet by far; what claims to be one is not read into memory.
_MOST_BYTES: Final = 64_000_000
# Characters that our manifests never hold: categories that may move a terminal's cursor or cannot be shown,
# and signs that turn the reading direction.
_UNSHOWN: Final = frozenset({"Cc", "Cs"})
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ANEW: Final = "向材料的制作人重新索取，或用原来的数据文件重新生成"


def _inside(path: str) -> str:
    if not all(is_safe(part) for part in path.split("/")):
        raise ValueError("a packet's files stand inside its folder, under names that every system holds")
    return path


_Path = Annotated[str, AfterValidator(_inside), Field(description="relative to the packet, with /")]
_Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Edition = Literal["draft", "signing"]
# Which internal sheets a packet has: all of them, the conditions and the checklist alone, or none.
Sheets = Literal["all", "checks", "none"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class File(_Model):
    """A file of the packet; ``pages`` for a PDF of which they are known."""

    path: _Path
    sha256: _Sha256
    pages: int | None = Field(default=None, exclude_if=lambda pages: pages is None)


class DocumentFile(File):
    """A document's file."""

    format: Literal["docx", "pdf"]


class Signatory(_Model):
    """That one party signs or seals a document at one place.

    ``page`` (1-based) and ``rect`` (points from the page's bottom left) are null where the place was not
    found or no PDF was made; ``field`` names the signature field, null where there is none. ``seal`` and
    ``dated`` stand only where no seal is put, or no date by hand; ``stage`` only where an opinion is given, or a
    decision after the papers are filed.
    """

    party: str
    role: str
    title: str
    signer: str
    page: int | None
    rect: tuple[float, float, float, float] | None
    field: str | None
    seal: bool = Field(default=True, exclude_if=bool)
    dated: bool = Field(default=True, exclude_if=bool)
    stage: Literal["ours", "opinion", "decision"] = Field(
        default="ours", exclude_if=lambda stage: stage == "ours"
    )


class Document(_Model):
    """An official document or letter with its files; ``edited`` once a person's changes have been bound."""

    id: str
    title: str
    filing: Literal["paper", "entry-draft"]
    edited: bool
    files: tuple[DocumentFile, ...]
    signatories: tuple[Signatory, ...]

    def file(self, suffix: Literal["docx", "pdf"]) -> DocumentFile | None:
        """Its file of one format, where there is one."""
        return next((file for file in self.files if file.format == suffix), None)


class Digest(_Model):
    """A file that the packet was made from, by its name alone."""

    name: str
    sha256: _Sha256


class Face(_Model):
    """The face that serves a role, as 仿宋."""

    role: str
    name: str
    sha256: _Sha256


class Accepted(_Model):
    """A condition that is not met and was accepted with a written reason."""

    rule: str
    clause: str
    reason: str


class Findings(_Model):
    """How many findings have each verdict, and those that were accepted."""

    counts: dict[str, int]
    accepted: tuple[Accepted, ...]


class Unprinted(_Model):
    """A given value that no document of the programme prints."""

    field: str
    title: str


class Copies(_Model):
    """How many originals, and who keeps them."""

    total: int | None = Field(default=None, exclude_if=lambda total: total is None)
    holders: tuple[str, ...]
    clause: str
    note: str


class ChecklistEntry(_Model):
    """Something to be attached; ``pages`` of it are bound, from ``first_page`` of the print copy."""

    id: str
    title: str
    required: bool
    state: Literal["attached", "included", "missing", "optional", "lost"]
    files: tuple[str, ...]
    lost: tuple[str, ...] = Field(description="those of the files that are not there")
    pages: int
    first_page: int | None


class Bound(_Model):
    """A file that is bound into the print copy."""

    id: str
    file: str
    pages: int
    first_page: int | None


class Changed(_Model):
    """One line of what a supplementary agreement changes."""

    what: str
    before: str
    after: str


class Printing(_Model):
    """How the print copy is meant to be printed, and how many sheets of paper it takes."""

    sides: Literal["duplex", "simplex"]
    sheets: int


class PageCode(_Model):
    """The code in the margin of one page of a document's PDF.

    ``page`` is 1-based; ``rect`` is the code with its quiet zone, in points from the page's bottom left.
    """

    document: str
    page: int
    text: str
    rect: tuple[float, float, float, float]


class Applicant(_Model):
    """One application in a roll-up."""

    file: str
    name: str


class Repeated(_Model):
    """An organisation that occurs in more than one application."""

    name: str
    credit_code: str
    where: tuple[str, ...]


class Manifest(_Model):
    """What every kind of packet says of itself.

    ``files`` and ``manifest_sha256``, the digest of the manifest without itself, are put in by publishing.
    """

    schema_version: Literal[1] = Field(default=SCHEMA, alias="schema")
    programme: str
    date: dt.date
    generator: str = Field(description="the program's version")
    pdf_engine: str | None
    fonts: tuple[Face, ...]
    inputs: tuple[Digest, ...]
    templates: tuple[Digest, ...]
    check_code: str | None = Field(description="over the documents' PDFs; null where there are none")
    packet: File | None = Field(description="the print copy")
    documents: tuple[Document, ...]
    warnings: tuple[str, ...]
    files: tuple[File, ...] = Field(default=(), exclude_if=lambda files: not files)
    manifest_sha256: str = Field(default="", exclude_if=lambda digest: not digest)

    def as_json(self) -> dict[str, Any]:
        """The manifest as the JSON object that is written."""
        return self.model_dump(mode="json", by_alias=True)


class UploadFile(File):
    """A file for upload.

    ``of`` names what is in it: ids of documents, ``attachments.<id>``. Where its pictures were made smaller,
    ``bytes_before`` is its size before, ``pictures_percent`` what they keep of their width and height.
    """

    title: str
    of: tuple[str, ...]
    bytes: int
    bytes_before: int | None
    pictures_percent: int | None


class Upload(_Model):
    """The files that a web system takes; ``max_bytes`` is null where it sets no limit."""

    portal: str
    max_bytes: int | None
    files: tuple[UploadFile, ...]


class PacketFile(_Model):
    """A document or an attachment of the print copy; ``first`` is its first page there, ``size`` in bytes."""

    id: str
    title: str
    kind: Literal["document", "attachment"]
    pages: int | None
    first: int | None
    size: int | None = None


class PacketFacts(_Model):
    """What documents print of the packet that they are in: its pages, and where everything begins."""

    pages: int
    files: tuple[PacketFile, ...]


class PacketManifest(Manifest):
    """Of a programme's packet."""

    kind: Literal["packet"] = "packet"
    consortium: str
    edition: _Edition
    findings: Findings
    unprinted: tuple[Unprinted, ...]
    copies: Copies
    checklist: tuple[ChecklistEntry, ...]
    attachments: tuple[Bound, ...]
    upload: Upload | None = Field(
        default=None, exclude_if=lambda upload: upload is None, description="where a web system takes files"
    )
    facts: PacketFacts | None = Field(
        default=None, exclude_if=lambda facts: facts is None, description="where a document prints them"
    )
    page_codes: tuple[PageCode, ...] | None = Field(
        default=None, exclude_if=lambda codes: codes is None, description="where codes are put in the margins"
    )
    printing: Printing | None = Field(default=None, description="null where there is no print copy")
    sheets: Sheets = Field(
        default="all",
        exclude_if=lambda sheets: sheets == "all",
        description="where not all internal sheets were asked for: conditions and checklist alone, or none",
    )


class AmendmentManifest(Manifest):
    """Of a supplementary agreement."""

    kind: Literal["amendment"] = "amendment"
    consortium: str
    edition: _Edition
    changes: tuple[Changed, ...]


class RollupManifest(Manifest):
    """Of a department's table over many applicants."""

    kind: Literal["rollup"] = "rollup"
    applicants: tuple[Applicant, ...]
    repeated_leads: tuple[Repeated, ...]
    repeated_members: tuple[Repeated, ...]
    others: tuple[File, ...] = Field(
        default=(), description="the workbooks, and the letters of recommending bodies"
    )


AnyManifest = Annotated[
    PacketManifest | AmendmentManifest | RollupManifest,
    Field(discriminator="kind", description="manifest.json of a packet, an amendment or a roll-up"),
]


@cache
def _any() -> TypeAdapter[PacketManifest | AmendmentManifest | RollupManifest]:
    return TypeAdapter(AnyManifest)


def manifest_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of ``manifest.json``."""
    schema = _any().json_schema(by_alias=True, mode="serialization")
    kinds = (PacketManifest, AmendmentManifest, RollupManifest)
    # Publishing puts these two in: they stand in every manifest that is written.
    optional = {
        name for kind in kinds for name, field in kind.model_fields.items() if field.exclude_if is not None
    } - {"files", _SEAL}
    for definition in schema["$defs"].values():
        if _SEAL in definition["properties"]:
            definition["required"] = [name for name in definition["properties"] if name not in optional]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def sealed(manifest: Manifest, sha256: dict[str, str]) -> bytes:
    """A manifest's bytes as they are written.

    Args:
        manifest: of any kind.
        sha256: of every other file of the packet, by its path.

    Raises:
        ValueError: the manifest contradicts the digests.
    """
    claims: list[File] = [file for document in manifest.documents for file in document.files]
    upload: Upload | None = getattr(manifest, "upload", None)
    claims += [] if upload is None else list(upload.files)
    for file in [*claims, *([manifest.packet] if manifest.packet else [])]:
        if sha256.get(file.path) != file.sha256:
            raise ValueError(f"the manifest and the file differ: {file.path!r}")
    files = [{"path": path, "sha256": sha256[path]} for path in sorted(sha256)]
    # Written once, as laying it out in lines takes longest: the digest is that of the text without its own line.
    blank = f'\n  "{_SEAL}": "",'.encode()
    before, after = _written({**manifest.as_json(), "files": files, _SEAL: ""}).split(blank)
    return before + blank.replace(b'""', f'"{_digest(before + after)}"'.encode()) + after


def manifest_holds(raw: bytes) -> bool:
    """Whether a manifest's bytes are as they were written, told by the digest of itself that it bears."""
    content = _content(raw)
    if content is None or _written(content) != raw:
        return False
    own = content.pop(_SEAL, None)
    return bool(own == _digest(_written(content)))


def parsed(raw: bytes, place: Place) -> Manifest:
    """A manifest of any kind, as far as it can be told sound by itself.

    Args:
        raw: the file's bytes.
        place: the file, for the error.

    Raises:
        DataError: it is damaged, or another program's, or another version's.
    """
    content = _content(raw)
    if content is None:
        raise DataError("manifest.json 已损坏或被改动，读不出来", _ANEW, place)
    version = content.get("schema")
    if isinstance(version, int) and version != SCHEMA:
        raise DataError(
            "manifest.json 是另一版程序写的，这一版读不了",
            "用生成这套材料的那一版程序，或用原来的数据文件重新生成",
            place,
        )
    try:
        manifest = _any().validate_json(raw)
    except ValidationError:
        manifest = None
    if manifest is None or not manifest.files or not manifest.manifest_sha256 or not _is_plain(content):
        raise DataError("manifest.json 已损坏或被改动，内容不全或写法不对", _ANEW, place)
    return manifest


def is_ours(raw: bytes) -> bool:
    """Whether a file, sound or not, was once a manifest that this program wrote."""
    return _SEAL.encode() in raw[:_MOST_BYTES]


def parsed_or_none(raw: bytes) -> Manifest | None:
    """As ``parsed``; None for what is no manifest of this version."""
    try:
        return parsed(raw, Place(MANIFEST))
    except DataError:
        return None


def _content(raw: bytes) -> dict[str, Any] | None:
    if len(raw) > _MOST_BYTES:
        return None
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _is_plain(value: Any) -> bool:
    """Whether all texts of a manifest can be shown to a person as they are."""
    if isinstance(value, dict):
        return all(_is_plain(key) and _is_plain(item) for key, item in value.items())
    if isinstance(value, list):
        return all(_is_plain(item) for item in value)
    if not isinstance(value, str):
        return True
    return not any(
        char in _TURNING or (char not in "\n\t" and unicodedata.category(char) in _UNSHOWN) for char in value
    )


def _written(content: dict[str, Any]) -> bytes:
    text = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    return text.encode("utf-8", "surrogatepass")


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
