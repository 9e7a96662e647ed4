"""Who may inspect a record of disclosures, and copies of what was disclosed: on both engines."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from forms.choices import ContactKind, Relationship
from intake.accounts.model import Staff
from intake.consents.confirm import ConfirmationMethod, confirm_signer
from intake.consents.ledger import LedgerEvent
from intake.consents.states import EventKind
from intake.db.engine import Database
from intake.disclosures.access import (
    NotKnown,
    NotYetEligible,
    RightsTransferred,
    student_to_inspect,
)
from intake.disclosures.copies import (
    CopyAnswer,
    CopyRequestUnknown,
    NothingChosen,
    answer_request,
    copies_of,
    copy_differences,
    open_copy_requests,
    request_copies,
)
from intake.disclosures.inspecting import inspect_disclosures
from intake.disclosures.model import Disclosure
from intake.roster.model import Student
from intake.roster.students import add_contact, add_guardian
from tests.conftest import NOW
from tests.disclosures.scene import BORN, DAY, TODAY, Scene

MOTHER, STUDENT = "+18015550142", "+18015550199"
PARENT, ADULT = Relationship.PARENT, Relationship.ELIGIBLE_STUDENT
BIRTHDAY = date(BORN.year + 18, BORN.month, BORN.day)


@pytest.fixture
def known(scene: Scene) -> Scene:
    """The mother's and the student's own phone are on the school's record."""
    with scene.database.begin() as session:
        student = session.get_one(Student, scene.student_id)
        mother = add_guardian(session, student=student, name="Sarah", relationship=PARENT)
        add_contact(session, student, ContactKind.PHONE, MOTHER, mother)
        add_contact(session, student, ContactKind.PHONE, STUDENT)
    return scene


def may(
    scene: Scene, relationship: Relationship = PARENT, value: str = MOTHER, on: date = TODAY
) -> str:
    with scene.database.read() as session:
        return student_to_inspect(
            session, [session.get_one(Student, scene.student_id)],
            kind=ContactKind.PHONE, value=value, relationship=relationship, on=on,
        ).id  # fmt: skip


def test_a_parent_may_until_the_day_before_the_birthday(known: Scene) -> None:
    assert may(known, on=BIRTHDAY - DAY) == known.student_id
    with pytest.raises(RightsTransferred):
        may(known, on=BIRTHDAY)


def test_the_student_may_from_the_birthday_on(known: Scene) -> None:
    assert may(known, ADULT, STUDENT, on=BIRTHDAY) == known.student_id
    with pytest.raises(NotYetEligible):
        may(known, ADULT, STUDENT, on=BIRTHDAY - DAY)


@pytest.mark.parametrize(
    ("relationship", "value"),
    [(PARENT, STUDENT), (ADULT, MOTHER), (PARENT, "+18015550177"), (ADULT, "+18015550177")],
)
def test_another_persons_phone_is_not_enough(
    known: Scene, relationship: Relationship, value: str
) -> None:
    with pytest.raises(NotKnown):
        may(known, relationship, value, on=BIRTHDAY)


def test_a_signer_off_the_record_may_only_once_staff_have_confirmed(scene: Scene) -> None:
    with pytest.raises(NotKnown):
        may(scene)  # signed with a contact that the record no longer has
    with scene.database.begin() as session:
        waiting = scene.sign(session, known=False, at=NOW).id
    with pytest.raises(NotKnown):
        may(scene)
    with scene.database.begin() as session:
        confirm_signer(
            session, waiting, staff_id="dana", method=ConfirmationMethod.KNOWS_THE_PERSON,
            due_at=NOW, at=NOW + timedelta(hours=1), today=TODAY,
        )  # fmt: skip
    assert may(scene) == scene.student_id
    with pytest.raises(NotKnown):
        may(scene, ADULT)


def disclosed(scene: Scene, key: str = "1") -> str:
    [answer] = scene.record(scene.question(record_key=key))
    assert answer.disclosure_id is not None
    return answer.disclosure_id


def ask(scene: Scene, *chosen: str) -> str:
    with scene.database.begin() as session:
        return request_copies(
            session, scene.student_id, chosen, relationship=PARENT, requester_name="Sarah",
            contact=f"phone:{MOTHER}", language="en", at=NOW,
        ).id  # fmt: skip


def staff(database: Database) -> str:
    with database.begin() as session:
        session.add(Staff(id="dana", email="dana@example.org", name="Dana", roles=[],
                          password_hash="x", session_key="x", created_at=NOW))  # fmt: skip
    return "dana"


def test_the_record_is_worded_newest_first(scene: Scene) -> None:
    first, second = disclosed(scene), disclosed(scene, "2")
    with scene.database.read() as session:
        told = inspect_disclosures(session, scene.student_id, language="es")
    assert {one.id for one in told} == {first, second}
    assert told[0].partner == "Tutors West"
    assert told[0].person == "Ana Ortiz"
    assert told[0].words_language == "es"
    assert len(told[0].elements) == 2


def test_a_version_that_is_not_here_any_more_still_says_what_was_shared(scene: Scene) -> None:
    disclosed(scene)
    with scene.database.begin() as session:
        session.scalars(select(Disclosure)).one().waiver_version = "1999-1"
    with scene.database.read() as session:
        [told] = inspect_disclosures(session, scene.student_id, language="en")
    assert told.elements[0] == "Grades, now and before"


def test_a_request_is_answered_once_and_the_ledger_has_both(scene: Scene) -> None:
    disclosure = disclosed(scene)
    request = ask(scene, disclosure, "unknown")
    with pytest.raises(NothingChosen):
        ask(scene, disclosure)
    by = staff(scene.database)
    with scene.database.begin() as session:
        assert [one.id for one in open_copy_requests(session)] == [request]
        answer_request(session, request, CopyAnswer.MAILED, staff_id=by, at=NOW)
    with pytest.raises(CopyRequestUnknown), scene.database.begin() as session:
        answer_request(session, request, CopyAnswer.MAILED, staff_id=by, at=NOW)
    with scene.database.read() as session:
        assert open_copy_requests(session) == []
        [kept] = copies_of(session, scene.student_id)
        assert (kept.answer, kept.answered_by, kept.disclosures) == (
            CopyAnswer.MAILED, by, [disclosure],
        )  # fmt: skip
        events = session.scalars(
            select(LedgerEvent)
            .where(LedgerEvent.kind.in_([EventKind.COPY_REQUESTED, EventKind.COPY_ANSWERED]))
            .order_by(LedgerEvent.sequence)
        ).all()
    assert [event.values()["request"] for event in events] == [request, request]
    assert "Sarah" not in events[0].data
    assert MOTHER not in events[0].data
    assert ask(scene, disclosure) != request, "after an answer it can be asked for again"


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE copy_requests SET answer = 'mailed'", "differs from the ledger"),
        ("UPDATE copy_requests SET disclosures = '[]'", "differs from the ledger"),
        ("UPDATE copy_requests SET id = 'x'", "was deleted"),
        ("DELETE FROM copy_requests", "was deleted"),
    ],
)
def test_a_request_that_was_altered_is_found(scene: Scene, statement: str, said: str) -> None:
    ask(scene, disclosed(scene))
    with scene.database.read() as session:
        assert list(copy_differences(session)) == []
    with scene.database.engine.begin() as connection:
        connection.execute(text(statement))
    with scene.database.read() as session:
        assert any(said in line for line in copy_differences(session))
