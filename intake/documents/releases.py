"""Which version of a document is in force: a person publishes it, from a day on.

A version in the tree that nobody has published is a draft, and offered to no family. Publishing
names the hash of each language's text: a language that was added or changed since is a draft
again, until it is published too. What somebody has signed may not be changed at all: then the
installation does not start (``changed_after_signing``). A newer version takes the older one's
place from its day; consents under the older one stay, until a new signature supersedes them
(``consents/answer.py``).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forms.document import (
    Document,
    DocumentError,
    UnknownDocument,
    documents,
    load,
    text_sha256,
    version_order,
    versions,
)
from forms.text import clean
from intake.consents.ledger import SYSTEM, Actor
from intake.consents.model import Consent, Revocation
from intake.consents.states import RevocationBasis
from intake.documents.model import DocumentRelease, ReleaseKind
from intake.documents.names import PARTIAL_REVOCATION, REVOCATION
from intake.documents.release_record import NewRelease, append, hold, start_record

_ENGLISH = "en"
_ALWAYS = date(2000, 1, 1)
"""From when on what an installation began with is in force."""
_LONGEST_NOTE = 500

TextKey = tuple[str, str, str]
"""Document, version, language."""


class Refusal(StrEnum):
    """Why a version can't be published, or a publication not withdrawn."""

    NOT_WHOLE = "not_whole"
    """Its English lacks words."""
    IN_THE_PAST = "in_the_past"
    """What families were offered on a day that is over can't be changed any more."""
    OLDER = "older"
    """A newer version is published already."""
    NOTHING_NEW = "nothing_new"
    """It is published, and no language was added or changed since."""
    SIGNED = "signed"
    """A text that somebody has signed was changed."""
    UNKNOWN = "unknown"
    """There is no such entry, or it is withdrawn."""


class ReleaseRefused(ValueError):
    """The record stays as it is."""

    def __init__(self, reason: Refusal, languages: Sequence[str] = ()) -> None:
        super().__init__(f"{reason.value}: {', '.join(languages)}" if languages else reason.value)
        self.reason = reason
        self.languages = tuple(languages)
        """Whose text is the reason; empty where it is no text."""


@dataclass(frozen=True, slots=True)
class InForce:
    """A version that was published, as it stands on a day."""

    version: str
    since: date
    texts: Mapping[str, str]
    """The published hash of each language."""


@dataclass(frozen=True, slots=True)
class ChangedText:
    """Somebody has signed this text, and its file says something else now."""

    document: str
    version: str
    language: str

    def __str__(self) -> str:
        return (
            f"{self.document}/{self.version}/{self.language}.toml was changed or removed after "
            "people signed it: put it back as it was, and make a new version for the change "
            "(docs/translating.md)"
        )


def start_releases(session: Session, *, at: datetime) -> None:
    """Publish what an installation begins with: every version of a document that has none yet."""
    start_record(session)
    known = {release.document for release in releases(session)}
    for name in documents():
        for version in versions(name) if name not in known else ():
            _append(session, load(name, version), _ALWAYS, by=SYSTEM, at=at)


def publish_tree(session: Session, *, at: datetime) -> None:
    """For a demonstration: whatever is in the tree now is in force, as far as nobody signed it."""
    broken = {(one.document, one.version) for one in changed_after_signing(session)}
    published = _published(releases(session))
    for name in documents():
        document = load(name)
        was = published.get((name, document.version))
        if (name, document.version) in broken or (was and was.texts == texts_of(document)):
            continue
        _append(session, document, _ALWAYS, by=SYSTEM, at=at)


def publish(
    session: Session,
    document: Document,
    *,
    in_force_from: date,
    today: date,
    by: Actor,
    at: datetime,
    note: str = "",
) -> DocumentRelease:
    """Offer a version to families from a day on, in all languages that are whole.

    ``today`` is the school's. Raises ReleaseRefused.
    """
    hold(session)
    texts = texts_of(document)
    if _ENGLISH not in texts:
        raise ReleaseRefused(Refusal.NOT_WHOLE)
    if in_force_from < today:
        raise ReleaseRefused(Refusal.IN_THE_PAST)
    published = _published(releases(session))
    newest = max(
        (version for name, version in published if name == document.name),
        key=version_order,
        default=document.version,
    )
    if version_order(newest) > version_order(document.version):
        raise ReleaseRefused(Refusal.OLDER)
    was = published.get((document.name, document.version))
    if was is not None and was.texts == texts:
        raise ReleaseRefused(Refusal.NOTHING_NEW)
    changed = [
        one.language
        for one in changed_after_signing(session)
        if (one.document, one.version) == (document.name, document.version)
    ]
    if changed:
        raise ReleaseRefused(Refusal.SIGNED, changed)
    return _append(session, document, in_force_from, by=by, at=at, note=note)


def withdraw(
    session: Session, sequence: int, *, today: date, by: Actor, at: datetime
) -> DocumentRelease:
    """Take a publication back before its day has come. Raises ReleaseRefused."""
    hold(session)
    found = next((one for one in releases(session) if one.sequence == sequence), None)
    if found is None:
        raise ReleaseRefused(Refusal.UNKNOWN)
    if found.in_force_from <= today:
        raise ReleaseRefused(Refusal.IN_THE_PAST)
    entry = NewRelease(
        ReleaseKind.WITHDRAWN, found.document, found.version, found.in_force_from, {},
        withdraws=found.sequence,
    )  # fmt: skip
    return append(session, entry, by=by, at=at)


def releases(session: Session) -> list[DocumentRelease]:
    """Every publication that counts, in the order in which they were recorded."""
    found = session.scalars(select(DocumentRelease).order_by(DocumentRelease.sequence)).all()
    gone = {release.withdraws for release in found}
    return [
        release
        for release in found
        if release.kind is ReleaseKind.PUBLISHED and release.sequence not in gone
    ]


def published_texts(session: Session) -> dict[tuple[str, str], InForce]:
    """By document and version, everything that is published, also for a day to come."""
    return _published(releases(session))


def published_versions(session: Session, name: str) -> tuple[str, ...]:
    """The versions that can have been signed, also before their day or after it; oldest first."""
    found = {version for document, version in _published(releases(session)) if document == name}
    return tuple(sorted(found & set(versions(name)), key=version_order))


def versions_in_force(session: Session, on: date) -> dict[str, InForce]:
    """By document, the version that families are offered on this day of the school's."""
    found: dict[str, InForce] = {}
    published = _published(one for one in releases(session) if one.in_force_from <= on)
    for (name, version), told in published.items():
        other = found.get(name)
        if other is None or version_order(other.version) < version_order(version):
            found[name] = told
    return found


def is_published(session: Session, document: Document, language: str, *, on: date) -> bool:
    """Whether these very words were published for this day; asked when somebody says yes."""
    counting = (one for one in releases(session) if one.in_force_from <= on)
    found = _published(counting).get((document.name, document.version))
    return found is not None and found.texts.get(language) == _text_of(document, language)


def texts_of(document: Document) -> dict[str, str]:
    """The hash of each language that is whole."""
    return {code: text_sha256(document, code) for code in document.complete_languages()}


def signed_counts(session: Session) -> dict[TextKey, int]:
    """How often each text was signed, or answered with no."""
    by_text = Consent.document, Consent.version, Consent.language
    counts = {
        (name, version, language): count
        for name, version, language, count in session.execute(
            select(*by_text, func.count()).group_by(*by_text)
        )
    }
    of_letter = Revocation.version, Revocation.language, Revocation.elements.is_not(None)
    letters = (
        select(*of_letter, func.count())
        .where(Revocation.basis == RevocationBasis.LETTER)
        .group_by(*of_letter)
    )
    for version, language, is_partial, count in session.execute(letters):
        counts[PARTIAL_REVOCATION if is_partial else REVOCATION, version, language] = count
    return counts


def changed_after_signing(session: Session) -> list[ChangedText]:
    """Texts that somebody has signed, and that are not what was published any more."""
    changed = {
        (name, version, language)
        for (name, version), told in _published(releases(session)).items()
        for language, sha256 in told.texts.items()
        if _text_in_tree(name, version, language) != sha256
    }
    if not changed:
        return []
    signed = signed_counts(session)
    return [ChangedText(*key) for key in sorted(changed) if key in signed]


def _published(counting: Iterable[DocumentRelease]) -> dict[tuple[str, str], InForce]:
    """By document and version; a later entry's texts stand in the place of an earlier one's."""
    found: dict[tuple[str, str], InForce] = {}
    for release in counting:
        key = release.document, release.version
        was = found.get(key)
        since = min(was.since, release.in_force_from) if was else release.in_force_from
        texts = {**(was.texts if was else {}), **release.texts}
        found[key] = InForce(release.version, since, texts)
    return found


def _append(
    session: Session,
    document: Document,
    in_force_from: date,
    *,
    by: Actor,
    at: datetime,
    note: str = "",
) -> DocumentRelease:
    entry = NewRelease(
        ReleaseKind.PUBLISHED, document.name, document.version, in_force_from, texts_of(document),
        note=clean(note)[:_LONGEST_NOTE],
    )  # fmt: skip
    return append(session, entry, by=by, at=at)


def _text_in_tree(name: str, version: str, language: str) -> str | None:
    try:
        return _text_of(load(name, version), language)
    except (UnknownDocument, DocumentError):
        return None


def _text_of(document: Document, language: str) -> str | None:
    try:
        return text_sha256(document, language)
    except DocumentError:
        return None
