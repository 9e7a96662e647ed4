"""The product's own server, as a process of its own, to be measured."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from intake.bench.machine import BenchFailed

START_SECONDS = 30
STOP_SECONDS = 30
THREADS = 8


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def workers() -> int:
    """How many processes the server has: one for each core, and two at least."""
    return max(2, os.cpu_count() or 1)


@contextmanager
def serving(environ: Mapping[str, str], folder: Path) -> Iterator[str]:
    """``intake serve`` as a process of its own; its base address."""
    base = environ["INTAKE_BASE_URL"]
    command = [
        sys.executable, "-c", "from intake.cli import main; main()", "serve",
        "--port", str(urlsplit(base).port), "--workers", str(workers()),
        "--threads", str(THREADS),
    ]  # fmt: skip
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=dict(environ), stdout=output, stderr=output)
    try:
        _wait_until_ready(base, process, log)
        yield base
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(base: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            said = log.read_text("utf-8", "replace").strip().splitlines() or ["nothing"]
            raise BenchFailed(f"the server stopped at its start; it said: {said[-1]}")
        try:
            if httpx.get(f"{base}/readyz", trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise BenchFailed(f"the server did not answer within {START_SECONDS} seconds")
