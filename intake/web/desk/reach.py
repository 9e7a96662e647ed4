"""Whose things an address names: another school's is as good as not there (404, never 403).

Asked before any view runs, so that no view can forget it. An id that this module doesn't know
leads somebody who works for some schools only nowhere.
"""

from collections.abc import Callable, Mapping

from flask import request
from sqlalchemy.orm import Session

from intake.accounts.roles import Permission
from intake.concerns.violations import is_violation_within
from intake.consents.reach import is_consent_within, is_revocation_within
from intake.db.engine import Database
from intake.disclosures.copies import is_request_within
from intake.messages.known import is_flag_within, is_reply_within
from intake.paper.reach import is_batch_within, is_item_within, is_page_within
from intake.roster.scope import SchoolScope

Within = Callable[[Session, str, SchoolScope], bool]
"""Whether there is such a thing, and it is of these schools."""


def _is_student_within(session: Session, student_id: str, scope: SchoolScope) -> bool:
    return scope.covers_student(session, student_id)


def _of_nobody(_session: Session, _id: str, _scope: SchoolScope) -> bool:
    """Nobody's in particular, or looked for by its view inside of what another id names."""
    return True


BY_NAME: Mapping[str, Within] = {
    "consent_id": is_consent_within,
    "revocation_id": is_revocation_within,
    "student_id": _is_student_within,
    "item_id": is_item_within,
    "page_id": is_page_within,
    "batch_id": is_batch_within,
    "letter_id": _of_nobody,
    # What to do, and which person of the student that the same address names.
    "task": _of_nobody,
    "key": _of_nobody,
    "kept_id": _of_nobody,
    "violation_id": is_violation_within,
    "reply_id": is_reply_within,
    "flag_id": is_flag_within,
    # A family that asks has not said for which school, and need name no student.
    "question_id": _of_nobody,
}
BY_ENDPOINT: Mapping[tuple[str, str], Within] = {
    ("desk.copy_answered", "request_id"): is_request_within,
    # A family that asks for an interpreter has not said for which school.
    ("desk.interpreter_done", "request_id"): _of_nobody,
}
_ABOUT_STUDENTS = frozenset({Permission.SEE_STUDENTS, Permission.SERVE_FAMILIES})


def is_within_reach(database: Database, needed: Permission | None, scope: SchoolScope) -> bool:
    """Whether everything that this request's address names is of these schools."""
    named = request.view_args or {}
    if scope.ids is None or not named:
        return True
    with database.read() as session:
        for name, value in named.items():
            within = BY_ENDPOINT.get((request.endpoint or "", name)) or BY_NAME.get(name)
            if within is None and needed in _ABOUT_STUDENTS:
                return False
            if within is not None and not within(session, str(value), scope):
                return False
    return True
