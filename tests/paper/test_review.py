"""The queue: one question at a time, nobody in anybody's way, undo until it is filed."""

import threading
from datetime import date
from typing import Any

import pytest

from intake.consents.decide import Reason
from intake.consents.states import ActorKind, ConsentState, EventKind
from intake.paper import review
from intake.paper.model import OutcomeReason, PaperState, Question
from intake.paper.questions import CHOICES
from intake.paper.suggestions import student_read, suggestions
from intake.paper.words import ANSWERS, OUTCOMES, QUESTIONS, REASONS
from tests.paper.tray import UNREAD, UNREAD_LETTER, Tray, form, letter, no, text_page, yes


def test_every_question_answer_and_outcome_has_its_words() -> None:
    assert set(QUESTIONS) == set(CHOICES) == set(Question)
    assert {answer for answers in CHOICES.values() for answer in answers} == set(ANSWERS)
    assert set(REASONS) == set(OutcomeReason)
    assert len(OUTCOMES) == 4


def test_a_doubtful_paper_is_filed_after_its_last_answer(tray: Tray) -> None:
    student = tray.student()
    doubtful = {"choice": "unsure", "signature": "unsure", "date": "unsure"}
    tray.take_in(*yes(tray.printed(student), **doubtful))
    assert tray.answer_next("yes").next_question is Question.IS_IT_SIGNED
    assert tray.answer_next("yes").next_question is Question.IS_IT_DATED
    answered = tray.answer_next("yes", signer_name="Sarah Johnson")
    assert answered.next_question is None
    assert answered.state is PaperState.READY
    assert tray.consents() == []
    assert tray.settle() == 1
    [consent] = tray.consents()
    assert consent.signer_name == "Sarah Johnson"
    assert tray.permits(student)
    [told] = [event for event in tray.events() if event.kind is EventKind.PAPER_SETTLED]
    assert (told.actor_kind, told.actor_id) == (ActorKind.STAFF, "ann")
    assert [said["question"] for said in told.values()["answers"]] == [
        "which_choice",
        "is_it_signed",
        "is_it_dated",
    ]
    tray.check()


@pytest.mark.parametrize(
    ("page", "question", "given", "reason"),
    [
        ({"choice": "both"}, "which_choice", "neither", OutcomeReason.NO_ANSWER),
        ({"choice": "none"}, "which_choice", "unreadable", OutcomeReason.UNREADABLE),
        ({"signature": "absent"}, "is_it_signed", "no", OutcomeReason.NOT_SIGNED),
        ({"reasons": ["mark_without_witness"]}, "is_it_signed", "no", OutcomeReason.NOT_SIGNED),
        ({"date": "absent"}, "is_it_dated", "no", OutcomeReason.NOT_DATED),
        ({"reasons": ["date_unsure"]}, "is_it_dated", "no", OutcomeReason.NOT_DATED),
        ({"reasons": ["controls"]}, "which_choice", "unreadable", OutcomeReason.UNREADABLE),
        ({"reasons": ["cut_off"]}, "which_choice", "unreadable", OutcomeReason.UNREADABLE),
    ],
)
def test_what_is_not_whole_is_handed_back(
    tray: Tray, page: dict[str, object], question: str, given: str, reason: OutcomeReason
) -> None:
    tray.take_in(*yes(tray.printed(tray.student()), **page))
    assert tray.asked() == question
    tray.answer_next(given)
    tray.settle()
    [paper] = tray.papers()
    assert (paper.state, paper.reason) == (PaperState.REJECTED, reason)
    assert tray.consents() == []
    tray.check()


def test_a_blank_form_needs_a_person_who_reads_whose_it_is(tray: Tray) -> None:
    student = tray.student("Emma Johnson", date(2016, 4, 12))
    tray.take_in(*yes(tray.printed(None)))
    item = tray.next()
    assert item is not None
    assert item.question is Question.WHO_IS_IT
    with tray.installation.database.read() as session:
        for name, born in (
            ("emma", None),
            ("", date(2016, 4, 12)),
            ("Ema Jonson", date(2016, 4, 12)),
        ):
            [found] = suggestions(session, name, born)
            assert found.student.id == student
        assert suggestions(session, " ", None) == []
    with pytest.raises(review.AnswerUnknown):
        tray.say(item, "student")
    tray.say(item, "student", student_id=student)
    tray.settle()
    assert tray.permits(student)
    tray.check()


def test_a_student_whom_the_roster_does_not_know_is_typed(tray: Tray) -> None:
    tray.take_in(*yes(tray.printed(None)))
    with tray.installation.database.begin() as session:
        typed: dict[str, Any] = {
            "school_id": tray.school_id,
            "name": "Nur Ali",
            "birth_date": date(2015, 1, 1),
        }
        student = student_read(session, at=tray.at, **typed)
        assert student_read(session, at=tray.at, **typed) == student
    tray.answer_next("student", student_id=student)
    tray.settle()
    assert tray.permits(student)


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


def test_an_unknown_page_can_be_one_of_ours(tray: Tray) -> None:
    student = tray.student()
    tray.take_in(UNREAD)
    item = tray.next()
    assert item is not None
    with pytest.raises(review.AnswerUnknown):
        tray.say(item, "waiver")
    tray.say(item, "waiver", language="en", version="2026-1")
    tray.answer_next("yes")
    tray.answer_next("yes")
    tray.answer_next("yes")
    tray.answer_next("student", student_id=student)
    tray.settle()
    assert tray.permits(student)
    tray.check()


@pytest.mark.parametrize(
    ("given", "state"),
    [("blank", PaperState.BLANK), ("foreign", PaperState.REJECTED),
     ("text_page", PaperState.REJECTED), ("unreadable", PaperState.REJECTED)],
)  # fmt: skip
def test_an_unknown_page_can_be_nothing(tray: Tray, given: str, state: PaperState) -> None:
    told = tray.take_in(UNREAD)
    tray.answer_next(given)
    tray.settle()
    told = tray.summary(told.batch_id)
    assert tray.papers()[0].state is state
    assert (told.blank, told.rejected) == ((1, 0) if given == "blank" else (0, 1))


def test_missing_pages_can_be_done_without(tray: Tray) -> None:
    student = tray.student()
    tray.take_in(form(tray.printed(student), choice="yes", signature="present", date="present"))
    tray.answer_next("file")
    tray.settle()
    assert tray.permits(student)


def test_who_says_wait_is_not_asked_for_a_while(tray: Tray) -> None:
    tray.take_in(text_page(tray.printed(tray.student())))
    tray.answer_next("wait")
    assert tray.next() is None
    tray.later(8 * 86400)
    assert tray.asked() == "missing_pages"


def test_the_last_answer_can_be_undone_until_it_is_filed(tray: Tray) -> None:
    student = tray.student()
    tray.take_in(*yes(tray.printed(student), choice="unsure", signature="unsure"))
    tray.answer_next("no")
    assert tray.undo().question is Question.WHICH_CHOICE
    tray.answer_next("yes")
    tray.answer_next("yes")
    assert tray.undo().question is Question.IS_IT_SIGNED
    assert tray.undo().question is Question.WHICH_CHOICE
    tray.answer_next("yes")
    tray.answer_next("yes")
    tray.settle()
    assert tray.permits(student)
    with pytest.raises(review.NothingToUndo):
        tray.undo()
    tray.check()


def test_undoing_whose_it_is_ends_that_students_hold(tray: Tray) -> None:
    student = tray.student()
    tray.take_in(*yes(tray.printed(student)))
    tray.take_in(letter(tray.letter_for(None)))
    tray.answer_next("student", student_id=student)
    assert tray.decision(student).reason is Reason.ON_HOLD
    tray.undo()
    assert tray.permits(student)
    tray.check()


def test_nobody_undoes_what_somebody_else_went_on_with(tray: Tray) -> None:
    tray.take_in(*yes(tray.printed(tray.student()), choice="unsure", signature="unsure"))
    tray.answer_next("yes", "ann")
    tray.later(300)
    tray.answer_next("yes", "bob")
    with pytest.raises(review.NothingToUndo):
        tray.undo("ann")


def test_a_question_is_its_takers_for_three_minutes(tray: Tray) -> None:
    tray.take_in(*yes(tray.printed(tray.student()), choice="unsure"))
    item = tray.next("ann")
    assert item is not None
    assert tray.next("bob") is None
    with pytest.raises(review.NotYours):
        tray.say(item, "yes", "bob")
    with tray.installation.database.begin() as session, pytest.raises(review.NotYours):
        review.take(session, item.id, "bob", tray.at)
    tray.later(200)
    assert tray.next("bob") is not None
    with pytest.raises(review.NotYours):
        tray.say(item, "yes", "ann")
    tray.say(item, "yes", "bob")
    with pytest.raises(review.AlreadyAnswered):
        tray.say(item, "no", "bob")


def test_a_question_can_be_given_back(tray: Tray) -> None:
    tray.take_in(*yes(tray.printed(tray.student()), choice="unsure"))
    item = tray.next("ann")
    assert item is not None
    with tray.installation.database.begin() as session:
        review.release(session, item.id, "bob")
        review.release(session, item.id, "ann")
        assert review.waiting(session, tray.at).taken == 0
    assert tray.next("bob") is not None


def test_two_people_never_get_the_same(tray: Tray) -> None:
    for _ in range(12):
        tray.take_in(*yes(tray.printed(tray.student()), choice="unsure"))
    got: dict[str, list[str]] = {"ann": [], "bob": [], "cleo": []}
    start = threading.Barrier(len(got))

    def work(staff_id: str) -> None:
        start.wait()
        while True:
            with tray.installation.database.begin() as session:
                item = review.next_item(session, staff_id, tray.at)
                if item is None:
                    return
                got[staff_id].append(item.id)
            with tray.installation.database.begin() as session:
                review.answer(session, tray.settings, item.id, "yes", staff_id=staff_id, at=tray.at)

    threads = [threading.Thread(target=work, args=(staff_id,)) for staff_id in got]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    everything = [item_id for items in got.values() for item_id in items]
    assert len(everything) == len(set(everything)) == 12


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
