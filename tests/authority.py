"""A certificate authority made on the spot, and people who sign with its certificates."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

_START = datetime.now(UTC) - timedelta(days=1)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _certificate(
    subject: str, issuer: str, public: Any, private: Any, *, authority: bool
) -> x509.Certificate:
    usage = x509.KeyUsage(
        digital_signature=not authority, content_commitment=not authority, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=authority, crl_sign=authority,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(_START)
        .not_valid_after(_START + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(private, hashes.SHA256())
    )


@dataclass(frozen=True)
class Authority:
    """Issues certificates and signs with them."""

    name: str
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def new(cls, name: str = "测试签发机构") -> Authority:
        key = ec.generate_private_key(ec.SECP256R1())
        return cls(name, key, _certificate(name, name, key.public_key(), key, authority=True))

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def signer(self, name: str) -> signers.SimpleSigner:
        key = ec.generate_private_key(ec.SECP256R1())
        own = _certificate(name, self.name, key.public_key(), self.key, authority=False)
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # pyHanko types it in part
        store.register(_loaded(self.certificate))
        private = key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return signers.SimpleSigner(
            signing_cert=_loaded(own), signing_key=asn1_keys.PrivateKeyInfo.load(private), cert_registry=store
        )

    @property
    def der(self) -> bytes:
        """Its certificate as a file has it."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    def sign(self, pdf: bytes, field: str, name: str) -> bytes:
        """The PDF with one more field signed."""
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        meta = signers.PdfSignatureMetadata(field_name=field, md_algorithm="sha256")
        out: io.BytesIO = signers.sign_pdf(writer, meta, signer=self.signer(name), existing_fields_only=True)
        return out.getvalue()


def _loaded(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
