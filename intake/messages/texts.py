"""The English texts of families' messages; their translations are in the catalogues."""

from dataclasses import dataclass
from enum import StrEnum

from translations import mark


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
class Texts:
    """One message as it is translated."""

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

TEXTS = {
    Purpose.CODE: Texts(
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
    Purpose.RECEIPT: Texts(
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
    Purpose.REVOCATION_RECEIVED: Texts(
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
    Purpose.REVOCATION_DONE: Texts(
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
    Purpose.PART_RECEIVED: Texts(
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
    Purpose.PART_DONE: Texts(
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
    Purpose.NOW_YOURS: Texts(
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
    Purpose.QUESTION_RECEIVED: Texts(
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
    Purpose.QUESTION_REPLY: Texts(
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
    Purpose.CAMPAIGN: Texts(
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
    Purpose.CAMPAIGN_REMINDER: Texts(
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
