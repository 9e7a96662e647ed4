"""Everything that is served under ``/api/v1``."""

from flask import Flask

from intake.web.api import (
    confirmations,
    decisions,
    events,
    openapi,
    partners,
    revocations,
    students,
    token,
)

_BLUEPRINTS = (
    token.blueprint,
    decisions.blueprint,
    students.blueprint,
    revocations.blueprint,
    confirmations.blueprint,
    events.blueprint,
    partners.blueprint,
    openapi.blueprint,
)


def register_api(app: Flask) -> None:
    """Serve the whole interface for sharing systems."""
    for blueprint in _BLUEPRINTS:
        app.register_blueprint(blueprint)
