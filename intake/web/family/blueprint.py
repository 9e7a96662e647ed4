"""The blueprint, and what every family page needs: language, forms, error pages."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from flask import Blueprint, current_app, g, render_template, request, session
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.exceptions import NotFound

from forms.base import Form
from forms.family import CheckForm
from forms.messages import Message
from intake.consents.errors import (
    AlreadyRevoked,
    ConsentError,
    InvitationExpired,
    InvitationUnknown,
    NotEntitled,
    SigningUnknown,
)
from intake.consents.states import SigningPurpose
from intake.disclosures.access import MayNotInspect
from intake.documents.texts import offered_languages
from intake.installation import Installation
from intake.web.family.words import list_refusal, refusal
from intake.web.wording import page_language
from translations import Language, languages

blueprint = Blueprint("family", __name__)

_PURPOSE_WORDS = {
    SigningPurpose.WAIVER: "waiver",
    SigningPurpose.REVOCATION: "revoke",
    SigningPurpose.DISCLOSURES: "disclosures",
}
_AnyForm = TypeVar("_AnyForm", bound=Form)
_View = TypeVar("_View", bound=Callable[..., ResponseReturnValue])


def installation() -> Installation:
    """Database, store, seal and settings of this application."""
    found: Installation = current_app.extensions["intake"]
    return found


def page_code() -> str:
    """The language code in this page's address."""
    found: Language = g.language
    return found.code


@blueprint.url_value_preprocessor
def _take_language(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """The language in the address; an unknown or incomplete one is no page."""
    code = (values or {}).pop("language", None)
    if code is None:
        return
    # Whoever wants no more emails reads no document: the link works whatever was published since.
    read = languages().values() if endpoint == "family.stop_emails" else offered_languages()
    found = next((language for language in read if language.code == code), None)
    if found is None:
        raise NotFound
    g.language = found


@blueprint.url_defaults
def _add_language(endpoint: str, values: dict[str, Any]) -> None:
    if "language" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "language"):
        values["language"] = page_code()


def step_route(step: str) -> Callable[[_View], _View]:
    """A page of a visit, at ``/<language>/<purpose>/<signing id>/<step>``."""
    rule = f"/<language>/<any(waiver, revoke, disclosures):purpose>/<signing_id>/{step}"
    return blueprint.route(rule, methods=["GET", "POST"])


def filled(kind: type[_AnyForm], **values: Any) -> _AnyForm:
    """A form with what was posted, or with ``data`` where nothing was."""
    return _form(kind, request.form if request.method == "POST" else None, values)


def unfilled(kind: type[_AnyForm], **values: Any) -> _AnyForm:
    """A form for a page on which another one was posted."""
    return _form(kind, None, values)


def _form(kind: type[_AnyForm], posted: Any, values: dict[str, Any]) -> _AnyForm:
    secret = current_app.secret_key or b""
    return kind(
        posted,
        csrf_session=session,
        csrf_secret=secret if isinstance(secret, bytes) else secret.encode(),
        **values,
    )


def accepts(form: Form) -> bool:
    """Whether a posted form is good. A stale token is said on the form; nothing typed is lost."""
    good = bool(form.validate())
    if form.is_stale:
        _say_stale(form)
        return False
    return good


def accepts_press(form: Form) -> bool:
    """Whether a second button of ``form``'s page may act; a stale token is said on ``form``."""
    if accepts(filled(CheckForm)):
        return True
    _say_stale(form)
    return False


def _say_stale(form: Form) -> None:
    stale: Any = Message("This page was open for a long time. Please press the button again.")
    form["csrf_token"].errors = [stale]


def page(template: str, status: int = 200, **values: Any) -> ResponseReturnValue:
    """Render a family page."""
    return render_template(f"family/{template}", **values), status


def bdi(text: str) -> Markup:
    """Something a person typed, inside a sentence."""
    return Markup('<bdi dir="auto">{}</bdi>').format(text)


def school_time(moment: datetime) -> str:
    """A moment as families read it: in the school's zone and the page's language."""
    return page_language().long_time(moment.astimezone(installation().settings.time_zone))


@blueprint.app_context_processor
def _names() -> dict[str, Any]:
    return {
        "bdi": bdi,
        "school_time": school_time,
        "purpose_word": purpose_word,
        "page_without_language": page_without_language,
    }


def page_without_language() -> str | None:
    """What follows the language in this page's address, to read it in another one."""
    if "language" not in g:
        return None
    return request.path.removeprefix(f"/{page_code()}/") or None


def purpose_word(purpose: SigningPurpose) -> str:
    """A visit's purpose as it stands in addresses."""
    return _PURPOSE_WORDS[purpose]


@blueprint.errorhandler(SigningUnknown)
def _gone(_error: SigningUnknown) -> ResponseReturnValue:
    return page("gone.html", 404)


@blueprint.errorhandler(MayNotInspect)
def _may_not_inspect(error: MayNotInspect) -> ResponseReturnValue:
    return page("list_refused.html", 403, said=list_refusal(error))


@blueprint.errorhandler(ConsentError)
def _refused(error: ConsentError) -> ResponseReturnValue:
    """A rule says no: the page for it says why, and what to do next."""
    status = {InvitationUnknown: 404, InvitationExpired: 410, NotEntitled: 403}
    taken_back_at = error.signed_at if isinstance(error, AlreadyRevoked) else None
    return page(
        "refused.html",
        status.get(type(error), 409),
        said=refusal(error),
        taken_back_at=taken_back_at,
    )
