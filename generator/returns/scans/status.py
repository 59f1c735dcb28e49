"""The signing status of a packet: party by document, what was sent, what came back, what is signed, sealed and dated.

It is kept in the packet's folder as ``signing-status.json`` and added to by each run. “Complete” is said only where
every page is back and ours, and every act at every place was seen, by the program or by a person who is named.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from generator.errors import DataError, Place
from generator.publishing.manifest import Document, Manifest
from generator.returns.scans.seams import Strip

VERDICTS: Final = {"seen": "见到", "absent": "没有见到", "look": "请人看"}
ACTS: Final = {"signature": "签名", "seal": "印章", "date": "日期"}
_MOST_BYTES: Final = 50_000_000
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
    strips: tuple[Strip, ...] | None = Field(description="of seals over the edges; null without colour")


class Seam(_Model):
    """Seals over the edges of a document's pages."""

    document: str
    verdict: Verdict
    remark: str


class Stranger(_Model):
    """A scan that is no page of the packet as it was sent out."""

    source: Source
    kind: Literal["blank", "foreign", "unsure", "older"]
    remark: str


class Confirmed(_Model):
    """That a person has looked and says that it is there and right."""

    id: str
    by: str
    source: Source | None = Field(description="the scan that the person looked at; null for seals over edges")


class Run(_Model):
    """One run: the files that were read."""

    files: tuple[str, ...]
    pages: int


class Status(_Model):
    """``signing-status.json``; ``seal`` is the digest of all the rest, so that an edit by hand is noticed."""

    schema_version: Literal[1] = Field(default=1, alias="schema")
    check_code: str | None
    programme: str
    returned: tuple[Returned, ...] = ()
    strangers: tuple[Stranger, ...] = ()
    seams: tuple[Seam, ...] = ()
    confirmed: tuple[Confirmed, ...] = ()
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
    try:
        found = Status.model_validate_json(raw) if len(raw) <= _MOST_BYTES else None
    except ValidationError:
        found = None
    if found is None or found.written() != raw:
        raise DataError("签署情况的记录已损坏或被改动，读不出来", remedy, Place(place))
    if found.check_code != manifest.check_code:
        raise DataError("签署情况的记录是另一稿材料的（核对码不同）", remedy, Place(place))
    return found


@dataclass(frozen=True, slots=True)
class Row:
    """Party by document, as the sheet has it.

    Attributes:
        party: who signs.
        document: the document's title.
        where: at which place of which page.
        returned: whether the page came back.
        acts: by act, how it stands: the verdict, or ``confirmed`` by a person, or None where it is not asked for.
        remarks: what to do or to know.
        ids: by act, its name, as ``--confirm`` takes it.
    """

    party: str
    document: str
    where: str
    returned: bool
    acts: Mapping[Act, str | None]
    remarks: tuple[str, ...]
    ids: Mapping[Act, str]


def act_id(at: int, page: int, number: int, act: Act) -> str:
    """The name of one act at one place, as ``2-7-1-seal``: document, page, place, act, counted from 1."""
    return f"{at}-{page}-{number + 1}-{act}"


class Overview:
    """What a status says of a packet.

    Args:
        manifest: the packet's.
        status: what came back.
        asked: by document and page, for each of its places which acts are asked for.
        seams: ids of documents with a seal over their edges.
    """

    def __init__(
        self,
        manifest: Manifest,
        status: Status,
        asked: Mapping[tuple[str, int], Sequence[tuple[str, str, tuple[Act, ...]]]],
        seams: Iterable[str],
    ) -> None:
        self.status = status
        self._asked = asked
        self._seams = tuple(seams)
        self._confirmed = {(one.id, one.source): one.by for one in status.confirmed}
        self.documents = tuple(document for document in manifest.documents if is_signed_on_paper(document))
        self._at = {document.id: at for at, document in enumerate(manifest.documents, 1)}
        self.best = self._best()

    def _best(self) -> dict[tuple[str, int], Returned]:
        """The best scan of each page: with most acts seen, fewest doubts, then the clearest, whatever came first."""
        best: dict[tuple[str, int], Returned] = {}
        for one in self.status.returned:
            key = one.document, one.page
            if key not in best or self._worth(one) > self._worth(best[key]):
                best[key] = one
        return best

    def _worth(self, one: Returned) -> tuple[int, int, int, bool, float, str, int]:
        acts = [self.act_state(one, place.number, act.act) for place in one.places for act in place.acts]
        good = sum(state in {"seen", "confirmed"} for state in acts)
        return (
            good,
            -len(self.open_doubts(one)),
            sum(state == "look" for state in acts),
            one.colour,
            one.quality,
            one.source.sha256,
            one.source.page,
        )

    def number(self, document: str) -> int:
        """A document's number in the packet, from 1."""
        return self._at[document]

    def act_state(self, one: Returned, number: int, act: Act) -> str:
        """How one act stands on a scan: its verdict, or ``confirmed``."""
        found = next(
            (
                each
                for place in one.places
                if place.number == number
                for each in place.acts
                if each.act == act
            ),
            None,
        )
        if found is not None and found.verdict == "seen":
            return "seen"
        if (act_id(self._at[one.document], one.page, number, act), one.source) in self._confirmed:
            return "confirmed"
        # A place that was not found in print was not looked at.
        return found.verdict if found is not None else "look"

    def open_doubts(self, one: Returned) -> list[Doubt]:
        """What is still to be looked at on a scan, beside the acts."""
        return [doubt for doubt in one.doubts if (doubt.id, one.source) not in self._confirmed]

    def other_texts(self, document: str, page: int) -> Iterator[tuple[Returned, Doubt]]:
        """What other good scans of a page print otherwise: then there are two sheets, and one must not be filed."""
        best = self.best.get((document, page))
        told = {doubt.id for doubt in self.open_doubts(best)} if best else set()
        for one in self.status.returned:
            if (one.document, one.page) != (document, page) or one is best:
                continue
            doubts = self.open_doubts(one)
            if any(doubt.id.endswith("-poor") for doubt in one.doubts):
                continue
            for doubt in doubts:
                if "-text" in doubt.id and doubt.id not in told:
                    told.add(doubt.id)
                    yield one, doubt

    def missing(self) -> list[tuple[Document, int]]:
        """The pages that are not back."""
        return [
            (document, page)
            for document in self.documents
            for page in range(1, pages_of(document) + 1)
            if (document.id, page) not in self.best
        ]

    def doubled(self) -> list[tuple[Document, int, list[Returned]]]:
        """The pages of which several scans came back, with these."""
        by_page: dict[tuple[str, int], list[Returned]] = {}
        for one in self.status.returned:
            by_page.setdefault((one.document, one.page), []).append(one)
        return [
            (document, page, by_page[document.id, page])
            for document in self.documents
            for page in range(1, pages_of(document) + 1)
            if len(by_page.get((document.id, page), ())) > 1
        ]

    def rows(self) -> Iterator[Row]:
        """Party by document."""
        for document in self.documents:
            for page in range(1, pages_of(document) + 1):
                for number, (party, title, acts) in enumerate(self._asked.get((document.id, page), ())):
                    one = self.best.get((document.id, page))
                    states: dict[Act, str | None] = dict.fromkeys(ACTS_ORDER)
                    for act in acts:
                        states[act] = self.act_state(one, number, act) if one else "absent"
                    yield Row(
                        party,
                        document.title,
                        f"第 {page} 页 {title}",
                        one is not None,
                        states,
                        tuple(self._remarks(document.id, page, number, acts, one)),
                        {act: act_id(self._at[document.id], page, number, act) for act in acts},
                    )

    def _remarks(
        self, document: str, page: int, number: int, acts: Sequence[Act], one: Returned | None
    ) -> Iterator[str]:
        if one is None:
            yield "这一页没有收到"
            return
        for act in acts:
            state = self.act_state(one, number, act)
            name = act_id(self._at[document], page, number, act)
            if state == "look":
                yield f"{ACTS[act]}请人看（{name}）"
            if state == "confirmed":
                yield f"{ACTS[act]}由{self._confirmed[name, one.source]}看过"
            elsewhere = state in {"absent", "look"} and next(
                (
                    other
                    for other in self.status.returned
                    if (other.document, other.page) == (document, page)
                    and other is not one
                    and self.act_state(other, number, act) in {"seen", "confirmed"}
                ),
                None,
            )
            if elsewhere:
                yield f"{ACTS[act]}在另一份扫描件（{elsewhere.source.name}）上见到，不在同一张纸上"
        for doubt in self.open_doubts(one):
            yield f"{doubt.what}（{doubt.id}）"

    def lacking(self) -> list[str]:
        """What keeps the packet from being complete, in Chinese; empty only where it is complete."""
        found = [f"《{document.title}》第 {page} 页没有收到" for document, page in self.missing()]
        for row in self.rows():
            if not row.returned:
                continue
            for act, state in row.acts.items():
                if state == "absent":
                    found.append(f"《{row.document}》{row.where} {row.party}：没有见到{ACTS[act]}")
                elif state == "look":
                    found.append(f"《{row.document}》{row.where} {row.party}：{ACTS[act]}请人看")
        for document in self.documents:
            for page in range(1, pages_of(document) + 1):
                one = self.best.get((document.id, page))
                found += (
                    [
                        f"《{document.title}》第 {page} 页：{doubt.what}（{doubt.id}）"
                        for doubt in self.open_doubts(one)
                    ]
                    if one
                    else []
                )
                found += [
                    f"《{document.title}》第 {page} 页另有一份扫描件（{other.source.name}）：{doubt.what}，"
                    f"请核对留用的是哪一张（{doubt.id}）"
                    for other, doubt in self.other_texts(document.id, page)
                ]
            if document.id in self._seams and (remark := self._seam_lacks(document)):
                found.append(f"《{document.title}》骑缝章：{remark}（{self.seam_id(document.id)}）")
        if not self.documents:
            found.append("没有要在纸上签章的文件")
        return found

    def confirmed(self) -> Iterator[tuple[str, str, str]]:
        """What was confirmed by a person and still counts: its name, the person's, and the scan's."""
        for (name, source), by in self._confirmed.items():
            if source is None or any(one.source == source for one in self.best.values()):
                yield name, by, source.name if source else ""

    def seam_id(self, document: str) -> str:
        """The name of a document's seals over the edges, as ``2-seam``."""
        return f"{self._at[document]}-seam"

    def _seam_lacks(self, document: Document) -> str:
        if (self.seam_id(document.id), None) in self._confirmed:
            return ""
        found = next((one for one in self.status.seams if one.document == document.id), None)
        if found is None:
            return "页没有收齐，还不能看"
        return "" if found.verdict == "seen" else found.remark or VERDICTS[found.verdict]

    def open_ids(self) -> dict[str, Source | None]:
        """Everything that a person may confirm now, with the scan on which it is to be looked at."""
        found: dict[str, Source | None] = {}
        for (document, page), one in self.best.items():
            for number, (_, _, acts) in enumerate(self._asked.get((document, page), ())):
                for act in acts:
                    if self.act_state(one, number, act) in {"absent", "look"}:
                        found[act_id(self._at[document], page, number, act)] = one.source
            found |= {doubt.id: one.source for doubt in self.open_doubts(one)}
            found |= {doubt.id: other.source for other, doubt in self.other_texts(document, page)}
        for document_ in self.documents:
            if document_.id in self._seams and self._seam_lacks(document_):
                found[self.seam_id(document_.id)] = None
        return found


ACTS_ORDER: Final[tuple[Act, ...]] = ("signature", "seal", "date")


def is_signed_on_paper(document: Document) -> bool:
    """Whether a document comes back on paper; what is only typed into a web system does not."""
    return document.filing == "paper" and document.file("pdf") is not None


def pages_of(document: Document) -> int:
    """How many pages a document's PDF has."""
    file = document.file("pdf")
    return (file.pages or 0) if file else 0
