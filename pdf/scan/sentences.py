"""What staff are told of a file or a page that was not read: why, and what to do next."""

from pdf.scan.limits import Refusal
from translations import mark

SENTENCES: dict[Refusal, str] = {
    Refusal.ENCRYPTED: mark(
        "This file is locked with a password. Open it with the password, print it or save a copy "
        "without one, and add that."
    ),
    Refusal.DAMAGED: mark(
        "This file is damaged or was not copied completely. Copy it again from the scanner or "
        "phone, or scan the paper again."
    ),
    Refusal.NO_PAGES: mark(
        "This file has no pages. Check that you chose the right one, or scan again."
    ),
    Refusal.TOO_MANY_PAGES: mark(
        "This file has more pages than can be read at once. Scan the stack in smaller parts."
    ),
    Refusal.TOO_LARGE_PICTURE: mark(
        "The picture on this page is far larger than a scanned sheet of paper. Scan it again at "
        "200 or 300 dpi."
    ),
    Refusal.TOO_LARGE_FILE: mark(
        "This file is too large. Scan at 200 or 300 dpi in black and white or gray, or scan the "
        "stack in smaller parts."
    ),
    Refusal.UNSUPPORTED: mark(
        "This is not a scan that can be read here. Save it as PDF, TIFF, JPEG, PNG or HEIC and "
        "add it again."
    ),
    Refusal.TOOK_TOO_LONG: mark(
        "This page took too long to read. Scan the paper again; if that fails too, enter the "
        "waiver by hand."
    ),
    Refusal.OUT_OF_MEMORY: mark(
        "This page needs more memory than one page may use. Scan the paper again at 200 or 300 dpi."
    ),
    Refusal.CRASHED: mark(
        "This page could not be read, because something in the file stopped the reader. Scan the "
        "paper again; if that fails too, tell your administrator."
    ),
    Refusal.NOT_A_FILE: mark(
        "This is not a file that can be opened here: it is a folder, a shortcut or a device, or "
        "it was moved away. Add the scan itself."
    ),
}
"""For staff, saying what to do next."""
