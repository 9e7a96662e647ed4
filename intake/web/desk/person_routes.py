"""Four of the desk's tasks: a tablet for signing or revoking, a no that was said, a letter."""

from datetime import datetime
from functools import partial

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from forms.front_desk import HandOverForm, LetterForm, PersonForm
from intake.accounts.model import Staff
from intake.accounts.pins import WeakPin, hashed_pin
from intake.accounts.roles import Permission
from intake.clock import now
from intake.consents.at_desk import begin_waiver_at_desk
from intake.consents.model import SigningSession
from intake.looks.model import LookKind
from intake.revocations.in_person import begin_letter_at_desk
from intake.signing.told import record_letter, record_refusal
from intake.web.desk.access import needs
from intake.web.desk.blueprint import blueprint, context, installation, is_valid, staff_id
from intake.web.desk.looking import look
from intake.web.desk.person_page import (
    BY_LETTER,
    AtDesk,
    Way,
    at_desk,
    person_form,
    person_page,
    settled_person,
    told,
    way_of_letter,
    ways_in_person,
)
from intake.web.desk.refusals import REFUSED, refusal_of
from intake.web.desk.sessions import current_session, passwords_in_use
from intake.web.family.kiosk import enter, lock

_METHODS = ["GET", "POST"]


@blueprint.route("/students/<uuid:student_id>/<any(sign, revoke):task>/<key>", methods=_METHODS)
@needs(Permission.SERVE_FAMILIES)
def hand_over(student_id: object, task: str, key: str) -> ResponseReturnValue:
    """Say how you know who it is; with that button the tablet is theirs, and you are signed out."""
    at, ways = now(), ways_in_person()
    with context().database.read() as session:
        found = at_desk(session, student_id, key, at=at)
        needs_pin = session.get_one(Staff, staff_id()).pin_hash is None
    form = person_form(HandOverForm, found, ways, needs_pin=needs_pin)
    page = partial(person_page, "tablet", found, form, ways, values={"task": task})
    if request.method == "GET":
        return page(status=200)
    if not is_valid(form):
        return page(status=422)
    try:
        hashed = None
        if needs_pin:
            hashed = hashed_pin(form.pin.data or "", passwords=passwords_in_use())
        with context().database.begin() as session:
            if hashed is not None:
                session.get_one(Staff, staff_id()).pin_hash = hashed
            signing = _begin(session, found, form, task, at=at)
            look(session, LookKind.CHANGED, [found.student.id])
            token = lock(session, current_session(), signing)
    except WeakPin as weak:
        form.pin.errors = [str(weak)]
        return page(status=422)
    except REFUSED as error:
        return page(status=409, refusal=refusal_of(error))
    enter(token, signing)
    return redirect(url_for("family.kiosk_welcome"), 303)


@blueprint.route("/students/<uuid:student_id>/refusal/<key>", methods=_METHODS)
@needs(Permission.SERVE_FAMILIES)
def refusal(student_id: object, key: str) -> ResponseReturnValue:
    """Somebody said no, here or in a letter: recorded with who says so and how they know."""
    at, ways = now(), [*ways_in_person(), way_of_letter()]
    with context().database.read() as session:
        found = at_desk(session, student_id, key, at=at)
    form = person_form(PersonForm, found, ways)
    page = partial(person_page, "refusal", found, form, ways)
    if request.method == "GET":
        return page(status=200)
    if not is_valid(form):
        return page(status=422)
    try:
        record_refusal(installation(), told(found, form), at=at)
    except REFUSED as error:
        return page(status=409, refusal=refusal_of(error))
    flash(gettext("Recorded: the answer is no. Nothing may be shared."))
    return redirect(url_for("desk.student", student_id=found.student.id), 303)


@blueprint.route("/students/<uuid:student_id>/letter/<key>", methods=_METHODS)
@needs(Permission.SERVE_FAMILIES)
def letter(student_id: object, key: str) -> ResponseReturnValue:
    """A letter came that takes the permission back: decisions deny from this moment on."""
    at = now()
    # TRANSLATORS: the button that records a revocation letter; nothing may be shared from then on
    ways = [Way(BY_LETTER, str(gettext("Record the letter: stop sharing now")))]
    with context().database.read() as session:
        found = at_desk(session, student_id, key, at=at)
    form = person_form(
        LetterForm, found, ways, today=found.today, data={"received_on": found.today}
    )
    page = partial(person_page, "letter", found, form, ways)
    if request.method == "GET":
        return page(status=200)
    if not is_valid(form):
        return page(status=422)
    try:
        written = told(found, form, received_on=form.received_on.data)
        revocation = record_letter(installation(), written, at=at)
    except REFUSED as error:
        return page(status=409, refusal=refusal_of(error))
    flash(gettext("Recorded: nothing may be shared from now on. Keep the letter, and scan it."))
    return redirect(url_for("desk.revocation", revocation_id=revocation.id), 303)


def _begin(
    session: Session, found: AtDesk, form: PersonForm, task: str, *, at: datetime
) -> SigningSession:
    begin = begin_waiver_at_desk if task == "sign" else begin_letter_at_desk
    return begin(
        session,
        found.student.id,
        settled_person(found, form),
        staff_id=staff_id(),
        today=found.today,
        at=at,
    )
