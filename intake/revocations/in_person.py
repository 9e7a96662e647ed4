"""A revocation signed at the desk, by somebody whose phone or email can't prove who they are.

Staff settle who it is, and open the letter for that person on a tablet, by a link that works once.
From there on it is signed as any other; the ledger has who settled the identity, and how.
"""

import hmac
from datetime import date, datetime

from sqlalchemy.orm import Session

from intake.consents import ledger
from intake.consents.at_desk import PersonAtDesk, settle_person
from intake.consents.errors import InvitationExpired, InvitationUnknown
from intake.consents.model import SigningSession
from intake.consents.revoke import check_may_revoke
from intake.consents.signing_sessions import keep_answers, start_signing
from intake.consents.states import SigningPurpose
from intake.db.keys import keyring
from intake.roster.model import Student

_OPENED = "opened"


def begin_letter_at_desk(
    session: Session,
    student_id: str,
    person: PersonAtDesk,
    *,
    staff_id: str,
    today: date,
    at: datetime,
) -> SigningSession:
    """Open a letter for this person.

    Raises NothingToRevoke, AlreadyRevoked, NotEntitled before anybody signs anything.
    """
    ledger.hold(session)
    check_may_revoke(session, student_id, person.relationship, on=today)
    student = session.get_one(Student, student_id)
    signing = start_signing(session, SigningPurpose.REVOCATION, at=at, student_id=student_id)
    settle_person(session, signing, student, person, staff_id=staff_id, at=at)
    return signing


def letter_token(session: Session, signing: SigningSession) -> str:
    """For a link that opens the letter on another device, once."""
    return f"{signing.id}.{_seal(session, signing.id)}"


def open_at_desk(session: Session, token: str, *, at: datetime) -> SigningSession:
    """The letter behind a link, for the first browser that opens it.

    Raises InvitationUnknown, InvitationExpired (also where it was opened before).
    """
    signing_id, _, seal = token.partition(".")
    if not hmac.compare_digest(_seal(session, signing_id).encode(), seal.encode()):
        raise InvitationUnknown
    signing = session.get(SigningSession, signing_id, with_for_update=True)
    if signing is None or at >= signing.expires_at or signing.answers.get(_OPENED):
        raise InvitationExpired
    keep_answers(signing, {_OPENED: True})
    return signing


def _seal(session: Session, signing_id: str) -> str:
    """What only a link of ours has; addresses of the letter's pages show the id alone."""
    return keyring(session).blind_index("desk-revocation", signing_id)[:32]
