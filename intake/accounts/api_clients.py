"""Sharing systems that ask: their scopes and reach. Their secrets are in api_tokens.py."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import null
from sqlalchemy.orm import Session

from intake.accounts.model import ApiClient
from intake.db.limits import Limit, Usage, count_attempt

CALLS = Limit("api-calls", 600, timedelta(minutes=1))
"""Calls of one client, unless its own number says otherwise; each can carry 1,000 decisions."""

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


class ApiScope(StrEnum):
    """What a client may do."""

    DECIDE = "decide"
    """Ask for decisions, and read a student's standing consent."""
    DISCLOSE = "disclose"
    """Record disclosures (34 CFR 99.32) together with the decision."""
    LOOKUP = "students:lookup"
    """Find a student, and link one's own identifier to the student."""
    FEED = "feed"
    """Read the events of its destinations."""
    CONFIRM = "confirm"
    """See what its destinations have yet to hide, and confirm that it is hidden."""
    PARTNERS = "partners:read"
    """Read who works for a partner, and where."""


class InvalidApiClient(ValueError):
    """It can't be added; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose students, which partners and destinations are a client's business; None means all.

    What lies outside is answered exactly as what does not exist.
    """

    schools: frozenset[str] | None
    partners: frozenset[str] | None
    destinations: frozenset[str] | None = frozenset()

    def has_school(self, school_id: str) -> bool:
        """Whether students of this school are within reach."""
        return self.schools is None or school_id in self.schools

    def has_partner(self, partner_id: str) -> bool:
        """Whether this partner is within reach."""
        return self.partners is None or partner_id in self.partners

    def has_destination(self, destination_id: str) -> bool:
        """Whether it may read this destination's feed, and confirm for it."""
        return self.destinations is None or destination_id in self.destinations


EVERYTHING = Reach(None, None, None)


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated client."""

    id: str
    scopes: frozenset[ApiScope]
    """The token's: the client's own, or fewer."""
    reach: Reach
    calls_per_minute: int | None = None
    """None: as CALLS says."""


def register_client(
    session: Session,
    client_id: str,
    *,
    scopes: Iterable[ApiScope],
    reach: Reach,
    at: datetime,
    calls_per_minute: int | None = None,
) -> ApiClient:
    """Register a client; it has no secret yet: see api_tokens.py. Raises InvalidApiClient."""
    if not is_client_id(client_id):
        raise InvalidApiClient("a client's id is 1 to 64 of a-z, 0-9, - and _")
    if session.get(ApiClient, client_id) is not None:
        raise InvalidApiClient(f"there is a client {client_id} already")
    chosen = sorted({ApiScope(scope) for scope in scopes})
    if not chosen:
        raise InvalidApiClient("a client needs at least one scope")
    if ApiScope.DISCLOSE in chosen and ApiScope.DECIDE not in chosen:
        raise InvalidApiClient(f"{ApiScope.DISCLOSE} is of no use without {ApiScope.DECIDE}")
    client = ApiClient(
        id=client_id,
        scopes=chosen,
        schools=_listed(reach.schools),
        partners=_listed(reach.partners),
        # A plain None would leave the column out, and its default, no destination, would count.
        destinations=null() if reach.destinations is None else sorted(reach.destinations),
        calls_per_minute=calls_per_minute,
        created_at=at,
        revoked_at=None,
    )
    session.add(client)
    session.flush()
    return client


def is_client_id(text: str) -> bool:
    """Whether it could be a client's id."""
    return _ID.fullmatch(text) is not None


def caller_of(client: ApiClient, granted: Iterable[str] | None = None) -> Caller:
    """The client as one who calls, with all its scopes or with those a token was granted.

    What the client has lost since is lost for the token too.
    """
    own = frozenset(ApiScope(scope) for scope in client.scopes)
    scopes = own if granted is None else own & {ApiScope(scope) for scope in granted}
    reach = Reach(_set(client.schools), _set(client.partners), _set(client.destinations))
    return Caller(client.id, scopes, reach, client.calls_per_minute)


def count_call(session: Session, client: Caller, *, at: datetime) -> Usage:
    """Count one call of the client; what it has left. Raises TooManyAttempts."""
    limit = replace(CALLS, count=client.calls_per_minute or CALLS.count)
    return count_attempt(session, limit, client.id, at=at)


def _listed(ids: frozenset[str] | None) -> list[str] | None:
    return None if ids is None else sorted(ids)


def _set(ids: list[str] | None) -> frozenset[str] | None:
    return None if ids is None else frozenset(ids)
