"""The seal on a finished document: a PAdES B-B signature that any PDF reader can check."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import fields
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko_certvalidator.registry import SimpleCertificateStore

from pdf.document import SEAL_FIELD
from pdf.own_thread import in_own_thread
from pdf.seal_pattern import SealPattern

_MINIMUM_RSA_BITS = 2048
_CONTAINER_MARGIN = 2048
"""Bytes of a CMS container beside certificates and signature (measured: under 1,100)."""

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class SealKeyUnusable(ValueError):
    """The key or certificate can't make seals; the message says why, and never shows a key."""


class _HeldKeySigner(Signer):
    """Signs with a key that was parsed once.

    pyHanko's SimpleSigner parses and checks its key anew for every signature, which takes
    longer than all the rest. A key management service would hook in here too.
    """

    def __init__(self, key: PrivateKey, certificate: Any, chain: SimpleCertificateStore) -> None:
        super().__init__(signing_cert=certificate, cert_registry=chain)
        self._key = key
        self._pattern: SealPattern | None = None

    async def async_sign(
        self,
        data_digest: bytes,
        digest_algorithm: str,
        dry_run: bool = False,
        use_pades: bool = False,
        timestamper: Any = None,
        signed_attr_settings: PdfCMSSignedAttributes | None = None,
        is_pdf_sig: bool = True,
        encap_content_info: Any = None,
    ) -> Any:
        """The container over a digest: pyHanko's own the first time, then filled in."""
        plain = use_pades and not dry_run and timestamper is None
        if plain and self._pattern is not None:
            filled = self._pattern.filled(data_digest, self._signature)
            if filled is not None:
                return filled
        container = await super().async_sign(
            data_digest, digest_algorithm, dry_run, use_pades, timestamper,
            signed_attr_settings, is_pdf_sig, encap_content_info,
        )  # fmt: skip
        if plain:
            self._pattern = SealPattern.of(container, data_digest)
        return container

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        """The signature of ``data``; the digest is always SHA-256, as the sealer asks."""
        return self._signature(data)

    def _signature(self, data: bytes) -> bytes:
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self._key.sign(data, ec.ECDSA(hashes.SHA256()))


@dataclass(frozen=True, slots=True)
class Sealer:
    """Holds a parsed key and seals documents with it; may be shared between threads."""

    _signer: _HeldKeySigner
    _reserved: int
    subject: str
    """Who the certificate says it is."""
    not_before: datetime
    not_after: datetime

    @classmethod
    def from_pem(cls, key_pem: bytes, certificate_pem: bytes) -> "Sealer":
        """From an unencrypted private key and its certificate, its issuers' after it if any.

        RSA from 2048 bits, or P-256: what every PDF reader can check (Ed25519 is not).
        Raises SealKeyUnusable.
        """
        key = _load_key(key_pem)
        chain = _load_certificates(certificate_pem)
        certificate = chain[0]
        if _public_bytes(certificate.public_key()) != _public_bytes(key.public_key()):
            raise SealKeyUnusable("the private key doesn't belong to the certificate")
        if certificate.not_valid_after_utc <= datetime.now(UTC):
            raise SealKeyUnusable(
                f"the certificate expired on {certificate.not_valid_after_utc:%Y-%m-%d}"
            )
        _check_usage(certificate)
        encoded = [c.public_bytes(serialization.Encoding.DER) for c in chain]
        parsed = [asn1_x509.Certificate.load(der) for der in encoded]
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple(parsed[1:])  # the signer adds its own one itself
        signature_size = 1024 if isinstance(key, rsa.RSAPrivateKey) else 80
        return cls(
            _HeldKeySigner(key, parsed[0], store),
            2 * (_CONTAINER_MARGIN + signature_size + sum(map(len, encoded))),
            certificate.subject.rfc4514_string(),
            certificate.not_valid_before_utc,
            certificate.not_valid_after_utc,
        )

    def seal(self, pdf: bytes, *, at: datetime, reason: str, location: str | None = None) -> bytes:
        """The document with a seal over all of it; ``at`` becomes the signing time.

        Raises SealKeyUnusable when the certificate isn't valid at that time, ValueError for a
        file that is no PDF.
        """
        if not self.not_before <= at <= self.not_after:
            raise SealKeyUnusable(f"the certificate is not valid on {at:%Y-%m-%d}")
        metadata = PdfSignatureMetadata(
            field_name=SEAL_FIELD,
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.PADES,
            reason=reason,
            location=location,
            certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        )
        return _sign(pdf, metadata, self._signer, self._reserved, at.astimezone(UTC))


class _TimedSigner(PdfSigner):
    """Signs at a stated time instead of the machine's."""

    def __init__(self, metadata: PdfSignatureMetadata, signer: Signer, at: datetime) -> None:
        super().__init__(metadata, signer=signer)
        self._at = at

    def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:
        """pyHanko's own session, its clock set."""
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self._at
        return session


class _Writer(IncrementalPdfFileWriter):
    """Adds the seal and nothing else."""

    def _update_meta(self) -> None:
        """Leaves the metadata alone: pyHanko would write its own name and this machine's time
        into them, and into one of their two forms only what PDF/A wants explained."""


def _sign(
    pdf: bytes, metadata: PdfSignatureMetadata, signer: Signer, reserved: int, at: datetime
) -> bytes:
    try:
        writer = _Writer(BytesIO(pdf))
    except PdfError as error:
        raise ValueError("not a PDF that can be sealed") from error
    sign = _TimedSigner(metadata, signer, at).sign_pdf
    output = in_own_thread(sign, writer, bytes_reserved=reserved)
    return bytes(output.getbuffer())


def create_demo_identity(common_name: str, at: datetime) -> tuple[bytes, bytes]:
    """A new RSA-2048 key and a self-signed certificate for ten years, both PEM.

    For demonstrations and tests: nobody vouches for it.
    """
    key = rsa.generate_private_key(public_exponent=65537, key_size=_MINIMUM_RSA_BITS)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=False, crl_sign=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=3652))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return (
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
        certificate.public_bytes(serialization.Encoding.PEM),
    )


def _load_key(pem: bytes) -> PrivateKey:
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except TypeError:
        raise SealKeyUnusable("the private key is encrypted; give it without a password") from None
    except (ValueError, UnsupportedAlgorithm):
        raise SealKeyUnusable("the private key is not a PEM key that can be read") from None
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= _MINIMUM_RSA_BITS:
        return key
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    raise SealKeyUnusable(
        "the private key must be RSA of 2048 bits or more, or P-256: "
        "PDF readers don't check seals of other keys"
    )


def _load_certificates(pem: bytes) -> list[x509.Certificate]:
    try:
        found = x509.load_pem_x509_certificates(pem)
    except ValueError:
        found = []
    if not found:
        raise SealKeyUnusable("the certificate is not a PEM certificate that can be read")
    return found


def _check_usage(certificate: x509.Certificate) -> None:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not (usage.digital_signature or usage.content_commitment):
        raise SealKeyUnusable("the certificate doesn't allow digital signatures (keyUsage)")


def _public_bytes(key: Any) -> bytes:
    encoded: bytes = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return encoded
