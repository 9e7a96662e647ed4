"""The few pages of a tablet that was handed over: language first, the end, and staff's way out."""

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from forms.desk import SignInForm
from forms.family import CheckForm
from forms.front_desk import LeaveForm
from forms.messages import Message
from intake.accounts.kiosks import Leaving, WrongPin, end_by_password, leave
from intake.accounts.model import Staff
from intake.accounts.staff import authenticate
from intake.db.limits import TooManyAttempts
from intake.web.desk.sessions import begin_session, passwords_in_use, resume_session
from intake.web.family.blueprint import (
    accepts,
    blueprint,
    filled,
    installation,
    page,
    page_code,
    unfilled,
)
from intake.web.family.kiosk import Held, forget_family, held
from intake.web.family.picker_routes import languages_to_pick, preferred_language
from intake.web.family.visit import go, moment, visit

_WRONG = Message("This PIN is not right.")
_TOO_OFTEN = Message("Too many wrong tries. Wait 15 minutes, or use your email and password.")
_NO_ACCOUNT = Message("This email and password don't fit an account.")


@blueprint.get("/kiosk/")
def kiosk_welcome() -> ResponseReturnValue:
    """Each language in its own name, before anything else."""
    kiosk = _kiosk()
    if not kiosk.is_open:
        return redirect(url_for("family.kiosk_over", language="en"), 303)
    return page(
        "picker.html",
        languages=languages_to_pick(),
        preferred=preferred_language(),
        start="family.kiosk_enter",
        to="",
    )


@blueprint.get("/<language>/kiosk/")
def kiosk_enter() -> ResponseReturnValue:
    """On to the first page that this family has not answered."""
    kiosk = _kiosk()
    found = visit(kiosk.purpose, kiosk.signing_id)
    if found.is_finished:
        return go(found, "done")
    unread = found.not_shown_in(page_code())
    missing = found.first_missing("check") or unread
    return go(found, missing or "check")


@blueprint.post("/kiosk/alive")
def kiosk_alive() -> ResponseReturnValue:
    """Somebody writes or draws: reaching this has started the idle minutes again."""
    _kiosk()
    return "", 204


@blueprint.post("/<language>/kiosk/finish")
def kiosk_finish() -> ResponseReturnValue:
    """The family is done, or has had enough."""
    kiosk = _kiosk()
    form = filled(CheckForm)
    if not accepts(form):
        return redirect(url_for("family.kiosk_enter"), 303)
    forget_family(kiosk.token)
    return redirect(url_for("family.kiosk_over"), 303)


@blueprint.get("/<language>/kiosk/over")
def kiosk_over() -> ResponseReturnValue:
    """Nothing of the family is here any more; the tablet goes back to staff."""
    kiosk = _kiosk()
    if kiosk.is_open:
        return redirect(url_for("family.kiosk_enter"), 303)
    # What the guard took away on the server, the browser forgets too.
    headers = {"Clear-Site-Data": '"cache", "storage"'}
    return render_template("family/kiosk_over.html"), 200, headers


@blueprint.route("/kiosk/leave", methods=["GET", "POST"])
def kiosk_leave() -> ResponseReturnValue:
    """Whoever handed the tablet over takes it back with their PIN, and is where they were."""
    kiosk = _kiosk()
    form = filled(LeaveForm)
    if request.method == "GET":
        return _leave_page(form, unfilled(SignInForm), 200)
    if not accepts(form):
        return _leave_page(form, unfilled(SignInForm), 422)
    left, problem = _try_pin(kiosk, form.pin.data or "")
    if left is None:
        form.pin.errors = [problem]  # type: ignore[list-item]
        return _leave_page(form, unfilled(SignInForm), 429 if problem is _TOO_OFTEN else 422)
    session.clear()
    if left.staff is None:
        return redirect(url_for("desk.sign_in"), 303)
    resume_session(left.staff, began_at=left.began_at, at=moment())
    return redirect(url_for("desk.student", student_id=left.student_id), 303)


@blueprint.post("/kiosk/leave/password")
def kiosk_leave_by_password() -> ResponseReturnValue:
    """For a forgotten PIN, or somebody else of the staff: signing in as on any day."""
    kiosk = _kiosk()
    form = filled(SignInForm)
    if not accepts(form):
        return _leave_page(unfilled(LeaveForm), form, 422)
    staff = _signed_in(form)
    if staff is None:
        form.password.errors = [_NO_ACCOUNT]  # type: ignore[list-item]
        return _leave_page(unfilled(LeaveForm), form, 422)
    end_by_password(installation().database, kiosk.token, at=moment())
    begin_session(staff, at=moment())
    return redirect(url_for("desk.sign_in"), 303)


def _kiosk() -> Held:
    """This browser's kiosk; these pages are nobody else's."""
    found = held()
    if found is None:
        raise NotFound
    return found


def _try_pin(kiosk: Held, pin: str) -> tuple[Leaving | None, Message]:
    database = installation().database
    try:
        left = leave(database, kiosk.token, pin, at=moment(), passwords=passwords_in_use())
    except WrongPin:
        return None, _WRONG
    except TooManyAttempts:
        return None, _TOO_OFTEN
    return left, _WRONG


def _signed_in(form: SignInForm) -> Staff | None:
    try:
        return authenticate(
            installation().database,
            form.email.data or "",
            form.password.data or "",
            address=request.remote_addr or "unknown",
            at=moment(),
            passwords=passwords_in_use(),
        )
    except TooManyAttempts:
        return None


def _leave_page(pin_form: LeaveForm, form: SignInForm, status: int) -> ResponseReturnValue:
    return page("kiosk_leave.html", status, pin_form=pin_form, form=form)
