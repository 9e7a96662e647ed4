"""What we have asked and wait an answer to: kept here, because a cookie can be played again."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from intake.accounts.sign_in_model import ChallengePurpose, StaffChallenge
from intake.db.keys import keyring

LIFETIME = timedelta(minutes=10)


class ChallengeGone(LookupError):
    """It was answered already, has expired, or was never asked."""


def ask(
    session: Session, purpose: ChallengePurpose, data: Mapping[str, Any], *, at: datetime
) -> str:
    """Keep what was asked; returns the token for the browser's session."""
    token = secrets.token_urlsafe(32)
    session.add(
        StaffChallenge(
            key=_key(session, token), purpose=purpose, data=dict(data), expires_at=at + LIFETIME
        )
    )
    session.flush()
    return token


def look(
    session: Session, purpose: ChallengePurpose, token: str, *, at: datetime
) -> dict[str, Any]:
    """What was asked; it stays. Raises ChallengeGone."""
    query = select(StaffChallenge.data).where(
        StaffChallenge.key == _key(session, token),
        StaffChallenge.purpose == purpose,
        StaffChallenge.expires_at > at,
    )
    data: dict[str, Any] | None = session.scalars(query).one_or_none()
    if data is None:
        raise ChallengeGone("nothing waits for this answer")
    return data


def take(
    session: Session, purpose: ChallengePurpose, token: str, *, at: datetime
) -> dict[str, Any]:
    """What was asked; it counts once. Raises ChallengeGone."""
    data = look(session, purpose, token, at=at)
    deleted = session.execute(
        delete(StaffChallenge)
        .where(StaffChallenge.key == _key(session, token))
        .returning(StaffChallenge.key)
    ).scalar_one_or_none()
    if deleted is None:  # another request with the same answer was quicker
        raise ChallengeGone("nothing waits for this answer")
    return data


def forget_challenges(session: Session, *, before: datetime) -> None:
    """Delete what has expired; the worker does it."""
    session.execute(delete(StaffChallenge).where(StaffChallenge.expires_at < before))


def _key(session: Session, token: str) -> str:
    return keyring(session).blind_index("staff.challenge", token)
