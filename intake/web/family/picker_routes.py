"""Choosing a language, and beginning: from the front page, a link or a QR code."""

import re

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from forms.family import CheckForm
from intake.consents.errors import SigningUnknown
from intake.consents.invitations import open_invitation
from intake.consents.model import Invitation, SigningSession
from intake.consents.signing_sessions import (
    find_signing,
    keep_answers,
    keep_student,
    start_signing,
)
from intake.consents.states import SigningPurpose
from intake.documents.texts import WAIVER, offered_languages, shown_text
from intake.paper.printing import blank_waiver
from intake.roster.model import Student
from intake.web.family.blueprint import (
    accepts,
    blueprint,
    filled,
    installation,
    page,
    page_code,
)
from intake.web.family.reading import is_draft
from intake.web.family.visit import begin, known_sessions, moment, seen_as, visit
from intake.web.family.visit import go as go_to_step
from translations import Language

_PAGE = re.compile(
    r"((waiver|revoke|disclosures)/[\w-]{1,64}|receipt|read|i|partners|stop)/[\w-]{1,64}"
    r"|revoke/|disclosures/|partners|questions",
    re.ASCII,
)
"""What may follow the language in an address of ours."""


@blueprint.get("/")
def picker() -> ResponseReturnValue:
    """Each language in its own name, before anything else.

    ``to`` is the page that a family left to read in another language: they come back to it.
    """
    wanted = request.args.get("to", "")
    return _picker(wanted if _PAGE.fullmatch(wanted) else "")


@blueprint.get("/i/<token>")
def invited(token: str) -> ResponseReturnValue:
    """A personal link without a language: choose one, and keep the link."""
    return _picker(f"i/{token}")


@blueprint.get("/<language>/i/<token>")
def invitation(token: str) -> ResponseReturnValue:
    """A personal link: begins, or goes on where this browser left off."""
    with installation().database.begin() as session:
        found = open_invitation(session, token, at=moment())
        resumed = _resumed(session, found)
        signing = resumed or start_signing(
            session, SigningPurpose.WAIVER, at=moment(), invitation=found
        )
        if resumed is None:
            keep_student(signing, session.get_one(Student, found.student_id))
    begin(signing)
    return go_to_step(visit(SigningPurpose.WAIVER, signing.id), "about")


@blueprint.get("/<language>/", strict_slashes=False)
def start() -> ResponseReturnValue:
    """The first page: what this is. Nothing is kept yet."""
    return _about(filled(CheckForm), 200)


@blueprint.post("/<language>/")
def start_waiver() -> ResponseReturnValue:
    """Begin without a link: the family types who the student is."""
    form = filled(CheckForm)
    if not accepts(form):
        return _about(form, 422)
    with installation().database.begin() as session:
        signing = start_signing(session, SigningPurpose.WAIVER, at=moment())
        keep_answers(signing, {"read_about": True, "shown": {"about": seen_as(WAIVER)}})
    begin(signing)
    return go_to_step(visit(SigningPurpose.WAIVER, signing.id), "shared")


@blueprint.get("/<language>/paper.pdf")
def paper() -> ResponseReturnValue:
    """The waiver to print and sign on paper."""
    pdf = blank_waiver(installation().settings, page_code(), draft=is_draft(WAIVER)).pdf
    headers = {
        "Content-Type": "application/pdf",
        "Content-Disposition": f'inline; filename="waiver-{page_code()}.pdf"',
    }
    return pdf, 200, headers


def _picker(to: str) -> ResponseReturnValue:
    return page(
        "picker.html",
        languages=languages_to_pick(),
        preferred=preferred_language(),
        start="family.start",
        to=to,
    )


def _about(form: CheckForm, status: int) -> ResponseReturnValue:
    settings = installation().settings
    return page(
        "about.html",
        status,
        text=shown_text(settings, WAIVER, page_code()),
        english=shown_text(settings, WAIVER, "en"),
        form=form,
        visit=None,
        draft=is_draft(WAIVER),
        step="about",
    )


def _resumed(session: Session, found: Invitation) -> SigningSession | None:
    for known in reversed(known_sessions()):
        try:
            signing = find_signing(session, known, SigningPurpose.WAIVER, at=moment())
        except SigningUnknown:
            continue
        if signing.invitation_id == found.id:
            return signing
    return None


def languages_to_pick() -> list[Language]:
    """Every language on offer, by its own name."""
    return sorted(offered_languages(), key=lambda language: language.endonym.casefold())


def preferred_language() -> str | None:
    """The one that the browser asks for."""
    codes = [language.code for language in offered_languages()]
    return request.accept_languages.best_match(codes)
