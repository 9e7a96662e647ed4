"""Twilio's REST API as far as messages go, as a real HTTP server on this machine.

It answers like https://www.twilio.com/docs/messaging/api/message-resource: 201 with a sid, or an
error body with ``code`` and ``message``; it checks Basic authentication and the account in the
path. ``answers`` are given one by one before it behaves.
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
from urllib.parse import parse_qs

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


@dataclass
class FakeTwilio:
    """A running fake: its address, what it received, and what it is to answer next."""

    url: str
    received: list[dict[str, str]] = field(default_factory=list)
    """The form fields of every request that passed authentication."""
    delivered: list[dict[str, str]] = field(default_factory=list)
    """Those that were answered with 201."""
    answers: deque[Answer] = field(default_factory=deque)
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
            with fake.lock:
                fake.delivered.append(fields)
            self._accept(fields)
        else:
            text = f"The 'To' number {fields.get('To')} can't be used"  # as Twilio's texts do
            self._refuse(answer.status, answer.code, text, answer.headers)

    def _accept(self, fields: Mapping[str, str]) -> None:
        message = {
            "sid": f"SM{uuid.uuid4().hex}",
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
