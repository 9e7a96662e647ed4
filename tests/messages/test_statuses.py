"""What Twilio tells about a message: once, twice, late, early, and about what is not ours."""

import itertools

import pytest
from sqlalchemy import select

from intake.db.engine import Database
from intake.messages.flags import settle_flag, unusable_among
from intake.messages.model import (
    ContactFlag,
    FlagReason,
    MessageKind,
    MessageState,
    OutgoingMessage,
)
from intake.messages.sender import send_due
from intake.messages.statuses import StatusReport, take_report
from intake.messages.transport import Dispatch, Sent
from tests.conftest import NOW
from tests.fakes.twilio_api import Answer, FakeTwilio
from tests.messages.conftest import PHONE, messages, sms_over
from tests.messages.test_once import over, queue_campaign


@pytest.fixture
def sent(database: Database, twilio: FakeTwilio) -> OutgoingMessage:
    """A message that Twilio has taken, without a status yet."""
    queue_campaign(database, 1)
    send_due(database, over(twilio), at=NOW)
    return messages(database)[0]


def told(
    database: Database,
    sid: str | None,
    status: str,
    error: int | None = None,
    *,
    message_id: str | None = None,
) -> bool:
    with database.begin() as session:
        return take_report(session, StatusReport(sid or "", message_id, status, error), at=NOW)


def flags(database: Database) -> list[ContactFlag]:
    with database.read() as session:
        return list(session.scalars(select(ContactFlag)))


def test_statuses_in_any_order_come_to_the_same_end(
    database: Database, sent: OutgoingMessage
) -> None:
    words = ("queued", "sent", "delivered")
    for order in itertools.permutations(words):
        with database.begin() as session:
            session.get_one(OutgoingMessage, sent.id).state = MessageState.SENT
        for word in (*order, *order):  # and repeated
            told(database, sent.provider_id, word)
        assert messages(database)[0].state is MessageState.DELIVERED


def test_the_first_final_word_stays(database: Database, sent: OutgoingMessage) -> None:
    assert told(database, sent.provider_id, "undelivered", 30005)
    assert not told(database, sent.provider_id, "delivered")
    assert not told(database, sent.provider_id, "undelivered", 30005)
    (message,) = messages(database)
    assert (message.state, message.error) == (MessageState.UNDELIVERED, "Twilio 30005")
    assert [(flag.times, flag.reason) for flag in flags(database)] == [(1, FlagReason.NOT_IN_USE)]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (30003, FlagReason.UNREACHABLE),
        (30005, FlagReason.NOT_IN_USE),
        (30006, FlagReason.NO_TEXTS),
        (30007, None),  # filtered as spam: the number is right
        (None, None),
    ],
)
def test_only_failures_of_the_number_flag_it(
    database: Database, sent: OutgoingMessage, code: int | None, reason: FlagReason | None
) -> None:
    told(database, sent.provider_id, "undelivered", code)
    assert [flag.reason for flag in flags(database)] == ([reason] if reason else [])


@pytest.mark.parametrize(
    ("code", "reason"), [(21211, FlagReason.NOT_IN_USE), (21614, FlagReason.NO_TEXTS)]
)
def test_a_number_that_is_refused_at_once_is_flagged_until_somebody_settles_it(
    database: Database, twilio: FakeTwilio, code: int, reason: FlagReason
) -> None:
    for _ in range(2):
        queue_campaign(database, 1)
        twilio.answers.append(Answer(400, code))
        send_due(database, over(twilio), at=NOW)
    (flag,) = flags(database)
    assert (flag.reason, flag.times, flag.code) == (reason, 2, f"Twilio {code}")
    with database.begin() as session:
        settle_flag(session, flag.id, by="staff-1", at=NOW)
        assert not unusable_among(session, {flag.contact_key})
    queue_campaign(database, 1)
    twilio.answers.append(Answer(400, code))
    send_due(database, over(twilio), at=NOW)
    assert len(flags(database)) == 2


def test_what_is_not_ours_or_not_a_status_changes_nothing(
    database: Database, sent: OutgoingMessage
) -> None:
    assert not told(database, "SM" + "0" * 32, "delivered")
    assert not told(database, sent.provider_id, "dancing")
    assert not told(database, sent.provider_id, "delivered", 30005)
    assert messages(database)[0].state is MessageState.SENT


def test_a_status_settles_a_message_whose_answer_was_lost(
    database: Database, twilio: FakeTwilio
) -> None:
    queue_campaign(database, 1)
    twilio.answers.append(Answer(201, is_lost=True))
    send_due(database, over(twilio), at=NOW)
    (message,) = messages(database)
    assert message.state is MessageState.UNKNOWN
    assert told(database, twilio.sids[0], "sent", message_id=message.id)
    assert told(database, twilio.sids[0], "delivered", message_id=message.id)
    (message,) = messages(database)
    assert (message.state, message.provider_id) == (MessageState.DELIVERED, twilio.sids[0])


def test_a_status_that_overtakes_the_answer_is_not_turned_back(
    database: Database, twilio: FakeTwilio
) -> None:
    queue_campaign(database, 1)
    message_id = messages(database)[0].id

    class TellsFirst:
        keeps_body = False

        def send(self, message: Dispatch) -> Sent:
            told(database, "SM1", "delivered", message_id=message_id)
            return sms_over(twilio.url).send(message)

    send_due(database, {MessageKind.SMS: TellsFirst()}, at=NOW)
    assert messages(database)[0].state is MessageState.DELIVERED


def test_nothing_personal_is_kept_of_a_failure(database: Database, sent: OutgoingMessage) -> None:
    told(database, sent.provider_id, "undelivered", 30003)
    assert PHONE.value not in repr(flags(database)) + str(messages(database)[0].error)
