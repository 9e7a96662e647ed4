"""The dashboard: where the programme stands, as plots, tables and a file of counts."""

from collections.abc import Iterator, Sequence

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from intake.accounts.roles import Permission
from intake.clock import local_date, now
from intake.csv_export import Cell, csv_file
from intake.documents.texts import CONSENTS
from intake.figures.answers import ANSWERS, STANDINGS, Answer, Figures, Standing, figures
from intake.figures.cases import open_cases_by_age
from intake.figures.suppression import SMALLEST
from intake.sharing.standing import standings
from intake.web.coordinator.blueprint import blueprint
from intake.web.coordinator.dashboard_page import (
    SPANS,
    Filter,
    asked_document,
    asked_filter,
    case_table,
    language_table,
    school_table,
    visible_schools,
    week_table,
)
from intake.web.coordinator.dashboard_words import circuit_word, language_word, meaning
from intake.web.coordinator.document_words import document_word
from intake.web.coordinator.numbers import number
from intake.web.desk.access import may, needs, scope
from intake.web.desk.blueprint import context
from translations import mark

WITHHELD = "*"
"""Stands for a number that is not published, on pages and in files."""
_HEADER = (
    "as_of",
    "document",
    "table",
    "school",
    "language",
    "week_from",
    "counted",
    "count",
    "meaning",
)
_TOTAL_MEANING = mark("Students on the school's roster who have not left.")


@blueprint.get("/")
@needs(Permission.SEE_PROGRAMME)
def dashboard() -> ResponseReturnValue:
    """Answers by school, language and week; open cases; publications."""
    at = now()
    with context().database.read() as session:
        found = _figures(session)
        cases = open_cases_by_age(session, scope(), at=at) if may(Permission.SEE_STUDENTS) else None
        destinations = standings(session, at=at)
    chosen = asked_filter(request.args, scope(), found)
    schools = visible_schools(scope(), found)
    return render_template(
        "coordinator/dashboard.html",
        chosen=chosen,
        schools=schools,
        sees_all=scope().ids is None,
        school_name=next((one.name for one in schools if one.id == chosen.school), None),
        documents=[(name, document_word(name)) for name in CONSENTS],
        spans=SPANS,
        at=at,
        by_school=school_table(found, scope()),
        by_language=language_table(found, chosen.school) if schools else None,
        by_week=week_table(found, chosen) if schools else None,
        standing_meanings=[(kind, meaning(kind)) for kind in STANDINGS],
        cases=cases,
        case_table=case_table(cases) if cases else None,
        destinations=destinations,
        circuit_word=circuit_word,
        language_word=language_word,
        withheld=WITHHELD,
        smallest=SMALLEST,
        number=number,
    )


@blueprint.get("/figures.csv")
@needs(Permission.SEE_PROGRAMME)
def figures_csv() -> ResponseReturnValue:
    """The counts of the page with the same filter; what a page withholds is withheld here."""
    with context().database.read() as session:
        found = _figures(session)
    chosen = asked_filter(request.args, scope(), found)
    day = local_date(found.at, context().settings.time_zone)
    response = Response(csv_file(_HEADER, _rows(found, chosen)), mimetype="text/csv")
    response.headers.set(
        "Content-Disposition", "attachment", filename=f"{found.document}-{day.isoformat()}.csv"
    )
    return response


def _figures(session: Session) -> Figures:
    document = asked_document(request.args)
    return figures(session, document, at=now(), zone=context().settings.time_zone)


def _rows(found: Figures, chosen: Filter) -> Iterator[list[Cell]]:
    """One number to a row: what it counts stands beside it."""
    names = {school.id: school.name for school in found.schools}
    everybody = gettext("All together")
    here = names.get(chosen.school or "", everybody)
    made = [found.at.isoformat(timespec="seconds"), found.document]

    def cells(
        place: list[Cell], kinds: Sequence[Standing | Answer],
        counts: tuple[int | None, ...],
    ) -> Iterator[list[Cell]]:  # fmt: skip
        for kind, count in zip(kinds, counts, strict=True):
            yield [*made, *place, kind.value, _told(count), meaning(kind)]

    def total(place: list[Cell], count: int | None) -> list[Cell]:
        return [*made, *place, "on_roster", _told(count), gettext(_TOTAL_MEANING)]

    for line in found.by_school(scope().ids):
        place: list[Cell] = ["by_school", names.get(line.key, everybody), "", ""]
        yield from cells(place, STANDINGS, line.counts)
        yield total(place, line.total)
    if not visible_schools(scope(), found):
        return
    *parts, together = found.by_language(chosen.school)
    for line in (*parts, together):
        word = everybody if line is together else language_word(line.key)
        place = ["by_language", here, word, ""]
        yield from cells(place, STANDINGS, line.counts)
        yield total(place, line.total)
    for line in found.by_week(chosen.school, chosen.weeks):
        yield from cells(["by_week", here, "", line.key], ANSWERS, line.counts)
    note = gettext(
        "%(mark)s stands for fewer than %(smallest)s, or for a number that is withheld so that "
        "such a one can't be worked out.",
        mark=WITHHELD,
        smallest=SMALLEST,
    )
    yield [*made, "note", "", "", "", "", "", note]


def _told(count: int | None) -> Cell:
    return WITHHELD if count is None else count
