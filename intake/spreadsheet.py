"""CSV that people open in a spreadsheet: no cell of ours is ever run as a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a cell begins that a spreadsheet takes for a formula (OWASP, "CSV Injection")."""
BOM = "\ufeff"
"""Without it Excel reads UTF-8 as the machine's old code page, and names in any script break."""


def safe_cell(cell: str) -> str:
    """Control letters go; what begins like a formula is marked as text."""
    clean = cell.replace("\0", "")
    return f"'{clean}" if clean.lstrip(" ").startswith(FORMULA) else clean


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A CSV file (RFC 4180) line by line, its cells made safe; one row at a time in memory."""
    yield BOM + _line(header)
    for row in rows:
        yield _line(row)


def _line(cells: Sequence[str]) -> str:
    out = StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([safe_cell(cell) for cell in cells])
    return out.getvalue()
