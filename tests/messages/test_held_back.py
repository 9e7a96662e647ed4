"""Quiet hours, limits of a contact, and wishes to get no messages."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from forms.choices import ContactKind
from intake.db.engine import Database
from intake.messages.contacts import Contact
from intake.messages.demo_outbox import DemoOutbox
from intake.messages.limits import ContactLimits
from intake.messages.model import ContactStop, MessageKind, MessageState, StopChannel
from intake.messages.optouts import is_stopped, start, stop
from intake.messages.queue import (
    Delivery,
    delivery_state,
    notify,
    stop_campaign,
    stop_message,
)
from intake.messages.quiet import QuietHours
from intake.messages.sender import send_due
from intake.messages.transport import Transport
from intake.messages.wording import receipt_wording
from intake.notices import notice_subscriber
from intake.roster.model import Student
from intake.roster.students import add_contact
from tests.conftest import NOW, ZONE
from tests.consents.story import Story
from tests.fakes.twilio_api import Answer, FakeTwilio
from tests.messages.conftest import EMAIL, PHONE, ask_code, messages, sms_over
from tests.messages.replying import settings

QUIET = QuietHours(ZONE, days=frozenset({6}))
HOUR = timedelta(hours=1)
OUTBOX: Mapping[MessageKind, Transport] = dict.fromkeys(MessageKind, DemoOutbox())


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def campaign(
    database: Database,
    contact: Contact = PHONE,
    *,
    at: datetime = NOW,
    quiet: QuietHours | None = None,
    campaign_id: str | None = "c-1",
    wanted_after: datetime | None = None,
) -> str:
    kind = MessageKind.SMS if contact == PHONE else MessageKind.EMAIL
    wording = receipt_wording(kind, "en", partnership="Promise", link="https://x.test/")
    with database.begin() as session:
        return notify(
            session,
            contact,
            wording,
            language="en",
            at=at,
            campaign_id=campaign_id,
            is_once=True,
            quiet=quiet,
            wanted_after=wanted_after,
        ).id


def states(database: Database) -> list[MessageState]:
    return [message.state for message in messages(database)]


@pytest.mark.parametrize(
    ("asked", "opens"),
    [
        ("2026-11-23T14:00", "2026-11-23T14:00"),
        ("2026-11-23T20:00", "2026-11-24T08:00"),
        ("2026-11-23T19:59", "2026-11-23T19:59"),
        ("2026-11-24T07:59", "2026-11-24T08:00"),
        ("2026-11-24T08:00", "2026-11-24T08:00"),
        ("2026-11-21T20:30", "2026-11-23T08:00"),  # Saturday evening: Sunday is quiet
        ("2026-11-22T12:00", "2026-11-23T08:00"),
        ("2026-03-07T23:00", "2026-03-09T08:00"),  # over the change to summer time
        ("2026-10-31T23:00", "2026-11-02T08:00"),
    ],
)
def test_when_it_may_be_sent_on_the_schools_clock(asked: str, opens: str) -> None:
    assert QUIET.next_open(local(asked)) == local(opens)
    assert not QUIET.is_quiet(local(opens))


def test_eight_oclock_is_eight_oclock_before_and_after_the_clock_changes() -> None:
    hours = QuietHours(ZONE)
    assert hours.next_open(local("2026-03-07T23:00")) == datetime(2026, 3, 8, 14, tzinfo=UTC)
    assert hours.next_open(local("2026-03-06T23:00")) == datetime(2026, 3, 7, 15, tzinfo=UTC)


def test_an_end_that_the_clock_skips_or_repeats() -> None:
    skipped = QuietHours(ZONE, time(22), time(2, 30))
    opens = skipped.next_open(local("2026-03-07T23:00"))
    assert timedelta(0) <= opens - local("2026-03-08T03:00") <= timedelta(minutes=30)
    twice = QuietHours(ZONE, time(22), time(1, 30))
    assert twice.next_open(local("2026-10-31T23:00")) == datetime(2026, 11, 1, 7, 30, tzinfo=UTC)


def test_no_hours_only_days_and_a_week_without_days() -> None:
    only_days = replace(QUIET, begins=time(0), ends=time(0))
    assert not only_days.is_quiet(local("2026-11-23T03:00"))
    assert only_days.next_open(local("2026-11-22T03:00")) == local("2026-11-23T00:00")
    with pytest.raises(ValueError, match="without any day"):
        QuietHours(ZONE, days=frozenset(range(7)))


def test_hours_can_be_stored() -> None:
    assert QUIET.stored == "America/Denver 20:00-08:00 sun"
    assert QuietHours.from_stored(QUIET.stored) == QUIET


def test_a_message_waits_for_the_morning_also_when_the_evening_came_meanwhile(
    database: Database,
) -> None:
    afternoon, evening, morning = (
        local(f"2026-11-{at}") for at in ("23T19:50", "23T20:05", "24T08:00")
    )
    campaign(database, at=afternoon, quiet=QUIET)
    campaign(database, Contact(PHONE.kind, "+18015550143"), at=afternoon, quiet=QUIET)
    ask_code(database, at=evening)
    assert send_due(database, OUTBOX, at=evening) == 1  # the code
    waiting = [m for m in messages(database) if m.state is MessageState.QUEUED]
    assert {m.next_attempt_at for m in waiting} == {morning}
    assert send_due(database, OUTBOX, at=morning) == 2


def test_a_message_that_is_wanted_later_waits(database: Database) -> None:
    campaign(database, wanted_after=NOW + HOUR)
    assert send_due(database, OUTBOX, at=NOW) == 0
    assert send_due(database, OUTBOX, at=NOW + HOUR) == 1


def test_a_contact_gets_so_many_messages_of_campaigns_a_day_and_a_week(database: Database) -> None:
    for n in range(6):
        campaign(database, campaign_id=f"c-{n}")
    campaign(database, campaign_id=None)
    limits = ContactLimits(per_day=2, per_week=5)
    sent = [
        send_due(database, OUTBOX, at=NOW + day * timedelta(days=1, minutes=1), limits=limits)
        for day in range(9)
    ]
    assert sent == [3, 2, 1, 0, 0, 0, 0, 1, 0]


def test_a_limit_holds_when_several_are_in_flight(database: Database) -> None:
    for n in range(8):
        campaign(database, campaign_id=f"c-{n}")
    assert send_due(database, OUTBOX, at=NOW, in_flight=4, limits=ContactLimits(2, 5)) == 2


def test_a_stop_ends_what_waits_and_what_comes(database: Database) -> None:
    campaign(database)
    with database.begin() as session:
        stop(session, PHONE, channel=StopChannel.SMS, word="alto", at=NOW)
        assert is_stopped(session, PHONE)
        assert not is_stopped(session, EMAIL)
    campaign(database)
    ask_code(database)
    assert send_due(database, OUTBOX, at=NOW) == 0
    assert states(database) == [MessageState.STOPPED] * 3
    assert {message.body for message in messages(database)} == {""}
    with database.read() as session:
        assert delivery_state(session, "signing-1") is Delivery.STOPPED


def test_a_start_lets_new_messages_through_and_both_stay_on_record(database: Database) -> None:
    with database.begin() as session:
        stop(session, PHONE, channel=StopChannel.SMS, word="stop", at=NOW)
        start(session, PHONE, channel=StopChannel.DESK, by="staff-1", at=NOW + HOUR)
    campaign(database, at=NOW + HOUR)
    assert send_due(database, OUTBOX, at=NOW + HOUR) == 1
    with database.read() as session:
        rows = session.scalars(select(ContactStop).order_by(ContactStop.id)).all()
    assert [(row.action.value, row.channel.value, row.word, row.by) for row in rows] == [
        ("stop", "sms", "stop", None),
        ("start", "desk", None, "staff-1"),
    ]


def test_an_address_that_stopped_still_gets_what_somebody_asks_for(database: Database) -> None:
    campaign(database, EMAIL)
    with database.begin() as session:
        stop(session, EMAIL, channel=StopChannel.LINK, at=NOW)
    ask_code(database, contact=EMAIL)
    assert send_due(database, OUTBOX, at=NOW) == 1
    assert states(database) == [MessageState.STOPPED, MessageState.SENT]


def test_a_stop_that_twilio_knows_is_learned(database: Database, twilio: FakeTwilio) -> None:
    campaign(database)
    twilio.answers.append(Answer(400, 21610))
    send_due(database, {MessageKind.SMS: sms_over(twilio.url)}, at=NOW)
    assert states(database) == [MessageState.STOPPED]
    with database.read() as session:
        assert is_stopped(session, PHONE)


def test_a_campaign_or_one_message_can_be_ended(database: Database) -> None:
    first = campaign(database)
    campaign(database)
    campaign(database, campaign_id="c-2")
    with database.begin() as session:
        assert stop_message(session, first, at=NOW)
        assert not stop_message(session, first, at=NOW)
        assert stop_campaign(session, "c-1", at=NOW) == 1
    assert send_due(database, OUTBOX, at=NOW) == 1


def test_what_the_calendar_brings_at_midnight_waits_for_the_morning(database: Database) -> None:
    database.subscribers.append(notice_subscriber(settings()))
    story = Story(database)
    student_id = story.student(born=date(2008, 11, 30))
    with database.begin() as session:
        student = session.get_one(Student, student_id)
        add_contact(session, student, ContactKind.PHONE, "+18015550177", guardian=None)
    story.sign(student_id)
    story.at = local("2026-11-30T00:10")
    story.calendar()
    (invitation,) = [m for m in messages(database) if m.purpose == "now_yours"]
    assert invitation.next_attempt_at == local("2026-11-30T08:00")
