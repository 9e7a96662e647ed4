"""What can stand in the way; each becomes a clear page or problem+json at the edge.

Messages hold ids at most, never a name or a contact.
"""

from datetime import datetime


class ConsentError(Exception):
    """A rule of the domain says no."""


class InvitationUnknown(ConsentError):
    """The link's token was never issued, or was mistyped."""


class InvitationExpired(ConsentError):
    """The link is too old."""


class AlreadyAnswered(ConsentError):
    """The link has been answered; ``consent_id`` is the answer."""

    def __init__(self, consent_id: str) -> None:
        super().__init__("this invitation has been answered")
        self.consent_id = consent_id


class NotEligibleToSign(ConsentError):
    """From 18 on only the student signs, and before that only a parent or guardian (99.5)."""


class StudentTooYoung(NotEligibleToSign):
    """Signed as an eligible student, but not 18 yet."""


class StudentIsAdult(NotEligibleToSign):
    """Signed as parent or guardian of somebody who is 18 or older."""


class NothingToRevoke(ConsentError):
    """There is no consent in force and none waiting."""


class AlreadyRevoked(ConsentError):
    """The consents were taken back before."""

    def __init__(self, revocation_id: str, signed_at: datetime) -> None:
        super().__init__("already revoked")
        self.revocation_id = revocation_id
        self.signed_at = signed_at


class NotRevocableInPart(ConsentError):
    """The version of the waiver that was signed can only be taken back as a whole."""


class NothingOfThisToRevoke(ConsentError):
    """No consent covers the part that is to be taken back."""


class NotEntitled(ConsentError):
    """This person may not revoke for this student."""


class NothingToConfirm(ConsentError):
    """Staff have settled this one already, or nothing was in doubt."""


class RevokedSince(ConsentError):
    """A revocation came after this signature; a new signature is needed."""


class LanguageNotApproved(ConsentError):
    """Nobody qualified has approved the waiver in this language: a yes to it can't be taken."""


class SigningUnknown(ConsentError):
    """No such signing session, or it is over."""
