"""A tablet in a family's hands: one session of theirs, locked to it, until a PIN ends it.

What the browser holds is a random token; everything else is kept here, so that nothing a family
does in the browser can widen it. Without the token there is no kiosk, and no staff either.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from intake.accounts.model import Staff
from intake.accounts.passwords import Passwords
from intake.accounts.pins import normal_pin
from intake.accounts.staff import signed_in_staff
from intake.consents.model import SigningSession
from intake.consents.states import SigningPurpose
from intake.db.base import Base, new_id
from intake.db.engine import Database
from intake.db.keys import keyring
from intake.db.limits import Limit, count_attempt
from intake.db.locks import one_at_a_time
from intake.db.types import EncryptedText, EnumText, UtcDateTime

LONGEST = timedelta(hours=2)
"""After that a PIN still ends it, but signs nobody in."""
PIN_LIMIT = Limit("kiosk-pin", 5, timedelta(minutes=15))
"""Wrong PINs on one tablet: a family at it locks out nobody elsewhere."""


class Kiosk(Base):
    """One handing over."""

    __tablename__ = "kiosks"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    token_key: Mapped[str] = mapped_column(String(64), unique=True)
    """Keyed hash of what the browser holds."""
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    session_key: Mapped[str] = mapped_column(EncryptedText("kiosks.session_key"))
    """The account's session key then: signing out elsewhere ends the way back too."""
    session_began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the member of staff had signed in: a working day is not made longer."""
    student_id: Mapped[str] = mapped_column(ForeignKey("students.id"))
    signing_id: Mapped[str] = mapped_column(String(36))
    purpose: Mapped[SigningPurpose] = mapped_column(EnumText(SigningPurpose))
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the family last did something."""
    cleared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """From then on it shows only that the tablet is to be given back."""
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_kiosks_began_at", "began_at"),)


@dataclass(frozen=True, slots=True)
class StaffSession:
    """What is left at handing over, and may be taken up again."""

    staff_id: str
    session_key: str
    began_at: datetime


@dataclass(frozen=True, slots=True)
class Leaving:
    """What follows from a right PIN."""

    staff: Staff | None
    """Signed in again as before; none where the limits of their session have passed."""
    began_at: datetime
    student_id: str


class WrongPin(Exception):
    """It isn't this person's PIN, or they have none. The try was counted."""


def hand_over(
    session: Session, left: StaffSession, signing: SigningSession, *, at: datetime
) -> str:
    """Lock a browser to one signing session; the token that it holds from now on."""
    if signing.student_id is None:
        raise ValueError("the student must be settled before the tablet is handed over")
    token = secrets.token_urlsafe(32)
    session.add(
        Kiosk(
            token_key=_key(session, token),
            staff_id=left.staff_id,
            session_key=left.session_key,
            session_began_at=left.began_at,
            student_id=signing.student_id,
            signing_id=signing.id,
            purpose=signing.purpose,
            began_at=at,
            seen_at=at,
            cleared_at=None,
            left_at=None,
        )
    )
    session.flush()
    return token


def find_kiosk(session: Session, token: str) -> Kiosk | None:
    """The kiosk behind a browser's token; none once a PIN has ended it."""
    query = select(Kiosk).where(Kiosk.token_key == _key(session, token), Kiosk.left_at.is_(None))
    return session.scalars(query).one_or_none()


def is_open(kiosk: Kiosk, *, idle: timedelta, at: datetime) -> bool:
    """Whether the family is still at it: not cleared, and not idle for so long."""
    return kiosk.cleared_at is None and at < kiosk.seen_at + idle


def clear(session: Session, kiosk: Kiosk, *, at: datetime) -> None:
    """End the family's part: what they did not send is forgotten, what they sent stays."""
    if kiosk.cleared_at is not None:
        return
    kiosk.cleared_at = at
    signing = session.get(SigningSession, kiosk.signing_id)
    if signing is not None:
        signing.answers = {}
        signing.expires_at = at


def leave(
    database: Database, token: str, pin: str, *, at: datetime, passwords: Passwords
) -> Leaving:
    """End the kiosk with the PIN of whoever handed it over. Raises WrongPin, TooManyAttempts.

    As with passwords the try is committed before the PIN is looked at, so that parallel guesses
    can't slip past the limit.
    """
    with database.begin() as session:
        kiosk = find_kiosk(session, token)
        if kiosk is None:
            raise WrongPin
        one_at_a_time(session, f"try {PIN_LIMIT.scope} {kiosk.id}")
        count_attempt(session, PIN_LIMIT, kiosk.id, at=at)
        pin_hash = session.get_one(Staff, kiosk.staff_id).pin_hash
    if not passwords.verify(pin_hash, normal_pin(pin)):
        raise WrongPin
    with database.begin() as session:
        return _left(session, token, at=at)


def forget_kiosks(session: Session, *, before: datetime) -> None:
    """Delete what nobody holds any more; the ledger keeps who was handed a tablet."""
    session.execute(delete(Kiosk).where(Kiosk.began_at < before))


def _left(session: Session, token: str, *, at: datetime) -> Leaving:
    kiosk = find_kiosk(session, token)
    if kiosk is None:  # ended in another tab meanwhile
        raise WrongPin
    clear(session, kiosk, at=at)
    kiosk.left_at = at
    staff = None
    if at < kiosk.began_at + LONGEST:
        staff = signed_in_staff(session, kiosk.staff_id, kiosk.session_key)
    return Leaving(staff, kiosk.session_began_at, kiosk.student_id)


def _key(session: Session, token: str) -> str:
    return keyring(session).blind_index("kiosk", token)
