"""``GET /api/v1/partners``: the public list of partners by school that the programme promises."""

from dataclasses import dataclass

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue

from intake.clock import local_date, now
from intake.installation import Installation
from intake.partners.lapses import partners_by_school
from intake.partners.model import PartnerClass
from intake.web.api.problems import answers_with_problems
from intake.web.api.shapes import written

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
    return jsonify(written(PublicPartners(schools)))
