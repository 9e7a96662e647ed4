"""Twilio's REST API as far as messages go, as a real HTTP server on this machine.

It answers like https://www.twilio.com/docs/messaging/api/message-resource: 201 with a sid, or an
error body with ``code`` and ``message``; it checks Basic authentication and the account in the
path. ``answers`` are given one by one before it behaves. It calls back with statuses and replies,
signed as https://www.twilio.com/docs/usage/webhooks/webhooks-security says.
"""

import base64
import json
import threading
import time
import uuid
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from twilio.request_validator import RequestValidator

ACCOUNT_SID = "AC" + "0" * 32
AUTH_TOKEN = "a" * 32


@dataclass(frozen=True, slots=True)
class Answer:
    """One scripted answer."""

    status: int
    code: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_seconds: float = 0.0
    body: bytes | None = None
    """Sent as it is, instead of Twilio's JSON."""
    is_lost: bool = False
    """The message is taken, and the connection closes without an answer."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of Twilio's to a webhook, signed."""

    url: str
    form: dict[str, str]
    headers: dict[str, str]

    @property
    def target(self) -> str:
        """Path and query, for a test client."""
        parts = urlsplit(self.url)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def post(self) -> int:
        """Call over HTTP; the status of the answer."""
        return requests.post(self.url, data=self.form, headers=self.headers, timeout=10).status_code


def signed_call(url: str, form: dict[str, str], *, token: str = AUTH_TOKEN) -> Call:
    """A call of this account's, with the signature of this token."""
    fields = {"AccountSid": ACCOUNT_SID, **form}
    signature = RequestValidator(token).compute_signature(url, fields)
    return Call(url, fields, {"X-Twilio-Signature": signature})


def status_call(
    url: str, sid: str, status: str, error: int | None = None, *, token: str = AUTH_TOKEN
) -> Call:
    """What became of a message, as Twilio tells it at the message's own address."""
    form = {"MessageSid": sid, "SmsSid": sid, "MessageStatus": status, "SmsStatus": status}
    if error is not None:
        form["ErrorCode"] = str(error)
    return signed_call(url, form, token=token)


@dataclass
class FakeTwilio:
    """A running fake: its address, what it received, and what it is to answer next."""

    url: str
    received: list[dict[str, str]] = field(default_factory=list)
    """The form fields of every request that passed authentication."""
    delivered: list[dict[str, str]] = field(default_factory=list)
    """Those that were answered with 201."""
    sids: list[str] = field(default_factory=list)
    """Of those delivered, in the same order."""
    answers: deque[Answer] = field(default_factory=deque)
    reports: tuple[str, ...] = ()
    """Statuses that are told by themselves after each delivered message."""
    lock: threading.Lock = field(default_factory=threading.Lock)


@contextmanager
def fake_twilio() -> Iterator[FakeTwilio]:
    """Serve on a free port of 127.0.0.1 until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    fake = FakeTwilio(f"http://127.0.0.1:{server.server_port}")
    server.fake = fake  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        fake: FakeTwilio = self.server.fake  # type: ignore[attr-defined]
        length = int(self.headers.get("Content-Length", "0"))
        fields = {k: v[0] for k, v in parse_qs(self.rfile.read(length).decode()).items()}
        if self.headers.get("Authorization") != _basic():
            self._refuse(401, 20003, "Authenticate")
            return
        if self.path != f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json":
            self._refuse(404, 20404, f"The requested resource {self.path} was not found")
            return
        with fake.lock:
            fake.received.append(fields)
            answer = fake.answers.popleft() if fake.answers else Answer(201)
        time.sleep(answer.delay_seconds)
        if answer.body is not None:
            self._answer(answer.status, answer.body, answer.headers)
        elif answer.status == 201:
            sid = f"SM{uuid.uuid4().hex}"
            with fake.lock:
                fake.delivered.append(fields)
                fake.sids.append(sid)
            if answer.is_lost:
                self.close_connection = True
            else:
                self._accept(fields, sid)
            self._report(fake, fields, sid)
        else:
            text = f"The 'To' number {fields.get('To')} can't be used"  # as Twilio's texts do
            self._refuse(answer.status, answer.code, text, answer.headers)

    def _report(self, fake: FakeTwilio, fields: Mapping[str, str], sid: str) -> None:
        if "StatusCallback" in fields:
            for status in fake.reports:
                status_call(fields["StatusCallback"], sid, status).post()

    def _accept(self, fields: Mapping[str, str], sid: str) -> None:
        message = {
            "sid": sid,
            "status": "queued",
            "account_sid": ACCOUNT_SID,
            "to": fields["To"],
            "from": fields.get("From"),
            "messaging_service_sid": fields.get("MessagingServiceSid"),
            "body": fields["Body"],
            "num_segments": "1",
            "direction": "outbound-api",
            "error_code": None,
            "error_message": None,
        }
        self._answer(201, json.dumps(message).encode())

    def _refuse(
        self, status: int, code: int | None, text: str, headers: Mapping[str, str] | None = None
    ) -> None:
        error = {"code": code, "message": text, "status": status}
        self._answer(status, json.dumps(error).encode(), headers)

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        try:
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True  # the client has given up waiting

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the tests' output quiet."""


def _basic() -> str:
    return "Basic " + base64.b64encode(f"{ACCOUNT_SID}:{AUTH_TOKEN}".encode()).decode()
