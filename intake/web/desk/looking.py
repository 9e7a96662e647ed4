"""Writing down who looks. Every view that shows a student's data calls ``look`` before it shows it;
one that shows a record (a page about one student, a document, a picture) calls ``see``.

Actions that no view has written down are written down once they have succeeded: see
``write_action_down``. Who, as what and why follow from the account and from the page.
"""

from collections.abc import Iterable, Mapping

from flask import Response, current_app, g, request
from flask import session as browser
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accounts.roles import Permission
from intake.clock import now
from intake.consents import ledger
from intake.consents.ledger import Actor
from intake.consents.model import Consent, Revocation
from intake.consents.states import ActorKind, EventKind
from intake.db.engine import Database
from intake.disclosures.copies import CopyRequest
from intake.looks.chain import Occasion, Subject, Viewer, give_reason, record_looks
from intake.looks.model import LookBasis, LookKind
from intake.paper.model import ReviewItem, ScannedPaper
from intake.web.desk.access import access, needed_by

_REASON = "desk_reason"
_NEXT = "desk_reason_next"
_OWN_COLUMNS = frozenset({"student_id", "consent_id", "revocation_id"})
_LONGEST_THING = 200
_CHANGES_NOTHING = frozenset(
    {
        None,
        Permission.OWN_ACCOUNT,
        Permission.SEE_STUDENTS,
        Permission.SEE_PROGRAMME,
        Permission.SEE_TRANSLATIONS,
        Permission.SEE_AUDIT,
        Permission.SEE_VIOLATIONS,
    }
)
"""Of others', that is: what one does with one's own account is for the accounts to record."""
_SHOWS_STUDENTS = frozenset(
    {Permission.SEE_STUDENTS, Permission.SEE_AUDIT, Permission.SEE_VIOLATIONS}
)

_BASES: Mapping[str, LookBasis] = {
    "desk.invitation_routes": LookBasis.INVITING,
    "desk.paper_routes": LookBasis.PRINTING,
    "desk.review_routes": LookBasis.REVIEWING,
    "desk.scan_routes": LookBasis.REVIEWING,
    "desk.upload_routes": LookBasis.REVIEWING,
    "desk.matching_routes": LookBasis.MATCHING,
    "desk.revocation_routes": LookBasis.REVOKING,
    "desk.revocation_actions": LookBasis.REVOKING,
    "desk.revocation_start": LookBasis.REVOKING,
    "desk.copy_routes": LookBasis.ANSWERING,
    "desk.reply_routes": LookBasis.ANSWERING,
    "coordinator.campaign_routes": LookBasis.INVITING,
    "coordinator.audit_routes": LookBasis.OVERSIGHT,
    "coordinator.violation_routes": LookBasis.OVERSIGHT,
    "desk.violation_report": LookBasis.OVERSIGHT,
}
"""What the pages of a module are for; other pages of the desk serve families, other pages of the
coordinator run the programme."""


def look(
    session: Session,
    kind: LookKind,
    student_ids: Iterable[str | None],
    *,
    consent_id: str | None = None,
    revocation_id: str | None = None,
) -> None:
    """Write down, in this transaction, that the signed-in person sees these students' data."""
    ids = [student_id for student_id in student_ids if student_id is not None]
    _write(session, kind, [Subject(one, consent_id, revocation_id) for one in ids])


def see(
    session: Session,
    kind: LookKind,
    student_id: str,
    what: str,
    *,
    consent_id: str | None = None,
    revocation_id: str | None = None,
    **more: str,
) -> None:
    """The same for one student, on the ledger too: ``what`` was looked at, never what it says."""
    ledger.record(
        session,
        EventKind.VIEWED,
        at=now(),
        actor=Actor(ActorKind.STAFF, str(current_user.id)),
        student_id=student_id,
        consent_id=consent_id,
        revocation_id=revocation_id,
        data={"what": what, **more},
    )
    look(session, kind, [student_id], consent_id=consent_id, revocation_id=revocation_id)


def look_at(
    kind: LookKind,
    student_ids: Iterable[str | None],
    *,
    consent_id: str | None = None,
    revocation_id: str | None = None,
) -> None:
    """The same in a transaction of its own, for views that only read."""
    ids = [student_id for student_id in student_ids if student_id is not None]
    if not ids:
        return
    with _database().begin() as session:
        look(session, kind, ids, consent_id=consent_id, revocation_id=revocation_id)


def write_export_down(session: Session, student_ids: Iterable[str]) -> None:
    """Write down that a file is saved, and about whom it says something."""
    about = [Subject(student_id) for student_id in student_ids]
    _write(session, LookKind.EXPORTED, about or [Subject()])


def write_action_down(response: Response) -> Response:
    """After a request that did something: write it down, where its view has not."""
    endpoint = request.endpoint or ""
    if request.method in {"GET", "HEAD", "OPTIONS"} or response.status_code >= 400:
        return response
    if not current_user.is_authenticated or g.get("looks_written") or _is_search(endpoint):
        return response
    if needed_by(endpoint) in _CHANGES_NOTHING:
        return response
    with _database().begin() as session:
        _write(session, LookKind.CHANGED, [_subject(session)])
    return response


def must_say_why(needed: Permission | None) -> bool:
    """Whether this person is to say first why they look at students."""
    return needed in _SHOWS_STUDENTS and access().oversees and _reason_id() is None


def remember_page() -> None:
    """Where to go once the reason is given."""
    if request.method == "GET":
        browser[_NEXT] = request.full_path.rstrip("?")


def remembered_page() -> str | None:
    """The page that was asked for before; one of ours, because only we write it down."""
    found: str | None = browser.pop(_NEXT, None)
    return found


def say_why(text: str) -> None:
    """Keep why the signed-in person looks at students, until they sign out."""
    with _database().begin() as session:
        reason_id = give_reason(session, current_user.id, text, at=now())
    browser[_REASON] = [current_user.id, reason_id]


def _reason_id() -> str | None:
    """The reason given in this session, by this very person."""
    staff_id, reason_id = browser.get(_REASON, (None, None))
    return reason_id if staff_id == current_user.id else None


def _write(session: Session, kind: LookKind, subjects: Iterable[Subject]) -> None:
    endpoint = request.endpoint or ""
    found, needed = access(), needed_by(endpoint)
    viewer = Viewer(
        staff_id=str(current_user.id),
        role=found.acting_as(needed or Permission.OWN_ACCOUNT),
        schools=found.schools,
        reason_id=_reason_id() if found.oversees else None,
    )
    basis = LookBasis.OVERSIGHT if found.oversees else _basis(endpoint)
    record_looks(session, viewer, Occasion(endpoint, kind, basis, now()), subjects)
    g.looks_written = True


def _basis(endpoint: str) -> LookBasis:
    module = current_app.view_functions[endpoint].__module__.removeprefix("intake.web.")
    otherwise = LookBasis.SERVING if endpoint.startswith("desk.") else LookBasis.PROGRAMME
    return _BASES.get(module, otherwise)


def _is_search(endpoint: str) -> bool:
    """It only turns what was typed into an address; the page there writes down whom it shows."""
    return endpoint.partition(".")[2].startswith("search_")


def _subject(session: Session) -> Subject:
    """Whom and what the address of this action names."""
    named = {name: str(value) for name, value in (request.view_args or {}).items()}
    student_id, thing = _student_of(session, named), _thing(named)
    return Subject(student_id, named.get("consent_id"), named.get("revocation_id"), thing)


def _student_of(session: Session, named: Mapping[str, str]) -> str | None:
    if "consent_id" in named:
        query = select(Consent.student_id).where(Consent.id == named["consent_id"])
    elif "revocation_id" in named:
        query = select(Revocation.student_id).where(Revocation.id == named["revocation_id"])
    elif "item_id" in named:
        item = select(ReviewItem.paper_id).where(ReviewItem.id == named["item_id"])
        paper = select(ScannedPaper.student_id).where(ScannedPaper.id.in_(item))
        return session.scalars(paper).first()
    elif request.endpoint == "desk.copy_answered":
        query = select(CopyRequest.student_id).where(CopyRequest.id == named["request_id"])
    else:
        return named.get("student_id")
    return session.scalars(query).first()


def _thing(named: Mapping[str, str]) -> str | None:
    """Other ids of the address; none of them says anything of a person."""
    others = [f"{name}={value}" for name, value in named.items() if name not in _OWN_COLUMNS]
    return " ".join(others)[:_LONGEST_THING] or None


def _database() -> Database:
    found: Database = current_app.extensions["intake"].database
    return found
