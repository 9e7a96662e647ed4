"""A family that has taken its permission back, and everybody who has to do with it."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from intake.accounts.model import Staff
from intake.accounts.staff import add_staff
from intake.consents.ledger import Actor, LedgerEvent
from intake.consents.model import Consent, Revocation
from intake.consents.states import ActorKind, EventKind
from intake.db.engine import Database
from intake.documents.store import Storage
from intake.messages.model import MessageKind, OutgoingMessage
from intake.messages.sender import send_due
from intake.messages.transport import Dispatch, PermanentFailure, Sent
from intake.notices import notice_subscriber
from intake.revocations.cases import Case, find_case
from intake.sharing.confirmations import confirm_hidden
from intake.sharing.destinations import add_destination
from intake.sharing.model import Publication, PublicationState
from intake.sharing.outbox import publication_subscriber
from intake.sharing.standard_webhooks import new_secret
from tests.conftest import NOW
from tests.consents.story import Story
from tests.staff import EVERY_ROLE

BASE_URL = "https://waivers.example.org"
COORDINATOR = "coordinator@example.org"


class Post:
    """Takes every message, or refuses every one."""

    keeps_body = True

    def __init__(self, *, refuses: bool = False) -> None:
        self._refuses = refuses

    def send(self, message: Dispatch) -> Sent:
        if self._refuses:
            raise PermanentFailure("21211")
        return Sent("id-1")


@dataclass
class Scene:
    """One database, two destinations, and staff."""

    database: Database
    storage: Storage
    settings: Any
    rosa: Staff
    dana: Staff
    story: Story = field(init=False)

    def __post_init__(self) -> None:
        self.story = Story(self.database, self.storage)

    @property
    def at(self) -> datetime:
        return self.story.at

    def revoked(self, *, delivered: bool = True, contact: str | None = "") -> Revocation:
        """A consent that both destinations know, taken back; they have taken that too."""
        student_id = self.story.student()
        consent = self.story.sign(student_id)
        self.deliver()
        revocation = self.story.revoke(student_id)
        if contact is None:
            with self.database.begin() as session:
                session.get_one(Revocation, revocation.id).contact = None
        if delivered:
            self.deliver()
        assert self.consent(consent.id).revocation_id == revocation.id
        return revocation

    def deliver(self) -> None:
        """Every destination takes everything, with a 200."""
        with self.database.begin() as session:
            for one in session.scalars(select(Publication)):
                if one.state is PublicationState.PENDING:
                    one.state, one.attempts = PublicationState.DELIVERED, one.attempts + 1
                    one.delivered_at = self.at

    def refuse(self, revocation: Revocation, destination: str) -> str:
        """This destination refuses the revocation for good; the dead letter's id."""
        with self.database.begin() as session:
            query = select(Publication).where(
                Publication.revocation_id == revocation.id,
                Publication.destination_id == destination,
            )
            letter = session.scalars(query).one()
            letter.state, letter.error = PublicationState.DEAD, "410 Gone"
            return letter.id

    def calls_back(self, revocation: Revocation, *destinations: str) -> None:
        """These destinations confirm by themselves."""
        for destination in destinations:
            with self.database.begin() as session:
                query = select(Publication.event_id).where(
                    Publication.revocation_id == revocation.id,
                    Publication.destination_id == destination,
                )
                event_id = session.scalars(query).first() or ""
                confirm_hidden(
                    session, destination_id=destination, revocation_id=revocation.id,
                    event_id=event_id, webhook_id="msg_1", at=self.at,
                )  # fmt: skip

    def post(self, *, refuses: bool = False, at: datetime | None = None) -> None:
        """The worker sends what is due."""
        way = Post(refuses=refuses)
        kinds = {MessageKind.SMS: way, MessageKind.EMAIL: way}
        send_due(self.database, kinds, at=at or self.at)

    def case(self, revocation: Revocation) -> Case:
        with self.database.read() as session:
            return find_case(session, revocation.id)

    def consent(self, consent_id: str) -> Consent:
        return self.story.consent(consent_id)

    def events(self, revocation: Revocation, kind: EventKind) -> list[LedgerEvent]:
        with self.database.read() as session:
            query = select(LedgerEvent).where(
                LedgerEvent.revocation_id == revocation.id, LedgerEvent.kind == kind
            )
            return list(session.scalars(query.order_by(LedgerEvent.sequence)))

    def emails(self) -> list[OutgoingMessage]:
        """What was queued for staff, in order."""
        with self.database.read() as session:
            query = select(OutgoingMessage).where(OutgoingMessage.kind == MessageKind.EMAIL)
            found = session.scalars(query.order_by(OutgoingMessage.created_at)).all()
            return sorted(found, key=lambda one: (one.created_at, one.recipient))

    def later(self, **step: float) -> datetime:
        self.story.at += timedelta(**step)
        return self.at

    @property
    def as_rosa(self) -> Actor:
        return Actor(ActorKind.STAFF, self.rosa.id)


@pytest.fixture
def scene(database: Database, tmp_path: Path) -> Scene:
    settings = SimpleNamespace(
        base_url=BASE_URL,
        time_zone=ZoneInfo("America/Denver"),
        partnership="Promise Partnership",
        partnership_email="help@example.org",
        coordinator_emails=(COORDINATOR,),
        revocation_deadline_days=2,
        consent_end_date=date(2027, 6, 30),
        demo=False,
        quiet_hours=(time(0), time(0)),
        quiet_days=frozenset(),
    )
    database.subscribers.append(notice_subscriber(settings))  # type: ignore[arg-type]
    database.subscribers.append(publication_subscriber(BASE_URL))
    with database.begin() as session:
        people = [
            add_staff(
                session, roles=EVERY_ROLE, email=f"{name}@example.org", name=name.title(),
                password="marble tent quick fox", at=NOW,
            )
            for name in ("rosa", "dana")
        ]  # fmt: skip
        for destination in ("clienttrack", "other"):
            url = f"https://{destination}.example.org/hook"
            add_destination(session, destination, "webhook", url, new_secret(), at=NOW)
    return Scene(database, Storage((tmp_path / "store").as_uri()), settings, *people)
