"""How partners stand today: what is in force, what lapses soon, what has lapsed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.partners.facts import Span
from intake.partners.lapses import lapses
from intake.partners.model import (
    Agreement,
    Partner,
    PartnerPerson,
    PersonRole,
    SchoolAssignment,
    Training,
)
from intake.roster.model import School


class Standing(StrEnum):
    """Whether something with dates counts; the day of a decision alone decides (conditions.py)."""

    CURRENT = "current"
    LAPSES_SOON = "lapses_soon"
    NOT_YET = "not_yet"
    LAPSED = "lapsed"
    MISSING = "missing"
    """Nothing of the kind was ever on record."""


_BEST_FIRST = (Standing.CURRENT, Standing.LAPSES_SOON, Standing.NOT_YET, Standing.LAPSED)


def standing(first: date, last: date | None, *, on: date, soon: int) -> Standing:
    """How it stands on a day; ``soon`` is how many days before its end it is said to lapse."""
    if last is not None and (last < on or last < first):
        return Standing.LAPSED
    if on < first:
        return Standing.NOT_YET
    if last is not None and last <= on + timedelta(days=soon):
        return Standing.LAPSES_SOON
    return Standing.CURRENT


def best(standings: Iterable[Standing]) -> Standing:
    """What counts where any one is enough: any agreement lets a partner in."""
    found = set(standings)
    return next((one for one in _BEST_FIRST if one in found), Standing.MISSING)


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """One partner on the coordinator's list."""

    partner: Partner
    agreement: Standing
    agreement_ends: date | None
    schools: int
    """How many it works at today."""
    lapses: int
    """What ends soon and is not renewed: agreements, trainings, roles, assignments."""


def partner_rows(session: Session, *, on: date, soon: int) -> list[PartnerRow]:
    """Every partner, by name."""
    agreements: dict[str, list[Agreement]] = {}
    for agreement in session.scalars(select(Agreement)):
        agreements.setdefault(agreement.partner_id, []).append(agreement)
    schools: dict[str, set[str]] = {}
    for row in session.scalars(select(SchoolAssignment)):
        if Span(row.starts_on, row.ends_on).covers(on):
            schools.setdefault(row.partner_id, set()).add(row.school_id)
    soon_over: dict[str, int] = {}
    for lapse in lapses(session, on=on, within=soon):
        soon_over[lapse.partner_id] = soon_over.get(lapse.partner_id, 0) + 1
    rows = []
    for partner in session.scalars(select(Partner).order_by(Partner.name, Partner.id)):
        own = agreements.get(partner.id, [])
        rows.append(
            PartnerRow(
                partner,
                best(standing(a.signed_on, a.expires_on, on=on, soon=soon) for a in own),
                max((a.expires_on for a in own), default=None),
                len(schools.get(partner.id, ())),
                soon_over.get(partner.id, 0),
            )
        )
    return rows


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody of the partner, and what they have."""

    person: PartnerPerson
    roles: Sequence[tuple[PersonRole, Standing]]
    trainings: Sequence[tuple[Training, Standing]]


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything on record of one partner; within each part the newest first."""

    partner: Partner
    agreements: Sequence[tuple[Agreement, Standing]]
    people: Sequence[PersonRow]
    assignments: Sequence[tuple[SchoolAssignment, Standing]]
    schools: Mapping[str, str]
    """Every school's name, by id."""

    @property
    def names(self) -> Mapping[str, str]:
        """Of the partner's people, by id."""
        return {row.person.id: row.person.name for row in self.people}


def dossier(session: Session, partner_id: str, *, on: date, soon: int) -> Dossier | None:
    """One partner; nothing where no partner has this id."""
    partner = session.get(Partner, partner_id)
    if partner is None:
        return None

    def how(first: date, last: date | None) -> Standing:
        return standing(first, last, on=on, soon=soon)

    people = session.scalars(
        select(PartnerPerson)
        .where(PartnerPerson.partner_id == partner_id)
        .order_by(PartnerPerson.id)
    ).all()
    ids = [person.id for person in people]
    roles = session.scalars(
        select(PersonRole)
        .where(PersonRole.person_id.in_(ids))
        .order_by(PersonRole.starts_on.desc(), PersonRole.id)
    ).all()
    trainings = session.scalars(
        select(Training)
        .where(Training.person_id.in_(ids))
        .order_by(Training.completed_on.desc(), Training.id)
    ).all()
    agreements = session.scalars(
        select(Agreement)
        .where(Agreement.partner_id == partner_id)
        .order_by(Agreement.signed_on.desc(), Agreement.id)
    )
    assignments = session.scalars(
        select(SchoolAssignment)
        .where(SchoolAssignment.partner_id == partner_id)
        .order_by(SchoolAssignment.starts_on.desc(), SchoolAssignment.id)
    )
    return Dossier(
        partner=partner,
        agreements=[(row, how(row.signed_on, row.expires_on)) for row in agreements],
        people=[
            PersonRow(
                person,
                [(r, how(r.starts_on, r.ends_on)) for r in roles if r.person_id == person.id],
                [(t, how(t.completed_on, t.expires_on)) for t in trainings
                 if t.person_id == person.id],
            )
            for person in people
        ],
        assignments=[(row, how(row.starts_on, row.ends_on)) for row in assignments],
        schools={school.id: school.name for school in session.scalars(select(School))},
    )  # fmt: skip
