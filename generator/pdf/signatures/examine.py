"""What has been signed in a PDF since it was made, and whether anything else has changed.

A signed PDF is the file as it was made, with revisions appended to it (ISO 32000-1, 7.5.6). Each may add
signatures, time stamps and the material to validate them (DSS, ETSI EN 319 142-1), nothing else.
"""

from __future__ import annotations

import hashlib
import io
import logging
import re
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import replace

from generator.base.characters import visible
from generator.errors import DataError, Place
from generator.pdf.signatures.appended import form_faults
from generator.pdf.signatures.cms import cms_faults, is_chinese_standard
from generator.pdf.signatures.fields import identity_holds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_END: Final = re.compile(rb"%%EOF(\r\n|\n|\r)?")
# Far more than needed: each party signs once, and may add a time stamp and validation material.
_MOST_REVISIONS: Final = 1_000
_MOST_FAULTS: Final = 20
_CLOCKS_DIFFER: Final = timedelta(days=1)
# Attributes of a certificate that say who holds it (X.520); an authority does not vouch for what a department is called.
_OF_THE_HOLDER: Final = frozenset(
    {"common_name", "organization_name", "serial_number", "organization_identifier", "name"}
)
_HEX: Final = re.compile(rb"<([0-9a-f]*|[0-9A-F]*)>")


class Signature(Struct, frozen=True):
    """One signature that a PDF bears.

    Attributes:
        field: the signature field's name.
        signer: the holder, as named in the certificate.
        time: when, as the signer states it; None where not stated.
        timestamp: whether it is a time stamp of the whole document rather than a party's signature.
        faults: what is wrong with it, in Chinese; none if it is sound.
        trusted: whether the certificate leads to one of the authorities given; None where none was given.
        checked: False for a signature by SM2, which only its maker's own tool can check.
        names: every name and number that the certificate gives its holder.
        doubts: what keeps it from being taken for the party's, though nothing is wrong with it, in Chinese.
    """

    field: str
    signer: str
    time: datetime | None
    timestamp: bool
    faults: tuple[str, ...]
    trusted: bool | None
    checked: bool = True
    names: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


class Stated(Struct, frozen=True):
    """What a PDF states of itself, as it was made; empty where it states nothing.

    Attributes:
        title: the document's.
        author: whose document it is: the consortium's name in one of ours.
        programme: the code of the programme that it was made for.
    """

    title: str = ""
    author: str = ""
    programme: str = ""


class Examined(Struct, frozen=True):
    """What a PDF bears.

    Attributes:
        fields: every signature field's name, in the document's order.
        signatures: those that are there, in the order of signing.
        faults: what is wrong with the file as a whole, in Chinese.
        stated: what it states of itself.
    """

    fields: tuple[str, ...]
    signatures: tuple[Signature, ...]
    faults: tuple[str, ...]
    stated: Stated = Stated()


def revisions(data: bytes) -> Iterator[bytes]:
    """Each earlier revision of a file, the first one first (at most _MOST_REVISIONS): every part up to an %%EOF."""
    for end in islice(_END.finditer(data), _MOST_REVISIONS):
        yield data[: end.end()]
        if end[1]:
            yield data[: end.start(1)]


def first_revision(data: bytes, sha256: str) -> int | None:
    """The length in bytes of the revision of a file that has a digest; None where there is none.

    Args:
        data: the file now.
        sha256: in hexadecimal.
    """
    digest, done = hashlib.sha256(), 0
    for end in _END.finditer(data):
        for stop in (end.start(1), end.end()) if end[1] else (end.end(),):
            digest.update(data[done:stop])
            done = stop
            if digest.hexdigest() == sha256:
                return stop
    return None


def own_revision(data: bytes) -> int | None:
    """The length in bytes of the revision that this program made, by its ``/ID``; None where there is none."""
    return next((len(part) for part in revisions(data) if identity_holds(part)), None)


def read_authorities(files: Sequence[tuple[str, bytes]]) -> tuple[bytes, ...]:
    """Certificates of authorities to be trusted, each in DER.

    Args:
        files: each file's name and its bytes, PEM (one or several) or DER.

    Raises:
        DataError: a file holds no certificate.
    """
    from pyhanko.keys import load_certs_from_pemder_data

    found: list[bytes] = []
    for name, data in files:
        try:
            certificates = [one.dump() for one in load_certs_from_pemder_data(data)]
        except (ValueError, TypeError, OSError):
            certificates = []
        if not certificates:
            raise DataError("文件里没有数字证书", "换成签发机构的根证书（.pem、.crt 或 .cer）", Place(name))
        found += certificates
    return tuple(found)


def examine(data: bytes, made: int, authorities: Sequence[bytes], now: datetime) -> Examined:
    """Look at a PDF's signatures, and at what was appended to it besides.

    Args:
        data: the file.
        made: how many bytes of it are the file as it was made.
        authorities: from ``read_authorities``; without any, nothing is said of trust.
        now: the time, in UTC.
    """
    from asn1crypto.x509 import Certificate
    from pyhanko.pdf_utils.reader import PdfFileReader

    # pyHanko logs every fault that it finds; here the faults are given to the caller instead.
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)
    damaged = Examined((), (), ("文件结构已损坏，读不出来",))
    try:
        reader = PdfFileReader(io.BytesIO(data))
        fields = tuple(_field_names(reader))
        stated = _stated(reader)
        if len(data) == made:
            return Examined(fields, (), (), stated)
        embedded = reader.embedded_signatures
        faults = _few(_appended_faults(reader, data, made, embedded))
        roots = tuple(Certificate.load(one) for one in authorities)
        signatures = tuple(_in_order(_signature(one, data, reader, roots, now) for one in embedded))
        faults += tuple(_forbidden(embedded))
    except Exception:  # noqa: BLE001 whatever a changed byte makes the readers stumble over, the answer is this
        return damaged
    if not signatures and not faults:
        faults = ("后面追加了内容，却不是签名",)
    return Examined(fields, signatures, faults, stated)


def _few(faults: Iterable[str]) -> tuple[str, ...]:
    """The first of many faults, each once."""
    return tuple(islice(dict.fromkeys(islice(faults, _MOST_REVISIONS)), _MOST_FAULTS))


def _stated(reader: Any) -> Stated:
    """What the file stated when it was made; what was appended says nothing here."""
    trailer = reader.get_historical_resolver(0).trailer_view
    info: Any = trailer["/Info"] if "/Info" in trailer else {}  # noqa: SIM401 pyHanko's get gives the bare reference
    return Stated(*(str(info[key]) if key in info else "" for key in ("/Title", "/Author", "/Keywords")))


def _field_names(reader: Any) -> Iterator[str]:
    from pyhanko.sign.fields import enumerate_sig_fields

    for name, _, _ in enumerate_sig_fields(reader):
        yield str(name)


def _appended_faults(reader: Any, data: bytes, made: int, embedded: Sequence[Any]) -> Iterator[str]:
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, ModificationLevel, SuspiciousModification

    own = PdfFileReader(io.BytesIO(data[:made]))
    begins = [one.xrefs.get_startxref_for_revision(0) for one in (own, reader)]
    if own.xrefs.total_revisions != 1 or begins[0] != begins[1]:
        yield "追加的内容绕开了原来的文件"
        return
    *_, end = _END.finditer(data)
    if data[end.end() :].strip(b"\r\n"):
        yield "文件末尾有不属于签名的内容"
    changes = DEFAULT_DIFF_POLICY.review_file(reader, 0)
    if isinstance(changes, SuspiciousModification) or (
        changes.modification_level > ModificationLevel.FORM_FILLING
    ):
        yield "签名以外还改动了文件内容"
    yield from form_faults(reader, embedded)


def _in_order(signatures: Iterable[Signature]) -> Iterator[Signature]:
    """The signatures, doubted where one states a time before that of a signature on which it stands."""
    latest: datetime | None = None
    for one in signatures:
        if one.time is None or one.time.tzinfo is None:
            yield one
        elif latest is not None and one.time < latest - _CLOCKS_DIFFER:
            yield replace(one, doubts=(*one.doubts, "写的签名时间比签在它前面的还早"))
        else:
            latest = one.time if latest is None else max(latest, one.time)
            yield one


def _forbidden(embedded: Sequence[Any]) -> Iterator[str]:
    """Signatures that an earlier one does not allow (ISO 32000-1, 12.8.2.2 and 12.8.2.4): viewers call that broken."""
    from pyhanko.sign.fields import MDPPerm

    for at, one in enumerate(embedded):
        for later in embedded[at + 1 :]:
            if str(later.sig_object_type) == "/DocTimeStamp":
                continue
            locks = one.fieldmdp
            if one.docmdp_level == MDPPerm.NO_CHANGES or (
                locks is not None and locks.is_locked(str(later.field_name))
            ):
                yield f"“{one.field_name}”的签名不许以后再签，“{later.field_name}”却签了"


def _signature(
    embedded: Any, data: bytes, reader: Any, authorities: tuple[Any, ...], now: datetime
) -> Signature:
    timestamp = str(embedded.sig_object_type) == "/DocTimeStamp"
    faults = list(_padding_faults(embedded, data))
    trusted: bool | None = None
    doubts: list[str] = []
    checked = not is_chinese_standard(embedded.signed_data)
    if checked:
        faults += cms_faults(embedded.signed_data)
        found, status = _validated(embedded, authorities, now, timestamp=timestamp)
        faults += found
        if not timestamp:
            doubts += _doubts_of_time(embedded, status, now)
        trusted = bool(status.trusted) if authorities and status is not None else None
    else:
        doubts.append("国密（SM2）签名，本程序不能核对，请用签名软件核对")
    if trusted is False:
        faults.append("证书不是所给机构签发的，或已过期、吊销、不能用于签名")
    if not _covers_its_revision(embedded, reader):
        faults.append("没有盖住它那一次的全部内容")
    certificate = embedded.signer_cert
    return Signature(
        str(embedded.field_name),
        _subject(certificate),
        embedded.self_reported_timestamp if not timestamp else None,
        timestamp,
        tuple(dict.fromkeys(faults)),
        trusted,
        checked,
        _names(certificate),
        tuple(doubts),
    )


def _doubts_of_time(embedded: Any, status: Any, now: datetime) -> Iterator[str]:
    """What speaks against the time that a signer states himself, where no trusted time stamp shows it.

    A stamp shows it only for certificates that were still valid then. The issuers' certificates count too: whoever
    has an old key of theirs can issue certificates that seem valid for long.
    """
    path = getattr(status, "validation_path", None)
    chain = [embedded.signer_cert, *(path.iter_certs(include_root=False) if path is not None else ())]
    validity = [one["tbs_certificate"]["validity"] for one in chain]
    begins = max(one["not_before"].native for one in validity)
    until = min(one["not_after"].native for one in validity)
    stated = embedded.self_reported_timestamp
    stamp: Any = getattr(status, "timestamp_validity", None)
    sure = stamp is not None and stamp.intact and stamp.valid and stamp.trusted
    if begins > now:
        yield "证书还没有生效"
    if until < now and not (sure and begins <= stamp.timestamp <= until):
        yield "证书已过期，签名时间只是签名人自己写的，没有可信时间戳证明是在有效期内签的"
    if stated is not None and stated.tzinfo is not None and stated > now + _CLOCKS_DIFFER:
        yield "签名时间写的是将来"


def _names(certificate: Any) -> tuple[str, ...]:
    """Names and numbers of the holder itself; its department, place or title is no name of it."""
    found: list[str] = []
    for kind, value in certificate.subject.native.items():
        if kind in _OF_THE_HOLDER:
            found += [value] if isinstance(value, str) else [str(one) for one in value]
    return tuple(map(visible, found))


def _validated(
    embedded: Any, authorities: tuple[Any, ...], now: datetime, *, timestamp: bool
) -> tuple[list[str], Any]:
    """What validation finds wrong, and pyHanko's status; None where it can't be told."""
    from pyhanko.pdf_utils.misc import PdfError as HankoError
    from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
    from pyhanko_certvalidator import ValidationContext
    from pyhanko_certvalidator.errors import ValidationError

    stated = embedded.self_reported_timestamp if not timestamp else None
    context = ValidationContext(
        trust_roots=list(authorities), allow_fetching=False, revocation_mode="soft-fail",
        moment=stated if stated is not None and stated.tzinfo is not None else now,
    )  # fmt: skip
    validate = validate_pdf_timestamp if timestamp else validate_pdf_signature
    try:
        status = validate(embedded, context, skip_diff=True)
    except (HankoError, ValidationError, ValueError, KeyError, TypeError, NotImplementedError):
        return ["签名不能验证，可能已损坏，或是少见的种类"], None
    faults = []
    if not status.intact:
        faults.append("签名以后，签过的内容被改动")
    if not status.valid:
        faults.append("签名值与证书对不上")
    return faults, status


def _covers_its_revision(embedded: Any, reader: Any) -> bool:
    from pyhanko.sign.validation import SignatureCoverageLevel

    level = embedded.evaluate_signature_coverage()
    last = embedded.signed_revision == reader.xrefs.total_revisions - 1
    wanted = SignatureCoverageLevel.ENTIRE_FILE if last else SignatureCoverageLevel.ENTIRE_REVISION
    return bool(level >= wanted)


def _padding_faults(embedded: Any, data: bytes) -> Iterator[str]:
    """Faults of the gap in the signed byte range, which holds the signature itself and is padded with zeros.

    No digest covers the gap. So it may hold only the signature as DER, in hexadecimal letters of one case, and zeros.
    """
    numbers = [int(value) for value in embedded.byte_range]
    if len(numbers) != 4 or numbers[0] != 0:  # noqa: PLR2004 offset and length, twice
        yield "签名范围不合规范"
        return
    match = _HEX.fullmatch(data[numbers[1] : numbers[2]])
    if match is None or len(match[1]) % 2:
        yield "签名所在的空位里有不属于签名的内容"
        return
    content = bytes.fromhex(match[1].decode())
    length = _der_length(content)
    if length is None or length > len(content) or content[length:].strip(b"\0"):
        yield "签名后面的填充里有不属于签名的内容"


def _der_length(content: bytes) -> int | None:
    """How long the DER value at the beginning is, its head included (ITU-T X.690, 8.1.3)."""
    if len(content) < 2 or content[0] != 0x30:  # noqa: PLR2004 a SEQUENCE has a tag and a length
        return None
    first = content[1]
    if first < 0x80:  # noqa: PLR2004 short form
        return 2 + first
    count = first & 0x7F
    if not 0 < count <= 4 or len(content) < 2 + count:  # noqa: PLR2004 indefinite lengths are not DER
        return None
    return 2 + count + int.from_bytes(content[2 : 2 + count], "big")


def _subject(certificate: Any) -> str:
    native = certificate.subject.native
    names = [native.get("common_name"), native.get("organization_name")]
    shown = [name if isinstance(name, str) else name[0] for name in names if name]
    return visible("，".join(dict.fromkeys(shown)) or certificate.subject.human_friendly)
