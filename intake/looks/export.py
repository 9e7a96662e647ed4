"""The access record as a CSV file: staff by name, students by id only."""

import csv
from collections.abc import Iterator, Sequence
from io import StringIO

from intake.csv_export import safe_cell
from intake.db.engine import Database
from intake.looks.listing import LookFilter, LookRow, all_looks

_COLUMNS = (
    "look", "at", "staff_id", "staff", "role", "school", "kind", "page", "basis", "reason",
    "student_id", "consent_id", "revocation_id", "thing",
)  # fmt: skip
_BOM = "\ufeff"
"""By which Excel knows UTF-8."""


def look_lines(database: Database, wanted: LookFilter) -> Iterator[str]:
    """The file line by line (RFC 4180), newest look first: it can be long, memory stays flat."""
    yield _BOM + _line(_COLUMNS)
    with database.read() as session:
        for row in all_looks(session, wanted):
            yield _line(_cells(row))


def _cells(row: LookRow) -> tuple[str, ...]:
    look = row.look
    return (
        str(look.sequence), look.at.isoformat(), look.staff_id, row.staff,
        look.role.value if look.role else "", row.school, look.kind.value, look.route,
        look.basis.value, row.reason, look.student_id or "", look.consent_id or "",
        look.revocation_id or "", look.thing or "",
    )  # fmt: skip


def _line(cells: Sequence[str]) -> str:
    out = StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([safe_cell(cell) for cell in cells])
    return out.getvalue()
