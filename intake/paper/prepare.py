"""Everything that the sealed document of a paper says, read in one transaction."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from forms.choices import Relationship
from forms.document import load
from intake.accounts.staff import names_of
from intake.clock import local_date
from intake.consents.dates import is_adult
from intake.consents.revoke import revocable
from intake.consents.tokens import new_receipt_code
from intake.db.base import new_id
from intake.documents.approvals import approved_by
from intake.documents.kept import read_kept
from intake.documents.model import KeptObject
from intake.installation import Installation
from intake.paper.evidence import PaperFacts, ScanFacts
from intake.paper.model import ScanBatch, ScannedPaper, ScanPage
from intake.paper.papers import answer_details, given_answers, group_of, items_of
from intake.paper.questions import Verdict
from intake.paper.situation import signed_text
from intake.roster.model import School, Student


@dataclass(frozen=True, slots=True)
class Prepared:
    """The facts, and the pictures of the pages, in order."""

    facts: PaperFacts
    pictures: tuple[bytes, ...]


def prepare(
    session: Session,
    installation: Installation,
    paper: ScannedPaper,
    verdict: Verdict,
    *,
    at: datetime,
) -> Prepared:
    """Gather it. The paper is ready, so its text and its student are known."""
    items = items_of(session, paper)
    details, given = answer_details(items), given_answers(items)
    together = group_of(session, paper)
    text = signed_text(installation.settings, paper, together.first, details)
    if text is None:
        raise LookupError("a paper is ready only when its text is known")
    student = session.get_one(Student, paper.student_id)
    pages = [session.get_one(ScanPage, page.id) for page in together.pages]
    today = local_date(at, installation.settings.time_zone)
    taken_in_by = session.get_one(ScanBatch, pages[0].file.batch_id).created_by
    facts = PaperFacts(
        id=new_id(),
        paper_id=paper.id,
        waiver_id=paper.waiver_id,
        at=at,
        receipt_code=new_receipt_code(),
        student_id=student.id,
        student_name=student.name,
        birth_date=student.birth_date,
        school=session.get_one(School, student.school_id).name,
        relationship=_relationship(session, student, verdict, today),
        signer_name=details.get("signer_name"),
        granted=verdict.granted,
        text=text,
        english_title=load(text.name, text.version).text("en").title,
        approval=approved_by(session, load(text.name, text.version), text.language),
        scans=tuple(
            ScanFacts(page.file.sha256, page.number, dict(page.findings)) for page in pages
        ),
        answers=tuple(given),
        staff=names_of(session, (*(answer.staff_id for answer in given), taken_in_by)),
        taken_in_by=taken_in_by,
    )
    return Prepared(facts, tuple(_picture(session, installation, page) for page in pages))


def _relationship(
    session: Session, student: Student, verdict: Verdict, today: date
) -> Relationship:
    """By age alone: the form says "parent or guardian", and neither is read from handwriting.

    For a revocation the 18th birthday is the one that the consents were signed under.
    """
    adult = is_adult(student.birth_date, today)
    if verdict.is_revocation:
        adult = today >= revocable(session, student.id)[0].rights_transfer_on
    return Relationship.ELIGIBLE_STUDENT if adult else Relationship.PARENT


def _picture(session: Session, installation: Installation, page: ScanPage) -> bytes:
    kept = session.get_one(KeptObject, page.picture_id)
    return b"".join(read_kept(installation.storage, installation.database.keyring, kept))
