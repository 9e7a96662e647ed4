"""Who received what about a student, for the family: read, print, ask for a copy (34 CFR 99.32).

And who of the partnership's own staff looked at the record, which the programme promises.
"""

from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from forms.choices import Relationship
from forms.family import CheckForm
from forms.messages import Message
from intake.consents.signing_sessions import start_signing
from intake.consents.states import SigningPurpose
from intake.disclosures.copies import NothingChosen, request_copies
from intake.disclosures.inspecting import COPY_ANSWERS, inspect_disclosures
from intake.looks.listing import ToldLook, told_to_family
from intake.looks.words import BASES, ROLES
from intake.paper.disclosure_list import printed_disclosures
from intake.roster.model import School
from intake.web.family.blueprint import (
    accepts,
    blueprint,
    filled,
    installation,
    page,
    page_code,
    step_route,
)
from intake.web.family.entitlement import student_to_list
from intake.web.family.visit import Visit, begin, close, go, moment, purpose_of, stray, visit

ON_A_PAGE = 25
LOOKS_ON_A_PAGE = 50


@blueprint.route("/<language>/disclosures/", methods=["GET", "POST"], strict_slashes=False)
def disclosures() -> ResponseReturnValue:
    """What the list is, and the button that begins."""
    form = filled(CheckForm)
    if request.method == "POST" and accepts(form):
        with installation().database.begin() as session:
            signing = start_signing(session, SigningPurpose.DISCLOSURES, at=moment())
        begin(signing)
        return go(visit(SigningPurpose.DISCLOSURES, signing.id), "student")
    return page("disclosures.html", 422 if request.method == "POST" else 200, form=form)


@step_route("record")
def record(purpose: str, signing_id: str) -> ResponseReturnValue:
    """The list; its form asks for copies, or closes it."""
    found = visit(purpose_of(purpose), signing_id)
    elsewhere = stray(found, "record")
    if elsewhere is not None:
        return elsewhere
    form = filled(CheckForm)
    if request.method == "POST" and accepts(form):
        if "close" in request.form:
            close(found)
            return redirect(url_for("family.disclosures"), 303)
        if _asked(found):
            return go(found, "record")
        form["csrf_token"].errors = [Message("Tick what you want a copy of.")]  # type: ignore[list-item]
    status = 422 if request.method == "POST" else 200
    shown = _shown(found)
    number, disclosures = _page_number(), shown.pop("disclosures")
    start = (number - 1) * ON_A_PAGE
    return page(
        "record.html", status, form=form, answers=COPY_ANSWERS, **shown,
        disclosures=disclosures[start : start + ON_A_PAGE],
        newer=number - 1, older=number + 1 if disclosures[start + ON_A_PAGE :] else 0,
    )  # fmt: skip


@step_route("record.pdf")
def record_pdf(purpose: str, signing_id: str) -> ResponseReturnValue:
    """The same list to print, or to keep."""
    found = visit(purpose_of(purpose), signing_id)
    elsewhere = stray(found, "record")
    if elsewhere is not None:
        return elsewhere
    shown = _shown(found)
    with installation().database.read() as session:
        looks = _looks(session, shown["student"].id)
    pdf = printed_disclosures(
        installation().settings, shown["disclosures"], page_code(), looks=looks,
        student_name=shown["student"].name, school=shown["school"], at=moment(),
    ).pdf  # fmt: skip
    name = f"shared-{page_code()}.pdf"
    headers = {
        "Content-Type": "application/pdf",
        "Content-Disposition": f'inline; filename="{name}"',
    }
    return pdf, 200, headers


@step_route("looked")
def looked(purpose: str, signing_id: str) -> ResponseReturnValue:
    """Who of staff looked at the student's record: as what, where, when and what for."""
    found = visit(purpose_of(purpose), signing_id)
    elsewhere = stray(found, "record")
    if elsewhere is not None:
        return elsewhere
    with installation().database.read() as session:
        student = student_to_list(session, found)
        told = _looks(session, student.id)
        school = session.get_one(School, student.school_id).name
    number = _page_number()
    start = (number - 1) * LOOKS_ON_A_PAGE
    return page(
        "looked.html", visit=found, step="record", student=student, school=school,
        looks=told[start : start + LOOKS_ON_A_PAGE], roles=ROLES, bases=BASES,
        partnership=installation().settings.partnership,
        newer=number - 1, older=number + 1 if told[start + LOOKS_ON_A_PAGE :] else 0,
    )  # fmt: skip


def _looks(session: Session, student_id: str) -> list[ToldLook]:
    return told_to_family(session, student_id, zone=installation().settings.time_zone)


def _page_number() -> int:
    """Which part of a long list; the first where the address says nothing that makes sense."""
    asked = request.args.get("page", "")
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1


def _shown(found: Visit) -> dict[str, Any]:
    with installation().database.read() as session:
        student = student_to_list(session, found)
        return {
            "visit": found,
            "step": "record",
            "student": student,
            "school": session.get_one(School, student.school_id).name,
            "disclosures": inspect_disclosures(session, student.id, language=page_code()),
        }


def _asked(found: Visit) -> bool:
    """Ask for copies of what was ticked; whether there was anything to ask for."""
    contact = found.contact
    if contact is None:
        raise KeyError("contact")
    try:
        with installation().database.begin() as session:
            request_copies(
                session,
                student_to_list(session, found).id,
                request.form.getlist("disclosure"),
                relationship=Relationship(found.answers["relationship"]),
                requester_name=found.answers["signer_name"],
                contact=contact.stored,
                language=page_code(),
                at=moment(),
            )
    except NothingChosen:
        return False
    return True
