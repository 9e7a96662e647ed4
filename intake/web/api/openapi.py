"""``GET /api/v1/openapi.json``: OpenAPI 3.1, made of the same dataclasses that read the bodies."""

import functools

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from intake.web.api.caching import conditional
from intake.web.api.described import SECURITY_SCHEMES, Describer
from intake.web.api.operations import paths
from intake.web.api.problems import answers_with_problems
from intake.web.api.shapes import Schema

blueprint = Blueprint("openapi_api", __name__, url_prefix="/api/v1")
answers_with_problems(blueprint)

_TITLE = "Waiver intake: for sharing systems"


@blueprint.get("/openapi.json")
def openapi() -> ResponseReturnValue:
    """The description of this API."""
    return conditional(jsonify(document()), public=True)


@functools.cache
def document() -> Schema:
    """The whole description."""
    describer = Describer()
    described = paths(describer)
    return {
        "openapi": "3.1.0",
        "info": {"title": _TITLE, "version": "1"},
        "paths": described,
        "components": {
            "schemas": describer.components,
            "securitySchemes": SECURITY_SCHEMES,
        },
    }
