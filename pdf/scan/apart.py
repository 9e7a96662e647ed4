"""Reads files in processes of their own, so that a hostile one harms nothing but itself.

A page that crashes, hangs or eats memory is refused and the next one goes to a fresh process; the
rest of the upload goes on. Results come in the order of files and pages, and never more than a few
are held, however many pages there are.
"""

import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from pathlib import Path
from typing import Generic, TypeVar, cast

from pdf.scan.apart_pickle import NotData
from pdf.scan.apart_process import NotStarted, Process
from pdf.scan.apart_worker import Answer, Done, NotDone, Opened, Setup, Task
from pdf.scan.file_raster import RawPage
from pdf.scan.limits import Limits, Refusal

__all__ = ["FileRefused", "NotStarted", "PageResult", "read_files"]

_STRIKES = 3
"""A file that takes down this many processes in a row gets no other."""
_AHEAD = 8
"""Pages per process that may be worked on before the first of them is taken."""
_QUEUED = 2
"""Jobs a process has, so that it never waits for us."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PageResult(Generic[T]):
    """A page: what the work made of it, or why it was refused."""

    file: int
    """Its place among the paths, from 0."""
    page: int
    """From 1."""
    pages: int
    """How many its file has."""
    result: T | None = None
    refusal: Refusal | None = None
    detail: str = ""
    """For the log."""
    active_content: bool = False
    """The file has scripts, actions or files in it. They did not run here."""


@dataclass(frozen=True, slots=True)
class FileRefused:
    """A file none of whose pages can be read, and not even counted."""

    file: int
    refusal: Refusal
    detail: str = ""


def read_files(
    paths: Sequence[Path],
    *,
    work: Callable[[RawPage], T],
    limits: Limits | None = None,
    processes: int | None = None,
) -> Iterator[PageResult[T] | FileRefused]:
    """What ``work`` makes of each page of each file, in their order.

    ``work`` is a function of an importable module, and what it returns is plain data: numbers,
    strings, arrays, and dataclasses or enums of ``pdf`` or of its own module.
    """
    module = getattr(work, "func", work).__module__
    if module == "__main__":
        raise ValueError("work must be a function of a module that can be imported")
    setup = Setup(work, limits or Limits())
    reading: _Reading[T] = _Reading(paths, setup, processes or _cores(), frozenset({module}))
    return reading.results()


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(slots=True)
class _File(Generic[T]):
    """How far a file is."""

    index: int
    path: Path
    asked: bool = False
    opened: Opened | None = None
    refused: FileRefused | None = None
    begun: int = 0
    """Up to this page processes have been asked."""
    taken: int = 0
    """Up to this page results have been handed on."""
    done: dict[int, PageResult[T]] = field(default_factory=dict)
    strikes: int = 0
    spent: float = 0
    closed: tuple[Refusal, str] | None = None
    """Why the pages that nobody was asked for yet are refused."""

    def finished(self) -> bool:
        """Whether everything about it has been handed on."""
        return self.opened is not None and self.taken >= self.opened.pages

    def put(self, page: int, *, result: T | None = None,
            refusal: Refusal | None = None, detail: str = "") -> None:  # fmt: skip
        """What became of a page."""
        self.done[page] = self._outcome(page, result, refusal, detail)

    def next_result(self) -> PageResult[T] | None:
        """The next page in order, where it is known what became of it."""
        page = self.taken + 1
        result = self.done.pop(page, None)
        if result is None and self.closed and page > self.begun:
            self.begun = page
            result = self._outcome(page, None, *self.closed)
        if result is not None:
            self.taken = page
        return result

    def _outcome(
        self, page: int, result: T | None, refusal: Refusal | None, detail: str
    ) -> PageResult[T]:
        assert self.opened  # noqa: S101 - no page is asked for before
        pages, active = self.opened.pages, self.opened.active_content
        return PageResult(self.index, page, pages, result, refusal, detail, active)


_Job = tuple[int, int | None]
"""A file's index and a page; None: open it."""


class _Reading(Generic[T]):
    """One call of ``read_files``."""

    def __init__(
        self, paths: Sequence[Path], setup: Setup, processes: int, modules: frozenset[str]
    ) -> None:
        self._files: list[_File[T]] = [_File(i, Path(p).absolute()) for i, p in enumerate(paths)]
        self._setup = setup
        self._most = processes
        self._modules = modules
        self._processes: list[Process[_Job]] = []
        self._again: deque[_Job] = deque()
        self._first = 0
        """The file whose results are being handed on."""

    def results(self) -> Iterator[PageResult[T] | FileRefused]:
        """All of them; ends the processes however it is left."""
        try:
            while True:
                while (result := self._next_result()) is not None:
                    left = time.monotonic()
                    yield result
                    away = time.monotonic() - left
                    for process in self._processes:
                        process.delay(away)
                if self._first >= len(self._files):
                    return
                self._hand_out()
                self._take_in()
        finally:
            for process in self._processes:
                process.kill()

    def _next_result(self) -> PageResult[T] | FileRefused | None:
        while self._first < len(self._files):
            file = self._files[self._first]
            if file.refused:
                self._first += 1
                return file.refused
            if file.opened is None:
                return None
            if not file.finished():
                return file.next_result()
            self._first += 1
        return None

    def _hand_out(self) -> None:
        """Give each process something to do, and start those that are needed."""
        while True:
            process = self._free_process()
            if process is None and len(self._processes) >= self._most:
                return
            job = self._next_job()
            if job is None:
                return
            if process is None:
                process = Process(self._setup, self._modules)
                self._processes.append(process)
            index, page = job
            process.give(job, Task(self._files[index].path, page))

    def _free_process(self) -> Process[_Job] | None:
        """An idle one; when no more may be started, one that could queue another job."""
        load = min(self._processes, key=lambda process: len(process.jobs), default=None)
        if load is None or not load.jobs:
            return load
        full = len(self._processes) >= self._most
        return load if full and load.ready and len(load.jobs) < _QUEUED else None

    def _next_job(self) -> _Job | None:
        while self._again:
            index, page = self._again.popleft()
            file = self._files[index]
            if page is None or not file.closed:
                return index, page
            refusal, detail = file.closed
            file.put(page, refusal=refusal, detail=detail)
        room = _AHEAD * self._most
        for file in self._files[self._first : self._first + room]:
            if not file.asked:
                file.asked = True
                return file.index, None
            room -= file.begun - file.taken
            if room <= 0:
                return None
            if file.opened and not file.closed and file.begun < file.opened.pages:
                file.begun += 1
                return file.index, file.begun
        return None

    def _take_in(self) -> None:
        """Wait for answers, deaths and ends of patience."""
        deadlines = [at for process in self._processes if (at := process.deadline()) is not None]
        if not deadlines:
            return
        patience = max(0.0, min(deadlines) - time.monotonic())
        by_handle = {process.fileno(): process for process in self._processes}
        for handle in wait(list(by_handle), patience):
            self._hear(by_handle[cast(int, handle)])
        now = time.monotonic()
        for process in list(self._processes):
            deadline = process.deadline()
            if deadline is not None and now >= deadline:
                self._lose(process, Refusal.TOOK_TOO_LONG, "")

    def _hear(self, process: Process[_Job]) -> None:
        if not process.receive():
            self._lose(process, process.why_it_ended(), "the process ended")
            return
        try:
            while (answered := process.answer()) is not None:
                (index, page), answer, took = answered
                file = self._files[index]
                file.spent += took
                self._settle(file, page, answer)
                if isinstance(answer, NotDone) and answer.refusal is Refusal.OUT_OF_MEMORY:
                    # what is left of its memory is in pieces; its other job is not to blame
                    self._strike(file, answer.refusal)
                    self._drop(process)
                    return
        except NotData as error:
            self._lose(process, Refusal.CRASHED, repr(error))

    def _settle(self, file: _File[T], page: int | None, answer: Answer) -> None:
        if page is None:
            if isinstance(answer, Opened):
                file.opened = answer
            elif isinstance(answer, NotDone):
                file.refused = FileRefused(file.index, answer.refusal, answer.detail)
            return
        if isinstance(answer, Done):
            file.strikes = 0
            file.put(page, result=answer.result)
        elif isinstance(answer, NotDone):
            file.put(page, refusal=answer.refusal, detail=answer.detail)
        self._check_time(file)

    def _lose(self, process: Process[_Job], refusal: Refusal, detail: str) -> None:
        """A process is gone, or must go: the job it was at is to blame."""
        if not process.ready:
            raise NotStarted(f"{refusal}: {detail}")
        if process.jobs:
            (index, page), _ = process.jobs.popleft()
            file = self._files[index]
            file.spent += time.monotonic() - process.started
            self._settle(file, page, NotDone(refusal, detail))
            self._strike(file, refusal)
        self._drop(process)

    def _drop(self, process: Process[_Job]) -> None:
        process.kill()
        self._processes.remove(process)
        self._again.extend(job for job, _ in process.jobs)

    def _strike(self, file: _File[T], refusal: Refusal) -> None:
        file.strikes += 1
        if file.strikes >= _STRIKES:
            file.closed = file.closed or (refusal, "too many processes were lost on this file")

    def _check_time(self, file: _File[T]) -> None:
        if file.opened and file.spent > self._setup.limits.seconds_per_file(file.opened.pages):
            file.closed = file.closed or (Refusal.TOOK_TOO_LONG, "the file as a whole")
