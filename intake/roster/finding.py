"""Finding a student by any name on their record, in any script or spelling, and saying why.

Everything happens on the blind index first: which students have a key for every typed word, by
spelling or by sound. Only the best of them are decrypted, compared and put in order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, case, func, literal, select
from sqlalchemy.orm import Session, joinedload, selectinload

from forms.romanize import script
from forms.sounds import word_sounds
from forms.text import search_words
from intake.db.keys import keyring
from intake.roster.keys import WordKeys, joined_keys, word_keys
from intake.roster.model import Student, StudentSearchKey, StudentSource
from intake.roster.scope import SchoolScope

_CANDIDATES_READ = 120
"""How many of the best by hash are decrypted and compared."""
_ALIKE = 0.5
"""Letters of two words of one script that sound alike: "Mohamed" and "Muhammad" 0.67, "Matthew"
and "Muhammad" 0.27."""
_SPELLED, _SOUNDS = 2, 1


class FoundBy(StrEnum):
    """Why a student is in the list; the order is the list's."""

    NAME = "name"
    """The student's own name begins with what was typed."""
    OTHER_NAME = "other_name"
    """A parent's or guardian's name begins with it."""
    SOUND = "sound"
    """The student's name sounds alike: in another spelling or script."""
    ELSEWHERE = "elsewhere"
    """Another name that the record is found by: a parent's that sounds alike, a signer's, or the
    student's own as a family once typed it."""


@dataclass(frozen=True, slots=True)
class Found:
    """One student of the list, and why."""

    student: Student
    by: FoundBy
    likeness: float
    """Of the typed words with the student's name, 0 to 1: orders those that are found alike."""


@dataclass(frozen=True, slots=True)
class FoundList:
    """The best first."""

    found: tuple[Found, ...] = ()
    more: bool = False
    """There are others: more of the name must be typed."""

    @property
    def students(self) -> list[Student]:
        """Without the reasons."""
        return [one.student for one in self.found]

    @property
    def only(self) -> Student | None:
        """The student who is clearly meant: the only one, found as spelled."""
        if len(self.found) != 1 or self.more or self.found[0].by is not FoundBy.NAME:
            return None
        return self.found[0].student


def find_students(
    session: Session, text: str, limit: int, *, scope: SchoolScope, roster_only: bool = True
) -> FoundList:
    """Students of these schools whom every typed word finds. A text without a word finds nobody."""
    ring = keyring(session)
    words = word_keys(ring, text)
    if not words:
        return FoundList()
    where = [Student.merged_into_id.is_(None), scope.condition(Student.school_id)]
    if roster_only:
        where.append(Student.source == StudentSource.ROSTER)
    ids = list(session.scalars(_by_words(words, where).limit(_CANDIDATES_READ)))
    joined = joined_keys(ring, text) if len(ids) < limit else frozenset()
    if joined:
        ids += session.scalars(_by_joined(joined, where).limit(_CANDIDATES_READ - len(ids)))
    query = (
        select(Student)
        .options(joinedload(Student.school), selectinload(Student.guardians))
        .where(Student.id.in_(ids))
    )
    typed = search_words(text)
    found = [one for student in session.scalars(query) if (one := _found(typed, student))]
    found.sort(key=_best_first)
    return FoundList(tuple(found[:limit]), more=len(found) > limit or len(ids) >= _CANDIDATES_READ)


def _by_words(words: Sequence[WordKeys], where: Sequence[ColumnElement[bool]]) -> Select[str]:
    """Ids of those who have a key of each word; spelled as typed comes first."""
    query, score = select(Student.id).where(*where), literal(0)
    for word in words:
        key, weight = StudentSearchKey.key, case(
            (StudentSearchKey.key == word.spelled, _SPELLED), else_=_SOUNDS
        )  # fmt: skip
        one = (
            select(StudentSearchKey.student_id, func.max(weight).label("weight"))
            .where(key.in_({word.spelled, *word.sounding}))
            .group_by(StudentSearchKey.student_id)
            .subquery()
        )
        query = query.join(one, one.c.student_id == Student.id)
        score = score + one.c.weight  # type: ignore[assignment]
    return query.order_by(score.desc(), Student.created_at.desc(), Student.id)


def _by_joined(keys: frozenset[str], where: Sequence[ColumnElement[bool]]) -> Select[str]:
    """Ids of those whose name, written without spaces or with others, sounds like all of it."""
    having = select(StudentSearchKey.student_id).where(StudentSearchKey.key.in_(keys))
    return (
        select(Student.id)
        .where(Student.id.in_(having), *where)
        .order_by(Student.created_at.desc(), Student.id)
    )


def _found(typed: Sequence[str], student: Student) -> Found | None:
    """Why this student was found; nothing where only a coarse sound, not the letters, is alike."""
    own = search_words(student.name)
    likeness = _likeness(typed, own)
    if _is_spelled(typed, own):
        return Found(student, FoundBy.NAME, likeness)
    others = [word for guardian in student.guardians for word in search_words(guardian.name)]
    if _is_spelled(typed, [*own, *others]):
        return Found(student, FoundBy.OTHER_NAME, likeness)
    if _is_heard(typed, own):
        return Found(student, FoundBy.SOUND, likeness)
    if others and _is_heard(typed, [*own, *others]):
        return Found(student, FoundBy.ELSEWHERE, likeness)
    if _is_near(typed, own):
        return None
    return Found(student, FoundBy.ELSEWHERE, likeness)


def _is_spelled(typed: Sequence[str], words: Sequence[str]) -> bool:
    return all(any(word.startswith(one) for word in words) for one in typed)


def _is_heard(typed: Sequence[str], words: Sequence[str]) -> bool:
    """Whether each typed word is spelled so or sounds so; or all together, across spaces."""
    each = all(any(_alike(one, word) for word in words) for one in typed)
    return each or _alike("".join(typed), "".join(words))


def _alike(typed: str, word: str) -> bool:
    if word.startswith(typed):
        return True
    ours, theirs = word_sounds(typed), word_sounds(word)
    if not any(heard.startswith(sound) for sound in ours for heard in theirs):
        return False
    return script(typed) != script(word) or _ratio(typed, word) >= _ALIKE


def _is_near(typed: Sequence[str], words: Sequence[str]) -> bool:
    """Whether a typed word sounds like the student's name, and is another one all the same."""
    return any(
        script(one) == script(word) and word_sounds(one) & word_sounds(word)
        for one in typed
        for word in words
    )


def _likeness(typed: Sequence[str], words: Sequence[str]) -> float:
    """The mean over the typed words of how alike the likeliest word of the name is."""
    if not words:
        return 0.0
    return sum(max(_ratio(one, word) for word in words) for one in typed) / len(typed)


def _ratio(one: str, other: str) -> float:
    if script(one) == script(other):
        return SequenceMatcher(None, one, other, autojunk=False).ratio()
    return max(
        SequenceMatcher(None, ours, theirs, autojunk=False).ratio()
        for ours in word_sounds(one) or {""}
        for theirs in word_sounds(other) or {"?"}
    )


_ORDER = {kind: place for place, kind in enumerate(FoundBy)}


def _best_first(found: Found) -> tuple[int, float, str, str]:
    return _ORDER[found.by], -found.likeness, found.student.name, found.student.id
