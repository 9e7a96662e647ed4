"""A version is offered when a person has published it, from its day on; signed, it is frozen."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from forms.document import Document, UnknownDocument, load
from intake.consents.ledger import Actor
from intake.consents.model import Consent
from intake.consents.states import ActorKind, ConsentState
from intake.db.engine import Database
from intake.documents.in_force import current, offered_codes, versions_of
from intake.documents.model import DocumentRelease
from intake.documents.names import WAIVER
from intake.documents.release_record import release_problems
from intake.documents.releases import (
    Refusal,
    ReleaseRefused,
    changed_after_signing,
    is_published,
    publish,
    publish_tree,
    releases,
    start_releases,
    versions_in_force,
    withdraw,
)
from intake.roster.model import Student
from intake.roster.students import add_school
from tests.conftest import NOW, RING, ZONE
from tests.documents.trees import NEWER, use_tree
from tests.figures.crowd import consent_row, student_row

TODAY = date(2026, 11, 23)
SOON = TODAY + timedelta(days=30)
ROSA = Actor(ActorKind.STAFF, "rosa")


@pytest.fixture
def database(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Database]:
    """On SQLite only: every upgrade writes and reads the record on both engines."""
    shutil.copy(migrated_sqlite, tmp_path / "intake.db")
    database = Database(f"sqlite:///{tmp_path / 'intake.db'}", RING)
    yield database
    database.dispose()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.begin() as session:
        yield session


Tree = Callable[..., Path]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    """Replace the documents: see ``use_tree``."""
    return partial(use_tree, monkeypatch, tmp_path)


def put(
    session: Session, document: Document, *, on: date = TODAY, today: date = TODAY
) -> DocumentRelease:
    return publish(session, document, in_force_from=on, today=today, by=ROSA, at=NOW)


def refused(session: Session, document: Document, **days: date) -> Refusal:
    with pytest.raises(ReleaseRefused) as caught:
        put(session, document, **days)
    return caught.value.reason


def signed(session: Session, language: str) -> None:
    """One waiver in this language."""
    row = student_row(add_school(session, "Riverside").id, language, NOW)
    session.execute(insert(Student), [row])
    consent = {**consent_row(row["id"], ConsentState.ACTIVE, NOW), "language": language}
    session.execute(insert(Consent), [consent])


def test_what_an_installation_begins_with_is_in_force(session: Session) -> None:
    found = versions_in_force(session, TODAY)[WAIVER]
    assert found.version == "2026-1"
    assert found.texts["ksw"] == load(WAIVER).text("ksw").sha256
    count = len(releases(session))
    start_releases(session, at=NOW)  # the next upgrade
    assert len(releases(session)) == count


def test_a_draft_is_offered_to_nobody(database: Database, tree: Tree) -> None:
    tree(draft=True)
    assert load(WAIVER).version == NEWER
    with versions_of(database, ZONE):
        assert current(WAIVER).version == "2026-1"
    with database.begin() as session:
        start_releases(session, at=NOW)
        assert not is_published(session, load(WAIVER), "en", on=TODAY)


def test_a_version_takes_the_older_ones_place_on_its_day(session: Session, tree: Tree) -> None:
    tree(draft=True)
    put(session, load(WAIVER), on=SOON)
    before = versions_in_force(session, SOON - timedelta(days=1))[WAIVER]
    after = versions_in_force(session, SOON)[WAIVER]
    assert (before.version, after.version, after.since) == ("2026-1", NEWER, SOON)
    assert not is_published(session, load(WAIVER), "en", on=TODAY)
    assert is_published(session, load(WAIVER), "en", on=SOON)


def test_a_publication_can_be_taken_back_before_its_day(session: Session, tree: Tree) -> None:
    tree(draft=True)
    release = put(session, load(WAIVER), on=SOON)
    withdraw(session, release.sequence, today=TODAY, by=ROSA, at=NOW)
    assert versions_in_force(session, SOON)[WAIVER].version == "2026-1"
    with pytest.raises(ReleaseRefused, match="unknown"):
        withdraw(session, release.sequence, today=TODAY, by=ROSA, at=NOW)
    again = put(session, load(WAIVER), on=SOON)
    with pytest.raises(ReleaseRefused, match="in_the_past"):
        withdraw(session, again.sequence, today=SOON, by=ROSA, at=NOW)


def test_what_can_not_be_published_is_refused(session: Session, tree: Tree) -> None:
    assert refused(session, load(WAIVER)) is Refusal.NOTHING_NEW
    tree(draft=True)
    assert refused(session, load(WAIVER), on=TODAY - timedelta(days=1)) is Refusal.IN_THE_PAST
    put(session, load(WAIVER), on=SOON)
    assert refused(session, load(WAIVER, "2026-1")) is Refusal.OLDER
    tree(without="en")
    assert refused(session, load(WAIVER, "2026-1")) is Refusal.NOT_WHOLE


def test_a_changed_language_is_a_draft_until_it_is_published_too(
    database: Database, tree: Tree
) -> None:
    tree(changed="es")
    with versions_of(database, ZONE):
        assert "es" not in offered_codes(WAIVER)
        assert "so" in offered_codes(WAIVER)
    with database.begin() as session:
        assert changed_after_signing(session) == []
        put(session, load(WAIVER))
    with versions_of(database, ZONE):
        assert "es" in offered_codes(WAIVER)


def test_a_text_that_somebody_signed_is_frozen(session: Session, tree: Tree) -> None:
    signed(session, "es")
    tree(changed="es")
    (changed,) = changed_after_signing(session)
    assert str(changed).startswith("ferpa_waiver/2026-1/es.toml was changed or removed after")
    assert refused(session, load(WAIVER)) is Refusal.SIGNED
    publish_tree(session, at=NOW)  # a demonstration doesn't go around it either
    assert changed_after_signing(session) == [changed]


def test_a_signed_text_that_is_gone_is_found_too(session: Session, tree: Tree) -> None:
    signed(session, "es")
    tree(without="es")
    assert [one.language for one in changed_after_signing(session)] == ["es"]


def test_a_demonstration_follows_its_tree(session: Session, tree: Tree) -> None:
    tree(draft=True, changed="so")
    publish_tree(session, at=datetime(2026, 11, 23, 21, tzinfo=UTC))
    assert versions_in_force(session, TODAY)[WAIVER].version == NEWER


def test_the_record_shows_what_was_altered_or_cut_off(session: Session) -> None:
    assert list(release_problems(session)) == []
    last = releases(session)[-1].sequence
    session.execute(
        update(DocumentRelease).where(DocumentRelease.sequence == 2).values(version="2026-9")
    )
    session.expire_all()
    (line,) = release_problems(session)
    assert line == "document release 2 was altered, or the one before it"
    session.execute(delete(DocumentRelease).where(DocumentRelease.sequence == last))
    session.expire_all()
    assert list(release_problems(session))[-1].endswith("their head names another end")


def test_a_version_that_the_tree_has_lost_is_no_document(database: Database, tree: Tree) -> None:
    root = tree(draft=True)
    with database.begin() as session:
        put(session, load(WAIVER))
    shutil.rmtree(root / WAIVER / NEWER)
    tree()
    with versions_of(database, ZONE), pytest.raises(UnknownDocument):
        current(WAIVER)
    with versions_of(database, ZONE):
        assert offered_codes(WAIVER) == ()
