"""Steps on which a family says who the student is, who they are, and proves it."""

from flask import request
from flask.typing import ResponseReturnValue

from forms.choices import Relationship
from forms.family import CheckForm, CodeForm, ContactForm, SignerForm, StudentForm
from forms.messages import Message
from forms.text import initials
from intake.consents.answer import check_eligible
from intake.consents.errors import StudentIsAdult, StudentTooYoung
from intake.consents.model import SigningSession
from intake.consents.revoke import check_may_revoke
from intake.consents.signing_sessions import verify_contact
from intake.consents.states import SigningPurpose
from intake.disclosures.access import MayNotInspect, check_age
from intake.messages.codes import CodeResult, check_code, request_code
from intake.messages.configured import available_kinds
from intake.messages.contacts import Contact
from intake.messages.queue import Delivery, delivery_state
from intake.roster.schools import schools_within
from intake.web.family.blueprint import (
    accepts,
    accepts_press,
    filled,
    installation,
    page,
    page_code,
    step_route,
)
from intake.web.family.contact import typed_contact
from intake.web.family.entitlement import student_to_list, student_to_take_back
from intake.web.family.visit import (
    Visit,
    go,
    moment,
    purpose_of,
    remember,
    remember_who,
    stray,
    today,
    visit,
)
from intake.web.family.words import list_refusal

_CODE_PROBLEMS = {
    CodeResult.WRONG: Message("This code is not right. Check the message and write it again."),
    CodeResult.EXPIRED: Message("This code is too old. Press “Send a new code”."),
    CodeResult.TOO_MANY_TRIES: Message("This code was tried too often. Press “Send a new code”."),
}


@step_route("student")
def student(purpose: str, signing_id: str) -> ResponseReturnValue:
    """Whose records they are; from a personal link the school has said it already."""
    found = visit(purpose_of(purpose), signing_id)
    elsewhere = stray(found, "student")
    if elsewhere is not None:
        return elsewhere
    if found.student_id is not None:
        return _known_student(found)
    kept = found.answers
    form = filled(
        StudentForm,
        schools=_schools(),
        today=today(),
        data={
            "student_name": kept.get("student_name"),
            "school_id": kept.get("school_id"),
            "birth_date": kept.get("birth_parts"),
        },
    )
    if request.method == "POST" and accepts(form):
        names = dict(_schools())
        kept_now = remember_who(
            found,
            student_name=form.student_name.data,
            birth_date=form.birth_date.data.isoformat(),
            birth_parts=form.birth_date.parts,
            school_id=form.school_id.data,
            school_name=names[form.school_id.data],
        )
        return go(kept_now, found.after("student"))
    status = 422 if request.method == "POST" else 200
    return page("student.html", status, form=form, visit=found, step="student")


def _known_student(found: Visit) -> ResponseReturnValue:
    form = filled(CheckForm)
    if request.method == "POST" and accepts(form):
        return go(found, found.after("student"))
    status = 422 if request.method == "POST" else 200
    # A link may have reached a stranger: before a code has proven anything, initials have to do.
    named = found.answers["student_name"]
    shown = named if found.verified_contact is not None else initials(named)
    return page(
        "student_known.html", status, form=form, visit=found, step="student", shown_name=shown
    )


@step_route("signer")
def signer(purpose: str, signing_id: str) -> ResponseReturnValue:
    """Parent, guardian, or the student from 18 on."""
    found = visit(purpose_of(purpose), signing_id)
    elsewhere = stray(found, "signer")
    if elsewhere is not None:
        return elsewhere
    form = filled(
        SignerForm,
        data={
            "relationship": found.answers.get("relationship"),
            "signer_name": found.answers.get("signer_name"),
        },
    )
    if request.method == "POST" and accepts(form) and _is_eligible(found, form):
        kept = remember_who(
            found, relationship=form.relationship.data, signer_name=form.signer_name.data
        )
        return go(kept, found.after("signer"))
    status = 422 if request.method == "POST" else 200
    return page("signer.html", status, form=form, visit=found, step="signer")


@step_route("contact")
def contact(purpose: str, signing_id: str) -> ResponseReturnValue:
    """Where a one-time code shall go. The answer is the same whoever the contact belongs to."""
    found = visit(purpose_of(purpose), signing_id)
    elsewhere = stray(found, "contact")
    if elsewhere is not None:
        return elsewhere
    kept = found.answers
    form = filled(
        ContactForm,
        kinds=available_kinds(installation().settings),
        data={
            "contact_kind": kept.get("contact_kind"),
            "phone": kept.get("phone", ""),
            "email": kept.get("email", ""),
        },
    )
    if request.method == "POST" and accepts(form):
        chosen = typed_contact(form)
        if chosen is not None:
            kept_now = remember(
                found,
                contact=chosen.stored,
                contact_kind=form.contact_kind.data,
                phone=form.phone.data,
                email=form.email.data,
            )
            if kept_now.verified_contact == chosen.stored:
                return go(kept_now, found.after("code"))
            _send_code(kept_now, chosen)
            return go(kept_now, "code")
    status = 422 if request.method == "POST" else 200
    return page("contact.html", status, form=form, visit=found, step="contact")


@step_route("code")
def code(purpose: str, signing_id: str) -> ResponseReturnValue:
    """The code that was sent; five tries, ten minutes."""
    found = visit(purpose_of(purpose), signing_id)
    elsewhere = stray(found, "code")
    chosen = found.contact
    if elsewhere is not None or chosen is None:
        return elsewhere or go(found, "contact")
    if found.verified_contact == chosen.stored:
        return _proven(found)
    form = filled(CodeForm)
    if request.method == "POST" and "resend" in request.form:
        if accepts_press(form):
            _send_code(found, chosen)
            return go(found, "code")
    elif request.method == "POST" and accepts(form):
        result = _try_code(found, chosen, form.code.data or "")
        if result is CodeResult.RIGHT:
            return _proven(visit(found.purpose, found.id))
        form.code.errors = [_CODE_PROBLEMS[result]]  # type: ignore[list-item]
    with installation().database.read() as session:
        delivery = delivery_state(session, found.id)
    return page(
        "code.html",
        422 if request.method == "POST" else 200,
        form=form,
        visit=found,
        step="code",
        contact=chosen,
        failed=delivery is Delivery.FAILED,
        stopped=delivery is Delivery.STOPPED,
        phone=installation().settings.partnership_phone,
    )


def _proven(found: Visit) -> ResponseReturnValue:
    """After the right code: on with the waiver; all else needs the right to it too."""
    if found.purpose is SigningPurpose.WAIVER:
        return go(found, found.after("code"))
    if found.purpose is SigningPurpose.DISCLOSURES:
        with installation().database.begin() as session:
            listed = student_to_list(session, found)
            session.get_one(SigningSession, found.id).student_id = listed.id
        return go(found, found.after("code"))
    with installation().database.begin() as session:
        student_id = student_to_take_back(session, found)
        if student_id is None:
            return page("not_entitled.html", 403, visit=found)
        relationship = Relationship(found.answers["relationship"])
        check_may_revoke(session, student_id, relationship, on=today())
        signing = session.get_one(SigningSession, found.id)
        signing.student_id = student_id
    return go(found, found.after("code"))


def _send_code(found: Visit, chosen: Contact) -> None:
    settings = installation().settings
    with installation().database.begin() as session:
        request_code(
            session,
            signing_id=found.id,
            contact=chosen,
            address=request.remote_addr or "unknown",
            language=page_code(),
            partnership=settings.partnership,
            at=moment(),
        )


def _try_code(found: Visit, chosen: Contact, typed: str) -> CodeResult:
    """Right or wrong, the try is counted: it commits either way."""
    with installation().database.begin() as session:
        result = check_code(session, signing_id=found.id, contact=chosen, typed=typed, at=moment())
        if result is CodeResult.RIGHT:
            signing = session.get_one(SigningSession, found.id)
            verify_contact(signing, chosen.stored, at=moment())
    return result


def _is_eligible(found: Visit, form: SignerForm) -> bool:
    relationship = Relationship(form.relationship.data)
    if found.purpose is SigningPurpose.REVOCATION and "birth_date" not in found.answers:
        return True  # by receipt: the letter's own check knows the student
    if found.purpose is SigningPurpose.DISCLOSURES:
        return _has_right_to_list(found, form, relationship)
    try:
        check_eligible(relationship, found.birth_date, on=today())
    except StudentIsAdult:
        form.relationship.errors = [
            Message("This student is 18 or older. Only the student can sign.")  # type: ignore[list-item]
        ]
    except StudentTooYoung:
        form.relationship.errors = [
            Message("This student is younger than 18. A parent or guardian must sign.")  # type: ignore[list-item]
        ]
    else:
        return True
    return False


def _has_right_to_list(found: Visit, form: SignerForm, relationship: Relationship) -> bool:
    try:
        check_age(found.birth_date, relationship, on=today())
    except MayNotInspect as error:
        form.relationship.errors = [Message(list_refusal(error))]  # type: ignore[list-item]
        return False
    return True


def _schools() -> list[tuple[str, str]]:
    with installation().database.read() as session:
        return [(school.id, school.name) for school in schools_within(session)]
