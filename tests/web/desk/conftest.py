"""A desk with a story: a roster family, a family that typed its student, and Rosa at the desk."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from forms.choices import Relationship
from intake.accounts.model import Staff
from intake.accounts.staff import add_staff
from intake.clock import now as real_now
from intake.config import Settings
from intake.consents.answer import SignedText, Signer, WaiverAnswer, record_answer
from intake.consents.dates import working_days_after
from intake.consents.model import Consent
from intake.consents.states import Assurance, Channel
from intake.consents.tokens import new_receipt_code
from intake.db.base import new_id
from intake.db.engine import Database
from intake.documents.model import DocumentKind
from intake.documents.store import Storage, register
from intake.installation import Installation
from intake.roster.model import School, Student
from intake.roster.students import add_school, add_student, typed_student
from intake.schema import upgrade
from intake.web.accounts import blueprint as accounts
from intake.web.coordinator import blueprint as coordinator
from intake.web.desk import blueprint, init_login
from intake.web.wording import init_wording
from tests.conftest import RING
from tests.paper.tray import sealer
from tests.staff import EVERY_ROLE, make_ready, second_step

PASSWORD = "marble tent quick fox"
EMAIL = "rosa@example.org"


@dataclass
class Desk:
    """The application, a browser, and what the tests put into the database."""

    context: Installation
    browser: FlaskClient
    staff: Staff
    school: School

    @property
    def database(self) -> Database:
        return self.context.database

    def sign_in(self, password: str = PASSWORD, *, after: str = "/desk/sign-in") -> TestResponse:
        """Email and password, then the code of Rosa's app."""
        asked = self.post("/desk/sign-in", {"email": EMAIL, "password": password}, shown_at=after)
        return second_step(self.database, self.browser, asked)

    def post(self, path: str, values: dict[str, str], *, shown_at: str) -> TestResponse:
        """Post a form with the token of the page it was shown on."""
        token = csrf_token(self.browser.get(shown_at))
        return self.browser.post(path, data={"csrf_token": token, **values})

    def enrol(self, name: str, birth_date: date = date(2019, 5, 4)) -> Student:
        with self.database.begin() as session:
            return add_student(
                session, school=self.school, name=name, birth_date=birth_date, at=real_now()
            )

    def type_student(self, name: str, birth_date: date = date(2019, 5, 4)) -> Student:
        with self.database.begin() as session:
            return typed_student(
                session, school=self.school, name=name, birth_date=birth_date, at=real_now()
            )

    def sign(
        self,
        student: Student,
        *,
        signer: str = "Naw Mu",
        granted: bool = True,
        known: bool = True,
        language: str = "ksw",
        ago: timedelta = timedelta(hours=1),
    ) -> Consent:
        """A waiver's answer with a stored document, signed that long ago."""
        at = real_now() - ago
        pdf = f"%PDF-1.7 waiver of {student.id} at {at}".encode()
        stored = self.context.storage.put(RING, pdf)
        answer = WaiverAnswer(
            id=new_id(),
            student_id=student.id,
            birth_date=student.birth_date,
            signer=Signer(
                signer,
                Relationship.PARENT,
                Assurance.ON_RECORD_CONTACT if known else Assurance.SELF_ASSERTED,
                "phone:+18015550142",
            ),
            text=SignedText(
                "ferpa_waiver", "2026-1", language, "a" * 64, ("grades",), ("support",), ("x",)
            ),
            granted=granted,
            channel=Channel.ONLINE,
            signed_at=at,
            signed_on=at.date(),
            valid_until=date(2027, 6, 30),
            receipt_code=new_receipt_code(),
            document_sha256=stored.sha256,
            signing_id=None,
            invitation_id=None,
        )
        with self.database.begin() as session:
            register(session, stored, DocumentKind.WAIVER, at=at)
            return record_answer(session, answer, due_at=working_days_after(at, 2))

    def consent(self, consent_id: str) -> Consent:
        with self.database.read() as session:
            return session.get_one(Consent, consent_id)


def csrf_token(page: TestResponse) -> str:
    """The token of the last form on a page; all forms of a session share one."""
    tokens: list[str] = re.findall(r'name="csrf_token" type="hidden" value="([^"]+)"', page.text)
    return tokens[-1]


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the whole schema, to copy: migrating anew for every page would take longer."""
    file = tmp_path_factory.mktemp("desk") / "empty.db"
    database = Database(f"sqlite:///{file}", RING)
    upgrade(database)
    database.dispose()
    return file


@pytest.fixture
def desk(tmp_path: Path, empty_database: Path) -> Iterator[Desk]:
    file = shutil.copy(empty_database, tmp_path / "intake.db")
    database = Database(f"sqlite:///{file}", RING)
    context = Installation(
        settings=_settings(),
        database=database,
        storage=Storage(f"file://{tmp_path / 'store'}"),
        sealer=sealer(),
        certificate=b"",
    )
    app = _app(context)
    with database.begin() as session:
        staff = add_staff(
            session,
            roles=EVERY_ROLE,
            email=EMAIL,
            name="Rosa",
            password=PASSWORD,
            at=datetime.fromisoformat("2026-11-01T12:00:00+00:00"),
        )
        make_ready(session, staff)
        school = add_school(session, "Granite Park Junior High")
    yield Desk(context, app.test_client(), staff, school)
    database.dispose()


@pytest.fixture
def signed_in(desk: Desk) -> Desk:
    assert desk.sign_in().status_code == 303
    return desk


def _app(context: Installation) -> Flask:
    app = Flask("intake.web")
    app.secret_key = "only for tests"
    app.extensions["intake"] = context
    init_wording(app)
    init_login(app)
    for pages in (blueprint, coordinator, accounts):
        app.register_blueprint(pages)
    return app


def _settings() -> Settings:
    return Settings(
        database_url="",
        storage_url="",
        secret_keys=(),
        base_url="https://waivers.example.org",
        seal_key_file=Path(),
        seal_certificate_file=Path(),
        time_zone=ZoneInfo("America/Denver"),
        partnership="Promise Partnership",
        partnership_phone="+18015550100",
        partnership_email="help@example.org",
        consent_end_date=date(2027, 6, 30),
        phone_region="US",
        twilio=None,
        smtp_url=None,
        email_from="help@example.org",
        revocation_deadline_days=2,
        trusted_proxies=0,
        demo=False,
    )
