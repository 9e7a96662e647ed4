"""The desk's first page: what waits, the most urgent first."""

from collections.abc import Mapping
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from intake.accounts.roles import Permission
from intake.clock import now
from intake.looks.model import LookKind
from intake.web.desk.access import needs, scope
from intake.web.desk.blueprint import blueprint, context
from intake.web.desk.day import Named, Task, day_view
from intake.web.desk.day_words import SHORTCUTS, heading
from intake.web.desk.looking import look_at

_LISTS: Mapping[Task, tuple[str, dict[str, Any]]] = {
    Task.REVOCATION: ("desk.revocations", {}),
    Task.HOLD: ("desk.review", {}),
    Task.REVIEW: ("desk.review", {}),
    Task.CONFIRM: ("desk.waivers", {"show": "waiting"}),
    Task.COPY: ("desk.copies", {}),
    Task.INTERPRETER: ("desk.interpreters", {}),
    Task.MATCH: ("desk.matching", {}),
    Task.SCAN: ("desk.scans", {}),
}
_PAGES: Mapping[Task, tuple[str, str]] = {
    Task.REVOCATION: ("desk.revocation", "revocation_id"),
    Task.HOLD: ("desk.student", "student_id"),
    Task.CONFIRM: ("desk.waiver", "consent_id"),
    Task.MATCH: ("desk.matching_student", "student_id"),
}


@blueprint.get("/")
@needs(Permission.SEE_STUDENTS)
def day() -> ResponseReturnValue:
    """Today, and what was not done before."""
    at = now()
    with context().database.read() as session:
        found = day_view(session, scope(), zone=context().settings.time_zone, at=at)
    look_at(LookKind.LISTED, [named.student_id for one in found.waiting for named in one.named])
    return render_template(
        "desk/day.html", found=found, heading=heading, list_of=_list_of, page_of=_page_of
    )


@blueprint.get("/keys")
@needs(Permission.OWN_ACCOUNT)
def keys() -> ResponseReturnValue:
    """The keyboard shortcuts, and whether they are on."""
    return render_template("desk/keys.html", shortcuts=SHORTCUTS)


def _list_of(task: Task) -> tuple[str, str]:
    """The endpoint and address of the page with all of a kind."""
    endpoint, values = _LISTS[task]
    return endpoint, url_for(endpoint, **values)


def _page_of(task: Task, named: Named) -> str:
    """The address of one of them; its kind's list where it has no page of its own."""
    if task not in _PAGES:
        return _list_of(task)[1]
    endpoint, value = _PAGES[task]
    values: dict[str, Any] = {value: named.id}
    return url_for(endpoint, _anchor="confirm" if task is Task.CONFIRM else None, **values)
