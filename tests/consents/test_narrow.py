"""Which part of which consents can be taken back, and what is left."""

from datetime import timedelta

import pytest

from intake.consents.errors import (
    AlreadyRevoked,
    NothingOfThisToRevoke,
    NothingToRevoke,
    NotRevocableInPart,
)
from intake.consents.narrow import Part, lost_part, revocable_parts, without
from intake.consents.states import ConsentState, EventKind
from intake.db.engine import Database
from tests.conftest import NOW
from tests.sharing.builders import add_consent, add_student, end, grant, take_part


def test_what_is_left_names_only_the_purposes_of_what_is_left(database: Database) -> None:
    with database.begin() as session:
        consent = add_consent(session, add_student(session, at=NOW), at=NOW)
        consent.elements = ["gender", "grades", "gpa"]
        consent.purposes = ["equity", "academic_support"]

        left = without(consent, Part(("gender",)))

        assert left is not None
        assert left.elements == ["grades", "gpa"]
        assert left.purposes == ["academic_support"]
        assert left.partner_classes == ["community_organizations"]


@pytest.mark.parametrize(
    "part", [Part(("grades", "attendance")), Part((), ("community_organizations",))]
)
def test_a_part_after_which_nothing_is_permitted_revokes(database: Database, part: Part) -> None:
    with database.begin() as session:
        student = add_student(session, at=NOW)
        consent = grant(session, student, at=NOW)

        letter = take_part(session, student.id, part, at=NOW)

        assert consent.state is ConsentState.REVOKED
        assert consent.revocation_id == letter.id


def test_every_open_consent_loses_the_part(database: Database) -> None:
    with database.begin() as session:
        student = add_student(session, at=NOW)
        active = grant(session, student, at=NOW)
        waiting = add_consent(session, student, at=NOW, state=ConsentState.PENDING_VERIFICATION)

        take_part(session, student.id, Part(("grades",)), at=NOW)

        assert active.elements == waiting.elements == ["attendance"]
        assert lost_part(session, active) == Part(("grades",))


def test_what_nobody_covers_can_not_be_taken_back(database: Database) -> None:
    with database.begin() as session:
        student = add_student(session, at=NOW)
        grant(session, student, at=NOW)
        with pytest.raises(NothingOfThisToRevoke):
            take_part(session, student.id, Part(("gpa",)), at=NOW)


def test_a_version_that_does_not_allow_it_is_taken_back_as_a_whole(database: Database) -> None:
    with database.begin() as session:
        student = add_student(session, at=NOW)
        consent = grant(session, student, at=NOW)
        consent.version = "1999-1"
        assert not revocable_parts([consent])
        with pytest.raises(NotRevocableInPart):
            take_part(session, student.id, Part(("grades",)), at=NOW)


def test_of_one_element_for_one_class_there_is_no_part(database: Database) -> None:
    with database.begin() as session:
        consent = grant(session, add_student(session, at=NOW), at=NOW)
        assert revocable_parts([consent])
        consent.elements = ["grades"]
        assert not revocable_parts([consent])


def test_a_part_taken_back_is_no_revocation_of_everything(database: Database) -> None:
    with database.begin() as session:
        student = add_student(session, at=NOW)
        consent = grant(session, student, at=NOW)
        take_part(session, student.id, Part(("grades",)), at=NOW)
        end(session, consent, EventKind.EXPIRED, at=NOW + timedelta(days=1))
        with pytest.raises(NothingToRevoke) as refused:
            take_part(session, student.id, Part(("attendance",)), at=NOW + timedelta(days=2))
        assert not isinstance(refused.value, AlreadyRevoked)
