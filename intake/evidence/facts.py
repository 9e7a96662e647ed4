"""The facts of a signing: what was signed by whom, when, and how one knows."""

from dataclasses import dataclass
from datetime import date, datetime

from forms.choices import Relationship, SignatureMethod
from forms.fields import DrawnStrokes
from intake.consents.states import Assurance, Channel
from intake.documents.approvals import ApprovedBy
from intake.evidence.words import Witnessed
from intake.messages.contacts import Contact


@dataclass(frozen=True, slots=True)
class GivenSignature:
    """A signature as it was given; ``name`` is the signer's."""

    method: SignatureMethod
    name: str
    drawn: DrawnStrokes | None
    witness: str | None


@dataclass(frozen=True, slots=True)
class Act:
    """One signing: what, when, and how the signer was authenticated."""

    id: str
    at: datetime
    receipt_code: str
    channel: Channel
    assurance: Assurance | None
    """None for a revocation online: the right to it comes from a receipt or a contact."""
    contact: Contact | None
    verified_at: datetime | None
    approval: ApprovedBy | None = None
    """Who approved the translation that was signed; None for the source, and for a draft."""
    witnessed: Witnessed | None = None
    """At the desk, and for a letter: who of the staff stands for it."""


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """Who it is about, and who signed."""

    student_name: str
    birth_date: date
    school: str
    signer_name: str
    relationship: Relationship
