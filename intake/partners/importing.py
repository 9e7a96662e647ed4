"""Partners from a TOML file: what is in it is added, what is there already stays.

Reading the same file again changes nothing, so a partnership keeps one file and imports it after
each change. Nothing is ever removed by leaving it out: give it an end. What a member of staff has
ended or changed on the pages stays so: a file that says otherwise is refused until it agrees.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.consents.ledger import Actor
from intake.consents.states import ActorKind
from intake.partners import registry
from intake.partners.errors import InvalidPartner, PartnerUnknown
from intake.partners.history import Editor, Row, editing, last_change
from intake.partners.model import (
    Agreement,
    Partner,
    PartnerClass,
    PartnerPerson,
    PersonRole,
    SchoolAssignment,
    Training,
)
from intake.partners.needs import set_needs
from intake.roster.schools import SchoolUnknown, named_school

_Table = Mapping[str, Any]
_IMPORT = Actor(ActorKind.SYSTEM, "import")
"""Who a file's changes are by, on the partner's record."""


@dataclass(slots=True)
class Imported:
    """How many of each kind were added or changed."""

    counts: dict[str, int] = field(default_factory=dict)

    def count(self, kind: str) -> None:
        """One more."""
        self.counts[kind] = self.counts.get(kind, 0) + 1


def import_partners(session: Session, text: str, *, at: datetime) -> Imported:
    """Add what the file names; docs/operating.md shows one.

    Raises InvalidPartner, PartnerUnknown, naming the table; then nothing is added.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidPartner(f"not TOML: {error}") from None
    unknown = content.keys() - _READERS.keys() - {"needs"}
    if unknown:
        raise InvalidPartner(f"unknown tables: {', '.join(sorted(unknown))}")
    done, by = Imported(), Editor(_IMPORT, at)
    for kind, reader in _READERS.items():
        for place, table in _tables(content, kind):
            try:
                reader(session, table, by, done)
            except (InvalidPartner, PartnerUnknown) as error:
                raise InvalidPartner(f"{place}: {error}") from None
            except KeyError as error:
                raise InvalidPartner(f"{place}: {error.args[0]} is missing") from None
    _needs(session, content.get("needs", {}), by, done)
    return done


def _tables(content: _Table, kind: str) -> Iterator[tuple[str, _Table]]:
    tables = content.get(kind, [])
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        raise InvalidPartner(f"{kind} must be written as [[{kind}]]")
    return ((f"{kind} {number}", table) for number, table in enumerate(tables, 1))


def _partner(session: Session, table: _Table, by: Editor, done: Imported) -> None:
    found = session.get(Partner, _text(table, "id"))
    name, kind = _text(table, "name"), _class(_text(table, "class"))
    contact = _text(table, "contact") if "contact" in table else None
    if found is None:
        partner_id = _text(table, "id")
        registry.add_partner(session, partner_id, name, kind, at=by.at, contact=contact, by=by)
        done.count("partners")
        return
    contact = contact or found.contact
    if (found.name, found.partner_class, found.contact) != (name, kind, contact):
        _need_unchanged_by_staff(session, found)
        registry.change_partner(
            session, found.id, name=name, partner_class=kind, contact=contact, by=by
        )
        done.count("partners")


def _class(value: str) -> PartnerClass:
    try:
        return PartnerClass(value)
    except ValueError:
        raise InvalidPartner(f"class must be one of: {', '.join(PartnerClass)}") from None


def _agreement(session: Session, table: _Table, by: Editor, done: Imported) -> None:
    row: dict[str, Any] = {
        "partner_id": _text(table, "partner"), "document": _text(table, "document"),
        "signed_on": _day(table, "signed_on"),
    }  # fmt: skip
    expires_on = _day(table, "expires_on")
    if not _is_there(session, Agreement, row, expires_on):
        registry.sign_agreement(session, **row, expires_on=expires_on, by=by)
        done.count("agreements")


def _person(session: Session, table: _Table, by: Editor, done: Imported) -> None:
    found = session.get(PartnerPerson, _text(table, "id"))
    if found is None:
        registry.add_person(
            session,
            _text(table, "id"),
            _text(table, "name"),
            partner_id=_text(table, "partner"),
            at=by.at,
            by=by,
        )
        done.count("people")
    elif found.partner_id != _text(table, "partner"):
        raise InvalidPartner("this person works for another partner: use a new id")


def _role(session: Session, table: _Table, by: Editor, done: Imported) -> None:
    row = {"person_id": _text(table, "person"), "role": _text(table, "role")}
    _dated(session, PersonRole, row, table, registry.give_role, by, done, "roles")


def _training(session: Session, table: _Table, by: Editor, done: Imported) -> None:
    row: dict[str, Any] = {
        "person_id": _text(table, "person"), "training": _text(table, "training"),
        "completed_on": _day(table, "completed_on"),
    }  # fmt: skip
    expires_on = _day(table, "expires_on")
    if not _is_there(session, Training, row, expires_on):
        registry.record_training(session, **row, expires_on=expires_on, by=by)
        done.count("trainings")


def _assignment(session: Session, table: _Table, by: Editor, done: Imported) -> None:
    row = {
        "partner_id": _text(table, "partner"),
        "school_id": _school(session, _text(table, "school")),
        "person_id": _text(table, "person") if "person" in table else None,
    }
    _dated(session, SchoolAssignment, row, table, registry.assign_school, by, done, "assignments")


def _dated(
    session: Session, kind: Any, row: dict[str, Any], table: _Table,
    add: Callable[..., Any], by: Editor, done: Imported, name: str,
) -> None:  # fmt: skip
    """Add it, or give the one that began on the same day its end."""
    row = {**row, "starts_on": _day(table, "starts_on")}
    ends_on = _day(table, "ends_on") if "ends_on" in table else None
    found = session.scalars(select(kind).filter_by(**row)).first()
    if found is None:
        add(session, **row, ends_on=ends_on, by=by)
        done.count(name)
    elif found.ends_on != ends_on:
        _need_unchanged_by_staff(session, found)
        with editing(session, found, by):
            found.ends_on = ends_on
        done.count(name)


def _needs(session: Session, needs: object, by: Editor, done: Imported) -> None:
    if not isinstance(needs, dict):
        raise InvalidPartner("needs must be written as [needs.ROLE]")
    for role, purposes in needs.items():
        lists = purposes.values() if isinstance(purposes, dict) else [None]
        words = [one if isinstance(one, list) else [None] for one in lists]
        if not all(isinstance(word, str) for found in words for word in found):
            raise InvalidPartner(f"needs.{role} must have a list of data elements for each purpose")
        set_needs(session, role, purposes, by=by)
        done.count("roles' needs")


def _is_there(session: Session, kind: Any, row: _Table, expires_on: date) -> bool:
    """Whether it is on record with this last day; one that staff gave another is not revived."""
    same = list(session.scalars(select(kind).filter_by(**row)))
    if any(one.expires_on == expires_on for one in same):
        return True
    for one in same:
        _need_unchanged_by_staff(session, one)
    return False


def _need_unchanged_by_staff(session: Session, row: Row) -> None:
    """Raises InvalidPartner where the file would undo what a person has done on the pages."""
    change = last_change(session, row)
    if change is None or change.actor_kind is not ActorKind.STAFF or change.before is None:
        return
    changed = sorted(change.differences.items())
    told = ", ".join(f"{name} = {now}" for name, (_, now) in changed if name != "contact")
    raise InvalidPartner(f"staff changed this since: write what is on record ({told})")


def _school(session: Session, named: str) -> str:
    """By our id, the roster's id, or the exact name where only one has it."""
    try:
        return named_school(session, named).id
    except SchoolUnknown:
        raise InvalidPartner("no school, or more than one, is named so") from None


def _text(table: _Table, name: str) -> str:
    value = table[name]
    if not isinstance(value, str):
        raise InvalidPartner(f"{name} must be a text in quotes")
    return value


def _day(table: _Table, name: str) -> date:
    value = table[name]
    if type(value) is not date:  # a date with a time is another type
        raise InvalidPartner(f"{name} must be a date, such as 2027-06-30, without quotes")
    return value


_READERS: dict[str, Callable[[Session, _Table, Editor, Imported], None]] = {
    "partners": _partner,
    "agreements": _agreement,
    "people": _person,
    "roles": _role,
    "trainings": _training,
    "assignments": _assignment,
}
