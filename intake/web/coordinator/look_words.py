"""What somebody of staff saw or did, in words."""

from collections.abc import Mapping

from intake.looks.model import LookKind
from translations import mark

KINDS: Mapping[LookKind, str] = {
    # TRANSLATORS: how somebody of staff saw a student: as a line of a list
    LookKind.LISTED: mark("In a list"),
    # TRANSLATORS: how somebody of staff saw a student
    LookKind.READ: mark("Page read"),
    # TRANSLATORS: how somebody of staff saw a student's data
    LookKind.DOCUMENT: mark("Document opened"),
    # TRANSLATORS: how somebody of staff saw a student's data
    LookKind.PICTURE: mark("Scanned page looked at"),
    # TRANSLATORS: what somebody of staff did with a student's data
    LookKind.PRINTED: mark("Paper printed"),
    # TRANSLATORS: what somebody of staff did with a student's data
    LookKind.EXPORTED: mark("Saved as a file"),
    # TRANSLATORS: somebody of staff did something; the page's name beside it tells what
    LookKind.CHANGED: mark("Something done"),
}
