"""The record of versions: append-only, and chained under the installation's key.

Like the partners' changes it stands beside the consents' ledger, each entry of which is about a
student; ``db.chain`` says what its chain is worth (``intake audit verify``).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from intake.consents.ledger import Actor
from intake.db.chain import Chain
from intake.documents.model import DocumentRelease, DocumentReleasesHead, ReleaseKind

MEMORY = "releases"
"""Under which a process remembers what is in force (``in_force``): forgotten with each entry."""
_CHAIN = Chain(
    DocumentRelease, DocumentReleasesHead, one="document release", whole="the document releases"
)


@dataclass(frozen=True, slots=True)
class NewRelease:
    """What an entry says, before it has its place in the chain."""

    kind: ReleaseKind
    document: str
    version: str
    in_force_from: date
    texts: dict[str, str]
    note: str = ""
    withdraws: int | None = None


def start_record(session: Session) -> None:
    """Create the head of an empty record; done once, when a database is set up."""
    _CHAIN.start(session)


def append(session: Session, entry: NewRelease, *, by: Actor, at: datetime) -> DocumentRelease:
    """Put one more on record, in the caller's transaction."""
    release = DocumentRelease(
        kind=entry.kind,
        document=entry.document,
        version=entry.version,
        in_force_from=entry.in_force_from,
        texts=entry.texts,
        withdraws=entry.withdraws,
        note=entry.note,
        at=at,
        actor_kind=by.kind,
        actor_id=by.id,
    )
    _CHAIN.append(session, release)
    session.info["memory"].pop(MEMORY, None)
    return release


def hold(session: Session) -> None:
    """Let nobody else publish until this transaction ends."""
    _CHAIN.hold(session)


def release_problems(session: Session) -> Iterator[str]:
    """What was altered or removed, one line each; memory stays flat."""
    yield from _CHAIN.problems(session)
