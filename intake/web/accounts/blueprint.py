"""The accounts' blueprint: its pages are staff's, under /desk and /coordinator."""

from flask import Blueprint, make_response
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from intake.clock import now
from intake.db.limits import TooManyAttempts
from intake.web.desk.blueprint import error_page, guard

blueprint = Blueprint("accounts", __name__)
guard(blueprint)


@blueprint.errorhandler(TooManyAttempts)
def too_many(error: TooManyAttempts) -> ResponseReturnValue:
    """More was tried from this address than anybody at work does."""
    wait = error.seconds_left(now())
    message = gettext("Too many tries from here. Wait 15 minutes, then try again.")
    response = make_response(error_page(gettext("Please wait"), message, 429))
    response.headers["Retry-After"] = str(wait)
    return response
