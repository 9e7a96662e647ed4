"""From a filled-in form to a sealed, recorded answer: where documents, people and rules meet.

Rendering, sealing and storing happen outside the database's transaction, so that it stays
short; the transaction then records everything or nothing. A stored object whose transaction
did not happen is discarded.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.choices import ContactKind, Relationship
from forms.document import DocumentText, load
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
from intake.consents.errors import AlreadyRevoked, LanguageNotApproved
from intake.consents.model import Consent, Revocation, SigningSession
from intake.consents.narrow import Part
from intake.consents.revoke import RevocationLetter, check_may_revoke, revoke
from intake.consents.states import Assurance, Channel
from intake.consents.tokens import new_receipt_code
from intake.db.base import new_id
from intake.documents.approvals import SOURCE_LANGUAGE, ApprovedBy, approved_by
from intake.documents.model import DocumentKind
from intake.documents.store import StoredDocument, register
from intake.documents.texts import (
    PARTIAL_REVOCATION,
    REVOCATION,
    WAIVER,
    offered_languages,
    shown_text,
)
from intake.evidence import Act, GivenSignature, PersonFacts, revocation_content, waiver_content
from intake.installation import Installation
from intake.messages.contacts import Contact
from intake.revocations.repeated import note_repeated
from intake.roster.identity import current_id
from intake.roster.model import School, Student
from intake.roster.students import (
    add_search_words,
    is_contact_on_record,
    match_student,
    typed_student,
)
from pdf.content import SignedContent
from pdf.waiver import compose

__all__ = [
    "GivenSignature",
    "RevocationSubmission",
    "StudentFacts",
    "WaiverSubmission",
    "offered_languages",
    "shown_text",
    "submit_revocation",
    "submit_waiver",
]


_log = logging.getLogger(__name__)

_Recorded = TypeVar("_Recorded", Consent, Revocation)


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
    contact: Contact
    granted: bool
    signature: GivenSignature | None
    channel: Channel = Channel.ONLINE


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


def submit_waiver(
    installation: Installation, submission: WaiverSubmission, *, at: datetime
) -> Consent:
    """Seal and record a waiver's answer; a second call for the same session changes nothing.

    Raises AlreadyAnswered, StudentTooYoung, StudentIsAdult, LanguageNotApproved,
    IncompleteLanguage.
    """
    settings = installation.settings
    with installation.database.begin() as session:
        earlier = _by_signing(session, Consent, submission.signing_id)
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
        verified_at = _verified_at(session, submission.signing_id)
        invitation_id = _invitation_of(session, submission.signing_id)
        approval = approved_by(session, load(WAIVER), submission.language)
        if submission.granted and not _may_be_signed(settings, submission.language, approval):
            raise LanguageNotApproved
    text = shown_text(settings, WAIVER, submission.language)
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
        shown_text(settings, WAIVER, "en"),
        act,
        people,
        answer=answer,
        signature=submission.signature,
    )
    stored = _seal(installation, content, at=at)

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
            _finish(session, submission.signing_id, consent_id=consent.id)
        return consent

    return _record(installation, stored, write, answer.id)


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
        earlier = _by_signing(session, Revocation, submission.signing_id)
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
        verified_at = _verified_at(session, submission.signing_id)
        # Taking back is never refused for want of an approval: in doubt, deny.
        approval = approved_by(session, load(document), submission.language)
        due_at = revocation_due(session, settings, student.id, at=at)
    text = shown_text(settings, document, submission.language)
    act = Act(
        id=new_id(),
        at=at,
        receipt_code=new_receipt_code(),
        channel=submission.channel,
        assurance=Assurance.IN_PERSON if submission.channel is Channel.DESK else None,
        contact=submission.contact,
        verified_at=verified_at,
        approval=approval,
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
        shown_text(settings, document, "en"),
        act,
        people,
        student_id=student.id,
        signature=submission.signature,
        part=submission.part,
    )
    stored = _seal(installation, content, at=at)
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
            _finish(session, submission.signing_id, revocation_id=revocation.id)
        return revocation

    return _record(installation, stored, write, letter.id)


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
            contact=submission.contact.stored,
        ),
        text=SignedText(
            document=text.name,
            version=text.version,
            language=text.language,
            sha256=text.sha256,
            elements=text.element_ids,
            purposes=text.purpose_ids,
            partner_classes=text.partner_class_ids,
        ),
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
    known = is_contact_on_record(
        session,
        student.id,
        ContactKind(submission.contact.kind),
        submission.contact.value,
        relationship=submission.relationship,
    )
    return Assurance.ON_RECORD_CONTACT if known else Assurance.SELF_ASSERTED


def _by_signing(session: Session, kind: type[_Recorded], signing_id: str) -> _Recorded | None:
    return session.scalars(select(kind).where(kind.signing_id == signing_id)).one_or_none()


def _verified_at(session: Session, signing_id: str) -> datetime | None:
    signing = session.get(SigningSession, signing_id)
    return signing.verified_at if signing else None


def _invitation_of(session: Session, signing_id: str) -> str | None:
    signing = session.get(SigningSession, signing_id)
    return signing.invitation_id if signing else None


def _finish(
    session: Session,
    signing_id: str,
    *,
    consent_id: str | None = None,
    revocation_id: str | None = None,
) -> None:
    """Remember what came of the session; what was typed has gone into the sealed document."""
    signing = session.get(SigningSession, signing_id)
    if signing is None:
        return
    signing.consent_id = consent_id or signing.consent_id
    signing.revocation_id = revocation_id
    signing.answers = {}


def _seal(installation: Installation, content: SignedContent, *, at: datetime) -> StoredDocument:
    made = compose(content)
    if made.missing:  # for the operator: the letters alone name nobody
        _log.warning("no font has %s: drawn as boxes in a sealed document", made.missing_names)
    pdf = installation.sealer.seal(made.pdf, at=at, reason=content.english.title)
    return installation.storage.put(installation.database.keyring, pdf)


def _record(
    installation: Installation,
    stored: StoredDocument,
    write: Callable[[Session], _Recorded],
    expected_id: str,
) -> _Recorded:
    try:
        with installation.database.begin() as session:
            recorded = write(session)
    except Exception:
        installation.storage.discard(stored)
        raise
    if recorded.id != expected_id:
        installation.storage.discard(stored)
    return recorded
