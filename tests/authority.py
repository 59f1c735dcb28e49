"""A certificate authority made on the spot, and people who sign with its certificates."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from unittest.mock import patch

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers, timestamps
from pyhanko_certvalidator.registry import SimpleCertificateStore

Use = Literal["sign", "stamp", "web"]
_START = datetime.now(UTC) - timedelta(days=1)


def _name(common: str, department: str = "") -> x509.Name:
    named = [x509.NameAttribute(NameOID.COMMON_NAME, common)]
    if department:
        named.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, department))
    return x509.Name(named)


def _certificate(
    subject: str,
    issuer: str,
    public: Any,
    private: Any,
    *,
    authority: bool,
    department: str = "",
    use: Use = "sign",
    days: tuple[float, float] = (0, 30),
) -> x509.Certificate:
    signs = not authority and use != "web"
    usage = x509.KeyUsage(
        digital_signature=signs, content_commitment=signs, key_encipherment=use == "web",
        data_encipherment=False, key_agreement=False, key_cert_sign=authority, crl_sign=authority,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject, department))
        .issuer_name(_name(issuer))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(_START + timedelta(days=days[0]))
        .not_valid_after(_START + timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
    )
    if use == "stamp":
        only = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(only, critical=True)
    return builder.sign(private, hashes.SHA256())


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

    def signer(self, name: str, department: str = "", **certificate: Any) -> signers.SimpleSigner:
        own, private = self._issued(name, department=department, **certificate)
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # pyHanko types it in part
        store.register(_loaded(self.certificate))
        return signers.SimpleSigner(signing_cert=own, signing_key=private, cert_registry=store)

    def stamper(self, when: datetime) -> timestamps.DummyTimeStamper:
        """Who stamps documents with a time, and always says the same one."""
        own, private = self._issued("时间戳", use="stamp")
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # pyHanko types it in part
        store.register(_loaded(self.certificate))
        return timestamps.DummyTimeStamper(own, private, store, fixed_dt=when)

    def holder(self, name: str) -> Authority:
        """Somebody with an ordinary certificate of this authority, who issues others with it, as nobody may."""
        key = ec.generate_private_key(ec.SECP256R1())
        return Authority(
            name, key, _certificate(name, self.name, key.public_key(), self.key, authority=False)
        )

    def _issued(
        self, name: str, *, use: Use = "sign", **certificate: Any
    ) -> tuple[asn1_x509.Certificate, asn1_keys.PrivateKeyInfo]:
        key: Any = (
            rsa.generate_private_key(65537, 2048)
            if use == "stamp"
            else ec.generate_private_key(ec.SECP256R1())
        )
        own = _certificate(
            name, self.name, key.public_key(), self.key, authority=False, use=use, **certificate
        )
        private = key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return _loaded(own), asn1_keys.PrivateKeyInfo.load(private)

    @property
    def der(self) -> bytes:
        """Its certificate as a file has it."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    def sign(
        self,
        pdf: bytes,
        field: str,
        name: str,
        department: str = "",
        stamped: datetime | None = None,
        *,
        by: signers.SimpleSigner | None = None,
        stamper: timestamps.DummyTimeStamper | None = None,
        at: datetime | None = None,
        **stated: Any,
    ) -> bytes:
        """The PDF with one more field signed, and with a time stamp where one is wanted.

        Args:
            pdf: the file.
            field: which of its fields.
            name: whose certificate.
            department: as that says.
            stamped: the time of this authority's stamp.
            by: who signs, where not this authority's own.
            stamper: who stamps, where not this authority.
            at: what the signer's clock says.
            **stated: of pyHanko's PdfSignatureMetadata.
        """

        class Clock(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
                return at or datetime.now(tz)

        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        meta = signers.PdfSignatureMetadata(**{"field_name": field, "md_algorithm": "sha256", **stated})
        with patch("pyhanko.sign.signers.pdf_signer.datetime", Clock):
            out: io.BytesIO = signers.sign_pdf(
                writer,
                meta,
                signer=by or self.signer(name, department),
                existing_fields_only=True,
                timestamper=stamper or (self.stamper(stamped) if stamped else None),
            )
        return out.getvalue()


def _loaded(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
