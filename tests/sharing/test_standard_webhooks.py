"""Signatures as other implementations of Standard Webhooks make and check them."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from intake.sharing.standard_webhooks import (
    InvalidSecret,
    SignatureInvalid,
    check_secret,
    new_secret,
    sign,
    verify,
)

# The reference vector of the specification's own libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
WEBHOOK_ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
AT = datetime.fromtimestamp(1614265330, UTC)
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
HEADERS = {
    "webhook-id": WEBHOOK_ID,
    "webhook-timestamp": "1614265330",
    "webhook-signature": SIGNATURE,
}


def test_the_specifications_vector_is_signed_and_verified() -> None:
    assert sign([SECRET], WEBHOOK_ID, BODY, at=AT).as_dict() == HEADERS
    assert verify([SECRET], HEADERS, BODY, at=AT) == WEBHOOK_ID


def test_a_secret_can_be_changed_while_messages_are_on_their_way() -> None:
    newer = new_secret()
    both = sign([newer, SECRET], WEBHOOK_ID, BODY, at=AT).as_dict()
    assert both["webhook-signature"].endswith(f" {SIGNATURE}")
    for known in ([SECRET], [newer], [new_secret(), newer]):
        assert verify(known, both, BODY, at=AT) == WEBHOOK_ID


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": SIGNATURE.replace("v1,", "v1a,")},
        {"webhook-signature": "v1,é"},
        {"webhook-signature": " ".join(["v1,AAAA"] * 50 + [SIGNATURE])},
        {"webhook-id": ""},
        {"webhook-id": "msg_other"},
        {"webhook-id": "m" * 101},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "1614265331"},
        {"webhook-timestamp": "-1614265330"},
        {"webhook-timestamp": "١٦١٤٢٦٥٣٣٠"},
        {"webhook-timestamp": "9" * 400},
        {"webhook-timestamp": "99999999999"},
    ],
    ids=str,
)
def test_a_changed_header_is_refused(changed: dict[str, str]) -> None:
    with pytest.raises(SignatureInvalid):
        verify([SECRET], HEADERS | changed, BODY, at=AT)


def test_a_changed_body_or_another_secret_is_refused() -> None:
    with pytest.raises(SignatureInvalid):
        verify([SECRET], HEADERS, BODY + b" ", at=AT)
    with pytest.raises(SignatureInvalid):
        verify([new_secret()], HEADERS, BODY, at=AT)


@pytest.mark.parametrize(
    "away", [timedelta(minutes=5, seconds=1), -timedelta(minutes=5, seconds=1)]
)
def test_a_message_from_another_time_is_refused(away: timedelta) -> None:
    assert verify([SECRET], HEADERS, BODY, at=AT + away * 0.9)
    with pytest.raises(SignatureInvalid, match="5 minutes"):
        verify([SECRET], HEADERS, BODY, at=AT + away)


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_not base64",
        "whsec_é",
        "whsec_" + base64.b64encode(bytes(23)).decode(),
        "whsec_" + base64.b64encode(bytes(65)).decode(),
    ],
)
def test_a_secret_that_is_none_is_refused_without_repeating_it(secret: str) -> None:
    with pytest.raises(InvalidSecret) as refused:
        check_secret(secret)
    assert not secret or secret not in str(refused.value)
