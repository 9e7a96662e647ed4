"""The whole application with the sample families, and a family without JavaScript."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from intake import clock
from intake.config import settings_from
from intake.consents.model import Consent
from intake.db.engine import Database
from intake.demo.run import demo_environ, prepare
from intake.demo.sample import add_sample, invite_all
from intake.installation import Installation, open_installation
from intake.messages.model import OutgoingMessage
from intake.roster.model import School
from intake.web.app import connect_subscribers, create_app

STROKES = (
    '{"width":300,"height":150,"strokes":[[[20,90],[60,20],[90,95],[120,30]],[[150,80],[220,40]]]}'
)
START = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)


@dataclass
class Clock:
    """The time that the application sees."""

    at: datetime = START

    def forward(self, by: timedelta) -> None:
        self.at += by


@dataclass
class Product:
    """The application and what lies behind it."""

    installation: Installation
    app: Flask
    links: dict[str, str]
    """Token of each sample family's personal link, by the student's external id."""
    clock: Clock

    @property
    def database(self) -> Database:
        return self.installation.database

    def family(self, language: str = "en", **environ: Any) -> "Family":
        return Family(self, self.app.test_client(), language, environ)

    def consents(self) -> list[Consent]:
        with self.database.read() as session:
            return list(session.scalars(select(Consent).order_by(Consent.signed_at)))

    def last_message(self, signing_id: str) -> str:
        with self.database.read() as session:
            query = (
                select(OutgoingMessage.body)
                .where(OutgoingMessage.session_id == signing_id)
                .order_by(OutgoingMessage.created_at.desc())
            )
            return session.scalars(query).first() or ""

    def school(self, name: str) -> str:
        with self.database.read() as session:
            return session.scalars(select(School.id).where(School.name == name)).one()


@dataclass
class Family:
    """A browser that knows only links and forms."""

    product: Product
    http: FlaskClient
    language: str
    environ: dict[str, Any] = field(default_factory=dict)
    page: TestResponse = field(init=False)

    def open(self, path: str) -> TestResponse:
        """Follow a link, and redirects."""
        self.page = self.http.get(path, follow_redirects=True, **self.environ)
        return self.page

    def send(self, **values: Any) -> TestResponse:
        """Fill in the page's form and press its first button."""
        return self.send_to(self.page.request.path, **values)

    def send_to(self, path: str, **values: Any) -> TestResponse:
        data = {"csrf_token": self.token(), **values}
        self.page = self.http.post(path, data=data, follow_redirects=True, **self.environ)
        return self.page

    def token(self) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.page.text)
        return found[1] if found else ""

    @property
    def step(self) -> str:
        """The last part of the page's address."""
        return self.page.request.path.rsplit("/", 1)[-1]

    @property
    def signing_id(self) -> str:
        return self.page.request.path.split("/")[3]

    @property
    def code(self) -> str:
        """The one-time code of the newest message."""
        found = re.search(r"(?<!\d)\d{6}(?!\d)", self.product.last_message(self.signing_id))
        assert found is not None
        return found[0]

    @property
    def receipt_code(self) -> str:
        """From the page: four groups of four."""
        found = re.search(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b", self.page.text)
        assert found is not None, self.page.text
        return found[0]

    def invited(self, external_id: str = "S-1001") -> "Family":
        self.open(f"/{self.language}/i/{self.product.links[external_id]}")
        return self

    def until(self, step: str, **answers: Any) -> "Family":
        """Answer every page from here on, up to this one; ``answers`` replace the usual ones."""
        for _ in range(15):
            if self.step == step:
                return self
            self.answer(**answers)
        raise AssertionError(f"never came to {step}, but to {self.step}")

    def answer(self, **answers: Any) -> "Family":
        """Answer this page, as usual but for ``answers``, and come to another one."""
        usual: dict[str, Any] = {
            "relationship": "parent", "signer_name": "Sarah Johnson",
            "contact_kind": "phone", "phone": "801-555-0142", "email": "sarah.johnson@example.org",
            "accept": "y", "decision": "yes", "scope": "everything",
            "method": "typed", "typed_name": "Sarah Johnson", "typed_agree": "y",
            "student_name": "Emma Johnson", "birth_date-day": "12", "birth_date-month": "4",
            "birth_date-year": "2016", "birth_date-calendar": "gregorian",
        }  # fmt: skip
        if self.step == "code":
            usual["code"] = self.code
        if self.step == "student":
            usual["school_id"] = self.product.school("Riverside Elementary School")
        before = self.page.request.path
        self.send(**{**usual, **answers})
        assert self.page.status_code == 200, self.page.text
        assert self.page.request.path != before, self.page.text
        return self

    def signed(self, external_id: str = "S-1001", **answers: Any) -> "Family":
        """The whole way from the personal link."""
        return self.invited(external_id).until("done", **answers)


@pytest.fixture
def product(
    tmp_path: Path,
    migrated_sqlite: Path,
    seal: Path,
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Product]:
    """A fresh product for each test; its database and its seal's key are copies."""
    shutil.copytree(seal, tmp_path, dirs_exist_ok=True)
    shutil.copy(migrated_sqlite, tmp_path / "intake.db")
    installation = _installation(tmp_path)
    connect_subscribers(installation)
    monkeypatch.setitem(app.extensions, "intake", installation)
    time = Clock()
    for module in ("intake.web.family.visit", "intake.web.app", "intake.web.desk.sessions"):
        monkeypatch.setattr(f"{module}.now", lambda: time.at)
    monkeypatch.setattr(clock, "now", lambda: time.at)
    with installation.database.begin() as session:
        add_sample(session, at=time.at)
        links = invite_all(session, at=time.at)
    yield Product(installation, app, links, time)
    installation.database.dispose()


@pytest.fixture(scope="package")
def app(seal: Path) -> Flask:
    """The application, made once; each test puts its own installation behind it."""
    return create_app(_installation(seal))


def _installation(folder: Path) -> Installation:
    return open_installation(settings_from(demo_environ(folder, port=8000, at=START)))


@pytest.fixture(scope="session")
def seal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demonstration's folder with its key: made once, for it takes a while."""
    folder = tmp_path_factory.mktemp("seal")
    prepare(folder, at=START)
    return folder
