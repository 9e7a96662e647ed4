"""What a family does with a form, and what a person at a desk says of it."""

from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np

from pdf.scan.findings import Choice, Presence
from pdf.sheet.geometry import PageKind

Ticked = Literal[
    "yes",
    "no",
    "both",
    "none",
    "dot_yes",
    "dot_no",
    "crossed_out_yes",
    "changed_to_no",
    "changed_to_yes",
    "beside",
]
Tick = Literal["cross", "check", "fill", "scrawl"]
Signed = Literal["full", "none", "mark", "crossed_out"]
Hand = Literal["latin", "angular", "arabic", "burmese", "initials", "block"]

AMBIGUOUS: tuple[Ticked, ...] = (
    "both",
    "dot_yes",
    "dot_no",
    "crossed_out_yes",
    "changed_to_no",
    "changed_to_yes",
    "beside",
)
TICKS: tuple[Tick, ...] = ("cross", "check", "fill", "scrawl")
HANDS: tuple[Hand, ...] = ("latin", "angular", "arabic", "burmese", "initials", "block")
_TRUE_CHOICE = {"yes": Choice.YES, "no": Choice.NO, "both": Choice.BOTH, "none": Choice.NONE}
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Truth:
    """What is on a page, in the reader's words."""

    choice: Choice | None
    """UNSURE where two people could disagree; None on pages that ask nothing."""
    signature: Presence | None
    date: Presence | None
    witness: Presence | None
    must_review: bool
    """Whether the page may never be filed without a person, however it is read."""
    clear: bool
    """A person decides at a glance."""
    complete: bool
    """Nothing is missing."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as somebody filled it in."""

    choice: Ticked = "yes"
    tick: Tick = "check"
    signature: Signed = "full"
    hand: Hand = "latin"
    date: bool = True
    witness: bool = False
    names: bool = True

    def truth(self, kind: PageKind) -> Truth:
        """What should be read from it."""
        if kind is PageKind.TEXT:
            return Truth(None, None, None, None, must_review=False, clear=True, complete=True)
        asked = kind is PageKind.CONSENT
        choice = _TRUE_CHOICE.get(self.choice, Choice.UNSURE) if asked else None
        decided = choice in (None, Choice.YES, Choice.NO)
        plain = self.signature in ("full", "none")
        complete = decided and self.signature == "full" and self.date
        witnessed_mark = self.signature == "mark" and self.witness and decided and self.date
        return Truth(
            choice=choice,
            signature=_signature(self.signature),
            date=_presence(self.date),
            witness=_presence(self.witness),
            must_review=not (complete or witnessed_mark),
            clear=plain and (decided or choice is Choice.NONE),
            complete=complete,
        )


def complete(rng: np.random.Generator) -> Filled:
    """Yes or no, signed and dated: what most families do."""
    return Filled(
        choice=one_of(rng, ("yes", "no")),
        tick=one_of(rng, TICKS),
        hand=one_of(rng, HANDS),
        witness=bool(rng.random() < 0.15),
        names=bool(rng.random() < 0.8),
    )


def incomplete(rng: np.random.Generator) -> Filled:
    """Clear, but the choice, the signature or the date is missing, or all of them."""
    missing = one_of(rng, ("signature", "signature", "date", "choice", "all"))
    made = complete(rng)
    return Filled(
        choice="none" if missing in ("choice", "all") else made.choice,
        tick=made.tick,
        signature="none" if missing in ("signature", "all") else "full",
        hand=made.hand,
        date=missing not in ("date", "all"),
        witness=made.witness and missing != "all",
        names=made.names and missing != "all",
    )


def ambiguous(rng: np.random.Generator) -> Filled:
    """Somebody must look: boxes, or a mark where a signature should be."""
    made = complete(rng)
    marked = bool(rng.random() < 0.2)
    return Filled(
        choice=made.choice if marked else one_of(rng, AMBIGUOUS),
        tick=made.tick,
        signature="mark" if marked else "full",
        hand=made.hand,
        date=bool(rng.random() < 0.9),
        witness=marked and bool(rng.random() < 0.5),
        names=made.names,
    )


def any_filling(rng: np.random.Generator) -> Filled:
    """As they come: seven of ten complete, the others incomplete or doubtful.

    Far more doubtful ones than a school sees, so that every kind is met often.
    """
    drawn = rng.random()
    if drawn < 0.7:
        return complete(rng)
    return incomplete(rng) if drawn < 0.82 else ambiguous(rng)


def one_of(rng: np.random.Generator, among: tuple[_T, ...]) -> _T:
    """Any of them; numpy's own ``choice`` would make arrays of them."""
    return among[int(rng.integers(len(among)))]


def _presence(there: bool) -> Presence:
    return Presence.PRESENT if there else Presence.ABSENT


def _signature(signed: Signed) -> Presence:
    if signed == "crossed_out":
        return Presence.UNSURE
    return _presence(signed != "none")
