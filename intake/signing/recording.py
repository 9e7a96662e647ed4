"""What every signing shares: seal outside the transaction, then record everything or nothing."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accounts.model import Staff
from intake.consents.at_desk import Vouched
from intake.consents.model import Consent, Revocation, SigningSession
from intake.documents.store import StoredDocument
from intake.evidence import Witnessed
from intake.installation import Installation
from pdf.content import SignedContent
from pdf.waiver import compose

_log = logging.getLogger(__name__)

_Recorded = TypeVar("_Recorded", Consent, Revocation)


def by_signing(session: Session, kind: type[_Recorded], signing_id: str) -> _Recorded | None:
    """What came of this session before: a second tap makes no second one."""
    return session.scalars(select(kind).where(kind.signing_id == signing_id)).one_or_none()


def when_verified(session: Session, signing_id: str) -> datetime | None:
    """When a one-time code reached the signer's contact."""
    signing = session.get(SigningSession, signing_id)
    return signing.verified_at if signing else None


def witnessed_by(session: Session, vouched: Vouched | None) -> Witnessed | None:
    """What staff stand for, with the name that a sealed document needs to stand alone."""
    if vouched is None:
        return None
    return Witnessed(session.get_one(Staff, vouched.staff_id).name, vouched)


def finish(
    session: Session,
    signing_id: str,
    *,
    consent_id: str | None = None,
    revocation_id: str | None = None,
) -> None:
    """Remember what came of the session; what was typed has gone into the sealed document."""
    signing = session.get(SigningSession, signing_id)
    if signing is None:
        return
    signing.consent_id = consent_id or signing.consent_id
    signing.revocation_id = revocation_id
    signing.answers = {}


def seal(installation: Installation, content: SignedContent, *, at: datetime) -> StoredDocument:
    """Render, seal and store; no transaction is open meanwhile."""
    made = compose(content)
    if made.missing:  # for the operator: the letters alone name nobody
        _log.warning("no font has %s: drawn as boxes in a sealed document", made.missing_names)
    pdf = installation.sealer.seal(made.pdf, at=at, reason=content.english.title)
    return installation.storage.put(installation.database.keyring, pdf)


def record(
    installation: Installation,
    stored: StoredDocument,
    write: Callable[[Session], _Recorded],
    expected_id: str,
) -> _Recorded:
    """Write everything in one transaction; what was stored for nothing is discarded."""
    try:
        with installation.database.begin() as session:
            recorded = write(session)
    except Exception:
        installation.storage.discard(stored)
        raise
    if recorded.id != expected_id:
        installation.storage.discard(stored)
    return recorded
