"""Scans: the list of batches, what became of each page, how far a batch is, pages' pictures."""

from datetime import datetime

from flask import Response, abort, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.desk import ActionForm
from intake.accounts.roles import Permission
from intake.looks.model import LookKind
from intake.paper.model import ScannedPaper, ScanPage
from intake.paper.outcomes import BatchState, PageOutcome
from intake.paper.review import page_picture
from intake.paper.summary import summary
from intake.web.desk import scan_words
from intake.web.desk.access import needs, scope
from intake.web.desk.blueprint import (
    BY_ITSELF,
    blueprint,
    context,
    csrf,
    installation,
)
from intake.web.desk.looking import look_at, see
from intake.web.desk.scan_list import Place, batches, first_batches, grouped, page_rows, progress
from pdf.scan.limits import Limits

LARGEST_FILE = Limits().max_file_bytes
_KINDS = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}


@blueprint.get("/scans")
@needs(Permission.SEE_STUDENTS)
def scans() -> ResponseReturnValue:
    """Where files are brought, and the batches so far, newest first."""
    return scans_page(before=_moment(request.args.get("before", "")))


def scans_page(
    *, before: datetime | None = None, problem: str = "", status: int = 200
) -> ResponseReturnValue:
    """The page, where something was wrong with an upload with what to do."""
    with context().database.read() as session:
        found, has_older = batches(session, before=before, scope=scope())
    page = render_template(
        "desk/scans.html",
        batches=found,
        older=found[-1].created_at.isoformat() if has_older else None,
        is_first_page=before is None,
        form=ActionForm(**csrf()),
        largest=LARGEST_FILE,
        scan_words=scan_words,
        problem=problem,
    )
    return page, status


@blueprint.get("/scans/<uuid:batch_id>")
@needs(Permission.SEE_STUDENTS)
def scan_batch(batch_id: object) -> ResponseReturnValue:
    """One batch: how far it is, then what became of each page."""
    asked = request.args.get("show", "")
    outcome = PageOutcome(asked) if asked in {member.value for member in PageOutcome} else None
    with context().database.read() as session:
        far = progress(session, str(batch_id))
        if far is None:
            abort(404)
        told = summary(session, str(batch_id))
        rows, following = page_rows(
            session,
            str(batch_id),
            outcome=outcome,
            after=Place.from_text(request.args.get("after", "")),
            scope=scope(),
        )
        same = [file.same_as for file in told.files if file.same_as is not None]
        first = first_batches(session, same, scope())
    look_at(LookKind.LISTED, [row.student_id for row in rows])
    return render_template(
        "desk/scan_batch.html",
        far=far,
        told=told,
        groups=grouped(rows),
        following=following,
        first_batches=first,
        outcome=outcome,
        outcomes=PageOutcome,
        form=ActionForm(**csrf()),
        scan_words=scan_words,
        by_itself=BY_ITSELF,
    )


@blueprint.get("/scans/<uuid:batch_id>/progress.json")
@needs(Permission.SEE_STUDENTS)
def scan_progress(batch_id: object) -> ResponseReturnValue:
    """How far a batch is, for the page that shows it."""
    with context().database.read() as session:
        far = progress(session, str(batch_id))
    if far is None:
        abort(404)
    return jsonify(
        said=scan_words.progress(far),
        pages=far.pages,
        files=far.files,
        files_read=far.files_read,
        done=far.state is BatchState.DONE,
    )


@blueprint.get("/scans/pages/<uuid:page_id>/picture")
@needs(Permission.SEE_STUDENTS)
def scan_picture(page_id: object) -> ResponseReturnValue:
    """A page as it was scanned, upright. Looking is written down where the student is known."""
    with context().database.read() as session:
        page = session.get(ScanPage, str(page_id))
        try:
            picture = page_picture(session, installation(), str(page_id))
        except LookupError:
            abort(404)
        paper = session.get(ScannedPaper, page.paper_id) if page and page.paper_id else None
    kind = next((kind for begin, kind in _KINDS.items() if picture.startswith(begin)), None)
    if kind is None:
        abort(404)
    if paper is not None and paper.student_id is not None:
        with context().database.begin() as session:
            see(
                session,
                LookKind.PICTURE,
                paper.student_id,
                "scan",
                consent_id=paper.consent_id,
                page=str(page_id),
            )
    return Response(picture, mimetype=kind)


def batch_address(batch_id: str) -> str:
    """Where a batch is shown."""
    return url_for("desk.scan_batch", batch_id=batch_id)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
