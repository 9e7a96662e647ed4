"""Translations: how each stands, reading one beside its English, approving it, its recordings."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from werkzeug.exceptions import NotFound

from forms.coordinator import ApproveForm, RecordingForm, WithdrawForm
from forms.desk import ActionForm
from forms.document import Block, Document, IncompleteLanguage, documents, load, versions
from intake.accounts.roles import Permission
from intake.clock import now
from intake.documents.approvals import (
    ApprovalRefused,
    ApprovalUnknown,
    TextChanged,
    all_states,
    approve_text,
    text_state,
    withdraw_approval,
)
from intake.documents.recordings import (
    LARGEST_RECORDING,
    BlockRecording,
    RecordingRefused,
    RecordingUnknown,
    add_recording,
    confirm_recording,
    read_recording,
    recording_states,
)
from intake.documents.texts import shown_text
from intake.web.coordinator.blueprint import blueprint
from intake.web.desk.access import needs
from intake.web.desk.blueprint import context, csrf, is_valid, staff_id
from translations import languages

_FORM_ROOM = 64 * 1024
"""Bytes for what a form sends beside its file."""


@dataclass(frozen=True, slots=True)
class _ComparedBlock:
    """A block in both languages, what it must convey, and what there is to hear."""

    block: Block
    english: str
    meanings: tuple[str, ...]
    recording: BlockRecording


@blueprint.get("/translations")
@needs(Permission.SEE_TRANSLATIONS)
def translations() -> ResponseReturnValue:
    """Every document in every language."""
    with context().database.read() as session:
        return render_template("coordinator/translations.html", states=list(all_states(session)))


@blueprint.get("/translations/<name>/<version>/<language>")
@needs(Permission.SEE_TRANSLATIONS)
def translation(name: str, version: str, language: str) -> ResponseReturnValue:
    """One translation beside its English."""
    form = ApproveForm(data={"approver": current_user.name}, **csrf())
    return _translation(_known(name, version, language), language, form, 200)


@blueprint.post("/translations/<name>/<version>/<language>")
@needs(Permission.APPROVE_TRANSLATIONS)
def approve(name: str, version: str, language: str) -> ResponseReturnValue:
    """Approve exactly the words that were on the page."""
    document = _known(name, version, language)
    form = ApproveForm(request.form, **csrf())
    if not is_valid(form):
        return _translation(document, language, form, 422)
    try:
        with context().database.begin() as session:
            approve_text(
                session,
                document,
                language,
                sha256=form.sha256.data or "",
                approver=form.approver.data or "",
                qualification=form.qualification.data or "",
                note=form.note.data or "",
                by=staff_id(),
                at=now(),
            )
    except TextChanged:
        flash(gettext("The words have changed since you opened this page. Read them again."))
        return _translation(document, language, form, 409)
    except ApprovalRefused:
        form.qualification.errors = [gettext("Say what makes this person able to judge.")]
        return _translation(document, language, form, 422)
    flash(gettext("Approved. Families can sign in this language now, as far as all is approved."))
    return _back(document, language)


@blueprint.post("/translations/<name>/<version>/<language>/withdraw/<uuid:approval_id>")
@needs(Permission.APPROVE_TRANSLATIONS)
def withdraw(name: str, version: str, language: str, approval_id: object) -> ResponseReturnValue:
    """Take an approval back."""
    document = _known(name, version, language)
    form = WithdrawForm(request.form, **csrf())
    if not is_valid(form):
        flash(gettext("Say why."))
        return _back(document, language)
    try:
        with context().database.begin() as session:
            withdraw_approval(
                session, str(approval_id), reason=form.reason.data or "", by=staff_id(), at=now()
            )
    except (ApprovalUnknown, ApprovalRefused):
        flash(gettext("This approval was withdrawn already."))
        return _back(document, language)
    flash(gettext("Withdrawn. Families can't sign in this language until it is approved again."))
    return _back(document, language)


@blueprint.post("/translations/<name>/<version>/<language>/recordings")
@needs(Permission.APPROVE_TRANSLATIONS)
def add(name: str, version: str, language: str) -> ResponseReturnValue:
    """Add a recording of one block."""
    document = _known(name, version, language)
    request.max_content_length = LARGEST_RECORDING + _FORM_ROOM
    form = RecordingForm(request.form, **csrf())
    file = request.files.get("audio")
    if not is_valid(form) or file is None:
        flash(gettext("Choose a file, and type the name of the person who reads."))
        return _back(document, language)
    try:
        with context().database.begin() as session:
            add_recording(
                session,
                context().storage,
                shown_text(context().settings, document.name, language, document.version),
                form.block.data or "",
                file.read(),
                reader=form.reader.data or "",
                by=staff_id(),
                at=now(),
            )
    except RecordingRefused:
        flash(gettext("This is no recording that phones can play (MP3, Ogg, M4A), or too large."))
        return _back(document, language)
    flash(gettext("Added. A second person listens to it and confirms it."))
    return _back(document, language)


@blueprint.post("/translations/<name>/<version>/<language>/recordings/<uuid:recording_id>/confirm")
@needs(Permission.APPROVE_TRANSLATIONS)
def confirm(name: str, version: str, language: str, recording_id: object) -> ResponseReturnValue:
    """Somebody has listened: the recording says what is written."""
    document = _known(name, version, language)
    is_valid(ActionForm(request.form, **csrf()))
    try:
        with context().database.begin() as session:
            confirm_recording(session, str(recording_id), by=staff_id(), at=now())
    except RecordingUnknown:
        raise NotFound from None
    flash(gettext("Confirmed. Families can listen to it."))
    return _back(document, language)


@blueprint.get("/recordings/<uuid:recording_id>")
@needs(Permission.SEE_TRANSLATIONS)
def recording(recording_id: object) -> ResponseReturnValue:
    """A recording, confirmed or not."""
    with context().database.read() as session:
        try:
            audio, media_type = read_recording(session, context().storage, str(recording_id))
        except RecordingUnknown:
            raise NotFound from None
    return audio, 200, {"Content-Type": media_type}


def _known(name: str, version: str, language: str) -> Document:
    if name not in documents() or version not in versions(name) or language not in languages():
        raise NotFound
    return load(name, version)


def _back(document: Document, language: str) -> ResponseReturnValue:
    address = url_for(
        "coordinator.translation", name=document.name, version=document.version, language=language
    )
    return redirect(address, 303)


def _translation(
    document: Document, language: str, form: ApproveForm, status: int
) -> ResponseReturnValue:
    settings = context().settings
    with context().database.read() as session:
        state = text_state(session, document, language)
        try:
            text = document.text(language)
            recordings = list(
                recording_states(
                    session, shown_text(settings, document.name, language, document.version)
                )
            )
        except IncompleteLanguage as problem:
            return render_template(
                "coordinator/incomplete.html", state=state, problem=str(problem)
            ), status
    english, meanings = document.text("en"), document.meanings()
    blocks = [
        _ComparedBlock(
            block,
            english.block(block.id).text,
            meanings.get(f"blocks.{block.id}", ()),
            recorded,
        )
        for block, recorded in zip(text.blocks, recordings, strict=True)
    ]
    page = render_template(
        "coordinator/translation.html",
        state=state,
        text=text,
        english=english,
        blocks=blocks,
        form=form,
        withdraw_form=WithdrawForm(**csrf()),
        recording_form=RecordingForm(**csrf()),
        action_form=ActionForm(**csrf()),
        language=languages()[language],
    )
    return page, status
