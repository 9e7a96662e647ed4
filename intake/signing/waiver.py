"""From a filled-in form to a sealed, recorded answer: where documents, people and rules meet.

Rendering, sealing and storing happen outside the database's transaction, so that it stays
short; the transaction then records everything or nothing. A stored object whose transaction
did not happen is discarded.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from forms.choices import ContactKind, Relationship
from forms.document import DocumentText
from intake.calendar.deadline import revocation_due
from intake.clock import local_date
from intake.config import Settings
from intake.consents.answer import (
    SignedText,
    Signer,
    WaiverAnswer,
    check_eligible,
    record_answer,
)
from intake.consents.at_desk import Vouched
from intake.consents.errors import LanguageNotApproved
from intake.consents.model import Consent, SigningSession
from intake.consents.states import Assurance, Channel
from intake.consents.tokens import new_receipt_code
from intake.db.base import new_id
from intake.documents.approvals import SOURCE_LANGUAGE, ApprovedBy, approved_by
from intake.documents.in_force import current
from intake.documents.model import DocumentKind
from intake.documents.releases import is_published
from intake.documents.store import register
from intake.documents.texts import (
    WAIVER,
    shown_text,
)
from intake.evidence import Act, GivenSignature, PersonFacts, waiver_content
from intake.installation import Installation
from intake.messages.contacts import Contact
from intake.roster.identity import current_id
from intake.roster.model import School, Student
from intake.roster.students import (
    add_search_words,
    is_contact_on_record,
    match_student,
    typed_student,
)
from intake.signing.recording import (
    by_signing,
    finish,
    record,
    seal,
    when_verified,
    witnessed_by,
)


@dataclass(frozen=True, slots=True)
class StudentFacts:
    """The student as typed, or as known from an invitation or a receipt."""

    name: str
    birth_date: date
    school_id: str
    known_id: str | None


@dataclass(frozen=True, slots=True)
class WaiverSubmission:
    """A waiver, answered and checked by the family."""

    signing_id: str
    language: str
    student: StudentFacts
    signer_name: str
    relationship: Relationship
    contact: Contact | None
    """None at the desk."""
    granted: bool
    signature: GivenSignature | None
    channel: Channel = Channel.ONLINE
    vouched: Vouched | None = None
    """At the desk: who of the staff knows the signer, and how."""


def submit_waiver(
    installation: Installation, submission: WaiverSubmission, *, at: datetime
) -> Consent:
    """Seal and record a waiver's answer; a second call for the same session changes nothing.

    Raises AlreadyAnswered, StudentTooYoung, StudentIsAdult, LanguageNotApproved,
    IncompleteLanguage.
    """
    settings = installation.settings
    with installation.database.begin() as session:
        earlier = by_signing(session, Consent, submission.signing_id)
        if earlier is not None:
            return earlier
        check_eligible(
            submission.relationship,
            submission.student.birth_date,
            on=local_date(at, settings.time_zone),
        )
        student = _student(session, submission.student, language=submission.language, at=at)
        add_search_words(session, student.id, submission.signer_name)
        school = session.get_one(School, student.school_id).name
        assurance = _assurance(session, student, submission)
        verified_at = when_verified(session, submission.signing_id)
        invitation_id = _invitation_of(session, submission.signing_id)
        document = current(WAIVER)
        approval = approved_by(session, document, submission.language)
        witnessed = witnessed_by(session, submission.vouched)
        if submission.granted and not (
            _may_be_signed(settings, submission.language, approval)
            and is_published(
                session, document, submission.language, on=local_date(at, settings.time_zone)
            )
        ):
            raise LanguageNotApproved
    text = shown_text(settings, WAIVER, submission.language, document.version)
    answer = replace(
        _waiver_answer(settings, submission, student, assurance, text, at),
        invitation_id=invitation_id,
    )
    act = Act(
        id=answer.id,
        at=at,
        receipt_code=answer.receipt_code,
        channel=submission.channel,
        assurance=assurance,
        contact=submission.contact,
        verified_at=verified_at,
        approval=approval,
        witnessed=witnessed,
    )
    people = PersonFacts(
        student_name=submission.student.name,
        birth_date=submission.student.birth_date,
        school=school,
        signer_name=submission.signer_name,
        relationship=submission.relationship,
    )
    content = waiver_content(
        settings,
        text,
        shown_text(settings, WAIVER, "en", document.version),
        act,
        people,
        answer=answer,
        signature=submission.signature,
    )
    stored = seal(installation, content, at=at)

    def write(session: Session) -> Consent:
        consent = record_answer(
            session,
            replace(
                answer,
                document_sha256=stored.sha256,
                # Joined with the school's record while the document was being sealed.
                student_id=current_id(session, answer.student_id),
            ),
            due_at=revocation_due(session, settings, student.id, at=at),
        )
        if consent.id == answer.id:
            kind = DocumentKind.WAIVER if submission.granted else DocumentKind.DECLINE
            register(session, stored, kind, at=at)
            finish(session, submission.signing_id, consent_id=consent.id)
        return consent

    return record(installation, stored, write, answer.id)


def _may_be_signed(settings: Settings, language: str, approval: ApprovedBy | None) -> bool:
    """A demonstration takes drafts too, with a banner; nobody else does."""
    return settings.demo or language == SOURCE_LANGUAGE or approval is not None


def _waiver_answer(
    settings: Settings,
    submission: WaiverSubmission,
    student: Student,
    assurance: Assurance,
    text: DocumentText,
    at: datetime,
) -> WaiverAnswer:
    return WaiverAnswer(
        id=new_id(),
        student_id=student.id,
        birth_date=submission.student.birth_date,
        signer=Signer(
            name=submission.signer_name,
            relationship=submission.relationship,
            assurance=assurance,
            contact=submission.contact.stored if submission.contact else None,
        ),
        text=SignedText.of(text),
        granted=submission.granted,
        channel=submission.channel,
        signed_at=at,
        signed_on=local_date(at, settings.time_zone),
        valid_until=settings.consent_end_date,
        receipt_code=new_receipt_code(),
        document_sha256="",
        signing_id=submission.signing_id,
        invitation_id=None,
    )


def _student(session: Session, facts: StudentFacts, *, language: str, at: datetime) -> Student:
    if facts.known_id is not None:
        return session.get_one(Student, facts.known_id)
    found = match_student(session, facts.school_id, facts.name, facts.birth_date)
    if found is not None:
        return found
    school = session.get_one(School, facts.school_id)
    return typed_student(
        session,
        school=school,
        name=facts.name,
        birth_date=facts.birth_date,
        at=at,
        language=language,
    )


def _assurance(session: Session, student: Student, submission: WaiverSubmission) -> Assurance:
    if submission.vouched is not None:
        return Assurance.IN_PERSON
    if submission.contact is None:
        return Assurance.SELF_ASSERTED
    known = is_contact_on_record(
        session,
        student.id,
        ContactKind(submission.contact.kind),
        submission.contact.value,
        relationship=submission.relationship,
    )
    return Assurance.ON_RECORD_CONTACT if known else Assurance.SELF_ASSERTED


def _invitation_of(session: Session, signing_id: str) -> str | None:
    signing = session.get(SigningSession, signing_id)
    return signing.invitation_id if signing else None
