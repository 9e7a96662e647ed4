"""How many students on the roster have answered, and what: by school, language and week.

Each number is published or withheld as a whole (``suppression``), for every school at once, however
little of it somebody is shown. Therefore no sum is made but those that are decided there: there is
none over some of the schools, and none over some of the weeks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from intake.clock import day_begins, local_date
from intake.consents.model import Consent, Invitation, Revocation
from intake.consents.states import ConsentState
from intake.figures.suppression import Axis, Counts, Published, publish
from intake.roster.model import School, Student, StudentSource
from translations import languages

WEEKS = 53
"""How far back the weeks reach, the present one included."""
OTHER_LANGUAGE = ""
"""The roster says none, or one that we don't know."""
_ALL = -1


class Standing(StrEnum):
    """Where a student on the roster stands; each stands at one place."""

    CONSENTED = "consented"
    """A yes is in force."""
    DECLINED = "declined"
    REVOKED = "revoked"
    """The last answer was yes, and it was taken back."""
    UNCONFIRMED = "unconfirmed"
    """Signed by somebody whom staff have yet to confirm."""
    INVITED = "invited"
    """A link was made, and nobody has answered."""
    NOT_ASKED = "not_asked"
    """Nobody was asked, or the last answer has ended: expired, or the student turned 18."""


class Answer(StrEnum):
    """What came in within a week."""

    YES = "yes"
    NO = "no"
    TAKEN_BACK = "taken_back"


STANDINGS = tuple(Standing)
ANSWERS = tuple(Answer)
_ALL_WEEKS = (Standing.CONSENTED, Standing.DECLINED, Standing.REVOKED)
"""Where those who gave each of ANSWERS stand, if nothing came after."""


@dataclass(frozen=True, slots=True)
class SchoolName:
    """A school with students on the roster."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table; a count that is withheld is None."""

    key: str
    """A school's id, a language's code, a week's Monday; empty for all of them."""
    counts: tuple[int | None, ...]
    """In the order of STANDINGS or ANSWERS."""
    total: int | None = None
    """Students on the roster; None also where the table has no such column."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that is published about one document at one moment."""

    at: datetime
    document: str
    schools: tuple[SchoolName, ...]
    languages: tuple[str, ...]
    weeks: tuple[date, ...]
    """Mondays, the oldest first."""
    standings: Published
    """School × language × standing, all with totals."""
    answers: Published
    """School (with a total) × week (with a total that is not shown) × answer."""

    def by_school(self, ids: Iterable[str] | None = None) -> list[Line]:
        """A row for each of these schools; for all of them with the row of their sum."""
        wanted = None if ids is None else frozenset(ids)
        lines = [
            self._standings(school.id, number, _ALL)
            for number, school in enumerate(self.schools)
            if wanted is None or school.id in wanted
        ]
        return [*lines, self._standings("", _ALL, _ALL)] if wanted is None else lines

    def by_language(self, school_id: str | None) -> list[Line]:
        """A row for each language that is spoken there, and their sum: of one school or of all."""
        school = self._school(school_id)
        lines = [self._standings(code, school, place) for place, code in enumerate(self.languages)]
        return [*(line for line in lines if line.total != 0), self._standings("", school, _ALL)]

    def by_week(self, school_id: str | None, weeks: int) -> list[Line]:
        """The last weeks of one school or of the programme."""
        school, first = self._school(school_id), max(0, len(self.weeks) - weeks)
        return [
            Line(
                self.weeks[week].isoformat(),
                tuple(self.answers.at(school, week, kind) for kind in range(len(ANSWERS))),
            )
            for week in range(first, len(self.weeks))
        ]

    def _school(self, school_id: str | None) -> int:
        if school_id is None:
            return _ALL
        return [school.id for school in self.schools].index(school_id)

    def _standings(self, key: str, school: int, language: int) -> Line:
        counts = (self.standings.at(school, language, kind) for kind in range(len(STANDINGS)))
        return Line(key, tuple(counts), self.standings.at(school, language, _ALL))


def figures(session: Session, document: str, *, at: datetime, zone: ZoneInfo) -> Figures:
    """Count for every school: two grouped queries, each over the students once."""
    today = local_date(at, zone)
    schools = _schools(session)
    found = session.execute(_standings(document, today)).all()
    codes = sorted({_code(row.language) for row in found}, key=lambda code: (not code, code))
    mondays = _mondays(today)
    school_places = {school.id: place for place, school in enumerate(schools)}
    language_places = {code: place for place, code in enumerate(codes)}

    standings = _empty(len(schools), len(codes), len(STANDINGS))
    for school_id, language, standing, count in found:
        place = school_places[school_id], language_places[_code(language)]
        standings[(*place, STANDINGS.index(Standing(standing)))] += count

    answers = _empty(len(schools), len(mondays), len(ANSWERS))
    starts = [day_begins(day, zone) for day in mondays]
    for school_id, week, kind, count in session.execute(_answers(document, starts)):
        answers[school_places[school_id], week, ANSWERS.index(Answer(kind))] += count
    published = publish(standings, (Axis.SUMMED, Axis.SUMMED, Axis.SUMMED))
    # What was answered in all weeks together is, nearly, where students stand: whoever has one
    # table knows the other's sums.
    sums = published.is_shown[:, _ALL, :][:, [STANDINGS.index(one) for one in _ALL_WEEKS]]
    return Figures(
        at=at,
        document=document,
        schools=tuple(schools),
        languages=tuple(codes),
        weeks=mondays,
        standings=published,
        answers=publish(answers, (Axis.SUMMED, Axis.SUMMED, Axis.APART), elsewhere=sums),
    )


def _empty(schools: int, second: int, third: int) -> Counts:
    return np.zeros((schools, second, third), dtype=np.int64)


def _schools(session: Session) -> list[SchoolName]:
    query = (
        select(School.id, School.name)
        .where(exists().where(Student.school_id == School.id, _on_roster()))
        .order_by(School.name, School.id)
    )
    return [SchoolName(id, name) for id, name in session.execute(query)]


def _on_roster() -> ColumnElement[bool]:
    return and_(
        Student.source == StudentSource.ROSTER,
        Student.left_on.is_(None),
        Student.merged_into_id.is_(None),
    )


def _standings(document: str, today: date) -> Select[str, str | None, str, int]:
    """Students by school, language and standing."""
    is_in_force = and_(Consent.state == ConsentState.ACTIVE, Consent.valid_until >= today)
    # The one that counts: a yes that is in force, or else what was signed last.
    newest = func.row_number().over(
        partition_by=Consent.student_id,
        order_by=(case((is_in_force, 0), else_=1), Consent.signed_at.desc(), Consent.id),
    )
    answered = (
        select(
            Consent.student_id,
            case(
                (is_in_force, literal(Standing.CONSENTED.value)),
                (Consent.state == ConsentState.DECLINED, literal(Standing.DECLINED.value)),
                (Consent.state == ConsentState.REVOKED, literal(Standing.REVOKED.value)),
                (
                    Consent.state == ConsentState.PENDING_VERIFICATION,
                    literal(Standing.UNCONFIRMED.value),
                ),
                else_=literal(Standing.NOT_ASKED.value),
            ).label("standing"),
            newest.label("place"),
        )
        .where(Consent.document == document, Consent.state != ConsentState.SUPERSEDED)
        .subquery()
    )
    is_invited = exists().where(Invitation.student_id == Student.id)
    standing = func.coalesce(
        answered.c.standing,
        case(
            (is_invited, literal(Standing.INVITED.value)),
            else_=literal(Standing.NOT_ASKED.value),
        ),
    )
    each = (
        select(Student.school_id, Student.language, standing.label("standing"))
        .outerjoin(answered, and_(answered.c.student_id == Student.id, answered.c.place == 1))
        .where(_on_roster())
        .subquery()
    )
    columns = each.c.school_id, each.c.language, each.c.standing
    return select(*columns, func.count()).group_by(*columns)


def _answers(document: str, starts: Sequence[datetime]) -> Select[str, int, str, int]:
    """Answers that came in, by school, number of the week and kind."""
    kind = case(
        (Consent.granted.is_(True), literal(Answer.YES.value)), else_=literal(Answer.NO.value)
    )
    signed = select(
        Consent.student_id, _week(Consent.signed_at, starts).label("week"), kind.label("kind")
    ).where(Consent.document == document, Consent.signed_at >= starts[0])
    taken_back = select(
        Revocation.student_id,
        _week(Revocation.signed_at, starts),
        literal(Answer.TAKEN_BACK.value),
    ).where(
        Revocation.signed_at >= starts[0],
        Revocation.elements.is_(None),
        exists().where(Consent.revocation_id == Revocation.id, Consent.document == document),
    )
    each = union_all(signed, taken_back).subquery()
    columns = Student.school_id, each.c.week, each.c.kind
    return (
        select(*columns, func.count())
        .join(Student, Student.id == each.c.student_id)
        .where(_on_roster())
        .group_by(*columns)
    )


def _week(
    moment: InstrumentedAttribute[datetime], starts: Sequence[datetime], first: int = 0
) -> ColumnElement[int]:
    """The number of the week, halved again and again: six comparisons for a year."""
    if len(starts) == 1:
        return literal(first)
    half = len(starts) // 2
    return case(
        (moment < starts[half], _week(moment, starts[:half], first)),
        else_=_week(moment, starts[half:], first + half),
    )


def _mondays(today: date) -> tuple[date, ...]:
    newest = today - timedelta(days=today.weekday())
    return tuple(newest - timedelta(weeks=ago) for ago in reversed(range(WEEKS)))


def _code(language: str | None) -> str:
    return language if language in languages() else OTHER_LANGUAGE
