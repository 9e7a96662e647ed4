"""Blind indexes of the roster: equal things are found again, and nothing can be read."""

from datetime import date

from sqlalchemy.orm import Session

from forms.choices import ContactKind
from forms.text import fold, query_prefixes, search_prefixes
from intake.db.keys import KeyRing, keyring

_SEARCH = "student.search"


def match_key(session: Session, school_id: str, name: str, birth_date: date) -> str:
    """One key per school, folded name and birth date."""
    value = f"{school_id}|{fold(name)}|{birth_date.isoformat()}"
    return keyring(session).blind_index("student.match", value)


def contact_key(session: Session, kind: ContactKind, value: str) -> str:
    """The key under which consents index a contact too (``kind:value``)."""
    return keyring(session).blind_index("contact", f"{kind.value}:{value}")


def birth_key(session: Session, birth_date: date) -> str:
    """Finds students by birth date; no search word can equal it."""
    return keyring(session).blind_index("student.birth", birth_date.isoformat())


def prefix_keys(ring: KeyRing, text: str) -> set[str]:
    """What a name is found by while it is typed."""
    return {ring.blind_index(_SEARCH, prefix) for prefix in search_prefixes(text)}


def query_keys(ring: KeyRing, text: str) -> set[str]:
    """What must all be found for words typed into a search box."""
    return {ring.blind_index(_SEARCH, prefix) for prefix in query_prefixes(text)}
