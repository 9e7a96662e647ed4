"""A world to publish in: an outbox, two students, and three destinations.

One is sent to one by one, one in shipments, one pulls. What happens in it is publishing_rules.py's.
"""

import json
import shutil
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant
from sqlalchemy import or_, select

from intake.clock import local_date
from intake.consents.model import Consent
from intake.consents.states import ConsentState
from intake.db.engine import Database
from intake.sharing.claims import Claim, Lease
from intake.sharing.destinations import add_destination
from intake.sharing.model import BODY_CONTEXT, Publication, PublicationState
from intake.sharing.outbox import publication_subscriber
from tests.conftest import NOW, RING, ZONE
from tests.sharing.builders import add_student, grant
from tests.sharing.conftest import BASE_URL, SECRET

PUSHED, SHIPPED, PULLED = "hook", "lines", "puller"


class Side:
    """What a destination has, as docs/connecting.md tells it to keep it."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.last: dict[str, str] = {}
        self.holders: dict[str, str] = {}
        """Consents on whose strength it shares, and whose they are."""
        self.elements: dict[str, set[str]] = {}
        """What each consent covers, as it was told last."""
        self.ended: set[str] = set()
        self.bodies: list[str] = []
        """All that ever arrived, to arrive again."""

    @property
    def given(self) -> set[str]:
        return set(self.holders)

    def take(self, body: str) -> None:
        self.bodies.append(body)
        event = json.loads(body)
        is_old = event["sequence"] <= self.last.get(event["partitionkey"], "")
        if event["id"] in self.seen or is_old:
            return
        self.seen.add(event["id"])
        self.last[event["partitionkey"]] = event["sequence"]
        if event["type"].endswith(("given", "resumed")):
            assert event["subject"] not in self.ended, "a late grant undid an ending"
            elements = set(event["data"]["elements"])
            known = self.elements.setdefault(event["subject"], elements)
            assert elements <= known, "a late grant brought back what was taken back"
            self.elements[event["subject"]] = elements
            self.holders[event["subject"]] = event["partitionkey"]
            return
        self.holders.pop(event["subject"], None)
        if event["type"].endswith("revoked"):  # the whole identity is hidden
            student = event["partitionkey"]
            self.holders = {c: s for c, s in self.holders.items() if s != student}
        if not event["type"].endswith("suspended"):
            self.ended.add(event["subject"])


class World(RuleBasedStateMachine):
    """The outbox, its workers, and three destinations, with what must always hold."""

    template: Path

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(self.template, self.folder / "intake.db")
        self.database = Database(f"sqlite:///{self.folder / 'intake.db'}", RING)
        self.database.subscribers.append(publication_subscriber(BASE_URL))
        self.at = NOW
        self.sides = {name: Side() for name in (PUSHED, SHIPPED, PULLED)}
        self.held: list[tuple[Lease, Sequence[Claim]]] = []
        self.rejected: list[tuple[str, str]] = []
        """Shipments, and events in them, that a receipt will say were not taken."""
        self.papers: set[tuple[int, int]] = set()
        """Students, and papers of theirs that wait for a person."""
        self.cursor = 0
        with self.database.begin() as session:
            self.students = [add_student(session, at=self.at) for _ in range(2)]
            self.add_destination(session, PUSHED, "webhook", "https://e.org/", SECRET)
            url = f"file://{self.folder}/events.jsonl"
            self.add_destination(session, SHIPPED, "file", url, "")
            self.add_destination(session, PULLED, "pull", "", SECRET)

    def add_destination(self, session: Any, name: str, kind: str, url: str, secret: str) -> None:
        add_destination(session, name, kind, url, secret, at=self.at)

    # --- what must hold ---

    @invariant()
    def nothing_is_confused(self) -> None:
        if not hasattr(self, "sides"):
            return
        for side in self.sides.values():
            assert side.given.isdisjoint(side.ended)

    def grant_one(self, session: Any, which: int) -> None:
        grant(session, self.students[which], at=self.at)

    def today(self) -> date:
        return local_date(self.at, ZONE)

    def in_force(self, session: Any) -> set[str]:
        """What counts now, by dates and papers, as this test knows them."""
        held = {self.students[which].id for which, _ in self.papers}
        consents = session.scalars(select(Consent).where(Consent.state == ConsentState.ACTIVE))
        return {
            one.id
            for one in consents
            if one.valid_until >= self.today()
            and one.rights_transfer_on > self.today()
            and one.student_id not in held
        }

    def active(self, session: Any, which: int) -> list[Consent]:
        query = select(Consent).where(
            Consent.student_id == self.students[which].id, Consent.state == ConsentState.ACTIVE
        )
        return list(session.scalars(query.order_by(Consent.signed_at, Consent.id)))

    def arrive(self, claims: Sequence[Claim]) -> None:
        for one in claims:
            self.sides[one.destination_id].take(body_of(one))

    def assert_nothing_more(self, bodies: Sequence[str]) -> None:
        """What is sent names no element that has been taken back."""
        with self.database.read() as session:
            for event in map(json.loads, bodies):
                if event["type"].endswith(("given", "resumed")):
                    consent = session.get_one(Consent, event["subject"])
                    assert set(event["data"]["elements"]) == set(consent.elements)

    def assert_in_force(self, event_ids: list[str]) -> None:
        with self.database.read() as session:
            sent = session.scalars(
                select(Publication.consent_id).where(
                    Publication.event_id.in_(event_ids),
                    or_(Publication.type.endswith("given"), Publication.type.endswith("resumed")),
                )
            ).all()
            assert set(sent) <= self.in_force(session), "a grant was sent that does not count"

    def waiting(self) -> int:
        with self.database.read() as session:
            states = (PublicationState.PENDING, PublicationState.DEAD)
            rows = session.scalars(select(Publication).where(Publication.state.in_(states)))
            return len(rows.all())


def body_of(claimed: Claim) -> str:
    return RING.decrypt(claimed.sealed_body, BODY_CONTEXT).decode()
