"""Messages that never come twice: what is lost on the way is shown, and nothing is left out."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from intake.db.engine import Database
from intake.messages.contacts import Contact
from intake.messages.model import MessageKind, MessageState, OutgoingMessage
from intake.messages.queue import notify
from intake.messages.sender import LEASE, send_due
from intake.messages.transport import Transport
from intake.messages.wording import receipt_wording
from tests.conftest import NOW
from tests.fakes.twilio_api import Answer, FakeTwilio
from tests.messages.conftest import PHONE, Mailbox, email_over, messages, sms_over
from tests.messages.test_sender import DiesAfterSending

SECOND = timedelta(seconds=1)


def numbers(count: int) -> list[Contact]:
    return [Contact(PHONE.kind, f"+1801555{n:04}") for n in range(count)]


def queue_campaign(database: Database, count: int, *, at: datetime = NOW) -> None:
    wording = receipt_wording(MessageKind.SMS, "en", partnership="Promise", link="https://x.test/")
    with database.begin() as session:
        for contact in numbers(count):
            notify(session, contact, wording, language="en", at=at, campaign_id="c-1", is_once=True)


def over(twilio: FakeTwilio, *, timeout: float = 5.0) -> Mapping[MessageKind, Transport]:
    return {MessageKind.SMS: sms_over(twilio.url, timeout=timeout)}


def states(database: Database) -> list[MessageState]:
    return [message.state for message in messages(database)]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(201, is_lost=True),
        Answer(201, delay_seconds=0.5),
        Answer(502, body=b"<html>Bad gateway</html>"),
        Answer(500, 20500),
        Answer(201, body=b"not JSON"),
    ],
)
def test_an_answer_that_is_lost_leaves_it_unknown_for_good(
    database: Database, twilio: FakeTwilio, answer: Answer
) -> None:
    queue_campaign(database, 1)
    twilio.answers.append(answer)
    assert send_due(database, over(twilio, timeout=0.2), at=NOW) == 0
    (message,) = messages(database)
    assert (message.state, message.body) == (MessageState.UNKNOWN, "")
    assert send_due(database, over(twilio), at=NOW + timedelta(days=2)) == 0
    assert len(twilio.received) == 1


@pytest.mark.parametrize("answer", [Answer(429, 20429), Answer(503, 20503), Answer(400, 21606)])
def test_what_was_surely_not_taken_is_sent_later(
    database: Database, twilio: FakeTwilio, answer: Answer
) -> None:
    queue_campaign(database, 1)
    twilio.answers.append(answer)
    assert send_due(database, over(twilio), at=NOW) == 0
    assert states(database) == [MessageState.QUEUED]
    assert send_due(database, over(twilio), at=NOW + timedelta(minutes=5)) == 1


def test_a_server_that_can_not_be_reached_loses_nothing(database: Database) -> None:
    queue_campaign(database, 1)
    nowhere = {MessageKind.SMS: sms_over("http://127.0.0.1:9")}
    send_due(database, nowhere, at=NOW)
    assert states(database) == [MessageState.QUEUED]


def test_an_outage_makes_few_messages_unknown_and_codes_are_tried_on(
    database: Database, twilio: FakeTwilio
) -> None:
    queue_campaign(database, 20)
    twilio.answers.extend([Answer(502, body=b"?")] * 40)
    for second in range(60):
        send_due(database, over(twilio), at=NOW + second * SECOND)
    assert states(database).count(MessageState.UNKNOWN) <= 4
    twilio.answers.clear()
    send_due(database, over(twilio), at=NOW + timedelta(hours=2))
    assert set(states(database)) == {MessageState.SENT, MessageState.UNKNOWN}


def test_a_killed_worker_leaves_an_unknown_message_when_its_claim_ends(
    database: Database, twilio: FakeTwilio
) -> None:
    queue_campaign(database, 1)
    with pytest.raises(KeyboardInterrupt):
        send_due(database, {MessageKind.SMS: DiesAfterSending(sms_over(twilio.url))}, at=NOW)
    send_due(database, over(twilio), at=NOW + LEASE - 5 * SECOND)
    assert states(database) == [MessageState.QUEUED]
    send_due(database, over(twilio), at=NOW + LEASE + 5 * SECOND)
    assert states(database) == [MessageState.UNKNOWN]
    assert len(twilio.delivered) == 1


def test_an_email_whose_end_was_not_acknowledged_is_unknown(
    database: Database, mailbox: Mailbox
) -> None:
    wording = receipt_wording(MessageKind.EMAIL, "en", partnership="Promise", link="https://x.test")
    with database.begin() as session:
        notify(
            session,
            Contact.from_stored("email:a@example.org"),
            wording,
            language="en",
            at=NOW,
            is_once=True,
        )
    mailbox.hangs_up_after_data = True
    send_due(database, {MessageKind.EMAIL: email_over(mailbox.url)}, at=NOW)
    assert states(database) == [MessageState.UNKNOWN]


def test_several_in_flight_send_each_once_and_heed_the_rate_limit(
    database: Database, twilio: FakeTwilio
) -> None:
    queue_campaign(database, 60)
    too_many = Answer(429, 20429, {"Retry-After": "30"})
    twilio.answers.extend(([Answer(201)] * 15 + [too_many]) * 3)
    calls = 0
    while MessageState.QUEUED in states(database):
        send_due(database, over(twilio), at=NOW + calls * timedelta(minutes=2), in_flight=8)
        calls += 1
    assert len({m["To"] for m in twilio.delivered}) == len(twilio.delivered) == 60
    assert len(twilio.received) == 63
    assert 1 < calls < 12  # a refusal ends a call; what it refused is sent in a later one
    assert set(states(database)) == {MessageState.SENT}


KILLED = """
import sys, time
from datetime import UTC, datetime
from intake.db.engine import Database
from intake.messages.model import MessageKind
from intake.messages.sender import send_due
from tests.conftest import NOW, RING
from tests.messages.conftest import sms_over
database = Database(sys.argv[1], RING)
transports = {MessageKind.SMS: sms_over(sys.argv[2])}
while True:
    send_due(database, transports, at=NOW, in_flight=4, limit=1000)
"""


def test_a_worker_killed_in_the_middle_sends_nobody_two_and_leaves_nobody_out(
    database: Database, twilio: FakeTwilio
) -> None:
    count = 120
    queue_campaign(database, count)
    twilio.answers.extend([Answer(201, delay_seconds=0.02)] * count)
    worker = subprocess.Popen(
        [sys.executable, "-c", KILLED, database.engine.url.render_as_string(False), twilio.url]
    )
    while len(twilio.delivered) < count // 3:
        assert worker.poll() is None
        time.sleep(0.01)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    killed_at = len(twilio.received)
    send_due(database, over(twilio), at=NOW + LEASE + 60 * SECOND, limit=count, in_flight=4)

    assert killed_at < count
    reached = [message["To"] for message in twilio.delivered]
    assert len(set(reached)) == len(reached)  # nobody gets two
    with database.read() as session:
        ends = {m.recipient: m.state for m in session.scalars(select(OutgoingMessage))}
    assert set(ends.values()) <= {MessageState.SENT, MessageState.UNKNOWN}
    unknown = {to for to, state in ends.items() if state is MessageState.UNKNOWN}
    assert len(unknown) <= 4  # what was in flight
    assert set(ends) - unknown <= set(reached)  # nobody is left out
