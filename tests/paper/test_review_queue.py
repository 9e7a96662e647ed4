"""The queue: one question at a time, nobody in anybody's way, undo until it is filed."""

import threading

import pytest

from intake.consents.decide import Reason
from intake.paper import review
from intake.paper.model import Question
from tests.paper.tray import Tray, letter, text_page, yes


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
