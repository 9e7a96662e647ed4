"""People whom staff have before them, or whose letter they hold: who it is, and how staff know."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from forms.choices import Relationship
from intake.consents import ledger
from intake.consents.answer import check_eligible
from intake.consents.confirm import ConfirmationMethod
from intake.consents.ledger import Actor
from intake.consents.model import SigningSession
from intake.consents.signing_sessions import keep_answers, keep_student, start_signing
from intake.consents.states import ActorKind, EventKind, SigningPurpose
from intake.roster.model import Student

LIFETIME = timedelta(hours=1)
"""The person stands at the desk; after that the tablet knows nothing of them any more."""
METHODS = (ConfirmationMethod.SAW_IDENTITY_DOCUMENT, ConfirmationMethod.KNOWS_THE_PERSON)
"""How staff can know somebody who stands before them."""
_DESK, _VOUCHED = "at_desk", "vouched"


class IdentityDocument(StrEnum):
    """What kind of document staff saw. Never its number; and no kind that tells where somebody
    comes from or how they may stay."""

    DRIVER_LICENSE = "driver_license"
    """A driver license, or a state's identity card."""
    PASSPORT = "passport"
    SCHOOL_OR_WORK_CARD = "school_or_work_card"
    OTHER_WITH_PHOTO = "other_with_photo"


class Said(StrEnum):
    """How an answer came that nobody signed on a screen of ours."""

    HERE = "here"
    """The person said it to staff."""
    BY_LETTER = "by_letter"


@dataclass(frozen=True, slots=True)
class Vouched:
    """What a member of staff stands for."""

    staff_id: str
    method: ConfirmationMethod | None
    """None for a letter: its signature is what staff have."""
    document: IdentityDocument | None = None
    said: Said | None = None
    """None for what the person signs themself."""
    received_on: date | None = None
    """The day on which a letter came."""

    @property
    def stored(self) -> dict[str, str]:
        """For ledger, signing session and sealed record: ids and words of the domain only."""
        values = {
            "staff": self.staff_id,
            "method": self.method,
            "document_seen": self.document,
            "said": self.said,
            "received_on": self.received_on,
        }
        return {name: str(value) for name, value in values.items() if value is not None}

    @property
    def details(self) -> dict[str, str]:
        """The same for an entry of the ledger whose actor is the member of staff."""
        return {name: value for name, value in self.stored.items() if name != "staff"}

    @classmethod
    def from_stored(cls, values: Mapping[str, str]) -> "Vouched":
        """The reverse of ``stored``."""
        method, document = values.get("method"), values.get("document_seen")
        said, received_on = values.get("said"), values.get("received_on")
        return cls(
            staff_id=values["staff"],
            method=ConfirmationMethod(method) if method else None,
            document=IdentityDocument(document) if document else None,
            said=Said(said) if said else None,
            received_on=date.fromisoformat(received_on) if received_on else None,
        )


@dataclass(frozen=True, slots=True)
class PersonAtDesk:
    """Who signs here, as staff have settled it."""

    name: str
    relationship: Relationship
    method: ConfirmationMethod
    document: IdentityDocument | None = None


def begin_waiver_at_desk(
    session: Session,
    student_id: str,
    person: PersonAtDesk,
    *,
    staff_id: str,
    today: date,
    at: datetime,
) -> SigningSession:
    """Open the waiver for this person; student and signer are settled, and no code is asked for.

    Raises StudentTooYoung, StudentIsAdult before anybody reads a word.
    """
    student = session.get_one(Student, student_id)
    check_eligible(person.relationship, student.birth_date, on=today)
    signing = start_signing(session, SigningPurpose.WAIVER, at=at, student_id=student_id)
    settle_person(session, signing, student, person, staff_id=staff_id, at=at)
    return signing


def settle_person(
    session: Session,
    signing: SigningSession,
    student: Student,
    person: PersonAtDesk,
    *,
    staff_id: str,
    at: datetime,
) -> None:
    """Write into a new signing session, and on the ledger, who signs and how staff know."""
    vouched = Vouched(staff_id, person.method, person.document)
    signing.expires_at = at + LIFETIME
    answers = {
        _DESK: True,
        _VOUCHED: vouched.stored,
        "signer_name": person.name,
        "relationship": person.relationship.value,
    }
    keep_student(signing, student)
    keep_answers(signing, answers)
    ledger.record(
        session,
        EventKind.IDENTITY_CHECKED,
        at=at,
        actor=Actor(ActorKind.STAFF, staff_id),
        student_id=student.id,
        data={
            **vouched.details,
            "signing": signing.id,
            "relationship": person.relationship.value,
        },
    )


def is_at_desk(answers: Mapping[str, Any]) -> bool:
    """Whether staff settled who signs here."""
    return bool(answers.get(_DESK))


def vouched_in(answers: Mapping[str, Any]) -> Vouched | None:
    """Who settled it, and how; none online, and for letters opened by an earlier release."""
    stored = answers.get(_VOUCHED)
    return Vouched.from_stored(stored) if stored else None
