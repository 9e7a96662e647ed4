"""Bodies as they come: bounded before they are read, and JSON that means one thing."""

import json
from typing import Any, NoReturn

from flask import request

from intake.web.api.problems import ApiProblem
from intake.web.api.shapes import Misshapen, read


class _Ambiguous(ValueError):
    """JSON that two readers may read differently."""


def read_json_body(longest: int) -> bytes:
    """The body as it came. Raises ApiProblem: 413, 415."""
    return read_body(longest, "application/json")


def read_body(longest: int, media_type: str) -> bytes:
    """The body as it came, of this media type. Raises ApiProblem: 413, 415."""
    if request.mimetype != media_type:
        raise ApiProblem(415, "Unsupported media type", f"send {media_type}")
    too_large = ApiProblem(413, "Too large", f"at most {longest} bytes")
    if request.content_length is not None and request.content_length > longest:
        raise too_large
    request.max_content_length = longest + 1
    body = request.stream.read(longest + 1)  # a chunked body says no length
    if len(body) > longest:
        raise too_large
    return body


def parsed(body: bytes) -> Any:
    """The JSON value. Raises ApiProblem where it is none, or names a member twice (RFC 8259, 4)."""
    try:
        return json.loads(
            body.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_constant
        )
    except _Ambiguous:
        raise ApiProblem(400, "Malformed", "an object names a member twice") from None
    except (ValueError, RecursionError):
        raise ApiProblem(400, "Malformed", "the body is not JSON") from None


def shaped(kind: Any, body: bytes) -> Any:
    """The body as what ``kind`` describes. Raises ApiProblem: 400, 422."""
    values = parsed(body)
    try:
        return read(kind, values)
    except Misshapen as error:
        raise ApiProblem(422, "Not as described", str(error)) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Ambiguous
    return found


def _no_constant(_name: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")
