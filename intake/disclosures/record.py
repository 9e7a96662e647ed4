"""Deciding and recording in one transaction: a permit that is used leaves its record.

34 CFR 99.32(a): who received what, when, and with what legitimate interest. A key is spent by a
record, once for each client. The same question under it is decided anew, and recorded no second
time: an old permit never outlives a revocation.
"""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accounts.api_clients import Caller
from intake.consents import ledger
from intake.consents.ledger import Actor, NewEvent
from intake.consents.states import ActorKind, EventKind
from intake.db.base import new_id
from intake.disclosures.decide import decide_disclosures
from intake.disclosures.model import Disclosure
from intake.disclosures.questions import Answered, Question


class KeyReused(Exception):
    """The idempotency key stands for another question."""


def decide_and_record(
    session: Session,
    questions: Sequence[Question],
    *,
    caller: Caller,
    now: datetime,
    zone: ZoneInfo,
) -> list[Answered]:
    """Decide; where a question has a ``record_key``, record what is permitted.

    The number of statements does not grow with the questions. Raises TooManyQuestions, KeyReused;
    then nothing is recorded.
    """
    if any(question.record_key for question in questions):
        # Before anything is read: no revocation, and no second call under a key, in between.
        ledger.hold(session)
    answers = decide_disclosures(session, questions, reach=caller.reach, now=now, zone=zone)
    known = _recorded(session, questions, caller.id)
    made: list[Disclosure] = []
    final = []
    for answer in answers:
        key = answer.question.record_key
        if key is not None and key not in known and answer.permitted:
            known[key] = _disclosure(answer, key, caller.id)
            made.append(known[key])
        final.append(_with_record(answer, known.get(key or "")))
    if made:
        session.add_all(made)
        session.flush()
        ledger.record_all(session, [_event(one) for one in made])
    return final


def _recorded(
    session: Session, questions: Sequence[Question], client_id: str
) -> dict[str, Disclosure]:
    """What this client's keys stand for already."""
    keys = {question.record_key for question in questions if question.record_key}
    if not keys:
        return {}
    query = select(Disclosure).where(
        Disclosure.client_id == client_id, Disclosure.idempotency_key.in_(sorted(keys))
    )
    return {one.idempotency_key: one for one in session.scalars(query)}


def _with_record(answer: Answered, recorded: Disclosure | None) -> Answered:
    if recorded is None:
        return answer
    if recorded.request_sha256 != answer.question.sha256:
        raise KeyReused("this key stands for another question")
    return answer.recorded_as(recorded.id, recorded.elements)


def _disclosure(answer: Answered, key: str, client_id: str) -> Disclosure:
    question = answer.question
    if answer.consent_id is None or answer.waiver_version is None:
        raise LookupError("nothing is permitted without a consent")
    return Disclosure(
        id=new_id(),
        client_id=client_id,
        idempotency_key=key,
        request_sha256=question.sha256,
        student_id=question.student_id,
        consent_id=answer.consent_id,
        waiver_version=answer.waiver_version,
        partner_id=question.partner_id,
        person_id=question.person_id,
        role=question.role,
        purpose=question.purpose,
        elements=list(answer.permitted),
        at=answer.at,
    )


def _event(disclosure: Disclosure) -> NewEvent:
    """The consent stands in ``data``: its own entries tell its state, and this one doesn't."""
    return NewEvent(
        EventKind.DISCLOSED,
        at=disclosure.at,
        actor=Actor(ActorKind.API_CLIENT, disclosure.client_id),
        student_id=disclosure.student_id,
        data={
            "disclosure": disclosure.id,
            "consent": disclosure.consent_id,
            "version": disclosure.waiver_version,
            "partner": disclosure.partner_id,
            "person": disclosure.person_id,
            "role": disclosure.role,
            "purpose": disclosure.purpose,
            "elements": disclosure.elements,
            "key": disclosure.idempotency_key,
            "request_sha256": disclosure.request_sha256,
        },
    )
