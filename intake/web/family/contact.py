"""What a family typed to be reached at, made into a contact, or said what is wrong with it."""

from forms.choices import ContactKind
from forms.family import ReachForm
from forms.messages import Message
from intake.messages.contacts import Contact, UnusableContact, parse_contact
from intake.web.family.blueprint import installation


def typed_contact(form: ReachForm) -> Contact | None:
    """The chosen contact; none where it can't be reached, which is said on the form."""
    try:
        return parse_contact(form.kind, form.typed, installation().settings.phone_region)
    except UnusableContact:
        if form.kind is ContactKind.PHONE:
            form.refuse(
                Message("We can't send to this number. Check it, with the area code, such as 801.")
            )
        else:
            form.refuse(Message("Check the email address. It looks like name@example.org."))
        return None
