"""The electronic seal: a PAdES signature that certifies a PDF as unchanged since its issue, and its offline check."""

from __future__ import annotations

import logging
import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

from asn1crypto import cms, core, keys, x509  # type: ignore[import-untyped]
from cryptography import x509 as certificates
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.validation import EmbeddedPdfSignature, SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

FIELD = "PlatformSeal"
DEMO_NAME = "演示用电子印章（不具有法律效力）"
DEMO_KEY, DEMO_CERTIFICATE = "demo-seal.pem", "demo-seal.crt"
# What a forged upload makes the library say belongs in the answer, not in the log.
for _chatty in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_chatty).setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class SealCheck:
    """What a check found: no byte changed; who sealed it (None: no seal); nothing added; the expected certificate."""

    intact: bool
    signer: str | None
    covers_whole_file: bool
    trusted: bool

    @property
    def genuine(self) -> bool:
        """All of it holds: the file is, byte for byte, what the platform issued."""
        return self.intact and self.covers_whole_file and self.trusted


_SIGNS_DOCUMENTS = certificates.KeyUsage(
    digital_signature=True,
    content_commitment=True,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)
NOT_SEALED = SealCheck(intact=False, signer=None, covers_whole_file=False, trusted=False)


class Seal:
    """A P-256 key and its certificate, loaded once, with which documents are sealed."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, certificate: certificates.Certificate) -> None:
        if key.public_key() != certificate.public_key():
            raise ValueError("the seal's key and certificate do not belong together")
        encoded = key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )  # fmt: skip
        signing = x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
        self.certificate = certificate
        self._signer = SimpleSigner(
            signing_cert=signing,
            signing_key=keys.PrivateKeyInfo.load(encoded),
            cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]
        )

    @classmethod
    def from_files(cls, key: Path, certificate: Path, passphrase: str | None = None) -> Seal:
        """Load a seal from PEM files; ValueError when the key is not P-256 or the passphrase is wrong."""
        loaded = serialization.load_pem_private_key(key.read_bytes(), passphrase.encode() if passphrase else None)
        if not isinstance(loaded, ec.EllipticCurvePrivateKey) or not isinstance(loaded.curve, ec.SECP256R1):
            raise ValueError("the seal needs a P-256 key")
        return cls(loaded, load_certificate(certificate))

    @classmethod
    def self_made(cls, folder: Path) -> Seal:
        """The demo's seal: made on first use, key readable by its owner only; concurrent callers get the same one."""
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / DEMO_KEY
        if not target.exists():
            _publish(_demo_pem(), target)
        seal = cls.from_files(target, target)
        if not (folder / DEMO_CERTIFICATE).exists():
            _publish(seal.certificate.public_bytes(serialization.Encoding.PEM), folder / DEMO_CERTIFICATE, mode=0o644)
        return seal

    def seal(self, pdf: bytes) -> bytes:
        """Certify a PDF (PAdES B-B, no later change permitted); the result begins with the given bytes."""
        metadata = PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
            subfilter=SigSeedSubFilter.PADES,
        )
        result = BytesIO()
        PdfSigner(metadata, self._signer).sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), output=result)
        return result.getvalue()


def load_certificate(path: Path) -> certificates.Certificate:
    """The first certificate of a PEM file."""
    return certificates.load_pem_x509_certificate(path.read_bytes())


def check(pdf: bytes, trust: certificates.Certificate) -> SealCheck:
    """Check a PDF's seal offline against the platform's certificate (R-QR-1): any changed or added byte shows.

    `trust` is pinned: a chain to it is not followed, and a seal stays good after the certificate has expired.
    """
    try:
        found = PdfFileReader(BytesIO(pdf)).embedded_regular_signatures
        if not found:
            return NOT_SEALED
        return _checked(pdf, found[-1], trust)
    except Exception:  # noqa: BLE001 – whatever a damaged file makes the parser do, it is not an intact document
        return NOT_SEALED


def _checked(pdf: bytes, signature: EmbeddedPdfSignature, trust: certificates.Certificate) -> SealCheck:
    expected = x509.Certificate.load(trust.public_bytes(serialization.Encoding.DER))
    context = ValidationContext(trust_roots=[expected], allow_fetching=False)
    status = validate_pdf_signature(signature, signer_validation_context=context, skip_diff=True)
    return SealCheck(
        intact=status.intact and status.valid and _canonical(pdf, signature, signature.signer_cert),
        signer=signature.signer_cert.subject.native.get("common_name"),
        covers_whole_file=status.coverage is SignatureCoverageLevel.ENTIRE_FILE,
        trusted=signature.signer_cert.dump() == expected.dump(),
    )


def _canonical(pdf: bytes, signature: EmbeddedPdfSignature, certificate: x509.Certificate) -> bool:
    """Whether the one stretch that a signature cannot cover, itself, is written in the one way in which we write it.

    Readers ignore much of it (padding, case of digits, the certificates sent along, version numbers): there a byte
    could change unseen.
    """
    _, first, second, rest = signature.byte_range
    content = bytes(signature.pkcs7_content)
    written = _message(signature.signer_info, certificate)
    return (
        second + rest == len(pdf)
        and pdf[first:second] == b"<" + content.hex().upper().encode() + b">"
        and content == written.ljust(len(content), b"\0")
    )


def _message(signer: cms.SignerInfo, certificate: x509.Certificate) -> bytes:
    """The signature message (RFC 5652) as we write it, with what the key vouches for taken from `signer`."""
    sha256 = {"algorithm": "sha256", "parameters": core.Null()}
    sender = cms.IssuerAndSerialNumber({"issuer": certificate.issuer, "serial_number": certificate.serial_number})
    info = {
        "version": "v1",
        "sid": cms.SignerIdentifier("issuer_and_serial_number", sender),
        "digest_algorithm": sha256,
        "signed_attrs": signer["signed_attrs"],
        "signature_algorithm": {"algorithm": "sha256_ecdsa"},
        "signature": signer["signature"],
    }
    data = {
        "version": "v1",
        "digest_algorithms": [sha256],
        "encap_content_info": {"content_type": "data"},
        "certificates": [certificate],
        "signer_infos": [info],
    }
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(data)}).dump())


def _demo_pem() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = certificates.Name([certificates.NameAttribute(NameOID.COMMON_NAME, DEMO_NAME)])
    now = datetime.now(UTC)
    certificate = (
        certificates.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(certificates.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .add_extension(_SIGNS_DOCUMENTS, critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    return private + certificate.public_bytes(serialization.Encoding.PEM)


def _publish(content: bytes, target: Path, mode: int = 0o600) -> None:
    """Put a file in place whole and only once: of two callers the first wins."""
    with tempfile.NamedTemporaryFile(dir=target.parent) as part:
        os.fchmod(part.fileno(), mode)
        part.write(content)
        part.flush()
        try:
            os.link(part.name, target)
        except FileExistsError:
            return
