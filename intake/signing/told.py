"""Answers that nobody signs on a screen of ours: a no that was said, a letter that came by mail.

A member of staff records them and stands for them; the sealed document says who, and how they
know. Only what ends sharing is taken this way: a yes needs the family's own signature.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from forms.choices import Relationship
from forms.document import DocumentText
from intake.calendar.deadline import revocation_due
from intake.clock import local_date
from intake.consents.answer import SignedText, Signer, WaiverAnswer, check_eligible, record_answer
from intake.consents.at_desk import Said, Vouched
from intake.consents.ledger import Actor
from intake.consents.model import Consent, Revocation
from intake.consents.revoke import RevocationLetter, check_may_revoke, revoke
from intake.consents.states import ActorKind, Assurance, Channel
from intake.consents.tokens import new_receipt_code
from intake.db.base import new_id
from intake.documents.approvals import SOURCE_LANGUAGE, approved_by
from intake.documents.in_force import current
from intake.documents.model import DocumentKind
from intake.documents.store import register
from intake.documents.texts import REVOCATION, WAIVER, offered_languages, shown_text
from intake.evidence import Act, PersonFacts, revocation_content, waiver_content
from intake.installation import Installation
from intake.roster.identity import current_id
from intake.roster.model import Student
from intake.roster.students import add_search_words
from intake.signing.recording import by_signing, record, seal, witnessed_by


@dataclass(frozen=True, slots=True)
class Told:
    """Who said or wrote it, and what staff stand for."""

    id: str
    """Of the page it was recorded on: pressing twice records once."""
    student_id: str
    signer_name: str
    relationship: Relationship
    vouched: Vouched

    @property
    def is_letter(self) -> bool:
        """Whether there is paper, which the school keeps."""
        return self.vouched.said is Said.BY_LETTER


@dataclass(frozen=True, slots=True)
class _Ready:
    """What is known before anything is sealed."""

    act: Act
    people: PersonFacts
    text: DocumentText
    english: DocumentText
    """Of the same version."""
    birth_date: date
    today: date


def record_refusal(installation: Installation, told: Told, *, at: datetime) -> Consent:
    """Record that somebody entitled said no; it withdraws what was in force.

    Raises StudentTooYoung, StudentIsAdult.
    """
    settings = installation.settings
    with installation.database.begin() as session:
        earlier = by_signing(session, Consent, told.id)
        if earlier is not None:
            return earlier
        ready = _ready(session, installation, told, WAIVER, at=at)
        check_eligible(told.relationship, ready.birth_date, on=ready.today)
    answer = _answer(installation, told, ready)
    content = waiver_content(
        settings,
        ready.text,
        ready.english,
        ready.act,
        ready.people,
        answer=answer,
        signature=None,
    )
    stored = seal(installation, content, at=at)

    def write(session: Session) -> Consent:
        student_id = current_id(session, told.student_id)
        consent = record_answer(
            session,
            replace(answer, student_id=student_id, document_sha256=stored.sha256),
            due_at=revocation_due(session, settings, student_id, at=at),
            actor=_staff(told),
            details=told.vouched.details,
        )
        if consent.id == answer.id:
            register(session, stored, DocumentKind.DECLINE, at=at)
            add_search_words(session, student_id, told.signer_name)
        return consent

    return record(installation, stored, write, answer.id)


def record_letter(installation: Installation, told: Told, *, at: datetime) -> Revocation:
    """Record a letter that takes everything back; decisions deny from this moment on.

    Raises NothingToRevoke, AlreadyRevoked, NotEntitled.
    """
    settings = installation.settings
    with installation.database.begin() as session:
        earlier = by_signing(session, Revocation, told.id)
        if earlier is not None:
            return earlier
        ready = _ready(session, installation, told, REVOCATION, at=at)
        check_may_revoke(session, told.student_id, told.relationship, on=ready.today)
    content = revocation_content(
        settings,
        ready.text,
        ready.english,
        ready.act,
        ready.people,
        student_id=told.student_id,
        signature=None,
    )
    stored = seal(installation, content, at=at)

    def write(session: Session) -> Revocation:
        student_id = current_id(session, told.student_id)
        letter = RevocationLetter(
            id=ready.act.id,
            student_id=student_id,
            signer_name=told.signer_name,
            relationship=told.relationship,
            contact=None,
            version=ready.text.version,
            language=ready.text.language,
            text_sha256=ready.text.sha256,
            channel=Channel.PAPER,
            signed_at=at,
            signed_on=ready.today,
            due_at=revocation_due(session, settings, student_id, at=at),
            receipt_code=ready.act.receipt_code,
            document_sha256=stored.sha256,
            signing_id=told.id,
        )
        revocation = revoke(session, letter, actor=_staff(told), details=told.vouched.details)
        if revocation.id == letter.id:
            register(session, stored, DocumentKind.REVOCATION, at=at)
            add_search_words(session, student_id, told.signer_name)
        return revocation

    return record(installation, stored, write, ready.act.id)


def _staff(told: Told) -> Actor:
    return Actor(ActorKind.STAFF, told.vouched.staff_id)


def _ready(
    session: Session, installation: Installation, told: Told, document: str, *, at: datetime
) -> _Ready:
    settings = installation.settings
    student = session.get_one(Student, told.student_id)
    language, version = _language(student), current(document)
    return _Ready(
        act=Act(
            id=new_id(),
            at=at,
            receipt_code=new_receipt_code(),
            channel=Channel.PAPER if told.is_letter else Channel.DESK,
            assurance=Assurance.PAPER if told.is_letter else Assurance.IN_PERSON,
            contact=None,
            verified_at=None,
            approval=approved_by(session, version, language),
            witnessed=witnessed_by(session, told.vouched),
        ),
        people=PersonFacts(
            student_name=student.name,
            birth_date=student.birth_date,
            school=student.school.name,
            signer_name=told.signer_name,
            relationship=told.relationship,
        ),
        text=shown_text(settings, document, language, version.version),
        english=shown_text(settings, document, SOURCE_LANGUAGE, version.version),
        birth_date=student.birth_date,
        today=local_date(at, settings.time_zone),
    )


def _language(student: Student) -> str:
    """The family's, so that they can read what was recorded; English where nobody knows it."""
    offered = {language.code for language in offered_languages()}
    return student.language if student.language in offered else SOURCE_LANGUAGE


def _answer(installation: Installation, told: Told, ready: _Ready) -> WaiverAnswer:
    text, act = ready.text, ready.act
    return WaiverAnswer(
        id=act.id,
        student_id=told.student_id,
        birth_date=ready.birth_date,
        signer=Signer(
            name=told.signer_name,
            relationship=told.relationship,
            assurance=Assurance.PAPER if told.is_letter else Assurance.IN_PERSON,
            contact=None,
        ),
        text=SignedText.of(text),
        granted=False,
        channel=act.channel,
        signed_at=act.at,
        signed_on=ready.today,
        valid_until=installation.settings.consent_end_date,
        receipt_code=act.receipt_code,
        document_sha256="",
        signing_id=told.id,
        invitation_id=None,
    )
