"""``POST /api/v1/decisions``: may this be shared, and the record that it was."""

import json
from datetime import datetime, timedelta

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue

from intake.accounts.api_clients import ApiScope
from intake.clock import now
from intake.disclosures.decide import LARGEST_BATCH, decide_disclosures
from intake.disclosures.record import KeyReused, decide_and_record
from intake.installation import Installation
from intake.web.api.authentication import authenticated
from intake.web.api.decision_shapes import (
    DecisionAnswers,
    DecisionBatch,
    DecisionRequest,
    answer_of,
    question_of,
)
from intake.web.api.problems import ApiProblem, answers_with_problems, read_json_body
from intake.web.api.shapes import Misshapen, read, written

LONGEST_BODY = 2 * 1024 * 1024
CLOCKS_APART = timedelta(minutes=5)
"""How far a client's clock may be from ours."""
_EARLIEST = 2000
"""No consent is older than this year."""

blueprint = Blueprint("decisions_api", __name__, url_prefix="/api/v1")
answers_with_problems(blueprint)


@blueprint.post("/decisions")
def decisions() -> ResponseReturnValue:
    """Decide one question, or up to a thousand."""
    found: Installation = current_app.extensions["intake"]
    at = now()
    client = authenticated(found.database, ApiScope.DECIDE, at=at)
    asked, is_batch = _asked(read_json_body(LONGEST_BODY))
    for number, one in enumerate(asked):
        _check(one, at, f"decisions[{number}]." if is_batch else "")
    questions = [question_of(one) for one in asked]
    zone = found.settings.time_zone
    if not any(one.record for one in asked):
        with found.database.read() as session:
            answers = decide_disclosures(session, questions, reach=client.reach, now=at, zone=zone)
    else:
        try:
            with found.database.begin() as session:
                answers = decide_and_record(session, questions, caller=client, now=at, zone=zone)
        except KeyReused:
            raise ApiProblem(
                409, "Key reused", "an idempotency_key stands for another question; use a new one"
            ) from None
    told = tuple(answer_of(one) for one in answers)
    return jsonify(written(DecisionAnswers(told) if is_batch else told[0]))


def _asked(body: bytes) -> tuple[tuple[DecisionRequest, ...], bool]:
    """The questions, and whether they came as a batch. Raises ApiProblem."""
    try:
        values = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise ApiProblem(400, "Malformed", "the body is not JSON") from None
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


def _check(asked: DecisionRequest, at: datetime, place: str) -> None:
    """What the shape can't say. Raises ApiProblem."""
    problem = None
    if asked.record and not asked.idempotency_key:
        problem = "idempotency_key is missing: record needs one"
    elif asked.idempotency_key and not asked.record:
        problem = "idempotency_key is for record: true alone"
    elif asked.at is not None and asked.at.year < _EARLIEST:
        problem = f"at is before the year {_EARLIEST}"
    elif asked.at is not None and asked.at > at + CLOCKS_APART:
        problem = "at is more than 5 minutes ahead of this server's clock"
    elif asked.record and asked.at is not None and asked.at < at - CLOCKS_APART:
        problem = "at is more than 5 minutes ago: what is recorded is disclosed now"
    if problem is not None:
        raise ApiProblem(422, "Not as described", f"{place}{problem}")
