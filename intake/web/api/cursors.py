"""Cursors: where the next page begins, signed, so that nobody makes one up."""

import base64
import hmac
import json

from flask import request

from intake.db.keys import KeyRing
from intake.web.api.problems import ApiProblem

_LONGEST = 500


def signed_cursor(ring: KeyRing, listing: str, values: list[str]) -> str:
    """A cursor that counts for this listing alone; always the same for the same place."""
    plain = base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")
    return f"{plain}.{_mac(ring, listing, plain)}"


def opened_cursor(ring: KeyRing, listing: str, cursor: str) -> list[str]:
    """What was signed. Raises ApiProblem (404) for what was never given out for this listing."""
    plain, _, mac = cursor[:_LONGEST].partition(".")
    if not cursor.isascii() or not hmac.compare_digest(_mac(ring, listing, plain), mac):
        raise ApiProblem(
            404, "Unknown cursor", "`cursor` must come from the `next` of a page of this list"
        )
    values: list[str] = json.loads(base64.urlsafe_b64decode(plain + "=" * (-len(plain) % 4)))
    return values


def whole_number(name: str, default: int, *, least: int, most: int) -> int:
    """A number of the query. Raises ApiProblem (400)."""
    value = request.args.get(name, str(default))
    if not value.isascii() or not value.isdigit() or len(value) > len(str(most)):
        raise ApiProblem(400, "Malformed", f"`{name}` must be a whole number up to {most}")
    if not least <= int(value) <= most:
        raise ApiProblem(400, "Malformed", f"`{name}` must be from {least} to {most}")
    return int(value)


def known_parameters(*names: str) -> None:
    """Refuse what is misspelt, or given twice. Raises ApiProblem (400)."""
    for name, values in request.args.lists():
        if name not in names:
            raise ApiProblem(400, "Malformed", f"parameters are: {', '.join(names)}")
        if len(values) > 1:
            raise ApiProblem(400, "Malformed", f"`{name}` is given twice")


def _mac(ring: KeyRing, listing: str, plain: str) -> str:
    return ring.blind_index(f"api.cursor:{listing}", plain)
