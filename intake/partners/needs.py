"""Need to know: which data elements a role needs for a purpose.

The defaults give each role the least with which it can do its work; ``set_needs`` changes them
for a partnership. A role that is neither here nor in the table needs nothing.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from intake.consents.decide import WAIVER, purposes_of
from intake.documents.in_force import current
from intake.partners.errors import InvalidPartner
from intake.partners.history import Editor, record_needs
from intake.partners.ids import checked_id
from intake.partners.model import RoleNeed

Needs = Mapping[str, frozenset[str]]
"""Purpose to elements."""

_PROGRESS = frozenset(
    {
        "courses", "grades", "gpa", "credits_earned", "credits_possible", "test_scores",
        "days_absent", "attendance_rate", "absence_category",
    }
)  # fmt: skip
_ATTENDANCE = frozenset({"days_absent", "attendance_rate", "absence_category"})
_PLACE = frozenset({"schools_attended", "current_grade"})
_PROGRAMS = frozenset({"program_enrollment", "program_attendance"})
_BACKGROUND = frozenset({"english_learner_status", "primary_language"})
_IDENTIFIERS = frozenset({"student_id", "birth_date"})


def _needs(
    *,
    quality: frozenset[str] = frozenset(),
    equity: frozenset[str] = frozenset(),
    place: frozenset[str] = frozenset(),
    support: frozenset[str] = frozenset(),
    programs: frozenset[str] = frozenset(),
) -> Needs:
    """By the purposes that the waiver names."""
    return MappingProxyType(
        {
            "data_quality": quality,
            "equity": equity,
            "access_and_programs": place,
            "academic_support": support,
            "program_strategies": programs,
        }
    )


DEFAULTS: Mapping[str, Needs] = MappingProxyType(
    {
        "tutor": _needs(equity=_BACKGROUND, place=_PLACE, support=_PROGRESS, programs=_PROGRAMS),
        "mentor": _needs(place=_PLACE, support=_ATTENDANCE | {"grades", "gpa"}, programs=_PROGRAMS),
        "program_staff": _needs(place=_PLACE, support=_ATTENDANCE, programs=_PROGRAMS),
        "case_manager": _needs(
            quality=_IDENTIFIERS | {"home_address"},
            equity=_BACKGROUND | {"refugee_status", "country_of_origin", "lunch_status"},
            place=_PLACE,
            support=_PROGRESS | {"absence_reasons"},
            programs=_PROGRAMS | {"volunteer_contact"},
        ),
        "health_provider": _needs(
            quality=_IDENTIFIERS,
            equity=_BACKGROUND,
            place=_PLACE,
            support=_ATTENDANCE | {"absence_reasons"},
        ),
        "data_manager": _needs(quality=_IDENTIFIERS | {"home_address"}, place=_PLACE),
    }
)


def set_needs(
    session: Session,
    role: str,
    purposes: Mapping[str, Sequence[str]],
    *,
    by: Editor | None = None,
) -> None:
    """Say what a role needs to know, in place of whatever was said before.

    Raises InvalidPartner where the waiver knows no such purpose, or names the element for another.
    """
    checked_id(role, "a role")
    known = purposes_of(current(WAIVER).version)
    for purpose, elements in purposes.items():
        if purpose not in known:
            raise InvalidPartner(f"the waiver names no purpose {purpose!r}")
        strange = set(elements) - known[purpose]
        if strange:
            raise InvalidPartner(
                f"the waiver does not name {', '.join(sorted(strange))} for {purpose}"
            )
    before = _said(session, role)
    session.execute(delete(RoleNeed).where(RoleNeed.role == role))
    session.add_all(
        RoleNeed(role=role, purpose=purpose, elements=sorted(elements))
        for purpose, elements in purposes.items()
    )
    session.flush()
    record_needs(session, role, before, _said(session, role), by)


def _said(session: Session, role: str) -> dict[str, list[str]]:
    """What was said of a role, beside its defaults."""
    rows = session.scalars(select(RoleNeed).where(RoleNeed.role == role))
    return {row.purpose: sorted(row.elements) for row in rows}
