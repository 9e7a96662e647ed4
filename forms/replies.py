"""Staff's forms about messages. Labels are in the templates; what can go wrong is said here."""

from wtforms import RadioField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from forms.base import Form
from forms.desk import offered
from translations import mark


class WishForm(Form):
    """Somebody says whether they want messages: a phone or email, and what."""

    contact = StringField(
        validators=[
            DataRequired(mark("Type the phone number or email address.")),
            Length(max=254, message=mark("An email address has at most 254 characters.")),
        ]
    )
    wish = RadioField(
        validators=[InputRequired(mark("Choose what they want.")), offered],
        choices=[("stop", ""), ("start", "")],
        validate_choice=False,
    )
