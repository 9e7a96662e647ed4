"""The story that demonstration, tests and documentation share: a school, families, a partner."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.choices import ContactKind, Relationship
from intake.consents.invitations import LINK_LIFETIME, create_invitation
from intake.consents.ledger import SYSTEM
from intake.roster.model import School, Student
from intake.roster.students import add_contact, add_guardian, add_school, add_student

SCHOOLS = {"riverside": "Riverside Elementary School", "westview": "Westview High School"}


@dataclass(frozen=True, slots=True)
class SampleFamily:
    """One student and who is on record for them."""

    external_id: str
    name: str
    birth_date: date
    school: str
    language: str
    guardian: str | None
    """None for a student of 18, who signs alone."""
    phone: str
    email: str


FAMILIES = (
    SampleFamily("S-1001", "Emma Johnson", date(2016, 4, 12), "riverside", "en",
                 "Sarah Johnson", "+18015550142", "sarah.johnson@example.org"),
    SampleFamily("S-1002", "Mateo Hernández Ruiz", date(2014, 9, 3), "riverside", "es",
                 "Lucía Ruiz Peña", "+18015550143", "lucia.ruiz@example.org"),
    SampleFamily("S-1003", "يوسف الحسن", date(2015, 1, 1), "riverside", "ar",
                 "فاطمة الحسن", "+18015550144", "fatima.alhassan@example.org"),
    SampleFamily("S-1004", "စီၤဖိးထူ", date(2013, 1, 1), "riverside", "ksw",
                 "နီၢ်မူးဖီ", "+18015550145", "mu.paw@example.org"),
    SampleFamily("S-1005", "Ayaan Cabdi Warsame", date(2008, 2, 20), "westview", "en",
                 None, "+18015550146", "ayaan@example.org"),
    SampleFamily("S-1006", "မောင်ကောင်းထက်", date(2015, 6, 21), "riverside", "my",
                 "ဒေါ်ခင်မာအေး", "+18015550147", "khin.mar.aye@example.org"),
    SampleFamily("S-1007", "सुमन राई", date(2014, 2, 14), "riverside", "ne",
                 "मनमाया राई", "+18015550148", "manmaya.rai@example.org"),
    SampleFamily("S-1008", "Xamdi Axmed Cali", date(2013, 11, 5), "riverside", "so",
                 "Faadumo Cali Nuur", "+18015550149", "faadumo.nuur@example.org"),
    SampleFamily("S-1009", "Amani Mwamba", date(2012, 8, 30), "riverside", "sw",
                 "Furaha Bahati", "+18015550150", "furaha.bahati@example.org"),
    SampleFamily("S-1010", "آرش رضایی", date(2015, 3, 21), "riverside", "fa",
                 "مریم رضایی", "+18015550151", "maryam.rezaei@example.org"),
    SampleFamily("S-1011", "Élodie Mukendi", date(2016, 7, 7), "riverside", "fr",
                 "Thérèse Mukendi", "+18015550152", "therese.mukendi@example.org"),
)  # fmt: skip


def add_sample(session: Session, *, at: datetime) -> None:
    """Put the schools and families on record, once."""
    schools = {key: add_school(session, name, external_id=key) for key, name in SCHOOLS.items()}
    for family in FAMILIES:
        student = add_student(
            session,
            school=schools[family.school],
            name=family.name,
            birth_date=family.birth_date,
            at=at,
            external_id=family.external_id,
            language=family.language,
        )
        guardian = None
        if family.guardian is not None:
            guardian = add_guardian(
                session, student=student, name=family.guardian, relationship=Relationship.PARENT
            )
        add_contact(session, student, ContactKind.PHONE, family.phone, guardian=guardian)
        add_contact(session, student, ContactKind.EMAIL, family.email, guardian=guardian)


def has_sample(session: Session) -> bool:
    """Whether the sample is there."""
    return session.scalars(select(School.id).limit(1)).first() is not None


def invite_all(session: Session, *, at: datetime) -> dict[str, str]:
    """A fresh personal link's token for each sample family, by the student's external id."""
    ids = [family.external_id for family in FAMILIES]
    query = select(Student).where(Student.external_id.in_(ids)).order_by(Student.external_id)
    return {
        student.external_id or "": create_invitation(
            session,
            student_id=student.id,
            language=student.language,
            by=SYSTEM,
            at=at,
            expires_at=at + LINK_LIFETIME,
        )
        for student in session.scalars(query)
    }
