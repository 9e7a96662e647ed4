"""A JPEG or PNG as an image of a PDF, its pixels untouched (ISO 32000-1, 8.9.5)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from pdf.file import Name, Stream, Value

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_COLOURS = {0: ("DeviceGray", 1), 2: ("DeviceRGB", 3)}
_JPEG_COLOURS = {1: "DeviceGray", 3: "DeviceRGB"}
_FRAMES = {0xC0, 0xC1, 0xC2}
"""Baseline, extended, progressive: the JPEGs that PDF knows."""


class PictureUnusable(ValueError):
    """Neither a JPEG nor a PNG of the plain kinds: gray or RGB, without transparency."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An image object, and its size in pixels."""

    stream: Stream
    width: int
    height: int


def picture(data: bytes) -> Picture:
    """Wrap a picture for a PDF file; raises PictureUnusable."""
    try:
        if data.startswith(_PNG):
            return _png(data)
        if data.startswith(b"\xff\xd8"):
            return _jpeg(data)
    except (struct.error, IndexError, KeyError):
        raise PictureUnusable("the picture is damaged") from None
    raise PictureUnusable("the picture is neither a JPEG nor a PNG")


def _image(data: bytes, width: int, height: int, entries: dict[str, Value]) -> Picture:
    common: dict[str, Value] = {
        "Type": Name("XObject"),
        "Subtype": Name("Image"),
        "Width": width,
        "Height": height,
    }
    return Picture(Stream(data, {**common, **entries}, compressed=False), width, height)


def _jpeg(data: bytes) -> Picture:
    place = 2
    while place < len(data):
        while data[place + 1] == 0xFF:  # fill bytes
            place += 1
        marker = data[place + 1]
        (length,) = struct.unpack(">H", data[place + 2 : place + 4])
        if marker in _FRAMES:
            bits, height, width, components = struct.unpack(">BHHB", data[place + 4 : place + 10])
            return _image(
                data,
                width,
                height,
                {
                    "ColorSpace": Name(_JPEG_COLOURS[components]),
                    "BitsPerComponent": bits,
                    "Filter": Name("DCTDecode"),
                },
            )
        place += 2 + length
    raise PictureUnusable("the JPEG has no frame")


def _png(data: bytes) -> Picture:
    """A PNG's own compressed rows: PDF's Flate with PNG prediction reads them as they are."""
    chunks = list(_chunks(data))
    width, height, bits, colour, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    if interlaced or colour not in _PNG_COLOURS or bits > 8:
        raise PictureUnusable("the PNG is of a kind that a PDF can't hold as it is")
    space, components = _PNG_COLOURS[colour]
    return _image(
        b"".join(content for kind, content in chunks if kind == b"IDAT"),
        width,
        height,
        {
            "ColorSpace": Name(space),
            "BitsPerComponent": bits,
            "Filter": Name("FlateDecode"),
            "DecodeParms": {
                "Predictor": 15,
                "Colors": components,
                "BitsPerComponent": bits,
                "Columns": width,
            },
        },
    )


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_PNG)
    while place < len(data):
        length, kind = struct.unpack(">I4s", data[place : place + 8])
        yield kind, data[place + 8 : place + 8 + length]
        place += 12 + length
