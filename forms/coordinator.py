"""The coordinator's forms. Labels are in the templates; what can go wrong is said here."""

from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import InputRequired, Length

from forms.base import Form
from translations import mark

_LIMIT = Length(max=500, message=mark("Type at most 500 characters."))


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
