"""Pages of picture files: JPEG, PNG, HEIC and TIFF.

Pillow's plugins are used without ``Image.open``: its guess at the format and its own limit of
pixels must not decide, ours do.
"""

import os
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

import cv2
import numpy as np
import pi_heif
from PIL import Image, JpegImagePlugin, PngImagePlugin, TiffImagePlugin

from pdf.scan import file_tiff
from pdf.scan.file_raster import Gray, RawPage, check_size, normal, oriented
from pdf.scan.limits import Limits, Refusal, Refused

_ORIENTATION = 0x0112
_NO_MEMORY = -4
"""OpenCV's number for it."""


@contextmanager
def decoding() -> Iterator[None]:
    """Whatever a decoder makes of a hostile file becomes a refusal."""
    try:
        # Pillow warns above 89 million pixels; what is allowed was checked already
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (Refused, GeneratorExit):
        raise
    except MemoryError as error:
        raise Refused(Refusal.OUT_OF_MEMORY, repr(error)) from error
    except Image.DecompressionBombError as error:
        raise Refused(Refusal.TOO_LARGE_PICTURE, repr(error)) from error
    except Exception as error:
        no_memory = isinstance(error, cv2.error) and error.code == _NO_MEMORY
        if no_memory or "out of memory" in str(error).lower():
            raise Refused(Refusal.OUT_OF_MEMORY, repr(error)) from error
        raise Refused(Refusal.DAMAGED, repr(error)) from error


class JpegFile:
    """Its first picture; phones put a second one (depth, thumbnail) behind it."""

    pages = 1
    active_content = False

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self._file, self._limits = file, limits

    def read(self, number: int) -> RawPage:
        """Page ``number``, from 1."""
        with decoding():
            self._file.seek(0)
            image = JpegImagePlugin.JpegImageFile(self._file)
            check_size(image.size, self._limits)
            orientation = _exif_orientation(image)
            image.draft("L", image.size)  # only the brightness is decoded
            return _turned(number, to_gray(image), _dpi(image), orientation)

    def close(self) -> None:
        """Let go of what the decoder holds."""


class PngFile:
    """A PNG; of an animated one the first picture."""

    pages = 1
    active_content = False

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self._file, self._limits = file, limits

    def read(self, number: int) -> RawPage:
        """Page ``number``, from 1."""
        with decoding():
            _check_chunks(self._file)
            self._file.seek(0)
            image = PngImagePlugin.PngImageFile(self._file)
            check_size(image.size, self._limits)
            return _turned(number, to_gray(image), _dpi(image), _exif_orientation(image))

    def close(self) -> None:
        """Let go of what the decoder holds."""


def _check_chunks(file: BinaryIO) -> None:
    """Refuse a PNG of which a part reaches beyond the file: Pillow asks for that much memory."""
    size = os.fstat(file.fileno()).st_size
    at, name = 8, b""
    while name != b"IEND":
        file.seek(at)
        length, name = struct.unpack(">I4s", file.read(8))
        at += length + 12
        if at > size:
            raise Refused(Refusal.DAMAGED, "the file ends within a chunk")


class HeicFile:
    """The primary picture of a HEIC; libheif turns it as the file says."""

    pages = 1
    active_content = False

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self._file, self._limits = file, limits

    def read(self, number: int) -> RawPage:
        """Page ``number``, from 1."""
        pi_heif.options.DECODE_THREADS = 1
        with decoding():
            self._file.seek(0)
            image = pi_heif.open_heif(self._file, convert_hdr_to_8bit=True)
            check_size(image.size, self._limits)
            return normal(number, to_gray(image.to_pillow()), None)

    def close(self) -> None:
        """Let go of what the decoder holds."""


class TiffFile:
    """All pages of a TIFF."""

    active_content = False

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self._file, self._limits = file, limits
        with decoding():
            self._directories = file_tiff.directories(file, limits.max_pages)
        self.pages = len(self._directories)
        self._image: TiffImagePlugin.TiffImageFile | None = None

    def read(self, number: int) -> RawPage:
        """Page ``number``, from 1."""
        directory = self._directories[number - 1]
        if directory is None:
            raise Refused(Refusal.DAMAGED, "the file ends where the next page should begin")
        check_size((directory.width, directory.height), self._limits)
        with decoding():
            file_tiff.check_complete(self._file, directory)
            image = self._at(directory.place)
            check_size(image.size, self._limits)
            dpi, orientation = _dpi(image), int(image.tag_v2.get(_ORIENTATION, 1))
            # Pillow itself turns a TIFF's picture while it loads
            gray = to_gray(image)
            self._image = image
            return normal(number, gray, _swapped(dpi, orientation))

    def _at(self, place: int) -> TiffImagePlugin.TiffImageFile:
        """The picture of a directory; going on from the last one, or each would take longer."""
        image, self._image = self._image, None
        if image is None or image.tell() >= place:
            self._file.seek(0)
            image = TiffImagePlugin.TiffImageFile(self._file)
        image.seek(place)
        return image

    def close(self) -> None:
        """Let go of what the decoder holds."""


def to_gray(image: Image.Image) -> Gray:
    """Gray pixels over white; 1-bit becomes 0 and 255."""
    image.load()
    if image.mode.startswith("I") or image.mode == "F":
        return _from_deep(image)
    if image.mode in ("L", "1") and "transparency" not in image.info:
        return np.array(image.convert("L"), dtype=np.uint8)
    if image.mode == "P":
        transparent = "transparency" in image.info
        image = image.convert("RGBA" if transparent else "L")
    elif "transparency" in image.info:
        image = image.convert("RGBA")
    if image.mode in ("LA", "RGBA", "PA", "La", "RGBa"):
        alpha = image.getchannel(image.mode[-1:].upper() if image.mode != "PA" else "A")
        gray = image.convert("L")
        return np.array(Image.composite(gray, Image.new("L", gray.size, 255), alpha), np.uint8)
    if image.mode == "LAB":
        return np.array(image.getchannel("L"), dtype=np.uint8)
    return np.array(image.convert("L"), dtype=np.uint8)


def _from_deep(image: Image.Image) -> Gray:
    """Of 16 bits; in 32 bits, too, scanners keep 16."""
    if image.mode == "F":
        raise Refused(Refusal.UNSUPPORTED, "a picture of floating point numbers")
    values = np.asarray(image)
    if values.dtype.itemsize > 2:
        values = np.clip(values, 0, 65_535)
    return cast(Gray, (values >> 8).astype(np.uint8))


def _turned(number: int, gray: Gray, dpi: tuple[float, float] | None, orientation: int) -> RawPage:
    return normal(number, oriented(gray, orientation), _swapped(dpi, orientation))


def _swapped(dpi: tuple[float, float] | None, orientation: int) -> tuple[float, float] | None:
    return (dpi[1], dpi[0]) if dpi and orientation >= 5 else dpi


def _dpi(image: Image.Image) -> tuple[float, float] | None:
    try:
        across, along = image.info["dpi"]
        return float(across), float(along)
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None


def _exif_orientation(image: Image.Image) -> int:
    """1 (upright) where the Exif data are broken: the picture may well be whole."""
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:
        return 1
