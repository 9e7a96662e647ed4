"""What the accounts' words are called on pages."""

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import gettext

from intake.accounts.history import AccountEvent, AccountEventKind
from intake.accounts.managing import LastAdministrator, OwnAccount
from intake.accounts.model import Role
from intake.accounts.sign_in import Method, Refusal
from intake.accounts.staff import (
    EmailTaken,
    EmailUnusable,
    NameMissing,
    RoleMissing,
    SchoolsMissing,
)
from intake.accounts.trainings import InTheFuture, OwnTraining
from intake.consents.states import ActorKind
from intake.looks.words import ROLES
from intake.staffing.inviting import AlreadyIn
from translations import mark

_EVENTS: Mapping[AccountEventKind, str] = {
    AccountEventKind.ADDED: mark("Account made"),
    AccountEventKind.INVITED: mark("Invited"),
    AccountEventKind.INVITED_AGAIN: mark("Invited again"),
    AccountEventKind.INVITATION_ACCEPTED: mark("Invitation accepted"),
    AccountEventKind.ACCESS_CHANGED: mark("Roles or schools changed"),
    AccountEventKind.DISABLED: mark("Disabled"),
    AccountEventKind.UNUSED: mark("Disabled, because it was not used for long"),
    AccountEventKind.ENABLED: mark("Enabled"),
    AccountEventKind.SIGNED_IN: mark("Signed in"),
    AccountEventKind.REFUSED: mark("Sign-in refused"),
    AccountEventKind.SIGNED_OUT: mark("Signed out"),
    AccountEventKind.PASSWORD_ASKED: mark("Asked for a new password"),
    AccountEventKind.PASSWORD_SET: mark("Password changed"),
    AccountEventKind.FACTOR_ADDED: mark("Second step added"),
    AccountEventKind.FACTOR_REMOVED: mark("Second step removed"),
    AccountEventKind.FACTORS_RESET: mark("Second step reset"),
    AccountEventKind.RECOVERY_CODES_MADE: mark("Recovery codes made"),
    AccountEventKind.AGREEMENT_ACCEPTED: mark("End-user agreement accepted"),
    AccountEventKind.TRAINING_RECORDED: mark("Training recorded"),
    AccountEventKind.LINKED: mark("Linked with single sign-on"),
}

# TRANSLATORS: these stand in brackets after "Signed in" or "Sign-in refused": how, or why not.
_DETAILS: Mapping[str, str] = {
    Method.PASSWORD: mark("password"),
    Method.APP: mark("password and app"),
    Method.PASSWORD_AND_PASSKEY: mark("password and passkey"),
    Method.RECOVERY_CODE: mark("password and recovery code"),
    Method.PASSKEY: mark("passkey"),
    Method.SINGLE_SIGN_ON: mark("single sign-on"),
    Method.SET_UP: mark("second step set up"),
    Refusal.PASSWORD: mark("wrong password"),
    Refusal.CODE: mark("wrong code"),
    Refusal.PASSKEY: mark("passkey refused"),
    Refusal.DISABLED: mark("account disabled"),
    Refusal.UNUSED: mark("not used for long"),
    Refusal.PROVIDER: mark("single sign-on failed"),
    Refusal.NO_ROLE: mark("no role at the single sign-on"),
    Refusal.EMAIL: mark("email not verified at the single sign-on"),
}

_PROBLEMS: Mapping[type[Exception], str] = {
    EmailUnusable: mark("Check the email address. It looks like name@example.org."),
    EmailTaken: mark("There is an account with this email address already."),
    NameMissing: mark("The name needs at least one letter."),
    RoleMissing: mark("Choose at least one role."),
    SchoolsMissing: mark("A front desk sees its own schools only. Choose them."),
    LastAdministrator: mark(
        "This is the last administrator. Make somebody else an administrator first."
    ),
    OwnAccount: mark("Another administrator must do this for your account."),
    InTheFuture: mark("This day has not come yet."),
    OwnTraining: mark("Another administrator must record your training."),
    AlreadyIn: mark("This account is in use already, or disabled."),
}
PROBLEMS = tuple(_PROBLEMS)
"""The errors that ``problem_word`` has words for."""


def role_word(role: StrEnum | str) -> str:
    """A role; one of another version by its own name."""
    known = {one.value for one in Role}
    return str(gettext(ROLES[Role(role)])) if role in known else str(role)


def role_choices() -> list[tuple[str, str]]:
    """Every role with its word."""
    return [(role.value, role_word(role)) for role in ROLES]


def event_word(event: AccountEvent) -> str:
    """What happened."""
    return str(gettext(_EVENTS[event.kind]))


def event_detail(event: AccountEvent) -> str:
    """How, or why not; empty where there is no more to say."""
    values = event.values()
    told = str(values.get("method") or values.get("reason") or "")
    if told in _DETAILS:
        return str(gettext(_DETAILS[told]))
    return ", ".join(role_word(role) for role in values.get("roles", ()))


def by_whom(event: AccountEvent, names: Mapping[str, str]) -> str:
    """Who did it; ``names`` are the staff's, by id."""
    if event.actor_kind is ActorKind.STAFF and event.actor_id is not None:
        return names.get(event.actor_id, event.actor_id)
    return str(gettext("the system"))


def problem_word(error: Exception) -> str:
    """Why something could not be done, and what to change."""
    return str(gettext(_PROBLEMS[type(error)]))
