"""Documents: every version in every language, which is in force, and publishing one."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import NotFound

from forms.coordinator import PublishForm
from forms.desk import ActionForm
from forms.document import Document, UnknownDocument, load
from intake.accounts.roles import Permission
from intake.clock import local_date, now
from intake.documents.releases import ReleaseRefused, publish, withdraw
from intake.figures.documents import document_views, record_lines
from intake.web.coordinator.blueprint import blueprint
from intake.web.coordinator.document_words import document_word, refusal, standing_word
from intake.web.coordinator.numbers import number
from intake.web.desk.access import needs
from intake.web.desk.blueprint import context, csrf, is_valid, staff_actor


@blueprint.get("/documents")
@needs(Permission.SEE_PROGRAMME)
def legal_documents() -> ResponseReturnValue:
    """Every document, its versions, and the record of what was published."""
    return _page(200)


@blueprint.post("/documents/<name>/<version>/publish")
@needs(Permission.RUN_PROGRAMME)
def publish_document(name: str, version: str) -> ResponseReturnValue:
    """Offer a version to families from a day on."""
    document = _known(name, version)
    form = PublishForm(request.form, **csrf())
    day = form.in_force_from.data if is_valid(form) else None
    if day is None:
        flash(gettext("Type the first day, and tick the box."))
        return _page(422)
    at = now()
    try:
        with context().database.begin() as session:
            publish(
                session,
                document,
                in_force_from=day,
                today=local_date(at, context().settings.time_zone),
                by=staff_actor(),
                at=at,
                note=form.note.data or "",
            )
    except ReleaseRefused as refused:
        flash(refusal(refused))
        return _page(409)
    flash(gettext("Published. Families are offered it from its first day on."))
    return _back()


@blueprint.post("/documents/record/<int:sequence>/withdraw")
@needs(Permission.RUN_PROGRAMME)
def withdraw_publication(sequence: int) -> ResponseReturnValue:
    """Take a publication back before its day has come."""
    is_valid(ActionForm(request.form, **csrf()))
    at = now()
    try:
        with context().database.begin() as session:
            today = local_date(at, context().settings.time_zone)
            withdraw(session, sequence, today=today, by=staff_actor(), at=at)
    except ReleaseRefused as refused:
        flash(refusal(refused))
        return _page(409)
    flash(gettext("Taken back. Nothing changes on that day."))
    return _back()


def _page(status: int) -> ResponseReturnValue:
    at = now()
    today = local_date(at, context().settings.time_zone)
    with context().database.read() as session:
        page = render_template(
            "coordinator/documents.html",
            documents=document_views(session, today=today),
            record=record_lines(session, today=today),
            document_word=document_word,
            standing_word=standing_word,
            number=number,
            publish_form=PublishForm(data={"in_force_from": today}, **csrf()),
            action_form=ActionForm(**csrf()),
        )
    return page, status


def _known(name: str, version: str) -> Document:
    try:
        return load(name, version)
    except UnknownDocument:
        raise NotFound from None


def _back() -> ResponseReturnValue:
    return redirect(url_for("coordinator.legal_documents"), 303)
