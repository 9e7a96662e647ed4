"""From bytes to rows: which encoding it is, lines of bounded length, cells by column.

An encoding is never guessed. UTF-8 is recognised because nothing else decodes as it, UTF-16 by its
mark; the bytes of Windows-1252 and Windows-1256 fit both, so that a wrong guess would turn names
into other names: these are decoded only when the operator says which it is.
"""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from intake.roster.oneroster.package import Package
from intake.roster.oneroster.report import Problem, RosterRefused, refuse

ENCODINGS = ("windows-1252", "windows-1256")
"""What an operator may name; all else is recognised."""
LONGEST_LINE = 1_000_000
"""Characters."""
LONGEST_CELL = 20_000
"""Characters; lists of ids are the longest that are honest."""
MOST_COLUMNS = 500
_BLOCK = 1 << 16
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, ""),  # before UTF-16's mark, with which it begins
    (codecs.BOM_UTF32_BE, ""),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its line in the file, and its cells by column, stripped."""

    file: str
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column.lower(), "")


@dataclass(frozen=True, slots=True)
class RaggedRow:
    """A record with more or fewer cells than the header has."""

    file: str
    line: int
    cells: Mapping[str, str]
    """As they fall under the header: those after the fault may be another column's."""
    count: int
    columns: int

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column.lower(), "")

    @property
    def has(self) -> str:
        """How many cells it has, in words: a row that was cut off often has one."""
        return "1 cell" if self.count == 1 else f"{self.count} cells"

    @property
    def reason(self) -> str:
        """What is wrong with it, in words."""
        hint = " (a comma too many, or a text with a comma and no quotes?)"
        too_many = self.count > self.columns
        return f"{self.has} under a header of {self.columns}{hint if too_many else ''}"


def encoding_of(package: Package, name: str, named: str | None) -> str:
    """The file's encoding, read to its end. Raises RosterRefused where it can't be told."""
    written = package.names()[name]
    with package.open(name) as file:
        start = file.read(4)
        for mark, encoding in _MARKS:
            if start.startswith(mark):
                if not encoding:
                    raise refuse(written, "UTF-32; save it as UTF-8")
                return encoding
        line = _first_bad_line(start, file, "utf-8")
    if line == 0:
        return "utf-8"
    if named is None:
        raise refuse(
            written,
            "not UTF-8, and it can't be told which encoding it is: save it as UTF-8, or say "
            f"--encoding {' or '.join(ENCODINGS)} if you know it",
            line,
        )
    with package.open(name) as file:
        line = _first_bad_line(b"", file, named)
    if line:
        raise refuse(written, f"not {named} either", line)
    return named


def _first_bad_line(start: bytes, file: IO[bytes], encoding: str) -> int:
    """The line of the first byte that doesn't decode, or that no text holds; 0 for none."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 1
    block = start or file.read(_BLOCK)
    while True:
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            return lines + block[: error.start].count(b"\n")
        if "\0" in text:
            return lines + text[: text.index("\0")].count("\n")
        lines += text.count("\n")
        if not block:
            return 0
        block = file.read(_BLOCK)


def rows(
    package: Package, name: str, encoding: str, required: Sequence[str]
) -> Iterator[Row | RaggedRow]:
    """A file's records. Raises RosterRefused for a file that is no CSV with these columns."""
    written = package.names()[name]
    with package.open(name) as binary:
        text = io.TextIOWrapper(binary, encoding, errors="strict", newline="")
        reader = csv.reader(_lines(text, written), strict=True)
        try:
            header = _header(next(reader, None), written, required)
            yield from _records(reader, written, header)
        except csv.Error as error:
            raise refuse(written, f"not well-formed CSV ({error})", reader.line_num) from None
        except UnicodeDecodeError:
            raise refuse(written, f"not {encoding} throughout", reader.line_num + 1) from None


def _lines(text: io.TextIOWrapper, file: str) -> Iterator[str]:
    number = 0
    while line := text.readline(LONGEST_LINE):
        number += 1
        if len(line) >= LONGEST_LINE:
            raise refuse(file, "a line of more than a million characters", number)
        yield line


def _header(cells: list[str] | None, file: str, required: Sequence[str]) -> list[str]:
    """The columns in lower case: exporters write them in both, the standard minds it."""
    if not cells:
        raise refuse(file, "empty: there is no header line", 1)
    header = [cell.strip().lower() for cell in cells]
    if len(header) > MOST_COLUMNS:
        raise refuse(file, f"more than {MOST_COLUMNS} columns", 1)
    named = [column for column in header if column]
    twice = sorted({column for column in named if named.count(column) > 1})
    if twice:
        raise refuse(file, f"columns that are there twice: {', '.join(twice)[:200]}", 1)
    missing = [column for column in required if column.lower() not in header]
    if missing:
        hint = "; is it separated by semicolons or tabs?" if len(header) == 1 else ""
        raise RosterRefused([Problem(file, 1, f"missing columns: {', '.join(missing)}{hint}")])
    return header


def _records(reader: Any, file: str, header: list[str]) -> Iterator[Row | RaggedRow]:
    """``reader`` is csv.reader's, whose type has no public name."""
    # Its line_num is a record's last line; a record begins after the one before.
    line = reader.line_num + 1
    for cells in reader:
        at, line = line, reader.line_num + 1
        if not any(cells):
            continue
        if len(cells) != len(header):
            begun = {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
            yield RaggedRow(file, at, begun, len(cells), len(header))
            continue
        if any(len(cell) > LONGEST_CELL for cell in cells):
            raise refuse(file, f"a cell of more than {LONGEST_CELL} characters", at)
        yield Row(file, at, {name: cell.strip() for name, cell in zip(header, cells, strict=True)})
