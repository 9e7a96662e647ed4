"""A real OpenID provider as a process of its own, and a browser that signs in there."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

START_SECONDS = 30


@dataclass(frozen=True)
class RunningProvider:
    """Where it is; ``sign_in`` is what a person does on its page."""

    issuer: str

    def has(self, subject: str, **claims: Any) -> None:
        """Let it know a person."""
        httpx.put(f"{self.issuer}/users/{subject}", json=claims).raise_for_status()

    def sign_in(self, address: str, subject: str) -> Mapping[str, str]:
        """Sign in on its page; what it sends the browser back with."""
        answer = httpx.post(address, data={"sub": subject})
        assert answer.status_code == 302, answer.text
        return dict(httpx.QueryParams(urlsplit(answer.headers["Location"]).query))


@contextmanager
def running_provider() -> Iterator[RunningProvider]:
    """``oidc-provider-mock`` on a free port of loopback."""
    port = _free_port()
    command = [
        sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "true"
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    provider = RunningProvider(f"http://127.0.0.1:{port}")
    try:
        _wait_for(provider.issuer, process)
        yield provider
    finally:
        process.terminate()
        process.wait(timeout=20)


def query_of(address: str) -> dict[str, str]:
    """An address's query."""
    return dict(httpx.QueryParams(urlsplit(address).query))


def _wait_for(issuer: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(f"{issuer}/.well-known/openid-configuration").raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the provider did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
