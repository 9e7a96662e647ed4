"""Which sharing systems there are."""

import re
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from intake.sharing.connectors import CONNECTORS
from intake.sharing.model import Destination
from intake.sharing.standard_webhooks import InvalidSecret, check_secret

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


class InvalidDestination(ValueError):
    """It could never be delivered to; the message says what to change, without the secret."""


def add_destination(
    session: Session, id: str, kind: str, url: str, secret: str, *, at: datetime
) -> Destination:
    """Register a sharing system; from now on it is told of every consent that comes into force.

    Raises InvalidDestination.
    """
    if not _ID.fullmatch(id):
        raise InvalidDestination("a destination's id is 1 to 64 of a-z, 0-9, - and _")
    if kind not in CONNECTORS:
        raise InvalidDestination(f"kind must be one of: {', '.join(sorted(CONNECTORS))}")
    if session.get(Destination, id) is not None:
        raise InvalidDestination(f"there is a destination {id} already")
    _check_url(url)
    try:
        check_secret(secret)
    except InvalidSecret as error:
        raise InvalidDestination(str(error)) from None
    destination = Destination(id=id, kind=kind, url=url, secret=secret, active=True, created_at=at)
    session.add(destination)
    session.flush()
    return destination


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise InvalidDestination("the address is not a URL") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise InvalidDestination("the address must be https://host/path")
    if parts.username or parts.password or parts.fragment:
        raise InvalidDestination("the address must not hold a user, a password or a #fragment")
    if parts.scheme == "http" and host not in _THIS_MACHINE:
        raise InvalidDestination("the address must be https:// except on this machine itself")
