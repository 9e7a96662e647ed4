"""Pages are read in processes of their own, which may crash, hang, eat memory or be taken over."""

import os
import pickle
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pdf.scan import apart_pickle
from pdf.scan.apart import NotStarted, PageResult, read_files
from pdf.scan.files import RawPage
from pdf.scan.limits import Limits, Refusal
from tests.pdf.scan.hostile_files import pdf, picture, save, tiff
from tests.pdf.scan.hostile_work import (
    IMPATIENT,
    MADE_BY_AN_ATTACKER,
    QUICK,
    WRITTEN_BY_AN_ATTACKER,
    Evil,
    Outcome,
    Seen,
    an_object,
    chatter,
    crash,
    crash_at_3,
    eat_at_2,
    flood,
    hang_at_2,
    hang_deaf_to_signals,
    killed_by_the_kernel,
    leave,
    look,
    memory,
    raise_at_1,
    read,
    refusals,
    surroundings,
    taken_over,
)

# --- processes ----------------------------------------------------------------------------------


def test_results_come_in_order_from_several_processes(tmp_path: Path) -> None:
    paths = [pdf(tmp_path / "a.pdf", 12), save(tmp_path / "b.tif", 5), tmp_path / "gone",
             save(tmp_path / "c.png"), pdf(tmp_path / "d.pdf", 3)]  # fmt: skip
    outcomes = read(*paths)
    places = [(one.file, getattr(one, "page", 0)) for one in outcomes]
    expected = [(i, n) for i, k in ((0, 12), (1, 5)) for n in range(1, k + 1)]
    assert places == [*expected, (2, 0), (3, 1), (4, 1), (4, 2), (4, 3)]
    pages = [one for one in outcomes if isinstance(one, PageResult)]
    assert [one.pages for one in pages] == [12] * 12 + [5] * 5 + [1] + [3] * 3
    assert len({one.result.pid for one in pages}) == 2
    assert read() == []


def test_a_crash_refuses_one_page(tmp_path: Path) -> None:
    outcomes = read(pdf(tmp_path / "a.pdf", 6), pdf(tmp_path / "b.pdf", 2), work=crash_at_3)
    assert refusals(outcomes) == [None, None, Refusal.CRASHED, None, None, None, None, None]


def test_three_crashes_refuse_the_rest_of_a_file_but_not_the_next(tmp_path: Path) -> None:
    begun = time.monotonic()
    outcomes = read(pdf(tmp_path / "a.pdf", 300), pdf(tmp_path / "b.pdf"), work=crash)
    assert refusals(outcomes) == [Refusal.CRASHED] * 301
    assert time.monotonic() - begun < 30  # not 300 processes


@pytest.mark.parametrize(
    ("work", "refusal"),
    [(killed_by_the_kernel, Refusal.OUT_OF_MEMORY), (leave, Refusal.CRASHED)],
)
def test_other_ways_to_end(
    tmp_path: Path, work: Callable[[RawPage], Any], refusal: Refusal
) -> None:
    assert refusals(read(pdf(tmp_path / "a.pdf", 2), work=work)) == [refusal] * 2


def test_a_page_that_hangs_is_given_up(tmp_path: Path) -> None:
    begun = time.monotonic()
    outcomes = read(pdf(tmp_path / "a.pdf", 4), work=hang_at_2, limits=IMPATIENT)
    assert refusals(outcomes) == [None, Refusal.TOOK_TOO_LONG, None, None]
    assert time.monotonic() - begun < 20
    outcomes = read(pdf(tmp_path / "a.pdf"), work=hang_deaf_to_signals, limits=IMPATIENT)
    assert refusals(outcomes) == [Refusal.TOOK_TOO_LONG]


def test_a_file_has_a_limit_of_time_too(tmp_path: Path) -> None:
    limits = Limits(seconds_per_page=1, seconds_for_any_file=0.5, seconds_per_page_of_file=0.001)
    outcomes = read(pdf(tmp_path / "a.pdf", 60), work=hang_at_2, limits=limits, processes=1)
    assert refusals(outcomes)[:2] == [None, Refusal.TOOK_TOO_LONG]
    assert refusals(outcomes)[5:] == [Refusal.TOOK_TOO_LONG] * 55


def test_a_page_that_eats_memory_is_refused(tmp_path: Path) -> None:
    outcomes = read(pdf(tmp_path / "a.pdf", 4), work=eat_at_2, limits=Limits())
    assert refusals(outcomes) == [None, Refusal.OUT_OF_MEMORY, None, None]


def test_a_bug_of_ours_refuses_the_page_and_says_where(tmp_path: Path) -> None:
    first, second = read(pdf(tmp_path / "a.pdf", 2), work=raise_at_1)
    assert first.refusal is Refusal.CRASHED
    assert "a bug of ours" in first.detail
    assert second.refusal is None


def test_time_in_which_nobody_listens_does_not_count(tmp_path: Path) -> None:
    """And no more pages are read ahead than a few."""
    outcomes = read_files([pdf(tmp_path / "a.pdf", 60)], work=look, limits=IMPATIENT, processes=2)
    next(outcomes)
    time.sleep(2)
    woken = time.monotonic()
    rest = list(outcomes)
    assert refusals(rest) == [None] * 59
    ahead = [one for one in rest if isinstance(one, PageResult) and one.result.at < woken]
    assert len(ahead) <= 16


def test_processes_end_with_the_reading(tmp_path: Path) -> None:
    outcomes = read_files([pdf(tmp_path / "a.pdf", 60)], work=look, processes=2)
    pids = {one.result.pid for _, one in zip(range(20), outcomes, strict=False)
            if isinstance(one, PageResult)}  # fmt: skip
    outcomes.close()  # type: ignore[attr-defined]
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_it_works_in_a_thread(tmp_path: Path) -> None:
    path, found = pdf(tmp_path / "a.pdf", 3), list[Outcome]()
    thread = threading.Thread(target=lambda: found.extend(read(path)))
    thread.start()
    thread.join()
    assert refusals(found) == [None] * 3


def test_work_that_cannot_be_imported_is_our_mistake(tmp_path: Path) -> None:
    path = pdf(tmp_path / "a.pdf")
    local: Callable[[RawPage], int] = lambda page: page.number  # noqa: E731
    with pytest.raises((NotStarted, AttributeError, pickle.PicklingError)):
        read(path, work=local)
    main = type(look)(look.__code__, {"__name__": "__main__"})
    with pytest.raises(ValueError, match="imported"):
        read_files([path], work=main)


def test_processes_that_cannot_start_are_our_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = pdf(tmp_path / "a.pdf")
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(NotStarted):
        read(path)


# --- what a process is trusted with -------------------------------------------------------------


def test_a_process_has_no_secrets_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTAKE_DATABASE_URL", "postgresql://user:secret@host/intake")
    (outcome,) = read(pdf(tmp_path / "a.pdf"), work=surroundings)
    assert isinstance(outcome, PageResult)
    around = outcome.result
    assert not [name for name in around["environment"] if "INTAKE" in name]
    assert around["folder"] == "/"
    assert around["core"] == 0
    assert around["memory"] == QUICK.memory_bytes
    assert not around["written"]
    assert around["modules"] == []
    WRITTEN_BY_AN_ATTACKER.unlink(missing_ok=True)  # it could make one, but write nothing


def test_what_libraries_print_does_not_disturb(tmp_path: Path) -> None:
    assert refusals(read(pdf(tmp_path / "a.pdf", 3), work=chatter)) == [None] * 3


def test_a_process_that_was_taken_over_gets_nothing_run(tmp_path: Path) -> None:
    assert refusals(read(pdf(tmp_path / "a.pdf"), work=taken_over)) == [Refusal.CRASHED]
    assert not MADE_BY_AN_ATTACKER.exists()


def test_too_much_of_a_result_is_refused(tmp_path: Path) -> None:
    limits = Limits(max_result_bytes=1 << 20)
    outcomes = read(pdf(tmp_path / "a.pdf"), work=flood, limits=limits)
    assert refusals(outcomes) == [Refusal.CRASHED]


def test_only_data_is_put_together() -> None:
    modules = frozenset({Seen.__module__})
    data = {"a": [Refusal.DAMAGED, np.eye(3), np.float64(2), Seen(1, (2,), 3.0, 4, 5.0)]}
    loaded = apart_pickle.load(pickle.dumps(data, protocol=5), modules)
    assert loaded["a"][0] is Refusal.DAMAGED
    assert loaded["a"][3] == data["a"][3]
    for evil in (
        pickle.dumps(Evil()),
        b"\x80\4\x8c\x0fpdf.scan.limits\x8c\x09dataclass\x93.",
        b"\x80\4\x8c\x0dpdf.scan.apart\x8c\x0aread_files\x93.",
        b"\x80\4\x8c\x0epdf.scan.files\x8c\x09os.system\x93.",
        b"\x80\4\x8c\x08builtins\x8c\x04eval\x93.",
        b"cposix\nsystem\n.",
        b"",
        b"\x80\5\x95\xff\xff\xff\xff\xff\xff\xff\x7f",
    ):
        with pytest.raises(apart_pickle.NotData):
            apart_pickle.load(evil, modules)


def test_a_result_that_is_no_data_refuses_its_page(tmp_path: Path) -> None:
    assert refusals(read(pdf(tmp_path / "a.pdf"), work=an_object)) == [Refusal.CRASHED]


# --- memory -------------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="measured through /proc")
@pytest.mark.parametrize("kind", ["pdf", "tif"])
def test_memory_is_flat_from_10_to_1000_pages(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    if kind == "pdf":
        page = picture().resize((850, 1100))
        page.save(path, save_all=True, append_images=[page] * 999, resolution=100)
    else:
        data = b"\xff" * (850 * 1100)
        one = {
            256: 850,
            257: 1100,
            258: 8,
            259: 1,
            262: 1,
            273: 0,
            277: 1,
            278: 1100,
            279: len(data),
        }
        one[273] = len(tiff(*[one] * 1_000))
        path.write_bytes(tiff(*[one] * 1_000) + data)
    most: dict[bool, int] = {}
    for outcome in read_files([path], work=memory, processes=2):
        assert isinstance(outcome, PageResult)
        assert outcome.refusal is None
        _, kilobytes = outcome.result
        late = outcome.page > 20
        most[late] = max(most.get(late, 0), kilobytes)
    assert most[True] - most[False] < 8_000
