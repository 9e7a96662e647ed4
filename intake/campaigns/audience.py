"""The students of a campaign, a batch at a time, and which of them have answered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import Session

from forms.choices import Relationship
from intake.campaigns.choose import Address
from intake.campaigns.model import Campaign
from intake.consents.dates import has_left, is_adult
from intake.consents.model import Consent, Hold
from intake.consents.states import ConsentState
from intake.messages.flags import unusable_among
from intake.paper.model import ScannedPaper
from intake.paper.outcomes import PaperState
from intake.roster.model import Contact, Student, StudentSource

BATCH = 500
"""Students; what one statement may be told and one transaction may hold."""

_OPEN_PAPERS = (PaperState.NEW, PaperState.REVIEW, PaperState.READY)


@dataclass(frozen=True, slots=True)
class Asked:
    """What decides who is written to about a student."""

    student_id: str
    language: str | None
    """The family's, as the school knows it."""
    is_adult: bool
    has_left: bool


def next_batch(
    session: Session, campaign: Campaign, *, after: str, today: date, size: int = BATCH
) -> list[Asked]:
    """The next students whom the filters fit, in order of id; answered ones are among them."""
    query = (
        _facts()
        .where(_is_here(today), *_filters(campaign), Student.id > after)
        .order_by(Student.id)
        .limit(size)
    )
    return _asked(session, query, today)


def students(session: Session, ids: Iterable[str], *, today: date) -> dict[str, Asked]:
    """How these students stand now, by id, whatever the filters say."""
    return {
        one.student_id: one
        for one in _asked(session, _facts().where(Student.id.in_(set(ids))), today)
    }


def addresses(session: Session, ids: Iterable[str]) -> dict[str, list[Address]]:
    """The contacts on record of each of these students, but those that are known to be wrong."""
    query = (
        select(Contact.student_id, Contact.guardian_id, Contact.kind, Contact.value_key)
        .where(Contact.student_id.in_(set(ids)))
        .order_by(Contact.id)
    )
    rows = session.execute(query).all()
    wrong = unusable_among(session, {row.value_key for row in rows})
    found: dict[str, list[Address]] = {}
    for student_id, guardian_id, kind, key in rows:
        if key not in wrong:
            found.setdefault(student_id, []).append(Address(guardian_id, kind, key))
    return found


def answered(session: Session, campaign: Campaign, asked: Iterable[Asked]) -> set[str]:
    """Ids of those for whom somebody has answered: yes, no, or taken back.

    An answer to the campaign's version counts, and any since its start. From 18 on only the
    student's own does (34 CFR 99.5(a)).
    """
    adults: Mapping[str, bool] = {one.student_id: one.is_adult for one in asked}
    counts: list[ColumnElement[bool]] = []
    if campaign.only_unanswered:
        counts.append(Consent.version == campaign.version)
    if campaign.started_at is not None:
        counts.append(Consent.signed_at >= campaign.started_at)
    query = select(Consent.student_id, Consent.relationship_kind).where(
        Consent.student_id.in_(adults),
        Consent.document == campaign.document,
        _stands(),
        or_(false(), *counts),
    )
    return {
        student_id
        for student_id, relationship in session.execute(query)
        if not adults[student_id] or relationship is Relationship.ELIGIBLE_STUDENT
    }


def in_doubt(session: Session, ids: Iterable[str]) -> set[str]:
    """Those of whom a paper lies before a person: perhaps they have answered already."""
    wanted = set(ids)
    held = select(Hold.student_id).where(Hold.lifted_at.is_(None), Hold.student_id.in_(wanted))
    scanned = select(ScannedPaper.student_id).where(
        ScannedPaper.state.in_(_OPEN_PAPERS), ScannedPaper.student_id.in_(wanted)
    )
    return {found for found in session.scalars(held.union_all(scanned)) if found is not None}


def _stands() -> ColumnElement[bool]:
    """Whether a consent is an answer: not one whose signer could not be confirmed."""
    open_ones = (ConsentState.PENDING_VERIFICATION, ConsentState.ACTIVE, ConsentState.DECLINED)
    return or_(
        and_(Consent.state.in_(open_ones), Consent.ended_at.is_(None)),
        Consent.state == ConsentState.REVOKED,
    )


def _facts() -> Select[str, str | None, date, date | None]:
    return select(Student.id, Student.language, Student.birth_date, Student.left_on)


def _asked(
    session: Session, query: Select[str, str | None, date, date | None], today: date
) -> list[Asked]:
    return [
        Asked(
            student_id,
            language,
            is_adult(birth_date, today),
            has_left(left_on, today),
        )
        for student_id, language, birth_date, left_on in session.execute(query)
    ]


def _is_here(today: date) -> ColumnElement[bool]:
    """On the roster, and not gone."""
    return and_(
        Student.source == StudentSource.ROSTER,
        or_(Student.left_on.is_(None), Student.left_on > today),
    )


def _filters(campaign: Campaign) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if campaign.schools is not None:
        found.append(Student.school_id.in_(campaign.schools))
    if campaign.grades is not None:
        found.append(Student.grade.in_(campaign.grades))
    if campaign.languages is not None:
        is_one = Student.language.in_([code for code in campaign.languages if code])
        unknown = Student.language.is_(None) if "" in campaign.languages else false()
        found.append(or_(is_one, unknown))
    return found
