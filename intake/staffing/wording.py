"""Emails to staff about their accounts, in the language that each has chosen.

They never hold a password, a code, or what somebody typed: a link, or what happened.
"""

from dataclasses import dataclass

from intake.accounts.history import AccountEventKind
from intake.accounts.sign_in_model import LinkKind
from intake.messages.texts import Purpose
from intake.messages.wording import Wording
from translations import mark, translate


@dataclass(frozen=True, slots=True)
class _Texts:
    purpose: Purpose
    subject: str
    body: str


_LINKS = {
    LinkKind.INVITATION: _Texts(
        Purpose.STAFF_LINK,
        # TRANSLATORS: Subject of an email to a new member of staff.
        mark("Your account at %(partnership)s"),
        # TRANSLATORS: Email to a new member of staff.
        mark(
            "%(partnership)s has an account for you. Open this link to begin. It works once, "
            "for 7 days:\n%(link)s\n\n"
            "If you did not expect this, you need not do anything."
        ),
    ),
    LinkKind.NEW_PASSWORD: _Texts(
        Purpose.STAFF_LINK,
        # TRANSLATORS: Subject of an email to a member of staff who has forgotten the password.
        mark("A new password at %(partnership)s"),
        # TRANSLATORS: Email to a member of staff who has forgotten the password.
        mark(
            "Somebody asked for a new password for your account. Open this link to choose one. "
            "It works once, for 1 hour:\n%(link)s\n\n"
            "If it was not you, you need not do anything: your password stays as it is."
        ),
    ),
}

# TRANSLATORS: Subject of an email to a member of staff, after any change of the account.
_CHANGED = mark("Your account at %(partnership)s has changed")
# TRANSLATORS: The end of an email to a member of staff, after what has changed.
_NOT_ME = mark("If it was not you, tell who manages the accounts at once: %(email)s")

_NOTICES = {
    AccountEventKind.PASSWORD_SET: mark("The password of your account was changed."),
    AccountEventKind.FACTOR_ADDED: mark(
        "A second step for signing in was added to your account: an app or a passkey."
    ),
    AccountEventKind.FACTOR_REMOVED: mark(
        "A second step for signing in was removed from your account: an app or a passkey."
    ),
    AccountEventKind.FACTORS_RESET: mark(
        "An administrator has reset the second step of your account. You set it up again when "
        "you sign in next. You are signed out everywhere."
    ),
    AccountEventKind.RECOVERY_CODES_MADE: mark(
        "New recovery codes were made for your account. The ones before no longer work."
    ),
    AccountEventKind.LINKED: mark("Your account can now be opened by single sign-on."),
    AccountEventKind.DISABLED: mark("Your account was disabled."),
    AccountEventKind.UNUSED: mark(
        "Your account was disabled, because nobody has used it for a long time. If you need it, "
        "ask who manages the accounts."
    ),
    AccountEventKind.ENABLED: mark("Your account is open again."),
}
RECOVERY_CODE_USED = mark(
    "A recovery code was used to sign in to your account. It can't be used again."
)

SECOND_STEP_GUESSED = mark(
    "Somebody has typed your password and then many wrong codes. Choose a new password."
)


def link_wording(kind: LinkKind, language: str, *, partnership: str, link: str) -> Wording:
    """An email with a link."""
    texts, values = _LINKS[kind], {"partnership": partnership, "link": link}
    return Wording(
        texts.purpose,
        translate(texts.subject, language) % values,
        translate(texts.body, language) % values,
    )


def notice_of(kind: AccountEventKind) -> str | None:
    """What to tell the owner of such an event; nothing where there is nothing to tell."""
    return _NOTICES.get(kind)


def notice_wording(notice: str, language: str, *, partnership: str, email: str) -> Wording:
    """An email about what has happened, and whom to tell if it was somebody else."""
    values = {"partnership": partnership, "email": email}
    paragraphs = (translate(notice, language), translate(_NOT_ME, language) % values, partnership)
    return Wording(
        Purpose.STAFF_NOTICE,
        translate(_CHANGED, language) % values,
        "\n\n".join(paragraphs),
    )
