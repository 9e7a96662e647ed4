"""Staff's pages: nobody sees one without being signed in, and none is cached."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Protocol

from babel.dates import format_date, format_time, get_datetime_format
from flask import Blueprint, Response, current_app, redirect, render_template, request, session
from flask import url_for as address_of
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from flask_login import current_user
from markupsafe import Markup
from werkzeug.exceptions import NotFound

from forms.base import Form
from forms.desk import ActionForm, SearchForm
from forms.looks import ReasonForm
from forms.messages import Message
from intake.accounts.roles import Permission
from intake.accounts.standing import Missing
from intake.clock import now
from intake.config import Settings
from intake.consents.ledger import Actor
from intake.consents.states import ActorKind
from intake.db.engine import Database
from intake.documents.kept import KeptObjectGone
from intake.documents.store import DocumentDamaged, DocumentMissing, Storage
from intake.installation import Installation
from intake.paper.review import waiting
from intake.web.desk import words
from intake.web.desk.access import (
    home,
    is_open_to_all,
    is_refused,
    may,
    may_open,
    needed_by,
    scope,
)
from intake.web.desk.looking import must_say_why, remember_page, write_action_down
from intake.web.desk.reach import is_within_reach
from intake.web.desk.sealed_search import open_search, seal_search
from intake.web.desk.sessions import drop_timed_out, has_timed_out, touch_session
from intake.web.wording import use_language
from translations import Language, UnknownLanguage, language

blueprint = Blueprint("desk", __name__, url_prefix="/desk")

BY_ITSELF = "itself"
"""``?by=itself`` stands in addresses that a page asks for without anybody at the desk."""


class Context(Protocol):
    """What the application has put together for its pages."""

    @property
    def database(self) -> Database: ...
    @property
    def settings(self) -> Settings: ...
    @property
    def storage(self) -> Storage: ...


def context() -> Context:
    """This application's database, settings and document store."""
    found: Context = current_app.extensions["intake"]
    return found


def installation() -> Installation:
    """All of it, for what stores and reads scans."""
    found: Installation = current_app.extensions["intake"]
    return found


def staff_id() -> str:
    """The signed-in member of staff."""
    return str(current_user.id)


def staff_actor() -> Actor:
    """The signed-in member of staff, for the ledger."""
    return Actor(ActorKind.STAFF, staff_id())


def csrf() -> dict[str, Any]:
    """What every form needs to make and check its token."""
    secret = current_app.secret_key or ""
    return {
        "csrf_session": session,
        "csrf_secret": secret if isinstance(secret, bytes) else secret.encode(),
    }


class StaleForm(Exception):
    """The form wasn't shown in this session: signed in anew meanwhile, or forged."""


class SearchTooLong(Exception):
    """More was typed into a search box than an address can carry."""


def is_valid(form: Form) -> bool:
    """Whether the form is filled in well. Raises StaleForm, which is answered with a page."""
    filled_in_well: bool = form.validate()
    if form.is_stale:
        raise StaleForm
    return filled_in_well


def posted_search() -> str | None:
    """What was typed into a search box, sealed for an address; nothing for an empty one.

    Raises StaleForm, SearchTooLong.
    """
    form = SearchForm(request.form, **csrf())
    if not is_valid(form):
        raise SearchTooLong
    return seal_search(context().database.keyring, (form.text.data or "").strip()) or None


def asked_search() -> str:
    """What the address asks to search for, in plain words."""
    return open_search(context().database.keyring, request.args.get("search", ""))


def first_error(errors: Sequence[str | Message]) -> str:
    """A form's message in the reader's language."""
    if not errors:
        return ""
    error = errors[0]
    if isinstance(error, Message):
        return str(gettext(error.text, **error.values))
    return str(gettext(error))


def _require_staff() -> ResponseReturnValue | None:
    at = now()
    if current_user.is_authenticated:
        use_language(current_user.language)
        if request.args.get("by") != BY_ITSELF:  # a page that reloads itself is nobody at work
            touch_session(at=at)
        return None if is_open_to_all(request.endpoint) else _stopped()
    timed_out = has_timed_out(at=at)
    if timed_out:
        drop_timed_out()
    if is_open_to_all(request.endpoint):
        return None
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    reason = "idle" if timed_out else None
    return redirect(address_of("desk.sign_in", next=back, reason=reason), 303)


def _stopped() -> ResponseReturnValue | None:
    """What stands between somebody signed in and the page, if anything does."""
    if is_refused():
        return _refused()
    needed = needed_by(request.endpoint or "") if request.endpoint else None
    if (asked := asked_first(needed)) is not None:
        return asked
    if not is_within_reach(context().database, needed, scope()):
        raise NotFound
    return None


def asked_first(needed: Permission | None) -> ResponseReturnValue | None:
    """What comes before anything that this permission opens: rules that are not met, a reason.

    A page of everybody's asks it too, before it shows a student.
    """
    if (missing := _what_is_missing(needed)) is not None:
        return missing
    if must_say_why(needed):
        remember_page()
        return render_template("desk/reason.html", form=ReasonForm(**csrf()))
    return None


_WHERE = {
    Missing.NEW_PASSWORD: "accounts.new_own_password",
    Missing.AGREEMENT: "accounts.agreement",
    Missing.TRAINING: "accounts.training",
}


def _what_is_missing(needed: Permission | None) -> ResponseReturnValue | None:
    """Until the programme's rules are met, only the pages of one's own account open."""
    missing: tuple[Missing, ...] = current_user.missing
    if not missing or needed is Permission.OWN_ACCOUNT:
        return None
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(address_of(_WHERE[missing[0]], next=back), 303)


def _refused() -> ResponseReturnValue:
    message = gettext("Your account may not open this page. Ask who manages the accounts.")
    return error_page(gettext("Not for your account"), message, 403)


def _keep_nothing(response: Response) -> Response:
    # Desks are shared: the Back button after signing out must find nothing.
    response.headers["Cache-Control"] = "no-store"
    return response


def _not_found(_error: Exception) -> ResponseReturnValue:
    return error_page(
        gettext("Not found"), gettext("There is nothing at this address, or not any more."), 404
    )


def _stale(_error: Exception) -> ResponseReturnValue:
    message = gettext("This page was open for too long. Go back, reload it and try again.")
    return error_page(gettext("Please try again"), message, 400)


def _too_long(_error: Exception) -> ResponseReturnValue:
    message = gettext("Type at most 100 characters.")
    return error_page(gettext("This search is too long"), message, 422)


def _damaged(_error: Exception) -> ResponseReturnValue:
    message = gettext(
        "The stored document is missing or is not what was sealed. "
        "Tell the operator: `intake audit verify` names it."
    )
    return error_page(gettext("Document damaged"), message, 500)


def error_page(title: str, message: str, status: int) -> ResponseReturnValue:
    """A page that says what is wrong."""
    return render_template("desk/error.html", title=title, message=message), status


def _template_names() -> dict[str, Any]:
    return {
        "words": words,
        "may": may,
        "may_open": _is_open,
        "home": home,
        "Permission": Permission,
        "interface": interface_language(),
        "person_at_desk": current_user if current_user.is_authenticated else None,
        "sign_out_form": ActionForm(**csrf()),
        "find_form": SearchForm(**csrf()),
        "error_of": first_error,
        "school_time": school_time,
        "school_date": school_date,
        "language_name": language_name,
        "questions_waiting": questions_waiting,
    }


def _is_open(endpoint: str) -> bool:
    """Whether a link to this page is of any use."""
    return may_open(endpoint) and not current_user.missing


def questions_waiting() -> int:
    """How many questions about scanned papers wait for a person of these schools."""
    with context().database.read() as database_session:
        return waiting(database_session, now(), scope()).open


def interface_language() -> Language:
    """The language of staff's pages."""
    try:
        return language(get_locale().language)
    except UnknownLanguage:
        return language("en")


def school_time(moment: datetime) -> Markup:
    """A moment on the school's clock, to the minute, with the exact one for machines."""
    zone, locale = context().settings.time_zone, interface_language().locale
    day = format_date(moment.astimezone(zone), "medium", locale=locale)
    minute = format_time(moment, "short", tzinfo=zone, locale=locale)
    both = str(get_datetime_format("medium", locale=locale))
    local = both.replace("'", "").replace("{0}", minute).replace("{1}", day)
    return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(), local)


def school_date(day: date) -> Markup:
    """A calendar day."""
    local = format_date(day, "medium", locale=interface_language().locale)
    return Markup('<time datetime="{}">{}</time>').format(day.isoformat(), local)


def language_name(code: str) -> Markup:
    """A language's name in itself, marked as such."""
    try:
        named = language(code)
    except UnknownLanguage:
        return Markup("{}").format(code)
    return Markup('<bdi lang="{}" dir="{}">{}</bdi>').format(
        named.code, named.direction.value, named.endonym
    )


def guard(pages: Blueprint) -> None:
    """Make a blueprint's pages staff's: signed in, uncached, with their errors and words."""
    pages.before_request(_require_staff)
    pages.after_request(_keep_nothing)
    pages.after_request(write_action_down)
    for error, answer in (
        (NotFound, _not_found),
        (DocumentMissing, _not_found),
        (KeptObjectGone, _not_found),
        (StaleForm, _stale),
        (SearchTooLong, _too_long),
        (DocumentDamaged, _damaged),
    ):
        pages.register_error_handler(error, answer)
    pages.context_processor(_template_names)


guard(blueprint)
