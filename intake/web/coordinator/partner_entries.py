"""What can be added to a partner, and how each of it is ended: one entry for each kind.

An address names the kind; its entry knows the form, what the form means, and how a renewal is
filled in. Rules are the domain's (intake/partners/registry.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from flask_babel import gettext
from sqlalchemy.orm import Session

from forms.base import Form
from forms.coordinator import AgreementForm, PersonForm, RoleForm, SchoolForm, TrainingForm
from intake.partners import registry
from intake.partners.history import Editor
from intake.partners.standing import Dossier
from intake.web.coordinator.partner_words import role_choices
from intake.web.desk.blueprint import csrf
from translations import mark


class _End(Protocol):
    def __call__(
        self, session: Session, row_id: str, /, *, last_day: date, by: Editor | None = None
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind of thing that a partner has."""

    title: str
    """Of the page that adds one; to translate."""
    form: Callable[[Dossier, Any, Mapping[str, Any]], Form]
    """From what is on record, what was posted, and what it begins with."""
    add: Callable[[Session, Dossier, Form, Editor], object]
    """Raises InvalidPartner, PartnerUnknown."""
    end: _End | None
    """None for a person: who no longer works there has no role any more."""
    rows: Callable[[Dossier], Mapping[str, Mapping[str, Any]]]
    """What is on record, by id: as it would fill in the form."""


def _people(found: Dossier) -> list[tuple[str, str]]:
    return [(row.person.id, row.person.name) for row in found.people]


def _agreement_form(_found: Dossier, posted: Any, first: Mapping[str, Any]) -> Form:
    return AgreementForm(posted, data=first, **csrf())


def _person_form(_found: Dossier, posted: Any, first: Mapping[str, Any]) -> Form:
    return PersonForm(posted, data=first, **csrf())


def _role_form(found: Dossier, posted: Any, first: Mapping[str, Any]) -> Form:
    return RoleForm(posted, data=first, people=_people(found), roles=role_choices(), **csrf())


def _training_form(found: Dossier, posted: Any, first: Mapping[str, Any]) -> Form:
    return TrainingForm(posted, data=first, people=_people(found), **csrf())


def _school_form(found: Dossier, posted: Any, first: Mapping[str, Any]) -> Form:
    everybody = [("", gettext("Everybody of the partner"))]
    schools = sorted(found.schools.items(), key=lambda school: school[1])
    return SchoolForm(
        posted, data=first, people=[*everybody, *_people(found)], schools=schools, **csrf()
    )


def _add_agreement(session: Session, found: Dossier, form: Form, by: Editor) -> object:
    return registry.sign_agreement(
        session,
        found.partner.id,
        form["document"].data,
        signed_on=form["signed_on"].data,
        expires_on=form["expires_on"].data,
        by=by,
    )


def _add_person(session: Session, found: Dossier, form: Form, by: Editor) -> object:
    return registry.add_person(
        session, form["id"].data, form["name"].data, partner_id=found.partner.id, at=by.at, by=by
    )


def _add_role(session: Session, _found: Dossier, form: Form, by: Editor) -> object:
    return registry.give_role(
        session,
        form["person"].data,
        form["role"].data,
        starts_on=form["starts_on"].data,
        ends_on=form["ends_on"].data,
        by=by,
    )


def _add_training(session: Session, _found: Dossier, form: Form, by: Editor) -> object:
    return registry.record_training(
        session,
        form["person"].data,
        form["training"].data,
        completed_on=form["completed_on"].data,
        expires_on=form["expires_on"].data,
        by=by,
    )


def _add_school(session: Session, found: Dossier, form: Form, by: Editor) -> object:
    return registry.assign_school(
        session,
        found.partner.id,
        form["school"].data,
        starts_on=form["starts_on"].data,
        ends_on=form["ends_on"].data,
        person_id=form["person"].data or None,
        by=by,
    )


ENTRIES: Mapping[str, Entry] = {
    "agreements": Entry(
        mark("Add an agreement"), _agreement_form, _add_agreement, registry.end_agreement,
        lambda found: {row.id: {"document": row.document} for row, _ in found.agreements},
    ),
    "schools": Entry(
        mark("Add a school"), _school_form, _add_school, registry.end_assignment,
        lambda found: {
            row.id: {"school": row.school_id, "person": row.person_id or ""}
            for row, _ in found.assignments
        },
    ),
    "people": Entry(mark("Add a person"), _person_form, _add_person, None, lambda _found: {}),
    "roles": Entry(
        mark("Give a person a role"), _role_form, _add_role, registry.end_role,
        lambda found: {
            row.id: {"person": row.person_id, "role": row.role}
            for person in found.people for row, _ in person.roles
        },
    ),
    "trainings": Entry(
        mark("Add a training"), _training_form, _add_training, registry.end_training,
        lambda found: {
            row.id: {"person": row.person_id, "training": row.training}
            for person in found.people for row, _ in person.trainings
        },
    ),
}  # fmt: skip
"""By the word that stands for them in addresses."""
