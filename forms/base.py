"""The base of every web form: WTForms with a CSRF token that hangs on the browser's session."""

from collections.abc import MutableMapping
from typing import Any

import wtforms
from werkzeug.datastructures import MultiDict
from wtforms.csrf.session import SessionCSRF


class Form(wtforms.Form):
    """A form that only validates with the token of the session it was shown in."""

    class Meta:
        csrf = True
        csrf_class = SessionCSRF
        csrf_time_limit = None  # the session's own end is the limit: nothing typed is lost to it

    def __init__(
        self,
        formdata: MultiDict[str, str] | None = None,
        *,
        csrf_session: MutableMapping[str, Any],
        csrf_secret: bytes,
        **values: Any,
    ) -> None:
        """``csrf_session`` is the browser's session, ``csrf_secret`` the installation's."""
        super().__init__(
            formdata,
            meta={"csrf_context": csrf_session, "csrf_secret": csrf_secret},
            **values,
        )

    @property
    def is_stale(self) -> bool:
        """After ``validate``: the token is missing or another session's."""
        return bool(self.errors.get("csrf_token"))
