"""The colour space of our pages: sRGB, as an ICC profile made from the standard's own numbers.

IEC 61966-2-1 (primaries, transfer curve), ICC.1:2004-10 (version 4.2 of the format). Its colours
are adapted to D50 by Bradford's matrix, as version 4 wants. No licence, no file to ship.
"""

import functools
import struct
from collections.abc import Sequence

NAME = "sRGB IEC61966-2.1"
_D50 = (0.9642, 1.0, 0.8249)
_RED = (0.436066, 0.222488, 0.013916)
_GREEN = (0.385147, 0.716873, 0.097076)
_BLUE = (0.143066, 0.060608, 0.714096)
_FROM_D65 = (
    1.047882, 0.022919, -0.050201,
    0.029587, 0.990479, -0.017059,
    -0.009232, 0.015076, 0.751678,
)  # fmt: skip
_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
_HEADER_SIZE = 128


@functools.cache
def srgb_profile() -> bytes:
    """The profile, always the same bytes."""
    curve = _tag("para", struct.pack(">HH", 3, 0) + _fixed(_CURVE))
    tags = {
        "desc": _text(NAME),
        "cprt": _text("No copyright, use freely"),
        "wtpt": _tag("XYZ ", _fixed(_D50)),
        "chad": _tag("sf32", _fixed(_FROM_D65)),
        "rXYZ": _tag("XYZ ", _fixed(_RED)),
        "gXYZ": _tag("XYZ ", _fixed(_GREEN)),
        "bXYZ": _tag("XYZ ", _fixed(_BLUE)),
        "rTRC": curve,
        "gTRC": curve,
        "bTRC": curve,
    }
    table, data = b"", b""
    places: dict[bytes, int] = {}
    start = _HEADER_SIZE + 4 + 12 * len(tags)
    for name, value in tags.items():
        if value not in places:
            places[value] = start + len(data)
            data += value + bytes(-len(value) % 4)
        table += struct.pack(">4sII", name.encode(), places[value], len(value))
    body = struct.pack(">I", len(tags)) + table + data
    return _header(_HEADER_SIZE + len(body)) + body


def _header(size: int) -> bytes:
    return struct.pack(
        ">I4sI4s4s4s6H4s4sI4s4sQI12s4s44x",
        size, bytes(4), 0x04200000, b"mntr", b"RGB ", b"XYZ ", 2026, 1, 1, 0, 0, 0,
        b"acsp", bytes(4), 0, bytes(4), bytes(4), 0, 0, _fixed(_D50), bytes(4),
    )  # fmt: skip


def _tag(kind: str, data: bytes) -> bytes:
    return kind.encode() + bytes(4) + data


def _fixed(values: Sequence[float]) -> bytes:
    """Numbers as ICC's s15Fixed16."""
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def _text(text: str) -> bytes:
    """One text, in English, as multiLocalizedUnicode."""
    data = text.encode("utf-16-be")
    return _tag("mluc", struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(data), 28) + data)
