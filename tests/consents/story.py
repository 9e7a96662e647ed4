"""What families and staff do, told in the domain's own words."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import make_transient

from forms.choices import Relationship
from intake.clock import local_date
from intake.consents.answer import SignedText, Signer, WaiverAnswer, record_answer
from intake.consents.confirm import ConfirmationMethod, confirm_signer, reject_signer
from intake.consents.decide import Decision, decide
from intake.consents.ledger import LedgerEvent
from intake.consents.model import Consent, Revocation
from intake.consents.revoke import RevocationLetter, revoke
from intake.consents.states import Assurance, Channel, EventKind
from intake.consents.timely import end_due
from intake.consents.tokens import new_receipt_code
from intake.db.base import new_id
from intake.db.engine import Database
from intake.documents.model import DocumentKind, SealedDocument
from intake.documents.store import Storage, register
from intake.roster.model import Student
from intake.roster.students import add_school, add_student
from tests.conftest import NOW

ZONE = ZoneInfo("America/Denver")
END = date(2027, 6, 30)
ELEMENTS = ("grades", "attendance_rate")
PARTNERS = ("community_organizations",)


@dataclass
class Story:
    """One database, and a clock that goes on a minute with each act."""

    database: Database
    storage: Storage | None = None
    at: datetime = NOW
    school_id: str = field(init=False, default="")

    @property
    def kept(self) -> Storage:
        """The store of sealed documents, in stories that have one."""
        if self.storage is None:
            raise LookupError("this story keeps no documents")
        return self.storage

    @property
    def today(self) -> date:
        """At the schools."""
        return local_date(self.at, ZONE)

    def student(self, name: str = "Emma Johnson", born: date = date(2015, 4, 12)) -> str:
        """A student on the roster; the id."""
        with self.database.begin() as session:
            school = add_school(session, "Riverside Elementary School")
            student = add_student(session, school=school, name=name, birth_date=born, at=self.at)
            return student.id

    def sign(
        self,
        student_id: str,
        *,
        granted: bool = True,
        known: bool = True,
        by: Relationship = Relationship.PARENT,
        signing_id: str | None = None,
        invitation_id: str | None = None,
        valid_until: date = END,
        at: datetime | None = None,
    ) -> Consent:
        """Answer a waiver."""
        self._minute()
        at = at or self.at
        assurance = Assurance.ON_RECORD_CONTACT if known else Assurance.SELF_ASSERTED
        document = self._document(DocumentKind.WAIVER)
        with self.database.begin() as session:
            born = session.get_one(Student, student_id).birth_date
            answer = WaiverAnswer(
                id=new_id(),
                student_id=student_id,
                birth_date=born,
                signer=Signer("Sarah Johnson", by, assurance, "phone:+18015550142"),
                text=SignedText(
                    "ferpa_waiver", "2026-1", "en", "a" * 64, ELEMENTS, ("support",), PARTNERS
                ),
                granted=granted,
                channel=Channel.ONLINE,
                signed_at=at,
                signed_on=local_date(at, ZONE),
                valid_until=valid_until,
                receipt_code=new_receipt_code(),
                document_sha256=document,
                signing_id=signing_id,
                invitation_id=invitation_id,
            )
            return record_answer(session, answer, due_at=at + timedelta(days=2))

    def revoke(
        self,
        student_id: str,
        *,
        by: Relationship = Relationship.PARENT,
        signing_id: str | None = None,
    ) -> Revocation:
        """Sign a revocation letter."""
        self._minute()
        letter = RevocationLetter(
            id=new_id(),
            student_id=student_id,
            signer_name="Sarah Johnson",
            relationship=by,
            contact="phone:+18015550142",
            version="2026-1",
            language="en",
            text_sha256="b" * 64,
            channel=Channel.ONLINE,
            signed_at=self.at,
            signed_on=self.today,
            due_at=self.at + timedelta(days=2),
            receipt_code=new_receipt_code(),
            document_sha256=self._document(DocumentKind.REVOCATION),
            signing_id=signing_id,
        )
        with self.database.begin() as session:
            return revoke(session, letter)

    def confirm(self, consent: Consent) -> Consent:
        """Staff say who signed."""
        self._minute()
        with self.database.begin() as session:
            return confirm_signer(
                session,
                consent.id,
                staff_id="staff-1",
                method=ConfirmationMethod.KNOWS_THE_PERSON,
                due_at=self.at + timedelta(days=2),
                at=self.at,
                today=self.today,
            )

    def reject(self, consent: Consent) -> Consent:
        """Staff could not find out who signed."""
        self._minute()
        with self.database.begin() as session:
            return reject_signer(session, consent.id, staff_id="staff-1", at=self.at)

    def calendar(self) -> None:
        """What the worker does each day."""
        with self.database.begin() as session:
            end_due(session, today=self.today, at=self.at)

    def decide(
        self,
        student_id: str,
        elements: Sequence[str] = ELEMENTS,
        partner_class: str = PARTNERS[0],
        on: date | None = None,
    ) -> list[Decision]:
        with self.database.read() as session:
            return decide(
                session,
                student_id,
                elements=elements,
                partner_class=partner_class,
                on=on or self.today,
            )

    def permits(self, student_id: str, on: date | None = None) -> bool:
        """Whether anything at all may be seen."""
        return any(decision.permit for decision in self.decide(student_id, on=on))

    def consent(self, consent_id: str) -> Consent:
        with self.database.read() as session:
            return session.get_one(Consent, consent_id)

    def consents(self) -> list[Consent]:
        with self.database.read() as session:
            return list(session.scalars(select(Consent).order_by(Consent.signed_at)))

    def kinds(self, consent_id: str) -> list[EventKind]:
        """What the ledger tells of one consent."""
        with self.database.read() as session:
            query = (
                select(LedgerEvent.kind)
                .where(LedgerEvent.consent_id == consent_id)
                .order_by(LedgerEvent.sequence)
            )
            return list(session.scalars(query))

    def last_event(self) -> int:
        with self.database.read() as session:
            return session.scalars(select(func.max(LedgerEvent.sequence))).one() or 0

    def copy_row_of(self, consent: Consent) -> str:
        """A row that nobody signed."""
        with self.database.begin() as session:
            row = session.get_one(Consent, consent.id)
            make_transient(row)
            row.id, row.receipt_key, row.signing_id = new_id(), "4" * 64, None
            session.add(row)
            return row.id

    def file_of(self, sha256: str, root: Path) -> Path:
        """Where a stored document lies."""
        with self.database.read() as session:
            return root / "store" / session.get_one(SealedDocument, sha256).storage_path

    def _minute(self) -> None:
        self.at += timedelta(minutes=1)

    def _document(self, kind: DocumentKind) -> str:
        if self.storage is None:
            return new_id().replace("-", "") * 2
        stored = self.storage.put(self.database.keyring, f"%PDF- {new_id()}".encode())
        with self.database.begin() as session:
            register(session, stored, kind, at=self.at)
        return stored.sha256
