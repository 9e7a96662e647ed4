"""The forms of staff's own accounts, and of those who manage them. Labels are in the templates."""

from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length, StopValidation

from forms.base import Form
from forms.desk import EMAIL_LIMIT, PASSWORD_LIMIT, Choices, offered, readable
from translations import mark


class CodeForm(Form):
    """A code of an app, or from paper."""

    code = StringField(
        validators=[
            InputRequired(mark("Type the code.")),
            Length(max=100, message=mark("This code is too long.")),
        ]
    )


class PasskeyForm(Form):
    """What the browser says for a device; a script fills it in."""

    answer = HiddenField(validators=[InputRequired(mark("The passkey did not answer. Try again."))])


class NewPasskeyForm(PasskeyForm):
    """The same for a new passkey, with what its owner calls it."""

    name = StringField(
        validators=[
            InputRequired(mark("Type a name for the passkey, such as the device's.")),
            Length(max=100, message=mark("Type at most 100 characters.")),
        ]
    )


class EmailForm(Form):
    """Whose password was forgotten."""

    email = StringField(validators=[InputRequired(mark("Type your email address.")), EMAIL_LIMIT])


class ProveForm(Form):
    """The password again, before something that matters."""

    password = PasswordField(
        validators=[InputRequired(mark("Type your password.")), PASSWORD_LIMIT]
    )


class NewPasswordForm(Form):
    """A new password, twice."""

    password = PasswordField(validators=[InputRequired(mark("Type a password.")), PASSWORD_LIMIT])
    again = PasswordField(validators=[PASSWORD_LIMIT])

    def validate_again(self, field: PasswordField) -> None:
        """What is typed blindly is typed twice."""
        if field.data != self.password.data:
            raise StopValidation(mark("The two passwords are not the same."))


class OwnPasswordForm(NewPasswordForm):
    """The same, with the one that counts until now."""

    current = PasswordField(
        validators=[InputRequired(mark("Type the password that you have now.")), PASSWORD_LIMIT]
    )


class LanguageForm(Form):
    """The language of the pages."""

    language = SelectField(validators=[offered], validate_choice=False)

    def __init__(self, formdata: Any, *, languages: Choices, **values: Any) -> None:
        super().__init__(formdata, **values)
        self.language.choices = list(languages)


class AgreeForm(Form):
    """The end-user agreement is accepted: the words that this page showed, and no others."""

    sha256 = HiddenField()
    agrees = BooleanField(validators=[InputRequired(mark("Tick the box if you accept."))])


class AccessForm(Form):
    """What somebody may do, and for the students of which schools."""

    roles = SelectMultipleField(validate_choice=False)
    every_school = BooleanField()
    schools = SelectMultipleField(validate_choice=False)

    def __init__(self, formdata: Any, *, roles: Choices, schools: Choices, **values: Any) -> None:
        super().__init__(formdata, **values)
        self.roles.choices = list(roles)
        self.schools.choices = list(schools)

    def chosen_roles(self) -> list[str]:
        """Of those offered."""
        return _chosen(self.roles)

    def chosen_schools(self) -> list[str] | None:
        """Ids; None for every school."""
        return None if self.every_school.data else _chosen(self.schools)


class InviteForm(AccessForm):
    """Somebody new."""

    name = StringField(
        validators=[
            InputRequired(mark("Type the full name.")),
            Length(max=200, message=mark("Type at most 200 characters.")),
        ]
    )
    email = StringField(validators=[InputRequired(mark("Type the email address.")), EMAIL_LIMIT])


_NO_TRAINING_DAY = mark("Type the day of the training.")


class StaffTrainingForm(Form):
    """The day on which somebody was trained."""

    completed_on = DateField(
        validators=[InputRequired(_NO_TRAINING_DAY), readable(_NO_TRAINING_DAY)]
    )


def _chosen(field: SelectMultipleField) -> list[str]:
    known = {choice[0] for choice in field.iter_choices()}
    return [value for value in field.data or () if value in known]
