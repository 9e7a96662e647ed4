"""Keeping partners: adding, renewing and ending. What has ended stays, with its dates.

A renewal is an addition: the newer agreement or training counts beside the older one, each for
its own days. Ending takes the last day on which it still counts; a day that has passed ends it
at once. Each change goes on the partner's record (history.py) in the same transaction; ``by`` says
who makes it, and without it it is the system's.
"""

import re
from datetime import date, datetime

from sqlalchemy.orm import Session

from forms.text import clean, has_letter
from intake.consents.ledger import SYSTEM
from intake.partners.errors import (
    ContactUnusable,
    EndsBeforeItBegins,
    IdTaken,
    InvalidPartner,
    NameUnusable,
    PartnerUnknown,
)
from intake.partners.history import Editor, added, editing
from intake.partners.ids import checked_id
from intake.partners.model import (
    Agreement,
    Partner,
    PartnerClass,
    PartnerPerson,
    PersonRole,
    SchoolAssignment,
    Training,
)
from intake.roster.model import School

_LONGEST_NAME = 200
_LONGEST_EMAIL = 254
_EMAIL = re.compile(r"[^@\s<>,;:\"\\]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)


def add_partner(
    session: Session,
    partner_id: str,
    name: str,
    partner_class: PartnerClass,
    *,
    at: datetime,
    contact: str | None = None,
    by: Editor | None = None,
) -> Partner:
    """Put an organisation on record; ``contact`` is an email address. Raises InvalidPartner."""
    if session.get(Partner, checked_id(partner_id, "a partner")) is not None:
        raise IdTaken(f"there is a partner {partner_id} already")
    partner = Partner(
        id=partner_id,
        name=_name(name),
        partner_class=PartnerClass(partner_class),
        contact=_email(contact),
        created_at=at,
    )
    added(session, partner, by or Editor(SYSTEM, at))
    return partner


def change_partner(
    session: Session,
    partner_id: str,
    *,
    name: str,
    partner_class: PartnerClass,
    contact: str | None,
    by: Editor | None = None,
) -> Partner:
    """Correct what is on record of an organisation. Raises InvalidPartner, PartnerUnknown."""
    partner = need_partner(session, partner_id)
    cleaned, address = _name(name), _email(contact)
    with editing(session, partner, by):
        partner.name, partner.partner_class = cleaned, PartnerClass(partner_class)
        partner.contact = address
    return partner


def add_person(
    session: Session,
    person_id: str,
    name: str,
    *,
    partner_id: str,
    at: datetime,
    by: Editor | None = None,
) -> PartnerPerson:
    """Put somebody who works for a partner on record. Raises InvalidPartner, PartnerUnknown."""
    if session.get(PartnerPerson, checked_id(person_id, "a person")) is not None:
        raise IdTaken(f"there is a person {person_id} already")
    need_partner(session, partner_id)
    person = PartnerPerson(id=person_id, partner_id=partner_id, name=_name(name), created_at=at)
    added(session, person, by or Editor(SYSTEM, at))
    return person


def sign_agreement(
    session: Session,
    partner_id: str,
    document: str,
    *,
    signed_on: date,
    expires_on: date,
    by: Editor | None = None,
) -> Agreement:
    """Record a signed data confidentiality agreement, the first or a renewal.

    Raises InvalidPartner, PartnerUnknown.
    """
    need_partner(session, partner_id)
    _need_order(signed_on, expires_on)
    agreement = Agreement(
        partner_id=partner_id, document=_name(document), signed_on=signed_on, expires_on=expires_on
    )
    added(session, agreement, by)
    return agreement


def record_training(
    session: Session,
    person_id: str,
    training: str,
    *,
    completed_on: date,
    expires_on: date,
    by: Editor | None = None,
) -> Training:
    """Record a completed training, the first or a renewal.

    Raises InvalidPartner, PartnerUnknown.
    """
    _need_person(session, person_id)
    _need_order(completed_on, expires_on)
    row = Training(
        person_id=person_id,
        training=_name(training),
        completed_on=completed_on,
        expires_on=expires_on,
    )
    added(session, row, by)
    return row


def give_role(
    session: Session,
    person_id: str,
    role: str,
    *,
    starts_on: date,
    ends_on: date | None = None,
    by: Editor | None = None,
) -> PersonRole:
    """Say what a person does. Raises InvalidPartner, PartnerUnknown."""
    _need_person(session, person_id)
    checked_id(role, "a role")
    _need_order(starts_on, ends_on)
    row = PersonRole(person_id=person_id, role=role, starts_on=starts_on, ends_on=ends_on)
    added(session, row, by)
    return row


def assign_school(
    session: Session,
    partner_id: str,
    school_id: str,
    *,
    starts_on: date,
    ends_on: date | None = None,
    person_id: str | None = None,
    by: Editor | None = None,
) -> SchoolAssignment:
    """Say that a partner, or one person of it, works at a school.

    Raises InvalidPartner, PartnerUnknown.
    """
    need_partner(session, partner_id)
    if session.get(School, school_id) is None:
        raise PartnerUnknown("no school has this id")
    if person_id is not None and _need_person(session, person_id).partner_id != partner_id:
        raise InvalidPartner(f"{person_id} does not work for {partner_id}")
    _need_order(starts_on, ends_on)
    row = SchoolAssignment(
        partner_id=partner_id,
        person_id=person_id,
        school_id=school_id,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    added(session, row, by)
    return row


def end_agreement(
    session: Session, agreement_id: str, *, last_day: date, by: Editor | None = None
) -> None:
    """Let an agreement count up to this day; never longer than before. Raises PartnerUnknown."""
    row = session.get(Agreement, agreement_id)
    if row is None:
        raise PartnerUnknown("no agreement has this id")
    with editing(session, row, by):
        row.expires_on = min(row.expires_on, last_day)


def end_training(
    session: Session, training_id: str, *, last_day: date, by: Editor | None = None
) -> None:
    """Let a training count up to this day; never longer than before. Raises PartnerUnknown."""
    row = session.get(Training, training_id)
    if row is None:
        raise PartnerUnknown("no training has this id")
    with editing(session, row, by):
        row.expires_on = min(row.expires_on, last_day)


def end_role(session: Session, role_id: str, *, last_day: date, by: Editor | None = None) -> None:
    """Take a role away after this day. Raises PartnerUnknown."""
    _end(session, session.get(PersonRole, role_id), last_day, by)


def end_assignment(
    session: Session, assignment_id: str, *, last_day: date, by: Editor | None = None
) -> None:
    """End the work at a school after this day. Raises PartnerUnknown."""
    _end(session, session.get(SchoolAssignment, assignment_id), last_day, by)


def need_partner(session: Session, partner_id: str) -> Partner:
    """The partner with this id. Raises PartnerUnknown."""
    partner = session.get(Partner, partner_id)
    if partner is None:
        raise PartnerUnknown(f"there is no partner {partner_id}")
    return partner


def _end(
    session: Session, row: PersonRole | SchoolAssignment | None, last_day: date, by: Editor | None
) -> None:
    if row is None:
        raise PartnerUnknown("no role or assignment has this id")
    with editing(session, row, by):
        row.ends_on = last_day if row.ends_on is None else min(row.ends_on, last_day)


def _need_person(session: Session, person_id: str) -> PartnerPerson:
    person = session.get(PartnerPerson, person_id)
    if person is None:
        raise PartnerUnknown(f"there is no person {person_id}")
    return person


def _need_order(first: date, last: date | None) -> None:
    if last is not None and last < first:
        raise EndsBeforeItBegins(f"it would end ({last}) before it begins ({first})")


def _name(value: str) -> str:
    cleaned = clean(value)
    if not has_letter(cleaned):
        raise NameUnusable("a name needs at least one letter")
    if len(cleaned) > _LONGEST_NAME:
        raise NameUnusable(f"a name has at most {_LONGEST_NAME} characters")
    return cleaned


def _email(value: str | None) -> str | None:
    """None for an empty one: then nobody at the partner is reminded."""
    cleaned = clean(value or "")
    if not cleaned:
        return None
    if len(cleaned) > _LONGEST_EMAIL or not _EMAIL.fullmatch(cleaned):
        raise ContactUnusable("contact must be an email address, such as name@example.org")
    return cleaned
