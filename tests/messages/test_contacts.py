"""Phone numbers and email addresses as families type them."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from forms.choices import ContactKind
from intake.messages.contacts import Contact, UnusableContact, parse_contact


@pytest.mark.parametrize(
    "typed",
    [
        "8015550142",
        "(801) 555-0142",
        "+1 801 555 0142",
        "1-801-555-0142",
        "001 801 555 0142",
        "18015550142+",  # the plus typed last, right to left
        "٨٠١٥٥٥٠١٤٢",  # Arabic
        "۸۰۱۵۵۵۰۱۴۲",  # Persian
        "८०१५५५०१४२",  # Devanagari
        "၈၀၁၅၅၅၀၁၄၂",  # Burmese
        "၈ဝ၁၅၅၅ဝ၁၄၂",  # Burmese with the letter WA for zero
        "８０１－５５５－０１４２",  # fullwidth
        "\u202a+1 (801) 555-0142\u202c",  # copied from an address book
        "\u2066801\u00a0555\u20110142\u2069\u200f",
        "  801\t555\n0142 ",
    ],
)
def test_a_phone_number_is_read_in_any_script_and_with_any_marks(typed: str) -> None:
    contact = parse_contact(ContactKind.PHONE, typed, "US")
    assert contact == Contact(ContactKind.PHONE, "+18015550142")


def test_a_number_of_another_country_keeps_its_code() -> None:
    assert parse_contact(ContactKind.PHONE, "+٩٨ ٩١٢ ٣٤٥ ٦٧٨٩", "US").value == "+989123456789"
    assert parse_contact(ContactKind.PHONE, "0098 912 345 6789", "US").value == "+989123456789"
    assert parse_contact(ContactKind.PHONE, "0912 345 6789", "IR").value == "+989123456789"


@pytest.mark.parametrize(
    "typed",
    ["", " ", "\u202e\u2066", "555", "abc", "+", "++1", "911", "80155501421234567890", "0" * 10_000,
     "801-555-0142 x77", "a@example.org", "\x00", "٨٠١", "+999 123 456 789",
     "1-900-555-0142", "800-555-0142"],
)  # fmt: skip
def test_what_is_no_phone_number_is_refused_without_repeating_it(typed: str) -> None:
    with pytest.raises(UnusableContact) as refusal:
        parse_contact(ContactKind.PHONE, typed, "US")
    assert str(refusal.value) == "unusable phone"
    assert refusal.value.kind is ContactKind.PHONE


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("Amal.Hassan+school@Example.ORG", "amal.hassan+school@example.org"),
        (" \u200fa@example.org\u202c ", "a@example.org"),
        ("a＠example.org", "a@example.org"),
        ("ali۱۲@example.org", "ali12@example.org"),
        ("o'neil@exämple.org", "o'neil@xn--exmple-cua.org"),
        ("a@شبكة.example", "a@xn--ngbc5azd.example"),
    ],
)
def test_an_email_address_is_lower_case_with_an_ascii_domain(typed: str, value: str) -> None:
    assert parse_contact(ContactKind.EMAIL, typed, "US") == Contact(ContactKind.EMAIL, value)


@pytest.mark.parametrize(
    "typed",
    ["", "@", "a", "a@", "@example.org", "a@localhost", "a@b..org", "a@-b.org", "a@b_c.org",
     "a b@example.org", "a@b@example.org", ".a@example.org", "a.@example.org", "a..b@example.org",
     "a@127.0.0.1", "a@[127.0.0.1]", "أمل@example.org", "a@example.org\r\nBcc: b@example.org",
     "<a@example.org>", "a,b@example.org", "x" * 65 + "@example.org", "a@" + "x" * 64 + ".org",
     "a@" + "x.org" * 100_000, "8015550142"],
)  # fmt: skip
def test_what_is_no_email_address_is_refused_without_repeating_it(typed: str) -> None:
    with pytest.raises(UnusableContact) as refusal:
        parse_contact(ContactKind.EMAIL, typed, "US")
    assert str(refusal.value) == "unusable email"


def test_the_stored_form_comes_back() -> None:
    for contact in (
        Contact(ContactKind.PHONE, "+18015550142"),
        Contact(ContactKind.EMAIL, "a:b@example.org"),
    ):
        assert Contact.from_stored(contact.stored) == contact
    assert Contact(ContactKind.PHONE, "+18015550142").stored == "phone:+18015550142"


@pytest.mark.parametrize("stored", ["", "phone", "phone:", "pigeon:1"])
def test_what_was_never_stored_is_refused(stored: str) -> None:
    with pytest.raises(ValueError, match=r"contact|ContactKind"):
        Contact.from_stored(stored)


def test_pages_and_logs_show_too_little_to_learn_a_contact() -> None:
    phone = Contact(ContactKind.PHONE, "+18015550142")
    email = Contact(ContactKind.EMAIL, "amal@example.org")
    assert phone.masked == "••• ••• 0142"
    assert email.masked == "a•••@example.org"
    assert "801555" not in repr(phone)
    assert "amal" not in repr(email)


@given(st.text(max_size=60), st.sampled_from(ContactKind))
@settings(max_examples=100, deadline=None)
@example("\ud800@example.org", ContactKind.EMAIL)
@example("+", ContactKind.PHONE)
def test_whatever_is_typed_there_is_a_contact_or_a_clear_refusal(
    typed: str, kind: ContactKind
) -> None:
    try:
        contact = parse_contact(kind, typed, "US")
    except UnusableContact:
        return
    assert contact.value.isascii()
    assert parse_contact(kind, contact.value, "US") == contact
    assert contact.masked
