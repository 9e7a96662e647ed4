"""A revocation signed at the desk, by somebody whose phone or email can't prove who they are.

Staff settle who it is, and open the letter for that person on a tablet, by a link that works once.
From there on it is signed as any other; the ledger has who settled the identity, and how.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from forms.choices import Relationship
from intake.consents import ledger
from intake.consents.confirm import ConfirmationMethod
from intake.consents.errors import InvitationExpired, InvitationUnknown
from intake.consents.ledger import Actor
from intake.consents.model import SigningSession
from intake.consents.revoke import check_may_revoke
from intake.consents.signing_sessions import keep_answers, start_signing
from intake.consents.states import ActorKind, EventKind, SigningPurpose
from intake.db.keys import keyring
from intake.roster.model import Student

LIFETIME = timedelta(hours=1)
"""The person stands at the desk; after that the tablet knows nothing of them any more."""
METHODS = (ConfirmationMethod.SAW_IDENTITY_DOCUMENT, ConfirmationMethod.KNOWS_THE_PERSON)
"""How staff can know somebody who stands before them."""
_DESK = "at_desk"
_OPENED = "opened"


@dataclass(frozen=True, slots=True)
class PersonAtDesk:
    """Who wants to take permission back, as staff have settled it."""

    name: str
    relationship: Relationship
    method: ConfirmationMethod


def begin_at_desk(
    session: Session,
    student_id: str,
    person: PersonAtDesk,
    *,
    staff_id: str,
    today: date,
    at: datetime,
) -> str:
    """Open a letter for this person; the token of the link to it.

    Raises NothingToRevoke, AlreadyRevoked, NotEntitled before anybody signs anything.
    """
    ledger.hold(session)
    check_may_revoke(session, student_id, person.relationship, on=today)
    student = session.get_one(Student, student_id)
    signing = start_signing(session, SigningPurpose.REVOCATION, at=at, student_id=student_id)
    signing.expires_at = at + LIFETIME
    answers = {
        _DESK: True,
        "student_name": student.name,
        "birth_date": student.birth_date.isoformat(),
        "school_id": student.school_id,
        "school_name": student.school.name,
        "signer_name": person.name,
        "relationship": person.relationship.value,
    }
    keep_answers(signing, answers)
    ledger.record(
        session,
        EventKind.IDENTITY_CHECKED,
        at=at,
        actor=Actor(ActorKind.STAFF, staff_id),
        student_id=student_id,
        data={
            "signing": signing.id,
            "method": person.method.value,
            "relationship": person.relationship.value,
        },
    )
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


def is_at_desk(answers: Mapping[str, Any]) -> bool:
    """Whether staff settled who signs here."""
    return bool(answers.get(_DESK))


def _seal(session: Session, signing_id: str) -> str:
    """What only a link of ours has; addresses of the letter's pages show the id alone."""
    return keyring(session).blind_index("desk-revocation", signing_id)[:32]
