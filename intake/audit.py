"""The whole audit: the ledger's chain, the tables against it, and every sealed document."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accounts.history import account_problems
from intake.concerns.history import concern_problems
from intake.consents.holds import hold_differences
from intake.consents.ledger import check_chain, events
from intake.consents.model import Consent
from intake.consents.projection import differences
from intake.db.engine import Database
from intake.db.keys import CannotDecrypt, keyring
from intake.disclosures.copies import copy_differences
from intake.disclosures.listing import disclosure_differences
from intake.documents.kept import read_kept
from intake.documents.model import KeptObject, SealedDocument
from intake.documents.release_record import release_problems
from intake.documents.store import DocumentDamaged, DocumentMissing, Storage, read_document
from intake.looks.chain import look_problems
from intake.lookups.audit import identifier_differences
from intake.partners.history import history_problems
from intake.revocations.checking import case_differences

_BATCH = 200


def problems(database: Database, storage: Storage) -> Iterator[str]:
    """Everything that was altered, removed or reordered, one line each; nothing when all is well.

    Lines hold ids and hashes, never a name. Memory stays flat.
    """
    with database.read() as session:
        for problem in check_chain(session):
            yield f"ledger: {problem.message}"
    with database.read() as session:
        for difference in differences(session):
            yield f"state: {difference.message}"
    with database.read() as session:
        for line in hold_differences(session):
            yield f"state: {line}"
    with database.read() as session:
        for line in (*disclosure_differences(session), *copy_differences(session)):
            yield f"state: {line}"
    with database.read() as session:
        for line in case_differences(session):
            yield f"state: {line}"
        for line in history_problems(session):
            yield f"partners: {line}"
        for line in concern_problems(session):
            yield f"concerns: {line}"
        for line in look_problems(session):
            yield f"access record: {line}"
        for line in account_problems(session):
            yield f"accounts: {line}"
        for line in release_problems(session):
            yield f"documents: {line}"
        for line in identifier_differences(session):
            yield f"state: {line}"
    with database.read() as session:
        yield from _unreadable_people(session)
    with database.read() as session:
        yield from _recorded_documents(session, storage)
    with database.read() as session:
        yield from _unrecorded_documents(session)
    with database.read() as session:
        yield from _damaged_scans(session, storage)


def _unreadable_people(session: Session) -> Iterator[str]:
    """Who signed is encrypted and bound to its place: altered or moved, it can't be read."""
    ids = session.scalars(select(Consent.id).order_by(Consent.id)).all()
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        try:
            session.scalars(select(Consent).where(Consent.id.in_(batch))).all()
        except CannotDecrypt:
            for consent_id in batch:
                try:
                    session.get(Consent, consent_id)
                except CannotDecrypt:
                    yield f"state: consent {consent_id}: who signed was altered and can't be read"
        session.expunge_all()


def _recorded_documents(session: Session, storage: Storage) -> Iterator[str]:
    """Each document that the ledger names must be there, exactly as sealed."""
    seen: set[str] = set()
    for _, event in events(session):
        if event is None:
            continue  # the chain's check has named this event
        try:
            sha256 = event.values().get("document_sha256")
        except (ValueError, AttributeError):
            continue
        if not sha256 or sha256 in seen:
            continue
        seen.add(sha256)
        try:
            read_document(session, storage, sha256)
        except DocumentMissing:
            yield f"document: {sha256} is named by event {event.sequence} but not registered"
        except DocumentDamaged as damage:
            yield f"document: {damage} (event {event.sequence})"


def _unrecorded_documents(session: Session) -> Iterator[str]:
    """Each registered document must be named by the ledger."""
    named: set[str] = set()
    for _, event in events(session):
        if event is not None and '"document_sha256"' in event.data:
            named.add(event.data.split('"document_sha256":"', 1)[-1][:64])
    for sha256 in session.scalars(select(SealedDocument.sha256)):
        if sha256 not in named:
            yield f"document: {sha256} is registered, but no event of the ledger names it"


def _damaged_scans(session: Session, storage: Storage) -> Iterator[str]:
    """Each original scan and page picture must be exactly as it came, until it is destroyed."""
    kept_ids = select(KeptObject.id).where(KeptObject.wrapped_key.is_not(None))
    for kept_id in session.scalars(kept_ids.order_by(KeptObject.id)).all():
        kept = session.get_one(KeptObject, kept_id)
        try:
            for _ in read_kept(storage, keyring(session), kept):
                pass  # read to its end, a part at a time
        except DocumentDamaged as damage:
            yield f"scan: {damage}"
        session.expunge(kept)
