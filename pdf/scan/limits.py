"""How much a dropped file may cost, and why one is refused.

A PDF with JavaScript, launch actions or embedded files is *not* refused. PDFium draws pages only:
actions belong to its form environment, which we never start, and the build we use has neither a
JavaScript engine nor XFA. Such a file is read as the picture it is, and whoever handles its pages
gets told (``active_content``), since the original is kept and somebody may open it elsewhere.
"""

from dataclasses import dataclass
from enum import StrEnum

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """For one file, and for each process that reads files."""

    max_file_bytes: int = 500 * MEGABYTE
    max_pages: int = 2_000
    max_pixels: int = 120_000_000
    """Of a page's picture, before it is decoded: a Letter page at 1,100 dpi."""
    memory_bytes: int = 2 << 30
    """Address space: about 480 MB are the libraries' own, and a PNG of 120 million pixels with
    colour and alpha, the worst, takes 1 GB more."""
    seconds_per_page: float = 20
    seconds_to_open: float = 40
    """To find out how many pages a file has: a damaged one of 500 MB gets searched throughout."""
    seconds_for_any_file: float = 60
    seconds_per_page_of_file: float = 2
    """On average; a page by itself may take longer."""
    max_result_bytes: int = 64 * MEGABYTE
    """What a process may hand back for one page."""

    def seconds_per_file(self, pages: int) -> float:
        """Working time for all pages of a file, whichever processes spend it."""
        return self.seconds_for_any_file + pages * self.seconds_per_page_of_file


class Refusal(StrEnum):
    """Why a file, or one of its pages, was not read."""

    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    """Truncated, too."""
    NO_PAGES = "no_pages"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_LARGE_PICTURE = "too_large_picture"
    TOO_LARGE_FILE = "too_large_file"
    UNSUPPORTED = "unsupported"
    """Neither PDF nor TIFF, JPEG, PNG or HEIC."""
    TOOK_TOO_LONG = "took_too_long"
    OUT_OF_MEMORY = "out_of_memory"
    CRASHED = "crashed"
    NOT_A_FILE = "not_a_file"
    """A folder, a device, a pipe, a link to elsewhere, or gone."""


class Refused(Exception):
    """A file or a page is not read. ``detail`` is for the log, never for the page."""

    def __init__(self, refusal: Refusal, detail: str = "") -> None:
        super().__init__(f"{refusal}: {detail}" if detail else str(refusal))
        self.refusal = refusal
        self.detail = detail
