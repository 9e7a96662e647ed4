"""What messages say, in the family's language.

Never more of a student than a first name, and in an SMS no word on what was answered: phones are
shared, numbers change hands, and previews show on locked screens (tests/messages/test_previews.py
holds every text to it). The receiver knows the message by the partnership's name and because they
have just asked for it; no message asks for anything personal. English ones fit one SMS (160
characters); other scripts have 70 a part.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from intake.messages.model import MessageKind
from translations import mark, translate


class Purpose(StrEnum):
    """Why a message is sent."""

    CODE = "code"
    RECEIPT = "receipt"
    REVOCATION_RECEIVED = "revocation_received"
    REVOCATION_DONE = "revocation_done"
    PART_RECEIVED = "part_received"
    PART_DONE = "part_done"
    NOW_YOURS = "now_yours"
    CAMPAIGN = "campaign"
    CAMPAIGN_REMINDER = "campaign_reminder"
    CASE_REMINDER = "case_reminder"
    """To staff, as the next one: see ``revocations.wording``."""
    CASE_OVERDUE = "case_overdue"
    QUESTION_RECEIVED = "question_received"
    QUESTION_REPLY = "question_reply"
    QUESTIONS_WAIT = "questions_wait"
    """To coordinators: see ``concerns.wording``."""
    VIOLATION_REPORTED = "violation_reported"
    """To the governance addresses, as the next one."""
    VIOLATIONS_WAIT = "violations_wait"
    PARTNER_LAPSES = "partner_lapses"
    """To coordinators and partners, never to a family."""
    STAFF_LINK = "staff_link"
    """To staff about their accounts, as the next one: see ``staffing.wording``."""
    STAFF_NOTICE = "staff_notice"
    MAY_REVOKE = "may_revoke"
    """To coordinators: see ``replies``."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One message's text; ``subject`` is empty for SMS."""

    purpose: Purpose
    subject: str = field(repr=False)
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Texts:
    sms: str
    subject: str
    email: str


# TRANSLATORS: An SMS after somebody took back their permission, or a part of it. It must not say
# that, nor that there was one: a wrong number may get it. "Letter": what they have just signed.
# Keep it short. In a right-to-left language begin with a word of it.
_LETTER_RECEIVED = mark(
    "%(partnership)s: we have received your letter. Your copy, and what happens next: %(link)s"
)
# TRANSLATORS: An SMS when everything is done that such a letter asked for. It must not say what.
_LETTER_DONE = mark("%(partnership)s: what your letter asked for is done. See it here: %(link)s")
# TRANSLATORS: Subject of the email after somebody took back their permission, or a part of it.
_LETTER_RECEIVED_SUBJECT = mark("We have received your letter: %(partnership)s")
# TRANSLATORS: Subject of the email when everything is done that such a letter asked for.
_LETTER_DONE_SUBJECT = mark("What your letter asked for is done: %(partnership)s")

_TEXTS = {
    Purpose.CODE: _Texts(
        # TRANSLATORS: An SMS with a one-time code of six digits. Keep it as short as you can,
        # best under 70 characters without the partnership's name. The code stays in front:
        # phones offer it from there.
        sms=mark("%(code)s is your code for %(partnership)s. Do not share this code."),
        # TRANSLATORS: Subject of the email with the one-time code.
        subject=mark("Your code for %(partnership)s"),
        # TRANSLATORS: Email with the one-time code of six digits.
        email=mark(
            "Your code is %(code)s\n\n"
            "Type it on the page where you asked for it. It works for 10 minutes, once.\n\n"
            "Do not share this code. %(partnership)s will never ask you for it on the phone. "
            "If you did not ask for a code, you need not do anything."
        ),
    ),
    Purpose.RECEIPT: _Texts(
        # TRANSLATORS: An SMS after somebody signed, with a yes or a no: it must not say which.
        # Keep it short. In a right-to-left language begin with a word of it, not with the
        # partnership's Latin name: phones take the direction from the first letter.
        sms=mark(
            "%(partnership)s: your answer is recorded. Your copy, and how to change it: %(link)s"
        ),
        # TRANSLATORS: Subject of the email after somebody signed, with a yes or a no.
        subject=mark("Your copy from %(partnership)s"),
        # TRANSLATORS: Email after somebody signed, with a yes or a no.
        email=mark(
            "Your answer is recorded. You can see and keep your signed copy here:\n"
            "%(link)s\n\n"
            "You can change your mind at any time. The same page shows how to take it back.\n\n"
            "Keep this message, and do not share the link.\n\n"
            "%(partnership)s"
        ),
    ),
    Purpose.REVOCATION_RECEIVED: _Texts(
        sms=_LETTER_RECEIVED,
        subject=_LETTER_RECEIVED_SUBJECT,
        # TRANSLATORS: Email after somebody took back their permission.
        email=mark(
            "We have received your letter. From now on nothing more is shared.\n\n"
            "You can see and keep your signed copy here, and see what happens next:\n"
            "%(link)s\n\n"
            "We will tell you when the sharing system has hidden the student's identity.\n\n"
            "%(partnership)s"
        ),
    ),
    Purpose.REVOCATION_DONE: _Texts(
        sms=_LETTER_DONE,
        subject=_LETTER_DONE_SUBJECT,
        # TRANSLATORS: Email when the sharing system has confirmed that the student can no longer
        # be recognised in it. "Paper copies": printed before the permission was taken back.
        email=mark(
            "You took back your permission. This is now complete: the sharing system has "
            "confirmed that the student's identity is hidden.\n\n"
            "If somebody else holds paper copies, please ask them directly.\n\n"
            "%(partnership)s"
        ),
    ),
    Purpose.PART_RECEIVED: _Texts(
        sms=_LETTER_RECEIVED,
        subject=_LETTER_RECEIVED_SUBJECT,
        # TRANSLATORS: Email after somebody took back a part of their permission.
        email=mark(
            "We have received your letter. From now on this part is no longer shared. The rest "
            "of your permission stays.\n\n"
            "You can see and keep your signed copy here, and see what happens next:\n"
            "%(link)s\n\n"
            "We will tell you when the sharing system has stopped sharing this part.\n\n"
            "%(partnership)s"
        ),
    ),
    Purpose.PART_DONE: _Texts(
        sms=_LETTER_DONE,
        subject=_LETTER_DONE_SUBJECT,
        # TRANSLATORS: Email when the sharing system has confirmed that it no longer shares the
        # part that was taken back.
        email=mark(
            "You took back a part of your permission. This is now complete: the sharing system "
            "has confirmed that it no longer shares this part.\n\n"
            "If somebody else holds paper copies, please ask them directly.\n\n"
            "%(partnership)s"
        ),
    ),
    Purpose.NOW_YOURS: _Texts(
        # TRANSLATORS: An SMS to a student on the 18th birthday: what a parent signed counts no
        # more. It must say neither the age nor what the parent had answered: a wrong number may
        # get it. Keep it short. In a right-to-left language begin with a word of it.
        sms=mark(
            "%(partnership)s: a school form waits for you. Please read it and answer: %(link)s"
        ),
        # TRANSLATORS: Subject of the email to a student on the 18th birthday.
        subject=mark("Now you decide: %(partnership)s"),
        # TRANSLATORS: Email to a student on the 18th birthday. It must not say what the parent
        # had answered.
        email=mark(
            "You are 18 now. From today only you decide whether information about you may be "
            "shared with our partners. Until you say yes, nothing is shared.\n\n"
            "You can read what it is about, and answer, here:\n"
            "%(link)s\n\n"
            "Whatever you answer, you can still get services.\n\n"
            "Do not share the link.\n\n"
            "%(partnership)s"
        ),
    ),
    Purpose.QUESTION_RECEIVED: _Texts(
        # TRANSLATORS: An SMS after a family wrote a question to us. "number": of the question, for
        # the phone. "day": a date. Keep it short. In a right-to-left language begin with a word
        # of it.
        sms=mark(
            "%(partnership)s: we have got your question. Its number is %(number)s. "
            "You get an answer by %(day)s."
        ),
        # TRANSLATORS: Subject of the email after a family wrote a question to us.
        subject=mark("We have got your question: %(partnership)s"),
        # TRANSLATORS: Email after a family wrote a question to us. "day": a date.
        email=mark(
            "We have got your question. Its number is %(number)s.\n\n"
            "You get an answer by %(day)s. If it is urgent, please call us and say the number.\n\n"
            "If you did not write to us, somebody has typed your address by mistake. You need not "
            "do anything.\n\n"
            "%(partnership)s"
        ),
    ),
    Purpose.QUESTION_REPLY: _Texts(
        # TRANSLATORS: An SMS with the answer to a family's question; "answer" is in your language.
        sms=mark("%(answer)s\n\n%(partnership)s, question %(number)s"),
        # TRANSLATORS: Subject of the email with the answer to a family's question.
        subject=mark("Your question %(number)s: %(partnership)s"),
        # TRANSLATORS: Email with the answer to a family's question; "answer" is in your language.
        email=mark(
            "You asked us something. Your question has the number %(number)s. "
            "This is our answer:\n\n"
            "%(answer)s\n\n"
            "If you want to know more, you can ask again here:\n"
            "%(link)s\n\n"
            "%(partnership)s"
        ),
    ),
    Purpose.CAMPAIGN: _Texts(
        # TRANSLATORS: An SMS that asks a family, or a student of 18, for an answer: the first
        # one. A stranger may get it, so it says nothing about anybody. Keep it as short as you
        # can; "STOP" stays as it is, in Latin letters. In a right-to-left language begin with a
        # word of it.
        sms=mark(
            "%(partnership)s: May school information be shared? Yes or no: %(link)s "
            "Reply STOP to end"
        ),
        # TRANSLATORS: Subject of the email that asks a family for an answer.
        subject=mark("Please answer yes or no: %(partnership)s"),
        # TRANSLATORS: Email that asks a family, or a student of 18, for an answer: the first one.
        # A stranger may get it, so it says nothing about anybody.
        email=mark(
            "May information from school be shared with our partners, so that they can help? "
            "Please read what it is about, in your language, and answer yes or no:\n"
            "%(link)s\n\n"
            "Whatever you answer, services stay. You can change your mind at any time.\n\n"
            "You get one message for each child in school. Do not share the link.\n\n"
            "If this is not for you, you need not do anything.\n\n"
            "%(partnership)s"
        ),
    ),
    Purpose.CAMPAIGN_REMINDER: _Texts(
        # TRANSLATORS: An SMS that reminds a family of the question; nobody has answered yet. A
        # stranger may get it, so it says nothing about anybody. Keep it as short as you can;
        # "STOP" stays as it is, in Latin letters. In a right-to-left language begin with a word
        # of it.
        sms=mark(
            "%(partnership)s reminder: May school information be shared? Yes or no: %(link)s "
            "Reply STOP to end"
        ),
        # TRANSLATORS: Subject of the email that reminds a family of the question.
        subject=mark("A reminder, please answer yes or no: %(partnership)s"),
        # TRANSLATORS: Email that reminds a family of the question; nobody has answered yet. A
        # stranger may get it, so it says nothing about anybody.
        email=mark(
            "We have asked you whether information from school may be shared with our partners. "
            "We have no answer yet. Please answer yes or no here:\n"
            "%(link)s\n\n"
            "Whatever you answer, services stay. Once you have answered, we do not remind you "
            "any more.\n\n"
            "You get one message for each child in school. Do not share the link.\n\n"
            "If this is not for you, you need not do anything.\n\n"
            "%(partnership)s"
        ),
    ),
}


def code_wording(kind: MessageKind, language: str, *, partnership: str, code: str) -> Wording:
    """The one-time code; its digits are 0-9 in every language, so that phones recognise it."""
    return _wording(Purpose.CODE, kind, language, partnership=partnership, code=code)


def receipt_wording(kind: MessageKind, language: str, *, partnership: str, link: str) -> Wording:
    """The answer (yes or no) is recorded; ``link`` leads to the copy and to revoking."""
    return _wording(Purpose.RECEIPT, kind, language, partnership=partnership, link=link)


def revocation_received_wording(
    kind: MessageKind, language: str, *, partnership: str, link: str, is_partial: bool = False
) -> Wording:
    """The revocation is recorded and counts; ``link`` leads to its copy and progress."""
    purpose = Purpose.PART_RECEIVED if is_partial else Purpose.REVOCATION_RECEIVED
    return _wording(purpose, kind, language, partnership=partnership, link=link)


def revocation_done_wording(
    kind: MessageKind, language: str, *, partnership: str, link: str, is_partial: bool = False
) -> Wording:
    """Every sharing system has confirmed that the identity is hidden, or the part not shared;
    ``link`` leads to the page that says so."""
    purpose = Purpose.PART_DONE if is_partial else Purpose.REVOCATION_DONE
    return _wording(purpose, kind, language, partnership=partnership, link=link)


def now_yours_wording(kind: MessageKind, language: str, *, partnership: str, link: str) -> Wording:
    """The student is 18; ``link`` leads to the student's own waiver."""
    return _wording(Purpose.NOW_YOURS, kind, language, partnership=partnership, link=link)


def question_received_wording(
    kind: MessageKind, language: str, *, partnership: str, number: str, day: str
) -> Wording:
    """A family's question is here; ``day`` is until when it shall be answered."""
    return _wording(
        Purpose.QUESTION_RECEIVED, kind, language, partnership=partnership, number=number, day=day
    )


def question_reply_wording(
    kind: MessageKind, language: str, *, partnership: str, number: str, answer: str, link: str
) -> Wording:
    """The answer, in the family's language; ``link`` leads to where they ask again."""
    values = {"partnership": partnership, "number": number, "answer": answer, "link": link}
    return _wording(Purpose.QUESTION_REPLY, kind, language, **values)


def campaign_wording(
    kind: MessageKind, language: str, *, partnership: str, link: str, is_reminder: bool = False
) -> Wording:
    """A family is asked for an answer, or reminded; ``link`` is its own."""
    purpose = Purpose.CAMPAIGN_REMINDER if is_reminder else Purpose.CAMPAIGN
    return _wording(purpose, kind, language, partnership=partnership, link=link)


def _wording(purpose: Purpose, kind: MessageKind, language: str, **values: str) -> Wording:
    texts = _TEXTS[purpose]
    if kind is MessageKind.SMS:
        return Wording(purpose, "", translate(texts.sms, language) % values)
    subject = translate(texts.subject, language) % values
    return Wording(purpose, subject, translate(texts.email, language) % values)


def family_purposes() -> tuple[Purpose, ...]:
    """Those of which families and students get messages, each by SMS and by email."""
    return tuple(_TEXTS)


def filled_wording(
    purpose: Purpose, kind: MessageKind, language: str, values: Mapping[str, str]
) -> Wording:
    """Any of them with these values; for previews. Raises KeyError where one is missing."""
    return _wording(purpose, kind, language, **values)
