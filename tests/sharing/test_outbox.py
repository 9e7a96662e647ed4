"""What each entry of the ledger puts into the outbox; nothing is sent here."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from intake.consents.model import Consent, Revocation
from intake.consents.states import ConsentState, EventKind
from intake.db.engine import Database
from intake.roster.model import Student
from intake.sharing.destinations import add_destination
from intake.sharing.model import Destination, Publication, PublicationState
from tests.sharing.builders import NAME, add_consent, add_student, end, grant, tell, withdraw
from tests.sharing.conftest import BASE_URL, SECRET

GIVEN, REVOKED, ENDED = (
    f"org.promisepartnership.consent.{what}" for what in ("given", "revoked", "ended")
)


@pytest.fixture
def session(sharing: Database, now: datetime) -> Any:
    """A transaction in which two destinations are known."""
    with sharing.begin() as session:
        for name in ("east", "west"):
            url = f"https://{name}.example.org/hook"
            add_destination(session, name, "webhook", url, SECRET, at=now)
        yield session


@pytest.fixture
def student(session: Session, now: datetime) -> Student:
    return add_student(session, at=now, external_id="S-17")


def outbox(session: Session) -> Sequence[Publication]:
    query = select(Publication).order_by(Publication.sequence, Publication.destination_id)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def told(session: Session) -> list[tuple[str, str, str]]:
    return [(row.type, row.destination_id, row.state.value) for row in outbox(session)]


def mark_tried(session: Session, **values: Any) -> None:
    """As if each publication had been sent once."""
    session.execute(update(Publication).values(attempts=1, **values))


def mark_delivered(session: Session) -> None:
    mark_tried(session, state=PublicationState.DELIVERED)


def body(publication: Publication) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(publication.body)
    return values


def test_a_grant_is_a_cloud_event_with_the_whole_consent_record(
    session: Session, student: Student, now: datetime
) -> None:
    consent = grant(session, student, at=now)

    east, west = outbox(session)
    assert east.body == west.body
    event = body(east)
    data = event.pop("data")
    assert event == {
        "specversion": "1.0",
        "id": east.event_id,
        "source": BASE_URL,
        "type": GIVEN,
        "subject": consent.id,
        "time": "2026-11-23T21:00:00Z",
        "datacontenttype": "application/json",
        "partitionkey": student.id,
        "sequence": f"{east.sequence:020d}",
    }
    assert data["@type"] == "dpv:ConsentRecord"
    assert data["@context"]["dpv"] == "https://w3id.org/dpv#"
    assert data["status"] == "dpv:ConsentGiven"
    assert data["schema_version"] == "ISO/IEC TS 27560:2023"
    assert data["record_id"] == consent.id
    assert data["subject"] == {
        "@id": f"urn:uuid:{student.id}",
        "@type": "dpv:DataSubject",
        "id": student.id,
        "external_id": "S-17",
        "name": NAME,
        "birth_date": "2012-05-04",
        "school": {
            "id": student.school_id,
            "external_id": None,
            "name": "Granite Park Junior High",
        },
    }
    assert data["signer"] == {
        "relationship": "parent",
        "assurance": "on_record_contact",
        "channel": "online",
    }
    assert data["elements"] == ["grades", "attendance"]
    assert data["purposes"] == ["plan_support"]
    assert data["recipients"] == ["community_organizations"]
    assert data["notice"]["version"] == "2026-1"
    assert data["valid_until"] == "2027-06-30"
    assert consent.signer_name not in east.body


def test_a_revocation_asks_to_hide_the_identity_and_names_nobody(
    session: Session, student: Student, now: datetime
) -> None:
    consent = grant(session, student, at=now)
    mark_delivered(session)
    withdrawal = withdraw(session, student.id, [consent], at=now)

    *_, east, west = outbox(session)
    assert (east.type, west.type) == (REVOKED, REVOKED)
    assert east.event_id == withdrawal.events[0].id
    data = body(east)["data"]
    assert data["required_action"] == "hide_identity"
    assert data["revocation"] == {
        "id": withdrawal.revocation.id,
        "revoked_at": "2026-11-23T21:00:00Z",
        "reason": "letter",
    }
    assert data["subject"].keys() == {"@id", "@type", "id", "external_id"}
    assert NAME not in east.body
    assert "2012-05-04" not in east.body
    assert withdrawal.revocation.completed_at is None


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (EventKind.EXPIRED, "dpv:ConsentExpired"),
        (EventKind.SUPERSEDED, "dpv:ConsentInvalidated"),
        (EventKind.RIGHTS_TRANSFERRED, "dpv:ConsentInvalidated"),
    ],
)
def test_an_ending_without_revocation_says_why(
    session: Session, student: Student, now: datetime, kind: EventKind, status: str
) -> None:
    consent = grant(session, student, at=now)
    mark_delivered(session)
    end(session, consent, kind, at=now)

    *_, east, _west = outbox(session)
    data = body(east)["data"]
    assert (east.type, data["status"], data["ending"]["reason"]) == (ENDED, status, kind.value)
    assert NAME not in east.body


def test_what_was_never_in_force_is_nobodys_business(
    session: Session, student: Student, now: datetime
) -> None:
    consent = add_consent(session, student, at=now, state=ConsentState.PENDING_VERIFICATION)
    for kind in (
        EventKind.SIGNED,
        EventKind.DECLINED,
        EventKind.NOT_CONFIRMED,
        EventKind.REFUSAL_CONFIRMED,
        EventKind.VIEWED,
        EventKind.EXPIRED,
        EventKind.SUPERSEDED,
    ):
        tell(session, kind, consent, at=now)
    assert told(session) == []


def test_a_grant_that_nobody_has_sent_is_cancelled_and_its_revocation_complete(
    session: Session, student: Student, now: datetime
) -> None:
    consent = grant(session, student, at=now)
    withdrawal = withdraw(session, student.id, [consent], at=now)

    assert told(session) == [(GIVEN, "east", "cancelled"), (GIVEN, "west", "cancelled")]
    assert withdrawal.revocation.completed_at == now


def test_a_grant_that_may_have_arrived_is_revoked_and_not_sent_again(
    session: Session, student: Student, now: datetime
) -> None:
    consent = grant(session, student, at=now)
    mark_tried(session)
    withdraw(session, student.id, [consent], at=now)

    assert told(session) == [
        (GIVEN, "east", "cancelled"),
        (GIVEN, "west", "cancelled"),
        (REVOKED, "east", "pending"),
        (REVOKED, "west", "pending"),
    ]


def test_a_grant_that_a_worker_is_sending_is_left_to_it(
    session: Session, student: Student, now: datetime
) -> None:
    consent = grant(session, student, at=now)
    mark_tried(session, claimed_by="worker-1", claimed_until=now + timedelta(seconds=60))
    withdraw(session, student.id, [consent], at=now)
    assert told(session)[0] == (GIVEN, "east", "pending")


def test_a_revocation_of_a_waiting_consent_reaches_who_knows_the_student_from_an_earlier_one(
    session: Session, student: Student, now: datetime
) -> None:
    earlier = grant(session, student, at=now)
    mark_delivered(session)
    end(session, earlier, EventKind.EXPIRED, at=now)
    waiting = add_consent(session, student, at=now, state=ConsentState.PENDING_VERIFICATION)
    withdrawal = withdraw(session, student.id, [waiting], at=now)

    *_, east, west = outbox(session)
    assert (east.type, west.type) == (REVOKED, REVOKED)
    assert body(east)["subject"] == earlier.id
    assert body(east)["data"]["revocation"]["id"] == withdrawal.revocation.id
    assert withdrawal.revocation.completed_at is None


def test_a_revocation_before_anything_was_published_is_complete_at_once(
    session: Session, student: Student, now: datetime
) -> None:
    consent = add_consent(session, student, at=now, state=ConsentState.PENDING_VERIFICATION)
    withdrawal = withdraw(session, student.id, [consent], at=now)
    assert told(session) == []
    assert session.get_one(Revocation, withdrawal.revocation.id).completed_at == now


def test_a_destination_that_was_switched_off_hears_of_endings_but_not_of_new_consents(
    session: Session, student: Student, now: datetime
) -> None:
    consent = grant(session, student, at=now)
    mark_delivered(session)
    session.execute(update(Destination).where(Destination.id == "west").values(active=False))
    withdraw(session, student.id, [consent], at=now)
    grant(session, add_student(session, at=now), at=now)

    assert told(session)[2:] == [
        (REVOKED, "east", "pending"),
        (REVOKED, "west", "pending"),
        (GIVEN, "east", "pending"),
    ]


def test_a_consent_that_is_rolled_back_is_not_published(sharing: Database, now: datetime) -> None:
    def fails() -> None:
        with sharing.begin() as session:
            add_destination(session, "east", "webhook", "https://e.org/", SECRET, at=now)
            grant(session, add_student(session, at=now), at=now)
            raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        fails()
    with sharing.read() as session:
        assert session.scalars(select(Consent)).all() == []
        assert outbox(session) == []


def test_names_are_not_readable_in_the_outbox_table(
    session: Session, student: Student, now: datetime
) -> None:
    grant(session, student, at=now)
    [stored, _] = session.execute(text("SELECT body FROM publications")).scalars()
    assert NAME.encode() not in bytes(stored)
    assert b"S-17" not in bytes(stored)
