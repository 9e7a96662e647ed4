"""Events as CSV (RFC 4180), with the columns that a destination's mapping file names.

No cell is a formula (``intake/csv_export.py``): an import file is opened by people too.
"""

import csv
import io
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from intake.csv_export import safe_cell
from intake.sharing.formats.receipt import Receipt, Verdict

SHIPPED = Path(__file__).parents[1] / "mappings"
EVENT_ID = "id"
"""The source that every mapping needs: receivers tell repeats by it."""

_LINE_ENDS = {"crlf": "\r\n", "lf": "\n"}


class InvalidMapping(ValueError):
    """The mapping file can't be used; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: a header, and where its value is in the event."""

    header: str
    source: tuple[str, ...]
    default: str = ""
    join: str = ";"
    date_format: str | None = None
    values: Mapping[str, str] | None = None
    """Their word for each of ours; a word that is not in it is an error."""


@dataclass(frozen=True, slots=True)
class ReceiptColumns:
    """Where the answer to each row is in a receipt file."""

    suffix: str
    event_id: str
    status: str
    verdicts: Mapping[str, Verdict]


@dataclass(frozen=True, slots=True)
class CsvMapping:
    """What a destination's files look like, both ways."""

    columns: tuple[Column, ...]
    delimiter: str
    line_end: str
    bom: bool
    receipt: ReceiptColumns | None


def load_mapping(name: str) -> CsvMapping:
    """A shipped mapping by its name, or a file by its absolute path. Raises InvalidMapping."""
    path = Path(name) if name.startswith("/") else SHIPPED / f"{Path(name).name}.toml"
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise InvalidMapping(f"mapping {path.name}: the file can't be read") from None
    except ValueError as error:
        raise InvalidMapping(f"mapping {path.name}: {error}") from None
    try:
        return _mapping(values)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise InvalidMapping(f"mapping {path.name}: missing or wrong: {error}") from None


def csv_text(mapping: CsvMapping, rows: Sequence[Sequence[str]]) -> bytes:
    """The whole file, with its header."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=mapping.delimiter, lineterminator=mapping.line_end)
    writer.writerow([column.header for column in mapping.columns])
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig" if mapping.bom else "utf-8")


def csv_row(mapping: CsvMapping, event: str) -> list[str]:
    """One event's cells. Raises ValueError, without the value, where one can't be told."""
    values = json.loads(event)
    return [safe_cell(_cell(column, values)) for column in mapping.columns]


def read_receipts(mapping: CsvMapping, content: bytes) -> list[Receipt]:
    """The rows of a receipt file. Raises ValueError when it is not one; nothing is guessed."""
    told = mapping.receipt
    if told is None:
        return []
    reader = csv.DictReader(
        io.StringIO(content.decode("utf-8-sig"), newline=""),
        delimiter=mapping.delimiter,
        strict=True,
    )
    if not {told.event_id, told.status} <= set(reader.fieldnames or ()):
        raise ValueError("the receipt lacks its columns")
    found = []
    for row in reader:
        verdict = told.verdicts.get((row[told.status] or "").strip().casefold())
        if verdict is None:
            raise ValueError("the receipt has a status that the mapping does not know")
        found.append(Receipt((row[told.event_id] or "").strip(), verdict))
    return found


def _mapping(values: Mapping[str, Any]) -> CsvMapping:
    file = values.get("file", {})
    columns = tuple(_column(column) for column in values["columns"])
    if (EVENT_ID,) not in [column.source for column in columns]:
        raise ValueError(f'one column must have source = "{EVENT_ID}"')
    delimiter = file.get("delimiter", ",")
    if len(delimiter) != 1:
        raise ValueError("delimiter must be one letter")
    return CsvMapping(
        columns=columns,
        delimiter=delimiter,
        line_end=_LINE_ENDS[file.get("line_end", "crlf")],
        bom=bool(file.get("bom", False)),
        receipt=_receipt(values["receipt"]) if "receipt" in values else None,
    )


def _column(values: Mapping[str, Any]) -> Column:
    return Column(
        header=str(values["header"]),
        source=tuple(str(values["source"]).split(".")),
        default=str(values.get("default", "")),
        join=str(values.get("join", ";")),
        date_format=values.get("date_format"),
        values=values.get("values"),
    )


def _receipt(values: Mapping[str, Any]) -> ReceiptColumns:
    verdicts = {
        str(word).casefold(): verdict for verdict in Verdict for word in values.get(verdict, ())
    }
    if not verdicts:
        raise ValueError("[receipt] must list words for accepted, rejected or hidden")
    return ReceiptColumns(
        suffix=str(values["suffix"]),
        event_id=str(values["event_id"]),
        status=str(values["status"]),
        verdicts=verdicts,
    )


def _cell(column: Column, event: Mapping[str, Any]) -> str:
    found: Any = event
    for name in column.source:
        found = found.get(name) if isinstance(found, dict) else None
    if found is None:
        return column.default
    if isinstance(found, list):
        return column.join.join(_word(column, str(one)) for one in found)
    return _word(column, str(found))


def _word(column: Column, word: str) -> str:
    if column.date_format is not None:
        is_date = len(word) == len("YYYY-MM-DD")
        moment = date.fromisoformat(word) if is_date else datetime.fromisoformat(word)
        return moment.strftime(column.date_format)
    if column.values is None:
        return word
    if word not in column.values:
        raise ValueError(f"column {column.header} has no word for a value")
    return column.values[word]
