"""Opens a dropped file, whatever it really is, and gives its pages one after another.

Nothing here protects the process that calls it: a hostile file can make the decoders crash, hang
or eat memory. ``pdf.scan.apart`` calls it where that does no harm. PDFium is not thread-safe.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Protocol

from pdf.scan.file_image import HeicFile, JpegFile, PngFile, TiffFile
from pdf.scan.file_pdf import PdfFile
from pdf.scan.file_raster import Gray, PageRefused, RawPage
from pdf.scan.limits import Limits, Refusal, Refused

__all__ = ["Gray", "Kind", "PageRefused", "Pages", "RawPage", "count_pages", "kind_of",
           "open_file", "open_pages"]  # fmt: skip

DEFAULT = Limits()


class Kind(StrEnum):
    """What can be read."""

    PDF = "pdf"
    TIFF = "tiff"
    JPEG = "jpeg"
    PNG = "png"
    HEIC = "heic"


class Pages(Protocol):
    """An open file."""

    pages: int
    active_content: bool
    """Whether it has scripts, actions or files in it; they are not run."""

    def read(self, number: int) -> RawPage:
        """Page ``number``, from 1; raises ``Refused``."""

    def close(self) -> None:
        """Let go of what the decoder holds."""


_BEGINNINGS = (
    (b"%PDF-", Kind.PDF),
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"II*\0", Kind.TIFF),
    (b"MM\0*", Kind.TIFF),
    (b"II+\0", Kind.TIFF),
    (b"MM\0+", Kind.TIFF),
)
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_OTHERS = (
    b"GIF8", b"PK", b"MZ", b"\x7fELF", b"RIFF", b"%!", b"<", b"\xef\xbb\xbf<", b"Rar!", b"7z\xbc",
    b"\x1f\x8b", b"BM", b"#!", b"\xd0\xcf\x11\xe0", b"{\\rtf", b"8BPS", b"\0\0\0\x0cjP", b"ID3",
)  # fmt: skip
"""Begin like this, and nothing further in makes a PDF of them."""
_HEAD = 1_024
"""A PDF may begin within this much of junk (ISO 32000-1, implementation note 13)."""

_READERS: dict[Kind, type[Pages]] = {
    Kind.PDF: PdfFile,
    Kind.TIFF: TiffFile,
    Kind.JPEG: JpegFile,
    Kind.PNG: PngFile,
    Kind.HEIC: HeicFile,
}


def kind_of(head: bytes) -> Kind | None:
    """What a file is by how it begins, never by its name; None where it can't be read."""
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    if head[4:8] == b"ftyp":
        return Kind.HEIC if head[8:12] in _HEIC_BRANDS else None
    if head.startswith(_OTHERS):
        return None
    return Kind.PDF if b"%PDF-" in head[:_HEAD] else None


@contextmanager
def open_file(path: Path, limits: Limits = DEFAULT) -> Iterator[Pages]:
    """An open file; raises ``Refused`` where it can't be read as a whole."""
    with _opened(path, limits) as file:
        kind = kind_of(file.read(_HEAD))
        if kind is None:
            raise Refused(Refusal.UNSUPPORTED)
        pages = _READERS[kind](file, limits)  # type: ignore[call-arg]
        try:
            if pages.pages < 1:
                raise Refused(Refusal.NO_PAGES)
            yield pages
        finally:
            pages.close()


def count_pages(path: Path, limits: Limits = DEFAULT) -> int:
    """How many pages a file has; raises ``Refused``."""
    with open_file(path, limits) as pages:
        return pages.pages


def open_pages(
    path: Path, limits: Limits = DEFAULT, *, first: int = 0, step: int = 1
) -> Iterator[RawPage | PageRefused]:
    """Pages ``first``, ``first + step`` and so on, counted from 0; the others are not decoded.

    Raises ``Refused`` where the file can't be read as a whole.
    """
    with open_file(path, limits) as pages:
        for number in range(first + 1, pages.pages + 1, step):
            try:
                page: RawPage | PageRefused = pages.read(number)
            except Refused as refused:
                page = PageRefused(number, refused.refusal, refused.detail)
            yield page
            del page  # or two would be held while the next one is decoded


@contextmanager
def _opened(path: Path, limits: Limits) -> Iterator[BinaryIO]:
    """A regular file of an allowed size; never waits, as a pipe would make us."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        handle = os.open(path, flags)
    except (OSError, ValueError) as error:
        raise Refused(Refusal.NOT_A_FILE, type(error).__name__) from error
    try:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            raise Refused(Refusal.NOT_A_FILE)
        if about.st_size > limits.max_file_bytes:
            raise Refused(Refusal.TOO_LARGE_FILE, str(about.st_size))
        with os.fdopen(handle, "rb", closefd=False) as file:
            yield file
    finally:
        os.close(handle)
