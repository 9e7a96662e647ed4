"""The coordinator's forms. Labels are in the templates; what can go wrong is said here."""

from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length, Optional

from forms.base import Form
from forms.desk import EMAIL_LIMIT, Choices, offered, readable
from translations import mark

_LIMIT = Length(max=500, message=mark("Type at most 500 characters."))
_SHORT = Length(max=200, message=mark("Type at most 200 characters."))


class ApproveForm(Form):
    """A named person has read every block of a translation and approves it."""

    sha256 = HiddenField()
    """Of the words that this page showed: those are approved, and no others."""
    approver = StringField(validators=[InputRequired(mark("Type the full name.")), _LIMIT])
    qualification = StringField(
        validators=[InputRequired(mark("Say what makes this person able to judge.")), _LIMIT]
    )
    note = StringField(validators=[_LIMIT])
    has_read = BooleanField(
        validators=[InputRequired(mark("Tick the box when every block has been read."))]
    )


class WithdrawForm(Form):
    """An approval was wrong."""

    reason = StringField(validators=[InputRequired(mark("Say why.")), _LIMIT])


class RecordingForm(Form):
    """A block, read aloud by a person; the file itself is no field of WTForms."""

    block = HiddenField()
    reader = StringField(validators=[InputRequired(mark("Type the full name.")), _LIMIT])


def _one_line(message: str) -> StringField:
    """A text that must be there."""
    return StringField(validators=[InputRequired(message), _SHORT])


def _day(message: str) -> DateField:
    """A calendar day that must be there."""
    return DateField(validators=[InputRequired(message), readable(message)])


def _last_day() -> DateField:
    """A last day, or none while it goes on."""
    return DateField(validators=[Optional(), readable(mark("Type the day, or leave it empty."))])


class PartnerForm(Form):
    """What is on record of an organization; its id is fixed once it is there."""

    name = _one_line(mark("Type the name."))
    partner_class = SelectField(validators=[offered], validate_choice=False)
    contact = StringField(validators=[EMAIL_LIMIT])

    def __init__(self, formdata: Any, *, classes: Choices, **values: Any) -> None:
        super().__init__(formdata, **values)
        self.partner_class.choices = list(classes)


class NewPartnerForm(PartnerForm):
    """A new organization."""

    id = _one_line(mark("Type a short id, such as tutors-west."))


class AgreementForm(Form):
    """A signed agreement, the first or a renewal."""

    document = _one_line(mark("Type the name of the document."))
    signed_on = _day(mark("Type the day on which it was signed."))
    expires_on = _day(mark("Type its last day."))


class PersonForm(Form):
    """Somebody who works for the partner."""

    id = _one_line(mark("Type the id that the sharing system uses."))
    name = _one_line(mark("Type the full name."))


class _OfPersonForm(Form):
    """Something of one of the partner's people."""

    person = SelectField(validators=[offered], validate_choice=False)

    def __init__(self, formdata: Any, *, people: Choices, **values: Any) -> None:
        super().__init__(formdata, **values)
        self.person.choices = list(people)


class RoleForm(_OfPersonForm):
    """What a person does."""

    role = SelectField(validators=[offered], validate_choice=False)
    starts_on = _day(mark("Type the first day."))
    ends_on = _last_day()

    def __init__(self, formdata: Any, *, roles: Choices, **values: Any) -> None:
        super().__init__(formdata, **values)
        self.role.choices = list(roles)


class TrainingForm(_OfPersonForm):
    """A training that a person has completed, the first or a renewal."""

    training = _one_line(mark("Type the name of the training."))
    completed_on = _day(mark("Type the day on which it was completed."))
    expires_on = _day(mark("Type its last day."))


class SchoolForm(_OfPersonForm):
    """The partner, or one person of it, works at a school; an empty person is everybody."""

    school = SelectField(validators=[offered], validate_choice=False)
    starts_on = _day(mark("Type the first day."))
    ends_on = _last_day()

    def __init__(self, formdata: Any, *, schools: Choices, **values: Any) -> None:
        super().__init__(formdata, **values)
        self.school.choices = list(schools)


class PublishForm(Form):
    """A version of a document is offered to families from a day on."""

    in_force_from = _day(mark("Type the first day."))
    note = StringField(validators=[_LIMIT])
    is_meant = BooleanField(
        validators=[InputRequired(mark("Tick the box when you have read the text."))]
    )


class EndForm(Form):
    """The last day on which something counts."""

    last_day = _day(mark("Type the last day on which it counts."))


class CampaignForm(Form):
    """Whom a campaign asks, and how. Nothing ticked in a list: all of it."""

    name = _one_line(mark("Type a name, such as Autumn 2026."))
    ways = SelectField(validators=[offered], validate_choice=False)
    letters = BooleanField()
    schools = SelectMultipleField(validate_choice=False)
    grades = SelectMultipleField(validate_choice=False)
    languages = SelectMultipleField(validate_choice=False)
    only_unanswered = BooleanField()
    reminders = StringField(validators=[_SHORT])

    def __init__(
        self,
        formdata: Any,
        *,
        ways: Choices,
        schools: Choices,
        grades: Choices,
        languages: Choices,
        **values: Any,
    ) -> None:
        super().__init__(formdata, **values)
        self.ways.choices = list(ways)
        self.schools.choices = list(schools)
        self.grades.choices = list(grades)
        self.languages.choices = list(languages)


class StartForm(Form):
    """The numbers were seen and are right."""

    counted = HiddenField()
    """Which numbers this page showed: those are confirmed, and no others."""
    is_sure = BooleanField(validators=[InputRequired(mark("Tick the box to confirm the numbers."))])


class LettersForm(Form):
    """Which class's letters are printed; an empty class: students who are in none."""

    school = HiddenField()
    school_class = HiddenField()
    again = BooleanField()
