"""What somebody is answered who writes to our number, and how staff learn of it.

Never more than the person already knows: whoever holds a phone can write from it, and numbers
change hands.
"""

from intake.messages.model import Meaning
from intake.messages.texts import Purpose
from intake.messages.to_staff import staff_wording
from intake.messages.wording import Wording
from translations import mark, translate

_TEXTS = {
    Meaning.STOP: mark(
        # TRANSLATORS: An SMS that answers STOP. Leave STOP and START in Latin letters: they work
        # in every language. Keep it short, best in two parts (134 characters) in scripts that are
        # not Latin. In a right-to-left language begin with a word of it.
        "%(partnership)s: you will get no more text messages from us. To get them again, send "
        "START. To reach a person: %(phone)s"
    ),
    Meaning.START: mark(
        # TRANSLATORS: An SMS that answers START. Leave STOP in Latin letters.
        "%(partnership)s: you will get our text messages again. To stop them, send STOP. To reach "
        "a person: %(phone)s"
    ),
    Meaning.HELP: mark(
        # TRANSLATORS: An SMS that answers HELP. Leave STOP in Latin letters.
        "%(partnership)s sends messages about school forms. To reach a person: %(phone)s or "
        "%(email)s. To stop messages, send STOP."
    ),
    Meaning.REVOKE: mark(
        # TRANSLATORS: An SMS that answers somebody who seems to take back a permission by SMS.
        # It must not say whether there is one. "An answer": yes or no on a form.
        "%(partnership)s: a person will read this. A text changes nothing by itself. To change an "
        "answer: %(link)s or call %(phone)s"
    ),
    Meaning.WRONG_PERSON: mark(
        # TRANSLATORS: An SMS that answers somebody who says that we have a wrong number.
        "%(partnership)s: thank you. We will send no more text messages to this number."
    ),
    Meaning.OTHER: mark(
        # TRANSLATORS: An SMS that answers anything else, once a day. Leave STOP in Latin letters.
        "%(partnership)s: a person will read this, but perhaps not today. To reach somebody now: "
        "%(phone)s or %(email)s. To stop messages, send STOP."
    ),
}


def reply_text(
    meaning: Meaning, language: str, *, partnership: str, phone: str, email: str, base_url: str
) -> str:
    """The answer to a reply of this meaning."""
    return translate(_TEXTS[meaning], language) % {
        "partnership": partnership,
        "phone": phone,
        "email": email,
        "link": f"{base_url}/{language}/revoke/",
    }


# TRANSLATORS: Subject of an email to staff.
_DOUBT_SUBJECT = mark("A reply may take a permission back: please read it")
# TRANSLATORS: Email to coordinators. It names nobody: the page asks them to sign in.
_DOUBT = mark(
    "Somebody answered one of our text messages, and may want to take a permission back. Until a "
    "person has read it, nothing is shared about the students of this number.\n\n"
    "Please read it here:\n%(link)s\n\n"
    "%(partnership)s"
)


def may_revoke_wording(*, partnership: str, link: str) -> Wording:
    """The email to coordinators about a reply that raises a doubt."""
    values = {"partnership": partnership, "link": link}
    return staff_wording(Purpose.MAY_REVOKE, _DOUBT_SUBJECT, _DOUBT, values)
