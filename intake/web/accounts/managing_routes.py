"""For administrators: who has an account, with which roles; inviting, disabling, helping."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from forms.accounts import AccessForm, InviteForm, StaffTrainingForm
from forms.desk import ActionForm
from intake.accounts.factors import has_second_factor
from intake.accounts.history import history_of
from intake.accounts.managing import (
    all_staff,
    change_access,
    disable,
    enable,
    reset_factors,
)
from intake.accounts.model import Role, Staff
from intake.accounts.roles import Permission
from intake.accounts.staff import names_of
from intake.accounts.trainings import (
    is_trained,
    record_training,
    trained_on,
    trainings,
)
from intake.clock import local_date, now
from intake.roster.schools import schools_within
from intake.staffing.inviting import invite, invite_again
from intake.web.accounts.blueprint import blueprint
from intake.web.accounts.words import (
    PROBLEMS,
    by_whom,
    event_detail,
    event_word,
    problem_word,
    role_choices,
    role_word,
)
from intake.web.desk.access import needs
from intake.web.desk.blueprint import context, csrf, is_valid, staff_actor

_OF_ONE = "/coordinator/accounts/<uuid:account_id>"


@blueprint.get("/coordinator/accounts")
@needs(Permission.MANAGE_ACCOUNTS)
def accounts() -> ResponseReturnValue:
    """Every account, with what it may do and when it was used last."""
    settings = context().settings
    with context().database.read() as session:
        staff, trained, schools = all_staff(session), trainings(session), _schools(session)
    today = local_date(now(), settings.time_zone)
    lapsed = {
        one.id
        for one in staff
        if not is_trained(trained.get(one.id), settings.staff.training, today=today)
    }
    return render_template(
        "accounts/accounts.html",
        staff=staff, trained=trained, lapsed=lapsed, schools=schools, role_word=role_word,
    )  # fmt: skip


@blueprint.route("/coordinator/accounts/new", methods=["GET", "POST"])
@needs(Permission.MANAGE_ACCOUNTS)
def invite_staff() -> ResponseReturnValue:
    """Invite somebody by email."""
    with context().database.read() as session:
        schools = _schools(session)
    form = InviteForm(
        request.form if request.method == "POST" else None,
        roles=role_choices(), schools=list(schools.items()), **csrf(),
    )  # fmt: skip
    problem = ""
    if request.method == "POST" and is_valid(form):
        try:
            with context().database.begin() as session:
                staff, _ = invite(
                    session, context().settings,
                    email=form.email.data or "", name=form.name.data or "",
                    roles=[Role(role) for role in form.chosen_roles()],
                    schools=form.chosen_schools(), by=staff_actor(), at=now(),
                )  # fmt: skip
        except PROBLEMS as error:
            problem = problem_word(error)
        else:
            flash(gettext("The invitation is on its way. Its link works for 7 days."))
            return redirect(url_for("accounts.one_account", account_id=staff.id), 303)
    page = render_template("accounts/invite.html", form=form, problem=problem)
    return page, 422 if request.method == "POST" else 200


@blueprint.get(_OF_ONE)
@needs(Permission.MANAGE_ACCOUNTS)
def one_account(account_id: object) -> ResponseReturnValue:
    """One account: what can be changed, and its history."""
    return _page(str(account_id))


@blueprint.post(f"{_OF_ONE}/access")
@needs(Permission.MANAGE_ACCOUNTS)
def change_account(account_id: object) -> ResponseReturnValue:
    """Give it other roles or schools."""
    with context().database.read() as session:
        form = _access_form(_known(session, str(account_id)), _schools(session), request.form)
    is_valid(form)

    def change(session: Session, staff: Staff) -> None:
        change_access(
            session, staff, roles=[Role(role) for role in form.chosen_roles()],
            schools=form.chosen_schools(), by=staff_actor(), at=now(),
        )  # fmt: skip

    return _act(str(account_id), change, gettext("Saved. It counts from the next page on."))


@blueprint.post(f"{_OF_ONE}/training")
@needs(Permission.MANAGE_ACCOUNTS)
def train_account(account_id: object) -> ResponseReturnValue:
    """Record that its owner was trained."""
    form = StaffTrainingForm(request.form, **csrf())
    if not is_valid(form) or form.completed_on.data is None:
        return _page(str(account_id), training_form=form, status=422)
    day = form.completed_on.data

    def train(session: Session, staff: Staff) -> None:
        at = now()
        today = local_date(at, context().settings.time_zone)
        record_training(session, staff, day, today=today, by=staff_actor(), at=at)

    return _act(str(account_id), train, gettext("The training is recorded."))


@blueprint.post(f"{_OF_ONE}/<any(disable, enable, invite, reset):what>")
@needs(Permission.MANAGE_ACCOUNTS)
def act_on_account(account_id: object, what: str) -> ResponseReturnValue:
    """Disable or enable it, send the invitation again, reset its second step."""
    is_valid(ActionForm(request.form, **csrf()))
    acts: dict[str, tuple[Callable[[Session, Staff], object], str]] = {
        "disable": (
            lambda session, staff: disable(session, staff, by=staff_actor(), at=now()),
            gettext("The account is disabled, and its owner signed out."),
        ),
        "enable": (
            lambda session, staff: enable(session, staff, by=staff_actor(), at=now()),
            gettext("The account is open again."),
        ),
        "invite": (
            lambda session, staff: invite_again(
                session, context().settings, staff, by=staff_actor(), at=now()
            ),
            gettext("The invitation is on its way. Its link works for 7 days."),
        ),
        "reset": (
            lambda session, staff: reset_factors(session, staff, by=staff_actor(), at=now()),
            gettext("The second step is reset. Its owner sets it up at the next sign-in."),
        ),
    }
    act, done = acts[what]
    return _act(str(account_id), act, done)


def _act(
    account_id: str, act: Callable[[Session, Staff], object], done: str
) -> ResponseReturnValue:
    """Do something to one account, or say why not."""
    try:
        with context().database.begin() as session:
            act(session, _known(session, account_id))
    except PROBLEMS as error:
        return _page(account_id, problem=problem_word(error), status=422)
    flash(done)
    return redirect(url_for("accounts.one_account", account_id=account_id), 303)


def _page(
    account_id: str,
    *,
    problem: str = "",
    training_form: StaffTrainingForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    with context().database.read() as session:
        staff = _known(session, account_id)
        events = history_of(session, account_id)
        page = render_template(
            "accounts/one_account.html",
            staff=staff,
            has_second=has_second_factor(session, staff),
            trained_on=trained_on(session, account_id),
            lasts=context().settings.staff.training,
            events=events,
            names=names_of(session, (event.actor_id for event in events)),
            access_form=_access_form(staff, _schools(session)),
            training_form=training_form or StaffTrainingForm(**csrf()),
            action=ActionForm(**csrf()),
            problem=problem,
            event_word=event_word, event_detail=event_detail, by_whom=by_whom,
        )  # fmt: skip
    return page, status


def _known(session: Session, account_id: str) -> Staff:
    staff = session.get(Staff, account_id)
    if staff is None:
        raise NotFound
    return staff


def _access_form(staff: Staff, schools: dict[str, str], formdata: object = None) -> AccessForm:
    current = {
        "roles": staff.roles, "every_school": staff.schools is None, "schools": staff.schools or []
    }  # fmt: skip
    return AccessForm(
        formdata, roles=role_choices(), schools=list(schools.items()), data=current, **csrf()
    )


def _schools(session: Session) -> dict[str, str]:
    return {school.id: school.name for school in schools_within(session)}
