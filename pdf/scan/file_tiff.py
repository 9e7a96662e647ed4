"""The pages of a TIFF, read from its directories without decoding anything.

Pillow finds out how many pages there are by reading all tags of all of them; a hostile file makes
that long. Here only what is needed to refuse gets read. TIFF 6.0, section 2; BigTIFF likewise.
"""

import os
import struct
from dataclasses import dataclass
from typing import BinaryIO

from pdf.scan.limits import Refusal, Refused

_SUBFILE_TYPE, _WIDTH, _HEIGHT = 254, 256, 257
_PLACES_AND_LENGTHS = ((273, 279), (324, 325))
"""Of strips and of tiles."""
_REDUCED_OR_MASK = 1 | 4
_FORMATS = {1: "B", 3: "H", 4: "I", 16: "Q"}
_MAX_TAGS = 4_096
_MAX_PIECES = 1_000_000

_Entry = tuple[int, int, bytes]
"""Type, count, and the value or where it is."""


@dataclass(frozen=True, slots=True)
class Directory:
    """A page: its place in the file's chain, from 0, and its size."""

    place: int
    width: int
    height: int
    pieces: tuple[tuple[_Entry, _Entry], ...]
    """Where its strips or tiles are, and how long."""
    layout: "_Layout"


@dataclass(frozen=True, slots=True)
class _Layout:
    order: str
    big: bool

    @property
    def offset(self) -> str:
        return self.order + ("Q" if self.big else "I")

    @property
    def entry(self) -> str:
        return self.order + ("HHQ8s" if self.big else "HHI4s")

    @property
    def tags(self) -> str:
        return self.order + ("Q" if self.big else "H")


def directories(file: BinaryIO, max_pages: int) -> list[Directory | None]:
    """The pages, and None at the end when the chain leads out of the file.

    Pictures that the file itself calls thumbnails or masks are no pages.
    """
    size = os.fstat(file.fileno()).st_size
    layout, offset = _header(file)
    found: list[Directory | None] = []
    seen: set[int] = set()
    while offset and offset not in seen:
        seen.add(offset)
        try:
            entries, following = _read_directory(file, layout, offset)
        except (struct.error, OverflowError, OSError):
            return [*found, None]
        if not _value(entries.get(_SUBFILE_TYPE), layout) & _REDUCED_OR_MASK:
            found.append(_page(len(seen) - 1, entries, layout))
        if len(found) > max_pages:
            raise Refused(Refusal.TOO_MANY_PAGES)
        if len(seen) > 2 * max_pages + 10:
            raise Refused(Refusal.TOO_MANY_PAGES, "more directories than pages")
        offset = following if following < size else size
    return found


def check_complete(file: BinaryIO, directory: Directory) -> None:
    """Refuse a page whose picture reaches beyond the end of the file.

    The decoders would fill in what is missing with white, which looks like an empty form.
    """
    size = os.fstat(file.fileno()).st_size
    for places, lengths in directory.pieces:
        ends = zip(
            _values(file, places, directory.layout),
            _values(file, lengths, directory.layout),
            strict=False,
        )
        if any(place + length > size for place, length in ends):
            raise Refused(Refusal.DAMAGED, "the file ends within a page")


def _header(file: BinaryIO) -> tuple[_Layout, int]:
    file.seek(0)
    head = file.read(16)
    order = "<" if head[:2] == b"II" else ">"
    layout = _Layout(order, struct.unpack_from(order + "H", head, 2)[0] == 43)
    return layout, int(struct.unpack_from(layout.offset, head, 8 if layout.big else 4)[0])


def _read_directory(file: BinaryIO, layout: _Layout, offset: int) -> tuple[dict[int, _Entry], int]:
    file.seek(offset)
    (count,) = struct.unpack(layout.tags, file.read(struct.calcsize(layout.tags)))
    if count > _MAX_TAGS:
        raise Refused(Refusal.DAMAGED, f"{count} tags")
    width = struct.calcsize(layout.entry)
    data = file.read(count * width + struct.calcsize(layout.offset))
    entries = {}
    for at in range(count):
        tag, kind, number, value = struct.unpack_from(layout.entry, data, at * width)
        entries[tag] = (kind, number, value)
    (following,) = struct.unpack_from(layout.offset, data, count * width)
    return entries, following


def _page(place: int, entries: dict[int, _Entry], layout: _Layout) -> Directory:
    pieces = tuple(
        (entries[places], entries[lengths])
        for places, lengths in _PLACES_AND_LENGTHS
        if places in entries and lengths in entries
    )
    width = _value(entries.get(_WIDTH), layout)
    return Directory(place, width, _value(entries.get(_HEIGHT), layout), pieces, layout)


def _value(entry: _Entry | None, layout: _Layout) -> int:
    """A single number; 0 where the tag is missing or holds something else."""
    if entry is None or entry[0] not in _FORMATS:
        return 0
    return int(struct.unpack_from(layout.order + _FORMATS[entry[0]], entry[2])[0])


def _values(file: BinaryIO, entry: _Entry, layout: _Layout) -> tuple[int, ...]:
    kind, count, value = entry
    if kind not in _FORMATS or count > _MAX_PIECES:
        raise Refused(Refusal.DAMAGED, f"{count} strips of type {kind}")
    form = f"{layout.order}{count}{_FORMATS[kind]}"
    length = struct.calcsize(form)
    if length > len(value):
        file.seek(struct.unpack_from(layout.offset, value)[0])
        value = file.read(length)
    return struct.unpack_from(form, value)
