"""Schools by name: those within somebody's reach, and one by what an operator calls it."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from intake.roster.model import School
from intake.roster.scope import EVERY_SCHOOL, SchoolScope


class SchoolUnknown(LookupError):
    """No school, or several; the message is one line that names the fix."""


def schools_within(session: Session, scope: SchoolScope = EVERY_SCHOOL) -> list[School]:
    """The schools of a scope, in the order of their names."""
    query = select(School).where(scope.condition(School.id)).order_by(School.name, School.id)
    return list(session.scalars(query))


def named_school(session: Session, named: str) -> School:
    """The school with our id, the roster's id, or the exact name where only one has it.

    Raises SchoolUnknown.
    """
    query = select(School).where(
        or_(School.id == named, School.external_id == named, School.name == named)
    )
    found = session.scalars(query.limit(2)).all()
    if not found:
        raise SchoolUnknown(f"there is no school {named!r}: `intake partners list` shows them")
    if len(found) > 1:
        raise SchoolUnknown(f"{named!r} is the name of several schools: use an id")
    return found[0]
