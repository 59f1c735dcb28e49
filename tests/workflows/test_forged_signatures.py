"""Signatures that are none, or not the party's, or not of the time they say; pages that show something else."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pikepdf
import pytest
from asn1crypto import cms
from pyhanko.pdf_utils import generic as _generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm
from pyhanko.sign.signers import pdf_signer

from tests.authority import Authority
from tests.standing import Standing
from tests.workflows.conftest import Run
from tests.workflows.test_forgeries import changed, drawing, fields, first_page

generic: Any = _generic  # typed in part only
Entries = list[dict[str, Any]]
NOW = datetime.now(UTC)
DAY = timedelta(days=1)
pytestmark = pytest.mark.thorough


def all_but_last(authority: Authority, pdf: bytes, entries: Entries) -> bytes:
    for entry in entries[:-1]:
        pdf = authority.sign(pdf, entry["field"], entry["party"])
    return pdf


def named(incremental: Any, name: str) -> Any:
    every = fields(incremental)
    return next(every[at] for at in range(len(every)) if every[at]["/T"] == name)


def empty_value(_: Authority, pdf: bytes, last: dict[str, Any]) -> bytes:
    """A signature dictionary without a signature, as a tool leaves it that only puts a seal's picture."""

    def put(incremental: Any) -> None:
        value = generic.DictionaryObject(
            {
                generic.NameObject("/Type"): generic.NameObject("/Sig"),
                generic.NameObject("/Filter"): generic.NameObject("/Adobe.PPKLite"),
                generic.NameObject("/SubFilter"): generic.NameObject("/adbe.pkcs7.detached"),
                generic.NameObject("/ByteRange"): generic.ArrayObject([generic.NumberObject(0)] * 4),
                generic.NameObject("/Contents"): generic.ByteStringObject(bytes(64)),
            }
        )
        field = named(incremental, last["field"])
        field[generic.NameObject("/V")] = incremental.add_object(value)
        incremental.update_container(field)

    return changed(pdf, put)


def text_value(_: Authority, pdf: bytes, last: dict[str, Any]) -> bytes:
    def put(incremental: Any) -> None:
        field = named(incremental, last["field"])
        field[generic.NameObject("/V")] = generic.TextStringObject("已签字盖章")
        incremental.update_container(field)

    return changed(pdf, put)


def picture_only(_: Authority, pdf: bytes, last: dict[str, Any]) -> bytes:
    def put(incremental: Any) -> None:
        field = named(incremental, last["field"])
        field["/AP"] = generic.DictionaryObject({generic.NameObject("/N"): drawing(incremental)})
        incremental.update_container(field)

    return changed(pdf, put)


def stamped_only(authority: Authority, pdf: bytes, last: dict[str, Any]) -> bytes:
    """A time stamp in the party's field."""
    stamper = authority.stamper(NOW)
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    signers.PdfTimeStamper(stamper, field_name=last["field"]).timestamp_pdf(
        writer, "sha256", output=(out := io.BytesIO())
    )
    return out.getvalue()


def relabelled(change: Callable[[Any, Any], object]) -> Callable[[Authority, bytes, dict[str, Any]], bytes]:
    def sign(authority: Authority, pdf: bytes, last: dict[str, Any]) -> bytes:
        pdf = authority.sign(pdf, last["field"], last["party"])
        start = pdf.rindex(b"/Contents <") + len(b"/Contents <")
        end = pdf.index(b">", start)
        content = cms.ContentInfo.load(bytes.fromhex(pdf[start:end].decode()))
        change(content["content"], content["content"]["signer_infos"][0])
        dumped: bytes = content.dump(force=True)
        return pdf[:start] + dumped.hex().encode().ljust(end - start, b"0") + pdf[end:]

    return sign


SM2 = "1.2.156.10197.1.501"


def sm2_algorithm(_: Any, signer: Any) -> None:
    signer["signature_algorithm"] = {"algorithm": SM2}


def unknown_algorithm(_: Any, signer: Any) -> None:
    signer["signature_algorithm"] = {"algorithm": "1.3.6.1.4.1.99999.1"}


def no_certificate(signed: Any, _: Any) -> None:
    signed["certificates"] = []


def other_value(_: Any, signer: Any) -> None:
    signer["signature"] = bytes(70)


def with_certificate(**certificate: Any) -> Callable[[Authority, bytes, dict[str, Any]], bytes]:
    def sign(authority: Authority, pdf: bytes, last: dict[str, Any]) -> bytes:
        by = authority.signer(last["party"], **certificate)
        return authority.sign(pdf, last["field"], last["party"], by=by)

    return sign


def stated(**said: Any) -> Callable[[Authority, bytes, dict[str, Any]], bytes]:
    def sign(authority: Authority, pdf: bytes, last: dict[str, Any]) -> bytes:
        return authority.sign(pdf, last["field"], last["party"], **said)

    return sign


def issued_by_a_holder(authority: Authority, pdf: bytes, last: dict[str, Any]) -> bytes:
    stranger = authority.holder("某某商贸有限公司")
    by = stranger.signer(last["party"])
    from tests.authority import _loaded

    by.cert_registry.register(_loaded(authority.certificate))
    return authority.sign(pdf, last["field"], last["party"], by=by)


def namesake_of_the_authority(authority: Authority, pdf: bytes, last: dict[str, Any]) -> bytes:
    return Authority.new(authority.name).sign(pdf, last["field"], last["party"])


def backdated(authority: Authority, pdf: bytes, last: dict[str, Any]) -> bytes:
    by = authority.signer(last["party"], days=(-90, 30))
    return authority.sign(pdf, last["field"], last["party"], by=by, at=NOW - 30 * DAY)


def soon_valid(authority: Authority, pdf: bytes, last: dict[str, Any]) -> bytes:
    by = authority.signer(last["party"], days=(1.5, 30))
    return authority.sign(pdf, last["field"], last["party"], by=by, at=NOW + 0.6 * DAY)


LAST: dict[str, Callable[[Authority, bytes, dict[str, Any]], bytes]] = {
    "1-issued-by-another-holder": issued_by_a_holder,
    "1-authority-of-the-same-name": namesake_of_the_authority,
    "2-dictionary-without-a-signature": empty_value,
    "2-text-instead-of-a-signature": text_value,
    "2-picture-of-a-seal": picture_only,
    "2-time-stamp-instead-of-a-signature": stamped_only,
    "2-labelled-sm2": relabelled(sm2_algorithm),
    "2-labelled-as-nobody-knows": relabelled(unknown_algorithm),
    "2-without-the-certificate": relabelled(no_certificate),
    "2-other-value": relabelled(other_value),
    "2-digest-that-is-broken": stated(md_algorithm="sha1"),
    "2-certificate-of-a-web-site": with_certificate(use="web"),
    "3-certificate-not-yet-valid": soon_valid,
    "3-clock-before-the-certificate": stated(at=NOW - 300 * DAY),
    "3-clock-ahead": stated(at=NOW + 9 * DAY),
    "3-days-earlier-than-the-signature-before": backdated,
}


@pytest.mark.parametrize("case", LAST)
def test_what_stands_in_the_last_place_is_no_sure_signature(
    case: str, packet: Standing, run: Run, authority: Authority
) -> None:
    path, entries = packet.pdf("application"), packet.document("application")["signatories"]
    pdf = all_but_last(authority, path.read_bytes(), entries)
    path.write_bytes(LAST[case](authority, pdf, entries[-1]))
    code, report = run(path)
    assert code == 1
    assert report["faults"] or report["lacking"]
    assert not report["complete"]


def test_the_same_packet_with_a_good_last_signature_is_complete(
    packet: Standing, run: Run, authority: Authority
) -> None:
    path, entries = packet.pdf("application"), packet.document("application")["signatories"]
    pdf = all_but_last(authority, path.read_bytes(), entries)
    path.write_bytes(authority.sign(pdf, entries[-1]["field"], entries[-1]["party"]))
    assert run(path)[0] == 0


def annotation(incremental: Any, **more: Any) -> Any:
    entries = {
        "/Type": generic.NameObject("/Annot"),
        "/Subtype": generic.NameObject("/Stamp"),
        "/Rect": generic.ArrayObject([generic.NumberObject(n) for n in (100, 100, 400, 400)]),
        "/AP": generic.DictionaryObject({generic.NameObject("/N"): drawing(incremental)}),
        **more,
    }
    return incremental.add_object(
        generic.DictionaryObject({generic.NameObject(key): value for key, value in entries.items()})
    )


def annotated(incremental: Any) -> None:
    """A seal's picture put on the page, as a PDF editor does it."""
    page = first_page(incremental)
    kept = list(page["/Annots"]) if "/Annots" in page else []
    page[generic.NameObject("/Annots")] = generic.ArrayObject([*kept, annotation(incremental)])
    incremental.update_container(page)


def visible_time_stamp(incremental: Any) -> None:
    """A field that claims to be a time stamp, and shows something."""
    value = generic.DictionaryObject({generic.NameObject("/Type"): generic.NameObject("/DocTimeStamp")})
    field = annotation(
        incremental,
        **{
            "/Subtype": generic.NameObject("/Widget"),
            "/FT": generic.NameObject("/Sig"),
            "/T": generic.TextStringObject("时间戳"),
            "/V": incremental.add_object(value),
        },
    )
    form = incremental.root["/AcroForm"]
    form["/Fields"].append(field)
    incremental.update_container(form["/Fields"])
    page = first_page(incremental)
    kept = list(page["/Annots"]) if "/Annots" in page else []
    page[generic.NameObject("/Annots")] = generic.ArrayObject([*kept, field])
    incremental.update_container(page)


def other_catalogue(incremental: Any) -> None:
    """The trailer led to a catalogue of its own, with a page tree of its own."""
    pages = generic.DictionaryObject(
        {
            generic.NameObject("/Type"): generic.NameObject("/Pages"),
            generic.NameObject("/Kids"): generic.ArrayObject([]),
            generic.NameObject("/Count"): generic.NumberObject(0),
        }
    )
    copied = generic.DictionaryObject({key: incremental.root.raw_get(key) for key in incremental.root})
    copied[generic.NameObject("/Pages")] = incremental.add_object(pages)
    incremental._root = incremental.add_object(copied)


def fewer_pages(incremental: Any) -> None:
    pages = incremental.root["/Pages"]
    pages[generic.NameObject("/Kids")] = generic.ArrayObject([pages["/Kids"].raw_get(0)])
    incremental.update_container(pages)


def script_in_a_field(incremental: Any) -> None:
    field = fields(incremental)[0]
    field[generic.NameObject("/A")] = generic.DictionaryObject(
        {
            generic.NameObject("/S"): generic.NameObject("/URI"),
            generic.NameObject("/URI"): generic.TextStringObject("https://example.invalid"),
        }
    )
    incremental.update_container(field)


def form_of_adobe(incremental: Any) -> None:
    form = incremental.root["/AcroForm"]
    form[generic.NameObject("/XFA")] = generic.TextStringObject("<xdp/>")
    incremental.update_container(form)


def drawn_anew(incremental: Any) -> None:
    """Viewers told to draw every field anew, whatever its appearance is."""
    form = incremental.root["/AcroForm"]
    form[generic.NameObject("/NeedAppearances")] = generic.BooleanObject(True)
    incremental.update_container(form)


def own_property(incremental: Any) -> None:
    """A property of the file that viewers list: the number of an approval that nobody gave."""
    info = incremental.trailer["/Info"]
    copied = generic.DictionaryObject({key: info.raw_get(key) for key in info})
    copied[generic.NameObject("/Approval")] = generic.TextStringObject("已备案")
    incremental.set_info(incremental.add_object(copied))


def enclosed(incremental: Any) -> None:
    incremental.root[generic.NameObject("/AF")] = generic.ArrayObject([drawing(incremental)])
    incremental.update_root()


def layers(incremental: Any) -> None:
    incremental.root[generic.NameObject("/OCProperties")] = generic.DictionaryObject(
        {generic.NameObject("/OCGs"): generic.ArrayObject([])}
    )
    incremental.update_root()


def cropped(incremental: Any) -> None:
    page = first_page(incremental)
    page[generic.NameObject("/CropBox")] = generic.ArrayObject(
        [generic.NumberObject(n) for n in (0, 400, 595, 842)]
    )
    incremental.update_container(page)


SHOWN: dict[str, Callable[[Any], None]] = {
    "seal-as-a-stamp": annotated,
    "time-stamp-that-shows-something": visible_time_stamp,
    "other-catalogue": other_catalogue,
    "fewer-pages": fewer_pages,
    "link-in-a-signed-field": script_in_a_field,
    "other-form": form_of_adobe,
    "fields-drawn-anew": drawn_anew,
    "own-property": own_property,
    "enclosed-file": enclosed,
    "layers": layers,
    "page-cropped": cropped,
}


@pytest.mark.parametrize("case", SHOWN)
def test_what_a_signed_document_shows_besides_is_told(case: str, signed: Standing, run: Run) -> None:
    path = signed.pdf("application")
    path.write_bytes(changed(path.read_bytes(), SHOWN[case]))
    code, report = run(path)
    assert code == 1
    assert report["faults"]


def lock_all(pdf: bytes) -> bytes:
    """The first field locks all others once it is signed."""

    def put(incremental: Any) -> None:
        field = fields(incremental)[0]
        field[generic.NameObject("/Lock")] = FieldMDPSpec(FieldMDPAction.ALL).as_sig_field_lock()
        incremental.update_container(field)

    return changed(pdf, put)


@pytest.mark.parametrize("case", ["no-changes", "locked-fields"])
def test_a_signature_after_one_that_forbids_it_is_told(
    case: str, packet: Standing, run: Run, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    # pyHanko itself would not sign here; other programs do.
    monkeypatch.setattr(pdf_signer.PdfSigner, "_enforce_certification_constraints", lambda *_: None)
    path, entries = packet.pdf("application"), packet.document("application")["signatories"]
    pdf = path.read_bytes() if case == "no-changes" else lock_all(path.read_bytes())
    certifies = {"certify": True, "docmdp_permissions": MDPPerm.NO_CHANGES}
    for number, entry in enumerate(entries):
        said: dict[str, Any] = certifies if number == 0 and case == "no-changes" else {}
        pdf = authority.sign(pdf, entry["field"], entry["party"], **said)
    path.write_bytes(pdf)
    code, report = run(path)
    assert code == 1
    assert any("不许以后再签" in fault["message"] for fault in report["faults"])


def revised(
    pdf: bytes, objects: dict[int, bytes], *, previous: int | None = None, size: int = 100_000
) -> bytes:
    """A revision appended by hand: objects by number, and a table that lists them."""
    root = re.findall(rb"/Root (\d+) 0 R", pdf)[-1].decode()
    begins, out = [], bytearray(pdf + b"\n")
    for number, content in objects.items():
        begins.append((number, len(out)))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    at = len(out)
    last = int(pdf[pdf.rindex(b"startxref") :].split()[1]) if previous is None else previous or at
    table = "".join(f"{number} 1\n{begin:010d} 00000 n \n" for number, begin in begins)
    out += f"xref\n{table}trailer\n<< /Size {size} /Root {root} 0 R /Prev {last} >>\n".encode()
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % at)


def root_number(pdf: bytes) -> int:
    return int(re.findall(rb"/Root (\d+) 0 R", pdf)[-1])


def many_revisions(pdf: bytes) -> bytes:
    for number in range(400):
        pdf = revised(pdf, {90_000 + number: b"null"})
    return pdf


def deflated(data: bytes, entries: bytes) -> bytes:
    packed = zlib.compress(data, 9)
    return b"<< %s /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (entries, len(packed), packed)


def inflating(pdf: bytes) -> bytes:
    """A metadata stream of two gigabytes, deflated twice."""
    once = zlib.compressobj(9)
    inner = b"".join(once.compress(bytes(10_000_000)) for _ in range(200)) + once.flush()
    packed = zlib.compress(inner, 9)
    entries = b"/Type /Metadata /Subtype /XML /Filter [/FlateDecode /FlateDecode]"
    stream = b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(packed), packed)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        catalogue = document.Root
        number = catalogue.Metadata.objgen[0]
    return revised(pdf, {number: stream})


def nested_deep(pdf: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        number = document.Root.AcroForm.objgen[0]
    return revised(pdf, {number: b"<< /Fields " + b"[" * 200_000 + b"]" * 200_000 + b" >>"})


def fields_without_number(pdf: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        number = document.Root.AcroForm.objgen[0]
    every = b" ".join(b"<< /FT /Sig /T (%d) >>" % at for at in range(60_000))
    return revised(pdf, {number: b"<< /SigFlags 3 /Fields [" + every + b"] >>"})


def kids_in_a_ring(pdf: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        form = document.Root.AcroForm
        number, field = form.objgen[0], form.Fields[0].objgen[0]
    return revised(
        pdf,
        {
            number: b"<< /SigFlags 3 /Fields [%d 0 R] >>" % field,
            field: b"<< /T (a) /Kids [%d 0 R] >>" % field,
        },
    )


def large_table(pdf: bytes) -> bytes:
    at = len(pdf) + 1
    root = root_number(pdf)
    entries = b"/Type /XRef /Size 2000000000 /Index [0 2000000000] /W [1 4 2] /Root %d 0 R" % root
    return (
        pdf
        + b"\n99999 0 obj\n"
        + deflated(bytes(700_000), entries)
        + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % at
    )


HEAVY: dict[str, Callable[[bytes], bytes]] = {
    "revisions-by-the-hundred": many_revisions,
    "table-that-leads-to-itself": lambda pdf: revised(pdf, {90_000: b"null"}, previous=0),
    "table-of-two-milliards": large_table,
    "stream-that-inflates": inflating,
    "nested-deep": nested_deep,
    "fields-without-number": fields_without_number,
    "fields-in-a-ring": kids_in_a_ring,
}


@pytest.mark.parametrize("case", HEAVY)
def test_a_file_made_to_keep_verify_busy_ends_in_a_sentence(case: str, signed: Standing, run: Run) -> None:
    path = signed.pdf("application")
    path.write_bytes(HEAVY[case](path.read_bytes()))
    code, report = run(path)
    assert code == 1
    assert 0 < len(report["faults"]) <= 30
