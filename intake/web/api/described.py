"""How an operation is written down in OpenAPI: security, parameters, answers, examples."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from intake.accounts.api_clients import ApiScope
from intake.web.api.idempotency import HEADER, KEY_PATTERN, LONGEST_KEY
from intake.web.api.problems import CONTENT_TYPE
from intake.web.api.shapes import Says, Schema, described

PROBLEM = "Problem"


@dataclass(frozen=True, slots=True)
class Problem:
    """What was wrong with a request (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: Annotated[str, Says("What to change; nothing of what was sent.")] = ""


_PROBLEMS = {
    "400": "Not JSON, a member named twice, or an unusable parameter.",
    "401": "No valid token: unknown, ended or revoked.",
    "403": "The client lacks the scope.",
    "404": "There is no such thing, or none within the client's reach.",
    "409": "It contradicts what is here already, or the first call is under way.",
    "413": "The body is too large.",
    "415": "The body is of another media type.",
    "422": "The body is not as described, or the Idempotency-Key stands for another request.",
    "429": "Too many calls; Retry-After says when to come again.",
    "500": "It failed here: try again later.",
}
AUTHENTICATED = ("401", "403", "429", "500")
BODY = ("400", "413", "415", "422")

SECURITY_SCHEMES: Schema = {
    "oauth2": {
        "type": "oauth2",
        "description": "A token of a few minutes for a client and its secret (RFC 6749, 4.4).",
        "flows": {
            "clientCredentials": {
                "tokenUrl": "/api/v1/token",
                "scopes": {
                    ApiScope.DECIDE: "Ask for decisions, and read how a student's consent stands.",
                    ApiScope.DISCLOSE: "Record disclosures together with the decision.",
                    ApiScope.LOOKUP: "Find a student, and link your own identifier.",
                    ApiScope.FEED: "Read the events of your destinations.",
                    ApiScope.CONFIRM: "See what is yet to be hidden, and confirm that it is.",
                    ApiScope.PARTNERS: "Read who works for a partner, and where.",
                },
            }
        },
    },
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token that counts until it is rotated or revoked; for /events also the "
        "token of the destination itself.",
    },
    "client": {
        "type": "http",
        "scheme": "basic",
        "description": "The client's id and secret, for /token alone.",
    },
    "signature": {
        "type": "apiKey",
        "in": "header",
        "name": "webhook-signature",
        "description": "Standard Webhooks, with the destination's secret; for /confirmations.",
    },
}

_RATE_HEADERS: Schema = {
    "RateLimit": {
        "description": "Calls left (r), and seconds until the first is free again (t).",
        "schema": {"type": "string"},
    },
    "RateLimit-Policy": {
        "description": "Calls (q) in so many seconds (w).",
        "schema": {"type": "string"},
    },
}
_ETAG: Schema = {"description": "Send it as If-None-Match.", "schema": {"type": "string"}}
KEY: Schema = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "A key of your own: the same call again has the same effect and answer for a "
    "day. An answer that a family may have made untrue meanwhile is found anew.",
    "schema": {
        "type": "string",
        "pattern": f"^{KEY_PATTERN}$",
        "minLength": 1,
        "maxLength": LONGEST_KEY,
    },
}


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer that is not a problem."""

    text: str
    kind: Any = None
    """The dataclass of its body; None: it has none."""
    example: Any = None


class Describer:
    """Writes operations down; the shapes that they use gather in ``components``."""

    def __init__(self) -> None:
        self.components: dict[str, Schema] = {}
        described(Problem, self.components)

    def operation(
        self,
        name: str,
        summary: str,
        description: str,
        *,
        replies: Mapping[str, Reply],
        problems: Sequence[str],
        security: Sequence[Schema],
        parameters: Sequence[Schema] = (),
        body: Schema | None = None,
        has_etag: bool = False,
    ) -> Schema:
        """One operation of a path."""
        limited = "429" in problems
        headers = {**(_RATE_HEADERS if limited else {}), **({"ETag": _ETAG} if has_etag else {})}
        responses = {
            status: self._reply(reply, headers) for status, reply in sorted(replies.items())
        }
        if has_etag:
            responses["304"] = {"description": "As the ETag says: nothing has changed."}
        responses |= {status: self._problem(status) for status in sorted(set(problems))}
        found: Schema = {
            "operationId": name,
            "summary": summary,
            "description": description,
            "security": list(security),
            "responses": responses,
        }
        if parameters:
            found["parameters"] = list(parameters)
        if body is not None:
            found["requestBody"] = body
        return found

    def json_body(self, kinds: Sequence[Any], examples: Mapping[str, Any]) -> Schema:
        """A required body of one of these shapes."""
        schemas = [described(kind, self.components) for kind in kinds]
        content: Schema = {"schema": schemas[0] if len(schemas) == 1 else {"oneOf": schemas}}
        if examples:
            content["examples"] = {name: {"value": value} for name, value in examples.items()}
        return {"required": True, "content": {"application/json": content}}

    def _reply(self, reply: Reply, headers: Schema) -> Schema:
        found: Schema = {"description": reply.text}
        if headers:
            found["headers"] = headers
        if reply.kind is not None:
            kinds = reply.kind if isinstance(reply.kind, tuple) else (reply.kind,)
            schemas = [described(kind, self.components) for kind in kinds]
            content: Schema = {"schema": schemas[0] if len(schemas) == 1 else {"oneOf": schemas}}
            if reply.example is not None:
                content["example"] = reply.example
            found["content"] = {"application/json": content}
        return found

    def _problem(self, status: str) -> Schema:
        found: Schema = {
            "description": _PROBLEMS[status],
            "content": {CONTENT_TYPE: {"schema": {"$ref": f"#/components/schemas/{PROBLEM}"}}},
        }
        if status == "429":
            found["headers"] = {
                **_RATE_HEADERS,
                "Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}},
            }
        return found


def needs(scope: ApiScope) -> list[Schema]:
    """The security of an operation that needs this scope, with either kind of token."""
    return [{"oauth2": [scope.value]}, {"token": []}]


def path_parameter(name: str, text: str, pattern: str) -> Schema:
    """A part of the address."""
    schema = {"type": "string", "pattern": f"^{pattern}$"}
    return {"name": name, "in": "path", "required": True, "description": text, "schema": schema}


def query_parameter(name: str, text: str, schema: Schema) -> Schema:
    """Something behind the question mark; may be left out."""
    return {"name": name, "in": "query", "required": False, "description": text, "schema": schema}
