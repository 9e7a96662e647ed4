"""Original scans and page pictures end by destroying their keys, wherever copies of them are."""

from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from intake.documents.kept import destroy_kept
from intake.documents.model import KeptObject
from intake.installation import Installation
from intake.paper.model import PageOutcome, ScanBatch, ScanFile, ScannedPaper, ScanPage

_BATCH = 100


def destroy_due(installation: Installation, *, at: datetime) -> int:
    """Destroy the scans whose last page was settled long enough ago; returns how many files.

    A file with a page that waits for a person is never destroyed, nor one that isn't read yet.
    """
    before = at - timedelta(days=installation.settings.scan_retention_days)
    total = 0
    while True:
        with installation.database.begin() as session:
            files = _due(session, before)
            paths = [
                destroy_kept(kept, at=at) for file in files for kept in _kept_of(session, file)
            ]
        for path in paths:  # the keys are gone: what is left can't be read by anybody
            installation.storage.delete(path)
        total += len(files)
        if len(files) < _BATCH:
            return total


def _due(session: Session, before: datetime) -> list[ScanFile]:
    is_open = or_(
        ScanPage.outcome.is_(None),
        ScanPage.outcome == PageOutcome.REVIEW,
        ScannedPaper.settled_at > before,
    )
    still_needed = (
        select(ScanPage.id)
        .outerjoin(ScannedPaper, ScannedPaper.id == ScanPage.paper_id)
        .where(and_(ScanPage.file_id == ScanFile.id, is_open))
        .exists()
    )
    query = (
        select(ScanFile)
        .join(ScanBatch, ScanBatch.id == ScanFile.batch_id)
        .join(KeptObject, KeptObject.id == ScanFile.original_id)
        .where(
            ScanBatch.finished_at <= before,
            KeptObject.wrapped_key.is_not(None),
            ~still_needed,
        )
        .order_by(ScanFile.id)
        .limit(_BATCH)
    )
    return list(session.scalars(query))


def _kept_of(session: Session, file: ScanFile) -> list[KeptObject]:
    pictures = select(ScanPage.picture_id).where(ScanPage.file_id == file.id)
    query = select(KeptObject).where(
        or_(KeptObject.id == file.original_id, KeptObject.id.in_(pictures)),
        KeptObject.wrapped_key.is_not(None),
    )
    return list(session.scalars(query))
