"""Personal links for families."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.consents import ledger
from intake.consents.errors import AlreadyAnswered, InvitationExpired, InvitationUnknown
from intake.consents.ledger import Actor
from intake.consents.model import Invitation
from intake.consents.states import EventKind
from intake.consents.tokens import invitation_key, new_invitation_token


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
