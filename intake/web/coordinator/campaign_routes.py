"""Campaigns: choose whom to ask, see what would happen, let it run, see how far it is."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from forms.coordinator import CampaignForm, LettersForm, StartForm
from forms.desk import ActionForm
from intake.accounts.roles import Permission
from intake.accounts.staff import names_of
from intake.campaigns.control import (
    CampaignError,
    CampaignUnknown,
    NumbersOutdated,
    changes,
    create,
    find,
    listed,
    pause,
    resume,
    start,
    stop,
)
from intake.campaigns.letters import groups, print_letters
from intake.campaigns.model import Campaign, CampaignState, Way
from intake.campaigns.preview import Numbers, count, estimate, samples
from intake.campaigns.progress import Standing, answers, progress
from intake.clock import now
from intake.looks.model import LookKind
from intake.roster.model import School
from intake.web.coordinator.blueprint import blueprint
from intake.web.coordinator.campaign_form import campaign_form, plan_of
from intake.web.coordinator.campaign_words import campaign_problem, campaign_word, standing_hint
from intake.web.coordinator.numbers import money, number, share
from intake.web.desk.access import needs, scope
from intake.web.desk.blueprint import (
    BY_ITSELF,
    context,
    csrf,
    is_valid,
    staff_id,
)
from intake.web.desk.looking import look

_ACTIONS = {"pause": pause, "resume": resume, "stop": stop}


@blueprint.get("/campaigns")
@needs(Permission.SEE_PROGRAMME)
def campaigns() -> ResponseReturnValue:
    """Every campaign, newest first."""
    with context().database.read() as session:
        counted = answers(session)
        rows = [(one, *counted.get(one.id, (0, 0))) for one in listed(session, scope())]
    return render_template(
        "coordinator/campaigns.html", rows=rows, word=campaign_word, number=number, share=share
    )


@blueprint.route("/campaigns/new", methods=["GET", "POST"])
@needs(Permission.RUN_PROGRAMME)
def new_campaign() -> ResponseReturnValue:
    """Choose whom to ask, and how; nothing is sent."""
    is_post = request.method == "POST"
    with context().database.read() as session:
        form = campaign_form(session, request.form if is_post else None)
    if not is_post:
        return _form_page(form)
    if not is_valid(form):
        return _form_page(form, status=422)
    at = now()
    try:
        with context().database.begin() as session:
            made = create(session, plan_of(form), scope=scope(), staff_id=staff_id(), at=at)
    except CampaignError as error:
        return _form_page(form, problem=campaign_problem(error), status=422)
    count(context().database, context().settings, made.id, at=at)
    return redirect(url_for("coordinator.campaign", campaign_id=made.id), 303)


@blueprint.get("/campaigns/<uuid:campaign_id>")
@needs(Permission.SEE_PROGRAMME)
def campaign(campaign_id: object) -> ResponseReturnValue:
    """A draft: what it would do. Then: how far it is."""
    return _page(str(campaign_id))


@blueprint.post("/campaigns/<uuid:campaign_id>/count")
@needs(Permission.RUN_PROGRAMME)
def count_campaign(campaign_id: object) -> ResponseReturnValue:
    """Count a draft anew."""
    is_valid(ActionForm(request.form, **csrf()))
    with context().database.read() as session:
        found = _known(session, campaign_id)
    if found.state is CampaignState.DRAFT:
        count(context().database, context().settings, found.id, at=now())
    return _back(found.id)


@blueprint.post("/campaigns/<uuid:campaign_id>/start")
@needs(Permission.RUN_PROGRAMME)
def start_campaign(campaign_id: object) -> ResponseReturnValue:
    """Let it run, the numbers confirmed."""
    form = StartForm(request.form, **csrf())
    if not is_valid(form):
        return _page(str(campaign_id), form=form, status=422)
    at = now()
    try:
        with context().database.begin() as session:
            found = _known(session, campaign_id, lock=True)
            start(session, found, confirmed=form.counted.data or "", staff_id=staff_id(), at=at)
    except NumbersOutdated as error:
        count(context().database, context().settings, str(campaign_id), at=at)
        return _page(str(campaign_id), problem=campaign_problem(error), status=409)
    except CampaignError as error:
        return _page(str(campaign_id), problem=campaign_problem(error), status=409)
    flash(gettext("Started. You can close this page: it goes on by itself."))
    return _back(found.id)


@blueprint.post("/campaigns/<uuid:campaign_id>/<any(pause, resume, stop):action>")
@needs(Permission.RUN_PROGRAMME)
def change_campaign(campaign_id: object, action: str) -> ResponseReturnValue:
    """Pause, resume or stop; it counts from the moment of this answer on."""
    is_valid(ActionForm(request.form, **csrf()))
    try:
        with context().database.begin() as session:
            found = _known(session, campaign_id, lock=True)
            _ACTIONS[action](session, found, staff_id=staff_id(), at=now())
    except CampaignError as error:
        return _page(str(campaign_id), problem=campaign_problem(error), status=409)
    return _back(found.id)


@blueprint.post("/campaigns/<uuid:campaign_id>/letters")
@needs(Permission.RUN_PROGRAMME)
def print_campaign_letters(campaign_id: object) -> ResponseReturnValue:
    """One class's letters, as a PDF."""
    form = LettersForm(request.form, **csrf())
    is_valid(form)
    with context().database.read() as session:
        found = _known(session, campaign_id)
    try:
        pdf = print_letters(
            context().database,
            context().settings,
            found.id,
            school_id=form.school.data or "",
            class_id=form.school_class.data or None,
            scope=scope(),
            staff_id=staff_id(),
            at=now(),
            again=bool(form.again.data),
            printed=lambda session, ids: look(session, LookKind.PRINTED, ids),
        )
    except CampaignError as error:
        return _page(found.id, problem=campaign_problem(error), status=409)
    response = Response(pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="letters.pdf"'
    return response


def _form_page(form: CampaignForm, *, problem: str = "", status: int = 200) -> ResponseReturnValue:
    page = render_template("coordinator/campaign_form.html", form=form, problem=problem)
    return page, status


def _page(
    campaign_id: str, *, form: StartForm | None = None, problem: str = "", status: int = 200
) -> ResponseReturnValue:
    with context().database.read() as session:
        found = _known(session, campaign_id)
        history = changes(session, found.id)
        staff = names_of(session, (change.staff_id for change in history))
        schools = _school_names(session, found.schools or [])
        is_draft = found.state is CampaignState.DRAFT
        far = None if is_draft else progress(session, found)
        classes = groups(session, found, scope())
    numbers = Numbers.of(found)
    shown = samples(context().settings, found, numbers) if numbers and is_draft else []
    costs = estimate(shown, context().settings.sms_price, len(found.reminder_days))
    page = render_template(
        "coordinator/campaign_draft.html" if is_draft else "coordinator/campaign.html",
        campaign=found,
        numbers=numbers,
        samples=shown,
        costs=costs,
        money=money,
        progress=far,
        classes=classes,
        history=history,
        staff=staff,
        schools=schools,
        form=form or StartForm(**csrf()),
        action_form=ActionForm(**csrf()),
        problem=problem,
        word=campaign_word,
        hint=standing_hint,
        number=number,
        share=share,
        ways=Way,
        standings=Standing,
        reloads=found.state is CampaignState.RUNNING and request.args.get("reload") != "no",
        by_itself=BY_ITSELF,
    )
    return page, status


def _known(session: Session, campaign_id: object, *, lock: bool = False) -> Campaign:
    try:
        return find(session, str(campaign_id), scope(), lock=lock)
    except CampaignUnknown:
        raise NotFound from None


def _back(campaign_id: str) -> ResponseReturnValue:
    return redirect(url_for("coordinator.campaign", campaign_id=campaign_id), 303)


def _school_names(session: Session, ids: list[str]) -> list[str]:
    return list(
        session.scalars(select(School.name).where(School.id.in_(ids)).order_by(School.name))
    )
