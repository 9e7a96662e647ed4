"""CSV that people open (RFC 4180): every file of the house is written here.

A cell that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, "CSV
injection"): names are typed by strangers.
"""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_BREAKS = ("\t", "\r", "\n")
_UNSEEN = frozenset({"Cf", "Cc", "Zs"})
"""Unicode's categories of what may stand before a sign without being seen."""

Cell = str | int | None


def safe_cell(cell: str) -> str:
    """The same text, marked as text where it would be calculated; without NUL."""
    clean = cell.replace("\0", "")
    if clean.startswith(_BREAKS):
        return f"'{clean}"
    seen = next((n for n, letter in enumerate(clean) if not _is_unseen(letter)), len(clean))
    return f"'{clean}" if clean[seen:].startswith(_FORMULA) else clean


def csv_file(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A whole file: UTF-8 with the mark by which Excel knows it; numbers stay numbers."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([safe_cell(name) for name in header])
    for row in rows:
        writer.writerow([safe_cell(cell) if isinstance(cell, str) else cell for cell in row])
    return out.getvalue().encode("utf-8-sig")


def _is_unseen(letter: str) -> bool:
    return unicodedata.category(letter) in _UNSEEN
