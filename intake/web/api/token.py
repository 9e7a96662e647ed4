"""``POST /api/v1/token``: OAuth 2.0 client credentials (RFC 6749, 4.4) by Authlib.

The errors here are those of RFC 6749, 5.2, which OAuth libraries read, not problem+json.
"""

import json
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from authlib.oauth2.rfc6749 import (
    AuthorizationServer,
    ClientMixin,
    InvalidClientError,
    InvalidRequestError,
    InvalidScopeError,
    OAuth2Error,
    OAuth2Request,
)
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from flask import Blueprint, Response, current_app, g, request
from flask.typing import ResponseReturnValue

from intake.accounts.api_clients import ApiScope, caller_of, count_call, is_client_id
from intake.accounts.api_tokens import (
    ACCESS_LIFETIME,
    ScopeNotHeld,
    granted_scopes,
    is_secret_of,
    issue_access_token,
)
from intake.accounts.model import ApiClient
from intake.clock import now
from intake.db.engine import Database
from intake.installation import Installation
from intake.web.api.bodies import read_body
from intake.web.api.problems import ApiProblem, answers_with_problems

LONGEST_BODY = 8 * 1024
_FORM = "application/x-www-form-urlencoded"
_GRANT = "client_credentials"

logging.getLogger("authlib").setLevel(logging.INFO)
"""At DEBUG it logs the tokens that it issues."""

blueprint = Blueprint("token_api", __name__, url_prefix="/api/v1")
answers_with_problems(blueprint)


@blueprint.post("/token")
def token() -> ResponseReturnValue:
    """A bearer token of a few minutes for a client and its secret."""
    installation: Installation = current_app.extensions["intake"]
    try:
        form = _form(read_body(LONGEST_BODY, _FORM))
    except OAuth2Error as error:
        status, values, headers = error()
        return _response(status, values, headers)
    server = _Server(installation.database, installation.settings.base_url, form)
    server.register_grant(_Grant)
    answer: Response = server.create_token_response()
    return answer


def _form(body: bytes) -> dict[str, str]:
    """The parameters. Raises InvalidRequestError: RFC 6749, 2.3 and 3.2."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20
        )
    except ValueError:
        raise InvalidRequestError("The body is not a form.") from None
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InvalidRequestError("A parameter is given twice.")
    if not found.get("grant_type"):
        raise InvalidRequestError("The parameter grant_type is missing.")
    if request.authorization is not None and "client_secret" in found:
        raise InvalidRequestError("The client authenticates in two ways.")
    return found


class _Request(OAuth2Request):  # type: ignore[misc]
    """The request as Authlib reads it; as secure as the address that the world knows us by."""

    def __init__(self, base_url: str, form: Mapping[str, str]) -> None:
        given = request.authorization
        is_basic = given is not None and given.type == "basic"
        headers = {"Authorization": request.headers["Authorization"]} if is_basic else {}
        super().__init__("POST", base_url + urlsplit(request.url).path, headers=headers)
        self.payload = BasicOAuth2Payload(dict(form))
        self._form = form

    @property
    def form(self) -> Mapping[str, str]:
        return self._form


class _Client(ClientMixin):  # type: ignore[misc]
    """A client as Authlib asks about it. One that is unknown has no right secret."""

    def __init__(self, database: Database, client_id: str) -> None:
        self.client_id = client_id
        self._database = database

    def check_client_secret(self, secret: str) -> bool:
        if not secret.isascii():
            return False
        with self._database.read() as session:
            return is_secret_of(session, self.client_id, secret, at=now())

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return True

    def check_grant_type(self, grant_type: str) -> bool:
        return bool(grant_type == _GRANT)


class _Grant(ClientCredentialsGrant):  # type: ignore[misc]
    """Client credentials, by HTTP Basic or in the form."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

    def validate_requested_scope(self) -> None:
        """The scopes must be the client's own; it can ask for fewer."""
        asked = (self.request.payload.scope or "").split()
        try:
            self.server.granted = granted_scopes(self.server.caller(self.client), asked)
        except ScopeNotHeld:
            raise InvalidScopeError("The client lacks a scope that it asks for.") from None


class _Server(AuthorizationServer):  # type: ignore[misc]
    """For one request."""

    granted: tuple[ApiScope, ...] = ()

    def __init__(self, database: Database, base_url: str, form: Mapping[str, str]) -> None:
        super().__init__()
        self._database = database
        self._base_url = base_url
        self._form = form

    def query_client(self, client_id: str) -> _Client | None:
        return _Client(self._database, client_id) if is_client_id(client_id) else None

    def authenticate_client(self, request: Any, methods: Any, endpoint: str = "token") -> Any:
        """Whatever is wrong, the answer is one: nobody learns which clients there are."""
        try:
            return super().authenticate_client(request, methods, endpoint)
        except InvalidClientError:
            raise InvalidClientError(
                status_code=401, description="The client or its secret is not valid."
            ) from None

    def caller(self, client: _Client) -> Any:
        """The client with its scopes; its call is counted. Raises TooManyAttempts."""
        with self._database.begin() as session:
            found = caller_of(session.get_one(ApiClient, client.client_id))
            g.api_usage = count_call(session, found, at=now())
            return found

    def generate_token(
        self,
        grant_type: str,
        client: _Client,
        user: None = None,
        scope: str | None = None,
        expires_in: int | None = None,
        include_refresh_token: bool = False,
    ) -> dict[str, Any]:
        with self._database.begin() as session:
            issued = issue_access_token(session, client.client_id, self.granted, at=now())
        return {
            "access_token": issued,
            "token_type": "Bearer",
            "expires_in": int(ACCESS_LIFETIME.total_seconds()),
            "scope": " ".join(self.granted),
        }

    def save_token(self, token: dict[str, Any], request: Any) -> None:
        """It is stored where it is made, as a hash."""

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: Any) -> _Request:
        try:
            return _Request(self._base_url, self._form)
        except OAuth2Error:
            raise ApiProblem(
                403, "Not secure", "secrets are taken over https alone: see INTAKE_BASE_URL"
            ) from None

    def handle_response(self, status: int, body: Any, headers: Any) -> Response:
        return _response(status, body, headers)


def _response(status: int, values: Any, headers: Any) -> Response:
    answer = Response(json.dumps(values), status, content_type="application/json")
    for name, value in headers:
        answer.headers[name] = value
    return answer
