"""A family asks: kept once, encrypted, with a number; spam is limited, and nobody locked out."""

import pytest
from sqlalchemy import text

from intake.concerns.asking import MESSAGES_PER_CONTACT, PER_NETWORK
from intake.concerns.states import AnswerBy, QuestionKind
from intake.concerns.violations import MAILS_OF_FAMILIES, open_violations
from intake.db.limits import TooManyAttempts
from intake.messages.contacts import Contact
from tests.concerns.conftest import GOVERNANCE, PHONE, TEXT, Scene


def test_a_question_is_kept_and_its_number_sent_in_the_familys_language(scene: Scene) -> None:
    question = scene.ask()
    (message,) = scene.messages()
    assert message.recipient == PHONE.value
    assert message.language == "ksw"
    assert question.number in message.body
    assert TEXT not in message.body
    assert question.due_at.astimezone(scene.settings.time_zone).isoformat() == (
        "2026-11-25T14:00:00-07:00"
    )
    assert scene.problems() == []


def test_pressing_twice_is_one_question_and_one_message(scene_on_both: Scene) -> None:
    scene = scene_on_both
    first, again = scene.ask(), scene.ask()
    assert first.id == again.id
    assert len(scene.messages()) == 1
    assert scene.ask("Something else").id != first.id


def test_what_was_written_is_not_readable_in_the_database(scene_on_both: Scene) -> None:
    scene = scene_on_both
    scene.ask("Emma is ill", name="Sarah Johnson")
    with scene.database.engine.connect() as connection:
        tables = ("family_questions", "concern_events")
        stored = [connection.execute(text(f"SELECT * FROM {t}")).all() for t in tables]  # noqa: S608
    assert not any(
        word in bytes(cell) if isinstance(cell, bytes | memoryview) else word.decode() in str(cell)
        for rows in stored for row in rows for cell in row
        for word in (b"Emma", b"Sarah", b"5550145")
    )  # fmt: skip


def test_a_network_that_asks_too_much_waits_and_no_other_does(scene: Scene) -> None:
    for number in range(PER_NETWORK.count):
        scene.ask(f"Buy {number}", address="2001:db8::1")
    with pytest.raises(TooManyAttempts):
        scene.ask("Buy", address="2001:db8::2")  # the same line
    scene.ask("Buy", address="2001:db8:1::1")
    scene.forward(hours=1)
    scene.ask("Buy now", address="2001:db8::2")


def test_strangers_phones_are_not_flooded_and_questions_still_taken(scene: Scene) -> None:
    for number in range(MESSAGES_PER_CONTACT.count + 2):
        scene.ask(f"Hello {number}", address=f"192.0.2.{number}")
    assert len(scene.messages()) == MESSAGES_PER_CONTACT.count


def test_who_floods_the_form_floods_no_committee(scene: Scene) -> None:
    count = MAILS_OF_FAMILIES.count + 2
    for number in range(count):
        scene.ask(f"Wrong {number}", kind=QuestionKind.WRONGLY_SHARED)
    mails = [message for message in scene.messages() if message.recipient == GOVERNANCE]
    assert len(mails) == MAILS_OF_FAMILIES.count
    with scene.database.read() as session:
        assert len(open_violations(session, scene.viewer("Dana"))) == count


def test_where_nothing_can_be_sent_a_question_is_taken_all_the_same(scene: Scene) -> None:
    scene.settings.demo = False
    question = scene.ask(answer_by=AnswerBy.CALL)
    assert scene.messages() == []
    assert question.number


def test_something_shared_wrongly_is_a_suspected_violation_too(scene: Scene) -> None:
    email = Contact.from_stored("email:mu@example.org")
    question = scene.ask(
        kind=QuestionKind.WRONGLY_SHARED, answer_by=AnswerBy.EMAIL, contact=email, name="Mu"
    )
    with scene.database.read() as session:
        (violation,) = open_violations(session, scene.viewer("Dana"))
    assert (violation.question_id, violation.text) == (question.id, TEXT)
    (told,) = (message for message in scene.messages() if message.recipient == GOVERNANCE)
    assert violation.number in told.body
    for kept_back in (TEXT, "Mu", email.value):
        assert kept_back not in told.body + told.subject
    assert scene.problems() == []
