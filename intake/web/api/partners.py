"""Who the partners are: the public list, and one partner for a client that may read it."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue

from intake.accounts.api_clients import ApiScope
from intake.clock import local_date, now
from intake.installation import Installation
from intake.lookups.partners import PartnerUnknown, WorkingPartner, working_partner
from intake.partners.lapses import partners_by_school
from intake.partners.model import PartnerClass
from intake.web.api.authentication import authenticated
from intake.web.api.caching import conditional
from intake.web.api.problems import ApiProblem, answers_with_problems
from intake.web.api.shapes import Says, written

PARTNER_ID = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"

blueprint = Blueprint("partners_api", __name__, url_prefix="/api/v1")
answers_with_problems(blueprint)


@dataclass(frozen=True, slots=True)
class PublicPartner:
    """An organisation that works at the school and has a signed agreement in force."""

    id: str
    name: str
    partner_class: PartnerClass


@dataclass(frozen=True, slots=True)
class PublicSchool:
    """A school, and who may be told about its students whose families have agreed."""

    id: str
    name: str
    partners: tuple[PublicPartner, ...]


@dataclass(frozen=True, slots=True)
class PublicPartners:
    """Every school of the partnership."""

    schools: tuple[PublicSchool, ...]


@dataclass(frozen=True, slots=True)
class PartnerPersonAnswer:
    """Somebody who works for the partner today; the id is what decisions ask for."""

    id: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PartnerAnswer:
    """A partner as it is today."""

    id: str
    name: str
    partner_class: PartnerClass
    agreed_until: Annotated[
        date | None, Says("The last day of its agreement; null: none is in force.")
    ]
    schools: Annotated[tuple[str, ...], Says("Ids of the schools where it works, within reach.")]
    people: tuple[PartnerPersonAnswer, ...]


@blueprint.get("/partners")
def partners() -> ResponseReturnValue:
    """Who works where today; for everybody, without a token."""
    found: Installation = current_app.extensions["intake"]
    today = local_date(now(), found.settings.time_zone)
    with found.database.read() as session:
        schools = tuple(
            PublicSchool(
                one.school_id,
                one.school,
                tuple(PublicPartner(p.id, p.name, p.partner_class) for p in one.partners),
            )
            for one in partners_by_school(session, on=today)
        )
    return conditional(jsonify(written(PublicPartners(schools))), public=True)


@blueprint.get("/partners/<partner>")
def one_partner(partner: str) -> ResponseReturnValue:
    """Who works for a partner today, and where; ids of people alone."""
    found: Installation = current_app.extensions["intake"]
    at = now()
    client = authenticated(found.database, ApiScope.PARTNERS, at=at)
    unknown = ApiProblem(404, "Unknown partner", "no partner has this id")
    if not re.fullmatch(PARTNER_ID, partner):
        raise unknown
    today = local_date(at, found.settings.time_zone)
    with found.database.read() as session:
        try:
            told = working_partner(session, partner, reach=client.reach, on=today)
        except PartnerUnknown:
            raise unknown from None
    return conditional(jsonify(written(_answer(told))))


def _answer(told: WorkingPartner) -> PartnerAnswer:
    return PartnerAnswer(
        told.id,
        told.name,
        told.partner_class,
        told.agreed_until,
        told.schools,
        tuple(PartnerPersonAnswer(one.id, one.roles) for one in told.people),
    )
