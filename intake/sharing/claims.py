"""Who delivers what, and how it went: the outbox's part of publishing.

Only the first waiting publication of a student at a destination can be claimed, so nothing
overtakes it, on however many workers. PostgreSQL skips rows that another worker is taking;
SQLite lets one writer at a time in.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, LargeBinary, exists, select, type_coerce, update
from sqlalchemy.orm import Session, aliased

from intake.db.engine import Database
from intake.sharing.connectors import DeliveryFailed
from intake.sharing.events import PublishedType
from intake.sharing.model import Publication, PublicationState

LONGEST_BACKOFF = timedelta(minutes=10)

_MOST_DOUBLINGS = 10
_NO_WAIT = timedelta(0)
_RELEASED = {"claimed_by": None, "claimed_until": None}
_CANCELLED = {"state": PublicationState.CANCELLED, **_RELEASED}


@dataclass(frozen=True, slots=True)
class Lease:
    """Who holds a batch, and until when; together they tell one claim from a later one."""

    worker: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """One publication that nobody else touches until the lease ends."""

    publication_id: str
    destination_id: str
    event_id: str
    sealed_body: bytes = field(repr=False)
    """Still encrypted: one that can't be read must not keep the others from being delivered."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one delivery went; no ``failure`` means that the destination has it."""

    at: datetime
    failure: DeliveryFailed | None = None


def claim(
    database: Database, lease: Lease, *, at: datetime, limit: int, without: set[str]
) -> list[Claim] | None:
    """Take due publications for the length of the lease, at most one for each student.

    ``without`` are destinations to leave alone. Nothing when none is due; an empty list when
    all that were due turned out to be overtaken.
    """
    with database.begin() as session:
        found = session.execute(
            select(
                Publication.id,
                Publication.destination_id,
                Publication.event_id,
                Publication.consent_id,
                Publication.type,
                type_coerce(Publication.body, LargeBinary).label("sealed_body"),
            )
            .where(
                Publication.state == PublicationState.PENDING,
                Publication.next_attempt_at <= at,
                Publication.claimed_until.is_(None) | (Publication.claimed_until <= at),
                Publication.destination_id.not_in(sorted(without)),
                ~_has_earlier_waiting(),
            )
            .order_by(Publication.next_attempt_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        if not found:
            return None
        overtaken = _overtaken(
            session, [(row.id, row.destination_id, row.consent_id, row.type) for row in found]
        )
        claims = [
            Claim(row.id, row.destination_id, row.event_id, row.sealed_body)
            for row in found
            if row.id not in overtaken
        ]
        _change(session, sorted(overtaken), **_CANCELLED)
        _change(
            session,
            [claim.publication_id for claim in claims],
            attempts=Publication.attempts + 1,
            claimed_by=lease.worker,
            claimed_until=lease.until,
        )
        return claims


def settle(
    database: Database,
    lease: Lease,
    claims: Sequence[Claim],
    outcomes: Mapping[str, Outcome],
    *,
    at: datetime,
) -> None:
    """Write down how it went, for what is still ours; of the rest another worker knows better.

    A claim without an outcome was not tried, and is free again.
    """
    ids = [claim.publication_id for claim in claims]
    delivered = [id for id in ids if id in outcomes and outcomes[id].failure is None]
    untried = [id for id in ids if id not in outcomes]
    failures = {id: outcome for id, outcome in outcomes.items() if outcome.failure}
    with database.begin() as session:
        _change(
            session,
            delivered,
            _is_held(lease),
            state=PublicationState.DELIVERED,
            delivered_at=at,
            error=None,
            **_RELEASED,
        )
        _change(session, untried, _is_held(lease), attempts=Publication.attempts - 1, **_RELEASED)
        if failures:
            _settle_failures(session, lease, failures)


def _settle_failures(session: Session, lease: Lease, failures: Mapping[str, Outcome]) -> None:
    ours = session.scalars(
        select(Publication)
        .where(Publication.id.in_(failures), _is_held(lease))
        .order_by(Publication.id)
        .with_for_update()
    ).all()
    overtaken = _overtaken(
        session, [(row.id, row.destination_id, row.consent_id, row.type) for row in ours]
    )
    for row in ours:
        outcome = failures[row.id]
        if outcome.failure is None:
            continue
        row.error = outcome.failure.reason[:200]
        wait = max(_backoff(row.attempts), outcome.failure.retry_after or _NO_WAIT)
        row.next_attempt_at = outcome.at + wait
        row.claimed_by = row.claimed_until = None
        if row.id in overtaken:
            row.state = PublicationState.CANCELLED


def _change(
    session: Session, ids: Sequence[str], *conditions: ColumnElement[bool], **values: object
) -> None:
    """One statement for many rows."""
    if ids:
        session.execute(
            update(Publication)
            .where(Publication.id.in_(ids), *conditions)
            .values(**values)
            .execution_options(synchronize_session=False)
        )


def _is_held(lease: Lease) -> ColumnElement[bool]:
    """Whether the claim is still this lease's: one that ran out may be another worker's by now."""
    return (
        (Publication.state == PublicationState.PENDING)
        & (Publication.claimed_by == lease.worker)
        & (Publication.claimed_until == lease.until)
    )


def _has_earlier_waiting() -> ColumnElement[bool]:
    """Whether the same destination still waits for an earlier event of the same student."""
    earlier = aliased(Publication)
    return exists().where(
        earlier.destination_id == Publication.destination_id,
        earlier.student_id == Publication.student_id,
        earlier.state == PublicationState.PENDING,
        earlier.sequence < Publication.sequence,
    )


def _overtaken(
    session: Session, publications: Sequence[tuple[str, str, str | None, str]]
) -> set[str]:
    """Grants whose consent has ended since: names must not travel (again).

    ``publications``: id, destination, consent and type of each.
    """
    grants = {
        (destination_id, consent_id): id
        for id, destination_id, consent_id, kind in publications
        if kind == PublishedType.GIVEN
    }
    if not grants:
        return set()
    endings = select(Publication.destination_id, Publication.consent_id).where(
        Publication.consent_id.in_([consent_id for _, consent_id in grants]),
        Publication.type != PublishedType.GIVEN,
    )
    ended = {(destination, consent) for destination, consent in session.execute(endings)}
    return {id for key, id in grants.items() if key in ended}


def _backoff(attempt: int) -> timedelta:
    """1, 2, 4 … seconds, at most ten minutes, up to a quarter less by chance: what failed
    together must not come back together."""
    doublings = min(attempt - 1, _MOST_DOUBLINGS)
    return min(timedelta(seconds=2**doublings), LONGEST_BACKOFF) * random.uniform(0.75, 1)
