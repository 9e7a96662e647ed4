"""What was printed, and for whom: told when it is printed, asked when it comes back."""

from datetime import datetime

from sqlalchemy.orm import Session

from intake.paper.model import PrintedPaper


def record_printed(
    session: Session,
    *,
    waiver_id: str,
    document: str,
    version: str,
    language: str,
    pages: int,
    student_id: str | None,
    by: str | None,
    at: datetime,
) -> PrintedPaper:
    """Remember one paper, before it leaves the printer."""
    paper = PrintedPaper(
        waiver_id=waiver_id,
        document=document,
        version=version,
        language=language,
        pages=pages,
        student_id=student_id,
        printed_at=at,
        printed_by=by,
    )
    session.add(paper)
    session.flush()
    return paper
