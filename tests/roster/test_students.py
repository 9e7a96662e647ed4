"""Matching what families type with the school's record."""

from datetime import date, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from forms.choices import ContactKind, Relationship
from intake.roster.model import School, StudentSource
from intake.roster.students import (
    NameUnusable,
    add_contact,
    add_guardian,
    add_school,
    is_contact_on_record,
    match_student,
    typed_student,
)
from tests.roster.conftest import AddStudent

BORN = date(2012, 5, 4)


@pytest.mark.parametrize(
    ("on_record", "typed"),
    [
        ("José Álvarez", "JOSE ALVAREZ"),
        ("علي كريم", "علی کریم"),
        ("နော်ဖော ၀ါ", "နော်ဖော ဝါ"),
        ("Mary  Ann", "\u202eMary Ann\u202c"),
    ],
)
def test_a_student_is_matched_however_the_name_is_spelled(
    session: Session, school: School, enrol: AddStudent, on_record: str, typed: str
) -> None:
    student = enrol(on_record, BORN)
    assert match_student(session, school.id, typed, BORN) is student


def test_another_school_birth_date_or_name_is_no_match(
    session: Session, school: School, enrol: AddStudent
) -> None:
    enrol("Paw Wah", BORN)
    elsewhere = add_school(session, "Elsewhere High")
    assert match_student(session, elsewhere.id, "Paw Wah", BORN) is None
    assert match_student(session, school.id, "Paw Wah", date(2012, 4, 5)) is None
    assert match_student(session, school.id, "Paw Wah Htoo", BORN) is None


def test_two_students_alike_are_left_to_a_person(
    session: Session, school: School, enrol: AddStudent
) -> None:
    enrol("Ali Hassan", date(2012, 1, 1))
    enrol("ALI HASSAN", date(2012, 1, 1))
    assert match_student(session, school.id, "Ali Hassan", date(2012, 1, 1)) is None


def test_a_typed_student_is_never_matched_as_if_on_the_roster(
    session: Session, school: School, now: datetime
) -> None:
    typed_student(session, school=school, name="Paw Wah", birth_date=BORN, at=now)
    assert match_student(session, school.id, "Paw Wah", BORN) is None


def test_both_parents_typing_the_same_student_meet_in_one_row(
    session: Session, school: School, now: datetime
) -> None:
    first = typed_student(session, school=school, name="Paw Wah", birth_date=BORN, at=now)
    second = typed_student(session, school=school, name="paw  wah", birth_date=BORN, at=now)
    assert second is first
    assert first.source is StudentSource.TYPED


@pytest.mark.parametrize("name", ["", " ", "123", "\u3164", "\u202e\u202c", "--"])
def test_a_name_without_a_letter_is_refused(enrol: AddStudent, name: str) -> None:
    with pytest.raises(NameUnusable):
        enrol(name)


def test_guardians_contacts_vouch_for_parents_and_not_for_the_student(
    session: Session, enrol: AddStudent
) -> None:
    student = enrol("Paw Wah")
    mother = add_guardian(session, student=student, name="Naw Mu", relationship=Relationship.PARENT)
    add_contact(session, student, ContactKind.PHONE, "+18015550101", mother)
    for signer in (Relationship.PARENT, Relationship.GUARDIAN):
        assert is_contact_on_record(
            session, student.id, ContactKind.PHONE, "+18015550101", relationship=signer
        )
    assert not is_contact_on_record(
        session,
        student.id,
        ContactKind.PHONE,
        "+18015550101",
        relationship=Relationship.ELIGIBLE_STUDENT,
    )


def test_a_students_own_contact_vouches_only_for_the_student(
    session: Session, enrol: AddStudent
) -> None:
    student = enrol("Paw Wah")
    add_contact(session, student, ContactKind.EMAIL, "paw@example.org")

    def vouches_for(signer: Relationship) -> bool:
        return is_contact_on_record(
            session, student.id, ContactKind.EMAIL, "paw@example.org", relationship=signer
        )

    assert vouches_for(Relationship.ELIGIBLE_STUDENT)
    assert not vouches_for(Relationship.PARENT)


def test_another_familys_contact_does_not_vouch(session: Session, enrol: AddStudent) -> None:
    student, other = enrol("Paw Wah"), enrol("Ali Hassan")
    father = add_guardian(session, student=other, name="Hassan", relationship=Relationship.GUARDIAN)
    add_contact(session, other, ContactKind.EMAIL, "h@example.org", father)
    assert not is_contact_on_record(
        session,
        student.id,
        ContactKind.EMAIL,
        "h@example.org",
        relationship=Relationship.GUARDIAN,
    )


def test_a_student_is_not_their_own_guardian(session: Session, enrol: AddStudent) -> None:
    student = enrol("Paw Wah")
    with pytest.raises(ValueError, match="own guardian"):
        add_guardian(
            session,
            student=student,
            name="Paw Wah",
            relationship=Relationship.ELIGIBLE_STUDENT,
        )


def test_names_and_contacts_can_not_be_read_from_the_tables(
    session: Session, enrol: AddStudent
) -> None:
    student = enrol("Zebulon Quartz")
    add_contact(session, student, ContactKind.EMAIL, "zebulon@example.org")
    for table in ("students", "contacts", "student_search_keys"):
        rows = session.execute(text(f"SELECT * FROM {table}")).all()  # noqa: S608
        stored = b" ".join(v if isinstance(v, bytes) else str(v).encode() for r in rows for v in r)
        assert b"ebulon" not in stored.lower()
        assert b"2012-05-04" not in stored
