"""What reading processes are given to do: good work, and every way to end badly.

It runs in those processes, so it must be importable.
"""

import ctypes
import os
import pickle
import resource
import signal
import struct
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pdf.scan.apart import FileRefused, PageResult, read_files
from pdf.scan.files import RawPage
from pdf.scan.limits import Limits, Refusal

Outcome = PageResult[Any] | FileRefused
QUICK = Limits(seconds_per_page=10, seconds_to_open=20)
IMPATIENT = Limits(seconds_per_page=1.5)
WRITTEN_BY_AN_ATTACKER = Path(tempfile.gettempdir()) / "written-by-a-reader"
MADE_BY_AN_ATTACKER = Path(tempfile.gettempdir()) / "owned-by-a-scan"
"""What attacks try to leave on a machine, where anybody may write: their targets. No test needs
anything to be there; at most the first is left, and empty.
"""


@dataclass(frozen=True)
class Seen:
    """What a reading process tells about a page."""

    number: int
    size: tuple[int, ...]
    mean: float
    pid: int
    at: float


def look(page: RawPage) -> Seen:
    return Seen(
        page.number, page.pixels.shape, float(page.pixels.mean()), os.getpid(), time.monotonic()
    )


def whole(page: RawPage) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return page.pixels


def crash_at_3(page: RawPage) -> Seen:
    if page.number == 3:
        os.abort()
    return look(page)


def crash(page: RawPage) -> None:
    ctypes.string_at(0)


def hang_at_2(page: RawPage) -> Seen:
    if page.number == 2:
        time.sleep(600)
    return look(page)


def hang_deaf_to_signals(page: RawPage) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGXCPU):
        signal.signal(number, signal.SIG_IGN)
    while True:
        pass


def eat_at_2(page: RawPage) -> Seen:
    if page.number == 2:
        hoard = [bytearray(64 << 20) for _ in range(1_000)]
        return look(RawPage(len(hoard), page.pixels))
    return look(page)


def killed_by_the_kernel(page: RawPage) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def leave(page: RawPage) -> None:
    os._exit(0)


def raise_at_1(page: RawPage) -> Seen:
    if page.number == 1:
        raise KeyError("a bug of ours")
    return look(page)


def chatter(page: RawPage) -> Seen:
    print("to standard output", flush=True)
    os.write(1, b"\0\0\0\5hello")
    os.write(2, b"and to errors")
    return look(page)


def surroundings(page: RawPage) -> dict[str, Any]:
    try:
        WRITTEN_BY_AN_ATTACKER.write_bytes(b"x" * 10)
        written = True
    except OSError:
        written = False
    return {
        "environment": sorted(os.environ),
        "folder": str(Path.cwd()),
        "written": written,
        "core": resource.getrlimit(resource.RLIMIT_CORE)[0],
        "memory": resource.getrlimit(resource.RLIMIT_AS)[0],
        "modules": [name for name in sys.modules if name.split(".")[0] in ("flask", "intake")],
    }


def taken_over(page: RawPage) -> None:
    """What a process would say that belongs to an attacker by now."""
    evil = pickle.dumps(Evil())
    for handle in range(3, 32):
        try:
            os.write(handle, struct.pack(">I", len(evil)) + evil)
        except OSError:
            continue
    time.sleep(600)


class Evil:
    """Runs where it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(MADE_BY_AN_ATTACKER),)


def flood(page: RawPage) -> bytes:
    return bytes(2 << 20)


def memory(page: RawPage) -> tuple[int, int]:
    status = Path("/proc/self/status").read_text()
    rss = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return os.getpid(), int(rss.split()[1])


def an_object(page: RawPage) -> object:
    return threading.Thread


def read(*paths: Path, work: Callable[[RawPage], Any] = look, limits: Limits = QUICK,
         processes: int = 2) -> list[Outcome]:  # fmt: skip
    return list(read_files(paths, work=work, limits=limits, processes=processes))


def refusals(outcomes: list[Outcome]) -> list[Refusal | None]:
    return [outcome.refusal for outcome in outcomes]
