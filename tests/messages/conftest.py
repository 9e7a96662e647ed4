"""The fake Twilio, and a real SMTP server on this machine."""

import asyncio
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from sqlalchemy import select

from forms.choices import ContactKind
from intake.config import TwilioSettings
from intake.db.engine import Database
from intake.messages.codes import request_code
from intake.messages.contacts import Contact
from intake.messages.model import OutgoingMessage
from intake.messages.smtp_email import SmtpEmail
from intake.messages.twilio_sms import TwilioSms
from tests.conftest import NOW
from tests.fakes.twilio_api import ACCOUNT_SID, AUTH_TOKEN, FakeTwilio, fake_twilio

SENDER = "+15005550006"
SENDER_NAME = "Promesa, de Salt Lake — شراكة الوعد في مدينة سولت ليك"


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    """Twilio's API on this machine."""
    with fake_twilio() as fake:
        yield fake


def sms_over(
    url: str, *, token: str = AUTH_TOKEN, sender: str = SENDER, timeout: float = 5.0
) -> TwilioSms:
    """The real client, sending to ``url``."""
    return TwilioSms(TwilioSettings(ACCOUNT_SID, token, sender, url), timeout=timeout)


@dataclass
class Mailbox:
    """A running SMTP server: its address, what arrived, and what it answers."""

    url: str = ""
    arrived: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    """Whether each message came over TLS."""
    logins: int = 0
    answer_sender: str | None = None
    answer_recipient: str | None = None
    answer_data: str | None = None
    hangs_up_after_data: bool = False
    """It takes the message and says nothing."""

    async def handle_MAIL(  # noqa: N802
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        envelope.mail_from = address
        return self.answer_sender or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if self.answer_recipient:
            return f"{self.answer_recipient} <{address}>"  # servers repeat the address
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answer_data:
            return self.answer_data
        assert isinstance(envelope.content, bytes)
        self.raw.append(envelope.content)
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.arrived.append(message)
        assert server.transport is not None
        self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        if self.hangs_up_after_data:
            server.transport.abort()
        return "250 OK"

    def authenticate(
        self,
        _server: SMTP,
        _session: Session,
        _envelope: Envelope,
        _mechanism: str,
        data: object,
    ) -> AuthResult:
        """Count the tries to log in; one password is right."""
        self.logins += 1
        right = isinstance(data, LoginPassword) and data.password == b"right p@ssword"
        return AuthResult(success=right, handled=False)


@contextmanager
def smtp_server(
    tls: ssl.SSLContext | None = None, *, tls_from_start: bool = False
) -> Iterator[Mailbox]:
    """An SMTP server on this machine that knows the password ``right p@ssword``.

    With ``tls`` it offers STARTTLS, or speaks TLS from the start.
    """
    box = Mailbox()
    loop = asyncio.new_event_loop()

    def protocol() -> SMTP:
        offered = None if tls_from_start else tls
        return SMTP(
            box,
            authenticator=box.authenticate,
            auth_require_tls=False,
            tls_context=offered,
            loop=loop,
        )

    wrapped = tls if tls_from_start else None
    server = loop.run_until_complete(loop.create_server(protocol, "127.0.0.1", 0, ssl=wrapped))
    scheme = "smtps" if tls_from_start else "smtp"
    box.url = f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield box
    loop.call_soon_threadsafe(server.close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """An SMTP server without encryption."""
    with smtp_server() as box:
        yield box


def email_over(url: str, *, timeout: float = 5.0) -> SmtpEmail:
    """The real transport, sending to ``url``."""
    return SmtpEmail(
        url,
        sender="waivers@example.org",
        sender_name=SENDER_NAME,
        timeout=timeout,
    )


PHONE = Contact(ContactKind.PHONE, "+18015550142")
EMAIL = Contact(ContactKind.EMAIL, "a.parent@example.org")


def ask_code(
    database: Database,
    *,
    at: datetime = NOW,
    contact: Contact = PHONE,
    signing_id: str = "signing-1",
    address: str = "192.0.2.7",
    language: str = "en",
) -> None:
    """Request a code as a page does: in a transaction of its own."""
    with database.begin() as session:
        request_code(
            session,
            signing_id=signing_id,
            contact=contact,
            address=address,
            language=language,
            partnership="Promise Partnership",
            at=at,
        )


def messages(database: Database) -> list[OutgoingMessage]:
    """Every message, oldest first."""
    with database.read() as session:
        return list(session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.created_at)))


def last_code(database: Database) -> str:
    """The six digits of the last message that still has its text."""
    found = re.search(r"[0-9]{6}", messages(database)[-1].body)
    assert found
    return found.group()
