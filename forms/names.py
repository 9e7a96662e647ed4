"""Fields for people's names, in any script and from any keyboard."""

from collections.abc import Sequence
from typing import Any

from wtforms import StringField
from wtforms.utils import unset_value

from forms.messages import Message, Refused
from forms.text import LONGEST_TYPED, NAME_LIMIT, clean, has_letter
from forms.zawgyi import unicode_reading

_UNSET: Any = unset_value


class NameField(StringField):
    """A name that may be left empty until ``check`` is called; ``data`` is cleaned.

    A name that looks like Zawgyi has two ``readings``: as typed, and as Unicode. Which one is
    right, the person says in ``<name>-reading``; nobody else decides.
    """

    readings: tuple[str, ...] = ()
    _is_endless = False
    _chosen = ""

    def process(self, formdata: Any, data: Any = _UNSET, extra_filters: Any = None) -> None:
        """Read the name, and the reading that was chosen, where there was a choice."""
        self._chosen = clean(formdata.get(f"{self.name}-reading", "")) if formdata else ""
        given = {} if data is _UNSET else {"data": data}
        super().process(formdata, extra_filters=extra_filters, **given)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Clean; refuses nothing yet, so that what was typed stays in the field."""
        typed = valuelist[0] if valuelist else ""
        self._is_endless = len(typed) > LONGEST_TYPED
        self.data = clean(typed[:LONGEST_TYPED])

    def check(self, missing: Message) -> Message | None:
        """What keeps this from being a name: ``missing`` where it is empty; None when it is one."""
        name = self.data or ""
        if not name:
            return missing
        if len(name) > NAME_LIMIT or self._is_endless:
            return Message(
                "This is too long. Write the name in %(limit)s letters or fewer.", limit=NAME_LIMIT
            )
        if not has_letter(name):
            return Message("A name needs at least one letter. Write the full name.")
        return self._settle_reading(name)

    def _settle_reading(self, name: str) -> Message | None:
        """Take the reading that was chosen for these very letters, or ask."""
        reading = unicode_reading(name)
        if reading is None:
            return None
        self.readings = (name, reading)
        if self._chosen not in self.readings:
            return Message("Which of these is written correctly? Choose one.")
        self.data = self._chosen
        return None


class PersonNameField(NameField):
    """A name that must be there."""

    def pre_validate(self, form: object) -> None:
        """Refuse what can't be a name."""
        problem = self.check(Message("Write the full name."))
        if problem is not None:
            raise Refused(problem)
