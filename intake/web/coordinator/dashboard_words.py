"""What counts, ages and circuits are called on the dashboard."""

from datetime import date

from babel.dates import format_date
from flask_babel import gettext

from intake.figures.answers import OTHER_LANGUAGE, Answer, Standing
from intake.sharing.circuit import CircuitState
from intake.web.desk.blueprint import interface_language
from translations import UnknownLanguage, language, mark

_STANDINGS = {
    Standing.CONSENTED: mark("Consented"),
    Standing.DECLINED: mark("Declined"),
    Standing.REVOKED: mark("Revoked"),
    Standing.UNCONFIRMED: mark("To be confirmed"),
    Standing.INVITED: mark("Invited, no answer"),
    Standing.NOT_ASKED: mark("Not asked"),
}
_STANDING_MEANINGS = {
    Standing.CONSENTED: mark("A yes is in force."),
    Standing.DECLINED: mark("The last answer is no."),
    Standing.REVOKED: mark("The last answer was yes, and was taken back."),
    Standing.UNCONFIRMED: mark("Signed; staff have yet to confirm who signed."),
    Standing.INVITED: mark("A personal link was made; nobody has answered."),
    Standing.NOT_ASKED: mark(
        "Nobody was asked, or must be asked again: expired, or the student turned 18."
    ),
}
_ANSWERS = {
    Answer.YES: mark("Said yes"),
    Answer.NO: mark("Said no"),
    Answer.TAKEN_BACK: mark("Took it back"),
}
_ANSWER_MEANINGS = {
    Answer.YES: mark("Waivers signed with yes in that week."),
    Answer.NO: mark("Waivers answered with no in that week."),
    Answer.TAKEN_BACK: mark("Revocations signed in that week."),
}
_CIRCUITS = {
    CircuitState.CLOSED: mark("Sending"),
    CircuitState.OPEN: mark("Paused after failures"),
    CircuitState.HALF_OPEN: mark("Trying again"),
}
_AGES = (
    mark("Less than 1 day"),
    mark("1 to 3 days"),
    mark("3 to 7 days"),
    mark("7 days or more"),
)


def standing_word(standing: Standing) -> str:
    """A column's heading."""
    return str(gettext(_STANDINGS[standing]))


def answer_word(answer: Answer) -> str:
    """A column's heading."""
    return str(gettext(_ANSWERS[answer]))


def meaning(kind: Standing | Answer) -> str:
    """What a column counts, in a sentence."""
    said = _STANDING_MEANINGS[kind] if isinstance(kind, Standing) else _ANSWER_MEANINGS[kind]
    return str(gettext(said))


def circuit_word(circuit: CircuitState) -> str:
    """Whether a destination is sent to."""
    return str(gettext(_CIRCUITS[circuit]))


def age_words() -> list[str]:
    """The classes of age of ``figures.cases``, in order."""
    return [str(gettext(word)) for word in _AGES]


def language_word(code: str) -> str:
    """A language's name in the language of the page."""
    if code == OTHER_LANGUAGE:
        return str(gettext("Not known, or another one"))
    own = interface_language().locale.languages.get(code)
    if own:
        return str(own)
    try:
        return language(code).english_name
    except UnknownLanguage:
        return code


def short_day(day: date) -> str:
    """A Monday, for the foot of a plot."""
    return str(format_date(day, "d MMM", locale=interface_language().locale))
