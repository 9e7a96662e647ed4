"""Finding a student by typing a name, in any script, over encrypted rows."""

from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from forms.choices import Relationship
from intake.roster.model import School
from intake.roster.search import candidates, search_roster, search_students
from intake.roster.students import add_guardian, add_school, add_search_words, typed_student
from tests.roster.conftest import AddStudent


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("José Álvarez Peña", "pena jos"),
        ("O’Brien Smith", "obrien"),
        ("علي كريم", "کر"),
        ("فاطمه زهرا", "فاطمة"),
        ("နော်ဖောဝါ", "နော်ဖော"),
        ("သန္တာ", "သန္"),
        ("सीता थापा", "थापा सी"),
        ("Александр Иванов", "ИВАН"),
        ("ترهاس ገብረ", "ገብ"),
        ("李小龍", "李小"),
        ("Nguyễn Văn Đức", "nguyen duc"),
        ("Wolfeschlegelsteinhausen", "wolfeschlegelstein"),
    ],
)
def test_typed_words_find_the_name_as_prefixes_in_any_order(
    session: Session, enrol: AddStudent, name: str, typed: str
) -> None:
    student = enrol(name)
    enrol("Someone Else")
    assert search_students(session, typed, 10) == [student.id]


def test_every_typed_word_must_match(session: Session, enrol: AddStudent) -> None:
    enrol("Ali Hassan")
    assert search_students(session, "ali karimi", 10) == []


@pytest.mark.parametrize("typed", ["", "   ", "--", "\u202e", "()"])
def test_a_search_without_a_word_finds_nobody(
    session: Session, enrol: AddStudent, typed: str
) -> None:
    enrol("Ali Hassan")
    assert search_students(session, typed, 10) == []


def test_guardians_and_signers_names_find_the_student(session: Session, enrol: AddStudent) -> None:
    student = enrol("Paw Wah")
    add_guardian(session, student=student, name="Naw Mu", relationship=Relationship.PARENT)
    add_search_words(session, student.id, "စောထူး")
    add_search_words(session, student.id, "စောထူး")
    assert search_students(session, "naw", 10) == [student.id]
    assert search_students(session, "စော", 10) == [student.id]


def test_a_search_is_bounded(session: Session, enrol: AddStudent) -> None:
    for number in range(4):
        enrol(f"Ali {chr(97 + number)}")
    assert len(search_students(session, "ali", 3)) == 3


def test_searching_the_roster_leaves_typed_students_out(
    session: Session, school: School, enrol: AddStudent, now: datetime
) -> None:
    on_roster = enrol("Paw Wah")
    typed_student(session, school=school, name="Paw Htoo", birth_date=date(2010, 1, 1), at=now)
    assert search_roster(session, "paw", 10) == [on_roster]
    assert len(search_students(session, "paw", 10)) == 2


def test_candidates_share_the_birth_date_or_a_word_likeliest_first(
    session: Session, school: School, enrol: AddStudent, now: datetime
) -> None:
    born = date(2012, 1, 1)
    by_date = enrol("Other Child", born)
    by_word = enrol("Wah Htoo", date(2011, 3, 3))
    by_both = enrol("Paw Wah", born, school=add_school(session, "Elsewhere High"))
    enrol("Nobody Alike", date(2009, 9, 9))
    typed = typed_student(session, school=school, name="Wah Paw", birth_date=born, at=now)
    found = candidates(session, typed, 10)
    assert [c.student for c in found] == [by_both, by_date, by_word]
    assert (found[0].same_birth_date, found[0].same_school, found[0].likeness) == (True, False, 1)
    assert len(candidates(session, typed, 2)) == 2


def test_a_misspelled_name_comes_before_strangers_with_the_same_birth_date(
    session: Session, school: School, enrol: AddStudent, now: datetime
) -> None:
    born = date(2012, 1, 1)
    for number in range(5):
        enrol(f"အမည် {number}", born)
    meant = enrol("နော်ဖောဝါထူး", born)
    typed = typed_student(session, school=school, name="နော်ဖောဝါထူ", birth_date=born, at=now)
    best = candidates(session, typed, 3)[0]
    assert best.student is meant
    assert best.is_alike
