"""Finding a student by any spelling in any script, the likeliest first, and why."""

from sqlalchemy.orm import Session

from forms.choices import Relationship
from intake.roster.finding import FoundBy, find_students
from intake.roster.model import School
from intake.roster.scope import EVERY_SCHOOL, SchoolScope
from intake.roster.students import add_guardian, add_school, add_search_words
from tests.roster.conftest import AddStudent

NAMES = [
    ("محمد علي حسن", "mohamed ali"),
    ("Maxamed Cali Xasan", "mohamed ali hassan"),
    ("Cabdullaahi Axmed", "abdullahi ahmed"),
    ("Faadumo Ibraahin", "فاطمة إبراهيم"),
    ("Maryan Aadan", "maryam adam"),
    ("عبد الرحمن يوسف", "abdulrahman yousef"),
    ("Abdulrahman Yusuf", "عبد الرحمن"),
    ("يوسف الحسن", "Yousef Al-Hassan"),
    ("يوسف الحسن", "hassan yusuf"),
    ("زهرا احمدی", "Zahra Ahmadi"),
    ("နော်ဖောဝါထူး", "naw paw wah htoo"),
    ("နော်ဖောဝါထူး", "Naw Paw"),
    ("Naw Paw Wah Htoo", "နော်ဖောဝါထူး"),
    ("စောထူးဝါ", "Saw Htoo Wah"),
    ("အောင်မြင့်", "Aung Myint"),
    ("သိန်းထက်", "Thein Htet"),
    ("सीता थापा", "Sita Thapa"),
    ("Sita Thapa", "थापा सीता"),
    ("विश्वकर्मा लक्ष्मी", "Laxmi Bishwokarma"),
    ("श्रेष्ठ राम", "ram shrestha"),
    ("ገብረ ሚካኤል", "Gebre Mikael"),
    ("Catalina Xiomara", "katalina"),
]
"""On the record, and as typed."""


def test_a_name_is_found_in_another_script_or_spelling(session: Session, enrol: AddStudent) -> None:
    enrol("Someone Else")
    students = [enrol(name) for name, _ in NAMES]
    missed = []
    for student, (name, typed) in zip(students, NAMES, strict=True):
        found = find_students(session, typed, 10, scope=EVERY_SCHOOL)
        here = [one.by for one in found.found if one.student == student]
        if here != [FoundBy.SOUND]:
            missed.append((name, typed, here))
    assert missed == []


def test_who_only_sounds_alike_is_never_clearly_meant(session: Session, enrol: AddStudent) -> None:
    student = enrol("محمد علي حسن")
    found = find_students(session, "mohamed ali", 10, scope=EVERY_SCHOOL)
    assert found.students == [student]
    assert found.only is None


def test_other_names_are_not_found(session: Session, enrol: AddStudent) -> None:
    enrol("Mohamed Ali")
    for typed in ("", "--", "kalid", "matthew", "ahmed", "mohamed karimi"):
        assert find_students(session, typed, 10, scope=EVERY_SCHOOL).students == []


def test_what_is_spelled_as_typed_comes_first_then_what_sounds_most_alike(
    session: Session, enrol: AddStudent
) -> None:
    arabic = enrol("محمد كريم")
    far = enrol("Maxamed Karim")
    near = enrol("Mohammed Karim")
    spelled = enrol("Mohamed Karim")
    by_parent = enrol("Sara Karim")
    add_guardian(session, student=by_parent, name="Mohamed Karim", relationship=Relationship.PARENT)
    found = find_students(session, "mohamed", 10, scope=EVERY_SCHOOL)
    assert found.students == [spelled, by_parent, arabic, near, far]
    assert [one.by for one in found.found] == [
        FoundBy.NAME, FoundBy.OTHER_NAME, FoundBy.SOUND, FoundBy.SOUND, FoundBy.SOUND,
    ]  # fmt: skip


def test_a_signers_name_in_another_script_finds_the_student(
    session: Session, enrol: AddStudent
) -> None:
    student = enrol("Sara Karim")
    add_search_words(session, student.id, "فاطمة")
    found = find_students(session, "fatima", 10, scope=EVERY_SCHOOL)
    assert [(one.student, one.by) for one in found.found] == [(student, FoundBy.ELSEWHERE)]


def test_the_only_one_as_spelled_is_clearly_meant(session: Session, enrol: AddStudent) -> None:
    student = enrol("Paw Wah")
    assert find_students(session, "wah pa", 10, scope=EVERY_SCHOOL).only == student
    enrol("Paw Way")
    assert find_students(session, "paw wa", 10, scope=EVERY_SCHOOL).only is None


def test_students_of_other_schools_are_not_found(
    session: Session, school: School, enrol: AddStudent
) -> None:
    here = enrol("Paw Wah")
    there = enrol("Paw Htoo", school=add_school(session, "Elsewhere High"))
    assert find_students(session, "paw", 10, scope=SchoolScope.of([school.id])).students == [here]
    elsewhere = SchoolScope.of([there.school_id])
    assert find_students(session, "paw", 10, scope=elsewhere).students == [there]
    assert find_students(session, "paw", 10, scope=SchoolScope.of([])).students == []


def test_more_than_fit_are_said_to_be_there(session: Session, enrol: AddStudent) -> None:
    for letter in "abc":
        enrol(f"Paw {letter}")
    found = find_students(session, "paw", 2, scope=EVERY_SCHOOL)
    assert (len(found.found), found.more) == (2, True)
