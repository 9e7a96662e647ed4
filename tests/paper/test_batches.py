"""In = filed + review + blank + rejected, whatever comes and whenever the power goes."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from intake.audit import problems
from intake.documents.kept import KeptObjectGone, read_kept
from intake.documents.model import KeptKind, KeptObject
from intake.installation import Installation
from intake.paper import batches, filing, reading_files, sorting
from intake.paper.batches import BatchBusy, BatchClosed, BatchUnknown
from intake.paper.model import BatchState, OutcomeReason, PageOutcome, ScanBatch
from intake.paper.retention import destroy_due
from intake.paper.review import page_picture
from tests.paper.tray import (
    BLANK,
    FOREIGN,
    UNREAD,
    UNREAD_LETTER,
    Page,
    PowerCut,
    Tray,
    form,
    letter,
    no,
    picture,
    read,
    scan,
    text_page,
    yes,
)

REFUSED: Page = {"refused": "encrypted"}
BAD_PAGE: Page = {"refused": "crashed", "alone": True}


def test_the_same_bytes_are_taken_in_once(tray: Tray) -> None:
    content = scan([*yes(tray.printed(tray.student())), BLANK])
    told = tray.process(tray.batch(content, content))
    assert (told.pages, told.filed, told.blank, told.rejected) == (6, 2, 1, 3)
    assert told.counts[PageOutcome.REJECTED, OutcomeReason.ALREADY_TAKEN_IN] == 3
    again = tray.process(tray.batch(content))
    assert (again.pages, again.rejected) == (3, 3)
    assert len(tray.consents()) == 1
    tray.check()


def test_processing_again_changes_nothing(tray: Tray) -> None:
    batch = tray.batch(scan([*yes(tray.printed(tray.student())), UNREAD]))
    first = tray.process(batch)
    before = len(tray.events())
    assert tray.process(batch) == first
    assert len(tray.events()) == before


def test_a_refused_file_counts_and_the_rest_goes_on(tray: Tray) -> None:
    good = scan([*yes(tray.printed(tray.student())), BAD_PAGE])
    told = tray.process(tray.batch(scan([REFUSED]), good, scan([BLANK, REFUSED])))
    assert (told.pages, told.filed, told.blank, told.rejected) == (6, 2, 1, 3)
    assert [file.refusal for file in told.files] == ["encrypted", None, "encrypted"]
    assert tray.process(tray.batch(scan([REFUSED]))).files[0].same_as is None  # tried again


def test_a_batch_that_is_being_read_takes_no_more_files(tray: Tray) -> None:
    batch = tray.batch(scan([BLANK]))
    tray.process(batch)
    with pytest.raises(BatchClosed):
        tray.add(batch, b"[]")
    with pytest.raises(BatchUnknown):
        tray.add("nothing", b"[]")
    with pytest.raises(BatchUnknown):
        tray.process("nothing")


def test_only_one_reads_a_batch(tray: Tray) -> None:
    batch = tray.batch(scan([BLANK]))
    with tray.installation.database.begin() as session:
        session.get_one(ScanBatch, batch).claimed_until = tray.at + timedelta(minutes=5)
    with pytest.raises(BatchBusy):
        tray.process(batch)
    tray.later(600)
    with tray.installation.database.read() as session:
        assert batches.unfinished(session, at=tray.at + timedelta(hours=1)) == [batch]
    assert tray.process(batch).state is BatchState.DONE


def test_a_batch_left_before_it_was_read_is_read_when_its_file_comes_again(tray: Tray) -> None:
    content = scan(yes(tray.printed(tray.student())))
    left = tray.batch(content)
    tray.process(tray.batch(content))
    assert tray.summary(left).filed == 2
    assert len(tray.consents()) == 1


def test_a_file_name_is_only_shown(tray: Tray) -> None:
    batch = tray.batch()
    tray.add(batch, scan([BLANK]), "../../etc/pass\\wd.pdf")
    assert tray.process(batch).files[0].name == "wd.pdf"


def test_originals_are_kept_encrypted_and_audited(tray: Tray, tmp_path: Path) -> None:
    content = scan([UNREAD], salt="x" * 3_000_000)
    tray.process(tray.batch(content))
    with tray.installation.database.read() as session:
        kept = session.scalars(select(KeptObject).where(KeptObject.kind == KeptKind.ORIGINAL)).one()
        stored = tmp_path / "store" / kept.storage_path
        assert b"xxxx" not in stored.read_bytes()
        ring = tray.installation.database.keyring
        assert b"".join(read_kept(tray.installation.storage, ring, kept)) == content
    tray.check()
    whole = stored.read_bytes()
    for damaged in (whole[:-1], whole[: 2 * ((1 << 20) + 16)], whole[:99] + b"?" + whole[100:]):
        stored.write_bytes(damaged)
        found = list(problems(tray.installation.database, tray.installation.storage))
        assert found == [f"scan: scan {kept.id} was altered"]
    stored.unlink()
    [line] = problems(tray.installation.database, tray.installation.storage)
    assert "missing" in line


def test_retention_destroys_what_is_filed_and_never_what_waits(tray: Tray) -> None:
    filed = tray.take_in(*yes(tray.printed(tray.student())), BLANK)
    tray.take_in(UNREAD)
    assert destroy_due(tray.installation, at=tray.at + timedelta(days=364)) == 0
    assert destroy_due(tray.installation, at=tray.at + timedelta(days=366)) == 1
    assert destroy_due(tray.installation, at=tray.at + timedelta(days=366)) == 0
    with tray.installation.database.read() as session:
        gone = session.scalars(select(KeptObject).where(KeptObject.wrapped_key.is_(None))).all()
        assert len(gone) == 4
        ring = tray.installation.database.keyring
        with pytest.raises(KeptObjectGone):
            list(read_kept(tray.installation.storage, ring, gone[0]))
        item = tray.next()
        assert item is not None
        assert page_picture(session, tray.installation, item.page_ids[0]) == picture()
    assert tray.summary(filed.batch_id) == filed
    tray.check()


def test_a_failure_of_one_paper_leaves_the_others_alone(
    tray: Tray, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tray.student(), tray.student("Ali")
    seal, calls = filing._seal, itertools.count()

    def fails_once(*args: Any) -> Any:
        if next(calls) == 0:
            raise OSError("the disk")
        return seal(*args)

    monkeypatch.setattr(filing, "_seal", fails_once)
    told = tray.take_in(*yes(tray.printed(first)), *yes(tray.printed(second)))
    assert (told.filed, told.review) == (2, 2)
    tray.later(700)
    tray.settle()
    assert tray.permits(first)
    assert tray.permits(second)
    tray.check()


def cut_at(
    monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, count: int, *, after: bool
) -> None:
    """The power goes at the ``count``-th call, before or after its work."""
    work: Callable[..., Any] = getattr(owner, name)
    calls = itertools.count(1)

    def cut(*args: Any, **more: Any) -> Any:
        is_now = next(calls) == count
        if is_now and not after:
            raise PowerCut
        result = work(*args, **more)
        if is_now:
            raise PowerCut
        return result

    monkeypatch.setattr(owner, name, cut)


STEPS = [
    (reading_files, "_record_page"),
    (reading_files, "put_kept"),
    (reading_files, "keep"),
    (batches, "sort_batch"),
    (sorting, "_make_papers"),
    (sorting, "assess"),
    (sorting, "settle_or_postpone"),
    (filing, "assess"),
    (filing, "_seal"),
    (filing, "_record"),
    (filing, "_close"),
    (filing, "register"),
    (batches, "file_ready_papers"),
    (batches, "_finish"),
]


# Where a step is cut is a matter of our own transactions; that PostgreSQL keeps its own is enough
# to see at one step of each part.
ON_POSTGRESQL = {"_record_page", "_make_papers", "_record", "_finish"}
CUTS = [("sqlite", *step) for step in STEPS]
CUTS += [("postgresql", *step) for step in STEPS if step[1] in ON_POSTGRESQL]


@pytest.mark.parametrize(
    ("database_url", "owner", "name"),
    CUTS,
    ids=lambda part: getattr(part, "__name__", part),
    indirect=["database_url"],
)
def test_a_power_cut_anywhere_changes_nothing_in_the_end(
    tray: Tray, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str
) -> None:
    for count, after in itertools.product((1, 2), (False, True)):
        one, two, three = (tray.student(n) for n in ("Ann A", "Ben B", "Cyd C"))
        tray.take_in(*yes(tray.printed(two)))
        pages = [
            *yes(tray.printed(one)),
            letter(tray.letter_for(two)),
            *no(tray.printed(three)),
            BLANK,
            UNREAD,
        ]
        batch = tray.batch(scan(pages, salt=f"{count}{after}"))
        with monkeypatch.context() as patched:
            cut_at(patched, owner, name, count, after=after)
            try:
                tray.process(batch)
            except PowerCut:
                tray.later(1000)
        read_again: list[int] = []

        def counting(file: Path, *, without: Any, seen: list[int] = read_again) -> Any:
            for page in read(file, without=without):
                seen.append(page.number or 0)
                yield page

        told = tray.process(batch, counting)
        assert (told.pages, told.filed, told.blank, told.review) == (7, 5, 1, 1)
        if owner is not reading_files:
            assert read_again == []
        assert tray.permits(one)
        assert not tray.permits(two)
        assert not tray.permits(three)
        tray.check()


PAGES = st.sampled_from(
    [
        BLANK, FOREIGN, UNREAD, UNREAD_LETTER, REFUSED, BAD_PAGE,
        *yes("0000000001"), *no("0000000001"), *yes("0000000002", signature="unsure"),
        *no("0000000003"), *yes("0000000003"), letter("0000000004"),
        letter("0000000005", signature="absent"), text_page("0000000006", version="2031-1"),
        form("0000000006", choice="both", reasons=["choice_both"]),
        form("0000000001", choice="yes", reasons=["controls"]),
        form("0000000007", choice="yes", reasons=["codes_differ"]),
    ]
)  # fmt: skip


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_every_page_of_every_upload_is_accounted_for(data: Any, tray: Tray) -> None:
    files = data.draw(st.lists(st.lists(PAGES, max_size=6), min_size=1, max_size=4))
    told = tray.process(tray.batch(*(scan(pages) for pages in files)))
    assert told.unsorted == 0
    assert told.pages == told.filed + told.review + told.blank + told.rejected
    for file in told.files:
        assert file.pages >= (1 if file.same_as or file.refusal else 0)
    known = {tuple(map(str, f)) for f in files}
    if len(known) == len(files) and all(f.same_as is None for f in told.files):
        expected = sum(
            pages.index(REFUSED) + 1 if REFUSED in pages else len(pages) for pages in files
        )
        assert told.pages == expected
    tray.check()


def test_the_worker_goes_on_with_what_was_left(tray: Tray) -> None:
    from intake.worker import Worker  # noqa: PLC0415

    batch = tray.batch(scan(yes(tray.printed(tray.student()))))
    with tray.installation.database.begin() as session:
        batches.close_batch(session, batch)
    worker = Worker(tray.installation, {}, reader=read)
    worker._read_scans(tray.at)
    assert tray.summary(batch).filed == 2


def test_the_worker_watches_a_folder(
    tray: Tray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from intake.paper import folder  # noqa: PLC0415
    from intake.worker import Worker  # noqa: PLC0415

    monkeypatch.setattr(folder, "_QUIET", -1.0)
    place = tmp_path / "scanner"
    place.mkdir()
    settings_ = replace(tray.settings, scan_folder=place)
    installation: Installation = replace(tray.installation, settings=settings_)
    (place / "stack.pdf").write_bytes(scan(yes(tray.printed(tray.student()))))
    (place / "growing.pdf").write_bytes(b"[")
    (place / ".hidden.pdf").write_bytes(b"[")
    (place / "other.pdf.part").write_bytes(b"[")
    (tmp_path / "secret").write_bytes(b"[]")
    (place / "link.pdf").symlink_to(tmp_path / "secret")
    worker = Worker(installation, {}, reader=read)
    worker._read_scans(tray.at)
    assert tray.consents() == []
    (place / "growing.pdf").write_bytes(b'[""')
    worker._read_scans(tray.at)
    assert len(tray.consents()) == 1
    left = {path.name for path in place.iterdir()}
    assert left >= {"growing.pdf", "link.pdf", ".hidden.pdf", "other.pdf.part"}
    assert "stack.pdf" not in left
    assert len(list((place / "taken").iterdir())) == 1
