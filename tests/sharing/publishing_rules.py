"""Whatever happens, in whatever order: no grant travels after its consent has ended.

Three destinations: one is sent to one by one, one in shipments, one pulls. Deliveries succeed,
fail, are refused, arrive without anybody hearing of it (a lost answer, a worker killed), arrive
again, arrive in another order than they were taken, are rejected by a receipt long after, and are
settled late by a worker whose lease ran out. Days pass: consents end by their dates and on
birthdays, before and after the worker has written so. Papers put holds on students.
"""

import contextlib
import json
import shutil
from collections.abc import Sequence
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import select

from intake.consents.errors import ConsentError
from intake.consents.holds import lift_holds, place_hold
from intake.consents.ledger import SYSTEM
from intake.consents.model import Consent
from intake.consents.narrow import Part
from intake.consents.states import EventKind, HoldReason
from intake.consents.timely import end_due
from intake.sharing.backfill import backfill
from intake.sharing.claims import Claim, Lease, claim
from intake.sharing.connectors import DeliveryFailed, ReceiptFile
from intake.sharing.connectors.pull.feed import acknowledge, read_page
from intake.sharing.dead_letters import ConsentHasEnded, dead_letters, replay, settle_letter
from intake.sharing.formats.receipt import Receipt, Verdict
from intake.sharing.model import Destination, Publication
from intake.sharing.outcomes import Outcome, settle
from intake.sharing.receipts import record_receipts
from tests.sharing.builders import add_consent, end, grant, take_part, tell, withdraw
from tests.sharing.conftest import BASE_URL
from tests.sharing.publishing_world import PULLED, PUSHED, SHIPPED, World, body_of

DAYS = st.sampled_from([0, 2, 400])
TEMPORARY = DeliveryFailed("HTTP 500", temporary=True)
REFUSED = DeliveryFailed("HTTP 400", temporary=False, refuses_event=True)


class Publishing(World):
    """Everything that can happen, in any order."""

    def teardown(self) -> None:
        self.everything_settles()
        self.database.dispose()
        shutil.rmtree(self.folder)

    # --- what families and the calendar do ---

    @rule(which=st.integers(0, 1), days=DAYS, until_18=DAYS)
    def give(self, which: int, days: int, until_18: int) -> None:
        """A parent signs; the consent ends on its last day, or before it on the 18th birthday."""
        today = self.today()
        with self.database.begin() as session:
            consent = add_consent(session, self.students[which], at=self.at)
            consent.valid_until = today + timedelta(days=days)
            consent.rights_transfer_on = today + timedelta(days=1 + until_18)
            session.flush()
            tell(session, EventKind.ACTIVATED, consent, at=self.at)

    @rule(which=st.integers(0, 1))
    def supersede(self, which: int) -> None:
        """A newer signature ends the older one in the same transaction."""
        with self.database.begin() as session:
            for consent in self.active(session, which)[:1]:
                end(session, consent, EventKind.SUPERSEDED, at=self.at)
                grant(session, self.students[which], at=self.at)

    @rule(days=st.sampled_from([1, 3]))
    def days_pass(self, days: int) -> None:
        """Birthdays and last days; nobody has written anything yet."""
        self.at += timedelta(days=days)

    @rule()
    def write_what_the_calendar_ended(self) -> None:
        with self.database.begin() as session:
            end_due(session, today=self.today(), at=self.at)

    @rule(which=st.integers(0, 1), paper=st.integers(0, 1))
    def hold(self, which: int, paper: int) -> None:
        """A paper may take everything back."""
        with self.database.begin() as session:
            place_hold(
                session,
                self.students[which].id,
                paper_id=f"{which}-{paper}",
                reason=HoldReason.POSSIBLE_REVOCATION,
                actor=SYSTEM,
                at=self.at,
            )
        self.papers.add((which, paper))

    @precondition(lambda self: self.papers)
    @rule(one=st.integers(0, 9))
    def lift(self, one: int) -> None:
        """A person has looked at it."""
        which, paper = sorted(self.papers)[one % len(self.papers)]
        self.papers.discard((which, paper))
        with self.database.begin() as session:
            lift_holds(session, f"{which}-{paper}", actor=SYSTEM, at=self.at)

    @rule(which=st.integers(0, 1))
    def revoke(self, which: int) -> None:
        with self.database.begin() as session:
            consents = self.active(session, which)
            if consents:
                withdraw(session, self.students[which].id, consents, at=self.at)

    @rule(which=st.integers(0, 1), element=st.sampled_from(["grades", "attendance"]))
    def take_back_a_part(self, which: int, element: str) -> None:
        with self.database.begin() as session, contextlib.suppress(ConsentError):
            take_part(
                session, self.students[which].id, Part((element,)), at=self.at, on=self.today()
            )

    @rule(seconds=st.sampled_from([1, 30, 61, 700]))
    def wait(self, seconds: int) -> None:
        self.at += timedelta(seconds=seconds)

    # --- what operators do ---

    @rule(name=st.sampled_from([PUSHED, SHIPPED, PULLED]))
    def switch(self, name: str) -> None:
        with self.database.begin() as session:
            found = session.get_one(Destination, name)
            found.active = not found.active

    @rule(name=st.sampled_from([PUSHED, SHIPPED, PULLED]))
    def catch_up(self, name: str) -> None:
        with self.database.read() as session:
            if not session.get_one(Destination, name).active:
                return
        list(backfill(self.database, name, today=self.today(), at=self.at, source=BASE_URL))

    @rule()
    def replay_dead(self) -> None:
        with self.database.read() as session:
            ids = [letter.id for letter in dead_letters(session)]
        for id in ids:
            with self.database.begin() as session:
                letter = session.get_one(Publication, id)
                is_in_force = letter.consent_id in self.in_force(session)
                how = {"reason": "fixed", "by": SYSTEM, "at": self.at}
                try:
                    replay(session, id, today=self.today(), **how)  # type: ignore[arg-type]
                    assert is_in_force or not letter.type.endswith(("given", "resumed"))
                except ConsentHasEnded:
                    settle_letter(session, id, **how)  # type: ignore[arg-type]

    # --- what workers and networks do ---

    @rule(name=st.sampled_from([PUSHED, SHIPPED]), worker=st.sampled_from("ab"))
    def take(self, name: str, worker: str) -> None:
        lease = Lease(worker, self.at + timedelta(seconds=60))
        claims = claim(
            self.database,
            lease,
            at=self.at,
            today=self.today(),
            limit=2,
            only=name,
            together=name == SHIPPED,
        )
        if claims:
            self.assert_in_force([one.event_id for one in claims])
            self.assert_nothing_more([body_of(one) for one in claims])
            self.held.append((lease, claims))

    @rule(name=st.sampled_from([PUSHED, SHIPPED]))
    def deliver(self, name: str) -> None:
        """All goes well."""
        self.take(name, "a")
        if self.held and self.held[-1][0].until > self.at:
            self.finish(len(self.held) - 1, arrives=True, told="ok")

    @precondition(lambda self: self.held)
    @rule(
        which=st.integers(0, 9),
        arrives=st.booleans(),
        told=st.sampled_from(["ok", "lost", "refused", "killed", "rejected later"]),
    )
    def finish(self, which: int, arrives: bool, told: str) -> None:
        """A delivery ends, in any order. A success is only ever told of what has arrived, but for
        a shipment, of which a receipt may say later that it was not taken."""
        lease, claims = self.held.pop(which % len(self.held))
        if told == "rejected later":
            told = "lost"
            if claims[0].shipment is not None and self.at < lease.until:
                self.rejected += [(one.shipment or "", one.event_id) for one in claims]
                self.mark(lease, claims, None)
                return
        if self.at >= lease.until:
            arrives = False  # the deadline of a delivery is well within the lease
        if told == "ok" or arrives:
            if told == "ok" and self.at >= lease.until:
                return
            self.arrive(claims)
        if told == "killed":
            return
        self.mark(lease, claims, {"ok": None, "lost": TEMPORARY, "refused": REFUSED}[told])

    def mark(self, lease: Lease, claims: Sequence[Claim], failure: DeliveryFailed | None) -> None:
        outcomes = {one.publication_id: Outcome(self.at, failure) for one in claims}
        settle(self.database, lease, claims, outcomes, at=self.at, today=self.today())

    @precondition(lambda self: self.rejected)
    @rule()
    def receipt(self) -> None:
        """The destination says what it did not take."""
        shipment, event_id = self.rejected.pop(0)
        file = ReceiptFile(f"{shipment}.csv", [Receipt(event_id, Verdict.REJECTED)])
        with self.database.begin() as session:
            record_receipts(session, SHIPPED, file, at=self.at)

    @rule(name=st.sampled_from([PUSHED, SHIPPED, PULLED]), which=st.integers(0, 99))
    def again(self, name: str, which: int) -> None:
        """Something that arrived before arrives once more, however old."""
        if bodies := self.sides[name].bodies:
            self.sides[name].take(bodies[which % len(bodies)])
            bodies.pop()

    @rule(limit=st.integers(1, 3), arrives=st.booleans())
    def pull(self, limit: int, arrives: bool) -> None:
        """The puller asks; the answer may get lost."""
        with self.database.begin() as session:
            puller = session.get_one(Destination, PULLED)
            acknowledge(session, puller, self.cursor, at=self.at)
        with self.database.begin() as session:
            puller = session.get_one(Destination, PULLED)
            page = read_page(session, puller, after=self.cursor, limit=limit, today=self.today())
        self.assert_in_force([json.loads(body)["id"] for body in page.bodies])
        self.assert_nothing_more(page.bodies)
        if arrives:
            for body in page.bodies:
                self.sides[PULLED].take(body)
            self.cursor = page.next

    def everything_settles(self) -> None:
        """Once all works again, nobody is left with a grant that has ended or is on hold, and
        whoever is to be told of grants has every one that is in force."""
        self.held.clear()
        while self.rejected:
            self.receipt()
        self.at += timedelta(seconds=700)
        self.write_what_the_calendar_ended()
        for name in self.sides:
            self.catch_up(name)
        for _ in range(60):
            self.replay_dead()
            for name in (PUSHED, SHIPPED):
                self.take(name, "c")
            while self.held:
                self.finish(0, arrives=True, told="ok")
            self.pull(3, arrives=True)
            self.at += timedelta(seconds=1)
            if not self.waiting():
                break
        assert self.waiting() == 0
        with self.database.read() as session:
            in_force = self.in_force(session)
            covered = {one.id: set(one.elements) for one in session.scalars(select(Consent))}
            active = set(session.scalars(select(Destination.id).where(Destination.active)))
        for name, side in self.sides.items():
            assert side.given <= in_force, "somebody was left with a grant that does not count"
            assert name not in active or side.given == in_force, "a grant got lost"
            for consent_id in side.given:
                assert side.elements[consent_id] == covered[consent_id], "a part stayed shared"
