"""The real twilio client against Twilio's API on this machine."""

import logging
import socket
from datetime import timedelta

import pytest

from intake.messages.transport import (
    Dispatch,
    Misconfigured,
    PermanentFailure,
    TemporaryFailure,
)
from tests.fakes.twilio_api import Answer, FakeTwilio
from tests.messages.conftest import SENDER, sms_over

NUMBER = "+18015550142"
TEXT = "123456 သည် သင့်ကုဒ်ဖြစ်သည် / هو رمزك"
MESSAGE = Dispatch("m-1", NUMBER, "", TEXT, "my")


def test_a_message_arrives_with_number_sender_and_text(twilio: FakeTwilio) -> None:
    sent = sms_over(twilio.url).send(MESSAGE)
    assert twilio.delivered == [{"To": NUMBER, "From": SENDER, "Body": TEXT}]
    assert sent.provider_id is not None
    assert sent.provider_id.startswith("SM")


def test_a_messaging_service_is_named_as_such(twilio: FakeTwilio) -> None:
    service = "MG" + "1" * 32
    sms_over(twilio.url, sender=service).send(MESSAGE)
    assert twilio.delivered == [{"To": NUMBER, "MessagingServiceSid": service, "Body": TEXT}]


def test_a_wrong_token_is_the_operators_matter(twilio: FakeTwilio) -> None:
    with pytest.raises(Misconfigured, match="TWILIO_AUTH_TOKEN"):
        sms_over(twilio.url, token="wrong").send(MESSAGE)
    assert twilio.received == []


@pytest.mark.parametrize(
    ("status", "code"), [(403, None), (400, 21606), (400, 21212), (404, 20404)]
)
def test_a_refused_account_or_sender_is_the_operators_matter(
    twilio: FakeTwilio, status: int, code: int | None
) -> None:
    twilio.answers.append(Answer(status, code))
    with pytest.raises(Misconfigured):
        sms_over(twilio.url).send(MESSAGE)


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("37", timedelta(seconds=37)),
        ("999999999999", timedelta(minutes=10)),
        ("Wed, 21 Oct 2015 07:28:00 GMT", timedelta(0)),
        ("soon", None),
        ("٣٧", None),
        ("-5", None),
    ],
)
def test_too_many_requests_says_how_long_to_wait(
    twilio: FakeTwilio, header: str, wait: timedelta | None
) -> None:
    encoded = header.encode().decode("latin-1")
    twilio.answers.append(Answer(429, 20429, {"Retry-After": encoded}))
    with pytest.raises(TemporaryFailure) as failure:
        sms_over(twilio.url).send(MESSAGE)
    assert failure.value.retry_after == wait


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_fault_of_twilios_is_temporary(twilio: FakeTwilio, status: int) -> None:
    twilio.answers.append(Answer(status, 20500))
    with pytest.raises(TemporaryFailure):
        sms_over(twilio.url).send(MESSAGE)


@pytest.mark.parametrize("body", [b"<html>Bad gateway</html>", b"", b"[1]", b"\xff\xfe"])
@pytest.mark.parametrize("status", [201, 502])
def test_an_answer_that_is_not_twilios_is_temporary(
    twilio: FakeTwilio, status: int, body: bytes
) -> None:
    twilio.answers.append(Answer(status, body=body))
    with pytest.raises(TemporaryFailure):
        sms_over(twilio.url).send(MESSAGE)


def test_a_slow_answer_is_not_waited_for(twilio: FakeTwilio) -> None:
    twilio.answers.append(Answer(201, delay_seconds=1.0))
    with pytest.raises(TemporaryFailure, match="in time"):
        sms_over(twilio.url, timeout=0.2).send(MESSAGE)


def test_an_unreachable_twilio_is_temporary() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(TemporaryFailure, match="reached"):
            sms_over(url).send(MESSAGE)


@pytest.mark.parametrize("code", [21211, 21614, 21610, 21408, None])
def test_a_number_that_cannot_be_reached_is_permanent(twilio: FakeTwilio, code: int | None) -> None:
    twilio.answers.append(Answer(400, code))
    with pytest.raises(PermanentFailure, match=str(code or 400)):
        sms_over(twilio.url).send(MESSAGE)


def test_neither_log_nor_errors_repeat_number_text_or_token(
    twilio: FakeTwilio, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    twilio.answers.extend([Answer(201), Answer(400, 21211), Answer(500), Answer(429)])
    transport = sms_over(twilio.url)
    transport.send(MESSAGE)
    shown = repr(MESSAGE)
    for _ in range(3):
        with pytest.raises((PermanentFailure, TemporaryFailure)) as failure:
            transport.send(MESSAGE)
        shown += repr(failure.value)
        assert failure.value.__suppress_context__ or failure.value.__context__ is None
    shown += caplog.text
    for secret in ("8015550142", "123456", "aaaaaaaa"):
        assert secret not in shown
    assert "Twilio API Request" not in caplog.text
