"""The Flask application: blueprints, headers, error pages. Holds no rule of the domain."""

import hashlib
import logging
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.middleware.proxy_fix import ProxyFix

from intake.campaigns.answers import answer_subscriber
from intake.clock import now
from intake.config import Settings
from intake.db.keys import KeyRing
from intake.db.limits import TooManyAttempts
from intake.documents.in_force import mean_no_versions, mean_versions_of
from intake.installation import Installation
from intake.notices import notice_subscriber
from intake.sharing.outbox import publication_subscriber
from intake.staffing.letters import letter_subscriber
from intake.web.accounts import blueprint as accounts
from intake.web.api.problems import http_problem
from intake.web.api.registry import register_api
from intake.web.coordinator import blueprint as coordinator
from intake.web.desk import blueprint as desk
from intake.web.desk import init_login
from intake.web.family import blueprint as family
from intake.web.public import outbox_blueprint
from intake.web.webhooks import blueprint as webhooks
from intake.web.wording import init_wording
from translations import has_catalogue, languages

_log = logging.getLogger(__name__)

LARGEST_REQUEST = 256 * 1024
"""Bytes; a drawn signature is about 7 KB."""

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def create_app(installation: Installation) -> Flask:
    """The whole product as one WSGI application."""
    settings = installation.settings
    app = Flask("intake.web")
    app.secret_key = _secret(installation.database.keyring)
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
        SESSION_COOKIE_NAME="__Host-intake" if settings.https else "intake",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_PATH="/",
        SEND_FILE_MAX_AGE_DEFAULT=86400,
    )
    app.extensions["intake"] = installation
    connect_subscribers(installation)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    init_wording(app)
    init_login(app)
    _mean_the_installations_documents(app)
    for blueprint in (family, desk, coordinator, accounts, webhooks):
        app.register_blueprint(blueprint)
    register_api(app)
    if settings.demo:
        app.register_blueprint(outbox_blueprint)
    _register_health(app, installation)
    _register_errors(app)
    app.after_request(_headers(settings))
    return app


def _mean_the_installations_documents(app: Flask) -> None:
    """Each request reads documents in the versions in force; before the address is looked at."""

    @app.url_value_preprocessor
    def begin(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
        found: Installation = app.extensions["intake"]
        mean_versions_of(found.database, found.settings.time_zone)

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        mean_no_versions()


def connect_subscribers(installation: Installation) -> None:
    """Let publications and notices follow the ledger; once per database."""
    subscribers = installation.database.subscribers
    if not subscribers:
        # Notices first: publishing may complete a revocation at once (nothing to hide), and the
        # family reads "received" before "done".
        subscribers.append(notice_subscriber(installation.settings))
        subscribers.append(publication_subscriber(installation.settings.base_url))
        subscribers.append(answer_subscriber(installation.settings))
        installation.database.account_subscribers.append(letter_subscriber(installation.settings))


def _secret(ring: KeyRing) -> bytes:
    return hashlib.sha256(ring.blind_index("flask", "session").encode()).digest()


def _headers(settings: Settings) -> Callable[[Response], Response]:
    def add(response: Response) -> Response:
        headers = response.headers
        # Only staff's pages ask for more once they are open: progress, uploads, suggestions; and a
        # tablet in a family's hands says that somebody is at it.
        asks_more = request.blueprint in ("desk", "coordinator") or g.get("kiosk") is not None
        more = "; connect-src 'self'" if asks_more else ""
        headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY + more)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers["Referrer-Policy"] = "no-referrer"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        if settings.https:
            headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        if request.endpoint != "static":
            # What a family typed must not come back from a shared phone's cache.
            headers.setdefault("Cache-Control", "no-store")
        return response

    return add


def _register_health(app: Flask, installation: Installation) -> None:
    @app.get("/healthz")
    def healthz() -> ResponseReturnValue:
        return jsonify(status="ok")

    @app.get("/readyz")
    def readyz() -> ResponseReturnValue:
        with installation.database.read() as session:
            session.execute(text("SELECT 1"))
        return jsonify(status="ok")


def _take_language_of_address() -> None:
    """An address that is no page of ours may still say the family's language."""
    code = request.path.split("/")[1]
    # Not those that are offered: that is asked of the database, which may be what has failed.
    if code in languages() and has_catalogue(code):
        g.language = languages()[code]


def _register_errors(app: Flask) -> None:
    @app.errorhandler(TooManyAttempts)
    def too_many(error: TooManyAttempts) -> ResponseReturnValue:
        wait = error.seconds_left(now())
        page = render_template("error.html", status=429, minutes=-(-wait // 60))
        return page, 429, {"Retry-After": str(wait)}

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        if status < 400:
            return error
        if request.path.startswith("/api/"):
            return http_problem(error)
        _take_language_of_address()
        return render_template("error.html", status=status, minutes=None), status

    @app.errorhandler(Exception)
    def failed(error: Exception) -> ResponseReturnValue:
        # The type and the route's pattern only: texts and paths can hold what a person typed.
        rule = request.url_rule.rule if request.url_rule else "?"
        _log.error("%s on %s %s", type(error).__name__, request.method, rule)
        if app.testing:
            raise error
        g.failed = True
        return refused(InternalServerError())
