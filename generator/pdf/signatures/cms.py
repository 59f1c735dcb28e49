"""Checks the parts of a signature's CMS envelope (RFC 5652) that no digest covers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_V3_CONTENT = frozenset({"data"})
_CHINESE_STANDARD = "1.2.156.10197."


def cms_faults(signed: Any) -> list[str]:
    """What is not as it must be in a SignedData: versions, algorithms, and the certificates it carries.

    The signer's certificate whose issuer is not carried can be checked only against an authority that is
    trusted, and passes here.

    Args:
        signed: asn1crypto's SignedData.
    """
    faults = []
    if list(_structure_faults(signed)):
        faults.append("签名数据的结构被改动")
    carried = _certificates(signed)
    own = _signer(signed, carried)
    if not all(_is_issued(one, carried) and (one is own or _belongs(one, carried)) for one in carried):
        faults.append("签名所带的证书被改动")
    return faults


def _certificates(signed: Any) -> list[Any]:
    return [choice.chosen for choice in signed["certificates"] or () if choice.name == "certificate"]


def _structure_faults(signed: Any) -> Iterator[str]:
    signers = list(signed["signer_infos"])
    if len(signers) != 1:
        yield "signers"
        return
    signer = signers[0]
    used = {signer["digest_algorithm"]["algorithm"].native}
    if {item["algorithm"].native for item in signed["digest_algorithms"]} != used:
        yield "digest_algorithms"
    for item in (*signed["digest_algorithms"], signer["digest_algorithm"]):
        # Parameters are absent or NULL (RFC 5754, 2).
        if item["parameters"].native is not None:
            yield "parameters"
    by_serial = signer["sid"].name == "issuer_and_serial_number"
    if signer["version"].native != ("v1" if by_serial else "v3"):
        yield "signer version"
    content = signed["encap_content_info"]["content_type"].native
    expected = "v1" if content in _V3_CONTENT and by_serial else "v3"
    if signed["version"].native not in {expected, "v4", "v5"} or (
        signed["version"].native in {"v4", "v5"}
        and all(item.name == "certificate" for item in signed["certificates"])
    ):
        yield "version"


def _signer(signed: Any, carried: list[Any]) -> Any:
    sid = signed["signer_infos"][0]["sid"]
    if sid.name == "issuer_and_serial_number":
        number = sid.chosen["serial_number"].native
        return next((one for one in carried if one.serial_number == number), None)
    return next((one for one in carried if one.key_identifier == sid.chosen.native), None)


def _belongs(certificate: Any, carried: list[Any]) -> bool:
    """Whether a certificate other than the signer's is part of its chain: it has issued one that is carried.

    If its own issuer is not carried, its authority key identifier (RFC 5280, 4.2.1.1) must be another's key:
    otherwise it is a root certificate whose name was changed.
    """
    if not any(other.issuer == certificate.subject for other in carried):
        return False
    if any(other.subject == certificate.issuer for other in carried):
        return True
    issuer = certificate.authority_key_identifier
    return issuer is not None and issuer != certificate.key_identifier


def _is_issued(certificate: Any, carried: list[Any]) -> bool:
    """Whether a certificate bears the signature of its issuer, where the issuer is carried with it."""
    import warnings

    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.x509 import load_der_x509_certificate

    issuers = [other for other in carried if other.subject == certificate.issuer]
    if not issuers:
        return True
    with warnings.catch_warnings():
        # The library only warns of some faults (a negative serial number); no authority issues such certificates.
        warnings.simplefilter("error")
        for issuer in issuers:
            try:
                own = load_der_x509_certificate(certificate.dump())
                own.verify_directly_issued_by(load_der_x509_certificate(issuer.dump()))
            except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError, Warning):
                continue
            return True
    return False


def is_chinese_standard(signed: Any) -> bool:
    """Whether a signature is made by SM2 (GM/T 0010), which the libraries here cannot check."""
    return any(
        str(signer[part]["algorithm"].dotted).startswith(_CHINESE_STANDARD)
        for signer in signed["signer_infos"]
        for part in ("signature_algorithm", "digest_algorithm")
    )
