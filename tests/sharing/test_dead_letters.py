"""Dead letters: seen, held apart, and decided by a person with a reason on the ledger."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select, update

from intake.clock import local_date, now
from intake.consents.ledger import Actor, LedgerEvent, check_chain
from intake.consents.model import Consent
from intake.consents.states import ActorKind, EventKind
from intake.db.engine import Database
from intake.roster.model import Student
from intake.sharing.dead_letters import (
    ConsentHasEnded,
    NotADeadLetter,
    ReasonMissing,
    dead_letters,
    replay,
    settle_letter,
)
from intake.sharing.model import Publication, PublicationState
from intake.sharing.outcomes import REFUSALS_TO_DIE
from tests.conftest import ZONE
from tests.sharing.builders import add_student, end, grant, granted, withdraw
from tests.sharing.conftest import Receiver

Publish = Callable[..., int]
STAFF = Actor(ActorKind.STAFF, "staff-1")
TODAY = local_date(now(), ZONE)


def make_due(database: Database) -> None:
    with database.begin() as session:
        session.execute(
            update(Publication)
            .where(Publication.state == PublicationState.PENDING)
            .values(next_attempt_at=now())
        )


def refuse(database: Database, receiver: Receiver, publish: Publish, how: str = "400") -> None:
    """As often as it takes until what is due has died."""
    receiver.misbehave(how)
    for _ in range(REFUSALS_TO_DIE):
        make_due(database)
        publish()
    receiver.misbehave("ok")


def states(database: Database) -> list[tuple[str, str]]:
    with database.read() as session:
        rows = session.scalars(select(Publication).order_by(Publication.sequence)).all()
        return [(row.type.rpartition(".")[2], row.state.value) for row in rows]


def letter(database: Database) -> str:
    with database.read() as session:
        [found] = dead_letters(session)
        return found.id


@pytest.fixture
def refused(sharing: Database, receiver: Receiver, publish: Publish) -> Student:
    """A student whose grant the receiver does not want."""
    with sharing.begin() as session:
        student = add_student(session, at=now())
        grant(session, student, at=now())
    refuse(sharing, receiver, publish)
    assert states(sharing) == [("given", "dead")]
    return student


def test_an_event_that_is_refused_for_good_is_a_dead_letter_and_not_tried_again(
    sharing: Database, refused: Student, publish: Publish
) -> None:
    assert publish(later=200) == 0
    with sharing.read() as session:
        [found] = dead_letters(session, destination_id="reference")
        assert (found.attempts, found.error) == (REFUSALS_TO_DIE, "HTTP 400")
        assert dead_letters(session, destination_id="other") == []


def test_a_failure_that_may_pass_never_makes_one(
    sharing: Database, receiver: Receiver, publish: Publish
) -> None:
    with sharing.begin() as session:
        grant(session, add_student(session, at=now()), at=now())
    refuse(sharing, receiver, publish, how="500")
    refuse(sharing, receiver, publish, how="500")
    assert states(sharing) == [("given", "pending")]


def test_a_replay_is_delivered_and_its_reason_stays_on_the_ledger(
    sharing: Database, refused: Student, receiver: Receiver, publish: Publish
) -> None:
    with sharing.begin() as session:
        replay(session, letter(sharing), reason="they fixed it", by=STAFF, at=now(), today=TODAY)
    assert publish(later=1) == 1
    assert receiver.effects() == ["applied"]
    with sharing.read() as session:
        [entry] = session.scalars(
            select(LedgerEvent).where(LedgerEvent.kind == EventKind.PUBLICATION_REPLAYED)
        )
        assert (entry.actor_kind, entry.actor_id) == (ActorKind.STAFF, "staff-1")
        assert entry.student_id == refused.id
        assert entry.values()["reason"] == "they fixed it"
        assert entry.values()["refused"] == "HTTP 400"
        assert list(check_chain(session)) == []


def test_a_dead_letter_is_settled_once(sharing: Database, refused: Student) -> None:
    dead = letter(sharing)
    with sharing.begin() as session:
        settle_letter(session, dead, reason="not their student", by=STAFF, at=now())
    assert states(sharing) == [("given", "settled")]
    for decide in (settle_letter, partial(replay, today=TODAY)):
        with sharing.begin() as session, pytest.raises(NotADeadLetter):
            decide(session, dead, reason="again", by=STAFF, at=now())


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_a_reason_is_needed(sharing: Database, refused: Student, reason: str) -> None:
    with sharing.begin() as session, pytest.raises(ReasonMissing):
        replay(session, letter(sharing), reason=reason, by=STAFF, at=now(), today=TODAY)


def test_a_grant_that_has_ended_meanwhile_is_no_dead_letter_any_more(
    sharing: Database, refused: Student, receiver: Receiver, publish: Publish
) -> None:
    dead = letter(sharing)
    with sharing.begin() as session:
        consents = [session.scalars(select(Publication.consent_id)).one()]
        withdraw(session, refused.id, [session.get_one(Consent, consents[0])], at=now())
    assert states(sharing) == [("given", "cancelled"), ("revoked", "pending")]
    with sharing.begin() as session, pytest.raises(NotADeadLetter):
        replay(session, dead, reason="too late", by=STAFF, at=now(), today=TODAY)
    assert publish(later=1) == 1, "the refused grant may have been read: its revocation goes out"


def test_a_grant_is_not_replayed_after_its_end_even_if_it_were_dead(
    sharing: Database, refused: Student
) -> None:
    with sharing.begin() as session:
        row = session.scalars(select(Publication)).one()
        end(session, session.get_one(Consent, row.consent_id), EventKind.EXPIRED, at=now())
        session.refresh(row)
        row.state = PublicationState.DEAD
    with sharing.begin() as session, pytest.raises(ConsentHasEnded):
        replay(session, row.id, reason="too late", by=STAFF, at=now(), today=TODAY)


def test_a_dead_ending_holds_back_the_next_grant_and_not_the_next_ending(
    sharing: Database, receiver: Receiver, publish: Publish
) -> None:
    with sharing.begin() as session:
        student = add_student(session, at=now())
        first, second = (grant(session, student, at=now()) for _ in range(2))
    publish()
    publish()
    with sharing.begin() as session:
        end(session, session.merge(first), EventKind.SUPERSEDED, at=now())
    refuse(sharing, receiver, publish)
    with sharing.begin() as session:
        grant(session, student, at=now())
        end(session, session.merge(second), EventKind.EXPIRED, at=now())
    for _ in range(3):
        publish(later=200)
    expected = [("given", "delivered")] * 2
    expected += [("ended", "dead"), ("given", "pending"), ("ended", "pending")]
    assert states(sharing) == expected, "the ending waits for the grant before it, as always"

    with sharing.begin() as session:
        replay(session, letter(sharing), reason="they fixed it", by=STAFF, at=now(), today=TODAY)
    for _ in range(4):
        publish(later=200)
    assert [state for _, state in states(sharing)] == ["delivered"] * 5
    sequences = [one.sequence for one in receiver.system.store.deliveries()]
    assert sequences == sorted(sequences)


def test_a_dead_revocation_that_is_settled_still_waits_for_its_confirmation(
    sharing: Database, receiver: Receiver, publish: Publish
) -> None:
    student, consent = granted(sharing, at=now())
    publish()
    with sharing.begin() as session:
        withdrawal = withdraw(session, student.id, [session.merge(consent)], at=now())
    refuse(sharing, receiver, publish)
    with sharing.begin() as session:
        settle_letter(session, letter(sharing), reason="told by phone", by=STAFF, at=now())
    with sharing.read() as session:
        assert session.merge(withdrawal.revocation, load=True).completed_at is None


def test_a_replay_that_was_overtaken_by_an_ending_gets_a_new_place(
    sharing: Database, receiver: Receiver, publish: Publish
) -> None:
    with sharing.begin() as session:
        student = add_student(session, at=now())
        other = grant(session, student, at=now())
    publish()
    with sharing.begin() as session:
        grant(session, student, at=now())
    refuse(sharing, receiver, publish)
    with sharing.begin() as session:
        end(session, session.merge(other), EventKind.EXPIRED, at=now())
    assert publish(later=1) == 1
    with sharing.begin() as session:
        replay(session, letter(sharing), reason="fixed", by=STAFF, at=now(), today=TODAY)
    assert publish(later=2) == 1
    assert receiver.effects() == ["applied"] * 3


def test_a_grant_that_has_ended_by_its_date_is_not_replayed(
    sharing: Database, refused: Student
) -> None:
    """Nobody has written the end yet; the date is enough."""
    with sharing.begin() as session:
        session.scalars(select(Consent)).one().valid_until = TODAY - timedelta(days=1)
    with sharing.begin() as session, pytest.raises(ConsentHasEnded):
        replay(session, letter(sharing), reason="x", by=STAFF, at=now(), today=TODAY)


def test_a_grant_that_ends_by_its_date_while_it_waits_is_not_sent(
    sharing: Database, receiver: Receiver, publish: Publish
) -> None:
    with sharing.begin() as session:
        consent = grant(session, add_student(session, at=now()), at=now())
        consent.valid_until = TODAY - timedelta(days=1)
    assert publish() == 0
    assert states(sharing) == [("given", "cancelled")]
    assert receiver.effects() == []
