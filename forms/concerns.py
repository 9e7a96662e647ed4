"""Questions from families, and suspected violations: the public form, and staff's.

Labels of the staff's forms are in the templates; what can go wrong is said here.
"""

from collections.abc import Sequence
from typing import Any

from wtforms import (
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from forms.base import Form
from forms.choices import ContactKind
from forms.desk import Choices, offered
from forms.family import ReachForm
from forms.fields import required
from forms.messages import Message, Refused
from forms.names import NameField
from forms.text import clean_lines, has_letter
from translations import mark

QUESTION_LIMIT = 2000
"""Characters of a family's question."""
_LONGEST_LOOKED_AT = 20_000
_CALL, _TEXT, _EMAIL = "call", "text", "email"


def _lines(typed: str | None) -> str:
    """Several lines, and no more of them than shows that it is too long: all of it is kept."""
    return clean_lines((typed or "")[:_LONGEST_LOOKED_AT])


class QuestionField(TextAreaField):
    """What a family asks, in any script."""

    def pre_validate(self, form: object) -> None:
        """Refuse what is empty, or longer than anybody can answer."""
        text = self.data or ""
        if not has_letter(text):
            raise Refused(Message("Write your question."))
        if len(text) > QUESTION_LIMIT:
            raise Refused(
                Message(
                    "This is too long. Write it in %(limit)s letters or fewer, or call us.",
                    limit=QUESTION_LIMIT,
                )
            )


class QuestionForm(ReachForm):
    """A family's question, and how it wants to be answered."""

    concern = RadioField(
        mark("What is it about?"),
        choices=[
            ("question", mark("I have a question")),
            ("wrongly_shared", mark("I think information was shared wrongly")),
        ],
        validators=[required(Message("Choose what it is about."))],
    )
    text = QuestionField(mark("Your question"), filters=[_lines])
    language = SelectField(
        mark("In which language shall we answer?"), validators=[offered], validate_choice=False
    )
    answer_by = RadioField(
        mark("How shall we answer?"),
        choices=[],
        validators=[required(Message("Choose how we shall answer."))],
    )
    name = NameField(mark("Your name (you may leave this empty)"))

    def __init__(
        self,
        *args: Any,
        languages: Sequence[tuple[str, str]],
        kinds: Sequence[ContactKind],
        **kwargs: Any,
    ) -> None:
        """``languages``: codes and names; ``kinds``: what this installation can send."""
        super().__init__(*args, **kwargs)
        self.language.choices = list(languages)
        ways = [(_CALL, mark("Call me, with somebody who speaks my language"))]
        if ContactKind.EMAIL in kinds:
            ways.insert(0, (_EMAIL, mark("Email")))
        if ContactKind.PHONE in kinds:
            ways.insert(0, (_TEXT, mark("Text message to my phone")))
        self.answer_by.choices = ways

    @property
    def kind(self) -> ContactKind:
        """What is needed to answer in the chosen way."""
        return ContactKind.EMAIL if self.answer_by.data == _EMAIL else ContactKind.PHONE

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether everything is there; a name may be missing, but is one if it is not."""
        is_good = super().validate(extra_validators)
        problem = self.name.check(_NO_NAME) if self.name.data else None
        if problem is not None:
            self.name.errors = [problem]  # type: ignore[list-item]
        return is_good and not self.errors


_NO_NAME = Message("Write the full name.")

_NOTE = Length(max=500, message=mark("Type at most 500 characters."))
_ANSWER = Length(max=1000, message=mark("Type at most 1000 characters."))
_REPORT = Length(max=4000, message=mark("Type at most 4000 characters."))
_NAME = Length(max=200, message=mark("Type at most 200 characters."))


class AnswerForm(Form):
    """An answer in the family's language, and who put it into that language."""

    text = TextAreaField(
        filters=[_lines], validators=[InputRequired(mark("Type the answer.")), _ANSWER]
    )
    translated = RadioField(
        validators=[InputRequired(mark("Say who wrote it in this language.")), offered],
        validate_choice=False,
    )
    interpreter = StringField(validators=[_NAME])

    def __init__(self, formdata: Any, *, ways: Choices, **values: Any) -> None:
        super().__init__(formdata, **values)
        self.translated.choices = list(ways)


class CommonAnswerForm(Form):
    """One of the ready answers."""

    answer = SelectField(validators=[offered], validate_choice=False)

    def __init__(self, formdata: Any, *, answers: Choices, **values: Any) -> None:
        super().__init__(formdata, **values)
        self.answer.choices = list(answers)


class CloseForm(Form):
    """How a question ended."""

    outcome = RadioField(
        validators=[InputRequired(mark("Choose how it ended.")), offered], validate_choice=False
    )
    note = TextAreaField(filters=[_lines], validators=[_NOTE])

    def __init__(self, formdata: Any, *, outcomes: Choices, **values: Any) -> None:
        super().__init__(formdata, **values)
        self.outcome.choices = list(outcomes)


class ReportForm(Form):
    """A suspected violation, from a member of staff."""

    text = TextAreaField(
        filters=[_lines], validators=[InputRequired(mark("Type what happened.")), _REPORT]
    )
    named = SelectMultipleField(validate_choice=False)
    partner = SelectField(validators=[offered], validate_choice=False)
    disclosure = SelectField(validators=[offered], validate_choice=False)

    def __init__(
        self,
        formdata: Any,
        *,
        staff: Choices,
        partners: Choices,
        disclosures: Choices,
        **values: Any,
    ) -> None:
        super().__init__(formdata, **values)
        self.named.choices = list(staff)
        self.partner.choices = [("", ""), *partners]
        self.disclosure.choices = [("", ""), *disclosures]


class SettleForm(Form):
    """What a suspected violation turned out to be, and what was done."""

    outcome = RadioField(
        validators=[InputRequired(mark("Choose what it turned out to be.")), offered],
        validate_choice=False,
    )
    note = TextAreaField(
        filters=[_lines],
        validators=[InputRequired(mark("Type what was found, and what was done.")), _REPORT],
    )

    def __init__(self, formdata: Any, *, outcomes: Choices, **values: Any) -> None:
        super().__init__(formdata, **values)
        self.outcome.choices = list(outcomes)


class AgreeForm(Form):
    """A second person agrees to a proposal, or doesn't."""

    proposal = IntegerField(validators=[Optional()])
    """Which one this page showed: that is answered, and no other."""
