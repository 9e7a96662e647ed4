"""The process in which hostile files are opened: it limits itself, then reads what it is told to.

Started by ``apart_process``; speaks frames (four bytes of length, then a pickle) over its standard
input and output. It opens no file to write, and may not: the kernel's limit for that is zero.
"""

import contextlib
import os
import pickle
import resource
import signal
import struct
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import cv2
from PIL import Image

from pdf.scan.files import Pages, RawPage, open_file
from pdf.scan.limits import Limits, Refusal, Refused

LENGTH = struct.Struct(">I")
_OPEN_FILES = 64


@dataclass(frozen=True, slots=True)
class Setup:
    """The first frame."""

    work: Callable[[RawPage], Any]
    limits: Limits


@dataclass(frozen=True, slots=True)
class Task:
    """Open a file (``page`` is None) or read one of its pages."""

    path: Path
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """What a file has in it."""

    pages: int
    active_content: bool


@dataclass(frozen=True, slots=True)
class Done:
    """What the work made of a page."""

    result: Any


@dataclass(frozen=True, slots=True)
class NotDone:
    """A file or page that is not read."""

    refusal: Refusal
    detail: str


@dataclass(frozen=True, slots=True)
class Started:
    """The first answer; with a ``failure`` there will be no other."""

    failure: str = ""


Answer = Opened | Done | NotDone | Started


def main() -> None:
    """Answer tasks until the parent hangs up."""
    answers, tasks = _own_channels()
    try:
        setup: Setup = _receive(tasks)
        _limit_itself(setup.limits)
        worker = _Worker(setup)
    except Exception:
        _send(answers, Started(traceback.format_exc()))
        return
    _send(answers, Started())
    while (task := _receive(tasks)) is not None:
        _limit_time(setup.limits)
        answer = worker.answer(task)
        _send(answers, answer)


class _Worker:
    """Keeps the file of the last task open for its next page."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._path: Path | None = None
        self._pages: Pages | None = None
        self._open = ExitStack()

    def answer(self, task: Task) -> Answer:
        """What to send back."""
        try:
            pages = self._file(task.path)
            if task.page is None:
                return Opened(pages.pages, pages.active_content)
            return Done(self._setup.work(pages.read(task.page)))
        except Refused as refused:
            return NotDone(refused.refusal, refused.detail)
        except MemoryError as error:
            return NotDone(Refusal.OUT_OF_MEMORY, repr(error))
        except Exception as error:
            no_memory = isinstance(error, cv2.error) and error.code == -4
            refusal = Refusal.OUT_OF_MEMORY if no_memory else Refusal.CRASHED
            return NotDone(refusal, traceback.format_exc(limit=-8))

    def _file(self, path: Path) -> Pages:
        if path != self._path or self._pages is None:
            self._path = self._pages = None
            self._open.close()
            self._pages = self._open.enter_context(open_file(path, self._setup.limits))
            self._path = path
        return self._pages


def _own_channels() -> tuple[BinaryIO, BinaryIO]:
    """Standard output and input, for us alone: what a library prints goes nowhere."""
    answers, tasks = os.fdopen(os.dup(1), "wb", 0), os.fdopen(os.dup(0), "rb", 0)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    os.close(nowhere)
    return answers, tasks


def _limit_itself(limits: Limits) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cv2.setNumThreads(1)
    Image.MAX_IMAGE_PIXELS = None  # ours decides, before anything is decoded
    for kind, value in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
    ):
        # macOS has no limit of the address space; there the limit of time is what is left
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (value, value))


def _limit_time(limits: Limits) -> None:
    """The parent kills us earlier, if there still is one."""
    seconds = max(limits.seconds_per_page, limits.seconds_to_open)
    soft = int(time.process_time() + 2 * seconds) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def _receive(tasks: BinaryIO) -> Any:
    """The next frame; None when the parent hung up."""
    head = _exactly(tasks, LENGTH.size)
    if head is None:
        return None
    data = _exactly(tasks, LENGTH.unpack(head)[0])
    return None if data is None else pickle.loads(data)  # noqa: S301 - from our own parent


def _exactly(tasks: BinaryIO, length: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < length:
        part = tasks.read(length - len(parts))
        if not part:
            return None
        parts += part
    return bytes(parts)


def _send(answers: BinaryIO, answer: Answer) -> None:
    try:
        data = pickle.dumps(answer, protocol=5)
    except MemoryError as error:
        data = pickle.dumps(NotDone(Refusal.OUT_OF_MEMORY, repr(error)))
    except Exception:
        data = pickle.dumps(NotDone(Refusal.CRASHED, traceback.format_exc(limit=-8)))
    view = memoryview(LENGTH.pack(len(data)) + data)
    try:
        while view:
            view = view[answers.write(view) :]
    except BrokenPipeError:
        sys.exit()
