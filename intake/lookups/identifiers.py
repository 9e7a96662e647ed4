"""Sharing systems' own identifiers: linked to a student with certainty, or by a person.

A decision follows the link, so each link is on the ledger.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accounts.api_clients import Caller
from intake.accounts.model import ApiClient
from intake.consents import ledger
from intake.consents.ledger import Actor
from intake.consents.states import ActorKind, EventKind
from intake.db.keys import keyring
from intake.lookups.model import LinkBasis, Match, StudentIdentifier, StudentLookup
from intake.roster.model import Student

LOOKED_UP_WITHIN = timedelta(hours=24)
"""How long a certain match lets a client link its identifier."""


class NotLookedUp(LookupError):
    """The client has not found this student for certain, lately; or there is no such student."""


class IdentifierTaken(ValueError):
    """The identifier stands for another student, or the student has another one."""


class NotLinked(LookupError):
    """The client has no identifier for this student."""


def students_of(session: Session, caller: Caller, identifiers: Collection[str]) -> dict[str, str]:
    """Our ids for a client's identifiers, within its reach; what is not linked is left out."""
    keys = {_key(session, caller.id, one): one for one in identifiers}
    if not keys:
        return {}
    query = (
        select(StudentIdentifier.identifier_key, Student.id, Student.school_id)
        .join(Student, Student.id == StudentIdentifier.student_id)
        .where(
            StudentIdentifier.client_id == caller.id,
            StudentIdentifier.identifier_key.in_(sorted(keys)),
        )
    )
    return {
        keys[key]: student_id
        for key, student_id, school_id in session.execute(query)
        if caller.reach.has_school(school_id)
    }


def link(
    session: Session, caller: Caller, student_id: str, identifier: str, *, at: datetime
) -> bool:
    """Let a client's identifier stand for a student whom it has looked up; False: it did already.

    Raises NotLookedUp, IdentifierTaken.
    """
    ledger.hold(session)
    if not _may_link(session, caller, student_id, at=at):
        raise NotLookedUp
    return _link(
        session,
        caller.id,
        student_id,
        identifier,
        basis=LinkBasis.LOOKUP,
        actor=Actor(ActorKind.API_CLIENT, caller.id),
        at=at,
    )


def link_by_staff(
    session: Session, client_id: str, student_id: str, identifier: str, *, by: str, at: datetime
) -> bool:
    """The same on a person's word, who has looked at both records. ``by``: the staff's id.

    Raises NotLookedUp where there is no such client or student, IdentifierTaken.
    """
    ledger.hold(session)
    if session.get(ApiClient, client_id) is None or session.get(Student, student_id) is None:
        raise NotLookedUp
    return _link(
        session,
        client_id,
        student_id,
        identifier,
        basis=LinkBasis.STAFF,
        actor=Actor(ActorKind.STAFF, by),
        at=at,
    )


def unlink(session: Session, caller: Caller, student_id: str, *, at: datetime) -> None:
    """Let a client's identifier for this student stand for nobody. Raises NotLinked."""
    ledger.hold(session)
    query = select(StudentIdentifier).where(
        StudentIdentifier.client_id == caller.id, StudentIdentifier.student_id == student_id
    )
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotLinked
    session.delete(found)
    session.flush()
    _record(
        session,
        EventKind.IDENTIFIER_UNLINKED,
        found,
        actor=Actor(ActorKind.API_CLIENT, caller.id),
        at=at,
    )


def _may_link(session: Session, caller: Caller, student_id: str, *, at: datetime) -> bool:
    """A link that is there already may be said again, without another lookup."""
    student = session.get(Student, student_id)
    if student is None or not caller.reach.has_school(student.school_id):
        return False
    looked_up = select(StudentLookup.id).where(
        StudentLookup.client_id == caller.id,
        StudentLookup.student_id == student_id,
        StudentLookup.match == Match.CERTAIN,
        StudentLookup.at > at - LOOKED_UP_WITHIN,
    )
    linked = select(StudentIdentifier.student_id).where(
        StudentIdentifier.client_id == caller.id, StudentIdentifier.student_id == student_id
    )
    return any(session.scalars(query.limit(1)).first() for query in (looked_up, linked))


def _link(
    session: Session,
    client_id: str,
    student_id: str,
    identifier: str,
    *,
    basis: LinkBasis,
    actor: Actor,
    at: datetime,
) -> bool:
    key = _key(session, client_id, identifier)
    query = select(StudentIdentifier).where(
        StudentIdentifier.client_id == client_id,
        (StudentIdentifier.identifier_key == key) | (StudentIdentifier.student_id == student_id),
    )
    there = session.scalars(query).all()
    if any(one.identifier_key != key or one.student_id != student_id for one in there):
        raise IdentifierTaken
    if there:
        return False
    linked = StudentIdentifier(
        client_id=client_id,
        identifier_key=key,
        student_id=student_id,
        basis=basis,
        linked_at=at,
    )
    session.add(linked)
    session.flush()
    _record(session, EventKind.IDENTIFIER_LINKED, linked, actor=actor, at=at)
    return True


def _record(
    session: Session, kind: EventKind, linked: StudentIdentifier, *, actor: Actor, at: datetime
) -> None:
    ledger.record(
        session,
        kind,
        at=at,
        actor=actor,
        student_id=linked.student_id,
        data={
            "client": linked.client_id,
            "identifier_key": linked.identifier_key,
            "basis": linked.basis.value,
        },
    )


def _key(session: Session, client_id: str, identifier: str) -> str:
    return keyring(session).blind_index("student.identifier", f"{client_id}|{identifier}")
