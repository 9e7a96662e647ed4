"""``GET /api/v1/openapi.json``: OpenAPI 3.1, made of the same dataclasses that read the bodies."""

import functools
from dataclasses import dataclass
from typing import Annotated, Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from intake.web.api.decision_shapes import (
    DecisionAnswer,
    DecisionAnswers,
    DecisionBatch,
    DecisionRequest,
)
from intake.web.api.partners import PublicPartners
from intake.web.api.shapes import Says, Schema, described

blueprint = Blueprint("openapi_api", __name__, url_prefix="/api/v1")

_TITLE = "Waiver intake: decisions for sharing systems"


@dataclass(frozen=True, slots=True)
class Problem:
    """What was wrong with a request (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: Annotated[str, Says("What to change; nothing of what was sent.")] = ""


@blueprint.get("/openapi.json")
def openapi() -> ResponseReturnValue:
    """The description of this API."""
    return jsonify(document())


@functools.cache
def document() -> Schema:
    """The whole description."""
    components: dict[str, Schema] = {}
    paths = {
        "/api/v1/decisions": {"post": _decisions(components)},
        "/api/v1/partners": {
            "get": {
                "operationId": "listPartners",
                "summary": "The partners of each school, for everybody",
                "security": [],
                "responses": {"200": _json("Today's list.", described(PublicPartners, components))},
            }
        },
        "/api/v1/openapi.json": {
            "get": {
                "operationId": "describeApi",
                "summary": "This description",
                "security": [],
                "responses": {"200": _json("OpenAPI 3.1.", {"type": "object"})},
            }
        },
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": _TITLE, "version": "1"},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _decisions(components: dict[str, Schema]) -> dict[str, Any]:
    one, many = described(DecisionRequest, components), described(DecisionBatch, components)
    answers = [described(DecisionAnswer, components), described(DecisionAnswers, components)]
    problem = described(Problem, components)
    return {
        "operationId": "decide",
        "summary": "May these data elements be disclosed?",
        "description": "Needs the scope decide. At most 1,000 decisions and 2 MiB in a call.",
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"oneOf": [one, many]}}},
        },
        "responses": {
            "200": _json(
                "Decided: one answer to one question, a list to a list.", {"oneOf": answers}
            ),
            **{status: _problem(text, problem) for status, text in _PROBLEMS.items()},
        },
    }


_PROBLEMS = {
    "400": "The body is not JSON.",
    "401": "No valid token.",
    "403": "The client lacks the scope.",
    "409": "An idempotency_key stands for another question. Nothing was recorded.",
    "413": "The body is too large.",
    "415": "The body is not application/json.",
    "422": "The body is not as described; detail names the place.",
    "429": "Too many calls; Retry-After says when to come again.",
}


def _json(text: str, schema: Schema) -> Schema:
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def _problem(text: str, schema: Schema) -> Schema:
    return {"description": text, "content": {"application/problem+json": {"schema": schema}}}
