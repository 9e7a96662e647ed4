"""The whole product on loopback, as ``intake demo`` runs it."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

START_SECONDS = 60
INTAKE = (sys.executable, "-u", "-c", "from intake.cli import main; main()")
"""The command, of this very installation."""


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demonstration."""

    base: str
    sharing: str
    password: str
    links: dict[str, str]
    """Each sample family's personal link, by language (the first family of a language)."""
    folder: Path


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """``intake demo`` in a folder and on ports of its own."""
    folder = tmp_path_factory.mktemp("demo")
    log = folder / "output.txt"
    port, sharing_port = _free_port(), _free_port()
    command = [
        *INTAKE, "demo",
        "--folder", str(folder / "data"), "--port", str(port),
        "--sharing-port", str(sharing_port),
    ]  # fmt: skip
    with log.open("w") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        printed = _wait_for(log, "Personal links", process)
        yield Demo(
            base=f"http://127.0.0.1:{port}",
            sharing=f"http://127.0.0.1:{sharing_port}",
            password=re.search(r"desk@example\.org\s+(\S+)", printed)[1],  # type: ignore[index]
            links=_links(printed),
            folder=folder / "data",
        )
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=40)
        # A demonstration that was ended while it began can leave its processes behind.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _links(printed: str) -> dict[str, str]:
    links: dict[str, str] = {}
    for url, language in re.findall(r"(http://\S+/([a-z]+)/i/\S+)", printed):
        links.setdefault(language, url)
    return links


def _wait_for(log: Path, text: str, process: "subprocess.Popen[bytes]") -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        printed = log.read_text("utf-8")
        if text in printed and printed.endswith("\n\n"):
            return printed
        if process.poll() is not None:
            raise RuntimeError(f"the demonstration stopped: {printed}")
        time.sleep(0.2)
    raise RuntimeError(f"the demonstration did not start: {log.read_text('utf-8')}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
