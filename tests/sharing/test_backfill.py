"""A new destination learns what is in force: all of it, once, and nothing that has ended."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from intake.clock import now
from intake.consents.states import EventKind
from intake.db.engine import Database
from intake.sharing import backfill as module
from intake.sharing.backfill import DestinationUnknown, backfill
from intake.sharing.destinations import Settings, add_destination
from intake.sharing.filters import Filters, InvalidFilter
from intake.sharing.model import Destination, Publication
from tests.sharing.builders import add_student, end, grant, granted, withdraw
from tests.sharing.conftest import BASE_URL, SECRET, Receiver

TODAY = date(2026, 11, 23)
Publish = Callable[..., int]


def add(database: Database, name: str, filters: Filters | None = None) -> None:
    with database.begin() as session:
        url = f"https://{name}.example.org/"
        settings = Settings(filters=filters or Filters())
        add_destination(session, name, "webhook", url, SECRET, at=now(), settings=settings)


def run(database: Database, name: str, *, today: date = TODAY) -> int:
    return list(backfill(database, name, today=today, at=now(), source=BASE_URL))[-1].added


def told(database: Database, name: str) -> list[str]:
    with database.read() as session:
        query = select(Publication).where(Publication.destination_id == name)
        rows = session.scalars(query.order_by(Publication.sequence)).all()
        return [row.type.rpartition(".")[2] for row in rows]


def test_what_is_in_force_is_published_once_and_nothing_else(sharing: Database) -> None:
    with sharing.begin() as session:
        students = [add_student(session, at=now()) for _ in range(5)]
        consents = [grant(session, student, at=now()) for student in students]
        end(session, consents[0], EventKind.EXPIRED, at=now())
        withdraw(session, students[1].id, [consents[1]], at=now())
        consents[2].valid_until = TODAY - timedelta(days=1)
        consents[3].rights_transfer_on = TODAY
    add(sharing, "late")
    assert [run(sharing, "late"), run(sharing, "late")] == [1, 0]
    assert told(sharing, "late") == ["given"]


def test_it_can_be_stopped_and_run_again(
    sharing: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH", 2)
    with sharing.begin() as session:
        for _ in range(5):
            grant(session, add_student(session, at=now()), at=now())
    add(sharing, "late")
    started = backfill(sharing, "late", today=TODAY, at=now(), source=BASE_URL)
    first = next(started)
    assert (first.looked_at, first.of, first.added) == (2, 5, 2)
    started.close()
    progress = list(backfill(sharing, "late", today=TODAY, at=now(), source=BASE_URL))
    assert [(one.looked_at, one.added) for one in progress] == [(2, 0), (4, 2), (5, 3)]
    assert told(sharing, "late") == ["given"] * 5


def test_a_revocation_cancels_what_was_backfilled_and_not_yet_sent(sharing: Database) -> None:
    student, consent = granted(sharing, at=now())
    add(sharing, "late")
    run(sharing, "late")
    with sharing.begin() as session:
        withdrawal = withdraw(session, student.id, [session.merge(consent)], at=now())
        assert withdrawal.revocation.completed_at is not None, "nobody knows anything"
        assert [row.state.value for row in session.scalars(select(Publication))] == ["cancelled"]
    assert run(sharing, "late") == 0


def test_what_is_told_later_has_a_later_place(
    sharing: Database, receiver: Receiver, publish: Publish
) -> None:
    with sharing.begin() as session:
        session.get_one(Destination, "reference").active = False
        student = add_student(session, at=now())
        grant(session, student, at=now())
        session.get_one(Destination, "reference").active = True
        grant(session, student, at=now())
    assert publish() == 1
    assert run(sharing, "reference") == 1
    assert publish(later=1) == 1
    assert receiver.effects() == ["applied"] * 2, "the receiver does not take it for a late one"


def test_filters_hold_for_it_too(sharing: Database) -> None:
    with sharing.begin() as session:
        students = [add_student(session, at=now()) for _ in range(3)]
        for student in students:
            grant(session, student, at=now())
    add(sharing, "school", Filters(schools=frozenset({students[1].school_id})))
    add(sharing, "health", Filters(partner_classes=frozenset({"health_care_providers"})))
    assert [run(sharing, "school"), run(sharing, "health")] == [1, 0]


def test_a_destination_that_is_not_there(sharing: Database) -> None:
    with pytest.raises(DestinationUnknown):
        run(sharing, "nobody")


def test_each_destination_is_told_what_its_filter_lets_through(sharing: Database) -> None:
    with sharing.begin() as session:
        here, there = (add_student(session, at=now()) for _ in range(2))
    community = frozenset({"community_organizations"})
    add(sharing, "all")
    add(sharing, "school", Filters(schools=frozenset({here.school_id}), partner_classes=community))
    add(sharing, "health", Filters(partner_classes=frozenset({"health_care_providers"})))
    with sharing.begin() as session:
        for student in (here, there):
            grant(session, student, at=now())
    assert [told(sharing, name) for name in ("all", "school", "health")] == [
        ["given", "given"],
        ["given"],
        [],
    ]


def test_an_ending_follows_its_grant_whatever_the_filter_says_by_then(sharing: Database) -> None:
    with sharing.begin() as session:
        student = add_student(session, at=now())
    add(sharing, "school")
    with sharing.begin() as session:
        consent = grant(session, student, at=now())
        session.scalars(select(Publication)).one().attempts = 1
        session.get_one(Destination, "school").filters = {"schools": ["another"]}
    with sharing.begin() as session:
        withdraw(session, student.id, [session.merge(consent)], at=now())
    assert told(sharing, "school") == ["given", "revoked"]


def test_who_asked_for_revocations_alone_hears_of_them_and_of_nothing_else(
    sharing: Database,
) -> None:
    add(sharing, "hub", Filters.checked(schools=(), partner_classes=(), types=("revoked",)))
    with sharing.begin() as session:
        student = add_student(session, at=now())
        first = grant(session, student, at=now())
        end(session, first, EventKind.SUPERSEDED, at=now())
        second = grant(session, student, at=now())
        withdrawal = withdraw(session, student.id, [second], at=now())
        assert withdrawal.revocation.completed_at is None, "it has yet to confirm"
    assert told(sharing, "hub") == ["revoked"]


@pytest.mark.parametrize("types", [("given",), ("given", "ended"), ("borrowed",)])
def test_nobody_is_told_of_grants_without_their_endings(types: tuple[str, ...]) -> None:
    with pytest.raises(InvalidFilter):
        Filters.checked(schools=(), partner_classes=(), types=types)
