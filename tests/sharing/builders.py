"""Students and consents written straight into the tables, with their ledger entries."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from forms.choices import Relationship
from intake.consents import ledger
from intake.consents.holds import lift_holds, place_hold
from intake.consents.ledger import SIGNER, SYSTEM, LedgerEvent
from intake.consents.model import Consent, Revocation
from intake.consents.narrow import Part
from intake.consents.revoke import RevocationLetter, revoke
from intake.consents.states import (
    Assurance,
    Channel,
    ConsentState,
    EventKind,
    HoldReason,
    RevocationBasis,
)
from intake.consents.tokens import new_receipt_code
from intake.db.base import new_id
from intake.db.engine import Database
from intake.roster.model import School, Student, StudentSource

NAME = "နော်ဖောဖော"


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def add_student(
    session: Session, *, at: datetime, name: str = NAME, external_id: str | None = None
) -> Student:
    school = School(name="Granite Park Junior High")
    session.add(school)
    session.flush()
    student = Student(
        school_id=school.id,
        name=name,
        birth_date=date(2012, 5, 4),
        match_key=sha256(new_id()),
        external_id=external_id or f"S-{new_id()[:8]}",
        source=StudentSource.ROSTER,
        created_at=at,
    )
    session.add(student)
    session.flush()
    return student


def granted(database: Database, *, at: datetime) -> tuple[Student, Consent]:
    """A student with a consent in force, on its way to whoever shall know."""
    with database.begin() as session:
        student = add_student(session, at=at)
        return student, grant(session, student, at=at)


def add_consent(
    session: Session,
    student: Student,
    *,
    at: datetime,
    state: ConsentState = ConsentState.ACTIVE,
) -> Consent:
    """A consent, without a ledger entry."""
    consent = Consent(
        student_id=student.id,
        document="ferpa_waiver",
        version="2026-1",
        language="ksw",
        text_sha256=sha256("text"),
        elements=["grades", "attendance"],
        purposes=["plan_support"],
        partner_classes=["community_organizations"],
        granted=True,
        state=state,
        assurance=Assurance.ON_RECORD_CONTACT,
        channel=Channel.ONLINE,
        relationship_kind=Relationship.PARENT,
        signer_name="ဒ်ၤဖၤ",
        signed_at=at,
        valid_until=date(2027, 6, 30),
        rights_transfer_on=date(2030, 5, 4),
        receipt_key=sha256(new_id()),
        receipt_code=new_id()[:12],
        document_sha256=sha256("sealed"),
    )
    session.add(consent)
    session.flush()
    return consent


def tell(session: Session, kind: EventKind, consent: Consent, *, at: datetime) -> LedgerEvent:
    """Record what happened to a consent."""
    return ledger.record(
        session, kind, at=at, actor=SYSTEM, student_id=consent.student_id, consent_id=consent.id
    )


def grant(session: Session, student: Student, *, at: datetime) -> Consent:
    """A consent in force."""
    consent = add_consent(session, student, at=at)
    tell(session, EventKind.ACTIVATED, consent, at=at)
    return consent


def end(session: Session, consent: Consent, kind: EventKind, *, at: datetime) -> LedgerEvent:
    """Expire, supersede or transfer."""
    consent.state = ConsentState(kind.value)
    consent.ended_at = at
    return tell(session, kind, consent, at=at)


def take_part(
    session: Session, student_id: str, part: Part, *, at: datetime, on: date = date(2026, 11, 23)
) -> Revocation:
    """A signed letter that takes back a part of what is in force."""
    code = new_receipt_code()
    letter = RevocationLetter(
        id=new_id(),
        student_id=student_id,
        signer_name="ဒ်ၤဖၤ",
        relationship=Relationship.GUARDIAN,
        contact=None,
        version="2026-1",
        language="ksw",
        text_sha256=sha256("letter"),
        channel=Channel.ONLINE,
        signed_at=at,
        signed_on=on,
        due_at=at + timedelta(days=2),
        receipt_code=code,
        document_sha256=sha256("sealed letter"),
        signing_id=None,
        part=part,
    )
    return revoke(session, letter)


PAPER = "paper-1"


def hold(session: Session, student: Student, *, at: datetime, paper_id: str = PAPER) -> None:
    """A paper may take the student's consent back."""
    place_hold(
        session,
        student.id,
        paper_id=paper_id,
        reason=HoldReason.POSSIBLE_REVOCATION,
        actor=SYSTEM,
        at=at,
    )


def lift(session: Session, *, at: datetime, paper_id: str = PAPER) -> None:
    """A person has looked at the paper."""
    lift_holds(session, paper_id, actor=SYSTEM, at=at)


@dataclass(frozen=True)
class Withdrawal:
    revocation: Revocation
    events: list[LedgerEvent]


def withdraw(
    session: Session, student_id: str, consents: list[Consent], *, at: datetime
) -> Withdrawal:
    """Revoke, as intake.consents.revoke does: an entry for each consent, then one for all."""
    revocation = Revocation(
        student_id=student_id,
        basis=RevocationBasis.LETTER,
        version="2026-1",
        language="ksw",
        text_sha256=sha256("letter"),
        channel=Channel.ONLINE,
        relationship_kind=Relationship.PARENT,
        signer_name="ဒ်ၤဖၤ",
        signed_at=at,
        due_at=at + timedelta(days=2),
        receipt_key=sha256(new_id()),
        receipt_code=new_id()[:12],
        document_sha256=sha256("sealed letter"),
    )
    session.add(revocation)
    session.flush()
    common: dict[str, Any] = {
        "at": at,
        "actor": SIGNER,
        "student_id": student_id,
        "revocation_id": revocation.id,
        "data": {"basis": revocation.basis.value},
    }
    events = []
    for consent in consents:
        consent.state = ConsentState.REVOKED
        consent.ended_at = at
        consent.revocation_id = revocation.id
        events.append(ledger.record(session, EventKind.REVOKED, consent_id=consent.id, **common))
    events.append(ledger.record(session, EventKind.REVOCATION_RECORDED, **common))
    return Withdrawal(revocation, events)
