"""Where permission stands for a student, in one plain sentence for staff."""

from dataclasses import dataclass

from flask_babel import gettext

from intake.consents.decide import Reason
from intake.web.desk.student_page import StudentView
from translations import mark


@dataclass(frozen=True, slots=True)
class Permission:
    """What the sentence says, and how it is marked."""

    text: str
    kind: str
    """A class of desk.css: good, bad, or waiting for staff."""


_GOOD, _BAD, _WAITS = "active", "declined", "waiting"
_SENTENCES: dict[Reason, tuple[str, str]] = {
    Reason.CONSENTED: (mark("Yes. The family allows sharing."), _GOOD),
    Reason.NO_CONSENT: (mark("No answer yet. Nothing may be shared."), _WAITS),
    Reason.PENDING_VERIFICATION: (
        mark("Yes, but nobody has confirmed who signed. Nothing may be shared until then."),
        _WAITS,
    ),
    Reason.DECLINED: (mark("The family said no. Nothing may be shared."), _BAD),
    Reason.ON_HOLD: (
        mark("Stopped until a person has looked at a paper or a reply"),
        _WAITS,
    ),
    Reason.UNSETTLED_REFUSAL: (
        mark("Somebody said no, and nobody has confirmed who. Nothing may be shared."),
        _WAITS,
    ),
    Reason.REVOKED: (mark("The permission was taken back. Nothing may be shared."), _BAD),
    Reason.EXPIRED: (mark("The permission has ended. Nothing may be shared."), _BAD),
    Reason.RIGHTS_TRANSFERRED: (
        mark("The student is 18 now and has not answered. Nothing may be shared."),
        _WAITS,
    ),
    Reason.SUPERSEDED: (mark("No answer is in force. Nothing may be shared."), _BAD),
}


def permission_words(view: StudentView) -> Permission:
    """The sentence for a student's page. What has no sentence of its own denies."""
    sentence, kind = _SENTENCES.get(view.reason, _SENTENCES[Reason.SUPERSEDED])
    return Permission(str(gettext(sentence)), kind)
