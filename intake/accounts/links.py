"""Links in emails to staff: single use, and they expire; only the token's hash is stored."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from intake.accounts.model import Staff
from intake.accounts.sign_in_model import LinkKind, StaffLink
from intake.db.keys import keyring

LIFETIMES = {
    LinkKind.INVITATION: timedelta(days=7),
    LinkKind.NEW_PASSWORD: timedelta(hours=1),
}


class LinkUnusable(LookupError):
    """The link is none of ours, was used, or has expired."""


def new_link(session: Session, staff: Staff, kind: LinkKind, *, at: datetime) -> str:
    """A new token. Earlier links stay good until one is used: nobody voids another's email."""
    token = secrets.token_urlsafe(32)
    session.add(
        StaffLink(
            staff_id=staff.id,
            kind=kind,
            token_key=_token_key(session, token),
            created_at=at,
            expires_at=at + LIFETIMES[kind],
        )
    )
    session.flush()
    return token


def linked_staff(session: Session, token: str, kind: LinkKind, *, at: datetime) -> Staff:
    """Whose link this is; looking uses nothing up. Raises LinkUnusable."""
    query = (
        select(Staff)
        .join(StaffLink, StaffLink.staff_id == Staff.id)
        .where(
            StaffLink.token_key == _token_key(session, token),
            StaffLink.kind == kind,
            StaffLink.used_at.is_(None),
            StaffLink.expires_at > at,
            Staff.disabled_at.is_(None),
        )
    )
    staff = session.scalars(query).one_or_none()
    if staff is None:
        raise LinkUnusable("the link can't be used")
    return staff


def use_link(session: Session, token: str, kind: LinkKind, *, at: datetime) -> Staff:
    """Use it up, and all of its kind that were sent to the same person. Raises LinkUnusable."""
    used = session.execute(
        update(StaffLink)
        .where(
            StaffLink.token_key == _token_key(session, token),
            StaffLink.kind == kind,
            StaffLink.used_at.is_(None),
            StaffLink.expires_at > at,
        )
        .values(used_at=at)
        .returning(StaffLink.staff_id)
    ).scalar_one_or_none()
    staff = None if used is None else session.get_one(Staff, used)
    if staff is None or staff.disabled_at is not None:
        raise LinkUnusable("the link can't be used")
    end_links(session, staff, kind, at=at)
    return staff


def end_links(session: Session, staff: Staff, kind: LinkKind, *, at: datetime) -> None:
    """Let no link of this kind count any more."""
    session.execute(
        update(StaffLink)
        .where(StaffLink.staff_id == staff.id, StaffLink.kind == kind, StaffLink.used_at.is_(None))
        .values(used_at=at)
    )


def forget_links(session: Session, *, before: datetime) -> None:
    """Delete links that have expired; the worker does it."""
    session.execute(delete(StaffLink).where(StaffLink.expires_at < before))


def _token_key(session: Session, token: str) -> str:
    return keyring(session).blind_index("staff.link", token)
