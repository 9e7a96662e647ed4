"""Which sharing systems there are."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.db.keys import keyring
from intake.sharing.connectors import CONNECTORS, Connector, InvalidTarget, Target
from intake.sharing.filters import Filters
from intake.sharing.formats import Format
from intake.sharing.model import Destination

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_TOKEN_PREFIX = "intake_pull_"  # noqa: S105  (a scanner for leaked secrets can look for it)


class InvalidDestination(ValueError):
    """It could never be delivered to; the message says what to change, without the secret."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a destination is told, and how, beyond its address."""

    format: Format | None = None
    """Nothing: the first that its kind can carry."""
    options: Mapping[str, Any] = field(default_factory=dict)
    filters: Filters = field(default_factory=Filters)


def add_destination(
    session: Session,
    id: str,
    kind: str,
    url: str,
    secret: str,
    *,
    at: datetime,
    settings: Settings | None = None,
) -> Destination:
    """Register a sharing system; from now on it is told of every consent that comes into force.

    Raises InvalidDestination.
    """
    settings = settings or Settings()
    if not _ID.fullmatch(id):
        raise InvalidDestination("a destination's id is 1 to 64 of a-z, 0-9, - and _")
    if kind not in CONNECTORS:
        raise InvalidDestination(f"kind must be one of: {', '.join(sorted(CONNECTORS))}")
    if session.get(Destination, id) is not None:
        raise InvalidDestination(f"there is a destination {id} already")
    connector = CONNECTORS[kind]
    _check(connector, Target(url, secret, settings.options))
    destination = Destination(
        id=id,
        kind=kind,
        url=url,
        secret=secret,
        format=_format(connector, settings.format),
        options=dict(settings.options),
        filters=settings.filters.stored(),
        active=True,
        created_at=at,
    )
    session.add(destination)
    session.flush()
    return destination


def new_token(session: Session, destination: Destination) -> str:
    """A fresh token to pull with; the one before is void from this commit on."""
    token = _TOKEN_PREFIX + secrets.token_urlsafe(32)
    destination.token_key = _token_key(session, token)
    return token


def revoke_token(destination: Destination) -> None:
    """Let nobody pull for this destination, until there is a new token."""
    destination.token_key = None


def destination_of_token(session: Session, token: str) -> Destination | None:
    """Who pulls with this token."""
    query = select(Destination).where(
        Destination.token_key == _token_key(session, token), Destination.kind == "pull"
    )
    return session.scalars(query).one_or_none()


def target_of(destination: Destination) -> Target:
    """What its connector needs."""
    return Target(
        destination.url, destination.secret, destination.options, destination.previous_secret
    )


def confirmation_secrets(destination: Destination) -> list[str]:
    """What may sign what it sends to us; none where its secret signs nothing."""
    if not CONNECTORS[destination.kind].confirms_signed:
        return []
    return [one for one in (destination.secret, destination.previous_secret) if one]


def change_secret(destination: Destination, secret: str) -> bool:
    """Use this secret from now on; whether the one before still counts until ``end_change``.

    A Standard Webhooks secret is changed on two sides, so both count meanwhile. A password or a
    private key is changed at once. Raises InvalidDestination.
    """
    connector = CONNECTORS[destination.kind]
    _check(connector, Target(destination.url, secret, destination.options))
    if connector.confirms_signed and secret != destination.secret:
        destination.previous_secret = destination.secret
    destination.secret = secret
    return connector.confirms_signed


def end_change(destination: Destination) -> None:
    """From now on the old secret counts no more."""
    destination.previous_secret = None


def change_target(
    destination: Destination, *, url: str | None = None, options: Mapping[str, Any]
) -> None:
    """Another address, or other options beside those it has. Raises InvalidDestination."""
    target = Target(url or destination.url, destination.secret, {**destination.options, **options})
    _check(CONNECTORS[destination.kind], target)
    destination.url, destination.options = target.url, dict(target.options)


def _check(connector: type[Connector], target: Target) -> None:
    try:
        connector.check(target)
    except InvalidTarget as error:
        raise InvalidDestination(str(error)) from None


def _format(connector: type[Connector], wanted: Format | None) -> Format:
    if wanted is None:
        return connector.formats[0]
    if wanted not in connector.formats:
        names = ", ".join(connector.formats)
        raise InvalidDestination(f"a destination of kind {connector.kind} can carry: {names}")
    return wanted


def _token_key(session: Session, token: str) -> str:
    return keyring(session).blind_index("destinations.token", token)
