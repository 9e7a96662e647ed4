"""The few pages of a tablet that was handed over: language first, the end, and staff's way out."""

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from forms.family import CheckForm
from forms.front_desk import LeaveForm
from forms.messages import Message
from intake.accounts.kiosks import Leaving, WrongPin, leave
from intake.db.limits import TooManyAttempts
from intake.web.desk.sessions import passwords_in_use, resume_session
from intake.web.family.blueprint import (
    accepts,
    blueprint,
    filled,
    installation,
    page,
)
from intake.web.family.kiosk import Held, forget_family, held
from intake.web.family.picker_routes import languages_to_pick, preferred_language
from intake.web.family.visit import go, moment, seen_as, visit

_WRONG = Message("This PIN is not right.")
_TOO_OFTEN = Message("Too many wrong tries. Wait 15 minutes, then try again.")


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
    unread = found.not_shown_as(seen_as(found.document))
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
        return redirect(url_for("family.kiosk_welcome"), 303)
    # What the guard took away on the server, the browser forgets too.
    headers = {"Clear-Site-Data": '"cache", "storage"'}
    return render_template("family/kiosk_over.html"), 200, headers


@blueprint.route("/kiosk/leave", methods=["GET", "POST"])
def kiosk_leave() -> ResponseReturnValue:
    """Whoever handed the tablet over takes it back with their PIN, and is where they were.

    There is no other way, such as a password: browsers fill in passwords for whoever holds them.
    """
    kiosk = _kiosk()
    form = filled(LeaveForm)
    if request.method == "GET":
        return page("kiosk_leave.html", form=form)
    if not accepts(form):
        return page("kiosk_leave.html", 422, form=form)
    left, problem = _try_pin(kiosk, form.pin.data or "")
    if left is None:
        form.pin.errors = [problem]  # type: ignore[list-item]
        return page("kiosk_leave.html", 429 if problem is _TOO_OFTEN else 422, form=form)
    session.clear()
    if left.staff is None:
        return redirect(url_for("desk.sign_in"), 303)
    resume_session(left.staff, began_at=left.began_at, at=moment())
    return redirect(url_for("desk.student", student_id=left.student_id), 303)


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
