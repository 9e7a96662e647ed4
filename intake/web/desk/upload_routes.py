"""Bringing scans: as a form with files or, file by file, by the page's script.

A file goes to the store as it arrives; nothing of it is held in memory.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, BinaryIO, cast
from urllib.parse import unquote

from flask import abort, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge

from forms.desk import ActionForm
from intake.accounts.roles import Permission
from intake.clock import now
from intake.paper.batches import BatchClosed, BatchUnknown, add_file, close_batch, open_batch
from intake.paper.outcomes import BatchSource
from intake.web.desk.access import needs
from intake.web.desk.blueprint import (
    blueprint,
    context,
    csrf,
    installation,
    is_valid,
    staff_id,
)
from intake.web.desk.scan_routes import LARGEST_FILE, batch_address, scans_page
from pdf.scan.limits import Refusal
from pdf.scan.sentences import SENTENCES

LARGEST_FORM = 4 * LARGEST_FILE
"""Bytes of all files of one form, which is only sent where there is no JavaScript."""


@blueprint.post("/scans")
@needs(Permission.SERVE_FAMILIES)
def bring_scans() -> ResponseReturnValue:
    """Take in the files of a form; they are read in the background."""
    request.max_content_length = LARGEST_FORM
    try:
        files = [file for file in request.files.getlist("files") if file.filename]
        is_valid(ActionForm(request.form, **csrf()))
    except RequestEntityTooLarge:
        message = gettext("These files are too large to be sent at once. Send them one by one.")
        return scans_page(problem=message, status=413)
    if not files:
        message = gettext("Choose the files first: what the scanner or the phone has saved.")
        return scans_page(problem=message, status=422)
    batch_id = _new_batch()
    for file in files:
        add_file(installation(), batch_id, _name(file), _bytes(file.stream), at=now())
    _close(batch_id)
    return redirect(batch_address(batch_id), 303)


@blueprint.post("/scans/begin")
@needs(Permission.SERVE_FAMILIES)
def begin_batch() -> ResponseReturnValue:
    """A batch to send files to, one by one."""
    is_valid(_token_form())
    return jsonify(address=batch_address(_new_batch()))


@blueprint.post("/scans/<uuid:batch_id>/files")
@needs(Permission.SERVE_FAMILIES)
def bring_file(batch_id: object) -> ResponseReturnValue:
    """One file: the request's body, as it is."""
    request.max_content_length = LARGEST_FILE
    is_valid(_token_form())
    name = unquote(request.headers.get("X-File-Name", ""))
    try:
        with _known_batch():
            added = add_file(installation(), str(batch_id), name, _bytes(request.stream), at=now())
    except RequestEntityTooLarge:
        return jsonify(problem=gettext(SENTENCES[Refusal.TOO_LARGE_FILE])), 413
    except BatchClosed:
        return jsonify(problem=gettext("This stack is being read already. Begin a new one.")), 409
    return jsonify(taken_in_before=added.same_as is not None)


@blueprint.post("/scans/<uuid:batch_id>/read")
@needs(Permission.SERVE_FAMILIES)
def read_batch(batch_id: object) -> ResponseReturnValue:
    """No more files come: let it be read."""
    is_valid(ActionForm(request.form, **csrf()))
    with _known_batch():
        _close(str(batch_id))
    return redirect(batch_address(str(batch_id)), 303)


def _new_batch() -> str:
    with context().database.begin() as session:
        batch = open_batch(session, source=BatchSource.DESK, created_by=staff_id(), at=now())
        return batch.id


def _close(batch_id: str) -> None:
    with context().database.begin() as session:
        close_batch(session, batch_id)


def _name(file: FileStorage) -> str:
    return file.filename or ""


def _bytes(stream: IO[bytes]) -> BinaryIO:
    """One and the same; the type checker keeps them apart."""
    return cast(BinaryIO, stream)


def _token_form() -> ActionForm:
    """The token of a request whose body is a file stands in a header."""
    sent: MultiDict[str, Any] = MultiDict({"csrf_token": request.headers.get("X-CSRF-Token", "")})
    return ActionForm(sent, **csrf())


@contextmanager
def _known_batch() -> Iterator[None]:
    try:
        yield
    except BatchUnknown:
        abort(404)
