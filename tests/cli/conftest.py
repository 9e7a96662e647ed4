"""An installation of its own for each test, and the command run as its console script runs it."""

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import select

from forms.choices import ContactKind, Relationship, SignatureMethod
from intake.cli import main
from intake.config import settings_from
from intake.consents.model import Consent
from intake.consents.signing_sessions import start_signing, verify_contact
from intake.consents.states import SigningPurpose
from intake.demo.run import demo_environ
from intake.demo.sample import add_sample
from intake.documents.store import read_document
from intake.evidence import GivenSignature
from intake.installation import Installation, open_installation
from intake.messages.contacts import Contact
from intake.roster.model import Student
from intake.schema import upgrade
from intake.setting_docs import SETTINGS
from intake.signing import StudentFacts, WaiverSubmission, submit_waiver
from tests.conftest import drop_postgresql, fresh_postgresql, tables_postgresql

AT = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it wrote."""

    status: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """``intake`` with these arguments, in this process: its status and what it wrote."""

    def run(*arguments: str, typed: str = "") -> Ran:
        monkeypatch.setattr(sys, "argv", ["intake", *arguments])
        monkeypatch.setattr(sys, "stdin", StringIO(typed))
        capsys.readouterr()
        try:
            main()
            status = 0
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else 1
        wrote = capsys.readouterr()
        return Ran(status, wrote.out, wrote.err)

    return run


@pytest.fixture
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without a single setting of ours."""
    for setting in SETTINGS:
        monkeypatch.delenv(setting.name, raising=False)


@pytest.fixture(params=["sqlite"])
def empty_database_url(
    request: pytest.FixtureRequest, tmp_path: Path, tables_sqlite: Path
) -> Iterator[str]:
    """Commands are thin: what they call is tested on both engines, they themselves on one."""
    yield from empty_database(request, tmp_path, tables_sqlite)


def empty_database(
    request: pytest.FixtureRequest, tmp_path: Path, tables_sqlite: Path
) -> Iterator[str]:
    """Nothing in it; for ``installed`` the tables, copied, which is quicker than migrating."""
    is_installed = "installed" in request.fixturenames
    if request.param == "sqlite":
        if is_installed:
            shutil.copy(tables_sqlite, tmp_path / "intake.db")
        yield f"sqlite:///{tmp_path / 'intake.db'}"
    else:
        url = fresh_postgresql(tables_postgresql()) if is_installed else fresh_postgresql()
        yield url
        drop_postgresql(url)


@pytest.fixture
def environ(
    tmp_path: Path, no_settings: None, monkeypatch: pytest.MonkeyPatch, empty_database_url: str
) -> dict[str, str]:
    """Every setting of an installation whose database is empty, in the environment."""
    made = demo_environ(tmp_path, port=8000, at=AT)
    made["INTAKE_DATABASE_URL"] = empty_database_url
    for name, value in made.items():
        monkeypatch.setenv(name, value)
    return made


@pytest.fixture
def installed(environ: dict[str, str]) -> Installation:
    """The same with the schema, the sample families, and one signed waiver."""
    installation = open_installation(settings_from(environ))
    upgrade(installation.database)
    with installation.database.begin() as session:
        add_sample(session, at=AT)
    sign_as_sarah(installation)
    return installation


def sign_as_sarah(installation: Installation) -> Consent:
    """Sarah Johnson says yes for Emma, her phone proven."""
    phone = Contact(ContactKind.PHONE, "+18015550142")
    with installation.database.begin() as session:
        student = session.scalars(select(Student).where(Student.external_id == "S-1001")).one()
        signing = start_signing(session, SigningPurpose.WAIVER, at=AT, student_id=student.id)
        verify_contact(signing, phone.stored, at=AT)
    return submit_waiver(
        installation,
        WaiverSubmission(
            signing_id=signing.id,
            language="en",
            student=StudentFacts(student.name, student.birth_date, student.school_id, student.id),
            signer_name="Sarah Johnson",
            relationship=Relationship.PARENT,
            contact=phone,
            granted=True,
            signature=GivenSignature(SignatureMethod.TYPED, "Sarah Johnson", None, None),
        ),
        at=AT,
    )


@pytest.fixture
def sealed(installed: Installation, tmp_path: Path) -> Path:
    """The waiver that was signed, as a file."""
    with installed.database.read() as session:
        [sha256] = session.scalars(select(Consent.document_sha256)).all()
        pdf = read_document(session, installed.storage, sha256)
    file = tmp_path / "waiver.pdf"
    file.write_bytes(pdf)
    return file
