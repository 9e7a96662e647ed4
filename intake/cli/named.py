"""What an operator names on the command line: who says so, and schools; else one line."""

from sqlalchemy.orm import Session

from intake.accounts.model import Staff
from intake.accounts.staff import StaffUnknown, find_staff
from intake.cli import fail
from intake.roster.schools import SchoolUnknown, named_school


def staff_named(session: Session, email: str) -> Staff:
    """The account of somebody who still works here: nobody else says or owns anything."""
    try:
        staff = find_staff(session, email)
    except StaffUnknown:
        fail(f"there is no staff account {email}: `intake staff list` shows them")
    if staff.disabled_at is not None:
        fail(f"the staff account {email} is disabled")
    return staff


def school_named(session: Session, named: str) -> str:
    """Our id of a school, from either id or its name."""
    try:
        return named_school(session, named).id
    except SchoolUnknown as error:
        fail(str(error))
