"""On the 18th birthday the right to consent passes to the student (34 CFR 99.3, 99.5(a)).

What a parent signed ends (consents/timely.py); here the student is invited to answer. Nobody but
the student gets this message: it goes to the student's own contact on the school's record. Whoever
has none is found in the desk's list of waivers that ended this way.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.choices import ContactKind
from intake.config import Settings
from intake.consents.invitations import LINK_LIFETIME, create_invitation, personal_link
from intake.consents.ledger import SYSTEM, LedgerEvent
from intake.consents.model import Consent, Invitation
from intake.messages.configured import available_kinds, quiet_hours
from intake.messages.contacts import Contact
from intake.messages.queue import message_kind, notify
from intake.messages.wording import now_yours_wording
from intake.roster.model import Contact as ContactOnRecord
from intake.roster.model import Student


def invite_student(session: Session, event: LedgerEvent, settings: Settings) -> None:
    """Queue an invitation, in the transaction that ends the parent's consent; once a student."""
    student = session.get_one(Student, event.student_id)
    contact = _own_contact(session, student, available_kinds(settings))
    if contact is None or _is_invited(session, event):
        return
    language = _language(session, event, student)
    token = create_invitation(
        session,
        student_id=student.id,
        language=language,
        by=SYSTEM,
        at=event.at,
        expires_at=event.at + LINK_LIFETIME,
    )
    wording = now_yours_wording(
        message_kind(contact.kind),
        language,
        partnership=settings.partnership,
        link=personal_link(settings.base_url, token, language),
    )
    quiet = quiet_hours(settings)  # the calendar turns at midnight
    notify(session, contact, wording, language=language, at=event.at, quiet=quiet)


def _own_contact(
    session: Session, student: Student, kinds: tuple[ContactKind, ...]
) -> Contact | None:
    query = select(ContactOnRecord).where(
        ContactOnRecord.student_id == student.id, ContactOnRecord.guardian_id.is_(None)
    )
    by_kind = {one.kind: one for one in session.scalars(query.order_by(ContactOnRecord.id))}
    found = next((by_kind[kind] for kind in kinds if kind in by_kind), None)
    return Contact(found.kind, found.value) if found else None


def _is_invited(session: Session, event: LedgerEvent) -> bool:
    """Whether another consent that ended on this birthday has brought an invitation already."""
    birthday = session.get_one(Consent, event.consent_id).rights_transfer_on
    query = (
        select(Invitation.created_at)
        .where(Invitation.student_id == event.student_id)
        .order_by(Invitation.created_at.desc())
    )
    newest = session.scalars(query).first()
    return newest is not None and newest.date() >= birthday


def _language(session: Session, event: LedgerEvent, student: Student) -> str:
    """The family's on the school's record, or the one that was signed in."""
    return student.language or session.get_one(Consent, event.consent_id).language
