"""The record of what came back of a packet and what persons said of it: ``signing-status.json`` in its folder.

It is added to by each run, and never says what it means: that is ``overview``.
"""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from generator.errors import DataError, Place
from generator.publishing.manifest import Document, Manifest

VERDICTS: Final = {"seen": "见到", "absent": "没有见到", "look": "请人看"}
ACTS: Final = {"signature": "签名", "seal": "印章", "date": "日期"}
_MOST_BYTES: Final = 50_000_000
_SCHEMA: Final = 3
_PICTURE: Final = r"^pages/[0-9a-z-]+\.jpg$"

Verdict = Literal["seen", "absent", "look"]
Act = Literal["signature", "seal", "date"]
_Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Model):
    """Which scan something was seen on."""

    file: str
    sha256: _Sha256
    page: int

    @property
    def name(self) -> str:
        """As a person calls it."""
        return f"{self.file} 第 {self.page} 页"


class Doubt(_Model):
    """What a person must look at on a page; ``id`` is what ``--confirm`` takes."""

    id: str
    what: str
    crop: str | None = Field(default=None, description="the picture's name in the output folder")


class SeenAct(_Model):
    """One act at a place."""

    act: Act
    verdict: Verdict
    crop: str | None = None


class SeenPlace(_Model):
    """What was seen at one place of a scanned page; ``number`` counts the page's places from 0."""

    number: int
    acts: tuple[SeenAct, ...]


class Returned(_Model):
    """One scan of one page that is ours."""

    document: str
    page: int
    source: Source
    picture: str = Field(pattern=_PICTURE, description="the upright page's name in the output folder")
    picture_sha256: _Sha256
    dpi: int
    colour: bool
    places: tuple[SeenPlace, ...]
    doubts: tuple[Doubt, ...]
    quality: float
    edge: str | None = Field(
        description="the right edge, with seals over the edges, packed; null without colour"
    )


class Seam(_Model):
    """Seals over the edges of a document's pages."""

    document: str
    verdict: Verdict
    remark: str
    crop: str | None = Field(default=None, description="the edges beside each other, in the output folder")


class Stranger(_Model):
    """A scan that is no page of the packet as it was sent out."""

    source: Source
    kind: Literal["blank", "foreign", "unsure", "older"]
    remark: str
    picture: str | None = Field(default=None, description="the scan, smaller, in the output folder")


class Decision(_Model):
    """What a person who has looked says; the last word on one thing counts.

    ``sources`` are the scans that it holds for. What is confirmed holds for just these together: of a place one scan,
    of a document's seals over the edges every page of it. What is refused holds for each of them: whatever may show
    the same sheet of paper.
    """

    id: str
    kind: Literal["confirmed", "refused"]
    by: str
    reason: str = ""
    sources: tuple[Source, ...]


class Run(_Model):
    """One run: the files that were read."""

    files: tuple[str, ...]
    pages: int


class Status(_Model):
    """``signing-status.json``; ``seal`` is the digest of all the rest, so that an edit by hand is noticed."""

    schema_version: Literal[3] = Field(default=_SCHEMA, alias="schema")
    check_code: str | None
    programme: str
    returned: tuple[Returned, ...] = ()
    strangers: tuple[Stranger, ...] = ()
    seams: tuple[Seam, ...] = ()
    decisions: tuple[Decision, ...] = ()
    runs: tuple[Run, ...] = ()
    seal: str = ""

    def written(self) -> bytes:
        """The file's bytes."""
        bare = self.model_copy(update={"seal": ""}).model_dump_json(by_alias=True)
        sealed = self.model_copy(update={"seal": hashlib.sha256(bare.encode()).hexdigest()})
        return (sealed.model_dump_json(by_alias=True, indent=2) + "\n").encode()


def read_status(raw: bytes | None, manifest: Manifest, place: str) -> Status:
    """The status as it stands; an empty one where there is none yet.

    Raises:
        DataError: it is damaged, was edited, or is another packet's.
    """
    if raw is None:
        return Status(check_code=manifest.check_code, programme=manifest.programme)
    remedy = "把它移走再运行，已收到的扫描件要重新读一遍"
    if _schema(raw) not in {None, _SCHEMA}:
        raise DataError("签署情况的记录是本程序另一版记的，读不了", remedy, Place(place))
    try:
        found = Status.model_validate_json(raw) if len(raw) <= _MOST_BYTES else None
    except ValidationError:
        found = None
    if found is None or found.written() != raw:
        raise DataError("签署情况的记录已损坏或被改动，读不出来", remedy, Place(place))
    if found.check_code != manifest.check_code:
        raise DataError("签署情况的记录是另一稿材料的（核对码不同）", remedy, Place(place))
    return found


def _schema(raw: bytes) -> int | None:
    """Which form a record says that it has; None where it does not say."""
    try:
        found = json.loads(raw) if len(raw) <= _MOST_BYTES else None
    except (ValueError, RecursionError):
        return None
    said = found.get("schema") if isinstance(found, dict) else None
    return said if type(said) is int else None


def is_filed_on_paper(document: Document) -> bool:
    """Whether a document comes back on paper; what is only typed into a web system does not."""
    return document.filing == "paper"


def pages_of(document: Document) -> int:
    """How many pages a document's PDF has; 0 where it has none."""
    file = document.file("pdf")
    return (file.pages or 0) if file else 0
