"""``POST /api/v1/decisions``: may this be shared, and the record that it was."""

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, Response, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from intake.accounts.api_clients import ApiScope, Caller
from intake.clock import now
from intake.disclosures.decide import LARGEST_BATCH, decide_disclosures
from intake.disclosures.questions import Answered, Question
from intake.disclosures.record import KeyReused, decide_and_record
from intake.installation import Installation
from intake.lookups.identifiers import students_of
from intake.web.api.authentication import authenticated, need_scope
from intake.web.api.bodies import parsed, read_json_body
from intake.web.api.decision_shapes import (
    OWN,
    DecisionAnswers,
    DecisionBatch,
    DecisionRequest,
    answer_of,
    question_of,
)
from intake.web.api.idempotency import idempotent
from intake.web.api.problems import ApiProblem, answers_with_problems
from intake.web.api.shapes import Misshapen, read, written

LONGEST_BODY = 2 * 1024 * 1024

blueprint = Blueprint("decisions_api", __name__, url_prefix="/api/v1")
answers_with_problems(blueprint)


@blueprint.post("/decisions")
def decisions() -> ResponseReturnValue:
    """Decide one question, or up to a thousand."""
    found: Installation = current_app.extensions["intake"]
    at = now()
    client = authenticated(found.database, ApiScope.DECIDE, at=at)
    body = read_json_body(LONGEST_BODY)

    def work() -> Response:
        return _decide(found, client, body, at=at)

    # A permit that was stored must not outlive a revocation: it is decided anew each time.
    return idempotent(found.database, f"client:{client.id}", body, at=at, work=work, recheck=True)


def _decide(found: Installation, client: Caller, body: bytes, *, at: datetime) -> Response:
    asked, is_batch = _asked(body)
    for number, one in enumerate(asked):
        _check(one, f"decisions[{number}]." if is_batch else "")
    if any(one.record for one in asked):
        need_scope(client, ApiScope.DISCLOSE)
    answers = _answers(found, client, asked, at=at)
    told = tuple(answer_of(*pair) for pair in zip(asked, answers, strict=True))
    return jsonify(written(DecisionAnswers(told) if is_batch else told[0]))


def _answers(
    found: Installation, client: Caller, asked: Sequence[DecisionRequest], *, at: datetime
) -> list[Answered]:
    """Decided; recorded too, where one asks for it. Raises ApiProblem (409)."""
    zone = found.settings.time_zone
    if not any(one.record for one in asked):
        with found.database.read() as session:
            questions = _questions(session, client, asked)
            return decide_disclosures(session, questions, reach=client.reach, now=at, zone=zone)
    try:
        with found.database.begin() as session:
            questions = _questions(session, client, asked)
            return decide_and_record(session, questions, caller=client, now=at, zone=zone)
    except KeyReused:
        raise ApiProblem(
            409, "Key reused", "an idempotency_key stands for another question; use a new one"
        ) from None


def _questions(
    session: Session, client: Caller, asked: Sequence[DecisionRequest]
) -> list[Question]:
    """With our ids for students who are named by identifiers of the client's own."""
    named = {one.student for one in asked if one.student.startswith(OWN)}
    linked = students_of(session, client, [one.removeprefix(OWN) for one in named])
    own = {f"{OWN}{identifier}": student_id for identifier, student_id in linked.items()}
    return [question_of(one, own) for one in asked]


def _asked(body: bytes) -> tuple[tuple[DecisionRequest, ...], bool]:
    """The questions, and whether they came as a batch. Raises ApiProblem."""
    values = parsed(body)
    is_batch = isinstance(values, dict) and "decisions" in values
    if is_batch and isinstance(values["decisions"], list):
        _check_count(len(values["decisions"]))
    try:
        if is_batch:
            batch: DecisionBatch = read(DecisionBatch, values)
            return batch.decisions, True
        return (read(DecisionRequest, values),), False
    except Misshapen as error:
        raise ApiProblem(422, "Not as described", str(error)) from None


def _check_count(count: int) -> None:
    if count > LARGEST_BATCH:
        raise ApiProblem(422, "Too many decisions", f"at most {LARGEST_BATCH} in one call")


def _check(asked: DecisionRequest, place: str) -> None:
    """What the members' shapes can't say. Raises ApiProblem."""
    problem = None
    if asked.record and not asked.idempotency_key:
        problem = "idempotency_key is missing: record needs one"
    elif asked.idempotency_key and not asked.record:
        problem = "idempotency_key is for record: true alone"
    if problem is not None:
        raise ApiProblem(422, "Not as described", f"{place}{problem}")
