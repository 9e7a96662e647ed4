"""Every operation of the API as OpenAPI describes it, path by path."""

from typing import Any

from intake.accounts.api_clients import ApiScope
from intake.lookups.revocations import RevocationState
from intake.sharing.connectors.pull.feed import MOST_EVENTS
from intake.web.api import examples
from intake.web.api.decision_shapes import (
    DecisionAnswer,
    DecisionAnswers,
    DecisionBatch,
    DecisionRequest,
)
from intake.web.api.described import (
    AUTHENTICATED,
    BODY,
    KEY,
    Describer,
    Reply,
    needs,
    path_parameter,
    query_parameter,
)
from intake.web.api.events import LONGEST_WAIT
from intake.web.api.foreign_shapes import (
    ConfirmationAnswer,
    ConfirmationRequest,
    FeedPage,
    TokenAnswer,
    TokenError,
)
from intake.web.api.partners import PARTNER_ID, PartnerAnswer, PublicPartners
from intake.web.api.revocations import MOST, USUAL, RevocationPage
from intake.web.api.shapes import Schema
from intake.web.api.students import (
    STUDENT_ID,
    LinkAnswer,
    LinkRequest,
    LookupAnswer,
    LookupByDescription,
    LookupByIdentifier,
    StandingAnswer,
)


def paths(describer: Describer) -> Schema:
    """All of them."""
    return {
        "/api/v1/token": {"post": _token(describer)},
        "/api/v1/decisions": {"post": _decisions(describer)},
        "/api/v1/students/lookup": {"post": _lookup(describer)},
        "/api/v1/students/{student}/identifier": {
            "parameters": [_student()],
            "put": _link(describer),
            "delete": _unlink(describer),
        },
        "/api/v1/students/{student}/consent": {
            "parameters": [_student()],
            "get": _consent(describer),
        },
        "/api/v1/revocations": {"get": _revocations(describer)},
        "/api/v1/confirmations": {"post": _confirmations(describer)},
        "/api/v1/events": {"get": _events(describer)},
        "/api/v1/partners": {"get": _partners(describer)},
        "/api/v1/partners/{partner}": {
            "parameters": [path_parameter("partner", "The partner's id.", PARTNER_ID)],
            "get": _partner(describer),
        },
        "/api/v1/openapi.json": {"get": _openapi(describer)},
    }


def _token(describer: Describer) -> Schema:
    properties = {
        "grant_type": {"type": "string", "enum": ["client_credentials"]},
        "scope": {"type": "string", "description": "Scopes, with spaces; left out: all you have."},
        "client_id": {"type": "string"},
        "client_secret": {"type": "string", "description": "Where HTTP Basic is not used."},
    }
    form = {"type": "object", "properties": properties, "required": ["grant_type"]}
    found = describer.operation(
        "getToken",
        "A bearer token of a few minutes",
        "OAuth 2.0 client credentials. The client authenticates by HTTP Basic, or in the form.",
        replies={
            "200": Reply("The token.", TokenAnswer, examples.TOKEN),
            "400": Reply("Not a request for a token.", TokenError, {"error": "invalid_request"}),
            "401": Reply("Not a client's secret.", TokenError, {"error": "invalid_client"}),
        },
        problems=("413", "415", "429", "500"),
        security=[{"client": []}, {}],
        body={
            "required": True,
            "content": {"application/x-www-form-urlencoded": {"schema": form}},
        },
    )
    # A server may add members to these answers: RFC 6749, 5.1.
    for name in ("TokenAnswer", "TokenError"):
        describer.components[name].pop("additionalProperties", None)
    return found


def _decisions(describer: Describer) -> Schema:
    return describer.operation(
        "decide",
        "May these data elements be disclosed?",
        "With record: true the scope disclose is needed too. At most 1,000 decisions and 2 MiB in "
        "a call; a list of decisions is answered by a list, in its order.",
        replies={
            "200": Reply("Decided.", (DecisionAnswer, DecisionAnswers), examples.DECISION_ANSWER)
        },
        problems=(*AUTHENTICATED, *BODY, "409"),
        security=needs(ApiScope.DECIDE),
        parameters=[KEY],
        body=describer.json_body(
            [DecisionRequest, DecisionBatch],
            {"one": examples.DECISION, "recorded": examples.RECORDED_DECISION},
        ),
    )


def _lookup(describer: Describer) -> Schema:
    return describer.operation(
        "lookUpStudent",
        "Which student is meant?",
        "One student when it is certain, otherwise nobody. Every lookup leaves a trail.",
        replies={"200": Reply("What was found.", LookupAnswer, examples.LOOKUP_ANSWER)},
        problems=(*AUTHENTICATED, *BODY, "409"),
        security=needs(ApiScope.LOOKUP),
        parameters=[KEY],
        body=describer.json_body(
            [LookupByIdentifier, LookupByDescription],
            {"description": examples.LOOKUP, "identifier": examples.LINK},
        ),
    )


def _link(describer: Describer) -> Schema:
    return describer.operation(
        "linkIdentifier",
        "Let your own identifier stand for a student",
        "Only within 24 hours of a lookup that found this student for certain.",
        replies={
            "200": Reply("It did already.", LinkAnswer),
            "201": Reply("From now on it does.", LinkAnswer),
        },
        problems=(*AUTHENTICATED, *BODY, "404", "409"),
        security=needs(ApiScope.LOOKUP),
        parameters=[KEY],
        body=describer.json_body([LinkRequest], {"link": examples.LINK}),
    )


def _unlink(describer: Describer) -> Schema:
    return describer.operation(
        "unlinkIdentifier",
        "Let your identifier for a student stand for nobody",
        "Decisions about it deny from now on.",
        replies={"204": Reply("It is gone.")},
        problems=(*AUTHENTICATED, "400", "404", "409", "422"),
        security=needs(ApiScope.LOOKUP),
        parameters=[KEY],
    )


def _consent(describer: Describer) -> Schema:
    return describer.operation(
        "readConsent",
        "How a student's consent stands",
        "What is in force, or was once, with its record. It permits nothing: ask for a decision.",
        replies={"200": Reply("How it stands.", StandingAnswer)},
        problems=(*AUTHENTICATED, "404"),
        security=needs(ApiScope.DECIDE),
        has_etag=True,
    )


def _revocations(describer: Describer) -> Schema:
    limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
    return describer.operation(
        "listRevocations",
        "What your destinations have yet to hide",
        "The most urgent first. The next page is at the Link header's rel=next.",
        replies={"200": Reply("A page.", RevocationPage)},
        problems=(*AUTHENTICATED, "400", "404"),
        security=needs(ApiScope.CONFIRM),
        parameters=[
            query_parameter(
                "state", "Default: open.", {"type": "string", "enum": list(RevocationState)}
            ),
            query_parameter("limit", "Revocations in a page.", limit),
            query_parameter("cursor", "The next of the page before.", {"type": "string"}),
        ],
        has_etag=True,
    )


def _confirmations(describer: Describer) -> Schema:
    found = describer.operation(
        "confirmHidden",
        "The student's identity is hidden",
        "Signed with the destination's secret, or with a client's token. Said again, it changes "
        "nothing.",
        replies={"200": Reply("It is recorded.", ConfirmationAnswer)},
        problems=(*AUTHENTICATED, *BODY, "404", "409"),
        security=[*needs(ApiScope.CONFIRM), {"signature": []}],
        parameters=[KEY],
        body=describer.json_body([ConfirmationRequest], {"hidden": examples.CONFIRMATION}),
    )
    # Members that we don't know are let be: receivers send back what they have.
    describer.components["ConfirmationRequest"].pop("additionalProperties", None)
    return found


def _events(describer: Describer) -> Schema:
    return describer.operation(
        "readEvents",
        "The events of a destination that pulls",
        "Asking for what comes after a place acknowledges everything up to it. A wait ends at once "
        "when the token is revoked (401).",
        replies={"200": Reply("The next events.", FeedPage)},
        problems=(*AUTHENTICATED, "400", "404", "409"),
        security=needs(ApiScope.FEED),
        parameters=[
            query_parameter(
                "destination",
                "Which one, where a client may read several.",
                {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,63}$"},
            ),
            query_parameter(
                "after",
                "The next of the page before; 0 is the beginning.",
                {"type": "integer", "minimum": 0, "maximum": 10**18, "default": 0},
            ),
            query_parameter(
                "limit",
                "Events in a page.",
                {"type": "integer", "minimum": 1, "maximum": MOST_EVENTS, "default": 100},
            ),
            query_parameter(
                "wait",
                "Seconds to wait where there is nothing yet.",
                {"type": "integer", "minimum": 0, "maximum": LONGEST_WAIT, "default": 0},
            ),
        ],
    )


def _partners(describer: Describer) -> Schema:
    return describer.operation(
        "listPartners",
        "The partners of each school, for everybody",
        "Who works there today with an agreement in force.",
        replies={"200": Reply("Today's list.", PublicPartners)},
        problems=("500",),
        security=[],
        has_etag=True,
    )


def _partner(describer: Describer) -> Schema:
    return describer.operation(
        "readPartner",
        "Who works for a partner today, and where",
        "The ids that decisions ask for; no names of people.",
        replies={"200": Reply("The partner.", PartnerAnswer)},
        problems=(*AUTHENTICATED, "404"),
        security=needs(ApiScope.PARTNERS),
        has_etag=True,
    )


def _openapi(describer: Describer) -> Schema:
    return describer.operation(
        "describeApi",
        "This description",
        "OpenAPI 3.1.",
        replies={"200": Reply("OpenAPI 3.1.", dict[str, Any])},
        problems=("500",),
        security=[],
        has_etag=True,
    )


def _student() -> Schema:
    return path_parameter("student", "Our id of the student.", STUDENT_ID)
