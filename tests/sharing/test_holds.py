"""A paper that may take permission back stops every sharing system until a person has looked."""

import json
from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy import select

from intake.clock import now
from intake.consents.model import Consent
from intake.db.engine import Database
from intake.demo.sharing_system.store import Standing
from intake.roster.model import Student
from intake.sharing.backfill import backfill
from intake.sharing.model import Destination, Publication, PublicationState
from tests.sharing.builders import NAME, add_student, grant, hold, lift, withdraw
from tests.sharing.conftest import BASE_URL, Receiver

Publish = Callable[..., int]


def told(database: Database) -> list[tuple[str, str]]:
    with database.read() as session:
        rows = session.scalars(select(Publication).order_by(Publication.sequence)).all()
        return [(row.type.rpartition(".")[2], row.state.value) for row in rows]


def standing(receiver: Receiver) -> str:
    [known] = receiver.system.store.students()
    return known.standing


@pytest.fixture
def student(sharing: Database, receiver: Receiver, publish: Publish) -> Student:
    """A student whom the reference system shares."""
    with sharing.begin() as session:
        student = add_student(session, at=now())
        grant(session, student, at=now())
    assert publish() == 1
    return student


def test_a_hold_stops_the_sharing_and_its_end_brings_it_back(
    sharing: Database, receiver: Receiver, publish: Publish, student: Student
) -> None:
    with sharing.begin() as session:
        hold(session, student, at=now())
    assert publish() == 1
    assert standing(receiver) == Standing.SUSPENDED
    assert NAME not in receiver.page()

    with sharing.begin() as session:
        lift(session, at=now())
    assert publish() == 1
    assert standing(receiver) == Standing.SHARED
    assert NAME in receiver.page()


def test_a_suspension_names_nobody_and_says_what_to_do(
    sharing: Database, student: Student, publish: Publish
) -> None:
    with sharing.begin() as session:
        hold(session, student, at=now())
        body = session.scalars(
            select(Publication.body).where(Publication.type.endswith("suspended"))
        ).one()
    data = json.loads(body)["data"]
    assert (data["status"], data["required_action"]) == ("dpv:ConsentUnknown", "stop_sharing")
    assert data["subject"].keys() == {"@id", "@type", "id", "external_id"}
    assert NAME not in body
    assert "possible_revocation" not in body, "what was found on the paper is not told"


def test_with_two_papers_it_goes_on_only_when_both_are_settled(
    sharing: Database, student: Student, publish: Publish
) -> None:
    for paper in ("paper-1", "paper-2"):
        with sharing.begin() as session:
            hold(session, student, at=now(), paper_id=paper)
    with sharing.begin() as session:
        lift(session, at=now(), paper_id="paper-1")
    kinds = [kind for kind, _ in told(sharing)]
    assert kinds == ["given", "suspended"]
    with sharing.begin() as session:
        lift(session, at=now(), paper_id="paper-2")
    assert [kind for kind, _ in told(sharing)] == ["given", "suspended", "resumed"]


def test_a_grant_that_nobody_has_sent_waits_for_the_person_too(
    sharing: Database, receiver: Receiver, publish: Publish
) -> None:
    with sharing.begin() as session:
        student = add_student(session, at=now())
        grant(session, student, at=now())
        hold(session, student, at=now())
    assert told(sharing) == [("given", "cancelled")]
    with sharing.begin() as session:  # signed while the paper lies there
        grant(session, student, at=now())
    assert publish() == 0
    with sharing.begin() as session:
        lift(session, at=now())
    assert publish() == 2, "both consents are in force"
    assert receiver.effects() == ["applied", "applied"], "each with a place of its own"
    assert standing(receiver) == Standing.SHARED


def test_what_the_paper_turns_out_to_take_back_is_never_resumed(
    sharing: Database, receiver: Receiver, publish: Publish, student: Student
) -> None:
    """Lifted and revoked in one go, as the desk does it: the revocation alone arrives."""
    with sharing.begin() as session:
        hold(session, student, at=now())
    publish()
    with sharing.begin() as session:
        lift(session, at=now())
        consents = list(session.scalars(select(Consent)))
        withdraw(session, student.id, consents, at=now())
    publish()
    assert told(sharing)[2:] == [("resumed", "cancelled"), ("revoked", "delivered")]
    assert standing(receiver) == Standing.HIDDEN


def test_a_consent_that_ended_by_its_date_meanwhile_is_not_resumed(
    sharing: Database, receiver: Receiver, publish: Publish, student: Student
) -> None:
    with sharing.begin() as session:
        hold(session, student, at=now())
    publish()
    with sharing.begin() as session:
        session.scalars(select(Consent)).one().valid_until = date(2026, 1, 1)
        lift(session, at=now())
    assert publish() == 0
    assert told(sharing)[-1] == ("resumed", "cancelled")
    assert standing(receiver) == Standing.SUSPENDED


def test_who_was_switched_off_meanwhile_can_be_told_later(
    sharing: Database, receiver: Receiver, publish: Publish, student: Student, now: datetime
) -> None:
    with sharing.begin() as session:
        hold(session, student, at=now)
    publish()
    with sharing.begin() as session:
        session.get_one(Destination, "reference").active = False
        lift(session, at=now)
    assert publish() == 0
    with sharing.begin() as session:
        session.get_one(Destination, "reference").active = True
    for _ in range(2):
        list(backfill(sharing, "reference", today=now.date(), at=now, source=BASE_URL))
    assert [kind for kind, _ in told(sharing)] == ["given", "suspended", "resumed"]
    assert publish() == 1
    assert standing(receiver) == Standing.SHARED


def test_a_grant_in_flight_when_the_paper_comes_in_is_followed_by_the_stop(
    sharing: Database, receiver: Receiver, publish: Publish
) -> None:
    """The answer got lost: whether it arrived nobody knows, so it is not repeated but stopped."""
    with sharing.begin() as session:
        student = add_student(session, at=now())
        grant(session, student, at=now())
    receiver.misbehave("drop")
    assert publish() == 0
    receiver.misbehave("ok")
    with sharing.begin() as session:
        hold(session, student, at=now())
    assert publish() == 1
    assert told(sharing) == [("given", "cancelled"), ("suspended", "delivered")]
    assert receiver.effects() == ["applied", "applied"]
    assert standing(receiver) == Standing.SUSPENDED
    with sharing.read() as session:
        states = set(session.scalars(select(Publication.state)))
    assert PublicationState.PENDING not in states
