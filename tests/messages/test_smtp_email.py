"""Email through a real SMTP server on this machine."""

import logging
import socket
import threading
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest

from intake.config import SettingsError
from intake.messages.smtp_email import SmtpEmail
from intake.messages.transport import (
    Dispatch,
    Misconfigured,
    PermanentFailure,
    TemporaryFailure,
)
from tests.messages.conftest import SENDER_NAME, Mailbox, email_over

ADDRESS = "a.parent@example.org"
SUBJECT = "رمزك من شراكة الوعد — 🔑 " + "رسالة طويلة " * 12
BODY = "رمزك هو 123456\n\nاكتبه في الصفحة:\nhttps://waivers.example.org/ar/r/x?a=1&b=2\n\nကုဒ် ကညီကျိာ်"
MESSAGE = Dispatch("0b1c", ADDRESS, SUBJECT, BODY, "ar")


def part(message: EmailMessage, subtype: str) -> str:
    found = message.get_body((subtype,))
    assert isinstance(found, EmailMessage)
    return str(found.get_content()).replace("\r\n", "\n").rstrip("\n")


def test_subject_text_and_sender_arrive_as_written_in_any_script(mailbox: Mailbox) -> None:
    email_over(mailbox.url).send(MESSAGE)
    (message,) = mailbox.arrived
    assert message["Subject"] == SUBJECT.strip()
    assert part(message, "plain") == BODY
    # The older parser: the newer one puts a space between encoded words of a display name.
    sender = make_header(decode_header(message_from_bytes(mailbox.raw[0])["From"]))
    assert str(sender) == f"{SENDER_NAME} <waivers@example.org>"
    assert message["To"] == ADDRESS
    assert message["Auto-Submitted"] == "auto-generated"
    assert mailbox.raw[0].isascii()
    assert max(map(len, mailbox.raw[0].split(b"\r\n"))) <= 78


def test_the_html_text_has_the_languages_direction_and_a_link(mailbox: Mailbox) -> None:
    email_over(mailbox.url).send(MESSAGE)
    html = part(mailbox.arrived[0], "html")
    assert '<html lang="ar" dir="rtl">' in html
    assert 'href="https://waivers.example.org/ar/r/x?a=1&amp;b=2" dir="ltr"' in html


def test_text_cannot_become_markup(mailbox: Mailbox) -> None:
    email_over(mailbox.url).send(Dispatch("1", ADDRESS, "s", '<b>&\n\nhttps://x/"><i>', "en"))
    html = part(mailbox.arrived[0], "html")
    assert "<b>" not in html
    assert "<i>" not in html


def test_a_second_try_carries_the_same_message_id(mailbox: Mailbox) -> None:
    for _ in range(2):
        email_over(mailbox.url).send(MESSAGE)
    first, second = mailbox.arrived
    assert first["Message-ID"] == second["Message-ID"] == "<0b1c@example.org>"


def test_headers_cannot_be_injected(mailbox: Mailbox) -> None:
    hostile = "Hello\r\nBcc: thief@example.net\r\n\r\nbody"
    SmtpEmail(mailbox.url, sender="a@example.org", sender_name="X\r\nBcc: t@example.net").send(
        Dispatch("1", ADDRESS, hostile, "text", "en")
    )
    assert mailbox.arrived[0]["Bcc"] is None
    assert part(mailbox.arrived[0], "plain") == "text"


@pytest.mark.parametrize("recipient", ["a@example.org\r\nBcc: b@example.org", "a@b@c", "", "a b@c"])
def test_a_recipient_that_is_no_address_is_refused_without_repeating_it(
    mailbox: Mailbox, recipient: str
) -> None:
    with pytest.raises(PermanentFailure) as failure:
        email_over(mailbox.url).send(Dispatch("1", recipient, "s", "b", "en"))
    assert "example" not in str(failure.value)
    assert mailbox.arrived == []


def test_the_password_in_the_address_logs_in(mailbox: Mailbox) -> None:
    url = mailbox.url.replace("//", "//waivers:right%20p%40ssword@")
    email_over(url).send(MESSAGE)
    assert len(mailbox.arrived) == 1


def test_a_wrong_password_is_the_operators_matter(mailbox: Mailbox) -> None:
    with pytest.raises(Misconfigured, match="SMTP_URL"):
        email_over(mailbox.url.replace("//", "//waivers:wrong@")).send(MESSAGE)


def test_a_refused_sender_is_the_operators_matter(mailbox: Mailbox) -> None:
    mailbox.answer_sender = "553 not yours"
    with pytest.raises(Misconfigured, match="INTAKE_EMAIL_FROM"):
        email_over(mailbox.url).send(MESSAGE)


@pytest.mark.parametrize("code", ["550", "553"])
def test_an_unknown_recipient_is_permanent(mailbox: Mailbox, code: str) -> None:
    mailbox.answer_recipient = f"{code} unknown"
    with pytest.raises(PermanentFailure, match=rf"^SMTP {code}$"):
        email_over(mailbox.url).send(MESSAGE)


def test_greylisting_is_temporary(mailbox: Mailbox) -> None:
    mailbox.answer_recipient = "450 later"
    with pytest.raises(TemporaryFailure, match=r"^SMTP 450$"):
        email_over(mailbox.url).send(MESSAGE)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("452 full", TemporaryFailure),
        ("421 closing", TemporaryFailure),
        ("554 no", PermanentFailure),
    ],
)
def test_refused_text_is_temporary_or_permanent_as_the_server_says(
    mailbox: Mailbox, answer: str, expected: type[Exception]
) -> None:
    mailbox.answer_data = answer
    with pytest.raises(expected):
        email_over(mailbox.url).send(MESSAGE)


def test_a_server_that_is_down_is_temporary() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(TemporaryFailure, match="reached"):
            email_over(f"smtp://127.0.0.1:{unused.getsockname()[1]}").send(MESSAGE)


def test_a_server_that_says_nothing_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        transport = email_over(f"smtp://127.0.0.1:{silent.getsockname()[1]}", timeout=0.2)
        with pytest.raises(TemporaryFailure, match="did not answer"):
            transport.send(MESSAGE)


def test_a_server_that_hangs_up_is_temporary() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            server.accept()[0].close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        with pytest.raises(TemporaryFailure):
            email_over(f"smtp://127.0.0.1:{server.getsockname()[1]}").send(MESSAGE)
        thread.join()


@pytest.mark.parametrize(
    "url",
    ["mail.example.org", "http://mail.example.org", "smtp://", "smtp://h:port", "smtp://h/path"],
)
def test_an_unusable_address_stops_the_start_with_the_fix(url: str) -> None:
    with pytest.raises(SettingsError, match="smtp://user:password@host:587"):
        email_over(url)


def test_an_unusable_sender_stops_the_start_with_the_fix() -> None:
    with pytest.raises(SettingsError, match="INTAKE_EMAIL_FROM"):
        SmtpEmail("smtp://localhost", sender="no address", sender_name="X")


def test_neither_log_nor_errors_repeat_address_or_text(
    mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    mailbox.answer_recipient = "550 no such user"
    caplog.set_level(logging.DEBUG, logger="intake")
    with pytest.raises(PermanentFailure) as failure:
        email_over(mailbox.url).send(MESSAGE)
    shown = "".join(r.getMessage() for r in caplog.records if r.name.startswith("intake"))
    assert ADDRESS not in shown + repr(failure.value)
    assert failure.value.__suppress_context__


def test_a_campaigns_email_names_the_way_to_end_them(mailbox: Mailbox) -> None:
    transport = SmtpEmail(
        mailbox.url,
        sender="waivers@example.org",
        sender_name="Promise",
        base_url="https://waivers.a-very-long-name-of-a-school-district.example.org",
    )
    message_id = "0b8f3c1e-7a52-4c5f-9d53-8f5a3a1d2c11"
    transport.send(Dispatch(message_id, "a@example.org", "S", "Body", "en", is_campaign=True))
    transport.send(Dispatch(message_id, "a@example.org", "S", "Body", "en"))
    link = f"https://waivers.a-very-long-name-of-a-school-district.example.org/en/stop/{message_id}"
    campaign, other = mailbox.arrived
    assert campaign["List-Unsubscribe"] == f"<{link}>"
    assert f"List-Unsubscribe: <{link}>\r\n".encode() in mailbox.raw[0]
    assert campaign["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for kind in ("plain", "html"):
        part = campaign.get_body((kind,))
        assert part is not None
        assert link in part.get_content()
    assert other["List-Unsubscribe"] is None
