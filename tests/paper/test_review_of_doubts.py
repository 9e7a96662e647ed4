"""Papers that may say no: sharing is denied until a person has looked, and after it is no."""

from intake.consents.decide import Reason
from intake.consents.states import ConsentState, EventKind
from intake.paper.model import OutcomeReason, Question
from tests.paper.tray import UNREAD, UNREAD_LETTER, Tray, letter, no, yes


def test_a_doubtful_revocation_denies_until_a_person_settles_it(tray: Tray) -> None:
    student = tray.student()
    tray.take_in(*yes(tray.printed(student)))
    tray.take_in(letter(tray.letter_for(student), signature="unsure"))
    assert tray.decision(student).reason is Reason.ON_HOLD
    assert [e.kind for e in tray.events()][-1] is EventKind.HOLD_PLACED
    tray.check()
    assert tray.asked() == "is_it_signed"
    tray.answer_next("no")
    assert not tray.permits(student)
    tray.settle()
    assert tray.permits(student)
    assert EventKind.HOLD_LIFTED in [e.kind for e in tray.events()]
    tray.check()


def test_a_revocation_that_a_person_confirms_is_one(tray: Tray) -> None:
    student = tray.student()
    tray.take_in(*yes(tray.printed(student)))
    tray.take_in(letter(tray.letter_for(student), signature="unsure"))
    tray.answer_next("yes")
    tray.settle()
    assert tray.decision(student).reason is Reason.REVOKED
    assert tray.consents()[0].state is ConsentState.REVOKED
    tray.check()


def test_a_revocation_with_an_unread_code_is_the_most_urgent(tray: Tray) -> None:
    student = tray.student()
    tray.take_in(*yes(tray.printed(student)))
    tray.take_in(UNREAD)
    tray.take_in(letter(tray.letter_for(tray.student("Ali")), signature="unsure"))
    tray.take_in(UNREAD_LETTER)
    assert tray.asked() == "is_it_a_revocation"
    assert tray.answer_next("yes").next_question is Question.WHO_IS_IT
    tray.answer_next("student", student_id=student)
    assert tray.decision(student).reason is Reason.ON_HOLD  # at once, before anything is filed
    tray.answer_next("yes")
    tray.settle()
    assert tray.decision(student).reason is Reason.REVOKED
    assert tray.asked() == "is_it_signed"
    assert tray.asked("bob") == "what_is_this"
    tray.check()


def test_a_letter_with_two_codes_denies_whom_it_may_be_about(tray: Tray) -> None:
    student = tray.student()
    tray.take_in(*yes(tray.printed(student)))
    tray.take_in(letter(tray.letter_for(student), reasons=["codes_differ"]))
    assert tray.decision(student).reason is Reason.ON_HOLD
    other = tray.student("Ali")
    tray.answer_next("yes")
    tray.answer_next("student", student_id=other)
    assert tray.permits(student)
    tray.check()


def test_an_answer_that_may_be_no_denies(tray: Tray) -> None:
    student = tray.student()
    tray.take_in(*yes(tray.printed(student)))
    tray.take_in(*yes(tray.printed(student), choice="both"))
    assert tray.decision(student).reason is Reason.ON_HOLD
    tray.answer_next("no")
    assert tray.decision(student).reason is Reason.ON_HOLD
    tray.settle()
    assert [c.state for c in tray.consents()] == [ConsentState.REVOKED, ConsentState.DECLINED]
    tray.check()


def test_a_revocation_recorded_meanwhile_sends_a_waiting_yes_back(tray: Tray) -> None:
    student = tray.student()
    tray.take_in(*yes(tray.printed(student)))
    tray.take_in(*yes(tray.printed(student), date="unsure"))
    tray.answer_next("yes")
    tray.take_in(letter(tray.letter_for(student)))  # within the time for undoing
    tray.settle()
    assert not tray.permits(student)
    assert tray.asked() == "signed_later"
    tray.answer_next("earlier")
    tray.settle()
    assert tray.papers()[1].reason is OutcomeReason.REVOKED_SINCE
    tray.check()


def test_a_no_of_two_waivers_counts_against_the_yes(tray: Tray) -> None:
    student = tray.student()
    tray.take_in(*yes(tray.printed(student)), *no(tray.printed(student)))
    for _ in range(2):
        tray.answer_next("counts")
        tray.settle()
    if tray.asked() == "signed_later":
        tray.answer_next("earlier")
        tray.settle()
    assert not tray.permits(student)
    tray.check()


def test_a_yes_signed_after_a_letter_is_asked_about_once_more_when_the_letter_is_filed(
    tray: Tray,
) -> None:
    student = tray.student()
    tray.take_in(*yes(tray.printed(student)))
    tray.take_in(letter(tray.letter_for(student), signature="unsure"), *yes(tray.printed(student)))
    for question, given in (
        ("is_it_signed", "yes"),
        ("signed_later", "later"),  # of a letter that nobody has filed yet
    ):
        assert tray.asked() == question
        tray.answer_next(given)
    tray.settle()
    assert not tray.permits(student)
    assert tray.asked() == "signed_later"
    tray.answer_next("later")
    tray.settle()
    assert tray.permits(student)
    assert tray.next() is None
    tray.check()
