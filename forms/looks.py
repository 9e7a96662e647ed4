"""Forms of the access record. Labels are in the templates; what can go wrong is said here."""

from wtforms import StringField
from wtforms.validators import Length

from forms.base import Form
from translations import mark


class ReasonForm(Form):
    """Why somebody who serves no family looks at students."""

    reason = StringField(
        filters=[lambda text: (text or "").strip()],
        validators=[
            Length(min=10, max=200, message=mark("Say why, in 10 to 200 characters.")),
        ],
    )
