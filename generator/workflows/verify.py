"""Verifying a packet: each file against the manifest, each signature, and who has not signed yet."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from msgspec import Struct, field
from msgspec.structs import replace

from generator.base.apart import ApartError, apart, prepare
from generator.base.characters import visible
from generator.base.failures import reason
from generator.base.text import fold, listed
from generator.errors import DataError, ExitCode, Place
from generator.model.catalogue import Catalogue
from generator.packet.check_code import check_code
from generator.packet.sheets.sheet import FOLDER
from generator.packet.signing import field_name
from generator.publishing import OpenPacket, open_packet
from generator.publishing.beside import BESIDE
from generator.publishing.manifest import (
    MANIFEST,
    Document,
    Manifest,
    PacketManifest,
    RollupManifest,
    Upload,
    is_ours,
    manifest_holds,
    parsed,
    parsed_or_none,
)
from generator.workflows.progress import Listener, tell

if TYPE_CHECKING:
    from generator.pdf.signatures.examine import Examined, Signature

_LARGEST_PDF: Final = 500_000_000
_MOST_FAULTS: Final = 20
State = Literal["same", "signed", "altered", "missing", "added"]
Kind = Literal["folder", "zip", "pdf"]


class Fault(Struct, frozen=True):
    """Something that is not as it was made.

    Attributes:
        path: the file; empty where the packet as a whole is meant.
        what: what is wrong and what to do, in Chinese.
    """

    path: str
    what: str

    def __str__(self) -> str:
        return f"{self.path}：{self.what}" if self.path else self.what


class SignedPlace(Struct, frozen=True):
    """A signature that the manifest expects, or one that it does not know of.

    Attributes:
        document: the document's title.
        path: its PDF.
        party: who is to sign; empty where the manifest expects none.
        role: at which place.
        title: what is printed there.
        page: on which page.
        field: the signature field's name; empty where a place has none.
        signature: the signature; None where it is not signed.
        doubts: why the signature is not taken for the party's, in Chinese.
    """

    document: str
    path: str
    party: str
    role: str
    title: str
    page: int | None
    field: str
    signature: Signature | None
    doubts: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The place as a JSON object."""
        found = self.signature
        return {
            "document": self.document,
            "path": self.path,
            "party": self.party,
            "role": self.role,
            "page": self.page,
            "field": self.field,
            "signed": found is not None,
            "signer": found.signer if found else None,
            "time": found.time.isoformat() if found and found.time else None,
            "trusted": found.trusted if found else None,
            "checked": found.checked if found else None,
            "faults": list(found.faults) if found else [],
            "doubts": list(self.doubts),
        }


class Report(Struct, frozen=True):
    """What was found.

    Attributes:
        packet: what was looked at.
        kind: folder, zip or pdf.
        manifest: the manifest; None where a PDF stands without one.
        states: how each file stands, by its path.
        faults: what is not as it was made; empty if nothing was tampered with.
        notes: what a person should know besides.
        places: every signature, expected or there.
        check_code: made again from the PDFs as they were first; None where not all of them are there.
        lacking: what keeps the packet from being called completely signed, in Chinese; never empty where that
            is in doubt.
        complete: whether what is lacking counts against the packet.
    """

    packet: str
    kind: Kind
    manifest: Manifest | None
    states: Mapping[str, State]
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]
    places: tuple[SignedPlace, ...]
    check_code: str | None
    lacking: tuple[str, ...]
    complete: bool

    @property
    def sound(self) -> bool:
        """Whether nothing was tampered with."""
        return not self.faults

    @property
    def unsigned(self) -> tuple[SignedPlace, ...]:
        """The places that are still to be signed."""
        return tuple(place for place in self.places if place.signature is None)

    @property
    def exit_code(self) -> ExitCode:
        """FINDING where something was tampered with, or it is not completely signed and that counts."""
        bad = not self.sound or (self.complete and bool(self.lacking))
        return ExitCode.FINDING if bad else ExitCode.DONE

    @property
    def named(self) -> Mapping[str, str]:
        """What packet it is: consortium, programme and edition, as far as its manifest has them."""
        found = {name: getattr(self.manifest, name, None) for name in ("consortium", "programme", "edition")}
        return {name: value for name, value in found.items() if value}

    def as_json(self) -> dict[str, Any]:
        """The report as a JSON object."""
        return {
            "packet": self.packet,
            "kind": self.kind,
            "ok": self.exit_code == ExitCode.DONE,
            "untouched": self.sound,
            "complete": self.sound and not self.lacking,
            "lacking": list(self.lacking),
            "programme": self.named.get("programme"),
            "consortium": self.named.get("consortium"),
            "edition": self.named.get("edition"),
            "check_code": self.check_code,
            "files": [{"path": path, "state": state} for path, state in sorted(self.states.items())],
            "faults": [{"path": fault.path, "message": fault.what} for fault in self.faults],
            "notes": list(self.notes),
            "signatures": [place.as_json() for place in self.places],
        }


class _Found(Struct):
    """What is found while looking; attributes as in Report."""

    packet: str
    kind: Kind
    manifest: Manifest | None = None
    states: dict[str, State] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    places: list[SignedPlace] = field(default_factory=list)
    check_code: str | None = None
    missing: tuple[str, ...] = ()

    def report(self, *, trusting: bool, complete: bool) -> Report:
        return Report(
            visible(self.packet),
            self.kind,
            self.manifest,
            {visible(path): state for path, state in self.states.items()},
            tuple(Fault(visible(fault.path), visible(fault.what)) for fault in self.faults),
            tuple(map(visible, self.notes)),
            tuple(replace(place, field=visible(place.field)) for place in self.places),
            self.check_code,
            tuple(_lacking(self, trusting=trusting)),
            complete,
        )


def verify(
    place: Path,
    trusted: Sequence[Path | bytes] = (),
    *,
    signers: Mapping[str, Sequence[str]] | None = None,
    complete: bool = False,
    catalogue: Catalogue | None = None,
    progress: Listener | None = None,
) -> Report:
    """Look at a packet, or at one PDF of it.

    Args:
        place: the packet's folder, its archive, or a PDF.
        trusted: root certificates of authorities, files or bytes, PEM or DER; without any, the signers'
            certificates are shown but not judged.
        signers: by party, whose certificates may sign for it besides one in its own name: names or numbers of
            holders, as in the certificate.
        complete: count against the packet whatever keeps it from being completely signed: places still to be
            signed, signatures that are not certainly the party's.
        catalogue: where the scheme is found by which a packet must have its documents; the built-in ones where None.
        progress: is told of each file before it is looked at.

    Raises:
        DataError: it cannot be read, or is no packet; or a certificate cannot be read.
    """
    prepare()
    authorities = _authorities(trusted)
    if place.is_file() and place.suffix.lower() == ".pdf":
        tell(progress, f"核对 {place.name}")
        found = _verify_pdf(place, authorities, signers or {})
        return found.report(trusting=bool(authorities), complete=complete)
    report = _Found(str(place), "folder" if place.is_dir() else "zip")
    with open_packet(place) as packet:
        if packet.archive == "altered":
            report.faults.append(Fault("", "压缩包本身被改动，请向材料的制作人重新索取"))
        elif packet.archive == "repacked":
            report.notes.append(
                "这个压缩包不是生成时的那一个（可能由别的程序重新压缩），以下逐个核对了里面的文件"
            )
        report.manifest = _read_manifest(packet, report)
        _compare(packet, report.manifest, report, authorities, signers or {}, progress)
        report.missing = tuple(_missing(packet, report, catalogue, trusting=bool(authorities)))
    return report.report(trusting=bool(authorities), complete=complete)


def read_signers(file: Path) -> Mapping[str, Sequence[str]]:
    """Who may sign for whom, from a text file: a line each, the party's full name, a colon, the certificate's name.

    A party may have several lines; empty lines and those that begin with ``#`` count for nothing.

    Raises:
        DataError: the file cannot be read, or a line is not so written.
    """
    place = Place(str(file))
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        raise DataError("读不了签署人的文件", "核对路径，另存为 UTF-8 文本", place) from None
    found: dict[str, list[str]] = {}
    for number, line in enumerate(lines, 1):
        party, colon, name = line.replace("：", ":").partition(":")
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not (colon and party.strip() and name.strip()):
            raise DataError("没有写成“单位全称：证书上的名称”", "改正这一行", Place(str(file), number))
        found.setdefault(party.strip(), []).append(name.strip())
    return found


def _authorities(trusted: Sequence[Path | bytes]) -> tuple[bytes, ...]:
    if not trusted:
        return ()
    from generator.pdf.signatures.examine import read_authorities

    return read_authorities(
        [
            (str(given), _certificate(given)) if isinstance(given, Path) else ("证书", given)
            for given in trusted
        ]
    )


def _certificate(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"读不到证书文件（{reason(error)}）", "核对路径", Place(str(path))) from None


def _read_manifest(packet: OpenPacket, report: _Found) -> Manifest:
    if packet.manifest is None:
        raise DataError(
            "缺少 manifest.json，不是本程序生成的材料包",
            "指向含有 manifest.json 的文件夹或 zip",
            Place(str(packet.place)),
        )
    if not manifest_holds(packet.manifest):
        report.faults.append(Fault(MANIFEST, "清单被改动，下面按改动后的清单核对，结果不可全信"))
    return parsed(packet.manifest, Place(str(packet.place)))


def _compare(
    packet: OpenPacket,
    manifest: Manifest,
    report: _Found,
    authorities: Sequence[bytes],
    signers: Mapping[str, Sequence[str]],
    progress: Listener | None,
) -> None:
    promised = {file.path: file.sha256 for file in manifest.files}
    claimed = [file for document in manifest.documents for file in document.files]
    for file in [*claimed, *([manifest.packet] if manifest.packet else [])]:
        if promised.get(file.path) != file.sha256:
            report.faults.append(Fault(MANIFEST, f"清单自相矛盾：{file.path} 在两处的校验值不同"))
    official = {file.path for file in claimed if file.format == "pdf"}
    uploaded = manifest.upload if isinstance(manifest, PacketManifest) else None
    known = {file.path for file in uploaded.files} if uploaded else set()
    known |= {file.path for file in claimed} | ({manifest.packet.path} if manifest.packet else set())
    known |= {file.path for file in manifest.others} if isinstance(manifest, RollupManifest) else set()
    report.faults += [
        Fault(MANIFEST, f"清单里的 {path} 不属于任何一份文件")
        for path in promised
        if path not in known and not path.startswith(f"{FOLDER}/")
    ]
    for path in packet.paths:
        if path in BESIDE:
            report.notes.append(f"{path} 是收回扫描件时记下的签署情况（lianheti receive），不属于材料本身")
        elif path not in promised:
            report.states[path] = "added"
            report.faults.append(Fault(path, "不在清单里，是后来放进来的；确认后移走"))
    firsts: dict[str, str] = {}
    examined: dict[str, Examined] = {}
    present = set(packet.paths)
    for number, (path, sha256) in enumerate(promised.items()):
        tell(progress, f"核对 {path}", number, len(promised))
        data = packet.read(path) if path in present else None
        if data is None:
            report.states[path] = "missing"
            report.faults.append(Fault(path, "清单里有，这里没有；放回来或重新索取"))
            continue
        length = partial(_length, sha256=sha256)
        found = _judge(path, data, length, authorities, report, fields=path in official)
        if report.states[path] in {"same", "signed"} or found is not None:
            firsts[path] = sha256
        if found is not None:
            examined[path] = found
    _compare_code(manifest, report, firsts)
    if uploaded is not None:
        _compare_uploads(uploaded, manifest.documents, packet, report)
    _compare_statements(manifest, manifest.documents, report, examined)
    _list_places(manifest.documents, report, examined, signers)


def _compare_statements(
    manifest: Manifest, documents: Iterable[Document], report: _Found, examined: Mapping[str, Examined]
) -> None:
    """Whose documents the manifest says these are, of which programme and title, against what they state themselves.

    Whoever signs a PDF signs what it states; nobody signs the manifest.
    """
    consortium = getattr(manifest, "consortium", None)
    for document in documents:
        pdf = document.file("pdf")
        found = examined.get(pdf.path) if pdf else None
        if pdf is None or found is None:
            continue
        for said, stated in (
            (consortium, found.stated.author),
            (manifest.programme, found.stated.programme),
            (document.title, found.stated.title),
        ):
            if said and stated and said != stated:
                report.faults.append(
                    Fault(MANIFEST, f"清单写的是“{said}”的材料，{pdf.path} 却是“{stated}”的")
                )


def _compare_uploads(
    uploaded: Upload, documents: Iterable[Document], packet: OpenPacket, report: _Found
) -> None:
    """Files for upload against their limit, and against what has been signed since."""
    signed = {
        document.id: document.title
        for document in documents
        if any(report.states.get(file.path) == "signed" for file in document.files)
    }
    present = set(packet.paths)
    for file in uploaded.files:
        size = len(packet.read(file.path) or b"") if file.path in present else 0
        if uploaded.max_bytes is not None and size > uploaded.max_bytes:
            report.faults.append(
                Fault(file.path, f"有 {size} 字节，超过平台的上限 {uploaded.max_bytes} 字节；换成较小的文件")
            )
        older = [title for name, title in signed.items() if _is_of(name, file.of)]
        if older and report.states.get(file.path) == "same":
            report.notes.append(f"{file.path} 是{listed(older)}签名以前的，上传前换成签好的")


def _is_of(document: str, of: Iterable[str]) -> bool:
    """Whether a document is in a file for upload, which names it by the id under which it is declared."""
    return any(re.fullmatch(rf"{re.escape(declared)}(-\d+)?", document) for declared in of)


def _length(data: bytes, sha256: str) -> int | None:
    """How many bytes of a file are the file as the manifest knows it."""
    if hashlib.sha256(data).hexdigest() == sha256:
        return len(data)
    if not data.startswith(b"%PDF-"):
        return None
    from generator.pdf.signatures.examine import first_revision

    return first_revision(data, sha256)


def _judge(
    path: str,
    data: bytes,
    length: Callable[[bytes], int | None],
    authorities: Sequence[bytes],
    report: _Found,
    *,
    fields: bool,
) -> Examined | None:
    """Record the state of one file; gives a PDF's signatures and fields, where its first revision is unchanged.

    The fields of a PDF that nobody has signed are listed only where they are asked for, which takes a while.
    """
    made = length(data)
    if made is None:
        report.states[path] = "altered"
        remedy = "要保留改动就用 lianheti bind 重新装订" if path.endswith(".docx") else "换回原来的文件"
        report.faults.append(Fault(path, f"内容与生成时不同；{remedy}"))
        return None
    if not path.lower().endswith(".pdf"):
        report.states[path] = "same"
        return None
    from generator.pdf.signatures.examine import Examined, examine

    if made == len(data) and not fields:
        report.states[path] = "same"
        return Examined((), (), ())
    try:
        examined = apart(examine, data, made, tuple(authorities), datetime.now(UTC))
    except ApartError as error:
        examined = Examined((), (), (str(error),))
    faults = [Fault(path, fault) for fault in examined.faults]
    faults += [
        Fault(path, f"“{one.field}”的签名（{one.signer}）：{fault}")
        for one in examined.signatures
        for fault in one.faults
    ]
    report.faults += faults
    report.states[path] = "altered" if faults else "same" if made == len(data) else "signed"
    return examined


def _compare_code(manifest: Manifest, report: _Found, firsts: Mapping[str, str]) -> None:
    """Make the check code again, from the official documents' PDFs as they were made."""
    wanted = manifest.check_code
    files = (document.file("pdf") for document in manifest.documents)
    paths = [file.path for file in files if file]
    if wanted is None and paths:
        report.faults.append(Fault(MANIFEST, "清单里没有核对码，不能证明这些文件是同一次生成的"))
    if wanted is None or not all(path in firsts for path in paths):
        return
    report.check_code = check_code((path, firsts[path]) for path in paths)
    if report.check_code != wanted:
        report.faults.append(
            Fault(MANIFEST, f"核对码对不上：清单写的是 {wanted}，按现有文件算出 {report.check_code}")
        )


def _list_places(
    documents: Iterable[Document],
    report: _Found,
    examined: Mapping[str, Examined],
    signers: Mapping[str, Sequence[str]],
) -> None:
    for document in documents:
        pdf = document.file("pdf")
        path = pdf.path if pdf else ""
        bears = examined.get(path)
        signed = {one.field: one for one in bears.signatures} if bears else {}
        if bears is not None:
            report.faults += islice(_fields_faults(document, path, bears.fields), _MOST_FAULTS)
        for number, entry in enumerate(document.signatories, 1):
            if document.filing != "paper":
                continue
            name = entry.field or ""
            if name and name != field_name(number, entry.party, entry.title):
                report.faults.append(Fault(MANIFEST, f"清单里签名域“{name}”写成了由“{entry.party}”签"))
            signature = signed.pop(name, None)
            report.places.append(
                SignedPlace(
                    document.title,
                    path,
                    entry.party,
                    entry.role,
                    entry.title,
                    entry.page,
                    name,
                    signature,
                    tuple(_doubts(signature, entry.party, signers)),
                )
            )
        report.places += _unexpected(document.title, path, signed.values())
    listed = {place.path for place in report.places}
    for path, bears in examined.items():
        if path not in listed and bears.signatures:
            report.places += _unexpected(path, path, bears.signatures)
            report.notes.append(f"{path} 不是要签署的文件，却有签名")


def _fields_faults(document: Document, path: str, found: Sequence[str]) -> Iterator[Fault]:
    """Whether a PDF has just the fields that the manifest says."""
    # What is only typed into a web system is signed by nobody.
    paper = document.filing == "paper"
    wanted = {entry.field for entry in document.signatories if entry.field and paper}
    for name in found:
        if name not in wanted:
            yield Fault(MANIFEST, f"{path} 里的签名域“{name}”清单里没有，签署方被删改")
    for name in sorted(wanted - set(found)):
        yield Fault(path, f"签名域“{name}”不见了")


def _doubts(signature: Signature | None, party: str, signers: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Why a signature is not taken for the party's."""
    if signature is None:
        return
    yield from signature.doubts
    if signature.timestamp:
        yield "只是时间戳，不是签名"
    named = {fold(name) for name in signature.names}
    if not named & {fold(name) for name in (party, *signers.get(party, ()))}:
        yield f"证书写的是“{signature.signer}”，不是“{party}”，请自己核对是谁签的"


def _lacking(found: _Found, *, trusting: bool) -> Iterator[str]:
    """What keeps a packet from being called completely signed."""
    manifest = found.manifest
    if manifest is None:
        yield "旁边没有这份文件的清单，不知道应当由谁签署"
    elif getattr(manifest, "edition", None) != "signing":
        yield "这不是签署版，没有可以签署的文件"
    places = [place for place in found.places if place.party]
    if manifest is not None and not places:
        yield "没有要签署的地方"
    unsigned = [place for place in found.places if place.signature is None]
    fieldless = [place for place in unsigned if not place.field]
    if fieldless:
        yield f"有 {len(fieldless)} 处没有电子签名域，不能电子签署"
    if len(unsigned) > len(fieldless):
        yield f"电子签名还差 {len(unsigned) - len(fieldless)} 处"
    signed = [place for place in found.places if place.signature is not None]
    if signed and not trusting:
        yield "没有用 --trust 给出信任的签发机构，不能断定签名的人就是证书上写的人"
    for place in signed:
        for doubt in place.doubts:
            yield f"{place.document}的“{place.party}”（{place.title}）：{doubt}"
    yield from found.missing


def _missing(
    packet: OpenPacket, found: _Found, catalogue: Catalogue | None, *, trusting: bool
) -> Iterator[str]:
    """What the manifest must list and does not; asked only where all else says that the packet is complete."""
    manifest = found.manifest
    if found.faults or not isinstance(manifest, PacketManifest) or any(_lacking(found, trusting=trusting)):
        return
    from generator.workflows.expected_places import missing_places

    internal = [path for path in packet.paths if path.startswith(f"{FOLDER}/")]
    read = ((path, packet.read(path)) for path in internal if not path.endswith(".pdf"))
    files = {path: data for path, data in read if data is not None}
    yield from missing_places(manifest, files, catalogue or Catalogue())


def _unexpected(title: str, path: str, signatures: Iterable[Signature]) -> Iterator[SignedPlace]:
    for one in signatures:
        shown = "时间戳" if one.timestamp else "清单以外的签名"
        yield SignedPlace(title, path, "", "", shown, None, one.field, one)


def _verify_pdf(place: Path, authorities: Sequence[bytes], signers: Mapping[str, Sequence[str]]) -> _Found:
    """Verify one PDF: by the manifest of the packet that it lies in, else by its own ``/ID`` (see identity_holds)."""
    from generator.pdf.signatures.examine import own_revision

    report = _Found(str(place), "pdf")
    try:
        if place.stat().st_size > _LARGEST_PDF:
            raise DataError("比任何材料都大，没有读取", "检查文件", Place(str(place)))
        data = place.read_bytes()
        manifest, path = _manifest_beside(place, report)
    except OSError as error:
        raise DataError(f"不能读取（{reason(error)}）", "检查路径", Place(str(place))) from error
    if manifest is None:
        report.notes.append(
            "旁边没有这个文件的清单（manifest.json），只按它自带的标识核对，没有别的东西能证明它"
        )
        examined = _judge(place.name, data, own_revision, authorities, report, fields=True)
        if examined is not None:
            signed = {one.field: one for one in examined.signatures}
            report.places = [
                SignedPlace(place.name, place.name, "", "", "", None, name, signed.get(name))
                for name in examined.fields
            ]
        return report
    report.manifest = manifest
    sha256 = next(file.sha256 for file in manifest.files if file.path == path)
    examined = _judge(path, data, partial(_length, sha256=sha256), authorities, report, fields=True)
    of_this = [
        document for document in manifest.documents if any(file.path == path for file in document.files)
    ]
    found = {path: examined} if examined is not None else {}
    _compare_statements(manifest, of_this, report, found)
    _list_places(of_this, report, found, signers)
    return report


def _manifest_beside(place: Path, report: _Found) -> tuple[Manifest | None, str]:
    """The manifest of the packet that a file stands in, and the file's path there.

    A manifest of this program that was changed is reported and not used.
    """
    for folder in list(place.resolve().parents)[:2]:
        beside = folder / MANIFEST
        if not beside.is_file():
            continue
        raw = beside.read_bytes()
        path = place.resolve().relative_to(folder).as_posix()
        manifest = parsed_or_none(raw) if manifest_holds(raw) else None
        if manifest is None and is_ours(raw):
            report.faults.append(Fault(MANIFEST, "旁边的清单已损坏或被改动，不能据以核对"))
        if manifest is not None and any(file.path == path for file in manifest.files):
            return manifest, path
    return None, place.name
