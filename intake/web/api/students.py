"""Students as a sharing system knows them: lookup, its own identifiers, how consent stands."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from flask import Blueprint, Response, current_app, jsonify
from flask.typing import ResponseReturnValue

from intake.accounts.api_clients import ApiScope
from intake.clock import local_date, now
from intake.consents.decide import Reason
from intake.installation import Installation
from intake.lookups.find import Described, look_up
from intake.lookups.identifiers import IdentifierTaken, NotLinked, NotLookedUp, link, unlink
from intake.lookups.model import Match
from intake.lookups.standing import StudentUnknown, standing_of
from intake.web.api.authentication import authenticated
from intake.web.api.bodies import parsed, read_json_body, shaped
from intake.web.api.caching import conditional
from intake.web.api.decision_shapes import OWN
from intake.web.api.idempotency import idempotent
from intake.web.api.problems import ApiProblem, answers_with_problems
from intake.web.api.shapes import Misshapen, Says, read, written

LONGEST_BODY = 8 * 1024
LONGEST_IDENTIFIER = 64 - len(OWN)
STUDENT_ID = r"[A-Za-z0-9-]{1,36}"
_LINE = r"[^\x00-\x1f\x7f]+"

blueprint = Blueprint("students_api", __name__, url_prefix="/api/v1/students")
answers_with_problems(blueprint)

_Identifier = Annotated[
    str,
    Says(
        "Your own identifier for the student: ASCII without spaces.",
        pattern=r"[!-~]+",
        longest=LONGEST_IDENTIFIER,
    ),
]


@dataclass(frozen=True, slots=True)
class LookupByIdentifier:
    """By an identifier of yours that you, or staff, have linked before."""

    identifier: _Identifier


@dataclass(frozen=True, slots=True)
class LookupByDescription:
    """By name, birth date and school."""

    name: Annotated[str, Says("In any script, words in any order.", pattern=_LINE, longest=200)]
    birth_date: date
    school: Annotated[
        str, Says("The school's id, here or in its roster.", pattern=r"[ -~]+", longest=100)
    ]


@dataclass(frozen=True, slots=True)
class LookupAnswer:
    """``certain``: it is this student. Otherwise nobody is named: ask staff."""

    match: Match
    student: str | None


@dataclass(frozen=True, slots=True)
class LinkRequest:
    """What is to stand for the student."""

    identifier: _Identifier


@dataclass(frozen=True, slots=True)
class LinkAnswer:
    """The student for whom your identifier stands; write it ``own:`` + identifier in decisions."""

    student: str


@dataclass(frozen=True, slots=True)
class StandingAnswer:
    """How consent stands now: ``consented``, or what speaks against it. Permits nothing."""

    student: str
    standing: Reason
    record: Annotated[
        dict[str, Any] | None,
        Says("The consent's record (JSON-LD, ISO/IEC TS 27560), as in published events."),
    ]


@blueprint.post("/lookup")
def lookup() -> ResponseReturnValue:
    """Who is meant: one student, or nobody."""
    found, at = _installation(), now()
    client = authenticated(found.database, ApiScope.LOOKUP, at=at)
    body = read_json_body(LONGEST_BODY)

    def work() -> Response:
        asked = _asked(body)
        with found.database.begin() as session:
            answer = look_up(session, client, asked, at=at)
        return jsonify(written(LookupAnswer(answer.match, answer.student_id)))

    return idempotent(found.database, f"client:{client.id}", body, at=at, work=work, recheck=True)


@blueprint.put("/<student>/identifier")
def put_identifier(student: str) -> ResponseReturnValue:
    """Let your identifier stand for a student whom you have looked up."""
    found, at = _installation(), now()
    client = authenticated(found.database, ApiScope.LOOKUP, at=at)
    body = read_json_body(LONGEST_BODY)

    def work() -> Response:
        asked: LinkRequest = shaped(LinkRequest, body)
        student_id = _student_id(student)
        with found.database.begin() as session:
            try:
                is_new = link(session, client, student_id, asked.identifier, at=at)
            except NotLookedUp:
                raise _not_looked_up() from None
            except IdentifierTaken:
                raise ApiProblem(
                    409,
                    "Taken",
                    "this identifier stands for another student, or this student has another one",
                ) from None
        answer = jsonify(written(LinkAnswer(student_id)))
        answer.status_code = 201 if is_new else 200
        return answer

    return idempotent(found.database, f"client:{client.id}", body, at=at, work=work)


@blueprint.delete("/<student>/identifier")
def delete_identifier(student: str) -> ResponseReturnValue:
    """Let your identifier for a student stand for nobody."""
    found, at = _installation(), now()
    client = authenticated(found.database, ApiScope.LOOKUP, at=at)

    def work() -> Response:
        student_id = _student_id(student)
        with found.database.begin() as session:
            try:
                unlink(session, client, student_id, at=at)
            except NotLinked:
                raise ApiProblem(
                    404, "Not linked", "you have no identifier for such a student"
                ) from None
        return Response(status=204)

    return idempotent(found.database, f"client:{client.id}", b"", at=at, work=work)


@blueprint.get("/<student>/consent")
def consent(student: str) -> ResponseReturnValue:
    """How the student's consent stands, with its record."""
    found, at = _installation(), now()
    client = authenticated(found.database, ApiScope.DECIDE, at=at)
    today = local_date(at, found.settings.time_zone)
    with found.database.read() as session:
        try:
            standing = standing_of(session, _student_id(student), reach=client.reach, on=today)
        except StudentUnknown:
            raise ApiProblem(404, "Unknown student", "no student has this id") from None
    answer = StandingAnswer(standing.student_id, standing.reason, standing.record)
    return conditional(jsonify(written(answer)))


def _asked(body: bytes) -> Described | str:
    """What the client knows of the student. Raises ApiProblem: 400, 422."""
    values = parsed(body)
    try:
        if isinstance(values, dict) and "identifier" in values:
            named: LookupByIdentifier = read(LookupByIdentifier, values)
            return named.identifier
        described: LookupByDescription = read(LookupByDescription, values)
    except Misshapen as error:
        raise ApiProblem(422, "Not as described", str(error)) from None
    return Described(described.name, described.birth_date, described.school)


def _student_id(given: str) -> str:
    if not re.fullmatch(STUDENT_ID, given, re.ASCII):
        raise ApiProblem(404, "Unknown student", "no student has this id")
    return given


def _not_looked_up() -> ApiProblem:
    return ApiProblem(
        404,
        "Not looked up",
        "you have found no such student for certain in the last 24 hours: look the student up "
        "first, or ask staff to link your identifier",
    )


def _installation() -> Installation:
    found: Installation = current_app.extensions["intake"]
    return found
