"""Steps on which a family reads: about, shared, e-signing, and the revocation letter."""

from flask import request
from flask.typing import ResponseReturnValue

from forms.family import CheckForm, EsignForm
from intake.web.family.blueprint import accepts, filled, page, step_route
from intake.web.family.reading import is_draft, taken_back, texts
from intake.web.family.visit import (
    after_document,
    go,
    purpose_of,
    remember_shown,
    stray,
    visit,
)


@step_route("about")
def about(purpose: str, signing_id: str) -> ResponseReturnValue:
    """What this is: voluntary, services unaffected, no effect on immigration status."""
    return _read(purpose, signing_id, "about", "read_about")


@step_route("shared")
def shared(purpose: str, signing_id: str) -> ResponseReturnValue:
    """What is shared, with whom, why, for how long, and how to take it back."""
    return _read(purpose, signing_id, "shared", "read_shared")


@step_route("letter")
def letter(purpose: str, signing_id: str) -> ResponseReturnValue:
    """The revocation letter, before it is signed."""
    return _read(purpose, signing_id, "letter", "read_letter")


@step_route("esign")
def esign(purpose: str, signing_id: str) -> ResponseReturnValue:
    """Agreement to sign electronically; paper is always offered."""
    found = visit(purpose_of(purpose), signing_id)
    elsewhere = stray(found, "esign")
    if elsewhere is not None:
        return elsewhere
    form = filled(EsignForm, data={"accept": bool(found.answers.get("esign"))})
    if request.method == "POST" and accepts(form):
        kept = remember_shown(found, "esign", esign=True)
        return go(kept, after_document(kept, "esign"))
    text, english = texts(found)
    status = 422 if request.method == "POST" else 200
    return page(
        "esign.html", status, form=form, visit=found, step="esign", text=text, english=english,
        draft=is_draft(found.document),
    )  # fmt: skip


def _read(purpose: str, signing_id: str, step: str, key: str) -> ResponseReturnValue:
    found = visit(purpose_of(purpose), signing_id)
    elsewhere = stray(found, step)
    if elsewhere is not None:
        return elsewhere
    form = filled(CheckForm)
    if request.method == "POST" and accepts(form):
        kept = remember_shown(found, step, **{key: True})
        return go(kept, after_document(kept, step))
    text, english = texts(found)
    status = 422 if request.method == "POST" else 200
    return page(
        f"{step}.html", status, form=form, visit=found, step=step, text=text, english=english,
        draft=is_draft(found.document), part=taken_back(found.part) if found.part else None,
    )  # fmt: skip
