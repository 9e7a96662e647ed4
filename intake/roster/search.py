"""Finding students by names in any script, over encrypted rows.

Every prefix of every word is stored as a keyed hash, so that the database can intersect words
without being able to read one.
"""

from dataclasses import dataclass
from difflib import SequenceMatcher

from sqlalchemy import Select, case, false, func, select
from sqlalchemy.orm import Session, joinedload

from forms.text import search_words
from intake.db.keys import keyring
from intake.roster.keys import birth_key, query_keys
from intake.roster.model import Student, StudentSearchKey, StudentSource
from intake.roster.scope import EVERY_SCHOOL, SchoolScope

_ALIKE = 0.7
"""Found by trying: "paw wah" and "htoo paw wah" are alike (0.74), "ali" and "amina" (0.5) not."""
_CANDIDATES_READ = 200
"""How many of the best by hash are decrypted and compared; a bound, not a page."""


def matching_students(session: Session, text: str) -> Select[str]:
    """A query for the ids of students whom all typed words find; for use inside other queries.

    A text without a word (dashes, spaces) finds nobody.
    """
    query = select(Student.id).where(Student.merged_into_id.is_(None))
    keys = query_keys(keyring(session), text)
    if not keys:
        return query.where(false())
    for key in sorted(keys):
        having = select(StudentSearchKey.student_id).where(StudentSearchKey.key == key)
        query = query.where(Student.id.in_(having))
    return query


def search_students(session: Session, text: str, limit: int) -> list[str]:
    """Ids of students whose names (or guardians', or signers') begin with all typed words."""
    query = matching_students(session, text).order_by(Student.created_at.desc(), Student.id)
    return list(session.scalars(query.limit(limit)))


def search_roster(
    session: Session, text: str, limit: int, scope: SchoolScope = EVERY_SCHOOL
) -> list[Student]:
    """The students of the school's record whom the typed words find, with their schools.

    Staff's pages give the ``scope`` of whoever asks.
    """
    query = (
        select(Student)
        .options(joinedload(Student.school))
        .where(
            Student.id.in_(matching_students(session, text)),
            Student.source == StudentSource.ROSTER,
            scope.condition(Student.school_id),
        )
        .order_by(Student.created_at.desc(), Student.id)
        .limit(limit)
    )
    return list(session.scalars(query))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A roster student who may be the one that a family typed, and why."""

    student: Student
    same_birth_date: bool
    same_school: bool
    likeness: float
    """How alike the names are written, words in any order: 0 to 1 (equal once folded)."""

    @property
    def is_alike(self) -> bool:
        """Whether the names may be spellings of one."""
        return self.likeness >= _ALIKE


def candidates(
    session: Session, typed: Student, limit: int, scope: SchoolScope = EVERY_SCHOOL
) -> list[Candidate]:
    """Roster students with the same birth date or a word of the name in common, likeliest first.

    Staff's pages give the ``scope`` of whoever asks.

    A birth date weighs as much as two words; 1 January alone says little, so words decide among
    many equal dates.
    """
    by_word = query_keys(keyring(session), typed.name)
    by_date = birth_key(session, typed.birth_date)
    weight = func.sum(case((StudentSearchKey.key == by_date, 2), else_=1))
    best = (
        select(StudentSearchKey.student_id)
        .join(Student, Student.id == StudentSearchKey.student_id)
        .where(
            StudentSearchKey.key.in_([*by_word, by_date]),
            Student.source == StudentSource.ROSTER,
            scope.condition(Student.school_id),
        )
        .group_by(StudentSearchKey.student_id)
        .order_by(weight.desc(), StudentSearchKey.student_id)
        .limit(_CANDIDATES_READ)
    )
    query = select(Student).options(joinedload(Student.school)).where(Student.id.in_(best))
    found = [compare(typed, student) for student in session.scalars(query)]
    return sorted(found, key=_likeliest_first)[:limit]


def compare(typed: Student, student: Student) -> Candidate:
    """What a typed student and one of the roster have in common."""
    return Candidate(
        student=student,
        same_birth_date=student.birth_date == typed.birth_date,
        same_school=student.school_id == typed.school_id,
        likeness=_likeness(typed.name, student.name),
    )


def _likeness(one: str, other: str) -> float:
    ours, theirs = (" ".join(sorted(search_words(name))) for name in (one, other))
    return SequenceMatcher(None, ours, theirs, autojunk=False).ratio()


def _likeliest_first(candidate: Candidate) -> tuple[float, str]:
    score = 2 * candidate.same_birth_date + candidate.same_school + 4 * candidate.likeness
    return -score, candidate.student.name
