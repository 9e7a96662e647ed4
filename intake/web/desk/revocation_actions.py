"""What staff do to a revocation's case."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import RequestEntityTooLarge

from forms.cases import DeadLetterForm
from forms.desk import ActionForm
from intake.accounts.roles import Permission
from intake.clock import local_date, now
from intake.revocations.actions import (
    CaseClosed,
    Evidence,
    NoSuchOwner,
    NotHiddenYet,
    ReasonMissing,
    assign,
    confirm_with_evidence,
    tell_family,
)
from intake.revocations.evidence import LARGEST_EVIDENCE, EvidenceRefused, recording
from intake.revocations.model import ToldHow
from intake.sharing.confirmations import AlreadyConfirmed, NeverTold
from intake.sharing.dead_letters import ConsentHasEnded, NotADeadLetter, replay, settle_letter
from intake.web.desk.access import needs
from intake.web.desk.blueprint import (
    blueprint,
    context,
    csrf,
    is_valid,
    staff_actor,
    staff_id,
)
from intake.web.desk.owners import assign_form
from intake.web.desk.revocation_page import (
    case_owners,
    case_page,
    evidence_form,
    known_case,
    told_form,
)

_FORM_ROOM = 64 * 1024
"""Bytes for what a form sends beside its file."""


@blueprint.post("/revocations/<uuid:revocation_id>/confirm")
@needs(Permission.RUN_PROGRAMME)
def confirm_hidden_by_staff(revocation_id: object) -> ResponseReturnValue:
    """Say for a sharing system that the identity is hidden, with evidence."""
    case_id = str(revocation_id)
    with context().database.read() as session:
        case = known_case(session, case_id)
    request.max_content_length = LARGEST_EVIDENCE + _FORM_ROOM
    try:
        form, file = evidence_form(case, request.form), request.files.get("file")
        content = file.read() if file is not None else b""
    except RequestEntityTooLarge:
        return case_page(case_id, status=413, problem=_wrong_file())
    if not is_valid(form):
        return case_page(case_id, status=422, evidence=form)
    evidence = Evidence(form.reason.data or "", form.reference.data or "")
    installed, at = context(), now()
    try:
        with recording(installed.database, installed.storage, content, evidence, at=at) as (
            session,
            whole,
        ):
            confirm_with_evidence(
                session, case_id, form.destination.data, whole, staff_id=staff_id(), at=at
            )
    except EvidenceRefused:
        return case_page(case_id, status=422, problem=_wrong_file(), evidence=form)
    except ReasonMissing:
        form.reason.errors = [gettext("Say how you know that it is hidden.")]
        return case_page(case_id, status=422, evidence=form)
    except (AlreadyConfirmed, NeverTold):
        message = gettext("This was confirmed already. This is how it stands now.")
        return case_page(case_id, status=409, problem=message)
    flash(gettext("Confirmed."))
    return _back(case_id)


@blueprint.post("/revocations/<uuid:revocation_id>/assign")
@needs(Permission.RUN_PROGRAMME)
def assign_case(revocation_id: object) -> ResponseReturnValue:
    """Give the case to somebody."""
    case_id = str(revocation_id)
    with context().database.read() as session:
        case = known_case(session, case_id)
        form = assign_form(case_owners(session, case), request.form)
    if not is_valid(form):
        return case_page(case_id, status=422, assignment=form)
    return _assign(case_id, form.owner.data)


@blueprint.post("/revocations/<uuid:revocation_id>/take")
@needs(Permission.SERVE_FAMILIES)
def take_case(revocation_id: object) -> ResponseReturnValue:
    """Take the case over."""
    is_valid(ActionForm(request.form, **csrf()))
    with context().database.read() as session:
        known_case(session, str(revocation_id))
    return _assign(str(revocation_id), staff_id())


@blueprint.post("/revocations/<uuid:revocation_id>/told")
@needs(Permission.SERVE_FAMILIES)
def told(revocation_id: object) -> ResponseReturnValue:
    """The family knows, or can't be told; this closes the case."""
    case_id = str(revocation_id)
    with context().database.read() as session:
        known_case(session, case_id)
    form = told_form(request.form)
    if not is_valid(form):
        return case_page(case_id, status=422, told=form)
    try:
        with context().database.begin() as session:
            how, note = ToldHow(form.how.data), form.note.data or ""
            tell_family(session, case_id, how, note=note, staff_id=staff_id(), at=now())
    except ReasonMissing:
        form.note.errors = [gettext("Say why the family can't be told.")]
        return case_page(case_id, status=422, told=form)
    except NotHiddenYet:
        message = gettext("The identity is not hidden everywhere yet. Tell the family when it is.")
        return case_page(case_id, status=409, problem=message)
    except CaseClosed:
        return case_page(case_id, status=409, problem=_closed())
    flash(gettext("Noted. This case is closed."))
    return _back(case_id)


@blueprint.post("/revocations/<uuid:revocation_id>/dead-letters/<uuid:letter_id>")
@needs(Permission.RUN_PROGRAMME)
def settle_dead_letter(revocation_id: object, letter_id: object) -> ResponseReturnValue:
    """Send a message that was refused again, or give it up."""
    case_id = str(revocation_id)
    with context().database.read() as session:
        known = known_case(session, case_id)
    form = DeadLetterForm(request.form, **csrf())
    if not is_valid(form):
        return case_page(case_id, status=422, letter=form)
    is_replayed = request.form.get("action") == "replay"
    at, zone = now(), context().settings.time_zone
    is_of_case = any(str(letter_id) in one.dead_letters for one in known.destinations)
    try:
        with context().database.begin() as session:
            # What belongs to another case is as good as unknown here.
            id, reason = str(letter_id) if is_of_case else "", form.reason.data or ""
            if is_replayed:
                today = local_date(at, zone)
                replay(session, id, reason=reason, by=staff_actor(), at=at, today=today)
            else:
                settle_letter(session, id, reason=reason, by=staff_actor(), at=at)
    except NotADeadLetter:
        message = gettext("Somebody has settled this already. This is how it stands now.")
        return case_page(case_id, status=409, problem=message)
    except ConsentHasEnded:
        message = gettext("This permission has ended or has changed. Give this message up.")
        return case_page(case_id, status=409, problem=message)
    flash(gettext("Noted."))
    return _back(case_id)


def _assign(case_id: str, owner_id: str) -> ResponseReturnValue:
    try:
        with context().database.begin() as session:
            assign(session, case_id, owner_id, by=staff_actor(), at=now())
    except CaseClosed:
        return case_page(case_id, status=409, problem=_closed())
    except NoSuchOwner:
        message = gettext("This person's account is closed. Choose another person.")
        return case_page(case_id, status=409, problem=message)
    flash(gettext("Noted."))
    return _back(case_id)


def _wrong_file() -> str:
    return str(gettext("Choose a PDF, PNG or JPEG of at most 10 MB."))


def _closed() -> str:
    return str(gettext("This case is closed already. This is how it stands now."))


def _back(case_id: str) -> ResponseReturnValue:
    return redirect(url_for("desk.revocation", revocation_id=case_id), 303)
