"""Answers that say what is wrong: ``application/problem+json`` (RFC 9457)."""

import json

from flask import Blueprint, Response, request

from intake.clock import now
from intake.db.limits import TooManyAttempts


class ApiProblem(Exception):
    """What becomes a problem's answer. Texts hold nothing that was sent."""

    def __init__(
        self, status: int, title: str, detail: str, *, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.detail = detail
        self.headers = headers or {}


def problem(error: ApiProblem) -> Response:
    """The answer to a request that could not be followed."""
    body = {
        "type": "about:blank",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
    }
    return Response(
        json.dumps(body), error.status, error.headers, content_type="application/problem+json"
    )


def too_many(error: TooManyAttempts) -> Response:
    """The answer to a client that asks too often."""
    wait = max(1, int((error.retry_after - now()).total_seconds()) + 1)
    detail = f"ask again after {wait} seconds"
    return problem(ApiProblem(429, "Too many requests", detail, headers={"Retry-After": str(wait)}))


def answers_with_problems(blueprint: Blueprint) -> None:
    """Let a blueprint's errors become problems."""
    blueprint.register_error_handler(ApiProblem, problem)
    blueprint.register_error_handler(TooManyAttempts, too_many)


def read_json_body(longest: int) -> bytes:
    """The body as it came. Raises ApiProblem: 413, 415."""
    if request.mimetype != "application/json":
        raise ApiProblem(415, "Unsupported media type", "send application/json")
    too_large = ApiProblem(413, "Too large", f"at most {longest} bytes")
    if request.content_length is not None and request.content_length > longest:
        raise too_large
    request.max_content_length = longest + 1
    body = request.stream.read(longest + 1)  # a chunked body says no length
    if len(body) > longest:
        raise too_large
    return body
