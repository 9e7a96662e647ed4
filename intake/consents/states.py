"""The words of the domain; every state says what it means."""

from enum import StrEnum


class ConsentState(StrEnum):
    """Where a consent stands. Only ``active`` can ever permit a disclosure."""

    PENDING_VERIFICATION = "pending_verification"
    """Signed by somebody whom the school's record doesn't know; waits for staff."""
    ACTIVE = "active"
    DECLINED = "declined"
    """The answer was no. Services continue; reminders stop."""
    REVOKED = "revoked"
    """Taken back in writing (34 CFR 99.30); nothing may be shared from that moment."""
    EXPIRED = "expired"
    """Past its last day, or staff could not confirm who signed."""
    SUPERSEDED = "superseded"
    """A newer signature for the same student stands in its place."""
    RIGHTS_TRANSFERRED = "rights_transferred"
    """The student turned 18; only the student may consent now (34 CFR 99.5(a))."""


class Assurance(StrEnum):
    """How the signer was authenticated."""

    ON_RECORD_CONTACT = "on_record_contact"
    """A one-time code reached a contact that is on the school's record."""
    IN_PERSON = "in_person"
    PAPER = "paper"
    SELF_ASSERTED = "self_asserted"
    """A one-time code reached a contact that the school's record doesn't know."""


class Channel(StrEnum):
    """Where a document was signed."""

    ONLINE = "online"
    DESK = "desk"
    PAPER = "paper"


class EventKind(StrEnum):
    """What can happen to a consent; each is one entry of the ledger."""

    INVITED = "invited"
    SIGNED = "signed"
    """Signed and waiting for staff to confirm who signed."""
    ACTIVATED = "activated"
    """In force: signed by a known contact, or confirmed by staff."""
    DECLINED = "declined"
    NOT_CONFIRMED = "not_confirmed"
    """Staff could not confirm who signed or declined; the answer has no effect."""
    REFUSAL_CONFIRMED = "refusal_confirmed"
    """Staff confirmed who declined."""
    REVOKED = "revoked"
    NARROWED = "narrowed"
    """A part was taken back in writing; ``data`` holds what is left."""
    REVOCATION_RECORDED = "revocation_recorded"
    """A withdrawal as a whole, after each consent it ends has its own ``revoked`` entry."""
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    RIGHTS_TRANSFERRED = "rights_transferred"
    IDENTITY_HIDDEN = "identity_hidden"
    """One sharing system confirmed that the student's identity is hidden there."""
    PART_WITHDRAWN = "part_withdrawn"
    """One sharing system confirmed that it shares no more of the part that was taken back."""
    REVOCATION_COMPLETED = "revocation_completed"
    """Every sharing system has confirmed."""
    REVOCATION_REPEATED = "revocation_repeated"
    """Another letter was signed when everything was taken back already; it changed nothing."""
    IDENTITY_CHECKED = "identity_checked"
    """Staff settled who stands before them, and let that person sign a revocation here."""
    CASE_ASSIGNED = "case_assigned"
    """A member of staff took a revocation's case over, or was given it."""
    CASE_REMINDED = "case_reminded"
    """Owner or coordinators were written to, because a case is still open."""
    FAMILY_TOLD = "family_told"
    """The family knows that the identity is hidden, or a person said why it can't be told."""
    CASE_CLOSED = "case_closed"
    """Hidden everywhere, and the family told: nothing is left to do."""
    HOLD_PLACED = "hold_placed"
    """A paper, or a reply, may end the consent: decisions deny until a person has looked."""
    HOLD_LIFTED = "hold_lifted"
    PAPER_SETTLED = "paper_settled"
    """What became of a scanned paper; carries who answered which question about it, and when."""
    VIEWED = "viewed"
    """A member of staff opened a waiver, or its document."""
    DISCLOSED = "disclosed"
    """Data elements were disclosed to a partner (34 CFR 99.32); ``data`` names the consent."""
    COPY_REQUESTED = "copy_requested"
    """A family asked for a copy of what was disclosed (34 CFR 99.30(c)(1))."""
    COPY_ANSWERED = "copy_answered"
    """It has its copy; ``data`` says how."""
    LOOKED_UP = "looked_up"
    """A sharing system was told which student it means; ``data`` says by what."""
    IDENTIFIER_LINKED = "identifier_linked"
    """A sharing system's own identifier stands for the student from now on; ``data`` has its keyed
    hash, and on what basis."""
    IDENTIFIER_UNLINKED = "identifier_unlinked"
    PUBLICATION_ADDED = "publication_added"
    """A destination was told later of a consent that was in force already."""
    PUBLICATION_REPLAYED = "publication_replayed"
    """A dead letter was sent on its way again, with a reason."""
    PUBLICATION_SETTLED = "publication_settled"
    """A person decided that a dead letter need not be sent, and said why."""
    STUDENTS_MERGED = "students_merged"
    """A student whom a family typed is one of the roster's; ``data`` says which, and why."""
    MOVED = "moved"
    """With a merge: from now on this consent or revocation is the roster student's."""
    KEPT_APART = "kept_apart"
    """A person found two students who look alike to be different."""


class ActorKind(StrEnum):
    """Who did it. Ids only: the ledger holds no names."""

    SIGNER = "signer"
    STAFF = "staff"
    SYSTEM = "system"
    DESTINATION = "destination"
    API_CLIENT = "api_client"
    """A sharing system that asks for decisions."""
    FAMILY = "family"
    """Somebody who writes to us without showing who they are."""


class RevocationBasis(StrEnum):
    """Why a consent was withdrawn."""

    LETTER = "letter"
    """A signed revocation letter."""
    LATER_REFUSAL = "later_refusal"
    """An entitled person answered no to a later waiver: in doubt, deny."""


class HoldReason(StrEnum):
    """Why decisions deny although nobody has taken anything back for certain."""

    POSSIBLE_REVOCATION = "possible_revocation"
    """A revocation form that could not be read for certain, or a reply that may mean one."""
    POSSIBLE_REFUSAL = "possible_refusal"
    """A waiver on paper whose answer may be no."""


class SigningPurpose(StrEnum):
    """What a signing session is for."""

    WAIVER = "waiver"
    REVOCATION = "revocation"
    DISCLOSURES = "disclosures"
    """Nothing is signed: somebody shows who they are, and reads who received what (99.32)."""
