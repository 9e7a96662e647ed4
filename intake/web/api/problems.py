"""Answers that say what is wrong: ``application/problem+json`` (RFC 9457)."""

import json

from flask import Blueprint, Response, g
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from intake.clock import now
from intake.db.limits import TooManyAttempts, Usage

CONTENT_TYPE = "application/problem+json"
_DETAILS = {
    404: "there is nothing at this address",
    405: "this address does not take this method: see the Allow header",
    413: "the body is too large",
    415: "the body is of a kind that is not read here",
}


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
    return Response(json.dumps(body), error.status, error.headers, content_type=CONTENT_TYPE)


def too_many(error: TooManyAttempts) -> Response:
    """The answer to a client that asks too often."""
    wait = error.seconds_left(now())
    detail = f"ask again after {wait} seconds"
    if error.limit is not None:
        g.api_usage = Usage(error.limit, 0, error.retry_after)
    return problem(ApiProblem(429, "Too many requests", detail, headers={"Retry-After": str(wait)}))


def http_problem(error: HTTPException) -> Response:
    """What the framework refuses, or what failed: never why, beyond what the status means."""
    status = error.code or 500
    headers = {}
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        headers["Allow"] = ", ".join(sorted(error.valid_methods))  # RFC 9110, 15.5.6
    detail = _DETAILS.get(status, "the request can't be followed")
    if status >= 500:
        detail = "it is not your request: try again later"
    return problem(ApiProblem(status, error.name, detail, headers=headers))


def answers_with_problems(blueprint: Blueprint) -> None:
    """Let a blueprint's errors become problems, and its answers say what is left of a limit."""
    blueprint.register_error_handler(ApiProblem, problem)
    blueprint.register_error_handler(TooManyAttempts, too_many)
    blueprint.after_request(_say_what_is_left)


def _say_what_is_left(response: Response) -> Response:
    """The RateLimit headers of draft-ietf-httpapi-ratelimit-headers."""
    usage: Usage | None = g.get("api_usage")
    if usage is not None:
        limit = usage.limit
        window = int(limit.window.total_seconds())
        frees = max(1, int((usage.frees_at - now()).total_seconds()) + 1)
        response.headers["RateLimit-Policy"] = f'"{limit.scope}";q={limit.count};w={window}'
        response.headers["RateLimit"] = (
            f'"{limit.scope}";r={usage.remaining};t={min(frees, window)}'
        )
    return response
