"""Replies to our text messages: obeyed where a word is enough, shown to a person where it is not.

A reply never takes a permission back: 34 CFR 99.30 wants it signed and dated, and anybody can hold
a phone. But words of taking back make decisions deny for the students of this number until a person
has looked, as a paper that can't be read for certain does.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, select
from sqlalchemy.orm import Session

from forms.choices import ContactKind
from intake.config import Settings
from intake.consents.holds import has_holds, lift_holds, place_hold
from intake.consents.ledger import SYSTEM, Actor
from intake.consents.states import HoldReason
from intake.db.base import new_id
from intake.db.limits import Limit, TooManyAttempts, count_attempt
from intake.db.locks import one_at_a_time
from intake.messages.contacts import Contact
from intake.messages.flags import flag_contact
from intake.messages.known import shared_students, students_of
from intake.messages.model import (
    FlagReason,
    InboundMessage,
    Meaning,
    OutgoingMessage,
    StopChannel,
)
from intake.messages.optouts import key_of, start, stop
from intake.messages.replies import may_revoke_wording, reply_text
from intake.messages.to_staff import tell_staff
from intake.messages.waiting import end_queued
from intake.messages.words import Reading, read_reply
from intake.roster.scope import SchoolScope
from translations import languages

_LONGEST = 1600
"""Characters: ten parts of an SMS are 1,530."""
_DAY = timedelta(days=1)
_ANSWERS = Limit("reply", 6, _DAY)
"""Two machines that answer each other must come to an end."""
_SAME_ANSWER = Limit("reply:other", 1, _DAY)
_DONE_BY_RULE = frozenset({Meaning.STOP, Meaning.START, Meaning.HELP})


@dataclass(frozen=True, slots=True)
class Incoming:
    """One text message to our number."""

    provider_id: str
    sender: str = field(repr=False)
    """E.164."""
    body: str = field(repr=False)
    handled_as: Meaning | None = None
    """STOP, START or HELP, where the provider has obeyed and answered already."""


def take_reply(session: Session, incoming: Incoming, settings: Settings, *, at: datetime) -> str:
    """Keep a reply, do what it says, and return what to answer; empty: nothing.

    The same message again: the same answer, and nothing else.
    """
    one_at_a_time(session, f"reply {incoming.provider_id}")
    known = session.scalars(
        select(InboundMessage).where(InboundMessage.provider_id == incoming.provider_id)
    ).first()
    if known is not None:
        return known.reply
    contact = Contact(ContactKind.PHONE, incoming.sender)
    reading = read_reply(incoming.body)
    meaning = _meaning(reading, incoming)
    language = _language(session, key_of(session, contact), reading)
    is_answered = incoming.handled_as is None and _may_answer(session, contact, meaning, at)
    message = InboundMessage(
        id=new_id(),
        provider_id=incoming.provider_id,
        contact_key=key_of(session, contact),
        sender=contact.stored,
        body=incoming.body[:_LONGEST],
        meaning=meaning,
        language=language,
        reply=_answer(meaning, language, settings) if is_answered else "",
        received_at=at,
        settled_at=at if _is_done(meaning, reading, incoming) else None,
    )
    session.add(message)
    session.flush()
    _obey(session, message, contact, reading, incoming, at)
    if meaning is Meaning.REVOKE:
        _raise_doubt(session, message, settings, at)
    return message.reply


def settle_reply(
    session: Session, reply_id: str, *, scope: SchoolScope, by: Actor, at: datetime
) -> None:
    """A person is done with it; what it held back may be shared again, if nothing else stands
    against it. Again: nothing changes.

    What it holds back of students outside of ``scope`` stays so: it waits for their schools.
    """
    message = session.get_one(InboundMessage, reply_id, with_for_update=True)
    if message.settled_at is not None:
        return
    lift_holds(session, message.id, actor=by, at=at, scope=scope)
    if not has_holds(session, message.id):
        message.settled_at, message.settled_by = at, by.id


def forget_old_replies(session: Session, *, before: datetime) -> None:
    """Delete replies that somebody was done with earlier; open ones stay until then."""
    session.execute(delete(InboundMessage).where(InboundMessage.settled_at < before))


def _is_done(meaning: Meaning, reading: Reading, incoming: Incoming) -> bool:
    """Whether nobody needs to read it: a rule did all that it asks for, and it asks for no more."""
    is_plain = reading.is_whole and not reading.is_refusal
    return meaning in _DONE_BY_RULE and (is_plain or incoming.handled_as is not None)


def _meaning(reading: Reading, incoming: Incoming) -> Meaning:
    """What our table reads, unless it finds less than what the provider has acted upon."""
    if incoming.handled_as is None or reading.meaning in {Meaning.REVOKE, Meaning.WRONG_PERSON}:
        return reading.meaning
    return incoming.handled_as


def _language(session: Session, key: str, reading: Reading) -> str:
    """The language of what we last wrote to this number, unless the word is of another.

    English words are everybody's: our own messages tell families to send STOP.
    """
    used = session.scalars(
        select(OutgoingMessage.language)
        .where(OutgoingMessage.contact_key == key)
        .order_by(OutgoingMessage.created_at.desc())
        .limit(1)
    ).first()
    if used is None:
        students = students_of(session, {key}).get(key, [])
        used = next((one.language for one in students if one.language), None)
    usual = used if used in languages() else "en"
    own = reading.languages
    if not own or "en" in own or usual in own:
        return usual
    return next(code for code in languages() if code in own)


def _may_answer(session: Session, contact: Contact, meaning: Meaning, at: datetime) -> bool:
    limits = [_ANSWERS, _SAME_ANSWER] if meaning is Meaning.OTHER else [_ANSWERS]
    try:
        for limit in limits:
            count_attempt(session, limit, contact.stored, at=at)
    except TooManyAttempts:
        return False
    return True


def _answer(meaning: Meaning, language: str, settings: Settings) -> str:
    return reply_text(
        meaning,
        language,
        partnership=settings.partnership,
        phone=settings.partnership_phone,
        email=settings.partnership_email,
        base_url=settings.base_url,
    )


def _obey(
    session: Session,
    message: InboundMessage,
    contact: Contact,
    reading: Reading,
    incoming: Incoming,
    at: datetime,
) -> None:
    channel, word = StopChannel.SMS, reading.word
    if incoming.handled_as is not None:
        channel, word = StopChannel.PROVIDER, word or f"Twilio {incoming.handled_as}"
    is_stop = reading.wants_stop or Meaning.STOP in {message.meaning, incoming.handled_as}
    if is_stop:
        stop(session, contact, channel=channel, word=word, at=at)
    if message.meaning is Meaning.START:
        start(session, contact, channel=channel, word=word, at=at)
    if message.meaning is Meaning.WRONG_PERSON:
        flag_contact(session, contact, FlagReason.WRONG_PERSON, code="reply", at=at)


def _raise_doubt(
    session: Session, message: InboundMessage, settings: Settings, at: datetime
) -> None:
    """Nothing is shared, and no campaign writes, until a person has read it."""
    of_campaigns = and_(
        OutgoingMessage.contact_key == message.contact_key,
        OutgoingMessage.campaign_id.is_not(None),
    )
    end_queued(session, of_campaigns, "a reply may take permission back", at=at)
    for student_id in shared_students(session, message.contact_key):
        place_hold(
            session,
            student_id,
            paper_id=message.id,
            reason=HoldReason.POSSIBLE_REVOCATION,
            actor=SYSTEM,
            at=at,
        )
    wording = may_revoke_wording(
        partnership=settings.partnership, link=f"{settings.base_url}/desk/replies"
    )
    addresses = settings.coordinator_emails or (settings.partnership_email,)
    tell_staff(session, addresses, wording, at=at)
