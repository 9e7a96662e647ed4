"""What the law and the programme promise: who may sign, what counts, what ends it."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest

from forms.choices import Relationship
from intake.consents.decide import Reason
from intake.consents.errors import (
    AlreadyAnswered,
    AlreadyRevoked,
    NotEligibleToSign,
    NotEntitled,
    NothingToConfirm,
    NothingToRevoke,
    RevokedSince,
    StudentIsAdult,
    StudentTooYoung,
)
from intake.consents.invitations import create_invitation, open_invitation
from intake.consents.ledger import SYSTEM
from intake.consents.states import ConsentState, EventKind
from intake.db.engine import Database
from tests.conftest import NOW
from tests.consents.story import END, Story

STUDENT = Relationship.ELIGIBLE_STUDENT


@pytest.fixture
def story(database: Database) -> Story:
    return Story(database)


def reasons(story: Story, student: str, **question: object) -> set[Reason]:
    return {decision.reason for decision in story.decide(student, **question)}  # type: ignore[arg-type]


def test_without_any_answer_nothing_is_shared(story: Story) -> None:
    student = story.student()

    assert reasons(story, student) == {Reason.NO_CONSENT}
    assert not story.permits(student)


def test_a_yes_from_a_known_contact_permits_what_it_names_and_no_more(story: Story) -> None:
    student = story.student()
    story.sign(student)

    assert [d.permit for d in story.decide(student, ["grades", "home_address"])] == [True, False]
    assert reasons(story, student, elements=["home_address"]) == {Reason.ELEMENT_NOT_COVERED}
    assert reasons(story, student, partner_class="health_care_providers") == {
        Reason.PARTNER_CLASS_NOT_COVERED
    }
    assert not story.permits(story.student("Somebody Else"))


def test_a_yes_from_an_unknown_contact_waits_for_staff(story: Story) -> None:
    student = story.student()
    consent = story.sign(student, known=False)

    assert consent.state is ConsentState.PENDING_VERIFICATION
    assert reasons(story, student) == {Reason.PENDING_VERIFICATION}
    story.confirm(consent)
    assert story.permits(student)
    assert story.kinds(consent.id) == [EventKind.SIGNED, EventKind.ACTIVATED]
    with pytest.raises(NothingToConfirm):
        story.confirm(consent)


def test_a_yes_that_could_not_be_confirmed_never_permits(story: Story) -> None:
    student = story.student()
    consent = story.sign(student, known=False)
    story.reject(consent)

    assert not story.permits(student)
    with pytest.raises(NothingToConfirm):
        story.reject(consent)


def test_the_newest_yes_stands_and_names_the_older_one_superseded(story: Story) -> None:
    student = story.student()
    older, newer = story.sign(student), story.sign(student)

    assert story.consent(older.id).state is ConsentState.SUPERSEDED
    assert story.consent(newer.id).state is ConsentState.ACTIVE
    assert story.permits(student)


def test_an_older_signature_that_is_confirmed_later_does_not_replace_a_newer_one(
    story: Story,
) -> None:
    student = story.student()
    older, newer = story.sign(student, known=False), story.sign(student)

    story.confirm(older)

    assert story.consent(older.id).state is ConsentState.SUPERSEDED
    assert story.consent(newer.id).state is ConsentState.ACTIVE


def test_a_no_from_a_known_contact_ends_what_was_in_force(story: Story) -> None:
    student = story.student()
    yes = story.sign(student)
    no = story.sign(student, granted=False)

    assert story.consent(yes.id).state is ConsentState.REVOKED
    assert no.state is ConsentState.DECLINED
    assert not story.permits(student)


def test_a_no_from_an_unknown_contact_denies_until_staff_have_said_who_it_was(
    story: Story,
) -> None:
    student = story.student()
    yes = story.sign(student)
    no = story.sign(student, granted=False, known=False)

    assert reasons(story, student) == {Reason.UNSETTLED_REFUSAL}
    story.reject(no)
    assert story.permits(student)
    assert story.consent(yes.id).state is ConsentState.ACTIVE


def test_a_no_that_staff_confirm_ends_what_was_in_force(story: Story) -> None:
    student = story.student()
    yes = story.sign(student)
    story.confirm(story.sign(student, granted=False, known=False))

    assert story.consent(yes.id).state is ConsentState.REVOKED
    assert not story.permits(student)


def test_a_revocation_denies_from_that_moment_and_ends_what_waits_too(story: Story) -> None:
    student = story.student()
    yes, waiting = story.sign(student), story.sign(student, known=False)
    revocation = story.revoke(student)

    assert not story.permits(student)
    for consent in (yes, waiting):
        found = story.consent(consent.id)
        assert found.state is ConsentState.REVOKED
        assert found.revocation_id == revocation.id
    with pytest.raises(NothingToConfirm):
        story.confirm(waiting)


def test_a_yes_that_waits_and_is_older_than_a_no_can_not_come_into_force(story: Story) -> None:
    student = story.student()
    story.sign(student)
    story.revoke(student)
    late = story.sign(student, known=False, at=NOW + timedelta(seconds=30))

    with pytest.raises(RevokedSince):
        story.confirm(late)
    assert not story.permits(student)


def test_a_new_signature_after_a_revocation_permits_again(story: Story) -> None:
    student = story.student()
    story.sign(student)
    story.revoke(student)
    story.sign(student)

    assert story.permits(student)


def test_revoking_twice_says_when_it_was(story: Story) -> None:
    student = story.student()
    story.sign(student)
    first = story.revoke(student)

    with pytest.raises(AlreadyRevoked) as refusal:
        story.revoke(student)
    assert refusal.value.signed_at == first.signed_at


def test_nothing_signed_is_nothing_to_revoke(story: Story) -> None:
    with pytest.raises(NothingToRevoke):
        story.revoke(story.student())


def test_the_other_parent_may_revoke(story: Story) -> None:
    student = story.student()
    story.sign(student, by=Relationship.PARENT)
    story.revoke(student, by=Relationship.GUARDIAN)

    assert not story.permits(student)


def test_before_eighteen_only_a_parent_or_guardian_signs_and_revokes(story: Story) -> None:
    student = story.student()
    with pytest.raises(StudentTooYoung):
        story.sign(student, by=STUDENT)
    story.sign(student, by=Relationship.GUARDIAN)
    with pytest.raises(NotEntitled):
        story.revoke(student, by=STUDENT)


def test_from_eighteen_on_only_the_student_signs_and_revokes(story: Story) -> None:
    student = story.student(born=date(2008, 11, 23))
    with pytest.raises(StudentIsAdult):
        story.sign(student, by=Relationship.PARENT)
    story.sign(student, by=STUDENT)
    with pytest.raises(NotEntitled):
        story.revoke(student, by=Relationship.PARENT)
    story.revoke(student, by=STUDENT)


@pytest.mark.parametrize(
    ("moment", "is_adult"),
    [
        (datetime(2026, 11, 24, 6, 59, tzinfo=UTC), False),  # 23:59 on the 23rd in Salt Lake
        (datetime(2026, 11, 24, 7, 1, tzinfo=UTC), True),
    ],
)
def test_the_birthday_begins_at_midnight_at_the_school(
    story: Story, moment: datetime, is_adult: bool
) -> None:
    student = story.student(born=date(2008, 11, 24))
    story.at = moment - timedelta(minutes=1)

    if is_adult:
        story.sign(student, by=STUDENT)
    else:
        story.sign(student, by=Relationship.PARENT)
    assert story.permits(student)


def test_on_the_eighteenth_birthday_a_parents_consent_ends(story: Story) -> None:
    student = story.student(born=date(2008, 12, 24))
    consent = story.sign(student)

    assert story.permits(student, on=date(2026, 12, 23))
    assert not story.permits(student, on=date(2026, 12, 24))
    story.at = datetime(2026, 12, 24, 19, 0, tzinfo=UTC)
    story.calendar()
    assert story.consent(consent.id).state is ConsentState.RIGHTS_TRANSFERRED
    assert reasons(story, student) == {Reason.RIGHTS_TRANSFERRED}


def test_a_waiting_parents_consent_can_not_be_confirmed_after_the_birthday(story: Story) -> None:
    student = story.student(born=date(2008, 12, 24))
    consent = story.sign(student, known=False)
    story.at = datetime(2026, 12, 24, 19, 0, tzinfo=UTC)

    with pytest.raises(NotEligibleToSign):
        story.confirm(consent)


def test_a_consent_ends_after_its_last_day_even_before_the_worker_writes_it(
    story: Story,
) -> None:
    student = story.student()
    consent = story.sign(student, valid_until=END)

    assert story.permits(student, on=END)
    assert not story.permits(student, on=END + timedelta(days=1))
    story.at = datetime(2027, 7, 1, 19, 0, tzinfo=UTC)
    story.calendar()
    story.calendar()
    assert story.consent(consent.id).state is ConsentState.EXPIRED
    assert story.kinds(consent.id).count(EventKind.EXPIRED) == 1


def test_a_signing_session_makes_one_consent_however_often_it_is_sent(story: Story) -> None:
    student = story.student()
    first = story.sign(student, signing_id="session-1")
    second = story.sign(student, signing_id="session-1")

    assert first.id == second.id
    assert len(story.consents()) == 1


def test_two_taps_at_the_same_moment_make_one_consent(story: Story) -> None:
    student = story.student()
    made: list[str] = []
    start = threading.Barrier(4)

    def tap() -> None:
        start.wait()
        made.append(story.sign(student, signing_id="session-1").id)

    taps = [threading.Thread(target=tap) for _ in range(4)]
    for thread in taps:
        thread.start()
    for thread in taps:
        thread.join(20)

    assert len(made) == 4
    assert len(set(made)) == 1
    assert len(story.consents()) == 1


def test_a_revocation_session_makes_one_revocation(story: Story) -> None:
    student = story.student()
    story.sign(student)

    assert (
        story.revoke(student, signing_id="letter-1").id
        == story.revoke(student, signing_id="letter-1").id
    )


def test_an_invitation_is_answered_once(story: Story) -> None:
    student = story.student()
    with story.database.begin() as session:
        token = create_invitation(
            session, student_id=student, language="en", by=SYSTEM, at=NOW,
            expires_at=NOW + timedelta(days=30),
        )  # fmt: skip
        invitation = open_invitation(session, token, at=NOW).id
    story.sign(student, invitation_id=invitation, signing_id="mother")

    with pytest.raises(AlreadyAnswered):
        story.sign(student, invitation_id=invitation, signing_id="father")
    assert len(story.consents()) == 1
