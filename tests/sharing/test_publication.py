"""From the ledger to the sharing system and back, with both ends running."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from intake.clock import now
from intake.consents.ledger import LedgerEvent
from intake.consents.model import Revocation
from intake.consents.states import EventKind
from intake.db.engine import Database
from intake.demo.sharing_system.store import Effect, Standing
from intake.sharing.model import Publication, PublicationState
from tests.sharing.builders import NAME, add_student, end, grant, granted, withdraw
from tests.sharing.conftest import SECRET, Receiver, wait_for

Publish = Callable[..., int]


def kinds(database: Database) -> list[EventKind]:
    with database.read() as session:
        return list(session.scalars(select(LedgerEvent.kind).order_by(LedgerEvent.sequence)))


def is_completed(database: Database, revocation_id: str) -> bool:
    with database.read() as session:
        return session.get_one(Revocation, revocation_id).completed_at is not None


def test_a_grant_reaches_the_sharing_system(
    sharing: Database, receiver: Receiver, publish: Publish
) -> None:
    with sharing.begin() as session:
        student = add_student(session, at=now(), external_id="S-17")
        grant(session, student, at=now())

    assert publish() == 1

    [known] = receiver.system.store.students()
    assert (known.name, known.external_id, known.standing) == (NAME, "S-17", Standing.SHARED)
    assert f"<bdi>{NAME}</bdi>" in receiver.page()
    assert publish() == 0


def test_a_revocation_hides_the_identity_and_is_complete_once_that_is_confirmed(
    sharing: Database, receiver: Receiver, publish: Publish
) -> None:
    student, consent = granted(sharing, at=now())
    publish()
    with sharing.begin() as session:
        consent = session.merge(consent)
        revocation = withdraw(session, student.id, [consent], at=now()).revocation
    assert not is_completed(sharing, revocation.id)

    publish()
    wait_for(lambda: is_completed(sharing, revocation.id))

    [known] = receiver.system.store.students()
    assert (known.name, known.birth_date, known.external_id, known.standing) == (
        None,
        None,
        None,
        Standing.HIDDEN,
    )
    assert "identity hidden" in receiver.page()
    assert NAME not in receiver.page()
    assert kinds(sharing)[-2:] == [EventKind.IDENTITY_HIDDEN, EventKind.REVOCATION_COMPLETED]


def test_a_consent_that_expires_is_no_longer_shown(
    sharing: Database, receiver: Receiver, publish: Publish
) -> None:
    _, consent = granted(sharing, at=now())
    publish()
    with sharing.begin() as session:
        end(session, session.merge(consent), EventKind.EXPIRED, at=now())
    publish()

    [known] = receiver.system.store.students()
    assert known.standing == Standing.ENDED
    assert NAME not in receiver.page()


def test_a_new_grant_after_a_revocation_is_shown_again(
    sharing: Database, receiver: Receiver, publish: Publish
) -> None:
    student, consent = granted(sharing, at=now())
    publish()
    with sharing.begin() as session:
        withdraw(session, student.id, [session.merge(consent)], at=now())
        grant(session, student, at=now())
    assert [publish(), publish()] == [2, 0]
    [known] = receiver.system.store.students()
    assert (known.name, known.standing) == (NAME, Standing.SHARED)


def test_an_event_that_comes_twice_is_applied_once(
    sharing: Database, receiver: Receiver, publish: Publish
) -> None:
    with sharing.begin() as session:
        grant(session, add_student(session, at=now()), at=now())
    receiver.misbehave("drop")
    assert publish() == 0
    receiver.misbehave("ok")
    assert publish(later=2) == 1

    effects = [delivery.effect for delivery in receiver.system.store.deliveries()]
    assert effects == [Effect.APPLIED, Effect.DUPLICATE]
    with sharing.read() as session:
        [publication] = session.scalars(select(Publication)).all()
    assert (publication.state, publication.attempts) == (PublicationState.DELIVERED, 2)


def test_a_revocation_that_is_never_confirmed_stays_open(
    sharing: Database, receiver: Receiver, publish: Publish
) -> None:
    receiver.misbehave("unconfirmed")
    student, consent = granted(sharing, at=now())
    publish()
    with sharing.begin() as session:
        withdrawal = withdraw(session, student.id, [session.merge(consent)], at=now())
    publish()
    assert [known.standing for known in receiver.system.store.students()] == [Standing.HIDDEN]
    assert EventKind.IDENTITY_HIDDEN not in kinds(sharing)

    receiver.misbehave("ok")
    wait_for(lambda: is_completed(sharing, withdrawal.revocation.id))


def test_the_log_names_nobody(
    sharing: Database,
    receiver: Receiver,
    publish: Publish,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with sharing.begin() as session:
        grant(session, add_student(session, at=now(), external_id="S-17"), at=now())
    receiver.misbehave("500")
    publish()
    receiver.stop()
    publish(later=5)
    assert "HTTP 500" in caplog.text
    assert "no connection" in caplog.text
    for personal in (NAME, "S-17", "2012-05-04", SECRET):
        assert personal not in caplog.text
