"""The form with which a campaign is made, and the plan that comes of it."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from forms.coordinator import CampaignForm
from forms.text import ascii_digits, clean
from intake.campaigns.control import CampaignUnusable, Plan
from intake.campaigns.model import Way
from intake.documents.in_force import current
from intake.documents.texts import WAIVER
from intake.messages.configured import available_kinds
from intake.messages.queue import message_kind
from intake.roster.model import Student, StudentSource
from intake.roster.schools import schools_within
from intake.web.coordinator.campaign_words import campaign_word
from intake.web.desk.access import scope
from intake.web.desk.blueprint import context, csrf
from translations import UnknownLanguage, language

_NO_MESSAGES = "none"
_DAYS = "5, 12"
_UNKNOWN = "unknown"


def campaign_form(session: Session, formdata: MultiDict[str, str] | None) -> CampaignForm:
    """The form, with what this installation and this person can choose."""
    return CampaignForm(
        formdata,
        ways=_ways(),
        schools=_schools(session),
        grades=_grades(session),
        languages=_languages(session),
        letters=True,
        only_unanswered=True,
        reminders=_DAYS,
        **csrf(),
    )


def plan_of(form: CampaignForm) -> Plan:
    """What was chosen. Raises CampaignUnusable."""
    ways = [Way(way) for way in form.ways.data.split() if way != _NO_MESSAGES]
    if form.letters.data:
        ways.append(Way.LETTER)
    document = current(WAIVER)
    known = [code if code != _UNKNOWN else "" for code in form.languages.data or ()]
    return Plan(
        name=form.name.data or "",
        document=document.name,
        version=document.version,
        ways=ways,
        reminder_days=_days(form.reminders.data or ""),
        schools=form.schools.data or None,
        grades=form.grades.data or None,
        languages=known or None,
        only_unanswered=bool(form.only_unanswered.data),
    )


def _days(text: str) -> list[int]:
    words = ascii_digits(clean(text)).replace("،", ",").replace("、", ",").replace(",", " ").split()
    if not all(word.isascii() and word.isdigit() and len(word) <= 3 for word in words):
        raise CampaignUnusable("reminders are numbers of days, such as 5, 12")
    return [int(word) for word in words]


def _ways() -> list[tuple[str, str]]:
    """Orders of the ways that are set up here."""
    kinds = [Way(message_kind(kind).value) for kind in available_kinds(context().settings)]
    found: list[Sequence[Way]] = [kinds, kinds[::-1]] if len(kinds) > 1 else []
    found += [[kind] for kind in kinds]
    choices = [(" ".join(ways), _way_label(ways)) for ways in found]
    return [*choices, (_NO_MESSAGES, gettext("No messages: letters only"))]


def _way_label(ways: Sequence[Way]) -> str:
    names = [campaign_word(way) for way in ways]
    if len(names) == 1:
        # TRANSLATORS: "way" is text message or email
        return str(gettext("%(way)s only", way=names[0]))
    # TRANSLATORS: "first" and "second" are text message and email
    told = gettext(
        "%(first)s; %(second)s where there is no other way", first=names[0], second=names[1]
    )
    return str(told)


def _schools(session: Session) -> list[tuple[str, str]]:
    return [(school.id, school.name) for school in schools_within(session, scope())]


def _grades(session: Session) -> list[tuple[str, str]]:
    query = select(Student.grade).where(*_mine(), Student.grade.is_not(None)).distinct()
    return [(grade, grade) for grade in sorted(filter(None, session.scalars(query)))]


def _languages(session: Session) -> list[tuple[str, str]]:
    codes = set(session.scalars(select(Student.language).where(*_mine()).distinct()))
    named = sorted((code, _endonym(code)) for code in codes if code)
    return [*named, (_UNKNOWN, gettext("Not known"))] if None in codes else named


def _mine() -> tuple[Any, ...]:
    return (
        Student.source == StudentSource.ROSTER,
        Student.left_on.is_(None),
        scope().condition(Student.school_id),
    )


def _endonym(code: str) -> str:
    try:
        return language(code).endonym
    except UnknownLanguage:
        return code
