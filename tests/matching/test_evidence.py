"""Who is certain is linked, and only they; everybody else waits for a person, with reasons."""

from datetime import date

import pytest
from sqlalchemy import select

from forms.choices import ContactKind, Relationship
from forms.romanize import consonants
from intake.consents.ledger import LedgerEvent
from intake.consents.states import EventKind
from intake.db.engine import Database
from intake.matching.evidence import Against, Confidence, For, Match, matches, name_likeness
from intake.matching.linking import Linked, link_certain, settle_different, waiting_student
from intake.roster.model import School, Student
from intake.roster.students import add_contact, add_guardian, add_school, add_student
from tests.conftest import NOW
from tests.disclosures.scene import BORN, DAY, Scene
from tests.matching.conftest import assert_true_to_the_ledger, student, type_student
from tests.web.desk.conftest import _settings as settings


def enrol(
    scene: Scene, name: str, birth_date: date = BORN, *, phone: str | None = None,
    school_id: str | None = None,
) -> str:  # fmt: skip
    """A student who comes with a later roster; ``phone`` is the mother's."""
    with scene.database.begin() as session:
        school = session.get_one(School, school_id or scene.school_id)
        made = add_student(session, school=school, name=name, birth_date=birth_date, at=NOW)
        if phone:
            guardian = add_guardian(
                session, student=made, name="Sarah", relationship=Relationship.PARENT
            )
            add_contact(session, made, ContactKind.PHONE, phone, guardian)
        return made.id


def found(scene: Scene, typed_id: str) -> list[Match]:
    with scene.database.read() as session:
        return matches(session, session.get_one(Student, typed_id))


def link(database: Database) -> Linked:
    return link_certain(database, settings(), at=NOW)


def test_who_comes_with_a_later_roster_is_found_and_linked(scene: Scene) -> None:
    typed = type_student(scene, "José Ruiz")
    assert link(scene.database) == Linked(0, 1)
    roster = enrol(scene, "JOSE RUIZ")
    [match] = found(scene, typed)
    assert match.reasons == (For.NAME_EXACT, For.BIRTH_DATE, For.SCHOOL)
    assert match.confidence is Confidence.CERTAIN
    assert link(scene.database) == Linked(1, 0)
    assert student(scene, typed).merged_into_id == roster
    with scene.database.read() as session:
        [merged] = session.scalars(
            select(LedgerEvent).where(LedgerEvent.kind == EventKind.STUDENTS_MERGED)
        )
        assert merged.values()["reasons"] == ["name_exact", "birth_date", "school"]
    assert_true_to_the_ledger(scene)


def test_the_first_of_january_needs_a_guardians_contact_too(scene: Scene) -> None:
    new_year = date(2015, 1, 1)
    typed = type_student(scene, "Ali Hassan", new_year)
    roster = enrol(scene, "Ali Hassan", new_year, phone="+18015550142")
    [match] = found(scene, typed)
    assert match.doubts == (Against.COMMON_BIRTH_DATE,)
    assert link(scene.database) == Linked(0, 1)
    with scene.database.begin() as session:
        scene.sign(session, typed, known=False)  # from +18015550142
    [match] = found(scene, typed)
    assert (For.GUARDIAN_CONTACT in match.reasons, match.doubts) == (True, ())
    assert link(scene.database) == Linked(1, 0)
    assert student(scene, typed).merged_into_id == roster


def test_twins_and_namesakes_wait_for_a_person(scene: Scene) -> None:
    typed = type_student(scene, "Ana Lee")
    enrol(scene, "Ana Lee")
    with scene.database.begin() as session:
        other = add_school(session, "Westview").id
    enrol(scene, "Ana Lee", school_id=other)
    assert all(Against.ANOTHER_LIKE_IT in match.doubts for match in found(scene, typed))
    assert link(scene.database) == Linked(0, 1)


def test_a_contact_that_is_another_students_guardians_contradicts(scene: Scene) -> None:
    typed = type_student(scene, "Ana Lee")
    with scene.database.begin() as session:
        scene.sign(session, typed, known=False)
    enrol(scene, "Ana Lee")
    enrol(scene, "Ben Lee", date(2012, 2, 2), phone="+18015550142")
    ana, ben = found(scene, typed)
    assert Against.OTHERS_CONTACT in ana.doubts
    assert ben.reasons[-1] is For.GUARDIAN_CONTACT
    assert link(scene.database) == Linked(0, 1)


def test_who_has_left_is_not_linked_by_itself(scene: Scene) -> None:
    typed = type_student(scene, "Ana Lee")
    roster = enrol(scene, "Ana Lee")
    with scene.database.begin() as session:
        session.get_one(Student, roster).left_on = (NOW - DAY).date()
    [match] = found(scene, typed)
    assert match.doubts == (Against.HAS_LEFT,)
    assert link(scene.database) == Linked(0, 1)


@pytest.mark.parametrize(
    ("typed", "known", "likeness"),
    [
        ("Mateo Ruiz", "mateo RUÍZ", For.NAME_EXACT),
        ("Ruiz Mateo", "Mateo Ruiz", For.NAME_VARIANT),
        ("Mateo Ruiz", "Mateo Hernández Ruiz", For.NAME_VARIANT),
        ("Yousef Al-Hassan", "يوسف الحسن", For.NAME_TRANSLITERATION),
        ("Suman Rai", "सुमन राई", For.NAME_TRANSLITERATION),
        ("Maung Kaung Htet", "မောင်ကောင်းထက်", For.NAME_TRANSLITERATION),
        ("Maryam Rezaie", "مریم رضایی", For.NAME_TRANSLITERATION),
        ("Ahmed Karimi", "يوسف الحسن", None),
        ("Aung Min Thu", "မောင်ကောင်းထက်", None),
        ("Ali Noor", "Amina Warsame", None),
    ],
)
def test_names_are_alike_in_three_ways(typed: str, known: str, likeness: For | None) -> None:
    assert name_likeness(typed, known) is likeness


def test_a_name_in_another_script_waits_for_a_person_with_its_reasons(scene: Scene) -> None:
    typed = type_student(scene, "Yousef Al Hassan")
    enrol(scene, "يوسف الحسن")
    [match] = found(scene, typed)
    assert match.reasons == (For.NAME_TRANSLITERATION, For.BIRTH_DATE, For.SCHOOL)
    assert match.confidence is Confidence.LIKELY
    assert link(scene.database) == Linked(0, 1)


def test_a_birth_date_or_a_school_alone_shows_nobodys_record(scene: Scene) -> None:
    typed = type_student(scene, "Zawadi Mwamba")
    assert found(scene, typed) == []


def test_whom_a_person_told_apart_is_not_suggested_again(scene: Scene) -> None:
    typed = type_student(scene, "Ana Lee")
    roster = enrol(scene, "Ana Lee")
    with scene.database.begin() as session:
        for _ in range(2):
            settle_different(session, typed, [roster], staff_id="rosa", at=NOW)
    assert found(scene, typed) == []
    assert link(scene.database) == Linked(0, 1)
    with scene.database.read() as session:
        kept = select(LedgerEvent).where(LedgerEvent.kind == EventKind.KEPT_APART)
        [event] = session.scalars(kept)
        assert (event.actor_id, event.student_id) == ("rosa", typed)
        assert waiting_student(session, typed) is not None


def test_vowels_and_doubled_letters_do_not_matter_to_a_sound() -> None:
    assert consonants("يوسف الحسن") == consonants("Yousef Al-Hassan") == "sflsn"
