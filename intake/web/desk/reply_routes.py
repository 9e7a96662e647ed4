"""What families answer to our text messages, and numbers that should be checked."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from forms.choices import ContactKind
from forms.desk import SEARCH_LIMIT, ActionForm, WishForm
from intake.accounts.roles import Permission
from intake.clock import now
from intake.looks.model import LookKind
from intake.messages.contacts import Contact, UnusableContact, parse_contact
from intake.messages.flags import settle_flag
from intake.messages.inbound import settle_reply
from intake.messages.known import students_of
from intake.messages.model import ContactFlag, InboundMessage, StopChannel
from intake.messages.optouts import key_of, start, stop
from intake.roster.scope import EVERY_SCHOOL
from intake.web.desk.access import needs, scope
from intake.web.desk.blueprint import (
    blueprint,
    context,
    csrf,
    is_valid,
    staff_actor,
    staff_id,
)
from intake.web.desk.looking import look, look_at
from intake.web.desk.reply_list import (
    MOST,
    FlagRow,
    ReplyFilter,
    ReplyRow,
    flag_rows,
    reply_rows,
)
from intake.web.desk.sealed_search import seal_search

_Listed = TypeVar("_Listed", InboundMessage, ContactFlag)


@blueprint.get("/replies")
@needs(Permission.SEE_STUDENTS)
def replies() -> ResponseReturnValue:
    """Replies that wait for a person, or the newest of all."""
    shown = ReplyFilter.of(request.args.get("show", ""))
    with context().database.read() as session:
        rows = reply_rows(session, scope(), shown)
    look_at(LookKind.LISTED, _ids(rows))
    return render_template(
        "desk/replies.html",
        rows=rows,
        most=MOST,
        shown=shown.value,
        form=ActionForm(**csrf()),
        sealed_name=_sealed_name,
    )


@blueprint.post("/replies/<uuid:reply_id>/settle")
@needs(Permission.SERVE_FAMILIES)
def settle_one_reply(reply_id: object) -> ResponseReturnValue:
    """A person has read it, and done what it asks for."""
    with _settling(InboundMessage, reply_id) as (session, message):
        settle_reply(session, message.id, scope=scope(), by=staff_actor(), at=now())
    return _settled("desk.replies")


@blueprint.get("/contacts")
@needs(Permission.SEE_STUDENTS)
def contacts() -> ResponseReturnValue:
    """Numbers and addresses that should be checked."""
    return _contacts_page(WishForm(**csrf()), 200)


@blueprint.post("/contacts/<uuid:flag_id>/settle")
@needs(Permission.SERVE_FAMILIES)
def settle_one_contact(flag_id: object) -> ResponseReturnValue:
    """A person has checked the number; if it fails again it comes back."""
    with _settling(ContactFlag, flag_id) as (session, flag):
        settle_flag(session, flag.id, by=staff_id(), at=now())
    return _settled("desk.contacts")


@blueprint.post("/contacts")
@needs(Permission.SERVE_FAMILIES)
def note_wish() -> ResponseReturnValue:
    """Somebody said at the desk, or on the phone, whether they want messages."""
    form = WishForm(request.form, **csrf())
    if not is_valid(form):
        return _contacts_page(form, 422)
    contact = _typed_contact(form)
    if contact is None:
        return _contacts_page(form, 422)
    with context().database.begin() as session:
        is_allowed = _may_change(session, contact)
        if is_allowed:
            _changed(session, key_of(session, contact))
            write = stop if form.wish.data == "stop" else start
            write(session, contact, channel=StopChannel.DESK, by=staff_id(), at=now())
    if not is_allowed:
        form.contact.errors = [gettext("This is on the record of no student whom you may see.")]
        return _contacts_page(form, 422)
    flash(gettext("Written down."))
    return redirect(url_for("desk.contacts"), 303)


def _typed_contact(form: WishForm) -> Contact | None:
    typed = form.contact.data or ""
    kind = ContactKind.EMAIL if "@" in typed or "＠" in typed else ContactKind.PHONE
    try:
        return parse_contact(kind, typed, context().settings.phone_region)
    except UnusableContact:
        form.contact.errors = [gettext("This is no phone number or email address we can use.")]
        return None


def _may_change(session: Session, contact: Contact) -> bool:
    """Everybody's for those who see every school; otherwise only their own students'."""
    key = key_of(session, contact)
    return scope() == EVERY_SCHOOL or key in students_of(session, {key}, scope())


def _changed(session: Session, key: str) -> None:
    """Write down whose contact it was."""
    students = students_of(session, {key}, scope()).get(key, [])
    if students:
        look(session, LookKind.CHANGED, [student.id for student in students])


def _ids(rows: Sequence[ReplyRow | FlagRow]) -> list[str]:
    return list(dict.fromkeys(student.id for row in rows for student in row.students))


@contextmanager
def _settling(kind: type[_Listed], listed_id: object) -> Iterator[tuple[Session, _Listed]]:
    """What a person is done with, in the transaction that says so: its contact was changed."""
    if not is_valid(ActionForm(request.form, **csrf())):
        abort(400)
    with context().database.begin() as session:
        listed = session.get(kind, str(listed_id))
        if listed is None:
            abort(404)
        _changed(session, listed.contact_key)
        yield session, listed


def _settled(back_to: str) -> ResponseReturnValue:
    flash(gettext("Done. It is no longer on the list."))
    return redirect(url_for(back_to), 303)


def _sealed_name(name: str) -> str | None:
    """A student's name for the search of another page; never readable in an address."""
    return seal_search(context().database.keyring, name[:SEARCH_LIMIT]) or None


def _contacts_page(form: WishForm, status: int) -> ResponseReturnValue:
    with context().database.read() as session:
        rows = flag_rows(session, scope())
    look_at(LookKind.LISTED, _ids(rows))
    twilio = context().settings.twilio
    page = render_template(
        "desk/contacts.html",
        rows=rows,
        most=MOST,
        form=form,
        button=ActionForm(**csrf()),
        number=twilio.sender if twilio and twilio.sender.startswith("+") else None,
    )
    return page, status
