"""Who is written to, and how."""

from forms.choices import ContactKind
from intake.campaigns.choose import LETTER_KEY, Address, Choice, choices
from intake.campaigns.model import Way, Why

ALL = (Way.SMS, Way.EMAIL, Way.LETTER)
PHONE = Address("mother", ContactKind.PHONE, "p1")
EMAIL = Address("mother", ContactKind.EMAIL, "e1")
FATHER = Address("father", ContactKind.EMAIL, "e2")
OWN = Address(None, ContactKind.PHONE, "p9")
LETTER = Choice(None, Way.LETTER, LETTER_KEY)


def test_each_guardian_is_written_to_once_the_first_way_that_reaches_them() -> None:
    found = choices(ALL, [PHONE, EMAIL, FATHER], (), is_adult=False)
    assert found == [Choice("mother", Way.SMS, "p1"), Choice("father", Way.EMAIL, "e2")]
    by_email = choices((Way.EMAIL, Way.SMS), [PHONE, EMAIL], (), is_adult=False)
    assert by_email == [Choice("mother", Way.EMAIL, "e1")]


def test_under_18_the_parents_are_asked_from_18_on_the_student() -> None:
    assert choices(ALL, [PHONE, OWN], (), is_adult=False) == [Choice("mother", Way.SMS, "p1")]
    assert choices(ALL, [PHONE, OWN], (), is_adult=True) == [Choice(None, Way.SMS, "p9")]
    assert choices(ALL, [PHONE], (), is_adult=True) == [LETTER]


def test_parents_who_share_a_phone_get_one_message() -> None:
    shared = Address("father", ContactKind.PHONE, "p1")
    assert choices(ALL, [PHONE, shared], (), is_adult=False) == [Choice("mother", Way.SMS, "p1")]


def test_who_said_stop_is_not_written_to_another_way_and_the_other_parent_is() -> None:
    assert choices(ALL, [PHONE, EMAIL, FATHER], {"p1"}, is_adult=False) == [
        Choice("father", Way.EMAIL, "e2")
    ]
    assert choices(ALL, [PHONE, EMAIL], {"p1"}, is_adult=False) == [LETTER]


def test_whom_nothing_reaches_is_named_with_the_reason() -> None:
    messages_only = (Way.SMS, Way.EMAIL)
    [nobody] = choices(messages_only, [], (), is_adult=False)
    assert nobody.why is Why.NO_CONTACT
    [stopped] = choices(messages_only, [PHONE], {"p1"}, is_adult=False)
    assert stopped.why is Why.OPTED_OUT
    [no_phone] = choices((Way.SMS,), [EMAIL], (), is_adult=False)
    assert no_phone.why is Why.NO_CONTACT
