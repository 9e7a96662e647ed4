"""The page of one revocation's case: what it shows, and its forms."""

from dataclasses import dataclass
from typing import Any

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from forms.cases import AssignForm, DeadLetterForm, EvidenceForm, ToldForm
from forms.desk import ActionForm
from intake.accounts.model import Staff
from intake.clock import now
from intake.looks.model import LookKind
from intake.revocations.actions import can_own
from intake.revocations.cases import Case, CaseUnknown, Stage, find_case
from intake.revocations.history import HistoryEntry, history
from intake.revocations.model import ToldHow
from intake.sharing.dead_letters import dead_letters
from intake.sharing.model import Publication
from intake.web.desk import words
from intake.web.desk.blueprint import context, csrf
from intake.web.desk.looking import see
from intake.web.desk.owners import assign_form, open_staff, possible_owners

TOLD_BY_PERSON = (ToldHow.IN_PERSON, ToldHow.BY_PHONE, ToldHow.BY_LETTER, ToldHow.CANNOT)


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case with everything around it."""

    case: Case
    entries: tuple[HistoryEntry, ...]
    letters: tuple[Publication, ...]
    owners: dict[str, str]
    """Names of the accounts that it can be given to, by id."""
    owner: str
    told_by: str


def looked_at(revocation_id: str) -> CaseView:
    """The case for a page that shows it, with an entry in the ledger that staff saw it."""
    with context().database.begin() as session:
        view = _view(session, revocation_id)
        student_id = view.case.revocation.student_id
        see(session, LookKind.READ, student_id, "case", revocation_id=revocation_id)
        return view


def case_page(
    revocation_id: str,
    *,
    status: int = 200,
    problem: str = "",
    evidence: EvidenceForm | None = None,
    told: ToldForm | None = None,
    assignment: AssignForm | None = None,
    letter: DeadLetterForm | None = None,
) -> ResponseReturnValue:
    """The page; a form that was filled in wrongly is given, to be shown again."""
    view = looked_at(revocation_id)
    forms = (evidence, told, assignment, letter)
    page = render_template(
        "desk/revocation.html",
        view=view,
        case=view.case,
        stages=Stage,
        problem=problem,
        evidence_form=evidence or evidence_form(view.case),
        told_form=told or told_form(),
        assign_form=assignment or assign_form(view.owners, data={"owner": view.case.owner_id}),
        letter_form=letter or DeadLetterForm(**csrf()),
        take_form=ActionForm(**csrf()),
        is_mine=view.case.owner_id == current_user.id,
        has_error=bool(problem or any(form and form.errors for form in forms)),
        at=now(),
    )
    return page, status


def evidence_form(case: Case, formdata: Any = None) -> EvidenceForm:
    """For the destinations whose word is missing."""
    destinations = [(one.destination_id, one.destination_id) for one in case.unconfirmed]
    return EvidenceForm(formdata, destinations=destinations, **csrf())


def told_form(formdata: Any = None) -> ToldForm:
    """How a person can tell a family."""
    ways = [(way.value, words.word(way)) for way in TOLD_BY_PERSON]
    return ToldForm(formdata, ways=ways, **csrf())


def case_owners(session: Session, case: Case) -> dict[str, str]:
    """Those who may see the case's student: whom it can be given to."""
    return possible_owners(session, lambda access: can_own(access, case.student.school_id))


def known_case(session: Session, revocation_id: str) -> Case:
    """The case, or the page for an address that leads nowhere."""
    try:
        return find_case(session, revocation_id)
    except CaseUnknown:
        abort(404)


def _view(session: Session, revocation_id: str) -> CaseView:
    case = known_case(session, revocation_id)
    staff = open_staff(session)
    teller = session.get(Staff, case.family.by) if case.family.by else None
    dead = {id for one in case.destinations for id in one.dead_letters}
    return CaseView(
        case=case,
        entries=tuple(history(session, case.revocation)),
        letters=tuple(
            one for one in dead_letters(session, revocation_id=case.id) if one.id in dead
        ),
        owners=case_owners(session, case),
        owner=staff.get(case.owner_id or "", ""),
        told_by=teller.name if teller else "",
    )
