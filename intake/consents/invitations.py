"""Personal links for families."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.consents import ledger
from intake.consents.errors import AlreadyAnswered, InvitationExpired, InvitationUnknown
from intake.consents.ledger import Actor, NewEvent
from intake.consents.model import Invitation
from intake.consents.states import EventKind
from intake.consents.tokens import invitation_key, new_invitation_token

LINK_LIFETIME = timedelta(days=60)
"""Long enough for a letter that waits on a kitchen table; each link answers once anyway."""


def create_invitation(
    session: Session,
    *,
    student_id: str,
    language: str | None,
    by: Actor,
    at: datetime,
    expires_at: datetime,
) -> str:
    """Invite the family of a student; returns the link's token, which is not stored."""
    token = new_invitation_token()
    invitation = Invitation(
        token_key=invitation_key(session, token),
        student_id=student_id,
        language=language,
        created_at=at,
        expires_at=expires_at,
    )
    session.add(invitation)
    session.flush()
    ledger.record(
        session,
        EventKind.INVITED,
        at=at,
        actor=by,
        student_id=student_id,
        data={"invitation": invitation.id, "language": language},
    )
    return token


@dataclass(frozen=True, slots=True)
class Invited:
    """Whose family gets a link, and in which language it opens."""

    student_id: str
    language: str | None


@dataclass(frozen=True, slots=True)
class PersonalLink:
    """A new invitation; its token is not stored."""

    id: str
    token: str = field(repr=False)


def create_invitations(
    session: Session,
    invited: Sequence[Invited],
    *,
    by: Actor,
    at: datetime,
    expires_at: datetime,
    campaign_id: str,
    tokens: Sequence[str] | None = None,
) -> list[PersonalLink]:
    """As ``create_invitation`` for many at once, in their order: a campaign's links.

    ``tokens``: made before, of ``new_invitation_token``, where they stand on paper already.
    """
    if not invited:
        return []
    tokens = tokens or [new_invitation_token() for _ in invited]
    invitations = [
        Invitation(
            token_key=invitation_key(session, token),
            student_id=one.student_id,
            language=one.language,
            created_at=at,
            expires_at=expires_at,
        )
        for one, token in zip(invited, tokens, strict=True)
    ]
    session.add_all(invitations)
    session.flush()
    entries = [
        NewEvent(
            EventKind.INVITED,
            at,
            by,
            one.student_id,
            data={"invitation": one.id, "language": one.language, "campaign": campaign_id},
        )
        for one in invitations
    ]
    ledger.record_all(session, entries)
    return [PersonalLink(one.id, token) for one, token in zip(invitations, tokens, strict=True)]


def personal_link(base_url: str, token: str, code: str | None) -> str:
    """A link's address: in a language, or without one where the family chooses.

    It names nobody, and shows nothing until a code has proven who reads it.
    """
    return f"{base_url}/{code}/i/{token}" if code else f"{base_url}/i/{token}"


def open_invitation(session: Session, token: str, *, at: datetime) -> Invitation:
    """The invitation of a link.

    Raises InvitationUnknown, InvitationExpired, AlreadyAnswered.
    """
    query = select(Invitation).where(Invitation.token_key == invitation_key(session, token))
    invitation = session.scalars(query).one_or_none()
    if invitation is None:
        raise InvitationUnknown
    if invitation.answered_by_id is not None:
        raise AlreadyAnswered(invitation.answered_by_id)
    if at >= invitation.expires_at:
        raise InvitationExpired
    return invitation
