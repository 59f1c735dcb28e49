"""Signed pages that come back as scans: recognised, compared with what was sent, kept in the packet's signing status."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct, field

from generator.base.failures import reason
from generator.errors import DataError, ExitCode, Place, UsageError
from generator.publishing import safe_name
from generator.publishing.beside import STATUS_JSON, STATUS_SHEET, packet_locked
from generator.workflows.progress import Listener, tell
from generator.workflows.signed_sets import put_output, signed_sets, title_of

if TYPE_CHECKING:
    from generator.publishing.manifest import Signatory
    from generator.returns.scans.examination import Examined
    from generator.returns.scans.overview import Asked, Overview
    from generator.returns.scans.reading import Scanned
    from generator.returns.scans.recognition import Recogniser
    from generator.returns.scans.rendered import Sheet
    from generator.returns.scans.sent import Sent
    from generator.returns.scans.status import (
        Act,
        Doubt,
        Returned,
        SeenPlace,
        Source,
        Status,
        Stranger,
    )

MOST_BYTES: Final = 50_000_000
_ORIGINALS, _PAGES, _LOOK = "originals", "pages", "look"
_REMINDERS: Final = "reminders.txt"
_MANY: Final = 12  # more alterations than this on a page: it is another draft
_SHOWN: Final = 1200  # dots
AskedPlaces = Mapping[tuple[str, int], Sequence["Asked"]]


class Received(Struct, frozen=True):
    """What a run found, and how the packet stands now.

    Attributes:
        overview: party by document, page by page.
        new: the pages that this run added.
        strangers: the scans of this run that are no page of the packet.
        notes: what a person should know besides, in Chinese.
        lacking: what keeps the packet from being complete; empty only where it is complete.
        files: every file that was written.
        status: where the signing status stands.
    """

    overview: Overview
    new: tuple[Returned, ...]
    strangers: tuple[Stranger, ...]
    notes: tuple[str, ...]
    lacking: tuple[str, ...]
    files: tuple[Path, ...]
    status: Path

    @property
    def complete(self) -> bool:
        """Whether every page is back and ours, and everything was seen."""
        return not self.lacking

    @property
    def exit_code(self) -> ExitCode:
        """FINDING while something is lacking."""
        return ExitCode.DONE if self.complete else ExitCode.FINDING

    def table(self) -> Iterator[tuple[str, ...]]:
        """Party by document, as it is shown: who, what, where, whether it is back, signature, seal, date."""
        from generator.returns.scans.overview import ACTS_ORDER, STATES

        for row in self.overview.rows():
            states = [STATES.get(row.acts[act] or "", "—") if row.returned else "" for act in ACTS_ORDER]
            yield row.party, row.document, row.where, "是" if row.returned else "没有", *states

    def as_json(self) -> dict[str, Any]:
        """The result as a JSON object."""
        rows = [
            {
                "party": row.party,
                "document": row.document,
                "where": row.where,
                "returned": row.returned,
                **dict(row.acts),
                "remarks": list(row.remarks),
            }
            for row in self.overview.rows()
        ]
        return {
            "complete": self.complete,
            "lacking": list(self.lacking),
            "missing": [{"document": one.id, "page": page} for one, page in self.overview.missing()],
            "rows": rows,
            "pages": [one.model_dump(mode="json", exclude={"edge"}) for one in self.new],
            "strangers": [one.model_dump(mode="json") for one in self.strangers],
            "notes": list(self.notes),
            "files": [str(one) for one in self.files],
            "status": str(self.status),
        }


def receive(
    scans: Sequence[Path],
    packet: Path,
    output: Path,
    *,
    older: Sequence[Path] = (),
    confirm: Sequence[str] = (),
    refuse: Mapping[str, str] = {},
    by: str = "",
    most_bytes: int = MOST_BYTES,
    progress: Listener | None = None,
) -> Received:
    """Read scans of signed pages, and add what is on them to the packet's signing status.

    Args:
        scans: files (PDF, TIFF, JPEG, PNG) or folders of them; none where only something is confirmed.
        packet: the packet's folder or archive, as it was sent out.
        output: where the untouched originals, the upright pages, the pictures to look at, the signed set and the
            reminders go.
        older: earlier packets, to tell pages of them; those beside the packet are known anyway.
        confirm: names of what a person has looked at and says that it is there, as ``2-7-1-seal``; of what earlier
            runs have brought, not of the scans of this one. It holds for the scans that stand there then.
        refuse: by such a name, why a person sends it back; likewise. Until another sheet has come, and a person has
            looked at it, the packet is not complete.
        by: who that is.
        most_bytes: each PDF of the signed set is no larger, as far as pages stay legible.
        progress: is told of each page before it is read.

    Raises:
        UsageError: nothing is given, what is confirmed is not open, what is refused is not there or has no reason, or
            the extra ``scan`` is not installed.
        DataError: a scan or the packet cannot be read, or is refused.
        OutputError: the output or the status cannot be written.
    """
    if not scans and not confirm and not refuse:
        raise UsageError("没有写扫描件", "写上扫描件的文件或文件夹，或用 --confirm、--refuse 记下看过的结果")
    if (confirm or refuse) and not by.strip():
        raise UsageError("没有写是谁看的", "用 --by 写上看的人的姓名")
    _need_libraries()
    from generator.returns.scans.decisions import decided, lapsed, reason_of
    from generator.returns.scans.overview import Overview
    from generator.returns.scans.reading import scan_files

    reasons = {name: reason_of(text) for name, text in refuse.items()}
    found = scan_files(list(scans))
    work = _Work(packet, output, progress)
    sent = work.open(older)
    asked = _asked(sent)

    def seen(status: Status) -> Overview:
        return Overview(sent.manifest, status, asked, sent.seams)

    # Refused before anything is read.
    work.before = seen(_read_status(_status_at(packet, output), sent))
    files = work.read(found, sent)
    with _status(packet, output) as place:
        before = _read_status(place, sent)
        # A person has looked at what came before; what this run brings nobody has seen yet.
        before = decided(before, seen(before), confirm, reasons, by.strip())
        status = _merged(before, work, files)
        status = _with_seams(status, seen(status), sent, work)
        overview = seen(status)
        _write_status(place, status, overview, sent)
    work.notes += lapsed(seen(before), overview)
    lacking = tuple(overview.lacking())
    written = [*work.written, place, place.with_name(STATUS_SHEET)]
    written += _reminders(output, overview, sent)
    sets, notes = signed_sets(packet, output, overview, sent, most_bytes, complete=not lacking)
    return Received(
        overview,
        tuple(work.returned),
        tuple(work.strangers),
        (*work.notes, *notes),
        lacking,
        (*written, *sets),
        place,
    )


def _need_libraries() -> None:
    try:
        import cv2  # noqa: F401
        import numpy as np  # noqa: F401
    except ImportError:
        raise UsageError(
            "读扫描件要用的程序库没有装", "运行 pip install 'lianheti[scan]' 装上，再来一次"
        ) from None


class _Work(Struct):
    """One run: what it reads and writes."""

    packet: Path
    output: Path
    progress: Listener | None
    returned: list[Returned] = field(default_factory=list)
    strangers: list[Stranger] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    written: list[Path] = field(default_factory=list)
    pages: int = 0
    before: Overview | None = None
    _recogniser: Recogniser | None = None
    _editions: dict[str, str] = field(default_factory=dict)
    _coded: dict[str, Sheet] = field(default_factory=dict)
    _prints: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def open(self, older: Sequence[Path]) -> Sent:
        """Read the packet and those before it."""
        from generator.returns.scans.recognition import Recogniser
        from generator.returns.scans.rendered import Pictures
        from generator.returns.scans.sent import older_packets, read_sent

        tell(self.progress, "读送出的材料")
        pictures = Pictures()
        sent = read_sent(self.packet, pictures)
        sheets = list(sent.sheets)
        for place in dict.fromkeys([*older_packets(self.packet), *older]):
            try:
                before = read_sent(place, pictures, place.name)
            except DataError as error:
                if place in older:
                    raise
                self.notes.append(f"旁边的旧稿“{place.name}”没有用来对照：{error.what}")
                continue
            if before.manifest.check_code == sent.manifest.check_code:
                continue
            self._editions[place.name] = before.manifest.check_code or ""
            sheets += before.own
        for sheet in sheets:
            if sheet.code:
                self._coded.setdefault(sheet.code, sheet)
            self._prints.setdefault((sheet.edition, sheet.document), []).append(sheet.digest)
        self._recogniser = Recogniser(sheets)
        return sent

    def read(self, scans: Sequence[Path], sent: Sent) -> list[str]:
        """Read every scan; gives the files' names."""
        from generator.returns.scans.examination import every_page
        from generator.returns.scans.reading import read_bytes, scanned_pages

        names, seen = [], set()
        for file in scans:
            data = read_bytes(file)
            digest = hashlib.sha256(data).hexdigest()
            if digest in seen:
                self.notes.append(f"{file.name} 与前面一个文件完全相同，只读一次")
                continue
            seen.add(digest)
            for scan in scanned_pages(file.name, data):
                tell(self.progress, f"读 {scan.name}", self.pages)
                if self._recogniser is None:
                    raise RuntimeError("open the packet first")
                self.pages += 1
                for one in every_page(scan, self._recogniser, sent):
                    self._take(one, scan, digest, sent)
            # Its suffix stays, so that the original opens by a double-click.
            name = f"{digest[:8]}-{safe_name(file.stem)}{file.suffix.lower()}"
            self._write(Path(_ORIGINALS) / name, data)
            names.append(file.name)
        return names

    def _take(self, one: Examined, scan: Scanned, digest: str, sent: Sent) -> None:
        from generator.returns.scans.status import Source, Stranger

        source = Source(file=scan.file, sha256=digest, page=scan.page)
        kind, remark = self._stranger(one)
        if kind:
            shown = self._shown(scan, digest) if kind in {"foreign", "unsure"} else None
            told = {"source": source, "kind": kind, "remark": remark, "picture": shown}
            self.strangers.append(Stranger.model_validate(told))
            return
        if one.recognised.upside_down:
            self.notes.append(f"{scan.name}是倒着扫的，已转正")
        sheet = self._which(one)
        if sheet.code and not one.recognised.code:
            self.notes.append(f"{scan.name}（{sheet.name}）的页边码没有读出来，只按印的内容认的")
        if not sheet.document or not _is_paper(sent, sheet.document):
            what = sheet.name if sheet.document else sheet.title
            self.notes.append(f"{scan.name}是{what}，不用签章，没有收进签署情况")
            return
        self.returned.append(self._returned(one, sheet, source, sent))

    def _stranger(self, one: Examined) -> tuple[str, str]:
        """What kind of stranger a scan is, and a remark; empty for a page of the packet."""
        found = one.recognised
        if found.kind == "blank":
            return "blank", "空白页"
        if found.kind == "foreign":
            return "foreign", "不像这套材料的任何一页"
        current = [sheet for sheet in found.sheets if not sheet.edition]
        if current and found.code and found.code not in {sheet.code for sheet in current}:
            return self._miscoded(found.code, current[0])
        if not current:
            sheet = found.sheet
            code = self._editions.get(sheet.edition)
            shown = f"“{sheet.edition}”" + (f"，核对码 {code}" if code else "")
            return "older", f"是旧稿（{shown}）的{sheet.name}，与现在这一稿不同，要用现在这一稿重新签"
        if found.kind == "unsure":
            rivals = "、".join(dict.fromkeys(other.name for other in found.rivals))
            if rivals:
                return "unsure", f"像{current[0].name}，也像{rivals}，分不清；请重新扫描"
            share = round(100 * (1 - found.share))
            return (
                "unsure",
                f"像{current[0].name}，但约 {share}% 的字对不上，可能是另一稿、改过的页，或扫得太差",
            )
        return "", ""

    def _miscoded(self, code: str, like: Sheet) -> tuple[str, str]:
        """What kind of stranger a scan is that prints as one of our pages and whose code is not that page's."""
        sheet = self._coded.get(code)
        if sheet is None:
            return "foreign", (
                f"印的与{like.name}一样，但页边码（{code}）不是这套材料的，是别家的或另一稿的页，没有收下；"
                "请核对原件"
            )
        if sheet.edition:
            return "older", (
                f"印的与{like.name}一样，但页边码是旧稿（“{sheet.edition}”）的{sheet.name}，没有收下，"
                "要用现在这一稿重新签"
            )
        return "unsure", f"印的像{like.name}，页边码却是{sheet.name}的，没有收下；请核对原件"

    def _which(self, one: Examined) -> Sheet:
        """Of pages that print the same, the first that is not back yet, else the first that still lacks something."""
        current = [sheet for sheet in one.recognised.sheets if not sheet.edition]
        new = {(each.document, each.page) for each in self.returned}
        back = new | (self.before.used.keys() if self.before else set())
        fine = new | (self.before.finished() if self.before else set())
        for taken in (back, fine):
            for sheet in current:
                if (sheet.document, sheet.page) not in taken:
                    return sheet
        return current[0]

    def _returned(self, one: Examined, sheet: Sheet, source: Source, sent: Sent) -> Returned:
        from generator.returns.scans.signed_set import packed
        from generator.returns.scans.status import Returned

        at = _number(sent, sheet.document)
        stem = f"{at}-{sheet.page}-{source.sha256[:8]}-{source.page}"
        if one.upright is None:
            raise RuntimeError("a page of ours lies on our raster")
        picture, data = Path(_PAGES) / f"{stem}.jpg", packed(one.upright)
        self._write(picture, data)
        return Returned(
            document=sheet.document,
            page=sheet.page,
            source=source,
            picture=picture.as_posix(),
            picture_sha256=hashlib.sha256(data).hexdigest(),
            dpi=round(one.dpi / 5) * 5,
            colour=one.colour,
            places=tuple(self._places(one, sheet, stem)),
            doubts=tuple(self._doubts(one, sheet, stem, at)),
            quality=round(one.recognised.likeness, 3),
            edge=one.edge,
        )

    def _places(self, one: Examined, sheet: Sheet, stem: str) -> Iterator[SeenPlace]:
        from generator.returns.scans.status import SeenAct, SeenPlace

        refused = self.before is not None and self.before.was_sent_back(sheet.document, sheet.page)
        for place, found in zip(one.places, one.marks, strict=True):
            acts = []
            for mark in found:
                crop = None
                if mark.verdict != "seen" or refused:
                    crop = self._crop(one, sheet, mark.box, f"{stem}-{place.number + 1}-{mark.act}")
                acts.append(SeenAct(act=mark.act, verdict=mark.verdict, crop=crop))
            yield SeenPlace(number=place.number, acts=tuple(acts))

    def _doubts(self, one: Examined, sheet: Sheet, stem: str, at: int) -> Iterator[Doubt]:
        from generator.returns.scans.status import Doubt

        for name, what in self._unsure(one, sheet):
            yield Doubt(id=f"{at}-{sheet.page}-{name}", what=what)
        texts = [each for each in one.alterations if each.what != "written"]
        if len(texts) > _MANY:
            yield Doubt(
                id=f"{at}-{sheet.page}-text",
                what=f"有 {len(texts)} 处文字与送出的不同，可能是另一稿",
                crop=self._crop(one, sheet, (0, 0, sheet.shape[1], sheet.shape[0]), f"{stem}-text"),
            )
            texts = []
        words = {
            "changed": "字与送出的不同",
            "missing": "印的字不见了",
            "covered": "印的字被盖住",
            "written": "",
        }
        for number, each in enumerate(texts, 1):
            likely = f"，像是“{each.likely}”" if each.likely.strip("？") else ""
            yield Doubt(
                id=f"{at}-{sheet.page}-text{number}",
                what=f"“{each.printed}”处{words[each.what]}{likely}",
                crop=self._crop(one, sheet, each.box, f"{stem}-text{number}"),
            )
        written = [each for each in one.alterations if each.what == "written"]
        for number, each in enumerate(written, 1):
            yield Doubt(
                id=f"{at}-{sheet.page}-ink{number}",
                what="签章处以外有字迹或印迹",
                crop=self._crop(one, sheet, each.box, f"{stem}-ink{number}"),
            )

    def _unsure(self, one: Examined, sheet: Sheet) -> Iterator[tuple[str, str]]:
        """What a scan leaves open of the page as a whole: a short name, and why in Chinese."""
        if one.poor:
            yield "poor", f"{one.poor}，有没有改动看不准，请重新扫描或看原件"
        alike = [each for each in one.recognised.sheets if each is not sheet]
        # Pages that only their codes tell apart are as good as equal where no code is read.
        coded = [each for each in one.recognised.faint if each.code]
        own = list(dict.fromkeys(each.name for each in (*alike, *coded) if not each.edition))
        if own:
            yield "alike", f"与{'、'.join(own)}印得一样，分不出是哪一页、是不是同一张扫了两次，请看原件"
        # Who signed the same words under another text did not sign this one.
        older = [
            each.edition
            for each in alike
            if each.edition
            and sheet.signatories
            and self._prints[each.edition, each.document] != self._prints["", sheet.document]
        ]
        if older:
            shown = "、".join(f"“{each}”" for each in dict.fromkeys(older))
            yield "older", f"旧稿（{shown}）的这一页印得一样、别的页不同，分不出是在哪一稿上签的，请看原件"
        elif sheet.signatories and (faint := [each.edition for each in one.recognised.faint if each.edition]):
            shown = "、".join(f"“{each}”" for each in dict.fromkeys(faint))
            yield (
                "older",
                f"旧稿（{shown}）的这一页只有水印或页边码不同，看不清，分不出是在哪一稿上签的，请看原件",
            )

    def _crop(
        self, one: Examined, sheet: Sheet, box: tuple[float, float, float, float], name: str
    ) -> str | None:
        import cv2

        from generator.returns.scans.alterations import differing

        if one.upright is None:
            return None
        picture = differing(sheet.draw(), one.upright, box)
        path = Path(_LOOK) / f"{name}.png"
        self._write(path, cv2.imencode(".png", picture)[1].tobytes())
        return path.as_posix()

    def edges(self, name: str, pages: Sequence[Returned]) -> str | None:
        """The edges of a document's pages beside each other, for a person to look at; None where a page is not here."""
        import cv2
        import numpy as np

        from generator.returns.scans.seams import side_by_side

        files = [self.output / one.picture for one in pages]
        if not all(file.is_file() for file in files):
            return None
        read = (cv2.imdecode(np.frombuffer(file.read_bytes(), np.uint8), cv2.IMREAD_COLOR) for file in files)
        drawn = [one for one in read if one is not None]
        if len(drawn) < len(files):
            return None
        path = Path(_LOOK) / f"{name}.jpg"
        self._write(path, cv2.imencode(".jpg", side_by_side(drawn))[1].tobytes())
        return path.as_posix()

    def _shown(self, scan: Scanned, digest: str) -> str:
        """A scan that is no page of ours, small, for a person to look at."""
        import cv2

        high, wide = scan.picture.shape[:2]
        factor = min(1.0, _SHOWN / max(high, wide))
        small = cv2.resize(scan.picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        path = Path(_LOOK) / f"0-{digest[:8]}-{scan.page}.jpg"
        self._write(path, cv2.imencode(".jpg", small)[1].tobytes())
        return path.as_posix()

    def _write(self, path: Path, data: bytes) -> None:
        self.written.append(put_output(self.output / path, data))


def _asked(sent: Sent) -> AskedPlaces:
    """For each page of a document that is signed on paper, its places."""
    from generator.returns.scans.overview import Asked
    from generator.returns.scans.places import places_of

    found: dict[tuple[str, int], list[Asked]] = {}
    for sheet in sent.own:
        if not _is_paper(sent, sheet.document):
            continue
        places = {place.number: place for place in places_of(sheet)}
        # A place that was not found in print is asked for all the same: a person must look for it.
        lost = [who for who in _signatories(sent, sheet.document) if who.page is None and sheet.page == 1]
        for number, who in enumerate((*sheet.signatories, *lost)):
            place = places.get(number)
            acts: list[Act] = []
            if place.sign is not None if place else who.signer:
                acts.append("signature")
            if place.seal is not None if place else who.seal:
                acts.append("seal")
            if place.date or place.date_unclear if place else who.dated:
                acts.append("date")
            later = who.stage == "decision"
            if later:
                acts = []
            title = who.title if place else f"{who.title}（没有在页上找到）"
            asked = Asked(who.party, title, tuple(acts), later=later, found=place is not None)
            found.setdefault((sheet.document, sheet.page), []).append(asked)
    return found


def _signatories(sent: Sent, document: str) -> Sequence[Signatory]:
    return next(one.signatories for one in sent.manifest.documents if one.id == document)


def _is_paper(sent: Sent, document: str) -> bool:
    from generator.returns.scans.status import is_filed_on_paper

    return any(one.id == document and is_filed_on_paper(one) for one in sent.manifest.documents)


def _number(sent: Sent, document: str) -> int:
    return next(at for at, one in enumerate(sent.manifest.documents, 1) if one.id == document)


@contextmanager
def _status(packet: Path, output: Path) -> Iterator[Path]:
    """Where the status stands, with nobody else writing it: in the packet's folder, or, of an archive, in the output."""
    if packet.is_dir():
        with packet_locked(packet):
            yield _status_at(packet, output)
    else:
        yield _status_at(packet, output)


def _status_at(packet: Path, output: Path) -> Path:
    return (packet if packet.is_dir() else output) / STATUS_JSON


def _read_status(place: Path, sent: Sent) -> Status:
    from generator.returns.scans.status import read_status

    try:
        raw = place.read_bytes() if place.is_file() else None
    except OSError as error:
        raise DataError(f"读不了签署情况的记录（{reason(error)}）", "核对权限", Place(str(place))) from None
    return read_status(raw, sent.manifest, str(place))


def _merged(before: Status, work: _Work, files: Sequence[str]) -> Status:
    """The status with what this run found; scans that were read before are not counted twice."""
    from generator.returns.scans.status import Run

    # The same bytes under another name are the same scan.
    known = {_scan(one) for one in before.returned} | {_scan(one) for one in before.strangers}
    found = [*map(_scan, work.returned), *map(_scan, work.strangers)]
    if again := sum(one in known for one in found):
        work.notes.append(f"有 {again} 页以前读过，没有重复计入")
    new = [one for one in work.returned if _scan(one) not in known]
    runs = (*before.runs, Run(files=tuple(files), pages=work.pages)) if files else before.runs
    return before.model_copy(
        update={
            "returned": (*before.returned, *new),
            "strangers": (*before.strangers, *(one for one in work.strangers if _scan(one) not in known)),
            "runs": runs,
        }
    )


def _scan(one: Returned | Stranger) -> tuple[str, int]:
    return one.source.sha256, one.source.page


def _with_seams(status: Status, overview: Overview, sent: Sent, work: _Work) -> Status:
    """The status with the seals over the edges of those documents whose pages are all back."""
    from generator.returns.scans.seams import seam
    from generator.returns.scans.status import Seam, pages_of

    found = []
    for document in overview.documents:
        best = [overview.best.get((document.id, page)) for page in range(1, pages_of(document) + 1)]
        pages = [one for one in best if one is not None]
        if document.id not in sent.seams or len(pages) < len(best):
            continue
        verdict, remark = seam([one.edge for one in pages], len(sent.seams[document.id]))
        crop = work.edges(overview.seam_id(document.id), pages)
        found.append(Seam(document=document.id, verdict=verdict, remark=remark, crop=crop))
    return status.model_copy(update={"seams": tuple(found)})


def _write_status(place: Path, status: Status, overview: Overview, sent: Sent) -> None:
    from generator.returns.scans.status_sheet import status_workbook

    put_output(place, status.written())
    put_output(place.with_name(STATUS_SHEET), status_workbook(overview, title_of(sent)))


def _reminders(output: Path, overview: Overview, sent: Sent) -> list[Path]:
    from generator.returns.scans.status_sheet import reminders

    text = reminders(overview, title_of(sent))
    path = output / _REMINDERS
    if text:
        return [put_output(path, text.encode())]
    path.unlink(missing_ok=True)
    return []
