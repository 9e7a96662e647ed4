"""The link at the end of a campaign's email: no more of them."""

from flask import request
from flask.typing import ResponseReturnValue

from intake.messages.optouts import stop_by_link
from intake.web.family.blueprint import blueprint, installation, page
from intake.web.family.visit import moment


@blueprint.route("/<language>/stop/<uuid:message_id>", methods=["GET", "POST"])
def stop_emails(message_id: object) -> ResponseReturnValue:
    """A button, as mail programs look at links by themselves; some press it for their reader
    (RFC 8058), so it asks for no token: all it can do is end what its reader gets."""
    if request.method == "GET":
        return page("stop.html", is_done=False, is_known=True)
    with installation().database.begin() as session:
        is_known = stop_by_link(session, str(message_id), at=moment())
    return page("stop.html", 200 if is_known else 404, is_done=is_known, is_known=is_known)
