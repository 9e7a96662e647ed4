"""Open cases of revocations, the oldest first; one case; its letter, and its evidence."""

from flask import abort, make_response, render_template, request
from flask.typing import ResponseReturnValue

from intake.accounts.roles import Permission
from intake.clock import now
from intake.consents.model import Revocation
from intake.documents.store import read_document
from intake.looks.model import LookKind
from intake.revocations.cases import Place, open_cases
from intake.revocations.evidence import EvidenceUnknown, read_evidence
from intake.web.desk.access import needs, scope
from intake.web.desk.blueprint import blueprint, context
from intake.web.desk.looking import look_at, see
from intake.web.desk.owners import open_staff
from intake.web.desk.revocation_page import case_page
from intake.web.desk.waiver_list import PAGE_SIZE, Cursor
from intake.web.desk.waiver_routes import pdf_response


@blueprint.get("/revocations")
@needs(Permission.SEE_STUDENTS)
def revocations() -> ResponseReturnValue:
    """Cases in which something is still to be done; the oldest is the most urgent."""
    after = Cursor.from_text(request.args.get("after", ""))
    place = Place(after.signed_at, after.consent_id) if after else None
    with context().database.read() as session:
        cases = open_cases(session, after=place, limit=PAGE_SIZE + 1, scope=scope())
        staff = open_staff(session)
    newer = None
    if len(cases) > PAGE_SIZE:
        last = cases[PAGE_SIZE - 1]
        newer = Cursor(last.revocation.signed_at, last.id)
    look_at(LookKind.LISTED, [case.student.id for case in cases[:PAGE_SIZE]])
    return render_template(
        "desk/revocations.html",
        cases=cases[:PAGE_SIZE],
        staff=staff,
        newer=newer,
        is_first_page=after is None,
        at=now(),
    )


@blueprint.get("/revocations/<uuid:revocation_id>")
@needs(Permission.SEE_STUDENTS)
def revocation(revocation_id: object) -> ResponseReturnValue:
    """One case, its history and what can be done. Looking is written down."""
    return case_page(str(revocation_id))


@blueprint.get("/revocations/<uuid:revocation_id>/document.pdf")
@needs(Permission.SEE_STUDENTS)
def revocation_document(revocation_id: object) -> ResponseReturnValue:
    """The sealed letter (or the refusal that counts as one). Looking is written down."""
    with context().database.begin() as session:
        revocation = session.get(Revocation, str(revocation_id))
        if revocation is None or revocation.document_sha256 is None:
            abort(404)
        pdf = read_document(session, context().storage, revocation.document_sha256)
        see(
            session,
            LookKind.DOCUMENT,
            revocation.student_id,
            "document",
            revocation_id=revocation.id,
        )
    return pdf_response(pdf, f"revocation-{revocation.receipt_code}.pdf")


@blueprint.get("/revocations/<uuid:revocation_id>/evidence/<uuid:kept_id>")
@needs(Permission.SEE_STUDENTS)
def revocation_evidence(revocation_id: object, kept_id: object) -> ResponseReturnValue:
    """A file that shows that an identity is hidden; saved, not shown: it comes from outside."""
    with context().database.read() as session:
        try:
            content, kind = read_evidence(
                session, context().storage, str(revocation_id), str(kept_id)
            )
        except EvidenceUnknown:
            abort(404)
        student_id = session.get_one(Revocation, str(revocation_id)).student_id
    look_at(LookKind.DOCUMENT, [student_id], revocation_id=str(revocation_id))
    response = make_response(content)
    response.mimetype = kind
    ending = kind.rpartition("/")[2]
    response.headers["Content-Disposition"] = f'attachment; filename="evidence-{kept_id}.{ending}"'
    return response
