"""A seal's container as pyHanko built it once, filled in again for each further document.

Between two seals of one key only three things differ: the document's digest, and with it the
signature (RFC 5652, 5.3 and 5.4; PAdES keeps the time outside). Building the container anew takes
pyHanko twenty times as long as signing.
"""

from collections.abc import Callable
from dataclasses import dataclass

from asn1crypto import cms

_ATTRIBUTES = {"content_type", "message_digest", "signing_certificate_v2"}
"""What may be signed beside the document; anything else could differ from seal to seal."""
_SET_OF = b"\x31"


@dataclass(frozen=True, slots=True)
class SealPattern:
    """The container's bytes, cut where the digest and the signature stand."""

    before_attributes: bytes
    before_digest: bytes
    """The signed attributes up to the digest, as they stand in the container."""
    after_digest: bytes
    before_signature: bytes
    signature_size: int
    after_signature: bytes

    @classmethod
    def of(cls, container: cms.ContentInfo, digest: bytes) -> "SealPattern | None":
        """The pattern of a container over this digest; None where it can't be filled in."""
        encoded: bytes = container.dump()
        signer = container["content"]["signer_infos"][0]
        attributes: bytes = signer["signed_attrs"].dump()
        signature: bytes = signer["signature"].native
        if {attribute["type"].native for attribute in signer["signed_attrs"]} != _ATTRIBUTES:
            return None
        if any(encoded.count(part) != 1 for part in (attributes, digest, signature)):
            return None
        before, rest = encoded.split(attributes)
        middle, after = rest.split(signature)
        head, tail = attributes.split(digest)
        return cls(before, head, tail, middle, len(signature), after)

    def filled(self, digest: bytes, sign: Callable[[bytes], bytes]) -> cms.ContentInfo | None:
        """The container over another digest; None where its signature has another length."""
        attributes = self.before_digest + digest + self.after_digest
        # Signed is a SET OF; in the container the same bytes are tagged [0] (RFC 5652, 5.4).
        signature = sign(_SET_OF + attributes[1:])
        if len(signature) != self.signature_size:
            return None
        return cms.ContentInfo.load(
            self.before_attributes
            + attributes
            + self.before_signature
            + signature
            + self.after_signature
        )
