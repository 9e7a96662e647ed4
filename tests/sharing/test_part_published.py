"""What sharing systems are told when a part is taken back, and when that is seen through."""

import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from intake.consents import ledger
from intake.consents.ledger import LedgerEvent
from intake.consents.model import Consent, Revocation
from intake.consents.narrow import Part
from intake.consents.states import EventKind
from intake.db.engine import Database
from intake.roster.model import Student
from intake.sharing.confirmations import complete_overtaken, confirm_hidden
from intake.sharing.destinations import Settings, add_destination
from intake.sharing.filters import Filters
from intake.sharing.model import Publication, PublicationState
from tests.sharing.builders import add_student, end, grant, hold, lift, take_part
from tests.sharing.conftest import SECRET

GRADES = Part(("grades",))


@pytest.fixture
def student(sharing: Database, now: datetime) -> Student:
    """Two destinations: one told of everything, one of community organizations' consents only."""
    only = Filters(partner_classes=frozenset({"community_organizations"}))
    with sharing.begin() as session:
        for name, settings in (("all", Settings()), ("community", Settings(filters=only))):
            url = f"https://{name}.example.org/hook"
            add_destination(session, name, "webhook", url, SECRET, at=now, settings=settings)
        return add_student(session, at=now)


def given(sharing: Database, student: Student, now: datetime, *, sent: bool) -> Consent:
    with sharing.begin() as session:
        consent = grant(session, student, at=now)
        consent.partner_classes = ["community_organizations", "health_care_providers"]
        if sent:
            session.execute(
                update(Publication).values(attempts=1, state=PublicationState.DELIVERED)
            )
        return consent


def take(sharing: Database, student: Student, part: Part, now: datetime) -> Revocation:
    with sharing.begin() as session:
        return take_part(session, student.id, part, at=now + timedelta(minutes=1))


def waiting(sharing: Database) -> dict[str, tuple[str, list[str], bool]]:
    """For each destination: the type of what waits, its elements, whether it asks for a word."""
    query = select(Publication).where(Publication.state == PublicationState.PENDING)
    with sharing.read() as session:
        found = {}
        for one in session.scalars(query):
            event = json.loads(one.body)
            found[one.destination_id] = (
                one.type.rpartition(".")[2],
                event["data"]["elements"],
                one.revocation_id is not None,
            )
        return found


def test_who_has_the_grant_is_told_what_is_left_and_asked_to_confirm(
    sharing: Database, student: Student, now: datetime
) -> None:
    given(sharing, student, now, sent=True)

    letter = take(sharing, student, GRADES, now)

    assert waiting(sharing) == {
        "all": ("given", ["attendance"], True),
        "community": ("given", ["attendance"], True),
    }
    assert letter.completed_at is None


def test_a_grant_that_waits_untried_is_replaced_and_nothing_has_to_be_confirmed(
    sharing: Database, student: Student, now: datetime
) -> None:
    given(sharing, student, now, sent=False)

    letter = take(sharing, student, GRADES, now)

    assert waiting(sharing) == {
        "all": ("given", ["attendance"], False),
        "community": ("given", ["attendance"], False),
    }
    assert letter.completed_at is not None


def test_who_may_not_know_what_is_left_hides_the_identity(
    sharing: Database, student: Student, now: datetime
) -> None:
    given(sharing, student, now, sent=True)

    take(sharing, student, Part((), ("community_organizations",)), now)

    told = waiting(sharing)
    assert told["all"][0] == "given"
    assert told["community"][0] == "revoked"


def test_each_destinations_word_completes_it(
    sharing: Database, student: Student, now: datetime
) -> None:
    given(sharing, student, now, sent=True)
    letter = take(sharing, student, GRADES, now)
    with sharing.begin() as session:
        session.execute(update(Publication).values(attempts=1))
        event = session.scalars(
            select(LedgerEvent).where(LedgerEvent.kind == EventKind.NARROWED)
        ).one()
    for name in ("all", "community"):
        with sharing.begin() as session:
            assert session.get_one(Revocation, letter.id).completed_at is None
            confirm_hidden(
                session,
                destination_id=name,
                revocation_id=letter.id,
                event_id=event.id,
                webhook_id=name,
                at=now,
                only_part=True,
            )
    with sharing.read() as session:
        assert session.get_one(Revocation, letter.id).completed_at is not None
        kinds = session.scalars(select(LedgerEvent.kind)).all()
    assert kinds.count(EventKind.PART_WITHDRAWN) == 2
    assert EventKind.IDENTITY_HIDDEN not in kinds


def test_while_a_paper_holds_it_what_is_left_is_told_without_a_name(
    sharing: Database, student: Student, now: datetime
) -> None:
    given(sharing, student, now, sent=True)
    with sharing.begin() as session:
        hold(session, student, at=now)
        session.execute(update(Publication).values(attempts=1, state=PublicationState.DELIVERED))

    take(sharing, student, GRADES, now)

    assert waiting(sharing)["all"] == ("suspended", ["attendance"], True)
    with sharing.read() as session:
        bodies = [
            one.body
            for one in session.scalars(
                select(Publication).where(Publication.state == PublicationState.PENDING)
            )
        ]
    assert student.name not in "".join(bodies)
    with sharing.begin() as session:
        session.execute(update(Publication).values(attempts=1, state=PublicationState.DELIVERED))
        lift(session, at=now + timedelta(minutes=2))
    assert waiting(sharing)["all"] == ("resumed", ["attendance"], False)


def test_a_part_of_what_has_ended_altogether_needs_no_word(
    sharing: Database, student: Student, now: datetime
) -> None:
    consent = given(sharing, student, now, sent=True)
    letter = take(sharing, student, GRADES, now)
    with sharing.begin() as session:
        end(session, session.get_one(Consent, consent.id), EventKind.EXPIRED, at=now)
    with sharing.begin() as session:
        complete_overtaken(session, at=now)
        assert session.get_one(Revocation, letter.id).completed_at is not None


# SQLite lets in one writer at a time: there the two can't meet.
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_workers_complete_it_once(
    sharing: Database, student: Student, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    consent = given(sharing, student, now, sent=True)
    letter = take(sharing, student, GRADES, now)
    with sharing.begin() as session:
        end(session, session.get_one(Consent, consent.id), EventKind.EXPIRED, at=now)

    def hold_late(session: Session) -> None:
        monkeypatch.undo()
        with sharing.begin() as other:
            complete_overtaken(other, at=now)
        ledger.hold(session)

    monkeypatch.setattr(ledger, "hold", hold_late)
    with sharing.begin() as session:
        complete_overtaken(session, at=now)
    with sharing.read() as session:
        completed = select(LedgerEvent).where(
            LedgerEvent.revocation_id == letter.id,
            LedgerEvent.kind == EventKind.REVOCATION_COMPLETED,
        )
        assert len(session.scalars(completed).all()) == 1
