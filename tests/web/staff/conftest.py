"""The real application with two schools that have one of everything, and staff of each kind."""

import hashlib
import re
import shutil
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask, session
from flask.testing import FlaskClient
from sqlalchemy import select, text, update

from forms.choices import Relationship
from intake.accounts.model import Role, Staff
from intake.clock import now
from intake.concerns.violations import Report, report
from intake.config import settings_from
from intake.consents.model import Revocation
from intake.db.base import Base, new_id
from intake.db.engine import Database
from intake.demo.run import demo_environ
from intake.disclosures.copies import CopyRequest
from intake.documents.interpreters import ask_for_interpreter
from intake.documents.store import Storage
from intake.installation import Installation
from intake.paper.batches import open_batch
from intake.paper.model import BatchSource, ReviewItem, ScannedPaper, ScanPage
from intake.partners.model import PartnerClass
from intake.partners.registry import add_partner
from intake.roster.model import School
from intake.roster.students import add_school
from intake.web.app import create_app
from intake.web.desk.sessions import begin_session
from tests.conftest import RING
from tests.paper.tray import UNREAD, Tray, scan, sealer
from tests.web.desk.conftest import Desk
from tests.web.desk.stack import doubtful

NOBODY = "7d4f0e1a-4b3e-4d1c-9a53-0d0d6c0f8a11"
"""An id that nothing has."""
_SEALED = re.compile(r'name="csrf_token" (?:type="hidden" )?value="([^"]+)"')


@dataclass(frozen=True)
class Things:
    """One of everything at one school; the fields are the names that addresses have for ids."""

    school_id: str
    roster_id: str
    consent_id: str
    waiting_id: str
    """Of a consent whose signer nobody has confirmed."""
    revocation_id: str
    student_id: str
    """Typed, not matched yet."""
    item_id: str
    page_id: str
    batch_id: str
    copy_id: str
    violation_id: str


@dataclass
class World:
    """The application and what is in its database."""

    app: Flask
    installation: Installation
    ours: Things
    theirs: Things
    interpreter_id: str

    @property
    def database(self) -> Database:
        return self.installation.database

    def hire(self, *roles: Role, schools: Collection[str] | None = None) -> Staff:
        staff_id = new_id()
        staff = Staff(
            id=staff_id, email=f"{staff_id}@example.org", name="Ann <A>", password_hash="x",
            session_key=new_id(), roles=sorted(roles),
            schools=None if schools is None else sorted(schools), created_at=now(),
        )  # fmt: skip
        with self.database.begin() as database:
            database.add(staff)
        return staff

    def browser(self, staff: Staff | None) -> FlaskClient:
        """A browser in which they are signed in, without the pages for it."""
        client = self.app.test_client()
        if staff is None:
            return client
        with self.app.test_request_context():
            begin_session(staff, at=now())
            signed_in = dict(session)
        with client.session_transaction() as kept:
            kept.update(signed_in)
        return client

    def token(self, browser: FlaskClient) -> str:
        """Any page has the form that signs out."""
        found = _SEALED.search(browser.get("/desk/nothing").text)
        assert found is not None
        return found[1]

    def free_questions(self) -> None:
        """Let whoever took a question give it back."""
        with self.database.begin() as database:
            database.execute(update(ReviewItem).values(claimed_by=None, claimed_until=None))

    def state(self, *, without: Collection[str] = ()) -> str:
        """A hash of every table."""
        digest = hashlib.sha256()
        with self.database.read() as database:
            for name in sorted(Base.metadata.tables.keys() - set(without)):
                rows = database.execute(text(f"SELECT * FROM {name}")).all()  # noqa: S608
                digest.update(f"{name}{sorted(map(repr, rows))}".encode())
        return digest.hexdigest()


@pytest.fixture(scope="package")
def world(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("staff")
    shutil.copy(migrated_sqlite, folder / "intake.db")
    settings = settings_from(demo_environ(folder, port=8000, at=now()))
    installation = Installation(
        settings=replace(settings, demo=False),
        database=Database(f"sqlite:///{folder / 'intake.db'}", RING),
        storage=Storage((folder / "store").as_uri()),
        sealer=sealer(),
        certificate=b"",
    )
    app = create_app(installation)
    app.testing = True
    with installation.database.begin() as database:
        add_partner(database, "tutors", "Tutors West", PartnerClass.COMMUNITY, at=now())
        asked = ask_for_interpreter(
            database, language="ksw", contact="801 555 0142", wish="", address="", at=now()
        )
        schools = [add_school(database, name).id for name in ("Ours Elementary", "Theirs Junior")]
    yield World(
        app,
        installation,
        _things(app, installation, schools[0], "Adam Ourson"),
        _things(app, installation, schools[1], "Zebedee Theirson"),
        asked.id,
    )
    installation.database.dispose()


def _things(app: Flask, installation: Installation, school_id: str, name: str) -> Things:
    with installation.database.begin() as database:
        school = database.get_one(School, school_id)
        bringer = Staff(
            id=new_id(), email=f"{school_id}@example.org", name="Bringer", password_hash="x",
            session_key=new_id(), roles=[Role.FRONT_DESK], schools=[school_id], created_at=now(),
        )  # fmt: skip
        database.add(bringer)
    desk = Desk(installation, app.test_client(), bringer, school)
    student = desk.enrol(name)
    consent = desk.sign(student, ago=timedelta(hours=2))
    desk.sign(student, granted=False)
    typed = desk.type_student(f"{name} Junior", date(2018, 2, 3))
    waiting = desk.sign(typed, known=False)
    tray = Tray(installation, now() - timedelta(hours=1))
    paper = _papers(tray, doubtful(tray.printed(student.id)), brought_by=bringer.id)
    with installation.database.begin() as database:
        revocation = database.scalars(
            select(Revocation).where(Revocation.student_id == student.id)
        ).one()
        item = database.scalars(select(ReviewItem).where(ReviewItem.paper_id == paper.id)).one()
        page = select(ScanPage).where(ScanPage.paper_id == paper.id).order_by(ScanPage.number)
        page_id = database.scalars(page).all()[-1].id
        asked = CopyRequest(
            student_id=student.id, relationship_kind=Relationship.PARENT,
            requester_name="Naw Mu", contact="phone:+18015550142", language="en",
            disclosures=[], requested_at=now(),
        )  # fmt: skip
        database.add(asked)
        database.flush()
        reported = Report("A list lay on the bus", student_id=student.id)
        violation = report(database, installation.settings, reported, staff_id=bringer.id, at=now())
        return Things(
            school_id, student.id, consent.id, waiting.id, revocation.id, typed.id, item.id,
            page_id, paper.batch_id, asked.id, violation.id,
        )  # fmt: skip


def _papers(tray: Tray, pages: list[dict[str, object]], *, brought_by: str | None) -> ScannedPaper:
    """One paper, brought by somebody, read and sorted."""
    with tray.installation.database.begin() as database:
        batch = open_batch(
            database, source=BatchSource.DESK, created_by=brought_by, at=tray.later()
        )
    tray.add(batch.id, scan(pages, salt=batch.id))
    tray.process(batch.id)
    with tray.installation.database.read() as database:
        query = select(ScannedPaper).where(ScannedPaper.batch_id == batch.id)
        return database.scalars(query.order_by(ScannedPaper.created_at)).all()[-1]


BringUnread = Callable[[str | None], ScannedPaper]


@pytest.fixture(scope="package")
def unread(world: World) -> BringUnread:
    """A paper whose student nobody knows yet, brought by this account."""
    tray = Tray(world.installation, now() - timedelta(minutes=30))

    def bring(staff_id: str | None) -> ScannedPaper:
        return _papers(tray, [UNREAD], brought_by=staff_id)

    return bring
