"""A school whose families are asked by a campaign, and a clock that goes when it is told to."""

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from forms.choices import ContactKind, Relationship
from intake.campaigns import control
from intake.campaigns.answers import answer_subscriber
from intake.campaigns.control import Plan
from intake.campaigns.following import follow_up
from intake.campaigns.model import Campaign, Recipient, Way
from intake.campaigns.planning import plan_due
from intake.campaigns.preview import Numbers, count
from intake.campaigns.progress import Progress, progress
from intake.campaigns.sending import send_due
from intake.config import Settings, TwilioSettings
from intake.db.engine import Database
from intake.messages.configured import contact_limits
from intake.messages.contacts import Contact
from intake.messages.flags import flag_contact
from intake.messages.model import FlagReason, MessageKind, OutgoingMessage, StopChannel
from intake.messages.optouts import stop
from intake.messages.sender import send_due as post
from intake.messages.transport import Dispatch, PermanentFailure, Sent, TemporaryFailure
from intake.roster.model import School, Student
from intake.roster.scope import EVERY_SCHOOL, SchoolScope
from intake.roster.students import add_contact, add_guardian, add_school, add_student
from tests.conftest import RING, ZONE
from tests.consents.story import Story
from tests.fakes.twilio_api import ACCOUNT_SID, AUTH_TOKEN

STAFF = "staff-1"
MOTHER, FATHER, OTHER = "+18015550142", "father@example.org", "+18015550143"


def settings_of_tests() -> Settings:
    """An installation that has texts and emails; the tests hand them over themselves."""
    return Settings(
        database_url="",
        storage_url="",
        secret_keys=(),
        base_url="https://waivers.example.org",
        seal_key_file=Path(),
        seal_certificate_file=Path(),
        time_zone=ZONE,
        partnership="Promise Partnership",
        partnership_phone="+18015550100",
        partnership_email="help@example.org",
        consent_end_date=date(2027, 6, 30),
        phone_region="US",
        twilio=TwilioSettings(ACCOUNT_SID, AUTH_TOKEN, "+15005550006", None),
        smtp_url="smtp://127.0.0.1",
        email_from="help@example.org",
        revocation_deadline_days=2,
        trusted_proxies=0,
        demo=False,
    )


@dataclass
class Post:
    """Takes what it is given, unless it is told to fail for an address."""

    keeps_body = False
    taken: list[Dispatch] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    loses: set[str] = field(default_factory=set)
    """Its answers for these are lost on the way."""

    def send(self, message: Dispatch) -> Sent:
        if message.recipient in self.refuses:
            raise PermanentFailure("Twilio 21211")
        self.taken.append(message)
        if message.recipient in self.loses:
            raise TemporaryFailure("no answer in time", maybe_taken=True)
        return Sent(f"SM{len(self.taken)}")

    @property
    def counts(self) -> Counter[str]:
        """How many messages each address got."""
        return Counter(message.recipient for message in self.taken)


@dataclass
class Scene:
    """One database, one school, one provider."""

    database: Database
    settings: Settings = field(default_factory=settings_of_tests)
    post: Post = field(default_factory=Post)
    story: Story = field(init=False)
    school: School = field(init=False)

    def __post_init__(self) -> None:
        self.story = Story(self.database)
        with self.database.begin() as session:
            self.school = add_school(session, "Riverside Elementary School")

    @property
    def at(self) -> datetime:
        return self.story.at

    def later(self, **time: float) -> None:
        self.story.at += timedelta(**time)

    def enrol(
        self,
        *guardians: Sequence[str],
        name: str = "Emma Johnson",
        born: date = date(2015, 4, 12),
        language: str | None = "en",
        own: Sequence[str] = (),
        school: School | None = None,
        grade: str = "05",
    ) -> str:
        """A student; each guardian (and ``own``: the student) by phone numbers and emails."""
        with self.database.begin() as session:
            student = add_student(
                session, school=school or self.school, name=name, birth_date=born, at=self.at,
                language=language,
            )  # fmt: skip
            student.grade = grade
            for values in guardians:
                guardian = add_guardian(
                    session, student=student, name="Sarah", relationship=Relationship.PARENT
                )
                for value in values:
                    add_contact(session, student, _kind(value), value, guardian)
            for value in own:
                add_contact(session, student, _kind(value), value)
            return student.id

    def change(self, student_id: str, **values: object) -> None:
        with self.database.begin() as session:
            student = session.get_one(Student, student_id)
            for name, value in values.items():
                setattr(student, name, value)

    def opts_out(self, value: str) -> None:
        with self.database.begin() as session:
            stop(session, Contact(_kind(value), value), channel=StopChannel.SMS, at=self.at)

    def wrong_number(self, value: str) -> None:
        with self.database.begin() as session:
            flag_contact(
                session, Contact(_kind(value), value), FlagReason.WRONG_PERSON, code="reply",
                at=self.at,
            )  # fmt: skip

    def draft(self, *, scope: SchoolScope = EVERY_SCHOOL, **plan: object) -> Campaign:
        chosen = {"name": "Autumn", "document": "ferpa_waiver", "version": "2026-1",
                  "ways": list(Way), **plan}  # fmt: skip
        with self.database.begin() as session:
            return control.create(
                session,
                Plan(**chosen),
                scope=scope,
                staff_id=STAFF,
                at=self.at,  # type: ignore[arg-type]
            )

    def count(self, campaign: Campaign) -> Numbers:
        return count(self.database, self.settings, campaign.id, at=self.at)

    def started(self, **plan: object) -> Campaign:
        """A campaign whose recipients are made."""
        campaign = self.draft(**plan)
        self.count(campaign)
        self.act(campaign, control.start, confirmed=self.at.isoformat())
        while plan_due(self.database, self.settings, at=self.at):
            pass
        return campaign

    def act(self, campaign: Campaign, action: object, **values: object) -> None:
        with self.database.begin() as session:
            found = control.find(session, campaign.id, EVERY_SCHOOL, lock=True)
            action(session, found, staff_id=STAFF, at=self.at, **values)  # type: ignore[operator]

    def send(self) -> int:
        """One round of a worker: queue what is due, hand it over, learn from it."""
        before = len(self.post.taken)
        send_due(self.database, self.settings, at=self.at)
        transports = dict.fromkeys(MessageKind, self.post)
        limits = contact_limits(self.settings)
        while post(self.database, transports, at=self.at, limits=limits):
            pass
        follow_up(self.database, self.settings, at=self.at)
        return len(self.post.taken) - before

    def recipients(self, campaign: Campaign) -> list[Recipient]:
        with self.database.read() as session:
            query = select(Recipient).where(Recipient.campaign_id == campaign.id)
            return list(session.scalars(query.order_by(Recipient.id)))

    def messages(self) -> list[OutgoingMessage]:
        with self.database.read() as session:
            query = select(OutgoingMessage).order_by(OutgoingMessage.created_at)
            return list(session.scalars(query))

    def progress(self, campaign: Campaign) -> Progress:
        with self.database.read() as session:
            return progress(session, session.get_one(Campaign, campaign.id))

    def state(self, campaign: Campaign) -> control.CampaignState:
        with self.database.read() as session:
            return session.get_one(Campaign, campaign.id).state


def _kind(value: str) -> ContactKind:
    return ContactKind.EMAIL if "@" in value else ContactKind.PHONE


def _scene(database: Database) -> Scene:
    found = Scene(database)
    database.subscribers.append(answer_subscriber(found.settings))
    return found


@pytest.fixture
def scene(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Scene]:
    """On SQLite."""
    database = Database(f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'scene.db')}", RING)
    yield _scene(database)
    database.dispose()


@pytest.fixture
def either(database: Database) -> Scene:
    """On both engines: where locks and SQL matter."""
    return _scene(database)
