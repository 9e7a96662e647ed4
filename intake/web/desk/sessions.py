"""Who is signed in, for how long, and when that ends. Enforced here, on the server."""

from datetime import UTC, datetime, timedelta

from flask import Flask, current_app, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from intake.accounts.kiosks import StaffSession
from intake.accounts.model import Staff
from intake.accounts.passwords import Passwords
from intake.accounts.staff import access_of, signed_in_staff
from intake.clock import now

IDLE_LIMIT = timedelta(minutes=15)
"""The programme promises families that staff are signed out after 15 idle minutes."""
LONGEST_SESSION = timedelta(hours=12)
"""A working day: a cookie that somebody copied can't be kept alive for ever."""

_SEEN, _BEGAN = "desk_seen", "desk_began"
_PASSWORDS = "intake.desk.passwords"


class SignedIn(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """The member of staff behind this request."""

    def __init__(self, staff: Staff) -> None:
        self.id = staff.id
        self.name = staff.name
        self.access = access_of(staff)
        self._session_key = staff.session_key

    def get_id(self) -> str:
        """What the cookie holds: no longer valid once the account's session key changes."""
        return f"{self.id}.{self._session_key}"


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
    session[_BEGAN] = session[_SEEN] = int(at.timestamp())


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
    for key in (_SEEN, _BEGAN):
        session.pop(key, None)


def _load(user_id: str) -> SignedIn | None:
    staff_id, _, session_key = user_id.partition(".")
    if not _is_within_limits(now()):
        return None
    with current_app.extensions["intake"].database.read() as database_session:
        staff = signed_in_staff(database_session, staff_id, session_key)
    return None if staff is None else SignedIn(staff)


def _is_within_limits(at: datetime) -> bool:
    moment = at.timestamp()
    seen, began = session.get(_SEEN), session.get(_BEGAN)
    if not isinstance(seen, int) or not isinstance(began, int):
        return False
    return (
        moment - seen < IDLE_LIMIT.total_seconds()
        and moment - began < LONGEST_SESSION.total_seconds()
    )
