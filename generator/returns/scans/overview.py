"""What the record of a packet says: party by document, what came back, what is signed, sealed and dated, what is lacking.

“Complete” is said only where every page is back and ours, every act at every place was seen, by the program or by a
person who is named, no person has sent a page back, and nothing is left to look at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal

from msgspec import Struct

from generator.publishing.manifest import Document, Manifest
from generator.returns.scans.status import (
    ACTS,
    VERDICTS,
    Act,
    Decision,
    Doubt,
    Returned,
    Source,
    Status,
    Stranger,
    is_filed_on_paper,
    pages_of,
)

State = Literal["seen", "confirmed", "look", "absent", "refused"]
Sources = tuple[Source, ...]
STATES: Final[Mapping[str, str]] = {**VERDICTS, "confirmed": "人工确认", "refused": "退回"}
GOOD: Final[frozenset[State]] = frozenset({"seen", "confirmed"})
ACTS_ORDER: Final[tuple[Act, ...]] = ("signature", "seal", "date")
_RANK: Final[Mapping[State, int]] = {"absent": 0, "refused": 1, "look": 2, "seen": 3, "confirmed": 3}
_Key = tuple[str, int]


class Asked(Struct, frozen=True):
    """One place of a page, and what is asked for there.

    Attributes:
        party: who signs.
        title: the place's.
        acts: what is asked for.
        later: whether a body decides there after the papers are filed; then nothing is asked for.
        found: whether the place was found in print; where not, a person looks for it on the whole document.
    """

    party: str
    title: str
    acts: tuple[Act, ...]
    later: bool = False
    found: bool = True


class Row(Struct, frozen=True):
    """Party by document, as the sheet has it.

    Attributes:
        party: who signs.
        document: the document's title.
        page: the page's number.
        where: at which place of which page.
        returned: whether the page came back.
        acts: by act, how it stands, or None where it is not asked for.
        remarks: what to do or to know.
        ids: by act, its name, as ``--confirm`` takes it.
        refused: what was sent back and why, clauses; empty where nothing was.
    """

    party: str
    document: str
    page: int
    where: str
    returned: bool
    acts: Mapping[Act, State | None]
    remarks: tuple[str, ...]
    ids: Mapping[Act, str]
    refused: tuple[str, ...]


class Refusable(Struct, frozen=True):
    """What a person may send back.

    Attributes:
        id: the name under which it is recorded.
        what: what it is, in Chinese.
        document: the document's title.
        sources: every scan that may show the same sheet of paper.
    """

    id: str
    what: str
    document: str
    sources: Sources


def act_id(at: int, page: int, number: int, act: Act) -> str:
    """The name of one act at one place, as ``2-7-1-seal``: document, page, place, act, counted from 1."""
    return f"{at}-{page}-{number + 1}-{act}"


def stranger_id(one: Stranger) -> str:
    """The name of a scan that is no page of the packet: no document has the number 0."""
    return f"0-{one.source.sha256[:8]}-{one.source.page}"


class _Said:
    """What persons have said, the last word on each thing."""

    def __init__(self, decisions: Iterable[Decision]) -> None:
        self._last: dict[tuple[str, Sources], Decision] = {}
        # What was sent back once: the program's word on a later scan is not enough, for it did not see the fault.
        self._once: dict[str, Decision] = {}
        for one in decisions:
            if one.kind == "refused":
                self._once[one.id] = one
                for source in one.sources:
                    self._last[one.id, (source,)] = one
            else:
                self._undo(one)
            self._last[one.id, one.sources] = one

    def _undo(self, one: Decision) -> None:
        before = self._last.get((one.id, one.sources))
        if before is None or before.kind != "refused":
            return
        self._last = {key: each for key, each in self._last.items() if each is not before}
        if self._once.get(one.id) is before:
            del self._once[one.id]

    def confirmed(self, name: str, *sources: Source) -> Decision | None:
        """By whom something was confirmed, of just these scans."""
        found = self._last.get((name, sources))
        return found if found and found.kind == "confirmed" else None

    def refused(self, name: str, *sources: Source) -> Decision | None:
        """By whom something was sent back, and why."""
        found = self._last.get((name, sources))
        return found if found and found.kind == "refused" else None

    def once(self, name: str) -> Decision | None:
        """The last time that something was sent back, of whichever scan."""
        return self._once.get(name)

    def is_last(self, one: Decision) -> bool:
        """Whether nothing was said of the same thing since."""
        return any(each is one for each in self._last.values())


class Overview:
    """What a status says of a packet.

    Args:
        manifest: the packet's.
        status: what came back.
        asked: by document and page, its places.
        seams: by the id of a document with seals over the edges of its pages, who puts them.

    Attributes:
        status: as given.
        documents: those that come back on paper.
        used: by document and page, the scans that stand for it, the best first: several where parties have signed
            on sheets of their own.
    """

    def __init__(
        self,
        manifest: Manifest,
        status: Status,
        asked: Mapping[_Key, Sequence[Asked]],
        seams: Mapping[str, Sequence[str]],
    ) -> None:
        self.status = status
        self._asked = asked
        self._seams = seams
        self._said = _Said(status.decisions)
        self.documents = tuple(document for document in manifest.documents if is_filed_on_paper(document))
        self._at = {document.id: at for at, document in enumerate(manifest.documents, 1)}
        self._titles = {document.id: document.title for document in manifest.documents}
        self._scans: dict[_Key, list[Returned]] = {}
        for one in status.returned:
            self._scans.setdefault((one.document, one.page), []).append(one)
        self._holders: dict[tuple[str, int, int], Returned] = {}
        self.used = {key: self._chosen(key, scans) for key, scans in self._scans.items()}

    @property
    def best(self) -> dict[_Key, Returned]:
        """The best scan of each page that is back."""
        return {key: scans[0] for key, scans in self.used.items()}

    def _chosen(self, key: _Key, scans: Sequence[Returned]) -> tuple[Returned, ...]:
        """The best scan, and the others that are needed for the places that are not signed on it."""
        ranked = sorted(scans, key=self._worth, reverse=True)
        used = [ranked[0]]
        for number, place in enumerate(self._asked.get(key, ())):
            if not place.acts or not place.found:
                continue
            # What one place asks for must stand on one sheet.
            holder = max(
                [*used, *(one for one in ranked if one not in used)], key=self._signed(number, place)
            )
            self._holders[(*key, number)] = holder
            if holder not in used:
                used.append(holder)
        return tuple(used)

    def _signed(self, number: int, place: Asked) -> Callable[[Returned], tuple[bool, int, int]]:
        """How far a place is signed on a scan; of equals, the first is taken."""

        def rank(one: Returned) -> tuple[bool, int, int]:
            states = [self.act_state(one, number, act) for act in place.acts]
            ranks = [_RANK[state] for state in states]
            return GOOD.issuperset(states), min(ranks), sum(ranks)

        return rank

    def _worth(self, one: Returned) -> tuple[bool, int, int, int, bool, float, str, int]:
        """Not sent back, most acts seen, fewest doubts, then the clearest: whatever came first."""
        acts = [self.act_state(one, place.number, act.act) for place in one.places for act in place.acts]
        return (
            self._sent_back(one) is None,
            sum(state in GOOD for state in acts),
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

    def page_id(self, document: str, page: int) -> str:
        """The name of a page as a whole, as ``2-7-page``."""
        return f"{self._at[document]}-{page}-page"

    def seam_id(self, document: str) -> str:
        """The name of a document's seals over the edges, as ``2-seam``."""
        return f"{self._at[document]}-seam"

    def parts_id(self, document: str, page: int) -> str:
        """The name of the question whether parties may have signed a page on several sheets, as ``2-7-parts``."""
        return f"{self._at[document]}-{page}-parts"

    def _sent_back(self, one: Returned) -> Decision | None:
        return self._said.refused(self.page_id(one.document, one.page), one.source)

    def act_state(self, one: Returned, number: int, act: Act) -> State:
        """How one act stands on a scan, at a place that was found in print."""
        name = act_id(self._at[one.document], one.page, number, act)
        if self._sent_back(one) or self._said.refused(name, one.source):
            return "refused"
        if self._said.confirmed(name, one.source):
            return "confirmed"
        verdict = _verdict(one, number, act)
        return "look" if verdict == "seen" and self._said.once(name) else verdict

    def _state(self, key: _Key, number: int, act: Act) -> State:
        """How one act stands, by the sheet that it stands on; of a place that was not found, by the whole document."""
        if key not in self.used:
            return "absent"
        if self._asked[key][number].found:
            return self.act_state(self._holder(key, number), number, act)
        name, sources = act_id(self._at[key[0]], key[1], number, act), self.sources(key[0])
        if self._said.refused(name, *sources):
            return "refused"
        return "confirmed" if self._is_back(key[0]) and self._said.confirmed(name, *sources) else "look"

    def _holder(self, key: _Key, number: int) -> Returned:
        return self._holders.get((*key, number), self.used[key][0])

    def sources(self, document: str) -> Sources:
        """The scans that stand for a document, in the order of its pages."""
        return tuple(
            one.source
            for page in range(1, self._pages(document) + 1)
            for one in self.used.get((document, page), ())
        )

    def _pages(self, document: str) -> int:
        return next(pages_of(each) for each in self.documents if each.id == document)

    def _is_back(self, document: str) -> bool:
        return all((document, page) in self.used for page in range(1, self._pages(document) + 1))

    def open_doubts(self, one: Returned) -> list[Doubt]:
        """What is still to be looked at on a scan, beside the acts."""
        found = [doubt for doubt in one.doubts if not self._said.confirmed(doubt.id, one.source)]
        name = self.page_id(one.document, one.page)
        before = self._said.once(name)
        if before and not (self._said.confirmed(name, one.source) or self._said.refused(name, one.source)):
            found.append(Doubt(id=name, what=f"以前退回过（{before.reason}），换来的这一张改好没有，请看"))
        return found

    def other_texts(self, document: str, page: int) -> Iterator[tuple[Returned, Doubt]]:
        """What other good scans of a page print otherwise: then there are two sheets, and one must not be filed."""
        used = self.used.get((document, page), ())
        told = {doubt.id for one in used for doubt in self.open_doubts(one)}
        for one in self._scans.get((document, page), ()):
            if one in used or self._sent_back(one) or any(doubt.id.endswith("-poor") for doubt in one.doubts):
                continue
            for doubt in self.open_doubts(one):
                if "-text" in doubt.id and doubt.id not in told:
                    told.add(doubt.id)
                    yield one, doubt

    def missing(self) -> list[tuple[Document, int]]:
        """The pages that are not back."""
        return [
            (document, page)
            for document in self.documents
            for page in range(1, pages_of(document) + 1)
            if (document.id, page) not in self.used
        ]

    def doubled(self) -> list[tuple[Document, int, list[Returned]]]:
        """The pages of which several scans came back, with these."""
        return [
            (document, page, scans)
            for document in self.documents
            for page in range(1, pages_of(document) + 1)
            if len(scans := self._scans.get((document.id, page), [])) > 1
        ]

    def sent_back(self, document: str, page: int) -> Decision | None:
        """Who has sent a page back and why, where nothing has come in its place."""
        used = self.used.get((document, page))
        return self._sent_back(used[0]) if used else None

    def is_sent_back(self, name: str, sources: Sources) -> bool:
        """Whether a person has sent back what has this name and stands on these scans."""
        return self._said.refused(name, *sources) is not None

    def seam_sent_back(self, document: str) -> Decision | None:
        """Who has sent a document back for the seals over its edges, as long as its pages are the same."""
        return self._said.refused(self.seam_id(document), *self.sources(document))

    def sealing(self, document: str) -> Sequence[str]:
        """Who puts a seal over the edges of a document's pages."""
        return self._seams.get(document, ())

    def rows(self) -> Iterator[Row]:
        """Party by document."""
        for document in self.documents:
            for page in range(1, pages_of(document) + 1):
                key = document.id, page
                for number, place in enumerate(self._asked.get(key, ())):
                    states: dict[Act, State | None] = dict.fromkeys(ACTS_ORDER)
                    for act in place.acts:
                        states[act] = self._state(key, number, act)
                    yield Row(
                        place.party,
                        document.title,
                        page,
                        f"第 {page} 页 {place.title}",
                        key in self.used,
                        states,
                        tuple(self._remarks(key, number, place)),
                        {act: act_id(self._at[document.id], page, number, act) for act in place.acts},
                        tuple(self._reasons(key, number, place)),
                    )

    def _refusal(self, key: _Key, number: int, act: Act) -> Decision | None:
        """Who has sent back the act that stands there now."""
        name = act_id(self._at[key[0]], key[1], number, act)
        if not self._asked[key][number].found:
            return self._said.refused(name, *self.sources(key[0]))
        return self._said.refused(name, self._holder(key, number).source)

    def _reasons(self, key: _Key, number: int, place: Asked) -> Iterator[str]:
        if key not in self.used:
            return
        if whole := self._sent_back(self._holder(key, number)):
            yield f"退回：{whole.reason}"
            return
        for act in place.acts:
            if one := self._refusal(key, number, act):
                yield f"{ACTS[act]}退回：{one.reason}"

    def _remarks(self, key: _Key, number: int, place: Asked) -> Iterator[str]:
        if key not in self.used:
            yield "这一页没有收到"
            return
        if place.later:
            yield "报送以后由它签，不计在内"
            return
        holder = self._holder(key, number)
        if holder is not self.used[key][0]:
            yield f"签在另一张纸上（{holder.source.name}）"
        whole = self._sent_back(holder)
        if whole:
            yield f"这一页退回：{whole.reason}，{whole.by}"
        else:
            for act in place.acts:
                yield from self._remarks_on(key, number, act, holder)
        yield from (f"{doubt.what}（{doubt.id}）" for doubt in self.open_doubts(holder))

    def _remarks_on(self, key: _Key, number: int, act: Act, holder: Returned) -> Iterator[str]:
        state, name = self._state(key, number, act), act_id(self._at[key[0]], key[1], number, act)
        found = self._asked[key][number].found
        if state == "refused" and (sent := self._refusal(key, number, act)):
            yield f"{ACTS[act]}退回：{sent.reason}，{sent.by}"
        if state == "look":
            before = self._said.once(name)
            yield f"{ACTS[act]}请人看（{name}）" + (f"，以前退回过：{before.reason}" if before else "")
        sources = (holder.source,) if found else self.sources(key[0])
        if state == "confirmed" and (one := self._said.confirmed(name, *sources)):
            against = "（程序没有见到）" if found and _verdict(holder, number, act) == "absent" else ""
            yield f"{ACTS[act]}由{one.by}看过{against}"
        if found and state in {"absent", "look"}:
            for other in self._scans[key]:
                if other is not holder and self.act_state(other, number, act) in GOOD:
                    yield f"{ACTS[act]}在另一份扫描件（{other.source.name}）上见到，不在同一张纸上"
                    break

    def lacking(self) -> list[str]:
        """What keeps the packet from being complete, in Chinese; empty only where it is complete."""
        found = [f"《{document.title}》第 {page} 页没有收到" for document, page in self.missing()]
        for document in self.documents:
            found += self._lacking_acts(document)
        for document in self.documents:
            found += self._lacking_besides(document)
        found += [
            f"{one.source.name}：{one.remark}；是不是夹在里面的一页，请看（{stranger_id(one)}）"
            for one in self.open_strangers()
        ]
        if not self.documents:
            found.append("没有要在纸上签章的文件")
        return found

    def lacking_of(self, document: Document) -> list[str]:
        """What keeps one document from being complete, in Chinese; empty only where it is complete."""
        found = [f"第 {page} 页没有收到" for one, page in self.missing() if one.id == document.id]
        return [*found, *self._lacking_acts(document), *self._lacking_besides(document)]

    def _lacking_besides(self, document: Document) -> Iterator[str]:
        """What is lacking on a document's pages beside their acts, and over their edges."""
        if not pages_of(document):
            yield f"《{document.title}》送出时没有 PDF，无从对照，不能算收齐"
        for page in range(1, pages_of(document) + 1):
            yield from self._lacking_on_page(document, page)
        if remark := self._seam_lacks(document):
            yield f"《{document.title}》骑缝章：{remark}（{self.seam_id(document.id)}）"

    def _lacking_acts(self, document: Document) -> Iterator[str]:
        for page in range(1, pages_of(document) + 1):
            key = document.id, page
            for number, place in enumerate(self._asked.get(key, ())):
                if key not in self.used or self._sent_back(self._holder(key, number)):
                    continue  # told of the page
                where = f"《{document.title}》第 {page} 页 {place.title} {place.party}"
                for act in place.acts:
                    state = self._state(key, number, act)
                    if state == "absent":
                        yield f"{where}：没有见到{ACTS[act]}"
                    elif state == "look":
                        yield f"{where}：{ACTS[act]}请人看"
                    elif state == "refused" and (one := self._refusal(key, number, act)):
                        yield f"{where}：{ACTS[act]}退回：{one.reason}"

    def _lacking_on_page(self, document: Document, page: int) -> Iterator[str]:
        where = f"《{document.title}》第 {page} 页"
        for one in self.used.get((document.id, page), ()):
            if sent := self._sent_back(one):
                yield f"{where}退回：{sent.reason}（{self.page_id(document.id, page)}）"
                continue
            yield from (f"{where}：{doubt.what}（{doubt.id}）" for doubt in self.open_doubts(one))
        for other, doubt in self.other_texts(document.id, page):
            yield (
                f"{where}另有一份扫描件（{other.source.name}）：{doubt.what}，"
                f"请核对留用的是哪一张（{doubt.id}）"
            )
        if self._parts_open((document.id, page)):
            sheets = list(self._on_sheets((document.id, page)))
            yield (
                f"{where}：各方的签章分在 {len(sheets)} 份扫描件上（{'；'.join(sheets)}），"
                f"分签的几张一起留用行不行，请定（{self.parts_id(document.id, page)}）"
            )

    def _on_sheets(self, key: _Key) -> Iterator[str]:
        places = self._asked[key]
        for one in self.used[key]:
            parties = [
                place.party for number, place in enumerate(places) if self._holders.get((*key, number)) is one
            ]
            yield f"{one.source.name}：{'、'.join(dict.fromkeys(parties)) or '没有用它的签章'}"

    def _parts_open(self, key: _Key) -> bool:
        """Whether everything is signed, but on several sheets that nobody has accepted as one page."""
        used = self.used.get(key, ())
        signed = all(
            self._state(key, number, act) in GOOD
            for number, place in enumerate(self._asked.get(key, ()))
            for act in place.acts
        )
        sources = (one.source for one in used)
        return len(used) > 1 and signed and not self._said.confirmed(self.parts_id(*key), *sources)

    def open_strangers(self) -> Iterator[Stranger]:
        """Scans that are no page of ours and may have been put among them: a person says that they are not."""
        for one in self.status.strangers:
            if one.kind in {"foreign", "unsure"} and not self._said.confirmed(stranger_id(one), one.source):
                yield one

    def finished(self) -> set[_Key]:
        """The pages that are back and leave nothing to be done."""
        items = self.open_items()
        seams = {self.seam_id(document.id) for document in self.documents}
        open_ = {source for name, sources in items.items() if name not in seams for source in sources}
        return {
            key
            for key, scans in self.used.items()
            if not any(self._sent_back(one) or one.source in open_ for one in scans)
        }

    def was_sent_back(self, document: str, page: int) -> bool:
        """Whether a person has sent back this page or anything on it, ever."""
        at = f"{self._at[document]}-{page}-"
        return any(one.kind == "refused" and one.id.startswith(at) for one in self.status.decisions)

    def _seam_lacks(self, document: Document) -> str:
        if document.id not in self._seams:
            return ""
        if not self._is_back(document.id):
            return "页没有收齐，还不能看"
        name, sources = self.seam_id(document.id), self.sources(document.id)
        if sent := self._said.refused(name, *sources):
            return f"退回：{sent.reason}"
        if self._said.confirmed(name, *sources):
            return ""
        if before := self._said.once(name):
            return f"以前退回过（{before.reason}），改好没有，请看"
        found = next((one for one in self.status.seams if one.document == document.id), None)
        if found is None:
            return "页没有收齐，还不能看"
        return "" if found.verdict == "seen" else found.remark or VERDICTS[found.verdict]

    def said(self) -> Iterator[tuple[Decision, bool]]:
        """Every decision of a person, in the order of time, and whether it still counts.

        One counts no more where another was made since, or where other scans stand for what was looked at.
        """
        used = {one.source for scans in self.used.values() for one in scans}
        used |= {other.source for key in self.used for other, _ in self._others_confirmed(key)}
        used |= {one.source for one in self.status.strangers}
        for one in self.status.decisions:
            yield one, self._said.is_last(one) and self._holds(one, used)

    def _others_confirmed(self, key: _Key) -> Iterator[tuple[Returned, Doubt]]:
        for one in self._scans[key]:
            if one not in self.used[key]:
                yield from (
                    (one, doubt) for doubt in one.doubts if self._said.confirmed(doubt.id, one.source)
                )

    def _holds(self, one: Decision, used: set[Source]) -> bool:
        whole = {self.seam_id(document.id): self.sources(document.id) for document in self.documents}
        whole |= {
            self.parts_id(*key): tuple(each.source for each in scans) for key, scans in self.used.items()
        }
        for (document, page), places in self._asked.items():
            for number, place in enumerate(places):
                if not place.found:
                    for act in place.acts:
                        whole[act_id(self._at[document], page, number, act)] = self.sources(document)
        if one.id in whole:
            return one.sources == whole[one.id]
        return not used.isdisjoint(one.sources)

    def open_items(self) -> dict[str, Sources]:
        """Everything that a person may confirm now, with the scans on which it is to be looked at."""
        found: dict[str, Sources] = {}
        for (document, page), scans in self.used.items():
            for number, place in enumerate(self._asked.get((document, page), ())):
                for act in place.acts:
                    holder = self._holder((document, page), number)
                    open_ = self._state((document, page), number, act) not in GOOD
                    name = act_id(self._at[document], page, number, act)
                    if open_ and place.found and not self._sent_back(holder):
                        found[name] = (holder.source,)
                    elif open_ and not place.found and self._is_back(document):
                        found[name] = self.sources(document)
            for one in scans:
                if self._sent_back(one):
                    found[self.page_id(document, page)] = (one.source,)
                else:
                    found |= {doubt.id: (one.source,) for doubt in self.open_doubts(one)}
            found |= {doubt.id: (other.source,) for other, doubt in self.other_texts(document, page)}
            if self._parts_open((document, page)):
                found[self.parts_id(document, page)] = tuple(one.source for one in scans)
        for each in self.documents:
            if self._is_back(each.id) and self._seam_lacks(each):
                found[self.seam_id(each.id)] = self.sources(each.id)
        return found | {stranger_id(one): (one.source,) for one in self.open_strangers()}

    def refusable(self) -> dict[str, Refusable]:
        """Everything that a person may send back now: a page, an act on it, what is doubtful on it, seals over edges."""
        found: dict[str, Refusable] = {}
        for document in self.documents:
            title = document.title
            for page in range(1, pages_of(document) + 1):
                key = document.id, page
                for one in self.used.get(key, ()):
                    if self._sent_back(one):
                        continue
                    # A page with something wrong on it is sent back as a whole.
                    whole = Refusable(
                        self.page_id(*key), f"第 {page} 页（整页）", title, self._same_sheet(one)
                    )
                    found.setdefault(whole.id, whole)
                    found |= {doubt.id: whole for doubt in self.open_doubts(one)}
                for number, place in enumerate(self._asked.get(key, ())):
                    for act in place.acts:
                        if key not in self.used or self._state(key, number, act) in {"absent", "refused"}:
                            continue
                        name = act_id(self._at[document.id], page, number, act)
                        what = f"第 {page} 页 {place.title}　{place.party}的{ACTS[act]}"
                        holder = self._holder(key, number)
                        sources = self._same_sheet(holder) if place.found else self.sources(document.id)
                        found[name] = Refusable(name, what, title, sources)
            if document.id in self._seams and self._is_back(document.id):
                name = self.seam_id(document.id)
                if not self.seam_sent_back(document.id):
                    found[name] = Refusable(name, "骑缝章", title, self.sources(document.id))
        return found

    def _same_sheet(self, one: Returned) -> Sources:
        """The scans of a page that may show the same sheet: on none of them is seen what is absent on the other."""
        acts = {(place.number, act.act) for place in one.places for act in place.acts}

        def differ(other: Returned) -> bool:
            pairs = ({_verdict(each, *act) for each in (one, other)} for act in acts)
            return any(pair == {"seen", "absent"} for pair in pairs)

        others = (other for other in self._scans[one.document, one.page] if other is not one)
        return (one.source, *(other.source for other in others if not differ(other)))

    def called(self, name: str) -> str:
        """What a name of something stands for, in Chinese."""
        for document in self.documents:
            at = f"{self._at[document.id]}-"
            if not name.startswith(at):
                continue
            if name == self.seam_id(document.id):
                return f"《{document.title}》骑缝章"
            page, _, rest = name.removeprefix(at).partition("-")
            number, _, act = rest.partition("-")
            places = self._asked.get((document.id, int(page)), ()) if page.isdigit() else ()
            if act in ACTS and number.isdigit() and int(number) <= len(places):
                return f"《{document.title}》第 {page} 页 {places[int(number) - 1].party}的{ACTS[act]}"
            return f"《{document.title}》第 {page} 页"
        return next((one.source.name for one in self.status.strangers if stranger_id(one) == name), name)


def _verdict(one: Returned, number: int, act: Act) -> Literal["seen", "absent", "look"]:
    """What the program saw; a place that was not found in print was not looked at."""
    found = (
        each.verdict
        for place in one.places
        if place.number == number
        for each in place.acts
        if each.act == act
    )
    return next(found, "look")
