"""What the domain's words are called at the desk."""

from enum import StrEnum

from flask_babel import gettext

from forms.choices import Relationship
from intake.consents.at_desk import IdentityDocument
from intake.consents.confirm import ConfirmationMethod
from intake.consents.model import Consent
from intake.consents.states import (
    ActorKind,
    Assurance,
    Channel,
    ConsentState,
    EventKind,
    RevocationBasis,
)
from intake.disclosures.copies import CopyAnswer
from intake.documents.approvals import ApprovalState
from intake.documents.recordings import RecordingState
from intake.messages.model import FlagReason, Meaning
from intake.revocations.cases import Stage
from intake.revocations.model import ToldHow
from intake.revocations.progress import ConfirmedBy, DestinationState, FamilyState
from intake.roster.finding import FoundBy
from intake.sharing.events import PublishedType
from intake.sharing.model import PublicationState
from translations import mark

_WORDS: tuple[tuple[StrEnum, str], ...] = (
    (Relationship.PARENT, mark("parent")),
    (Relationship.GUARDIAN, mark("guardian")),
    (Relationship.ELIGIBLE_STUDENT, mark("student, 18 or older")),
    (ApprovalState.MISSING, mark("Not complete")),
    (ApprovalState.DRAFT, mark("Draft, not approved")),
    (ApprovalState.VOID, mark("Approval void: the words have changed")),
    (ApprovalState.WITHDRAWN, mark("Approval withdrawn")),
    (ApprovalState.APPROVED, mark("Approved")),
    (ApprovalState.SOURCE, mark("English source")),
    (RecordingState.MISSING, mark("Not recorded")),
    (RecordingState.STALE, mark("Recorded, but the words have changed")),
    (RecordingState.UNCONFIRMED, mark("Recorded, waits for a second person")),
    (RecordingState.CONFIRMED, mark("Recorded and confirmed")),
    (ConsentState.PENDING_VERIFICATION, mark("Yes, waiting for you")),
    (ConsentState.ACTIVE, mark("Yes, in force")),
    (ConsentState.DECLINED, mark("No")),
    (ConsentState.REVOKED, mark("Revoked")),
    (ConsentState.EXPIRED, mark("Expired")),
    (ConsentState.SUPERSEDED, mark("Replaced by a newer answer")),
    (ConsentState.RIGHTS_TRANSFERRED, mark("Ended: the student turned 18")),
    (Assurance.ON_RECORD_CONTACT, mark("Code to a contact on the school's record")),
    (Assurance.IN_PERSON, mark("In person")),
    (Assurance.PAPER, mark("On paper")),
    (Assurance.SELF_ASSERTED, mark("Code to a contact the school doesn't know")),
    (Channel.ONLINE, mark("Online")),
    (Channel.DESK, mark("At the desk")),
    (Channel.PAPER, mark("On paper")),
    (
        ConfirmationMethod.CALLED_NUMBER_ON_RECORD,
        mark("I called them at a number on the school's record"),
    ),
    (ConfirmationMethod.SAW_IDENTITY_DOCUMENT, mark("I saw their identity document")),
    (ConfirmationMethod.KNOWS_THE_PERSON, mark("I know them personally")),
    (IdentityDocument.DRIVER_LICENSE, mark("Driver license or state identity card")),
    (IdentityDocument.PASSPORT, mark("Passport")),
    (IdentityDocument.SCHOOL_OR_WORK_CARD, mark("School or work card with a photo")),
    (IdentityDocument.OTHER_WITH_PHOTO, mark("Another official document with a photo")),
    (FoundBy.NAME, mark("The name begins with what you typed")),
    (FoundBy.OTHER_NAME, mark("A parent's or guardian's name begins with it")),
    (FoundBy.SOUND, mark("The name sounds like what you typed")),
    (FoundBy.ELSEWHERE, mark("Another name on the record sounds like it")),
    (CopyAnswer.HANDED_OVER, mark("Handed over")),
    (CopyAnswer.MAILED, mark("Sent by mail")),
    (CopyAnswer.SENT_BY_SCHOOL, mark("Sent by the school")),
    (ActorKind.SIGNER, mark("the signer")),
    (ActorKind.STAFF, mark("staff")),
    (ActorKind.SYSTEM, mark("the system")),
    (ActorKind.DESTINATION, mark("sharing system")),
    (ActorKind.API_CLIENT, mark("Sharing system")),
    (ActorKind.FAMILY, mark("a family")),
    (EventKind.INVITED, mark("Invited")),
    (EventKind.SIGNED, mark("Signed; waits for staff to confirm who signed")),
    (EventKind.ACTIVATED, mark("In force")),
    (EventKind.DECLINED, mark("Answered no")),
    (EventKind.NOT_CONFIRMED, mark("It could not be confirmed who signed")),
    (EventKind.REFUSAL_CONFIRMED, mark("Confirmed who answered no")),
    (EventKind.REVOKED, mark("Revoked")),
    (EventKind.NARROWED, mark("A part was taken back")),
    (EventKind.REVOCATION_RECORDED, mark("Revocation recorded")),
    (EventKind.REVOCATION_REPEATED, mark("Somebody else entitled took it back too")),
    (EventKind.IDENTITY_CHECKED, mark("Staff settled who is at the desk")),
    (EventKind.CASE_ASSIGNED, mark("Given to a person")),
    (EventKind.CASE_REMINDED, mark("Reminder sent to staff")),
    (EventKind.FAMILY_TOLD, mark("The family was told, or can't be")),
    (EventKind.CASE_CLOSED, mark("Case closed")),
    (EventKind.EXPIRED, mark("Expired")),
    (EventKind.SUPERSEDED, mark("Replaced by a newer answer")),
    (EventKind.RIGHTS_TRANSFERRED, mark("Ended: the student turned 18")),
    (EventKind.IDENTITY_HIDDEN, mark("Identity hidden")),
    (EventKind.PART_WITHDRAWN, mark("The part is no longer shared")),
    (EventKind.REVOCATION_COMPLETED, mark("Every sharing system has confirmed")),
    (EventKind.HOLD_PLACED, mark("Stopped until a person has looked at a paper or a reply")),
    (EventKind.HOLD_LIFTED, mark("A person has looked at it; no longer stopped")),
    (EventKind.PAPER_SETTLED, mark("Paper settled")),
    (EventKind.DISCLOSED, mark("Information was shared")),
    (EventKind.COPY_REQUESTED, mark("The family asked for a copy of what was shared")),
    (EventKind.COPY_ANSWERED, mark("The family got its copy of what was shared")),
    (EventKind.LOOKED_UP, mark("A sharing system looked the student up")),
    # TRANSLATORS: a sharing system's own number for the student now stands for the student
    (EventKind.IDENTIFIER_LINKED, mark("A sharing system linked its number for the student")),
    (EventKind.IDENTIFIER_UNLINKED, mark("A sharing system’s number for the student was removed")),
    (EventKind.VIEWED, mark("Looked at")),
    (EventKind.PUBLICATION_ADDED, mark("A sharing system was told later")),
    (EventKind.PUBLICATION_REPLAYED, mark("Sent to a sharing system again")),
    (EventKind.PUBLICATION_SETTLED, mark("Decided that it need not be sent again")),
    (Stage.HIDING, mark("Sharing systems must confirm")),
    (Stage.TELLING, mark("Confirmed everywhere; the family must be told")),
    (Stage.CLOSED, mark("Closed")),
    (DestinationState.WAITING, mark("not reached yet")),
    (DestinationState.FAILING, mark("not reached yet; trying again")),
    (DestinationState.DEAD_LETTER, mark("refuses the message; a person must act")),
    (DestinationState.SETTLED, mark("message given up; not confirmed yet")),
    (DestinationState.SENT, mark("told; not confirmed yet")),
    (DestinationState.CONFIRMED, mark("confirmed")),
    (ConfirmedBy.CALLBACK, mark("by the sharing system")),
    (ConfirmedBy.RECEIPT, mark("by the sharing system, in a receipt file")),
    (ConfirmedBy.STAFF, mark("by staff, with evidence")),
    (FamilyState.NOT_YET, mark("Nothing to tell yet")),
    (FamilyState.ON_ITS_WAY, mark("Our message is on its way")),
    (FamilyState.NO_CONTACT, mark("No phone or email: a person must tell them")),
    (FamilyState.FAILED, mark("Our message did not arrive: a person must tell them")),
    (FamilyState.TOLD, mark("Told")),
    (FamilyState.CANNOT_BE_TOLD, mark("Can't be told")),
    (ToldHow.MESSAGE, mark("By our message")),
    (ToldHow.IN_PERSON, mark("In person")),
    (ToldHow.BY_PHONE, mark("By phone")),
    (ToldHow.BY_LETTER, mark("By letter")),
    (ToldHow.CANNOT, mark("The family can't be told")),
    (EventKind.STUDENTS_MERGED, mark("Two records of one student joined")),
    (EventKind.MOVED, mark("Joined with the student on the school's record")),
    (EventKind.KEPT_APART, mark("Found to be different students")),
    (FlagReason.UNREACHABLE, mark("switched off or out of reach")),
    (FlagReason.NOT_IN_USE, mark("not in use")),
    (FlagReason.NO_TEXTS, mark("takes no text messages")),
    (FlagReason.WRONG_PERSON, mark("somebody answered that it is not theirs")),
    # TRANSLATORS: what a reply to a text message seems to say
    (Meaning.STOP, mark("Wants no text messages")),
    (Meaning.START, mark("Wants text messages again")),
    (Meaning.HELP, mark("Asks for help")),
    (Meaning.REVOKE, mark("May take permission back")),
    (Meaning.WRONG_PERSON, mark("Says it is a wrong number")),
    (Meaning.OTHER, mark("To be read")),
    (RevocationBasis.LETTER, mark("Signed letter")),
    (RevocationBasis.LATER_REFUSAL, mark("A later answer was no")),
    (PublishedType.GIVEN, mark("Consent given: who the student is")),
    (PublishedType.REVOKED, mark("Revoked: hide the identity")),
    (PublishedType.ENDED, mark("Consent ended: stop sharing")),
    # TRANSLATORS: what sharing systems were told, because a paper or a reply may take the
    # permission back
    (PublishedType.SUSPENDED, mark("Stopped for now: the family may take consent back")),
    # TRANSLATORS: what sharing systems were told once a person had looked at that
    (PublishedType.RESUMED, mark("In force again: who the student is")),
    (PublicationState.PENDING, mark("Waiting")),
    (PublicationState.DELIVERED, mark("Delivered")),
    (PublicationState.CANCELLED, mark("Not sent, because the permission ended before")),
    (PublicationState.DEAD, mark("Error")),
    (PublicationState.SETTLED, mark("Done")),
)

# Members of two StrEnums with one value are equal ("expired" the state, "expired" the event), so
# the kind belongs to the key.
_BY_KIND = {(type(value), value.value): text for value, text in _WORDS}


def word(value: StrEnum) -> str:
    """The word for a state, a relationship, an event, …"""
    return str(gettext(_BY_KIND[(type(value), value.value)]))


def published(event_type: str) -> str:
    """What a sharing system was told; a type from another release by its own name."""
    known = {kind.value for kind in PublishedType}
    return word(PublishedType(event_type)) if event_type in known else event_type


def method(value: str) -> str:
    """How staff knew who signed, from a ledger entry."""
    return word(ConfirmationMethod(value))


def answer(consent: Consent) -> str:
    """What was answered and where it stands."""
    if consent.unsettled and not consent.granted:
        return str(gettext("No, waiting for you"))
    if consent.state is ConsentState.DECLINED and consent.ended_at is not None:
        return str(gettext("No, without effect"))
    return word(consent.state)
