"""Reading what destinations say of the files that they were given."""

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.consents import ledger
from intake.db.engine import Database
from intake.sharing.confirmations import BY_RECEIPT, confirm_hidden
from intake.sharing.connections import OpenConnectors
from intake.sharing.connectors import CONNECTORS, Delivery, DeliveryFailed, ReceiptFile
from intake.sharing.events import PublishedType
from intake.sharing.formats.receipt import Receipt, Verdict
from intake.sharing.model import Destination, Publication, PublicationState

_LONGEST_ID = 100

_log = logging.getLogger(__name__)


def collect_receipts(
    database: Database,
    *,
    at: datetime,
    allow_private: bool = False,
    is_stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Read and record every receipt that waits; returns how many files were recorded.

    A file is recorded whole in one transaction and put aside after it: one that is read twice
    changes nothing.
    """
    recorded = 0
    with OpenConnectors(database, allow_private=allow_private) as connectors:
        for destination_id in _destinations(database):
            if is_stopping():
                break
            try:
                connector = connectors.to(destination_id)
                for file in connector.receipts():
                    with database.begin() as session:
                        record_receipts(session, destination_id, file, at=at)
                    connector.forget_receipts(file.name)
                    recorded += 1
            except DeliveryFailed as failure:
                _log.warning("receipts of %s: %s", destination_id, failure.reason)
            except Exception as error:
                # One destination's strange files must not keep the others' from being read.
                _log.error("receipts of %s: unexpected %s", destination_id, type(error).__name__)
    return recorded


def record_receipts(
    session: Session, destination_id: str, file: ReceiptFile, *, at: datetime
) -> None:
    """Write down what a file says. What names no event of this destination is passed over."""
    ledger.hold(session)  # before any publication, as a revocation does
    for receipt in file.receipts:
        query = select(Publication).where(
            Publication.destination_id == destination_id,
            Publication.event_id == receipt.event_id,
            Publication.attempts > 0,
        )
        publication = session.scalars(query.with_for_update()).one_or_none()
        if publication is not None:
            _record(session, publication, receipt, file.name, at=at)


def _record(
    session: Session, publication: Publication, receipt: Receipt, name: str, *, at: datetime
) -> None:
    if receipt.verdict is Verdict.REJECTED:
        _reject(publication, name)
        return
    if publication.state in {PublicationState.PENDING, PublicationState.DEAD}:
        # It had arrived, though nobody here had written so.
        publication.state = PublicationState.DELIVERED
        publication.delivered_at = at
        publication.claimed_by = publication.claimed_until = publication.error = None
    publication.accepted_at = publication.accepted_at or at
    # What is left of a consent has only to be worked in; an identity must be hidden.
    is_done = receipt.verdict is Verdict.HIDDEN or publication.type != PublishedType.REVOKED
    if is_done and publication.revocation_id is not None:
        confirm_hidden(
            session,
            destination_id=publication.destination_id,
            revocation_id=publication.revocation_id,
            event_id=publication.event_id,
            webhook_id=f"{BY_RECEIPT}{name}"[:_LONGEST_ID],
            at=at,
        )


def _reject(publication: Publication, name: str) -> None:
    """A dead letter, unless it was accepted, or has been sent anew since this file was written."""
    is_stale = publication.shipment is None or not name.startswith(publication.shipment)
    if is_stale or publication.accepted_at is not None:
        return
    if publication.state in {PublicationState.PENDING, PublicationState.DELIVERED}:
        publication.state = PublicationState.DEAD
        publication.error = "rejected in a receipt"
        publication.claimed_by = publication.claimed_until = None


def _destinations(database: Database) -> list[str]:
    """Those that can answer, and whose circuit is closed."""
    kinds = [name for name, kind in CONNECTORS.items() if kind.delivery is Delivery.TOGETHER]
    with database.read() as session:
        query = select(Destination.id).where(
            Destination.kind.in_(kinds), Destination.open_until.is_(None)
        )
        return list(session.scalars(query.order_by(Destination.id)))
