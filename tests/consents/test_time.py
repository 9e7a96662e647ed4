"""What the calendar does: the last day, and the 18th birthday; once, however many workers."""

import threading
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from forms.choices import ContactKind, Relationship
from intake import clock
from intake.config import Settings, settings_from
from intake.consents.decide import Reason
from intake.consents.ledger import LedgerEvent
from intake.consents.model import Consent, Invitation
from intake.consents.states import ConsentState, EventKind
from intake.consents.timely import end_due
from intake.db.engine import Database
from intake.demo.run import demo_environ
from intake.messages.model import OutgoingMessage
from intake.notices import notice_subscriber
from intake.roster.model import Student
from intake.roster.students import add_contact, add_guardian
from intake.sharing.destinations import add_destination
from intake.sharing.model import Publication
from intake.sharing.outbox import publication_subscriber
from tests.conftest import NOW
from tests.consents.story import Story
from tests.sharing.conftest import BASE_URL, SECRET

BORN = date(2008, 11, 30)
WORKERS = 4


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_from(demo_environ(tmp_path, port=8000, at=clock.now()))


@pytest.fixture
def told(database: Database, settings: Settings) -> Iterator[Story]:
    """A story whose families are told, and whose sharing system is too."""
    story = Story(database)
    story.database.subscribers[:] = [
        notice_subscriber(settings),
        publication_subscriber(BASE_URL),
    ]
    with story.database.begin() as session:
        add_destination(session, "hook", "webhook", "https://e.org/", SECRET, at=NOW)
    yield story
    story.database.subscribers.clear()


def own_phone(database: Database, student_id: str, value: str = "+18015550177") -> None:
    with database.begin() as session:
        student = session.get_one(Student, student_id)
        add_contact(session, student, ContactKind.PHONE, value, guardian=None)


def parents_phone(database: Database, student_id: str) -> None:
    with database.begin() as session:
        student = session.get_one(Student, student_id)
        parent = add_guardian(
            session, student=student, name="Sarah Johnson", relationship=Relationship.PARENT
        )
        add_contact(session, student, ContactKind.PHONE, "+18015550142", guardian=parent)


def counted(database: Database, kind: EventKind) -> int:
    with database.read() as session:
        query = select(func.count()).where(LedgerEvent.kind == kind)
        return session.scalar(query) or 0


def messages(database: Database, purpose: str) -> list[OutgoingMessage]:
    with database.read() as session:
        query = select(OutgoingMessage).where(OutgoingMessage.purpose == purpose)
        return list(session.scalars(query))


def test_on_the_birthday_the_parents_consent_stops_and_the_student_is_invited(told: Story) -> None:
    student = told.student(born=BORN)
    parents_phone(told.database, student)
    own_phone(told.database, student)
    told.sign(student)
    told.at += timedelta(days=7)
    assert told.decide(student)[0].reason is Reason.RIGHTS_TRANSFERRED  # before any worker has run

    told.calendar()

    (sent,) = messages(told.database, "now_yours")
    assert sent.recipient == "+18015550177"
    assert "/en/i/" in sent.body
    with told.database.read() as session:
        assert session.scalars(select(Invitation.student_id)).all() == [student]
    told.sign(student, by=Relationship.ELIGIBLE_STUDENT)
    assert told.decide(student)[0].reason is Reason.CONSENTED


def test_a_student_without_a_contact_of_their_own_is_not_invited_through_the_parents(
    told: Story,
) -> None:
    student = told.student(born=BORN)
    parents_phone(told.database, student)
    told.sign(student)
    told.at += timedelta(days=7)

    told.calendar()

    assert counted(told.database, EventKind.RIGHTS_TRANSFERRED) == 1
    assert messages(told.database, "now_yours") == []


def test_two_consents_that_end_on_one_birthday_bring_one_invitation(told: Story) -> None:
    student = told.student(born=BORN)
    own_phone(told.database, student)
    told.sign(student)
    told.sign(student, known=False)
    told.at += timedelta(days=7)

    told.calendar()
    told.calendar()

    assert counted(told.database, EventKind.RIGHTS_TRANSFERRED) == 2
    assert len(messages(told.database, "now_yours")) == 1


def test_when_the_student_has_left_the_consent_ends_and_a_return_does_not_wake_it(
    told: Story,
) -> None:
    student = told.student()
    told.sign(student)
    with told.database.begin() as session:
        session.get_one(Student, student).left_on = told.today + timedelta(days=1)
    assert told.decide(student)[0].reason is Reason.CONSENTED
    told.at += timedelta(days=1)
    assert told.decide(student)[0].reason is Reason.EXPIRED

    told.calendar()
    with told.database.begin() as session:
        session.get_one(Student, student).left_on = None

    assert told.decide(student)[0].reason is Reason.EXPIRED
    assert counted(told.database, EventKind.EXPIRED) == 1


def test_many_workers_end_each_consent_once(told: Story) -> None:
    """Also after a long time without any worker."""
    students = [told.student(name=f"Student {number}", born=BORN) for number in range(6)]
    for number, student in enumerate(students):
        own_phone(told.database, student, f"+1801555{number:04}")
        told.sign(student)
        other = told.student(name=f"Younger {number}")
        told.sign(other, valid_until=told.today)
    told.at += timedelta(days=400)
    started = threading.Barrier(WORKERS)
    failed: list[Exception] = []

    def work() -> None:
        started.wait()
        try:
            with told.database.begin() as session:
                end_due(session, today=told.today, at=told.at)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert counted(told.database, EventKind.RIGHTS_TRANSFERRED) == len(students)
    assert counted(told.database, EventKind.EXPIRED) == len(students)
    assert len(messages(told.database, "now_yours")) == len(students)
    with told.database.read() as session:
        open_consents = select(func.count()).where(Consent.state == ConsentState.ACTIVE)
        assert session.scalar(open_consents) == 0


def test_whoever_got_the_grant_is_told_that_it_has_ended(told: Story) -> None:
    student = told.student(born=BORN)
    told.sign(student)
    with told.database.begin() as session:
        for publication in session.scalars(select(Publication)):
            publication.attempts = 1
    told.at += timedelta(days=7)

    told.calendar()
    told.calendar()

    with told.database.read() as session:
        types = session.scalars(select(Publication.type).order_by(Publication.sequence)).all()
    assert [kind.rpartition(".")[2] for kind in types] == ["given", "ended"]


@pytest.mark.parametrize(("days", "reason"), [(0, Reason.CONSENTED), (1, Reason.EXPIRED)])
def test_the_last_day_counts_whole_and_the_next_not_at_all(
    told: Story, days: int, reason: Reason
) -> None:
    student = told.student()
    told.sign(student, valid_until=told.today)

    on = told.today + timedelta(days=days)

    assert told.decide(student, on=on)[0].reason is reason
