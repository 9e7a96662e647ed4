"""The step on which a family says what it takes back: everything, or a part."""

from flask import request
from flask.typing import ResponseReturnValue

from forms.family import PartForm
from intake.consents.narrow import Part, revocable_parts
from intake.consents.revoke import revocable
from intake.documents.texts import PARTIAL_REVOCATION, is_whole
from intake.web.family.blueprint import accepts, filled, installation, page, page_code, step_route
from intake.web.family.reading import taken_back
from intake.web.family.visit import Visit, go, purpose_of, remember_part, stray, visit


@step_route("part")
def part(purpose: str, signing_id: str) -> ResponseReturnValue:
    """Everything, or a part where the signed waiver allows it; asked only there."""
    found = visit(purpose_of(purpose), signing_id)
    elsewhere = stray(found, "part")
    if elsewhere is not None:
        return elsewhere
    whole = _parts(found)
    if not whole:
        return go(remember_part(found, None), found.after("part"))
    chosen = found.part or Part()
    form = filled(
        PartForm,
        elements=whole.elements,
        partner_classes=whole.partner_classes,
        data={
            "scope": found.answers.get("scope"),
            "elements": list(chosen.elements),
            "partner_classes": list(chosen.partner_classes),
        },
    )
    if request.method == "POST" and accepts(form):
        kept = remember_part(found, _chosen(form) if form.takes_part else None)
        return go(kept, kept.after("part"))
    status = 422 if request.method == "POST" else 200
    return page("part.html", status, form=form, visit=found, step="part", whole=taken_back(whole))


def _parts(found: Visit) -> Part:
    """What can be taken back one by one; nothing where the letter for it lacks this language."""
    if found.student_id is None or not is_whole(PARTIAL_REVOCATION, page_code()):
        return Part()
    with installation().database.read() as session:
        return revocable_parts(revocable(session, found.student_id))


def _chosen(form: PartForm) -> Part:
    return Part(tuple(form.elements.data or ()), tuple(form.partner_classes.data or ()))
