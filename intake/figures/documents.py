"""How each version of each document stands, for the coordinator."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.document import Document, DocumentError, documents, load, text_sha256, versions
from intake.accounts.staff import names_of
from intake.consents.states import ActorKind
from intake.documents.approvals import ApprovalState, text_state
from intake.documents.model import DocumentRelease, TextApproval
from intake.documents.releases import (
    InForce,
    TextKey,
    changed_after_signing,
    published_texts,
    releases,
    signed_counts,
    versions_in_force,
)
from intake.figures.suppression import SMALLEST
from translations import languages


class VersionStanding(StrEnum):
    """Where a version stands on a day."""

    DRAFT = "draft"
    """Nobody has published it: offered to no family."""
    SCHEDULED = "scheduled"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    """A newer version is in force; what was signed under this one stays."""


class TextStanding(StrEnum):
    """How the words of a language compare with what was published."""

    AS_PUBLISHED = "as_published"
    NEW = "new"
    """Whole, and not published with its version yet."""
    CHANGED = "changed"
    """Changed since it was published, and nobody has signed it."""
    BROKEN = "broken"
    """Changed after somebody signed it."""
    MISSING = "missing"
    """Not whole."""


@dataclass(frozen=True, slots=True)
class TextView:
    """One version in one language."""

    language: str
    standing: TextStanding
    sha256: str | None
    approval_state: ApprovalState
    approval: TextApproval | None
    signed: int | None
    """How often; None where the number is withheld."""


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version."""

    document: Document
    standing: VersionStanding
    since: date | None
    texts: tuple[TextView, ...]

    @property
    def can_be_published(self) -> bool:
        """Whether there is something in it that families are not offered yet."""
        if self.standing is VersionStanding.SUPERSEDED:
            return False
        fresh = {TextStanding.NEW, TextStanding.CHANGED}
        return any(text.standing in fresh for text in self.texts) and not any(
            text.standing is TextStanding.BROKEN for text in self.texts
        )


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One entry of the record."""

    release: DocumentRelease
    by: str | None
    """Who: a name; None for the installation itself."""
    can_be_withdrawn: bool


def document_views(session: Session, *, today: date) -> dict[str, list[VersionView]]:
    """Every document's versions, the newest first."""
    in_force, published = versions_in_force(session, today), published_texts(session)
    counts = signed_counts(session)
    broken = {(one.document, one.version, one.language) for one in changed_after_signing(session)}
    found: dict[str, list[VersionView]] = {}
    for name in documents():
        found[name] = []
        for version in reversed(versions(name)):
            document = load(name, version)
            told = published.get((name, version))
            standing = _standing(told, in_force.get(name), today)
            texts = _texts(session, document, told, counts, broken)
            found[name].append(VersionView(document, standing, told.since if told else None, texts))
    return found


def record_lines(session: Session, *, today: date) -> list[RecordLine]:
    """The whole record, the newest entry first."""
    to_come = {one.sequence for one in releases(session) if one.in_force_from > today}
    entries = session.scalars(
        select(DocumentRelease).order_by(DocumentRelease.sequence.desc())
    ).all()
    ids = (entry.actor_id for entry in entries if entry.actor_kind is ActorKind.STAFF)
    names = names_of(session, ids)
    return [
        RecordLine(
            entry,
            names.get(entry.actor_id or ""),
            entry.sequence in to_come,
        )
        for entry in entries
    ]


def _standing(told: InForce | None, current: InForce | None, today: date) -> VersionStanding:
    if told is None:
        return VersionStanding.DRAFT
    if told.since > today:
        return VersionStanding.SCHEDULED
    if current is not None and current.version == told.version:
        return VersionStanding.IN_FORCE
    return VersionStanding.SUPERSEDED


def _texts(
    session: Session,
    document: Document,
    told: InForce | None,
    counts: Mapping[TextKey, int],
    broken: set[TextKey],
) -> tuple[TextView, ...]:
    found = []
    signed = {code: counts.get((document.name, document.version, code), 0) for code in languages()}
    withheld = _withheld(signed)
    for code in languages():
        state = text_state(session, document, code)
        sha256 = _sha256(document, code)
        is_broken = (document.name, document.version, code) in broken
        found.append(
            TextView(
                language=code,
                standing=TextStanding.BROKEN if is_broken else _text_standing(sha256, told, code),
                sha256=sha256,
                approval_state=state.state,
                approval=state.approval,
                signed=None if code in withheld else signed[code],
            )
        )
    return tuple(found)


def _withheld(signed: Mapping[str, int]) -> set[str]:
    """Languages whose count is small; a single one takes the next larger with it.

    Otherwise whoever knows how many signed in all would find it by subtraction.
    """
    by_size = sorted((count, code) for code, count in signed.items() if count)
    small = [code for count, code in by_size if count < SMALLEST]
    return {code for _, code in by_size[: 2 if len(small) == 1 else len(small)]}


def _text_standing(sha256: str | None, told: InForce | None, code: str) -> TextStanding:
    if sha256 is None:
        return TextStanding.MISSING
    known = told.texts.get(code) if told else None
    if known is None:
        return TextStanding.NEW
    return TextStanding.AS_PUBLISHED if known == sha256 else TextStanding.CHANGED


def _sha256(document: Document, code: str) -> str | None:
    try:
        return text_sha256(document, code)
    except DocumentError:
        return None
