"""The parent's side of a reading process."""

import contextlib
import json
import os
import pickle
import signal
import subprocess
import sys
import time
from collections import deque
from pathlib import Path
from typing import Any, Generic, TypeVar

from pdf.scan import apart_pickle
from pdf.scan.apart_worker import LENGTH, Answer, Done, NotDone, Opened, Setup, Started, Task
from pdf.scan.limits import Refusal

_READ = 1 << 18
_START_SECONDS = 60
"""For Python, OpenCV and the work's own modules to be loaded, on a busy machine."""
_EXIT_SECONDS = 2
_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from pdf.scan.apart_worker import main; main()"
)
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT")
"""Nothing else of our environment: it holds the database's password and the keys."""
_ENDS = {
    -signal.SIGXCPU: Refusal.TOOK_TOO_LONG,
    -signal.SIGKILL: Refusal.OUT_OF_MEMORY,  # not by us: by the kernel
}

J = TypeVar("J")


class NotStarted(Exception):
    """The reading processes can't even start: nothing is wrong with the files."""


class Process(Generic[J]):
    """One reading process, with the jobs it was given and has not answered yet."""

    def __init__(self, setup: Setup, modules: frozenset[str]) -> None:
        self._limits = setup.limits
        self._modules = modules
        self._received = bytearray()
        self.jobs: deque[tuple[J, Task]] = deque()
        self.started = time.monotonic()
        self._popen = subprocess.Popen(
            [sys.executable, "-I", "-c", _START, json.dumps(_module_folders())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            cwd="/",
            start_new_session=True,
        )
        assert self._popen.stdin and self._popen.stdout  # noqa: S101, PT018 - for mypy
        self._tasks, self._answers = self._popen.stdin, self._popen.stdout
        self.ready = False
        self._write(setup)

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._popen.pid

    def fileno(self) -> int:
        """Where answers come in: for a selector."""
        return self._answers.fileno()

    def give(self, job: J, task: Task) -> None:
        """Another task; its time begins when those before it are done."""
        if self.ready and not self.jobs:
            self.started = time.monotonic()
        self.jobs.append((job, task))
        self._write(task)

    def deadline(self) -> float | None:
        """When the current task must be done; it begins when the process has started."""
        if not self.ready:
            return self.started + _START_SECONDS
        if not self.jobs:
            return None
        opens = self.jobs[0][1].page is None
        limits = self._limits
        return self.started + (limits.seconds_to_open if opens else limits.seconds_per_page)

    def delay(self, seconds: float) -> None:
        """Time in which nobody looked at what came in does not count."""
        self.started += seconds

    def receive(self) -> bool:
        """Take in what is there; False at the end of it."""
        data = os.read(self.fileno(), _READ)
        self._received += data
        return bool(data)

    def answer(self) -> tuple[J, Answer, float] | None:
        """The next whole answer, and how long it took."""
        answer = self._frame()
        if isinstance(answer, Started) and not self.ready:
            if answer.failure:
                raise NotStarted(answer.failure)
            self.ready, self.started = True, time.monotonic()
            answer = self._frame()
        if answer is None:
            return None
        if not self.jobs or not self._fits(self.jobs[0][1], answer):
            raise apart_pickle.NotData(f"{type(answer).__name__} as an answer")
        job, _ = self.jobs.popleft()
        now = time.monotonic()
        took, self.started = now - self.started, now
        return job, answer, took

    def _fits(self, task: Task, answer: object) -> bool:
        """Whether it is an answer at all: whoever took the process over may say anything."""
        if isinstance(answer, NotDone):
            return isinstance(answer.refusal, Refusal) and isinstance(answer.detail, str)
        if task.page is not None:
            return isinstance(answer, Done)
        pages = answer.pages if isinstance(answer, Opened) else None
        return isinstance(pages, int) and 0 < pages <= self._limits.max_pages

    def _frame(self) -> Any:
        """What was sent; None as long as it isn't there as a whole."""
        if len(self._received) < LENGTH.size:
            return None
        (length,) = LENGTH.unpack_from(self._received)
        if length > self._limits.max_result_bytes:
            raise apart_pickle.NotData(f"{length} bytes")
        end = LENGTH.size + length
        if len(self._received) < end:
            return None
        data = self._received[LENGTH.size : end]
        del self._received[:end]
        return apart_pickle.load(data, self._modules)

    def kill(self) -> None:
        """End it, whatever it does."""
        self._popen.kill()
        self._popen.wait()
        self._tasks.close()
        self._answers.close()

    def why_it_ended(self) -> Refusal:
        """For one that closed its answers by itself."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(_EXIT_SECONDS)
        code = self._popen.poll()
        self.kill()
        return _ENDS.get(code or 0, Refusal.CRASHED)

    def _write(self, message: Setup | Task) -> None:
        data = pickle.dumps(message)
        with contextlib.suppress(BrokenPipeError):  # it died: the end of its answers says so
            os.write(self._tasks.fileno(), LENGTH.pack(len(data)) + data)


def _module_folders() -> list[str]:
    """Where the work's module is found; the process's own folder is another one."""
    return [str(Path(folder).absolute()) for folder in sys.path]


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    # one core each, and no address space for threads that are never used
    single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {**kept, **single, "MALLOC_ARENA_MAX": "2", "PYTHONDONTWRITEBYTECODE": "1"}
