"""Whether the seal's own bytes are exactly what a sealer writes.

A signature can't cover itself: its hexadecimal digits, the zeros that fill its place and the
container's outer fields lie outside. Each has one right form only, so any other is a change.
"""

from typing import Any

from asn1crypto import cms
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature


def container_is_canonical(pdf: bytes, signature: EmbeddedPdfSignature) -> bool:
    """True when every byte of the seal's place is the one that follows from its content."""
    _, length, again, _ = (int(value) for value in signature.byte_range)
    gap = pdf[length:again]
    content = bytes(signature.pkcs7_content)
    digits = content.hex().encode()
    if gap not in (b"<" + digits + b">", b"<" + digits.upper() + b">"):
        return False
    container = cms.ContentInfo.load(content)
    encoded = container.dump()
    return (
        content.startswith(encoded)
        and not any(content[len(encoded) :])
        and _names_its_signer_once(container["content"])
        and _rebuilt(container["content"], signature.signer_cert) == encoded
    )


def _names_its_signer_once(signed: Any) -> bool:
    """A second certificate of the signer's would let the first one be changed unseen."""
    serial = signed["signer_infos"][0]["sid"].chosen["serial_number"].native
    return [c.chosen.serial_number for c in signed["certificates"]].count(serial) == 1


def _rebuilt(signed: Any, certificate: Any) -> bytes:
    """The container built anew from its signed parts and its certificates."""
    signer = signed["signer_infos"][0]
    digest = {"algorithm": "sha256"}
    rebuilt = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                "issuer_and_serial_number",
                cms.IssuerAndSerialNumber(
                    {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
                ),
            ),
            "digest_algorithm": digest,
            "signed_attrs": signer["signed_attrs"],
            "signature_algorithm": signer["signature_algorithm"],
            "signature": signer["signature"],
        }
    )
    content = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [digest],
            "encap_content_info": {"content_type": "data"},
            "certificates": signed["certificates"],
            "signer_infos": [rebuilt],
        }
    )
    encoded: bytes = cms.ContentInfo({"content_type": "signed_data", "content": content}).dump(
        force=True
    )
    return encoded
