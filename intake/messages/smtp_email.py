"""Email by SMTP: one connection a message, encrypted, with headers that nobody can inject into."""

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from ipaddress import ip_address
from urllib.parse import parse_qs, unquote, urlsplit

from forms.text import clean
from intake.clock import now
from intake.config import SettingsError
from intake.messages.model import FlagReason
from intake.messages.transport import (
    Dispatch,
    Misconfigured,
    PermanentFailure,
    Sent,
    TemporaryFailure,
)
from translations import language, mark, translate

TIMEOUT_SECONDS = 15.0
# TRANSLATORS: The last line of an email that reminds a family; a link follows on its own line.
_STOP_LINE = mark("To get no more of these emails:")
_POLICY = SMTP.clone(cte_type="7bit")  # for servers that never learned 8BITMIME


@dataclass(frozen=True, slots=True)
class _Server:
    host: str
    port: int
    user: str = field(repr=False)
    password: str = field(repr=False)
    tls_from_start: bool
    may_be_plain: bool


class SmtpEmail:
    """Every email is text and the same text as HTML, which alone can say its direction."""

    keeps_body = False

    def __init__(
        self,
        url: str,
        *,
        sender: str,
        sender_name: str,
        timeout: float = TIMEOUT_SECONDS,
        base_url: str | None = None,
    ) -> None:
        """``url``: ``smtp://user:password@host:587`` or ``smtps://…``; ``timeout`` in seconds
        for each step of the conversation; ``base_url`` is where campaigns' emails can be stopped.
        Raises SettingsError.
        """
        self._base_url = base_url
        self._server = _server(url)
        self._timeout = timeout
        try:
            self._sender = Address(display_name=clean(sender_name), addr_spec=sender)
        except ValueError:
            raise SettingsError("INTAKE_EMAIL_FROM must be one email address") from None

    def send(self, message: Dispatch) -> Sent:
        """Hand over one email; see ``Transport.send``."""
        email = self._email(message)
        try:
            self._deliver(email, message.recipient)
        except smtplib.SMTPRecipientsRefused as refusal:
            code = next(iter(refusal.recipients.values()))[0]
            raise _recipient_reason(code) from None
        except smtplib.SMTPDataError as refusal:
            raise _recipient_reason(refusal.smtp_code) from None
        except smtplib.SMTPResponseException as refusal:  # greeting, login, sender
            raise _server_reason(refusal.smtp_code) from None
        except smtplib.SMTPNotSupportedError:
            raise Misconfigured("the SMTP server offers no login; check SMTP_URL") from None
        except ssl.SSLCertVerificationError:
            raise Misconfigured("the SMTP server's certificate is not valid") from None
        except (TimeoutError, smtplib.SMTPServerDisconnected):
            raise TemporaryFailure("the SMTP server did not answer") from None
        except (smtplib.SMTPException, OSError):
            raise TemporaryFailure("the SMTP server can't be reached") from None
        return Sent(message.id)

    def _email(self, message: Dispatch) -> bytes:
        name = _folded("From", self._sender.display_name)
        subject = _folded("Subject", clean(message.subject))
        email = EmailMessage(policy=_POLICY)
        email["To"] = _recipient(message.recipient)
        email["Date"] = format_datetime(now())
        # The same when it is tried again: mail programs show it once.
        email["Message-ID"] = f"<{message.id}@{self._sender.domain}>"
        email["Content-Language"] = message.language
        email["Auto-Submitted"] = "auto-generated"
        head = f"From: {name}\r\n <{self._sender.addr_spec}>\r\nSubject: {subject}\r\n"
        body = message.body
        if message.is_campaign and self._base_url is not None:
            link = f"{self._base_url}/{message.language}/stop/{message.id}"
            body += "\n\n" + translate(_STOP_LINE, message.language) + f"\n{link}"
            # RFC 8058. Written here, as EmailMessage would fold a long address in its middle.
            head += f"List-Unsubscribe: <{link}>\r\n"
            head += "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
        email.set_content(body)
        email.add_alternative(_html(body, message.language), subtype="html")
        return head.encode("ascii") + email.as_bytes()

    def _deliver(self, email: bytes, recipient: str) -> None:
        connection = self._connect()
        try:
            if not self._server.tls_from_start:
                self._start_tls(connection)
            if self._server.user:
                connection.login(self._server.user, self._server.password)
            try:
                connection.sendmail(self._sender.addr_spec, [recipient], email)
            except (TimeoutError, smtplib.SMTPServerDisconnected):
                # Perhaps after the last line of the message, with only the answer lost.
                reason = "the SMTP server did not answer"
                raise TemporaryFailure(reason, maybe_taken=True) from None
        finally:
            # Whatever happens from here on, the message has been taken or refused already.
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()
            connection.close()

    def _connect(self) -> smtplib.SMTP:
        host, port = self._server.host, self._server.port
        if self._server.tls_from_start:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(host, port, timeout=self._timeout, context=context)
        return smtplib.SMTP(host, port, timeout=self._timeout)

    def _start_tls(self, connection: smtplib.SMTP) -> None:
        connection.ehlo_or_helo_if_needed()
        if connection.has_extn("starttls"):
            connection.starttls(context=ssl.create_default_context())
        elif not self._server.may_be_plain:
            raise Misconfigured(
                "the SMTP server offers no encryption (STARTTLS); use smtps://, or add "
                "?starttls=optional to SMTP_URL if the way to it is safe"
            )


def _server(url: str) -> _Server:
    fix = "SMTP_URL must be smtp://user:password@host:587 or smtps://user:password@host:465"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise SettingsError(fix) from None
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.path.strip("/"):
        raise SettingsError(fix)
    tls_from_start = parts.scheme == "smtps"
    optional = parse_qs(parts.query).get("starttls") == ["optional"]
    user = unquote(parts.username or "")
    return _Server(
        host=parts.hostname,
        port=port or (465 if tls_from_start else 587),
        user=user,
        password=unquote(parts.password or ""),
        tls_from_start=tls_from_start,
        may_be_plain=_is_this_machine(parts.hostname) or (optional and not user),
    )


def _folded(header: str, text: str) -> str:
    """A cleaned text as encoded words (RFC 2047).

    ``EmailMessage`` loses spaces between the encoded words of a long Arabic or Burmese header
    (Python 3.11's folding); the older ``Header`` does not.
    """
    return Header(text, "utf-8", header_name=header).encode(linesep="\r\n")


def _recipient(address: str) -> Address:
    try:
        return Address(addr_spec=address)
    except (ValueError, MessageError, IndexError):
        raise PermanentFailure("not an email address", flag=FlagReason.NOT_IN_USE) from None


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _recipient_reason(code: int) -> TemporaryFailure | PermanentFailure:
    if code < 500:
        return TemporaryFailure(f"SMTP {code}")
    # RFC 5321, 4.2.3: no such mailbox; an address elsewhere; a name that can't be one.
    flag = FlagReason.NOT_IN_USE if code in {550, 551, 553} else None
    return PermanentFailure(f"SMTP {code}", flag=flag)


def _server_reason(code: int) -> TemporaryFailure | Misconfigured:
    if 500 <= code < 600:
        return Misconfigured(
            f"SMTP {code}: the server refuses our login or sender; "
            "check SMTP_URL and INTAKE_EMAIL_FROM"
        )
    return TemporaryFailure(f"SMTP {code}")


def _html(body: str, code: str) -> str:
    """The text's paragraphs with its language and direction; addresses become links."""
    spoken = language(code)
    paragraphs = "".join(f"<p>{_html_lines(text)}</p>" for text in body.split("\n\n"))
    return (
        f'<!doctype html><html lang="{spoken.code}" dir="{spoken.direction}">'
        f'<head><meta charset="utf-8"></head>'
        f'<body dir="{spoken.direction}" style="font-size:18px;line-height:1.6">'
        f"{paragraphs}</body></html>"
    )


def _html_lines(text: str) -> str:
    return "<br>".join(_html_line(line) for line in text.split("\n"))


def _html_line(line: str) -> str:
    shown = escape(line)
    if line.startswith(("https://", "http://")) and " " not in line:
        return f'<a href="{shown}" dir="ltr">{shown}</a>'
    return shown
