"""To whom staff can give something: open accounts by id, in the order of their names."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.cases import AssignForm
from intake.accounts.model import Staff
from intake.accounts.roles import Access
from intake.accounts.staff import access_of
from intake.web.desk.blueprint import csrf


def open_staff(session: Session) -> dict[str, str]:
    """Names of all open accounts."""
    query = select(Staff.id, Staff.name).where(Staff.disabled_at.is_(None)).order_by(Staff.name)
    return {id: name for id, name in session.execute(query)}  # noqa: C416  (typed so)


def possible_owners(session: Session, can_own: Callable[[Access], bool]) -> dict[str, str]:
    """Names of those of them whose access lets them look after it."""
    query = select(Staff).where(Staff.disabled_at.is_(None)).order_by(Staff.name)
    return {one.id: one.name for one in session.scalars(query) if can_own(access_of(one))}


def assign_form(staff: dict[str, str], formdata: Any = None, **values: Any) -> AssignForm:
    """The choice among them."""
    return AssignForm(formdata, staff=list(staff.items()), **values, **csrf())
