"""Who looked at whose data: by person, student and day; and the same as a file."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.desk import SearchForm
from intake.accounts.roles import Permission
from intake.clock import day_begins, local_date, now
from intake.looks.export import look_lines
from intake.looks.listing import (
    LookFilter,
    look_page,
    names_of,
    people,
    students_looked_at,
)
from intake.looks.model import LookKind
from intake.looks.words import BASES, ROLES
from intake.roster.model import Student
from intake.roster.search import search_roster
from intake.web.coordinator.blueprint import blueprint
from intake.web.coordinator.look_words import KINDS
from intake.web.desk.access import may, needs, scope
from intake.web.desk.blueprint import asked_search, context, csrf, posted_search
from intake.web.desk.looking import look_at, write_export_down

ON_A_PAGE = 50
_MOST_STUDENTS = 20


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the address asks for; what makes no sense narrows nothing."""

    person: str | None
    student: str | None
    day: date | None

    @classmethod
    def of(cls, values: Mapping[str, str]) -> "_Asked":
        return cls(_id(values.get("person")), _id(values.get("student")), _day(values.get("day")))

    def as_filter(self) -> LookFilter:
        since = until = None
        if self.day is not None:
            zone = context().settings.time_zone
            since, until = (
                day_begins(self.day, zone),
                day_begins(self.day + timedelta(days=1), zone),
            )
        return LookFilter(scope(), self.person, self.student, since, until)

    def as_arguments(self) -> dict[str, Any]:
        """For the addresses of other pages of the same list."""
        day = self.day.isoformat() if self.day else None
        return {"person": self.person, "student": self.student, "day": day}


@blueprint.get("/looks")
@needs(Permission.SEE_AUDIT)
def looks() -> ResponseReturnValue:
    """Looks, newest first. Seeing students' names here is a look too."""
    asked, search, sees = _Asked.of(request.args), asked_search(), may(Permission.SEE_STUDENTS)
    with context().database.read() as session:
        rows = look_page(session, asked.as_filter(), before=_before(), limit=ON_A_PAGE + 1)
        shown = rows[:ON_A_PAGE]
        names = names_of(session, shown) if sees else {}
        found = _found(session, search) if sees and search else None
        chosen = _student(session, asked.student) if sees else None
        staff = people(session)
    look_at(LookKind.LISTED, [*names, *(one.id for one in (*(found or ()), chosen) if one)])
    return render_template(
        "coordinator/looks.html",
        rows=shown,
        names=names,
        sees_students=sees,
        found=found,
        chosen=chosen,
        staff=staff,
        asked=asked,
        search=search,
        search_form=SearchForm(text=search, **csrf()),
        older=shown[-1].look.sequence if len(rows) > ON_A_PAGE else None,
        is_first_page=_before() is None,
        kinds=KINDS,
        roles=ROLES,
        bases=BASES,
    )


@blueprint.post("/looks/search")
@needs(Permission.SEE_AUDIT)
def search_looks() -> ResponseReturnValue:
    """Turn a typed search for a student into an address that holds it encrypted."""
    asked = _Asked.of(request.form)
    kept = replace(asked, student=None).as_arguments()
    return redirect(url_for("coordinator.looks", search=posted_search(), **kept), 303)


@blueprint.get("/looks.csv")
@needs(Permission.SEE_AUDIT)
def looks_file() -> ResponseReturnValue:
    """What the list shows, whole, for a spreadsheet: students by id, not by name."""
    wanted = _Asked.of(request.args).as_filter()
    with context().database.begin() as session:
        write_export_down(session, students_looked_at(session, wanted))
    response = Response(look_lines(context().database, wanted), mimetype="text/csv")
    day = local_date(now(), context().settings.time_zone)
    response.headers["Content-Disposition"] = f'attachment; filename="looks-{day}.csv"'
    return response


def _found(session: Session, search: str) -> list[Student]:
    return search_roster(session, search, _MOST_STUDENTS, scope())


def _student(session: Session, student_id: str | None) -> Student | None:
    query = select(Student).where(Student.id == student_id, scope().condition(Student.school_id))
    return session.scalars(query).first() if student_id else None


def _before() -> int | None:
    asked = request.args.get("before", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 16 else None


def _id(text: str | None) -> str | None:
    try:
        return str(UUID(text))
    except (ValueError, TypeError):
        return None


def _day(text: str | None) -> date | None:
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    # The first and the last year that dates have are none in which one can look around.
    return found if date.min.year < found.year < date.max.year else None
