"""Whether a student whom a family typed is one of the roster's: reasons for and against, and how
sure they make us. Every reason is one that can be shown to a person."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from forms.romanize import consonants, script
from forms.text import fold, search_words
from intake.consents.model import Consent
from intake.matching.model import MatchVerdict
from intake.roster.model import Contact, Student, StudentSource
from intake.roster.search import candidates, compare

MOST_CANDIDATES = 12
_ALIKE_SOUND = 0.75
"""Found by trying: "Yousef Al-Hassan" and يوسف الحسن 1.0, "Suman Rai" and सुमन राई 1.0; unrelated
names of one length reach 0.6."""
_FEWEST_SOUNDS = 3
"""A skeleton of two consonants is anybody's."""


class For(StrEnum):
    """What speaks for one student."""

    NAME_EXACT = "name_exact"
    """The same once case, accents and letters that stand for each other are folded."""
    NAME_VARIANT = "name_variant"
    """The same words in another order or with one left out, or spelled alike."""
    NAME_TRANSLITERATION = "name_transliteration"
    """In another script, sounding alike."""
    BIRTH_DATE = "birth_date"
    SCHOOL = "school"
    GUARDIAN_CONTACT = "guardian_contact"
    """Who signed did so from a contact that the school has for this student's guardian."""


class Against(StrEnum):
    """What speaks against it; with any of these a person decides."""

    NAME_DIFFERS = "name_differs"
    BIRTH_DATE_DIFFERS = "birth_date_differs"
    SCHOOL_DIFFERS = "school_differs"
    OTHERS_CONTACT = "others_contact"
    """Who signed is known to the school as another student's guardian, not this one's."""
    ANOTHER_LIKE_IT = "another_like_it"
    """The roster has another student of this name and birth date."""
    HAS_LEFT = "has_left"
    COMMON_BIRTH_DATE = "common_birth_date"
    """1 January stands for "not known" in many papers, so that it says little alone."""


class Confidence(StrEnum):
    """How sure it is; only what is certain is linked without a person."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class Match:
    """One student of the roster who may be the one that was typed, and why."""

    student: Student
    reasons: tuple[For, ...]
    doubts: tuple[Against, ...]

    @property
    def confidence(self) -> Confidence:
        """Certain: the same name, birth date and school, and nothing against it."""
        told = set(self.reasons)
        if not self.doubts and {For.NAME_EXACT, For.BIRTH_DATE, For.SCHOOL} <= told:
            return Confidence.CERTAIN
        named = told & {For.NAME_EXACT, For.NAME_VARIANT, For.NAME_TRANSLITERATION}
        if named and For.BIRTH_DATE in told:
            return Confidence.LIKELY
        if For.GUARDIAN_CONTACT in told and (named or For.BIRTH_DATE in told):
            return Confidence.LIKELY
        return Confidence.POSSIBLE

    @property
    def weight(self) -> int:
        """For sorting: likeliest first."""
        return sum(_WEIGHTS[reason] for reason in self.reasons) - len(self.doubts)


_WEIGHTS = {
    For.NAME_EXACT: 8,
    For.NAME_VARIANT: 5,
    For.NAME_TRANSLITERATION: 5,
    For.BIRTH_DATE: 6,
    For.SCHOOL: 2,
    For.GUARDIAN_CONTACT: 7,
}


def matches(session: Session, typed: Student) -> list[Match]:
    """The roster's students who may be this one, likeliest first, without those a person has told
    apart already."""
    apart = set(
        session.scalars(select(MatchVerdict.roster_id).where(MatchVerdict.typed_id == typed.id))
    )
    signers = _signers_contacts(session, typed.id)
    of_contact = _students_of(session, signers)
    found = {one.student.id: one.student for one in candidates(session, typed, MOST_CANDIDATES)}
    missing = [one for one in of_contact if one not in found]
    if missing:
        query = select(Student).options(joinedload(Student.school)).where(Student.id.in_(missing))
        query = query.where(Student.source == StudentSource.ROSTER)
        found |= {one.id: one for one in session.scalars(query)}
    namesakes = _namesakes(typed, found.values())
    weighed = [
        _weigh(typed, student, of_contact=of_contact, namesakes=namesakes)
        for student in found.values()
        if student.id not in apart
    ]
    useful = [one for one in weighed if _says_something(one)]
    return sorted(useful, key=lambda one: (-one.weight, one.student.id))


def match_with(session: Session, typed: Student, student: Student) -> Match:
    """The same for a student of the roster whom a person found by searching."""
    of_contact = _students_of(session, _signers_contacts(session, typed.id))
    return _weigh(typed, student, of_contact=of_contact, namesakes=_namesakes(typed, [student]))


def _weigh(
    typed: Student, student: Student, *, of_contact: Collection[str], namesakes: int
) -> Match:
    reasons: list[For] = []
    doubts: list[Against] = []
    name = name_likeness(typed.name, student.name)
    if name is None:
        doubts.append(Against.NAME_DIFFERS)
    else:
        reasons.append(name)
    if typed.birth_date == student.birth_date:
        reasons.append(For.BIRTH_DATE)
    else:
        doubts.append(Against.BIRTH_DATE_DIFFERS)
    if typed.school_id == student.school_id:
        reasons.append(For.SCHOOL)
    else:
        doubts.append(Against.SCHOOL_DIFFERS)
    if student.id in of_contact:
        reasons.append(For.GUARDIAN_CONTACT)
    elif of_contact:
        doubts.append(Against.OTHERS_CONTACT)
    elif is_common(student.birth_date):
        doubts.append(Against.COMMON_BIRTH_DATE)
    if namesakes > 1:
        doubts.append(Against.ANOTHER_LIKE_IT)
    if student.left_on is not None:
        doubts.append(Against.HAS_LEFT)
    return Match(student, tuple(reasons), tuple(doubts))


def name_likeness(typed: str, known: str) -> For | None:
    """How two names are alike, or nothing."""
    if fold(typed) == fold(known):
        return For.NAME_EXACT
    ours, theirs = set(search_words(typed)), set(search_words(known))
    fewest = min(len(ours), len(theirs))
    if ours == theirs or (fewest > 1 and (ours < theirs or theirs < ours)):
        return For.NAME_VARIANT
    if script(typed) != script(known):
        one, other = consonants(typed), consonants(known)
        if min(len(one), len(other)) < _FEWEST_SOUNDS:
            return None
        alike = SequenceMatcher(None, one, other, autojunk=False).ratio()
        return For.NAME_TRANSLITERATION if alike >= _ALIKE_SOUND else None
    is_alike = compare(Student(name=typed), Student(name=known)).is_alike
    return For.NAME_VARIANT if is_alike else None


def is_common(birth_date: date) -> bool:
    """Whether the date may only stand for "not known"."""
    return (birth_date.month, birth_date.day) == (1, 1)


def _says_something(match: Match) -> bool:
    """A school alone, or a birth date alone, is no reason to show somebody's record."""
    told = set(match.reasons) - {For.SCHOOL}
    return bool(told) and told != {For.BIRTH_DATE}


def _namesakes(typed: Student, found: Collection[Student]) -> int:
    """How many of the roster have this name and birth date, at whatever school."""
    return sum(
        student.birth_date == typed.birth_date and fold(student.name) == fold(typed.name)
        for student in found
    )


def _signers_contacts(session: Session, typed_id: str) -> list[str]:
    query = select(Consent.contact_key).where(
        Consent.student_id == typed_id, Consent.contact_key.is_not(None)
    )
    return [key for key in session.scalars(query.distinct()) if key is not None]


def _students_of(session: Session, keys: Collection[str]) -> set[str]:
    """Students to whose guardians these contacts belong."""
    if not keys:
        return set()
    query = select(Contact.student_id).where(
        Contact.value_key.in_(keys), Contact.guardian_id.is_not(None)
    )
    return set(session.scalars(query.distinct()))
