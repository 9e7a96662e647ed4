"""One page read and compared with the truth."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pdf.scan.findings import Choice, PageFindings, PaperKind, Presence
from pdf.sheet.geometry import PageKind
from tests.pdf.scan.simulation.pages import Arrived
from tests.pdf.scan.simulation.scanners import Level

Reader = Callable[[NDArray[np.uint8], float | None], PageFindings]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Small enough to be sent between processes."""

    level: str
    family: str
    number: int
    asked: str
    """What was done with the question: ``yes``, ``dot_no``, or the kind of page that asks none."""
    answered: str
    """What was read: a choice, or ``unread``."""
    sheet: str
    filled: str
    form: bool
    complete: bool
    must_review: bool
    unsigned: bool
    undated: bool
    identified: bool
    misidentified: bool
    """Taken for another paper."""
    lost: bool
    """Neither identified nor in review: called blank or foreign."""
    review: bool
    reasons: tuple[str, ...]
    wrong: tuple[str, ...]
    """Fields that differ from the truth, whether in review or not."""
    grave: bool
    """Not in review, and a yes read from a no, or a signature from an empty box."""
    seconds: float
    error: str = ""

    @property
    def wrong_unseen(self) -> bool:
        """The worst: nobody will look at it."""
        missed = bool(self.wrong) or self.must_review or self.misidentified
        return not self.review and not self.lost and missed

    @property
    def clear_in_review(self) -> bool:
        """Work for a person that could have been spared."""
        return self.form and self.complete and self.review


def outcome(level: Level, number: int, page: Arrived, read: Reader) -> Outcome:
    """Reads a page; an exception is a page that wasn't read, and is reported."""
    started = time.perf_counter()
    error = ""
    try:
        found = read(page.image, page.dpi)
    except Exception as raised:
        error = f"{type(raised).__name__}: {raised}"
        found = PageFindings(PaperKind.UNKNOWN)
    return _compared(level, number, page, found, time.perf_counter() - started, error)


def _compared(
    level: Level, number: int, page: Arrived, found: PageFindings, seconds: float, error: str
) -> Outcome:
    truth, code = page.truth, page.sheet.code
    signature = found.state("signature")
    wrong = _differing(page, found)
    unsigned = truth.signature is Presence.ABSENT
    consent = code.kind is PageKind.CONSENT
    yes_from_no = (
        consent and page.filled.choice in ("no", "changed_to_no") and found.choice is Choice.YES
    )
    signed_from_empty = unsigned and signature is Presence.PRESENT
    identified = found.code == code
    return Outcome(
        level=level.name,
        family=level.family,
        number=number,
        asked=page.filled.choice if consent else code.kind.value,
        answered=found.choice.value if found.choice else "unread",
        sheet=code.encoded(),
        filled=str(page.filled),
        form=code.kind is not PageKind.TEXT,
        complete=truth.complete,
        must_review=truth.must_review,
        unsigned=unsigned,
        undated=truth.date is Presence.ABSENT,
        identified=identified,
        misidentified=found.code is not None and not identified,
        lost=not identified and found.code is None and not found.review,
        review=found.review,
        reasons=tuple(reason.value for reason in found.reasons),
        wrong=wrong,
        grave=not found.review and (yes_from_no or signed_from_empty),
        seconds=seconds,
        error=error,
    )


def _differing(page: Arrived, found: PageFindings) -> tuple[str, ...]:
    truth = page.truth
    pairs = {
        "choice": (truth.choice, found.choice),
        "signature": (truth.signature, found.state("signature")),
        "date": (truth.date, found.state("date")),
    }
    return tuple(name for name, (true, read) in pairs.items() if true is not read)
