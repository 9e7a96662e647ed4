"""Staff's forms about a person who is here or has written: who it is, and how staff know."""

import uuid
from datetime import date
from typing import Any

from wtforms import DateField, HiddenField, PasswordField, RadioField, StringField
from wtforms.validators import InputRequired, Length, StopValidation

from forms.base import Form
from forms.desk import Choices, readable
from forms.messages import Message
from forms.names import NameField
from translations import mark


class PersonForm(Form):
    """Who it is, where the record doesn't name them, and how staff know: that is the button."""

    once = HiddenField()
    """Of the page: pressing a button twice records once."""
    signer_name = NameField("")
    relationship = RadioField(validate_choice=False)
    way = StringField()

    def __init__(
        self, formdata: Any, *, ways: Choices, relationships: Choices, is_named: bool, **values: Any
    ) -> None:
        """``is_named``: the record says who it is, and the form doesn't ask."""
        super().__init__(formdata, **values)
        self.relationship.choices = list(relationships)
        self._ways = {value for value, _ in ways}
        self._relationships = {value for value, _ in relationships}
        self._is_named = is_named
        if formdata is None:
            self.once.data = str(uuid.uuid4())

    def validate_once(self, field: HiddenField) -> None:
        """Ours look like this; anything else would be looked up for nothing."""
        try:
            field.data = str(uuid.UUID(field.data or ""))
        except ValueError:
            field.data = str(uuid.uuid4())

    def validate_signer_name(self, field: NameField) -> None:
        """Needed where the record doesn't have it."""
        if self._is_named:
            return
        problem = field.check(Message("Write the full name."))
        if problem is not None:
            raise StopValidation(problem)  # type: ignore[arg-type]  # shown by error_of, not by str

    def validate_relationship(self, field: RadioField) -> None:
        """Needed where the record doesn't have it."""
        if not self._is_named and field.data not in self._relationships:
            raise StopValidation(mark("Choose who this person is."))

    def validate_way(self, field: StringField) -> None:
        """Pressing Enter in a field chooses none of the buttons: nothing happens by accident."""
        if field.data not in self._ways:
            raise StopValidation(mark("Press the button that says how you know."))


class NewPin(Form):
    """A PIN, typed twice."""

    pin = PasswordField(
        validators=[
            InputRequired(mark("Type a PIN of at least 6 digits.")),
            Length(max=64, message=mark("A PIN has from 6 to 12 digits and nothing else.")),
        ]
    )
    pin_again = PasswordField()

    def validate_pin_again(self, field: PasswordField) -> None:
        """What was mistyped would lock its owner out."""
        if field.data != self.pin.data:
            raise StopValidation(mark("The two PINs are not the same."))


class HandOverForm(PersonForm, NewPin):
    """Who gets the tablet; and a PIN, where the member of staff has none yet."""

    def __init__(self, formdata: Any, *, needs_pin: bool, **values: Any) -> None:
        super().__init__(formdata, **values)
        if not needs_pin:
            del self.pin
            del self.pin_again


_NO_DAY = mark("Type the day on which the letter came.")


class LetterForm(PersonForm):
    """Who wrote a letter, and when it came."""

    received_on = DateField(validators=[InputRequired(_NO_DAY), readable(_NO_DAY)])

    def __init__(self, formdata: Any, *, today: date, **values: Any) -> None:
        super().__init__(formdata, **values)
        self._today = today

    def validate_received_on(self, field: DateField) -> None:
        """A letter has come already."""
        if field.data is not None and field.data > self._today:
            raise StopValidation(mark("This day is not over yet. Check the date."))


class LeaveForm(Form):
    """The PIN that ends a kiosk."""

    pin = PasswordField(validators=[InputRequired(mark("Type your PIN."))])
