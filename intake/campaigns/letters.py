"""Printing a campaign's letters, a class at a time, in the order in which they are handed out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.campaigns.audience import BATCH, answered, students
from intake.campaigns.control import CampaignError, note
from intake.campaigns.languages import offered_now, wanted
from intake.campaigns.letter_words import Addressee, letter
from intake.campaigns.model import Campaign, CampaignAction, Recipient, RecipientState, Way
from intake.clock import local_date
from intake.config import Settings
from intake.consents.invitations import LINK_LIFETIME, Invited, create_invitations, personal_link
from intake.consents.ledger import Actor
from intake.consents.states import ActorKind
from intake.consents.tokens import new_invitation_token
from intake.db.engine import Database
from intake.roster.model import Enrollment, School, SchoolClass, Student
from pdf.letter import compose_letters

MOST_LETTERS = 100
"""In one file: some seconds of work, and as many sheets as a printer's tray holds."""

_STATES = (RecipientState.TO_PRINT, RecipientState.PRINTED)


class NothingToPrint(CampaignError):
    """Every letter of this class has been printed, or its family has answered."""


@dataclass(frozen=True, slots=True)
class Group:
    """The letters of one class, or of a school's students who are in none."""

    school_id: str
    school: str
    class_id: str | None
    title: str
    teacher: str
    to_print: int
    printed: int
    """Printed, and not answered yet."""


@dataclass(frozen=True, slots=True)
class _Class:
    id: str | None
    title: str
    teacher: str


@dataclass(frozen=True, slots=True)
class _Row:
    """One letter: whose, and in which class it is handed out."""

    recipient_id: str
    student_id: str
    state: RecipientState
    school_id: str
    school: str
    school_class: _Class


_NO_CLASS = _Class(None, "", "")


def groups(session: Session, campaign: Campaign) -> list[Group]:
    """Every class with letters: by school, then by teacher, then by class; no class comes last."""
    found: dict[tuple[str, str | None], list[_Row]] = {}
    for row in _rows(session, campaign.id):
        found.setdefault((row.school_id, row.school_class.id), []).append(row)
    made = [_group(rows) for rows in found.values()]
    return sorted(
        made,
        key=lambda one: (
            one.school.casefold(), one.class_id is None, one.teacher.casefold(),
            one.title.casefold(), one.class_id or "",
        ),
    )  # fmt: skip


def print_letters(
    database: Database,
    settings: Settings,
    campaign_id: str,
    *,
    school_id: str,
    class_id: str | None,
    staff_id: str,
    at: datetime,
    again: bool = False,
    printed: Callable[[Session, Sequence[str]], None] = lambda *_: None,
) -> bytes:
    """The letters of one class as a PDF, at most MOST_LETTERS, sorted by the students' names.

    Each has a new link, which opens for LINK_LIFETIME. ``again``: those that were printed before
    and have no answer yet, too. ``printed`` is told in the same transaction whose they are. Raises
    NothingToPrint.
    """
    with database.read() as session:
        campaign = session.get_one(Campaign, campaign_id)
        chosen = _chosen(session, settings, campaign, school_id, class_id, again=again, at=at)
    if not chosen:
        raise NothingToPrint
    tokens = [new_invitation_token() for _ in chosen]
    last_day = local_date(at + LINK_LIFETIME, settings.time_zone)
    letters, offered = [], offered_now()
    for (_, asked_language, to), token in zip(chosen, tokens, strict=True):
        language = wanted(asked_language, offered)
        address = personal_link(settings.base_url, token, language.link)
        letters.append(letter(settings, to, language, link=address, last_day=last_day))
    pdf = compose_letters(letters, created_at=at).pdf
    # Before it leaves the printer: every link on paper opens.
    with database.begin() as session:
        _record(session, campaign_id, chosen, tokens, staff_id=staff_id, at=at)
        printed(session, [row.student_id for row, _, _ in chosen])
    return pdf


_Chosen = tuple[_Row, str | None, Addressee]


def _chosen(
    session: Session,
    settings: Settings,
    campaign: Campaign,
    school_id: str,
    class_id: str | None,
    *,
    again: bool,
    at: datetime,
) -> list[_Chosen]:
    """Whose letters are printed now: not of who has answered or left, whatever the rows say."""
    states = _STATES if again else _STATES[:1]
    rows = [
        row
        for row in _rows(session, campaign.id, school_id)
        if row.school_class.id == class_id and row.state in states
    ]
    today = local_date(at, settings.time_zone)
    asked = students(session, [row.student_id for row in rows], today=today)
    done = answered(session, campaign, asked.values())
    names = _names(session, [row.student_id for row in rows])
    wanted_rows = [
        row for row in rows if row.student_id not in done and not asked[row.student_id].has_left
    ]
    wanted_rows.sort(key=lambda row: (names[row.student_id].casefold(), row.student_id))
    return [
        (
            row,
            asked[row.student_id].language,
            Addressee(
                student=names[row.student_id],
                is_adult=asked[row.student_id].is_adult,
                school=row.school,
                school_class=row.school_class.title,
                teacher=row.school_class.teacher,
            ),
        )
        for row in wanted_rows[:MOST_LETTERS]
    ]


def _record(
    session: Session,
    campaign_id: str,
    chosen: Sequence[_Chosen],
    tokens: Sequence[str],
    *,
    staff_id: str,
    at: datetime,
) -> None:
    campaign = session.get_one(Campaign, campaign_id)
    offered = offered_now()
    invited = [
        Invited(row.student_id, wanted(language, offered).link) for row, language, _ in chosen
    ]
    links = create_invitations(
        session,
        invited,
        by=Actor(ActorKind.STAFF, staff_id),
        at=at,
        expires_at=at + LINK_LIFETIME,
        campaign_id=campaign.id,
        tokens=tokens,
    )
    for (row, _, _), made in zip(chosen, links, strict=True):
        recipient = session.get_one(Recipient, row.recipient_id, with_for_update=True)
        if recipient.state in _STATES:  # answered meanwhile stays answered
            recipient.state = RecipientState.PRINTED
        recipient.invitation_id = made.id
        recipient.first_at, recipient.last_at = recipient.first_at or at, at
        recipient.step += 1
    note(
        session,
        campaign,
        CampaignAction.PRINTED,
        staff_id=staff_id,
        at=at,
        data={"letters": len(chosen)},
    )


def _rows(session: Session, campaign_id: str, school_id: str | None = None) -> list[_Row]:
    query = (
        select(Recipient.id, Recipient.student_id, Recipient.state, School.id, School.name)
        .join(Student, Student.id == Recipient.student_id)
        .join(School, School.id == Student.school_id)
        .where(
            Recipient.campaign_id == campaign_id,
            Recipient.way == Way.LETTER,
            Recipient.state.in_(_STATES),
        )
        .order_by(Recipient.id)
    )
    if school_id is not None:
        query = query.where(Student.school_id == school_id)
    found = session.execute(query).all()
    classes = _classes(session, [row.student_id for row in found])
    return [_Row(*row, classes.get(row.student_id, _NO_CLASS)) for row in found]


def _classes(session: Session, ids: Sequence[str]) -> dict[str, _Class]:
    """The class in which each student is handed a letter: the homeroom, else the first by title."""
    found: dict[str, _Class] = {}
    known: dict[str, _Class] = {}
    for start in range(0, len(ids), BATCH):
        query = (
            select(Enrollment.student_id, SchoolClass)
            .join(SchoolClass, SchoolClass.id == Enrollment.class_id)
            .where(Enrollment.student_id.in_(ids[start : start + BATCH]))
            .order_by(SchoolClass.is_homeroom.desc(), SchoolClass.title, SchoolClass.id)
        )
        for student_id, one in session.execute(query):
            if student_id not in found:
                made = known.setdefault(one.id, _Class(one.id, one.title, one.teacher or ""))
                found[student_id] = made
    return found


def _names(session: Session, ids: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for start in range(0, len(ids), BATCH):
        query = select(Student.id, Student.name).where(Student.id.in_(ids[start : start + BATCH]))
        found |= {student.id: student.name for student in session.execute(query)}
    return found


def _group(rows: Sequence[_Row]) -> Group:
    first = rows[0]
    return Group(
        school_id=first.school_id,
        school=first.school,
        class_id=first.school_class.id,
        title=first.school_class.title,
        teacher=first.school_class.teacher,
        to_print=sum(row.state is RecipientState.TO_PRINT for row in rows),
        printed=sum(row.state is RecipientState.PRINTED for row in rows),
    )
