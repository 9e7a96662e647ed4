"""Steps on which a family decides, signs, checks, and is done."""

from flask import request
from flask.typing import ResponseReturnValue

from forms.choices import Relationship, SignatureMethod
from forms.family import RELATIONSHIP_LABELS, CheckForm, DecideForm, SignForm
from forms.fields import parse_strokes
from intake.consents.errors import NotEligibleToSign
from intake.consents.model import Consent, Revocation
from intake.consents.narrow import part_of
from intake.consents.states import Channel, SigningPurpose
from intake.signing import (
    GivenSignature,
    RevocationSubmission,
    StudentFacts,
    WaiverSubmission,
    submit_revocation,
    submit_waiver,
)
from intake.web.family.blueprint import (
    accepts,
    filled,
    installation,
    page,
    page_code,
    step_route,
)
from intake.web.family.reading import is_draft, taken_back, texts
from intake.web.family.visit import (
    Visit,
    after_document,
    go,
    moment,
    purpose_of,
    remember_shown,
    seen_as,
    stray,
    visit,
)
from intake.web.wording import page_language


@step_route("decide")
def decide(purpose: str, signing_id: str) -> ResponseReturnValue:
    """Yes or no, of equal weight."""
    found = visit(purpose_of(purpose), signing_id)
    elsewhere = stray(found, "decide")
    if elsewhere is not None:
        return elsewhere
    form = filled(DecideForm, data={"decision": found.answers.get("decision")})
    if request.method == "POST" and accepts(form):
        kept = remember_shown(found, "decide", decision=form.decision.data)
        return go(kept, after_document(kept, "decide"))
    text, english = texts(found)
    status = 422 if request.method == "POST" else 200
    return page(
        "decide.html", status, form=form, visit=found, step="decide", text=text, english=english,
        draft=is_draft(found.document),
    )  # fmt: skip


@step_route("sign")
def sign(purpose: str, signing_id: str) -> ResponseReturnValue:
    """Draw, type, or make a mark with a witness; or print and sign on paper."""
    found = visit(purpose_of(purpose), signing_id)
    elsewhere = stray(found, "sign")
    if elsewhere is not None:
        return elsewhere
    form = filled(SignForm, data=_kept_signature(found))
    if request.method == "POST" and accepts(form):
        return go(remember_shown(found, "sign", signature=form.given()), found.after("sign"))
    text, english = texts(found)
    is_waiver = found.purpose is SigningPurpose.WAIVER
    statement = "consent_statement" if is_waiver else "revocation_statement"
    status = 422 if request.method == "POST" else 200
    return page(
        "sign.html", status, form=form, visit=found, step="sign", text=text, english=english,
        statement=statement, draft=is_draft(found.document),
    )  # fmt: skip


@step_route("check")
def check(purpose: str, signing_id: str) -> ResponseReturnValue:
    """Everything once more, and the button that sends it. Pressing it twice sends it once."""
    found = visit(purpose_of(purpose), signing_id)
    elsewhere = stray(found, "check")
    if elsewhere is not None:
        return elsewhere
    unread = found.not_shown_as(seen_as(found.document))
    if unread is not None:
        return go(found, unread)
    form = filled(CheckForm)
    if request.method == "POST" and accepts(form):
        return _submit(found)
    status = 422 if request.method == "POST" else 200
    relationship = Relationship(found.answers["relationship"])
    return page(
        "check.html", status, form=form, visit=found, step="check",
        relationship_label=RELATIONSHIP_LABELS[relationship], draft=is_draft(found.document),
        birth_date=_typed_birth_date(found), part=taken_back(found.part) if found.part else None,
    )  # fmt: skip


@step_route("done")
def done(purpose: str, signing_id: str) -> ResponseReturnValue:
    """What was recorded, the copy to keep, and how to take it back."""
    found = visit(purpose_of(purpose), signing_id)
    if not found.is_finished:
        return go(found, found.first_missing("check") or "check")
    with installation().database.read() as session:
        if found.purpose is SigningPurpose.WAIVER:
            consent = session.get_one(Consent, found.consent_id)
            return page("done.html", consent=consent, code=consent.receipt_code)
        revocation = session.get_one(Revocation, found.revocation_id)
    part = taken_back(part_of(revocation)) if revocation.is_partial else None
    return page("revoked.html", revocation=revocation, code=revocation.receipt_code, part=part)


def _typed_birth_date(found: Visit) -> str | None:
    """A typed date as we understood it; what the school knows isn't for whoever has a link."""
    if "birth_parts" not in found.answers:
        return None
    return page_language().long_date(found.birth_date)


def _submit(found: Visit) -> ResponseReturnValue:
    try:
        if found.purpose is SigningPurpose.WAIVER:
            submit_waiver(installation(), _waiver(found), at=moment())
        else:
            submit_revocation(installation(), _revocation(found), at=moment())
    except NotEligibleToSign:
        return go(found, "signer")
    return go(visit(found.purpose, found.id), "done")


def _waiver(found: Visit) -> WaiverSubmission:
    answers = found.answers
    contact = found.contact
    if contact is None and not found.at_desk:
        raise KeyError("contact")
    granted = answers["decision"] == "yes"
    return WaiverSubmission(
        signing_id=found.id,
        language=page_code(),
        student=StudentFacts(
            name=answers["student_name"],
            birth_date=found.birth_date,
            school_id=answers["school_id"],
            known_id=found.student_id,
        ),
        signer_name=answers["signer_name"],
        relationship=Relationship(answers["relationship"]),
        contact=contact,
        granted=granted,
        signature=_signature(answers) if granted else None,
        channel=Channel.DESK if found.at_desk else Channel.ONLINE,
        vouched=found.vouched,
    )


def _revocation(found: Visit) -> RevocationSubmission:
    if found.student_id is None:
        raise KeyError("student")
    return RevocationSubmission(
        signing_id=found.id,
        language=page_code(),
        student_id=found.student_id,
        signer_name=found.answers["signer_name"],
        relationship=Relationship(found.answers["relationship"]),
        contact=found.contact,
        signature=_signature(found.answers),
        channel=Channel.DESK if found.at_desk else Channel.ONLINE,
        part=found.part,
        vouched=found.vouched,
    )


def _signature(answers: dict) -> GivenSignature:  # type: ignore[type-arg]
    kept = answers["signature"]
    method = SignatureMethod(kept["method"])
    return GivenSignature(
        method=method,
        name=kept["typed_name"] if method is SignatureMethod.TYPED else answers["signer_name"],
        drawn=parse_strokes(kept["strokes"]) if kept["strokes"] else None,
        witness=kept["witness"] or None,
    )


def _kept_signature(found: Visit) -> dict[str, str]:
    kept = found.answers.get("signature") or {}
    drawn = kept.get("method") == SignatureMethod.DRAWN
    return {
        "method": kept.get("method", ""),
        "signature": kept.get("strokes", "") if drawn else "",
        "mark_drawing": "" if drawn else kept.get("strokes", ""),
        "typed_name": kept.get("typed_name", ""),
        "witness_name": kept.get("witness", ""),
    }
