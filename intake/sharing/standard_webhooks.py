"""Signatures as in Standard Webhooks 1.0 (standardwebhooks.com), symmetric scheme ``v1``.

``webhook-signature`` holds one or more ``v1,<base64 HMAC-SHA256>`` over
``<webhook-id>.<webhook-timestamp>.<body>``; several, apart by spaces, while a secret is changed.
"""

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

TOLERANCE = timedelta(minutes=5)
"""How far the sender's clock, or the way here, may be off; older messages may be replays."""

ID_HEADER = "webhook-id"
TIMESTAMP_HEADER = "webhook-timestamp"
SIGNATURE_HEADER = "webhook-signature"

_PREFIX = "whsec_"
_VERSION = "v1"
_FEWEST_SECRET_BYTES = 24
_MOST_SECRET_BYTES = 64
_LONGEST_ID = 100
_MOST_SIGNATURES = 10


class InvalidSecret(ValueError):
    """Not ``whsec_`` and the base64 of 24 to 64 bytes. The message never repeats the secret."""


class SignatureInvalid(Exception):
    """The message is not from the holder of the secret, was changed, or is too old."""


class HeaderLookup(Protocol):
    """A request's headers."""

    def get(self, name: str, default: str, /) -> str:
        """The header's value, or ``default``."""
        ...


@dataclass(frozen=True, slots=True)
class Headers:
    """The three headers of a signed message."""

    webhook_id: str
    timestamp: str
    signature: str

    def as_dict(self) -> dict[str, str]:
        """By header name, as a client sends them."""
        return {
            ID_HEADER: self.webhook_id,
            TIMESTAMP_HEADER: self.timestamp,
            SIGNATURE_HEADER: self.signature,
        }


def new_secret() -> str:
    """A fresh secret of 32 random bytes."""
    return _PREFIX + base64.b64encode(os.urandom(32)).decode()


def check_secret(secret: str) -> None:
    """Raise InvalidSecret unless it can be used."""
    _key(secret)


def sign(secrets: Sequence[str], webhook_id: str, body: bytes, *, at: datetime) -> Headers:
    """Headers for one attempt; ``webhook_id`` stays the same over all attempts of a message.

    With several secrets there is one signature for each. Raises InvalidSecret.
    """
    timestamp = str(int(at.timestamp()))
    signatures = (
        f"{_VERSION},{_signature(_key(secret), webhook_id, timestamp, body)}" for secret in secrets
    )
    return Headers(webhook_id, timestamp, " ".join(signatures))


def verify(secrets: Sequence[str], headers: HeaderLookup, body: bytes, *, at: datetime) -> str:
    """The message's ``webhook-id``, once one of its signatures fits one of the secrets.

    ``headers`` must find names whatever their case, as Flask's and httpx's do.
    Raises SignatureInvalid, and InvalidSecret where one of our own secrets is malformed.
    """
    webhook_id = headers.get(ID_HEADER, "")
    timestamp = headers.get(TIMESTAMP_HEADER, "")
    if not webhook_id or len(webhook_id) > _LONGEST_ID or not webhook_id.isascii():
        raise SignatureInvalid(f"{ID_HEADER} is missing or malformed")
    _check_timestamp(timestamp, at)
    given = headers.get(SIGNATURE_HEADER, "").split(" ")[:_MOST_SIGNATURES]
    candidates = [
        signature.encode()
        for version, _, signature in (entry.partition(",") for entry in given)
        if version == _VERSION
    ]
    matches = False
    for secret in secrets:
        expected = _signature(_key(secret), webhook_id, timestamp, body).encode()
        for candidate in candidates:
            # No early end: the time taken must not tell which secret or signature was close.
            matches |= hmac.compare_digest(expected, candidate)
    if not matches:
        raise SignatureInvalid(f"{SIGNATURE_HEADER} does not fit")
    return webhook_id


def _check_timestamp(timestamp: str, at: datetime) -> None:
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 11:
        raise SignatureInvalid(f"{TIMESTAMP_HEADER} is missing or malformed")
    sent = datetime.fromtimestamp(int(timestamp), UTC)
    if abs(at - sent) > TOLERANCE:
        raise SignatureInvalid(f"{TIMESTAMP_HEADER} is more than 5 minutes from now")


def _signature(key: bytes, webhook_id: str, timestamp: str, body: bytes) -> str:
    message = f"{webhook_id}.{timestamp}.".encode() + body
    return base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()


def _key(secret: str) -> bytes:
    if not secret.startswith(_PREFIX):
        raise InvalidSecret(f"a webhook secret starts with {_PREFIX}")
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise InvalidSecret(f"a webhook secret is {_PREFIX} and base64") from None
    if not _FEWEST_SECRET_BYTES <= len(key) <= _MOST_SECRET_BYTES:
        raise InvalidSecret(
            f"a webhook secret has {_FEWEST_SECRET_BYTES} to {_MOST_SECRET_BYTES} bytes"
        )
    return key
