"""A PDF file from numbered objects; the same objects always give the same bytes.

ReportLab writes the file and its strings. We stand on its object layer (``pdfdoc``) and not on its
canvas: a canvas knows no composite fonts, no marked content and no attachments, and stamps the
time and a random id into every file. Its dictionaries and arrays take a third of a document's
time, so those are written here.
ISO 32000-1, 7.3 (objects), 7.5 (file structure).
"""

import hashlib
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias

from reportlab.pdfbase import pdfdoc

_VERSION = (1, 7)
_COMPRESSION = 3
"""Twice as fast as zlib's own choice (6), for a file that is a twentieth larger."""


@dataclass(frozen=True, slots=True)
class Name:
    """A PDF name, without its slash; plain ASCII letters and digits only."""

    value: str


@dataclass(frozen=True, slots=True)
class Written:
    """A long array as it stands in the file, made at once and not of a thousand objects."""

    text: str


@dataclass(frozen=True, slots=True)
class Reference:
    """An indirect reference to an object of the same file."""

    number: int


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream; compressed when that is smaller, unless it is to be found by plain search."""

    data: bytes
    entries: Mapping[str, "Value"] = field(default_factory=dict)
    compressed: bool = True


_Atom: TypeAlias = bool | int | float | str | bytes | Name | Written | Reference | Stream | None
Value: TypeAlias = _Atom | Sequence["Value"] | Mapping[str, "Value"]
"""What an object can be: ``str`` is a text string (7.9.2.2), ``bytes`` a byte string."""


class PdfFile:
    """Collects numbered objects."""

    def __init__(self) -> None:
        self._objects: list[Value] = []
        self._packed: dict[int, bytes] = {}

    def pack(self, reference: Reference, formatted: bytes) -> None:
        """Fill a reserved object that is no stream with its form in the file.

        All such objects are compressed together (7.5.7): for many small ones.
        """
        self._packed[reference.number] = formatted

    def reserve(self) -> Reference:
        """A number for an object that others refer to before it exists."""
        self._objects.append(None)
        return Reference(len(self._objects))

    def fill(self, reference: Reference, value: Value) -> None:
        """Give a reserved object its value."""
        self._objects[reference.number - 1] = value

    def add(self, value: Value) -> Reference:
        """Add an object."""
        reference = self.reserve()
        self.fill(reference, value)
        return reference

    def write(self, catalog: Reference, info: Reference) -> bytes:
        """The whole file. Its identifier is made from its content, so that it is no secret."""
        file = pdfdoc.PDFFile(_VERSION)
        places: dict[int, bytes] = {0: _row(0, 0, 65535)}
        for number, value in enumerate(self._objects, 1):
            if number not in self._packed:
                places[number] = _row(1, file.add(_indirect(number, value)), 0)
        if self._packed:
            places |= self._write_packed(file)
        identifier = hashlib.sha256(file.format(_DOCUMENT)).digest()[:16]
        own = len(places)
        places[own] = _row(1, file.offset, 0)
        table = Stream(
            b"".join(places[number] for number in range(len(places))),
            {
                "Type": Name("XRef"),
                "Size": len(places),
                "W": [1, 4, 2],
                "Root": catalog,
                "Info": info,
                "ID": [identifier, identifier],
            },
        )
        start = file.add(_indirect(own, table))
        file.add(f"startxref\n{start}\n%%EOF\n")
        return bytes(file.format(_DOCUMENT))

    def _write_packed(self, file: Any) -> dict[int, bytes]:
        """One object stream with all packed objects; their rows in the table, and its own."""
        header: list[str] = []
        length = 0
        for number, body in self._packed.items():
            header.append(f"{number} {length}")
            length += len(body) + 1
        first = " ".join(header).encode() + b"\n"
        own = len(self._objects) + 1
        stream = Stream(
            first + b"\n".join(self._packed.values()),
            {"Type": Name("ObjStm"), "N": len(self._packed), "First": len(first)},
        )
        rows = {number: _row(2, own, index) for index, number in enumerate(self._packed)}
        rows[own] = _row(1, file.add(_indirect(own, stream)), 0)
        return rows


def _row(kind: int, place: int, detail: int) -> bytes:
    """A row of the cross-reference table (7.5.8.3)."""
    return struct.pack(">BIH", kind, place, detail)


def _indirect(number: int, value: Value) -> bytes:
    return b"%d 0 obj\n%b\nendobj\n" % (number, _written(value))


class _Document(pdfdoc.DummyDoc):
    """What ReportLab asks of a document when it writes a string: that nothing is encrypted."""

    defaultStreamFilters = None  # noqa: N815


_DOCUMENT = _Document()


def _written(value: Value) -> bytes:  # noqa: PLR0911  (one line for each kind of object)
    """An object as it stands in the file (7.3)."""
    match value:
        case None:
            return b"null"
        case bool():
            return b"true" if value else b"false"
        case float():
            return number(value).encode()
        case int():
            return b"%d" % value
        case str():
            return _string(value)
        case bytes():
            return b"<%b>" % value.hex().encode()
        case Name():
            return b"/%b" % value.value.encode()
        case Written():
            return value.text.encode()
        case Reference():
            return b"%d 0 R" % value.number
        case Stream():
            return _stream(value)
        case Mapping():
            entries = (b"/%b %b" % (key.encode(), _written(entry)) for key, entry in value.items())
            return b"<<%b>>" % b" ".join(entries)
        case _:
            return b"[%b]" % b" ".join(map(_written, value))


def _string(text: str) -> bytes:
    """A text string (7.9.2.2), by ReportLab."""
    decodable = text.encode("utf-16-be", "replace").decode("utf-16-be")
    formatted: bytes = pdfdoc.format(pdfdoc.PDFString(decodable), _DOCUMENT)
    return formatted


def _stream(stream: Stream) -> bytes:
    """A stream, with the line end before ``endstream`` that 7.3.8 asks for."""
    data, entries = stream.data, dict(stream.entries)
    if stream.compressed:
        data = zlib.compress(data, _COMPRESSION)
        entries["Filter"] = Name("FlateDecode")
    entries["Length"] = len(data)
    return b"%b\nstream\n%b\nendstream" % (_written(entries), data)


def number(value: float) -> str:
    """A number with at most three decimals: a thousandth of a point is finer than any printer."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def date_string(moment: datetime) -> str:
    """A date in UTC as PDF writes it (7.9.4)."""
    return f"D:{moment.astimezone(UTC):%Y%m%d%H%M%S}Z"


def utf16(text: str) -> bytes:
    """Text as PDF's strings carry it beyond ASCII; a lone surrogate becomes U+FFFD."""
    return b"\xfe\xff" + _utf16(text)


def _utf16(text: str) -> bytes:
    try:
        return text.encode("utf-16-be")
    except UnicodeEncodeError:
        clean = ("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)
        return "".join(clean).encode("utf-16-be")
