"""Kill the worker in the middle of a campaign, start another, and count what everybody got.

As a test with some hundreds of families; by hand with ten thousand:

    python -m tests.campaigns.killing 10000
"""

import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import func, insert, select

from forms.choices import ContactKind, Relationship
from intake.campaigns import control
from intake.campaigns.control import Plan
from intake.campaigns.model import Campaign, Recipient, Way
from intake.campaigns.preview import count
from intake.config import TwilioSettings
from intake.db.base import new_id
from intake.db.engine import Database
from intake.messages.claims import LEASE
from intake.messages.model import MessageState, OutgoingMessage
from intake.messages.twilio_sms import TwilioSms
from intake.roster.keys import contact_key
from intake.roster.model import Contact, Guardian, Student, StudentSource
from intake.roster.scope import EVERY_SCHOOL
from intake.roster.students import add_school
from intake.schema import upgrade
from tests.campaigns.conftest import settings_of_tests
from tests.campaigns.sending_process import work
from tests.conftest import NOW, RING
from tests.fakes.twilio_api import ACCOUNT_SID, AUTH_TOKEN, FakeTwilio, fake_twilio


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it."""

    families: int
    recipients: int
    before_the_kill: int
    received: Counter[str]
    """How many messages each phone got."""
    states: Counter[MessageState]
    silent: set[str]
    """Phones that got nothing."""
    unknown: set[str]
    """Phones whose message is shown as unknown."""
    seconds: float


def kill_and_resume(database: Database, families: int, *, kills: int = 1) -> Outcome:
    """Run a campaign for so many families, killing ``kills`` workers on the way."""
    began = time.monotonic()
    campaign_id = _campaign(database, families)
    with fake_twilio() as fake:
        for number in range(1, kills + 1):
            _worker_that_dies(database, fake, after=families * number // (kills + 1))
        before = len(fake.received)
        transport = TwilioSms(TwilioSettings(ACCOUNT_SID, AUTH_TOKEN, "+15005550006", fake.url))
        # The claims of the dead run out; nobody else's are touched before.
        work(database, transport, at=NOW + LEASE + timedelta(hours=1), until_done=campaign_id)
        received = Counter(fields["To"] for fields in fake.received)
    with database.read() as session:
        rows = session.execute(select(OutgoingMessage)).scalars().all()
        made = session.scalars(select(func.count()).select_from(Recipient)).one()
        everybody = {contact.value for contact in session.scalars(select(Contact))}
    return Outcome(
        families=families,
        recipients=made,
        before_the_kill=before,
        received=received,
        states=Counter(row.state for row in rows),
        silent=everybody - set(received),
        unknown={row.recipient for row in rows if row.state is MessageState.UNKNOWN},
        seconds=time.monotonic() - began,
    )


def _worker_that_dies(database: Database, fake: FakeTwilio, *, after: int) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.campaigns.sending_process", url, fake.url]
    with subprocess.Popen(command) as worker:
        while len(fake.received) < after:
            if worker.poll() is not None:
                raise RuntimeError("the worker ended by itself")
            time.sleep(0.002)
        worker.kill()


def _campaign(database: Database, families: int) -> str:
    with database.begin() as session:
        school = add_school(session, "Riverside Elementary School")
        for start in range(0, families, 1000):
            _enrol(session, school.id, range(start, min(start + 1000, families)))
        plan = Plan("Ten thousand", "ferpa_waiver", "2026-1", [Way.SMS], reminder_days=())
        campaign = control.create(session, plan, scope=EVERY_SCHOOL, staff_id="staff-1", at=NOW)
    count(database, settings_of_tests(), campaign.id, at=NOW)
    with database.begin() as session:
        found = session.get_one(Campaign, campaign.id)
        control.start(session, found, confirmed=NOW.isoformat(), staff_id="staff-1", at=NOW)
    return campaign.id


def _enrol(session, school_id: str, numbers: range) -> None:  # type: ignore[no-untyped-def]
    students = [
        {
            "id": new_id(), "school_id": school_id, "name": f"Student {number}",
            "birth_date": date(2015, 4, 12), "match_key": f"{number}", "language": "en",
            "source": StudentSource.ROSTER, "created_at": NOW,
        }
        for number in numbers
    ]  # fmt: skip
    guardians = [
        {
            "id": new_id(), "student_id": student["id"], "name": "A Parent",
            "relationship_kind": Relationship.PARENT,
        }
        for student in students
    ]  # fmt: skip
    phones = [f"+1801{2000000 + number}" for number in numbers]
    contacts = [
        {
            "id": new_id(), "student_id": guardian["student_id"], "guardian_id": guardian["id"],
            "kind": ContactKind.PHONE, "value": phone,
            "value_key": contact_key(session, ContactKind.PHONE, phone),
        }
        for guardian, phone in zip(guardians, phones, strict=True)
    ]  # fmt: skip
    session.execute(insert(Student), students)
    session.execute(insert(Guardian), guardians)
    session.execute(insert(Contact), contacts)


def main() -> None:
    """Ten thousand, two kills, on SQLite; prints what came of it."""
    families = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'intake.db'}", RING)
        upgrade(database)
        outcome = kill_and_resume(database, families, kills=2)
        database.dispose()
    twice = sum(number > 1 for number in outcome.received.values())
    left_out = outcome.silent - outcome.unknown
    print(
        f"{outcome.families} families, two workers killed: {len(outcome.received)} got one "
        f"message, {twice} got two, {len(outcome.unknown)} are shown as unknown "
        f"({len(outcome.silent)} of them got nothing), {len(left_out)} left out; "
        f"{outcome.seconds:.0f} s"
    )


if __name__ == "__main__":
    main()
