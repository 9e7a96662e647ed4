"""Open revocations, oldest first, and a revocation's letter."""

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from intake.clock import now
from intake.consents import ledger
from intake.consents.model import Revocation
from intake.consents.states import EventKind
from intake.documents.store import read_document
from intake.roster.model import School, Student
from intake.web.desk.blueprint import blueprint, context, staff_actor
from intake.web.desk.waiver_list import PAGE_SIZE, Cursor
from intake.web.desk.waiver_page import revocation_views
from intake.web.desk.waiver_routes import pdf_response


@blueprint.get("/revocations")
def revocations() -> ResponseReturnValue:
    """Revocations that some sharing system has not confirmed yet; the oldest is the most urgent."""
    after = Cursor.from_text(request.args.get("after", ""))
    with context().database.read() as session:
        found = _open_revocations(session, after)
        views = revocation_views(session, [revocation for revocation, _, _ in found])
    rows = [(views[revocation.id], student, school) for revocation, student, school in found]
    newer = None
    if len(rows) > PAGE_SIZE:
        last = rows[PAGE_SIZE - 1][0].revocation
        newer = Cursor(last.signed_at, last.id)
    return render_template(
        "desk/revocations.html",
        rows=rows[:PAGE_SIZE],
        newer=newer,
        is_first_page=after is None,
        at=now(),
    )


@blueprint.get("/revocations/<uuid:revocation_id>/document.pdf")
def revocation_document(revocation_id: object) -> ResponseReturnValue:
    """The sealed letter (or the refusal that counts as one). Looking is written down."""
    with context().database.begin() as session:
        revocation = session.get(Revocation, str(revocation_id))
        if revocation is None or revocation.document_sha256 is None:
            abort(404)
        pdf = read_document(session, context().storage, revocation.document_sha256)
        ledger.record(
            session,
            EventKind.VIEWED,
            at=now(),
            actor=staff_actor(),
            student_id=revocation.student_id,
            revocation_id=revocation.id,
            data={"what": "document"},
        )
    return pdf_response(pdf, f"revocation-{revocation.receipt_code}.pdf")


def _open_revocations(
    session: Session, after: Cursor | None
) -> list[tuple[Revocation, Student, School]]:
    query = (
        select(Revocation, Student, School)
        .join(Student, Student.id == Revocation.student_id)
        .join(School, School.id == Student.school_id)
        .options(selectinload(Revocation.consents))
        .where(Revocation.completed_at.is_(None))
        .order_by(Revocation.signed_at, Revocation.id)
        .limit(PAGE_SIZE + 1)
    )
    if after is not None:
        later = Revocation.signed_at > after.signed_at
        same = (Revocation.signed_at == after.signed_at) & (Revocation.id > after.consent_id)
        query = query.where(later | same)
    return [(*found,) for found in session.execute(query)]
