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


SENTENCES: dict[Refusal, str] = {
    Refusal.ENCRYPTED: (
        "This file is locked with a password. Open it with the password, print it or save a copy "
        "without one, and add that."
    ),
    Refusal.DAMAGED: (
        "This file is damaged or was not copied completely. Copy it again from the scanner or "
        "phone, or scan the paper again."
    ),
    Refusal.NO_PAGES: "This file has no pages. Check that you chose the right one, or scan again.",
    Refusal.TOO_MANY_PAGES: (
        "This file has more pages than can be read at once. Scan the stack in smaller parts."
    ),
    Refusal.TOO_LARGE_PICTURE: (
        "The picture on this page is far larger than a scanned sheet of paper. Scan it again at "
        "200 or 300 dpi."
    ),
    Refusal.TOO_LARGE_FILE: (
        "This file is too large. Scan at 200 or 300 dpi in black and white or gray, or scan the "
        "stack in smaller parts."
    ),
    Refusal.UNSUPPORTED: (
        "This is not a scan that can be read here. Save it as PDF, TIFF, JPEG, PNG or HEIC and "
        "add it again."
    ),
    Refusal.TOOK_TOO_LONG: (
        "This page took too long to read. Scan the paper again; if that fails too, enter the "
        "waiver by hand."
    ),
    Refusal.OUT_OF_MEMORY: (
        "This page needs more memory than one page may use. Scan the paper again at 200 or 300 dpi."
    ),
    Refusal.CRASHED: (
        "This page could not be read, because something in the file stopped the reader. Scan the "
        "paper again; if that fails too, tell your administrator."
    ),
    Refusal.NOT_A_FILE: (
        "This is not a file that can be opened here: it is a folder, a shortcut or a device, or "
        "it was moved away. Add the scan itself."
    ),
}
"""For staff, saying what to do next."""


class Refused(Exception):
    """A file or a page is not read. ``detail`` is for the log, never for the page."""

    def __init__(self, refusal: Refusal, detail: str = "") -> None:
        super().__init__(f"{refusal}: {detail}" if detail else str(refusal))
        self.refusal = refusal
        self.detail = detail
