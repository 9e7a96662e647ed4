"""Writes a PDF file: objects in, bytes out; the same objects always give the same bytes.

ReportLab's canvas would write the same objects only through its private parts (raw operators,
composite fonts, attachments, marked content), and stamps time and a random id into the file.
ISO 32000-1, 7.3 (objects), 7.5 (file structure).
"""

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Name:
    """A PDF name, without its slash; plain ASCII letters and digits only."""

    value: str


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


_Atom: TypeAlias = bool | int | float | str | bytes | Name | Reference | Stream | None
Value: TypeAlias = _Atom | Sequence["Value"] | Mapping[str, "Value"]
"""What an object can be: ``str`` is a text string (7.9.2.2), ``bytes`` a byte string."""


class PdfFile:
    """Collects numbered objects."""

    def __init__(self) -> None:
        self._objects: list[Value] = []

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
        output = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        offsets = []
        for number, value in enumerate(self._objects, 1):
            offsets.append(len(output))
            output += b"%d 0 obj\n" % number + serialize(value) + b"\nendobj\n"
        identifier = hashlib.sha256(output).digest()[:16]
        start = len(output)
        output += b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1)
        output += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
        trailer: dict[str, Value] = {
            "Size": len(offsets) + 1,
            "Root": catalog,
            "Info": info,
            "ID": [identifier, identifier],
        }
        output += b"trailer\n" + serialize(trailer) + b"\nstartxref\n%d\n%%%%EOF\n" % start
        return bytes(output)


def serialize(value: Value) -> bytes:  # noqa: PLR0911  (one line for each kind of object)
    """An object as it stands in the file."""
    match value:
        case None:
            return b"null"
        case bool():
            return b"true" if value else b"false"
        case int():
            return b"%d" % value
        case float():
            return number(value).encode()
        case str():
            return _text_string(value)
        case bytes():
            return b"<" + value.hex().encode() + b">"
        case Name():
            return b"/" + value.value.encode("ascii")
        case Reference():
            return b"%d 0 R" % value.number
        case Stream():
            return _stream(value)
        case Mapping():
            items = (b"/" + k.encode("ascii") + b" " + serialize(v) for k, v in value.items())
            return b"<<" + b" ".join(items) + b">>"
        case _:
            return b"[" + b" ".join(serialize(item) for item in value) + b"]"


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


def _text_string(text: str) -> bytes:
    if not text.isascii() or not text.isprintable():
        return b"<" + utf16(text).hex().encode() + b">"
    escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return b"(" + escaped.encode() + b")"


def _stream(stream: Stream) -> bytes:
    entries = dict(stream.entries)
    data = zlib.compress(stream.data, 6) if stream.compressed else stream.data
    if len(data) < len(stream.data):
        entries["Filter"] = Name("FlateDecode")
    else:
        data = stream.data
    entries["Length"] = len(data)
    return serialize(entries) + b"\nstream\n" + data + b"\nendstream"
