"""Replies: what is obeyed, what is answered and in which language, what waits for a person."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forms.choices import ContactKind
from intake.consents.decide import Reason
from intake.consents.ledger import Actor
from intake.consents.states import ActorKind, ConsentState, EventKind
from intake.db.engine import Database
from intake.messages.contacts import Contact
from intake.messages.flags import unusable_among
from intake.messages.inbound import Incoming, forget_old_replies, settle_reply, take_reply
from intake.messages.known import students_of
from intake.messages.model import InboundMessage, Meaning, MessageState
from intake.messages.optouts import is_stopped, key_of
from intake.roster.model import Student
from intake.roster.scope import EVERY_SCHOOL, SchoolScope
from intake.roster.students import add_school
from intake.web.desk.reply_list import ReplyFilter, reply_rows
from tests.conftest import NOW
from tests.consents.story import Story
from tests.messages.conftest import PHONE, ask_code, messages
from tests.messages.replying import BASE_URL, settings
from tests.messages.test_held_back import campaign

DAY = timedelta(days=1)
ROSA = Actor(ActorKind.STAFF, "staff-1")


def reply(
    database: Database,
    body: str,
    *,
    sid: str = "",
    day: int = 0,
    handled_as: Meaning | None = None,
    sender: str = PHONE.value,
) -> str:
    """Somebody writes to our number; what they are answered."""
    sid = sid or f"SM-{body[:20]}-{day}"
    with database.begin() as session:
        incoming = Incoming(sid, sender, body, handled_as)
        return take_reply(session, incoming, settings(), at=NOW + day * DAY)


def kept(database: Database) -> list[InboundMessage]:
    with database.read() as session:
        return list(session.scalars(select(InboundMessage).order_by(InboundMessage.received_at)))


def stopped(database: Database) -> bool:
    with database.read() as session:
        return is_stopped(session, PHONE)


def test_stop_and_start_are_obeyed_and_answered(database: Database) -> None:
    assert "START" in reply(database, "ALTO por favor")
    assert stopped(database)
    assert "again" in reply(database, "start")
    assert not stopped(database)
    assert [(one.meaning, one.settled_at) for one in kept(database)] == [
        (Meaning.STOP, NOW),
        (Meaning.START, NOW),
    ]


def test_a_no_stops_reminders_and_is_shown_to_a_person(database: Database) -> None:
    reply(database, "No.")
    assert stopped(database)
    assert kept(database)[0].settled_at is None


def test_the_same_message_again_does_and_answers_the_same(database: Database) -> None:
    first = reply(database, "stop", sid="SM1")
    reply(database, "start", sid="SM2")
    assert reply(database, "stop", sid="SM1") == first
    assert not stopped(database)
    assert len(kept(database)) == 2


@pytest.mark.parametrize(
    ("written_in", "body", "language"),
    [
        ("ksw", "STOP", "ksw"),  # what our message told them to send
        ("ksw", "ဆိကတီၢ်", "ksw"),
        ("en", "jooji", "so"),
        ("fa", "توقف", "fa"),
        (None, "توقف", "ar"),
        (None, "help", "en"),
        ("my", "👍", "my"),
    ],
)
def test_the_answer_is_in_the_language_of_the_word_or_of_our_last_message(
    database: Database, written_in: str | None, body: str, language: str
) -> None:
    if written_in is not None:
        ask_code(database, language=written_in)
    reply(database, body)
    assert kept(database)[0].language == language


def test_anything_else_is_answered_once_a_day_and_waits_for_a_person(database: Database) -> None:
    first = reply(database, "When is the meeting?")
    assert "+18015550100" in first
    assert reply(database, "Hello?") == ""
    assert reply(database, "Anybody?", day=1) != ""
    assert {one.settled_at for one in kept(database)} == {None}


def test_two_machines_that_answer_each_other_come_to_an_end(database: Database) -> None:
    answers = [reply(database, "HELP", sid=f"SM{n}") for n in range(20)]
    assert 1 <= sum(bool(answer) for answer in answers) <= 6


def test_what_twilio_has_answered_itself_is_not_answered_twice(database: Database) -> None:
    assert reply(database, "Quit it", handled_as=Meaning.STOP) == ""
    assert stopped(database)


def test_a_wrong_number_is_flagged_and_gets_nothing_more(database: Database) -> None:
    assert "no more" in reply(database, "wrong number")
    assert stopped(database)
    with database.read() as session:
        key = key_of(session, PHONE)
        assert unusable_among(session, {key}) == {key}
    assert kept(database)[0].settled_at is None


def test_words_of_taking_back_hold_sharing_until_a_person_has_read_them(
    database: Database,
) -> None:
    story = Story(database)
    student = story.student()
    consent = story.sign(student)
    campaign(database)
    assert story.permits(student)

    answer = reply(database, "Please stop sharing my son's grades")

    assert f"{BASE_URL}/en/revoke/" in answer
    assert {decision.reason for decision in story.decide(student)} == {Reason.ON_HOLD}
    assert story.consent(consent.id).state is ConsentState.ACTIVE  # no revocation by itself
    assert not stopped(database)  # the code for revoking online must reach them
    texts = {m.purpose: m for m in messages(database)}
    assert texts["receipt"].state is MessageState.STOPPED
    assert texts["may_revoke"].recipient == "coordinator@example.org"
    assert "Emma" not in texts["may_revoke"].body

    with database.begin() as session:
        settle_reply(session, kept(database)[0].id, scope=EVERY_SCHOOL, by=ROSA, at=NOW)
        settle_reply(session, kept(database)[0].id, scope=EVERY_SCHOOL, by=ROSA, at=NOW + DAY)
    assert story.permits(student)
    assert kept(database)[0].settled_at == NOW
    with database.read() as session:
        events = Story(database).kinds(consent.id)
    assert EventKind.REVOKED not in events


def test_what_a_reply_holds_back_at_another_school_waits_for_that_school(
    database: Database,
) -> None:
    story = Story(database)
    mine, other = story.student(), story.student()
    with database.begin() as session:
        elsewhere = add_school(session, "Westview High School")
        session.get_one(Student, other).school_id = elsewhere.id
        my_school = SchoolScope.of([session.get_one(Student, mine).school_id])
        their_school = SchoolScope.of([elsewhere.id])
    for student in (mine, other):
        story.sign(student)
    reply(database, "please revoke")

    with database.begin() as session:
        settle_reply(session, kept(database)[0].id, scope=my_school, by=ROSA, at=NOW)

    assert (story.permits(mine), story.permits(other)) == (True, False)
    with database.read() as session:
        assert reply_rows(session, my_school, ReplyFilter.OPEN) == []
        assert len(reply_rows(session, their_school, ReplyFilter.OPEN)) == 1
        assert len(reply_rows(session, EVERY_SCHOOL, ReplyFilter.OPEN)) == 1
    with database.begin() as session:
        settle_reply(session, kept(database)[0].id, scope=their_school, by=ROSA, at=NOW)
    assert story.permits(other)
    assert kept(database)[0].settled_at == NOW


@pytest.mark.parametrize(
    ("body", "is_done"),
    [
        ("STOP", True),
        ("Stop please!", True),
        ("🛑", True),
        ("can I stop by tomorrow?", False),
        ("🛑 call me", False),
        ("ရပ်ပါ", True),
        ("ရပ်ကွက် ၅", False),
    ],
)
def test_a_word_of_stopping_in_a_longer_message_stops_and_is_shown(
    database: Database, body: str, is_done: bool
) -> None:
    reply(database, body)
    assert stopped(database)
    assert (kept(database)[0].settled_at is not None) is is_done


def test_words_of_a_stranger_hold_nothing(database: Database) -> None:
    story = Story(database)
    student = story.student()
    story.sign(student)
    reply(database, "revoke", sender="+18015550999")
    assert story.permits(student)
    assert kept(database)[0].settled_at is None


def test_only_the_schools_of_a_scope_are_shown(database: Database) -> None:
    story = Story(database)
    student = story.student()
    story.sign(student)
    with database.read() as session:
        key = key_of(session, Contact(ContactKind.PHONE, PHONE.value))
        school = session.get_one(Student, student).school_id
        assert [one.id for one in students_of(session, {key})[key]] == [student]
        assert students_of(session, {key}, SchoolScope.of([school]))[key]
        assert not students_of(session, {key}, SchoolScope.of(["other"])).get(key)


def test_a_reply_is_forgotten_when_somebody_was_done_with_it(database: Database) -> None:
    reply(database, "stop")
    reply(database, "a question")
    with database.begin() as session:
        forget_old_replies(session, before=NOW + DAY)
    assert [one.body for one in kept(database)] == ["a question"]


def test_the_longest_and_strangest_text_is_taken(database: Database) -> None:
    for n, body in enumerate(["", "x" * 100_000, "\x00\ud83d"[:1], "\u202e" * 50, "🙂" * 2000]):
        reply(database, body, sid=f"SM{n}")
    assert len(kept(database)) == 5
