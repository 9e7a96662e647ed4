"""Which permission each of staff's pages needs; a page that names none is nobody's."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, request
from flask_login import current_user

from intake.accounts.roles import Access, Permission
from intake.roster.scope import SchoolScope

_View = TypeVar("_View", bound=Callable[..., Any])

_NEEDED = "_intake_permission"
_OPEN = "_intake_open"

HOMES = (
    (Permission.SEE_STUDENTS, "desk.day"),
    (Permission.SEE_TRANSLATIONS, "coordinator.translations"),
    (Permission.MANAGE_ACCOUNTS, "accounts.accounts"),
    (Permission.SEE_AUDIT, "coordinator.looks"),
)
"""Where somebody lands after signing in: the first page that they may see."""


def needs(permission: Permission) -> Callable[[_View], _View]:
    """Say what a view needs; goes under the route's decorator."""

    def mark(view: _View) -> _View:
        setattr(view, _NEEDED, permission)
        return view

    return mark


def open_to_all(view: _View) -> _View:
    """Say that a view is for those who are not signed in; goes under the route's decorator."""
    setattr(view, _OPEN, True)
    return view


def is_open_to_all(endpoint: str | None) -> bool:
    """Whether a page is for those who are not signed in (yet)."""
    return endpoint is not None and hasattr(current_app.view_functions[endpoint], _OPEN)


def needed_by(endpoint: str) -> Permission | None:
    """The permission that an endpoint names; none: the page is refused to everybody."""
    found: Permission | None = getattr(current_app.view_functions[endpoint], _NEEDED, None)
    return found


def access() -> Access:
    """What the signed-in member of staff may do."""
    found: Access = current_user.access
    return found


def scope() -> SchoolScope:
    """The students of which schools they may see."""
    return access().schools


def may(permission: Permission) -> bool:
    """Whether the signed-in member of staff may do it; nobody is signed in: no."""
    return bool(current_user.is_authenticated) and access().may(permission)


def may_open(endpoint: str) -> bool:
    """Whether they may open this page; for links."""
    needed = needed_by(endpoint)
    return needed is not None and may(needed)


def is_refused() -> bool:
    """Whether this request asks for a page that the signed-in person may not have."""
    return request.endpoint is not None and not may_open(request.endpoint)


def home() -> str | None:
    """The endpoint to land on; none for an account that may see nothing."""
    return next((endpoint for permission, endpoint in HOMES if may(permission)), None)
