"""What the printed letter says, in the family's language with English beneath."""

from dataclasses import dataclass
from datetime import date

from intake.campaigns.languages import Wanted
from intake.config import Settings
from intake.documents.texts import offered_languages
from pdf.content import Answer
from pdf.letter import Letter
from translations import language, mark, translate

_ENGLISH = "en"

# TRANSLATORS: title of a printed letter to a family
_TITLE = mark("Please answer: yes or no?")
# TRANSLATORS: in a printed letter to parents
_PARENTS = mark(
    "%(partnership)s works together with partners who help students: tutors, clinics, youth "
    "programs. May information from school about your child be shared with them, so that they can "
    "help?"
)
# TRANSLATORS: in a printed letter to a student who is 18 or older
_ADULT = mark(
    "%(partnership)s works together with partners who help students: tutors, clinics, youth "
    "programs. May information from school about you be shared with them, so that they can help?"
)
# TRANSLATORS: in a printed letter
_FREE = mark(
    "You decide. Whatever you answer, services stay. You can change your mind at any time."
)
# TRANSLATORS: in a printed letter, beside a square code and above an internet address
_HOW = mark(
    "Scan this square with the camera of a phone, or type this address. You can read everything in "
    "your language, or listen to it, before you answer:"
)
# TRANSLATORS: in a printed letter
_PAPER = mark(
    "If you have no phone, or would rather answer on paper: ask the school's office for the form "
    "in your language, or for somebody who reads it to you."
)
# TRANSLATORS: in a printed letter; "link" is the address in it
_PRIVATE = mark(
    "This letter is only for you. Please do not give the link to others. It works until %(day)s."
)
# TRANSLATORS: said to people who can't see it: a square code (QR) in a printed letter
_ALTERNATIVE = mark("Square code with the address that is printed beside it")
_PAGE = mark("Page {page} of {pages}")
_STUDENT, _SCHOOL = mark("Student"), mark("School")
# TRANSLATORS: label before a phone number or email for questions, in a printed letter
_QUESTIONS = mark("Questions?")


@dataclass(frozen=True, slots=True)
class Addressee:
    """For whom a letter is, as the school's record has it."""

    student: str
    is_adult: bool
    school: str
    school_class: str
    teacher: str


def letter(
    settings: Settings, to: Addressee, wanted: Wanted, *, link: str, last_day: date
) -> Letter:
    """One letter; where nobody knows the language it is English with all languages' names."""
    code = wanted.words

    def said(text: str, **values: str) -> Answer:
        filled = {"partnership": settings.partnership, **values}
        return Answer(translate(text, code) % filled, text % filled, "")

    def fact(text: str, value: str) -> Answer:
        return Answer(translate(text, code), text, value)

    about = _ADULT if to.is_adult else _PARENTS
    until = Answer(
        translate(_PRIVATE, code) % {"day": language(code).long_date(last_day)},
        _PRIVATE % {"day": language(_ENGLISH).long_date(last_day)},
        "",
    )
    contact = f"{settings.partnership_phone}, {settings.partnership_email}"
    handing = [to.teacher, to.school_class, to.student]
    return Letter(
        language=code,
        handing=" · ".join(part for part in handing if part),
        title=said(_TITLE),
        before=[said(about), said(_FREE)],
        how=said(_HOW),
        link=link,
        code_alternative=translate(_ALTERNATIVE, code),
        after=[said(_PAPER), until],
        facts=[
            fact(_STUDENT, to.student),
            fact(_SCHOOL, to.school),
            fact(_QUESTIONS, contact),
        ],
        page_label=translate(_PAGE, code),
        languages="" if wanted.link else _all_languages(),
    )


def _all_languages() -> str:
    """English first, so that the row reads as the rest of the letter does."""
    offered = sorted(offered_languages(), key=lambda one: (one.code != _ENGLISH, one.code))
    return " · ".join(one.endonym for one in offered)
