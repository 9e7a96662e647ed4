"""A PDF file from numbered objects; the same objects always give the same bytes.

ReportLab writes the objects, strings, streams and the cross-reference table. We stand on its
object layer (``pdfdoc``) and not on its canvas: a canvas knows no composite fonts, no marked
content and no attachments, and stamps the time and a random id into every file.
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
        document = _Document()
        file = pdfdoc.PDFFile(_VERSION)
        ids = [str(number) for number in range(1, len(self._objects) + 1)]
        document.idToObjectNumberAndVersion = {id: (int(id), 0) for id in ids}
        places: dict[int, bytes] = {0: _row(0, 0, 65535)}
        for id, value in zip(ids, self._objects, strict=True):
            if int(id) not in self._packed:
                entry = pdfdoc.PDFIndirectObject(id, _object(value))
                places[int(id)] = _row(1, file.add(entry.format(document)), 0)
        if self._packed:
            places |= self._write_packed(file, document)
        identifier = hashlib.sha256(file.format(document)).digest()[:16]
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
        start = file.add(_stream_object(own, table, document))
        file.add(f"startxref\n{start}\n%%EOF\n")
        return bytes(file.format(document))

    def _write_packed(self, file: Any, document: "_Document") -> dict[int, bytes]:
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
        rows[own] = _row(1, file.add(_stream_object(own, stream, document)), 0)
        return rows


def _row(kind: int, place: int, detail: int) -> bytes:
    """A row of the cross-reference table (7.5.8.3)."""
    return struct.pack(">BIH", kind, place, detail)


def _stream_object(number: int, stream: Stream, document: "_Document") -> bytes:
    formatted: bytes = pdfdoc.format(_object(stream), document, toplevel=1)
    return b"%d 0 obj\n%b\nendobj\n" % (number, formatted)


class _Document(pdfdoc.DummyDoc):
    """What ReportLab's objects ask of their document: numbers, places, no encryption."""

    defaultStreamFilters = None  # noqa: N815

    def __init__(self) -> None:
        self.idToObjectNumberAndVersion: dict[str, tuple[int, int]] = {}
        self.idToOffset: dict[str, int] = {}


def _object(value: Value) -> Any:  # noqa: PLR0911  (one line for each kind of object)
    """An object as ReportLab knows it."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case float():
            return number(value)
        case int():
            return value
        case str():
            return pdfdoc.PDFString(value.encode("utf-16-be", "replace").decode("utf-16-be"))
        case bytes():
            return f"<{value.hex()}>"
        case Name():
            return f"/{value.value}"
        case Written():
            return value.text
        case Reference():
            return pdfdoc.PDFObjectReference(str(value.number))
        case Stream():
            return _stream(value)
        case Mapping():
            return pdfdoc.PDFDictionary({key: _object(entry) for key, entry in value.items()})
        case _:
            return pdfdoc.PDFArray([_object(entry) for entry in value])


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


class _Stream(pdfdoc.PDFStream):
    """With the line end before ``endstream`` that ISO 32000-1 (7.3.8) asks for."""

    def format(self, document: _Document) -> bytes:
        """The stream as it stands in the file."""
        written: bytes = super().format(document)
        return written.removesuffix(b"endstream\n") + b"\nendstream"


def _stream(stream: Stream) -> Any:
    entries = {key: _object(value) for key, value in stream.entries.items()}
    data = stream.data
    if stream.compressed:
        data = zlib.compress(data, _COMPRESSION)
        entries["Filter"] = "/FlateDecode"
    return _Stream(pdfdoc.PDFDictionary(entries), data, [])
