"""What was disclosed of a student: to print for the family, and copies that families asked for."""

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from forms.desk import CopyForm
from intake.accounts.roles import Permission
from intake.clock import now
from intake.consents.model import Consent
from intake.disclosures.copies import (
    CopyAnswer,
    CopyRequest,
    CopyRequestUnknown,
    answer_request,
    open_copy_requests,
)
from intake.disclosures.inspecting import Inspected, inspect_chosen, inspect_disclosures
from intake.looks.listing import told_to_family
from intake.looks.model import LookKind
from intake.messages.contacts import Contact
from intake.paper.disclosure_list import printed_disclosures
from intake.roster.model import School, Student
from intake.web.desk import words
from intake.web.desk.access import needs, scope
from intake.web.desk.blueprint import (
    blueprint,
    context,
    csrf,
    interface_language,
    is_valid,
    staff_id,
)
from intake.web.desk.looking import see
from intake.web.desk.waiver_routes import pdf_response


@dataclass(frozen=True, slots=True)
class CopyRow:
    """One open request, and everything a person needs to answer it."""

    request: CopyRequest
    student: Student
    school: str
    disclosures: list[Inspected]
    contact: Contact
    days: int
    """Since it was asked for."""


@blueprint.get("/copies")
@needs(Permission.SEE_STUDENTS)
def copies() -> ResponseReturnValue:
    """Open requests, the oldest first. Looking is written down."""
    with context().database.begin() as session:
        rows = [_row(session, found) for found in open_copy_requests(session, scope())]
        for student_id in {row.student.id for row in rows}:
            see(session, LookKind.READ, student_id, "copy requests")
    methods = [(method.value, words.word(method)) for method in CopyAnswer]
    return render_template(
        "desk/copies.html", rows=rows, form=CopyForm(None, methods=methods, **csrf())
    )


@blueprint.post("/copies/<uuid:request_id>/answered")
@needs(Permission.SERVE_FAMILIES)
def copy_answered(request_id: object) -> ResponseReturnValue:
    """The family has its copy."""
    methods = [(method.value, words.word(method)) for method in CopyAnswer]
    form = CopyForm(request.form, methods=methods, **csrf())
    if not is_valid(form):
        flash(gettext("Choose how the family got the copy."))
        return redirect(url_for("desk.copies"), 303)
    try:
        with context().database.begin() as session:
            answer_request(
                session, str(request_id), CopyAnswer(form.method.data),
                staff_id=staff_id(), at=now(),
            )  # fmt: skip
    except CopyRequestUnknown:
        flash(gettext("Somebody has answered this request already."))
    return redirect(url_for("desk.copies"), 303)


@blueprint.get("/waivers/<uuid:consent_id>/disclosures.pdf")
@needs(Permission.SEE_STUDENTS)
def printed_list(consent_id: object) -> ResponseReturnValue:
    """Who received what about the student, in the family's language. Looking is written down."""
    at = now()
    settings = context().settings
    with context().database.begin() as session:
        consent = session.get(Consent, str(consent_id))
        if consent is None:
            abort(404)
        student = session.get_one(Student, consent.student_id)
        language = student.language or consent.language
        found = inspect_disclosures(session, student.id, language=language)
        looks = told_to_family(session, student.id, zone=settings.time_zone)
        school = session.get_one(School, student.school_id).name
        see(session, LookKind.PRINTED, student.id, "disclosures", consent_id=consent.id)
    pdf = printed_disclosures(
        settings, found, language, looks=looks, student_name=student.name, school=school, at=at
    ).pdf
    return pdf_response(pdf, f"shared-{language}.pdf")


def _row(session: Session, found: CopyRequest) -> CopyRow:
    student = session.get_one(Student, found.student_id)
    return CopyRow(
        found,
        student,
        session.get_one(School, student.school_id).name,
        inspect_chosen(
            session, student.id, found.disclosures, language=interface_language().code
        ),
        Contact.from_stored(found.contact),
        (now() - found.requested_at).days,
    )  # fmt: skip
