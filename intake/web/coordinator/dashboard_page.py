"""What the dashboard shows: its filter, and each table with the plot beside it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext
from werkzeug.exceptions import NotFound

from intake.documents.texts import CONSENTS, WAIVER
from intake.figures.answers import ANSWERS, STANDINGS, Figures, Line, SchoolName
from intake.figures.cases import OpenCases
from intake.roster.scope import SchoolScope
from intake.web.coordinator.dashboard_words import (
    age_words,
    answer_word,
    language_word,
    short_day,
    standing_word,
)
from intake.web.desk.blueprint import interface_language

SPANS = (8, 13, 26, 53)
"""Weeks that can be chosen."""
_USUAL_SPAN = 13
_WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table."""

    key: str
    label: str
    counts: tuple[int | None, ...]
    is_sum: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers as a table, and the same as a plot for ``charts.js``."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    plot: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Filter:
    """What the address asks for."""

    document: str
    school: str | None
    """None: every school, where the account may see every school."""
    weeks: int


def asked_document(asked: Mapping[str, str]) -> str:
    """Which document is counted. Raises NotFound."""
    document = asked.get("document") or WAIVER
    if document not in CONSENTS:
        raise NotFound
    return document


def asked_filter(asked: Mapping[str, str], scope: SchoolScope, figures: Figures) -> Filter:
    """Read an address. Raises NotFound for a school that the account doesn't have."""
    school = asked.get("school") or None
    known = [one.id for one in visible_schools(scope, figures)]
    if school is not None and school not in known:
        raise NotFound
    if school is None and scope.ids is not None:
        # Sums over some of the schools are never made: see intake/figures/answers.py.
        school = known[0] if known else None
    spans = {str(span): span for span in SPANS}
    return Filter(figures.document, school, spans.get(asked.get("weeks", ""), _USUAL_SPAN))


def visible_schools(scope: SchoolScope, figures: Figures) -> list[SchoolName]:
    """The schools with students on the roster that an account may see."""
    return [school for school in figures.schools if scope.covers(school.id)]


def school_table(figures: Figures, scope: SchoolScope) -> Table:
    """A row for each school; for everybody together too, where every school may be seen."""
    names = {school.id: school.name for school in figures.schools}
    lines = figures.by_school(scope.ids)
    return _standings_table(lines, lambda line: names[line.key])


def language_table(figures: Figures, school: str | None) -> Table:
    """A row for each language of the programme."""
    lines = figures.by_language(school)
    last = len(lines) - 1

    def label(line: Line) -> str:
        return language_word(line.key)

    return _standings_table(lines, label, sum_at=last)


def week_table(figures: Figures, chosen: Filter) -> Table:
    """A row for each week, the newest first; the plot runs on to the newest."""
    lines = figures.by_week(chosen.school, chosen.weeks)
    days = [date.fromisoformat(line.key) for line in lines]
    columns = tuple(answer_word(answer) for answer in ANSWERS)
    rows = [
        Row(line.key, short_day(day), line.counts) for line, day in zip(lines, days, strict=True)
    ]
    series = [
        {"kind": answer.value, "label": columns[n], "values": [row.counts[n] for row in rows]}
        for n, answer in enumerate(ANSWERS)
    ]
    labels = [row.label for row in rows]
    plot = _plot("weeks", labels, series)
    return Table(columns, tuple(reversed(rows)), plot)


def case_table(cases: OpenCases) -> Table:
    """Open cases of revocation by age."""
    column = gettext("Open cases")
    words = age_words()
    rows = tuple(
        Row(str(n), word, (count,))
        for n, (word, count) in enumerate(zip(words, cases.by_age, strict=True))
    )
    series = [{"kind": "cases", "label": column, "values": list(cases.by_age)}]
    return Table((column,), rows, _plot("rows", words, series))


def _standings_table(
    lines: Sequence[Line], label: Callable[[Line], str], *, sum_at: int | None = None
) -> Table:
    # A sum is the line without a key; among languages that key is also "not known".
    if sum_at is None:
        sum_at = next((n for n, line in enumerate(lines) if not line.key), -1)
    words = tuple(standing_word(standing) for standing in STANDINGS)
    rows = [
        Row(
            line.key,
            gettext("All together") if n == sum_at else label(line),
            (*line.counts, line.total),
            is_sum=n == sum_at,
        )
        for n, line in enumerate(lines)
    ]
    parts = [row for row in rows if not row.is_sum]
    series = [
        {"kind": standing.value, "label": words[n], "values": [row.counts[n] for row in parts]}
        for n, standing in enumerate(STANDINGS)
    ]
    rest = [_rest(row.counts) for row in parts]
    if any(rest):
        series.append({"kind": _WITHHELD, "label": gettext("Withheld"), "values": rest})
    columns = (*words, gettext("On the roster"))
    return Table(columns, tuple(rows), _plot("rows", [row.label for row in parts], series))


def _rest(counts: tuple[int | None, ...]) -> int | None:
    """What the withheld counts of a row come to together: its total less what is shown."""
    *parts, total = counts
    if total is None or None not in parts:
        return None
    return total - sum(part for part in parts if part is not None)


def _plot(shape: str, labels: list[str], series: list[dict[str, Any]]) -> dict[str, Any]:
    found = interface_language()
    return {
        "shape": shape,
        "labels": labels,
        "series": series,
        "locale": f"{found.locale.language}-u-nu-latn",
        "rtl": found.direction.value == "rtl",
    }
