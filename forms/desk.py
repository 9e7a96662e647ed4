"""The staff's forms. Labels are in the templates; what can go wrong is said here."""

from collections.abc import Sequence
from typing import Any

from wtforms import PasswordField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from forms.base import Form
from translations import mark

Choices = Sequence[tuple[str, str]]
"""Values and labels, as they are shown."""

SEARCH_LIMIT = 100
"""Characters; the search goes into an address, encrypted, so it must stay short."""


class SignInForm(Form):
    """Email and password; what is wrong with them is never said in detail."""

    email = StringField(
        validators=[InputRequired(mark("Type your email address.")), Length(max=254)]
    )
    password = PasswordField(
        validators=[InputRequired(mark("Type your password.")), Length(max=1024)]
    )


class SearchForm(Form):
    """A search box. It is posted, so that no name gets into an address or a log."""

    text = StringField(
        validators=[Length(max=SEARCH_LIMIT, message=mark("Type at most 100 characters."))]
    )


class ActionForm(Form):
    """A button: nothing but its token."""


class ConfirmForm(Form):
    """How staff know who signed, and which student of the roster it is."""

    method = RadioField(
        validators=[InputRequired(mark("Choose how you know who signed."))],
        validate_choice=True,
    )

    def __init__(self, formdata: Any, *, methods: Choices, **values: Any) -> None:
        super().__init__(formdata, **values)
        self.method.choices = list(methods)


class ConfirmTypedStudentForm(ConfirmForm):
    """For a student whom the family typed: which one is it on the roster?"""

    student = RadioField(
        validators=[InputRequired(mark("Choose which student it is."))], validate_choice=True
    )

    def __init__(self, formdata: Any, *, students: Choices, **values: Any) -> None:
        super().__init__(formdata, **values)
        self.student.choices = list(students)


class InvitationForm(Form):
    """Which student's family gets a link, and in which language it opens."""

    student = RadioField(
        validators=[InputRequired(mark("Choose a student."))], validate_choice=True
    )
    language = SelectField(validate_choice=True)

    def __init__(
        self, formdata: Any, *, students: Choices, languages: Choices, **values: Any
    ) -> None:
        super().__init__(formdata, **values)
        self.student.choices = list(students)
        self.language.choices = list(languages)
