"""From a filled-in letter to a sealed, recorded revocation, of everything or of a part."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from forms.choices import Relationship
from intake.calendar.deadline import revocation_due
from intake.clock import local_date
from intake.consents.at_desk import Vouched
from intake.consents.errors import AlreadyRevoked
from intake.consents.model import Revocation
from intake.consents.narrow import Part
from intake.consents.revoke import RevocationLetter, check_may_revoke, revoke
from intake.consents.states import Assurance, Channel
from intake.consents.tokens import new_receipt_code
from intake.db.base import new_id
from intake.documents.approvals import approved_by
from intake.documents.in_force import current
from intake.documents.model import DocumentKind
from intake.documents.store import register
from intake.documents.texts import (
    PARTIAL_REVOCATION,
    REVOCATION,
    shown_text,
)
from intake.evidence import Act, GivenSignature, PersonFacts, revocation_content
from intake.installation import Installation
from intake.messages.contacts import Contact
from intake.revocations.repeated import note_repeated
from intake.roster.identity import current_id
from intake.roster.model import School, Student
from intake.signing.recording import (
    by_signing,
    finish,
    record,
    seal,
    when_verified,
    witnessed_by,
)


@dataclass(frozen=True, slots=True)
class RevocationSubmission:
    """A revocation letter, signed and checked by the family."""

    signing_id: str
    language: str
    student_id: str
    signer_name: str
    relationship: Relationship
    contact: Contact | None
    signature: GivenSignature
    channel: Channel = Channel.ONLINE
    part: Part | None = None
    """Nothing: everything is taken back."""
    vouched: Vouched | None = None
    """At the desk: who of the staff knows the signer, and how."""


def submit_revocation(
    installation: Installation, submission: RevocationSubmission, *, at: datetime
) -> Revocation:
    """Seal and record a revocation; a second call for the same session changes nothing.

    Raises what ``check_may_revoke`` raises, IncompleteLanguage. Where everything was taken back
    before, the ledger notes that this person wanted it too.
    """
    try:
        return _submit_revocation(installation, submission, at=at)
    except AlreadyRevoked as already:
        with installation.database.begin() as session:
            note_repeated(
                session,
                already.revocation_id,
                signing_id=submission.signing_id,
                relationship=submission.relationship,
                channel=submission.channel,
                at=at,
            )
        raise


def _submit_revocation(
    installation: Installation, submission: RevocationSubmission, *, at: datetime
) -> Revocation:
    settings = installation.settings
    document = REVOCATION if submission.part is None else PARTIAL_REVOCATION
    today = local_date(at, settings.time_zone)
    with installation.database.begin() as session:
        earlier = by_signing(session, Revocation, submission.signing_id)
        if earlier is not None:
            return earlier
        check_may_revoke(
            session,
            submission.student_id,
            submission.relationship,
            on=today,
            part=submission.part,
        )
        student = session.get_one(Student, submission.student_id)
        school = session.get_one(School, student.school_id).name
        verified_at = when_verified(session, submission.signing_id)
        version = current(document)
        # Taking back is never refused for want of an approval: in doubt, deny.
        approval = approved_by(session, version, submission.language)
        due_at = revocation_due(session, settings, student.id, at=at)
        witnessed = witnessed_by(session, submission.vouched)
    text = shown_text(settings, document, submission.language, version.version)
    act = Act(
        id=new_id(),
        at=at,
        receipt_code=new_receipt_code(),
        channel=submission.channel,
        assurance=Assurance.IN_PERSON if submission.channel is Channel.DESK else None,
        contact=submission.contact,
        verified_at=verified_at,
        approval=approval,
        witnessed=witnessed,
    )
    people = PersonFacts(
        student_name=student.name,
        birth_date=student.birth_date,
        school=school,
        signer_name=submission.signer_name,
        relationship=submission.relationship,
    )
    content = revocation_content(
        settings,
        text,
        shown_text(settings, document, "en", version.version),
        act,
        people,
        student_id=student.id,
        signature=submission.signature,
        part=submission.part,
    )
    stored = seal(installation, content, at=at)
    letter = RevocationLetter(
        id=act.id,
        student_id=submission.student_id,
        signer_name=submission.signer_name,
        relationship=submission.relationship,
        contact=submission.contact.stored if submission.contact else None,
        version=text.version,
        language=text.language,
        text_sha256=text.sha256,
        channel=submission.channel,
        signed_at=at,
        signed_on=today,
        due_at=due_at,
        receipt_code=act.receipt_code,
        document_sha256=stored.sha256,
        signing_id=submission.signing_id,
        part=submission.part,
    )

    def write(session: Session) -> Revocation:
        current = current_id(session, letter.student_id)
        revocation = revoke(session, replace(letter, student_id=current))
        if revocation.id == letter.id:
            register(session, stored, DocumentKind.REVOCATION, at=at)
            finish(session, submission.signing_id, revocation_id=revocation.id)
        return revocation

    return record(installation, stored, write, letter.id)
