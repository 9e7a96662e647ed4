"""Who is signed in, for how long, and when that ends. Enforced here, on the server."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, current_app, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy.orm import Session

from intake.accounts.kiosks import StaffSession
from intake.accounts.model import Staff
from intake.accounts.passwords import Passwords
from intake.accounts.staff import access_of, signed_in_staff
from intake.accounts.standing import Missing, missing
from intake.clock import local_date, now
from intake.config import Settings

LONGEST_SESSION = timedelta(hours=12)
"""A working day: a cookie that somebody copied can't be kept alive for ever."""
PENDING_LIMIT = timedelta(minutes=10)
"""Between the password and the second step."""
PROVEN_LIMIT = timedelta(minutes=10)
"""For how long after showing who they are people may change how they sign in."""

_SEEN, _BEGAN, _PROVEN, _PENDING = "desk_seen", "desk_began", "desk_proven", "desk_pending"
_PASSWORDS = "intake.desk.passwords"


class SignedIn(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """The member of staff behind this request."""

    def __init__(self, staff: Staff, missing: tuple[Missing, ...] = ()) -> None:
        self.id = staff.id
        self.name = staff.name
        self.access = access_of(staff)
        self.language = staff.language
        self.missing = missing
        """What the programme's rules still ask for, before any page with data opens."""
        self._session_key = staff.session_key

    def get_id(self) -> str:
        """What the cookie holds: no longer valid once the account's session key changes."""
        return f"{self.id}.{self._session_key}"


@dataclass(frozen=True, slots=True)
class Pending:
    """Somebody who has shown the first of two things; not signed in."""

    staff: Staff
    next_address: str


def init_login(app: Flask, passwords: Passwords | None = None) -> None:
    """Set up Flask-Login; ``passwords`` is given where cheap hashing will do: in tests."""
    app.extensions[_PASSWORDS] = passwords or Passwords()
    manager = LoginManager(app)
    # Addresses change on school networks and phones; the session key is what binds a session.
    manager.session_protection = None
    manager.user_loader(_load)


def passwords_in_use() -> Passwords:
    """How this application hashes passwords."""
    passwords: Passwords = current_app.extensions[_PASSWORDS]
    return passwords


def begin_session(staff: Staff, *, at: datetime) -> None:
    """Sign in. Nothing that was in the browser's session before survives (session fixation)."""
    session.clear()
    login_user(SignedIn(staff))
    session[_BEGAN] = session[_SEEN] = session[_PROVEN] = int(at.timestamp())


def begin_pending(staff: Staff, next_address: str, *, at: datetime) -> None:
    """The password was right, the second step is to come; nothing from before survives."""
    session.clear()
    session[_PENDING] = {
        "staff": staff.id,
        # The cookie is signed, not secret, and its reader has not shown everything yet.
        "key": _digest(staff.session_key),
        "at": int(at.timestamp()),
        "next": next_address,
    }


def pending(database_session: Session, *, at: datetime) -> Pending | None:
    """Who is between the two steps in this browser; nobody after ten minutes."""
    kept: Any = session.get(_PENDING)
    if not isinstance(kept, dict) or not _is_recent(kept.get("at"), PENDING_LIMIT, at):
        return None
    staff = database_session.get(Staff, str(kept.get("staff")))
    if staff is None or staff.disabled_at is not None:
        return None
    if not secrets.compare_digest(_digest(staff.session_key), str(kept.get("key"))):
        return None
    return Pending(staff, str(kept.get("next", "")))


def current_session() -> StaffSession:
    """What is left when the device is handed to a family."""
    staff_id, _, session_key = current_user.get_id().partition(".")
    began = datetime.fromtimestamp(session[_BEGAN], UTC)
    return StaffSession(staff_id, session_key, began)


def resume_session(staff: Staff, *, began_at: datetime, at: datetime) -> None:
    """Sign in as before: the working day that had begun goes on, and is not made longer."""
    begin_session(staff, at=at)
    session[_BEGAN] = int(began_at.timestamp())


def touch_session(*, at: datetime) -> None:
    """Somebody is at work: the idle minutes start again."""
    session[_SEEN] = int(at.timestamp())


def prove_session(*, at: datetime) -> None:
    """Who is at the desk has shown again that the account is theirs."""
    session[_PROVEN] = int(at.timestamp())


def is_proven(*, at: datetime) -> bool:
    """Whether that was a few minutes ago: an unlocked computer must not give an account away."""
    return _is_recent(session.get(_PROVEN), PROVEN_LIMIT, at)


def forget_session() -> None:
    """Sign out in this browser; nothing of the session stays on a shared machine."""
    logout_user()
    session.clear()


def has_timed_out(*, at: datetime) -> bool:
    """Whether somebody was signed in here and the limits have ended it."""
    return _SEEN in session and not _is_within_limits(at)


def drop_timed_out() -> None:
    """Forget staff, and only staff: a family may be filling in its pages in this browser."""
    logout_user()
    for key in (_SEEN, _BEGAN, _PROVEN):
        session.pop(key, None)


def _load(user_id: str) -> SignedIn | None:
    staff_id, _, session_key = user_id.partition(".")
    at = now()
    if not _is_within_limits(at):
        return None
    settings = _settings()
    with current_app.extensions["intake"].database.read() as database_session:
        staff = signed_in_staff(database_session, staff_id, session_key)
        if staff is None:
            return None
        today = local_date(at, settings.time_zone)
        return SignedIn(staff, missing(database_session, staff, settings.staff, at=at, today=today))


def _digest(session_key: str) -> str:
    return hashlib.sha256(session_key.encode()).hexdigest()


def _is_within_limits(at: datetime) -> bool:
    return _is_recent(session.get(_SEEN), _settings().staff.idle, at) and _is_recent(
        session.get(_BEGAN), LONGEST_SESSION, at
    )


def _is_recent(moment: object, limit: timedelta, at: datetime) -> bool:
    return isinstance(moment, int) and at.timestamp() - moment < limit.total_seconds()


def _settings() -> Settings:
    found: Settings = current_app.extensions["intake"].settings
    return found
