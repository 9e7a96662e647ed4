"""Who works for a partner today, and where: ids alone."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from intake.accounts.api_clients import Reach
from intake.partners.model import (
    Agreement,
    Partner,
    PartnerClass,
    PartnerPerson,
    PersonRole,
    SchoolAssignment,
)


class PartnerUnknown(LookupError):
    """No partner has this id, or none within the client's reach."""


@dataclass(frozen=True, slots=True)
class WorkingPerson:
    """Somebody who works for the partner, and in which roles."""

    id: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WorkingPartner:
    """A partner as it is today. ``agreed_until``: the last day of its newest agreement in force."""

    id: str
    name: str
    partner_class: PartnerClass
    agreed_until: date | None
    schools: tuple[str, ...]
    people: tuple[WorkingPerson, ...]


def working_partner(session: Session, partner_id: str, *, reach: Reach, on: date) -> WorkingPartner:
    """The partner, its people's roles and its schools on this day. Raises PartnerUnknown."""
    partner = session.get(Partner, partner_id) if reach.has_partner(partner_id) else None
    if partner is None:
        raise PartnerUnknown
    agreed_until = session.scalar(
        select(func.max(Agreement.expires_on)).where(
            Agreement.partner_id == partner_id,
            Agreement.signed_on <= on,
            Agreement.expires_on >= on,
        )
    )
    return WorkingPartner(
        partner.id,
        partner.name,
        partner.partner_class,
        agreed_until,
        _schools(session, partner_id, reach, on),
        _people(session, partner_id, on),
    )


def _schools(session: Session, partner_id: str, reach: Reach, on: date) -> tuple[str, ...]:
    query = (
        select(SchoolAssignment.school_id)
        .where(
            SchoolAssignment.partner_id == partner_id,
            SchoolAssignment.starts_on <= on,
            or_(SchoolAssignment.ends_on.is_(None), SchoolAssignment.ends_on >= on),
        )
        .distinct()
        .order_by(SchoolAssignment.school_id)
    )
    return tuple(one for one in session.scalars(query) if reach.has_school(one))


def _people(session: Session, partner_id: str, on: date) -> tuple[WorkingPerson, ...]:
    query = (
        select(PartnerPerson.id, PersonRole.role)
        .join(PersonRole, PersonRole.person_id == PartnerPerson.id)
        .where(
            PartnerPerson.partner_id == partner_id,
            PersonRole.starts_on <= on,
            or_(PersonRole.ends_on.is_(None), PersonRole.ends_on >= on),
        )
        .order_by(PartnerPerson.id, PersonRole.role)
    )
    roles: dict[str, list[str]] = {}
    for person_id, role in session.execute(query):
        roles.setdefault(person_id, []).append(role)
    return tuple(WorkingPerson(one, tuple(dict.fromkeys(held))) for one, held in roles.items())
