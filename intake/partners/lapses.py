"""What lapses soon, and who the partners are at each school."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from intake.partners.model import (
    Agreement,
    Partner,
    PartnerPerson,
    PersonRole,
    SchoolAssignment,
    Training,
)
from intake.roster.model import School


class LapseKind(StrEnum):
    """What runs out."""

    AGREEMENT = "agreement"
    TRAINING = "training"
    ROLE = "role"
    ASSIGNMENT = "assignment"


@dataclass(frozen=True, slots=True)
class Lapse:
    """Something that counts today and whose last day is near; ids only."""

    kind: LapseKind
    last_day: date
    partner_id: str
    person_id: str | None
    what: str
    """The document, the training, the role or the school's id."""


def lapses(session: Session, *, on: date, within: int) -> list[Lapse]:
    """What counts on this day and not after ``within`` days more, the nearest first.

    What has been renewed already does not lapse.
    """
    until = on + timedelta(days=within)
    found = [
        *_agreements(session, on, until),
        *_trainings(session, on, until),
        *_roles(session, on, until),
        *_assignments(session, on, until),
    ]
    return sorted(found, key=lambda one: (one.last_day, one.kind, one.partner_id, one.what))


def _agreements(session: Session, on: date, until: date) -> list[Lapse]:
    """Any agreement lets a partner in, so its last one is what matters."""
    query = (
        select(Agreement.partner_id, func.max(Agreement.expires_on), func.max(Agreement.document))
        .where(Agreement.signed_on <= until, Agreement.expires_on >= on)
        .group_by(Agreement.partner_id)
        .having(func.max(Agreement.expires_on) <= until)
    )
    return [
        Lapse(LapseKind.AGREEMENT, last, partner, None, document)
        for partner, last, document in session.execute(query)
    ]


def _trainings(session: Session, on: date, until: date) -> list[Lapse]:
    query = (
        select(
            PartnerPerson.partner_id,
            PartnerPerson.id,
            func.max(Training.expires_on),
            func.max(Training.training),
        )
        .join(Training, Training.person_id == PartnerPerson.id)
        .where(Training.completed_on <= until, Training.expires_on >= on)
        .group_by(PartnerPerson.partner_id, PartnerPerson.id)
        .having(func.max(Training.expires_on) <= until)
    )
    return [
        Lapse(LapseKind.TRAINING, last, partner, person, training)
        for partner, person, last, training in session.execute(query)
    ]


def _roles(session: Session, on: date, until: date) -> list[Lapse]:
    last = func.max(func.coalesce(PersonRole.ends_on, date.max))
    query = (
        select(PartnerPerson.partner_id, PartnerPerson.id, func.max(PersonRole.ends_on))
        .add_columns(PersonRole.role)
        .join(PersonRole, PersonRole.person_id == PartnerPerson.id)
        .where(PersonRole.starts_on <= until, func.coalesce(PersonRole.ends_on, date.max) >= on)
        .group_by(PartnerPerson.partner_id, PartnerPerson.id, PersonRole.role)
        .having(last <= until)
    )
    return [
        Lapse(LapseKind.ROLE, last_day, partner, person, role)
        for partner, person, last_day, role in session.execute(query)
    ]


def _assignments(session: Session, on: date, until: date) -> list[Lapse]:
    ends = func.coalesce(SchoolAssignment.ends_on, date.max)
    query = (
        select(
            SchoolAssignment.partner_id,
            SchoolAssignment.person_id,
            SchoolAssignment.school_id,
            func.max(SchoolAssignment.ends_on),
        )
        .where(SchoolAssignment.starts_on <= until, ends >= on)
        .group_by(
            SchoolAssignment.partner_id, SchoolAssignment.person_id, SchoolAssignment.school_id
        )
        .having(func.max(ends) <= until)
    )
    return [
        Lapse(LapseKind.ASSIGNMENT, last_day, partner, person, school)
        for partner, person, school, last_day in session.execute(query)
        if last_day is not None
    ]


@dataclass(frozen=True, slots=True)
class SchoolPartners:
    """Who may work with students' records at a school."""

    school_id: str
    school: str
    partners: tuple[Partner, ...]


def partners_by_school(session: Session, *, on: date) -> Sequence[SchoolPartners]:
    """The public list that the programme promises: each school, and its partners on this day.

    A partner is listed while it has an agreement in force and works at the school.
    """
    ends = func.coalesce(SchoolAssignment.ends_on, date.max)
    has_agreement = exists().where(
        Agreement.partner_id == Partner.id, Agreement.signed_on <= on, Agreement.expires_on >= on
    )
    query = (
        select(SchoolAssignment.school_id, Partner)
        .join(Partner, Partner.id == SchoolAssignment.partner_id)
        .where(SchoolAssignment.starts_on <= on, ends >= on, has_agreement)
        .distinct()
        .order_by(Partner.name, Partner.id)
    )
    by_school: dict[str, SchoolPartners] = {
        school.id: SchoolPartners(school.id, school.name, ())
        for school in session.scalars(select(School).order_by(School.name, School.id))
    }
    for school_id, partner in session.execute(query):
        found = by_school[school_id]
        by_school[school_id] = replace(found, partners=(*found.partners, partner))
    return tuple(by_school.values())
