"""In which language a family is written to, and what its link is."""

from collections.abc import Collection
from dataclasses import dataclass

from intake.documents.texts import offered_languages

FALLBACK = "en"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The language of the words, and the one that the link opens in."""

    words: str
    link: str | None
    """None: the link opens where the family chooses among all languages, each in its own name."""


def wanted(known: str | None, offered: Collection[str]) -> Wanted:
    """For a family whose language is ``known`` to the school, or isn't; ``offered`` are ours.

    Where nobody knows it, or not every text is there in it: English, and the family chooses.
    """
    if known is not None and known in offered:
        return Wanted(known, known)
    return Wanted(FALLBACK, None)


SAMPLE_TOKEN = "x" * 22
"""As long as a real one: what a preview counts with."""


def offered_now() -> frozenset[str]:
    """The languages in which the versions in force are whole: asked once for many families."""
    return frozenset(offered.code for offered in offered_languages())
