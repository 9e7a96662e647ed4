"""Reporting a suspected violation: everybody who is signed in may."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.concerns import ReportForm
from intake.accounts.roles import Permission
from intake.clock import local_date, now
from intake.concerns.errors import TextUnusable
from intake.concerns.violations import Report, report
from intake.disclosures.listing import disclosures_of
from intake.looks.model import LookKind
from intake.partners.model import Partner
from intake.roster.model import Student
from intake.web.desk.access import may, needs
from intake.web.desk.blueprint import (
    asked_first,
    blueprint,
    context,
    csrf,
    interface_language,
    is_valid,
    staff_id,
)
from intake.web.desk.looking import look_at
from intake.web.desk.owners import open_staff
from intake.web.desk.student_routes import student_of_scope


@blueprint.get("/violations/new")
@needs(Permission.OWN_ACCOUNT)
def new_violation() -> ResponseReturnValue:
    """What happened, and whom it concerns; ``?student=`` from a page about one."""
    if (asked := _asked_first()) is not None:
        return asked
    with context().database.read() as session:
        student = _student(session)
        form = _form(session, student)
    return _page(form, student, status=200)


@blueprint.post("/violations/new")
@needs(Permission.OWN_ACCOUNT)
def report_violation() -> ResponseReturnValue:
    """Put it on the governance list."""
    if (asked := _asked_first()) is not None:
        return asked
    with context().database.read() as session:
        student = _student(session)
        form = _form(session, student, request.form)
    if not is_valid(form):
        return _page(form, student, status=422)
    reported = Report(
        text=form.text.data or "",
        named=tuple(form.named.data or ()),
        student_id=student.id if student else None,
        partner_id=form.partner.data or None,
        disclosure_id=form.disclosure.data or None,
    )
    try:
        with context().database.begin() as session:
            kept = report(session, context().settings, reported, staff_id=staff_id(), at=now())
            number = kept.number
    except TextUnusable:
        form.text.errors = [gettext("Type what happened.")]
        return _page(form, student, status=422)
    flash(
        gettext(
            "Thank you. Your report is on the governance list, under the number %(number)s.",
            number=number,
        )
    )
    return redirect(url_for("desk.new_violation"), 303)


def _asked_first() -> ResponseReturnValue | None:
    """Everybody may report; with a student named this is a page about a student as any other."""
    return asked_first(Permission.SEE_STUDENTS) if request.args.get("student") else None


def _student(session: Session) -> Student | None:
    """The student the address names, or the page for an address that leads nowhere."""
    student_id = request.args.get("student")
    if not student_id:
        return None
    if not may(Permission.SEE_STUDENTS):
        abort(404)
    return student_of_scope(session, student_id)


def _form(session: Session, student: Student | None, formdata: Any = None) -> ReportForm:
    partners = session.execute(select(Partner.id, Partner.name).order_by(Partner.name))
    names: dict[str, str] = {id: name for id, name in partners}  # noqa: C416  (typed so)
    return ReportForm(
        formdata,
        staff=list(open_staff(session).items()),
        partners=list(names.items()),
        disclosures=_disclosures(session, student, names),
        **csrf(),
    )


def _disclosures(
    session: Session, student: Student | None, partners: dict[str, str]
) -> list[tuple[str, str]]:
    """What was shared about the student, as a line to choose."""
    if student is None:
        return []
    zone, language = context().settings.time_zone, interface_language()
    return [
        (one.id, f"{language.long_date(local_date(one.at, zone))}, {partners[one.partner_id]}")
        for one in disclosures_of(session, student.id)
    ]


def _page(form: ReportForm, student: Student | None, *, status: int) -> ResponseReturnValue:
    look_at(LookKind.READ, [student.id if student else None])
    return render_template("desk/new_violation.html", form=form, student=student), status
