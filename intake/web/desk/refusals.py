"""Why a person at the desk may not do what they came for, in words for staff."""

from dataclasses import dataclass

from flask_babel import gettext

from intake.consents.errors import (
    AlreadyRevoked,
    ConsentError,
    NotEligibleToSign,
    NotEntitled,
    NothingToRevoke,
)
from translations import mark

REFUSED = (AlreadyRevoked, NothingToRevoke, NotEntitled, NotEligibleToSign)
_SENTENCES: dict[type[ConsentError], str] = {
    AlreadyRevoked: mark("The permission was taken back before. Nothing is shared."),
    NothingToRevoke: mark("There is no permission that could be taken back. Nothing is shared."),
    NotEntitled: mark(
        "This person can't take it back: before 18 a parent or guardian can, from 18 on only "
        "the student."
    ),
    NotEligibleToSign: mark(
        "This person can't answer: before 18 a parent or guardian can, from 18 on only the student."
    ),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not, and the case where it was taken back before."""

    message: str
    revocation_id: str | None = None


def refusal_of(error: ConsentError) -> Refusal:
    """The sentence for one of ``REFUSED``."""
    known = error.revocation_id if isinstance(error, AlreadyRevoked) else None
    sentence = next(text for kind, text in _SENTENCES.items() if isinstance(error, kind))
    return Refusal(str(gettext(sentence)), known)
