"""What a person is asked about a paper, and what becomes of it after the last answer."""

from datetime import date
from typing import Any

import pytest

from intake.consents.states import ActorKind, EventKind
from intake.paper import review
from intake.paper.model import OutcomeReason, PaperState, Question
from intake.paper.questions import CHOICES
from intake.paper.suggestions import student_read, suggestions
from intake.paper.words import ANSWERS, OUTCOMES, QUESTIONS, REASONS
from tests.paper.tray import UNREAD, Tray, form, yes


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
