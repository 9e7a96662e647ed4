"""Partners: how each stands, what is on record of it, and changing that; nothing is deleted."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound

from forms.base import Form
from forms.coordinator import EndForm, NewPartnerForm, PartnerForm
from intake.accounts.roles import Permission
from intake.accounts.staff import names_of
from intake.clock import local_date, now
from intake.consents.ledger import Actor
from intake.consents.states import ActorKind
from intake.partners.errors import InvalidPartner, PartnerUnknown
from intake.partners.history import Editor, PartnerChange, history
from intake.partners.model import PartnerClass
from intake.partners.registry import add_partner, change_partner
from intake.partners.standing import Dossier, dossier, partner_rows
from intake.web.coordinator.blueprint import blueprint
from intake.web.coordinator.partner_entries import ENTRIES
from intake.web.coordinator.partner_words import (
    changed_by,
    field_word,
    partner_word,
    problem,
    role_word,
)
from intake.web.desk.access import needs
from intake.web.desk.blueprint import context, csrf, is_valid, staff_actor

_OF_PARTNER = "/partners/<partner_id>/<any(agreements, schools, people, roles, trainings):kind>"


@blueprint.get("/partners")
@needs(Permission.SEE_PROGRAMME)
def partners() -> ResponseReturnValue:
    """Every partner, with what is current and what lapses."""
    with context().database.read() as session:
        rows = partner_rows(session, on=_today(), soon=_soon())
    return render_template("coordinator/partners.html", rows=rows, soon=_soon(), word=partner_word)


@blueprint.route("/partners/new", methods=["GET", "POST"])
@needs(Permission.RUN_PROGRAMME)
def new_partner() -> ResponseReturnValue:
    """Put an organization on record."""
    form = NewPartnerForm(_posted(), classes=_classes(), **csrf())
    if request.method == "POST" and is_valid(form):
        partner_id = form.id.data or ""
        try:
            with context().database.begin() as session:
                by = _editor()
                add_partner(
                    session, partner_id, form.name.data or "",
                    PartnerClass(form.partner_class.data), at=by.at,
                    contact=form.contact.data, by=by,
                )  # fmt: skip
        except InvalidPartner as error:
            return _form_page(form, gettext("Add a partner"), problem=problem(error))
        return redirect(url_for("coordinator.partner", partner_id=partner_id), 303)
    return _form_page(form, gettext("Add a partner"))


@blueprint.get("/partners/<partner_id>")
@needs(Permission.SEE_PROGRAMME)
def partner(partner_id: str) -> ResponseReturnValue:
    """Everything on record of one partner, and who changed what."""
    with context().database.read() as session:
        found = _known(session, partner_id)
        changes = history(session, partner_id)
        staff = _staff_names(session, changes)
    return render_template(
        "coordinator/partner.html",
        found=found,
        changes=changes,
        changed_by=lambda change: changed_by(Actor(change.actor_kind, change.actor_id), staff),
        told=lambda name, value: _told(found, name, value),
        word=partner_word,
        role_word=role_word,
        field_word=field_word,
        soon=_soon(),
    )


@blueprint.route("/partners/<partner_id>/edit", methods=["GET", "POST"])
@needs(Permission.RUN_PROGRAMME)
def edit_partner(partner_id: str) -> ResponseReturnValue:
    """Correct the name, the class or the contact."""
    with context().database.read() as session:
        found = _known(session, partner_id)
    kept = found.partner
    first = {"name": kept.name, "partner_class": kept.partner_class.value, "contact": kept.contact}
    form = PartnerForm(_posted(), data=first, classes=_classes(), **csrf())
    title = gettext("Change what is on record")
    if request.method == "POST" and is_valid(form):
        try:
            with context().database.begin() as session:
                change_partner(
                    session, partner_id, name=form.name.data or "",
                    partner_class=PartnerClass(form.partner_class.data),
                    contact=form.contact.data, by=_editor(),
                )  # fmt: skip
        except InvalidPartner as error:
            return _form_page(form, title, found, problem=problem(error))
        return _back(partner_id)
    return _form_page(form, title, found)


@blueprint.route(f"{_OF_PARTNER}/new", methods=["GET", "POST"])
@needs(Permission.RUN_PROGRAMME)
def add_to_partner(partner_id: str, kind: str) -> ResponseReturnValue:
    """Add one more; ``?renews=`` fills in what stays the same of an earlier one."""
    entry = ENTRIES[kind]
    with context().database.read() as session:
        found = _known(session, partner_id)
    first = entry.rows(found).get(request.args.get("renews", ""), {})
    form = entry.form(found, _posted(), first)
    if request.method == "POST" and is_valid(form):
        try:
            with context().database.begin() as session:
                entry.add(session, found, form, _editor())
        except (InvalidPartner, PartnerUnknown) as error:
            return _form_page(form, gettext(entry.title), found, problem=problem(error))
        return _back(partner_id)
    return _form_page(form, gettext(entry.title), found)


@blueprint.route(f"{_OF_PARTNER}/<uuid:row_id>/end", methods=["GET", "POST"])
@needs(Permission.RUN_PROGRAMME)
def end_of_partner(partner_id: str, kind: str, row_id: object) -> ResponseReturnValue:
    """Give something its last day; it stays on record."""
    entry = ENTRIES[kind]
    with context().database.read() as session:
        found = _known(session, partner_id)
    row = entry.rows(found).get(str(row_id))
    if row is None or entry.end is None:
        raise NotFound
    form = EndForm(_posted(), data={"last_day": _today()}, **csrf())
    last_day: date | None = form.last_day.data
    if request.method == "POST" and is_valid(form) and last_day is not None:
        with context().database.begin() as session:
            entry.end(session, str(row_id), last_day=last_day, by=_editor())
        return _back(partner_id)
    # TRANSLATORS: heading of a form; "what" is a document, a training, a school, …
    title = gettext("End: %(what)s", what=_what(found, row))
    return _form_page(form, title, found)


def _known(session: Session, partner_id: str) -> Dossier:
    found = dossier(session, partner_id, on=_today(), soon=_soon())
    if found is None:
        raise NotFound
    return found


def _form_page(
    form: Form, title: str, found: Dossier | None = None, *, problem: str = ""
) -> ResponseReturnValue:
    """One form on a page; ``problem`` is why the domain refused it."""
    page = render_template(
        "coordinator/partner_form.html", form=form, title=title, found=found, problem=problem
    )
    return page, 422 if request.method == "POST" else 200


def _back(partner_id: str) -> ResponseReturnValue:
    flash(gettext("Saved. Decisions follow it from now on."))
    return redirect(url_for("coordinator.partner", partner_id=partner_id), 303)


def _what(found: Dossier, row: Mapping[str, Any]) -> str:
    """What is to be ended, for the page's heading."""
    named = {"school": found.schools, "person": found.names}
    values = [named.get(name, {}).get(value, value) for name, value in row.items() if value]
    return ", ".join(role_word(value) for value in values)


def _told(found: Dossier, name: str, value: Any) -> str:
    """A value of the history, readable."""
    named = {"school_id": found.schools, "person_id": found.names}
    if value is None:
        return "–"
    if name == "partner_class":
        return partner_word(PartnerClass(value))
    if name == "role":
        return role_word(value)
    return str(named.get(name, {}).get(value, value))


def _staff_names(session: Session, changes: list[PartnerChange]) -> dict[str, str]:
    ids = (change.actor_id for change in changes if change.actor_kind is ActorKind.STAFF)
    return names_of(session, ids)


def _editor() -> Editor:
    return Editor(staff_actor(), now())


def _today() -> date:
    return local_date(now(), context().settings.time_zone)


def _soon() -> int:
    """How many days before its end something is said to lapse soon: as the first reminder."""
    return max(context().settings.partner_reminder_days, default=0)


def _classes() -> list[tuple[str, str]]:
    return [(kind.value, partner_word(kind)) for kind in PartnerClass]


def _posted() -> MultiDict[str, str] | None:
    return request.form if request.method == "POST" else None
