"""Papers that the desk prints: who is on them, in which language, and that they are on record."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from intake.config import Settings
from intake.documents.approvals import is_approved
from intake.documents.in_force import current
from intake.documents.texts import offered_languages
from intake.installation import Installation
from intake.paper.printed import record_printed
from intake.paper.printing import PaperOrder, printed_papers
from intake.roster.model import Student, StudentSource
from intake.roster.scope import SchoolScope
from intake.roster.search import search_roster
from pdf.sheet.code import SheetDocument
from pdf.sheet.geometry import PaperSize
from translations import language

_MOST_FOUND = 50
_MOST_OF_ONE_NAME = 8


@dataclass(frozen=True, slots=True)
class Print:
    """What is to be printed."""

    document: SheetDocument
    size: PaperSize
    language: str
    """For blank papers, and for students whose family's language nobody knows."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A student who may get a paper."""

    student: Student
    ticked: bool
    typed: str = ""
    """The name that was typed, where several students may be meant by it."""


@dataclass(frozen=True, slots=True)
class Students:
    """Students to choose from, and the typed names that nobody has."""

    listed: tuple[Listed, ...] = ()
    unknown: tuple[str, ...] = ()


def students_named(session: Session, text: str, scope: SchoolScope) -> Students:
    """Whom a search finds; one is ticked, of several nobody."""
    found = search_roster(session, text, _MOST_FOUND, scope)
    return Students(tuple(Listed(student, len(found) == 1) for student in found))


def students_of_school(session: Session, school_id: str, scope: SchoolScope) -> Students:
    """Everybody of a school, all ticked; nobody of a school outside the scope."""
    query = (
        select(Student)
        .options(joinedload(Student.school))
        .where(
            Student.school_id == school_id,
            Student.source == StudentSource.ROSTER,
            scope.condition(Student.school_id),
        )
    )
    found = sorted(session.scalars(query), key=_by_name)
    return Students(tuple(Listed(student, True) for student in found))


def students_on_list(session: Session, names: Iterable[str], scope: SchoolScope) -> Students:
    """A class list: who is clearly meant is ticked, who may be meant is not."""
    listed: dict[str, Listed] = {}
    unknown = []
    for name in names:
        found = search_roster(session, name, _MOST_OF_ONE_NAME, scope)
        if not found:
            unknown.append(name)
        for student in found:
            one = Listed(student, True) if len(found) == 1 else Listed(student, False, name)
            if student.id not in listed or one.ticked:
                listed[student.id] = one
    return Students(tuple(listed.values()), tuple(unknown))


def students_chosen(
    session: Session, ids: Sequence[str], ticked: Iterable[str], scope: SchoolScope
) -> Students:
    """The same list again, as it was ticked."""
    marked = set(ticked)
    found = students_by_id(session, ids, scope)
    return Students(tuple(Listed(student, student.id in marked) for student in found))


def students_by_id(session: Session, ids: Sequence[str], scope: SchoolScope) -> list[Student]:
    """Roster students in the order of their ids' list; others are left out."""
    query = (
        select(Student)
        .options(joinedload(Student.school))
        .where(
            Student.id.in_(ids),
            Student.source == StudentSource.ROSTER,
            scope.condition(Student.school_id),
        )
    )
    found = {student.id: student for student in session.scalars(query)}
    return [found[student_id] for student_id in dict.fromkeys(ids) if student_id in found]


def print_blank(
    installation: Installation, wanted: Print, copies: int, *, by: str, at: datetime
) -> bytes:
    """Papers without a name, each with an id of its own."""
    return _print(installation, wanted, [None] * copies, by=by, at=at)


def print_for(
    installation: Installation, wanted: Print, students: Sequence[Student], *, by: str, at: datetime
) -> bytes:
    """A paper for each student, in the family's language."""
    return _print(installation, wanted, students, by=by, at=at)


def drafts(session: Session, document: SheetDocument) -> frozenset[str]:
    """Languages whose words nobody has approved: a yes on such a paper doesn't count yet."""
    text = current(document.value)
    codes = [offered.code for offered in offered_languages()]
    return frozenset(code for code in codes if not is_approved(session, text, code))


def paper_language(student: Student | None, otherwise: str) -> str:
    """The family's language where it is known, and everything is there in it."""
    codes = {offered.code for offered in offered_languages()}
    known = student.language if student is not None else None
    return known if known in codes else otherwise


def _print(
    installation: Installation,
    wanted: Print,
    students: Sequence[Student | None],
    *,
    by: str,
    at: datetime,
) -> bytes:
    settings = installation.settings
    with installation.database.read() as session:
        unapproved = drafts(session, wanted.document)
    orders = [_order(wanted, student, unapproved) for student in students]
    made = printed_papers(settings, orders, size=wanted.size)
    version = current(wanted.document.value).version
    # Before it leaves the printer: a paper that comes back is known for certain.
    with installation.database.begin() as session:
        for order, student in zip(orders, students, strict=True):
            record_printed(
                session,
                waiver_id=order.waiver_id,
                document=order.document.value,
                version=version,
                language=order.language,
                pages=_pages(settings, order.document, order.language, wanted.size),
                student_id=student.id if student is not None else None,
                by=by,
                at=at,
            )
    return made.pdf


def _order(wanted: Print, student: Student | None, unapproved: frozenset[str]) -> PaperOrder:
    code = paper_language(student, wanted.language)
    draft = code in unapproved
    if student is None:
        return PaperOrder(code, wanted.document, draft=draft)
    return PaperOrder(
        code,
        wanted.document,
        student_name=student.name,
        birth_date=language(code).long_date(student.birth_date),
        school=student.school.name,
        draft=draft,
    )


@lru_cache(maxsize=256)
def _pages(settings: Settings, document: SheetDocument, code: str, size: PaperSize) -> int:
    """Names stand in boxes of their own, so papers of one kind all have as many pages."""
    return printed_papers(settings, [PaperOrder(code, document)], size=size).pages


def _by_name(student: Student) -> tuple[str, str]:
    return student.name.casefold(), student.id
