"""Receipts: the copy to keep, where things stand, and taking permission back."""

from datetime import timedelta

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.family import CheckForm, ReceiptForm
from forms.messages import Message
from intake.consents.decide import state_on
from intake.consents.model import Consent, Revocation
from intake.consents.narrow import lost_part, part_of
from intake.consents.revoke import REVOCABLE
from intake.consents.signing_sessions import keep_answers, keep_student, start_signing
from intake.consents.states import SigningPurpose
from intake.consents.taking_back import may_take_back
from intake.consents.tokens import normal_receipt_code, receipt_key
from intake.db.limits import Limit, count_attempt, network_of
from intake.documents.store import DocumentDamaged, DocumentMissing, read_document
from intake.revocations.in_person import open_at_desk
from intake.roster.model import Student
from intake.web.desk.sessions import forget_session
from intake.web.family.blueprint import (
    accepts,
    accepts_press,
    blueprint,
    filled,
    installation,
    page,
)
from intake.web.family.reading import taken_back
from intake.web.family.visit import begin, go, moment, today, visit
from intake.web.family.words import STATES

LOOKUPS = Limit("receipt", 600, timedelta(hours=1))
"""Per network: enough for a school's family evening, far too few to guess 80 bits."""


@blueprint.get("/<language>/receipt/<code>")
def receipt(code: str) -> ResponseReturnValue:
    """Where a consent or a revocation stands."""
    return _receipt(code, filled(CheckForm), 200)


def _receipt(code: str, form: CheckForm, status: int) -> ResponseReturnValue:
    with installation().database.begin() as session:
        found = _by_code(session, code)
        if found is None:
            return page("receipt_unknown.html", 404)
        if isinstance(found, Revocation):
            part = taken_back(part_of(found)) if found.is_partial else None
            return page(
                "receipt_revocation.html", revocation=found, code=found.receipt_code, part=part
            )
        revocation = session.get(Revocation, found.revocation_id) if found.revocation_id else None
        state = state_on(found, today())
        lost = lost_part(session, found)
        can_revoke = state in REVOCABLE and may_take_back(session, found)
        return page(
            "receipt.html", status, code=found.receipt_code, said=STATES[state],
            revocation=revocation, can_revoke=can_revoke, form=form,
            part=taken_back(lost) if lost else None,
        )  # fmt: skip


@blueprint.get("/<language>/receipt/<code>/copy.pdf")
def receipt_copy(code: str) -> ResponseReturnValue:
    """The sealed PDF."""
    with installation().database.begin() as session:
        found = _by_code(session, code)
        if found is None or found.document_sha256 is None:
            return page("receipt_unknown.html", 404)
        try:
            pdf = read_document(session, installation().storage, found.document_sha256)
        except (DocumentMissing, DocumentDamaged):
            return page("copy_damaged.html", 500)
    name = "revocation" if isinstance(found, Revocation) else "waiver"
    headers = {
        "Content-Type": "application/pdf",
        "Content-Disposition": f'attachment; filename="{name}-{found.receipt_code}.pdf"',
    }
    return pdf, 200, headers


@blueprint.post("/<language>/receipt/<code>")
def revoke_by_receipt(code: str) -> ResponseReturnValue:
    """Begin to take back what this receipt is for."""
    form = filled(CheckForm)
    if not accepts(form):
        return _receipt(code, form, 422)
    with installation().database.begin() as session:
        consent = _by_code(session, code)
        if not isinstance(consent, Consent):
            return page("receipt_unknown.html", 404)
        if consent.state in REVOCABLE and not may_take_back(session, consent):
            return page("not_entitled.html", 403)
        signing = start_signing(
            session,
            SigningPurpose.REVOCATION,
            at=moment(),
            student_id=consent.student_id,
            consent_id=consent.id,
        )
        keep_student(signing, session.get_one(Student, consent.student_id))
        keep_answers(signing, {"contact": consent.contact})
    begin(signing)
    return go(visit(SigningPurpose.REVOCATION, signing.id), "signer")


@blueprint.route("/<language>/revoke/", methods=["GET", "POST"], strict_slashes=False)
def revoke() -> ResponseReturnValue:
    """The public page: with the receipt's code, or with the student's details and a code."""
    form = filled(ReceiptForm)
    if request.method == "POST" and "details" in request.form:
        if accepts_press(form):
            return _revoke_by_details()
    elif request.method == "POST" and accepts(form):
        code = normal_receipt_code(form.receipt_code.data or "")
        if code is not None:
            return redirect(url_for("family.receipt", code=code), 303)
        form.receipt_code.errors = [
            Message("A receipt code has 16 letters and digits, such as 7K3M-Q2XV-9T4B-HD8R.")  # type: ignore[list-item]
        ]
    return page("revoke.html", 422 if request.method == "POST" else 200, form=form)


@blueprint.get("/<language>/desk-revocation/<token>")
def revoke_at_desk(token: str) -> ResponseReturnValue:
    """The letter that staff opened for a person at the desk; the link works once.

    The tablet may be the very machine at which staff were signed in: that ends here.
    """
    with installation().database.begin() as session:
        signing = open_at_desk(session, token, at=moment())
    forget_session()
    begin(signing)
    return go(visit(SigningPurpose.REVOCATION, signing.id), "letter")


def _revoke_by_details() -> ResponseReturnValue:
    with installation().database.begin() as session:
        signing = start_signing(session, SigningPurpose.REVOCATION, at=moment())
    begin(signing)
    return go(visit(SigningPurpose.REVOCATION, signing.id), "student")


def _by_code(session: Session, typed: str) -> Consent | Revocation | None:
    """What a receipt code is for; every look counts against the network."""
    network = network_of(request.remote_addr or "unknown")
    count_attempt(session, LOOKUPS, network, at=moment())
    code = normal_receipt_code(typed)
    if code is None:
        return None
    key = receipt_key(session, code)
    consent = session.scalars(select(Consent).where(Consent.receipt_key == key)).one_or_none()
    if consent is not None:
        return consent
    return session.scalars(select(Revocation).where(Revocation.receipt_key == key)).one_or_none()
