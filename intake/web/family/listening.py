"""Listening to a document: recordings by people, and what the device's own voice may read."""

from io import BytesIO

from flask import g, send_file
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from forms.document import DocumentText
from intake.documents.recordings import RecordingUnknown, audible, read_recording
from intake.documents.store import DocumentDamaged
from intake.web.family.blueprint import blueprint, installation

_A_YEAR = 365 * 24 * 3600


@blueprint.get("/<language>/listen/<recording_id>")
def listen(recording_id: str) -> ResponseReturnValue:
    """A recording; in parts where the browser asks for parts (Safari plays nothing else)."""
    found = installation()
    with found.database.read() as session:
        try:
            audio, media_type = read_recording(session, found.storage, recording_id)
        except (RecordingUnknown, DocumentDamaged):
            raise NotFound from None
    response = send_file(BytesIO(audio), mimetype=media_type, conditional=True, etag=False)
    # Everybody may hear it, and under this address it never changes.
    response.headers["Cache-Control"] = f"public, max-age={_A_YEAR}, immutable"
    return response


@blueprint.app_template_global()
def recordings_of(text: DocumentText) -> dict[str, str]:
    """Ids of the recordings of a text, by block; looked up once for a page."""
    known: dict[str, dict[str, str]] = g.setdefault("recordings", {})
    key = f"{text.name}/{text.language}"
    if key not in known:
        found = installation()
        with found.database.read() as session:
            known[key] = audible(session, text, drafts=found.settings.demo)
    return known[key]
