"""The demonstration's partners: one in order, one that lapses soon, one that has lapsed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.partners.model import Partner, PartnerClass
from intake.partners.registry import (
    add_partner,
    add_person,
    assign_school,
    give_role,
    record_training,
    sign_agreement,
)
from intake.roster.model import School

SIGNED_AGO = timedelta(days=300)


@dataclass(frozen=True, slots=True)
class SamplePartner:
    """An organisation, one person of it, and how long its agreement still counts."""

    id: str
    name: str
    partner_class: PartnerClass
    person_id: str
    person: str
    role: str
    school: str
    """By its external id."""
    days_left: int


PARTNERS = (
    SamplePartner("tutors-west", "Tutors West", PartnerClass.COMMUNITY, "ana", "Ana Ortiz",
                  "tutor", "riverside", 400),
    SamplePartner("westside-clinic", "Westside Clinic", PartnerClass.HEALTH, "lee", "Jordan Lee",
                  "health_provider", "riverside", 20),
    SamplePartner("youth-services", "County Youth Services", PartnerClass.GOVERNMENT, "sam",
                  "Sam Taylor", "case_manager", "westview", -5),
)  # fmt: skip


def add_sample_partners(session: Session, *, at: datetime) -> None:
    """Put the partners on record, once; after the schools."""
    if session.scalars(select(Partner.id).limit(1)).first() is not None:
        return
    today, since = at.date(), at.date() - SIGNED_AGO
    schools = {school.external_id: school.id for school in session.scalars(select(School))}
    for one in PARTNERS:
        add_partner(
            session, one.id, one.name, one.partner_class, at=at,
            contact=f"office@{one.id}.example.org",
        )  # fmt: skip
        sign_agreement(
            session, one.id, "Data Privacy Terms",
            signed_on=since, expires_on=today + timedelta(days=one.days_left),
        )  # fmt: skip
        add_person(session, one.person_id, one.person, partner_id=one.id, at=at)
        give_role(session, one.person_id, one.role, starts_on=since)
        record_training(
            session, one.person_id, "FERPA basics",
            completed_on=since, expires_on=today + timedelta(days=200),
        )  # fmt: skip
        assign_school(session, one.id, schools[one.school], starts_on=since)
