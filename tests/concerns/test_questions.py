"""Seeing a question through: owners, answers that arrive or don't, an end, forgetting."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from intake.audit import problems
from intake.calendar.model import ClosedDay
from intake.concerns.answering import OwnAnswer, follow_deliveries, send_answer
from intake.concerns.common_answers import CommonAnswer
from intake.concerns.errors import AlreadyClosed, ConcernUnknown, NothingToSend, TextUnusable
from intake.concerns.history import history
from intake.concerns.model import FamilyQuestion, QuestionReply
from intake.concerns.questions import (
    assign,
    close,
    counts,
    find_question,
    mark_revocation,
    open_questions,
)
from intake.concerns.reminders import remind_of_concerns
from intake.concerns.retention import forget_questions
from intake.concerns.states import (
    AnswerBy,
    ConcernStep,
    QuestionOutcome,
    ReplyDelivery,
    Translated,
)
from intake.documents.store import Storage
from intake.messages.model import MessageState, OutgoingMessage
from tests.concerns.conftest import COORDINATOR, PHONE, TEXT, Scene

OWN = OwnAnswer("မ့ၢ်", Translated.WRITER)


def answer(scene: Scene, question: FamilyQuestion, what: OwnAnswer | CommonAnswer = OWN) -> None:
    with scene.database.begin() as session:
        send_answer(
            session, scene.settings, question.id, what,
            staff_id=scene.staff["Dana"].id, at=scene.at,
        )  # fmt: skip


def end(
    scene: Scene, question: FamilyQuestion, note: str = "",
    outcome: QuestionOutcome = QuestionOutcome.ANSWERED,
) -> None:  # fmt: skip
    with scene.database.begin() as session:
        close(session, question.id, outcome, note, by=scene.actor("Dana"), at=scene.at)


def settle_message(scene: Scene, state: MessageState) -> None:
    """What the sender does with the newest message."""
    with scene.database.begin() as session:
        session.get_one(OutgoingMessage, scene.messages()[-1].id).state = state
    follow_deliveries(scene.database, at=scene.at)


def steps(scene: Scene, question: FamilyQuestion) -> list[ConcernStep]:
    with scene.database.read() as session:
        return [line.step for line in history(session, question)]


def reminded(scene: Scene) -> dict[str, str]:
    """Who is written to about questions now, and what."""
    known = {message.id for message in scene.messages()}
    remind_of_concerns(scene.database, scene.settings, at=scene.at)
    return {one.recipient: one.body for one in scene.messages() if one.id not in known}


def test_an_answer_goes_out_in_the_familys_language_without_what_was_asked(scene: Scene) -> None:
    question = scene.ask(name="Naw Mu")
    answer(scene, question)
    message = scene.messages()[-1]
    assert (message.recipient, message.language) == (PHONE.value, "ksw")
    assert "မ့ၢ်" in message.body
    assert question.number in message.body
    assert TEXT not in message.body
    assert "Naw Mu" not in message.body
    assert scene.question(question.id).owner_id == scene.staff["Dana"].id
    settle_message(scene, MessageState.SENT)
    end(scene, question)
    assert steps(scene, question) == [
        ConcernStep.ASKED, ConcernStep.REPLIED, ConcernStep.REPLY_DELIVERED, ConcernStep.CLOSED,
    ]  # fmt: skip
    assert scene.problems() == []


def test_a_common_answer_is_the_catalogues_with_links_in_the_language(scene: Scene) -> None:
    question = scene.ask(language="en")
    answer(scene, question, CommonAnswer.TAKE_IT_BACK)
    assert "https://waivers.example.org/en/revoke/" in scene.messages()[-1].body
    with scene.database.read() as session:
        (reply,) = session.query(QuestionReply)
    assert reply.translated is Translated.COMMON_ANSWER


def test_an_answer_that_does_not_arrive_is_none(scene_on_both: Scene) -> None:
    scene = scene_on_both
    question = scene.ask()
    answer(scene, question)
    settle_message(scene, MessageState.FAILED)
    assert scene.question(question.id).answered_at is None
    scene.forward(days=3)
    assert question.number in reminded(scene)[COORDINATOR]
    with pytest.raises(TextUnusable):
        end(scene, question)
    end(scene, question, "Told at the school", QuestionOutcome.CALLED)


def test_a_question_closed_as_answered_opens_again_when_the_answer_does_not_arrive(
    scene: Scene,
) -> None:
    question = scene.ask()
    answer(scene, question)
    end(scene, question, "Wrote to them")
    settle_message(scene, MessageState.UNDELIVERED)
    with scene.database.read() as session:
        assert [one.id for one in open_questions(session)] == [question.id]
    scene.forward(days=3)
    assert question.number in reminded(scene)[COORDINATOR]
    end(scene, question, "Told at the school", QuestionOutcome.CALLED)
    assert scene.problems() == []


def test_a_question_closed_after_a_call_stays_closed(scene: Scene) -> None:
    question = scene.ask()
    answer(scene, question)
    end(scene, question, "Called", QuestionOutcome.CALLED)
    settle_message(scene, MessageState.FAILED)
    assert scene.question(question.id).outcome is QuestionOutcome.CALLED


def test_who_translated_is_named_and_a_call_is_not_written(scene: Scene) -> None:
    question = scene.ask()
    with pytest.raises(TextUnusable):
        answer(scene, question, OwnAnswer("မ့ၢ်", Translated.INTERPRETER))
    answer(scene, question, OwnAnswer("မ့ၢ်", Translated.INTERPRETER, "Saw Ler"))
    called = scene.ask("Call me", answer_by=AnswerBy.CALL)
    with pytest.raises(NothingToSend):
        answer(scene, called)


def test_who_looks_after_it_is_reminded_and_after_the_deadline_coordinators_too(
    scene_on_both: Scene,
) -> None:
    scene = scene_on_both
    mine, nobodys = scene.ask(), scene.ask("Other")
    with scene.database.begin() as session:
        rosa = scene.staff["Rosa"]
        assign(session, mine.id, rosa.id, by=scene.actor("Rosa"), at=scene.at)
    assert reminded(scene) == {}
    scene.forward(days=1)
    half = reminded(scene)
    assert mine.number in half[rosa.email]
    assert mine.number not in half[COORDINATOR]
    assert nobodys.number in half[COORDINATOR]
    assert reminded(scene) == {}, "once"
    answer(scene, nobodys)
    scene.forward(days=1)
    overdue = reminded(scene)
    assert set(overdue) == {rosa.email, COORDINATOR}
    assert nobodys.number not in overdue[COORDINATOR]
    assert TEXT not in overdue[COORDINATOR]
    assert scene.problems() == []


def test_days_on_which_nobody_works_do_not_count(scene: Scene) -> None:
    with scene.database.begin() as session:
        session.add(ClosedDay(day=date(2026, 11, 25), scope="", name="Snow"))
    assert scene.ask().due_at.astimezone(scene.settings.time_zone).day == 26


def test_a_wish_to_revoke_stands_first_and_its_end_is_always_explained(scene: Scene) -> None:
    scene.ask("First")
    scene.forward(hours=1)
    revoking = scene.ask("I take it back")
    with scene.database.begin() as session:
        mark_revocation(session, revoking.id, by=scene.actor("Dana"), at=scene.at)
    with scene.database.read() as session:
        assert open_questions(session)[0].id == revoking.id
    answer(scene, revoking)
    with pytest.raises(TextUnusable):
        end(scene, revoking)
    end(scene, revoking, "Signed at the desk", QuestionOutcome.REVOCATION)
    with pytest.raises(AlreadyClosed):
        answer(scene, revoking)


def test_what_identifies_a_family_is_forgotten_and_still_counted(scene_on_both: Scene) -> None:
    scene = scene_on_both
    closed, left_open = scene.ask(name="Naw Mu"), scene.ask("Still open")
    answer(scene, closed)
    end(scene, closed, "She lives at 5 Elm Street")
    assert forget_questions(scene.database, scene.settings, at=scene.at) == 0
    scene.forward(days=366)
    assert forget_questions(scene.database, scene.settings, at=scene.at) == 1
    row = scene.question(closed.id)
    assert (row.text, row.name, row.contact, row.note) == (None, None, None, None)
    with scene.database.read() as session:
        (reply,) = session.query(QuestionReply)
        assert (reply.text, reply.interpreter) == (None, None)
        with pytest.raises(ConcernUnknown):
            find_question(session, closed.id)
        assert find_question(session, left_open.id).text == "Still open"
        (count,) = counts(session)
    assert (count.language, count.asked, count.answered, count.open) == ("ksw", 2, 1, 1)
    assert scene.problems() == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE concern_events SET actor_id = 'x' WHERE sequence = 2", "event 2 was altered"),
        ("DELETE FROM concern_events WHERE sequence = 2", "event 2 was removed"),
        ("DELETE FROM concern_events WHERE sequence = 3", "end at 2"),
        ("UPDATE family_questions SET language = 'en'", "is not as the concerns' events say"),
        ("UPDATE family_questions SET closed_at = NULL", "is not as the concerns' events say"),
        ("UPDATE family_questions SET text = contact", "can't be read"),
        ("DELETE FROM question_replies", "was deleted"),
    ],
)
def test_what_is_altered_behind_our_back_is_found(scene: Scene, statement: str, said: str) -> None:
    question = scene.ask()
    answer(scene, question)
    end(scene, question)
    with scene.database.engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount > 0
    assert any(said in line for line in scene.problems())


def test_an_answers_state_that_nobody_knows_is_for_a_person() -> None:
    assert ReplyDelivery.UNKNOWN.needs_person
    assert not ReplyDelivery.SENT.needs_person


def test_the_whole_audit_looks_here_too(scene: Scene, tmp_path: Path) -> None:
    question = scene.ask()
    storage = Storage(f"file://{tmp_path / 'store'}")
    assert list(problems(scene.database, storage)) == []
    with scene.database.engine.begin() as connection:
        connection.execute(text("DELETE FROM family_questions"))
    (line,) = problems(scene.database, storage)
    assert line.startswith(f"concerns: question {question.id} was deleted")
