"""What the pages about one person at the desk share: who it is, how staff can know, the form."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from forms.choices import Relationship
from forms.front_desk import PersonForm
from intake.clock import local_date
from intake.consents.at_desk import IdentityDocument, PersonAtDesk, Said, Vouched
from intake.consents.confirm import ConfirmationMethod
from intake.consents.dates import is_adult
from intake.looks.model import LookKind
from intake.roster.model import Student
from intake.signing.told import Told
from intake.web.desk import words
from intake.web.desk.blueprint import context, csrf, staff_id
from intake.web.desk.looking import look_at
from intake.web.desk.refusals import Refusal
from intake.web.desk.student_page import SOMEBODY_ELSE, Person, person_on_record
from intake.web.desk.student_routes import student_of_scope

_KNOWS = "knows"
_SAW = "saw"
BY_LETTER = "letter"
_Form = TypeVar("_Form", bound=PersonForm)


@dataclass(frozen=True, slots=True)
class Way:
    """One button: how staff know who it is, or that they hold a letter."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class AtDesk:
    """The student and the person that an address names."""

    student: Student
    person: Person
    today: date
    adult: bool

    @property
    def is_named(self) -> bool:
        """Whether the school's record says who it is."""
        return self.person.key != SOMEBODY_ELSE


def at_desk(session: Session, student_id: object, key: str, *, at: datetime) -> AtDesk:
    """Whom the address names; a page that isn't there where the record has nobody like that."""
    student = student_of_scope(session, str(student_id))
    today = local_date(at, context().settings.time_zone)
    adult = is_adult(student.birth_date, today)
    person = person_on_record(session, student, key, adult=adult)
    if person is None:
        abort(404)
    return AtDesk(student, person, today, adult)


def ways_in_person() -> list[Way]:
    """How staff can know somebody who stands before them: each is one button."""
    seen = [Way(f"{_SAW}:{one.value}", words.word(one)) for one in IdentityDocument]
    return [*seen, Way(_KNOWS, words.word(ConfirmationMethod.KNOWS_THE_PERSON))]


def way_of_letter() -> Way:
    """There is a signed letter, and the school keeps it."""
    return Way(BY_LETTER, str(gettext("They wrote it in a signed letter that I have")))


def person_form(kind: type[_Form], found: AtDesk, ways: Sequence[Way], **values: Any) -> _Form:
    """The form of such a page, as posted or empty."""
    return kind(
        request.form if request.method == "POST" else None,
        ways=[(way.value, way.label) for way in ways],
        relationships=_relationships(found),
        is_named=found.is_named,
        **csrf(),
        **values,
    )


def person_page(
    task: str,
    found: AtDesk,
    form: PersonForm,
    ways: Sequence[Way],
    *,
    status: int,
    refusal: Refusal | None = None,
    values: Mapping[str, Any] | None = None,
) -> ResponseReturnValue:
    """The page of one task; ``task`` is its template."""
    look_at(LookKind.READ, [found.student.id])
    page = render_template(
        f"desk/person_{task}.html",
        student=found.student,
        person=found.person,
        is_named=found.is_named,
        form=form,
        ways=ways,
        refusal=refusal,
        **(values or {}),
    )
    return page, status


def settled_person(found: AtDesk, form: PersonForm) -> PersonAtDesk:
    """Who it is and how staff know, from a valid form about somebody who is here."""
    name, relationship = signer_of(found, form)
    method, document = _known_by(form.way.data or "")
    return PersonAtDesk(name, relationship, method or ConfirmationMethod.KNOWS_THE_PERSON, document)


def signer_of(found: AtDesk, form: PersonForm) -> tuple[str, Relationship]:
    """Name and relationship: the record's, or those that were typed."""
    if found.person.relationship is not None:
        return found.person.name, found.person.relationship
    return form.signer_name.data or "", Relationship(form.relationship.data)


def told(found: AtDesk, form: PersonForm, *, received_on: date | None = None) -> Told:
    """What was said or written, and what the member of staff stands for, from a valid form."""
    name, relationship = signer_of(found, form)
    # Of this page and this student: what was recorded for another is never taken for it.
    once = str(uuid.uuid5(uuid.UUID(form.once.data), found.student.id))
    return Told(once, found.student.id, name, relationship, _vouched(form, received_on))


def _vouched(form: PersonForm, received_on: date | None) -> Vouched:
    way = form.way.data or ""
    method, document = _known_by(way)
    said = Said.BY_LETTER if way == BY_LETTER else Said.HERE
    return Vouched(staff_id(), method, document, said, received_on)


def _known_by(way: str) -> tuple[ConfirmationMethod | None, IdentityDocument | None]:
    kind, _, seen = way.partition(":")
    if kind == _SAW:
        return ConfirmationMethod.SAW_IDENTITY_DOCUMENT, IdentityDocument(seen)
    return (ConfirmationMethod.KNOWS_THE_PERSON, None) if kind == _KNOWS else (None, None)


def _relationships(found: AtDesk) -> list[tuple[str, str]]:
    """Before 18 a parent or guardian answers, from 18 on only the student (34 CFR 99.5)."""
    offered = [Relationship.ELIGIBLE_STUDENT] if found.adult else [
        Relationship.PARENT, Relationship.GUARDIAN,
    ]  # fmt: skip
    return [(one.value, words.word(one)) for one in offered]
