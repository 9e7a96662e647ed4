"""What the webhook connector does on the network."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpcore
import pytest
from flask import Flask, Response, request
from werkzeug.serving import make_server

from intake.clock import now
from intake.sharing.connectors import DeliveryFailed, Target
from intake.sharing.connectors.addresses import AddressNotAllowed, is_public
from intake.sharing.connectors.webhook import Webhook
from intake.sharing.connectors.webhook.network import Deadline, GuardedNetwork
from intake.sharing.standard_webhooks import verify
from tests.serving import serving
from tests.sharing.conftest import SECRET

BODY = '{"name":"နော်ဖောဖော"}'


class Listener:
    """An endpoint that answers as it is told, and remembers what it heard."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.answer = Response("", 204)
        self.app = Flask("listener")
        self.app.add_url_rule("/<path:path>", view_func=self._hear, methods=["GET", "POST"])

    def _hear(self, path: str) -> Response:
        verify([SECRET], request.headers, request.get_data(), at=now())
        self.heard.append(f"{request.method} {path} {request.get_data(as_text=True)}")
        return self.answer


@pytest.fixture
def listener() -> Listener:
    return Listener()


def deliver(url: str, *, allow_private: bool = True) -> None:
    with Webhook(Target(url, SECRET), allow_private=allow_private) as webhook:
        webhook.deliver("event-1", BODY, at=now())


def failure(url: str, *, allow_private: bool = True) -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as failed:
        deliver(url, allow_private=allow_private)
    assert "/hook" not in failed.value.reason
    return failed.value


def test_any_2xx_is_delivered_and_connections_are_kept(listener: Listener) -> None:
    with (
        serving(listener.app) as server,
        Webhook(
            Target(f"http://localhost:{server.port}/hook?a=1", SECRET), allow_private=True
        ) as hook,
    ):
        for _ in range(3):
            hook.deliver("event-1", BODY, at=now())
    assert listener.heard == [f"POST hook {BODY}"] * 3


@pytest.mark.parametrize(
    ("status", "temporary"),
    [(302, False), (400, False), (401, False), (410, False), (429, True), (500, True), (503, True)],
)
def test_any_other_status_is_a_failure(listener: Listener, status: int, temporary: bool) -> None:
    with serving(listener.app) as server:
        location = f"http://127.0.0.1:{server.port}/elsewhere"
        listener.answer = Response(BODY, status, {"Location": location, "Retry-After": "90"})
        failed = failure(f"http://127.0.0.1:{server.port}/hook")
    assert (failed.reason, failed.temporary) == (f"HTTP {status}", temporary)
    assert failed.retry_after == timedelta(seconds=90)
    assert not failed.unreachable
    assert listener.heard == [f"POST hook {BODY}"], "redirects are not followed"


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433"],  # noqa: S104
)
def test_private_addresses_are_not_contacted_unless_allowed(listener: Listener, host: str) -> None:
    with serving(listener.app) as server:
        failed = failure(f"http://{host}:{server.port}/hook", allow_private=False)
    assert failed.reason == "the address is in a private network"
    assert not failed.temporary
    assert listener.heard == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("10.1.2.3", False),
        ("172.31.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("127.8.8.8", False),
        ("0.0.0.0", False),  # noqa: S104
        ("224.0.0.1", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::1", False),
        ("::10.0.0.1", False),
        ("::ffff:169.254.169.254", False),
        ("64:ff9b:1::1", False),
        ("fec0::1", False),
        ("fd00:ec2::254", False),
        ("168.63.129.16", False),
        ("192.88.99.1", False),
        ("2001::1", False),
        ("3fff::1", False),
    ],
)
def test_private_addresses_are_known_in_every_notation(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_nobody_there_is_told_apart_from_a_refusal() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    failed = failure(f"http://127.0.0.1:{port}/hook")
    assert (failed.reason, failed.temporary, failed.unreachable) == ("no connection", True, True)
    failed = failure("https://no-such-host.invalid/hook")
    assert (failed.reason, failed.unreachable) == ("no connection", True)


def test_a_certificate_that_nobody_vouches_for_is_refused(listener: Listener) -> None:
    server = make_server("127.0.0.1", 0, listener.app, ssl_context="adhoc", threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    failed = failure(f"https://127.0.0.1:{server.port}/hook")
    server.shutdown()
    thread.join()
    server.server_close()
    assert (failed.reason, failed.temporary) == (
        "TLS: the certificate or the protocol was refused",
        False,
    )
    assert listener.heard == []


def test_a_receiver_that_trickles_its_answer_is_cut_off_at_the_deadline() -> None:
    deadline = Deadline(0.3)
    with trickling() as port:
        deadline.restart()
        started = time.monotonic()
        stream = GuardedNetwork(deadline, allow_private=True).connect_tcp("127.0.0.1", port, 10)
        with pytest.raises(httpcore.ReadTimeout):
            list(iter(lambda: stream.read(10, timeout=10), b""))
        stream.close()
    assert 0.25 < time.monotonic() - started < 2


@contextmanager
def trickling() -> Iterator[int]:
    """A server that sends a byte every now and then, without an end."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def trickle() -> None:
            connection, _ = server.accept()
            with connection:
                while not ended.wait(0.02):
                    connection.send(b"H")

        thread = threading.Thread(target=trickle)
        thread.start()
        yield server.getsockname()[1]
        ended.set()
        thread.join()


class Recorded(httpcore.SyncBackend):
    """Connects to nothing, and remembers to what it should have."""

    def __init__(self) -> None:
        self.addresses: list[str] = []

    def connect_tcp(self, host: str, *_: object, **__: object) -> httpcore.NetworkStream:
        self.addresses.append(host)
        raise httpcore.ConnectError("nobody there")


def test_a_name_is_asked_for_once_and_only_public_answers_are_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """DNS rebinding: a name that stands for another address after the check gains nothing."""
    answers = iter([["93.184.216.34", "10.0.0.1", "::ffff:127.0.0.1"], ["127.0.0.1"]])

    def resolve(_host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(0, 0, 0, "", (address, port)) for address in next(answers)]

    monkeypatch.setattr("intake.sharing.connectors.addresses.socket.getaddrinfo", resolve)
    deadline, backend = Deadline(5), Recorded()
    deadline.restart()
    network = GuardedNetwork(deadline, allow_private=False, network=backend)
    with pytest.raises(httpcore.ConnectError):
        network.connect_tcp("rebinding.example.org", 443)
    assert backend.addresses == ["93.184.216.34"]
    with pytest.raises(AddressNotAllowed):
        network.connect_tcp("rebinding.example.org", 443)
    assert backend.addresses == ["93.184.216.34"]
