"""Reading the files of a batch: each page is recorded in a short transaction of its own."""

import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

from sqlalchemy import func, select

from intake.documents.kept import keep, put_kept, read_kept
from intake.documents.model import KeptKind, KeptObject
from intake.documents.store import DocumentDamaged
from intake.installation import Installation
from intake.paper.model import OutcomeReason, PageOutcome, ScanBatch, ScanFile, ScanPage
from intake.paper.reading import PageRefusal, Reader, ReadPage, findings_json

LEASE_TIME = timedelta(minutes=5)
"""So long a batch belongs to whoever reads it; renewed while its pages are read."""
_DAMAGED = "original_damaged"


class Lease:
    """Keeps the batch ours while its pages are read, however long that takes."""

    def __init__(self, installation: Installation, batch_id: str, at: datetime) -> None:
        self._installation, self._batch_id = installation, batch_id
        self._at, self._started = at, time.monotonic()
        self._renewed = self._started

    def renew(self) -> None:
        now = time.monotonic()
        if now - self._renewed < LEASE_TIME.total_seconds() / 10:
            return
        self._renewed = now
        until = self._at + timedelta(seconds=now - self._started) + LEASE_TIME
        with self._installation.database.begin() as session:
            session.get_one(ScanBatch, self._batch_id).claimed_until = until


def read_file(
    installation: Installation,
    file: ScanFile,
    reader: Reader,
    lease: Lease,
    *,
    at: datetime,
    page_read: Callable[[], None],
) -> None:
    """Read what of a file has not been recorded yet, and record it page by page."""
    with tempfile.TemporaryDirectory(prefix="intake-scan-") as folder:
        path = Path(folder) / "scan"  # nothing of the file's own name
        with installation.database.read() as session:
            done = set(session.scalars(select(ScanPage.number).where(ScanPage.file_id == file.id)))
            kept = session.get_one(KeptObject, file.original_id)
        refusal = None if _wrote(installation, kept, path) else _DAMAGED
        for result in reader(path, without=done) if refusal is None else ():
            lease.renew()
            if isinstance(result, PageRefusal) and result.number is None:
                refusal = result.reason
                break
            if result.number not in done:
                _record_page(installation, file, result, at=at)
                page_read()
    with installation.database.begin() as session:
        row = session.get_one(ScanFile, file.id)
        query = select(func.count()).where(ScanPage.file_id == file.id)
        row.pages = session.scalars(query).one()
        row.refusal = refusal


def _wrote(installation: Installation, kept: KeptObject, path: Path) -> bool:
    """The original as a plain file, for the reader alone; whether it is whole."""
    try:
        with path.open("wb") as plain:
            for part in read_kept(installation.storage, installation.database.keyring, kept):
                plain.write(part)
    except DocumentDamaged:
        return False
    return True


def _record_page(
    installation: Installation, file: ScanFile, result: ReadPage | PageRefusal, *, at: datetime
) -> None:
    if isinstance(result, PageRefusal):
        with installation.database.begin() as session:
            session.add(
                ScanPage(
                    file_id=file.id,
                    number=result.number,
                    findings={"refused": result.reason},
                    outcome=PageOutcome.REJECTED,
                    reason=OutcomeReason.REFUSED,
                )
            )
        return
    ring = installation.database.keyring
    stored = put_kept(installation.storage, ring, BytesIO(result.picture))
    try:
        with installation.database.begin() as session:
            code = result.findings.code
            session.add(
                ScanPage(
                    file_id=file.id,
                    number=result.number,
                    findings=findings_json(result.findings),
                    picture_id=keep(session, stored, KeptKind.PICTURE, at=at).id,
                    waiver_id=code.waiver_id if code else None,
                    waiver_page=code.page if code else None,
                )
            )
    except BaseException:
        installation.storage.discard(stored)
        raise
