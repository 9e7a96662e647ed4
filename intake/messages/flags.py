"""Numbers and addresses that staff should check: the network, or a person, says they are wrong."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.db.locks import one_at_a_time
from intake.messages.contacts import Contact
from intake.messages.model import ContactFlag, FlagReason
from intake.messages.optouts import key_of


def flag_contact(
    session: Session, contact: Contact, reason: FlagReason, *, code: str, at: datetime
) -> ContactFlag:
    """Show this contact to staff until somebody has settled it; again: counted on the same flag."""
    key = key_of(session, contact)
    one_at_a_time(session, f"flag of {key}")
    flag = session.scalars(
        select(ContactFlag).where(ContactFlag.contact_key == key, ContactFlag.settled_at.is_(None))
    ).first()
    if flag is None:
        flag = ContactFlag(
            contact_key=key,
            contact=contact.stored,
            reason=reason,
            code=code[:40],
            times=0,
            first_at=at,
            last_at=at,
        )
        session.add(flag)
    flag.times += 1
    flag.reason, flag.code = reason, code[:40]
    flag.last_at = max(flag.last_at, at)
    session.flush()
    return flag


def settle_flag(session: Session, flag_id: str, *, by: str, at: datetime) -> None:
    """A person has checked it; a later failure raises a new flag. Again: nothing changes."""
    flag = session.get_one(ContactFlag, flag_id, with_for_update=True)
    if flag.settled_at is None:
        flag.settled_at, flag.settled_by = at, by


def unusable_among(session: Session, keys: Collection[str]) -> set[str]:
    """Which of these blind indexes are of contacts that are not to be tried until staff have
    checked them: nobody's, or somebody else's. One that was only out of reach may be tried again.
    """
    query = select(ContactFlag.contact_key).where(
        ContactFlag.contact_key.in_(keys),
        ContactFlag.settled_at.is_(None),
        ContactFlag.reason != FlagReason.UNREACHABLE,
    )
    return set(session.scalars(query)) if keys else set()
