"""How a consent stands, and why a rule says no, in words for families."""

from intake.consents.errors import (
    AlreadyAnswered,
    AlreadyRevoked,
    ConsentError,
    InvitationExpired,
    InvitationUnknown,
    LanguageNotApproved,
    NotEntitled,
    NothingOfThisToRevoke,
    NothingToRevoke,
    NotRevocableInPart,
    StudentIsAdult,
    StudentTooYoung,
)
from intake.consents.states import ConsentState
from intake.disclosures.access import MayNotInspect, NotKnown, NotYetEligible, RightsTransferred
from translations import mark

STATES = {
    ConsentState.ACTIVE: mark("You said yes. Sharing is allowed."),
    ConsentState.PENDING_VERIFICATION: mark(
        "You said yes. Nothing is shared until staff have asked who you are."
    ),
    ConsentState.DECLINED: mark("You said no. Nothing is shared."),
    ConsentState.REVOKED: mark("The permission was taken back. Nothing is shared."),
    ConsentState.EXPIRED: mark("The permission has ended. Nothing is shared."),
    ConsentState.SUPERSEDED: mark("A newer answer stands in place of this one."),
    ConsentState.RIGHTS_TRANSFERRED: mark(
        "The student is 18 or older. Only the student can give permission now."
    ),
}

_REFUSALS: dict[type[ConsentError], str] = {
    InvitationUnknown: mark("This link is not right. Check it, or ask the school for a new one."),
    InvitationExpired: mark("This link is too old. Ask the school for a new one."),
    AlreadyAnswered: mark(
        "This link has been answered already. To change your answer, use your receipt or ask the "
        "school."
    ),
    AlreadyRevoked: mark("The permission was taken back before. Nothing is shared."),
    NothingToRevoke: mark("There is no permission that could be taken back. Nothing is shared."),
    NotRevocableInPart: mark(
        "This permission can only be taken back as a whole. Please start again."
    ),
    NothingOfThisToRevoke: mark("This part is not shared any more. Please start again."),
    NotEntitled: mark(
        "You can't take this back yourself: before 18 a parent or guardian can, from 18 on only "
        "the student."
    ),
    StudentIsAdult: mark("This student is 18 or older. Only the student can sign."),
    LanguageNotApproved: mark("You can't sign in this language yet."),
    StudentTooYoung: mark("This student is younger than 18. A parent or guardian must sign."),
}


_LIST_REFUSALS: dict[type[MayNotInspect], str] = {
    RightsTransferred: mark(
        "This student is 18 or older. From the 18th birthday on, the law gives this list only to "
        "the student."
    ),
    NotYetEligible: mark(
        "This student is younger than 18. Until the 18th birthday, the law gives this list to a "
        "parent or guardian."
    ),
    NotKnown: mark(
        "With these details and this phone or email we can't show the list online. Please go to "
        "the school's front desk, or write to us on paper, in any language."
    ),
}


def list_refusal(error: MayNotInspect) -> str:
    """Why we don't show who received what, and what to do next."""
    return _LIST_REFUSALS.get(type(error), mark("Please ask the school."))


def refusal(error: ConsentError) -> str:
    """Why we can't go on, and what to do next."""
    return _REFUSALS.get(type(error), mark("Please ask the school."))
