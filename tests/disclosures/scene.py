"""A partner that may know, with each of its conditions in place until a test takes one away."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from forms.choices import Relationship
from forms.document import load
from intake.accounts.api_clients import EVERYTHING, ApiScope, Caller
from intake.accounts.model import ApiClient
from intake.clock import local_date
from intake.consents.answer import SignedText, Signer, WaiverAnswer, record_answer
from intake.consents.model import Consent
from intake.consents.revoke import RevocationLetter, revoke
from intake.consents.states import Assurance, Channel
from intake.consents.tokens import new_receipt_code
from intake.db.base import new_id
from intake.db.engine import Database
from intake.disclosures.decide import decide_disclosures
from intake.disclosures.questions import Answered, Question
from intake.disclosures.record import decide_and_record
from intake.partners.model import PartnerClass
from intake.partners.registry import (
    add_partner,
    add_person,
    assign_school,
    give_role,
    record_training,
    sign_agreement,
)
from intake.roster.model import School, Student
from intake.roster.students import add_school, add_student
from tests.conftest import NOW
from tests.consents.story import ZONE

TODAY = date(2026, 11, 23)
BORN = date(2015, 4, 12)
CONSENT_ENDS = date(2027, 6, 30)
AGREEMENT_ENDS = date(2027, 8, 31)
TRAINING_ENDS = date(2027, 3, 1)
DAY = timedelta(days=1)
WAIVER = load("ferpa_waiver")
CALLER = Caller("clienttrack", frozenset(ApiScope), EVERYTHING)


@dataclass
class Scene:
    """Partner ``tutors``, its tutor ``ana``, at the school of a student whose parent said yes."""

    database: Database
    student_id: str = field(init=False, default="")
    school_id: str = field(init=False, default="")

    def question(self, **changed: object) -> Question:
        values: dict[str, object] = {
            "student_id": self.student_id,
            "partner_id": "tutors",
            "person_id": "ana",
            "role": "tutor",
            "purpose": "academic_support",
            "elements": ("grades", "gpa"),
        }
        return Question(**(values | changed))  # type: ignore[arg-type]

    def ask(
        self, *questions: Question, caller: Caller = CALLER, now: datetime = NOW
    ) -> list[Answered]:
        with self.database.read() as session:
            return decide_disclosures(
                session, questions or [self.question()], reach=caller.reach, now=now, zone=ZONE
            )

    def record(
        self, *questions: Question, caller: Caller = CALLER, now: datetime = NOW
    ) -> list[Answered]:
        with self.database.begin() as session:
            return decide_and_record(session, questions, caller=caller, now=now, zone=ZONE)

    def reasons(self, now: datetime = NOW, element: int = 0, **changed: object) -> set[str]:
        """Why one element is denied; empty when it is permitted."""
        [answer] = self.ask(self.question(**changed), now=now)
        return {reason.value for reason in answer.elements[element].reasons}

    def student(self, session: Session, school_id: str | None = None) -> str:
        school = session.get_one(School, school_id or self.school_id)
        made = add_student(session, school=school, name="Emma Johnson", birth_date=BORN, at=NOW)
        return made.id

    def sign(
        self, session: Session, student_id: str | None = None, *, granted: bool = True,
        at: datetime = NOW - DAY, known: bool = True, valid_until: date = CONSENT_ENDS,
    ) -> Consent:  # fmt: skip
        text = WAIVER.text("en")
        assurance = Assurance.ON_RECORD_CONTACT if known else Assurance.SELF_ASSERTED
        signer = Signer("Sarah Johnson", Relationship.PARENT, assurance, "phone:+18015550142")
        student = session.get_one(Student, student_id or self.student_id)
        answer = WaiverAnswer(
            id=new_id(),
            student_id=student.id,
            birth_date=student.birth_date,
            signer=signer,
            text=SignedText(
                text.name, text.version, "en", text.sha256, text.element_ids, text.purpose_ids,
                text.partner_class_ids,
            ),
            granted=granted,
            channel=Channel.ONLINE,
            signed_at=at,
            signed_on=local_date(at, ZONE),
            valid_until=valid_until,
            receipt_code=new_receipt_code(),
            document_sha256=new_id(),
            signing_id=None,
            invitation_id=None,
        )  # fmt: skip
        return record_answer(session, answer, due_at=at + 2 * DAY)

    def revoke(self, at: datetime = NOW) -> None:
        letter = RevocationLetter(
            id=new_id(), student_id=self.student_id, signer_name="Sarah Johnson",
            relationship=Relationship.PARENT, contact="phone:+18015550142", version="2026-1",
            language="en", text_sha256="b" * 64, channel=Channel.ONLINE, signed_at=at,
            signed_on=local_date(at, ZONE),
            due_at=at + 2 * DAY, receipt_code=new_receipt_code(), document_sha256="c" * 64,
            signing_id=None,
        )  # fmt: skip
        with self.database.begin() as session:
            revoke(session, letter)


def set_scene(database: Database) -> Scene:
    """All four conditions hold on TODAY."""
    scene = Scene(database)
    with database.begin() as session:
        scene.school_id = add_school(session, "Riverside Elementary School").id
        scene.student_id = scene.student(session)
        scene.sign(session)
        for client in ("clienttrack", "other"):
            session.add(
                ApiClient(id=client, scopes=["decide"], schools=None, partners=None,
                          created_at=NOW, revoked_at=None)
            )  # fmt: skip
        add_partner(session, "tutors", "Tutors West", PartnerClass.COMMUNITY, at=NOW)
        add_person(session, "ana", "Ana Ortiz", partner_id="tutors", at=NOW)
        sign_agreement(
            session, "tutors", "Data Privacy Terms",
            signed_on=date(2026, 9, 1), expires_on=AGREEMENT_ENDS,
        )  # fmt: skip
        record_training(
            session, "ana", "FERPA basics", completed_on=date(2026, 3, 2), expires_on=TRAINING_ENDS
        )
        give_role(session, "ana", "tutor", starts_on=date(2026, 9, 1), ends_on=date(2027, 6, 1))
        assign_school(
            session, "tutors", scene.school_id,
            starts_on=date(2026, 9, 1), ends_on=date(2027, 5, 31),
        )  # fmt: skip
    return scene
