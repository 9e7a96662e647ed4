"""Whatever happens, in whatever order: nothing is shared that nobody allowed, and the ledger
knows it all."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms.choices import Relationship
from intake.consents.errors import ConsentError
from intake.consents.ledger import check_chain
from intake.consents.model import Consent
from intake.consents.projection import differences, rebuild
from intake.consents.states import ConsentState
from intake.db.engine import Database
from intake.schema import upgrade
from tests.conftest import NOW, RING
from tests.consents.story import Story

ACTS = ("yes", "yes, unknown", "no", "no, unknown", "revoke", "confirm", "reject", "year passes")
BORN = date(2008, 12, 1)  # 18 soon after the story begins


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('any') / 'intake.db'}", RING)
    upgrade(database)
    yield database
    database.dispose()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=st.lists(st.sampled_from(ACTS), max_size=9))
def test_only_the_newest_allowance_by_an_entitled_known_person_permits(
    shared: Database, acts: list[str]
) -> None:
    story = Story(shared, at=NOW)
    student = story.student(born=BORN)
    allowed = _Allowed()
    for act in acts:
        _do(story, student, act, allowed)
        assert story.permits(student) <= allowed.now(story.today), acts

    with shared.read() as session:
        assert list(check_chain(session)) == []
        assert list(differences(session)) == []


def test_the_state_can_be_rebuilt_from_the_ledger_alone(database: Database) -> None:
    story = Story(database)
    for number in range(6):
        student = story.student(f"Student {number}")
        first = story.sign(student, known=number % 2 == 0)
        if number % 3 == 0:
            story.sign(student)
        if number % 3 == 1:
            story.revoke(student)
        if first.unsettled and number == 5:
            story.reject(first)
    before = {c.id: (c.state, c.unsettled, c.ended_at, c.revocation_id) for c in story.consents()}
    with database.begin() as session:
        for consent in session.query(Consent):
            consent.state, consent.unsettled = ConsentState.ACTIVE, False
            consent.ended_at, consent.revocation_id = None, None

    with database.begin() as session:
        assert rebuild(session) > 0

    after = {c.id: (c.state, c.unsettled, c.ended_at, c.revocation_id) for c in story.consents()}
    assert after == before
    with database.read() as session:
        assert list(differences(session)) == []


class _Allowed:
    """The rules told a second time, as a family would: may anything be shared now?"""

    def __init__(self) -> None:
        self.yes: tuple[datetime, Relationship] | None = None
        self.waiting: tuple[datetime, Relationship] | None = None

    def now(self, today: date) -> bool:
        if self.yes is None or today > date(2027, 6, 30):
            return False
        adult = today >= date(2026, 12, 1)
        return adult == (self.yes[1] is Relationship.ELIGIBLE_STUDENT)


def _do(story: Story, student: str, act: str, allowed: _Allowed) -> None:
    adult = story.today >= date(2026, 12, 1)
    by = Relationship.ELIGIBLE_STUDENT if adult else Relationship.PARENT
    unsettled = [c for c in story.consents() if c.student_id == student and c.unsettled]
    try:
        if act == "yes":
            allowed.yes = (story.sign(student, by=by).signed_at, by)
        elif act == "yes, unknown":
            story.sign(student, by=by, known=False)
        elif act == "no":
            story.sign(student, by=by, granted=False)
            allowed.yes = None
        elif act == "no, unknown":
            story.sign(student, by=by, granted=False, known=False)
        elif act == "revoke":
            story.revoke(student, by=by)
            allowed.yes = None
        elif act == "confirm" and unsettled:
            settled = story.confirm(unsettled[0])
            if settled.state is ConsentState.ACTIVE:
                allowed.yes = (settled.signed_at, settled.relationship_kind)
            elif not settled.granted:
                allowed.yes = None
        elif act == "reject" and unsettled:
            story.reject(unsettled[0])
        elif act == "year passes":
            story.at += timedelta(days=90)
            story.calendar()
    except ConsentError:
        return
