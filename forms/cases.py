"""Staff's forms about revocations. Labels are in the templates; what can go wrong is said here."""

from typing import Any

from wtforms import RadioField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from forms.base import Form
from forms.desk import Choices, offered
from forms.names import PersonNameField
from translations import mark

_REASON_LIMIT = Length(max=200, message=mark("Type at most 200 characters."))


class EvidenceForm(Form):
    """A destination has hidden an identity, and how staff know; a file is no field of WTForms."""

    destination = SelectField(
        validators=[InputRequired(mark("Choose a sharing system.")), offered], validate_choice=False
    )
    reason = StringField(
        validators=[DataRequired(mark("Say how you know that it is hidden.")), _REASON_LIMIT]
    )
    reference = StringField(validators=[_REASON_LIMIT])

    def __init__(self, formdata: Any, *, destinations: Choices, **values: Any) -> None:
        super().__init__(formdata, **values)
        self.destination.choices = list(destinations)


class AssignForm(Form):
    """Who looks after a case from now on."""

    owner = SelectField(
        validators=[InputRequired(mark("Choose a person.")), offered], validate_choice=False
    )

    def __init__(self, formdata: Any, *, staff: Choices, **values: Any) -> None:
        super().__init__(formdata, **values)
        self.owner.choices = list(staff)


class ToldForm(Form):
    """How the family was told, or why it can't be."""

    how = RadioField(
        validators=[InputRequired(mark("Choose how the family was told.")), offered],
        validate_choice=False,
    )
    note = StringField(validators=[_REASON_LIMIT])

    def __init__(self, formdata: Any, *, ways: Choices, **values: Any) -> None:
        super().__init__(formdata, **values)
        self.how.choices = list(ways)


class DeadLetterForm(Form):
    """Why a message that was refused is sent again, or given up."""

    reason = StringField(validators=[DataRequired(mark("Say why.")), _REASON_LIMIT])


class RevokeAtDeskForm(Form):
    """Who stands at the desk, how staff know, and in which language the letter opens."""

    student = RadioField(
        validators=[InputRequired(mark("Choose a student.")), offered], validate_choice=False
    )
    relationship = RadioField(
        validators=[InputRequired(mark("Choose who this person is.")), offered],
        validate_choice=False,
    )
    signer_name = PersonNameField("")
    method = RadioField(
        validators=[InputRequired(mark("Choose how you know who it is.")), offered],
        validate_choice=False,
    )
    language = SelectField(validators=[offered], validate_choice=False)

    def __init__(
        self,
        formdata: Any,
        *,
        students: Choices,
        relationships: Choices,
        methods: Choices,
        languages: Choices,
        **values: Any,
    ) -> None:
        super().__init__(formdata, **values)
        self.student.choices = list(students)
        self.relationship.choices = list(relationships)
        self.method.choices = list(methods)
        self.language.choices = list(languages)
