"""From a filled-in form to a sealed, recorded answer: where documents, people and rules meet."""

from intake.evidence import GivenSignature
from intake.signing.revocation import RevocationSubmission, submit_revocation
from intake.signing.waiver import StudentFacts, WaiverSubmission, submit_waiver

__all__ = [
    "GivenSignature",
    "RevocationSubmission",
    "StudentFacts",
    "WaiverSubmission",
    "submit_revocation",
    "submit_waiver",
]
