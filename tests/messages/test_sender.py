"""The worker's sending: what is due, when again, and that nothing is lost or sent twice at once."""

import logging
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from forms.choices import ContactKind
from intake.db.engine import Database
from intake.messages.contacts import Contact
from intake.messages.demo_outbox import DemoOutbox, recent
from intake.messages.model import MessageKind, MessageState, OutgoingMessage
from intake.messages.queue import Delivery, delivery_state, forget_old_messages, notify
from intake.messages.sender import LEASE, MAX_ATTEMPTS, send_due
from intake.messages.transport import Dispatch, Sent, Transport
from intake.messages.wording import receipt_wording
from tests.conftest import NOW
from tests.fakes.twilio_api import Answer, FakeTwilio
from tests.messages.conftest import (
    EMAIL,
    PHONE,
    Mailbox,
    ask_code,
    email_over,
    messages,
    sms_over,
)

LINK = "https://waivers.example.org/en/receipt/7K3MQ2XV9T4BHD8R"
SECOND = timedelta(seconds=1)


def queue_receipt(
    database: Database, contact: Contact = PHONE, *, at: datetime = NOW, language: str = "en"
) -> None:
    kind = MessageKind.SMS if contact.kind is ContactKind.PHONE else MessageKind.EMAIL
    wording = receipt_wording(kind, language, partnership="Promise Partnership", link=LINK)
    with database.begin() as session:
        notify(session, contact, wording, language=language, at=at)


def only(database: Database) -> OutgoingMessage:
    (message,) = messages(database)
    return message


def delivery(database: Database) -> Delivery:
    with database.read() as session:
        return delivery_state(session, "signing-1")


def over(twilio: FakeTwilio, *, timeout: float = 5.0) -> Mapping[MessageKind, Transport]:
    return {MessageKind.SMS: sms_over(twilio.url, timeout=timeout)}


def test_a_sent_message_loses_its_text_and_keeps_the_providers_id(
    database: Database, twilio: FakeTwilio
) -> None:
    ask_code(database)
    assert delivery(database) is Delivery.ON_ITS_WAY
    assert send_due(database, over(twilio), at=NOW) == 1
    message = only(database)
    assert (message.state, message.body, message.error) == (MessageState.SENT, "", None)
    assert (message.provider_id or "").startswith("SM")
    assert message.sent_at is not None
    assert NOW <= message.sent_at < NOW + 30 * SECOND
    assert twilio.delivered[0]["To"] == PHONE.value
    assert delivery(database) is Delivery.SENT
    assert send_due(database, over(twilio), at=NOW + LEASE) == 0


def test_each_kind_goes_its_own_way(
    database: Database, twilio: FakeTwilio, mailbox: Mailbox
) -> None:
    queue_receipt(database, PHONE)
    queue_receipt(database, EMAIL)
    transports = {**over(twilio), MessageKind.EMAIL: email_over(mailbox.url)}
    assert send_due(database, transports, at=NOW) == 2
    assert LINK in twilio.delivered[0]["Body"]
    assert LINK in str(mailbox.arrived[0].get_body(("plain",)))


def test_codes_go_before_receipts(database: Database, twilio: FakeTwilio) -> None:
    queue_receipt(database, at=NOW - timedelta(hours=1))
    ask_code(database)
    send_due(database, over(twilio), at=NOW, limit=1)
    assert "code" in twilio.delivered[0]["Body"]


def test_a_message_that_is_not_due_yet_waits(database: Database, twilio: FakeTwilio) -> None:
    queue_receipt(database, at=NOW + SECOND)
    assert send_due(database, over(twilio), at=NOW) == 0


def test_a_temporary_failure_is_tried_again_later_and_later(
    database: Database, twilio: FakeTwilio
) -> None:
    queue_receipt(database)
    twilio.answers.extend([Answer(500, 20500)] * 4)
    at, waits = NOW, []
    for _ in range(4):
        send_due(database, over(twilio), at=at)
        waits.append((only(database).next_attempt_at - at).total_seconds())
        at = only(database).next_attempt_at
    for wait, nominal in zip(waits, (2, 8, 30, 120), strict=True):
        assert 0.75 * nominal <= wait <= 1.25 * nominal + 2
    assert only(database).error == "Twilio 20500"
    assert send_due(database, over(twilio), at=at - SECOND) == 0
    assert send_due(database, over(twilio), at=at) == 1
    assert only(database).attempts == 5


def test_a_slow_provider_delays_and_the_page_can_say_so(
    database: Database, twilio: FakeTwilio
) -> None:
    ask_code(database)
    twilio.answers.append(Answer(201, delay_seconds=0.5))
    assert send_due(database, over(twilio, timeout=0.1), at=NOW) == 0
    assert delivery(database) is Delivery.DELAYED
    assert send_due(database, over(twilio), at=NOW + 10 * SECOND) == 1


def test_retry_after_holds_back_everything_of_that_kind(
    database: Database, twilio: FakeTwilio
) -> None:
    for n in range(3):
        queue_receipt(database, Contact(PHONE.kind, f"+1801555014{n}"))
    twilio.answers.append(Answer(429, 20429, {"Retry-After": "40"}))
    assert send_due(database, over(twilio), at=NOW) == 0
    assert send_due(database, over(twilio), at=NOW + 39 * SECOND) == 0
    assert len(twilio.received) == 1
    assert send_due(database, over(twilio), at=NOW + 45 * SECOND) == 3


def test_an_outage_costs_one_attempt_a_call(database: Database, twilio: FakeTwilio) -> None:
    for n in range(3):
        queue_receipt(database, Contact(PHONE.kind, f"+1801555014{n}"))
    twilio.answers.append(Answer(503))
    send_due(database, over(twilio), at=NOW)
    assert len(twilio.received) == 1
    send_due(database, over(twilio), at=NOW)
    assert len(twilio.delivered) == 2


def test_an_unreachable_number_fails_alone_and_the_page_can_say_so(
    database: Database, twilio: FakeTwilio
) -> None:
    ask_code(database)
    queue_receipt(database)
    twilio.answers.append(Answer(400, 21211))
    assert send_due(database, over(twilio), at=NOW) == 1
    assert delivery(database) is Delivery.FAILED
    (failed,) = [m for m in messages(database) if m.state is MessageState.FAILED]
    assert (failed.error, failed.body) == ("Twilio 21211", "")


def test_wrong_credentials_lose_nothing_and_are_told_in_one_line(
    database: Database, twilio: FakeTwilio, caplog: pytest.LogCaptureFixture
) -> None:
    for n in range(3):
        queue_receipt(database, Contact(PHONE.kind, f"+1801555014{n}"))
    wrong = {MessageKind.SMS: sms_over(twilio.url, token="wrong")}
    at = NOW
    for _ in range(MAX_ATTEMPTS + 5):
        send_due(database, wrong, at=at)
        at += timedelta(hours=1)
    assert {m.state for m in messages(database)} == {MessageState.QUEUED}
    assert "TWILIO_AUTH_TOKEN" in (messages(database)[0].error or "")
    assert send_due(database, over(twilio), at=at) == 3
    caplog.clear()
    queue_receipt(database, at=at)
    queue_receipt(database, at=at)
    send_due(database, wrong, at=at)
    send_due(database, wrong, at=at + SECOND)
    (record,) = [r for r in caplog.records if r.name.startswith("intake.messages")]
    assert "TWILIO_ACCOUNT_SID" in record.getMessage()


def test_a_kind_that_is_not_set_up_waits_and_says_why(
    database: Database, twilio: FakeTwilio
) -> None:
    queue_receipt(database, PHONE)
    queue_receipt(database, EMAIL, at=NOW + SECOND)
    assert send_due(database, {}, at=NOW + SECOND) == 0
    assert [m.error for m in messages(database)] == [
        "no SMS account is set up",
        "no email server is set up",
    ]
    assert send_due(database, over(twilio), at=NOW + SECOND) == 1


def test_a_code_that_is_too_late_is_never_sent(database: Database, twilio: FakeTwilio) -> None:
    ask_code(database)
    assert send_due(database, over(twilio), at=NOW + timedelta(minutes=10)) == 0
    message = only(database)
    assert (message.state, message.body) == (MessageState.FAILED, "")
    assert twilio.received == []
    assert delivery(database) is Delivery.FAILED


def test_a_receipt_is_given_up_after_about_a_day_and_keeps_its_text(
    database: Database, twilio: FakeTwilio
) -> None:
    queue_receipt(database)
    twilio.answers.extend([Answer(500)] * MAX_ATTEMPTS)
    while only(database).state is MessageState.QUEUED:
        send_due(database, over(twilio), at=only(database).next_attempt_at)
    message = only(database)
    assert len(twilio.received) == MAX_ATTEMPTS
    assert message.state is MessageState.FAILED
    assert LINK in message.body
    assert timedelta(hours=17) < message.next_attempt_at - NOW < timedelta(hours=33)


class DiesAfterSending:
    """A worker that is killed when the provider has taken the message."""

    keeps_body = False

    def __init__(self, transport: Transport) -> None:
        self.transport = transport

    def send(self, message: Dispatch) -> Sent:
        self.transport.send(message)
        raise KeyboardInterrupt


def test_a_worker_killed_between_sending_and_marking_sends_again_when_its_claim_ends(
    database: Database, twilio: FakeTwilio
) -> None:
    queue_receipt(database)
    with pytest.raises(KeyboardInterrupt):
        send_due(database, {MessageKind.SMS: DiesAfterSending(sms_over(twilio.url))}, at=NOW)
    assert only(database).state is MessageState.QUEUED
    assert send_due(database, over(twilio), at=NOW + LEASE - 5 * SECOND) == 0
    assert send_due(database, over(twilio), at=NOW + LEASE + 5 * SECOND) == 1
    assert len(twilio.delivered) == 2
    assert only(database).state is MessageState.SENT


def test_a_message_that_kills_every_worker_is_given_up(
    database: Database, twilio: FakeTwilio
) -> None:
    queue_receipt(database)
    deadly = {MessageKind.SMS: DiesAfterSending(DemoOutbox())}
    at = NOW
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(KeyboardInterrupt):
            send_due(database, deadly, at=at)
        at += LEASE + SECOND
    send_due(database, deadly, at=at)
    assert only(database).state is MessageState.FAILED


class FailsUnexpectedly:
    """A transport with a defect whose text repeats the address."""

    keeps_body = False

    def send(self, message: Dispatch) -> Sent:
        raise RuntimeError(f"can't send {message.body} to {message.recipient}")


def test_a_defect_stops_neither_the_queue_nor_tells_who_was_to_receive(
    database: Database, twilio: FakeTwilio, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    queue_receipt(database)
    send_due(database, {MessageKind.SMS: FailsUnexpectedly()}, at=NOW)
    assert "RuntimeError" in caplog.text
    assert "8015550142" not in caplog.text + str(only(database).error)
    assert LINK not in caplog.text
    assert send_due(database, over(twilio), at=NOW + 10 * SECOND) == 1


def test_two_workers_share_the_work_and_send_nothing_twice(
    database: Database, twilio: FakeTwilio
) -> None:
    count = 24
    for n in range(count):
        queue_receipt(database, Contact(PHONE.kind, f"+180155501{n:02}"))
    twilio.answers.extend([Answer(201, delay_seconds=0.01)] * count)
    together = threading.Barrier(2)

    def work(_: int) -> int:
        together.wait()
        return send_due(database, over(twilio), at=NOW)

    with ThreadPoolExecutor(2) as pool:
        shares = list(pool.map(work, range(2)))
    assert sum(shares) == count
    assert min(shares) > 0
    assert len({m["To"] for m in twilio.delivered}) == len(twilio.delivered) == count


def test_nothing_personal_in_logs_or_in_the_error_column(
    database: Database, twilio: FakeTwilio, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ask_code(database)
    code = messages(database)[0].body[:6]
    for n, answer in enumerate([Answer(500), Answer(429), Answer(400, 21606), Answer(400, 21610)]):
        twilio.answers.append(answer)
        send_due(database, over(twilio), at=NOW + n * timedelta(minutes=1))
        shown = caplog.text + str(only(database).error)
        assert "8015550142" not in shown
        assert code not in shown
    assert only(database).state is MessageState.STOPPED


def test_the_demonstrations_outbox_keeps_everything_readable_newest_first(
    database: Database,
) -> None:
    outbox = DemoOutbox()
    ask_code(database)
    queue_receipt(database, EMAIL, at=NOW + SECOND)
    transports = {MessageKind.SMS: outbox, MessageKind.EMAIL: outbox}
    assert send_due(database, transports, at=NOW + SECOND) == 2
    with database.read() as session:
        newest, first = recent(session, 5)
        assert [newest] == recent(session, 1)
    assert LINK in newest.body
    assert (newest.kind, newest.recipient) == (MessageKind.EMAIL, EMAIL.value)
    assert first.body[:6].isdigit()


def test_old_messages_are_forgotten_but_never_before_they_are_sent(
    database: Database, twilio: FakeTwilio
) -> None:
    ask_code(database)
    send_due(database, over(twilio), at=NOW)
    queue_receipt(database)
    with database.begin() as session:
        forget_old_messages(session, before=NOW + timedelta(days=1))
    assert only(database).purpose == "receipt"
