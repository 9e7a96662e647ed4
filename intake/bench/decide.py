"""``intake bench decide``: what a decision costs, beside one indexed query of the same database."""

import functools
import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select, text
from sqlalchemy.orm import Session

from forms.choices import Relationship
from forms.document import load
from intake.accounts.api_clients import EVERYTHING, ApiScope, Caller
from intake.accounts.model import ApiClient
from intake.bench import spread
from intake.bench.machine import check_empty, engine_facts, machine_facts
from intake.clock import now
from intake.config import Settings
from intake.consents.decide import WAIVER
from intake.consents.model import Consent
from intake.consents.states import Assurance, Channel, ConsentState
from intake.db.base import new_id
from intake.db.engine import Database
from intake.disclosures.decide import LARGEST_BATCH, decide_disclosures
from intake.disclosures.questions import Question
from intake.disclosures.record import decide_and_record
from intake.installation import open_database
from intake.partners.model import PartnerClass
from intake.partners.registry import (
    add_partner,
    add_person,
    assign_school,
    give_role,
    record_training,
    sign_agreement,
)
from intake.roster.model import Student, StudentSource
from intake.roster.students import add_school
from intake.schema import upgrade

_ROWS = 2000
_WARM_UP = 20
_ELEMENTS = ("grades", "gpa", "attendance_rate")


def bench_decide(settings: Settings, *, sizes: Sequence[int], count: int) -> dict[str, Any]:
    """Decide ``count`` times at each number of consents, on an empty database.

    Beside each decision stand indexed queries for the same student, so that all meet the same
    machine. Raises BenchFailed.
    """
    database = open_database(settings)
    check_empty(database)
    upgrade(database)
    school_id = _partner(database)
    students: list[str] = []
    rows = []
    for size in sorted(sizes):
        students += _fill(database, school_id, size - len(students))
        _know_the_tables(database)
        rows.append({"consents": size, **_measure(database, settings, students, count)})
    facts = {"machine": machine_facts(), "database": engine_facts(database), "count": count}
    grown = rows[-1]["decision"]["p50_ms"] / rows[0]["decision"]["p50_ms"]
    return {**facts, "sizes": rows, "largest_to_smallest": round(grown, 2)}


def _partner(database: Database) -> str:
    """One partner with all its conditions in place; the school's id."""
    first, last = date(2020, 1, 1), date(2099, 1, 1)
    with database.begin() as session:
        school = add_school(session, "Riverside Elementary School")
        add_partner(session, "tutors", "Tutors", PartnerClass.COMMUNITY, at=now())
        add_person(session, "ana", "Ana", partner_id="tutors", at=now())
        sign_agreement(session, "tutors", "Terms", signed_on=first, expires_on=last)
        record_training(session, "ana", "FERPA", completed_on=first, expires_on=last)
        give_role(session, "ana", "tutor", starts_on=first)
        assign_school(session, "tutors", school.id, starts_on=first)
        session.add(
            ApiClient(
                id="bench", scopes=[ApiScope.DECIDE], schools=None, partners=None,
                created_at=now(), revoked_at=None,
            )
        )  # fmt: skip
        return school.id


def _fill(database: Database, school_id: str, count: int) -> list[str]:
    """So many students more, each with an active consent."""
    students = []
    for first in range(0, count, _ROWS):
        ids = [new_id() for _ in range(min(_ROWS, count - first))]
        with database.begin() as session:
            session.execute(insert(Student), [student_row(id, school_id) for id in ids])
            session.execute(insert(Consent), [consent_row(id) for id in ids])
        students += ids
    return students


def _know_the_tables(database: Database) -> None:
    """What PostgreSQL does by itself within a minute of so many new rows."""
    with database.begin() as session:
        session.execute(text("ANALYZE"))


def student_row(student_id: str, school_id: str) -> dict[str, Any]:
    """A student, as a row to insert."""
    return {
        "id": student_id, "school_id": school_id, "name": "Emma Johnson",
        "birth_date": date(2016, 4, 12), "match_key": student_id, "external_id": None,
        "source": StudentSource.ROSTER, "language": "en", "created_at": now(),
    }  # fmt: skip


def consent_row(student_id: str) -> dict[str, Any]:
    """An active consent of a student, as a row to insert."""
    waiver = load(WAIVER).text("en")
    return {
        "id": new_id(), "student_id": student_id, "signing_id": None, "document": WAIVER,
        "version": waiver.version, "language": "en", "text_sha256": "0" * 64,
        "elements": list(waiver.element_ids), "purposes": list(waiver.purpose_ids),
        "partner_classes": list(waiver.partner_class_ids), "granted": True,
        "state": ConsentState.ACTIVE, "assurance": Assurance.ON_RECORD_CONTACT,
        "unsettled": False, "channel": Channel.ONLINE, "relationship_kind": Relationship.PARENT,
        "signer_name": "Sarah Johnson", "contact": None, "contact_key": None,
        "signed_at": now() - timedelta(days=1), "valid_until": date(2030, 1, 1),
        "rights_transfer_on": date(2034, 4, 12), "ended_at": None, "receipt_key": new_id(),
        "receipt_code": "0000", "document_sha256": "0" * 64, "revocation_id": None,
    }  # fmt: skip


def _measure(
    database: Database, settings: Settings, students: Sequence[str], count: int
) -> dict[str, Any]:
    at = now()
    chosen = [random.choice(students) for _ in range(count)]
    times: dict[str, list[float]] = {"bare_query": [], "query": [], "decision": []}
    for student_id in [*chosen[:_WARM_UP], *chosen]:
        asked = [_question(student_id)]
        works: dict[str, Callable[[Session], object]] = {
            "bare_query": functools.partial(_bare_query, student_id),
            "query": functools.partial(_query, student_id),
            "decision": functools.partial(_decide, asked, at, settings),
        }
        for name, work in works.items():
            times[name].append(_timed(database, work))
    batch = [_question(random.choice(students)) for _ in range(LARGEST_BATCH)]
    ask_all = functools.partial(_decide, batch, at, settings)
    batches = [_timed(database, ask_all) for _ in range(5)]
    recorded = list(_recording(database, settings, students, at))
    spreads = {name: spread(found[-count:]) for name, found in times.items()}
    decision = spreads["decision"]["p50_ms"]
    return {
        **spreads,
        "decision_to_query": round(decision / spreads["query"]["p50_ms"], 2),
        "decision_to_bare_query": round(decision / spreads["bare_query"]["p50_ms"], 2),
        "batch_of_1000": spread(batches),
        "batch_of_1000_recorded": spread(recorded),
    }


def _recording(
    database: Database, settings: Settings, students: Sequence[str], at: datetime
) -> Iterator[float]:
    """Batches that are recorded, durable."""
    caller = Caller("bench", frozenset(ApiScope), EVERYTHING)
    for _ in range(3):
        batch = [
            _question(random.choice(students), record_key=new_id()) for _ in range(LARGEST_BATCH)
        ]
        start = time.perf_counter()
        with database.begin() as session:
            decide_and_record(session, batch, caller=caller, now=at, zone=settings.time_zone)
        yield time.perf_counter() - start


def _timed(database: Database, work: Callable[[Session], object]) -> float:
    with database.read() as session:
        session.connection()  # what is compared is the work, not BEGIN
        start = time.perf_counter()
        work(session)
        return time.perf_counter() - start


def _question(student_id: str, record_key: str | None = None) -> Question:
    return Question(
        student_id, "tutors", "ana", "tutor", "academic_support", _ELEMENTS, record_key=record_key
    )


def _decide(
    questions: Sequence[Question], at: datetime, settings: Settings, session: Session
) -> None:
    answers = decide_disclosures(
        session, questions, reach=EVERYTHING, now=at, zone=settings.time_zone
    )
    if not all(answer.permitted == _ELEMENTS for answer in answers):
        raise AssertionError("the bench's partner must be permitted")


def _query(student_id: str, session: Session) -> None:
    """One indexed query, as the product asks elsewhere: the consent as an object."""
    query = select(Consent).where(Consent.student_id == student_id, Consent.document == WAIVER)
    session.scalars(query).one()


_BARE = select(Consent.id, Consent.state).where(
    Consent.student_id == bindparam("student"), Consent.document == WAIVER
)


def _bare_query(student_id: str, session: Session) -> None:
    """The least that the same session can do: two columns, prepared once."""
    session.execute(_BARE, {"student": student_id}).one()
