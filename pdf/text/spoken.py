"""Which language a voice should speak a piece of text in."""

import functools
from collections import Counter

from pdf.text.shape import script_of
from translations import language as registered_language


def language_of(text: str, language: str) -> str:
    """The tag of what a person typed in a document of this language (BCP 47).

    A name belongs to no language; but one in another script than the document's can't be
    spoken by its voice, so the tag says the script and leaves the language open.
    """
    scripts = Counter(script for c in text if c.isalpha() and (script := script_of(c)))
    if not scripts:
        return language
    script = max(sorted(scripts), key=lambda name: scripts[name])
    return language if script == _script(language) else f"und-{script}"


def is_latin(language: str) -> bool:
    """Whether the language is written in Latin letters; an unregistered one is taken to be."""
    return _script(language) == "Latn"


@functools.cache
def _script(language: str) -> str:
    try:
        return registered_language(language).script
    except LookupError:
        return "Latn"
