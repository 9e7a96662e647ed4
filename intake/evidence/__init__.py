"""What a sealed document says: answers, signature, how the signer was known, hashes, record."""

from intake.evidence.content import revocation_content, waiver_content
from intake.evidence.facts import Act, GivenSignature, PersonFacts
from intake.evidence.record import record_json, utc
from intake.evidence.words import Witnessed, Words

__all__ = [
    "Act",
    "GivenSignature",
    "PersonFacts",
    "Witnessed",
    "Words",
    "record_json",
    "revocation_content",
    "utc",
    "waiver_content",
]
