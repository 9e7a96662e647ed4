"""The public list of partners by school, which the programme promises; no person is named."""

from collections.abc import Sequence

from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from intake.documents.texts import WAIVER, shown_text
from intake.partners.lapses import SchoolPartners, partners_by_school
from intake.partners.model import PartnerClass
from intake.web.family.blueprint import blueprint, installation, page, page_code
from intake.web.family.reading import is_draft
from intake.web.family.visit import today

MOST_LISTED = 200
"""Lines on one page; beyond them each school's partners are on the school's own page."""

_CLASS_BLOCKS = {
    PartnerClass.COMMUNITY: "partners_community",
    PartnerClass.GOVERNMENT: "partners_government",
    PartnerClass.HEALTH: "partners_health",
}
"""Where the waiver describes each class."""
_MAY_RECEIVE = (
    "conditions_heading", "conditions_intro", "condition_permission", "condition_agreement",
    "condition_community", "condition_need", "elements_heading", "elements_intro", "elements",
    "purpose_heading", "purpose",
)  # fmt: skip
"""What of the waiver says who may receive what, and why."""


@blueprint.get("/<language>/partners", strict_slashes=False)
def partners() -> ResponseReturnValue:
    """Every school, and who works there."""
    schools = _schools()
    lines = sum(1 + len(school.partners) for school in schools)
    return _partners(schools, is_short=lines <= MOST_LISTED)


@blueprint.get("/<language>/partners/<school_id>")
def partners_at(school_id: str) -> ResponseReturnValue:
    """One school, and who works there."""
    schools = [school for school in _schools() if school.school_id == school_id]
    if not schools:
        raise NotFound
    return _partners(schools, is_short=True)


def _schools() -> Sequence[SchoolPartners]:
    with installation().database.read() as session:
        return partners_by_school(session, on=today())


def _partners(schools: Sequence[SchoolPartners], *, is_short: bool) -> ResponseReturnValue:
    settings = installation().settings
    text = shown_text(settings, WAIVER, page_code())
    english = shown_text(settings, WAIVER, "en")
    return page(
        "partners.html",
        schools=schools,
        is_short=is_short,
        text=text,
        english=english,
        draft=is_draft(WAIVER),
        labels={kind.id: kind.label for kind in text.partner_classes},
        described=tuple(_CLASS_BLOCKS.values()),
        may_receive=_MAY_RECEIVE,
    )
