"""Each condition, its lapse by date alone, and what is unknown."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event

from intake.accounts.api_clients import ApiScope, Caller, Reach
from intake.consents.holds import lift_holds, place_hold
from intake.consents.ledger import SYSTEM
from intake.consents.states import HoldReason
from intake.db.engine import Database
from intake.disclosures.decide import LARGEST_BATCH, TooManyQuestions
from intake.disclosures.questions import CLOCKS_APART
from intake.partners.model import PartnerClass
from intake.partners.needs import set_needs
from intake.partners.registry import (
    add_partner,
    add_person,
    assign_school,
    end_agreement,
    end_assignment,
    end_role,
    end_training,
    give_role,
    record_training,
    sign_agreement,
)
from intake.roster.students import add_school
from tests.conftest import NOW
from tests.disclosures.scene import AGREEMENT_ENDS, CONSENT_ENDS, DAY, TODAY, TRAINING_ENDS, Scene


def noon(on: date) -> datetime:
    """At the schools, give or take an hour."""
    return datetime(on.year, on.month, on.day, 19, tzinfo=UTC)


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    executed: list[str] = []

    def remember(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith("BEGIN"):
            executed.append(statement)

    event.listen(database.engine, "before_cursor_execute", remember)
    yield executed
    event.remove(database.engine, "before_cursor_execute", remember)


def test_it_permits_when_all_four_conditions_hold(scene: Scene) -> None:
    [answer] = scene.ask()
    assert answer.permitted == ("grades", "gpa")
    assert [one.reasons for one in answer.elements] == [(), ()]
    assert answer.waiver_version == "2026-1"
    assert answer.consent_id
    assert answer.disclosure_id is None


@pytest.mark.parametrize(
    ("last_day", "reason"),
    [
        (date(2027, 5, 31), "assignment_ended"),
        (date(2027, 6, 1), "role_not_held"),
        (CONSENT_ENDS, "expired"),
        (AGREEMENT_ENDS, "agreement_expired"),
        (TRAINING_ENDS, "training_expired"),
    ],
)
def test_each_lapses_the_day_after_its_last_by_date_alone(
    scene: Scene, last_day: date, reason: str
) -> None:
    assert reason not in scene.reasons(noon(last_day))
    assert reason in scene.reasons(noon(last_day + DAY))


@pytest.mark.parametrize(
    ("first_day", "reason"),
    [
        (date(2026, 9, 1), "agreement_missing"),
        (date(2026, 3, 2), "training_missing"),
        (date(2026, 9, 1), "not_at_school"),
        (date(2026, 9, 1), "role_not_held"),
    ],
)
def test_nothing_counts_before_its_first_day(scene: Scene, first_day: date, reason: str) -> None:
    assert reason not in scene.reasons(noon(first_day))
    assert reason in scene.reasons(noon(first_day - DAY))


def test_the_day_is_the_schools_day(scene: Scene) -> None:
    """Training ends on 1 March: at 23:00 in Denver it is 2 March in UTC, and still counts."""
    late = datetime(2027, 3, 2, 6, 0, tzinfo=UTC)
    assert scene.reasons(late) == set()
    assert scene.reasons(late + timedelta(hours=1)) == {"training_expired"}


def test_all_reasons_are_told_and_not_the_first_alone(scene: Scene) -> None:
    long_after = noon(date(2028, 1, 1))
    assert scene.reasons(long_after, elements=("birth_date",)) == {
        "expired", "agreement_expired", "training_expired", "assignment_ended", "role_not_held",
        "no_need_to_know",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "reasons"),
    [
        ({"student_id": "nobody"}, {"student_unknown", "not_at_school"}),
        ({"partner_id": "nobody"}, {"partner_unknown"}),
        ({"person_id": "nobody"}, {"person_unknown"}),
        ({"role": "janitor"}, {"role_unknown", "role_not_held", "no_need_to_know"}),
        ({"role": "mentor"}, {"role_not_held"}),
        ({"purpose": "marketing"},
         {"purpose_unknown", "purpose_not_covered", "element_not_for_purpose", "no_need_to_know"}),
        ({"elements": ("shoe_size",)},
         {"element_unknown", "element_not_covered", "no_need_to_know"}),
        ({"elements": ("absence_reasons",)}, {"no_need_to_know"}),
        ({"purpose": "equity", "elements": ("grades",)},
         {"element_not_for_purpose", "no_need_to_know"}),
    ],
)  # fmt: skip
def test_the_unknown_and_the_unneeded_deny(
    scene: Scene, changed: dict[str, object], reasons: set[str]
) -> None:
    assert scene.reasons(**changed) == reasons


def test_a_person_of_another_partner_is_unknown(scene: Scene, database: Database) -> None:
    with database.begin() as session:
        add_partner(session, "clinic", "Clinic", PartnerClass.HEALTH, at=NOW)
        add_person(session, "bo", "Bo", partner_id="clinic", at=NOW)
    assert scene.reasons(person_id="bo") == {"person_unknown"}
    assert scene.reasons(partner_id="clinic") == {"agreement_missing", "person_unknown"}


def test_a_person_s_own_assignment_is_theirs_alone(scene: Scene, database: Database) -> None:
    with database.begin() as session:
        add_person(session, "bo", "Bo", partner_id="tutors", at=NOW)
        give_role(session, "bo", "tutor", starts_on=TODAY)
        record_training(session, "bo", "FERPA", completed_on=TODAY, expires_on=TRAINING_ENDS)
        west = add_school(session, "Westview High School").id
        student = scene.student(session, west)
        scene.sign(session, student)
        assign_school(session, "tutors", west, starts_on=TODAY, person_id="bo")
    assert scene.reasons(student_id=student, person_id="bo") == set()
    assert scene.reasons(student_id=student, person_id="ana") == {"not_at_school"}


def test_ending_and_renewing(scene: Scene, database: Database) -> None:
    yesterday = TODAY - DAY
    with database.begin() as session:
        agreement = sign_agreement(
            session, "tutors", "New", signed_on=TODAY, expires_on=AGREEMENT_ENDS + 365 * DAY
        ).id
    assert "agreement_expired" not in scene.reasons(noon(AGREEMENT_ENDS + DAY))
    with database.begin() as session:
        end_agreement(session, agreement, last_day=AGREEMENT_ENDS)
        role = give_role(session, "ana", "mentor", starts_on=yesterday - DAY).id
    assert "agreement_expired" in scene.reasons(noon(AGREEMENT_ENDS + DAY))
    assert scene.reasons(role="mentor") == set()
    with database.begin() as session:
        end_role(session, role, last_day=yesterday)
        training = record_training(
            session, "ana", "More", completed_on=TODAY, expires_on=TRAINING_ENDS + DAY
        ).id
        end_training(session, training, last_day=TRAINING_ENDS)
        place = assign_school(session, "tutors", scene.school_id, starts_on=TODAY).id
        end_assignment(session, place, last_day=date(2027, 5, 31))
    assert scene.reasons(role="mentor") == {"role_not_held"}
    assert scene.reasons(noon(TRAINING_ENDS + DAY)) == {"training_expired"}
    assert "assignment_ended" in scene.reasons(noon(date(2027, 6, 1)))


def test_what_a_role_needs_to_know_is_the_partnership_s_to_say(
    scene: Scene, database: Database
) -> None:
    with database.begin() as session:
        set_needs(session, "tutor", {"academic_support": ["gpa"]})
    [answer] = scene.ask()
    assert answer.permitted == ("gpa",)
    assert scene.reasons(element=0) == {"no_need_to_know"}


def test_revoked_declined_and_waiting_deny(scene: Scene, database: Database) -> None:
    with database.begin() as session:
        waiting = scene.student(session)
        scene.sign(session, waiting, known=False)
        declined = scene.student(session)
        scene.sign(session, declined, granted=False)
        silent = scene.student(session)
    scene.revoke()
    assert scene.reasons() == {"revoked"}
    assert scene.reasons(student_id=waiting) == {"pending_verification"}
    assert scene.reasons(student_id=declined) == {"declined"}
    assert scene.reasons(student_id=silent) == {"no_consent"}


def test_a_paper_that_may_be_a_revocation_denies_until_a_person_has_looked(
    scene: Scene, database: Database
) -> None:
    with database.begin() as session:
        place_hold(
            session, scene.student_id, paper_id="p", reason=HoldReason.POSSIBLE_REVOCATION,
            actor=SYSTEM, at=NOW,
        )  # fmt: skip
    assert scene.reasons() == {"on_hold"}
    with database.begin() as session:
        lift_holds(session, "p", actor=SYSTEM, at=NOW)
    assert scene.reasons() == set()


def test_an_earlier_moment_knows_no_later_yes_but_every_no(scene: Scene) -> None:
    assert scene.reasons(at=NOW - timedelta(hours=1)) == set()
    assert scene.reasons(at=NOW - 3 * DAY) == {"no_consent"}
    scene.revoke()
    assert scene.reasons(at=NOW - timedelta(hours=1)) == {"revoked"}


def test_a_moment_just_ahead_is_now(scene: Scene) -> None:
    [answer] = scene.ask(scene.question(at=NOW + CLOCKS_APART))
    assert answer.at == NOW
    assert answer.permitted


def test_what_is_to_come_nobody_knows(scene: Scene) -> None:
    assert scene.reasons(at=NOW + 400 * DAY) == {"at_unusable"}


def test_what_is_out_of_reach_is_unknown(scene: Scene, database: Database) -> None:
    """Whether it exists can't be told from the answer."""
    with database.begin() as session:
        elsewhere = add_school(session, "Elsewhere").id
    narrow = Caller(
        "other", frozenset(ApiScope), Reach(frozenset({elsewhere}), frozenset({"clinic"}))
    )
    theirs, nobody = scene.ask(
        scene.question(), scene.question(student_id="none", partner_id="none"), caller=narrow
    )
    assert [one.reasons for one in theirs.elements] == [one.reasons for one in nobody.elements]
    assert theirs.consent_id is None
    assert {str(one) for one in theirs.elements[0].reasons} == {
        "student_unknown", "partner_unknown",
    }  # fmt: skip


def test_a_thousand_cost_one_query_and_one_more_is_refused(
    scene: Scene, database: Database
) -> None:
    with database.begin() as session:
        students = [scene.student(session) for _ in range(20)]
    many = [scene.question(student_id=students[i % 20]) for i in range(LARGEST_BATCH)]
    with statements(database) as executed:
        assert len(scene.ask(*many)) == LARGEST_BATCH
    assert len(executed) == 1
    with pytest.raises(TooManyQuestions):
        scene.ask(*many, scene.question())
