"""The staff's forms. Labels are in the templates; what can go wrong is said here."""

from collections.abc import Callable, Sequence
from typing import Any

from wtforms import (
    DateField,
    Field,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    StopValidation,
)

from forms.base import Form
from translations import mark

Choices = Sequence[tuple[str, str]]
"""Values and labels, as they are shown."""

SEARCH_LIMIT = 100
"""Characters; the search goes into an address, encrypted, so it must stay short."""

MOST_PAPERS = 100
"""In one file: about twenty seconds of work, and as many sheets as a printer's tray holds."""
MOST_NAMES = 100


EMAIL_LIMIT = Length(max=254, message=mark("An email address has at most 254 characters."))
PASSWORD_LIMIT = Length(max=1024, message=mark("A password has at most 256 characters."))


def offered(_form: Form, field: SelectField) -> None:
    """WTForms' own check speaks English only."""
    if field.data not in {choice[0] for choice in field.iter_choices()}:
        raise StopValidation(mark("Choose one from the list."))


def readable(message: str) -> Callable[[Form, Field], None]:
    """Says that what was typed can't be read, in our words: WTForms' own speak English only."""

    def check(_form: Form, field: Field) -> None:
        if field.process_errors:
            field.errors = []
            raise StopValidation(message)

    return check


class SignInForm(Form):
    """Email and password; what is wrong with them is never said in detail."""

    email = StringField(validators=[InputRequired(mark("Type your email address.")), EMAIL_LIMIT])
    password = PasswordField(
        validators=[InputRequired(mark("Type your password.")), PASSWORD_LIMIT]
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
        validators=[InputRequired(mark("Choose how you know who signed.")), offered],
        validate_choice=False,
    )

    def __init__(self, formdata: Any, *, methods: Choices, **values: Any) -> None:
        super().__init__(formdata, **values)
        self.method.choices = list(methods)


class ConfirmTypedStudentForm(ConfirmForm):
    """For a student whom the family typed: which one is it on the roster?"""

    student = RadioField(
        validators=[InputRequired(mark("Choose which student it is.")), offered],
        validate_choice=False,
    )

    def __init__(self, formdata: Any, *, students: Choices, **values: Any) -> None:
        super().__init__(formdata, **values)
        self.student.choices = list(students)


class CopyForm(ConfirmForm):
    """How a family got the copy that it had asked for."""


class SameStudentForm(Form):
    """Which student of the roster a typed one is."""

    student = RadioField(
        validators=[InputRequired(mark("Choose which student it is.")), offered],
        validate_choice=False,
    )

    def __init__(self, formdata: Any, *, students: Choices, **values: Any) -> None:
        super().__init__(formdata, **values)
        self.student.choices = list(students)


class DifferentStudentsForm(Form):
    """Those who were shown, and are somebody else."""

    shown = SelectMultipleField(validate_choice=False)

    def __init__(self, formdata: Any, *, students: Choices, **values: Any) -> None:
        super().__init__(formdata, **values)
        self.shown.choices = list(students)


class InvitationForm(Form):
    """Which student's family gets a link, and in which language it opens."""

    student = RadioField(
        validators=[InputRequired(mark("Choose a student.")), offered], validate_choice=False
    )
    language = SelectField(validators=[offered], validate_choice=False)

    def __init__(
        self, formdata: Any, *, students: Choices, languages: Choices, **values: Any
    ) -> None:
        super().__init__(formdata, **values)
        self.student.choices = list(students)
        self.language.choices = list(languages)


class PrintForm(Form):
    """What is printed: which document, in which language, on which paper."""

    document = RadioField(validators=[offered], validate_choice=False)
    language = SelectField(validators=[offered], validate_choice=False)
    size = RadioField(validators=[offered], validate_choice=False)

    def __init__(
        self,
        formdata: Any,
        *,
        documents: Choices,
        languages: Choices,
        sizes: Choices,
        **values: Any,
    ) -> None:
        super().__init__(formdata, **values)
        self.document.choices = list(documents)
        self.language.choices = list(languages)
        self.size.choices = list(sizes)


class PrintBlankForm(PrintForm):
    """Papers that are filled in by hand."""

    copies = IntegerField(
        validators=[
            InputRequired(mark("Type how many.")),
            NumberRange(1, MOST_PAPERS, mark("Type a number from 1 to 100.")),
        ]
    )


def _not_too_many(_form: Form, field: SelectMultipleField) -> None:
    if len(field.data or ()) > MOST_PAPERS:
        raise StopValidation(mark("These are too many for one file. Tick at most 100 students."))


class PrintStudentsForm(PrintForm):
    """Papers for students; ``language`` is for those whose family's language nobody knows."""

    students = SelectMultipleField(
        validators=[InputRequired(mark("Tick at least one student.")), _not_too_many],
        validate_choice=False,
    )


class NamesForm(Form):
    """A class list, one name a line."""

    names = TextAreaField(
        validators=[Length(max=20_000, message=mark("These are too many names at once."))]
    )


class AnswerForm(Form):
    """What a person says about a scanned paper; the domain knows which answers there are."""

    answer = StringField()
    student = StringField()
    """The id of a roster student."""
    name = StringField(validators=[Length(max=200, message=mark("This name is too long."))])
    birth_date = DateField(validators=[Optional()])
    school = StringField()
    signer_name = StringField(validators=[Length(max=200, message=mark("This name is too long."))])
    language = StringField()
    version = StringField()


class WishForm(Form):
    """Somebody says whether they want messages: a phone or email, and what."""

    contact = StringField(
        validators=[DataRequired(mark("Type the phone number or email address.")), EMAIL_LIMIT]
    )
    wish = RadioField(
        validators=[InputRequired(mark("Choose what they want.")), offered],
        choices=[("stop", ""), ("start", "")],
        validate_choice=False,
    )
