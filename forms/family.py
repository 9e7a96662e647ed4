"""The family's forms: one question each."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField

from forms.base import Form
from forms.choices import ContactKind, Relationship, SignatureMethod
from forms.fields import (
    CodeField,
    LocalDateField,
    SignatureField,
    required,
)
from forms.messages import Message
from forms.names import NameField, PersonNameField
from forms.text import LONGEST_TYPED, clean
from translations import mark

CONTACT_LIMIT = 254

RELATIONSHIP_LABELS = {
    Relationship.PARENT: mark("Parent"),
    Relationship.GUARDIAN: mark("Guardian"),
    Relationship.ELIGIBLE_STUDENT: mark("Student, 18 or older"),
}


def _relationship() -> RadioField:
    return RadioField(
        mark("Who are you?"),
        choices=[(kind.value, label) for kind, label in RELATIONSHIP_LABELS.items()],
        validators=[required(Message("Choose who you are."))],
        validate_choice=True,
    )


class StudentForm(Form):
    """Whose records they are."""

    student_name = PersonNameField(mark("Student's full name, as the school writes it"))
    birth_date = LocalDateField(mark("Student's date of birth"))
    school_id = SelectField(
        mark("School"), validators=[required(Message("Choose the school from the list."))]
    )

    def __init__(
        self, *args: Any, schools: Sequence[tuple[str, str]], today: date, **kwargs: Any
    ) -> None:
        """``schools``: (id, name); ``today`` bounds the birth date."""
        super().__init__(*args, **kwargs)
        self.school_id.choices = [("", ""), *schools]
        self.birth_date.today = today


class SignerForm(Form):
    """Who signs."""

    relationship = _relationship()
    signer_name = PersonNameField(mark("Your full name"))


def _contact(typed: str | None) -> str:
    """One line, and no more of it than shows that it is too long: both fields are kept."""
    return clean((typed or "")[:LONGEST_TYPED])[: CONTACT_LIMIT + 1]


class ReachForm(Form):
    """A phone number or an email address, whichever of the two was chosen elsewhere on the form."""

    phone = StringField(mark("Your mobile phone number"), filters=[_contact])
    email = StringField(mark("Your email address"), filters=[_contact])

    @property
    @abstractmethod
    def kind(self) -> ContactKind:
        """Which of the two was chosen: mypy lets no form be made that doesn't say it."""

    @property
    def typed(self) -> str:
        """The phone number or the email, whichever was chosen, as typed."""
        return self._chosen.data or ""

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether the chosen kind has something in its field; the route parses it."""
        if not super().validate(extra_validators):
            return False
        if self.kind is ContactKind.PHONE:
            return self._check(Message("Write your mobile phone number."))
        return self._check(Message("Write your email address."))

    def refuse(self, message: Message) -> None:
        """Put a message on the chosen field: what was typed can't be reached."""
        self._chosen.errors = [message]  # type: ignore[list-item]

    @property
    def _chosen(self) -> StringField:
        return self.phone if self.kind is ContactKind.PHONE else self.email

    def _check(self, empty: Message) -> bool:
        if not self.typed:
            self.refuse(empty)
        elif len(self.typed) > CONTACT_LIMIT:
            self.refuse(Message("This is too long. Check what you wrote."))
        return not self._chosen.errors


class ContactForm(ReachForm):
    """Where a one-time code can reach the signer."""

    contact_kind = RadioField(
        mark("How shall we send the code?"),
        choices=[],
        validators=[required(Message("Choose text message or email."))],
    )

    LABELS: ClassVar = {
        ContactKind.PHONE: mark("Text message to my phone"),
        ContactKind.EMAIL: mark("Email"),
    }

    def __init__(self, *args: Any, kinds: Sequence[ContactKind], **kwargs: Any) -> None:
        """``kinds``: what this installation can send."""
        super().__init__(*args, **kwargs)
        self.kinds = kinds
        self.contact_kind.choices = [(kind.value, self.LABELS[kind]) for kind in kinds]

    @property
    def kind(self) -> ContactKind:
        """What was chosen."""
        return ContactKind(self.contact_kind.data)


class CodeForm(Form):
    """The one-time code."""

    code = CodeField(
        mark("The 6 digits that we sent you"),
        validators=[required(Message("Write the 6 digits of the code."))],
    )


class EsignForm(Form):
    """Agreement to sign electronically (15 U.S.C. 7001(c))."""

    accept = BooleanField(
        mark("I agree to sign on this screen. I know that I can sign on paper instead."),
        validators=[
            required(
                Message("To sign here, tick the box. To sign on paper instead, print the waiver.")
            )
        ],
    )


class DecideForm(Form):
    """Yes or no; neither is chosen beforehand."""

    decision = RadioField(
        mark("Your answer"),
        choices=[
            ("yes", mark("Yes: share the information")),
            ("no", mark("No: do not share")),
        ],
        validators=[required(Message("Choose yes or no. Either answer is fine."))],
    )


class PartForm(Form):
    """Take back everything, or a part; neither is chosen beforehand."""

    scope = RadioField(
        mark("What do you want to take back?"),
        choices=[
            ("everything", mark("Everything: nothing is shared any more")),
            ("part", mark("Only a part: the rest stays shared")),
        ],
        validators=[required(Message("Choose everything, or only a part."))],
    )
    elements = SelectMultipleField(mark("Which information shall no longer be shared?"))
    partner_classes = SelectMultipleField(mark("Who shall no longer get information?"))

    def __init__(
        self,
        *args: Any,
        elements: Sequence[str],
        partner_classes: Sequence[str],
        **kwargs: Any,
    ) -> None:
        """What there is to take back, by ids."""
        super().__init__(*args, **kwargs)
        self.elements.choices = [(one, one) for one in elements]
        self.partner_classes.choices = [(one, one) for one in partner_classes]

    @property
    def takes_part(self) -> bool:
        """Whether something stays."""
        return bool(self.scope.data == "part")

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether a part is one: something, and not everything."""
        if not super().validate(extra_validators):
            return False
        if not self.takes_part:
            return True
        lists = (self.elements, self.partner_classes)
        if not any(field.data for field in lists):
            problem = Message("Tick what shall no longer be shared, or with whom.")
            self.elements.errors = [problem]  # type: ignore[list-item]
        elif any(len(field.data or ()) == len(field.choices or ()) for field in lists):
            problem = Message("Then nothing is shared any more. For that, choose “Everything”.")
            self.scope.errors = [problem]  # type: ignore[list-item]
        return not self.errors


_NOT_TICKED = Message("Tick the box to say that the name is your signature.")


class SignForm(Form):
    """A signature: drawn, typed, or a mark with a witness."""

    LABELS: ClassVar = {
        SignatureMethod.DRAWN: mark("Draw with my finger or a pen"),
        SignatureMethod.TYPED: mark("Type my name"),
        SignatureMethod.MARK: mark("Make a mark, with a witness"),
    }

    method = RadioField(
        mark("How do you want to sign?"),
        choices=[(kind.value, label) for kind, label in LABELS.items()],
        validators=[required(Message("Choose how you want to sign."))],
    )
    signature = SignatureField()
    typed_name = NameField(mark("Type your full name"))
    typed_agree = BooleanField(mark("The name I typed is my signature."))
    mark_drawing = SignatureField()
    witness_name = NameField(
        # TRANSLATORS: the person who watched the signer make a mark
        mark("Full name of the witness"),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Check what belongs to the chosen way only."""
        if not super().validate(extra_validators):
            return False
        method = SignatureMethod(self.method.data)
        if method is SignatureMethod.DRAWN:
            return self._put(self.signature, self.signature.take())
        if method is SignatureMethod.TYPED:
            named = self._put(
                self.typed_name, self.typed_name.check(Message("Type your full name."))
            )
            agreed = None if self.typed_agree.data else _NOT_TICKED
            return self._put(self.typed_agree, agreed) and named
        missing = Message("The witness writes their full name here.")
        named = self._put(self.witness_name, self.witness_name.check(missing))
        return self._put(self.mark_drawing, self.mark_drawing.take()) and named

    def given(self) -> dict[str, Any]:
        """The signature as the signing session keeps it."""
        method = SignatureMethod(self.method.data)
        drawing = {SignatureMethod.DRAWN: self.signature, SignatureMethod.MARK: self.mark_drawing}
        field = drawing.get(method)
        return {
            "method": method.value,
            "typed_name": self.typed_name.data if method is SignatureMethod.TYPED else "",
            "strokes": field.data if field is not None else "",
            "witness": self.witness_name.data if method is SignatureMethod.MARK else "",
        }

    def _put(self, field: Any, problem: Message | None) -> bool:
        if problem is not None:
            field.errors = [problem]
        return problem is None


class InterpreterForm(Form):
    """Where and when to call a family that needs an interpreter."""

    contact = StringField(
        mark("Your phone number or email"),
        filters=[_contact],
        validators=[
            required(Message("Write your phone number or email, so that we can call you."))
        ],
    )
    wish = StringField(mark("When can we call? (You may leave this empty.)"), filters=[_contact])


class CheckForm(Form):
    """Send it off: nothing to fill in."""


class ReceiptForm(Form):
    """A receipt code."""

    receipt_code = CodeField(
        mark("Receipt code"),
        validators=[required(Message("Write the code that is on your receipt."))],
    )
