"""Blind indexes of the roster: equal things are found again, and nothing can be read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from forms.choices import ContactKind
from forms.sounds import joined_sounds, query_sounds, sound_prefixes
from forms.text import PREFIX_LENGTH, fold, query_prefixes, search_prefixes, search_words
from intake.db.keys import KeyRing, keyring

_SEARCH = "student.search"
_SOUND = "student.sound"


def match_key(session: Session, school_id: str, name: str, birth_date: date) -> str:
    """One key per school, folded name and birth date."""
    value = f"{school_id}|{fold(name)}|{birth_date.isoformat()}"
    return keyring(session).blind_index("student.match", value)


def contact_key(session: Session, kind: ContactKind, value: str) -> str:
    """The key under which consents index a contact too."""
    return stored_contact_key(session, f"{kind.value}:{value}")


def stored_contact_key(session: Session, stored: str) -> str:
    """The same for ``kind:value``."""
    return keyring(session).blind_index("contact", stored)


def birth_key(session: Session, birth_date: date) -> str:
    """Finds students by birth date; no search word can equal it."""
    return keyring(session).blind_index("student.birth", birth_date.isoformat())


def prefix_keys(ring: KeyRing, text: str) -> set[str]:
    """What a name is found by while it is typed: how it begins to be spelled, and to sound."""
    spelled = {ring.blind_index(_SEARCH, prefix) for prefix in search_prefixes(text)}
    return spelled | _sound_keys(ring, sound_prefixes(text))


def query_keys(ring: KeyRing, text: str) -> set[str]:
    """What must all be found for words typed into a search box."""
    return {ring.blind_index(_SEARCH, prefix) for prefix in query_prefixes(text)}


@dataclass(frozen=True, slots=True)
class WordKeys:
    """What one typed word is found by."""

    spelled: str
    sounding: frozenset[str]
    """Any of these; none where the word has too few consonants to tell it from others."""


def word_keys(ring: KeyRing, text: str) -> list[WordKeys]:
    """For each typed word, its keys; every word must be found by one of its own."""
    sounds = query_sounds(text)
    # Beyond the words that have sounds, spelling alone must do: nobody types so many.
    return [
        WordKeys(
            ring.blind_index(_SEARCH, word[:PREFIX_LENGTH]),
            frozenset(_sound_keys(ring, sounds[place] if place < len(sounds) else ())),
        )
        for place, word in enumerate(search_words(text))
    ]


def joined_keys(ring: KeyRing, text: str) -> frozenset[str]:
    """What all typed words together are found by, where a script writes them as one."""
    return frozenset(_sound_keys(ring, joined_sounds(text)))


def _sound_keys(ring: KeyRing, sounds: Iterable[str]) -> set[str]:
    return {ring.blind_index(_SOUND, sound) for sound in sounds}
